//! Transactions on connections that a thread keeps to itself.

use super::near::{Answered, Link, Near, Refused, Taken, harmless, refused, unanswered, whole};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, QueryTrait, Statement};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// A transaction, or a part of one. Dropped without [`Transaction::commit`], it never happened.
pub(crate) struct Transaction {
    at: Arc<At>,
    /// Which part it is; 0 is the whole.
    part: u32,
    /// Committed or taken back.
    ended: bool,
}

/// The connection of a transaction and of its parts.
struct At {
    near: Near,
    /// Always there until the last of them goes.
    open: Mutex<Option<Open>>,
}

struct Open {
    taken: Taken,
    parts: u32,
    /// The whole was committed or taken back: nothing is open on the connection any more.
    ended: bool,
    /// A part went without a word, or something was refused that was taken for done, so nobody knows what the whole
    /// consists of.
    torn: bool,
    /// Said, and not yet on its way. On SQLite each way to the thread of the connection and back is longer than most
    /// statements take there, so what nobody waits for goes with the next one for which somebody does.
    due: Vec<Statement>,
}

/// One that reads first and writes later fails at once when another process wrote in between; one that starts as a writer
/// waits its turn.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// Statements that are due at most: none waits for long, and what they hold is small.
const DUE: usize = 16;

impl Transaction {
    /// Begins one, when it is its turn.
    pub(super) async fn begin(near: &Near) -> Result<Self, DbErr> {
        let mut taken = near.take().await?;
        let mut due = Vec::new();
        match taken.link()? {
            Link::MySql(_) => {
                // Whoever gives up meanwhile leaves a connection on which a transaction may be open: it is not used again.
                taken.whole = false;
                taken.link()?.say("BEGIN").await.map_err(refused)?;
                taken.whole = true;
            }
            Link::Sqlite(_) => due.push(word(BEGIN)),
        }
        let open = Open { taken, parts: 0, ended: false, torn: false, due };
        Ok(Self { at: Arc::new(At { near: near.clone(), open: Mutex::new(Some(open)) }), part: 0, ended: false })
    }

    /// Begins a part of it, which can be taken back by itself.
    pub(crate) async fn part(&self) -> Result<Self, DbErr> {
        let mut open = self.at.open.lock().await;
        let open = open.as_mut().ok_or_else(gone)?;
        open.parts += 1;
        let begun = Self { at: Arc::clone(&self.at), part: open.parts, ended: false };
        open.say(&format!("SAVEPOINT part_{}", begun.part)).await?;
        Ok(begun)
    }

    /// Makes it so.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self.part {
            0 => self.end("COMMIT").await,
            part => self.end(&format!("RELEASE SAVEPOINT part_{part}")).await,
        }
    }

    /// Does something whose answer nobody waits for, such as a row that hangs on another and that nothing refuses. When it
    /// is refused all the same the transaction is lost, at its next statement or its end.
    pub(crate) async fn later(&self, query: impl QueryTrait) -> Result<(), DbErr> {
        self.due(query.build(self.at.near.backend())).await
    }

    /// As [`Transaction::later`].
    pub(super) async fn due(&self, statement: Statement) -> Result<(), DbErr> {
        if self.at.near.backend() != DbBackend::Sqlite {
            return self.execute_raw(statement).await.map(drop);
        }
        self.at.near.count();
        let mut open = self.at.open.lock().await;
        let open = open.as_mut().ok_or_else(gone)?;
        open.due.push(statement);
        if open.due.len() < DUE {
            return Ok(());
        }
        match open.due.pop() {
            Some(last) => open.execute(last).await.map(drop).map_err(|error| {
                open.torn = true;
                DbErr::Custom(format!("what was due: {error}"))
            }),
            None => Ok(()),
        }
    }

    /// Takes it back.
    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        match self.part {
            0 => self.end("ROLLBACK").await,
            part => self.end(&format!("ROLLBACK TO SAVEPOINT part_{part}")).await,
        }
    }

    async fn end(mut self, word: &str) -> Result<(), DbErr> {
        let mut open = self.at.open.lock().await;
        let open = open.as_mut().ok_or_else(gone)?;
        if open.torn {
            return Err(torn());
        }
        if word.starts_with("ROLLBACK") {
            open.due.retain(is_begin);
        }
        // One in which nothing was said is over as it is.
        if self.part > 0 || !open.unbegun() || open.due.len() > 1 {
            open.say(word).await?;
        }
        open.ended = self.part == 0;
        self.ended = true;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.ended || self.part == 0 {
            return;
        }
        // Nobody has the lock: whoever had it borrowed this part, or the whole, and went before.
        if let Ok(mut open) = self.at.open.try_lock()
            && let Some(open) = open.as_mut()
        {
            open.torn = true;
        }
    }
}

