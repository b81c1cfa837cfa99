//! What follows a merge: rows that were too many for one transaction, and forgetting what stood before.

use super::children;
use super::log::CHANGED_SINCE;
use crate::customers::merging::Moved;
use crate::customers::merging::entity::{merge, moved};
use crate::customers::{self, Customer};
use crate::db::Code;
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use chrono::Duration;
use domain::duplicates::MergeState;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Transactions of a run before other jobs get their turn; far less than a lease.
const TURN: usize = 20;
const UNDONE: &str = "undone";

/// More hangs on a customer than one transaction moves, or moves back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MergeContinued {
    /// The row in `merges`.
    pub(super) merge_id: Uuid,
}

impl Job for MergeContinued {
    const KIND: &'static str = "merge_continued";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        for _ in 0..TURN {
            if !step(&mut scope, self.merge_id).await? {
                return Ok(());
            }
        }
        let now = scope.now();
        let tx = scope.begin().await?;
        tx.enqueue(&self, now).await?;
        tx.commit().await
    }
}

/// The merge, held so that nobody else takes the same step.
pub(super) async fn hold(tx: &Tx<'_>, id: Uuid) -> Result<Option<merge::Model>, Problem> {
    let rows = tx.find::<merge::Entity>().filter(merge::Column::Id.eq(id));
    Ok(rows.shape(QuerySelect::lock_exclusive).all().await?.into_iter().next())
}

/// A customer, also one who is a tombstone by now; none who was erased.
pub(super) async fn person(tx: &Tx<'_>, id: Uuid) -> Result<Option<Customer>, Problem> {
    let there = Condition::all().add(customers::Column::Id.eq(id)).add(customers::Column::ErasedAt.is_null());
    Ok(tx.find_buried::<customers::Entity>().filter(there).one().await?)
}

/// One batch; `false` when nothing is left to do.
async fn step(scope: &mut Scope, id: Uuid) -> Result<bool, Problem> {
    let tx = scope.begin().await?;
    let Some(found) = hold(&tx, id).await? else { return Ok(false) };
    let (Some(stays), Some(goes)) = (person(&tx, found.customer_id).await?, person(&tx, found.other_id).await?) else {
        return Ok(false);
    };
    let more = match found.state.0 {
        MergeState::Running => {
            let (rows, more) = children::step(&tx, &goes, &stays).await?;
            let change = merge::ActiveModel {
                state: Set(Code(if more { MergeState::Running } else { MergeState::Done })),
                moved: Set(found.moved + i64::try_from(rows.len()).unwrap_or(i64::MAX)),
                ..Default::default()
            };
            tx.derive::<merge::Entity>(id, change).await?;
            write_down(&tx, id, rows).await?;
            more
        }
        MergeState::Undoing => back(&tx, &found, &stays, &goes).await?,
        MergeState::Done | MergeState::Undone => return Ok(false),
    };
    tx.unrecorded("the merge has its entry, which stands for all that hangs on the customer");
    tx.commit().await?;
    Ok(more)
}

/// Moves all plans back.
pub(super) async fn plans_back(
    tx: &Tx<'_>,
    found: &merge::Model,
    stays: &Customer,
    goes: &Customer,
) -> Result<(), Problem> {
    let runs = Condition::all()
        .add(moved::Column::MergeId.eq(found.id))
        .add(moved::Column::Kind.eq(children::RUNS))
        .add(moved::Column::Outcome.is_null());
    let runs = tx.find::<moved::Entity>().filter(runs).all().await?;
    let mut done: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for (kind, id) in children::plans_back(tx, &runs, stays, goes).await? {
        done.entry(kind).or_default().push(id);
    }
    for (kind, ids) in done {
        close(tx, found.id, &[&kind], Some(ids), UNDONE).await?;
    }
    Ok(())
}

/// Moves a batch back; `false` when none are left, and then the merge is undone.
pub(super) async fn back(
    tx: &Tx<'_>,
    found: &merge::Model,
    stays: &Customer,
    goes: &Customer,
) -> Result<bool, Problem> {
    let left = Condition::all().add(moved::Column::MergeId.eq(found.id)).add(moved::Column::Outcome.is_null());
    let limit = children::UNDONE_AT_ONCE;
    let page = |rows: sea_orm::Select<moved::Entity>| rows.order_by_asc(moved::Column::RowId).limit(limit);
    let rows = tx.find::<moved::Entity>().filter(left).shape(page).all().await?;
    let done = children::back(tx, &rows, stays, goes).await?;
    let mut outcomes: BTreeMap<(&str, &str), Vec<Uuid>> = BTreeMap::new();
    for row in &rows {
        let outcome = if done.contains(&(row.kind.clone(), row.row_id)) { UNDONE } else { CHANGED_SINCE };
        outcomes.entry((row.kind.as_str(), outcome)).or_default().push(row.row_id);
    }
    for ((kind, outcome), ids) in outcomes {
        close(tx, found.id, &[kind], Some(ids), outcome).await?;
    }
    let more = u64::try_from(rows.len()).unwrap_or_default() == limit;
    let kept = rows.len() - done.len();
    let mut change =
        merge::ActiveModel { kept: Set(found.kept + i64::try_from(kept).unwrap_or(i64::MAX)), ..Default::default() };
    if !more {
        change.state = Set(Code(MergeState::Undone));
        // Each has all that is theirs again.
        customers::ask_plans(tx, &[stays.id, goes.id], Duration::zero()).await?;
    }
    tx.derive::<merge::Entity>(found.id, change).await?;
    Ok(more)
}

/// Says what became of rows of some kinds.
pub(super) async fn close(
    tx: &Tx<'_>,
    merge: Uuid,
    kinds: &[&str],
    rows: Option<Vec<Uuid>>,
    outcome: &str,
) -> Result<(), Problem> {
    let these = Condition::all()
        .add(moved::Column::MergeId.eq(merge))
        .add(moved::Column::Kind.is_in(kinds.iter().copied()))
        .add_option(rows.map(|rows| moved::Column::RowId.is_in(rows)));
    let change = moved::ActiveModel { outcome: Set(Some(outcome.to_owned())), ..Default::default() };
    tx.derive_all::<moved::Entity>(these, change).await?;
    Ok(())
}

/// Says that the parts of a record went back.
pub(super) async fn close_parts(tx: &Tx<'_>, merge: Uuid) -> Result<(), Problem> {
    close(tx, merge, &customers::merging::PARTS, None, UNDONE).await
}

/// Writes down what was moved.
pub(super) async fn write_down(tx: &Tx<'_>, merge: Uuid, rows: Vec<Moved>) -> Result<(), Problem> {
    let rows = rows.into_iter().map(|Moved { kind, row, version }| moved::ActiveModel {
        merge_id: Set(merge),
        kind: Set(kind.to_owned()),
        row_id: Set(row),
        version: Set(version),
        outcome: Set(None),
        ..Default::default()
    });
    Ok(tx.insert_many::<moved::Entity>(rows).await?)
}

/// The time in which a merge can be undone is over.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MergeForgotten {
    /// The row in `merges`.
    pub(super) merge_id: Uuid,
}

impl Job for MergeForgotten {
    const KIND: &'static str = "merge_forgotten";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let tx = scope.begin().await?;
        tx.derive::<merge::Entity>(self.merge_id, customers::merging::forgotten()).await?;
        tx.unrecorded("what stood before is kept for a while only, and was said to be");
        tx.commit().await
    }
}
