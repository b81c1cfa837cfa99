//! Offers 优惠: what a business promises customers it picks, from one day to another.

use crate::money::MAX_FEN;
use crate::prelude::*;
use crate::text;

codes! {
    /// What an offer gives.
    pub enum OfferKind {
        /// 减钱: so much less to pay.
        AmountOff = "amount_off",
        /// 打折: a share of the price is paid.
        PercentOff = "percent_off",
        /// 赠品: something is given along.
        Gift = "gift",
    }
}

/// An offer to make. What it gives stays as it was promised: of an offer only its name, its terms and, for a later one,
/// its last day change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "it_holds_together"))]
#[rules(part(of = "Gives", function = "it_says_what_it_gives"))]
pub struct NewOffer {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Such as 老客立减.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// What it gives.
    pub kind: OfferKind,
    /// How much less is paid, in fen; of `amount_off` only.
    #[serde(default)]
    #[validate(range(min = 1, max = 10_000_000_000_i64))]
    pub amount_fen: Option<i64>,
    /// The share of the price that is paid, in percent: 85 is 85 折, fifteen percent less. Of `percent_off` only.
    #[serde(default)]
    #[validate(range(min = 1, max = 99))]
    pub percent: Option<i64>,
    /// What is given along; of `gift` only.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub gift: Option<String>,
    /// What has to be bought at least, in fen; absent: anything.
    #[serde(default)]
    #[validate(range(min = 1, max = 10_000_000_000_i64))]
    pub min_spend_fen: Option<i64>,
    /// Where and how it can be used, for the customer to read.
    #[serde(default)]
    #[validate(length(min = 1, max = 500), custom(function = "text::lines"))]
    pub terms: Option<String>,
    /// The first day on which it can be used, in China; today when absent.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
    /// The last one.
    pub last_day: NaiveDate,
}

/// Of an offer what it gives: whoever chooses the kind is told at once what goes with it, whatever else is missing.
#[derive(RuleTable)]
#[serde(deny_unknown_fields)]
struct Gives {
    kind: OfferKind,
    amount_fen: Option<i64>,
    percent: Option<i64>,
    gift: Option<String>,
}

fn it_says_what_it_gives(offer: &Gives) -> Result<(), ValidationError> {
    one_thing(offer.kind, [offer.amount_fen.is_some(), offer.percent.is_some(), offer.gift.is_some()])
}

/// Refuses an offer that does not say how much of its kind it gives, or says it of another kind.
fn one_thing(chosen: OfferKind, said: [bool; 3]) -> Result<(), ValidationError> {
    let fields = [("amount_fen", OfferKind::AmountOff), ("percent", OfferKind::PercentOff), ("gift", OfferKind::Gift)];
    for ((field, kind), said) in fields.into_iter().zip(said) {
        match (kind == chosen, said) {
            (true, false) => return fail_at(field, "required"),
            (false, true) => return fail_at(field, "offer_unfit"),
            _ => {}
        }
    }
    Ok(())
}

fn it_holds_together(offer: &NewOffer) -> Result<(), ValidationError> {
    one_thing(offer.kind, [offer.amount_fen.is_some(), offer.percent.is_some(), offer.gift.is_some()])?;
    // 满 50 减 80 would pay the customer.
    if offer.amount_fen.unwrap_or(0) > offer.min_spend_fen.unwrap_or(MAX_FEN) {
        return fail_at("amount_fen", "offer_exceeds_spend");
    }
    match offer.first_day {
        Some(from) if from > offer.last_day => fail_at("last_day", "range_invalid"),
        _ => Ok(()),
    }
}

/// A change to an offer.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// New terms.
    #[serde(default)]
    #[validate(length(min = 1, max = 500), custom(function = "text::lines"))]
    pub terms: Patch<String>,
    /// A later last day.
    #[serde(default)]
    pub last_day: Change<NaiveDate>,
}

codes! {
    /// How an offer stands today.
    pub enum OfferState {
        /// 未开始: can be given, not yet used.
        Coming = "coming",
        /// 有效.
        Open = "open",
        /// 已停发: is not given any more; who has it keeps it until its last day.
        Stopped = "stopped",
        /// 已过期: its last day is over.
        Over = "over",
    }
}

