//! The database: one writer and many readers on SQLite, one pool on MySQL. Nothing outside `scope`
//! and start-up code gets at a connection.

mod code;
mod group;
mod insert;
mod lasting;
mod link;
mod literal;
mod log;
mod near;
mod on;
mod picked;
mod transaction;

pub use code::Db as Code;
pub(crate) use group::Pace;
pub(crate) use insert::{append, ask, insert, insert_halves};
pub(crate) use log::LogKeeper;
pub(crate) use near::Near;
pub(crate) use on::On;
pub(crate) use picked::{column, next, picked};
pub(crate) use transaction::{Asked, Transaction};

use crate::config;
use anyhow::Context as _;
use link::Opener;
use sea_orm::sea_query::SelectStatement;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt as _};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel,
    QueryTrait as _, RuntimeErr, Select, SqlErr, SqlxMySqlConnector, SqlxSqliteConnector, Statement,
    TransactionOptions, TransactionTrait as _,
};
use secrecy::ExposeSecret as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlDatabaseError, MySqlPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Executor as _, MySqlConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Connections of an installation.
#[derive(Clone)]
pub struct Connections {
    /// For what is not read through a scope: sessions, jobs, keys.
    pub(crate) read: DatabaseConnection,
    /// For what scopes read outside a transaction.
    pub(crate) near: Near,
    /// For transactions, and for single changes outside of them. On SQLite one for all: several writers would wait for
    /// each other in unfair sleeps (measured: p99 575 ms against 36 ms).
    pub(crate) write: Near,
    /// How SQLite's file is opened.
    file: Option<SqliteConnectOptions>,
    statements: Arc<AtomicU64>,
}

fn counted(mut pool: DatabaseConnection, statements: &Arc<AtomicU64>) -> DatabaseConnection {
    let count = Arc::clone(statements);
    pool.set_metric_callback(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    });
    pool
}

impl Connections {
    /// Connects; creates the SQLite file and its folder when they are absent. `threads` share the connections out
    /// among themselves.
    ///
    /// # Errors
    /// When the database cannot be reached. The URL is not part of the message: it may hold a password.
    pub async fn open(settings: &config::Database, threads: usize) -> anyhow::Result<Self> {
        let url = settings.url.expose_secret();
        let statements = Arc::new(AtomicU64::new(0));
        // Two at least: a statement that waits for the disk must not hold up all others.
        let most = settings.connections.div_ceil(u32::try_from(threads).unwrap_or(u32::MAX).max(1)).max(2);
        let most = usize::try_from(most).unwrap_or(2);
        let near = |opener| Near::to_read(opener, most, Arc::clone(&statements));
        let (read, near, write, file) = if let Some(path) = url.strip_prefix("sqlite://") {
            if !std::path::Path::new(path).exists() {
                // Names and remarks are in it: only its owner may read it. SQLite gives the files beside
                // it the same mode. Another process may have made it this very moment.
                if let Err(error) = crate::crypto::write_private(std::path::Path::new(path), b"")
                    && !std::path::Path::new(path).exists()
                {
                    return Err(error.context("the database file"));
                }
            }
            // A file is there as long as its connection is: nobody asks before each transaction.
            let pool = SqlitePoolOptions::new().max_connections(settings.connections.max(1));
            let pool = pool.acquire_timeout(near::ACQUIRE).test_before_acquire(false);
            // Creates the file and switches it to WAL.
            let read = pool.connect_with(sqlite(path)).await.context("opening the database file")?;
            // What the writer changes it does not read from the mapping, so it keeps the inner pages of the indexes of a
            // million customers by itself (KiB). A new customer's terms are as many as its name has; a statement of each
            // length is kept.
            let writer = sqlite(path)
                .pragma("cache_size", "-131072")
                .statement_cache_capacity(512)
                // What a savepoint would have to give back: kept in memory, not in a file.
                .pragma("temp_store", "MEMORY");
            let write = Near::one(Opener::Sqlite(writer), Arc::clone(&statements));
            (
                SqlxSqliteConnector::from_sqlx_sqlite_pool(read),
                near(Opener::Sqlite(sqlite(path))),
                write,
                Some(sqlite(path)),
            )
        } else if url.starts_with("mysql://") {
            let options: MySqlConnectOptions = url.parse().map_err(|_| anyhow::anyhow!("[database] url"))?;
            let options = options.disable_statement_logging();
            let shared = pool(settings.connections.max(2)).connect_with(options.clone()).await;
            let read = SqlxMySqlConnector::from_sqlx_mysql_pool(shared.context("connecting to the database server")?);
            let write = Near::to_write(Opener::MySql(options.clone()), most, Arc::clone(&statements));
            (read, near(Opener::MySql(options)), write, None)
        } else {
            anyhow::bail!("[database] url must start with sqlite:// or mysql://");
        };
        Ok(Self { read: counted(read, &statements), near, write, file, statements })
    }

    /// Statements executed so far; tests hold endpoints to a budget with it.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    /// Keeps SQLite's log short, on a thread of its own. There is nothing to keep on MySQL.
    ///
    /// # Errors
    /// When the file cannot be opened, or there can be no more threads.
    pub(crate) async fn keep_log_short(&self) -> anyhow::Result<Option<LogKeeper>> {
        let Some(options) = self.file.clone() else { return Ok(None) };
        let hasty = options.connect().await.context("opening the database file")?;
        let log = log::Log { options, writers: self.write.clone(), hasty };
        Ok(Some(LogKeeper::start(log).context("a thread for the log of the database")?))
    }

