//! The blind indexes of a business get another key: every phone gets a second digest, the second takes the
//! place of the first, and then there is one again. Between the steps every server gets to know them.

use super::tenant::{BY_ITSELF, SETTLED};
use crate::crypto::Stage;
use crate::customers;
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::{Recorded, System};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// A key of the blind indexes was added that follows another one.
#[derive(Serialize, Deserialize)]
pub(crate) struct IndexKeyAdded {
    generation: i64,
    step: Step,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Fill,
    Swap,
    Clear,
}

impl Job for IndexKeyAdded {
    const KIND: &'static str = "index_key_added";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let system = System::new(scope.installation()).named(BY_ITSELF);
        let tenant = scope.tenant_id();
        let settled = Duration::seconds(SETTLED);
        let now = scope.now();
        let stage = system.tenant_keys(tenant).await?.index().stage();
        let (step, when) = match self.step {
            Step::Fill if stage == Some(Stage::Filling) => match fill(&mut scope).await? {
                0 => (Step::Swap, system.swap_index_key(tenant, self.generation).await? + settled),
                _ => (Step::Fill, now),
            },
            // The attempt before said so and was interrupted.
            Step::Fill if stage == Some(Stage::Swapping) => (Step::Swap, now + settled),
            Step::Swap if stage == Some(Stage::Swapping) => {
                let late = fill(&mut scope).await?;
                match late + system.swap_digests(tenant).await? {
                    0 => {
                        system.retire_index_key(tenant, self.generation).await?;
                        (Step::Clear, now + Duration::seconds(60) + settled)
                    }
                    _ => (Step::Swap, now),
                }
            }
            Step::Swap if stage.is_none() => (Step::Clear, now + Duration::seconds(60) + settled),
            // The next rotation is under way: its second digests are none of ours.
            Step::Clear if stage.is_some() => return Ok(()),
            Step::Clear => match system.drop_digests(tenant).await? {
                0 => return Ok(()),
                _ => (Step::Clear, now),
            },
            _ => return Err(Problem::Internal(anyhow::anyhow!("not every server knows the new key yet"))),
        };
        let tx = scope.begin().await?;
        tx.enqueue(&Self { step, ..self }, when).await?;
        tx.commit().await
    }
}

async fn fill(scope: &mut Scope) -> Result<u64, Problem> {
    let tx = scope.begin().await?;
    let filled = customers::fill_digests(&tx).await?;
    tx.unrecorded("digests under another key say nothing new");
    tx.commit().await?;
    Ok(filled)
}

/// Begins it. Says which generation follows and from when on it is used.
pub(super) async fn begin(
    system: &System,
    recorded: &Recorded<'_>,
    tenant_id: i64,
) -> Result<(i64, DateTime<Utc>), Problem> {
    let (generation, from) = system.add_index_key(recorded, tenant_id).await?;
    let job = IndexKeyAdded { generation, step: Step::Fill };
    recorded.enqueue(tenant_id, &job, from + Duration::seconds(SETTLED)).await?;
    Ok((generation, from))
}
