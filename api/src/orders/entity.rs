//! The tables of orders.

/// Orders.
pub mod order {
    use crate::customers::{self, of_customer};
    use crate::db::Code;
    use crate::orders::entity::line;
    use crate::scope::Eyes;
    use domain::orders::OrderStatus;
    use domain::permission::Resource;
    use sea_orm::Condition;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub number: String,
        pub customer_id: Uuid,
        pub status: Code<OrderStatus>,
        pub total_fen: i64,
        pub line_count: i64,
        pub first_line: String,
        /// Receiver, phone and address, sealed under the customer's key.
        pub vault: Option<Vec<u8>>,
        pub remark: Option<String>,
        pub created_by: Uuid,
        pub created_by_name: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "customers::Entity",
            from = "(Column::TenantId, Column::CustomerId)",
            to = "(customers::Column::TenantId, customers::Column::Id)"
        )]
        Customer,
        #[sea_orm(
            has_many = "line::Entity",
            from = "(Column::TenantId, Column::Id)",
            to = "(line::Column::TenantId, line::Column::OrderId)"
        )]
        Lines,
    }

    impl Related<customers::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Customer.def()
        }
    }

    impl Related<line::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Lines.def()
        }
    }

    crate::fields!(of CustomerId; personal Remark; plain Number, FirstLine, CreatedByName);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(aggregate "order", |look| match look.eyes {
        Eyes::Orders(proved) => Condition::all().add(Column::Id.is_in(proved.iter().copied())),
        Eyes::All | Eyes::Staff(_) => of_customer(Column::CustomerId, look, Resource::Orders),
    });
}

/// Which orders the eyes see, for rows that hang on an order.
mod parents {
    use super::order::{Column, Entity};
    use crate::scope::{Eyes, Look, Tenanted as _, every, through};
    use sea_orm::ColumnTrait;
    use sea_orm::sea_query::{Condition, Query};

    pub(super) fn of_order<C: ColumnTrait>(column: C, look: &Look<'_>) -> Condition {
        match look.eyes {
            Eyes::All => every(),
            Eyes::Orders(proved) => Condition::all().add(column.is_in(proved.iter().copied())),
            Eyes::Staff(_) => {
                let seen = Query::select()
                    .column(Column::Id)
                    .from(Entity)
                    .and_where(Column::TenantId.eq(look.tenant_id))
                    .cond_where(Entity::rows(look))
                    .to_owned();
                through(column, seen)
            }
        }
    }
}

/// Lines of orders.
pub mod line {
    use super::order;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_lines")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub name: String,
        pub quantity: i64,
        pub unit_price_fen: i64,
        pub total_fen: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "order::Entity",
            from = "(Column::TenantId, Column::OrderId)",
            to = "(order::Column::TenantId, order::Column::Id)"
        )]
        Order,
    }

    impl Related<order::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Order.def()
        }
    }

    crate::fields!(plain Name);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(part of OrderId, |look| super::parents::of_order(Column::OrderId, look));
}

/// Moves of orders along their course; a `ship` carries its parcel.
pub mod step {
    use crate::db::Code;
    use domain::orders::{OrderEvent, OrderStatus};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "order_moves")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub event: Code<OrderEvent>,
        pub status: Code<OrderStatus>,
        pub carrier: Option<String>,
        pub tracking_number: Option<String>,
        pub note: Option<String>,
        pub staff_id: Uuid,
        pub staff_name: String,
        pub at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(personal TrackingNumber, Note; plain Carrier, StaffName);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(part of OrderId, |look| super::parents::of_order(Column::OrderId, look));
}
