//! What a column of a table can be: its name and the words by which it is known. What an export writes an import reads.

use domain::Violation;
use domain::custom_fields::{CustomKind, Definition};
use domain::transfer::ColumnUse;

/// A field of a customer as tables know it: its name, the word that an export writes, and other words for it.
pub(super) type Known = (&'static str, &'static str, &'static [&'static str]);

/// All of them, in the order of an export.
pub(super) const FIELDS: [Known; 30] = [
    (
        "name",
        "姓名",
        &[
            "客户名称",
            "客户姓名",
            "客户名",
            "名称",
            "名字",
            "联系人",
            "联系人姓名",
            "客户",
            "name",
            "fullname",
            "customer",
            "customername",
            "contact",
        ],
    ),
    (
        "phone",
        "手机",
        &[
            "手机号",
            "手机号码",
            "电话",
            "电话号码",
            "联系电话",
            "联系方式",
            "移动电话",
            "座机",
            "固话",
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "tel",
            "telephone",
            "cell",
        ],
    ),
    (
        "company",
        "公司",
        &["公司名称", "单位", "单位名称", "企业", "企业名称", "company", "companyname", "organization"],
    ),
    ("title", "职位", &["职务", "岗位", "title", "jobtitle", "position"]),
    ("kind", "个人/企业", &["客户性质", "性质", "kind"]),
    ("type", "客户类型", &["类型", "客户状态", "type", "customertype"]),
    ("tags", "标签", &["客户标签", "tag", "tags", "labels"]),
    ("source", "来源", &["客户来源", "渠道", "source"]),
    ("region", "地区", &["区域", "省市区", "所在地区", "所在地", "城市", "region", "city", "area"]),
    ("address", "地址", &["详细地址", "联系地址", "address"]),
    ("email", "邮箱", &["电子邮箱", "电子邮件", "email", "mail"]),
    ("wechat", "微信号", &["微信", "wechat", "wechatid"]),
    ("industry", "行业", &["所属行业", "industry"]),
    ("size", "公司规模", &["规模", "人员规模", "companysize", "size"]),
    ("birthday", "生日", &["出生日期", "出生年月", "birthday", "birthdate", "dateofbirth"]),
    (
        "dates",
        "纪念日",
        &["特殊日期", "重要日期", "店庆", "农历生日", "阴历生日", "specialdate", "specialdates", "anniversary"],
    ),
    ("needs", "需求", &["客户需求", "needs"]),
    ("remark", "备注", &["说明", "描述", "remark", "remarks", "note", "notes", "comment", "comments"]),
    ("owner", "负责人", &["归属人", "跟进人", "所属销售", "业务员", "owner", "salesperson"]),
    (
        "helpers",
        "协作人",
        &["协作者", "协作员工", "协同人", "共同跟进人", "helper", "helpers", "collaborator", "collaborators"],
    ),
    ("created_at", "创建时间", &["创建日期", "录入时间", "建档时间", "createdat", "createddate"]),
    ("created_by", "创建人", &["录入人", "建档人", "createdby"]),
    ("id", "客户编号", &["编号", "id", "customerid"]),
    // Only read: old follow-ups, one in a row.
    (
        "interaction",
        "跟进记录",
        &[
            "跟进内容",
            "联系记录",
            "沟通记录",
            "拜访记录",
            "回访记录",
            "followup",
            "followups",
            "interaction",
            "interactions",
        ],
    ),
    ("interaction_at", "跟进时间", &["跟进日期", "沟通时间", "拜访时间", "回访时间", "followupat", "followupdate"]),
    ("interaction_by", "跟进人", &["记录人", "拜访人", "回访人", "followupby"]),
    ("interaction_channel", "跟进方式", &["沟通方式", "channel"]),
    // Only written.
    ("pool", "公海", &[]),
    ("last_contact_at", "上次联系", &[]),
    ("next_contact_at", "下次联系", &[]),
];

/// Fields that an export writes and no import reads.
const WRITTEN: [&str; 3] = ["pool", "last_contact_at", "next_contact_at"];
/// Fields that an import reads and no export writes.
const READ: [&str; 4] = ["interaction", "interaction_at", "interaction_by", "interaction_channel"];
/// Fields that several columns may be meant for.
const SEVERAL: [&str; 5] = ["phone", "email", "wechat", "tags", "dates"];

