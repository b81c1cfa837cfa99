//! A whole phone number, for one call, on the record.

use super::store::find;
use super::vault::Vault;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Path, grants::CustomersReveal};
use actix_web::{post, web::Json};
use domain::phone::Phone;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(reveal_customer_phone);
}

/// A phone number in full.
#[derive(Serialize, ToSchema)]
pub struct RevealedPhone {
    /// E.164.
    pub number: String,
    /// What to dial inside China.
    pub dial: String,
}

impl From<&Phone> for RevealedPhone {
    fn from(phone: &Phone) -> Self {
        Self { number: phone.e164().to_owned(), dial: phone.dialled().to_owned() }
    }
}

/// Shows one phone of a customer in full and writes that into the audit record.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path), ("index" = usize, Path)), responses((status = 200, body = RevealedPhone), Problems))]
#[post("/customers/{id}/phones/{index}/reveal")]
async fn reveal_customer_phone(
    mut scope: Can<CustomersReveal>,
    path: Path<(Uuid, usize)>,
) -> Result<Json<RevealedPhone>, Problem> {
    let (id, index) = path.0;
    let tx = scope.begin().await?;
    tx.opens_phones()?;
    let customer = find(&tx, id).await?;
    if customer.pool_id.is_some() {
        // Who looks through the pool sees whom there is, not how to reach them.
        tx.find_to_change::<super::Entity>(id).await?;
    }
    let vault = Vault::open(&tx, &customer)?;
    let phone = vault.phones.get(index).and_then(|sealed| sealed.phone()).ok_or(Problem::NotFound)?;
    tx.system().count_reveal().await?;
    tx.audit("reveal", "customer", Some(id), json!({ "phone": index }));
    tx.commit().await?;
    Ok(Json(RevealedPhone::from(&phone)))
}
