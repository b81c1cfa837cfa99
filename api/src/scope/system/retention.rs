//! Whose turn it is to let go of what was kept long enough: each business once a day.

use super::System;
use crate::auth::entity::tenant;
use crate::jobs;
use crate::privacy::RetentionDue;
use crate::problem::Problem;
use chrono::Duration;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};

/// Businesses that get their turn in one go.
const BATCH: u64 = 200;

#[expect(clippy::disallowed_methods, reason = "goes through all businesses")]
impl System {
    /// Enqueues the day's look at each business that keeps anything for a while only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_retention(&self, only: Option<i64>) -> Result<usize, Problem> {
        let now = self.now();
        let due = || {
            Condition::any()
                .add(tenant::Column::RetainedAt.is_null())
                .add(tenant::Column::RetainedAt.lte(now - Duration::days(1)))
        };
        let limited = Condition::any()
            .add(tenant::Column::CustomersIdleDays.is_not_null())
            .add(tenant::Column::RequestsDays.is_not_null());
        let rows = tenant::Entity::find()
            .filter(tenant::Column::ErasedAt.is_null())
            .filter(limited)
            .filter(due())
            .filter(Condition::all().add_option(only.map(|id| tenant::Column::Id.eq(id))))
            .limit(BATCH)
            .all(&self.at.db.read)
            .await?;
        let mut begun = 0;
        for row in rows {
            let tx = self.begin().await?;
            // Only one server's update finds it still due.
            let taken = tenant::Entity::update_many()
                .set(tenant::ActiveModel { retained_at: Set(Some(now)), ..tenant::ActiveModel::default() })
                .filter(tenant::Column::Id.eq(row.id))
                .filter(due())
                .exec(&tx)
                .await?;
            if taken.rows_affected == 1 {
                jobs::enqueue(&tx, row.id, now, &RetentionDue { since: row.retained_at }, now).await?;
                begun += 1;
            }
            tx.commit().await?;
        }
        Ok(begun)
    }
}
