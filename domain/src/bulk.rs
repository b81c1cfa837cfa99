//! Bulk actions 批量操作: one change to many customers, chosen by hand or by a filter.

use crate::filters::Filter;
use crate::given::Given;
use crate::prelude::*;
use crate::text;

/// Which customers: these, or all that a filter finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "one_way_to_choose"))]
pub struct Selection {
    /// Chosen one by one.
    #[serde(default)]
    #[validate(length(max = 500))]
    pub ids: Vec<Uuid>,
    /// Chosen by what they have in common; an empty filter means everybody one may change.
    #[serde(default)]
    #[validate(nested)]
    pub filter: Option<Filter>,
}

fn one_way_to_choose(selection: &Selection) -> Result<(), ValidationError> {
    if selection.ids.is_empty() == selection.filter.is_some() { Ok(()) } else { fail("selection_unclear") }
}

/// A change to many customers. At least one thing changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "something_changes"))]
pub struct BulkChange {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Whom.
    #[validate(nested)]
    pub selection: Selection,
    /// Tags to add.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub add_tags: Vec<Uuid>,
    /// Tags to remove.
    #[serde(default)]
    #[validate(length(max = 20))]
    pub remove_tags: Vec<Uuid>,
    /// New owner; takes customers out of the pool.
    #[serde(default)]
    pub owner_id: Option<Uuid>,
    /// Where they stand from now on: a built-in type, or the code of one of the business's own.
    #[serde(default)]
    #[serde(rename = "type")]
    #[validate(length(min = 1, max = 40), custom(function = "text::code"))]
    pub type_: Option<String>,
    /// What the business's own fields hold from now on, by their key; `null` clears. Not those that are secret or
    /// unique: they are different for everybody.
    #[serde(default)]
    pub custom: Given,
    /// Said about each of them to whoever looks after them: in their inbox, and by WeChat while there is credit.
    #[serde(default)]
    #[validate(length(min = 1, max = 100), custom(function = "text::line"))]
    pub message: Option<String>,
    /// An offer that each of them is given; whoever has it already, or refuses advertising, is left alone and counted as
    /// failed.
    #[serde(default)]
    pub offer_id: Option<Uuid>,
}

fn something_changes(change: &BulkChange) -> Result<(), ValidationError> {
    let nothing = change.add_tags.is_empty()
        && change.remove_tags.is_empty()
        && change.owner_id.is_none()
        && change.type_.is_none()
        && change.custom.0.is_empty()
        && change.message.is_none()
        && change.offer_id.is_none();
    if nothing { fail("change_missing") } else { Ok(()) }
}

/// Many customers are deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkDeletion {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Whom.
    #[validate(nested)]
    pub selection: Selection,
}

codes! {
    /// How far a bulk action is.
    pub enum BulkState {
        /// 进行中.
        Running = "running",
        /// 已完成.
        Done = "done",
        /// 已取消: what was done before stays, and can be undone.
        Cancelled = "cancelled",
        /// 撤销中.
        Undoing = "undoing",
        /// 已撤销.
        Undone = "undone",
    }
}
