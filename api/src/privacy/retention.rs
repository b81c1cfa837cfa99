//! The day's look at what a business has kept long enough. Nobody is erased without the owner having
//! been told before: not even on the day on which the setting is made.

use super::answer::tell_bosses;
use super::entity as request;
use super::erase::erase;
use crate::calendar::day_of;
use crate::customers::offering::entity as given;
use crate::customers::{self, entity::customer};
use crate::interactions::entity as interaction;
use crate::jobs::Job;
use crate::offers::entity::offer;
use crate::opportunities;
use crate::orders;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::System;
use chrono::{DateTime, Duration, Utc};
use domain::customers::ErasureReason;
use domain::opportunities::OpportunityState;
use domain::orders::OrderStatus;
use domain::privacy::RequestState;
use sea_orm::sea_query::{ExprTrait as _, Query};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// People that one run erases at most, each in a transaction of its own.
const BATCH: u64 = 100;
/// Days before somebody is erased on which the owner is told, or half of the whole time if that is less.
const WARNING_DAYS: i64 = 14;

/// A business's turn.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RetentionDue {
    /// When its last turn was.
    pub(crate) since: Option<DateTime<Utc>>,
}

/// How long before somebody is erased the owner is told.
pub(super) fn warning(days: i64) -> Duration {
    Duration::days(Ord::min(WARNING_DAYS, days / 2))
}

/// Customers whom nothing has touched since `before`: no change, no contact, no order, no opportunity, no offer, nothing
/// that was planned; and no order on its way or opportunity still open, however long ago it began. The day that was planned
/// and the last day of an offer that was not used count as if they had touched them then: whoever they kept is warned of
/// before their time is over, as everybody is.
pub(super) fn idle(tenant_id: i64, before: DateTime<Utc>) -> Condition {
    let ordered = Query::select()
        .column(orders::Column::CustomerId)
        .from(orders::Entity)
        .and_where(orders::Column::TenantId.eq(tenant_id))
        .and_where(orders::Column::UpdatedAt.gte(before))
        .to_owned();
    let open = Query::select()
        .column(orders::Column::CustomerId)
        .from(orders::Entity)
        .and_where(orders::Column::TenantId.eq(tenant_id))
        .and_where(orders::Column::Live.eq(1))
        .and_where(orders::Column::Status.is_in(OrderStatus::OPEN.map(OrderStatus::as_str)))
        .to_owned();
    let wanted = Query::select()
        .column(opportunities::Column::CustomerId)
        .from(opportunities::Entity)
        .and_where(opportunities::Column::TenantId.eq(tenant_id))
        .cond_where(
            Condition::any().add(opportunities::Column::UpdatedAt.gte(before)).add(
                Condition::all()
                    .add(opportunities::Column::Live.eq(1))
                    .add(opportunities::Column::State.eq(OpportunityState::Open.as_str())),
            ),
        )
        .to_owned();
    let offered = Query::select()
        .column(given::Column::CustomerId)
        .from(given::Entity)
        .and_where(given::Column::TenantId.eq(tenant_id))
        .and_where(given::Column::UpdatedAt.gte(before))
        .to_owned();
    let usable = Query::select()
        .column(given::Column::CustomerId)
        .from(given::Entity)
        .and_where(given::Column::TenantId.eq(tenant_id))
        .and_where(given::Column::Live.eq(1))
        .and_where(given::Column::UsedAt.is_null())
        .and_where(
            given::Column::OfferId.in_subquery(
                Query::select()
                    .column(offer::Column::Id)
                    .from(offer::Entity)
                    .and_where(offer::Column::TenantId.eq(tenant_id))
                    .and_where(offer::Column::LastDay.gte(day_of(before)))
                    .to_owned(),
            ),
        )
        .to_owned();
    let spoken = Query::select()
        .column(interaction::Column::CustomerId)
        .from(interaction::Entity)
        .and_where(interaction::Column::TenantId.eq(tenant_id))
        .and_where(interaction::Column::CreatedAt.gte(before))
        .to_owned();
    Condition::all()
        .add(customer::Column::ErasedAt.is_null())
        .add(customer::Column::UpdatedAt.lt(before))
        .add(
            Condition::any()
                .add(customer::Column::LastContactAt.is_null())
                .add(customer::Column::LastContactAt.lt(before)),
        )
        .add(
            Condition::any()
                .add(customer::Column::NextContactAt.is_null())
                .add(customer::Column::NextContactAt.lt(before)),
        )
        .add(customer::Column::Id.in_subquery(ordered).not())
        .add(customer::Column::Id.in_subquery(open).not())
        .add(customer::Column::Id.in_subquery(wanted).not())
        .add(customer::Column::Id.in_subquery(offered).not())
        .add(customer::Column::Id.in_subquery(usable).not())
        .add(customer::Column::Id.in_subquery(spoken).not())
}

