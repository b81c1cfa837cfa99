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

    /// The row, if it may be changed: for what is about to be hung on it.
    ///
    /// # Errors
    /// 404 when the row cannot be seen, 403 `row_read_only` when it can only be read.
    pub async fn find_to_change<E: Tenanted>(&self, id: Uuid) -> Result<E::Model, Problem> {
        let select = self.scope.select_for::<E>(&self.scope.look(true));
        let found = Find { select, on: On::Tx(&self.tx) }.filter(E::key().eq(id)).one().await?;
        match found {
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
