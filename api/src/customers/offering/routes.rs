//! The offers of one customer over HTTP.

use super::entity as given;
use super::give::{count, give, giveable, having, held_customers};
use super::view::{CustomerOfferView, open_to, stands};
use crate::calendar::day_of;
use crate::customers::entity::customer;
use crate::customers::find as find_customer;
use crate::offers::entity::offer;
use crate::offers::held;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{OffersGive, OffersRead};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Query, Reads, Scope, Tx};
use actix_web::{HttpResponse, delete, get, post, web::Json};
use domain::offers::{CustomerOfferEvent, CustomerOfferMove, NewCustomerOffer};
use domain::permission::Permission;
use sea_orm::{ColumnTrait as _, Condition, Set};
use uuid::Uuid;

pub(in crate::customers) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_customer_offers).service(give_offer).service(move_customer_offer).service(take_offer_back);
}

async fn find(rows: &impl Reads, customer: Uuid, id: Uuid) -> Result<(given::Model, offer::Model), Problem> {
    let this = Condition::all().add(given::Column::CustomerId.eq(customer)).add(given::Column::Id.eq(id));
    let found = open_to(rows).filter(this).shape(|rows| rows.find_also_related(offer::Entity)).all().await?.pop();
    let (row, offer) = found.ok_or(Problem::NotFound)?;
    Ok((row, offer.ok_or(Problem::NotFound)?))
}

/// A page of the offers that a customer was given, newest first: also those that were used or are over.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.read"])), params(("id" = Uuid, Path), PageQuery), responses((status = 200, body = Page<CustomerOfferView>), Problems))]
#[get("/customers/{id}/offers")]
async fn list_customer_offers(
    scope: Can<OffersRead>,
    id: Path<Uuid>,
    page: Query<PageQuery>,
) -> Result<Json<Page<CustomerOfferView>>, Problem> {
    let page = page.0.check()?;
    find_customer(&*scope, id.0).await?;
    let theirs = open_to(&*scope).filter(given::Column::CustomerId.eq(id.0));
    let position = |(row, _): &(given::Model, Option<offer::Model>)| Position { at: row.created_at, id: row.id };
    let with_offer = |rows: sea_orm::Select<given::Entity>| rows.find_also_related(offer::Entity);
    let (rows, next_cursor) = theirs.page(given::Column::CreatedAt, page, with_offer, position).await?;
    let today = day_of(scope.now());
    let items = rows.into_iter().filter_map(|(row, offer)| Some(CustomerOfferView::of(row, offer?, today)));
    Ok(Json(Page { items: items.collect(), next_cursor }))
}

/// Whoever gives and takes back changes customers; whoever marks need not.
fn changes(scope: &Scope) -> Result<(), Problem> {
    if scope.may(Permission::CustomersWrite) { Ok(()) } else { Err(Problem::Lacking(Permission::CustomersWrite)) }
}

/// Gives a customer an offer, once; that takes `customers.write` too. Nothing is sent: the customer finds it in the mini-program, or hears of it from
/// whoever gives it. That is why one who refuses advertising may be given one in this way, and by no bulk action.
#[utoipa::path(tag = "offers", params(Once, ("id" = Uuid, Path)), security(("bearer" = ["offers.give"])), request_body = NewCustomerOffer, responses((status = 201, body = CustomerOfferView), Problems))]
#[post("/customers/{id}/offers")]
async fn give_offer(
    mut scope: Can<OffersGive>,
    id: Path<Uuid>,
    body: Checked<NewCustomerOffer>,
) -> Result<Created<CustomerOfferView>, Problem> {
    changes(&scope)?;
    let Checked { value: input, once } = body;
    let row_id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            tx.find_to_change::<customer::Entity>(id.0).await?;
            let offer = giveable(tx, input.offer_id).await??;
            if held_customers(tx, vec![id.0]).await?.is_empty() {
                return Err(Problem::NotFound);
            }
            if !having(tx, offer.id, vec![id.0]).await?.is_empty() {
                return Err(Problem::conflict("offer_given_already", Some("offer_id")));
            }
            let row = give(tx, &offer, [(row_id, id.0)]).await?.pop().ok_or(Problem::NotFound)?;
            Ok(CustomerOfferView::of(row, offer, day_of(tx.now())))
        })
        .await
}

/// The row to change and its offer; 409 with what it is now when it has another version.
async fn to_change(
    tx: &Tx<'_>,
    (customer, id): (Uuid, Uuid),
    version: IfMatch,
) -> Result<(given::Model, offer::Model), Problem> {
    let (row, offer) = find(tx, customer, id).await?;
    tx.find_to_change::<given::Entity>(id).await?;
    if row.version != version.0 {
        return Err(Problem::stale(&CustomerOfferView::of(row, offer, day_of(tx.now()))));
    }
    let offer = held(tx, offer.id).await?.ok_or(Problem::NotFound)?;
    Ok((row, offer))
}

/// Marks an offer as used by the customer, within its days, or takes that mark back.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.give"])), params(("id" = Uuid, Path), ("given_id" = Uuid, Path), ("If-Match" = String, Header)), request_body = CustomerOfferMove, responses((status = 200, body = CustomerOfferView), Problems))]
#[post("/customers/{id}/offers/{given_id}/moves")]
async fn move_customer_offer(
    mut scope: Can<OffersGive>,
    path: Path<(Uuid, Uuid)>,
    version: IfMatch,
    body: Checked<CustomerOfferMove>,
) -> Result<Json<CustomerOfferView>, Problem> {
    let (customer, id) = path.0;
    let event = body.value.event;
    let me = scope.me()?;
    let tx = scope.begin().await?;
    let (row, offer) = to_change(&tx, (customer, id), IfMatch(version.0)).await?;
    let today = day_of(tx.now());
    stands(&row, &offer, today).check(event).map_err(|refused| Problem::conflict(refused.code, Some("event")))?;
    let uses = event == CustomerOfferEvent::Use;
    let change = given::ActiveModel {
        used_at: Set(uses.then(|| tx.now())),
        used_by: Set(uses.then_some(me)),
        used_by_name: Set(uses.then(|| tx.who().name.clone())),
        ..Default::default()
    };
    let done = tx.update::<given::Entity>(id, Some(version.0), change).await?;
    let (row, _) = find(&tx, customer, id).await?;
    let view = CustomerOfferView::of(row, offer.clone(), today);
    if !done {
        return Err(Problem::stale(&view));
    }
    count(&tx, &offer, 0, if uses { 1 } else { -1 }).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Takes an offer back that the customer did not use; that takes `customers.write` too.
#[utoipa::path(tag = "offers", security(("bearer" = ["offers.give"])), params(("id" = Uuid, Path), ("given_id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/customers/{id}/offers/{given_id}")]
async fn take_offer_back(
    mut scope: Can<OffersGive>,
    path: Path<(Uuid, Uuid)>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    changes(&scope)?;
    let (customer, id) = path.0;
    let tx = scope.begin().await?;
    let (row, offer) = to_change(&tx, (customer, id), IfMatch(version.0)).await?;
    if row.used_at.is_some() {
        return Err(Problem::conflict("offer_used", None));
    }
    let view = CustomerOfferView::of(row, offer.clone(), day_of(tx.now()));
    if !tx.bury::<given::Entity>(id, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    count(&tx, &offer, -1, 0).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
