//! Claims due jobs and runs them. Several workers may run beside each other: a claim is an update
//! that only one of them makes, and a worker that dies leaves a lease that runs out.

use super::entity::{ActiveModel, Column, Entity, Model};
use crate::installation::Installation;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::{self, System};
use chrono::{DateTime, Duration, Utc};
use futures::FutureExt as _;
use futures::future::{Either, select};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::watch;

/// Jobs claimed at a time. Measured: 4,193 jobs/s in batches of 20, 718 one by one.
const BATCH: u64 = 20;
/// How long a claim holds when its worker is heard of no more: so long stands still what a crash cut off. Clocks of two
/// servers may differ by what is left of it after a [`BEAT`].
const LEASE_SECONDS: i64 = 15;
/// How often a worker says that the jobs it claimed are still its own, so that none runs beside itself however long it
/// takes.
const BEAT: std::time::Duration = std::time::Duration::from_secs(3);
/// After so many attempts a job is dead.
const ATTEMPTS: i64 = 10;
/// Attempts after which a job that lost against another transaction goes on without a pause.
const AT_ONCE: i64 = 3;

/// How long the audit record is sealed on after the worker was told to stop: a table of 100,000 rows leaves as many
/// entries.
const FINISH: std::time::Duration = std::time::Duration::from_secs(2);

/// How often a server looks for businesses that were erased and still have rows.
const ERASING: std::time::Duration = std::time::Duration::from_secs(5);

/// Sweeps after a start, one an hour, in which what servers of the version before left is put right.
const AFTER_START: u32 = 2;

/// Runs jobs until it is told to stop.
pub struct Worker {
    stop: watch::Sender<bool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Worker {
    /// Starts looking for due jobs.
    #[must_use]
    pub fn start(at: Arc<Installation>) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let sealing = actix_web::rt::spawn(seal(Arc::clone(&at), stopped.clone()));
        let erasing = actix_web::rt::spawn(erase(Arc::clone(&at), stopped.clone()));
        let pause = std::time::Duration::from_millis(Ord::max(at.config.jobs.poll_ms, 10));
        let task = actix_web::rt::spawn(async move {
            let (mut swept, mut sweeps) = (None, 0_u32);
            while !*stopped.borrow() {
                let now = at.clock.now();
                if swept.is_none_or(|last| now - last > Duration::hours(1)) {
                    swept = Some(now);
                    sweeps = sweeps.saturating_add(1);
                    // Servers of the version before may go on for a while beside this one.
                    if sweeps <= AFTER_START {
                        let system = System::new(&at);
                        tokio::select! {
                            compared = system.compare_search(None) => if let Err(error) = compared {
                                tracing::error!(%error, "comparing what the search says with customers");
                            },
                            // It looks at everybody; the next server does so again.
                            _ = stopped.changed() => break,
                        }
                    }
                    if let Err(error) = System::new(&at).sweep().await {
                        tracing::error!(%error, "sweeping");
                    }
                    if let Err(error) = System::new(&at).cut_audit().await {
                        tracing::error!(%error, "cutting the audit record");
                    }
                    if let Err(error) = System::new(&at).begin_indexing(None).await {
                        tracing::error!(%error, "looking for businesses that cannot be searched yet");
                    }
                    if let Err(error) = System::new(&at).begin_retention(None).await {
                        tracing::error!(%error, "looking for what has been kept long enough");
                    }
                    if let Err(error) = System::new(&at).begin_tagging(None).await {
                        tracing::error!(%error, "looking for rules that give tags");
                    }
                    if let Err(error) = System::new(&at).fill_taggings(None).await {
                        tracing::error!(%error, "writing again what rows of tags say");
                    }
                    if let Err(error) = System::new(&at).begin_recycling(None).await {
                        tracing::error!(%error, "looking for customers whom nobody looks after");
                    }
                }
                let turned = match at.presence.ensure(&at).await {
                    Ok(()) => crate::rotation::turn_lookups(&at).await,
                    Err(problem) => Err(problem),
                };
                if let Err(problem) = &turned {
                    tracing::error!(cause = problem.cause(), "replacing the key of digests");
                }
                let done = run_claimed(&at, None).await;
                if let Err(error) = &done {
                    tracing::error!(%error, "looking for jobs");
                }
                if done.unwrap_or(0) == 0 && !turned.unwrap_or(false) {
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = stopped.changed() => {}
                    }
                }
            }
        });
        Self { stop, tasks: vec![task, sealing, erasing] }
    }

    /// Finishes the jobs in hand and stops.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

