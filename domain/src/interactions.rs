//! Interactions 跟进记录: what was said and done with a customer, and when to get in touch again.

use crate::prelude::*;
use crate::text;

codes! {
    /// How staff and customer were in touch.
    pub enum Channel {
        /// 电话.
        Call = "call",
        /// 微信.
        Wechat = "wechat",
        /// 到店.
        Visit = "visit",
        /// 上门.
        HomeVisit = "home_visit",
        /// 会议.
        Meeting = "meeting",
        /// 短信.
        Message = "message",
        /// 邮件.
        Email = "email",
        /// 其他.
        Other = "other",
    }
}

/// A new entry in a customer's timeline. With `next_contact_at` a task with a reminder is made for
/// the member of staff who writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_next_step_has_a_time"))]
pub struct NewInteraction {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// How they were in touch.
    pub channel: Channel,
    /// What was said or done.
    #[validate(length(min = 1, max = 2000), custom(function = "text::lines"))]
    pub content: String,
    /// When it happened; now when absent.
    #[serde(default)]
    pub happened_at: Option<DateTime<Utc>>,
    /// When to get in touch again.
    #[serde(default)]
    pub next_contact_at: Option<DateTime<Utc>>,
    /// What to do then; becomes the task's title.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = "text::line"))]
    pub next_step: Option<String>,
}

fn a_next_step_has_a_time(interaction: &NewInteraction) -> Result<(), ValidationError> {
    let timeless = interaction.next_step.is_some() && interaction.next_contact_at.is_none();
    if timeless { fail("next_contact_missing") } else { Ok(()) }
}
