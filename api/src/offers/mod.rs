//! Offers 优惠: what a business promises customers it picks.

mod definitions;
pub(crate) mod entity;

use crate::openapi::ServiceConfig;
use crate::problem::Problem;
use crate::scope::Tx;
use chrono::NaiveDate;
use domain::offers::OfferKind;
use entity::offer;
use sea_orm::{ColumnTrait as _, QuerySelect as _};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(definitions::routes);
}

/// What an offer promises, to whoever reads it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Promise {
    /// Name.
    pub name: String,
    /// What it gives.
    pub kind: OfferKind,
    /// How much less is paid, in fen.
    pub amount_fen: Option<i64>,
    /// The share of the price that is paid, in percent: 85 is 85 折.
    pub percent: Option<i64>,
    /// What is given along.
    pub gift: Option<String>,
    /// What has to be bought at least, in fen.
    pub min_spend_fen: Option<i64>,
    /// Where and how it can be used.
    pub terms: Option<String>,
    /// The first day on which it can be used, in China.
    pub first_day: NaiveDate,
    /// The last one.
    pub last_day: NaiveDate,
}

impl From<offer::Model> for Promise {
    fn from(row: offer::Model) -> Self {
        Self {
            name: row.name,
            kind: row.kind.0,
            amount_fen: row.amount_fen,
            percent: row.percent,
            gift: row.gift,
            min_spend_fen: row.min_spend_fen,
            terms: row.terms,
            first_day: row.first_day,
            last_day: row.last_day,
        }
    }
}

/// An offer that nobody else gives, stops or counts until the transaction ends.
pub(crate) async fn held(tx: &Tx<'_>, id: Uuid) -> Result<Option<offer::Model>, Problem> {
    let row = tx.find::<offer::Entity>().filter(offer::Column::Id.eq(id));
    Ok(row.shape(|rows| rows.lock_exclusive()).all().await?.pop())
}