impl Drop for At {
    fn drop(&mut self) {
        let Some(mut open) = self.open.get_mut().take() else { return };
        if open.ended || open.unbegun() || !open.taken.whole {
            return;
        }
        // What was not committed goes at once, with its locks, and nobody else has the connection before.
        open.taken.whole = false;
        open.due.clear();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if open.say("ROLLBACK").await.is_ok() {
                    open.taken.whole = true;
                    drop(open);
                }
            });
        }
    }
}

impl Open {
    /// Nothing is on its way yet, not even the beginning.
    fn unbegun(&self) -> bool {
        self.due.first().is_some_and(is_begin)
    }

    /// A word that has neither values nor rows, such as `COMMIT`.
    async fn say(&mut self, said: &str) -> Result<(), DbErr> {
        if !self.due.is_empty() {
            return self.together(word(said), refused).await.map(drop);
        }
        let said = self.taken.link()?.say(said).await;
        self.taken.whole &= whole(&said);
        said.map_err(refused)
    }

    async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.torn {
            return Err(torn());
        }
        if !self.due.is_empty() {
            return self.together(statement, refused).await?.executed.ok_or_else(gone);
        }
        let answer = self.taken.link()?.execute(statement).await;
        self.taken.whole &= whole(&answer);
        answer.map_err(refused)
    }

    async fn rows(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if self.torn {
            return Err(torn());
        }
        if !self.due.is_empty() {
            return Ok(self.together(statement, unanswered).await?.rows);
        }
        let answer = self.taken.link()?.rows(statement).await;
        self.taken.whole &= whole(&answer);
        answer.map_err(unanswered)
    }

    /// A statement with all that is due before it.
    async fn together(&mut self, statement: Statement, why: fn(sqlx::Error) -> DbErr) -> Result<Answered, DbErr> {
        let mut all = std::mem::take(&mut self.due);
        let (last, begins) = (all.len(), all.first().is_some_and(is_begin));
        all.push(statement);
        // Also when whoever waits for it goes away meanwhile: some of them are done then, and some not.
        self.torn = true;
        let Refused { at, error } = match self.taken.link()?.together(all).await {
            Ok(answered) => {
                self.torn = false;
                return Ok(answered);
            }
            Err(refused) => refused,
        };
        self.taken.whole &= harmless(&error);
        if at == last {
            self.torn = false;
            return Err(why(error));
        }
        // Whoever waits for the last one must not take this refusal for that of theirs.
        Err(if begins && at == 0 { refused(error) } else { DbErr::Custom(format!("what was due before: {error}")) })
    }
}

fn word(said: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, said)
}

fn is_begin(statement: &Statement) -> bool {
    statement.sql == BEGIN
}

fn gone() -> DbErr {
    DbErr::Custom("the transaction is over".to_owned())
}

