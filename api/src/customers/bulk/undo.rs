//! Undoing a bulk action: what still stands as the action left it becomes what it was before.

use super::entity::{action, row};
use super::{Asked, Before, custom};
use crate::customers::bury::{bring_back, in_the_way};
use crate::customers::entity::customer;
use crate::customers::merging::merged_into_ours;
use crate::customers::offering;
use crate::customers::pools::{Moved, record_moves, standing};
use crate::customers::tagging::{How, Retag, look_up, retag};
use crate::offers::held;
use crate::problem::Problem;
use crate::scope::Tx;
use crate::tenants::working;
use domain::bulk::BulkChange;
use domain::pools::PoolMoveKind;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 100;
/// What becomes of a row that was undone, and why one was not.
pub(super) const UNDONE: &str = "undone";
const CHANGED_SINCE: &str = "changed_since";
const TAKEN: &str = "phone_taken";
const USED: &str = "offer_used";
/// Why one was not, and may be as soon as somebody clears what is in the way.
pub(super) const IN_THE_WAY: [&str; 2] = [CHANGED_SINCE, TAKEN];

/// Undoes some rows; `false` when none are left.
pub(super) async fn step(tx: &Tx<'_>, found: &action::Model) -> Result<bool, Problem> {
    let asked: Asked = serde_json::from_str(found.asked.as_deref().unwrap_or_default()).map_err(anyhow::Error::from)?;
    let left = Condition::all().add(row::Column::BulkId.eq(found.id)).add(row::Column::Failure.is_null());
    let page = |rows: sea_orm::Select<row::Entity>| rows.order_by_asc(row::Column::CustomerId).limit(BATCH);
    let rows = tx.find::<row::Entity>().filter(left).shape(page).all().await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let mut before = BTreeMap::new();
    for row in rows {
        let was: Before = serde_json::from_str(row.before.as_deref().unwrap_or("{}")).map_err(anyhow::Error::from)?;
        before.insert(row.customer_id, was);
    }
    let ids: Vec<Uuid> = before.keys().copied().collect();
    let (undone, others, why) = match &asked {
        Asked::Change(change) => {
            let (undone, used) = put_back(tx, change, before).await?;
            (undone, used, USED)
        }
        Asked::Delete(_) => {
            let (back, taken) = brought_back(tx, &ids).await?;
            (back, taken, TAKEN)
        }
    };
    let kept: Vec<Uuid> = ids.into_iter().filter(|id| !undone.contains(id) && !others.contains(id)).collect();
    let count = i64::try_from(undone.len()).unwrap_or(i64::MAX);
    for (customers, outcome) in [(undone, UNDONE), (others, why), (kept, CHANGED_SINCE)] {
        if customers.is_empty() {
            continue;
        }
        let these =
            Condition::all().add(row::Column::BulkId.eq(found.id)).add(row::Column::CustomerId.is_in(customers));
        let outcome = row::ActiveModel { failure: Set(Some(outcome.to_owned())), ..Default::default() };
        tx.derive_all::<row::Entity>(these, outcome).await?;
    }
    let change = action::ActiveModel { undone: Set(found.undone + count), ..Default::default() };
    tx.derive::<action::Entity>(found.id, change).await?;
    tx.unrecorded("each customer that changed has its entry; who was not changed has none");
    Ok(true)
}

