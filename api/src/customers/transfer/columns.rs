//! What a column of a table can be: its name, the words by which it is known, and the words of its values. What
//! an export writes an import reads.

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

/// The words of codes, as people write them in tables.
const WORDS: [(&str, &[(&str, &str)]); 6] = [
    (
        "interaction_channel",
        &[
            ("call", "电话"),
            ("wechat", "微信"),
            ("visit", "到店"),
            ("home_visit", "上门"),
            ("meeting", "会议"),
            ("message", "短信"),
            ("email", "邮件"),
            ("other", "其他"),
        ],
    ),
    ("kind", &[("person", "个人"), ("company", "企业")]),
    ("type", &[("potential", "潜在"), ("new", "新客"), ("existing", "老客"), ("lost", "流失")]),
    (
        "source",
        &[
            ("walk_in", "到店"),
            ("referral", "老客介绍"),
            ("wechat", "微信"),
            ("phone", "电话"),
            ("online_shop", "网店"),
            ("event", "活动"),
            ("other", "其他"),
        ],
    ),
    (
        "industry",
        &[
            ("A", "农林牧渔"),
            ("B", "采矿"),
            ("C", "制造"),
            ("D", "电力热力燃气水"),
            ("E", "建筑"),
            ("F", "批发零售"),
            ("G", "交通运输仓储邮政"),
            ("H", "住宿餐饮"),
            ("I", "信息技术"),
            ("J", "金融"),
            ("K", "房地产"),
            ("L", "租赁和商务服务"),
            ("M", "科研和技术服务"),
            ("N", "水利环境公共设施"),
            ("O", "居民服务"),
            ("P", "教育"),
            ("Q", "卫生和社会工作"),
            ("R", "文化体育娱乐"),
            ("S", "公共管理社会组织"),
            ("T", "国际组织"),
        ],
    ),
    (
        "size",
        &[
            ("under_10", "10 人以下"),
            ("under_50", "10–49 人"),
            ("under_200", "50–199 人"),
            ("under_1000", "200–999 人"),
            ("over_1000", "1000 人以上"),
        ],
    ),
];

/// The trades as GB/T 4754 calls them, where that is not how the pages do.
const OFFICIAL: [(&str, &str); 11] = [
    ("A", "农、林、牧、渔业"),
    ("D", "电力、热力、燃气及水生产和供应业"),
    ("F", "批发和零售业"),
    ("G", "交通运输、仓储和邮政业"),
    ("H", "住宿和餐饮业"),
    ("I", "信息传输、软件和信息技术服务业"),
    ("M", "科学研究和技术服务业"),
    ("N", "水利、环境和公共设施管理业"),
    ("O", "居民服务、修理和其他服务业"),
    ("R", "文化、体育和娱乐业"),
    ("S", "公共管理、社会保障和社会组织"),
];

/// Other words that people write for codes, above all in tables of other programs.
const ALIASES: [(&str, &[(&str, &str)]); 3] = [
    (
        "interaction_channel",
        &[
            ("call", "打电话"),
            ("call", "电话沟通"),
            ("call", "电话回访"),
            ("call", "去电"),
            ("call", "来电"),
            ("wechat", "微信沟通"),
            ("wechat", "企业微信"),
            ("visit", "面谈"),
            ("visit", "当面"),
            ("visit", "到访"),
            ("visit", "来访"),
            ("home_visit", "上门拜访"),
            ("home_visit", "拜访"),
            ("home_visit", "面访"),
            ("meeting", "开会"),
            ("email", "邮箱"),
            ("other", "其它"),
        ],
    ),
    ("type", &[("potential", "意向"), ("existing", "成交"), ("existing", "已成交"), ("lost", "已流失")]),
    (
        "source",
        &[
            ("walk_in", "进店"),
            ("walk_in", "自然到店"),
            ("referral", "介绍"),
            ("referral", "转介绍"),
            ("referral", "朋友介绍"),
            ("referral", "熟人介绍"),
            ("referral", "客户介绍"),
            ("phone", "来电"),
            ("online_shop", "淘宝"),
            ("online_shop", "天猫"),
            ("online_shop", "京东"),
            ("online_shop", "拼多多"),
            ("online_shop", "抖音小店"),
            ("online_shop", "网上"),
            ("event", "展会"),
            ("other", "其它"),
        ],
    ),
];

fn aliases(field: &str) -> &'static [(&'static str, &'static str)] {
    ALIASES.iter().find(|(name, _)| *name == field).map(|(_, words)| *words).unwrap_or_default()
}

/// The words of a field's values, for whoever wrote one that there is not; none for a field that takes any.
pub(super) fn choices(field: &str) -> Option<String> {
    let words: Vec<&str> = words(field).iter().map(|(_, word)| *word).collect();
    (!words.is_empty()).then(|| words.join("、"))
}

fn words(field: &str) -> &'static [(&'static str, &'static str)] {
    WORDS.iter().find(|(name, _)| *name == field).map(|(_, words)| *words).unwrap_or_default()
}

/// The code that a word stands for; a word that stands for none stays, and the rules say so.
pub(super) fn code(field: &str, word: &str) -> String {
    let bare = |text: &str| {
        text.replace(['–', '~', '至'], "-").replace([' ', '客', '户'], "").trim_end_matches('业').to_lowercase()
    };
    let official: &[_] = if field == "industry" { &OFFICIAL } else { &[] };
    let found = words(field)
        .iter()
        .chain(official)
        .chain(aliases(field))
        .find(|(code, known)| *code == word || bare(known) == bare(word));
    found.map_or_else(|| word.to_owned(), |(code, _)| (*code).to_owned())
}

/// The word for a code, as tables and pages for people say it.
pub(crate) fn word<'c>(field: &str, code: &'c str) -> &'c str {
    words(field).iter().find(|(known, _)| *known == code).map_or(code, |(_, word)| *word)
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
    fn what_is_written_is_read_as_the_same_code() {
        for (field, words) in WORDS {
            for (known, spoken) in words {
                assert_eq!((code(field, spoken).as_str(), code(field, known).as_str()), (*known, *known));
                assert_eq!(word(field, known), *spoken);
            }
        }
        for (field, words) in ALIASES {
            for (known, spoken) in words {
                assert_eq!(code(field, spoken), *known, "{field}: {spoken}");
                assert_ne!(word(field, known), *known, "{field}: {known} is a code");
            }
        }
        for (known, spoken) in OFFICIAL {
            assert_eq!(code("industry", spoken), known);
        }
        assert_eq!(code("size", "10-49人"), "under_50");
        assert_eq!(code("type", "潜在客户"), "potential");
        assert_eq!(code("source", "别处"), "别处");
    }

    #[test]
    fn a_table_says_what_the_pages_say() {
        let names = include_str!("../../../../miniprogram/words/names.ts");
        let meanings = include_str!("../../../../miniprogram/words/transfer.ts");
        for (field, words) in WORDS {
            for (code, word) in words {
                assert!(names.contains(&format!("{code}: '{word}'")), "{field}: {word}");
            }
        }
        for (field, label, _) in FIELDS.iter().filter(|(field, ..)| !WRITTEN.contains(field)) {
            assert!(meanings.contains(&format!("['{field}', '{label}']")), "{label}");
        }
    }
}
