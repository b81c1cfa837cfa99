//! Tables of people and sessions. They belong to no business; only `scope::system` reads them.

/// Facts about the installation itself, such as the check of its master key.
pub mod installation {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "installation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Businesses 商家.
pub mod tenant {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tenants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
        pub phone: Option<String>,
        pub tenant_key: Option<Vec<u8>>,
        /// Since when nobody may work in it.
        pub suspended_at: Option<DateTimeUtc>,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub erased_at: Option<DateTimeUtc>,
        /// Days without contact after which a customer is erased; none: never.
        pub customers_idle_days: Option<i64>,
        /// Days for which answered data requests are kept; none: for ever.
        pub requests_days: Option<i64>,
        /// Since when these settings hold.
        pub retention_set_at: Option<DateTimeUtc>,
        /// When they were last applied.
        pub retained_at: Option<DateTimeUtc>,
        /// The rules by which its customers were made searchable.
        pub search_version: Option<i64>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// People.
pub mod account {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "accounts")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub last_side: String,
        pub last_tenant: Option<i64>,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Who a person is to a mini-program.
pub mod wechat_identity {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "wechat_identities")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub appid: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub openid: String,
        pub account_id: Uuid,
        pub unionid: Option<String>,
        pub session_key: Option<Vec<u8>>,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// People who log in with a password.
pub mod operator {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "operators")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub account_id: Uuid,
        pub password_hash: String,
        /// 1 for those who manage all businesses.
        pub installation: Option<i64>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Phones that a person proved to hold.
pub mod account_phone {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "account_phones")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: Vec<u8>,
        /// Under the key that follows, while one does.
        pub next_digest: Option<Vec<u8>>,
        pub sealed: Option<Vec<u8>>,
        pub proved_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Sessions: one login on one device, a family of refresh tokens.
pub mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "sessions")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub device: Vec<u8>,
        pub created_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        pub revoked_at: Option<DateTimeUtc>,
        /// How it was begun: `wechat` or `password`; nothing in sessions of older versions.
        pub method: Option<String>,
        /// What the device calls itself.
        pub label: Option<String>,
        /// The network it was last used from, as a prefix.
        pub network: Option<String>,
        pub used_at: Option<DateTimeUtc>,
        pub stepped_up_until: Option<DateTimeUtc>,
        /// When somebody ordered the device to forget everything.
        pub wiped_at: Option<DateTimeUtc>,
        /// Since when its device stays out of the staff side until somebody chooses that there: somebody else ended this
        /// session, or the one before it on the device.
        pub held_back_at: Option<DateTimeUtc>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// In which businesses a session has been on the staff side: those see it.
pub mod session_tenant {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "session_tenants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub session_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        /// When it was there first.
        pub begun_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
/// Refresh tokens, by digest.
pub mod refresh_token {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_tokens")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: Vec<u8>,
        pub session_id: Uuid,
        pub used_at: Option<DateTimeUtc>,
        pub successor: Option<Vec<u8>>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
