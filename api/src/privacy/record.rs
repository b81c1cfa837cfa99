//! What a business keeps about a person: the record that the person sees of themselves, and the whole
//! of it, which the business hands out after a letter.

use super::entity::{self as request, Words};
use super::hopes::{KeptOffer, KeptOpportunity, hoped};
use crate::customers::offering::latest;
use crate::customers::pools::entity::step;
use crate::customers::{self, Customer, CustomerDetails};
use crate::interactions::entity as interaction;
use crate::orders::view::{OrderLineView, ShipmentView, Whole};
use crate::plans::entity as run;
use crate::problem::Problem;
use crate::scope::{Amount, Scope, audit_entry::entry};
use crate::tags::entity::plan;
use chrono::{DateTime, NaiveDate, Utc};
use domain::interactions::Channel;
use domain::orders::OrderStatus;
use domain::pools::PoolMoveKind;
use domain::privacy::{RefusalGround, RequestKind, RequestState};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Rows of each kind that one record holds at most; it says so when there are more.
const MOST: u64 = 1000;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The person, by a phone that they proved: it proves the number, not who holds it, so what staff
    /// wrote freely is left out.
    Person,
    /// The business, which has made sure whom it answers.
    Business,
}

/// What one business keeps about one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptRecord {
    /// The customer's id.
    pub id: Uuid,
    /// The business.
    pub tenant_id: i64,
    /// Its name: it answers for this record.
    pub business_name: String,
    /// Its phone.
    pub business_phone: Option<String>,
    /// Name.
    pub name: String,
    /// Company.
    pub company: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Region.
    pub region_name: Option<&'static str>,
    /// Birthday.
    pub birthday: Option<NaiveDate>,
    /// Phones: masked for the person, whole for the business.
    pub phones: Vec<String>,
    /// What else is kept.
    #[serde(flatten)]
    pub details: CustomerDetails,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Whether the business has put it away; until it is erased it is kept.
    pub deleted: bool,
    /// Tags, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Remark, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// When and how they were in touch.
    pub contacts: Vec<KeptContact>,
    /// How they came to whoever looks after them.
    pub moves: Vec<KeptMove>,
    /// Follow-up plans that they were or are in.
    pub plans: Vec<KeptPlan>,
    /// What the business hoped to sell them, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opportunities: Option<Vec<KeptOpportunity>>,
    /// What they were offered.
    pub offers: Vec<KeptOffer>,
    /// Orders.
    pub orders: Vec<KeptOrder>,
    /// Who was shown a whole phone number.
    pub reads: Vec<NumberRead>,
    /// What was asked for about this record.
    pub requests: Vec<RequestView>,
    /// Whether it is all there: `false` when there are more than 1000 rows of a kind.
    pub complete: bool,
    /// Whether messages that advertise may be sent.
    pub marketing: bool,
    /// When the person refused them other than in the mini-program, last.
    pub ads_refused_at: Option<DateTime<Utc>>,
}

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptContact {
    /// How.
    pub channel: Channel,
    /// When.
    pub happened_at: DateTime<Utc>,
    /// What was written down, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// A move into a pool of customers whom nobody looks after, or out of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptMove {
    /// What happened.
    pub kind: PoolMoveKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A follow-up plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptPlan {
    /// What the business calls it, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptOrder {
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// Whether it is on its way: once the person is erased nobody can send it.
    pub open: bool,
    /// What it costs, in fen.
    pub total_fen: Amount,
    /// The first thing that was bought.
    pub first_line: String,
    /// How many lines.
    pub line_count: i64,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// Remark, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// What was bought and where it went, only for the business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<KeptDelivery>,
}

/// What was bought and where it went.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptDelivery {
    /// Line by line.
    pub lines: Vec<OrderLineView>,
    /// Who received it; it may be somebody else.
    pub receiver: String,
    /// Their phone, whole.
    pub phone: String,
    /// Where it went.
    pub address: String,
    /// Parcels with their tracking numbers.
    pub shipments: Vec<ShipmentView>,
}

impl KeptOrder {
    fn of(scope: &Scope, order: Whole, whole: bool) -> Result<Self, Problem> {
        let delivery = if whole {
            let there = order.destination(scope)?;
            let (lines, shipments) = (order.line_views(scope), order.shipments());
            let (receiver, phone, address) = (there.receiver, there.phone, there.address);
            Some(KeptDelivery { lines, receiver, phone, address, shipments })
        } else {
            None
        };
        let row = order.order;
        Ok(Self {
            number: row.number,
            status: row.status.0,
            open: OrderStatus::OPEN.contains(&row.status.0),
            total_fen: scope.amount(row.total_fen),
            first_line: row.first_line,
            line_count: row.line_count,
            created_at: row.created_at,
            remark: row.remark.filter(|_| whole),
            delivery,
        })
    }
}

/// Somebody was shown a whole phone number.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberRead {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by_name: String,
}

/// What somebody asked of a business about their own data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestView {
    /// Id.
    pub id: Uuid,
    /// The business.
    pub tenant_id: i64,
    /// The record it is about.
    pub customer_id: Uuid,
    /// What for.
    pub kind: RequestKind,
    /// Where it stands.
    pub state: RequestState,
    /// Why it was refused.
    pub ground: Option<RefusalGround>,
    /// What is to be corrected.
    pub text: Option<String>,
    /// What the business says.
    pub answer: Option<String>,
    /// Until when the business has to answer. A deletion that it did not answer is then done.
    pub due_at: DateTime<Utc>,
    /// When it answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// ETag.
    pub version: i64,
}

