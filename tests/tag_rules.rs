//! Rules that give tags by themselves.

use crate::harness::{Client, Shop, text};
use api::System;
use chrono::Duration;
use serde_json::{Value, json};

async fn group(boss: &Client, name: &str, single: bool) -> Value {
    boss.post("/tag-groups", json!({ "name": name, "single": single })).await.ok()
}

async fn tag(boss: &Client, group: &Value, name: &str) -> String {
    text(&boss.post("/tags", json!({ "group_id": group["id"], "name": name })).await.ok()["id"])
}

/// A filter of one test.
fn when(field: &str, op: &str, values: &[&str]) -> Value {
    json!({ "all": [{ "any": [{ "field": field, "op": op, "values": values }] }] })
}

async fn rule(boss: &Client, tag: &str, filter: Value) -> Value {
    boss.post("/tag-rules", json!({ "tag_id": tag, "filter": filter, "enabled": true })).await.ok()
}

/// Names of a customer's tags; those that a rule gave with a star.
async fn tags(client: &Client, customer: &str) -> String {
    let view = client.get(&format!("/customers/{customer}")).await.ok();
    let mut names: Vec<String> = view["tags"]
        .as_array()
        .expect("tags")
        .iter()
        .map(|tag| format!("{}{}", text(&tag["name"]), if tag["by_rule"] == true { "*" } else { "" }))
        .collect();
    names.sort();
    names.join(" ")
}

async fn change(client: &Client, customer: &str, body: Value) {
    let path = format!("/customers/{customer}");
    let version = client.get(&path).await.ok()["version"].as_i64().expect("a version");
    client.patch(&path, version, body).await.ok();
}

#[actix_web::test]
async fn a_rule_gives_a_tag_to_whoever_meets_it_and_takes_it_away_again() {
    let shop = Shop::new().await;
    let group = group(&shop.boss, "自动", false).await;
    let near = tag(&shop.boss, &group, "本地").await;
    let old = text(&shop.sales.post("/customers", json!({ "name": "甲", "region": "330106" })).await.ok()["id"]);
    let hand = text(&shop.sales.post("/customers", json!({ "name": "乙", "tag_ids": [near] })).await.ok()["id"]);
    let filter = when("region", "any_of", &["330000"]);
    let asked = json!({ "tag_id": near, "filter": filter });
    let effect = shop.boss.post("/tag-rules/preview", asked.clone()).await.ok();
    assert_eq!(effect, json!({ "meets": 1, "gains": 1, "loses": 0, "capped": false }));
    shop.sales.post("/tag-rules/preview", asked).await.problem(403, "forbidden");
    let made = rule(&shop.boss, &near, filter.clone()).await;
    shop.run_jobs().await;
    assert_eq!(
        (tags(&shop.sales, &old).await, tags(&shop.sales, &hand).await),
        ("本地*".to_owned(), "本地".to_owned())
    );
    // Whoever is written down, or changes, is looked at.
    let new = text(&shop.sales.post("/customers", json!({ "name": "丙", "region": "330200" })).await.ok()["id"]);
    change(&shop.sales, &old, json!({ "region": "310000" })).await;
    shop.run_jobs().await;
    assert_eq!((tags(&shop.sales, &new).await, tags(&shop.sales, &old).await), ("本地*".to_owned(), String::new()));
    // Given by hand it stays, whatever the rule says.
    shop.sales.post(&format!("/customers/{new}/tags"), json!({ "add": [near], "remove": [] })).await.ok();
    change(&shop.sales, &new, json!({ "region": "310000" })).await;
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &new).await, "本地");
    // Another filter: everybody is looked at anew. Off: nobody is, and what was given stays.
    let path = format!("/tag-rules/{}", text(&made["id"]));
    let other = when("region", "any_of", &["310000"]);
    let loses = shop.boss.post("/tag-rules/preview", json!({ "tag_id": near, "filter": other })).await.ok();
    assert_eq!((&loses["meets"], &loses["gains"]), (&json!(2), &json!(1)));
    shop.boss.patch(&path, 1, json!({ "filter": other })).await.ok();
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &old).await, "本地*");
    shop.boss.patch(&path, 2, json!({ "enabled": false })).await.ok();
    change(&shop.sales, &old, json!({ "region": "330106" })).await;
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &old).await, "本地*");
    shop.boss.delete(&path, 3).await.ok();
    assert_eq!(shop.sales.get("/tag-rules").await.ok()["items"], json!([]));
    let entries = shop.boss.get(&format!("/audit?resource_id={old}&action=tag")).await.ok();
    assert_eq!(entries["items"].as_array().map(Vec::len), Some(3), "{entries}");
}

