//! Connections that a thread keeps to itself, for reading.
//!
//! A pool that all threads share costs as much as a short statement does, for two reasons: the database's answer
//! wakes the thread that opened the connection, which is often not the one that waits for it; and sqlx asks the
//! database whether it is still there each time a connection goes back. So each thread that serves opens its own and
//! asks only after a pause. Transactions go through pools of sqlx, one for each thread.

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, MySqlConnection, SqliteConnection};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use thread_local::ThreadLocal;
use tokio::sync::{Semaphore, SemaphorePermit};

/// After such a pause a connection is asked whether it is still there: short, so that few changes fail when the
/// database begins anew, and long enough to ask hardly ever while there is something to do.
pub(super) const FRESH: Duration = Duration::from_secs(1);
/// A connection is not kept longer: the database's own memory for it grows, and its address may become another.
const LIFE: Duration = Duration::from_secs(30 * 60);
/// For so long a statement waits for a connection.
pub(super) const ACQUIRE: Duration = Duration::from_secs(30);

/// How a connection is opened.
#[derive(Clone)]
pub(super) enum Opener {
    MySql(MySqlConnectOptions),
    Sqlite(SqliteConnectOptions),
}

/// The connections of all threads.
pub(crate) struct Near {
    opener: Opener,
    /// Of one thread.
    most: usize,
    threads: ThreadLocal<Kept>,
    statements: Arc<AtomicU64>,
    closed: AtomicBool,
}

/// Those of one thread.
struct Kept {
    turns: Semaphore,
    idle: Mutex<Vec<Held>>,
}

/// An open connection.
struct Held {
    link: Link,
    opened: Instant,
    used: Instant,
}

enum Link {
    MySql(Box<MySqlConnection>),
    Sqlite(Box<SqliteConnection>),
}

impl Near {
    pub(super) fn new(opener: Opener, most: usize, statements: Arc<AtomicU64>) -> Self {
        Self { opener, most, threads: ThreadLocal::new(), statements, closed: AtomicBool::new(false) }
    }

    fn mine(&self) -> &Kept {
        self.threads.get_or(|| Kept { turns: Semaphore::new(self.most), idle: Mutex::default() })
    }

    /// Closes what is idle; what is not is closed when its statement ends.
    pub(super) async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        for kept in &self.threads {
            let idle = std::mem::take(&mut *kept.idle());
            for held in idle {
                held.link.close().await;
            }
        }
    }

    async fn rows(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let kept = self.mine();
        let _turn = kept.turn().await?;
        self.statements.fetch_add(1, Ordering::Relaxed);
        let (mut held, reused) = match kept.reusable().await {
            Some(held) => (held, true),
            None => (self.open().await?, false),
        };
        let mut answer = held.link.rows(statement).await;
        if reused && answer.as_ref().is_err_and(gone) {
            // The database began anew, or the thread that opened the connection ended. Nothing was changed: these
            // connections are there to read.
            kept.idle().clear();
            held = self.open().await?;
            answer = held.link.rows(statement).await;
        }
        let usable = matches!(answer, Ok(_) | Err(sqlx::Error::Database(_) | sqlx::Error::RowNotFound));
        if usable && held.opened.elapsed() < LIFE && !self.closed.load(Ordering::SeqCst) {
            held.used = Instant::now();
            kept.idle().push(held);
        }
        answer.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }

    async fn open(&self) -> Result<Held, DbErr> {
        let opened = match &self.opener {
            Opener::MySql(options) => options.connect().await.map(|connection| Link::MySql(Box::new(connection))),
            Opener::Sqlite(options) => options.connect().await.map(|connection| Link::Sqlite(Box::new(connection))),
        };
        let mut link = opened.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        if let Link::MySql(connection) = &mut link {
            super::isolate(connection).await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        }
        let now = Instant::now();
        Ok(Held { link, opened: now, used: now })
    }
}

/// Whether a statement did not get through.
fn gone(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed)
}

impl Kept {
    /// A thread that panicked here left whole connections behind.
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Held>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, DbErr> {
        let late = |_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let turn = tokio::time::timeout(ACQUIRE, self.turns.acquire()).await.map_err(late)?;
        turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
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

impl Link {
    async fn answers(&mut self) -> bool {
        match self {
            Self::MySql(connection) => connection.ping().await.is_ok(),
            Self::Sqlite(connection) => connection.ping().await.is_ok(),
        }
    }

    async fn close(self) {
        let _ = match self {
            Self::MySql(connection) => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        };
    }

    async fn rows(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, sqlx::Error> {
        let sql = AssertSqlSafe(statement.sql.as_str());
        let mut query = SqlxValues(statement.values.clone().unwrap_or(Values(Vec::new())));
        Ok(match self {
            Self::MySql(connection) => {
                // As DATETIME: MariaDB 10.11 makes NULL of a TIMESTAMP after 19 January 2038, and a list of what was
                // made before 2099 would be empty.
                for value in &mut query.0.0 {
                    if let Value::ChronoDateTimeUtc(Some(at)) = value {
                        *value = Value::ChronoDateTime(Some(at.naive_utc()));
                    }
                }
                let rows = connection.fetch_all(sqlx::query_with(sql, query)).await?;
                rows.into_iter().map(QueryResult::from).collect()
            }
            Self::Sqlite(connection) => {
                let rows = connection.fetch_all(sqlx::query_with(sql, query)).await?;
                rows.into_iter().map(QueryResult::from).collect()
            }
        })
    }
}

#[async_trait]
impl ConnectionTrait for Near {
    fn get_database_backend(&self) -> DbBackend {
        match self.opener {
            Opener::MySql(_) => DbBackend::MySql,
            Opener::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(DbErr::Custom("these connections are there to read".to_owned()))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.rows(&statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.rows(&statement).await
    }
}
