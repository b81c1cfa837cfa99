//! Whose rules are to look at everybody again: once a day, because what they ask for may be counted from today.

use super::System;
use crate::auth::entity::tenant;
use crate::clock::CHINA;
use crate::customers::TagRulesDue;
use crate::customers::entity::{phone, searched, tagging};
use crate::customers::held::Copied;
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

/// Tags, and of each the customers, that are filled in in one go.
const TAGS: u64 = 200;
const CUSTOMERS: u64 = 500;
/// Customers that are compared in one go.
const COMPARED: u64 = 1000;
/// Times that tags are filled in in a row; what is left then waits for an hour.
const TURNS: usize = 100;

#[expect(clippy::disallowed_methods, reason = "goes through all businesses")]
impl System {
    /// Writes again what rows of tags say of their customers where a server of an older version wrote them, which knew
    /// of no copy. Looks at one place in an index for each tag, so it costs next to nothing when there are none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn fill_taggings(&self, only: Option<i64>) -> Result<usize, Problem> {
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

    /// Compares what rows of the search and of phones say with their customers, and writes it again where a server of an
    /// older version changed these and not the copies. It looks at everybody, so it is for the time after a start.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn compare_search(&self, only: Option<i64>) -> Result<usize, Problem> {
        let tenants = tenant::Entity::find().select_only().column(tenant::Column::Id);
        let tenants = tenants.filter(Condition::all().add_option(only.map(|id| tenant::Column::Id.eq(id))));
        let tenants: Vec<i64> = tenants.into_tuple().all(&self.at.db.read).await?;
        let mut written = 0;
        for tenant in tenants {
            for copy in [searched::copied(), phone::copied()] {
                let mut after = Uuid::nil();
                loop {
                    let (wrong, last) = self.wrong_holders(tenant, &copy, after).await?;
                    if !wrong.is_empty() {
                        written += wrong.len();
                        self.at.db.write.execute(&copy.again(tenant, &wrong)).await?;
                    }
                    let Some(last) = last else { break };
                    after = last;
                }
            }
        }
        Ok(written)
    }

    /// Of the next customers of a business those whose holder is another one than the copy says; and the last one that was
    /// looked at, while there may be more.
    async fn wrong_holders(
        &self,
        tenant: i64,
        copy: &Copied,
        after: Uuid,
    ) -> Result<(Vec<Uuid>, Option<Uuid>), Problem> {
        let rows = copy.beside(tenant, after, COMPARED);
        let rows = self.at.db.read.query_all(&rows).await?;
        let full = u64::try_from(rows.len()).is_ok_and(|count| count == COMPARED);
        let (mut wrong, mut seen) = (Vec::new(), Vec::new());
        for row in &rows {
            let id: Uuid = row.try_get_by_index(0)?;
            let (said, held): (Option<Uuid>, Option<Uuid>) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            if said != held && wrong.last() != Some(&id) {
                wrong.push(id);
            }
            seen.push(id);
        }
        if !full {
            return Ok((wrong, None));
        }
        // The last one may have more rows than were read.
        let cut = seen.pop();
        wrong.retain(|id| Some(*id) != cut);
        seen.retain(|id| Some(*id) != cut);
        Ok((wrong, seen.pop()))
    }
}

fn due(today: DateTime<Utc>) -> Condition {
    let before = Condition::any().add(rule::Column::EvaluatedAt.is_null()).add(rule::Column::EvaluatedAt.lt(today));
    Condition::all().add(rule::Column::Enabled.eq(1)).add(rule::Column::Live.eq(1)).add(before)
}
