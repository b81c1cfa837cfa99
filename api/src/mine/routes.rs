//! The customer side over HTTP.

use crate::auth::limit;
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::orders::view::{OrderLineView, ShipmentView, Whole};
use crate::orders::{self, Order};
use crate::page::{Page, PageQuery};
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::orders::Seen;
use crate::scope::{Amount, Checked, Mine, Path, Query, Scope};
use actix_web::{HttpRequest, get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::accounts::ReceiptProof;
use domain::orders::OrderStatus;
use sea_orm::ColumnTrait as _;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_my_orders).service(prove_receipt).service(get_my_order).service(welcome);
}

/// An order of one's own, in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyOrderRow {
    /// The business.
    pub tenant_id: i64,
    /// Its name.
    pub business_name: String,
    /// Id.
    pub id: Uuid,
    /// The number on the receipt.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// What it costs, in fen.
    pub total_fen: Amount,
    /// How many lines.
    pub line_count: i64,
    /// The name of the first.
    pub first_line: String,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
}

/// An order of one's own, whole. Receiver, phone and address are masked: the phone in one's hand
/// proves the number, not the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyOrderView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: MyOrderRow,
    /// What was bought.
    pub lines: Vec<OrderLineView>,
    /// `张*`.
    pub receiver_masked: String,
    /// `138****8000`.
    pub phone_masked: String,
    /// `浙江省杭州市****`.
    pub address_masked: String,
    /// Parcels.
    pub shipments: Vec<ShipmentView>,
    /// What happened so far, oldest first.
    pub course: Vec<MyStepView>,
    /// Whom to ask.
    pub business: BusinessView,
}

/// A step of the course, without who did it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyStepView {
    /// Where the order stood from then on.
    pub status: OrderStatus,
    /// When.
    pub at: DateTime<Utc>,
}

/// A business, to its customers.
#[derive(Debug, Serialize, ToSchema)]
pub struct BusinessView {
    /// Name.
    pub name: String,
    /// Its own phone.
    pub phone: Option<String>,
}

/// What somebody sees before logging in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Welcome {
    /// Name of the installation.
    pub name: String,
    /// How many businesses work with it.
    pub businesses: u64,
    /// Whether anybody may sign a business up (`[signup] open`).
    pub signup: bool,
}

/// What can be seen without logging in.
#[utoipa::path(tag = "customer side", security(()), responses((status = 200, body = Welcome), Problems))]
#[get("/welcome")]
async fn welcome(system: System) -> Result<Json<Welcome>, Problem> {
    let (name, signup) = (system.at.config.name.clone(), system.at.config.signup.open);
    Ok(Json(Welcome { name, businesses: system.count_tenants().await?, signup }))
}

/// A page of one's own orders in all businesses, newest first.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), params(PageQuery), responses((status = 200, body = Page<MyOrderRow>), Problems))]
#[get("/me/orders")]
async fn list_my_orders(mine: Mine, query: Query<PageQuery>) -> Result<Json<Page<MyOrderRow>>, Problem> {
    let (seen, next_cursor) = mine.system.seen_orders(mine.actor.account_id, query.0.check()?).await?;
    let mut by_tenant: HashMap<i64, Vec<Uuid>> = HashMap::new();
    for seen in &seen {
        by_tenant.entry(seen.tenant_id).or_default().push(seen.order_id);
    }
    let businesses = mine.system.tenants_named(by_tenant.keys().copied().collect()).await?;
    // Ids are unique within a business only.
    let mut rows: HashMap<(i64, Uuid), MyOrderRow> = HashMap::new();
    for (tenant_id, ids) in by_tenant {
        let name = businesses.iter().find(|business| business.id == tenant_id).map(|business| business.name.clone());
        let name = name.unwrap_or_default();
        let scope = mine.system.customer_scope(tenant_id, ids).await?;
        for order in scope.find::<orders::Entity>().all().await? {
            rows.insert((tenant_id, order.id), row(&scope, &order, name.clone()));
        }
    }
    let items = seen.iter().filter_map(|seen| rows.remove(&(seen.tenant_id, seen.order_id))).collect();
    Ok(Json(Page { items, next_cursor }))
}

fn row(scope: &Scope, order: &Order, business_name: String) -> MyOrderRow {
    MyOrderRow {
        tenant_id: order.tenant_id,
        business_name,
        id: order.id,
        number: order.number.clone(),
        status: order.status.0,
        total_fen: scope.amount(order.total_fen),
        line_count: order.line_count,
        first_line: order.first_line.clone(),
        created_at: order.created_at,
    }
}

async fn business(system: &System, tenant_id: i64) -> Result<BusinessView, Problem> {
    let tenant = system.tenant(tenant_id).await?.ok_or(Problem::NotFound)?;
    Ok(BusinessView { name: tenant.name, phone: tenant.phone })
}

/// Proves an order by the one-time code on its receipt. A wrong, a used and an expired code are the
/// same answer, and there are few tries.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), request_body = ReceiptProof, responses((status = 200, body = MyOrderRow), Problems))]
#[post("/me/receipts")]
async fn prove_receipt(
    request: HttpRequest,
    mine: Mine,
    body: Checked<ReceiptProof>,
) -> Result<Json<MyOrderRow>, Problem> {
    limit(&mine.system, &format!("receipt:{}", mine.actor.account_id), 1).await?;
    limit(&mine.system, &format!("receipt-from:{}", Marks::of(&request).address), 8).await?;
    let Seen { tenant_id, order_id, .. } =
        mine.system.use_receipt_code(mine.actor.account_id, &body.value.code).await?;
    let scope = mine.system.customer_scope(tenant_id, vec![order_id]).await?;
    let order =
        scope.find::<orders::Entity>().filter(orders::Column::Id.eq(order_id)).one().await?.ok_or(Problem::NotFound)?;
    Ok(Json(row(&scope, &order, business(&mine.system, tenant_id).await?.name)))
}

/// One order of one's own.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), params(("tenant_id" = i64, Path), ("id" = Uuid, Path)), responses((status = 200, body = MyOrderView), Problems))]
#[get("/me/businesses/{tenant_id}/orders/{id}")]
async fn get_my_order(mine: Mine, path: Path<(i64, Uuid)>) -> Result<Json<MyOrderView>, Problem> {
    let (tenant_id, id) = path.0;
    if !mine.system.sees_order(mine.actor.account_id, tenant_id, id).await? {
        return Err(Problem::NotFound);
    }
    let scope = mine.system.customer_scope(tenant_id, vec![id]).await?;
    let whole = Whole::find(&scope, id).await?;
    let destination = whole.destination(&scope)?;
    let business = business(&mine.system, tenant_id).await?;
    Ok(Json(MyOrderView {
        row: row(&scope, &whole.order, business.name.clone()),
        lines: whole.line_views(&scope),
        phone_masked: destination.phone().and_then(|phone| scope.phone_masked(&phone)).unwrap_or_default(),
        receiver_masked: shown(&destination.receiver, 1),
        address_masked: shown(&destination.address, 6),
        shipments: whole.shipments(),
        course: whole.course().into_iter().map(|step| MyStepView { status: step.status, at: step.at }).collect(),
        business,
    }))
}

/// The first `keep` characters, then stars.
fn shown(text: &str, keep: usize) -> String {
    let mut shown: String = text.chars().take(keep).collect();
    shown.push_str(if text.chars().count() > keep { "****" } else { "*" });
    shown
}
