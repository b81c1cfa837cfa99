//! Finding customers by how their names are spelled: each character as its word says, and where no word tells, in each
//! way in which it may be read.

use crate::customers::by_pages;
use crate::guards::database::open;
use crate::harness::{Client, Shop, text};
use api::System;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

/// What the box finds: names, and what is marked in each.
async fn found(client: &Client, q: &str) -> Vec<(String, Value)> {
    let page = client.get(&format!("/customers?q={q}")).await.ok();
    let count = client.get(&format!("/customers/count?q={q}")).await.ok();
    let items = page["items"].as_array().expect("a list");
    assert_eq!(count["count"], items.len(), "{q}");
    items.iter().map(|row| (text(&row["name"]), row["found"].clone())).collect()
}

async fn names(client: &Client, q: &str) -> Vec<String> {
    found(client, q).await.into_iter().map(|(name, _)| name).collect()
}

#[actix_web::test]
async fn a_word_is_found_as_it_is_spoken() {
    let shop = Shop::new().await;
    let words = [
        ("长沙", "changsha cs", "zhangsha zs"),
        ("中国银行", "zhongguoyinhang zgyh yinhang", "zhongguoyinxing"),
        ("成都", "chengdu cd", "chengdou"),
        ("音乐", "yinyue yy", "yinle yl"),
        ("会计", "kuaiji kj", "huiji hj"),
        ("都市", "dushi ds", "doushi"),
        ("长兴紫笋", "changxing changxingzisun cxzs", "zhangxing"),
        ("六安瓜片", "liuan luan liuangua luanguapian lagp", "liangua"),
        ("便宜", "pianyi py", "bianyi by"),
        ("茶行", "chahang ch", "chaxing cx"),
        ("行长", "hangzhang hz", "xingzhang hangchang xc"),
        ("冼马", "xianma xm xima", "xuanma"),
        ("洗马", "xianma xima", "xuanma"),
        ("万俟", "moqi mq", "wansi ws"),
        ("员外", "yuanwai yunwai yw", "yuwai"),
        ("覃", "qin tan q t", "xin"),
        ("厦门", "xiamen xm", "shamen sm"),
        ("重庆", "chongqing cq", "zhongqing zq"),
        ("重楼", "chonglou cl", "zhonglou zl"),
        ("乐嘉", "lejia yuejia lj yj", "laojia"),
        ("盖碗", "gaiwan gewan gw", "hewan"),
        ("解放", "jiefang xiefang jf xf", "haifang"),
        ("单位", "danwei shanwei dw", "chanwei"),
        ("区", "qu ou", "xu"),
        ("种", "zhong chong", "zong"),
        ("员工", "yuangong yungong", "yangong"),
        ("吕布", "lvbu lubu lübu LÜBU lb", "libu"),
        ("女儿红", "nverhong nuerhong nüer neh", "niuer"),
        ("绿茶", "lvcha lucha lüch lc", "luecha"),
        ("曾国藩", "zengguofan guofan zgf", "cengguofan cgf"),
        ("长行", "changxing changhang zhangxing zhanghang cx zh", "chengxing"),
    ];
    for (name, _, _) in &words {
        shop.customer_named(name).await;
    }
    for (name, heard, unheard) in words {
        for q in heard.split(' ') {
            let found = found(&shop.sales, q).await;
            let at = found.iter().find(|(found, _)| found == name);
            let Some((_, marked)) = at else { panic!("{q} does not find {name}: {found:?}") };
            let from = ["yinhang", "guofan"].iter().position(|part| *part == q).map_or(0, |nth| 2 - nth);
            assert_eq!((&marked["in"], &marked["from"]), (&json!("name"), &json!(from)), "{q}: {marked}");
        }
        for q in unheard.split(' ') {
            let found = names(&shop.sales, q).await;
            assert!(!found.iter().any(|found| found == name), "{q} finds {name}: {found:?}");
        }
    }
    for (q, marked) in
        [("yinhang", (2, 2)), ("zhongguoy", (0, 3)), ("nuerh", (0, 3)), ("lübu", (0, 2)), ("luan", (0, 2))]
    {
        let (_, found) = found(&shop.sales, q).await.remove(0);
        assert_eq!(found, json!({ "in": "name", "from": marked.0, "length": marked.1 }), "{q}");
    }
}

#[actix_web::test]
async fn a_company_has_no_family_name() {
    let shop = Shop::new().await;
    let companies = [
        ("盖碗茶庄", "gaiwan", "gewan"),
        ("解放路小学", "jiefang", "xiefang"),
        ("单位食堂", "danwei", "shanwei"),
        ("区供销社", "qugong", "ougong"),
        ("种子站", "zhongzi", "chongzi"),
        ("员工之家", "yuangong", "yungong"),
        ("曾记糖水", "zengji", "cengji"),
        ("重庆火锅", "cqhg", "zqhg"),
        ("长兴银行", "changxingyinhang", "changxingyinxing"),
    ];
    for (company, _, _) in companies {
        shop.sales.post("/customers", json!({ "name": format!("甲{company}"), "company": company })).await.ok();
    }
    for (company, heard, unheard) in companies {
        let found = found(&shop.sales, heard).await;
        let whole = (format!("甲{company}"), "name");
        assert_eq!(
            found.iter().map(|(name, at)| (name.clone(), at["in"].as_str().expect("where"))).collect::<Vec<_>>(),
            [whole],
            "{heard}"
        );
        assert_eq!(names(&shop.sales, unheard).await, Vec::<String>::new(), "{unheard}");
    }
}

