//! Two hundred people and firms, the same on every machine.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::dice::Dice;
use super::places::{PLACES, Place};

/// Common surnames, the commonest first; the dice favour the front as life does.
const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高",
    "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "沈", "潘", "叶", "蒋", "董", "余", "章", "金",
    "钱", "俞", "方", "石", "姚", "邵", "汪", "毛", "戴", "陆", "范", "江", "欧阳", "诸葛",
];

const GIVEN: &[&str] = &[
    "建国", "志强", "海燕", "雨桐", "思远", "晓峰", "丽华", "婷婷", "俊杰", "雪梅", "文博", "佳怡", "国栋", "春燕",
    "子涵", "明辉", "秀英", "梦琪", "立新", "慧敏", "浩然", "玉兰", "天佑", "诗涵", "永康", "红霞", "宇轩", "晓雯",
    "德胜", "静怡", "伟", "芳", "敏", "勤", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "丹", "霞", "鹏",
    "琳", "颖", "岚", "昊", "一鸣", "若兰", "景行", "知夏", "云舒", "沐阳", "清扬", "书瑶", "泽宇", "安琪", "家豪",
    "美玲", "光明", "素琴", "卫东",
];

/// Firms: a word of their own and what they are.
const FIRM_WORDS: &[&str] = &[
    "听雨", "清和", "云栖", "半山", "竹里", "一味", "松风", "禅韵", "锦绣", "望湖", "天目", "和润", "瑞丰", "鼎盛",
    "雅集", "静安", "江南", "溪上", "古木", "新元",
];
const FIRM_KINDS: &[(&str, &str)] = &[
    ("茶馆", "店长"),
    ("茶舍", "主理人"),
    ("大酒店", "采购经理"),
    ("贸易有限公司", "总经理"),
    ("文化传播有限公司", "行政主管"),
    ("民宿", "老板"),
    ("会所", "运营经理"),
    ("素食餐厅", "店长"),
];

const REMARKS: &[&str] = &[
    "胃寒，不喝绿茶",
    "喜欢自己存茶，每年买一提",
    "送礼为主，重包装",
    "晚上睡不好，推荐老白茶",
    "朋友介绍来的，价格敏感",
    "爱喝浓茶，岩茶要足火",
    "孩子在国外，过年要寄一份",
    "懂茶，别推太贵的",
    "每月 15 号左右来补货",
    "只接微信，不要打电话",
    "开车来，提前留车位",
    "要开增值税专用发票",
];

const SOURCES: &[&str] =
    &["walk_in", "walk_in", "referral", "wechat", "wechat", "phone", "online_shop", "event", "other"];
const TYPES: &[&str] = &["existing", "existing", "existing", "new", "new", "potential", "potential", "lost"];
const LABELS: &[&str] = &["手机", "办公室", "家里", "助理"];

/// Number segments that no carrier has been given, so that nobody's phone rings when somebody tries the demo.
const SEGMENTS: &[&str] = &["154", "160", "161", "163", "164", "168", "169", "179"];

/// A customer to be.
pub struct Person {
    pub name: String,
    pub phone: String,
    pub place: &'static Place,
    /// Index of who looks after them: the boss, then the sales.
    pub owner: usize,
    /// The body of the request, without owner and tags.
    pub body: Value,
}

pub fn people(count: usize) -> Vec<Person> {
    let mut dice = Dice::new(8);
    let mut names = BTreeSet::new();
    let mut firms = BTreeSet::new();
    (0..count).map(|index| person(index, &mut dice, &mut names, &mut firms)).collect()
}

fn person(index: usize, dice: &mut Dice, names: &mut BTreeSet<String>, firms: &mut BTreeSet<String>) -> Person {
    let name = fresh(names, || {
        let among = if dice.one_in(3) { SURNAMES.len() } else { 20 };
        format!("{}{}", SURNAMES[dice.below(among)], dice.pick(GIVEN))
    });
    let among = if dice.one_in(2) { PLACES.len() } else { 9 };
    let place = &PLACES[dice.below(among)];
    let phone = number(index, 0);
    let mut phones = vec![json!({ "number": phone })];
    if dice.one_in(6) {
        phones[0]["label"] = json!(LABELS[0]);
        phones.push(json!({ "number": number(index, 1), "label": LABELS[1 + dice.below(3)] }));
    }
    let mut body = json!({
        "name": name, "kind": "person", "type": dice.pick(TYPES), "phones": phones,
        "region": place.code, "source": dice.pick(SOURCES),
    });
    // 15 of a hundred are firms, with the person to talk to.
    if index % 20 % 7 == 3 {
        let mut title = "";
        let firm = fresh(firms, || {
            let (kind, role) = *dice.pick(FIRM_KINDS);
            title = role;
            format!("{}{kind}", dice.pick(FIRM_WORDS))
        });
        body["kind"] = json!("company");
        body["company"] = json!(firm);
        body["title"] = json!(title);
    } else if dice.one_in(3) {
        body["birthday"] =
            json!(format!("{}-{:02}-{:02}", 1955 + dice.below(48), 1 + dice.below(12), 1 + dice.below(28)));
    }
    if dice.one_in(4) {
        body["remark"] = json!(dice.pick(REMARKS));
    }
    Person { name, phone, place, owner: [0, 1, 2, 1, 2][dice.below(5)], body }
}

/// Draws until it is new.
fn fresh(known: &mut BTreeSet<String>, mut draw: impl FnMut() -> String) -> String {
    loop {
        let drawn = draw();
        if known.insert(drawn.clone()) {
            return drawn;
        }
    }
}

/// Different for every index and position: 7919 is a prime, so that no two agree below its period.
fn number(index: usize, position: usize) -> String {
    let at = index * 2 + position;
    format!("{}{:08}", SEGMENTS[at % SEGMENTS.len()], (10_240_817 + at * 7919 * 131) % 100_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_customers_share_a_number_or_a_name() {
        let people = people(200);
        let numbers: BTreeSet<String> = (0..200).flat_map(|index| [number(index, 0), number(index, 1)]).collect();
        assert_eq!(numbers.len(), 400);
        assert_eq!(people.iter().map(|person| &person.name).collect::<BTreeSet<_>>().len(), 200);
    }

    #[test]
    fn fifteen_of_a_hundred_are_firms() {
        let firms = people(200).iter().filter(|person| person.body["kind"] == "company").count();
        assert_eq!(firms, 30);
    }
}
