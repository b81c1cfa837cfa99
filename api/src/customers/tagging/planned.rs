//! What follow-up plans have to hear of. They come after tasks, which come after customers, so they do what these jobs
//! say.

use super::put::Retag;
use super::routes::UNDO;
use crate::problem::Problem;
use crate::scope::{Reads as _, Tx};
use crate::tags::entity::{plan, tag};
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait as _, FromQueryResult, QuerySelect as _};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Merges that are followed, one after the other: far more than anybody makes in half an hour.
const FAR: usize = 20;

/// Customers changed in a way that their plans may have to follow.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlansAsked {
    /// The customers.
    pub(crate) customers: Vec<Uuid>,
    /// When they changed: a plan that was switched on later does not begin with what was given before.
    pub(crate) at: DateTime<Utc>,
    /// To whom of them a tag was given then: by tag.
    pub(crate) given: BTreeMap<Uuid, Vec<Uuid>>,
    /// From whom one was taken, though they may have it again by the time somebody looks.
    pub(crate) taken: BTreeMap<Uuid, Vec<Uuid>>,
}

impl PlansAsked {
    /// That these changed at a moment.
    pub(crate) const fn of(customers: Vec<Uuid>, at: DateTime<Utc>) -> Self {
        Self { customers, at, given: BTreeMap::new(), taken: BTreeMap::new() }
    }
}

/// A tag has gone for good, or one that had become another is itself again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanTagTurned {
    /// The tag.
    pub(crate) tag_id: Uuid,
}

/// Each of some tags with what it became when it was merged, and what that became: itself first, the present one last.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn became(tx: &Tx<'_>, tags: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<tag::Model>>, Problem> {
    let mut found: HashMap<Uuid, Vec<tag::Model>> = HashMap::new();
    let mut next: Vec<(Uuid, Uuid)> = tags.into_iter().map(|tag| (tag, tag)).collect();
    for _ in 0..FAR {
        if next.is_empty() {
            break;
        }
        let these = tag::Column::Id.is_in(next.iter().map(|(_, tag)| *tag));
        let rows = tx.find_buried::<tag::Entity>().filter(these).all().await?;
        let mut further = Vec::new();
        for (first, at) in next {
            let Some(row) = rows.iter().find(|row| row.id == at) else { continue };
            further.extend(row.merged_into.filter(|_| row.live.is_none()).map(|into| (first, into)));
            found.entry(first).or_default().push(row.clone());
        }
        next = further;
    }
    Ok(found)
}

/// Whether a tag is there, or may come back.
pub(crate) fn stands(tag: &tag::Model, now: DateTime<Utc>) -> bool {
    tag.live.is_some() || tag.deleted_at.is_some_and(|at| at >= now - UNDO)
}

/// Whether there is a plan, on or off: as it was at most three seconds ago.
async fn any(tx: &Tx<'_>) -> Result<bool, Problem> {
    let scope = tx.scope();
    let snapshots = &scope.installation().snapshots;
    if let Some(kept) = snapshots.plans(scope.tenant_id(), scope.now()) {
        return Ok(kept);
    }
    let found = tx.rows_of_all::<plan::Entity>().one().await?.is_some();
    snapshots.remember_plans(scope.tenant_id(), scope.now(), found);
    Ok(found)
}

/// Says that these customers changed: whoever looks after them, whether they are in a pool, what was done with them.
/// Plans follow after a while. Costs nothing where there is no plan.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn ask(tx: &Tx<'_>, customers: &[Uuid], after: Duration) -> Result<(), Problem> {
    if customers.is_empty() || !any(tx).await? {
        return Ok(());
    }
    tx.enqueue(&PlansAsked::of(customers.to_vec(), tx.now()), tx.now() + after).await
}

/// Says that a customer is there again: a plan may have been switched off, or deleted, while they were not.
///
/// # Errors
/// When the database does not answer.
pub(in crate::customers) async fn returned(tx: &Tx<'_>, customer: Uuid) -> Result<(), Problem> {
    match tx.find_buried::<plan::Entity>().one().await? {
        Some(_) => tx.enqueue(&PlansAsked::of(vec![customer], tx.now()), tx.now()).await,
        None => Ok(()),
    }
}

#[derive(FromQueryResult)]
struct Tag {
    tag_id: Uuid,
}

/// Tags that bring a plan: asked for in the transaction itself, because whoever is given one gets its plan now or never.
async fn bringing(tx: &Tx<'_>) -> Result<BTreeSet<Uuid>, Problem> {
    // Their stages are not wanted: whoever gives a tag asks this.
    let found = tx.rows_of_all::<plan::Entity>().picking(|rows| rows.column(plan::Column::TagId).into_model::<Tag>());
    let tags: Vec<Uuid> = found.all().await?.into_iter().map(|row| row.tag_id).collect();
    if tags.is_empty() {
        return Ok(BTreeSet::new());
    }
    Ok(became(tx, tags).await?.into_values().flatten().map(|tag| tag.id).collect())
}

/// Whether there is a plan at all: most businesses have none, and whoever looks tags up learns it with them.
pub(super) fn any_plan(tenant_id: i64) -> Expr {
    let plans = Query::select()
        .expr(Expr::val(1_i64))
        .from(plan::Entity)
        .and_where(plan::Column::TenantId.eq(tenant_id))
        .and_where(plan::Column::Live.eq(1))
        .to_owned();
    Expr::exists(plans)
}

/// Says which tags were put on customers and taken off. `merged`: another tag became the one that was put on, which is
/// nothing new and begins nothing.
pub(in crate::customers) async fn retagged(tx: &Tx<'_>, changes: &[Retag], merged: bool) -> Result<(), Problem> {
    if changes.iter().all(|change| change.add.is_empty() && change.remove.is_empty()) {
        return Ok(());
    }
    let tags = bringing(tx).await?;
    if tags.is_empty() {
        return Ok(());
    }
    let mut asked = PlansAsked::of(Vec::new(), tx.now());
    for Retag { customer, add, remove } in changes {
        if !add.iter().chain(remove).any(|tag| tags.contains(tag)) {
            continue;
        }
        asked.customers.push(*customer);
        for tag in add.iter().filter(|tag| !merged && tags.contains(tag)) {
            asked.given.entry(*tag).or_default().push(*customer);
        }
        for tag in remove.iter().filter(|tag| tags.contains(tag)) {
            asked.taken.entry(*tag).or_default().push(*customer);
        }
    }
    if asked.customers.is_empty() {
        return Ok(());
    }
    tx.enqueue(&asked, tx.now()).await
}
