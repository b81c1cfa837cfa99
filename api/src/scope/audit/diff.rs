//! What a change says about the fields of a row: old and new value, by what each column may say.

use super::fields::{Kind, kind};
use crate::scope::Tenanted;
use sea_orm::sea_query::Value;
use sea_orm::{ActiveModelTrait as _, ActiveValue, IdenStatic as _, Iterable as _, ModelTrait as _};
use serde_json::{Map, json};
use uuid::Uuid;

/// Columns that say what the entry itself says; `custom` is recorded field by field.
const BOOKKEEPING: [&str; 8] =
    ["tenant_id", "id", "version", "created_at", "updated_at", "deleted_at", "live", "custom"];

/// The changed fields of a row.
#[derive(Default)]
pub(in crate::scope) struct Diff {
    /// Every field: plain values, or `"personal"` and `"secret"` for the mere fact.
    pub(super) fields: Map<String, serde_json::Value>,
    /// Personal values, to be sealed.
    pub(super) personal: Map<String, serde_json::Value>,
    /// Whose they are.
    pub(super) person: Option<Uuid>,
    /// That person's wrapped keys, where the row itself holds them.
    pub(super) person_keys: Option<Vec<u8>>,
}

impl Diff {
    /// Between a row and what it becomes: `before` is none for a new row, `after` for one that is gone.
    pub(in crate::scope) fn of<E: Tenanted>(before: Option<&E::Model>, after: Option<&E::ActiveModel>) -> Self {
        let mut diff = Self::default();
        let old = |column: E::Column| before.map(|row| row.get(column));
        let new = |column: E::Column| match after.map(|row| row.get(column)) {
            Some(ActiveValue::Set(value)) => Some(value),
            _ => None,
        };
        for column in E::Column::iter().filter(|column| !BOOKKEEPING.contains(&column.as_str())) {
            let (old, new) = (old(column), new(column));
            // What a change does not name stays as it is; a new row's empty fields say nothing.
            let said = if after.is_some() { new.is_some() && old != new } else { true };
            let empty = |value: &Option<Value>| value.as_ref().is_none_or(|value| *value == value.as_null());
            if !said || empty(&old) && empty(&new) {
                continue;
            }
            let name = column.as_str().to_owned();
            let mut values = Map::new();
            values.extend(old.map(|value| ("old".to_owned(), spelled(value))));
            values.extend(new.map(|value| ("new".to_owned(), spelled(value))));
            match kind::<E>(&column) {
                Kind::Plain => drop(diff.fields.insert(name, values.into())),
                Kind::Secret => drop(diff.fields.insert(name, json!("secret"))),
                Kind::Personal => {
                    diff.fields.insert(name.clone(), json!("personal"));
                    diff.personal.insert(name, values.into());
                }
            }
        }
        let either = |column: E::Column| new(column).or_else(|| old(column));
        if let Some(Value::Uuid(person)) = E::person().and_then(either) {
            diff.person = person;
        }
        // Only the row of the person themselves has them, and then nobody needs to be asked.
        let keys = E::Column::iter().find(|column| column.as_str() == "person_key").and_then(either);
        if let Some(Value::Bytes(keys)) = keys {
            diff.person_keys = keys;
        }
        diff
    }
}

impl Diff {
    /// Something that no column holds alone: its old and new value, or the mere fact, which then stands instead of
    /// what a column of that name said.
    pub(in crate::scope) fn add(&mut self, name: String, values: Option<Map<String, serde_json::Value>>) {
        let said = if values.is_some() { "personal" } else { "secret" };
        self.fields.insert(name.clone(), json!(said));
        match values {
            Some(values) => drop(self.personal.insert(name, values.into())),
            None => drop(self.personal.remove(&name)),
        }
    }
}

/// A value as JSON.
fn spelled(value: Value) -> serde_json::Value {
    match value {
        Value::String(text) => json!(text),
        Value::BigInt(number) => json!(number),
        Value::Bool(yes) => json!(yes),
        Value::Uuid(id) => json!(id),
        Value::ChronoDateTimeUtc(at) => json!(at),
        Value::ChronoDate(day) => json!(day),
        // No column of ours holds anything else; a guard compares the tables with the entities.
        _ => serde_json::Value::Null,
    }
}
