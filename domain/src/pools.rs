//! Pools 公海: customers whom nobody looks after, who may take them, and when one falls into a pool.

use crate::prelude::*;
use crate::text;

codes! {
    /// What became of a customer and a pool.
    pub enum PoolMoveKind {
        /// 退回: its owner gave it up.
        Released = "released",
        /// 回收: a rule did.
        Recycled = "recycled",
        /// 领取: somebody took it for themselves.
        Claimed = "claimed",
        /// 分配: somebody gave it to a colleague.
        Assigned = "assigned",
        /// 转移: its pool was given up for another one.
        Moved = "moved",
        /// 撤销: a bulk action was undone.
        Undone = "undone",
    }
}

codes! {
    /// What has to be missing for long before a customer falls into a pool.
    pub enum IdleBy {
        /// 没有跟进.
        Contact = "contact",
        /// 没有下单.
        Order = "order",
        /// 没有新商机: none was opened or ended, and none is open.
        Opportunity = "opportunity",
    }
}

/// A pool to make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPool {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Unique among the business's live pools.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// Whether everybody whose role sees pools is a member; otherwise those named below. When absent, everybody, unless
    /// somebody is named.
    #[serde(default)]
    pub everyone: Option<bool>,
    /// Members.
    #[serde(default)]
    #[validate(length(max = 200))]
    pub staff_ids: Vec<Uuid>,
    /// Teams whose people, and those of the teams below, are members.
    #[serde(default)]
    #[validate(length(max = 100))]
    pub team_ids: Vec<Uuid>,
    /// Customers that one person may take out of it a day; as many as they like when absent.
    #[serde(default)]
    #[validate(range(min = 1, max = 1000))]
    pub claims_a_day: Option<i64>,
    /// Days before whoever looked after a customer may take it again; at once when absent.
    #[serde(default)]
    #[validate(range(min = 1, max = 365))]
    pub reclaim_days: Option<i64>,
}

impl NewPool {
    /// Whether everybody is a member. A pool without members would be one from which nobody takes anybody.
    #[must_use]
    pub fn for_everyone(&self) -> bool {
        self.everyone.unwrap_or(self.staff_ids.is_empty() && self.team_ids.is_empty())
    }
}

/// A change to a pool.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// Whether everybody whose role sees pools is a member.
    #[serde(default)]
    pub everyone: Change<bool>,
    /// The members, whole.
    #[serde(default)]
    #[validate(length(max = 200))]
    pub staff_ids: Change<Vec<Uuid>>,
    /// The teams, whole.
    #[serde(default)]
    #[validate(length(max = 100))]
    pub team_ids: Change<Vec<Uuid>>,
    /// Customers that one person may take a day; `null`: as many as they like.
    #[serde(default)]
    #[validate(range(min = 1, max = 1000))]
    pub claims_a_day: Patch<i64>,
    /// Days before a former owner may take a customer again; `null`: at once.
    #[serde(default)]
    #[validate(range(min = 1, max = 365))]
    pub reclaim_days: Patch<i64>,
}

/// Puts a customer into a pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Why: one of the business's own reasons, or in one's own words.
    #[validate(length(min = 1, max = 200), custom(function = "text::line"))]
    pub reason: String,
    /// Which pool; the oldest one of which one is a member when absent.
    #[serde(default)]
    pub pool_id: Option<Uuid>,
}

/// Gives a customer in a pool to a colleague.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// Who looks after them from now on.
    pub owner_id: Uuid,
    /// Why.
    #[serde(default)]
    #[validate(length(min = 1, max = 200), custom(function = "text::line"))]
    pub reason: Option<String>,
}

/// A reason that is offered when a customer is given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolReason {
    /// What it says.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub text: String,
}

/// How many customers somebody, or a team with those below it, may look after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "of_one"))]
pub struct OwnerLimit {
    /// A member of staff, for whom the number for everybody does not count then.
    #[serde(default)]
    pub staff_id: Option<Uuid>,
    /// Or a team.
    #[serde(default)]
    pub team_id: Option<Uuid>,
    /// At most so many.
    #[validate(range(min = 0, max = 1_000_000))]
    pub most: i64,
}

fn of_one(limit: &OwnerLimit) -> Result<(), ValidationError> {
    if limit.staff_id.is_some() == limit.team_id.is_some() { fail("limit_unclear") } else { Ok(()) }
}

/// A change to what holds for all pools.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolSettingsChanges {
    /// The reasons that are offered, whole.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    pub reasons: Change<Vec<PoolReason>>,
    /// Customers that each person may look after; `null`: as many as they like.
    #[serde(default)]
    #[validate(range(min = 1, max = 1_000_000))]
    pub person_limit: Patch<i64>,
    /// Limits of single people and of teams, whole.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    pub limits: Change<Vec<OwnerLimit>>,
}

/// Who may look after how many customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnerLimits {
    /// Each person, unless something else is said of them.
    pub person: Option<i64>,
    /// Single people.
    pub staff: Vec<(Uuid, i64)>,
    /// Teams, with those below them.
    pub teams: Vec<(Uuid, i64)>,
}

impl OwnerLimits {
    /// What is said of one person.
    #[must_use]
    pub fn of(&self, person: Uuid) -> Option<i64> {
        let own = self.staff.iter().find(|(id, _)| *id == person).map(|(_, most)| *most);
        own.or(self.person)
    }
}

/// When a customer falls into a pool by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "warned_on_the_way"))]
pub struct RecycleTerms {
    /// What has to be missing.
    pub by: IdleBy,
    /// For so many whole days.
    #[validate(range(min = 1, max = 1000))]
    pub days: i64,
    /// Whether only working days count.
    #[serde(default)]
    pub working_days: bool,
    /// Only customers of these types, by their codes; of all when there are none.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub types: Vec<String>,
    /// Only customers with one of these tags; all when there are none.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub tag_ids: Vec<Uuid>,
    /// Whether customers with a completed order are spared.
    #[serde(default)]
    pub spare_deals: bool,
    /// Days before that on which the owner is told, fewer than `days`; 0: not at all.
    #[serde(default)]
    #[validate(range(min = 0, max = 28))]
    pub warn_days: i64,
}

fn warned_on_the_way(terms: &RecycleTerms) -> Result<(), ValidationError> {
    // Otherwise the warning is due before the customer was left alone at all.
    if terms.warn_days >= terms.days { fail_at("warn_days", "warning_early") } else { Ok(()) }
}

/// A rule to make. It does nothing before it is switched on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecycleRule {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// When a customer falls.
    #[validate(nested)]
    pub terms: RecycleTerms,
}

/// A change to a rule.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecycleRuleChanges {
    /// Whether it is switched on.
    #[serde(default)]
    pub enabled: Change<bool>,
    /// When a customer falls, whole.
    #[serde(default)]
    #[validate(nested)]
    pub terms: Change<RecycleTerms>,
}
