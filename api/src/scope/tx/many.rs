//! Writes that are not one row by its id: many rows at once, rows taken out of a pool, tombstones that rise.

use super::{Tx, repeats, set};
use crate::db;
use crate::scope::audit::Diff;
use crate::scope::rows::{Again, Aggregate, Tenanted};
use crate::scope::{Eyes, Look};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, IntoCondition, OnConflict, Value};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait, Iterable as _, ModelTrait as _, PrimaryKeyToColumn,
    QueryFilter as _, TryIntoModel,
};
use uuid::Uuid;

/// Rows to be, and as they stand then.
type Dated<E> = (Vec<<E as EntityTrait>::ActiveModel>, Vec<<E as EntityTrait>::Model>);

#[expect(clippy::disallowed_methods, reason = "with tx.rs the one place where a feature's writes begin")]
impl Tx<'_> {
    /// As [`Tx::insert_many`], of rows that nothing refuses: they go with whatever is said next, and the transaction is
    /// lost when one of them is refused all the same.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn append_many<E: Tenanted>(
        &self,
        rows: impl IntoIterator<Item = E::ActiveModel>,
    ) -> Result<(), DbErr> {
        let rows: Vec<_> = rows.into_iter().map(|row| self.stamped::<E>(row)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.writes::<E>();
        db::append(&self.tx, rows).await
    }

    /// Inserts those of the rows whose keys are not there yet.
    ///
    /// # Errors
    /// When a row points at one that is not of this business.
    pub(crate) async fn insert_missing<E: Tenanted>(&self, rows: Vec<E::ActiveModel>) -> Result<(), DbErr> {
        if rows.is_empty() {
            return Ok(());
        }
        self.writes::<E>();
        let rows = rows.into_iter().map(|row| self.stamped::<E>(row));
        let key: Vec<_> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
        let known = OnConflict::columns(key.iter().copied()).do_nothing_on(key.iter().copied()).to_owned();
        E::insert_many(rows).on_conflict(known).exec_without_returning(&self.tx).await.map(|_| ())
    }

    /// Changes a row that can be seen but not changed, in the one way that `condition` allows: such as
    /// taking a customer out of the pool. `false` when the condition no longer holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn take<E: Tenanted>(
        &self,
        id: Uuid,
        condition: impl IntoCondition,
        mut change: E::ActiveModel,
    ) -> Result<bool, DbErr> {
        self.writes::<E>();
        let mut update = E::update_many()
            .filter(E::tenant().eq(self.scope.tenant_id))
            .filter(E::key().eq(id))
            .filter(E::rows(&self.scope.look(false)))
            .filter(condition.into_condition());
        if let Some(Aggregate { version, updated_at, live, .. }) = E::aggregate() {
            set(&mut change, updated_at, self.scope.now.into());
            update = update.filter(live.eq(1)).col_expr(version, Expr::col(version).add(1));
        }
        let again = repeats::<E>(&change, |_, _| true);
        let taken = update.set(change).exec(&self.tx).await?.rows_affected > 0;
        if taken {
            self.repeat(&again, &[id]).await?;
        }
        Ok(taken)
    }

    /// Changes many rows in the same way, each with an entry of its own in the record.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn update_all<E: Tenanted>(
        &self,
        rows: &[(Uuid, E::Model)],
        action: &'static str,
        change: E::ActiveModel,
    ) -> Result<(), DbErr> {
        self.update_these::<E>(rows, &self.scope.look(true), action, change).await
    }

    /// As [`Tx::update_all`], of rows of the whole business, whoever may change them: whoever calls it has checked that what
    /// they belong to may be changed. What lies on a tombstone nobody sees but whoever sees everything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn update_all_masked<E: Tenanted>(
        &self,
        rows: &[(Uuid, E::Model)],
        action: &'static str,
        change: E::ActiveModel,
    ) -> Result<(), DbErr> {
        let look = Look { eyes: &Eyes::All, tenant_id: self.scope.tenant_id, write: true };
        self.update_these::<E>(rows, &look, action, change).await
    }

    async fn update_these<E: Tenanted>(
        &self,
        rows: &[(Uuid, E::Model)],
        look: &Look<'_>,
        action: &'static str,
        mut change: E::ActiveModel,
    ) -> Result<(), DbErr> {
        self.writes::<E>();
        for (id, before) in rows {
            self.record_fields::<E>(action, Some(*id), Diff::of::<E>(Some(before), Some(&change)));
        }
        let mut update = E::update_many()
            .filter(E::tenant().eq(self.scope.tenant_id))
            .filter(E::key().is_in(rows.iter().map(|(id, _)| *id)))
            .filter(E::rows(look));
        if let Some(Aggregate { version, updated_at, live, .. }) = E::aggregate() {
            set(&mut change, updated_at, self.scope.now.into());
            update = update.filter(live.eq(1)).col_expr(version, Expr::col(version).add(1));
        }
        let again = repeats::<E>(&change, |column, value| rows.iter().any(|(_, row)| row.get(column) != *value));
        update.set(change).exec(&self.tx).await?;
        self.repeat(&again, &rows.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await
    }

    /// Writes again, where it is repeated, what the rows with these ids say.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn repeat(&self, again: &[Again], ids: &[Uuid]) -> Result<(), DbErr> {
        for again in again {
            self.tx.execute(&again(self.scope.tenant_id, ids)).await?;
        }
        Ok(())
    }

    /// As [`Tx::derive`], for every row that meets a condition.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn derive_all<E: Tenanted>(
        &self,
        condition: impl IntoCondition,
        change: E::ActiveModel,
    ) -> Result<u64, DbErr> {
        self.writes::<E>();
        debug_assert!(repeats::<E>(&change, |_, _| true).is_empty(), "what is repeated elsewhere changes by its ids");
        let update = E::update_many()
            .filter(E::tenant().eq(self.scope.tenant_id))
            .filter(E::rows(&self.scope.look(true)))
            .filter(condition.into_condition());
        Ok(update.set(change).exec(&self.tx).await?.rows_affected)
    }

    /// Inserts rows that were made before this moment, each when it is said. Whoever calls it records it.
    ///
    /// # Errors
    /// As [`Tx::insert`].
    pub(crate) async fn insert_dated<E: Tenanted>(
        &self,
        rows: impl IntoIterator<Item = (DateTime<Utc>, E::ActiveModel)>,
    ) -> Result<(), DbErr> {
        let rows = rows.into_iter().map(|(at, row)| {
            let mut row = self.stamped::<E>(row);
            if let Some(Aggregate { created_at, updated_at, .. }) = E::aggregate() {
                set(&mut row, created_at, at.into());
                set(&mut row, updated_at, at.into());
            }
            row
        });
        self.writes::<E>();
        db::insert(&self.tx, rows.collect()).await
    }

    /// Inserts many rows of their own, each with its entry in the record, and each made when it is said. Answers
    /// them as they stand now, without reading them again; every column must be set.
    ///
    /// # Errors
    /// As [`Tx::insert`], and when a column was left out; none of them is inserted then.
    pub(crate) async fn insert_all<E: Tenanted>(
        &self,
        rows: impl IntoIterator<Item = (Uuid, Option<DateTime<Utc>>, E::ActiveModel)>,
    ) -> Result<Vec<E::Model>, DbErr>
    where
        E::ActiveModel: TryIntoModel<E::Model>,
    {
        let (rows, shown) = self.dated::<E>(rows)?;
        db::insert(&self.tx, rows).await?;
        Ok(shown)
    }

    /// Rows of their own as they are inserted, each with its entry in the record, and as they stand then.
    pub(super) fn dated<E: Tenanted>(
        &self,
        rows: impl IntoIterator<Item = (Uuid, Option<DateTime<Utc>>, E::ActiveModel)>,
    ) -> Result<Dated<E>, DbErr>
    where
        E::ActiveModel: TryIntoModel<E::Model>,
    {
        self.writes::<E>();
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(id, at, row)| {
                let mut row = self.stamped::<E>(row);
                if let (Some(at), Some(Aggregate { created_at, .. })) = (at, E::aggregate()) {
                    set(&mut row, created_at, at.into());
                }
                self.record_fields::<E>("create", Some(id), Diff::of::<E>(None, Some(&row)));
                row
            })
            .collect();
        let shown = rows.iter().cloned().map(TryIntoModel::try_into_model).collect::<Result<Vec<_>, _>>()?;
        Ok((rows, shown))
    }

    /// Makes a tombstone a row again, with what is `risen` besides: one statement, and one version. Its unique values must
    /// be free. `false`, and nothing is said, when it is none.
    ///
    /// # Errors
    /// When one of them is taken.
    pub(crate) async fn unbury<E: Tenanted>(&self, id: Uuid, mut risen: E::ActiveModel) -> Result<bool, DbErr> {
        let mut update = self.scoped_update::<E>(id);
        if let Some(Aggregate { version, updated_at, deleted_at, live, .. }) = E::aggregate() {
            set(&mut risen, deleted_at, Value::ChronoDateTimeUtc(None));
            set(&mut risen, live, Some(1_i64).into());
            set(&mut risen, updated_at, self.scope.now.into());
            update = update.filter(live.is_null()).col_expr(version, Expr::col(version).add(1));
        }
        let again = repeats::<E>(&risen, |_, _| true);
        let risen = update.set(risen).exec(&self.tx).await?.rows_affected > 0;
        if risen {
            self.writes::<E>();
            self.record_fields::<E>("restore", Some(id), Diff::default());
            self.repeat(&again, &[id]).await?;
        }
        Ok(risen)
    }

    /// Overwrites a row that meets a condition, whether it was deleted or not; no version, no time, no entry is made.
    /// `false` when it does not meet it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn overwrite<E: Tenanted>(
        &self,
        id: Uuid,
        condition: impl IntoCondition,
        change: E::ActiveModel,
    ) -> Result<bool, DbErr> {
        self.writes::<E>();
        let again = repeats::<E>(&change, |_, _| true);
        let update = self.scoped_update::<E>(id).filter(condition.into_condition());
        let done = update.set(change).exec(&self.tx).await?.rows_affected > 0;
        if done {
            self.repeat(&again, &[id]).await?;
        }
        Ok(done)
    }
}