impl OfferState {
    /// How an offer of these days stands on a day.
    #[must_use]
    pub fn of(from: NaiveDate, until: NaiveDate, stopped: bool, today: NaiveDate) -> Self {
        if until < today {
            Self::Over
        } else if stopped {
            Self::Stopped
        } else if from > today {
            Self::Coming
        } else {
            Self::Open
        }
    }
}

/// An offer to give to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomerOffer {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Which one. A customer is given each offer once.
    pub offer_id: Uuid,
}

codes! {
    /// How an offer that a customer was given stands today.
    pub enum CustomerOfferState {
        /// 未开始.
        Coming = "coming",
        /// 待使用.
        Open = "open",
        /// 已使用.
        Used = "used",
        /// 已过期: it was not used in time.
        Over = "over",
    }
}

codes! {
    /// What staff do with an offer that a customer shows them.
    pub enum CustomerOfferEvent {
        /// 核销: the customer uses it.
        Use = "use",
        /// 撤销核销: it was marked by mistake.
        Unuse = "unuse",
    }
}

impl CustomerOfferState {
    /// How one that was given stands on a day. Whether the offer is still given does not matter to who has it.
    #[must_use]
    pub fn of(first_day: NaiveDate, last_day: NaiveDate, used: bool, today: NaiveDate) -> Self {
        match OfferState::of(first_day, last_day, false, today) {
            _ if used => Self::Used,
            OfferState::Coming => Self::Coming,
            OfferState::Over => Self::Over,
            OfferState::Open | OfferState::Stopped => Self::Open,
        }
    }

    /// Whether the event is allowed now.
    ///
    /// # Errors
    /// `offer_used`, `offer_over`, `offer_coming`, `offer_not_used`: why it is not.
    pub fn check(self, event: CustomerOfferEvent) -> Result<(), Violation> {
        use CustomerOfferEvent::{Unuse, Use};
        match (self, event) {
            (Self::Open, Use) | (Self::Used, Unuse) => Ok(()),
            (Self::Used, Use) => Err(Violation::new("event", "offer_used")),
            (Self::Coming, Use) => Err(Violation::new("event", "offer_coming")),
            (Self::Over, Use) => Err(Violation::new("event", "offer_over")),
            (_, Unuse) => Err(Violation::new("event", "offer_not_used")),
        }
    }

    /// The events that are allowed now.
    pub fn moves(self) -> impl Iterator<Item = CustomerOfferEvent> {
        CustomerOfferEvent::ALL.iter().copied().filter(move |event| self.check(*event).is_ok())
    }
}

/// A customer uses an offer, or did not after all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerOfferMove {
    /// What happens.
    pub event: CustomerOfferEvent,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).expect("a day")
    }

    #[test]
    fn an_offer_holds_from_its_first_day_to_its_last_one() {
        let on = |today, stopped| OfferState::of(day(10), day(20), stopped, day(today));
        assert_eq!((on(9, false), on(10, false)), (OfferState::Coming, OfferState::Open));
        assert_eq!((on(20, false), on(21, false)), (OfferState::Open, OfferState::Over));
        assert_eq!(
            (on(9, true), on(20, true), on(21, true)),
            (OfferState::Stopped, OfferState::Stopped, OfferState::Over)
        );
    }

    #[test]
    fn whoever_was_given_an_offer_uses_it_once_and_in_its_days() {
        use CustomerOfferEvent::{Unuse, Use};
        let on = |today, used| CustomerOfferState::of(day(10), day(20), used, day(today));
        let why = |state: CustomerOfferState, event| state.check(event).map_err(|refused| refused.code);
        assert_eq!((why(on(10, false), Use), why(on(20, false), Use)), (Ok(()), Ok(())));
        assert_eq!((why(on(9, false), Use), why(on(21, false), Use)), (Err("offer_coming"), Err("offer_over")));
        assert_eq!((why(on(15, true), Use), why(on(15, false), Unuse)), (Err("offer_used"), Err("offer_not_used")));
        // What was marked by mistake is taken back also when its days are over.
        assert_eq!(on(21, true).moves().collect::<Vec<_>>(), [Unuse]);
    }
}