#[actix_web::test]
async fn the_rule_of_a_tag_that_becomes_another_one_gives_that_one() {
    let shop = Shop::new().await;
    let group = group(&shop.boss, "自动", false).await;
    let (near, home) = (tag(&shop.boss, &group, "本地").await, tag(&shop.boss, &group, "同城").await);
    let old = text(&shop.sales.post("/customers", json!({ "name": "甲", "region": "330106" })).await.ok()["id"]);
    rule(&shop.boss, &near, when("region", "any_of", &["330000"])).await;
    shop.run_jobs().await;
    shop.boss.post_at(&format!("/tags/{near}/merge"), 1, json!({ "into": home })).await.ok();
    shop.run_jobs().await;
    // It gives the other one, and takes it away from whoever it does not mean any more.
    let new = text(&shop.sales.post("/customers", json!({ "name": "乙", "region": "330200" })).await.ok()["id"]);
    shop.run_jobs().await;
    assert_eq!((tags(&shop.sales, &old).await, tags(&shop.sales, &new).await), ("同城*".into(), "同城*".into()));
    change(&shop.sales, &old, json!({ "region": "310000" })).await;
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &old).await, "");
    // Back, it is the rule of its own tag again.
    shop.boss.post(&format!("/tags/{near}/restore"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(shop.boss.get("/tag-rules").await.ok()["items"][0]["tag_id"], json!(near));
    assert_eq!(tags(&shop.sales, &new).await, "本地*");
}

#[actix_web::test]
async fn what_was_given_by_hand_is_nobodys_to_take_when_a_ruled_tag_becomes_another() {
    let shop = Shop::new().await;
    let group = group(&shop.boss, "自动", false).await;
    let (near, home) = (tag(&shop.boss, &group, "本地").await, tag(&shop.boss, &group, "同城").await);
    // More than one batch, and the last of all by hand.
    for at in 0..110 {
        let body = json!({ "name": format!("众{at}"), "region": "330106" });
        shop.sales.post("/customers", body).await.ok();
        shop.advance(Duration::milliseconds(5)).await;
    }
    let body = json!({ "name": "乙", "region": "330106", "tag_ids": [near] });
    let hand = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    rule(&shop.boss, &near, when("region", "any_of", &["330000"])).await;
    shop.run_jobs().await;
    shop.boss.post_at(&format!("/tags/{near}/merge"), 1, json!({ "into": home })).await.ok();
    // Somebody changes them while the rest is still to be merged.
    change(&shop.sales, &hand, json!({ "remark": "来过" })).await;
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &hand).await, "同城");
    change(&shop.sales, &hand, json!({ "region": "310000" })).await;
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &hand).await, "同城");
}

#[actix_web::test]
async fn days_that_are_counted_from_today_are_looked_at_every_day() {
    let shop = Shop::new().await;
    let group = group(&shop.boss, "自动", false).await;
    let sleeping = tag(&shop.boss, &group, "沉睡").await;
    let customer = shop.customer_named("甲").await;
    rule(&shop.boss, &sleeping, when("created", "less", &["today-30"])).await;
    shop.run_jobs().await;
    let system = System::new(&shop.at);
    assert_eq!(system.begin_tagging(Some(shop.tenant)).await.expect("a look"), 0);
    assert_eq!(tags(&shop.sales, &customer).await, "");
    shop.advance(Duration::days(32)).await;
    assert_eq!(system.begin_tagging(Some(shop.tenant)).await.expect("a look"), 1);
    assert_eq!(system.begin_tagging(Some(shop.tenant)).await.expect("a look"), 0);
    shop.run_jobs().await;
    let sales = shop.log_in_again(&shop.sales).await;
    assert_eq!(tags(&sales, &customer).await, "沉睡*");
}