#[actix_web::test]
async fn whoever_sounds_alike_comes_page_by_page_and_after_who_begins_so() {
    let shop = Shop::new().await;
    let mut newest = Vec::new();
    for at in 0..4 {
        for name in ["吕布", "卢布", "小吕布"] {
            newest.insert(0, format!("{name}{at}"));
            shop.customer_named(&newest[0]).await;
            shop.advance(chrono::Duration::seconds(1)).await;
        }
    }
    shop.customer_named("lubu").await;
    let lv: Vec<_> = newest.iter().filter(|name| !name.starts_with('卢')).cloned().collect();
    newest.insert(0, "lubu".to_owned());
    for limit in [1, 2, 5, 50] {
        assert_eq!(by_pages(&shop.sales, "lubu", limit).await, newest, "{limit}");
        assert_eq!(by_pages(&shop.sales, "lvbu", limit).await, lv, "{limit}");
        assert_eq!(by_pages(&shop.sales, "lübu", limit).await, lv, "{limit}");
    }
}

/// The term of the beginning of a spelling.
fn term(letters: &str) -> i64 {
    (1 << 60) | letters.bytes().fold(0, |packed, byte| (packed << 6) | i64::from(byte - b'a' + 1))
}

/// Makes a customer findable by the rules of before: read as `zhongqing`.
async fn of_before(shop: &Shop, id: &str) {
    let db = open(shop).await;
    let id = id.replace('-', "");
    let its = format!("tenant_id = {} AND customer_id = x'{id}'", shop.tenant);
    let spelled = format!("{its} AND term >= {}", 1_i64 << 60);
    let old = ["z", "zh", "zho", "zhon", "zhongq", "zhongqin", "zq", "q", "qi", "qin", "qing"];
    let rows = old.map(|letters| format!("({}, {}, x'{id}')", shop.tenant, term(letters)));
    for statement in [
        format!("DELETE FROM customer_terms WHERE {spelled}"),
        format!("INSERT INTO customer_terms (tenant_id, term, customer_id) VALUES {}", rows.join(", ")),
        format!("UPDATE customer_search SET text = '重庆\nzhongqing\nzq\n' WHERE {its}"),
        format!("UPDATE tenants SET search_version = 1 WHERE id = {}", shop.tenant),
    ] {
        db.execute_unprepared(&statement).await.expect("runs");
    }
}

/// How many terms customers of the business have, and how many of those are of the rules of before.
async fn terms(shop: &Shop) -> (i64, i64) {
    let db = open(shop).await;
    let (of, old) = (format!("FROM customer_terms WHERE tenant_id = {}", shop.tenant), [term("zq"), term("zhongq")]);
    let old = format!("SELECT COUNT(*) AS n {of} AND term IN ({}, {})", old[0], old[1]);
    (number(&db, &format!("SELECT COUNT(*) AS n {of}")).await, number(&db, &old).await)
}

async fn number(db: &sea_orm::DatabaseConnection, statement: &str) -> i64 {
    let statement = sea_orm::Statement::from_string(db.get_database_backend(), statement);
    let row = db.query_one_raw(statement).await.expect("runs").expect("a row");
    row.try_get("", "n").expect("a number")
}

#[actix_web::test]
async fn an_upgrade_spells_everybody_anew_and_leaves_nothing_of_before() {
    let shop = Shop::new().await;
    let stays = shop.customer_named("重庆").await;
    let after = terms(&shop).await;
    of_before(&shop, &stays).await;
    assert_eq!((names(&shop.sales, "zq").await.len(), names(&shop.sales, "cq").await.len()), (1, 0));
    assert_eq!(System::new(&shop.at).begin_indexing(Some(shop.tenant)).await.expect("begins"), 1);
    shop.run_jobs().await;
    assert_eq!((names(&shop.sales, "zq").await.len(), names(&shop.sales, "cq").await.len()), (0, 1));
    assert_eq!(terms(&shop).await, after);
    // A server of the version before writes once more: the second look finds it.
    of_before(&shop, &stays).await;
    shop.advance(chrono::Duration::hours(1)).await;
    shop.run_jobs().await;
    assert_eq!(terms(&shop).await, after);
}

#[actix_web::test]
async fn whoever_is_renamed_or_deleted_before_that_is_not_found_by_what_was() {
    let shop = Shop::new().await;
    let (renamed, deleted) = (shop.customer_named("重庆").await, shop.customer_named("重庆").await);
    of_before(&shop, &renamed).await;
    of_before(&shop, &deleted).await;
    shop.sales.patch(&format!("/customers/{renamed}"), 1, json!({ "name": "张三" })).await.ok();
    shop.boss.delete(&format!("/customers/{deleted}"), 1).await.ok();
    assert_eq!(terms(&shop).await.1, 0);
    for q in ["zq", "zhongqing", "cq", "重庆"] {
        assert_eq!(names(&shop.sales, q).await, Vec::<String>::new(), "{q}");
    }
    let left = terms(&shop).await;
    shop.boss.patch(&format!("/customers/{renamed}"), 2, json!({ "name": "重庆" })).await.ok();
    shop.boss.patch(&format!("/customers/{renamed}"), 3, json!({ "name": "张三" })).await.ok();
    assert_eq!(terms(&shop).await, left);
}
