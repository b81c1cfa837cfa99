//! Custom fields 自定义字段: what a business itself wants to know about its customers.

pub mod check;
pub mod definition;

pub use definition::Definition;

use crate::prelude::*;
use crate::text;

codes! {
    /// What a field holds.
    pub enum CustomKind {
        /// 单行文字.
        Text = "text",
        /// 多行文字.
        LongText = "long_text",
        /// 数字, with up to four decimals.
        Number = "number",
        /// 金额, in fen.
        Money = "money",
        /// 日期.
        Date = "date",
        /// 单选.
        Choice = "choice",
        /// 多选.
        Choices = "choices",
        /// 是否.
        YesNo = "yes_no",
        /// 电话: sealed like every phone.
        Phone = "phone",
        /// 文件: ids of attachments.
        File = "file",
    }
}

codes! {
    /// How a field depends on another one.
    pub enum ConditionOp {
        /// 是; of several choices: 包含.
        Is = "is",
        /// 不是.
        IsNot = "is_not",
        /// 已填写.
        Filled = "filled",
        /// 未填写.
        Empty = "empty",
    }
}

/// One of the things to choose from. What customers have chosen is its key, so it can be renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldChoice {
    /// Stays for ever; the server makes one when absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 40), custom(function = "text::code"))]
    pub key: Option<String>,
    /// What people read.
    #[validate(length(min = 1, max = 30), custom(function = "text::line"))]
    pub label: String,
    /// Offered no more; who has it keeps it.
    #[serde(default)]
    pub retired: bool,
}

/// What a condition may ask of the customer itself. No field of a business's own is called so: its name has no
/// hyphen. A region that is asked for has what lies in it.
pub const ABOUT: [&str; 5] = ["customer-type", "customer-kind", "customer-industry", "customer-source", REGION];
pub(crate) const REGION: &str = "customer-region";

/// When a field is asked for at all: only if another field says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldCondition {
    /// Key of the other field; `customer-type`, `customer-kind`, `customer-industry`, `customer-source` or
    /// `customer-region` for what everybody has.
    #[validate(length(min = 1, max = 40), custom(function = "condition_field"))]
    pub field: String,
    /// What of it.
    pub op: ConditionOp,
    /// The key of a choice, `true` or `false`, or the value as text.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::line"))]
    pub value: Option<String>,
}

/// Filters say `custom.<key>`, which looks right here too.
fn condition_field(name: &str) -> Result<(), ValidationError> {
    if name.starts_with("custom.") { fail("condition_key_bare") } else { text::code(name) }
}

/// The terms of a field.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldTerms {
    /// Must be filled, where its condition holds.
    #[serde(default)]
    pub required: bool,
    /// No two customers have the same. Decided once, when the field is made.
    #[serde(default)]
    pub unique: bool,
    /// Like the number of an identity card: sealed, shown masked, found only when asked for whole.
    /// Decided once, for texts.
    #[serde(default)]
    pub secret: bool,
    /// What a new customer begins with, as text; choices by their keys, with commas between.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::lines"))]
    pub default: Option<String>,
    /// At least: characters of a text, choices, the number itself, fen.
    #[serde(default)]
    #[validate(range(min = -1_000_000_000_000_i64, max = 1_000_000_000_000_i64))]
    pub min: Option<i64>,
    /// At most.
    #[serde(default)]
    #[validate(range(min = -1_000_000_000_000_i64, max = 1_000_000_000_000_i64))]
    pub max: Option<i64>,
    /// Places behind the point of a number; none when absent.
    #[serde(default)]
    #[validate(range(min = 0, max = 4))]
    pub decimals: Option<i64>,
    /// When it is asked for.
    #[serde(default)]
    #[validate(nested)]
    pub condition: Option<FieldCondition>,
    /// What there is to choose from.
    #[serde(default)]
    #[validate(length(max = 100), nested)]
    pub choices: Vec<FieldChoice>,
    /// Roles that do not see it: the code of a built-in one, the id of a business's own. The boss sees all.
    #[serde(default)]
    #[validate(length(max = 50))]
    pub hidden_from: Vec<String>,
    /// Roles that see it and do not change it.
    #[serde(default)]
    #[validate(length(max = 50))]
    pub read_only_for: Vec<String>,
}

/// A new field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomField {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Its name for programs, never changed; the server makes one when absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 40), custom(function = "word"))]
    pub key: Option<String>,
    /// What people read.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub label: String,
    /// What it holds, never changed.
    pub kind: CustomKind,
    /// Its terms.
    #[serde(default)]
    #[validate(nested)]
    pub rules: FieldTerms,
}

/// A change to a field.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldChanges {
    /// New label.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub label: Change<String>,
    /// All its terms anew.
    #[serde(default)]
    #[validate(nested)]
    pub rules: Change<FieldTerms>,
}

/// The order in which fields are shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldOrder {
    /// Every field, first to last.
    #[validate(length(min = 1, max = 100))]
    pub ids: Vec<Uuid>,
}

/// The rule for a key: a word for programs.
///
/// # Errors
/// `key_invalid`.
pub fn word(value: &str) -> Result<(), ValidationError> {
    let letters = value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if letters && value.starts_with(|c: char| c.is_ascii_lowercase()) { Ok(()) } else { fail("key_invalid") }
}
