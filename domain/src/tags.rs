//! Tags 标签 in groups: what a business wants to remember about many customers at once.

use crate::prelude::*;
use crate::text;

/// A new group of tags, such as 口味 or 来往频率.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTagGroup {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Unique among the business's live groups.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
}

/// A change to a group of tags.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagGroupChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
}

/// A new tag in a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The group it belongs to.
    pub group_id: Uuid,
    /// Unique among the live tags of its group.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// `#RRGGBB`; jade green when absent.
    #[serde(default)]
    #[validate(custom(function = "text::colour"))]
    pub colour: Option<String>,
}

/// A change to a tag.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// New colour.
    #[serde(default)]
    #[validate(custom(function = "text::colour"))]
    pub colour: Change<String>,
}
