//! Erasing over HTTP.

use super::list::{self, Erased};
use super::person;
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
        // All of the person, also what colleagues wrote.
        let mut whole = scope.whole();
        let line = Erased::Person { tenant: whole.tenant_id(), person: id, at: whole.now() };
        let file = whole.config().keys.erased_file.clone();
        let tx = whole.begin().await?;
        if person::erase(&tx, id, reason.as_str()).await? {
            // Listed before it is done: a backup must not bring back whom we said to be gone.
            list::append(&file, &line).await?;
            tx.commit().await?;
        }
    }
    Ok(HttpResponse::NoContent().finish())
}
