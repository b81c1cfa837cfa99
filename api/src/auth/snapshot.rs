//! Copies, at most three seconds old, of what the database says about a session and a member of
//! staff. The database stays the truth: a role that is taken away stops working within the three
//! seconds on every replica, also when `shuke admin` took it away.

use crate::crypto::TenantKeys;
use crate::problem::Problem;
use crate::scope::Staffer;
use crate::scope::system::System;
use crate::scope::system::keys::KEYS_SECONDS;
use chrono::{DateTime, Duration, Utc};
use moka::sync::Cache;
use std::sync::Arc;
use uuid::Uuid;

const SECONDS: i64 = 3;

/// A copy, and the time for which it counts: by the installation's clock, which tests hold still.
#[derive(Clone)]
struct Kept<T> {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    value: T,
}

impl<T> Kept<T> {
    fn brief(now: DateTime<Utc>, value: T) -> Self {
        Self { from: now, until: now + Duration::seconds(SECONDS), value }
    }

    /// What cannot change any more.
    fn forever(value: T) -> Self {
        Self { from: DateTime::<Utc>::MIN_UTC, until: DateTime::<Utc>::MAX_UTC, value }
    }

    /// The copy while it counts; a clock that was set back makes it old.
    fn fresh(self, now: DateTime<Utc>) -> Option<T> {
        (self.from..self.until).contains(&now).then_some(self.value)
    }
}

#[derive(Clone)]
pub(super) struct StaffSnapshot {
    pub(super) staffer: Staffer,
    pub(super) account_id: Option<Uuid>,
    pub(super) epoch: i64,
}

/// The copies of one process.
pub struct Snapshots {
    staff: Cache<(i64, Uuid), Kept<Option<StaffSnapshot>>>,
    sessions: Cache<Uuid, Kept<bool>>,
    keys: Cache<i64, Kept<Arc<TenantKeys>>>,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            staff: Cache::builder().max_capacity(50_000).build(),
            sessions: Cache::builder().max_capacity(50_000).build(),
            keys: Cache::builder().max_capacity(10_000).build(),
        }
    }
}

impl Snapshots {
    pub(super) async fn staff(
        &self,
        system: &System,
        tenant_id: i64,
        staff_id: Uuid,
    ) -> Result<Option<StaffSnapshot>, Problem> {
        if let Some(found) = self.staff.get(&(tenant_id, staff_id)).and_then(|kept| kept.fresh(system.now())) {
            return Ok(found);
        }
        let found = match system.staffer(tenant_id, staff_id).await? {
            Some(row) => {
                let sight = Arc::new(system.sight(&row).await?);
                let (account_id, epoch) = (row.account_id, row.auth_epoch);
                let staffer = Staffer { tenant_id, staff_id, name: row.name, sight };
                Some(StaffSnapshot { staffer, account_id, epoch })
            }
            None => None,
        };
        self.staff.insert((tenant_id, staff_id), Kept::brief(system.now(), found.clone()));
        Ok(found)
    }

    pub(super) async fn session_runs(&self, system: &System, session_id: Uuid) -> Result<bool, Problem> {
        if let Some(runs) = self.sessions.get(&session_id).and_then(|kept| kept.fresh(system.now())) {
            return Ok(runs);
        }
        let runs = system.session_runs(session_id).await?;
        self.sessions.insert(session_id, Kept::brief(system.now(), runs));
        Ok(runs)
    }

    /// Forgets a session that this process ended.
    pub(crate) fn forget_session(&self, session_id: Uuid) {
        self.sessions.insert(session_id, Kept::forever(false));
    }

    /// Forgets a member of staff whom this process changed.
    pub(crate) fn forget_staff(&self, tenant_id: i64, staff_id: Uuid) {
        self.staff.invalidate(&(tenant_id, staff_id));
    }

    pub(crate) fn keys(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<Arc<TenantKeys>> {
        self.keys.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    /// For a minute: a rotation counts on it that every server knows a new key by then.
    pub(crate) fn remember_keys(&self, tenant_id: i64, now: DateTime<Utc>, keys: &Arc<TenantKeys>) {
        let until = now + Duration::seconds(KEYS_SECONDS);
        self.keys.insert(tenant_id, Kept { from: now, until, value: Arc::clone(keys) });
    }

    pub(crate) fn forget_keys(&self, tenant_id: i64) {
        self.keys.invalidate(&tenant_id);
    }
}
