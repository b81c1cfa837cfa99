//! What an order looks like from outside.

use super::entity::{line, order, step};
use super::vault::Destination;
use crate::crypto::Sealer;
use crate::customers::{self, Customer, person_key};
use crate::problem::Problem;
use crate::scope::{Amount, Reads, Scope};
use chrono::{DateTime, Utc};
use domain::orders::{OrderEvent, OrderStatus};
use domain::phone::Phone;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRow {
    /// Id.
    pub id: Uuid,
    /// The number people say to each other.
    pub number: String,
    /// Who bought.
    pub customer_id: Uuid,
    /// Their name.
    pub customer_name: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// Sum of all lines, in fen.
    pub total_fen: Amount,
    /// How many lines.
    pub line_count: i64,
    /// The name of the first.
    pub first_line: String,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// ETag.
    pub version: i64,
}

/// An order, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: OrderRow,
    /// What was bought.
    pub lines: Vec<OrderLineView>,
    /// Who receives the parcel.
    pub receiver: String,
    /// Their phone, masked; `null` for whoever does not see phones.
    pub phone_masked: Option<String>,
    /// Where it goes; `null` for whoever does not see phones whole.
    pub address: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Parcels.
    pub shipments: Vec<ShipmentView>,
    /// What happened so far, oldest first.
    pub course: Vec<StepView>,
    /// What may happen next.
    pub moves: Vec<OrderEvent>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderLineView {
    /// What.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// Price of one, in fen.
    pub unit_price_fen: Amount,
    /// Price of all, in fen.
    pub total_fen: Amount,
}

/// A parcel.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShipmentView {
    /// Carrier.
    pub carrier: String,
    /// Tracking number.
    pub tracking_number: String,
    /// When it left.
    pub shipped_at: DateTime<Utc>,
}

/// A step of the course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// Where the order stood from then on.
    pub status: OrderStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by_name: String,
    /// Why.
    pub note: Option<String>,
}

/// An order with everything that hangs on it: two statements.
pub(crate) struct Whole {
    pub(crate) order: order::Model,
    pub(crate) customer: Customer,
    pub(crate) lines: Vec<line::Model>,
    pub(crate) steps: Vec<step::Model>,
}

