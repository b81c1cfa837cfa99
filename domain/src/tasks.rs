//! Tasks 待办 and their reminders 提醒.

use crate::prelude::*;
use crate::text;

codes! {
    /// Where a task stands.
    pub enum TaskStatus {
        /// 待办.
        Open = "open",
        /// 已完成.
        Done = "done",
        /// 已取消.
        Cancelled = "cancelled",
    }
}

/// A new task for a member of staff, with a reminder at `due_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Customer the task is about.
    pub customer_id: Uuid,
    /// What to do.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub title: String,
    /// When to be reminded.
    pub due_at: DateTime<Utc>,
}

/// A task is put off to a later time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    /// New time of the reminder; must lie in the future.
    pub until: DateTime<Utc>,
}
