//! The tables of pools beside the pool itself.

/// Single people who are members of a pool.
pub mod person {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pool_staff")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pool_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub staff_id: Uuid,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!();

    crate::tenanted!(part of PoolId, |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Teams whose people are members of a pool.
pub mod group {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pool_teams")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub pool_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub team_id: Uuid,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!();

    crate::tenanted!(part of PoolId, |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}

/// Into which pool a customer came, and out of which, and why. Rows are only added.
pub mod step {
    use crate::customers::of_customer;
    use crate::db::Code;
    use domain::permission::Resource;
    use domain::pools::PoolMoveKind;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pool_moves")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub kind: Code<PoolMoveKind>,
        pub from_owner_id: Option<Uuid>,
        pub from_pool_id: Option<Uuid>,
        pub to_owner_id: Option<Uuid>,
        pub to_pool_id: Option<Uuid>,
        pub reason: Option<String>,
        /// Who did it; nobody when a rule did.
        pub staff_id: Option<Uuid>,
        pub staff_name: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(of CustomerId; personal Reason; plain Kind, StaffName);

    crate::tenanted!(record | look | of_customer(Column::CustomerId, look, Resource::Customers));
}

/// What holds for all pools of a business: one row, or none.
pub mod settings {
    use crate::scope::{Eyes, every, none};
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "pool_settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// `domain::pools::PoolReason`, as JSON.
        pub reasons: Option<String>,
        pub person_limit: Option<i64>,
        /// `domain::pools::OwnerLimit`, as JSON.
        pub limits: Option<String>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
        pub live: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    crate::fields!(plain Reasons, Limits);

    crate::tenanted!(aggregate "pool_settings", |look| match look.eyes {
        Eyes::All | Eyes::Staff(_) => every(),
        Eyes::Orders(_) => none(),
    });
}
