//! Transactions on SQLite's one connection for writers that are made sure of together.
//!
//! With each commit SQLite writes every page that was changed into its log, and many of the pages that a new customer
//! changes are those that the next one changes too: the ends of tables that only grow, and of their indexes. So whoever
//! commits while others wait for their turn leaves the database's transaction to the next one, for whom it begins with a
//! savepoint, and hears that it is done when the last of them has committed for all. Nobody reads what is not committed,
//! and nobody is told that it is before it is.

use tokio::sync::oneshot;

/// How many have their turn before it is committed, at most. The first of them waits for all others, and while all wait for
/// the disk nobody has anything to do.
const MOST: usize = 8;

/// How a transaction begins that goes on in the database's transaction of those before it.
pub(super) const JOIN: &str = "SAVEPOINT joined";
pub(super) const LEAVE: &str = "RELEASE SAVEPOINT joined";
pub(super) const TAKE_BACK: &str = "ROLLBACK TO SAVEPOINT joined; RELEASE SAVEPOINT joined";

/// Whether a transaction may wait for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Of a request: it is over soon, so those before it may wait for it, and it for those behind it.
    Brief,
    /// Of a job, which may write hundreds of rows: nobody waits for it who has nothing more to say.
    Long,
}

/// Who is done and waits for the commit, on the connection whose transaction is open for them.
#[derive(Default)]
pub(super) struct Group {
    waits: Vec<oneshot::Sender<()>>,
    /// So many had their turn since the first of them, also those who took everything back.
    turns: usize,
}

/// Hears that the commit is there to stay; an error when nothing of the transaction is.
pub(super) type Committed = oneshot::Receiver<()>;

impl Group {
    /// Nobody waits, and the database has no transaction open.
    pub(super) const fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }

    pub(super) const fn is_full(&self) -> bool {
        self.turns + 1 >= MOST
    }

    /// It is somebody's turn, for whom those who wait, if there are some, go on waiting. Whether they will join them nobody
    /// knows: of those who are refused there may be no end.
    pub(super) fn turn(&mut self) {
        self.turns += usize::from(!self.is_empty());
    }

    pub(super) fn join(&mut self) -> Committed {
        let (tell, hears) = oneshot::channel();
        self.waits.push(tell);
        hears
    }

    /// Tells all that it is done. Whoever went away meanwhile has it done all the same.
    pub(super) fn tell(self) {
        for waits in self.waits {
            let _ = waits.send(());
        }
    }
}
