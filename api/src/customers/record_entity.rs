//! The tables of what hangs on a customer's record.

/// Special dates, as a day finds its people; what is shown stands in the customer's row.
pub mod date {
    use crate::customers::of_customer;
    use crate::db::Code;
    use domain::dates::Calendar;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_dates")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub calendar: Code<Calendar>,
        pub month: i64,
        pub day: i64,
        /// 1 in a leap month.
        pub leap: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId);

    crate::tenanted!(part of CustomerId, |look| of_customer(Column::CustomerId, look, Resource::Customers));
}

/// Types of the business's own.
pub mod kind {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_types")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub code: String,
        pub name: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Code, Name);

    crate::tenanted!(aggregate "customer_type", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Who knows whom. Seen by whoever sees both.
pub mod relation {
    use crate::customers::of_customer;
    use crate::db::Code;
    use domain::customers::RelationKind;
    use domain::permission::Resource;
    use sea_orm::Condition;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_relations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub other_id: Uuid,
        pub kind: Code<RelationKind>,
        pub note: Option<String>,
        pub created_by: Uuid,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId; personal Note);

    crate::tenanted!(
        record | look | {
            let of = |column| of_customer(column, look, Resource::Customers);
            Condition::all().add(of(Column::CustomerId)).add(of(Column::OtherId))
        }
    );
}

/// Whom somebody has marked with a star: nobody else's business.
pub mod star {
    use crate::scope::{Eyes, every, none};
    use sea_orm::Condition;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_stars")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub staff_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId);

    crate::tenanted!(part of CustomerId, |look| match look.eyes {
        Eyes::All => every(),
        Eyes::Staff(sight) => Condition::all().add(Column::StaffId.eq(sight.me)),
        Eyes::Orders(_) => none(),
    });
}
