//! Transactions on connections that a thread keeps to itself.

use super::group::{Committed, JOIN, LEAVE, Pace, TAKE_BACK};
use super::link::{Answered, Link, Refused};
use super::near::{Near, Taken, refused, unanswered};
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
    near: Near,
    pace: Pace,
    /// The connection, once something is on its way. On SQLite all writers wait for one, elsewhere those of a thread share
    /// a few: whatever is thought about before the first word is nobody else's loss.
    taken: Option<Taken>,
    /// The database's transaction is that of others too, who wait for its commit.
    joined: bool,
    parts: u32,
    /// The whole was committed or taken back: nothing is open on the connection any more.
    ended: bool,
    /// A part went without a word, something was refused that was taken for done, or the database may have taken all of
    /// it back by itself, so nobody knows what the whole consists of.
    torn: bool,
    /// Said, and not yet on its way. Each way to the database and back, or to the thread of SQLite's connection, takes
    /// longer than most statements do there, so what nobody waits for goes with the next one for which somebody does.
    due: Vec<Statement>,
    /// Those of them that may be refused, by their places, and the one that was.
    asked: Vec<(usize, Asked)>,
    refused: Option<(Asked, DbErr)>,
    questions: u32,
}

/// A statement that went without being waited for, and that may be refused; see [`Transaction::ask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked(u32);

/// How one begins. On SQLite one that reads first and writes later fails at once when another process wrote in between;
/// one that starts as a writer waits its turn.
const BEGIN: &str = "BEGIN";
const BEGIN_AS_WRITER: &str = "BEGIN IMMEDIATE";
const ROLLBACK: &str = "ROLLBACK";
/// Statements that are due at most: none waits for long, and what they hold is small.
const DUE: usize = 16;

