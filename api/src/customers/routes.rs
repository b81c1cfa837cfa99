//! Customers over HTTP.

use super::change::{change, check_owner, owner_at_work};
use super::entity::customer;
use super::new::{self, New};
use super::rows::Seen;
use super::search::{self, CustomerQuery};
use super::store::{PHONE_TAKEN, find, phone_taken};
use super::tagging::{How, Retag};
use super::view::{CustomerRow, CustomerView, tags_of};
use super::{bury, custom, dates, merging, pools, tagging, types};
use crate::calendar::day_of;
use crate::openapi::ServiceConfig;
use crate::page::Page;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersDelete, CustomersRead, CustomersWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Query, changeable};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::customers::{CustomerChanges, CustomerTags, NewCustomer};
use domain::phone::Phone;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is asked most, and has no variable part: every route with one that is looked at before costs a match.
pub(super) fn of_all(services: &mut ServiceConfig<'_>) {
    services.service(list_customers).service(create_customer).service(count_customers);
}

pub(super) fn of_one(services: &mut ServiceConfig<'_>) {
    services.service(get_customer).service(change_customer).service(delete_customer).service(tag_customer);
}

/// A count that stops at 1000.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// 0 to 1000.
    pub count: u64,
    /// Whether there are more.
    pub capped: bool,
}

/// Writes a customer down. A live customer's first phone is unique in the business; the refusal
/// names, masked, who has it.
#[utoipa::path(tag = "customers", params(Once), security(("bearer" = ["customers.write"])), request_body = NewCustomer, responses((status = 201, body = CustomerView), Problems))]
#[post("/customers")]
async fn create_customer(
    mut scope: Can<CustomersWrite>,
    body: Checked<NewCustomer>,
) -> Result<Created<CustomerView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    check_owner(&scope, input.owner_id)?;
    if !input.phones.is_empty() {
        changeable(scope.fields().phones, "phones")?;
    }
    if let Some(code) = &input.type_ {
        types::known(&*scope, code).await?;
    }
    dates::plausible(day_of(scope.now()), input.birthday, &input.dates, &[])?;
    let me = scope.me()?;
    let mut input = input;
    let about = custom::about_new(&input);
    let filled = custom::check(&*scope, std::mem::take(&mut input.custom), &about, None).await?;
    let first = input.phones.iter().find_map(|phone| Phone::parse(&phone.number));
    let created = scope
        .create(&once, input.id, async |tx| {
            let owner = input.owner_id.unwrap_or(me);
            if owner != me {
                owner_at_work(tx, owner).await?;
            }
            pools::room(tx, owner, "owner_id").await?;
            let tags = input.tag_ids.clone();
            let one = New { id, input, filled, by: me, at: None, tags: Vec::new(), spoken_at: None };
            let mut made = new::write(tx, vec![one]).await?;
            let customer = made.pop().ok_or(Problem::NotFound)?;
            let tags = tagging::first(tx, &customer, &tags, "tag_ids").await?;
            CustomerView::of(tx, Seen::new(customer), &custom::definitions(tx).await?, tags)
        })
        .await;
    match (created, first) {
        // Found out with all the rest, when nothing could be asked any more.
        (Err(Problem::Conflict { code: PHONE_TAKEN, existing: None, .. }), Some(first)) => {
            Err(phone_taken(&scope.begin().await?, &first).await?)
        }
        (created, _) => created,
    }
}

/// A page of customers, newest first.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(CustomerQuery), responses((status = 200, body = Page<CustomerRow>), Problems))]
#[get("/customers")]
async fn list_customers(
    scope: Can<CustomersRead>,
    query: Query<CustomerQuery>,
) -> Result<Json<Page<CustomerRow>>, Problem> {
    let (rows, next_cursor) = search::page(&scope, &query.0).await?;
    let mut tags = tags_of(&*scope, rows.iter().map(|row| &row.listed.customer)).await?;
    let fields = custom::definitions(&*scope).await?;
    let items = rows.into_iter().map(|row| {
        let tags = tags.remove(&row.listed.customer.id).unwrap_or_default();
        Ok(CustomerRow { found: row.found, ..CustomerRow::of(&scope, row.listed, &fields, tags)? })
    });
    Ok(Json(Page { items: items.collect::<Result<_, Problem>>()?, next_cursor }))
}

