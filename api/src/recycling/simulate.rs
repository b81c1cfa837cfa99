//! What a rule would do, before it is switched on.

use super::due::Rule;
use super::rules::known;
use crate::customers::{self, entity::customer, pools};
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::PoolsWrite;
use crate::scope::{Can, Checked, Path};
use actix_web::{post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::pools::{IdleBy, RecycleTerms};
use sea_orm::{QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How far ahead it looks.
const AHEAD: i64 = 30;
/// Customers that are named; the counts say how many there are.
const SHOWN: u64 = 100;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(simulate_recycle_rule);
}

/// A customer who would fall.
#[derive(Debug, Serialize, ToSchema)]
pub struct FallingCustomer {
    /// The customer.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Who looks after them.
    pub owner_id: Uuid,
    /// When they fall, unless somebody does something before.
    pub falls_at: DateTime<Utc>,
}

/// What a rule would do if it were switched on now and nobody did anything.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecycleForecast {
    /// Customers of the whole business who fall within 30 days, up to 1000.
    pub count: u64,
    /// Whether there are more.
    pub capped: bool,
    /// Of these, those who have been left alone for long enough already: they fall first.
    pub overdue: u64,
    /// Whether there are more of them.
    pub overdue_capped: bool,
    /// Nobody falls before: owners are warned first.
    pub earliest_at: DateTime<Utc>,
    /// The first hundred of those one sees, the soonest first.
    pub items: Vec<FallingCustomer>,
}

/// Says which customers a rule would put into the pool within 30 days, and when. Nothing is saved.
#[utoipa::path(tag = "pools", security(("bearer" = ["pools.write"])), params(("id" = Uuid, Path)), request_body = RecycleTerms, responses((status = 200, body = RecycleForecast), Problems))]
#[post("/pools/{id}/rules/simulate")]
async fn simulate_recycle_rule(
    mut scope: Can<PoolsWrite>,
    id: Path<Uuid>,
    body: Checked<RecycleTerms>,
) -> Result<Json<RecycleForecast>, Problem> {
    let pool = pools::find(&*scope, id.0).await?;
    // What has gone is left out beside another one, as when the rule is saved.
    let terms = known(&*scope, body.value.clone(), Some(&body.value)).await?;
    let now = scope.now();
    let rule = Rule::of(&*scope, pool, terms, now).await?;
    // A rule holds for everybody's customers, so it is counted over all of them; they are named to whoever sees them.
    let whole = scope.whole();
    let counted = async |at| whole.find::<customers::Entity>().filter(rule.fallen(&whole, at)).count().await;
    let (count, capped) = counted(now + Duration::days(AHEAD)).await?;
    let (overdue, overdue_capped) = counted(now).await?;
    let longest = |rows: sea_orm::Select<customers::Entity>| match rule.terms.by {
        IdleBy::Contact => rows.order_by_asc(customer::Column::LastContactAt),
        IdleBy::Order | IdleBy::Opportunity => rows,
    };
    let rows = scope
        .find::<customers::Entity>()
        .filter(rule.fallen(&*scope, now + Duration::days(AHEAD)))
        .shape(|rows| {
            longest(rows).order_by_asc(customer::Column::CreatedAt).order_by_asc(customer::Column::Id).limit(SHOWN)
        })
        .all()
        .await?;
    let when = rule.falls_at(&mut scope, &rows).await?;
    let mut items: Vec<FallingCustomer> = rows
        .into_iter()
        .filter_map(|row| {
            let falls_at = when.get(&row.id)?.at;
            Some(FallingCustomer { id: row.id, name: row.name, owner_id: row.owner_id, falls_at })
        })
        .collect();
    items.sort_by_key(|item| item.falls_at);
    let earliest_at = rule.earliest;
    Ok(Json(RecycleForecast { count, capped, overdue, overdue_capped, earliest_at, items }))
}
