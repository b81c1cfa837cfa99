//! The business's side, over HTTP: what people ask for, its answers, and the export for a letter.

use super::answer::done;
use super::entity::{self as request, Words};
use super::erase::erase;
use super::page::{FormatQuery, answer, notes};
use super::record::{Keeper, KeptRecord, Reader, RequestView};
use crate::customers::{self, Customer, person_key};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersErase, CustomersExport};
use crate::scope::system::System;
use crate::scope::{Can, Checked, IfMatch, Path, Query, Scope};
use actix_web::{HttpResponse, get, post, web::Json};
use domain::customers::ErasureReason;
use domain::permission::{Permission, Reach, Resource};
use domain::privacy::{RequestAnswer, RequestKind, RequestOutcome, RequestState};
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_data_requests).service(answer_data_request).service(export_customer);
}

/// A request, to the business.
#[derive(Debug, Serialize, ToSchema)]
pub struct DataRequestRow {
    /// What was asked.
    #[serde(flatten)]
    pub request: RequestView,
    /// Who asks, as the record calls them.
    pub customer_name: String,
    /// Whether they are erased already.
    pub erased: bool,
}

impl DataRequestRow {
    fn of(scope: &Scope, row: request::Model, customer: &Customer) -> Result<Self, Problem> {
        let words = Words::open(scope, customer, &row)?;
        let (customer_name, erased) = (customer.name.clone(), customer.erased_at.is_some());
        Ok(Self { request: RequestView::of(row, words), customer_name, erased })
    }
}

/// What people ask about their own data, newest first.
#[utoipa::path(tag = "privacy", security(("bearer" = ["customers.erase"])), params(PageQuery), responses((status = 200, body = Page<DataRequestRow>), Problems))]
#[get("/privacy/requests")]
async fn list_data_requests(
    scope: Can<CustomersErase>,
    query: Query<PageQuery>,
) -> Result<Json<Page<DataRequestRow>>, Problem> {
    let position = |row: &request::Model| Position { at: row.created_at, id: row.id };
    let page = query.0.check()?;
    let (rows, next_cursor) =
        scope.find::<request::Entity>().page(request::Column::CreatedAt, page, |rows| rows, position).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.customer_id).collect();
    let customers = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.is_in(ids)).all().await?;
    let customers: HashMap<Uuid, Customer> = customers.into_iter().map(|row| (row.id, row)).collect();
    let items = rows.into_iter().filter_map(|row| {
        let customer = customers.get(&row.customer_id)?;
        Some(DataRequestRow::of(&scope, row, customer))
    });
    Ok(Json(Page { items: items.collect::<Result<_, _>>()?, next_cursor }))
}

async fn found(scope: &Scope, id: Uuid) -> Result<(request::Model, Customer), Problem> {
    let row = scope.find::<request::Entity>().filter(request::Column::Id.eq(id)).one().await?;
    let row = row.ok_or(Problem::NotFound)?;
    let customer = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(row.customer_id));
    Ok((row, customer.one().await?.ok_or(Problem::NotFound)?))
}

/// Answers a request. `done` on a deletion erases the person for good; a correction is made with
/// `PATCH /customers/{id}` first. A refusal names a ground that the law allows. 409 `orders_open` with `count` while
/// orders of whoever is to be erased are on their way, unless `with_open_orders` says that one knows.
#[utoipa::path(tag = "privacy", security(("bearer" = ["customers.erase"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = RequestAnswer, responses((status = 200, body = DataRequestRow), Problems))]
#[post("/privacy/requests/{id}/answer")]
async fn answer_data_request(
    scope: Can<CustomersErase>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<RequestAnswer>,
) -> Result<Json<DataRequestRow>, Problem> {
    let RequestAnswer { outcome, ground, text, with_open_orders } = body.value;
    let (row, customer) = found(&scope, id.0).await?;
    if row.version != version.0 {
        return Err(Problem::stale(&DataRequestRow::of(&scope, row, &customer)?));
    }
    if row.state != Code(RequestState::Waiting) {
        return Err(Problem::conflict("request_answered", None));
    }
    // Whoever is erased is out of the actor's rows; the request is still theirs to close.
    let mut whole = scope.whole();
    if outcome == RequestOutcome::Done && row.kind == Code(RequestKind::Delete) && customer.erased_at.is_none() {
        erase(&scope, row.customer_id, ErasureReason::Asked, with_open_orders).await?;
        let (row, customer) = found(&whole, id.0).await?;
        return Ok(Json(DataRequestRow::of(&scope, row, &customer)?));
    }
    let mut change = done(&scope);
    change.answered_by = Set(Some(scope.me()?));
    if customer.erased_at.is_none() {
        let words = Words { answer: text, ..Words::open(&scope, &customer, &row)? };
        change.vault = Set(Some(words.seal(&scope, &person_key(&scope, &customer)?, row.id)?));
    }
    if outcome == RequestOutcome::Refused {
        change.state = Set(Code(RequestState::Refused));
        change.ground = Set(ground.map(Code));
    }
    let tx = whole.begin().await?;
    if !tx.update::<request::Entity>(id.0, Some(version.0), change).await? {
        return Err(Problem::conflict("request_answered", None));
    }
    tx.commit().await?;
    let (row, customer) = found(&whole, id.0).await?;
    Ok(Json(DataRequestRow::of(&scope, row, &customer)?))
}

