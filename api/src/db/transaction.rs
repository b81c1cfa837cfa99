//! Transactions on connections that a thread keeps to itself.

mod open;

use self::open::{Open, ROLLBACK, gone, is_begin, lost, torn};
use super::group::Pace;
use super::lasting::Lasting;
use super::near::Near;
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

/// A statement that went without being waited for, and that may be refused; see [`Transaction::ask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked(u32);

/// Statements that are due at most: none waits for long, and what they hold is small.
const DUE: usize = 16;

impl Transaction {
    /// Begins one, with the first thing that somebody waits for.
    pub(super) fn begin(near: &Near, pace: Pace) -> Self {
        Self {
            at: Arc::new(At { near: near.clone(), open: Mutex::new(Some(Open::new(near, pace))) }),
            part: 0,
            ended: false,
        }
    }

    /// Begins a part of it, which can be taken back by itself.
    pub(crate) async fn part(&self) -> Result<Self, DbErr> {
        let mut open = self.at.open.lock().await;
        let open = open.as_mut().ok_or_else(gone)?;
        // The database may have taken back all there was, and would begin anew with it.
        if open.torn {
            return Err(torn());
        }
        open.parts += 1;
        let begun = Self { at: Arc::clone(&self.at), part: open.parts, ended: false };
        open.say(&format!("SAVEPOINT part_{}", begun.part)).await?;
        Ok(begun)
    }

    /// Makes it so.
    pub(crate) async fn commit(mut self) -> Result<(), DbErr> {
        match self.part {
            0 => self.finish().await?,
            part => self.end(&format!("RELEASE SAVEPOINT part_{part}")).await?,
        }
        self.ended = true;
        Ok(())
    }

    /// As [`Transaction::commit`] of the whole, for whoever may have to ask afterwards what was refused. Nothing can be said
    /// in it any more.
    pub(crate) async fn finish(&self) -> Result<(), DbErr> {
        let committed = match self.at.open.lock().await.as_mut() {
            Some(open) if open.torn => return Err(torn()),
            Some(open) => open.commit().await?,
            None => return Err(gone()),
        };
        match committed {
            Some(committed) => committed.await.map_err(|_| lost()),
            None => Ok(()),
        }
    }

    /// Does something whose answer nobody waits for, such as a row that hangs on another and that nothing refuses. When it
    /// is refused all the same the transaction is lost, at its next statement or its end.
    pub(crate) async fn later(&self, query: impl QueryTrait) -> Result<(), DbErr> {
        self.due(query.build(self.at.near.backend())).await
    }

    /// As [`Transaction::later`].
    pub(super) async fn due(&self, statement: Statement) -> Result<(), DbErr> {
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

    /// Does something that may be refused, with what is said next: when it is refused that fails, the transaction is lost,
    /// and [`Transaction::refusal`] has the reason. In a part it is refused here.
    pub(super) async fn ask(&self, statement: Statement) -> Result<Asked, DbErr> {
        self.at.near.count();
        let mut open = self.at.open.lock().await;
        let open = open.as_mut().ok_or_else(gone)?;
        if self.part > 0 || open.due.len() + 1 >= DUE {
            open.execute(statement).await?;
            return Ok(Asked(0));
        }
        open.questions += 1;
        open.asked.push((open.due.len(), Asked(open.questions)));
        open.due.push(statement);
        Ok(Asked(open.questions))
    }

    /// Why a question was refused, if it was, for whoever throws the transaction away: of what is still due, nothing
    /// beyond the question is said any more, and nothing at all afterwards. Whose row it was that refused it has been told
    /// so before: it can be read.
    pub(crate) async fn refusal(&self, question: Asked) -> Option<DbErr> {
        let why = self.at.open.lock().await.as_mut()?.refusal(question).await?;
        self.give_up().await;
        Some(why)
    }

    /// Takes all of it back, for whoever goes on reading elsewhere: what was found in it is there to be found.
    pub(crate) async fn give_up(&self) {
        let others = match self.at.open.lock().await.as_mut() {
            Some(open) => open.give_up().await,
            None => None,
        };
        if let Some(others) = others {
            let _ = others.await;
        }
    }

    /// The question that was refused, if one was, and why.
    pub(crate) async fn refused(&self) -> Option<(Asked, DbErr)> {
        self.at.open.lock().await.as_mut()?.refused.take()
    }

    /// Takes it back.
    pub(crate) async fn rollback(mut self) -> Result<(), DbErr> {
        match self.part {
            0 => self.end(ROLLBACK).await?,
            part => self.end(&format!("ROLLBACK TO SAVEPOINT part_{part}")).await?,
        }
        self.ended = true;
        Ok(())
    }

    async fn end(&self, word: &str) -> Result<(), DbErr> {
        let mut open = self.at.open.lock().await;
        let open = open.as_mut().ok_or_else(gone)?;
        if open.torn {
            return Err(torn());
        }
        if word.starts_with("ROLLBACK") {
            open.due.retain(is_begin);
        }
        // One in which nothing was said is over as it is.
        if self.part > 0 || !open.unbegun() {
            open.say(if word == ROLLBACK { open.take_back() } else { word }).await?;
        }
        open.ended = self.part == 0;
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
        let begun = !open.ended && !open.unbegun();
        let Some(taken) = open.taken.as_mut().filter(|taken| begun && taken.whole) else { return };
        // What was not committed goes at once, with its locks, and nobody else has the connection before.
        taken.whole = false;
        open.due.clear();
        let joined = open.joined;
        let take_back = async move {
            let taken_back = open.say(open.take_back()).await.is_ok();
            let Some(taken) = open.taken.as_mut() else { return };
            if taken_back {
                taken.whole = true;
            } else if open.joined {
                taken.mend().await;
            }
        };
        if joined {
            Lasting::of(take_back).begin();
        } else if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(take_back);
        }
    }
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
mod server;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod tests;
