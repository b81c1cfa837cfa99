//! Tables of customers that come in and go out 导入导出.

use crate::bulk::Selection;
use crate::filters::field;
use crate::prelude::*;

codes! {
    /// How a table is written.
    pub enum TableFormat {
        /// Texts with commas between, as UTF-8 with a byte-order mark.
        Csv = "csv",
        /// Excel since 2007.
        Xlsx = "xlsx",
    }
}

codes! {
    /// How far an import is.
    pub enum ImportState {
        /// 读取中: the file is still arriving.
        Reading = "reading",
        /// 待开始: it was read; nothing is imported yet.
        Ready = "ready",
        /// 试运行中.
        Checking = "checking",
        /// 已试运行: nothing was written; what would have gone wrong is known.
        Checked = "checked",
        /// 进行中.
        Running = "running",
        /// 已完成.
        Done = "done",
        /// 已取消: what was done before stays, and can be taken back.
        Cancelled = "cancelled",
        /// 撤回中.
        Reverting = "reverting",
        /// 已撤回.
        Reverted = "reverted",
    }
}

codes! {
    /// What becomes of a row that names a customer.
    pub enum ImportMode {
        /// New customers only.
        Create = "create",
        /// Known customers only.
        Update = "update",
        /// Known ones are changed, others are new.
        CreateOrUpdate = "create_or_update",
    }
}

codes! {
    /// What becomes of a row that stands in the way of new customers only: of a customer who is known, or of
    /// one whom a row before it named.
    pub enum Duplicates {
        /// It is left out and counted.
        Skip = "skip",
        /// It is wrong, and stands in the list of what is wrong.
        Refuse = "refuse",
    }
}

codes! {
    /// What became of a row.
    pub enum RowOutcome {
        /// 新建.
        Created = "created",
        /// 更新.
        Updated = "updated",
        /// 跳过.
        Skipped = "skipped",
        /// 失败.
        Failed = "failed",
        /// 已撤回.
        Reverted = "reverted",
        /// 未撤回: somebody changed the customer since.
        Kept = "kept",
    }
}

codes! {
    /// How far an export is.
    pub enum ExportState {
        /// 进行中.
        Running = "running",
        /// 已完成.
        Done = "done",
        /// 已取消: whoever asked may do it no more.
        Cancelled = "cancelled",
    }
}

/// What a column of a table is meant for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnUse {
    /// Which column, from 0.
    #[validate(range(min = 0, max = 199))]
    pub column: i64,
    /// Which field of a customer: `name`, `phone`, `custom.size`.
    #[validate(length(min = 1, max = 60), custom(function = "field"))]
    pub field: String,
}

/// A table that was read is imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportStart {
    /// What the columns are meant for; those that are not named are left out.
    #[validate(length(min = 1, max = 200), nested)]
    pub columns: Vec<ColumnUse>,
    /// Whether customers are made, changed, or both.
    pub mode: ImportMode,
    /// By what a customer is known: `phone`, `id`, or one of the business's own fields in which no two have the
    /// same; the phone when absent.
    #[serde(default)]
    #[validate(length(min = 1, max = 60), custom(function = "field"))]
    pub key: Option<String>,
    /// What becomes of a customer who is known already when only new ones are made; left out when absent.
    #[serde(default)]
    pub duplicates: Option<Duplicates>,
    /// The group in which tags are made that do not exist yet; without it an unknown tag is wrong.
    #[serde(default)]
    pub tag_group_id: Option<Uuid>,
    /// Only try: every row is judged and nothing stays.
    #[serde(default)]
    pub dry_run: bool,
}

/// A list of customers is taken out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Whom.
    #[validate(nested)]
    pub selection: Selection,
    /// Which fields, in this order; all that one sees when absent.
    #[serde(default)]
    #[validate(length(max = 150))]
    pub columns: Vec<String>,
    /// How it is written.
    pub format: TableFormat,
}
