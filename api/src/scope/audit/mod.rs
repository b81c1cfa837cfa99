//! The audit record 审计记录: who did what to which row, whence, and what stood there before and after;
//! committed with the change itself.

mod chain;
mod diff;
pub(crate) mod entity;
mod fields;
mod origin;
mod persons;
mod retention;
mod verify;
pub(crate) mod words;

pub(super) use diff::Diff;
pub use fields::{Fields, Kind, kind};
pub(crate) use origin::{Event, INSTALLATION, Origin};
pub use verify::Verdict;

use super::system::System;
use super::{Find, Scope, Tenanted as _};
use crate::db::{self, On, Transaction};
use crate::problem::Problem;
use entity::entry;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait as _, QueryFilter as _, Set};
use serde_json::{Map, Value, json};
use words::{ACTIONS, RESOURCES};

/// One entry before it is written.
pub(super) struct Entry {
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) id: Option<Uuid>,
    /// What else belongs to the action.
    pub(super) changes: Value,
    pub(super) diff: Diff,
}

/// Writes all entries of a transaction in one statement, and in one more before it when they hold
/// values of persons whose keys the changed rows do not have.
pub(super) async fn write(tx: &Transaction, scope: &Scope, entries: Vec<Entry>) -> Result<(), Problem> {
    let unknown = entries.iter().filter(|entry| entry.diff.person_keys.is_none() && !entry.diff.personal.is_empty());
    let mut unknown: Vec<Uuid> = unknown.filter_map(|entry| entry.diff.person).collect();
    unknown.sort_unstable();
    unknown.dedup();
    let keys = persons::keys_of(tx, scope, unknown).await?;
    // Entries of one moment stand in the order in which they were made.
    let mut ids: Vec<Uuid> = entries.iter().map(|_| scope.new_id()).collect();
    ids.sort_unstable();
    let mut rows = Vec::with_capacity(entries.len());
    for (id, entry) in ids.into_iter().zip(entries) {
        let Entry { action, resource, id: resource_id, changes, diff } = entry;
        let (mut person_id, mut sealed) = (None, None);
        if let (Some(person), false) = (diff.person, diff.personal.is_empty()) {
            let own = diff.person_keys.map(|stored| scope.keys.person_keys(person, &stored)).transpose()?;
            if let Some(keys) = own.as_ref().or_else(|| keys.get(&person)) {
                person_id = Some(person);
                sealed = persons::seal(scope, keys, id, &diff.personal);
            }
        }
        rows.push(entry::ActiveModel {
            tenant_id: Set(scope.tenant_id),
            id: Set(id),
            actor_id: Set(scope.who.id),
            actor_name: Set(scope.who.name.clone()),
            action: Set(action.to_owned()),
            resource: Set(resource.to_owned()),
            resource_id: Set(resource_id),
            changes: Set(Some(written(diff.fields, changes).to_string())),
            request_id: Set(scope.origin.request_id.clone()),
            at: Set(scope.now),
            address: Set(scope.origin.address()),
            session_id: Set(scope.origin.session_id),
            person_id: Set(person_id),
            sealed: Set(sealed),
            seq: Set(None),
            hash: Set(None),
        });
    }
    Ok(db::append(tx, checked(rows)).await?)
}

/// The fields and what else belongs to the action, in one object.
fn written(fields: Map<String, Value>, changes: Value) -> Value {
    let mut all = match changes {
        Value::Object(all) => all,
        Value::Null => Map::new(),
        other => Map::from_iter([("said".to_owned(), other)]),
    };
    if !fields.is_empty() {
        all.insert("fields".to_owned(), json!(fields));
    }
    all.into()
}

/// Whether the words of an entry are those that a search may name.
fn searchable(row: &entry::ActiveModel) -> bool {
    let among = |words: &[&str], said: Option<&String>| said.is_some_and(|said| words.contains(&said.as_str()));
    among(&ACTIONS, row.action.try_as_ref()) && among(&RESOURCES, row.resource.try_as_ref())
}

fn checked(rows: Vec<entry::ActiveModel>) -> Vec<entry::ActiveModel> {
    debug_assert!(rows.iter().all(searchable), "a word that nobody can search for: it is missing in audit/words.rs");
    rows
}

impl System {
    /// The record of a business or of the installation, for whoever has no scope there. What is sealed in it under a
    /// person's key stays sealed.
    pub(crate) fn record_of(&self, tenant_id: i64) -> Find<'_, entry::Entity> {
        let select = entry::Entity::begun().select.clone().filter(entry::Column::TenantId.eq(tenant_id));
        Find { select, on: On::Near(&self.at.db.near) }
    }
}
