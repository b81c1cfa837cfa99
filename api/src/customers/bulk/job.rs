//! The job: as whoever asked, with the rights they have now, some customers at a time.

use super::entity::{action, row};
use super::{Asked, apply, undo};
use crate::customers::entity::customer;
use crate::customers::pools;
use crate::customers::search::compile;
use crate::db::Code;
use crate::jobs::{Job, Turn, take_turn};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tenants::at_work;
use domain::bulk::{BulkChange, BulkState};
use domain::permission::Permission;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use uuid::Uuid;

/// Customers in one transaction: each has an entry in the record.
const BATCH: u64 = 100;

/// Somebody asked for a bulk action, or for undoing it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BulkAsked {
    /// The row in `bulk_actions`.
    pub(super) bulk_id: Uuid,
}

impl Job for BulkAsked {
    const KIND: &'static str = "bulk_asked";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let Some(found) = find(&scope, self.bulk_id).await? else { return Ok(()) };
        let steps = async |theirs: &mut Scope| step(theirs, self.bulk_id).await;
        match take_turn(&self, &mut scope, found.staff_id, steps).await? {
            Turn::Over => Ok(()),
            Turn::Gone => {
                let tx = scope.begin().await?;
                end(&tx, &found, BulkState::Cancelled).await?;
                tx.commit().await
            }
        }
    }
}

async fn find(scope: &Scope, id: Uuid) -> Result<Option<action::Model>, Problem> {
    Ok(scope.find::<action::Entity>().filter(action::Column::Id.eq(id)).one().await?)
}

/// One batch; `true` when nothing is left to do.
async fn step(scope: &mut Scope, id: Uuid) -> Result<bool, Problem> {
    let tx = scope.begin().await?;
    let rows = tx.find::<action::Entity>().filter(action::Column::Id.eq(id));
    let held = rows.shape(QuerySelect::lock_exclusive).all().await?;
    let Some(found) = held.into_iter().next() else { return Ok(true) };
    let asked: Asked = serde_json::from_str(found.asked.as_deref().unwrap_or_default()).map_err(anyhow::Error::from)?;
    match found.state.0 {
        BulkState::Running if allowed(&tx, &asked) && owner_there(&tx, &asked).await? => {}
        BulkState::Running => {
            end(&tx, &found, BulkState::Cancelled).await?;
            tx.commit().await?;
            return Ok(true);
        }
        BulkState::Undoing => {
            let left = undo::step(&tx, &found).await?;
            if !left {
                end(&tx, &found, BulkState::Undone).await?;
            }
            tx.commit().await?;
            return Ok(!left);
        }
        BulkState::Done | BulkState::Cancelled | BulkState::Undone => return Ok(true),
    }
    let (seen, last) = next(&tx, &asked, found.after_id).await?;
    let Some(last) = last else {
        end(&tx, &found, BulkState::Done).await?;
        tx.commit().await?;
        return Ok(true);
    };
    let ids: Vec<Uuid> = seen.iter().map(|customer| customer.id).collect();
    let may: HashSet<Uuid> = tx
        .find_to_change_all::<customer::Entity>()
        .filter(customer::Column::Id.is_in(ids))
        .all()
        .await?
        .into_iter()
        .map(|customer| customer.id)
        .collect();
    let (mine, others): (Vec<_>, Vec<_>) = seen.into_iter().partition(|customer| may.contains(&customer.id));
    let (mine, too_many) = within_limits(&tx, &asked, mine).await?;
    let mut outcome = apply::apply(&tx, &asked, found.created_at, mine).await?;
    let there = still_there(&tx, others.iter().map(|other| other.id).collect()).await?;
    let why = |id| if there.contains(&id) { "row_read_only" } else { "customer_unknown" };
    outcome.failed.extend(others.into_iter().map(|other| (other.id, why(other.id).into())));
    outcome.failed.extend(too_many.into_iter().map(|(customer, why)| (customer, why.into())));
    let done = i64::try_from(outcome.done.len()).unwrap_or(i64::MAX);
    let failed = i64::try_from(outcome.failed.len()).unwrap_or(i64::MAX);
    let touched: Vec<Uuid> = outcome.done.iter().map(|(customer, _)| *customer).collect();
    crate::customers::touched(&tx, &touched).await?;
    let rows = outcome.done.into_iter().map(|(customer, before)| (customer, None, serde_json::to_string(&before).ok()));
    let rows = rows.chain(outcome.failed.into_iter().map(|(customer, why)| (customer, Some(why.kept()), None)));
    let rows = rows.map(|(customer, failure, before)| row::ActiveModel {
        bulk_id: Set(id),
        customer_id: Set(customer),
        failure: Set(failure),
        before: Set(before),
        ..Default::default()
    });
    tx.insert_many::<row::Entity>(rows).await?;
    let change = action::ActiveModel {
        after_id: Set(Some(last)),
        done: Set(found.done + done),
        failed: Set(found.failed + failed),
        ..Default::default()
    };
    tx.derive::<action::Entity>(id, change).await?;
    tx.unrecorded("each customer that changed has its entry; who already was as asked has none");
    tx.commit().await?;
    Ok(false)
}

