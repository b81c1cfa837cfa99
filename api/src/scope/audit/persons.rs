//! Whose values an entry holds: they are sealed under that person's key for the record, and gone with
//! it when the person is erased. The hash covers the sealed form, so the chain stays valid.

use super::entity::entry;
use crate::crypto::PersonKeys;
use crate::customers;
use crate::problem::Problem;
use crate::scope::Scope;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

const COLUMN: &str = "audit_entries.sealed";

/// The keys of these persons, tombstones included; erased persons have none.
#[expect(clippy::disallowed_methods, reason = "a deleted customer's entries are still readable")]
pub(super) async fn keys_of(
    on: &impl ConnectionTrait,
    scope: &Scope,
    persons: Vec<Uuid>,
) -> Result<HashMap<Uuid, PersonKeys>, Problem> {
    if persons.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = customers::Entity::find()
        .select_only()
        .columns([customers::Column::Id, customers::Column::PersonKey])
        .filter(customers::Column::TenantId.eq(scope.tenant_id))
        .filter(customers::Column::Id.is_in(persons))
        .into_tuple()
        .all(on)
        .await?;
    let keys = rows.into_iter().filter_map(|(id, stored)| Some((id, stored?)));
    keys.map(|(id, stored)| Ok((id, scope.keys.person_keys(id, &stored)?))).collect()
}

pub(super) fn seal(scope: &Scope, keys: &PersonKeys, entry: Uuid, values: &Map<String, Value>) -> Option<Vec<u8>> {
    let plain = serde_json::to_vec(values).ok()?;
    Some(keys.record.seal(&scope.keys.place(COLUMN, entry), &plain))
}

impl Scope {
    /// Entries with their personal values. The values of somebody who was erased are none.
    pub(crate) async fn open_entries(
        &self,
        rows: Vec<entry::Model>,
    ) -> Result<Vec<(entry::Model, Map<String, Value>)>, Problem> {
        let mut persons: Vec<Uuid> = rows.iter().filter_map(|row| row.person_id).collect();
        persons.sort_unstable();
        persons.dedup();
        let keys = keys_of(&self.at.db.read, self, persons).await?;
        let values = |row: &entry::Model| {
            let (Some(keys), Some(sealed)) = (keys.get(&row.person_id?), &row.sealed) else { return None };
            let plain = keys.record.open(&self.keys.place(COLUMN, row.id), sealed).ok()?;
            serde_json::from_slice(&plain).ok()
        };
        let opened = rows.into_iter().map(|row| {
            let values = values(&row).unwrap_or_default();
            (row, values)
        });
        Ok(opened.collect())
    }
}
