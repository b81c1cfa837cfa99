//! Giving an offer to customers, and taking it back. The row of the offer is held meanwhile, so that nobody is given it
//! twice, and its counts are right.

use super::entity as given;
use crate::calendar::day_of;
use crate::customers::entity::customer;
use crate::customers::numbers;
use crate::offers::entity::offer;
use crate::offers::held;
use crate::problem::Problem;
use crate::scope::Tx;
use crate::scope::system::System;
use crate::scope::system::consents::Asked;
use domain::Violation;
use domain::offers::OfferState;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// An offer that can still be given, held; otherwise why it cannot: `offer_unknown`, `offer_ended`.
pub(in crate::customers) async fn giveable(tx: &Tx<'_>, id: Uuid) -> Result<Result<offer::Model, Violation>, Problem> {
    let Some(row) = held(tx, id).await? else { return Ok(Err(Violation::new("offer_id", "offer_unknown"))) };
    Ok(match OfferState::of(row.first_day, row.last_day, row.stopped_at.is_some(), day_of(tx.now())) {
        OfferState::Coming | OfferState::Open => Ok(row),
        OfferState::Stopped | OfferState::Over => Err(Violation::new("offer_id", "offer_ended")),
    })
}

/// Which of some customers are there and may be changed. They stay as they are until the transaction ends: one that is
/// merged into another meanwhile would take the offer along out of sight.
pub(super) async fn held_customers(tx: &Tx<'_>, ids: Vec<Uuid>) -> Result<HashSet<Uuid>, Problem> {
    let rows = tx.find_to_change_all::<customer::Entity>().filter(customer::Column::Id.is_in(ids));
    let rows = rows.shape(|rows| rows.order_by_asc(customer::Column::Id).lock_exclusive()).all().await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Who of some customers was given an offer already.
pub(super) async fn having(tx: &Tx<'_>, offer_id: Uuid, customers: Vec<Uuid>) -> Result<HashSet<Uuid>, Problem> {
    let theirs =
        Condition::all().add(given::Column::OfferId.eq(offer_id)).add(given::Column::CustomerId.is_in(customers));
    let rows = tx.find::<given::Entity>().filter(theirs).all().await?;
    Ok(rows.into_iter().map(|row| row.customer_id).collect())
}

/// Whom of some customers a bulk action does not give an offer, and why: `offer_given_already`, `ads_refused`,
/// `customer_unknown` when they were merged or deleted this very moment.
pub(in crate::customers) async fn refusals(
    tx: &Tx<'_>,
    offer: &offer::Model,
    customers: &[customer::Model],
) -> Result<HashMap<Uuid, &'static str>, Problem> {
    let asked = customers
        .iter()
        .map(|row| Ok::<_, Problem>(Asked { id: row.id, numbers: numbers(tx, row)?, refused: row.ads_refused_at }));
    let refusing = System::new(tx.installation()).refusing_ads(asked.collect::<Result<_, _>>()?).await?;
    let mut why: HashMap<Uuid, &'static str> = refusing.into_iter().map(|id| (id, "ads_refused")).collect();
    let there = held_customers(tx, customers.iter().map(|row| row.id).collect()).await?;
    let gone = customers.iter().filter(|row| !there.contains(&row.id));
    why.extend(gone.map(|row| (row.id, "customer_unknown")));
    let having = having(tx, offer.id, customers.iter().map(|row| row.id).collect()).await?;
    why.extend(having.into_iter().map(|id| (id, "offer_given_already")));
    Ok(why)
}

/// Gives an offer, which is held, to customers who do not have it; each is said with the id of the row to make.
pub(in crate::customers) async fn give(
    tx: &Tx<'_>,
    offer: &offer::Model,
    customers: impl IntoIterator<Item = (Uuid, Uuid)>,
) -> Result<Vec<given::Model>, Problem> {
    let me = tx.me()?;
    let rows = customers.into_iter().map(|(id, customer_id)| {
        let row = given::ActiveModel {
            id: Set(id),
            customer_id: Set(customer_id),
            offer_id: Set(offer.id),
            given_by: Set(me),
            given_by_name: Set(tx.who().name.clone()),
            used_at: Set(None),
            used_by: Set(None),
            used_by_name: Set(None),
            deleted_at: Set(None),
            ..Default::default()
        };
        (id, None, row)
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.insert_all::<given::Entity>(rows).await?;
    count(tx, offer, much(rows.len()), 0).await?;
    Ok(rows)
}

/// Writes down that an offer, which is held, was given and used so many times more.
pub(super) async fn count(tx: &Tx<'_>, offer: &offer::Model, given: i64, used: i64) -> Result<(), Problem> {
    let counts =
        offer::ActiveModel { given: Set(offer.given + given), used: Set(offer.used + used), ..Default::default() };
    tx.derive::<offer::Entity>(offer.id, counts).await?;
    Ok(())
}

/// Which of these rows somebody used, whoever's they are by now.
pub(in crate::customers) async fn used_among(tx: &Tx<'_>, ids: Vec<Uuid>) -> Result<HashSet<Uuid>, Problem> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let used = Condition::all().add(given::Column::Id.is_in(ids)).add(given::Column::UsedAt.is_not_null());
    Ok(tx.find_masked::<given::Entity>().filter(used).all().await?.into_iter().map(|row| row.id).collect())
}

/// Takes back those of these rows that are there and were not used. A merge may have moved them meanwhile, also onto the
/// tombstone of somebody else: whoever calls this has checked that the customers may be changed.
pub(in crate::customers) async fn take_back(tx: &Tx<'_>, offer_id: Uuid, ids: Vec<Uuid>) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let Some(offer) = held(tx, offer_id).await? else { return Ok(()) };
    let unused = Condition::all().add(given::Column::Id.is_in(ids)).add(given::Column::UsedAt.is_null());
    let rows = tx.find_masked::<given::Entity>().filter(unused);
    let rows = rows.shape(|rows| rows.order_by_asc(given::Column::Id).lock_exclusive()).all().await?;
    let taken: Vec<_> = rows.into_iter().map(|row| (row.id, row)).collect();
    let gone = given::ActiveModel { deleted_at: Set(Some(tx.now())), live: Set(None), ..Default::default() };
    tx.update_all_masked::<given::Entity>(&taken, "delete", gone).await?;
    count(tx, &offer, -much(taken.len()), 0).await
}

fn much(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