/// What a letter is answered with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    /// Everything that is kept.
    #[serde(flatten)]
    pub record: KeptRecord,
    /// What is in it, and what the law obliges the business to keep.
    pub notes: Vec<String>,
}

/// Nobody hands out a whole record who may not see whole what stands in it: it would lack what they do not see, and say
/// that it is complete.
///
/// # Errors
/// 403 `field_masked`, 403 `record_not_whole`.
async fn sees_whole(scope: &Scope) -> Result<(), Problem> {
    scope.opens_phones()?;
    scope.opens_emails()?;
    let hanging = [
        (Permission::OrdersRead, Resource::Orders),
        (Permission::OpportunitiesRead, Resource::Orders),
        (Permission::OffersRead, Resource::Customers),
        (Permission::InteractionsRead, Resource::Interactions),
    ];
    let whole = scope.rights().is_some_and(|rights| {
        // What hangs on somebody who was put away is seen by whoever sees everybody's.
        let sees = |(permission, resource)| rights.can(permission) && rights.reach(resource) == Reach::All;
        rights.fields.amounts.opens() && hanging.into_iter().all(sees)
    });
    if whole && customers::sees_own_fields(scope).await? { Ok(()) } else { Err(Problem::Forbidden("record_not_whole")) }
}

/// Everything that is kept about a customer, for somebody who asks by letter: as JSON or as a page to
/// print. It is put on the record. Also of somebody who was deleted, as long as they are not erased. 403
/// `record_not_whole` for a role that does not see all of it.
#[utoipa::path(tag = "privacy", security(("bearer" = ["customers.export"])), params(("id" = Uuid, Path), FormatQuery), responses((status = 200, content((Letter = "application/json"), (String = "text/html"))), Problems))]
#[get("/customers/{id}/export")]
async fn export_customer(
    mut scope: Can<CustomersExport>,
    id: Path<Uuid>,
    query: Query<FormatQuery>,
) -> Result<HttpResponse, Problem> {
    // Whoever was put away is kept until they are erased, and may ask what is kept.
    let found = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(id.0)).one().await?;
    let customer = found.filter(|row| row.erased_at.is_none()).ok_or(Problem::NotFound)?;
    if customer.merged_into.is_some() {
        return Err(customers::merging::gone(&scope, id.0).await);
    }
    sees_whole(&scope).await?;
    let tenant = System::new(scope.installation()).tenant(scope.tenant_id()).await?.ok_or(Problem::NotFound)?;
    let keeper = Keeper { name: tenant.name, phone: tenant.phone };
    // Whoever may export hands out the whole record, also what colleagues wrote.
    let record = KeptRecord::collect(&scope, keeper, &customer, Reader::Business).await?;
    let now = scope.now();
    let tx = scope.begin().await?;
    tx.audit("export", "customer", Some(id.0), json!({ "rows": 1 }));
    tx.commit().await?;
    let letter = Letter { record, notes: notes(Reader::Business) };
    Ok(answer(query.0.format, &letter, std::slice::from_ref(&letter.record), Reader::Business, now))
}
