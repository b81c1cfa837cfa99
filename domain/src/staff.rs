//! Staff 员工, teams 团队, roles 角色 and the business 商家 itself: what an owner types to run them.

use crate::permission::{HelperLevel, Role};
use crate::prelude::*;
use crate::rights::Rights;
use crate::{phone, text};

/// The role and the id of a business's own role belong together.
fn role_fits(role: Option<Role>, role_id: Option<Uuid>) -> Result<(), ValidationError> {
    match (role, role_id) {
        (Some(Role::Custom), None) => fail_at("role_id", "role_missing"),
        (Some(role), Some(_)) if role != Role::Custom => fail_at("role_id", "role_unexpected"),
        (None, Some(_)) => fail_at("role", "role_unexpected"),
        _ => Ok(()),
    }
}

/// A new colleague by phone: they are offered the place when they prove it at WeChat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "new_staff_role_fits"))]
pub struct NewStaff {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Name, as colleagues say it.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// Their phone at WeChat.
    #[validate(length(min = 1, max = 32), custom(function = "phone::check"))]
    pub phone: String,
    /// A built-in role, or `custom`.
    pub role: Role,
    /// The business's own role, for `custom`.
    #[serde(default)]
    pub role_id: Option<Uuid>,
    /// The team.
    #[serde(default)]
    pub team_id: Option<Uuid>,
}

fn new_staff_role_fits(staff: &NewStaff) -> Result<(), ValidationError> {
    role_fits(Some(staff.role), staff.role_id)
}

/// An invitation that whoever holds its ticket may accept, once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "invitation_role_fits"))]
pub struct NewInvitation {
    /// Name of who is invited; they may say another.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = "text::line"))]
    pub name: Option<String>,
    /// A built-in role, or `custom`.
    pub role: Role,
    /// The business's own role, for `custom`.
    #[serde(default)]
    pub role_id: Option<Uuid>,
    /// The team.
    #[serde(default)]
    pub team_id: Option<Uuid>,
}

fn invitation_role_fits(invitation: &NewInvitation) -> Result<(), ValidationError> {
    role_fits(Some(invitation.role), invitation.role_id)
}

/// Asks whose invitation a ticket is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationTicket {
    /// The ticket of the 小程序码 or share card.
    #[validate(length(min = 1, max = 64), custom(function = "text::code"))]
    pub ticket: String,
}

/// Accepts an invitation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAnswer {
    /// The ticket of the 小程序码 or share card.
    #[validate(length(min = 1, max = 64), custom(function = "text::code"))]
    pub ticket: String,
    /// One's name, where the invitation names nobody.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = "text::line"))]
    pub name: Option<String>,
}

/// A change to a colleague (RFC 7396).
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: Change<String>,
    /// New team; `null` for none.
    #[serde(default)]
    pub team_id: Patch<Uuid>,
}

/// Gives somebody a role, or asks what that would open and close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "choice_fits"))]
pub struct RoleChoice {
    /// A built-in role, or `custom`.
    pub role: Role,
    /// The business's own role, for `custom`.
    #[serde(default)]
    pub role_id: Option<Uuid>,
}

fn choice_fits(choice: &RoleChoice) -> Result<(), ValidationError> {
    role_fits(Some(choice.role), choice.role_id)
}

/// A role of the business's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Unique among the business's live roles.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// What it may do and see.
    #[validate(nested)]
    pub rights: Rights,
}

/// A change to a role of the business's own.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// New rights, whole.
    #[serde(default)]
    #[validate(nested)]
    pub rights: Change<Rights>,
}

/// A new team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Unique among the business's live teams.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// The team it belongs to.
    #[serde(default)]
    pub parent_id: Option<Uuid>,
    /// Who leads it, and sees as far as if they were in it.
    #[serde(default)]
    pub lead_id: Option<Uuid>,
}

/// A change to a team.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// The team it belongs to from now on; `null` for none.
    #[serde(default)]
    pub parent_id: Patch<Uuid>,
    /// Who leads it; `null` for nobody.
    #[serde(default)]
    pub lead_id: Patch<Uuid>,
}

/// Gives everything that somebody looks after to a colleague.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHandover {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Who gets it.
    pub to_staff_id: Uuid,
}

/// Lets a colleague help with a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Helper {
    /// The colleague.
    pub staff_id: Uuid,
    /// What they may do.
    pub level: HelperLevel,
}

/// A change to the business's settings.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessChanges {
    /// Its name, as customers see it.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: Change<String>,
    /// The phone its customers may call; `null` for none.
    #[serde(default)]
    #[validate(length(max = 32), custom(function = "phone::check"))]
    pub phone: Patch<String>,
    /// Days without contact, order or change after which a customer is erased, 28 at least; 0: never.
    #[serde(default)]
    #[validate(range(min = 0, max = 3650))]
    pub customers_idle_days: Change<i64>,
    /// Days for which answered requests about personal information are kept; 0: for ever.
    #[serde(default)]
    #[validate(range(min = 0, max = 3650))]
    pub requests_days: Change<i64>,
}

/// Signs a business up, with oneself as its boss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// Name of the business, as customers see it.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub business: String,
    /// One's own name, as colleagues say it.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// The phone its customers may call.
    #[serde(default)]
    #[validate(length(max = 32), custom(function = "phone::check"))]
    pub phone: Option<String>,
}

/// A business, written down by the installation's operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBusiness {
    /// Its name, as customers see it.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// The phone its customers may call.
    #[serde(default)]
    #[validate(length(max = 32), custom(function = "phone::check"))]
    pub phone: Option<String>,
    /// Its boss.
    #[serde(default)]
    #[validate(nested)]
    pub boss: Option<NewBoss>,
}

/// The boss of a new business, who is offered the place when they prove the phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBoss {
    /// Name.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// Phone at WeChat.
    #[validate(length(min = 1, max = 32), custom(function = "phone::check"))]
    pub phone: String,
}

/// Somebody who is to work in a business, written down by the installation's operator: its boss, unless a role is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenantStaff {
    /// Name.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// Phone at WeChat.
    #[validate(length(min = 1, max = 32), custom(function = "phone::check"))]
    pub phone: String,
    /// A built-in role.
    #[serde(default)]
    pub role: Option<Role>,
}

/// Erases a business for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantErasure {
    /// Its name, so that no other is meant.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
}

/// A change to a business by the installation's operator.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantChanges {
    /// Its name.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: Change<String>,
    /// Its phone; `null` for none.
    #[serde(default)]
    #[validate(length(max = 32), custom(function = "phone::check"))]
    pub phone: Patch<String>,
    /// Whether nobody may work in it for now.
    #[serde(default)]
    pub suspended: Change<bool>,
}
