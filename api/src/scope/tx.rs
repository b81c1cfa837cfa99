//! A transaction of a scope: every write of a feature goes through here, where it gets its tenant,
//! its version, its times and its place in the audit record.

mod asked;
mod many;
mod part;
mod reads;

use super::audit::{self, Diff, Entry};
use super::find::Find;
use super::rows::{Again, Aggregate, Tenanted};
use super::{Eyes, Reads, Scope};
use crate::db::{self, Pace, Transaction};
use crate::jobs::{self, Job};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, IntoCondition, Value};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue, ColumnTrait as _, DbErr, EntityTrait, ModelTrait as _, QueryFilter as _,
    QuerySelect,
};
use serde_json::Map;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use uuid::Uuid;

/// A transaction. Dropped without [`Tx::commit`], it never happened.
pub struct Tx<'s> {
    scope: &'s Scope,
    tx: Transaction,
    wrote: Cell<bool>,
    /// Something was written that decides who sees what.
    showed: Cell<bool>,
    /// Of rows that go together some may be there without the others.
    halved: Cell<bool>,
    entries: RefCell<Vec<Entry>>,
    hopes: Option<asked::Hopes>,
    _open: Open<'s>,
}

/// While it lives, the scope of a transaction says that it is open.
struct Open<'s>(&'s AtomicUsize);

impl<'s> Open<'s> {
    fn of(scope: &'s Scope) -> Self {
        scope.begun.fetch_add(1, Ordering::Relaxed);
        Self(&scope.begun)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Scope {
    /// Begins a transaction. It borrows the scope, so that nothing is read beside it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&mut self) -> Result<Tx<'_>, DbErr> {
        let this: &Scope = self;
        this.begin_shared().await
    }

    pub(super) async fn begin_shared(&self) -> Result<Tx<'_>, DbErr> {
        // Who is logged in waits for the answer; a job is no session's, and may write for a long time.
        let pace = if self.origin.session_id.is_some() { Pace::Brief } else { Pace::Long };
        Ok(Tx::of(self, self.at.db.begin(pace)))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where a feature's writes begin")]
impl Tx<'_> {
    /// Why an update found nothing: a row that is there to be read says so instead of seeming stale.
    async fn may_change<E: Tenanted>(&self, id: Uuid) -> Result<(), DbErr> {
        if !matches!(self.scope.eyes, Eyes::Staff(_)) {
            return Ok(());
        }
        match self.find_to_change::<E>(id).await {
            Err(Problem::Forbidden(code)) => Err(DbErr::Custom(code.to_owned())),
            _ => Ok(()),
        }
    }

    /// Inserts a row of this business. An aggregate gets version 1 and its times, and is audited.
    ///
    /// # Errors
    /// When an id or a unique value is taken, or a row it points at is not of this business.
    pub async fn insert<E: Tenanted>(&self, row: E::ActiveModel) -> Result<(), DbErr> {
        self.writes::<E>();
        let row = self.stamped::<E>(row);
        let id = match row.get(E::key()) {
            ActiveValue::Set(Value::Uuid(id)) => id,
            _ => None,
        };
        self.record_fields::<E>("create", id, Diff::of::<E>(None, Some(&row)));
        db::insert(&self.tx, vec![row]).await
    }

    /// Inserts rows that hang on another row.
    ///
    /// # Errors
    /// As [`Tx::insert`].
    pub async fn insert_many<E: Tenanted>(&self, rows: impl IntoIterator<Item = E::ActiveModel>) -> Result<(), DbErr> {
        let rows: Vec<_> = rows.into_iter().map(|row| self.stamped::<E>(row)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.writes::<E>();
        let inserted = db::insert_halves(&self.tx, rows).await;
        self.halved.set(self.halved.get() || inserted.is_err());
        inserted
    }

    /// Changes a row if it can be seen and still has `version` (`None`: whatever it has). `false`
    /// when there is no such row.
    ///
    /// # Errors
    /// When a unique value is taken.
    pub async fn update<E: Tenanted>(
        &self,
        id: Uuid,
        version: Option<i64>,
        change: E::ActiveModel,
    ) -> Result<bool, DbErr> {
        self.rewrite::<E>("update", id, version, change).await
    }

    /// Changes a row and records what stood there before: one statement more, in which the row is
    /// held so that nobody changes it meanwhile.
    async fn rewrite<E: Tenanted>(
        &self,
        action: &'static str,
        id: Uuid,
        version: Option<i64>,
        mut change: E::ActiveModel,
    ) -> Result<bool, DbErr> {
        self.writes::<E>();
        let mut again = Vec::new();
        if E::NAME.is_some() {
            let held = self.find::<E>().filter(E::key().eq(id)).shape(QuerySelect::lock_exclusive).all().await?;
            let Some(before) = held.first() else { return Ok(false) };
            let after = (action != "delete").then_some(&change);
            self.record_fields::<E>(action, Some(id), Diff::of::<E>(Some(before), after));
            again = repeats::<E>(&change, |column, value| before.get(column) != *value);
        }
        let mut update = self.scoped_update::<E>(id);
        if let Some(Aggregate { version: column, updated_at, live, .. }) = E::aggregate() {
            set(&mut change, updated_at, self.scope.now.into());
            update = update.filter(live.eq(1)).col_expr(column, Expr::col(column).add(1));
            if let Some(version) = version {
                update = update.filter(column.eq(version));
            }
        }
        let found = self.found::<E>(id, update.set(change).exec(&self.tx).await?.rows_affected).await?;
        if found {
            self.repeat(&again, &[id]).await?;
        }
        Ok(found)
    }

    async fn found<E: Tenanted>(&self, id: Uuid, rows: u64) -> Result<bool, DbErr> {
        if rows == 0 {
            self.may_change::<E>(id).await?;
        }
        Ok(rows > 0)
    }

    /// Sets what follows from other rows, such as when a customer was last spoken to: nobody edited
    /// the row, so its version stays and the record names the row that caused it. `false` when there
    /// is no such row.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn derive<E: Tenanted>(&self, id: Uuid, mut change: E::ActiveModel) -> Result<bool, DbErr> {
        self.writes::<E>();
        let mut update = self.scoped_update::<E>(id);
        if let Some(Aggregate { updated_at, live, .. }) = E::aggregate() {
            set(&mut change, updated_at, self.scope.now.into());
            update = update.filter(live.eq(1));
        }
        debug_assert!(
            repeats::<E>(&change, |_, _| true).is_empty(),
            "what is repeated elsewhere does not follow from other rows"
        );
        self.found::<E>(id, update.set(change).exec(&self.tx).await?.rows_affected).await
    }

    /// Says, with its reason, that what was written so far needs no audit entry.
    pub fn unrecorded(&self, _reason: &'static str) {
        self.wrote.set(false);
    }

    fn scoped_update<E: Tenanted>(&self, id: Uuid) -> sea_orm::UpdateMany<E> {
        E::update_many()
            .filter(E::tenant().eq(self.scope.tenant_id))
            .filter(E::key().eq(id))
            .filter(E::rows(&self.scope.look(true)))
    }

    /// Deletes an aggregate softly: it stays as a tombstone, and its unique values are free again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn bury<E: Tenanted>(&self, id: Uuid, version: Option<i64>) -> Result<bool, DbErr> {
        let mut tombstone = <E::ActiveModel as Default>::default();
        if let Some(Aggregate { deleted_at, live, .. }) = E::aggregate() {
            set(&mut tombstone, deleted_at, Some(self.scope.now).into());
            set(&mut tombstone, live, Value::BigInt(None));
        }
        self.rewrite::<E>("delete", id, version, tombstone).await
    }

