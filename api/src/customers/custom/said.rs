//! What a customer's own fields hold, in words: for the record and for whom it is about.

use super::super::Customer;
use super::super::vault::Vault;
use super::fill::record;
use super::shown::read;
use super::{all, files};
use crate::problem::Problem;
use crate::scope::Scope;
use domain::custom_fields::{CustomKind, Definition};
use domain::json::Tree;
use domain::money;
use serde_json::Value;
use std::collections::BTreeMap;

/// A value as people read it: choices by their labels.
pub(super) fn said(definition: &Definition, tree: &Tree) -> Value {
    let label = |key: &str| {
        let choice = definition.rules.choices.iter().find(|choice| choice.key.as_deref() == Some(key));
        Value::from(choice.map_or(key, |choice| choice.label.as_str()))
    };
    match (definition.kind, tree) {
        (CustomKind::Choice, Tree::Text(key)) => label(key),
        (CustomKind::Choices, Tree::List(items)) => items
            .iter()
            .map(|item| match item {
                Tree::Text(key) => label(key),
                other => serde_json::to_value(other).unwrap_or_default(),
            })
            .collect(),
        (CustomKind::File, Tree::List(_)) => files::names(tree).into(),
        _ => serde_json::to_value(tree).unwrap_or_default(),
    }
}

/// Whether whoever asks sees each of the business's own fields whole.
pub(crate) async fn sees_own_fields(scope: &Scope) -> Result<bool, Problem> {
    Ok(all(scope).await?.iter().all(|field| scope.custom_field(field).opens()))
}

/// Everything that a customer has in the business's own fields, whole, by their labels: for a record that is
/// handed out by somebody who [sees all of it](sees_own_fields).
pub(in crate::customers) async fn labelled(
    scope: &Scope,
    customer: &Customer,
    vault: &Vault,
) -> Result<BTreeMap<String, Value>, Problem> {
    let fields = all(scope).await?;
    let (kept, plain) = (record(&fields, customer.custom.as_deref(), vault), read(customer.custom.as_deref()));
    let value = |field: &Definition| {
        let value = match field.kind {
            CustomKind::File => plain.member(&field.id.simple().to_string())?,
            _ => kept.member(&field.key)?,
        };
        let said = match (field.kind, value) {
            (CustomKind::Money, Tree::Int(fen)) => Value::from(money::display(*fen)),
            _ => said(field, value),
        };
        Some((field.label.clone(), said))
    };
    Ok(fields.iter().filter_map(value).collect())
}
