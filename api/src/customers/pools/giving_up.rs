//! A pool that is given up: its customers go to another one, some at a time, then it is gone.

use super::entity::{group, person};
use super::{Moved, record_moves};
use crate::customers::Entity;
use crate::customers::entity::{customer, pool};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use domain::pools::PoolMoveKind;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Customers in one transaction: each has an entry in the record.
const BATCH: u64 = 100;

/// Somebody gave a pool up.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PoolGivenUp {
    /// The pool.
    pub(super) pool_id: Uuid,
}

impl Job for PoolGivenUp {
    const KIND: &'static str = "pool_given_up";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let tx = scope.begin().await?;
            let found = tx.find::<pool::Entity>().filter(pool::Column::Id.eq(this.pool_id)).one().await?;
            let Some((pool, to)) = found.and_then(|pool| pool.moving_to.map(|to| (pool, to))) else { return Ok(true) };
            if emptied(&tx, pool.id, to).await? {
                tx.remove::<person::Entity>(person::Column::PoolId.eq(pool.id)).await?;
                tx.remove::<group::Entity>(group::Column::PoolId.eq(pool.id)).await?;
                tx.bury::<pool::Entity>(pool.id, None).await?;
                tx.commit().await?;
                scope.installation().snapshots.forget_business(scope.tenant_id());
                return Ok(true);
            }
            tx.commit().await?;
            Ok(false)
        })
        .await
    }
}

/// Moves some customers; `true` when there was none.
async fn emptied(tx: &Tx<'_>, pool: Uuid, to: Uuid) -> Result<bool, Problem> {
    let rows = tx.find::<Entity>().filter(customer::Column::PoolId.eq(pool));
    let some = |rows: sea_orm::Select<Entity>| rows.order_by_asc(customer::Column::Id).limit(BATCH).lock_exclusive();
    let rows: Vec<_> = rows.shape(some).all().await?.into_iter().map(|row| (row.id, row)).collect();
    if rows.is_empty() {
        return Ok(true);
    }
    let change = customer::ActiveModel { pool_id: Set(Some(to)), ..Default::default() };
    tx.update_all::<Entity>(&rows, "move_pool", change).await?;
    let moved = rows.iter().map(|(id, _)| Moved {
        customer_id: *id,
        kind: PoolMoveKind::Moved,
        from: (None, Some(pool)),
        to: (None, Some(to)),
        reason: None,
    });
    record_moves(tx, moved).await?;
    Ok(false)
}
