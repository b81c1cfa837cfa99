//! The tables of the audit record.

/// Entries. Written with the change, then given their place in the chain; never changed otherwise.
pub mod entry {
    use crate::scope::{Eyes, every, none};
    use domain::permission::Permission;
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entries")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub actor_id: Option<Uuid>,
        pub actor_name: String,
        pub action: String,
        pub resource: String,
        pub resource_id: Option<Uuid>,
        /// JSON: fields with their plain values, and what else belongs to the action.
        pub changes: Option<String>,
        pub request_id: String,
        pub at: DateTimeUtc,
        /// Whence the request came.
        pub address: Option<String>,
        /// The login with which it came: it leads to the device.
        pub session_id: Option<Uuid>,
        /// The person whose values are in `sealed`.
        pub person_id: Option<Uuid>,
        /// Personal values, under that person's key for the record.
        pub sealed: Option<Vec<u8>>,
        /// Place in the chain, from 1; none until it is sealed.
        pub seq: Option<i64>,
        /// Of this entry and, through the one before it, of all before.
        pub hash: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    crate::fields!(plain ActorName, Action, Resource, Changes, RequestId, Address);

    impl ActiveModelBehavior for ActiveModel {}

    crate::tenanted!(
        record
            | look
            | match look.eyes {
                Eyes::All => every(),
                // Who may read the record reads all of it: it is about people, not about customers.
                Eyes::Staff(sight) if sight.rights.can(Permission::AuditRead) => every(),
                Eyes::Staff(_) | Eyes::Orders(_) => none(),
            }
    );
}

/// Where the chain of a business stands. Whoever adds to the chain changes this row first.
pub mod head {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_heads")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        /// The last place that was given.
        pub seq: i64,
        /// The hash there.
        pub hash: Vec<u8>,
        /// Entries up to this place were removed when their time was over.
        pub cut_seq: i64,
        /// The hash there.
        pub cut_hash: Vec<u8>,
        /// The day of the last anchor.
        pub anchored_day: Option<String>,
        /// How long this business keeps its record; none: as long as the installation does.
        pub retention_days: Option<i64>,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Where the chain stood on a day; the log says the same, outside the database.
pub mod anchor {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_anchors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        /// `2026-11-21`, in China.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: String,
        pub seq: i64,
        pub hash: Vec<u8>,
        pub made_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
