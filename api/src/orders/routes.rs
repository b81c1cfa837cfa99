//! Orders over HTTP.

use super::entity::{line, order, step};
use super::vault::Destination;
use super::view::{OrderRow, OrderView, Whole};
use crate::clock::CHINA;
use crate::customers::{self, RevealedPhone, person_key};
use crate::db::{Code, Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersReveal, OrdersRead, OrdersWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Query, Tx, changeable};
use actix_web::{get, patch, post, web::Json};
use domain::Violation;
use domain::orders::{NewOrder, OrderChanges, OrderMove, OrderStatus, total_fen};
use domain::phone::Phone;
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, Set};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(create_order)
        .service(list_orders)
        .service(get_order)
        .service(change_order)
        .service(move_order)
        .service(reveal_order_phone);
}

/// Filters of the order list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Orders that stand here.
    #[param(value_type = Option<OrderStatus>)]
    pub status: Option<String>,
    /// Orders of this customer.
    pub customer_id: Option<Uuid>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Places an order. The server computes the totals and gives the number.
#[utoipa::path(tag = "orders", params(Once), security(("bearer" = ["orders.write"])), request_body = NewOrder, responses((status = 201, body = OrderView), Problems))]
#[post("/orders")]
async fn create_order(mut scope: Can<OrdersWrite>, body: Checked<NewOrder>) -> Result<Created<OrderView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let me = scope.me()?;
    // An order is made of prices and a phone: whoever may not set these cannot place one.
    changeable(scope.fields().amounts, "lines")?;
    changeable(scope.fields().phones, "phone")?;
    scope
        .create(&once, input.id, async |tx| {
            let customer = tx.hold_to_hang_on::<customers::Entity>(input.customer_id).await?;
            let phone = Phone::parse(&input.phone).ok_or(Problem::field("phone", "phone_invalid"))?;
            let total = total_fen(&input.lines).ok_or(Problem::field("lines", "total_too_large"))?;
            let destination =
                Destination { receiver: input.receiver, phone: phone.e164().to_owned(), address: input.address };
            let lines: Vec<line::Model> = (0..)
                .zip(input.lines)
                .map(|(position, line)| line::Model {
                    tenant_id: tx.tenant_id(),
                    order_id: id,
                    position,
                    total_fen: line.quantity.saturating_mul(line.unit_price_fen),
                    name: line.name,
                    quantity: line.quantity,
                    unit_price_fen: line.unit_price_fen,
                })
                .collect();
            let mut order = order::Model {
                tenant_id: tx.tenant_id(),
                id,
                number: String::new(),
                customer_id: customer.id,
                status: Code(OrderStatus::Placed),
                total_fen: total,
                line_count: i64::try_from(lines.len()).unwrap_or(i64::MAX),
                first_line: lines.first().map(|line| line.name.clone()).unwrap_or_default(),
                vault: Some(destination.seal(tx, &person_key(tx, &customer)?, id)?),
                remark: input.remark,
                created_by: me,
                created_by_name: tx.who().name.clone(),
                version: 1,
                created_at: tx.now(),
                updated_at: tx.now(),
                deleted_at: None,
                live: Some(1),
            };
            insert_numbered(tx, &mut order).await?;
            let rows = lines.iter().cloned().map(|line| line::ActiveModel::from(line).reset_all());
            tx.insert_many::<line::Entity>(rows).await?;
            tx.system().set_order_phone(id, &phone, tx.now(), false).await?;
            Whole { order, customer, lines, steps: Vec::new() }.view(tx)
        })
        .await
}

/// Inserts the order under a number that is free. Numbers are the day and six digits drawn at
/// random: short enough to say, and they do not tell how many orders the business has.
async fn insert_numbered(tx: &Tx<'_>, order: &mut order::Model) -> Result<(), Problem> {
    for _ in 0..5 {
        let drawn = u32::from_be_bytes(crate::crypto::random()) % 1_000_000;
        order.number = format!("{}{drawn:06}", tx.now().with_timezone(&CHINA).format("%Y%m%d"));
        match tx.insert::<order::Entity>(order::ActiveModel::from(order.clone()).reset_all()).await {
            Err(error) if refusal(&error) == Some(Taken::Unique) => {}
            other => return Ok(other?),
        }
    }
    Err(Problem::Internal(anyhow::anyhow!("no free order number in five draws")))
}

/// A page of orders, newest first.
#[utoipa::path(tag = "orders", security(("bearer" = ["orders.read"])), params(OrderQuery), responses((status = 200, body = Page<OrderRow>), Problems))]
#[get("/orders")]
async fn list_orders(scope: Can<OrdersRead>, query: Query<OrderQuery>) -> Result<Json<Page<OrderRow>>, Problem> {
    let OrderQuery { status, customer_id, limit, cursor } = query.0;
    let page = PageQuery { limit, cursor }.check()?;
    let mut find = scope.find::<order::Entity>();
    if let Some(status) = status {
        let status = OrderStatus::parse(&status).ok_or(Violation::choice::<OrderStatus>("status"))?;
        find = find.filter(order::Column::Status.eq(status.as_str()));
    }
    if let Some(customer) = customer_id {
        find = find.filter(order::Column::CustomerId.eq(customer));
    }
    let position =
        |(order, _): &(order::Model, Option<customers::Customer>)| Position { at: order.created_at, id: order.id };
    let (rows, next_cursor) =
        find.page(order::Column::CreatedAt, page, |rows| rows.find_also_related(customers::Entity), position).await?;
    let row = |(order, customer): (order::Model, Option<customers::Customer>)| {
        OrderRow::of(&scope, &order, customer.as_ref().map_or("", |c| &c.name))
    };
    Ok(Json(Page { items: rows.into_iter().map(row).collect(), next_cursor }))
}

