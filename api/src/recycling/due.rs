//! Which customers a rule means, and when each falls: the one answer for the job, its warnings and the
//! simulation.

use crate::calendar::midnight_after;
use crate::customers::entity::{customer, pool, tagging};
use crate::customers::pools::entity::{group, person};
use crate::opportunities;
use crate::orders;
use crate::problem::Problem;
use crate::scope::{Reads, Scope};
use crate::tenants::{staff, team};
use chrono::{DateTime, Utc};
use domain::orders::OrderStatus;
use domain::pools::{IdleBy, RecycleTerms};
use sea_orm::sea_query::{Condition, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, FromQueryResult, QuerySelect as _};
use std::collections::HashMap;
use uuid::Uuid;

/// When a customer falls.
pub(super) struct Falls {
    /// Since when they have been left alone.
    pub(super) since: DateTime<Utc>,
    /// When that has been long enough.
    pub(super) at: DateTime<Utc>,
}

/// A rule, ready to be asked.
pub(super) struct Rule {
    pub(super) pool: pool::Model,
    pub(super) terms: RecycleTerms,
    /// Whose customers fall into this pool: its members'; `None`: everybody's.
    owners: Option<Vec<Uuid>>,
    /// Nobody falls before: whoever is to be warned has the time of the warning, also when the rule is new.
    pub(super) earliest: DateTime<Utc>,
}

impl Rule {
    /// The rule of a pool as it holds since `from`.
    pub(super) async fn of(
        rows: &impl Reads,
        pool: pool::Model,
        terms: RecycleTerms,
        from: DateTime<Utc>,
    ) -> Result<Self, Problem> {
        let owners = if pool.members_only.is_some() { Some(members(rows, pool.id).await?) } else { None };
        let earliest = midnight_after(from, terms.warn_days);
        Ok(Self { pool, terms, owners, earliest })
    }

    /// What has been missing, for people.
    pub(super) fn missing(&self) -> &'static str {
        match self.terms.by {
            IdleBy::Contact => "没有跟进",
            IdleBy::Order => "没有下单",
            IdleBy::Opportunity => "没有新商机",
        }
    }

    /// Customers who have fallen by `at`, were it only for how long they have been left alone.
    pub(super) fn fallen(&self, rows: &impl Reads, at: DateTime<Utc>) -> Condition {
        let (tenant_id, terms) = (rows.scope().tenant_id(), &self.terms);
        let calendar = &rows.scope().installation().calendar;
        let before = calendar.idle_before(at, terms.days, terms.working_days);
        let quiet = |column: customer::Column| Condition::any().add(column.is_null()).add(column.lt(before));
        let idle = match terms.by {
            IdleBy::Contact => quiet(customer::Column::LastContactAt),
            IdleBy::Order => {
                let since = orders::Column::CreatedAt.gte(before);
                let bought = ordered(tenant_id, Condition::all().add(since));
                Condition::all().add(customer::Column::Id.in_subquery(bought).not())
            }
            IdleBy::Opportunity => {
                Condition::all().add(customer::Column::Id.in_subquery(hopeful(tenant_id, before)).not())
            }
        };
        let mut condition = Condition::all()
            .add(customer::Column::PoolId.is_null())
            .add(customer::Column::CreatedAt.lt(before))
            .add(quiet(customer::Column::OwnedAt))
            .add(idle);
        if let Some(owners) = &self.owners {
            condition = condition.add(customer::Column::OwnerId.is_in(owners.iter().copied()));
        }
        if !terms.types.is_empty() {
            condition = condition.add(customer::Column::Type.is_in(terms.types.iter().map(String::as_str)));
        }
        if !terms.tag_ids.is_empty() {
            let tagged = Query::select()
                .column(tagging::Column::CustomerId)
                .from(tagging::Entity)
                .and_where(tagging::Column::TenantId.eq(tenant_id))
                .and_where(tagging::Column::TagId.is_in(terms.tag_ids.iter().copied()))
                .to_owned();
            condition = condition.add(customer::Column::Id.in_subquery(tagged));
        }
        if terms.spare_deals {
            let done = Condition::all().add(orders::Column::Status.eq(OrderStatus::Completed.as_str()));
            condition = condition.add(customer::Column::Id.in_subquery(ordered(tenant_id, done)).not());
        }
        condition
    }

    /// When each of some customers falls. It may ask for orders or opportunities of the whole business, which nobody does beside a
    /// transaction: while one is open, its scope cannot be had like this.
    pub(super) async fn falls_at(
        &self,
        scope: &mut Scope,
        customers: &[customer::Model],
    ) -> Result<HashMap<Uuid, Falls>, Problem> {
        let last = match self.terms.by {
            IdleBy::Contact => customers.iter().filter_map(|row| Some((row.id, row.last_contact_at?))).collect(),
            IdleBy::Order => last_orders(scope, customers).await?,
            IdleBy::Opportunity => last_opportunities(scope, customers).await?,
        };
        let calendar = &scope.installation().calendar;
        let at = |row: &customer::Model| {
            let since = [last.get(&row.id).copied(), row.owned_at].into_iter().flatten().fold(row.created_at, Ord::max);
            let over = calendar.idle_until(since, self.terms.days, self.terms.working_days);
            (row.id, Falls { since, at: Ord::max(over, self.earliest) })
        };
        Ok(customers.iter().map(at).collect())
    }
}

