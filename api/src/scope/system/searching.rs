//! Whose customers cannot be searched by the rules of now: after an upgrade, all of them.

use super::System;
use crate::auth::entity::tenant;
use crate::customers::{self, SearchOutdated};
use crate::jobs;
use crate::problem::Problem;
use chrono::Duration;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};

/// Businesses that are begun in one go.
const BATCH: u64 = 200;
/// After this time all is looked at a second time.
const AGAIN: Duration = Duration::hours(1);

#[expect(clippy::disallowed_methods, reason = "goes through all businesses")]
impl System {
    /// Enqueues the indexing of businesses whose index is of older rules, and says how many those are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_indexing(&self, only: Option<i64>) -> Result<usize, Problem> {
        let older = || {
            Condition::any()
                .add(tenant::Column::SearchVersion.is_null())
                .add(tenant::Column::SearchVersion.lt(SearchOutdated::VERSION))
        };
        let rows = tenant::Entity::find()
            .filter(tenant::Column::ErasedAt.is_null())
            .filter(older())
            .filter(Condition::all().add_option(only.map(|id| tenant::Column::Id.eq(id))))
            .limit(BATCH)
            .all(&self.at.db.read)
            .await?;
        let (now, mut begun) = (self.now(), 0);
        for row in rows {
            let tx = self.begin().await?;
            let change = tenant::ActiveModel {
                search_version: Set(Some(SearchOutdated::VERSION)),
                ..tenant::ActiveModel::default()
            };
            // Only one server's update finds it still older.
            let taken = tenant::Entity::update_many().set(change).filter(tenant::Column::Id.eq(row.id)).filter(older());
            if taken.exec(&tx).await?.rows_affected == 1 {
                // A server of the version before may go on for a while beside this one, and write by its rules.
                for at in [now, now + AGAIN] {
                    jobs::enqueue(&tx, row.id, now, &SearchOutdated::new(), at).await?;
                }
                begun += 1;
            }
            tx.commit().await?;
        }
        Ok(begun)
    }

    /// Says that every customer there will be in a business is made searchable with it; `false` when it has
    /// customers already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn begin_sample(&self, tenant_id: i64) -> Result<bool, Problem> {
        let there = customers::Entity::find().filter(customers::Column::TenantId.eq(tenant_id));
        if there.limit(1).one(&self.at.db.read).await?.is_some() {
            return Ok(false);
        }
        let change = tenant::ActiveModel {
            search_version: Set(Some(SearchOutdated::VERSION)),
            ..tenant::ActiveModel::default()
        };
        let done = tenant::Entity::update_many().set(change).filter(tenant::Column::Id.eq(tenant_id));
        Ok(done.exec(&self.at.db.write).await?.rows_affected == 1)
    }
}
