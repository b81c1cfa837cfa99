//! A customer who refuses advertising by letter, by phone or at the counter: whoever never used the mini-program takes
//! nothing back there.

use super::entity::customer;
use super::view::CustomerView;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersWrite;
use crate::scope::{Can, Path};
use actix_web::{post, web::Json};
use sea_orm::Set;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(refuse_ads);
}

/// Writes down that a customer refuses advertising, from now on. Nobody of the business takes that back: only what the
/// person says later, by consenting in the mini-program, counts against it (PIPL art. 15 and 16).
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/ads-refusal")]
async fn refuse_ads(mut scope: Can<CustomersWrite>, id: Path<Uuid>) -> Result<Json<CustomerView>, Problem> {
    let tx = scope.begin().await?;
    let change = customer::ActiveModel { ads_refused_at: Set(Some(tx.now())), ..Default::default() };
    if !tx.update::<customer::Entity>(id.0, None, change).await? {
        return Err(Problem::NotFound);
    }
    let view = CustomerView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}
