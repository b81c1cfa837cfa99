//! The second look 二次验证: what somebody proves beside being logged in, and for which actions.

use crate::permission::Permission;
use crate::prelude::*;
use crate::text;

codes! {
    /// How somebody proves again that it is they who hold the phone.
    pub enum StepUpMethod {
        /// The code of an authenticator app: operators.
        Totp = "totp",
        /// Fingerprint or face, checked by the phone and vouched for by WeChat.
        Soter = "soter",
        /// A code sent to one's own proved phone.
        Sms = "sms",
    }
}

/// Whether what a permission allows asks for a second look: what gives rights away, takes many rows
/// out of the business at once, or cannot be undone.
#[must_use]
pub fn dangerous(permission: Permission) -> bool {
    dangerous_name(permission.as_str())
}

/// By name, because a permission may be declared before anybody may do anything with it.
fn dangerous_name(name: &str) -> bool {
    const NAMES: [&str; 6] = [
        "roles.write",
        "staff.handover",
        "customers.export",
        "customers.erase",
        "customers.bulk_delete",
        "orders.refund",
    ];
    NAMES.contains(&name) || name.starts_with("keys.")
}

/// The second half of an operator's login: a code of the authenticator app, or a recovery code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// `challenge` of the problem `second_factor_required`: five minutes.
    #[validate(length(min = 20, max = 128), custom(function = "text::code"))]
    pub challenge: String,
    /// The six digits that the app shows.
    #[serde(default)]
    #[validate(length(equal = 6), custom(function = "text::code"))]
    pub code: Option<String>,
    /// One of the ten codes that were shown when the app was set up.
    #[serde(default)]
    #[validate(length(min = 10, max = 20), custom(function = "text::code"))]
    pub recovery_code: Option<String>,
}

/// Turns the authenticator app on: proves that it shows the right codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpConfirmation {
    /// The six digits that the app shows.
    #[validate(length(equal = 6), custom(function = "text::code"))]
    pub code: String,
}

/// Asks for a challenge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpRequest {
    /// One of `methods` of the problem `step_up_required`.
    pub method: StepUpMethod,
}

/// Answers a challenge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUpProof {
    /// The challenge.
    #[validate(length(min = 20, max = 128), custom(function = "text::code"))]
    pub challenge: String,
    /// The six digits of the app or the message.
    #[serde(default)]
    #[validate(length(equal = 6), custom(function = "text::code"))]
    pub code: Option<String>,
    /// `resultJSON` of `wx.startSoterAuthentication`, as it came.
    #[serde(default)]
    #[validate(length(min = 16, max = 2000))]
    pub result_json: Option<Verbatim>,
    /// `resultJSONSignature`.
    #[serde(default)]
    #[validate(length(min = 16, max = 2000))]
    pub signature: Option<Verbatim>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_rights_away_or_cannot_be_undone_is_dangerous() {
        for name in
            ["roles.write", "staff.handover", "customers.export", "customers.erase", "keys.rotate", "orders.refund"]
        {
            assert!(dangerous_name(name), "{name}");
        }
        for name in ["customers.read", "customers.write", "orders.write", "tasks.write", "audit.read", "tags.write"] {
            assert!(!dangerous_name(name), "{name}");
        }
    }

    #[test]
    fn everyday_work_needs_no_second_look() {
        assert!(!dangerous(Permission::CustomersWrite) && !dangerous(Permission::OrdersWrite));
    }
}
