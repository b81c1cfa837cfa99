//! Who helps with a customer whom somebody else looks after.

use super::entity::{customer, helper};
use super::{Entity, find};
use crate::db::{Code, Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersRead, CustomersShare};
use crate::scope::{Can, Checked, Path, Reads, Tx};
use crate::tenants::{at_work, staff};
use actix_web::{delete, get, post, web::Json};
use domain::permission::HelperLevel;
use domain::staff::Helper;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, Set};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_helpers).service(add_helper).service(remove_helper);
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

/// Lets colleagues help with customers with whom they do not yet.
pub(super) async fn share(
    tx: &Tx<'_>,
    helping: impl IntoIterator<Item = (Uuid, Uuid, HelperLevel)>,
) -> Result<(), Problem> {
    let rows = helping.into_iter().map(|(customer, staff_id, level)| {
        tx.audit("share", "customer", Some(customer), json!({ "helper": staff_id, "level": level }));
        helper::ActiveModel {
            customer_id: Set(customer),
            staff_id: Set(staff_id),
            level: Set(Code(level)),
            created_at: Set(tx.now()),
            ..Default::default()
        }
    });
    tx.insert_many::<helper::Entity>(rows.collect::<Vec<_>>()).await.map_err(|error| match refusal(&error) {
        Some(Taken::Reference) => Problem::field("staff_id", "staff_unknown"),
        _ => error.into(),
    })
}

/// Makes colleagues help with a customer at these levels, or no more, and says what was before.
pub(super) async fn reshare(
    tx: &Tx<'_>,
    customer: Uuid,
    levels: &[(Uuid, Option<HelperLevel>)],
) -> Result<Vec<(Uuid, Option<HelperLevel>)>, Problem> {
    if levels.is_empty() {
        return Ok(Vec::new());
    }
    let there = tx.find::<helper::Entity>().filter(helper::Column::CustomerId.eq(customer)).all().await?;
    let level = |id: Uuid| there.iter().find(|row| row.staff_id == id).map(|row| row.level.0);
    let changed: Vec<_> = levels.iter().copied().filter(|(id, to)| level(*id) != *to).collect();
    let held: Vec<Uuid> = changed.iter().map(|(id, _)| *id).filter(|id| level(*id).is_some()).collect();
    if !held.is_empty() {
        let these =
            Condition::all().add(helper::Column::CustomerId.eq(customer)).add(helper::Column::StaffId.is_in(held));
        tx.remove::<helper::Entity>(these).await?;
    }
    for (id, _) in changed.iter().filter(|(_, to)| to.is_none()) {
        tx.audit("unshare", "customer", Some(customer), json!({ "helper": id }));
    }
    share(tx, changed.iter().filter_map(|(id, to)| Some((customer, *id, (*to)?)))).await?;
    Ok(changed.into_iter().map(|(id, _)| (id, level(id))).collect())
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
    let tx = scope.begin().await?;
    touch(&tx, id.0).await?;
    let customer = find(&tx, id.0).await?;
    // In a pool nobody looks after them, whoever did last.
    if customer.owner_id == staff_id && customer.pool_id.is_none() {
        return Err(Problem::field("staff_id", "helper_owner"));
    }
    at_work(&tx, staff_id).await?.ok_or(Problem::field("staff_id", "staff_unknown"))?;
    tx.remove::<helper::Entity>(this_helper(id.0, staff_id)).await?;
    share(&tx, [(id.0, staff_id, level)]).await?;
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
