//! What is left of a tag that was deleted or became another one: nothing, once it cannot come back any more.

use super::planned::PlanTagTurned;
use super::routes::UNDO;
use crate::customers::entity::tagging;
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use crate::tags::entity::{rule, tag};
use chrono::Duration;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 500;

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

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let now = scope.now();
            let tx = scope.begin().await?;
            let gone = Condition::all().add(tag::Column::Id.eq(this.tag_id)).add(tag::Column::Live.is_null());
            let gone = gone.add(tag::Column::DeletedAt.lte(now - UNDO));
            // It may have come back, and gone again: then that has a job of its own.
            if tx.find_buried::<tag::Entity>().filter(gone).one().await?.is_none() {
                return Ok(true);
            }
            let left = tx.find::<tagging::Entity>().filter(tagging::Column::TagId.eq(this.tag_id));
            let left = left.shape(|rows| rows.order_by_asc(tagging::Column::CustomerId).limit(BATCH)).all().await?;
            if left.is_empty() {
                let rules = tx.find::<rule::Entity>().filter(rule::Column::TagId.eq(this.tag_id)).all().await?;
                for rule in rules {
                    tx.bury::<rule::Entity>(rule.id, None).await?;
                }
                tx.enqueue(&PlanTagTurned { tag_id: this.tag_id }, now).await?;
                tx.commit().await?;
                return Ok(true);
            }
            let these = Condition::all()
                .add(tagging::Column::TagId.eq(this.tag_id))
                .add(tagging::Column::CustomerId.is_in(left.iter().map(|row| row.customer_id)));
            tx.remove::<tagging::Entity>(these).await?;
            tx.unrecorded("the tag was deleted, and that is recorded: nobody has had it since");
            tx.commit().await?;
            Ok(false)
        })
        .await
    }
}
