//! 今日: what to work through now.

use crate::clock::CHINA;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, grants::TasksRead};
use crate::tasks::{self, TaskView, entity as task};
use crate::{customers, orders};
use actix_web::{get, web::Json};
use chrono::{DateTime, Duration, NaiveTime, Utc};
use domain::orders::OrderStatus;
use domain::permission::Permission;
use domain::tasks::TaskStatus;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;

/// More than anybody does in a day.
const ITEMS: u64 = 100;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_today);
}

/// The first screen of the staff side.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayView {
    /// One's name.
    pub name: String,
    /// Four numbers.
    pub counts: TodayCounts,
    /// One's open tasks until tonight, the most overdue first; at most 100.
    pub items: Vec<TaskView>,
}

/// Four numbers, each up to 1000.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayCounts {
    /// Tasks due between now and tonight.
    pub due_today: u64,
    /// Tasks whose time has passed.
    pub overdue: u64,
    /// Customers written down in the last seven days; `null` for whoever may see none.
    pub new_customers: Option<u64>,
    /// Orders that have not left yet; `null` for whoever may see none.
    pub to_ship: Option<u64>,
    /// Which of these numbers stopped at 1,000: there are more.
    pub capped: Vec<String>,
}

/// What to work through today.
#[utoipa::path(tag = "tasks", security(("bearer" = ["tasks.read"])), responses((status = 200, body = TodayView), Problems))]
#[get("/today")]
async fn get_today(scope: Can<TasksRead>) -> Result<Json<TodayView>, Problem> {
    let (me, now) = (scope.me()?, scope.now());
    let due = |from: Option<DateTime<Utc>>, to: DateTime<Utc>| {
        tasks::open_to(&*scope)
            .filter(task::Column::AssigneeId.eq(me))
            .filter(task::Column::Status.eq(TaskStatus::Open.as_str()))
            .filter(task::Column::DueAt.lt(to))
            .filter(Condition::all().add_option(from.map(|from| task::Column::DueAt.gte(from))))
    };
    let tonight = tonight(now);
    let items = tasks::list(due(None, tonight), |rows| rows.order_by_asc(task::Column::DueAt).limit(ITEMS)).await?;
    let mut capped = Vec::new();
    let mut told = |name: &str, (count, more): (u64, bool)| {
        capped.extend(more.then(|| name.to_owned()));
        count
    };
    let overdue = told("overdue", due(None, now).count().await?);
    let due_today = told("due_today", due(Some(now), tonight).count().await?);
    let week = customers::Column::CreatedAt.gte(now - Duration::days(7));
    let new_customers = match scope.may(Permission::CustomersRead) {
        true => Some(told("new_customers", scope.find::<customers::Entity>().filter(week).count().await?)),
        false => None,
    };
    let waiting = orders::Column::Status.is_in([OrderStatus::Placed.as_str(), OrderStatus::Processing.as_str()]);
    let to_ship = match scope.may(Permission::OrdersRead) {
        true => Some(told("to_ship", scope.find::<orders::Entity>().filter(waiting).count().await?)),
        false => None,
    };
    Ok(Json(TodayView {
        name: scope.who().name.clone(),
        counts: TodayCounts { due_today, overdue, new_customers, to_ship, capped },
        items,
    }))
}

/// Midnight in China after `now`.
fn tonight(now: DateTime<Utc>) -> DateTime<Utc> {
    let midnight = now.with_timezone(&CHINA).date_naive().and_time(NaiveTime::MIN) + Duration::days(1);
    midnight.and_local_timezone(CHINA).single().map_or(now, |at| at.with_timezone(&Utc))
}
