//! What whoever asks sees of a customer's own fields.

use super::super::vault::Vault;
use crate::scope::Scope;
use domain::custom_fields::{CustomKind, Definition};
use domain::json::{Tree, parse};
use domain::phone::Phone;
use serde_json::Value;
use std::collections::BTreeMap;

/// Values by the key of their field; what is sealed is masked.
pub(in crate::customers) type Shown = BTreeMap<String, Value>;

/// The values that a customer has, of the fields that `definitions` shows.
pub(in crate::customers) fn shown(
    scope: &Scope,
    definitions: &[Definition],
    kept: Option<&str>,
    vault: &Vault,
) -> Shown {
    let kept = read(kept);
    let value = |definition: &Definition| {
        if definition.sealed() {
            let whole = vault.custom.get(&definition.id)?;
            let masked = match definition.kind {
                CustomKind::Phone => scope.phone_masked(&Phone::parse(whole)?)?,
                _ => masked(whole),
            };
            return Some(Value::String(masked));
        }
        let value = kept.member(&definition.id.simple().to_string())?;
        serde_json::to_value(value).ok()
    };
    definitions.iter().filter_map(|definition| Some((definition.key.clone(), value(definition)?))).collect()
}

/// What stands in `customers.custom`: values by the id of their field, which outlives a key that is used
/// again.
pub(super) fn read(kept: Option<&str>) -> Tree {
    kept.and_then(|text| parse(text).ok()).unwrap_or(Tree::Record(Vec::new()))
}

/// The last four letters of a secret, of shorter ones the last.
fn masked(whole: &str) -> String {
    let count = whole.chars().count();
    let shown = if count > 8 { 4 } else { usize::from(count > 2) };
    let tail: String = whole.chars().skip(count - shown).collect();
    format!("{}{tail}", "*".repeat((count - shown).min(12)))
}