#[actix_web::test]
async fn of_a_category_the_first_rule_counts_and_a_hand_before_all() {
    let shop = Shop::new().await;
    let levels = group(&shop.boss, "等级", true).await;
    let (gold, silver) = (tag(&shop.boss, &levels, "金牌").await, tag(&shop.boss, &levels, "银牌").await);
    shop.boss.post(&format!("/tag-groups/{}/order", text(&levels["id"])), json!({ "ids": [gold, silver] })).await.ok();
    rule(&shop.boss, &silver, when("region", "set", &[])).await;
    rule(&shop.boss, &gold, when("region", "any_of", &["330100"])).await;
    let both = text(&shop.sales.post("/customers", json!({ "name": "甲", "region": "330106" })).await.ok()["id"]);
    let one = text(&shop.sales.post("/customers", json!({ "name": "乙", "region": "310000" })).await.ok()["id"]);
    let body = json!({ "name": "丙", "region": "330106", "tag_ids": [silver] });
    let hand = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    shop.run_jobs().await;
    for (customer, is) in [(&both, "金牌*"), (&one, "银牌*"), (&hand, "银牌")] {
        assert_eq!(tags(&shop.sales, customer).await, is);
    }
    change(&shop.sales, &both, json!({ "region": "310000" })).await;
    // Chosen by hand in its place.
    shop.sales.post(&format!("/customers/{one}/tags"), json!({ "add": [gold], "remove": [] })).await.ok();
    shop.run_jobs().await;
    for (customer, is) in [(&both, "银牌*"), (&one, "金牌"), (&hand, "银牌")] {
        assert_eq!(tags(&shop.sales, customer).await, is);
    }
}

#[actix_web::test]
async fn a_rule_may_ask_for_the_tag_of_another_but_never_for_its_own() {
    let shop = Shop::new().await;
    let plain = group(&shop.boss, "自动", false).await;
    let (a, b, c) =
        (tag(&shop.boss, &plain, "甲").await, tag(&shop.boss, &plain, "乙").await, tag(&shop.boss, &plain, "丙").await);
    let tagged = |tag: &str| when("tag", "any_of", &[tag]);
    rule(&shop.boss, &c, tagged(&b)).await;
    rule(&shop.boss, &b, tagged(&a)).await;
    let customer = text(&shop.sales.post("/customers", json!({ "name": "客", "tag_ids": [a] })).await.ok()["id"]);
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &customer).await, "丙* 乙* 甲");
    shop.sales.post(&format!("/customers/{customer}/tags"), json!({ "add": [], "remove": [a] })).await.ok();
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &customer).await, "");
    for filter in [tagged(&a), tagged(&c), when("tag", "empty", &[])] {
        let body = json!({ "tag_id": a, "filter": filter });
        shop.boss.post("/tag-rules", body).await.problem(409, "rule_circular");
    }
    let levels = group(&shop.boss, "等级", true).await;
    let (gold, silver) = (tag(&shop.boss, &levels, "金牌").await, tag(&shop.boss, &levels, "银牌").await);
    let body = json!({ "tag_id": gold, "filter": tagged(&silver) });
    shop.boss.post("/tag-rules", body).await.problem(409, "rule_circular");
    // Merging must not lead in a circle either.
    let path = format!("/tags/{a}/merge");
    shop.boss.post_at(&path, 1, json!({ "into": c })).await.problem(409, "rule_circular");
    for (filter, said) in [
        (when("starred", "set", &[]), "filter.all.0.any.0.field: rule_personal"),
        (when("owner", "any_of", &["me"]), "filter.all.0.any.0.field: rule_personal"),
        (when("updated", "less", &["today-30"]), "filter.all.0.any.0.field: rule_circular"),
        (when("colour", "set", &[]), "filter.all.0.any.0.field: filter_field_unknown"),
    ] {
        let body = json!({ "tag_id": gold, "filter": filter });
        assert_eq!(shop.boss.post("/tag-rules", body.clone()).await.violations(), [said]);
        assert_eq!(shop.boss.post("/tag-rules/preview", body).await.violations(), [said]);
    }
    let again = json!({ "tag_id": b, "filter": {} });
    shop.boss.post("/tag-rules", again).await.problem(409, "rule_known");
    let ghost = json!({ "tag_id": plain["id"], "filter": {} });
    assert_eq!(shop.boss.post("/tag-rules", ghost).await.violations(), ["tag_id: tag_unknown"]);
}

