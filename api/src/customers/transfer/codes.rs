//! The words of codes in tables: what an export writes, and what else an import understands.

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
        for (field, words) in WORDS {
            for (code, word) in words {
                assert!(names.contains(&format!("{code}: '{word}'")), "{field}: {word}");
            }
        }
    }
}
