//! Signing in: what a phone or an operator sends to prove who they are.

use crate::prelude::*;
use crate::text;

codes! {
    /// The side of the mini-program a token speaks for.
    pub enum Side {
        /// 员工端: acts in one business with the rights of a role.
        Staff = "staff",
        /// 客户端: sees its own orders only.
        Customer = "customer",
    }
}

/// Sign in by the code of `wx.login`; without it where the gateway of WeChat's cloud says who it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WechatLogin {
    /// Code of `wx.login`: single use, five minutes.
    #[serde(default)]
    #[validate(length(min = 1, max = 128))]
    pub code: Option<String>,
    /// A random name the phone gave itself; ties a refresh token to the device.
    #[validate(length(min = 8, max = 64), custom(function = "text::code"))]
    pub device: String,
    /// What the device calls itself, for the list of sessions.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub label: Option<String>,
}

/// The fewest characters of a password (NIST SP 800-63B asks for eight).
pub const PASSWORD_SHORTEST: u64 = 10;

/// The most characters of a password.
pub const PASSWORD_LONGEST: u64 = 128;

/// Sign in of an operator by name and password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordLogin {
    /// The operator's name.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// The password: 10 to 128 characters.
    #[validate(length(min = PASSWORD_SHORTEST, max = PASSWORD_LONGEST))]
    pub password: Verbatim,
    /// A random name of the client; ties a refresh token to it.
    #[validate(length(min = 8, max = 64), custom(function = "text::code"))]
    pub device: String,
    /// What the device calls itself, for the list of sessions; without it what its `User-Agent` says.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub label: Option<String>,
}

/// Change one's own password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "another_one"))]
pub struct PasswordChange {
    /// The present one.
    #[validate(length(min = PASSWORD_SHORTEST, max = PASSWORD_LONGEST))]
    pub present: Verbatim,
    /// The new one: 10 to 128 characters, and not the present one.
    #[validate(length(min = PASSWORD_SHORTEST, max = PASSWORD_LONGEST))]
    pub new: Verbatim,
}

fn another_one(change: &PasswordChange) -> Result<(), ValidationError> {
    if change.new == change.present { fail_at("new", "password_same") } else { Ok(()) }
}

/// Ask for a new access token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of the last answer.
    #[validate(length(min = 20, max = 128))]
    pub refresh_token: String,
    /// The device it was issued to.
    #[validate(length(min = 8, max = 64), custom(function = "text::code"))]
    pub device: String,
}

/// Choose the side, and for staff the business, to act in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "staff_names_a_business"))]
pub struct Switch {
    /// Staff or customer.
    pub side: Side,
    /// The business, for staff.
    #[serde(default)]
    pub tenant_id: Option<i64>,
}

fn staff_names_a_business(switch: &Switch) -> Result<(), ValidationError> {
    match (switch.side, switch.tenant_id) {
        (Side::Staff, None) => fail_at("tenant_id", "tenant_missing"),
        _ => Ok(()),
    }
}

/// Prove a phone number by the code of `<button open-type="getPhoneNumber">`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneProof {
    /// The code of the button's event (not of `wx.login`): single use, five minutes.
    #[validate(length(min = 1, max = 128))]
    pub code: String,
}

/// Prove that an order is yours by the one-time code on its receipt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptProof {
    /// Sixteen letters and digits (twelve on older receipts), as printed; hyphens are ignored.
    #[validate(length(min = 1, max = 32), custom(function = "text::code"))]
    pub code: String,
}

codes! {
    /// What is said about a network.
    pub enum NetworkRule {
        /// Operators may come from here, and from nowhere that no such rule names.
        Allow = "allow",
        /// Nobody may come from here.
        Block = "block",
    }
}

/// Says something about a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNetworkRule {
    /// What.
    pub rule: NetworkRule,
    /// `203.0.113.0/24`, `2001:db8::/32`, or one address.
    #[validate(length(min = 2, max = 50), custom(function = "text::line"))]
    pub network: String,
    /// Why, for whoever reads the list later.
    #[serde(default)]
    #[validate(length(max = 100), custom(function = "text::line"))]
    pub reason: Option<String>,
    /// Hours after which it ends by itself; for good when left out.
    #[serde(default)]
    #[validate(range(min = 1, max = 87600))]
    pub hours: Option<i64>,
}
