//! Follow-up plans 跟进流程: what is done, stage by stage, with whoever gets a tag.

use crate::prelude::*;
use crate::text;

codes! {
    /// Why a plan came to its end with a customer.
    pub enum PlanEnd {
        /// 走完: every stage was done.
        Done = "done",
        /// 停止: somebody stopped it.
        Stopped = "stopped",
        /// 标签已去掉: the customer does not have the tag any more.
        Untagged = "untagged",
        /// 停用: the plan was switched off or deleted.
        Off = "off",
        /// 合并: another record of the same customer is further along.
        Merged = "merged",
    }
}

/// A task of a stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTask {
    /// What to do.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub title: String,
    /// Days after the stage began; 0: on that very day.
    #[validate(range(min = 0, max = 730))]
    pub after_days: i64,
    /// `HH:MM` in China; 10:00 when absent.
    #[serde(default)]
    #[validate(custom(function = "text::clock"))]
    pub at: Option<String>,
}

/// A stage 阶段: its tasks, and what they are for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanStage {
    /// Such as 初次联系.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// What is reached when it is done.
    #[serde(default)]
    #[validate(length(min = 1, max = 100), custom(function = "text::line"))]
    pub goal: Option<String>,
    /// Its tasks.
    #[validate(length(min = 1, max = 10), nested)]
    pub tasks: Vec<PlanTask>,
}

/// A plan to make. It does nothing before it is switched on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Unique among the business's live plans.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// Whoever gets this tag gets the plan; a tag has one plan.
    pub tag_id: Uuid,
    /// Its stages, first to last.
    #[validate(length(min = 1, max = 10), nested)]
    pub stages: Vec<PlanStage>,
}

/// A change to a plan.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// The stages, whole. Tasks that were made already stay as they are.
    #[serde(default)]
    #[validate(length(min = 1, max = 10), nested)]
    pub stages: Change<Vec<PlanStage>>,
    /// Whether it is switched on.
    #[serde(default)]
    pub enabled: Change<bool>,
    /// When it is switched on: whether those who have the tag already get it too.
    #[serde(default)]
    pub existing: Change<bool>,
}

/// Hour and minute of a task.
#[must_use]
pub fn time_of(at: Option<&str>) -> (u32, u32) {
    at.and_then(text::hour_and_minute).unwrap_or((10, 0))
}
