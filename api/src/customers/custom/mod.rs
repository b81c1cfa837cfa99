//! A business's own fields 自定义字段: what is defined, what customers have in them, and how it is found.

mod about;
pub(crate) mod entity;
mod files;
mod fill;
pub(crate) mod keys;
mod routes;
mod said;
mod shown;
mod unique;

pub(super) use about::{about_change, about_new};
pub(super) use files::ids;
pub(super) use fill::{Filled, check, fit_many, given, holders};
pub(super) use routes::routes;
pub(super) use said::labelled;
pub(crate) use said::sees_own_fields;
pub(super) use shown::{Shown, shown};
pub(super) use unique::{free, hold, release, taken};

use crate::problem::Problem;
use crate::scope::Reads;
use domain::custom_fields::Definition;
use domain::filters::{Filter, Op, Test};
use entity::field;
use sea_orm::{ColumnTrait as _, QueryOrder as _};
use std::sync::Arc;
use uuid::Uuid;

/// The fields that whoever asks sees, first to last, each with whether they may fill it in. A filter
/// knows no others, so that nobody finds out by asking what they do not see.
pub(crate) async fn definitions(rows: &impl Reads) -> Result<Arc<Vec<Definition>>, Problem> {
    let scope = rows.scope();
    let all = all(rows).await?;
    if all.iter().all(|definition| scope.custom_field(definition) == domain::permission::FieldRule::Show) {
        return Ok(all);
    }
    Ok(Arc::new(all.iter().filter_map(|definition| scope.custom_seen(definition)).collect()))
}

/// Whether a kept filter compares a field that is hidden from whoever asks. Then not even the filter is shown to them: it
/// says with what.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn hidden_in(rows: &impl Reads, filter: &Filter) -> Result<bool, Problem> {
    let own: Vec<&str> = own_tests(filter).collect();
    if own.is_empty() {
        return Ok(false);
    }
    let (scope, all) = (rows.scope(), all(rows).await?);
    Ok(all.iter().any(|field| own.contains(&field.key.as_str()) && scope.custom_seen(field).is_none()))
}

/// A kept filter without what it asks of fields that were deleted since: nobody meets a clause of which nothing is left.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn without_gone(rows: &impl Reads, mut filter: Filter) -> Result<Filter, Problem> {
    if own_tests(&filter).next().is_none() {
        return Ok(filter);
    }
    let all = all(rows).await?;
    for clause in &mut filter.all {
        let there = |key: &str| all.iter().any(|field| field.key == key);
        clause.any.retain(|test| own_key(test).is_none_or(there));
        if clause.any.is_empty() {
            let nobody = Test { field: "tag".to_owned(), op: Op::AnyOf, values: vec![Uuid::nil().to_string()] };
            clause.any.push(nobody);
        }
    }
    Ok(filter)
}

/// Whether a kept filter names a field.
pub(super) fn names(filter: &Filter, key: &str) -> bool {
    own_tests(filter).any(|own| own == key)
}

fn own_tests(filter: &Filter) -> impl Iterator<Item = &str> {
    filter.all.iter().flat_map(|clause| &clause.any).filter_map(own_key)
}

fn own_key(test: &Test) -> Option<&str> {
    test.field.strip_prefix("custom.")
}

/// Whether whoever asks sees a field.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn shows(rows: &impl Reads, field: Uuid) -> Result<bool, Problem> {
    Ok(definitions(rows).await?.iter().any(|definition| definition.id == field))
}

/// The names under which the record speaks of the fields that whoever asks sees: `custom.budget`. None for whoever sees
/// them all, and then also what is recorded of fields that are deleted by now; others might learn a sum from those.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn recorded_names(rows: &impl Reads) -> Result<Option<Vec<String>>, Problem> {
    let (scope, all) = (rows.scope(), all(rows).await?);
    let seen: Vec<String> = all
        .iter()
        .filter(|definition| scope.custom_seen(definition).is_some())
        .map(|definition| format!("custom.{}", definition.key))
        .collect();
    let everything = seen.len() == all.len() && scope.fields().amounts.opens();
    Ok((!everything).then_some(seen))
}

/// Of these fields, whether there or deleted, those that whoever asks does not see.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn unseen(rows: &impl Reads, fields: Vec<Uuid>) -> Result<Vec<Uuid>, Problem> {
    if fields.is_empty() {
        return Ok(fields);
    }
    let scope = rows.scope();
    let rows = scope.find_buried::<field::Entity>().filter(field::Column::Id.is_in(fields)).all().await?;
    let hidden = rows.iter().filter(|row| scope.custom_seen(&row.definition()).is_none());
    Ok(hidden.map(|row| row.id).collect())
}

/// Every field of the business: a copy that is at most three seconds old.
pub(super) async fn all(rows: &impl Reads) -> Result<Arc<Vec<Definition>>, Problem> {
    let scope = rows.scope();
    let snapshots = &scope.installation().snapshots;
    if let Some(kept) = snapshots.custom_fields(scope.tenant_id(), scope.now()) {
        return Ok(kept);
    }
    let rows = rows.rows_of_all::<field::Entity>().shape(|rows| rows.order_by_asc(field::Column::Place)).all().await?;
    let found = Arc::new(rows.iter().map(field::Model::definition).collect::<Vec<_>>());
    snapshots.remember_custom_fields(scope.tenant_id(), scope.now(), &found);
    Ok(found)
}