    /// Removes rows that hang on another row. They leave no tombstone.
    ///
    /// # Errors
    /// When another row still points at one of them.
    pub async fn remove<E: Tenanted>(&self, condition: impl IntoCondition) -> Result<u64, DbErr> {
        self.wrote.set(true);
        let delete = E::delete_many()
            .filter(E::tenant().eq(self.scope.tenant_id))
            .filter(E::rows(&self.scope.look(true)))
            .filter(condition.into_condition());
        let removed = delete.exec(&self.tx).await?.rows_affected;
        // Where nothing was, nobody sees anything else now.
        if removed > 0 {
            self.writes::<E>();
        }
        Ok(removed)
    }

    /// Puts something into the audit record that is not an insert, update or delete by itself.
    pub fn audit(&self, action: &'static str, resource: &'static str, id: Option<Uuid>, changes: serde_json::Value) {
        self.entries.borrow_mut().push(Entry { action, resource, id, changes, diff: Diff::default() });
    }

    /// Says in the entry of a row that was just written what became of something that no column of it
    /// holds alone: old and new value, under the person's key, or the mere fact.
    pub(crate) fn record_personal(&self, id: Uuid, name: String, values: Option<Map<String, serde_json::Value>>) {
        if let Some(entry) = self.entries.borrow_mut().iter_mut().rev().find(|entry| entry.id == Some(id)) {
            entry.diff.add(name, values);
        }
    }

