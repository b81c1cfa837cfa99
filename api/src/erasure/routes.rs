//! Erasing over HTTP.

use super::erase_person;
use crate::customers;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Checked, Path, grants::CustomersErase};
use actix_web::{HttpResponse, post};
use domain::customers::Erasure;
use sea_orm::ColumnTrait as _;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(erase_customer);
}

/// Erases a person for good: nobody can read their phones, addresses, remarks or recorded values any
/// more, and no backup brings them back. Orders stay without a name. Doing it twice changes nothing.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.erase"])), params(("id" = Uuid, Path)), request_body = Erasure, responses((status = 204), Problems))]
#[post("/customers/{id}/erase")]
async fn erase_customer(
    scope: Can<CustomersErase>,
    id: Path<Uuid>,
    body: Checked<Erasure>,
) -> Result<HttpResponse, Problem> {
    let (id, reason) = (id.0, body.value.reason);
    // Somebody who was deleted is still there to be erased.
    let found = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(id)).one().await?;
    if found.ok_or(Problem::NotFound)?.erased_at.is_none() {
        erase_person(&scope, id, reason).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
