//! A group has just become a category, or a tag came into one. Whoever put a tag on somebody at that very moment did
//! not know it yet; a while later nobody has two of its tags any more.

use super::evaluate::touched;
use super::put::{How, Retag, look_up, retag};
use super::routes::twice;
use crate::customers::Entity;
use crate::customers::entity::{customer, tagging};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tags::entity::{group, tag};
use chrono::Duration;
use sea_orm::{ColumnTrait as _, Condition, QuerySelect as _};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Customers in one transaction: each has an entry in the record.
pub(super) const BATCH: u64 = 100;
/// When every request of before is over.
const FIRST: Duration = Duration::seconds(90);
/// When every turn of an import or a bulk action is over that looked before.
const SECOND: Duration = Duration::hours(1);

/// A category has other tags than a moment ago.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CategoryMade {
    group_id: Uuid,
    /// Whether this is the second look.
    again: bool,
}

impl CategoryMade {
    /// Says that it was made just now.
    pub(super) async fn later(tx: &Tx<'_>, group_id: Uuid) -> Result<(), Problem> {
        tx.enqueue(&Self { group_id, again: false }, tx.now() + FIRST).await
    }
}

impl Job for CategoryMade {
    const KIND: &'static str = "category_made";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let Self { group_id, again } = *this;
            let still = Condition::all().add(group::Column::Id.eq(group_id)).add(group::Column::Single.eq(1));
            if scope.find::<group::Entity>().filter(still).one().await?.is_none() {
                return Ok(true);
            }
            let these = scope.ids(twice(&*scope, group_id).limit(BATCH)).await?;
            if these.is_empty() && again {
                return Ok(true);
            }
            let (now, over) = (scope.now(), these.is_empty());
            let tx = scope.begin().await?;
            if over {
                tx.enqueue(&Self { group_id, again: true }, now + SECOND).await?;
            } else {
                part(&tx, group_id, these).await?;
            }
            tx.commit().await?;
            Ok(over)
        })
        .await
    }
}

/// Leaves each of some customers one tag: one that a person gave rather than a rule, the first in order.
async fn part(tx: &Tx<'_>, group_id: Uuid, customers: Vec<Uuid>) -> Result<(), Problem> {
    let these = customer::Column::Id.is_in(customers.iter().copied());
    tx.find::<Entity>().filter(these).shape(|rows| rows.lock_exclusive()).all().await?;
    let mut tags = tx.find::<tag::Entity>().filter(tag::Column::GroupId.eq(group_id)).all().await?;
    tags.sort_by_key(|tag| (tag.place.unwrap_or(i64::MAX), tag.created_at));
    let having = Condition::all()
        .add(tagging::Column::CustomerId.is_in(customers.iter().copied()))
        .add(tagging::Column::TagId.is_in(tags.iter().map(|tag| tag.id)));
    let mut here: HashMap<Uuid, Vec<tagging::Model>> = HashMap::new();
    for row in tx.find::<tagging::Entity>().filter(having).all().await? {
        here.entry(row.customer_id).or_default().push(row);
    }
    let rank = |row: &tagging::Model| (row.by_rule.is_some(), tags.iter().position(|tag| tag.id == row.tag_id));
    let changes = here.into_iter().map(|(customer, mut rows)| {
        rows.sort_by_key(rank);
        Retag { customer, add: Vec::new(), remove: rows.iter().skip(1).map(|row| row.tag_id).collect() }
    });
    let changes: Vec<Retag> = changes.filter(|change| !change.remove.is_empty()).collect();
    if changes.is_empty() {
        return Ok(());
    }
    retag(tx, changes, &look_up(tx, &[]).await?, How::default()).await?;
    touched(tx, &customers).await
}
