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
use entity::field;
use sea_orm::QueryOrder as _;
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
