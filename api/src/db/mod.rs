//! The database: one writer and many readers on SQLite, one pool on MySQL. Nothing outside `scope`
//! and start-up code gets at a connection.

mod code;

pub use code::Db as Code;

use crate::config;
use anyhow::Context as _;
use sea_orm::sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, IsolationLevel, QueryTrait as _, Select, SqlErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Connections of an installation.
#[derive(Clone)]
pub struct Connections {
    /// For statements outside a transaction.
    pub(crate) read: DatabaseConnection,
    /// For transactions. On SQLite a pool of exactly one: several writers would wait for each other
    /// in unfair sleeps (measured: p99 575 ms against 36 ms).
    pub(crate) write: DatabaseConnection,
    statements: Arc<AtomicU64>,
}

impl Connections {
    /// Connects; creates the SQLite file and its folder when they are absent.
    ///
    /// # Errors
    /// When the database cannot be reached. The URL is not part of the message: it may hold a password.
    pub async fn open(settings: &config::Database) -> anyhow::Result<Self> {
        let url = settings.url.expose_secret();
        let statements = Arc::new(AtomicU64::new(0));
        let (mut read, mut write) = if let Some(path) = url.strip_prefix("sqlite://") {
            if !std::path::Path::new(path).exists() {
                // Names and remarks are in it: only its owner may read it. SQLite gives the files beside
                // it the same mode. Another process may have made it this very moment.
                if let Err(error) = crate::crypto::write_private(std::path::Path::new(path), b"")
                    && !std::path::Path::new(path).exists()
                {
                    return Err(error.context("the database file"));
                }
            }
            // The writer comes first: it creates the file and switches it to WAL.
            let write = Database::connect(sqlite(path, 1)).await.context("opening the database file")?;
            let read =
                Database::connect(sqlite(path, settings.connections)).await.context("opening the database file")?;
            (read, write)
        } else if url.starts_with("mysql://") {
            let pool = Database::connect(mysql(url, settings.connections))
                .await
                .context("connecting to the database server")?;
            (pool.clone(), pool)
        } else {
            anyhow::bail!("[database] url must start with sqlite:// or mysql://");
        };
        for pool in [&mut read, &mut write] {
            let count = Arc::clone(&statements);
            pool.set_metric_callback(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
            });
        }
        Ok(Self { read, write, statements })
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

    /// Runs pending migrations, one process at a time.
    ///
    /// # Errors
    /// When a migration fails; those before it stay done, and running again continues.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        use migrations::{Migrator, MigratorTrait as _};
        if self.write.get_database_backend() == DbBackend::MySql {
            // sea-orm-migration takes no lock of its own. GET_LOCK belongs to a session, so the lock
            // sits on a transaction's connection while the migrations run on others of the pool.
            let holder = self.write.begin().await?;
            holder.execute_unprepared("SELECT GET_LOCK('shuke_migrate', 60)").await?;
            let done = Migrator::up(&self.write, None).await;
            holder.execute_unprepared("SELECT RELEASE_LOCK('shuke_migrate')").await?;
            holder.commit().await?;
            done.context("migrating")
        } else {
            Migrator::up(&self.write, None).await.context("migrating")
        }
    }

    /// Begins a transaction that will write. A SQLite transaction that reads first and writes later
    /// fails at once when somebody else wrote in between; one that starts as a writer waits its turn.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.write.begin_with_options(options).await
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
        let _ = self.read.close_by_ref().await;
        let _ = self.write.close_by_ref().await;
    }
}

fn sqlite(path: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite://{path}?mode=rwc"));
    options
        .max_connections(connections.max(1))
        .sqlx_logging(false)
        .acquire_timeout(Duration::from_secs(30))
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                .pragma("cache_size", "-16000")
                .pragma("mmap_size", "268435456")
        });
    options
}

fn mysql(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections.max(2))
        .sqlx_logging(false)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        // With REPEATABLE READ a DELETE or UPDATE that finds no row locks the gap into which the next
        // rows go: two people who sign up at the same moment would be each other's deadlock.
        .map_sqlx_mysql_pool_opts(|pool| {
            pool.after_connect(|connection, _| {
                let set = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
                Box::pin(async move { sqlx::Executor::execute(connection, set).await.map(drop) })
            })
        });
    options
}

/// A query that asks for keys. MariaDB otherwise looks into each index that begins with the business, for every
/// statement anew, and that costs as much as fetching a page of rows. SQLite says nothing of it.
pub(crate) fn by_key<E: EntityTrait>(mut select: Select<E>) -> Select<E> {
    select.query().force_index("PRIMARY", IndexHintScope::All);
    select
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
    let text = error.to_string();
    ["1213", "1205", "database is locked"].iter().any(|sign| text.contains(sign))
}

/// Reads the database's refusal, the same on every backend.
pub(crate) fn refusal(error: &DbErr) -> Option<Taken> {
    // SQLite's word for a row that a RESTRICT keeps, which sea-orm does not know.
    if error.to_string().contains("(code: 1811)") {
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