/// One order.
#[utoipa::path(tag = "orders", security(("bearer" = ["orders.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = OrderView), Problems))]
#[get("/orders/{id}")]
async fn get_order(scope: Can<OrdersRead>, id: Path<Uuid>) -> Result<Json<OrderView>, Problem> {
    Ok(Json(Whole::find(&*scope, id.0).await?.view(&*scope)?))
}

/// Changes where an order goes (RFC 7396), until it has left.
#[utoipa::path(tag = "orders", security(("bearer" = ["orders.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = OrderChanges, responses((status = 200, body = OrderView), Problems))]
#[patch("/orders/{id}")]
async fn change_order(
    mut scope: Can<OrdersWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<OrderChanges>,
) -> Result<Json<OrderView>, Problem> {
    let OrderChanges { receiver, phone, address, remark } = body.value;
    for (field, _) in [("phone", phone.is_some()), ("address", address.is_some())].iter().filter(|(_, named)| *named) {
        changeable(scope.fields().phones, field)?;
    }
    let tx = scope.begin().await?;
    let before = Whole::find(&tx, id.0).await?;
    if before.order.version != version.0 {
        return Err(Problem::stale(&before.view(&tx)?));
    }
    if !matches!(before.order.status.0, OrderStatus::Placed | OrderStatus::Processing) {
        return Err(Problem::conflict("transition_refused", None));
    }
    let went = before.destination(&tx)?;
    let mut destination = went.clone();
    if let Some(receiver) = receiver {
        destination.receiver = receiver;
    }
    if let Some(address) = address {
        destination.address = address;
    }
    if let Some(phone) = phone.as_deref().and_then(Phone::parse) {
        phone.e164().clone_into(&mut destination.phone);
        tx.system().set_order_phone(id.0, &phone, before.order.created_at, true).await?;
    }
    let sealed = destination.seal(&tx, &before.key(&tx)?, id.0)?;
    let mut change = order::ActiveModel { vault: Set(Some(sealed)), ..Default::default() };
    if let Some(remark) = remark {
        change.remark = Set(remark);
    }
    write(&tx, id.0, version, change).await?;
    for field in destination.unlike(&went) {
        tx.record_personal(id.0, field.to_owned(), None);
    }
    finish(tx, id.0).await
}

/// Writes the change if the version still holds.
async fn write(tx: &Tx<'_>, id: Uuid, version: IfMatch, change: order::ActiveModel) -> Result<(), Problem> {
    if tx.update::<order::Entity>(id, Some(version.0), change).await? {
        return Ok(());
    }
    Err(Problem::stale(&Whole::find(tx, id).await?.view(tx)?))
}

/// Commits and shows the order.
async fn finish(tx: Tx<'_>, id: Uuid) -> Result<Json<OrderView>, Problem> {
    let view = Whole::find(&tx, id).await?.view(&tx)?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Moves an order along its course; only legal moves are made, each with who and when.
#[utoipa::path(tag = "orders", security(("bearer" = ["orders.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = OrderMove, responses((status = 200, body = OrderView), Problems))]
#[post("/orders/{id}/moves")]
async fn move_order(
    mut scope: Can<OrdersWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<OrderMove>,
) -> Result<Json<OrderView>, Problem> {
    let OrderMove { event, carrier, tracking_number, note } = body.value;
    let me = scope.me()?;
    let tx = scope.begin().await?;
    let before = Whole::find(&tx, id.0).await?;
    if before.order.version != version.0 {
        return Err(Problem::stale(&before.view(&tx)?));
    }
    let status =
        before.order.status.0.after(event).map_err(|refused| Problem::conflict(refused.code, Some("event")))?;
    let step = step::ActiveModel {
        order_id: Set(id.0),
        position: Set(i64::try_from(before.steps.len()).unwrap_or(i64::MAX)),
        event: Set(Code(event)),
        status: Set(Code(status)),
        carrier: Set(carrier),
        tracking_number: Set(tracking_number),
        note: Set(note),
        staff_id: Set(me),
        staff_name: Set(tx.who().name.clone()),
        at: Set(tx.now()),
        ..Default::default()
    };
    // The version first: of two who move the order at once, the second learns what the first did.
    write(&tx, id.0, version, order::ActiveModel { status: Set(Code(status)), ..Default::default() }).await?;
    tx.insert::<step::Entity>(step).await?;
    tx.audit("move", "order", Some(id.0), json!({ "event": event, "status": status }));
    finish(tx, id.0).await
}

/// Shows the receiver's phone in full and writes that into the audit record.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "orders", security(("bearer" = ["customers.reveal"])), params(("id" = Uuid, Path)), responses((status = 200, body = RevealedPhone), Problems))]
#[post("/orders/{id}/phone/reveal")]
async fn reveal_order_phone(mut scope: Can<CustomersReveal>, id: Path<Uuid>) -> Result<Json<RevealedPhone>, Problem> {
    let tx = scope.begin().await?;
    tx.opens_phones()?;
    let whole = Whole::find(&tx, id.0).await?;
    if whole.customer.pool_id.is_some() {
        tx.find_to_change::<order::Entity>(id.0).await?;
    }
    let phone = whole.destination(&tx)?.phone().ok_or(Problem::NotFound)?;
    tx.system().count_reveal().await?;
    tx.audit("reveal", "order", Some(id.0), json!({ "phone": "receiver" }));
    tx.commit().await?;
    Ok(Json(RevealedPhone::from(&phone)))
}
