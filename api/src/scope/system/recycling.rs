//! Which rules have their turn: each once a day, soon after midnight in China.

use super::System;
use crate::calendar::day_began;
use crate::jobs;
use crate::problem::Problem;
use crate::recycling::{RecyclingDue, entity as rule};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};

/// Rules that get their turn in one go.
const BATCH: u64 = 200;

#[expect(clippy::disallowed_methods, reason = "goes through all businesses")]
impl System {
    /// Enqueues the day's turn of each rule that is switched on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_recycling(&self, only: Option<i64>) -> Result<usize, Problem> {
        let now = self.now();
        let due = || {
            Condition::all()
                .add(rule::Column::Live.eq(1))
                .add(rule::Column::EnabledAt.is_not_null())
                .add(Condition::any().add(rule::Column::RanAt.is_null()).add(rule::Column::RanAt.lt(day_began(now))))
        };
        let rows = rule::Entity::find()
            .filter(due())
            .filter(Condition::all().add_option(only.map(|id| rule::Column::TenantId.eq(id))))
            .limit(BATCH)
            .all(&self.at.db.read)
            .await?;
        let mut begun = 0;
        for row in rows {
            let tx = self.begin().await?;
            // Only one server's update finds it still due.
            let taken = rule::Entity::update_many()
                .set(rule::ActiveModel { ran_at: Set(Some(now)), ..rule::ActiveModel::default() })
                .filter(rule::Column::TenantId.eq(row.tenant_id))
                .filter(rule::Column::Id.eq(row.id))
                .filter(due())
                .exec(&tx)
                .await?;
            if taken.rows_affected == 1 {
                let turn = RecyclingDue { rule_id: row.id, warned: false, after: None };
                jobs::enqueue(&tx, row.tenant_id, now, &turn, now).await?;
                begun += 1;
            }
            tx.commit().await?;
        }
        Ok(begun)
    }
}
