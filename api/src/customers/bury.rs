//! Deleting a customer, and bringing one back.

use super::entity::{customer, phone};
use super::pools::{self, Moved, record_moves};
use super::store::{first_phone_taken, index_phones};
use super::vault::Vault;
use super::{Customer, custom, search};
use crate::problem::Problem;
use crate::scope::Tx;
use domain::pools::PoolMoveKind;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde_json::json;
use uuid::Uuid;

/// Deletes a customer if it still has `version` (`None`: whatever it has): a tombstone that nothing finds,
/// and whose phone and unique values can be used again. `false` when it is not there any more.
///
/// # Errors
/// 403 `row_read_only`.
pub(super) async fn put_away(
    tx: &Tx<'_>,
    id: Uuid,
    (name, company): (&str, Option<&str>),
    version: Option<i64>,
) -> Result<bool, Problem> {
    search::unindex(tx, id, name, company).await?;
    tx.remove::<phone::Entity>(phone::Column::CustomerId.eq(id)).await?;
    custom::release(tx, id).await?;
    Ok(tx.bury::<customer::Entity>(id, version).await?)
}

/// Brings a deleted customer back, in the pool it was in, in the one that this was given up for, or, when neither is
/// there any more, with its last owner. `false`, and nothing is written, when somebody else has the phone or a
/// unique value by now.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn bring_back(tx: &Tx<'_>, row: &Customer) -> Result<bool, Problem> {
    let vault = Vault::open(tx, row)?;
    if first_phone_taken(tx, &vault).await? || !custom::hold(tx, row, &vault).await? {
        return Ok(false);
    }
    index_phones(tx, row.id, &vault).await?;
    search::index(tx, row.id, &row.name, row.company.as_deref()).await?;
    if let Some(pool) = row.pool_id {
        let now = pools::standing(tx, pool).await?;
        if now != Some(pool) {
            resettle(tx, row, pool, now).await?;
        }
    }
    Ok(tx.unbury::<customer::Entity>(row.id).await?)
}

/// Takes a customer out of a pool that is no more.
async fn resettle(tx: &Tx<'_>, row: &Customer, pool: Uuid, now: Option<Uuid>) -> Result<(), Problem> {
    let mut change = customer::ActiveModel { pool_id: Set(now), ..Default::default() };
    let (kind, owner) = match now {
        Some(_) => (PoolMoveKind::Moved, None),
        None => (PoolMoveKind::Undone, Some(row.owner_id)),
    };
    if owner.is_some() {
        change.owned_at = Set(Some(tx.now()));
    }
    tx.overwrite::<customer::Entity>(row.id, Condition::all(), change).await?;
    tx.audit("move_pool", "customer", Some(row.id), json!({ "from": pool, "to": now }));
    let moved = Moved { customer_id: row.id, kind, from: (None, Some(pool)), to: (owner, now), reason: None };
    record_moves(tx, [moved]).await
}
