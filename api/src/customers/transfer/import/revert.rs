//! Taking an import back: what nobody changed since becomes what it was before.

use super::super::entity::{import, row};
use super::update::take_back;
use crate::customers::entity::customer;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::Tx;
use domain::transfer::RowOutcome;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use std::collections::HashMap;
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 100;

/// Takes some rows back; `false` when none are left.
pub(super) async fn step(tx: &Tx<'_>, found: &import::Model) -> Result<bool, Problem> {
    let done = [RowOutcome::Created.as_str(), RowOutcome::Updated.as_str()];
    let left = Condition::all()
        .add(row::Column::ImportId.eq(found.id))
        .add(row::Column::Run.eq(found.run))
        .add(row::Column::Outcome.is_in(done));
    let page = |rows: sea_orm::Select<row::Entity>| rows.order_by_asc(row::Column::Line).limit(BATCH);
    let rows = tx.find::<row::Entity>().filter(left).shape(page).all().await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let these = customer::Column::Id.is_in(rows.iter().filter_map(|row| row.customer_id));
    let now = tx.find_to_change_all::<customer::Entity>().filter(these).all().await?;
    let mut now: HashMap<Uuid, customer::Model> = now.into_iter().map(|row| (row.id, row)).collect();
    let (mut reverted, mut kept) = (Vec::new(), Vec::new());
    for row in &rows {
        let customer = row.customer_id.and_then(|id| now.remove(&id));
        // Whoever changed it since, even by putting a tag on it, keeps it as it is.
        let unchanged = customer.filter(|customer| Some(customer.updated_at) == row.stamped_at);
        let taken = match unchanged {
            None => false,
            Some(customer) => tx.attempt(async |tx| take_back(tx, row, customer).await).await?.unwrap_or_default(),
        };
        if taken { reverted.push(row.line) } else { kept.push(row.line) }
    }
    let count = i64::try_from(reverted.len()).unwrap_or(i64::MAX);
    for (lines, outcome) in [(reverted, RowOutcome::Reverted), (kept, RowOutcome::Kept)] {
        if lines.is_empty() {
            continue;
        }
        let these = Condition::all()
            .add(row::Column::ImportId.eq(found.id))
            .add(row::Column::Run.eq(found.run))
            .add(row::Column::Line.is_in(lines));
        let change = row::ActiveModel { outcome: Set(Code(outcome)), ..Default::default() };
        tx.derive_all::<row::Entity>(these, change).await?;
    }
    let change = import::ActiveModel { reverted: Set(found.reverted + count), ..Default::default() };
    tx.derive::<import::Entity>(found.id, change).await?;
    tx.unrecorded("each customer that changed has its entry; who was not changed has none");
    Ok(true)
}
