//! A whole phone number, or something else that is sealed, for one call, on the record.

use super::custom;
use super::store::find;
use super::vault::{SealedPhone, Vault};
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::{Can, Path, Scope, grants::CustomersReveal};
use actix_web::{post, web::Json};
use domain::phone::Phone;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(reveal_customer_phone)
        .service(reveal_customer_email)
        .service(reveal_customer_wechat)
        .service(reveal_customer_remark)
        .service(reveal_custom_field);
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

/// Something else that is sealed, in full.
#[derive(Serialize, ToSchema)]
pub struct RevealedText {
    /// The whole of it.
    pub text: String,
}

/// Shows one phone of a customer in full and writes that into the audit record.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "customers", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path), ("index" = usize, Path)), responses((status = 200, body = RevealedPhone), Problems))]
#[post("/customers/{id}/phones/{index}/reveal")]
async fn reveal_customer_phone(
    mut scope: Can<CustomersReveal>,
    path: Path<(Uuid, usize)>,
) -> Result<Json<RevealedPhone>, Problem> {
    let (id, index) = path.0;
    let what = json!({ "phone": index });
    let phone =
        reveal(&mut scope, id, Scope::opens_phones, what, |vault| vault.phones.get(index).and_then(SealedPhone::phone));
    let phone = phone.await?;
    Ok(Json(RevealedPhone::from(&phone)))
}

/// Shows one e-mail address in full, on the record.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "customers", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path), ("index" = usize, Path)), responses((status = 200, body = RevealedText), Problems))]
#[post("/customers/{id}/emails/{index}/reveal")]
async fn reveal_customer_email(
    mut scope: Can<CustomersReveal>,
    path: Path<(Uuid, usize)>,
) -> Result<Json<RevealedText>, Problem> {
    let (id, index) = path.0;
    let what = json!({ "email": index });
    let text = reveal(&mut scope, id, Scope::opens_emails, what, |vault| Some(vault.emails.get(index)?.text.clone()));
    Ok(Json(RevealedText { text: text.await? }))
}

/// Shows one WeChat id in full, on the record.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "customers", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path), ("index" = usize, Path)), responses((status = 200, body = RevealedText), Problems))]
#[post("/customers/{id}/wechat-ids/{index}/reveal")]
async fn reveal_customer_wechat(
    mut scope: Can<CustomersReveal>,
    path: Path<(Uuid, usize)>,
) -> Result<Json<RevealedText>, Problem> {
    let (id, index) = path.0;
    let what = json!({ "wechat_id": index });
    let text =
        reveal(&mut scope, id, Scope::opens_phones, what, |vault| Some(vault.wechat_ids.get(index)?.text.clone()));
    Ok(Json(RevealedText { text: text.await? }))
}

/// Shows a secret remark in full, on the record.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "customers", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path)), responses((status = 200, body = RevealedText), Problems))]
#[post("/customers/{id}/remark/reveal")]
async fn reveal_customer_remark(
    mut scope: Can<CustomersReveal>,
    path: Path<Uuid>,
) -> Result<Json<RevealedText>, Problem> {
    let text = reveal(&mut scope, path.0, Scope::opens_phones, json!({ "remark": true }), |vault| {
        vault.remark.clone().filter(|text| !text.is_empty())
    });
    Ok(Json(RevealedText { text: text.await? }))
}

/// Shows what a secret field or a phone field of the business's own holds, in full, on the record.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "customers", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path), ("key" = String, Path)), responses((status = 200, body = RevealedText), Problems))]
#[post("/customers/{id}/custom/{key}/reveal")]
async fn reveal_custom_field(
    mut scope: Can<CustomersReveal>,
    path: Path<(Uuid, String)>,
) -> Result<Json<RevealedText>, Problem> {
    let (id, key) = path.0;
    let seen = custom::definitions(&*scope).await?;
    let field = seen.iter().find(|definition| definition.key == key).ok_or(Problem::NotFound)?;
    let what = json!({ "custom": field.key });
    let text = reveal(&mut scope, id, Scope::opens_phones, what, |vault| vault.custom.get(&field.id).cloned());
    Ok(Json(RevealedText { text: text.await? }))
}

/// One sealed thing of a customer, if the rule of its kind opens it: counted, and on the record.
async fn reveal<T>(
    scope: &mut Can<CustomersReveal>,
    id: Uuid,
    opens: fn(&Scope) -> Result<(), Problem>,
    what: serde_json::Value,
    of: impl FnOnce(&Vault) -> Option<T>,
) -> Result<T, Problem> {
    let tx = scope.begin().await?;
    opens(&tx)?;
    let customer = find(&tx, id).await?;
    if customer.pool_id.is_some() {
        // Who looks through the pool sees whom there is, not how to reach them.
        tx.find_to_change::<super::Entity>(id).await?;
    }
    let found = of(&Vault::open(&tx, &customer)?).ok_or(Problem::NotFound)?;
    tx.system().count_reveal().await?;
    tx.audit("reveal", "customer", Some(id), what);
    tx.commit().await?;
    Ok(found)
}
