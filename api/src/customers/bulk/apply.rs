//! What a bulk action does to a batch of customers, and what stood there before.

use super::{Asked, Before};
use crate::customers::bury::put_away;
use crate::customers::entity::{customer, tagging};
use crate::customers::pools::{Moved, record_moves};
use crate::problem::Problem;
use crate::scope::Tx;
use domain::bulk::BulkChange;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

type Done = Vec<(Uuid, Before)>;

pub(super) async fn apply(tx: &Tx<'_>, asked: &Asked, customers: Vec<customer::Model>) -> Result<Done, Problem> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    match asked {
        Asked::Change(change) => changed(tx, change, customers).await,
        Asked::Delete(_) => deleted(tx, customers).await,
    }
}

async fn changed(tx: &Tx<'_>, change: &BulkChange, customers: Vec<customer::Model>) -> Result<Done, Problem> {
    let tags = tagged(tx, change, &customers).await?;
    let mut done: HashMap<Uuid, Before> = HashMap::new();
    let mut rows = Vec::new();
    for row in customers {
        let mut before = Before::default();
        let here = tags.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        before.added = change.add_tags.iter().copied().filter(|tag| !here.contains(tag)).collect();
        before.removed = change.remove_tags.iter().copied().filter(|tag| here.contains(tag)).collect();
        if change.owner_id.is_some_and(|owner| owner != row.owner_id || row.pool_id.is_some()) {
            before.owner = Some((row.owner_id, row.pool_id));
        }
        if change.type_.as_ref().is_some_and(|type_| *type_ != row.type_) {
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
    let retagged = |before: &Before| !before.added.is_empty() || !before.removed.is_empty();
    retag(
        tx,
        done.iter().filter(|(_, before)| retagged(before)).map(|(id, before)| (*id, &before.added, &before.removed)),
    )
    .await?;
    Ok(done.into_iter().collect())
}

/// Which of the tags in question each customer has.
async fn tagged(
    tx: &Tx<'_>,
    change: &BulkChange,
    customers: &[customer::Model],
) -> Result<HashMap<Uuid, Vec<Uuid>>, Problem> {
    let tags: Vec<Uuid> = change.add_tags.iter().chain(&change.remove_tags).copied().collect();
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    if tags.is_empty() {
        return Ok(found);
    }
    let those = Condition::all()
        .add(tagging::Column::CustomerId.is_in(customers.iter().map(|customer| customer.id)))
        .add(tagging::Column::TagId.is_in(tags));
    for row in tx.find::<tagging::Entity>().filter(those).all().await? {
        found.entry(row.customer_id).or_default().push(row.tag_id);
    }
    Ok(found)
}

/// Puts tags on customers and takes tags off, each recorded with its customer.
pub(super) async fn retag<'t>(
    tx: &Tx<'_>,
    customers: impl Iterator<Item = (Uuid, &'t Vec<Uuid>, &'t Vec<Uuid>)>,
) -> Result<(), Problem> {
    let (mut add, mut off, mut touched) = (Vec::new(), HashMap::<Uuid, Vec<Uuid>>::new(), Vec::new());
    for (customer, added, removed) in customers {
        tx.audit("tag", "customer", Some(customer), json!({ "added": added, "removed": removed }));
        touched.push(customer);
        add.extend(added.iter().map(|tag| tagging::ActiveModel {
            customer_id: Set(customer),
            tag_id: Set(*tag),
            ..Default::default()
        }));
        for tag in removed {
            off.entry(*tag).or_default().push(customer);
        }
    }
    if touched.is_empty() {
        return Ok(());
    }
    for (tag, customers) in off {
        let rows =
            Condition::all().add(tagging::Column::TagId.eq(tag)).add(tagging::Column::CustomerId.is_in(customers));
        tx.remove::<tagging::Entity>(rows).await?;
    }
    tx.insert_missing::<tagging::Entity>(add).await?;
    // The customers changed for whoever keeps a copy.
    let now = customer::ActiveModel { updated_at: Set(tx.now()), ..Default::default() };
    tx.derive_all::<customer::Entity>(customer::Column::Id.is_in(touched), now).await?;
    Ok(())
}

async fn deleted(tx: &Tx<'_>, customers: Vec<customer::Model>) -> Result<Done, Problem> {
    let mut done = Vec::new();
    for row in customers {
        put_away(tx, row.id, (&row.name, row.company.as_deref()), None).await?;
        done.push((row.id, Before { deleted: true, ..Before::default() }));
    }
    Ok(done)
}
