//! Customers 客户: whom the business knows.

use crate::contacts::{CustomerEmail, CustomerWechat};
use crate::dates::SpecialDate;
use crate::prelude::*;
use crate::{phone, region, text};

codes! {
    /// Where a customer stands with the business.
    pub enum CustomerType {
        /// 潜在: has not bought yet.
        Potential = "potential",
        /// 新客: bought for the first time.
        New = "new",
        /// 老客: buys again.
        Existing = "existing",
        /// 流失: has stopped buying.
        Lost = "lost",
    }
}

codes! {
    /// A person 个人 or a company 企业.
    pub enum CustomerKind {
        /// 个人.
        Person = "person",
        /// 企业: `name` is the contact's name or the company's own.
        Company = "company",
    }
}

codes! {
    /// How the customer came to the business.
    pub enum CustomerSource {
        /// 到店.
        WalkIn = "walk_in",
        /// 老客介绍.
        Referral = "referral",
        /// 微信.
        Wechat = "wechat",
        /// 电话.
        Phone = "phone",
        /// 网店.
        OnlineShop = "online_shop",
        /// 活动.
        Event = "event",
        /// 其他.
        Other = "other",
    }
}

codes! {
    /// Trades 行业: the sections of GB/T 4754-2017.
    pub enum Industry {
        /// 农、林、牧、渔业.
        Farming = "A",
        /// 采矿业.
        Mining = "B",
        /// 制造业.
        Manufacturing = "C",
        /// 电力、热力、燃气及水生产和供应业.
        Utilities = "D",
        /// 建筑业.
        Building = "E",
        /// 批发和零售业.
        Trade = "F",
        /// 交通运输、仓储和邮政业.
        Transport = "G",
        /// 住宿和餐饮业.
        Hospitality = "H",
        /// 信息传输、软件和信息技术服务业.
        Computing = "I",
        /// 金融业.
        Finance = "J",
        /// 房地产业.
        RealEstate = "K",
        /// 租赁和商务服务业.
        Leasing = "L",
        /// 科学研究和技术服务业.
        Research = "M",
        /// 水利、环境和公共设施管理业.
        PublicWorks = "N",
        /// 居民服务、修理和其他服务业.
        Services = "O",
        /// 教育.
        Education = "P",
        /// 卫生和社会工作.
        Health = "Q",
        /// 文化、体育和娱乐业.
        Culture = "R",
        /// 公共管理、社会保障和社会组织.
        Administration = "S",
        /// 国际组织.
        International = "T",
    }
}

codes! {
    /// How many people work in a company 规模.
    pub enum CompanySize {
        /// 10 人以下.
        UnderTen = "under_10",
        /// 10–49 人.
        UnderFifty = "under_50",
        /// 50–199 人.
        UnderTwoHundred = "under_200",
        /// 200–999 人.
        UnderThousand = "under_1000",
        /// 1000 人以上.
        More = "over_1000",
    }
}

codes! {
    /// How two customers know each other 关系.
    pub enum RelationKind {
        /// 介绍人: the other one brought this one.
        IntroducedBy = "introduced_by",
        /// 同公司.
        SameCompany = "same_company",
        /// 家人.
        Family = "family",
        /// 其他.
        Other = "other",
    }
}

/// Two customers know each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelation {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The other customer.
    pub other_id: Uuid,
    /// How.
    pub kind: RelationKind,
    /// More about it: 表妹, 采购部同事.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = "text::line"))]
    pub note: Option<String>,
}

/// A type of the business's own, beside the four that everybody has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomerType {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// What people read.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
}

/// A change to a type of the business's own.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerTypeChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
}

/// One phone number of a customer; the first in the list is the primary one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerPhone {
    /// As people write it; kept as E.164.
    #[validate(length(min = 1, max = 32), custom(function = "phone::check"))]
    pub number: String,
    /// What the number is for: 手机, 公司, 家里.
    #[serde(default)]
    #[validate(length(max = 10), custom(function = "text::line"))]
    pub label: Option<String>,
}

/// What is needed to write down a new customer. `type` defaults to `potential`, the owner to the
/// member of staff who asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_company_has_a_name"))]
pub struct NewCustomer {
    /// UUIDv7 made by a phone that was offline; the server makes one when absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Name of the person, or of the contact in a company.
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: String,
    /// Person or company.
    #[serde(default)]
    pub kind: Option<CustomerKind>,
    /// Where the customer stands: a [`CustomerType`], or the code of one of the business's own.
    #[serde(default)]
    #[serde(rename = "type")]
    #[validate(length(min = 1, max = 40), custom(function = "text::code"))]
    pub type_: Option<String>,
    /// Phone numbers, the primary one first.
    #[serde(default)]
    #[validate(length(max = 5), nested)]
    pub phones: Vec<CustomerPhone>,
    /// E-mail addresses, the primary one first.
    #[serde(default)]
    #[validate(length(max = 5), nested)]
    pub emails: Vec<CustomerEmail>,
    /// WeChat ids, the primary one first.
    #[serde(default)]
    #[validate(length(max = 5), nested)]
    pub wechat_ids: Vec<CustomerWechat>,
    /// Name of the company.
    #[serde(default)]
    #[validate(length(max = 100), custom(function = "text::line"))]
    pub company: Option<String>,
    /// Job title in the company.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = "text::line"))]
    pub title: Option<String>,
    /// GB/T 2260 code of the district, city or province.
    #[serde(default)]
    #[validate(custom(function = "region::check"))]
    pub region: Option<String>,
    /// Street and house; sealed.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::line"))]
    pub address: Option<String>,
    /// Trade, by GB/T 4754.
    #[serde(default)]
    pub industry: Option<Industry>,
    /// How many people work there.
    #[serde(default)]
    pub size: Option<CompanySize>,
    /// What they may want to buy.
    #[serde(default)]
    #[validate(length(max = 1000), custom(function = "text::lines"))]
    pub needs: Option<String>,
    /// Days of the year that matter.
    #[serde(default)]
    #[validate(length(max = 10), nested)]
    pub dates: Vec<SpecialDate>,
    /// How the customer came.
    #[serde(default)]
    pub source: Option<CustomerSource>,
    /// Birthday in the solar calendar.
    #[serde(default)]
    pub birthday: Option<NaiveDate>,
    /// Anything worth remembering.
    #[serde(default)]
    #[validate(length(max = 1000), custom(function = "text::lines"))]
    pub remark: Option<String>,
    /// Whether the remark is secret: then it is kept sealed, and shown whole only for one call.
    #[serde(default)]
    pub remark_secret: Option<bool>,
    /// Member of staff who looks after the customer.
    #[serde(default)]
    pub owner_id: Option<Uuid>,
    /// Tags to start with.
    #[serde(default)]
    #[validate(length(max = 50))]
    pub tag_ids: Vec<Uuid>,
    /// The business's own fields, by their key.
    #[serde(default)]
    pub custom: Given,
}