fn torn() -> DbErr {
    DbErr::Custom("nobody knows what the transaction consists of".to_owned())
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.at.near.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.at.near.count();
        let mut open = self.at.open.lock().await;
        open.as_mut().ok_or_else(gone)?.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.get_database_backend(), sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.at.near.count();
        let mut open = self.at.open.lock().await;
        open.as_mut().ok_or_else(gone)?.rows(statement).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::near::Opener;
    use super::*;
    use sqlx::sqlite::SqliteConnectOptions;
    use std::sync::atomic::AtomicU64;

    /// One connection to a database of its own, in memory, with one table.
    async fn database() -> Near {
        let options = SqliteConnectOptions::new().in_memory(true);
        let near = Near::one(Opener::Sqlite(options), Arc::new(AtomicU64::new(0)));
        near.execute_unprepared("CREATE TABLE t (id INTEGER PRIMARY KEY)").await.expect("a table");
        near
    }

    fn insert(id: i64) -> Statement {
        Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t (id) VALUES (?)", [id.into()])
    }

    async fn ids(on: &impl ConnectionTrait) -> Result<Vec<i64>, DbErr> {
        let all = on.query_all_raw(Statement::from_string(DbBackend::Sqlite, "SELECT id FROM t ORDER BY id")).await?;
        all.iter().map(|row| row.try_get_by_index(0)).collect()
    }

    #[actix_web::test]
    async fn what_is_said_for_later_is_there_for_whatever_comes_next() {
        let near = database().await;
        let tx = Transaction::begin(&near).await.expect("begun");
        tx.due(insert(1)).await.expect("due");
        assert_eq!(ids(&tx).await.expect("rows"), [1]);
        for id in 2..40 {
            tx.due(insert(id)).await.expect("due");
        }
        // What was changed by the statement itself, whatever was due before it.
        let gone = Statement::from_string(DbBackend::Sqlite, "DELETE FROM t WHERE id > 30");
        assert_eq!(tx.execute_raw(gone).await.expect("done").rows_affected(), 9);
        tx.due(insert(100)).await.expect("due");
        tx.commit().await.expect("so it is");
        assert_eq!(ids(&near).await.expect("rows").len(), 31);
    }

    #[actix_web::test]
    async fn what_is_refused_after_it_was_taken_for_done_takes_the_whole_with_it() {
        let near = database().await;
        near.execute_raw(insert(1)).await.expect("a row");
        let tx = Transaction::begin(&near).await.expect("begun");
        tx.execute_raw(insert(2)).await.expect("done");
        tx.due(insert(1)).await.expect("due");
        let refused = tx.execute_raw(insert(3)).await.expect_err("refused");
        assert!(crate::db::refusal(&refused).is_none(), "it is not the third that is there already: {refused}");
        tx.execute_raw(insert(4)).await.expect_err("nobody knows what went before");
        tx.commit().await.expect_err("not half of it");
        assert_eq!(ids(&near).await.expect("rows"), [1]);
        // The refusal of a statement that somebody waits for is its own, and the rest goes on.
        let tx = Transaction::begin(&near).await.expect("begun");
        tx.due(insert(2)).await.expect("due");
        let refused = tx.execute_raw(insert(1)).await.expect_err("refused");
        assert!(crate::db::refusal(&refused).is_some(), "{refused}");
        tx.commit().await.expect("so it is");
        assert_eq!(ids(&near).await.expect("rows"), [1, 2]);
    }

    #[actix_web::test]
    async fn parts_and_wholes_that_are_dropped_or_taken_back_leave_nothing() {
        let near = database().await;
        let tx = Transaction::begin(&near).await.expect("begun");
        tx.due(insert(1)).await.expect("due");
        let part = tx.part().await.expect("a part");
        part.due(insert(2)).await.expect("due");
        part.rollback().await.expect("taken back");
        let part = tx.part().await.expect("a part");
        part.due(insert(3)).await.expect("due");
        part.commit().await.expect("kept");
        tx.commit().await.expect("so it is");
        assert_eq!(ids(&near).await.expect("rows"), [1, 3]);
        let dropped = Transaction::begin(&near).await.expect("begun");
        dropped.due(insert(4)).await.expect("due");
        drop(dropped);
        let dropped = Transaction::begin(&near).await.expect("begun");
        dropped.execute_raw(insert(5)).await.expect("done");
        dropped.due(insert(6)).await.expect("due");
        drop(dropped);
        Transaction::begin(&near).await.expect("begun").commit().await.expect("nothing was said");
        assert_eq!(ids(&near).await.expect("rows"), [1, 3]);
    }
}