/// Whether a column can be meant for it; the business's own fields by `custom.` and their key.
///
/// # Errors
/// Why not.
pub(super) fn reads(field: &str, own: &[Definition]) -> Result<(), Violation> {
    let known = match field.strip_prefix("custom.") {
        Some(key) => match own.iter().find(|definition| definition.key == key && definition.writable) {
            Some(definition) if definition.kind == CustomKind::File => return Err(Violation::new("", "column_file")),
            found => found.is_some(),
        },
        None => FIELDS.iter().any(|(name, ..)| *name == field) && !WRITTEN.contains(&field),
    };
    if known { Ok(()) } else { Err(Violation::new("", "column_unknown")) }
}

/// The fields of an export, in their order.
pub(super) fn written() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, ..)| *name).filter(|name| !READ.contains(name))
}

/// What stands behind a helper who may also change the customer.
pub(super) const MAY_EDIT: &str = "（可编辑）";

/// Whether a field is about an old follow-up.
pub(super) fn is_talk(field: &str) -> bool {
    READ.contains(&field)
}

pub(super) fn several(field: &str) -> bool {
    SEVERAL.contains(&field)
}

/// The word that an export writes above a column; none for what is no field.
pub(super) fn label(field: &str, own: &[Definition]) -> Option<String> {
    match field.strip_prefix("custom.") {
        Some(key) => own.iter().find(|definition| definition.key == key).map(|definition| definition.label.clone()),
        None => {
            FIELDS.iter().find(|(name, ..)| *name == field && !is_talk(name)).map(|(_, label, _)| (*label).to_owned())
        }
    }
}

/// What columns are probably meant for, by the words above them. The business's own words come first.
pub(super) fn guess(headers: &[String], own: &[Definition]) -> Vec<ColumnUse> {
    let mut uses: Vec<ColumnUse> = Vec::new();
    // 跟进人 is whoever looks after the customer, unless what they said stands beside it.
    let talks = headers.iter().any(|header| known("interaction", &plain(header)));
    for (header, column) in headers.iter().zip(0_i64..) {
        let word = plain(header);
        let mine = own.iter().find(|definition| definition.writable && plain(&definition.label) == word);
        let mine = mine.filter(|definition| definition.kind != CustomKind::File);
        let by = talks && known("interaction_by", &word);
        let built_in =
            FIELDS.iter().find(|(name, ..)| !WRITTEN.contains(name) && known(name, &word) && !(by && *name == "owner"));
        let field = mine.map(|definition| format!("custom.{}", definition.key));
        let Some(field) = field.or_else(|| built_in.map(|(name, ..)| (*name).to_owned())) else { continue };
        if several(&field) || !uses.iter().any(|known| known.field == field) {
            uses.push(ColumnUse { column, field });
        }
    }
    uses
}

/// Whether a word stands for a field.
fn known(field: &str, word: &str) -> bool {
    let stands = |label: &str, words: &[&str]| plain(label) == word || words.contains(&word);
    let named = FIELDS.iter().any(|(name, label, words)| *name == field && stands(label, words));
    named || field == "dates" && word.ends_with("纪念日")
}

/// A word without what people put around it: `* 手机 号（必填）`, `手机2`.
fn plain(header: &str) -> String {
    let folded = domain::text::fold(header).to_lowercase();
    let bare = folded.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let letters = bare.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '_' | '-' | ':' | '：'));
    letters.collect::<String>().trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_their_words() {
        let headers = ["* 客户名称（必填）", "手机号码", "Phone 2", "公司", "手机壳", "E-mail", "结婚纪念日", "跟进人"];
        let headers = headers.map(str::to_owned);
        let guessed: Vec<_> = guess(&headers, &[]).into_iter().map(|of| (of.column, of.field)).collect();
        let wanted =
            [(0, "name"), (1, "phone"), (2, "phone"), (3, "company"), (5, "email"), (6, "dates"), (7, "owner")];
        assert_eq!(guessed, wanted.map(|(column, field)| (column, field.to_owned())));
        let headers = ["跟进人", "跟进内容", "跟进时间"].map(str::to_owned);
        let guessed: Vec<_> = guess(&headers, &[]).into_iter().map(|of| of.field).collect();
        assert_eq!(guessed, ["interaction_by", "interaction", "interaction_at"]);
    }

    #[test]
    fn a_table_says_what_the_pages_say() {
        let meanings = include_str!("../../../../miniprogram/words/transfer.ts");
        for (field, label, _) in FIELDS.iter().filter(|(field, ..)| !WRITTEN.contains(field)) {
            assert!(meanings.contains(&format!("['{field}', '{label}']")), "{label}");
        }
    }
}