impl Job for RetentionDue {
    const KIND: &'static str = "retention_due";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let system = System::new(scope.installation());
        let tenant = system.tenant(scope.tenant_id()).await?.ok_or(Problem::NotFound)?;
        if let Some(days) = tenant.customers_idle_days {
            let warning = warning(days);
            let set_at = tenant.retention_set_at.unwrap_or(tenant.updated_at);
            self.warn(&mut scope, days, warning, set_at).await?;
            if scope.now() >= set_at + warning && erase_idle(&scope, days).await? == BATCH {
                let (now, mut more) = (scope.now(), scope.whole());
                let tx = more.begin().await?;
                // There are more: after the other jobs.
                tx.enqueue(&Self { since: Some(now) }, now).await?;
                return tx.commit().await;
            }
        }
        if let Some(days) = tenant.requests_days {
            forget_requests(&mut scope, days).await?;
        }
        Ok(())
    }
}

impl RetentionDue {
    /// Tells the owner of those whose time comes within the warning, once each.
    async fn warn(
        &self,
        scope: &mut Scope,
        days: i64,
        warning: Duration,
        set_at: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let tenant_id = scope.tenant_id();
        let near = scope.now() - Duration::days(days) + warning;
        let mut due = idle(tenant_id, near);
        // Whoever was near already at the last turn was told of then, if the setting was there then.
        if let Some(since) = self.since.filter(|since| *since >= set_at) {
            due = due.add(idle(tenant_id, since - Duration::days(days) + warning).not());
        }
        let (count, more) = scope.find::<customers::Entity>().filter(due).count().await?;
        if count == 0 {
            return Ok(());
        }
        let title = format!("{count}{} 位客户即将到期删除", if more { "+" } else { "" });
        let body = format!(
            "{days} 天没有联系、下单或修改的客户会被永久删除。想保留的请在 {} 天内联系或修改。",
            warning.num_days()
        );
        let tx = scope.begin().await?;
        tell_bosses(&tx, "retention_soon", None, &title, &body).await?;
        tx.audit("retention_warned", "business", None, json!({ "customers": count }));
        tx.commit().await
    }
}

/// Erases the idlest, and says how many.
async fn erase_idle(scope: &Scope, days: i64) -> Result<u64, Problem> {
    let before = scope.now() - Duration::days(days);
    // Also those who were deleted: until they are erased they are kept.
    let rows = scope
        .find_buried::<customers::Entity>()
        .filter(idle(scope.tenant_id(), before))
        .shape(|rows| rows.order_by_asc(customer::Column::UpdatedAt).limit(BATCH))
        .all()
        .await?;
    let mut erased = 0;
    for row in rows {
        match erase(scope, row.id, ErasureReason::RetentionOver, false).await {
            Ok(_) => erased += 1,
            // An order of theirs came in just now: they are not idle any more.
            Err(Problem::OrdersOpen { .. }) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(erased)
}

/// Removes requests that were answered long ago.
async fn forget_requests(scope: &mut Scope, days: i64) -> Result<(), Problem> {
    let before = scope.now() - Duration::days(days);
    let tx = scope.begin().await?;
    let old = Condition::all()
        .add(request::Column::State.ne(RequestState::Waiting.as_str()))
        .add(request::Column::AnsweredAt.lt(before));
    let removed = tx.remove::<request::Entity>(old).await?;
    if removed == 0 {
        return Ok(());
    }
    tx.audit("retention_over", "data_request", None, json!({ "requests": removed }));
    tx.commit().await
}
