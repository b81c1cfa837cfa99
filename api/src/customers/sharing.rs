//! Whose a customer is, besides by `PATCH`: helpers, and the pool 公海.

use super::entity::{customer, helper, pool};
use super::view::CustomerView;
use super::{Column, Entity, find};
use crate::db::{Code, Taken, refusal};
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersClaim, CustomersRead, CustomersShare};
use crate::scope::{Can, Checked, IfMatch, Path, Reads, Tx};
use crate::tenants::staff;
use actix_web::{delete, get, post, web::Json};
use domain::permission::HelperLevel;
use domain::staff::{Helper, Release};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, Set};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// The name of the pool that a business gets with its first customer in it.
const FIRST_POOL: &str = "公海";

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_helpers)
        .service(add_helper)
        .service(remove_helper)
        .service(release_customer)
        .service(claim_customer);
}

/// A colleague who helps with a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct HelperView {
    /// Who.
    pub staff_id: Uuid,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub level: HelperLevel,
}

async fn helpers(rows: &impl Reads, id: Uuid) -> Result<All<HelperView>, Problem> {
    let found = rows
        .rows::<helper::Entity>()
        .filter(helper::Column::CustomerId.eq(id))
        .shape(|rows| rows.order_by_asc(helper::Column::CreatedAt))
        .all()
        .await?;
    let ids: Vec<Uuid> = found.iter().map(|helper| helper.staff_id).collect();
    let people = match ids.is_empty() {
        true => Vec::new(),
        false => rows.rows::<staff::Entity>().filter(staff::Column::Id.is_in(ids)).all().await?,
    };
    let items = found.into_iter().filter_map(|helper| {
        let person = people.iter().find(|person| person.id == helper.staff_id)?;
        Some(HelperView { staff_id: person.id, name: person.name.clone(), level: helper.level.0 })
    });
    Ok(All { items: items.collect() })
}

/// Who helps with a customer.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = All<HelperView>), Problems))]
#[get("/customers/{id}/helpers")]
async fn list_helpers(scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<All<HelperView>>, Problem> {
    find(&*scope, id.0).await?;
    Ok(Json(helpers(&*scope, id.0).await?))
}

/// The customer changed for whoever keeps a copy, and two who share it go one after the other.
async fn touch(tx: &Tx<'_>, id: Uuid) -> Result<(), Problem> {
    if tx.derive::<Entity>(id, customer::ActiveModel::default()).await? { Ok(()) } else { Err(Problem::NotFound) }
}

fn this_helper(id: Uuid, staff_id: Uuid) -> Condition {
    Condition::all().add(helper::Column::CustomerId.eq(id)).add(helper::Column::StaffId.eq(staff_id))
}

/// Lets a colleague help with a customer: they see it and all that hangs on it, and with `edit` change
/// it. Doing it again changes what they may do.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.share"])), params(("id" = Uuid, Path)), request_body = Helper, responses((status = 200, body = All<HelperView>), Problems))]
#[post("/customers/{id}/helpers")]
async fn add_helper(
    mut scope: Can<CustomersShare>,
    id: Path<Uuid>,
    body: Checked<Helper>,
) -> Result<Json<All<HelperView>>, Problem> {
    let Helper { staff_id, level } = body.value;
    let now = scope.now();
    let tx = scope.begin().await?;
    touch(&tx, id.0).await?;
    tx.remove::<helper::Entity>(this_helper(id.0, staff_id)).await?;
    let row = helper::ActiveModel {
        customer_id: Set(id.0),
        staff_id: Set(staff_id),
        level: Set(Code(level)),
        created_at: Set(now),
        ..Default::default()
    };
    tx.insert::<helper::Entity>(row).await.map_err(|error| match refusal(&error) {
        Some(Taken::Reference) => Problem::field("staff_id", "staff_unknown"),
        _ => error.into(),
    })?;
    tx.audit("share", "customer", Some(id.0), json!({ "helper": staff_id, "level": level }));
    let view = helpers(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Lets a colleague help no more.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.share"])), params(("id" = Uuid, Path), ("staff_id" = Uuid, Path)), responses((status = 200, body = All<HelperView>), Problems))]
#[delete("/customers/{id}/helpers/{staff_id}")]
async fn remove_helper(
    mut scope: Can<CustomersShare>,
    path: Path<(Uuid, Uuid)>,
) -> Result<Json<All<HelperView>>, Problem> {
    let (id, staff_id) = path.0;
    let tx = scope.begin().await?;
    touch(&tx, id).await?;
    if tx.remove::<helper::Entity>(this_helper(id, staff_id)).await? == 0 {
        return Err(Problem::NotFound);
    }
    tx.audit("unshare", "customer", Some(id), json!({ "helper": staff_id }));
    let view = helpers(&tx, id).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// The pool that customers go to: the business's oldest, made with its first customer.
async fn first_pool(tx: &Tx<'_>) -> Result<Uuid, Problem> {
    let known = tx.find::<pool::Entity>().shape(|rows| rows.order_by_asc(pool::Column::CreatedAt)).all().await?;
    if let Some(pool) = known.first() {
        return Ok(pool.id);
    }
    let id = tx.new_id();
    let row = pool::ActiveModel { id: Set(id), name: Set(FIRST_POOL.to_owned()), ..Default::default() };
    tx.insert::<pool::Entity>(row).await?;
    Ok(id)
}

/// Puts a customer into the pool, where whoever sees it may take it. Nobody helps with it any more.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.claim"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = Release, responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/release")]
async fn release_customer(
    mut scope: Can<CustomersClaim>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<Release>,
) -> Result<Json<CustomerView>, Problem> {
    let tx = scope.begin().await?;
    let before = tx.find_to_change::<Entity>(id.0).await?;
    if before.pool_id.is_some() {
        return Err(Problem::conflict("in_pool", None));
    }
    tx.remove::<helper::Entity>(helper::Column::CustomerId.eq(id.0)).await?;
    let change = customer::ActiveModel { pool_id: Set(Some(first_pool(&tx).await?)), ..Default::default() };
    if !tx.update::<Entity>(id.0, Some(version.0), change).await? {
        return Err(Problem::stale(&CustomerView::find(&tx, id.0).await?));
    }
    tx.audit("release", "customer", Some(id.0), json!({ "reason": body.value.reason }));
    super::touched(&tx, &[id.0]).await?;
    // Read from the row in hand: whoever does not see the pool does not see the customer any more.
    let view = CustomerView::released(&tx, before).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Takes a customer out of the pool. Of several who try, exactly one gets it.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.claim"])), params(("id" = Uuid, Path)), responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/claim")]
async fn claim_customer(mut scope: Can<CustomersClaim>, id: Path<Uuid>) -> Result<Json<CustomerView>, Problem> {
    let me = scope.me()?;
    let tx = scope.begin().await?;
    let change = customer::ActiveModel { pool_id: Set(None), owner_id: Set(me), ..Default::default() };
    if !tx.take::<Entity>(id.0, Column::PoolId.is_not_null(), change).await? {
        find(&tx, id.0).await?;
        return Err(Problem::conflict("claimed", None));
    }
    tx.audit("claim", "customer", Some(id.0), json!({}));
    super::touched(&tx, &[id.0]).await?;
    let view = CustomerView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}