impl Transaction {
    /// Begins one, with the first thing that somebody waits for.
    pub(super) fn begin(near: &Near, pace: Pace) -> Self {
        let begin = if near.backend() == DbBackend::Sqlite { BEGIN_AS_WRITER } else { BEGIN };
        let open = Open {
            near: near.clone(),
            pace,
            taken: None,
            joined: false,
            parts: 0,
            ended: false,
            torn: false,
            due: vec![word(begin)],
            asked: Vec::new(),
            refused: None,
            questions: 0,
        };
        Self { at: Arc::new(At { near: near.clone(), open: Mutex::new(Some(open)) }), part: 0, ended: false }
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
    /// beyond the question is said any more.
    pub(crate) async fn refusal(&self, question: Asked) -> Option<DbErr> {
        let mut open = self.at.open.lock().await;
        let open = open.as_mut()?;
        if let Some(place) = open.asked.iter().find(|(_, of)| *of == question).map(|(place, _)| *place) {
            open.due.truncate(place + 1);
            let refused = match open.due.pop() {
                Some(asked) => open.execute(asked).await.err(),
                None => None,
            };
            open.torn = true;
            // Unless it was another one, which was asked before.
            return refused.filter(|_| open.refused.is_none());
        }
        open.refused.take_if(|(of, _)| *of == question).map(|(_, error)| error)
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
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let taken_back = open.say(open.take_back()).await.is_ok();
                let Some(taken) = open.taken.as_mut() else { return };
                if taken_back {
                    taken.whole = true;
                } else if open.joined {
                    taken.mend().await;
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

    /// The connection, when it is this one's turn.
    async fn taken(&mut self) -> Result<&mut Taken, DbErr> {
        if self.ended {
            return Err(gone());
        }
        if self.taken.is_none() {
            let taken = self.near.take(self.pace).await?;
            self.joined = taken.joins();
            if self.joined
                && let Some(begin) = self.due.first_mut()
            {
                *begin = word(JOIN);
            }
            self.taken = Some(taken);
        }
        self.taken.as_mut().ok_or_else(gone)
    }

    /// Waits for its turn. Whoever goes away before has said nothing; whoever waited in vain does not wait again.
    async fn turn(&mut self) -> Result<(), DbErr> {
        let Err(late) = self.taken().await else { return Ok(()) };
        self.torn = true;
        self.asked.clear();
        Err(late)
    }

    /// Ends the whole, or leaves it to others who commit with it.
    async fn commit(&mut self) -> Result<Option<Committed>, DbErr> {
        let said = !self.unbegun() || self.due.len() > 1;
        if said && self.pace == Pace::Brief {
            self.turn().await?;
        }
        let shares = self.taken.as_ref().is_some_and(Taken::shares) && self.pace == Pace::Brief;
        if said && !shares {
            self.say("COMMIT").await?;
        } else if self.joined {
            self.say(LEAVE).await?;
        } else if said && !self.due.is_empty() {
            self.together(None, refused).await?;
        }
        self.ended = true;
        // Whoever goes away now has it done all the same.
        Ok(self.taken.take_if(|_| said && shares).and_then(Taken::leave))
    }

    /// The words that take back all that was said in it, and nothing else.
    const fn take_back(&self) -> &'static str {
        if self.joined { TAKE_BACK } else { ROLLBACK }
    }

    /// A word that has neither values nor rows, such as `COMMIT`.
    async fn say(&mut self, said: &str) -> Result<(), DbErr> {
        if !self.due.is_empty() {
            return self.together(Some(word(said)), refused).await.map(drop);
        }
        self.hear(async |link| link.say(said).await, refused).await
    }

    async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.torn {
            return Err(torn());
        }
        if !self.due.is_empty() {
            return self.together(Some(statement), refused).await?.executed.ok_or_else(gone);
        }
        self.hear(async |link| link.execute(statement).await, refused).await
    }

    async fn rows(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if self.torn {
            return Err(torn());
        }
        if !self.due.is_empty() {
            return Ok(self.together(Some(statement), unanswered).await?.rows);
        }
        self.hear(async |link| link.rows(statement).await, unanswered).await
    }

    /// Says something, and waits for the answer.
    async fn hear<T>(
        &mut self,
        say: impl AsyncFnOnce(&mut Link) -> Result<T, sqlx::Error>,
        why: fn(sqlx::Error) -> DbErr,
    ) -> Result<T, DbErr> {
        let answer = self.taken().await?.hear(say).await?.map_err(why);
        self.torn |= answer.as_ref().is_err_and(tears);
        answer
    }

    /// A statement, if there is one, with all that is due before it.
    async fn together(
        &mut self,
        statement: Option<Statement>,
        why: fn(sqlx::Error) -> DbErr,
    ) -> Result<Answered, DbErr> {
        self.turn().await?;
        let mut all = std::mem::take(&mut self.due);
        let asked = std::mem::take(&mut self.asked);
        let (last, begins) = (all.len(), all.first().is_some_and(is_begin));
        all.extend(statement);
        // Also when whoever waits for it goes away meanwhile: some of them are done then, and some not.
        self.torn = true;
        let Refused { at, error } = match self.taken().await?.hear(async |link| link.together(all).await).await? {
            Ok(answered) => {
                self.torn = false;
                return Ok(answered);
            }
            Err(refused) => refused,
        };
        if at == last {
            let why = why(error);
            self.torn = tears(&why);
            return Err(why);
        }
        // Where the beginning was refused there is nothing to take back.
        self.ended = begins && at == 0;
        let why = refused(error);
        let Some(taken) = super::refusal(&why).filter(|_| !self.ended) else { return Err(why) };
        if let Some((_, question)) = asked.into_iter().find(|(place, _)| *place == at) {
            self.refused = Some((question, why));
        }
        // Whoever waits for the last one must not take this refusal for that of theirs.
        Err(DbErr::Custom(format!("what was said before was refused: {taken:?}")))
    }
}

fn word(said: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, said)
}

fn is_begin(statement: &Statement) -> bool {
    [BEGIN, BEGIN_AS_WRITER, JOIN].contains(&&*statement.sql)
}

/// Whether nothing may be said after such an answer: whoever loses against another transaction, or has no room on the
/// disk, may have lost all that was said before, and what came next would stay without it and without a `COMMIT`.
fn tears(error: &DbErr) -> bool {
    super::refusal(error).is_none()
}

fn gone() -> DbErr {
    DbErr::Custom("the transaction is over".to_owned())
}

fn lost() -> DbErr {
    DbErr::Custom("the commit that it shared with others did not take place".to_owned())
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
mod server;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod tests;
