//! A business gets another key: every person's keys are wrapped anew, some at a time, then the old goes.

use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::{Recorded, System};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// Seconds after which no server wraps under the old key any more: each remembers keys for a minute, and
/// their clocks may differ a little.
pub(super) const SETTLED: i64 = 90;

/// Who the record says it was when a rotation goes on in the background.
pub(super) const BY_ITSELF: &str = "系统";

/// A key was added that follows another one.
#[derive(Serialize, Deserialize)]
pub(crate) struct TenantKeyAdded {
    generation: i64,
}

impl Job for TenantKeyAdded {
    const KIND: &'static str = "tenant_key_added";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let system = System::new(scope.installation()).named(BY_ITSELF);
        let keys = system.tenant_keys(scope.tenant_id()).await?;
        if i64::from(keys.generation()) != self.generation {
            // Another generation followed, or this one is not used yet: the next attempt will see.
            return Err(Problem::Internal(anyhow::anyhow!("the new key is not in use yet")));
        }
        if system.rewrap_persons(scope.tenant_id(), &keys).await? == 0 {
            return system.retire_tenant_keys(scope.tenant_id(), self.generation).await;
        }
        let now = scope.now();
        let tx = scope.begin().await?;
        tx.enqueue(&self, now).await?;
        tx.commit().await
    }
}

/// Begins it. Says which generation follows and from when on it is used.
pub(super) async fn begin(
    system: &System,
    recorded: &Recorded<'_>,
    tenant_id: i64,
) -> Result<(i64, DateTime<Utc>), Problem> {
    let (generation, from) = system.add_tenant_key(recorded, tenant_id).await?;
    recorded.enqueue(tenant_id, &TenantKeyAdded { generation }, from + Duration::seconds(SETTLED)).await?;
    Ok((generation, from))
}
