//! How often somebody may try: a window for what costs us something, a growing wait for passwords and
//! codes.

use super::addresses::counted;
use crate::problem::Problem;
use crate::scope::system::System;
use std::time::Duration;

/// An address may fail so many times as often as an account: an office has one address.
const ADDRESS: u64 = 4;

/// Counts an attempt; `times` as many as the setting are allowed in a window. In the cache: with Redis away
/// every process counts for itself.
pub(crate) async fn limit(system: &System, key: &str, times: u64) -> Result<(), Problem> {
    let auth = &system.at.config.auth;
    let window = Duration::from_secs(auth.attempt_window_seconds);
    if system.at.cache.count(&format!("attempts:{key}"), window).await > auth.attempts.saturating_mul(times) {
        return Err(Problem::TooMany { retry_after: auth.attempt_window_seconds });
    }
    Ok(())
}

/// Forgets the attempts that [`limit`] counted: the last one was right.
pub(super) async fn forget(system: &System, key: &str) {
    system.at.cache.remove(&format!("attempts:{key}")).await;
}

/// One guess at a secret, charged before it is looked at.
pub(super) struct Guess<'s> {
    system: &'s System,
    account: [String; 3],
    address: String,
}

impl<'s> Guess<'s> {
    /// Charges the account and the address. A device that was signed in to the account before has a
    /// counter of its own, so that a stranger's guesses do not lock its owner out.
    pub(super) async fn charge(
        system: &'s System,
        what: &str,
        account: &str,
        known_device: Option<&[u8]>,
        address: &str,
    ) -> Result<Self, Problem> {
        let device = known_device.map_or_else(|| "strangers".to_owned(), hex::encode);
        let account = [what.to_owned(), account.to_owned(), device];
        let this = Self { system, account, address: counted(address) };
        let free = system.at.config.auth.attempts;
        let fitting = |free: u64| i64::try_from(free).unwrap_or(i64::MAX);
        system.charge(&["address", &this.address], fitting(free.saturating_mul(ADDRESS))).await?;
        match system.charge(&this.account(), fitting(free)).await {
            Ok(()) => Ok(this),
            Err(refused) => {
                // It was not even looked at: an impatient owner must not lock the whole office out.
                system.refund(&["address", &this.address]).await?;
                Err(refused)
            }
        }
    }

    fn account(&self) -> [&str; 3] {
        self.account.each_ref().map(String::as_str)
    }

    /// It was right: the account's failures are forgotten, and only this one of the address's. Says how
    /// many failures there were before.
    pub(super) async fn right(self) -> Result<i64, Problem> {
        self.system.refund(&["address", &self.address]).await?;
        self.system.acquit(&self.account()).await
    }
}
