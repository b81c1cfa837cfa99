//! Types of customers 客户类型: the four that everybody has, and a business's own.

use super::pools::recycle_rule::stop_bereft;
use super::record_entity::kind;
use super::{Column, Entity};
use crate::crypto::random;
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{BusinessWrite, CustomersRead};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::customers::{CustomerType, CustomerTypeChanges, NewCustomerType};
use sea_orm::{ColumnTrait as _, QueryOrder as _, Set};
use serde::Serialize;
use std::collections::HashSet;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_customer_types)
        .service(create_customer_type)
        .service(change_customer_type)
        .service(delete_customer_type);
}

/// A type.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerTypeView {
    /// Its id; none for one that everybody has.
    pub id: Option<Uuid>,
    /// What stands in a customer's `type`.
    pub code: String,
    /// Its name; none for one that everybody has, which every client names in its own language.
    pub name: Option<String>,
    /// ETag; none for one that everybody has.
    pub version: Option<i64>,
}

impl From<kind::Model> for CustomerTypeView {
    fn from(row: kind::Model) -> Self {
        Self { id: Some(row.id), code: row.code, name: Some(row.name), version: Some(row.version) }
    }
}

/// Whether a code may be a type: one that everybody has, or one like those that a business makes. A type
/// that is gone is nobody's, so a filter that names it finds nobody.
pub(super) fn shaped(code: &str) -> bool {
    let own = |rest: &str| rest.len() == 8 && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    CustomerType::parse(code).is_some() || code.strip_prefix('t').is_some_and(own)
}

/// Whether a code is a type here.
///
/// # Errors
/// When the database does not answer.
async fn is_known(rows: &impl Reads, code: &str) -> Result<bool, Problem> {
    if CustomerType::parse(code).is_some() {
        return Ok(true);
    }
    Ok(rows.rows::<kind::Entity>().filter(kind::Column::Code.eq(code)).one().await?.is_some())
}

/// Those of some codes that are types here.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn living<'c>(
    rows: &impl Reads,
    codes: impl Iterator<Item = &'c String>,
) -> Result<HashSet<String>, Problem> {
    let (mut there, own): (HashSet<String>, HashSet<String>) =
        codes.cloned().partition(|code| CustomerType::parse(code).is_some());
    if !own.is_empty() {
        let own = rows.rows::<kind::Entity>().filter(kind::Column::Code.is_in(own)).held().all().await?;
        there.extend(own.into_iter().map(|kind| kind.code));
    }
    Ok(there)
}

/// Refuses a code that is no type here.
pub(super) async fn known(rows: &impl Reads, code: &str) -> Result<(), Problem> {
    if is_known(rows, code).await? { Ok(()) } else { Err(Problem::field("type", "type_unknown")) }
}

/// The types that everybody has, then the business's own.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), responses((status = 200, body = All<CustomerTypeView>), Problems))]
#[get("/customer-types")]
async fn list_customer_types(scope: Can<CustomersRead>) -> Result<Json<All<CustomerTypeView>>, Problem> {
    let own = scope.find::<kind::Entity>().shape(|rows| rows.order_by_asc(kind::Column::CreatedAt)).all().await?;
    let everybodys = CustomerType::ALL.iter().map(|code| CustomerTypeView {
        id: None,
        code: code.as_str().to_owned(),
        name: None,
        version: None,
    });
    Ok(Json(All { items: everybodys.chain(own.into_iter().map(CustomerTypeView::from)).collect() }))
}

/// Makes a type of the business's own.
#[utoipa::path(tag = "customers", params(Once), security(("bearer" = ["business.write"])), request_body = NewCustomerType, responses((status = 201, body = CustomerTypeView), Problems))]
#[post("/customer-types")]
async fn create_customer_type(
    mut scope: Can<BusinessWrite>,
    body: Checked<NewCustomerType>,
) -> Result<Created<CustomerTypeView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    scope
        .create(&once, input.id, async |tx| {
            let code = format!("t{}", hex::encode(random::<4>()));
            let row = kind::ActiveModel {
                id: Set(id),
                code: Set(code.clone()),
                name: Set(input.name.clone()),
                ..Default::default()
            };
            tx.insert::<kind::Entity>(row).await?;
            Ok(CustomerTypeView { id: Some(id), code, name: Some(input.name), version: Some(1) })
        })
        .await
}

/// Renames a type of the business's own.
#[utoipa::path(tag = "customers", security(("bearer" = ["business.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = CustomerTypeChanges, responses((status = 200, body = CustomerTypeView), Problems))]
#[patch("/customer-types/{id}")]
async fn change_customer_type(
    mut scope: Can<BusinessWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<CustomerTypeChanges>,
) -> Result<Json<CustomerTypeView>, Problem> {
    let tx = scope.begin().await?;
    let mut change = kind::ActiveModel::default();
    if let Some(name) = body.value.name {
        change.name = Set(name);
    }
    let done = tx.update::<kind::Entity>(id.0, Some(version.0), change).await?;
    let view = find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Deletes a type that no customer has. Rules by which customers of this type alone fall into a pool are switched off.
#[utoipa::path(tag = "customers", security(("bearer" = ["business.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/customer-types/{id}")]
async fn delete_customer_type(
    mut scope: Can<BusinessWrite>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let view = find(&tx, id.0).await?;
    let customers = tx.rows_of_all::<Entity>().filter(Column::Type.eq(view.code.as_str())).count().await?.0;
    Problem::in_use(&[("in_use_customers", customers)])?;
    if !tx.bury::<kind::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    stop_bereft(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<CustomerTypeView, Problem> {
    let row = rows.rows::<kind::Entity>().filter(kind::Column::Id.eq(id)).one().await?;
    row.map(CustomerTypeView::from).ok_or(Problem::NotFound)
}
