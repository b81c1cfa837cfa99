//! Connections that a thread keeps to itself.
//!
//! A pool that all threads share costs as much as a short statement does, for two reasons: the database's answer
//! wakes the thread that opened the connection, which is often not the one that waits for it; and sqlx asks the
//! database whether it is still there each time a connection goes back. So each thread that serves opens its own and
//! asks only after a pause. SQLite has one writer: one connection on which all that is changed goes, one after the other
//! in the order in which it was asked for.

use super::group::{Committed, Group, Pace};
use super::lasting::Lasting;
use super::link::{Link, Opener, Refused};
use async_trait::async_trait;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thread_local::ThreadLocal;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// After such a pause a connection is asked whether it is still there: short, so that few changes fail when the
/// database begins anew, and long enough to ask hardly ever while there is something to do.
const FRESH: Duration = Duration::from_secs(1);
/// A connection to a server is not kept longer: the database's own memory for it grows, and its address may become another.
const LIFE: Duration = Duration::from_secs(30 * 60);
/// For so long a statement waits for a connection.
pub(super) const ACQUIRE: Duration = Duration::from_secs(30);

/// Connections for whatever needs one.
#[derive(Clone)]
pub(crate) struct Near(Arc<All>);

struct All {
    opener: Opener,
    lanes: Lanes,
    /// They are there to read, and refuse anything else: what they are asked may be asked again.
    only_read: bool,
    statements: Arc<AtomicU64>,
    /// No more are kept.
    closed: AtomicBool,
}

/// Who shares which connections.
enum Lanes {
    /// So many for each thread.
    EachThread(usize, Box<ThreadLocal<Arc<Lane>>>),
    /// One for all.
    One(Arc<Lane>),
}

/// Connections that are shared.
struct Lane {
    turns: Arc<Semaphore>,
    /// So many wait for their turn.
    waiting: AtomicUsize,
    idle: Mutex<Vec<Held>>,
}

/// An open connection.
struct Held {
    link: Link,
    opened: Instant,
    used: Instant,
    /// Who waits on it for a commit.
    group: Group,
}

/// A connection and the turn to use it, which end together.
pub(super) struct Taken {
    held: Option<Held>,
    /// It was used before.
    reused: bool,
    /// It may be used again.
    pub(super) whole: bool,
    near: Near,
    lane: Arc<Lane>,
    turn: Option<OwnedSemaphorePermit>,
}

/// Somebody waits for their turn.
struct Waits<'l> {
    near: &'l Near,
    lane: &'l Lane,
    came: bool,
}

impl Near {
    /// Connections of which each thread has so many, to read.
    pub(super) fn to_read(opener: Opener, most: usize, statements: Arc<AtomicU64>) -> Self {
        Self::new(opener, Lanes::EachThread(most, Box::default()), true, statements)
    }

    /// Connections of which each thread has so many, to write.
    pub(super) fn to_write(opener: Opener, most: usize, statements: Arc<AtomicU64>) -> Self {
        Self::new(opener, Lanes::EachThread(most, Box::default()), false, statements)
    }

    /// One connection to write for all, who take it one after the other.
    pub(super) fn one(opener: Opener, statements: Arc<AtomicU64>) -> Self {
        Self::new(opener, Lanes::One(Lane::of(1)), false, statements)
    }

    fn new(opener: Opener, lanes: Lanes, only_read: bool, statements: Arc<AtomicU64>) -> Self {
        Self(Arc::new(All { opener, lanes, only_read, statements, closed: AtomicBool::new(false) }))
    }

    /// Closes what is idle; what is not is closed when its statement or transaction ends.
    pub(super) async fn close(&self) {
        self.0.closed.store(true, Ordering::SeqCst);
        let lanes: Vec<&Arc<Lane>> = match &self.0.lanes {
            Lanes::EachThread(_, lanes) => lanes.iter().collect(),
            Lanes::One(lane) => vec![lane],
        };
        for lane in lanes {
            let idle = std::mem::take(&mut *lane.idle());
            for held in idle {
                held.link.close().await;
            }
        }
    }

