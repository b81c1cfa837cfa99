//! Duplicates 查重: two records of one person become one, field by field as somebody chose.

use crate::given::Given;
use crate::prelude::*;

codes! {
    /// Which of two records a field comes from.
    pub enum MergeSide {
        /// The one that stays.
        This = "this",
        /// The one that is merged into it.
        Other = "other",
    }
}

codes! {
    /// How far a merge is.
    pub enum MergeState {
        /// 合并中: so much hangs on the other record that the rest follows in the background.
        Running = "running",
        /// 已合并.
        Done = "done",
        /// 撤销中.
        Undoing = "undoing",
        /// 已撤销.
        Undone = "undone",
    }
}

codes! {
    /// What became of two records that look alike.
    pub enum PairState {
        /// 待处理.
        Open = "open",
        /// 不是同一位: somebody looked, and they are two.
        Ignored = "ignored",
        /// 已合并.
        Merged = "merged",
    }
}

codes! {
    /// Why two records look alike.
    pub enum PairReason {
        /// The same phone.
        Phone = "phone",
        /// The same company, however it is written.
        Company = "company",
        /// The same name.
        SameName = "same_name",
        /// Nearly the same name.
        Name = "name",
        /// The same region: the same district, where both say one.
        Region = "region",
        /// Other districts of the same city.
        City = "city",
    }
}

/// Where each field comes from. What is not named stays as it is, and is filled from the other record where
/// there is nothing; of lists both are kept, and the side that is named comes first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeFields {
    /// Name.
    #[serde(default)]
    pub name: Option<MergeSide>,
    /// Person or company.
    #[serde(default)]
    pub kind: Option<MergeSide>,
    /// Where the customer stands.
    #[serde(default)]
    #[serde(rename = "type")]
    pub type_: Option<MergeSide>,
    /// Company.
    #[serde(default)]
    pub company: Option<MergeSide>,
    /// Job title.
    #[serde(default)]
    pub title: Option<MergeSide>,
    /// Region.
    #[serde(default)]
    pub region: Option<MergeSide>,
    /// How the customer came.
    #[serde(default)]
    pub source: Option<MergeSide>,
    /// Trade.
    #[serde(default)]
    pub industry: Option<MergeSide>,
    /// How many people work there.
    #[serde(default)]
    pub size: Option<MergeSide>,
    /// What they may want to buy.
    #[serde(default)]
    pub needs: Option<MergeSide>,
    /// Birthday.
    #[serde(default)]
    pub birthday: Option<MergeSide>,
    /// Remark.
    #[serde(default)]
    pub remark: Option<MergeSide>,
    /// Street and house.
    #[serde(default)]
    pub address: Option<MergeSide>,
    /// Who looks after the customer, or the pool they wait in.
    #[serde(default)]
    pub owner: Option<MergeSide>,
    /// Whose phones come first, and so which is the primary one.
    #[serde(default)]
    pub phones: Option<MergeSide>,
    /// Whose e-mail addresses come first.
    #[serde(default)]
    pub emails: Option<MergeSide>,
    /// Whose WeChat ids come first.
    #[serde(default)]
    pub wechat_ids: Option<MergeSide>,
    /// Whose special dates come first.
    #[serde(default)]
    pub dates: Option<MergeSide>,
    /// The business's own fields: `this` or `other` by their key.
    #[serde(default)]
    pub custom: Given,
}

/// The versions of both records, as whoever chose saw them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeVersions {
    /// Of the one that stays.
    #[validate(range(min = 1))]
    pub this: i64,
    /// Of the one that is merged into it.
    #[validate(range(min = 1))]
    pub other: i64,
}

/// Merges another customer into one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The customer who is merged into this one, and is gone afterwards.
    pub other_id: Uuid,
    /// Where the fields come from.
    #[serde(default)]
    #[validate(nested)]
    pub fields: Option<MergeFields>,
    /// The versions that were compared.
    #[validate(nested)]
    pub versions: MergeVersions,
}
