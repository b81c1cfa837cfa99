//! Privacy 个人信息: what somebody agrees to, and what they ask of a business that keeps a record of
//! them (PIPL art. 15, 24, 44–47).

use crate::prelude::*;
use crate::text;

codes! {
    /// What somebody agrees to, each by itself.
    pub enum ConsentPurpose {
        /// 隐私保护指引: what the product needs to work.
        PrivacyPolicy = "privacy_policy",
        /// 营销信息: messages that advertise (PIPL art. 24).
        Marketing = "marketing",
    }
}

codes! {
    /// What somebody asks of a business.
    pub enum RequestKind {
        /// 更正.
        Correct = "correct",
        /// 删除.
        Delete = "delete",
    }
}

codes! {
    /// Where a request stands.
    pub enum RequestState {
        /// 待处理.
        Waiting = "waiting",
        /// 已完成.
        Done = "done",
        /// 已拒绝, with a reason that the law allows.
        Refused = "refused",
    }
}

codes! {
    /// How a business answers.
    pub enum RequestOutcome {
        /// What was asked for is done; a deletion is done by this very answer.
        Done = "done",
        /// It is not done, for a reason that the law allows.
        Refused = "refused",
    }
}

codes! {
    /// Reasons for which a request may be refused. A closed list: whatever is not on it is no reason.
    pub enum RefusalGround {
        /// 法律、行政法规规定的保存期限未届满.
        LegalRetention = "legal_retention",
        /// 提供服务所必需, such as an order on its way.
        StillNeeded = "still_needed",
        /// 无法核实身份.
        IdentityUnproved = "identity_unproved",
        /// 与纠纷或诉讼直接相关.
        LegalClaim = "legal_claim",
    }
}

/// Agrees to something, or takes it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// To what.
    pub purpose: ConsentPurpose,
    /// The version of the agreement that was shown.
    #[validate(length(min = 1, max = 40), custom(function = "text::line"))]
    pub version: String,
    /// `false` takes it back.
    pub given: bool,
}

/// Asks a business to correct or to delete what it keeps about oneself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_correction_says_what"))]
pub struct NewDataRequest {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// What is asked for.
    pub kind: RequestKind,
    /// What is wrong and what is right; for a correction.
    #[serde(default)]
    #[validate(length(min = 1, max = 500), custom(function = "text::lines"))]
    pub text: Option<String>,
}

fn a_correction_says_what(request: &NewDataRequest) -> Result<(), ValidationError> {
    match (request.kind, &request.text) {
        (RequestKind::Correct, None) => fail_at("text", "correction_missing"),
        _ => Ok(()),
    }
}

/// Answers a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_refusal_has_its_ground"))]
pub struct RequestAnswer {
    /// Done or refused.
    pub outcome: RequestOutcome,
    /// Why it is refused.
    #[serde(default)]
    pub ground: Option<RefusalGround>,
    /// A word to whoever asked.
    #[serde(default)]
    #[validate(length(min = 1, max = 500), custom(function = "text::lines"))]
    pub text: Option<String>,
    /// For a deletion that is done: says that one knows of the orders that are still on their way, which nobody can
    /// send after it.
    #[serde(default)]
    pub with_open_orders: bool,
}

fn a_refusal_has_its_ground(answer: &RequestAnswer) -> Result<(), ValidationError> {
    match (answer.outcome, answer.ground) {
        (RequestOutcome::Refused, None) => fail_at("ground", "ground_missing"),
        (RequestOutcome::Done, Some(_)) => fail_at("ground", "ground_unexpected"),
        _ => Ok(()),
    }
}
