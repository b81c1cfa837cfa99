//! Jobs: what is done later, because it talks to the world or because its time has not come. A job
//! is a row written in the transaction that causes it; it is tried until it succeeds, with back-off,
//! and a job that cannot succeed stays in sight as `dead`.

pub(crate) mod entity;
mod turns;
mod worker;

pub(crate) use turns::{Turn, in_turns, take_turn};
pub use worker::{Worker, run_due};

use crate::db::{self, Transaction};
use crate::problem::Problem;
use crate::scope::{Scope, new_id};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something to be done later for a business. Named as a past-tense fact.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the table; never renamed.
    const KIND: &'static str;

    /// Does it. May run more than once: it must be idempotent.
    fn run(self, scope: Scope) -> impl Future<Output = Result<(), Problem>>;

    /// Called when the last attempt failed, before the job is dead: tells whoever waits for it. May
    /// run more than once as well.
    fn give_up(self, _scope: Scope) -> impl Future<Output = Result<(), Problem>> {
        std::future::ready(Ok(()))
    }
}

/// Forgets jobs that were done before `before`. Dead ones stay in sight.
#[expect(clippy::disallowed_methods, reason = "the table of jobs is the job module's own")]
pub(crate) async fn sweep(on: &impl ConnectionTrait, before: DateTime<Utc>) -> Result<(), DbErr> {
    let done =
        entity::Entity::delete_many().filter(entity::Column::State.eq("done")).filter(entity::Column::RunAt.lt(before));
    done.exec(on).await.map(|_| ())
}

/// Whether a job of a business is still to be done for which `meant` holds.
#[expect(clippy::disallowed_methods, reason = "the table of jobs is the job module's own")]
pub(crate) async fn waits<J: Job>(
    on: &impl ConnectionTrait,
    tenant_id: i64,
    meant: impl Fn(&J) -> bool,
) -> Result<bool, DbErr> {
    let rows = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tenant_id))
        .filter(entity::Column::State.eq("waiting"))
        .filter(entity::Column::Kind.eq(J::KIND));
    let jobs = rows.all(on).await?.into_iter().filter_map(|row| serde_json::from_str::<J>(&row.payload?).ok());
    Ok(jobs.into_iter().any(|job| meant(&job)))
}

/// Writes a job's row.
pub(crate) async fn enqueue<J: Job>(
    on: &Transaction,
    tenant_id: i64,
    now: DateTime<Utc>,
    job: &J,
    run_at: DateTime<Utc>,
) -> Result<(), Problem> {
    Ok(db::append(on, vec![row(tenant_id, now, job, run_at)?]).await?)
}

/// Writes the rows of several jobs of a kind.
pub(crate) async fn enqueue_all<J: Job>(
    on: &Transaction,
    tenant_id: i64,
    now: DateTime<Utc>,
    jobs: impl IntoIterator<Item = (J, DateTime<Utc>)>,
) -> Result<(), Problem> {
    let rows = jobs.into_iter().map(|(job, run_at)| row(tenant_id, now, &job, run_at));
    let rows = rows.collect::<Result<Vec<_>, Problem>>()?;
    Ok(db::append(on, rows).await?)
}

fn row<J: Job>(
    tenant_id: i64,
    now: DateTime<Utc>,
    job: &J,
    run_at: DateTime<Utc>,
) -> Result<entity::ActiveModel, Problem> {
    let payload = serde_json::to_string(job).map_err(anyhow::Error::from)?;
    Ok(entity::ActiveModel {
        id: Set(new_id(now)),
        tenant_id: Set(tenant_id),
        kind: Set(J::KIND.to_owned()),
        payload: Set(Some(payload)),
        state: Set("waiting".to_owned()),
        run_at: Set(run_at),
        attempts: Set(0),
        lease_until: Set(None),
        last_error: Set(None),
        created_at: Set(now),
    })
}
