//! What a transaction reads: the same rows as its scope, as they are within it.

use super::Tx;
use crate::db::On;
use crate::problem::Problem;
use crate::scope::find::Find;
use crate::scope::rows::Tenanted;
use crate::scope::{Eyes, Look};
use sea_orm::ColumnTrait as _;
use uuid::Uuid;

impl Tx<'_> {
    /// Rows of `E` that the scope may see, as this transaction sees them.
    #[must_use]
    pub fn find<E: Tenanted>(&self) -> Find<'_, E> {
        Find { select: self.scope.select::<E>(), on: On::Tx(&self.tx) }
    }

    /// As [`Tx::find`], with rows that were deleted.
    #[must_use]
    pub(crate) fn find_buried<E: Tenanted>(&self) -> Find<'_, E> {
        Find { select: self.scope.select_all::<E>(&self.scope.look(false)), on: On::Tx(&self.tx) }
    }

    /// Rows of the whole business, whoever may see them: only to name, masked, the row that is in
    /// the way of a unique value.
    #[must_use]
    pub(crate) fn find_masked<E: Tenanted>(&self) -> Find<'_, E> {
        let look = Look { eyes: &Eyes::All, tenant_id: self.scope.tenant_id, write: false };
        Find { select: self.scope.select_for::<E>(&look), on: On::Tx(&self.tx) }
    }

    /// Rows of `E` that other eyes see, or may change: for a transaction that sees the whole business in the name
    /// of somebody who does not.
    #[must_use]
    pub(crate) fn find_as<E: Tenanted>(&self, eyes: &Eyes, write: bool) -> Find<'_, E> {
        let look = Look { eyes, tenant_id: self.scope.tenant_id, write };
        Find { select: self.scope.select_for::<E>(&look), on: On::Tx(&self.tx) }
    }

    /// As [`Tx::find_masked`], with rows that were deleted.
    #[must_use]
    pub(crate) fn find_buried_masked<E: Tenanted>(&self) -> Find<'_, E> {
        let look = Look { eyes: &Eyes::All, tenant_id: self.scope.tenant_id, write: false };
        Find { select: self.scope.select_all::<E>(&look), on: On::Tx(&self.tx) }
    }

    /// The row, if it may be changed.
    ///
    /// # Errors
    /// 404 when the row cannot be seen, 403 `row_read_only` when it can only be read.
    pub async fn find_to_change<E: Tenanted>(&self, id: Uuid) -> Result<E::Model, Problem> {
        self.one_to_change(self.find_to_change_all::<E>(), id).await
    }

    /// As [`Tx::find_to_change`], and the row stays as it is until the transaction ends: for what is about to be hung on
    /// it. A customer who is merged into another one meanwhile would take it along out of sight. Others may hang
    /// something on the row at the same time, so whoever changes the row itself does that first instead.
    ///
    /// # Errors
    /// As [`Tx::find_to_change`].
    pub(crate) async fn hold_to_hang_on<E: Tenanted>(&self, id: Uuid) -> Result<E::Model, Problem> {
        self.one_to_change(self.find_to_change_all::<E>().held(), id).await
    }

    async fn one_to_change<E: Tenanted>(&self, rows: Find<'_, E>, id: Uuid) -> Result<E::Model, Problem> {
        match rows.filter(E::key().eq(id)).one().await? {
            Some(row) => Ok(row),
            None if self.find::<E>().filter(E::key().eq(id)).one().await?.is_some() => {
                Err(Problem::Forbidden("row_read_only"))
            }
            None => Err(Problem::NotFound),
        }
    }

    /// Rows that may be changed, of those that can be seen.
    #[must_use]
    pub(crate) fn find_to_change_all<E: Tenanted>(&self) -> Find<'_, E> {
        Find { select: self.scope.select_for::<E>(&self.scope.look(true)), on: On::Tx(&self.tx) }
    }
}
