//! Tags 标签 in groups: what a business wants to remember about many customers at once.

use crate::filters::Filter;
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
    #[validate(length(min = 1, max = 20), custom(function = "text::listed"))]
    pub name: String,
    /// Whether it is a category 分类: a customer has at most one of its tags, and a new one replaces the other.
    #[serde(default)]
    pub single: Option<bool>,
}

/// A change to a group of tags.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagGroupChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::listed"))]
    pub name: Change<String>,
    /// Whether it is a category.
    #[serde(default)]
    pub single: Change<bool>,
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
    #[validate(length(min = 1, max = 20), custom(function = "text::listed"))]
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
    #[validate(length(min = 1, max = 20), custom(function = "text::listed"))]
    pub name: Change<String>,
    /// New colour.
    #[serde(default)]
    #[validate(custom(function = "text::colour"))]
    pub colour: Change<String>,
    /// The group it moves to.
    #[serde(default)]
    pub group_id: Change<Uuid>,
}

/// The order in which groups, or the tags of a group, are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagOrder {
    /// All of them, first to last; whatever is left out comes after.
    #[validate(length(min = 1, max = 200))]
    pub ids: Vec<Uuid>,
}

/// A tag becomes another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagMerge {
    /// The one that stays.
    pub into: Uuid,
}

/// A rule that gives a tag to whoever meets a filter, and takes it away from whoever does not any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTagRule {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The tag; it has one rule.
    pub tag_id: Uuid,
    /// Who gets it.
    #[validate(nested)]
    pub filter: Filter,
    /// Whether it is on; off when absent.
    #[serde(default)]
    pub enabled: Option<bool>,
}

/// A change to a rule.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagRuleChanges {
    /// Who gets the tag.
    #[serde(default)]
    #[validate(nested)]
    pub filter: Change<Filter>,
    /// Whether it is on.
    #[serde(default)]
    pub enabled: Change<bool>,
}

/// Asks what a rule would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagRulePreview {
    /// The tag.
    pub tag_id: Uuid,
    /// Who would get it.
    #[validate(nested)]
    pub filter: Filter,
}
