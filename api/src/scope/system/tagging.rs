//! Whose rules are to look at everybody again: once a day, because what they ask for may be counted from today.

use super::System;
use crate::auth::entity::tenant;
use crate::clock::CHINA;
use crate::customers::TagRulesDue;
use crate::customers::entity::{searched, tagging};
use crate::jobs;
use crate::problem::Problem;
use crate::tags::entity::{rule, tag};
use chrono::{DateTime, NaiveTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set,
};
use std::collections::BTreeSet;
use uuid::Uuid;

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

/// Tags or businesses, and of each the customers, that are filled in in one go.
const TAGS: u64 = 200;
const CUSTOMERS: u64 = 500;
/// Times that this is done in a row; what is left then waits for an hour.
const TURNS: usize = 100;

#[expect(clippy::disallowed_methods, reason = "goes through all businesses")]
impl System {
    /// Writes again what rows of tags and of the search say of their customers where a server of an older version wrote
    /// them, which knew of no copy. Looks at one place in an index for each tag and each business, so it costs next to
    /// nothing when there are none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn fill_copies(&self, only: Option<i64>) -> Result<usize, Problem> {
        Ok(self.fill_taggings(only).await? + self.fill_searched(only).await?)
    }

    async fn fill_searched(&self, only: Option<i64>) -> Result<usize, Problem> {
        let empty = || Expr::col((searched::Entity, searched::Column::HolderId)).is_null();
        let tenant = Expr::col((searched::Entity, searched::Column::TenantId));
        let without = Query::select()
            .expr(Expr::val(1))
            .from(searched::Entity)
            .and_where(tenant.equals((tenant::Entity, tenant::Column::Id)))
            .and_where(empty())
            .to_owned();
        let mut filled = 0;
        for _ in 0..TURNS {
            let tenants = tenant::Entity::find()
                .filter(Expr::exists(without.clone()))
                .filter(Condition::all().add_option(only.map(|id| tenant::Column::Id.eq(id))))
                .limit(TAGS)
                .all(&self.at.db.read)
                .await?;
            if tenants.is_empty() {
                break;
            }
            for tenant in tenants {
                let rows = searched::Entity::find()
                    .filter(searched::Column::TenantId.eq(tenant.id))
                    .filter(empty())
                    .limit(CUSTOMERS)
                    .all(&self.at.db.read)
                    .await?;
                let ids: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
                filled += ids.len();
                self.at.db.write.execute(&searched::again(tenant.id, &ids)).await?;
            }
        }
        Ok(filled)
    }

    async fn fill_taggings(&self, only: Option<i64>) -> Result<usize, Problem> {
        let empty = || {
            Condition::all()
                .add(Expr::col((tagging::Entity, tagging::Column::Live)).is_null())
                .add(Expr::col((tagging::Entity, tagging::Column::CustomerAt)).is_null())
        };
        let without = Query::select()
            .expr(Expr::val(1))
            .from(tagging::Entity)
            .and_where(
                Expr::col((tagging::Entity, tagging::Column::TenantId)).equals((tag::Entity, tag::Column::TenantId)),
            )
            .and_where(Expr::col((tagging::Entity, tagging::Column::TagId)).equals((tag::Entity, tag::Column::Id)))
            .cond_where(empty())
            .to_owned();
        let mut filled = 0;
        for _ in 0..TURNS {
            let tags = tag::Entity::find()
                .filter(Expr::exists(without.clone()))
                .filter(Condition::all().add_option(only.map(|id| tag::Column::TenantId.eq(id))))
                .limit(TAGS)
                .all(&self.at.db.read)
                .await?;
            if tags.is_empty() {
                break;
            }
            for tag in tags {
                let rows = tagging::Entity::find()
                    .filter(tagging::Column::TenantId.eq(tag.tenant_id))
                    .filter(tagging::Column::TagId.eq(tag.id))
                    .filter(empty())
                    .limit(CUSTOMERS)
                    .all(&self.at.db.read)
                    .await?;
                let ids: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
                filled += ids.len();
                self.at.db.write.execute(&tagging::again(tag.tenant_id, &ids)).await?;
            }
        }
        Ok(filled)
    }
}

fn due(today: DateTime<Utc>) -> Condition {
    let before = Condition::any().add(rule::Column::EvaluatedAt.is_null()).add(rule::Column::EvaluatedAt.lt(today));
    Condition::all().add(rule::Column::Enabled.eq(1)).add(rule::Column::Live.eq(1)).add(before)
}
