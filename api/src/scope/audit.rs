//! The audit record 审计记录: who did what to which row, committed with the change itself.

use super::Scope;
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, Set};

/// One entry before it is written.
pub(super) struct Entry {
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) id: Option<Uuid>,
    pub(super) changes: serde_json::Value,
}

pub(crate) mod entity {
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
        pub changes: Option<String>,
        pub request_id: String,
        pub at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

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

use entity::Entity;

/// Writes all entries of a transaction in one statement.
#[expect(clippy::disallowed_methods, reason = "the record of the scope itself")]
pub(super) async fn write(tx: &DatabaseTransaction, scope: &Scope, entries: Vec<Entry>) -> Result<(), DbErr> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = entries.into_iter().map(|entry| entity::ActiveModel {
        tenant_id: Set(scope.tenant_id),
        id: Set(scope.new_id()),
        actor_id: Set(scope.who.id),
        actor_name: Set(scope.who.name.clone()),
        action: Set(entry.action.to_owned()),
        resource: Set(entry.resource.to_owned()),
        resource_id: Set(entry.id),
        changes: Set(Some(entry.changes.to_string())),
        request_id: Set(scope.request_id.clone()),
        at: Set(scope.now),
    });
    Entity::insert_many(rows).exec_without_returning(tx).await.map(|_| ())
}