/// How many customers the same filters find, up to 1000.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(CustomerQuery), responses((status = 200, body = CountView), Problems))]
#[get("/customers/count")]
async fn count_customers(scope: Can<CustomersRead>, query: Query<CustomerQuery>) -> Result<Json<CountView>, Problem> {
    let (count, capped) = search::count(&scope, &query.0).await?;
    Ok(Json(CountView { count, capped }))
}

/// One customer. One who was merged into another answers 404 `merged` with the id and name of that one, for
/// whoever sees both.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = CustomerView), Problems))]
#[get("/customers/{id}")]
async fn get_customer(scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<CustomerView>, Problem> {
    let found = CustomerView::find(&*scope, id.0).await;
    merging::led(&scope, id.0, found).await.map(Json)
}

/// Changes a customer (RFC 7396) if nobody else did meanwhile. One who was merged into another answers 404 `merged`, as
/// when they are read.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = CustomerChanges, responses((status = 200, body = CustomerView), Problems))]
#[patch("/customers/{id}")]
async fn change_customer(
    mut scope: Can<CustomersWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<CustomerChanges>,
) -> Result<Json<CustomerView>, Problem> {
    let input = body.value;
    let tx = scope.begin().await?;
    let changed = match find(&tx, id.0).await {
        Ok(before) => change(&tx, before, Some(version.0), input).await,
        Err(problem) => Err(problem),
    };
    let view = match changed {
        Ok(true) => CustomerView::find(&tx, id.0).await,
        // Whoever was merged while this waited for the row is not there any more.
        Ok(false) => CustomerView::find(&tx, id.0).await.and_then(|current| Err(Problem::stale(&current))),
        Err(problem) => Err(problem),
    };
    match view {
        Ok(view) => {
            tx.commit().await?;
            Ok(Json(view))
        }
        Err(problem) => {
            tx.give_up().await;
            merging::led(&scope, id.0, Err(problem)).await
        }
    }
}

/// Deletes a customer: it becomes a tombstone, and its phone can be used again.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.delete"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/customers/{id}")]
async fn delete_customer(
    mut scope: Can<CustomersDelete>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let current = match CustomerView::find(&tx, id.0).await {
        Ok(current) => current,
        Err(problem) => {
            tx.give_up().await;
            return merging::led(&scope, id.0, Err(problem)).await;
        }
    };
    let names = (current.row.name.as_str(), current.row.company.as_deref());
    if !bury::put_away(&tx, id.0, names, Some(version.0)).await? {
        return Err(Problem::stale(&current));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Puts tags on a customer and takes tags off. Doing it twice changes nothing.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path)), request_body = CustomerTags, responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/tags")]
async fn tag_customer(
    mut scope: Can<CustomersWrite>,
    id: Path<Uuid>,
    body: Checked<CustomerTags>,
) -> Result<Json<CustomerView>, Problem> {
    let CustomerTags { add, remove } = body.value;
    let tx = scope.begin().await?;
    // The customer changed for whoever keeps a copy; and two who tag it at once go one after the other.
    if !tx.derive::<customer::Entity>(id.0, customer::ActiveModel::default()).await? {
        tx.give_up().await;
        return Err(merging::gone(&scope, id.0).await);
    }
    let known = tagging::known(&tx, &add, "add").await?;
    if add.is_empty() && remove.is_empty() {
        tx.unrecorded("nothing was asked for");
    }
    let change = Retag { customer: id.0, add, remove };
    tagging::write(&tx, vec![change], &known, How::default()).await?;
    tagging::touched(&tx, &[id.0]).await?;
    let view = CustomerView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}