/// Who of some customers that may not be changed can still be seen: the others were merged or deleted this very moment.
async fn still_there(tx: &Tx<'_>, customers: Vec<Uuid>) -> Result<HashSet<Uuid>, Problem> {
    if customers.is_empty() {
        return Ok(HashSet::new());
    }
    let there = tx.find::<customer::Entity>().filter(customer::Column::Id.is_in(customers)).all().await?;
    Ok(there.into_iter().map(|customer| customer.id).collect())
}

/// Whether the new owner is still here.
async fn owner_there(tx: &Tx<'_>, asked: &Asked) -> Result<bool, Problem> {
    let Asked::Change(BulkChange { owner_id: Some(owner), .. }) = asked else { return Ok(true) };
    Ok(at_work(tx, *owner).await?.is_some())
}

/// Those that the new owner may still look after, and the others with the reason.
async fn within_limits(
    tx: &Tx<'_>,
    asked: &Asked,
    customers: Vec<customer::Model>,
) -> Result<(Vec<customer::Model>, Vec<(Uuid, &'static str)>), Problem> {
    let Asked::Change(BulkChange { owner_id: Some(owner), .. }) = asked else { return Ok((customers, Vec::new())) };
    let Some((mut left, why)) = pools::fitting(tx, *owner).await? else { return Ok((customers, Vec::new())) };
    let (mut fit, mut over) = (Vec::new(), Vec::new());
    for customer in customers {
        let theirs = customer.owner_id == *owner && customer.pool_id.is_none();
        match (theirs, left.checked_sub(1)) {
            (true, _) => fit.push(customer),
            (false, Some(less)) => {
                left = less;
                fit.push(customer);
            }
            (false, None) => over.push((customer.id, why)),
        }
    }
    Ok((fit, over))
}

/// Whether they may still do it: a role that was taken away meanwhile ends the action.
fn allowed(tx: &Tx<'_>, asked: &Asked) -> bool {
    match asked {
        Asked::Delete(_) => tx.may(Permission::CustomersBulkDelete),
        Asked::Change(change) => {
            tx.may(Permission::CustomersWrite)
                && (change.owner_id.is_none() || tx.may(Permission::CustomersAssign))
                && (change.offer_id.is_none() || tx.may(Permission::OffersGive))
        }
    }
}

/// The customers that come next, in the order of their ids: each is met once, whatever the action does to
/// what the filter asks for.
async fn next(
    tx: &Tx<'_>,
    asked: &Asked,
    after: Option<Uuid>,
) -> Result<(Vec<customer::Model>, Option<Uuid>), Problem> {
    let selection = asked.selection();
    let chosen = match &selection.filter {
        Some(filter) => compile(tx, filter).await?,
        None => Condition::all().add(customer::Column::Id.is_in(selection.ids.iter().copied())),
    };
    let past = Condition::all().add_option(after.map(|after| customer::Column::Id.gt(after)));
    let page = |rows: sea_orm::Select<customer::Entity>| rows.order_by_asc(customer::Column::Id).limit(BATCH);
    let rows = tx.find::<customer::Entity>().filter(chosen).filter(past).shape(page).all().await?;
    let last = rows.last().map(|row| row.id);
    Ok((rows, last))
}

/// Ends it, and says so in the record.
pub(super) async fn end(tx: &Tx<'_>, found: &action::Model, state: BulkState) -> Result<(), Problem> {
    let mut change = action::ActiveModel { state: Set(Code(state)), ..Default::default() };
    // Until when it can be undone is counted from what was done.
    if state != BulkState::Undone {
        change.finished_at = Set(Some(tx.now()));
    }
    tx.derive::<action::Entity>(found.id, change).await?;
    let counts = serde_json::json!({ "state": state, "done": found.done, "failed": found.failed });
    tx.audit("bulk", "customer", None, counts);
    Ok(())
}