/// Who is as they were again, and who has used what they were given.
async fn put_back(
    tx: &Tx<'_>,
    change: &BulkChange,
    before: BTreeMap<Uuid, Before>,
) -> Result<(Vec<Uuid>, Vec<Uuid>), Problem> {
    if let Some(offer) = change.offer_id {
        // Before anything else: nobody uses it while one looks who has.
        held(tx, offer).await?;
    }
    let now = tx.find_to_change_all::<customer::Entity>();
    let now = now.filter(customer::Column::Id.is_in(before.keys().copied())).all().await?;
    // Those that get the same back are changed by one statement.
    type Value = (Option<(Uuid, Option<Uuid>)>, Option<String>);
    let mut groups: BTreeMap<Value, Vec<(Uuid, customer::Model)>> = BTreeMap::new();
    let (mut undone, mut spent) = (Vec::new(), Vec::new());
    let used = offering::used_among(tx, before.values().filter_map(|was| was.offered).collect()).await?;
    let owners = before.values().filter_map(|was| was.owner);
    let here = working(tx, owners.clone().map(|(owner, _)| owner).collect()).await?;
    let mut pools = BTreeMap::new();
    for pool in owners.filter_map(|(_, pool)| pool).collect::<BTreeSet<_>>() {
        pools.insert(pool, standing(tx, pool).await?);
    }
    let gone = before.keys().copied().filter(|id| !now.iter().any(|row| row.id == *id));
    let elsewhere = offers_elsewhere(tx, change, gone.collect(), &before).await?;
    for row in now {
        let Some(was) = before.get(&row.id) else { continue };
        if was.offered.is_some_and(|offered| used.contains(&offered)) {
            spent.push(row.id);
            continue;
        }
        let old = was.owner.map(|(owner, pool)| (owner, pool.and_then(|pool| pools.get(&pool).copied().flatten())));
        if old.is_some_and(|(owner, pool)| pool.is_none() && !here.contains(&owner)) {
            continue; // They would be in nobody's hands.
        }
        let owner = old.filter(|_| Some(row.owner_id) == change.owner_id && row.pool_id.is_none());
        let type_ = was.type_.clone().filter(|_| Some(&row.type_) == change.type_.as_ref());
        if owner.is_none() == was.owner.is_some() || type_.is_none() == was.type_.is_some() {
            continue; // Somebody gave it another value since: theirs stays.
        }
        if let Some(sealed) = &was.custom {
            let Some(filled) = custom::back(tx, &change.custom, &custom::about(type_.as_deref()), sealed, &row).await?
            else {
                continue;
            };
            custom::write(tx, &filled, &row).await?;
        }
        undone.push(row.id);
        if owner.is_some() || type_.is_some() {
            groups.entry((owner, type_)).or_default().push((row.id, row));
        }
    }
    for ((owner, type_), rows) in groups {
        let mut columns = customer::ActiveModel::default();
        if let Some((owner, pool)) = owner {
            columns.owner_id = Set(owner);
            columns.pool_id = Set(pool);
            columns.owned_at = Set(Some(tx.now()));
            let back = rows.iter().filter(|_| pool.is_some()).map(|(id, row)| Moved {
                customer_id: *id,
                kind: PoolMoveKind::Undone,
                from: (Some(row.owner_id), None),
                to: (None, pool),
                reason: None,
            });
            record_moves(tx, back).await?;
        }
        if let Some(type_) = type_ {
            columns.type_ = Set(type_);
        }
        tx.update_all::<customer::Entity>(&rows, "undo", columns).await?;
    }
    if let Some(offer) = change.offer_id {
        let given = undone.iter().chain(&elsewhere).filter_map(|id| before.get(id)?.offered).collect();
        offering::take_back(tx, offer, given).await?;
    }
    let tags: Vec<Uuid> = before.values().flat_map(|was| &was.removed).copied().collect();
    let known = look_up(tx, &tags).await?;
    let back = undone.iter().filter_map(|id| Some((*id, before.get(id)?))).map(|(customer, was)| {
        let add = was.removed.iter().copied().filter(|tag| known.has(*tag)).collect();
        Retag { customer, add, remove: was.added.clone() }
    });
    let back = back.filter(|change| !change.add.is_empty() || !change.remove.is_empty()).collect();
    // Of a category somebody may have chosen another value since: theirs stays.
    retag(tx, back, &known, How { gives_way: true, ..How::default() }).await?;
    crate::customers::touched(tx, &undone).await?;
    for customer in elsewhere {
        let Some(was) = before.get(&customer) else { continue };
        if was.offered.is_some_and(|offered| used.contains(&offered)) {
            spent.push(customer);
        } else if *was == (Before { offered: was.offered, ..Before::default() }) {
            undone.push(customer); // There was nothing else to put back.
        }
    }
    Ok((undone, spent))
}

/// Who of the customers that are not there any more was given an offer and then merged into somebody whom whoever undoes
/// this may change: what the action gave lies in that one's hands, or on a tombstone from where parting the two brings it back.
async fn offers_elsewhere(
    tx: &Tx<'_>,
    change: &BulkChange,
    gone: Vec<Uuid>,
    before: &BTreeMap<Uuid, Before>,
) -> Result<BTreeSet<Uuid>, Problem> {
    if change.offer_id.is_none() {
        return Ok(BTreeSet::new());
    }
    let given = |id: &Uuid| before.get(id).is_some_and(|was| was.offered.is_some());
    let gone: Vec<Uuid> = gone.into_iter().filter(given).collect();
    if gone.is_empty() {
        return Ok(BTreeSet::new());
    }
    merged_into_ours(tx, gone).await
}

/// Deleted customers come back, unless somebody else has their phone, or a unique value, by now: who is back, and whose
/// is taken.
async fn brought_back(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(Vec<Uuid>, Vec<Uuid>), Problem> {
    let gone = tx.find_buried::<customer::Entity>().filter(customer::Column::Id.is_in(ids.iter().copied()));
    let still = Condition::all().add(customer::Column::Live.is_null()).add(customer::Column::ErasedAt.is_null());
    let (mut back, mut taken) = (Vec::new(), Vec::new());
    for row in gone.filter(still).all().await? {
        if bring_back(tx, &row, customer::ActiveModel::default()).await? {
            back.push(row.id);
        } else if in_the_way(tx, &row).await?.is_some() {
            taken.push(row.id);
        }
    }
    Ok((back, taken))
}
