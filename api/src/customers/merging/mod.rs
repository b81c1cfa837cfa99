//! Two records of one customer become one: what the record itself holds. What hangs on it is the feature
//! `duplicates`, which knows those who come after customers.

mod blocked;
pub(crate) mod entity;
mod parts;
mod record;

pub(crate) use blocked::{blocked, in_the_way, taken};
pub(crate) use parts::{Moved, PARTS, part, unite};
pub(crate) use record::{Image, Record, checked};

use super::entity::customer;
use super::view::CustomerView;
use super::{Customer, bury, find};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Records that are followed from one that was merged to the one that stayed.
const HOPS: usize = 10;

/// The refusal that shows whoever asks the customer as it is now, as they may see it.
pub(crate) async fn stale(scope: &Scope, id: Uuid) -> Problem {
    match CustomerView::find(scope, id).await {
        Ok(view) => Problem::stale(&view),
        Err(problem) => problem,
    }
}

/// Puts a customer away who was merged into another one. `false`: somebody changed it meanwhile.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn put_away(tx: &Tx<'_>, other: &Customer, version: i64, into: Uuid) -> Result<bool, Problem> {
    let names = (other.name.as_str(), other.company.as_deref());
    if !bury::put_away(tx, other.id, names, Some(version)).await? {
        return Ok(false);
    }
    tx.derive_all::<customer::Entity>(customer::Column::Id.eq(other.id), pointer(Some(into))).await?;
    Ok(true)
}

/// Brings a customer back who was merged. What the one person `refused` since both of them did. `false`: somebody else has
/// the phone or a unique value by now.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn bring_back(tx: &Tx<'_>, other: &Customer, refused: Option<DateTime<Utc>>) -> Result<bool, Problem> {
    let mut risen = pointer(None);
    if refused.is_some() {
        risen.ads_refused_at = Set(refused);
    }
    bury::bring_back(tx, other, risen).await
}

/// A record of somebody who stayed, as it goes back, with whoever has them now when it would be nobody's: whose they were
/// does not work here any more. What stays so is named in `kept`.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn settled(
    tx: &Tx<'_>,
    mut record: Record,
    now: &Customer,
    kept: &mut BTreeSet<String>,
) -> Result<Record, Problem> {
    let back = &mut record.columns;
    if (back.owner_id, back.pool_id) == (now.owner_id, now.pool_id) {
        return Ok(record);
    }
    if let Some(home) = bury::home(tx, back.owner_id, back.pool_id).await? {
        (back.owner_id, back.pool_id) = home;
    } else {
        (back.owner_id, back.pool_id, back.owned_at) = (now.owner_id, now.pool_id, now.owned_at);
        kept.insert("owner_id".to_owned());
    }
    Ok(record)
}

fn pointer(into: Option<Uuid>) -> customer::ActiveModel {
    customer::ActiveModel { merged_into: Set(into), ..Default::default() }
}

/// What became of a customer who is not there: merged, if whoever asks would have seen them and sees who
/// stayed.
pub(crate) async fn gone(scope: &Scope, id: Uuid) -> Problem {
    match stayed(scope, id).await {
        Ok(Some(stayed)) => Problem::Merged { into: json!({ "id": stayed.id, "name": stayed.name }) },
        Ok(None) => Problem::NotFound,
        Err(problem) => problem,
    }
}

/// An answer about a customer; about one who was merged away it is who stayed.
pub(crate) async fn led<T>(scope: &Scope, id: Uuid, answer: Result<T, Problem>) -> Result<T, Problem> {
    match answer {
        Err(Problem::NotFound) => Err(gone(scope, id).await),
        other => other,
    }
}

async fn stayed(scope: &Scope, id: Uuid) -> Result<Option<Customer>, Problem> {
    let mut next = id;
    for _ in 0..HOPS {
        let merged =
            Condition::all().add(customer::Column::Id.eq(next)).add(customer::Column::MergedInto.is_not_null());
        let found = scope.find_buried::<customer::Entity>().filter(merged).one().await?;
        let Some(into) = found.and_then(|row| row.merged_into) else { return Ok(None) };
        match find(scope, into).await {
            Ok(stayed) => return Ok(Some(stayed)),
            Err(Problem::NotFound) => next = into,
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}

/// What is left of a merge when it cannot be undone any more: that there was one.
pub(crate) fn forgotten() -> entity::merge::ActiveModel {
    entity::merge::ActiveModel { before: Set(None), undo_until: Set(None), ..Default::default() }
}

/// Everybody who was merged into a person, also by way of others: the same person under another id.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn merged_into(tx: &Tx<'_>, person: Uuid) -> Result<Vec<Uuid>, Problem> {
    let (mut found, mut last) = (Vec::new(), vec![person]);
    for _ in 0..HOPS {
        let rows = tx.find_buried::<customer::Entity>().filter(customer::Column::MergedInto.is_in(last)).all().await?;
        if rows.is_empty() {
            break;
        }
        last = rows.iter().map(|row| row.id).collect();
        found.extend(rows.iter().filter(|row| row.erased_at.is_none()).map(|row| row.id));
    }
    Ok(found)
}

/// Those of some customers who were merged into somebody whom whoever asks may change, also by way of others.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn merged_into_ours(tx: &Tx<'_>, customers: Vec<Uuid>) -> Result<BTreeSet<Uuid>, Problem> {
    // Where each of them is by now.
    let mut at: BTreeMap<Uuid, Uuid> = customers.iter().map(|id| (*id, *id)).collect();
    for _ in 0..HOPS {
        let here: BTreeSet<Uuid> = at.values().copied().collect();
        let gone = Condition::all()
            .add(customer::Column::Id.is_in(here))
            .add(customer::Column::MergedInto.is_not_null())
            .add(customer::Column::ErasedAt.is_null());
        let gone = tx.find_buried_masked::<customer::Entity>().filter(gone).all().await?;
        if gone.is_empty() {
            break;
        }
        let next: BTreeMap<_, _> = gone.into_iter().filter_map(|row| Some((row.id, row.merged_into?))).collect();
        for now in at.values_mut() {
            *now = next.get(now).copied().unwrap_or(*now);
        }
    }
    at.retain(|customer, now| customer != now);
    if at.is_empty() {
        return Ok(BTreeSet::new());
    }
    let ours = tx.find_to_change_all::<customer::Entity>().filter(customer::Column::Id.is_in(at.values().copied()));
    let ours: BTreeSet<Uuid> = ours.all().await?.into_iter().map(|row| row.id).collect();
    Ok(at.into_iter().filter(|(_, now)| ours.contains(now)).map(|(customer, _)| customer).collect())
}
