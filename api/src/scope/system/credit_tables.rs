//! Tables of what WeChat lets us send to whom. Only `scope::system` reads them.

/// Subscribe messages that an account may still be sent.
pub mod credit {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "subscription_credits")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub appid: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub template_id: String,
        pub balance: i64,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Every change of a balance, with its reason.
pub mod credit_entry {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "credit_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub appid: String,
        pub template_id: String,
        pub delta: i64,
        pub reason: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Pushes that were taken, so that a repeated one is not taken twice.
pub mod push_event {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "push_events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub appid: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: Vec<u8>,
        pub received_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