    /// A connection, when it is this one's turn. Only whoever is brief gets one on which others wait for their commit.
    pub(super) async fn take(&self, pace: Pace) -> Result<Taken, DbErr> {
        let lane = match &self.0.lanes {
            Lanes::EachThread(most, lanes) => lanes.get_or(|| Lane::of(*most)),
            Lanes::One(lane) => lane,
        };
        let late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let mut waits = Waits::begin(self, lane);
        let turn = tokio::time::timeout(ACQUIRE, Arc::clone(&lane.turns).acquire_owned()).await.map_err(late)?;
        let turn = Some(turn.map_err(|_| closed())?);
        waits.came = true;
        drop(waits);
        let (held, reused) = match lane.reusable().await {
            Some(held) => (held, true),
            None => (self.open().await?, false),
        };
        let (near, lane) = (self.clone(), Arc::clone(lane));
        let mut taken = Taken { held: Some(held), reused, whole: true, near, lane, turn };
        if pace == Pace::Brief || !taken.joins() {
            if let Some(held) = &mut taken.held {
                held.group.turn();
            }
            return Ok(taken);
        }
        // Also when whoever takes it goes away meanwhile: others wait for it.
        let settled = tokio::spawn(Lasting::of(taken.settled())).await.map_err(|_| closed())?;
        if settled.whole { Ok(settled) } else { Err(closed()) }
    }

    /// Sees to it that the one connection on which writers commit together is somebody's turn, or done.
    async fn pass_on(self) {
        let Lanes::One(lane) = &self.0.lanes else { return };
        let Ok(turn) = Arc::clone(&lane.turns).acquire_owned().await else { return };
        let held = lane.reusable().await;
        let (near, lane) = (self.clone(), Arc::clone(lane));
        drop(Taken { held, reused: true, whole: true, near, lane, turn: Some(turn) });
    }

    /// Nobody gets the one connection that writers share while this is held; none where each thread has its own.
    pub(super) async fn pause(&self) -> Option<Taken> {
        match &self.0.lanes {
            Lanes::EachThread(..) => None,
            Lanes::One(_) => self.take(Pace::Long).await.ok(),
        }
    }

    /// The rows that a statement finds.
    async fn rows(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.count();
        let mut taken = self.take(Pace::Long).await?;
        let mut answer = taken.hear(async |link| link.rows(statement.clone()).await).await?;
        if self.0.only_read && taken.reused && answer.as_ref().is_err_and(gone) {
            // The database began anew, or the thread that opened the connection ended. Nothing was changed.
            taken.lane.idle().clear();
            taken.held = Some(self.open().await?);
            taken.whole = true;
            answer = taken.hear(async |link| link.rows(statement.clone()).await).await?;
        }
        answer.map_err(unanswered)
    }

