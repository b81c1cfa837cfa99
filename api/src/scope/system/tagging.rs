//! Whose rules are to look at everybody again: once a day, because what they ask for may be counted from today.

use super::System;
use crate::clock::CHINA;
use crate::customers::TagRulesDue;
use crate::jobs;
use crate::problem::Problem;
use crate::tags::entity::rule;
use chrono::{DateTime, NaiveTime, Utc};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set};
use std::collections::BTreeSet;

/// Rules that get their turn in one go.
const BATCH: u64 = 1000;

#[expect(clippy::disallowed_methods, reason = "goes through all businesses")]
impl System {
    /// Enqueues the day's look of each business whose rules have not looked at everybody today, and says how many
    /// those are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_tagging(&self, only: Option<i64>) -> Result<usize, Problem> {
        let now = self.now();
        let today = now.with_timezone(&CHINA).date_naive().and_time(NaiveTime::MIN).and_local_timezone(CHINA);
        let today = today.single().map_or(now, |at| at.with_timezone(&Utc));
        let rows = rule::Entity::find()
            .filter(due(today))
            .filter(Condition::all().add_option(only.map(|id| rule::Column::TenantId.eq(id))))
            .limit(BATCH)
            .all(&self.at.db.read)
            .await?;
        let tenants: BTreeSet<i64> = rows.into_iter().map(|row| row.tenant_id).collect();
        let mut begun = 0;
        for tenant in tenants {
            let tx = self.begin().await?;
            // Only one server's update finds them still due.
            let taken = rule::Entity::update_many()
                .set(rule::ActiveModel { evaluated_at: Set(Some(now)), ..rule::ActiveModel::default() })
                .filter(rule::Column::TenantId.eq(tenant))
                .filter(due(today));
            if taken.exec(&tx).await?.rows_affected > 0 {
                jobs::enqueue(&tx, tenant, now, &TagRulesDue::new(), now).await?;
                begun += 1;
            }
            tx.commit().await?;
        }
        Ok(begun)
    }
}

fn due(today: DateTime<Utc>) -> Condition {
    let before = Condition::any().add(rule::Column::EvaluatedAt.is_null()).add(rule::Column::EvaluatedAt.lt(today));
    Condition::all().add(rule::Column::Enabled.eq(1)).add(rule::Column::Live.eq(1)).add(before)
}
