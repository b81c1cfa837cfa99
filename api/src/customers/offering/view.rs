//! What an offer in the hands of a customer shows.

use super::entity as given;
use crate::customers::of_live;
use crate::offers::Promise;
use crate::offers::entity::offer;
use crate::problem::Problem;
use crate::scope::{Find, Reads};
use chrono::{DateTime, NaiveDate, Utc};
use domain::offers::{CustomerOfferEvent, CustomerOfferState};
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An offer that a customer was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerOfferView {
    /// Id.
    pub id: Uuid,
    /// To whom.
    pub customer_id: Uuid,
    /// Which offer.
    pub offer_id: Uuid,
    /// What is promised.
    #[serde(flatten)]
    pub promise: Promise,
    /// How it stands today.
    pub state: CustomerOfferState,
    /// What may happen to it now.
    pub moves: Vec<CustomerOfferEvent>,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// Who gave it.
    pub given_by_name: String,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// Who marked that.
    pub used_by_name: Option<String>,
    /// ETag.
    pub version: i64,
}

/// How one that was given stands on a day.
pub(crate) fn stands(row: &given::Model, offer: &offer::Model, today: NaiveDate) -> CustomerOfferState {
    CustomerOfferState::of(offer.first_day, offer.last_day, row.used_at.is_some(), today)
}

impl CustomerOfferView {
    pub(super) fn of(row: given::Model, offer: offer::Model, today: NaiveDate) -> Self {
        let state = stands(&row, &offer, today);
        Self {
            id: row.id,
            customer_id: row.customer_id,
            offer_id: row.offer_id,
            promise: offer.into(),
            state,
            moves: state.moves().collect(),
            given_at: row.created_at,
            given_by_name: row.given_by_name,
            used_at: row.used_at,
            used_by_name: row.used_by_name,
            version: row.version,
        }
    }
}

/// Rows that somebody may see, of customers who were not deleted.
pub(super) fn open_to(rows: &impl Reads) -> Find<'_, given::Entity> {
    rows.rows::<given::Entity>().filter(of_live(given::Column::CustomerId, rows.scope().tenant_id()))
}

/// The latest that some customers were given, among rows that somebody may look at, with what each promises.
pub(crate) async fn latest(
    rows: Find<'_, given::Entity>,
    customers: Vec<Uuid>,
    most: u64,
) -> Result<Vec<(given::Model, offer::Model)>, Problem> {
    let theirs = rows.filter(given::Column::CustomerId.is_in(customers));
    let theirs =
        theirs.shape(|rows| rows.order_by_desc(given::Column::CreatedAt).limit(most).find_also_related(offer::Entity));
    Ok(theirs.all().await?.into_iter().filter_map(|(row, offer)| Some((row, offer?))).collect())
}
