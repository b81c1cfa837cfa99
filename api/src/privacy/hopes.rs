//! What is kept of a person's opportunities, and of what they were offered.

use crate::customers::Customer;
use crate::customers::offering::entity as given;
use crate::offers::Promise;
use crate::offers::entity::offer;
use crate::opportunities;
use crate::problem::Problem;
use crate::scope::{Amount, Scope};
use chrono::{DateTime, NaiveDate, Utc};
use domain::opportunities::{OpportunityState, Stage};
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;

/// An opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptOpportunity {
    /// What it is about.
    pub name: String,
    /// What it may bring, in fen.
    pub amount_fen: Option<Amount>,
    /// How far it has come.
    pub stage: Stage,
    /// How it stands.
    pub state: OpportunityState,
    /// The day on which it may be decided.
    pub closes_on: Option<NaiveDate>,
    /// What is to be done next.
    pub next_step: Option<String>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
    /// When it was won or lost.
    pub ended_at: Option<DateTime<Utc>>,
}

impl KeptOpportunity {
    pub(super) fn of(scope: &Scope, row: opportunities::Model) -> Self {
        Self {
            name: row.name,
            amount_fen: row.amount_fen.map(|fen| scope.amount(fen)),
            stage: row.stage.0,
            state: row.state.0,
            closes_on: row.closes_on,
            next_step: row.next_step,
            lost_reason: row.lost_reason,
            created_at: row.created_at,
            ended_at: row.ended_at,
        }
    }
}

/// An offer that they were given.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptOffer {
    /// What is promised.
    #[serde(flatten)]
    pub promise: Promise,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When they used it.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub taken_back_at: Option<DateTime<Utc>>,
}

impl KeptOffer {
    pub(super) fn of((row, offer): (given::Model, offer::Model)) -> Self {
        Self { promise: offer.into(), given_at: row.created_at, used_at: row.used_at, taken_back_at: row.deleted_at }
    }
}

/// Opportunities with somebody, deleted ones too, newest first.
pub(super) async fn hoped(scope: &Scope, customer: &Customer, most: u64) -> Result<Vec<opportunities::Model>, Problem> {
    let found = scope
        .find_buried::<opportunities::Entity>()
        .filter(opportunities::Column::CustomerId.eq(customer.id))
        .shape(|rows| rows.order_by_desc(opportunities::Column::CreatedAt).limit(most));
    Ok(found.all().await?)
}
