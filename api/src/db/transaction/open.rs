//! What is open on a connection: what was said, what is due, and what became of it.

use super::Asked;
use crate::db::group::{Committed, JOIN, LEAVE, Pace, TAKE_BACK};
use crate::db::link::{Answered, Link, Refused};
use crate::db::near::{Near, Taken, refused, unanswered};
use sea_orm::{DbBackend, DbErr, ExecResult, QueryResult, Statement};

/// How one begins. On SQLite one that reads first and writes later fails at once when another process wrote in between;
/// one that starts as a writer waits its turn.
const BEGIN: &str = "BEGIN";
const BEGIN_AS_WRITER: &str = "BEGIN IMMEDIATE";
pub(super) const ROLLBACK: &str = "ROLLBACK";

/// What is open on a connection, or is about to be.
pub(super) struct Open {
    near: Near,
    pace: Pace,
    /// The connection, once something is on its way. On SQLite all writers wait for one, elsewhere those of a thread share
    /// a few: whatever is thought about before the first word is nobody else's loss.
    pub(super) taken: Option<Taken>,
    /// The database's transaction is that of others too, who wait for its commit.
    pub(super) joined: bool,
    pub(super) parts: u32,
    /// The whole was committed or taken back: nothing is open on the connection any more.
    pub(super) ended: bool,
    /// A part went without a word, something was refused that was taken for done, or the database may have taken all of
    /// it back by itself, so nobody knows what the whole consists of.
    pub(super) torn: bool,
    /// Said, and not yet on its way. Each way to the database and back, or to the thread of SQLite's connection, takes
    /// longer than most statements do there, so what nobody waits for goes with the next one for which somebody does.
    pub(super) due: Vec<Statement>,
    /// Those of them that may be refused, by their places, and the one that was.
    pub(super) asked: Vec<(usize, Asked)>,
    pub(super) refused: Option<(Asked, DbErr)>,
    pub(super) questions: u32,
}

impl Open {
    pub(super) fn new(near: &Near, pace: Pace) -> Self {
        let begin = if near.backend() == DbBackend::Sqlite { BEGIN_AS_WRITER } else { BEGIN };
        Self {
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
        }
    }

    /// Nothing is on its way yet, not even the beginning.
    pub(super) fn unbegun(&self) -> bool {
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
    pub(super) async fn commit(&mut self) -> Result<Option<Committed>, DbErr> {
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

    pub(super) async fn refusal(&mut self, question: Asked) -> Option<DbErr> {
        let place = self.asked.iter().find(|(_, of)| *of == question).map(|(place, _)| *place);
        let Some(place) = place else {
            return self.refused.take_if(|(of, _)| *of == question).map(|(_, error)| error);
        };
        self.due.truncate(place + 1);
        let refused = match self.due.pop() {
            Some(asked) => self.execute(asked).await.err(),
            None => None,
        };
        self.torn = true;
        // Unless it was another one, which was asked before.
        refused.filter(|_| self.refused.is_none())
    }

    /// Takes back what was said, and says when those with whom it would have been committed are done: whatever stood in
    /// its way may be theirs, and nobody else sees it before.
    pub(super) async fn give_up(&mut self) -> Option<Committed> {
        self.due.clear();
        if !self.joined || self.ended || self.say(TAKE_BACK).await.is_err() {
            return None;
        }
        self.ended = true;
        self.taken.take().and_then(Taken::leave)
    }

    /// The words that take back all that was said in it, and nothing else.
    pub(super) const fn take_back(&self) -> &'static str {
        if self.joined { TAKE_BACK } else { ROLLBACK }
    }

    /// A word that has neither values nor rows, such as `COMMIT`.
    pub(super) async fn say(&mut self, said: &str) -> Result<(), DbErr> {
        if !self.due.is_empty() {
            return self.together(Some(word(said)), refused).await.map(drop);
        }
        self.hear(async |link| link.say(said).await, refused).await
    }

    pub(super) async fn execute(&mut self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.torn {
            return Err(torn());
        }
        if !self.due.is_empty() {
            return self.together(Some(statement), refused).await?.executed.ok_or_else(gone);
        }
        self.hear(async |link| link.execute(statement).await, refused).await
    }

    pub(super) async fn rows(&mut self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
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
        let Some(taken) = crate::db::refusal(&why).filter(|_| !self.ended) else { return Err(why) };
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

pub(super) fn is_begin(statement: &Statement) -> bool {
    [BEGIN, BEGIN_AS_WRITER, JOIN].contains(&&*statement.sql)
}

/// Whether nothing may be said after such an answer: whoever loses against another transaction, or has no room on the
/// disk, may have lost all that was said before, and what came next would stay without it and without a `COMMIT`.
fn tears(error: &DbErr) -> bool {
    crate::db::refusal(error).is_none()
}

pub(super) fn gone() -> DbErr {
    DbErr::Custom("the transaction is over".to_owned())
}

pub(super) fn lost() -> DbErr {
    DbErr::Custom("the commit that it shared with others did not take place".to_owned())
}

pub(super) fn torn() -> DbErr {
    DbErr::Custom("nobody knows what the transaction consists of".to_owned())
}
