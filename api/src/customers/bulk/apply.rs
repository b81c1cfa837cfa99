//! What a bulk action does to a batch of customers, and what stood there before.

use super::custom::Why;
use super::{Asked, Before, custom};
use crate::customers::bury::put_away;
use crate::customers::entity::{customer, tagging};
use crate::customers::offering;
use crate::customers::pools::{Moved, record_moves};
use crate::customers::tagging::{How, Retag, look_up, retag};
use crate::problem::Problem;
use crate::scope::Tx;
use chrono::{DateTime, Utc};
use domain::bulk::BulkChange;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// What became of a batch.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) done: Vec<(Uuid, Before)>,
    /// To whom it was not done, and why.
    pub(super) failed: Vec<(Uuid, Why)>,
}

/// Something was said about customers to whoever looks after them; `tasks` has the inbox.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BulkMessage {
    /// When the action was asked for: of each customer it is said once.
    pub(crate) at: DateTime<Utc>,
    pub(crate) text: String,
    pub(crate) customers: Vec<Uuid>,
}

pub(super) async fn apply(
    tx: &Tx<'_>,
    asked: &Asked,
    at: DateTime<Utc>,
    customers: Vec<customer::Model>,
) -> Result<Outcome, Problem> {
    if customers.is_empty() {
        return Ok(Outcome::default());
    }
    match asked {
        Asked::Change(change) => changed(tx, change, at, customers).await,
        Asked::Delete(_) => Ok(Outcome { done: deleted(tx, customers).await?, failed: Vec::new() }),
    }
}

async fn changed(
    tx: &Tx<'_>,
    change: &BulkChange,
    at: DateTime<Utc>,
    customers: Vec<customer::Model>,
) -> Result<Outcome, Problem> {
    let (offer, refusals) = match change.offer_id {
        None => (None, HashMap::new()),
        Some(id) => match offering::giveable(tx, id).await? {
            Ok(offer) => {
                let refusals = offering::refusals(tx, &offer, &customers).await?;
                (Some(offer), refusals)
            }
            Err(why) => (None, customers.iter().map(|row| (row.id, why.code)).collect()),
        },
    };
    let tags = tagged(tx, change, &customers).await?;
    let known = look_up(tx, &change.add_tags).await?;
    let mut failed = Vec::new();
    let mut done: HashMap<Uuid, Before> = HashMap::new();
    let (mut rows, mut retags) = (Vec::new(), Vec::new());
    for row in customers {
        if change.message.is_some() && change.owner_id.is_none() && row.pool_id.is_some() {
            failed.push((row.id, "in_pool".into())); // Nobody to say it to.
            continue;
        }
        if let Some(why) = refusals.get(&row.id) {
            failed.push((row.id, (*why).into()));
            continue;
        }
        let mut before = Before::default();
        let type_ = change.type_.as_deref().filter(|type_| *type_ != row.type_);
        if type_.is_some() || !change.custom.0.is_empty() {
            match custom::check(tx, &change.custom, &custom::about(type_), &row).await? {
                Ok(filled) if filled.is_empty() => {}
                Ok(filled) => {
                    before.custom = Some(custom::sealed(tx, &filled, &row)?);
                    custom::write(tx, &filled, &row).await?;
                }
                Err(why) => {
                    failed.push((row.id, why));
                    continue;
                }
            }
        }
        let here = tags.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let by_hand = |tag: &Uuid| here.iter().any(|(known, by_rule)| known == tag && !by_rule);
        let add = change.add_tags.iter().copied().filter(|tag| known.has(*tag) && !by_hand(tag)).collect();
        let has = |tag: &Uuid| here.iter().any(|(known, _)| known == tag);
        let remove = change.remove_tags.iter().copied().filter(has).collect();
        retags.push(Retag { customer: row.id, add, remove });
        if change.owner_id.is_some_and(|owner| owner != row.owner_id || row.pool_id.is_some()) {
            before.owner = Some((row.owner_id, row.pool_id));
        }
        if type_.is_some() {
            before.type_ = Some(row.type_.clone());
        }
        let differs = before.owner.is_some() || before.type_.is_some();
        done.insert(row.id, before);
        if differs {
            rows.push((row.id, row));
        }
    }
    if !rows.is_empty() {
        let mut columns = customer::ActiveModel::default();
        if let Some(owner) = change.owner_id {
            columns.owner_id = Set(owner);
            columns.pool_id = Set(None);
            columns.owned_at = Set(Some(tx.now()));
            let out = rows.iter().filter_map(|(id, row)| Some(Moved::assigned(*id, row.pool_id?, owner)));
            record_moves(tx, out).await?;
        }
        if let Some(type_) = &change.type_ {
            columns.type_ = Set(type_.clone());
        }
        tx.update_all::<customer::Entity>(&rows, "update", columns).await?;
    }
    retags.retain(|change| !change.add.is_empty() || !change.remove.is_empty());
    for Retag { customer, add, remove } in retag(tx, retags, &known, How::default()).await? {
        if let Some(before) = done.get_mut(&customer) {
            (before.added, before.removed) = (add, remove);
        }
    }
    if let Some(offer) = offer {
        let new: Vec<_> = done.keys().map(|customer| (tx.new_id(), *customer)).collect();
        for row in offering::give(tx, &offer, new).await? {
            if let Some(before) = done.get_mut(&row.customer_id) {
                before.offered = Some(row.id);
            }
        }
    }
    if let Some(text) = change.message.clone().filter(|_| !done.is_empty()) {
        tx.enqueue(&BulkMessage { at, text, customers: done.keys().copied().collect() }, tx.now()).await?;
    }
    Ok(Outcome { done: done.into_iter().collect(), failed })
}

/// Which of the tags in question each customer has, and whether a rule gave it.
async fn tagged(
    tx: &Tx<'_>,
    change: &BulkChange,
    customers: &[customer::Model],
) -> Result<HashMap<Uuid, Vec<(Uuid, bool)>>, Problem> {
    let tags: Vec<Uuid> = change.add_tags.iter().chain(&change.remove_tags).copied().collect();
    let mut found: HashMap<Uuid, Vec<(Uuid, bool)>> = HashMap::new();
    if tags.is_empty() {
        return Ok(found);
    }
    let those = Condition::all()
        .add(tagging::Column::CustomerId.is_in(customers.iter().map(|customer| customer.id)))
        .add(tagging::Column::TagId.is_in(tags));
    for row in tx.find::<tagging::Entity>().filter(those).all().await? {
        found.entry(row.customer_id).or_default().push((row.tag_id, row.by_rule.is_some()));
    }
    Ok(found)
}

async fn deleted(tx: &Tx<'_>, customers: Vec<customer::Model>) -> Result<Vec<(Uuid, Before)>, Problem> {
    let mut done = Vec::new();
    for row in customers {
        put_away(tx, row.id, (&row.name, row.company.as_deref()), None).await?;
        done.push((row.id, Before { deleted: true, ..Before::default() }));
    }
    Ok(done)
}
