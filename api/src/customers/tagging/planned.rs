//! What follow-up plans have to hear of. They come after tasks, which come after customers, so they do what these jobs
//! say.

use super::put::Retag;
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use crate::tags::entity::plan;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Customers changed in a way that their plans may have to follow.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlansAsked {
    /// The customers.
    pub(crate) customers: Vec<Uuid>,
    /// To whom of them a tag was given just now: by tag.
    pub(crate) given: BTreeMap<Uuid, Vec<Uuid>>,
}

/// A tag has gone for good.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanTagGone {
    /// The tag.
    pub(crate) tag_id: Uuid,
}

/// The tags that have a plan, on or off: a copy that is at most three seconds old.
async fn with_plans(rows: &impl Reads) -> Result<Arc<[Uuid]>, Problem> {
    let scope = rows.scope();
    let snapshots = &scope.installation().snapshots;
    if let Some(kept) = snapshots.plan_tags(scope.tenant_id(), scope.now()) {
        return Ok(kept);
    }
    let found: Arc<[Uuid]> =
        rows.rows_of_all::<plan::Entity>().all().await?.into_iter().map(|row| row.tag_id).collect();
    snapshots.remember_plan_tags(scope.tenant_id(), scope.now(), &found);
    Ok(found)
}

/// Says that these customers changed: whoever looks after them, whether they are in a pool, which tags they have.
/// Costs nothing where there is no plan.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn ask(tx: &Tx<'_>, customers: &[Uuid]) -> Result<(), Problem> {
    if customers.is_empty() || with_plans(tx).await?.is_empty() {
        return Ok(());
    }
    tx.enqueue(&PlansAsked { customers: customers.to_vec(), given: BTreeMap::new() }, tx.now()).await
}

/// Says which tags were put on customers and taken off.
pub(in crate::customers) async fn retagged(tx: &Tx<'_>, changes: &[Retag]) -> Result<(), Problem> {
    let tags = with_plans(tx).await?;
    if tags.is_empty() {
        return Ok(());
    }
    let mut asked = PlansAsked { customers: Vec::new(), given: BTreeMap::new() };
    for Retag { customer, add, remove } in changes {
        if !add.iter().chain(remove).any(|tag| tags.contains(tag)) {
            continue;
        }
        asked.customers.push(*customer);
        for tag in add.iter().filter(|tag| tags.contains(tag)) {
            asked.given.entry(*tag).or_default().push(*customer);
        }
    }
    if asked.customers.is_empty() {
        return Ok(());
    }
    tx.enqueue(&asked, tx.now()).await
}
