//! This tenant, this actor, this moment: the only database handle a feature ever sees.
//!
//! A [`Scope`] keeps its connection to itself. It can be had in three ways only: a handler names a
//! permission ([`Can`]), a job runs for its row's business ([`system`]), or a customer proved that
//! an order is theirs ([`system`]).

mod actor;
mod audit;
mod can;
mod checked;
mod fields;
mod find;
pub(crate) mod once;
mod rows;
pub(crate) mod system;
mod tx;

pub use actor::{Actor, Eyes, Look, Sight, Staffer};
pub(crate) use audit::{Event, INSTALLATION, Origin};
pub use audit::{Fields, Kind, Verdict, kind};
pub(crate) use audit::{entity as audit_entry, words as audit_words};
pub use can::{Can, Enrolling, LoggedIn, Mine, Operating, Vouched, grants};
pub(crate) use checked::body_limit;
pub use checked::{Checked, IfMatch, Path, Query};
pub use fields::{Amount, changeable};
pub use find::{COUNT_CAP, Find, Shaped};
pub use once::{Accepted, Created, Once};
pub(crate) use rows::hidden;
pub use rows::{Aggregate, Begun, Repeated, Tenanted, every, none, through};
pub use tx::Tx;

use crate::crypto::TenantKeys;
use crate::db::{On, by_key};
use crate::installation::Installation;
use crate::jobs::{self, Job};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use domain::permission::{FieldRule, Permission};
use domain::rights::{FieldRules, Rights};
use sea_orm::{ColumnTrait as _, Condition, DbErr, QueryFilter as _, Select};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use uuid::{Builder, Uuid};

/// Who the record says it was.
#[derive(Debug, Clone)]
pub struct Who {
    /// Staff or account; none for the system itself.
    pub id: Option<Uuid>,
    /// The name colleagues know them by.
    pub name: String,
}

impl Who {
    /// Whoever may run `shuke` on the machine.
    pub(crate) fn at_the_console() -> Self {
        Self { id: None, name: "shuke admin".to_owned() }
    }
}

/// This tenant, this actor, this moment.
pub struct Scope {
    at: Arc<Installation>,
    tenant_id: i64,
    eyes: Eyes,
    who: Who,
    stepped_up: bool,
    keys: Arc<TenantKeys>,
    origin: Origin,
    now: DateTime<Utc>,
    /// Transactions that are open: whoever reads beside it would wait, with a connection in hand, for a second one.
    begun: Arc<AtomicUsize>,
}

impl Scope {
    fn new(at: Arc<Installation>, tenant_id: i64, eyes: Eyes, who: Who, keys: Arc<TenantKeys>, origin: Origin) -> Self {
        let now = at.clock.now();
        Self { at, tenant_id, eyes, who, stepped_up: false, keys, origin, now, begun: Arc::default() }
    }

    fn with_step_up(mut self, stepped_up: bool) -> Self {
        self.stepped_up = stepped_up;
        self
    }

    /// Whether the actor proved a second time, a short while ago, that it is they.
    pub(crate) fn stepped_up(&self) -> bool {
        self.stepped_up
    }