impl Whole {
    pub(crate) async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let joined = rows
            .rows::<order::Entity>()
            .filter(order::Column::Id.eq(id))
            .shape(|rows| {
                rows.find_also_related(customers::Entity)
                    .find_also(order::Entity, line::Entity)
                    .order_by_asc(line::Column::Position)
            })
            .all()
            .await?;
        let mut joined = joined.into_iter();
        let (order, customer, first) = joined.next().ok_or(Problem::NotFound)?;
        let lines = first.into_iter().chain(joined.filter_map(|(_, _, line)| line)).collect();
        let steps = rows
            .rows::<step::Entity>()
            .filter(step::Column::OrderId.eq(id))
            .shape(|rows| rows.order_by_asc(step::Column::Position))
            .all()
            .await?;
        Ok(Self { order, customer: customer.ok_or(Problem::NotFound)?, lines, steps })
    }

    /// Every order of a customer, also deleted ones, newest first: three statements.
    pub(crate) async fn of_customer(scope: &Scope, customer: &Customer, most: u64) -> Result<Vec<Self>, Problem> {
        let orders = scope
            .find_buried::<order::Entity>()
            .filter(order::Column::CustomerId.eq(customer.id))
            .shape(|rows| rows.order_by_desc(order::Column::CreatedAt).limit(most))
            .all()
            .await?;
        let ids: Vec<Uuid> = orders.iter().map(|order| order.id).collect();
        let lines = scope
            .find::<line::Entity>()
            .filter(line::Column::OrderId.is_in(ids.iter().copied()))
            .shape(|rows| rows.order_by_asc(line::Column::Position))
            .all()
            .await?;
        let steps = scope
            .find::<step::Entity>()
            .filter(step::Column::OrderId.is_in(ids))
            .shape(|rows| rows.order_by_asc(step::Column::Position))
            .all()
            .await?;
        let whole = |order: order::Model| Self {
            lines: lines.iter().filter(|line| line.order_id == order.id).cloned().collect(),
            steps: steps.iter().filter(|step| step.order_id == order.id).cloned().collect(),
            customer: customer.clone(),
            order,
        };
        Ok(orders.into_iter().map(whole).collect())
    }

    pub(super) fn key(&self, rows: &impl Reads) -> Result<Sealer, Problem> {
        person_key(rows.scope(), &self.customer)
    }

    pub(crate) fn destination(&self, rows: &impl Reads) -> Result<Destination, Problem> {
        if self.order.vault.is_none() {
            return Ok(Destination::default()); // Whose it was is erased.
        }
        Destination::open(rows.scope(), &self.key(rows)?, &self.order)
    }

    pub(crate) fn line_views(&self, scope: &Scope) -> Vec<OrderLineView> {
        let view = |line: &line::Model| OrderLineView {
            name: line.name.clone(),
            quantity: line.quantity,
            unit_price_fen: scope.amount(line.unit_price_fen),
            total_fen: scope.amount(line.total_fen),
        };
        self.lines.iter().map(view).collect()
    }

    pub(crate) fn shipments(&self) -> Vec<ShipmentView> {
        let parcel = |step: &step::Model| {
            Some(ShipmentView {
                carrier: step.carrier.clone()?,
                tracking_number: step.tracking_number.clone()?,
                shipped_at: step.at,
            })
        };
        self.steps.iter().filter_map(parcel).collect()
    }

    pub(crate) fn course(&self) -> Vec<StepView> {
        let placed = StepView {
            status: OrderStatus::Placed,
            at: self.order.created_at,
            by_name: self.order.created_by_name.clone(),
            note: None,
        };
        let later = self.steps.iter().map(|step| StepView {
            status: step.status.0,
            at: step.at,
            by_name: step.staff_name.clone(),
            note: step.note.clone(),
        });
        std::iter::once(placed).chain(later).collect()
    }

    pub(super) fn view(&self, rows: &impl Reads) -> Result<OrderView, Problem> {
        let destination = self.destination(rows)?;
        Ok(OrderView {
            row: OrderRow::of(rows.scope(), &self.order, &self.customer.name),
            lines: self.line_views(rows.scope()),
            phone_masked: destination.phone().and_then(|phone| rows.scope().phone_masked(&phone)),
            receiver: destination.receiver,
            address: Some(destination.address).filter(|_| rows.scope().fields().phones.opens()),
            remark: self.order.remark.clone(),
            shipments: self.shipments(),
            course: self.course(),
            moves: self.order.status.0.moves().collect(),
        })
    }
}

impl OrderRow {
    pub(super) fn of(scope: &Scope, order: &order::Model, customer_name: &str) -> Self {
        Self {
            id: order.id,
            number: order.number.clone(),
            customer_id: order.customer_id,
            customer_name: customer_name.to_owned(),
            status: order.status.0,
            total_fen: scope.amount(order.total_fen),
            line_count: order.line_count,
            first_line: order.first_line.clone(),
            created_at: order.created_at,
            updated_at: order.updated_at,
            version: order.version,
        }
    }
}

/// The phones on orders of the business, as far as they can be read: whoever is erased has none any more.
/// Two statements.
pub(crate) async fn phones(scope: &Scope, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Phone>, Problem> {
    let orders = scope.find_buried::<order::Entity>().filter(order::Column::Id.is_in(ids)).all().await?;
    let of = orders.iter().map(|order| order.customer_id);
    let customers = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.is_in(of)).all().await?;
    let mut found = HashMap::new();
    for order in orders {
        let customer = customers.iter().find(|customer| customer.id == order.customer_id);
        let Some(customer) = customer.filter(|customer| customer.person_key.is_some()) else { continue };
        if order.vault.is_some() {
            let there = Destination::open(scope, &person_key(scope, customer)?, &order)?;
            found.extend(there.phone().map(|phone| (order.id, phone)));
        }
    }
    Ok(found)
}
