//! Copies, at most three seconds old, of what the database says about a session and a member of
//! staff. The database stays the truth: a role that is taken away stops working within the three
//! seconds on every replica, also when `shuke admin` took it away.

use crate::crypto::TenantKeys;
use crate::problem::Problem;
use crate::scope::Staffer;
use crate::scope::system::System;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const SECONDS: u64 = 3;

#[derive(Clone)]
pub(super) struct StaffSnapshot {
    pub(super) staffer: Staffer,
    pub(super) account_id: Option<Uuid>,
    pub(super) epoch: i64,
}

/// The copies of one process.
pub struct Snapshots {
    staff: Cache<(i64, Uuid), Option<StaffSnapshot>>,
    sessions: Cache<Uuid, bool>,
    keys: Cache<i64, Arc<TenantKeys>>,
}

impl Default for Snapshots {
    fn default() -> Self {
        let brief = Duration::from_secs(SECONDS);
        Self {
            staff: Cache::builder().max_capacity(50_000).time_to_live(brief).build(),
            sessions: Cache::builder().max_capacity(50_000).time_to_live(brief).build(),
            keys: Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(3600)).build(),
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
        if let Some(found) = self.staff.get(&(tenant_id, staff_id)) {
            return Ok(found);
        }
        let found = system.staffer(tenant_id, staff_id).await?.map(|row| StaffSnapshot {
            staffer: Staffer { tenant_id, staff_id, name: row.name, role: row.role.0 },
            account_id: row.account_id,
            epoch: row.auth_epoch,
        });
        self.staff.insert((tenant_id, staff_id), found.clone());
        Ok(found)
    }

    pub(super) async fn session_runs(&self, system: &System, session_id: Uuid) -> Result<bool, Problem> {
        if let Some(runs) = self.sessions.get(&session_id) {
            return Ok(runs);
        }
        let runs = system.session_runs(session_id).await?;
        self.sessions.insert(session_id, runs);
        Ok(runs)
    }

    /// Forgets a session that this process ended.
    pub(crate) fn forget_session(&self, session_id: Uuid) {
        self.sessions.insert(session_id, false);
    }

    /// Forgets a member of staff whom this process changed.
    pub(crate) fn forget_staff(&self, tenant_id: i64, staff_id: Uuid) {
        self.staff.invalidate(&(tenant_id, staff_id));
    }

    pub(crate) fn keys(&self, tenant_id: i64) -> Option<Arc<TenantKeys>> {
        self.keys.get(&tenant_id)
    }

    pub(crate) fn remember_keys(&self, tenant_id: i64, keys: &Arc<TenantKeys>) {
        self.keys.insert(tenant_id, Arc::clone(keys));
    }
}
