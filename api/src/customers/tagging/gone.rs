//! What is left of a tag that was deleted or became another one: nothing, once it cannot come back any more.

use super::routes::UNDO;
use crate::customers::entity::tagging;
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tags::entity::{rule, tag};
use chrono::Duration;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 500;
/// Transactions of a run before other jobs get their turn.
const TURN: usize = 20;

/// A tag was deleted half an hour ago.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TagGone {
    pub(crate) tag_id: Uuid,
}

impl TagGone {
    /// Says that a tag was just deleted.
    pub(super) async fn later(tx: &Tx<'_>, tag_id: Uuid) -> Result<(), Problem> {
        tx.enqueue(&Self { tag_id }, tx.now() + UNDO + Duration::minutes(1)).await
    }
}

impl Job for TagGone {
    const KIND: &'static str = "tag_gone";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let now = scope.now();
        for _ in 0..TURN {
            let tx = scope.begin().await?;
            let gone = Condition::all().add(tag::Column::Id.eq(self.tag_id)).add(tag::Column::Live.is_null());
            let gone = gone.add(tag::Column::DeletedAt.lte(now - UNDO));
            // It may have come back, and gone again: then that has a job of its own.
            if tx.find_buried::<tag::Entity>().filter(gone).one().await?.is_none() {
                return Ok(());
            }
            let left = tx.find::<tagging::Entity>().filter(tagging::Column::TagId.eq(self.tag_id));
            let left = left.shape(|rows| rows.order_by_asc(tagging::Column::CustomerId).limit(BATCH)).all().await?;
            if left.is_empty() {
                let rules = tx.find::<rule::Entity>().filter(rule::Column::TagId.eq(self.tag_id)).all().await?;
                for rule in rules {
                    tx.bury::<rule::Entity>(rule.id, None).await?;
                }
                return tx.commit().await;
            }
            let these = Condition::all()
                .add(tagging::Column::TagId.eq(self.tag_id))
                .add(tagging::Column::CustomerId.is_in(left.iter().map(|row| row.customer_id)));
            tx.remove::<tagging::Entity>(these).await?;
            tx.unrecorded("the tag was deleted, and that is recorded: nobody has had it since");
            tx.commit().await?;
        }
        let tx = scope.begin().await?;
        tx.enqueue(&self, now).await?;
        tx.commit().await
    }
}
