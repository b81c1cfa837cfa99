//! Opportunities 商机: what a customer may buy, how far that has come, and how it ended.

use crate::prelude::*;
use crate::text;

codes! {
    /// How far an opportunity has come.
    pub enum Stage {
        /// 初步接触.
        Contact = "contact",
        /// 确认需求.
        Needs = "needs",
        /// 方案报价.
        Quote = "quote",
        /// 商务谈判.
        Negotiation = "negotiation",
    }
}

codes! {
    /// Whether an opportunity is still one.
    pub enum OpportunityState {
        /// 进行中.
        Open = "open",
        /// 赢单.
        Won = "won",
        /// 输单.
        Lost = "lost",
    }
}

codes! {
    /// What ends an opportunity, or opens it again.
    pub enum OpportunityEvent {
        /// 赢单.
        Win = "win",
        /// 输单: with a reason.
        Lose = "lose",
        /// 重新打开.
        Reopen = "reopen",
    }
}

impl OpportunityState {
    /// The state after an event.
    ///
    /// # Errors
    /// `transition_refused` when the event is not allowed here.
    pub fn after(self, event: OpportunityEvent) -> Result<Self, Violation> {
        use OpportunityEvent::{Lose, Reopen, Win};
        match (self, event) {
            (Self::Open, Win) => Ok(Self::Won),
            (Self::Open, Lose) => Ok(Self::Lost),
            (Self::Won | Self::Lost, Reopen) => Ok(Self::Open),
            _ => Err(Violation::new("event", "transition_refused")),
        }
    }

    /// The events that are allowed now.
    pub fn moves(self) -> impl Iterator<Item = OpportunityEvent> {
        OpportunityEvent::ALL.iter().copied().filter(move |event| self.after(*event).is_ok())
    }
}

/// A new opportunity with a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOpportunity {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// With whom.
    pub customer_id: Uuid,
    /// What it is about.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// What it may bring, in fen.
    #[serde(default)]
    #[validate(range(min = 0, max = 10_000_000_000_i64))]
    pub amount_fen: Option<i64>,
    /// How far it has come.
    pub stage: Stage,
    /// The day on which it may be decided.
    #[serde(default)]
    pub closes_on: Option<NaiveDate>,
    /// What to do next.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::lines"))]
    pub next_step: Option<String>,
}

/// A change to an opportunity that is open.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpportunityChanges {
    /// What it is about.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: Change<String>,
    /// What it may bring, in fen.
    #[serde(default)]
    #[validate(range(min = 0, max = 10_000_000_000_i64))]
    pub amount_fen: Patch<i64>,
    /// How far it has come.
    #[serde(default)]
    pub stage: Change<Stage>,
    /// The day on which it may be decided.
    #[serde(default)]
    pub closes_on: Patch<NaiveDate>,
    /// What to do next.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::lines"))]
    pub next_step: Patch<String>,
}

/// Ends an opportunity, or opens it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_loss_has_a_reason"))]
pub struct OpportunityMove {
    /// What happens.
    pub event: OpportunityEvent,
    /// Why it was lost; with `lose` only, and always then.
    #[serde(default)]
    #[validate(length(min = 1, max = 200), custom(function = "text::line"))]
    pub reason: Option<String>,
}

fn a_loss_has_a_reason(step: &OpportunityMove) -> Result<(), ValidationError> {
    match (step.event, &step.reason) {
        (OpportunityEvent::Lose, None) => fail_at("reason", "lost_reason_missing"),
        (OpportunityEvent::Lose, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => fail_at("reason", "lost_reason_unexpected"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_can_only_be_opened_again() {
        use OpportunityEvent::{Lose, Reopen, Win};
        let moves = |state: OpportunityState| state.moves().collect::<Vec<_>>();
        assert_eq!(moves(OpportunityState::Open), [Win, Lose]);
        assert_eq!(moves(OpportunityState::Won), [Reopen]);
        assert_eq!(moves(OpportunityState::Lost), [Reopen]);
        assert_eq!(OpportunityState::Lost.after(Reopen), Ok(OpportunityState::Open));
    }

    #[test]
    fn whoever_loses_says_why_and_nobody_else_does() {
        let ends = |event, reason: Option<&str>| {
            OpportunityMove { event, reason: reason.map(str::to_owned) }.validate().is_ok()
        };
        assert!(ends(OpportunityEvent::Lose, Some("价格太高")) && ends(OpportunityEvent::Win, None));
        assert!(!ends(OpportunityEvent::Lose, None) && !ends(OpportunityEvent::Win, Some("价格太高")));
    }
}