    /// Enqueues a job; it exists exactly if this transaction commits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn enqueue<J: Job>(&self, job: &J, run_at: DateTime<Utc>) -> Result<(), Problem> {
        jobs::enqueue(&self.tx, self.scope.tenant_id, self.scope.now, job, run_at).await
    }

    /// As [`Tx::enqueue`], several of a kind at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn enqueue_all<J: Job>(
        &self,
        jobs: impl IntoIterator<Item = (J, DateTime<Utc>)>,
    ) -> Result<(), Problem> {
        jobs::enqueue_all(&self.tx, self.scope.tenant_id, self.scope.now, jobs).await
    }

    /// Commits, with the audit record of everything that was done.
    ///
    /// # Errors
    /// When something was written and nothing recorded: a change that nobody could trace. When rows that go together
    /// were refused before.
    pub async fn commit(self) -> Result<(), Problem> {
        self.finish().await
    }

    /// As [`Tx::commit`], for whoever asks afterwards why something was refused that nobody waited for.
    pub(super) async fn finish(&self) -> Result<(), Problem> {
        self.unbroken()?;
        let entries = self.entries.take();
        if self.wrote.get() && entries.is_empty() {
            return Err(Problem::Internal(anyhow::anyhow!("a change without an audit entry")));
        }
        audit::write(&self.tx, self.scope, entries).await?;
        self.tx.finish().await?;
        if self.showed.get() {
            self.scope.at.snapshots.forget_business(self.scope.tenant_id);
        }
        Ok(())
    }

    /// Throws it away, for whoever then reads beside it. What was found in it may be another one's, with whom it would have
    /// been committed; that one's is there for everybody afterwards.
    pub(crate) async fn give_up(self) {
        self.tx.give_up().await;
    }

    fn of(scope: &Scope, tx: Transaction) -> Tx<'_> {
        Tx {
            scope,
            tx,
            wrote: Cell::new(false),
            showed: Cell::new(false),
            halved: Cell::new(false),
            entries: RefCell::default(),
            hopes: None,
            _open: Open::of(scope),
        }
    }

    /// Rows of `E` are written: an entry is due, and perhaps other people see other rows from now on.
    fn writes<E: Tenanted>(&self) {
        self.wrote.set(true);
        self.showed.set(self.showed.get() || E::SHOWS);
    }

    /// The raw transaction, for tables of the scope module itself.
    pub(super) fn raw(&self) -> &Transaction {
        &self.tx
    }

    pub(crate) fn system(&self) -> super::system::SystemTx<'_> {
        super::system::SystemTx::new(&self.tx, self.scope)
    }

    fn stamped<E: Tenanted>(&self, mut row: E::ActiveModel) -> E::ActiveModel {
        set(&mut row, E::tenant(), self.scope.tenant_id.into());
        if let Some(Aggregate { version, created_at, updated_at, live, deleted_at }) = E::aggregate() {
            set(&mut row, version, 1_i64.into());
            set(&mut row, created_at, self.scope.now.into());
            set(&mut row, updated_at, self.scope.now.into());
            set(&mut row, live, Some(1_i64).into());
            set(&mut row, deleted_at, Value::ChronoDateTimeUtc(None));
        }
        row
    }

    /// Records what became of the fields of a row, if the row has a name in the record.
    fn record_fields<E: Tenanted>(&self, action: &'static str, id: Option<Uuid>, diff: Diff) {
        if let Some(resource) = E::NAME {
            self.entries.borrow_mut().push(Entry { action, resource, id, changes: serde_json::Value::Null, diff });
        }
    }
}

/// What is to be written again after a change: where another table repeats a column that it sets, and that `differs`
/// from what was there.
fn repeats<E: Tenanted>(change: &E::ActiveModel, differs: impl Fn(E::Column, &Value) -> bool) -> Vec<Again> {
    let sets = |column: &E::Column| matches!(change.get(*column), ActiveValue::Set(value) if differs(*column, &value));
    E::repeated().iter().filter(|one| one.columns.iter().any(sets)).map(|one| one.again).collect()
}

/// Sets a column whose type the entity fixed.
fn set<A: sea_orm::ActiveModelTrait>(row: &mut A, column: <A::Entity as EntityTrait>::Column, value: Value) {
    row.set(column, value);
}

impl Reads for Tx<'_> {
    fn rows<E: Tenanted>(&self) -> Find<'_, E> {
        self.find()
    }

    fn rows_of_all<E: Tenanted>(&self) -> Find<'_, E> {
        self.find_masked()
    }

    async fn job_waits<J: Job>(&self, meant: impl Fn(&J) -> bool) -> Result<bool, DbErr> {
        jobs::waits(&self.tx, self.scope.tenant_id, meant).await
    }

    fn scope(&self) -> &Scope {
        self.scope
    }
}

impl std::ops::Deref for Tx<'_> {
    type Target = Scope;

    fn deref(&self) -> &Scope {
        self.scope
    }
}
