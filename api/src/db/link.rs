//! A connection, and what can be said on it.

use super::{ISOLATE, literal};
use futures::StreamExt as _;
use sea_orm::{ExecResult, QueryResult, Statement, Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Either, Execute, Executor as _, MySql, MySqlConnection,
    SqliteConnection,
};

/// How a connection is opened.
#[derive(Clone)]
pub(super) enum Opener {
    MySql(MySqlConnectOptions),
    Sqlite(SqliteConnectOptions),
}

/// Statements that go to MySQL together are shorter than this, in bytes: a server may refuse a megabyte.
const PACKET: usize = 256 * 1024;

impl Opener {
    pub(super) async fn open(&self) -> Result<Link, sqlx::Error> {
        Ok(match self {
            Self::MySql(options) => {
                let mut connection = Box::new(options.connect().await?);
                // TiDB, and some proxies, take one statement at a time unless they are told otherwise.
                let several = connection.execute(AssertSqlSafe(format!("{ISOLATE}; DO 0"))).await;
                let several = match several {
                    Err(sqlx::Error::Database(_)) => {
                        connection.execute(ISOLATE).await?;
                        false
                    }
                    answer => answer.map(|_| true)?,
                };
                Link::MySql { connection, several }
            }
            Self::Sqlite(options) => Link::Sqlite(Box::new(options.connect().await?)),
        })
    }
}

/// An open connection.
pub(super) enum Link {
    MySql {
        connection: Box<MySqlConnection>,
        /// It takes several statements at once.
        several: bool,
    },
    Sqlite(Box<SqliteConnection>),
}

/// What a statement answered.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) rows: Vec<QueryResult>,
    pub(super) executed: Option<ExecResult>,
}

/// How far several statements are on their way to MySQL.
struct Way {
    text: String,
    /// The one whose rows are wanted, and how many are done.
    last: usize,
    done: usize,
}

/// Why one of several statements was refused.
pub(super) struct Refused {
    /// Which of them it was.
    pub(super) at: usize,
    pub(super) error: sqlx::Error,
}

impl Link {
    pub(super) async fn answers(&mut self) -> bool {
        match self {
            Self::MySql { connection, .. } => connection.ping().await.is_ok(),
            Self::Sqlite(connection) => connection.ping().await.is_ok(),
        }
    }

    pub(super) async fn close(self) {
        let _ = match self {
            Self::MySql { connection, .. } => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        };
    }

    pub(super) async fn rows(&mut self, statement: Statement) -> Result<Vec<QueryResult>, sqlx::Error> {
        let (sql, values) = self.said(statement);
        Ok(match self {
            Self::MySql { connection, .. } => {
                let rows = connection.fetch_all(sqlx::query_with(sql, values)).await?;
                rows.into_iter().map(QueryResult::from).collect()
            }
            Self::Sqlite(connection) => {
                let rows = connection.fetch_all(sqlx::query_with(sql, values)).await?;
                rows.into_iter().map(QueryResult::from).collect()
            }
        })
    }

    /// Several statements on one way to the database and back, until one is refused: what the last of them answered.
    pub(super) async fn together(&mut self, statements: Vec<Statement>) -> Result<Answered, Refused> {
        if let Self::MySql { several, .. } = *self {
            return self.as_text(statements, several).await;
        }
        let last = statements.len().saturating_sub(1);
        let (mut sql, mut values) = (String::new(), Values(Vec::new()));
        for statement in statements {
            sql.push_str(&statement.sql);
            sql.push(';');
            values.0.extend(statement.values.into_iter().flat_map(|values| values.0));
        }
        let mut answered = Answered::default();
        let mut at = 0;
        let Self::Sqlite(connection) = self else { return Ok(answered) };
        let mut answers = connection.fetch_many(sqlx::query_with(AssertSqlSafe(sql), SqlxValues(values)));
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(Either::Left(executed)) => {
                    at += 1;
                    answered.executed = Some(executed.into());
                }
                Ok(Either::Right(row)) if at == last => answered.rows.push(row.into()),
                Ok(Either::Right(_)) => {}
                Err(error) => return Err(Refused { at, error }),
            }
        }
        Ok(answered)
    }

    /// As [`Link::together`]: values stand in the text of the statements, because MySQL takes several prepared ones only one
    /// by one.
    async fn as_text(&mut self, statements: Vec<Statement>, several: bool) -> Result<Answered, Refused> {
        let mut way = Way { text: String::new(), last: statements.len().saturating_sub(1), done: 0 };
        let mut answered = Answered::default();
        for statement in statements {
            let bare = statement.values.as_ref().is_none_or(|values| values.0.is_empty());
            let written = (several || bare) && literal::append(&mut way.text, &statement);
            if written && several && way.text.len() < PACKET {
                continue;
            }
            let text = std::mem::take(&mut way.text);
            if !text.is_empty() {
                self.say_all(AssertSqlSafe(text), &mut way, &mut answered).await?;
            }
            if !written {
                let (sql, values) = self.said(statement);
                self.say_all(sqlx::query_with(sql, values), &mut way, &mut answered).await?;
            }
        }
        let text = std::mem::take(&mut way.text);
        if !text.is_empty() {
            self.say_all(AssertSqlSafe(text), &mut way, &mut answered).await?;
        }
        Ok(answered)
    }

    async fn say_all<'q>(
        &mut self,
        said: impl Execute<'q, MySql> + 'q,
        way: &mut Way,
        answered: &mut Answered,
    ) -> Result<(), Refused> {
        let Self::MySql { connection, .. } = self else { return Ok(()) };
        let mut answers = connection.fetch_many(said);
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(Either::Left(executed)) => {
                    way.done += 1;
                    answered.executed = Some(executed.into());
                }
                Ok(Either::Right(row)) if way.done == way.last => answered.rows.push(row.into()),
                Ok(Either::Right(_)) => {}
                Err(error) => return Err(Refused { at: way.done, error }),
            }
        }
        Ok(())
    }

    pub(super) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, sqlx::Error> {
        let (sql, values) = self.said(statement);
        Ok(match self {
            Self::MySql { connection, .. } => connection.execute(sqlx::query_with(sql, values)).await?.into(),
            Self::Sqlite(connection) => connection.execute(sqlx::query_with(sql, values)).await?.into(),
        })
    }

    /// A word that has neither values nor rows, such as `COMMIT`.
    pub(super) async fn say(&mut self, word: &str) -> Result<(), sqlx::Error> {
        let word = AssertSqlSafe(word);
        match self {
            // In the text protocol: nothing to prepare.
            Self::MySql { connection, .. } => connection.execute(word).await.map(drop),
            Self::Sqlite(connection) => connection.execute(sqlx::query(word)).await.map(drop),
        }
    }

    fn said(&self, statement: Statement) -> (AssertSqlSafe<String>, SqlxValues) {
        let mut values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
        if let Self::MySql { .. } = self {
            // As DATETIME: MariaDB 10.11 makes NULL of a TIMESTAMP after 19 January 2038, and a list of what was
            // made before 2099 would be empty.
            for value in &mut values.0.0 {
                if let Value::ChronoDateTimeUtc(Some(at)) = value {
                    *value = Value::ChronoDateTime(Some(at.naive_utc()));
                }
            }
        }
        (AssertSqlSafe(statement.sql), values)
    }
}
