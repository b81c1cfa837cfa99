//! Taking an import back: what nobody changed since becomes what it was before.

use super::super::entity::{import, row};
use super::draft::Flaw;
use super::talks::Talks;
use super::update::take_back;
use crate::customers::entity::customer;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::Tx;
use chrono::{DateTime, Utc};
use domain::transfer::RowOutcome;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 100;

/// Takes some rows back; `false` when none are left.
pub(super) async fn step(tx: &Tx<'_>, found: &import::Model, talks: &impl Talks) -> Result<bool, Problem> {
    let done = [RowOutcome::Created.as_str(), RowOutcome::Updated.as_str()];
    let left = Condition::all()
        .add(row::Column::ImportId.eq(found.id))
        .add(row::Column::Run.eq(found.run))
        .add(row::Column::Outcome.is_in(done));
    let page = |rows: sea_orm::Select<row::Entity>| rows.order_by_desc(row::Column::Line).limit(BATCH);
    let rows = tx.find::<row::Entity>().filter(left).shape(page).all().await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let these = customer::Column::Id.is_in(rows.iter().filter_map(|row| row.customer_id));
    let now = tx.find_to_change_all::<customer::Entity>().filter(these).all().await?;
    let now: HashMap<Uuid, customer::Model> = now.into_iter().map(|row| (row.id, row)).collect();
    let mut touched = HashSet::new();
    // The lines that stay, by why they do.
    let (mut reverted, mut kept): (Vec<i64>, HashMap<String, Vec<i64>>) = Default::default();
    for row in &rows {
        let customer = match row.customer_id {
            // A later row about the same customer was taken back a moment ago.
            Some(id) if touched.contains(&id) => {
                tx.find_to_change_all::<customer::Entity>().filter(customer::Column::Id.eq(id)).one().await?
            }
            // Several rows may be of one customer.
            Some(id) => now.get(&id).cloned(),
            None => None,
        };
        let why = match customer {
            None => Some(Flaw::coded("row_gone")),
            // Whoever changed it since, even by putting a tag on it, keeps it as it is.
            Some(customer) if !touched.contains(&customer.id) && Some(customer.updated_at) != row.stamped_at => {
                Some(Flaw::coded("row_changed"))
            }
            Some(customer) => {
                let id = customer.id;
                let back = tx.attempt(async |tx| {
                    if let Some(talk) = row.interaction_id {
                        talks.take_back(tx, talk).await?;
                    }
                    take_back(tx, row, customer).await
                });
                let back = back.await?.unwrap_or_default();
                if back {
                    touched.insert(id);
                }
                (!back).then(|| Flaw::coded("row_bound"))
            }
        };
        match why {
            None => reverted.push(row.line),
            Some(why) => {
                let why = serde_json::to_string(&[why]).map_err(anyhow::Error::from)?;
                kept.entry(why).or_default().push(row.line);
            }
        }
    }
    let count = i64::try_from(reverted.len()).unwrap_or(i64::MAX);
    let back = (!reverted.is_empty()).then_some((RowOutcome::Reverted, None, reverted));
    let kept = kept.into_iter().map(|(why, lines)| (RowOutcome::Kept, Some(why), lines));
    for (outcome, why, lines) in back.into_iter().chain(kept) {
        let these = Condition::all()
            .add(row::Column::ImportId.eq(found.id))
            .add(row::Column::Run.eq(found.run))
            .add(row::Column::Line.is_in(lines));
        let mut change = row::ActiveModel { outcome: Set(Code(outcome)), ..Default::default() };
        if why.is_some() {
            change.reasons = Set(why);
        }
        tx.derive_all::<row::Entity>(these, change).await?;
    }
    if !touched.is_empty() {
        stamp(tx, found, touched.into_iter().collect()).await?;
    }
    let change = import::ActiveModel { reverted: Set(found.reverted + count), ..Default::default() };
    tx.derive::<import::Entity>(found.id, change).await?;
    tx.unrecorded("each customer that changed has its entry; who was not changed has none");
    Ok(true)
}

/// Says of imported rows that what is about to happen to their customers is nobody's change: a tag that a rule gives
/// does not keep an import from being taken back. `held` are customers and when they last changed.
pub(in crate::customers) async fn undisturbed(tx: &Tx<'_>, held: &[(Uuid, DateTime<Utc>)]) -> Result<(), Problem> {
    let as_written = held.iter().fold(Condition::any(), |any, (id, at)| {
        any.add(Condition::all().add(row::Column::CustomerId.eq(*id)).add(row::Column::StampedAt.eq(*at)))
    });
    let these = row::Column::CustomerId.is_in(held.iter().map(|(id, _)| *id));
    let change = row::ActiveModel { stamped_at: Set(Some(tx.now())), ..Default::default() };
    tx.derive_all::<row::Entity>(Condition::all().add(these).add(as_written), change).await?;
    Ok(())
}

/// Says of the rows that are left of some customers that nobody else changed these: what did just now was the
/// import itself.
pub(super) async fn stamp(tx: &Tx<'_>, found: &import::Model, customers: Vec<Uuid>) -> Result<(), Problem> {
    let done = [RowOutcome::Created.as_str(), RowOutcome::Updated.as_str()];
    let these = Condition::all()
        .add(row::Column::ImportId.eq(found.id))
        .add(row::Column::Run.eq(found.run))
        .add(row::Column::CustomerId.is_in(customers))
        .add(row::Column::Outcome.is_in(done));
    let change = row::ActiveModel { stamped_at: Set(Some(tx.now())), ..Default::default() };
    tx.derive_all::<row::Entity>(these, change).await?;
    Ok(())
}
