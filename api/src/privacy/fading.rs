//! Whom retention is about to erase, while there is time to keep them.

use super::retention::{idle, warning};
use crate::customers::{self, entity::customer};
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::Can;
use crate::scope::grants::CustomersErase;
use crate::scope::system::System;
use actix_web::{get, web::Json};
use chrono::{DateTime, Duration, Utc};
use sea_orm::{QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Customers that are shown; the count says whether there are more.
const SHOWN: u64 = 100;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_fading_customers);
}

/// A customer whom nothing has touched for long.
#[derive(Debug, Serialize, ToSchema)]
pub struct FadingCustomer {
    /// The customer.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Who looks after them.
    pub owner_id: Uuid,
    /// They are not erased before, and then within a day.
    pub erased_from_at: DateTime<Utc>,
}

/// Whom the business's own setting is about to erase.
#[derive(Debug, Serialize, ToSchema)]
pub struct FadingCustomers {
    /// Days after which an idle customer is erased; 0: never.
    pub customers_idle_days: i64,
    /// Days before that on which the owner is told, and from which on a customer stands here.
    pub warning_days: i64,
    /// How many there are, of those one sees.
    pub count: u64,
    /// Whether there are more than that.
    pub capped: bool,
    /// The first hundred, the most idle first.
    pub items: Vec<FadingCustomer>,
}

/// Customers that are about to be erased because nothing has touched them for as long as the business's
/// setting says. A contact, an order or a change keeps them.
#[utoipa::path(tag = "privacy", security(("bearer" = ["customers.erase"])), responses((status = 200, body = FadingCustomers), Problems))]
#[get("/privacy/retention")]
async fn list_fading_customers(scope: Can<CustomersErase>, system: System) -> Result<Json<FadingCustomers>, Problem> {
    let tenant = system.tenant(scope.tenant_id()).await?.ok_or(Problem::NotFound)?;
    let Some(days) = tenant.customers_idle_days else {
        let nobody =
            FadingCustomers { customers_idle_days: 0, warning_days: 0, count: 0, capped: false, items: Vec::new() };
        return Ok(Json(nobody));
    };
    let (now, warning) = (scope.now(), warning(days));
    let near = || idle(scope.tenant_id(), now - Duration::days(days) + warning);
    let (count, capped) = scope.find::<customers::Entity>().filter(near()).count().await?;
    let rows = scope
        .find::<customers::Entity>()
        .filter(near())
        .shape(|rows| rows.order_by_asc(customer::Column::UpdatedAt).order_by_asc(customer::Column::Id).limit(SHOWN))
        .all()
        .await?;
    // Nobody is erased before the owner had the time of a warning after making the setting.
    let earliest = tenant.retention_set_at.unwrap_or(tenant.updated_at) + warning;
    let items = rows.into_iter().map(|row| {
        let touched = row.last_contact_at.map_or(row.updated_at, |contact| Ord::max(contact, row.updated_at));
        let erased_from_at = Ord::max(touched + Duration::days(days), earliest);
        FadingCustomer { id: row.id, name: row.name, owner_id: row.owner_id, erased_from_at }
    });
    let (items, warning_days) = (items.collect(), warning.num_days());
    Ok(Json(FadingCustomers { customers_idle_days: days, warning_days, count, capped, items }))
}
