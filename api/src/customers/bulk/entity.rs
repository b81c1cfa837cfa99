//! The tables of bulk actions.

/// Bulk actions.
pub mod action {
    use crate::db::Code;
    use crate::scope::{Eyes, every, none};
    use domain::bulk::BulkState;
    use domain::permission::Resource;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Condition;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "bulk_actions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who asked: the action sees and changes what they may.
        pub staff_id: Uuid,
        pub state: Code<BulkState>,
        /// What was asked for, as JSON.
        pub asked: Option<String>,
        /// The last customer that was done, so that whoever goes on knows where.
        pub after_id: Option<Uuid>,
        pub done: i64,
        pub failed: i64,
        pub undone: i64,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain State; secret Asked);

    crate::tenanted!(
        record
            | look
            | match look.eyes {
                Eyes::All => every(),
                Eyes::Orders(_) => none(),
                // Whoever sees somebody's customers sees what they do to many of them at once.
                Eyes::Staff(sight) => match sight.whose(Resource::Customers) {
                    None => every(),
                    Some(people) => Condition::all().add(Column::StaffId.is_in(people.iter().copied())),
                },
            }
    );
}

/// What a bulk action did to a customer.
pub mod row {
    use super::action;
    use crate::scope::through;
    use sea_orm::entity::prelude::*;
    use sea_orm::sea_query::Query;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "bulk_rows")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub bulk_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub customer_id: Uuid,
        /// Why nothing was done to it; NULL: it was done.
        pub failure: Option<String>,
        /// What stood there before, as JSON of ids and codes: what undoing puts back.
        pub before: Option<String>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Failure; secret Before);

    crate::tenanted!(part of BulkId, |look| {
        let actions = Query::select()
            .column(action::Column::Id)
            .from(action::Entity)
            .and_where(action::Column::TenantId.eq(look.tenant_id))
            .cond_where(action::Entity::rows(look))
            .to_owned();
        through(Column::BulkId, actions)
    });
}