    /// Runs pending migrations, one process at a time.
    ///
    /// # Errors
    /// When a migration fails; those before it stay done, and running again continues.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        use migrations::{Migrator, MigratorTrait as _};
        if self.read.get_database_backend() == DbBackend::MySql {
            // sea-orm-migration takes no lock of its own. GET_LOCK belongs to a session, so the lock
            // sits on a transaction's connection while the migrations run on others of the pool.
            let holder = self.read.begin().await?;
            // A migration that fills a column of a million rows takes minutes.
            let lock = Statement::from_string(DbBackend::MySql, "SELECT GET_LOCK('shuke_migrate', 1800)");
            let row = holder.query_one_raw(lock).await?;
            let held = row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten() == Some(1);
            anyhow::ensure!(held, "another process has been migrating for half an hour");
            let done = Migrator::up(&self.read, None).await;
            holder.execute_unprepared("SELECT RELEASE_LOCK('shuke_migrate')").await?;
            holder.commit().await?;
            done.context("migrating")
        } else {
            Migrator::up(&self.read, None).await.context("migrating")
        }
    }

    /// Begins a transaction that will write. Nothing is said to the database before its first statement.
    pub(crate) fn begin(&self, pace: Pace) -> Transaction {
        Transaction::begin(&self.write, pace)
    }

    /// Begins a transaction that reads everything as it is at one moment, beside whoever writes.
    pub(crate) async fn begin_reading(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = match self.read.get_database_backend() {
            // A SQLite transaction that reads sees one moment by itself.
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                ..TransactionOptions::default()
            },
        };
        self.read.begin_with_options(options).await
    }

    /// Whether the schema is the one this binary was built for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_migrated(&self) -> Result<bool, DbErr> {
        use migrations::{Migrator, MigratorTrait as _};
        Migrator::get_pending_migrations_read_only(&self.read).await.map(|pending| pending.is_empty())
    }

    /// Closes all connections after what is in flight.
    pub(crate) async fn close(&self) {
        self.near.close().await;
        self.write.close().await;
        let _ = self.read.close_by_ref().await;
    }
}

fn sqlite(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .disable_statement_logging()
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-16000")
        // Bytes: all of the file, and the kernel decides what stays in memory.
        .pragma("mmap_size", "1099511627776")
        // Pages, 1 GB: for processes that do not keep it short, and for writers who leave it no moment in which the log could
        // begin anew. Each time it is reached all writers wait for the disk, a tenth of a second or more.
        .pragma("wal_autocheckpoint", "262144")
}

/// A pool that asks its connections each time whether they are there: little goes over it.
fn pool(connections: u32) -> MySqlPoolOptions {
    MySqlPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(near::ACQUIRE)
        .after_connect(|connection, _| Box::pin(isolate(connection)))
}

/// With REPEATABLE READ a DELETE or UPDATE that finds no row locks the gap into which the next rows go: two people
/// who sign up at the same moment would be each other's deadlock.
const ISOLATE: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

async fn isolate(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    connection.execute(ISOLATE).await.map(drop)
}

/// A query that asks for keys. MariaDB otherwise looks into each index that begins with the business, for every
/// statement anew, and that costs as much as fetching a page of rows. SQLite says nothing of it.
pub(crate) fn by_key<E: EntityTrait>(mut select: Select<E>) -> Select<E> {
    select.query().force_index("PRIMARY", IndexHintScope::All);
    select
}

/// A query that walks this index, as [`by_key`] does that of the key.
pub(crate) fn with_index(rows: &mut SelectStatement, index: &'static str) {
    rows.force_index(index, IndexHintScope::All);
}

/// A query that does not walk this index. MariaDB may take one in whose order the rows are wanted for a cheap way to the
/// first of them, also where those stand behind thousands of others. SQLite says nothing of it.
pub(crate) fn without_index(rows: &mut SelectStatement, index: &'static str) {
    rows.ignore_index(index, IndexHintScope::All);
}

/// The refusal to change a row that is there to be read; as the text of a [`DbErr`] on its way to a Problem.
pub(crate) const READ_ONLY: &str = "row_read_only";

/// What a refused write says about uniqueness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The id is in use.
    Id,
    /// Another unique index refused.
    Unique,
    /// A row that was named does not exist in this business.
    Reference,
}

/// Whether a transaction lost against another one: a deadlock (1213) or a lock that did not come in
/// time (1205, SQLITE_BUSY).
pub(crate) fn collided(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(told)) | DbErr::Query(RuntimeErr::SqlxError(told))) = error else {
        return false;
    };
    let Some(told) = told.as_database_error() else { return false };
    match told.try_downcast_ref::<MySqlDatabaseError>() {
        Some(told) => matches!(told.number(), 1213 | 1205),
        None => told.message().contains("database is locked"),
    }
}

/// Reads the database's refusal, the same on every backend.
pub(crate) fn refusal(error: &DbErr) -> Option<Taken> {
    // SQLite's word for a row that a RESTRICT keeps, which sea-orm does not know. Read from its number: the text of a
    // refusal may quote what somebody wrote.
    if let DbErr::Exec(RuntimeErr::SqlxError(told)) | DbErr::Query(RuntimeErr::SqlxError(told)) = error
        && told.as_database_error().and_then(|told| told.code()).is_some_and(|code| code == "1811")
    {
        return Some(Taken::Reference);
    }
    match error.sql_err()? {
        // SQLite names the columns, MySQL and MariaDB name the key.
        SqlErr::UniqueConstraintViolation(text) => {
            // Before its name MySQL quotes the value, which may be any text.
            let key = text.rsplit_once("for key ").map_or(text.as_str(), |(_, key)| key);
            Some(if key.contains("PRIMARY") || key.ends_with(".id") { Taken::Id } else { Taken::Unique })
        }
        SqlErr::ForeignKeyConstraintViolation(_) => Some(Taken::Reference),
        _ => None,
    }
}
