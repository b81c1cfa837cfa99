//! The digests by which phones are found across businesses get another key. It belongs to no business, so it
//! is no job: whoever runs jobs takes a step when it is time for one. Each step may be interrupted and is
//! then taken again, by whichever server.

use super::tenant::{BY_ITSELF, SETTLED};
use crate::crypto::Index;
use crate::installation::Installation;
use crate::orders;
use crate::problem::Problem;
use crate::scope::system::keys::NextKey;
use crate::scope::system::{System, job_scope};
use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use uuid::Uuid;

/// Days for which the key before waits for colleagues whose phone was never kept: long enough to come to work once,
/// and not for ever, because a key that is replaced may be one that somebody else has.
const PATIENCE_DAYS: i64 = 30;

/// Begins it. Says from when on rows get their second digests.
pub(crate) async fn rotate_lookups(system: &System) -> Result<DateTime<Utc>, Problem> {
    system.add_lookup_key().await
}

/// Takes the next step, if there is one to take now, and says whether something was done: then there may be
/// more at once.
///
/// # Errors
/// When the database does not answer, or a phone cannot be read again.
pub async fn turn_lookups(at: &Arc<Installation>) -> Result<bool, Problem> {
    let system = System::new(at).named(BY_ITSELF);
    // As of the last minute, so that it costs nothing while there is no rotation.
    if system.lookups().await?.next.is_none() {
        return Ok(false);
    }
    let Some(next) = system.next_lookup_key().await? else { return Ok(false) };
    let (now, settled) = (system.now(), Duration::seconds(SETTLED));
    match next {
        NextKey { gone: Some(gone), .. } if now >= gone + Duration::seconds(60) + settled => {
            if system.drop_lookup_digests().await? > 0 {
                return Ok(true);
            }
            system.forget_next_lookups().await?;
            Ok(false)
        }
        NextKey { gone: None, swap: Some(swap), .. } if now >= swap + settled => {
            let late = fill(&system).await?;
            if late + system.swap_lookup_digests().await? > 0 {
                return Ok(true);
            }
            system.retire_lookups(&next).await?;
            Ok(false)
        }
        NextKey { gone: None, swap: None, from, .. } if now >= from + settled => {
            if fill(&system).await? > 0 {
                return Ok(true);
            }
            let left = system.lookups_left().await?;
            if left.nothing() {
                system.swap_lookups(&next).await?;
            }
            // Somebody may be left whose phone nobody knows: they have a while to prove it.
            let patience = now < from + Duration::days(PATIENCE_DAYS);
            if patience || left.nothing() || !left.only_staff() {
                return Ok(false);
            }
            Ok(system.forget_unknown_staff().await? > 0)
        }
        _ => Ok(false),
    }
}

async fn fill(system: &System) -> Result<u64, Problem> {
    let lookups = system.lookups().await?;
    let index = &lookups.index;
    let people = system.fill_account_phones(index).await? + system.fill_staff(index).await?;
    Ok(people + fill_orders(system, index).await?)
}

/// The phone on an order is sealed with the order, under the key of its customer.
async fn fill_orders(system: &System, index: &Index) -> Result<u64, Problem> {
    let bare = system.bare_order_phones().await?;
    let Some(tenant_id) = bare.first().map(|row| row.tenant_id) else { return Ok(0) };
    let scope = job_scope(&system.at, tenant_id, Uuid::nil()).await?;
    let phones = orders::phones(&scope, bare.iter().map(|row| row.order_id).collect()).await?;
    let mut filled = 0;
    for row in &bare {
        let next = phones.get(&row.order_id).and_then(|phone| index.phone(phone).next);
        filled += system.fill_order_phone(row, next).await?;
    }
    if filled == 0 {
        return Err(Problem::Internal(anyhow::anyhow!("phones on orders that nobody can write down again")));
    }
    Ok(filled)
}
