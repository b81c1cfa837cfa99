//! The offers of a business over HTTP.

use super::entity::offer;
use super::{Promise, held};
use crate::calendar::{day_of, plannable_day};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{OffersRead, OffersWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Query, Reads, Tx};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use chrono::{DateTime, NaiveDate, Utc};
use domain::offers::{NewOffer, OfferChanges, OfferState};
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Offers that a business may have at a time, not counting those that were stopped or are over.
const MOST: u64 = 200;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_offers)
        .service(create_offer)
        .service(get_offer)
        .service(change_offer)
        .service(stop_offer)
        .service(delete_offer);
}

/// An offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferView {
    /// Id.
    pub id: Uuid,
    /// What is promised.
    #[serde(flatten)]
    pub promise: Promise,
    /// How it stands today.
    pub state: OfferState,
    /// Since when it is not given any more.
    pub stopped_at: Option<DateTime<Utc>>,
    /// To how many customers it was given.
    pub given: i64,
    /// How many of them used it.
    pub used: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// ETag.
    pub version: i64,
}

impl OfferView {
    fn of(row: offer::Model, today: NaiveDate) -> Self {
        Self {
            state: OfferState::of(row.first_day, row.last_day, row.stopped_at.is_some(), today),
            id: row.id,
            stopped_at: row.stopped_at,
            given: row.given,
            used: row.used,
            created_at: row.created_at,
            version: row.version,
            promise: row.into(),
        }
    }
}

/// Which offers are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfferQuery {
    /// `true`: only those that can be given now, begun or not; those that were stopped or are over are left out.
    pub giveable: Option<bool>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<offer::Model, Problem> {
    rows.rows::<offer::Entity>().filter(offer::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// Offers that can be given on a day, [`OfferState::Coming`] or [`OfferState::Open`].
fn giveable(today: NaiveDate) -> Condition {
    Condition::all().add(offer::Column::StoppedAt.is_null()).add(offer::Column::LastDay.gte(today))
}

/// Refuses one offer more than a business may have at a time.
async fn room(tx: &Tx<'_>) -> Result<(), Problem> {
    match tx.find::<offer::Entity>().filter(giveable(day_of(tx.now()))).count().await?.0 {
        MOST.. => Err(domain::Violation::new("", "too_many").with("max", 200).into()),
        _ => Ok(()),
    }
}

/// A page of offers, newest first: also those that were stopped or are over, unless it is asked for those that can be given.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.read"])), params(OfferQuery), responses((status = 200, body = Page<OfferView>), Problems))]
#[get("/offers")]
async fn list_offers(scope: Can<OffersRead>, query: Query<OfferQuery>) -> Result<Json<Page<OfferView>>, Problem> {
    let OfferQuery { giveable: only, limit, cursor } = query.0;
    let page = PageQuery { limit, cursor }.check()?;
    let today = day_of(scope.now());
    let mut find = scope.find::<offer::Entity>();
    if only == Some(true) {
        find = find.filter(giveable(today));
    }
    let position = |row: &offer::Model| Position { at: row.created_at, id: row.id };
    let (rows, next_cursor) = find.page(offer::Column::CreatedAt, page, |rows| rows, position).await?;
    Ok(Json(Page { items: rows.into_iter().map(|row| OfferView::of(row, today)).collect(), next_cursor }))
}

/// Makes an offer. Nobody has it before it is given to them.
#[utoipa::path(tag = "offers", params(Once), security(("bearer" = ["offers.write"])), request_body = NewOffer, responses((status = 201, body = OfferView), Problems))]
#[post("/offers")]
async fn create_offer(mut scope: Can<OffersWrite>, body: Checked<NewOffer>) -> Result<Created<OfferView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            let today = day_of(tx.now());
            for (field, day) in [("first_day", input.first_day), ("last_day", Some(input.last_day))] {
                day.map_or(Ok(()), |day| plannable_day(field, day))?;
            }
            if input.last_day < today {
                return Err(Problem::field("last_day", "offer_over"));
            }
            room(tx).await?;
            let row = offer::ActiveModel {
                id: Set(id),
                name: Set(input.name),
                kind: Set(Code(input.kind)),
                amount_fen: Set(input.amount_fen),
                percent: Set(input.percent),
                gift: Set(input.gift),
                min_spend_fen: Set(input.min_spend_fen),
                terms: Set(input.terms),
                first_day: Set(input.first_day.unwrap_or(today)),
                last_day: Set(input.last_day),
                stopped_at: Set(None),
                given: Set(0),
                used: Set(0),
                ..Default::default()
            };
            tx.insert::<offer::Entity>(row).await?;
            Ok(OfferView::of(find(tx, id).await?, today))
        })
        .await
}

/// An offer.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = OfferView), Problems))]
#[get("/offers/{id}")]
async fn get_offer(scope: Can<OffersRead>, id: Path<Uuid>) -> Result<Json<OfferView>, Problem> {
    Ok(Json(OfferView::of(find(&*scope, id.0).await?, day_of(scope.now()))))
}

/// Changes the name or the terms of an offer, or makes its last day a later one. What it gives stays as it was promised.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = OfferChanges, responses((status = 200, body = OfferView), Problems))]
#[patch("/offers/{id}")]
async fn change_offer(
    mut scope: Can<OffersWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<OfferChanges>,
) -> Result<Json<OfferView>, Problem> {
    let OfferChanges { name, terms, last_day } = body.value;
    let tx = scope.begin().await?;
    let row = find(&tx, id.0).await?;
    let today = day_of(tx.now());
    let mut change = offer::ActiveModel::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(terms) = terms {
        change.terms = Set(terms);
    }
    if let Some(until) = last_day {
        plannable_day("last_day", until)?;
        if until < row.last_day {
            return Err(Problem::field("last_day", "offer_shorter"));
        }
        // One that was over comes back among those that a business has at a time.
        if row.last_day < today && row.stopped_at.is_none() && until >= today {
            room(&tx).await?;
        }
        change.last_day = Set(until);
    }
    changed(tx, id.0, version, change).await
}

/// Stops an offer: it is not given any more. Who has it already keeps it until its last day.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 200, body = OfferView), Problems))]
#[post("/offers/{id}/stop")]
async fn stop_offer(mut scope: Can<OffersWrite>, id: Path<Uuid>, version: IfMatch) -> Result<Json<OfferView>, Problem> {
    let tx = scope.begin().await?;
    let row = find(&tx, id.0).await?;
    let at = row.stopped_at.unwrap_or(tx.now());
    changed(tx, id.0, version, offer::ActiveModel { stopped_at: Set(Some(at)), ..Default::default() }).await
}

/// Deletes an offer that nobody was given, such as one with a mistake in it. One that somebody has is stopped instead.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/offers/{id}")]
async fn delete_offer(mut scope: Can<OffersWrite>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    // Held, so that nobody is given it meanwhile.
    let row = held(&tx, id.0).await?.ok_or(Problem::NotFound)?;
    if row.given > 0 {
        return Err(Problem::conflict("offer_given", None));
    }
    let view = OfferView::of(row, day_of(tx.now()));
    if !tx.bury::<offer::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn changed(
    tx: Tx<'_>,
    id: Uuid,
    version: IfMatch,
    change: offer::ActiveModel,
) -> Result<Json<OfferView>, Problem> {
    let done = tx.update::<offer::Entity>(id, Some(version.0), change).await?;
    let view = OfferView::of(find(&tx, id).await?, day_of(tx.now()));
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}