fn a_company_has_a_name(customer: &NewCustomer) -> Result<(), ValidationError> {
    let nameless = customer.kind == Some(CustomerKind::Company) && customer.company.is_none();
    if nameless { fail_at("company", "company_missing") } else { Ok(()) }
}

/// A change to a customer (RFC 7396): an absent field stays, `null` clears.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 50), custom(function = "text::line"))]
    pub name: Change<String>,
    /// Person or company.
    #[serde(default)]
    pub kind: Change<CustomerKind>,
    /// Where the customer stands: a [`CustomerType`], or the code of one of the business's own.
    #[serde(default)]
    #[serde(rename = "type")]
    #[validate(length(min = 1, max = 40), custom(function = "text::code"))]
    pub type_: Change<String>,
    /// The whole list of phones, the primary one first.
    #[serde(default)]
    #[validate(length(max = 5), nested)]
    pub phones: Change<Vec<CustomerPhone>>,
    /// E-mail addresses, all of them, the primary one first.
    #[serde(default)]
    #[validate(length(max = 5), nested)]
    pub emails: Change<Vec<CustomerEmail>>,
    /// WeChat ids, all of them, the primary one first.
    #[serde(default)]
    #[validate(length(max = 5), nested)]
    pub wechat_ids: Change<Vec<CustomerWechat>>,
    /// Name of the company.
    #[serde(default)]
    #[validate(length(max = 100), custom(function = "text::line"))]
    pub company: Patch<String>,
    /// Job title.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = "text::line"))]
    pub title: Patch<String>,
    /// GB/T 2260 code.
    #[serde(default)]
    #[validate(custom(function = "region::check"))]
    pub region: Patch<String>,
    /// Street and house; sealed.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::line"))]
    pub address: Patch<String>,
    /// Trade, by GB/T 4754.
    #[serde(default)]
    pub industry: Patch<Industry>,
    /// How many people work there.
    #[serde(default)]
    pub size: Patch<CompanySize>,
    /// What they may want to buy.
    #[serde(default)]
    #[validate(length(max = 1000), custom(function = "text::lines"))]
    pub needs: Patch<String>,
    /// Days of the year that matter.
    #[serde(default)]
    #[validate(length(max = 10), nested)]
    pub dates: Change<Vec<SpecialDate>>,
    /// How the customer came.
    #[serde(default)]
    pub source: Patch<CustomerSource>,
    /// Birthday.
    #[serde(default)]
    pub birthday: Patch<NaiveDate>,
    /// Remark.
    #[serde(default)]
    #[validate(length(max = 1000), custom(function = "text::lines"))]
    pub remark: Patch<String>,
    /// Whether the remark is secret; a remark that is not named stays the same text.
    #[serde(default)]
    pub remark_secret: Change<bool>,
    /// New owner.
    #[serde(default)]
    pub owner_id: Change<Uuid>,
    /// The business's own fields that change, by their key; `null` clears one.
    #[serde(default)]
    pub custom: Change<Given>,
}

/// Which tags to put on a customer and which to take off. Doing it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerTags {
    /// Tags to add.
    #[serde(default)]
    #[validate(length(max = 50))]
    pub add: Vec<Uuid>,
    /// Tags to remove.
    #[serde(default)]
    #[validate(length(max = 50))]
    pub remove: Vec<Uuid>,
}

codes! {
    /// Why somebody is erased. A code and not a text: it stays on the record, where no name may stand.
    pub enum ErasureReason {
        /// 本人在小程序申请.
        Asked = "asked",
        /// 本人书面申请.
        AskedInWriting = "asked_in_writing",
        /// 撤回同意.
        ConsentWithdrawn = "consent_withdrawn",
        /// 超过保存期限.
        RetentionOver = "retention_over",
        /// 误录.
        Mistake = "mistake",
    }
}

/// A person is erased for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// Why.
    pub reason: ErasureReason,
    /// Says that one knows of the orders that are still on their way, which nobody can send after it.
    #[serde(default)]
    pub with_open_orders: bool,
}
