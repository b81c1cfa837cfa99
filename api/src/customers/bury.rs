//! Deleting a customer, and bringing one back.

use super::entity::{customer, phone};
use super::pools::{self, Moved, record_moves};
use super::store::{first_phone_taken, index_phones, phone_taken};
use super::vault::{SealedPhone, Vault};
use super::{Customer, custom, search, tagging, touched};
use crate::problem::Problem;
use crate::scope::Tx;
use crate::tenants::{at_work, heir};
use domain::pools::PoolMoveKind;
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
/// there any more, with its last owner; with whoever brings it back when that one does not work here now. What else it
/// has from now on says `risen`: it is one change of the row. `false`, and nothing is written, when somebody else has the
/// phone or a unique value by now, or brought it back.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn bring_back(tx: &Tx<'_>, row: &Customer, mut risen: customer::ActiveModel) -> Result<bool, Problem> {
    let vault = Vault::open(tx, row)?;
    if first_phone_taken(tx, &vault).await? {
        return Ok(false);
    }
    let Some(held) = custom::free(tx, row, &vault).await? else { return Ok(false) };
    let home = match home(tx, row.owner_id, row.pool_id).await? {
        Some(home) => home,
        None => (heir(tx).await?.unwrap_or(row.owner_id), None),
    };
    let moved = home != (row.owner_id, row.pool_id);
    if moved {
        (risen.owner_id, risen.pool_id) = (Set(home.0), Set(home.1));
        if home.1.is_none() {
            risen.owned_at = Set(Some(tx.now()));
        }
    }
    // First of all that is written: whoever is no tombstone any more is left as they are.
    if !tx.unbury::<customer::Entity>(row.id, risen).await? {
        return Ok(false);
    }
    custom::hold(tx, row.id, &held).await?;
    index_phones(tx, row.id, &vault).await?;
    search::index(tx, row.id, &row.name, row.company.as_deref()).await?;
    if moved {
        say(tx, row, home).await?;
    }
    tagging::returned(tx, row.id).await?;
    Ok(true)
}

/// Why somebody cannot come back: the refusal that names the field, and who has the phone or the unique value by now.
/// `None`: nobody has.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn in_the_way(tx: &Tx<'_>, row: &Customer) -> Result<Option<Problem>, Problem> {
    let vault = Vault::open(tx, row)?;
    if first_phone_taken(tx, &vault).await?
        && let Some(first) = vault.phones.first().and_then(SealedPhone::phone)
    {
        return Ok(Some(phone_taken(tx, &first).await?));
    }
    custom::taken(tx, row, &vault).await
}

/// Where a customer is now who was last this one's, or in this pool: in that pool, in the one that it was given up for, or
/// else with the owner. `None`: neither pool is there, and the owner does not work here now.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn home(
    tx: &Tx<'_>,
    owner: Uuid,
    pool: Option<Uuid>,
) -> Result<Option<(Uuid, Option<Uuid>)>, Problem> {
    if let Some(pool) = pool
        && let Some(standing) = pools::standing(tx, pool).await?
    {
        return Ok(Some((owner, Some(standing))));
    }
    Ok(at_work(tx, owner).await?.map(|_| (owner, None)))
}

/// Says that a customer came back to somebody else, or out of a pool that is no more.
async fn say(tx: &Tx<'_>, row: &Customer, (owner, pool): (Uuid, Option<Uuid>)) -> Result<(), Problem> {
    if owner != row.owner_id {
        tx.audit("assign", "customer", Some(row.id), json!({ "from": row.owner_id, "to": owner }));
    }
    let Some(from) = row.pool_id else { return touched(tx, &[row.id]).await };
    tx.audit("move_pool", "customer", Some(row.id), json!({ "from": from, "to": pool }));
    let (kind, to) = match pool {
        Some(_) => (PoolMoveKind::Moved, (None, pool)),
        None => (PoolMoveKind::Undone, (Some(owner), None)),
    };
    record_moves(tx, [Moved { customer_id: row.id, kind, from: (None, Some(from)), to, reason: None }]).await
}