    /// Whether the member of staff who acts may also do something that depends on the body, such as
    /// naming another owner. Jobs and customers may not.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.rights().is_some_and(|rights| rights.can(permission))
    }

    /// The rights of the member of staff who acts; none for jobs and the customer side.
    #[must_use]
    pub fn rights(&self) -> Option<&Rights> {
        match &self.eyes {
            Eyes::Staff(sight) => Some(&sight.rights),
            Eyes::All | Eyes::Orders(_) => None,
        }
    }

    /// What is shown of the fields that not everybody should see. Jobs and customers, who see their own
    /// orders, see them all.
    #[must_use]
    pub fn fields(&self) -> FieldRules {
        const OPEN: FieldRules = FieldRules::alike(FieldRule::Show, FieldRule::Show);
        self.rights().map_or(OPEN, |rights| rights.fields)
    }

    /// Whether the member of staff who acts is one of those for whom a pool is there. A job is everywhere.
    #[must_use]
    pub fn sees_pool(&self, pool: Uuid) -> bool {
        match &self.eyes {
            Eyes::Staff(sight) => sight.sees_pool(pool),
            Eyes::All => true,
            Eyes::Orders(_) => false,
        }
    }

    /// When this request or job began; every row it writes carries this instant.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The business.
    #[must_use]
    pub fn tenant_id(&self) -> i64 {
        self.tenant_id
    }

    /// Who acts.
    #[must_use]
    pub fn who(&self) -> &Who {
        &self.who
    }

    /// The member of staff who acts.
    ///
    /// # Errors
    /// For jobs and the customer side: nobody there is staff.
    pub fn me(&self) -> Result<Uuid, Problem> {
        self.who.id.ok_or(Problem::Forbidden("side_wrong"))
    }

    /// The keys of the business.
    #[must_use]
    pub fn keys(&self) -> &TenantKeys {
        &self.keys
    }

    /// A fresh id: UUIDv7 of this moment.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        new_id(self.now)
    }

    /// The id a client chose, or a fresh one.
    ///
    /// # Errors
    /// When it is not a UUIDv7 or lies more than five minutes ahead: lists and pages order by the
    /// server's time, and an id from the future would say otherwise.
    pub fn id_for(&self, chosen: Option<Uuid>) -> Result<Uuid, Problem> {
        let Some(id) = chosen else { return Ok(self.new_id()) };
        let Some(stamp) = id.get_timestamp().filter(|_| id.get_version_num() == 7) else {
            return Err(Problem::field("id", "id_version"));
        };
        let (seconds, _) = stamp.to_unix();
        let ahead = i64::try_from(seconds).unwrap_or(i64::MAX) > self.now.timestamp() + 300;
        if ahead { Err(Problem::field("id", "id_ahead")) } else { Ok(id) }
    }

    /// Rows of `E` that this scope may see.
    #[must_use]
    pub fn find<E: Tenanted>(&self) -> Find<'_, E> {
        Find { select: self.select::<E>(), on: self.pool() }
    }

    /// As [`Scope::find`], with rows that were deleted.
    #[must_use]
    pub(crate) fn find_buried<E: Tenanted>(&self) -> Find<'_, E> {
        Find { select: self.select_all::<E>(&self.look(false)), on: self.pool() }
    }

    /// The rows with these ids, with deleted ones. Only the key leads to them, and what the actor sees is asked of
    /// each: otherwise the parts of it tempt to walk other indexes.
    #[must_use]
    pub(crate) fn find_these<E: Tenanted>(&self, ids: Vec<Uuid>) -> Find<'_, E> {
        let seen = E::rows(&self.look(false));
        let seen = if seen.is_empty() { seen } else { Condition::all().add(hidden(seen)) };
        let select = self.of_business::<E>().filter(seen).filter(E::key().is_in(ids));
        Find { select: by_key(select), on: self.pool() }
    }

    /// The same actor and moment over the whole business, for what must not stop at the rows the actor
    /// sees. Whoever calls it has checked that they may begin it.
    #[must_use]
    pub(crate) fn whole(&self) -> Self {
        Self {
            at: Arc::clone(&self.at),
            tenant_id: self.tenant_id,
            eyes: Eyes::All,
            who: self.who.clone(),
            stepped_up: self.stepped_up,
            keys: Arc::clone(&self.keys),
            origin: self.origin.clone(),
            now: self.now,
            begun: Arc::clone(&self.begun),
        }
    }

    /// Where the scope itself reads. Sixteen requests that each hold one of eight connections and want another wait
    /// for ever (measured), so what is read while a transaction is open is read in it.
    fn pool(&self) -> On<'_> {
        debug_assert_eq!(self.begun.load(Ordering::Relaxed), 0, "read beside an open transaction");
        On::Near(&self.at.db.near)
    }

    /// The settings that features may know.
    pub(crate) fn config(&self) -> &crate::config::Config {
        &self.at.config
    }

    pub(crate) fn installation(&self) -> &Arc<Installation> {
        &self.at
    }

    /// Rows of `E` that other eyes see in this business: to say what a colleague sees.
    #[must_use]
    pub(crate) fn find_as<E: Tenanted>(&self, eyes: &Eyes, write: bool) -> Find<'_, E> {
        let look = Look { eyes, tenant_id: self.tenant_id, write };
        Find { select: self.select_for::<E>(&look), on: self.pool() }
    }

    /// What this actor's eyes make conditions from.
    pub(crate) fn look(&self, write: bool) -> Look<'_> {
        Look { eyes: &self.eyes, tenant_id: self.tenant_id, write }
    }

    fn select<E: Tenanted>(&self) -> Select<E> {
        self.select_for(&self.look(false))
    }

    /// Where every query of a feature begins.
    fn of_business<E: Tenanted>(&self) -> Select<E> {
        E::begun().select.clone().filter(E::tenant().eq(self.tenant_id))
    }

    fn select_all<E: Tenanted>(&self, look: &Look<'_>) -> Select<E> {
        self.of_business::<E>().filter(E::rows(look))
    }

    fn select_for<E: Tenanted>(&self, look: &Look<'_>) -> Select<E> {
        let select = self.select_all::<E>(look);
        match E::aggregate() {
            Some(aggregate) => select.filter(aggregate.live.eq(1)),
            None => select,
        }
    }
}

/// UUIDv7 of a moment.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &crate::crypto::random()).into_uuid()
}

/// An id for each of these instants: those of one instant ascend in the order in which they are given, so that rows
/// written together are listed as they were read. Nothing else may lean on that.
pub(crate) fn new_ids(instants: impl IntoIterator<Item = DateTime<Utc>>) -> Vec<Uuid> {
    const LOT: u128 = (1 << 80) - 1;
    let stamps: Vec<u128> = instants.into_iter().map(|at| new_id(at).as_u128()).collect();
    let mut lots: Vec<u128> = stamps.iter().map(|id| id & LOT).collect();
    lots.sort_unstable();
    stamps.iter().zip(lots).map(|(stamp, lot)| Uuid::from_u128(stamp & !LOT | lot)).collect()
}

/// Rows can be read through a scope or, inside a transaction, through the transaction.
pub trait Reads {
    /// Rows of `E` that this scope may see.
    fn rows<E: Tenanted>(&self) -> Find<'_, E>;

    /// Rows of `E` of the whole business: for what must not stop at the rows that the actor sees.
    fn rows_of_all<E: Tenanted>(&self) -> Find<'_, E>;

    /// Whether a job of this business is still to be done for which `meant` holds.
    fn job_waits<J: Job>(&self, meant: impl Fn(&J) -> bool) -> impl Future<Output = Result<bool, DbErr>>;

    /// The scope itself, for its keys and its moment.
    fn scope(&self) -> &Scope;
}

impl Reads for Scope {
    fn rows<E: Tenanted>(&self) -> Find<'_, E> {
        self.find()
    }

    fn rows_of_all<E: Tenanted>(&self) -> Find<'_, E> {
        self.find_as(&Eyes::All, false)
    }

    async fn job_waits<J: Job>(&self, meant: impl Fn(&J) -> bool) -> Result<bool, DbErr> {
        jobs::waits(&self.pool(), self.tenant_id, meant).await
    }

    fn scope(&self) -> &Scope {
        self
    }
}
