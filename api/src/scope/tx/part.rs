//! Parts of a transaction, which may fail by themselves.

use super::Tx;
use crate::problem::Problem;

impl Tx<'_> {
    /// Does something that may fail without taking what was done before with it. The inner refusal leaves nothing
    /// behind; a transaction that is lost as a whole is the outer one.
    ///
    /// # Errors
    /// When the database does not answer, or another transaction stood in the way.
    pub(crate) async fn attempt<T>(
        &self,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<T, Problem>,
    ) -> Result<Result<T, Problem>, Problem> {
        let inner = Tx::of(self.scope, self.tx.part().await?);
        match work(&inner).await {
            Ok(done) => {
                inner.unbroken()?;
                inner.tx.commit().await?;
                self.wrote.set(self.wrote.get() || inner.wrote.get());
                self.showed.set(self.showed.get() || inner.showed.get());
                self.entries.borrow_mut().extend(inner.entries.into_inner());
                Ok(Ok(done))
            }
            Err(problem @ Problem::Internal(_)) => Err(problem),
            Err(problem @ Problem::Conflict { code: "in_progress", .. }) => Err(problem),
            Err(problem) => {
                inner.tx.rollback().await?;
                Ok(Err(problem))
            }
        }
    }

    pub(super) fn unbroken(&self) -> Result<(), Problem> {
        match self.halved.get() {
            true => Err(Problem::Internal(anyhow::anyhow!("rows were refused, and the rest of them is not to stay"))),
            false => Ok(()),
        }
    }
}
