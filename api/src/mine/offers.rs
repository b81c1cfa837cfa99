//! What one was offered, in every business whose record carries a phone that one proved.

use crate::calendar::day_of;
use crate::customers;
use crate::customers::offering::{latest, stands};
use crate::edge::Marks;
use crate::offers::Promise;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::{Mine, Origin};
use actix_web::{HttpRequest, get, web::Json};
use chrono::{DateTime, NaiveDate, Utc};
use domain::offers::CustomerOfferState;
use sea_orm::ColumnTrait as _;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Offers of one business that are shown; the latest.
const OF_EACH: u64 = 100;
/// Offers that are shown of all.
const MOST: usize = 200;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_my_offers);
}

/// An offer that one was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyOffer {
    /// The business.
    pub tenant_id: i64,
    /// Its name.
    pub business_name: String,
    /// Id.
    pub id: Uuid,
    /// What is promised.
    #[serde(flatten)]
    pub promise: Promise,
    /// How it stands today.
    pub state: CustomerOfferState,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

impl MyOffer {
    /// First what can be used, the one that ends first before the others; then what is to come; then the rest, the latest
    /// first.
    fn place(&self) -> (u8, NaiveDate, Reverse<DateTime<Utc>>) {
        match self.state {
            CustomerOfferState::Open => (0, self.promise.last_day, Reverse(self.given_at)),
            CustomerOfferState::Coming => (1, self.promise.first_day, Reverse(self.given_at)),
            CustomerOfferState::Used | CustomerOfferState::Over => (2, NaiveDate::MIN, Reverse(self.given_at)),
        }
    }
}

/// One's own offers in all businesses: first what can be used now; at most 200.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), responses((status = 200, body = All<MyOffer>), Problems))]
#[get("/me/offers")]
async fn list_my_offers(request: HttpRequest, mine: Mine) -> Result<Json<All<MyOffer>>, Problem> {
    let mut of_each: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for (tenant_id, id) in mine.system.records_of(mine.actor.account_id).await? {
        of_each.entry(tenant_id).or_default().push(id);
    }
    let businesses = mine.system.tenants_named(of_each.keys().copied().collect()).await?;
    let today = day_of(mine.system.now());
    let mut items = Vec::new();
    for business in businesses.into_iter().filter(|business| business.suspended_at.is_none()) {
        let ids = of_each.remove(&business.id).unwrap_or_default();
        let origin = Origin::marked(Marks::of(&request));
        let scope = mine.system.person_scope(business.id, mine.actor.account_id, origin).await?;
        // Whoever was put away is nobody's customer, and has no offers.
        let here = scope.find::<customers::Entity>().filter(customers::Column::Id.is_in(ids)).all().await?;
        let here = here.into_iter().map(|customer| customer.id).collect();
        for (row, offer) in latest(scope.find(), here, OF_EACH).await? {
            items.push(MyOffer {
                tenant_id: business.id,
                business_name: business.name.clone(),
                id: row.id,
                state: stands(&row, &offer, today),
                given_at: row.created_at,
                used_at: row.used_at,
                promise: offer.into(),
            });
        }
    }
    items.sort_by_key(MyOffer::place);
    items.truncate(MOST);
    Ok(Json(All { items }))
}