    /// Executes a statement that changes something by itself: whether it did is not known when the connection is lost.
    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.0.only_read {
            return Err(DbErr::Custom("these connections are there to read".to_owned()));
        }
        self.count();
        let mut taken = self.take(Pace::Long).await?;
        taken.hear(async |link| link.execute(statement).await).await?.map_err(refused)
    }

    pub(super) fn count(&self) {
        self.0.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn backend(&self) -> DbBackend {
        match self.0.opener {
            Opener::MySql(_) => DbBackend::MySql,
            Opener::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    async fn open(&self) -> Result<Held, DbErr> {
        let link = self.0.opener.open().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        let now = Instant::now();
        Ok(Held { link, opened: now, used: now, group: Group::default() })
    }
}

impl Taken {
    /// Says something and waits for the answer. Whoever goes away meanwhile leaves it half read, and what MySQL tells of
    /// a statement that it prepares would be taken for the answer to the next one: nobody uses that connection any more.
    /// On the one of SQLite's writers whatever was said ends by itself.
    pub(super) async fn hear<T, E: Heard>(
        &mut self,
        say: impl AsyncFnOnce(&mut Link) -> Result<T, E>,
    ) -> Result<Result<T, E>, DbErr> {
        let held = self.held.as_mut().ok_or_else(closed)?;
        let whole = self.whole;
        self.whole &= matches!(self.near.0.lanes, Lanes::One(_));
        let answer = say(&mut held.link).await;
        self.whole = whole && answer.as_ref().err().is_none_or(|error| harmless(error.heard()));
        Ok(answer)
    }

    /// Others wait on it for their commit: their transaction is open.
    pub(super) fn joins(&self) -> bool {
        self.held.as_ref().is_some_and(|held| !held.group.is_empty())
    }

    /// Whoever is done with a transaction commits together with others: some wait for it, or for their turn.
    pub(super) fn shares(&self) -> bool {
        matches!(self.near.0.lanes, Lanes::One(_)) && (self.joins() || self.lane.waiting.load(Ordering::SeqCst) > 0)
    }

    /// Leaves the transaction open for whoever comes next; what was said in it is committed with the last of them.
    pub(super) fn leave(mut self) -> Option<Committed> {
        Some(self.held.as_mut()?.group.join())
    }

    /// Commits for all who wait for it.
    async fn settled(mut self) -> Self {
        let Some(group) = self.held.as_mut().map(|held| std::mem::take(&mut held.group)) else { return self };
        // Otherwise it is closed, so that nothing of it is there, as they are told.
        self.whole = matches!(self.hear(async |link| link.say("COMMIT").await).await, Ok(Ok(())));
        if self.whole {
            group.tell();
        }
        self
    }

    /// After a savepoint that could not be taken back: either it was never made, or the database took back all there was.
    pub(super) async fn mend(&mut self) {
        let begun = self.hear(async |link| link.say("BEGIN").await).await;
        self.whole = match begun {
            // There is a transaction, in which there can be no second one.
            Ok(Err(sqlx::Error::Database(_))) => true,
            Ok(Ok(())) => {
                if let Some(held) = &mut self.held {
                    held.group = Group::default();
                }
                matches!(self.hear(async |link| link.say("ROLLBACK").await).await, Ok(Ok(())))
            }
            _ => false,
        };
    }
}

impl<'l> Waits<'l> {
    fn begin(near: &'l Near, lane: &'l Lane) -> Self {
        lane.waiting.fetch_add(1, Ordering::SeqCst);
        Self { near, lane, came: false }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.lane.waiting.fetch_sub(1, Ordering::SeqCst);
        if self.came || !matches!(self.near.0.lanes, Lanes::One(_)) {
            return;
        }
        // Somebody may have left their commit to whoever waited here.
        Lasting::of(self.near.clone().pass_on()).begin();
    }
}

/// An answer that is none.
pub(super) trait Heard {
    /// What the connection said.
    fn heard(&self) -> &sqlx::Error;
}

impl Heard for sqlx::Error {
    fn heard(&self) -> &sqlx::Error {
        self
    }
}

impl Heard for Refused {
    fn heard(&self) -> &sqlx::Error {
        &self.error
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Some(mut held) = self.held.take() else { return };
        if !self.whole {
            return;
        }
        let open = !self.near.0.closed.load(Ordering::SeqCst);
        let goes_on = open && !held.group.is_full() && self.lane.waiting.load(Ordering::SeqCst) > 0;
        if !held.group.is_empty() && !goes_on {
            // Nobody comes after: it is committed now, and nobody else has the connection before. Where that cannot be
            // it is closed, and whoever waits hears that nothing is done.
            let (near, lane, turn) = (self.near.clone(), Arc::clone(&self.lane), self.turn.take());
            let last = Self { held: Some(held), reused: true, whole: false, near, lane, turn };
            Lasting::of(last.settled()).begin();
            return;
        }
        let young = matches!(held.link, Link::Sqlite(_)) || held.opened.elapsed() < LIFE;
        if young && open {
            held.used = Instant::now();
            self.lane.idle().push(held);
        }
    }
}

fn closed() -> DbErr {
    DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)
}

/// Whether a statement did not get through.
fn gone(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed)
}

/// Whether the connection may be used again after such an answer.
fn harmless(error: &sqlx::Error) -> bool {
    match error {
        // Of this class are a server's last words: that it goes, or that a packet was too large for it.
        sqlx::Error::Database(error) => !error.code().is_some_and(|state| state.starts_with("08")),
        error => matches!(error, sqlx::Error::RowNotFound),
    }
}

pub(super) fn unanswered(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

pub(super) fn refused(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

impl Lane {
    fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { turns: Arc::new(Semaphore::new(most)), waiting: AtomicUsize::new(0), idle: Mutex::default() })
    }

    /// A thread that panicked here left whole connections behind.
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Held>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was used last, if it is still there.
    async fn reusable(&self) -> Option<Held> {
        loop {
            let held = self.idle().pop();
            let mut held = held?;
            if held.used.elapsed() < FRESH || held.link.answers().await {
                return Some(held);
            }
        }
    }
}

#[async_trait]
impl ConnectionTrait for Near {
    fn get_database_backend(&self) -> DbBackend {
        self.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute(Statement::from_string(self.backend(), sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.rows(&statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(&statement).await
    }
}