impl RequestView {
    pub(super) fn of(row: request::Model, words: Words) -> Self {
        Self {
            id: row.id,
            tenant_id: row.tenant_id,
            customer_id: row.customer_id,
            kind: row.kind.0,
            state: row.state.0,
            ground: row.ground.map(|ground| ground.0),
            text: words.text,
            answer: words.answer,
            due_at: row.due_at,
            answered_at: row.answered_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// The business that answers for a record.
pub(super) struct Keeper {
    pub(super) name: String,
    pub(super) phone: Option<String>,
}

impl KeptRecord {
    /// Reads everything that hangs on a customer. Each statement names the customer, because the scope
    /// of a person sees more than that.
    pub(super) async fn collect(
        scope: &Scope,
        keeper: Keeper,
        customer: &Customer,
        reader: Reader,
    ) -> Result<Self, Problem> {
        let whole = reader == Reader::Business;
        let contacts = scope
            .find_buried::<interaction::Entity>()
            .filter(interaction::Column::CustomerId.eq(customer.id))
            .shape(|rows| rows.order_by_desc(interaction::Column::HappenedAt).limit(MOST))
            .all()
            .await?;
        // Also for the person, whose own scope leads to orders only.
        let moves = scope
            .whole()
            .find_buried::<step::Entity>()
            .filter(step::Column::CustomerId.eq(customer.id))
            .shape(|rows| rows.order_by_desc(step::Column::CreatedAt).limit(MOST))
            .all()
            .await?;
        let (runs, plans) = followed(&scope.whole(), customer).await?;
        let called = |run: &run::Model| plans.iter().find(|plan| plan.id == run.plan_id).map(|plan| plan.name.clone());
        // Also what was taken back.
        let offers = latest(scope.find_buried(), vec![customer.id], MOST).await?;
        let deals = if whole { hoped(scope, customer, MOST).await? } else { Vec::new() };
        let orders = Whole::of_customer(scope, customer, MOST).await?;
        let reads = scope
            .whole()
            .find::<entry::Entity>()
            .filter(
                Condition::all().add(entry::Column::ResourceId.eq(customer.id)).add(entry::Column::Action.eq("reveal")),
            )
            .shape(|rows| rows.order_by_desc(entry::Column::At).limit(MOST))
            .all()
            .await?;
        let requests = scope
            .whole()
            .find::<request::Entity>()
            .filter(request::Column::CustomerId.eq(customer.id))
            .shape(|rows| rows.order_by_desc(request::Column::CreatedAt).limit(MOST))
            .all()
            .await?;
        let cut = [
            contacts.len(),
            moves.len(),
            runs.len(),
            deals.len(),
            offers.len(),
            orders.len(),
            reads.len(),
            requests.len(),
        ];
        let tags = if whole { Some(customers::tag_names(scope, customer).await?) } else { None };
        let numbers = customers::numbers(scope, customer)?;
        let views =
            requests.into_iter().map(|row| Ok(RequestView::of(row.clone(), Words::open(scope, customer, &row)?)));
        Ok(Self {
            id: customer.id,
            tenant_id: customer.tenant_id,
            business_name: keeper.name,
            business_phone: keeper.phone,
            name: customer.name.clone(),
            company: customer.company.clone(),
            title: customer.title.clone(),
            region_name: customer.region.as_deref().and_then(customers::region_name),
            birthday: customer.birthday,
            phones: numbers.iter().map(|n| if whole { n.e164().to_owned() } else { n.masked() }).collect(),
            details: customers::details(scope, customer, whole).await?,
            created_at: customer.created_at,
            deleted: customer.deleted_at.is_some(),
            tags,
            remark: if whole { customers::remark(scope, customer)? } else { None },
            contacts: contacts
                .into_iter()
                .map(|row| KeptContact {
                    channel: row.channel.0,
                    happened_at: row.happened_at,
                    content: row.content.filter(|_| whole),
                })
                .collect(),
            moves: moves
                .into_iter()
                .map(|row| KeptMove { kind: row.kind.0, at: row.created_at, reason: row.reason.filter(|_| whole) })
                .collect(),
            plans: runs
                .iter()
                .map(|run| KeptPlan {
                    name: called(run).filter(|_| whole),
                    started_at: run.started_at,
                    ended_at: run.ended_at,
                })
                .collect(),
            opportunities: whole.then(|| deals.into_iter().map(|row| KeptOpportunity::of(scope, row)).collect()),
            offers: offers.into_iter().map(KeptOffer::of).collect(),
            orders: orders
                .into_iter()
                .map(|order| KeptOrder::of(scope, order, whole))
                .collect::<Result<_, Problem>>()?,
            reads: reads.into_iter().map(|row| NumberRead { at: row.at, by_name: row.actor_name }).collect(),
            requests: views.collect::<Result<_, Problem>>()?,
            complete: cut.iter().all(|rows| u64::try_from(*rows).is_ok_and(|rows| rows < MOST)),
            marketing: super::consents::may_advertise(scope, customer).await?,
            ads_refused_at: customer.ads_refused_at,
        })
    }
}

/// How far somebody came with which plans, deleted ones too.
async fn followed(whole: &Scope, customer: &Customer) -> Result<(Vec<run::Model>, Vec<plan::Model>), Problem> {
    let runs = whole
        .find::<run::Entity>()
        .filter(run::Column::CustomerId.eq(customer.id))
        .shape(|rows| rows.order_by_desc(run::Column::StartedAt).limit(MOST))
        .all()
        .await?;
    let plans = match runs.is_empty() {
        true => Vec::new(),
        false => whole.find_buried::<plan::Entity>().all().await?,
    };
    Ok((runs, plans))
}
