//! The one-time code on a receipt: who holds the paper may see the order.

use super::Entity;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{Can, Path, grants::OrdersWrite};
use actix_web::{post, web::Json};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Days for which a code can be used: as long as a parcel may take, and a while to be curious.
const DAYS: i64 = 30;
/// The page of the mini-program that takes the code.
const PAGE: &str = "features/my-orders/claim/index";

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(create_receipt_code);
}

/// A code to print on a receipt.
#[derive(Serialize, ToSchema)]
pub struct ReceiptCode {
    /// `ABCD-EFGH-JKLM-NPQR`. Shown once: only its digest is kept.
    pub code: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// The page that takes it.
    pub path: String,
    /// The `scene` of the 小程序码.
    pub scene: String,
    /// The 小程序码 as a `data:` URL; `null` when WeChat did not make one.
    pub image: Option<String>,
}

/// Makes a one-time code for the customer; the one made before stops working.
#[utoipa::path(tag = "orders", security(("bearer" = ["orders.write"])), params(("id" = Uuid, Path)), responses((status = 201, body = ReceiptCode), Problems))]
#[post("/orders/{id}/receipt-code")]
async fn create_receipt_code(
    mut scope: Can<OrdersWrite>,
    system: System,
    id: Path<Uuid>,
) -> Result<(Json<ReceiptCode>, actix_web::http::StatusCode), Problem> {
    // Eighty bits: nobody guesses it, also not from its digest with the key of digests in hand.
    let plain = crate::crypto::letters::<16>();
    let letters: Vec<char> = plain.chars().collect();
    let code = letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-");
    let expires_at = scope.now() + Duration::days(DAYS);
    let tx = scope.begin().await?;
    tx.find_to_change::<Entity>(id.0).await?;
    tx.system().set_receipt_code(id.0, &plain, expires_at).await?;
    tx.audit("receipt_code", "order", Some(id.0), json!({}));
    tx.commit().await?;
    // Without WeChat the code on paper still works.
    let scene = format!("r={plain}");
    let image = system.at.wechat.qrcode_url(&scene, PAGE).await.ok();
    Ok((
        Json(ReceiptCode { code, expires_at, path: PAGE.to_owned(), scene, image }),
        actix_web::http::StatusCode::CREATED,
    ))
}
