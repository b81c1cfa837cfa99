//! The audit record 审计记录: who did what to which row, whence, and what stood there before and after;
//! committed with the change itself.

pub(crate) mod entity;
mod origin;

pub(crate) use origin::{Event, Origin};

use super::Scope;
use entity::entry;
use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, Set};

/// One entry before it is written.
pub(super) struct Entry {
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) id: Option<Uuid>,
    pub(super) changes: serde_json::Value,
}

/// Writes all entries of a transaction in one statement.
pub(super) async fn write(tx: &DatabaseTransaction, scope: &Scope, entries: Vec<Entry>) -> Result<(), DbErr> {
    let rows = entries.into_iter().map(|entry| entry::ActiveModel {
        tenant_id: Set(scope.tenant_id),
        id: Set(scope.new_id()),
        actor_id: Set(scope.who.id),
        actor_name: Set(scope.who.name.clone()),
        action: Set(entry.action.to_owned()),
        resource: Set(entry.resource.to_owned()),
        resource_id: Set(entry.id),
        changes: Set(Some(entry.changes.to_string())),
        request_id: Set(scope.origin.request_id.clone()),
        at: Set(scope.now),
        address: Set(scope.origin.address()),
        session_id: Set(scope.origin.session_id),
        person_id: Set(None),
        sealed: Set(None),
        seq: Set(None),
        hash: Set(None),
    });
    insert(tx, rows.collect()).await
}

#[expect(clippy::disallowed_methods, reason = "the record of the scope itself")]
async fn insert(on: &impl ConnectionTrait, rows: Vec<entry::ActiveModel>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    entry::Entity::insert_many(rows).exec_without_returning(on).await.map(|_| ())
}