/// Seals the audit record every few seconds, beside the jobs: they may take longer.
async fn seal(at: Arc<Installation>, mut stopped: watch::Receiver<bool>) {
    let pause = std::time::Duration::from_millis(Ord::max(at.config.audit.seal_ms, 10));
    loop {
        let system = System::new(&at);
        let told = async {
            let _gone = stopped.wait_for(|stopped| *stopped).await;
            tokio::time::sleep(FINISH).await;
        };
        tokio::select! {
            sealed = system.seal_audit(None) => if let Err(error) = sealed {
                tracing::error!(%error, "sealing the audit record");
            },
            // A batch that is not done is not begun; the next server goes on with it.
            () = told => return,
        }
        if *stopped.borrow() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Takes the rows of businesses that were erased, beside the jobs: a large one takes minutes.
async fn erase(at: Arc<Installation>, mut stopped: watch::Receiver<bool>) {
    if let Err(problem) = System::new(&at).note_erased().await {
        tracing::error!(cause = problem.cause(), "looking for businesses that were erased and still have rows");
    }
    while !*stopped.borrow() {
        let system = System::new(&at);
        tokio::select! {
            erased = system.go_on_erasing(None) => if let Err(problem) = erased {
                tracing::error!(cause = problem.cause(), "taking the rows of a business that was erased");
            },
            // The next server goes on with it.
            _ = stopped.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(ERASING) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Runs what is due of one business by this installation's clock, and says how many jobs that were. Only a
/// [`Worker`] runs everybody's: a clock that was put forward would take the jobs of whoever shares the database.
///
/// # Errors
/// When the database does not answer; a job that fails is not an error here.
pub async fn run_due(at: &Arc<Installation>, tenant_id: i64) -> Result<usize, Problem> {
    run_claimed(at, Some(tenant_id)).await
}

async fn run_claimed(at: &Arc<Installation>, tenant_id: Option<i64>) -> Result<usize, Problem> {
    at.presence.ensure(at).await?;
    let claimed = claim(at, tenant_id).await?;
    let count = claimed.len();
    let beat = pin!(keep(at, claimed.clone()));
    let work = pin!(async {
        for job in claimed {
            // This process may have stood still for longer than the lease: then it is somebody else's.
            at.presence.ensure(at).await?;
            if hold(at, &job).await? {
                run(at, job).await?;
            }
        }
        Ok(count)
    });
    match select(work, beat).await {
        Either::Left((done, _)) => done,
        Either::Right((never, _)) => match never {},
    }
}

/// Renews the leases of claimed jobs for as long as they are worked at. One that is done, that failed and waits for its
/// next time, or that is somebody else's by now is left alone.
#[expect(clippy::disallowed_methods, reason = "the job module's own table")]
async fn keep(at: &Arc<Installation>, claimed: Vec<Model>) -> Infallible {
    let these = claimed.iter().fold(Condition::any(), |these, job| {
        these.add(Condition::all().add(Column::Id.eq(job.id)).add(Column::Attempts.eq(job.attempts)))
    });
    loop {
        tokio::time::sleep(BEAT).await;
        let kept = Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::value(at.clock.now() + Duration::seconds(LEASE_SECONDS)))
            .filter(these.clone())
            .filter(Column::State.eq("waiting"))
            .filter(Column::LeaseUntil.is_not_null())
            .exec(&at.db.write)
            .await;
        if let Err(error) = kept {
            tracing::error!(%error, "renewing the leases of jobs");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "claiming goes across businesses")]
async fn claim(at: &Arc<Installation>, tenant_id: Option<i64>) -> Result<Vec<Model>, DbErr> {
    let now = at.clock.now();
    let free = || {
        Condition::all()
            .add(Column::State.eq("waiting"))
            .add(Column::RunAt.lte(now))
            .add(Condition::any().add(Column::LeaseUntil.is_null()).add(Column::LeaseUntil.lt(now)))
            .add_option(tenant_id.map(|tenant| Column::TenantId.eq(tenant)))
    };
    let due = Entity::find().filter(free()).order_by_asc(Column::RunAt).limit(BATCH).all(&at.db.read).await?;
    let mut claimed = Vec::with_capacity(due.len());
    for job in due {
        // Only one worker's update finds the row still free.
        let taken = Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::value(now + Duration::seconds(LEASE_SECONDS)))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.eq(job.id))
            // Nor has anybody tried it since it was looked for: the attempt is what a worker knows its claim by.
            .filter(Column::Attempts.eq(job.attempts))
            .filter(free())
            .exec(&at.db.write)
            .await?;
        if taken.rows_affected == 1 {
            claimed.push(Model { attempts: job.attempts + 1, ..job });
        }
    }
    Ok(claimed)
}

/// Begins the lease of one job anew, if it is still ours.
#[expect(clippy::disallowed_methods, reason = "the job module's own table")]
async fn hold(at: &Arc<Installation>, job: &Model) -> Result<bool, DbErr> {
    let held = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(at.clock.now() + Duration::seconds(LEASE_SECONDS)))
        .filter(Column::Id.eq(job.id))
        .filter(Column::State.eq("waiting"))
        .filter(Column::Attempts.eq(job.attempts))
        .exec(&at.db.write)
        .await?;
    Ok(held.rows_affected == 1)
}

async fn attempt(at: &Arc<Installation>, job: &Model) -> Result<(), Problem> {
    if job.attempts > ATTEMPTS {
        // Every attempt took its worker down before it could say why.
        return Err(Problem::Internal(anyhow::anyhow!("no attempt came to an end")));
    }
    call(at, job, Call::Run).await
}

/// A job that panics must not end the worker with it.
async fn call(at: &Arc<Installation>, job: &Model, call: Call) -> Result<(), Problem> {
    let scope = system::job_scope(at, job.tenant_id, job.id).await?;
    let done = AssertUnwindSafe(dispatch(scope, job, call)).catch_unwind().await;
    done.unwrap_or_else(|_| Err(Problem::Internal(anyhow::anyhow!("the job panicked"))))
}

async fn run(at: &Arc<Installation>, job: Model) -> Result<(), Problem> {
    let done = attempt(at, &job).await;
    let now = at.clock.now();
    let change = match done {
        Ok(()) => {
            metrics::counter!("shuke_jobs_done_total", "kind" => job.kind.clone()).increment(1);
            ActiveModel { state: Set("done".to_owned()), ..ActiveModel::default() }
        }
        Err(problem) => {
            let dead = job.attempts >= ATTEMPTS;
            if dead && let Err(problem) = call(at, &job, Call::GiveUp).await {
                tracing::error!(job = %job.id, kind = job.kind, %problem, "giving up");
            }
            let cause = problem.cause();
            // Two transactions stood in each other's way, and this one lost: it is not the job's fault.
            let lost = matches!(problem, Problem::Conflict { code: "in_progress", .. });
            let run_at = if lost && job.attempts <= AT_ONCE { now } else { later(now, job.attempts) };
            tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, dead, cause, "job failed");
            metrics::counter!("shuke_jobs_failed_total", "kind" => job.kind.clone()).increment(1);
            ActiveModel {
                state: Set(if dead { "dead" } else { "waiting" }.to_owned()),
                run_at: Set(run_at),
                lease_until: Set(None),
                last_error: Set(Some(cause)),
                ..ActiveModel::default()
            }
        }
    };
    finish(at, &job, change).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the job module's own table")]
async fn finish(at: &Arc<Installation>, job: &Model, change: ActiveModel) -> Result<(), DbErr> {
    let ours = Entity::update_many().filter(Column::Id.eq(job.id)).filter(Column::Attempts.eq(job.attempts));
    ours.set(change).exec(&at.db.write).await.map(|_| ())
}

/// 2, 4, 8 … seconds, at most an hour.
fn later(now: DateTime<Utc>, attempts: i64) -> DateTime<Utc> {
    let exponent = u32::try_from(attempts.clamp(1, 12)).unwrap_or(12);
    now + Duration::seconds(Ord::min(2_i64.pow(exponent), 3600))
}

/// What is asked of a job.
#[derive(Clone, Copy)]
enum Call {
    Run,
    GiveUp,
}

/// The kinds of job there are.
async fn dispatch(scope: Scope, job: &Model, call: Call) -> Result<(), Problem> {
    macro_rules! kinds {
        ($($job:ty),* $(,)?) => {
            match job.kind.as_str() {
                $(<$job as super::Job>::KIND => {
                    let payload = serde_json::from_str::<$job>(job.payload.as_deref().unwrap_or("null"));
                    let this = payload.map_err(anyhow::Error::from)?;
                    // Boxed: otherwise every job is as large as the largest of them all.
                    match call {
                        Call::Run => Box::pin(super::Job::run(this, scope)).await,
                        Call::GiveUp => Box::pin(super::Job::give_up(this, scope)).await,
                    }
                })*
                other => Err(Problem::Internal(anyhow::anyhow!("unknown kind of job: {other}"))),
            }
        };
    }
    kinds!(
        crate::tasks::TaskDue,
        crate::tasks::ReminderReserved,
        crate::rotation::TenantKeyAdded,
        crate::rotation::IndexKeyAdded,
        crate::rights::HandoverAsked,
        crate::auth::LoginNoticed,
        crate::auth::PhoneForgotten,
        crate::privacy::RequestDue,
        crate::privacy::RetentionDue,
        crate::customers::SearchOutdated,
        crate::customers::BulkAsked,
        crate::customers::BulkMessage,
        crate::customers::CategoryMade,
        crate::customers::TagGone,
        crate::customers::TagMerged,
        crate::customers::TagRestored,
        crate::customers::TagRulesDue,
        crate::customers::CustomersTouched,
        crate::customers::PlansAsked,
        crate::customers::PlanTagTurned,
        crate::plans::PlanSwitched,
        crate::duplicates::MergeContinued,
        crate::duplicates::MergeForgotten,
        crate::duplicates::ScanAsked,
        crate::customers::PoolGivenUp,
        crate::recycling::RecyclingDue,
        crate::customers::transfer::ImportAsked,
        crate::customers::transfer::ExportAsked,
        crate::customers::transfer::FilesForgotten,
    )
}