/// Customers with such orders, of those that were not cancelled.
fn ordered(tenant_id: i64, which: Condition) -> SelectStatement {
    Query::select()
        .column(orders::Column::CustomerId)
        .from(orders::Entity)
        .and_where(orders::Column::TenantId.eq(tenant_id))
        .and_where(orders::Column::Live.eq(1))
        .and_where(orders::Column::Status.ne(OrderStatus::Cancelled.as_str()))
        .cond_where(which)
        .to_owned()
}

#[derive(FromQueryResult)]
struct Latest {
    customer_id: Uuid,
    latest: DateTime<Utc>,
}

async fn last_orders(scope: &Scope, customers: &[customer::Model]) -> Result<HashMap<Uuid, DateTime<Utc>>, Problem> {
    let theirs = orders::Column::CustomerId.is_in(customers.iter().map(|row| row.id));
    // The rule is the same for whoever asks: also orders beyond their sight count.
    let whole = scope.whole();
    let found = whole
        .find::<orders::Entity>()
        .filter(theirs)
        .filter(orders::Column::Status.ne(OrderStatus::Cancelled.as_str()))
        .picking(|rows| {
            rows.column(orders::Column::CustomerId)
                .column_as(orders::Column::CreatedAt.max(), "latest")
                .group_by(orders::Column::CustomerId)
                .into_model::<Latest>()
        })
        .all()
        .await?;
    Ok(found.into_iter().map(|row| (row.customer_id, row.latest)).collect())
}

/// Customers with an opportunity that is open, or that was opened or ended since.
fn hopeful(tenant_id: i64, since: DateTime<Utc>) -> SelectStatement {
    let lately = Condition::any()
        .add(opportunities::Column::EndedAt.is_null())
        .add(opportunities::Column::EndedAt.gte(since))
        .add(opportunities::Column::CreatedAt.gte(since));
    Query::select()
        .column(opportunities::Column::CustomerId)
        .from(opportunities::Entity)
        .and_where(opportunities::Column::TenantId.eq(tenant_id))
        .and_where(opportunities::Column::Live.eq(1))
        .cond_where(lately)
        .to_owned()
}

/// When each customer's last opportunity ended: it was opened before that. Whoever has an open one does not fall, and
/// nobody asks about them.
async fn last_opportunities(
    scope: &Scope,
    customers: &[customer::Model],
) -> Result<HashMap<Uuid, DateTime<Utc>>, Problem> {
    let theirs = opportunities::Column::CustomerId.is_in(customers.iter().map(|row| row.id));
    // As with orders: also those beyond one's sight count.
    let whole = scope.whole();
    let found = whole
        .find::<opportunities::Entity>()
        .filter(theirs)
        .filter(opportunities::Column::EndedAt.is_not_null())
        .picking(|rows| {
            rows.column(opportunities::Column::CustomerId)
                .column_as(opportunities::Column::EndedAt.max(), "latest")
                .group_by(opportunities::Column::CustomerId)
                .into_model::<Latest>()
        })
        .all()
        .await?;
    Ok(found.into_iter().map(|row| (row.customer_id, row.latest)).collect())
}

/// Who is a member of a pool: the people who are named, those of its teams and of the teams below, and whoever
/// leads one of these.
async fn members(rows: &impl Reads, pool: Uuid) -> Result<Vec<Uuid>, Problem> {
    let named = rows.rows::<person::Entity>().filter(person::Column::PoolId.eq(pool)).all().await?;
    let groups = rows.rows::<group::Entity>().filter(group::Column::PoolId.eq(pool)).all().await?;
    let mut found: Vec<Uuid> = named.into_iter().map(|row| row.staff_id).collect();
    if groups.is_empty() {
        return Ok(found);
    }
    let teams = rows.rows::<team::Entity>().all().await?;
    let ours = team::below(&teams, |team| groups.iter().any(|group| group.team_id == team.id));
    found.extend(teams.iter().filter(|team| ours.contains(&team.id)).filter_map(|team| team.lead_id));
    let people = rows.rows::<staff::Entity>().filter(staff::Column::TeamId.is_in(ours)).all().await?;
    found.extend(people.into_iter().map(|row| row.id));
    Ok(found)
}