#[actix_web::test]
async fn a_rule_stops_with_a_tag_without_which_it_would_mean_others() {
    let shop = Shop::new().await;
    let group = group(&shop.boss, "自动", false).await;
    let mut made = Vec::new();
    for name in ["自饮", "送礼", "本地", "甲", "乙", "丙"] {
        made.push(tag(&shop.boss, &group, name).await);
    }
    let [own, gift, near, kept, any, all] = &made[..] else { panic!("six tags") };
    let customer = async |tags: &[&String]| {
        let body = json!({ "name": "张三", "tag_ids": tags });
        text(&shop.sales.post("/customers", body).await.ok()["id"])
    };
    let (mine, given) = (customer(&[own]).await, customer(&[own, gift]).await);
    let both = json!({ "all": [
        { "any": [{ "field": "tag", "op": "any_of", "values": [own] }] },
        { "any": [{ "field": "tag", "op": "none_of", "values": [gift] }] },
    ] });
    rule(&shop.boss, kept, both).await;
    rule(&shop.boss, any, when("tag", "any_of", &[gift, own])).await;
    rule(&shop.boss, all, when("tag", "all_of", &[gift, near])).await;
    shop.run_jobs().await;
    assert_eq!(tags(&shop.sales, &mine).await, "乙* 甲* 自饮");
    assert_eq!(tags(&shop.sales, &given).await, "乙* 自饮 送礼");
    let path = format!("/tags/{gift}");
    let uses = shop.boss.get(&format!("{path}/uses")).await.ok();
    assert_eq!((&uses["rules"], &uses["stops"]), (&json!(3), &json!(2)));
    shop.boss.delete(&path, 1).await.ok();
    shop.run_jobs().await;
    let rules = shop.boss.get("/tag-rules").await.ok();
    let rules = rules["items"].as_array().expect("rules");
    let on = |tag: &String| rules.iter().any(|rule| rule["tag_id"] == **tag && rule["enabled"] == true);
    assert_eq!([kept, any, all].map(on), [false, true, false], "any of several goes on with the others");
    assert_eq!(tags(&shop.sales, &given).await, "乙* 自饮", "nobody who was kept out came in");
    assert_eq!(tags(&shop.sales, &mine).await, "乙* 甲* 自饮", "what a rule gave stays");
}

#[actix_web::test]
async fn writing_a_customer_down_costs_nothing_more_without_a_rule() {
    let shop = Shop::new().await;
    let body = |name: &str| json!({ "name": name });
    shop.sales.post("/customers", body("甲")).await.ok();
    let (without, _) = shop.statements(shop.sales.post("/customers", body("乙"))).await;
    let group = group(&shop.boss, "自动", false).await;
    let tag = tag(&shop.boss, &group, "全部").await;
    rule(&shop.boss, &tag, json!({})).await;
    shop.sales.post("/customers", body("丙")).await.ok();
    let (with, _) = shop.statements(shop.sales.post("/customers", body("丁"))).await;
    assert_eq!(with, without + 1);
}
