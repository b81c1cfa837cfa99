//! Transactions on connections that a thread keeps to itself.

use super::near::{Link, Near, Taken, refused, unanswered, whole};
use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
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
    /// A part went without a word, so nobody knows what the whole consists of.
    torn: bool,
}

impl Transaction {
    /// Begins one, when it is its turn.
    pub(super) async fn begin(near: &Near) -> Result<Self, DbErr> {
        let mut taken = near.take().await?;
        // Whoever gives up meanwhile leaves a connection on which a transaction may be open: it is not used again.
        taken.whole = false;
        let begun = match taken.link()? {
            Link::MySql(_) => taken.link()?.say("BEGIN").await,
            // One that reads first and writes later fails at once when another process wrote in between; one that starts
            // as a writer waits its turn.
            Link::Sqlite(_) => taken.link()?.say("BEGIN IMMEDIATE").await,
        };
        begun.map_err(refused)?;
        taken.whole = true;
        let open = Open { taken, parts: 0, ended: false, torn: false };
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
            return Err(DbErr::Custom("a part of the transaction went without a word".to_owned()));
        }
        open.say(word).await?;
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
        if open.ended || !open.taken.whole {
            return;
        }
        // What was not committed goes at once, with its locks, and nobody else has the connection before.
        open.taken.whole = false;
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
    async fn say(&mut self, word: &str) -> Result<(), DbErr> {
        let said = self.taken.link()?.say(word).await;
        self.taken.whole &= whole(&said);
        said.map_err(refused)
    }
}

fn gone() -> DbErr {
    DbErr::Custom("the transaction is over".to_owned())
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.at.near.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.at.near.count();
        let mut open = self.at.open.lock().await;
        let taken = &mut open.as_mut().ok_or_else(gone)?.taken;
        let answer = taken.link()?.execute(statement).await;
        taken.whole &= whole(&answer);
        answer.map_err(refused)
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
        let taken = &mut open.as_mut().ok_or_else(gone)?.taken;
        let answer = taken.link()?.rows(statement).await;
        taken.whole &= whole(&answer);
        answer.map_err(unanswered)
    }
}
