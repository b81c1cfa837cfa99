//! Groups of tags that go with their tags, or become part of another one, and come back.

use crate::harness::{Client, Shop, text};
use chrono::Duration;
use serde_json::{Value, json};

async fn group(boss: &Client, name: &str, single: bool, tags: &[&str]) -> Value {
    let made = boss.post("/tag-groups", json!({ "name": name, "single": single })).await.ok();
    for tag in tags {
        boss.post("/tags", json!({ "group_id": made["id"], "name": tag })).await.ok();
    }
    made
}

/// The groups and their tags: 口味: 清香 怕苦.
async fn groups(client: &Client) -> Vec<String> {
    let found = client.get("/tag-groups").await.ok();
    let said = found["items"].as_array().expect("groups").iter().map(|group| {
        let mut tags: Vec<String> =
            group["tags"].as_array().expect("tags").iter().map(|tag| text(&tag["name"])).collect();
        tags.sort();
        format!("{}: {}", text(&group["name"]), tags.join(" "))
    });
    said.collect()
}

async fn id_of(client: &Client, name: &str) -> String {
    let found = client.get("/tag-groups").await.ok();
    let mut tags =
        found["items"].as_array().expect("groups").iter().flat_map(|group| group["tags"].as_array().expect("tags"));
    text(&tags.find(|tag| tag["name"] == name).expect("the tag")["id"])
}

async fn tags(client: &Client, customer: &str) -> Vec<String> {
    let view = client.get(&format!("/customers/{customer}")).await.ok();
    let mut names: Vec<String> = view["tags"].as_array().expect("tags").iter().map(|tag| text(&tag["name"])).collect();
    names.sort();
    names
}

async fn customer(client: &Client, name: &str, tags: &[&String]) -> String {
    text(&client.post("/customers", json!({ "name": name, "tag_ids": tags })).await.ok()["id"])
}

#[actix_web::test]
async fn a_group_goes_with_its_tags_and_comes_back_with_them() {
    let shop = Shop::new().await;
    let taste = group(&shop.boss, "口味", false, &["清香", "怕苦"]).await;
    let (light, bitter) = (id_of(&shop.boss, "清香").await, id_of(&shop.boss, "怕苦").await);
    let both = customer(&shop.sales, "甲", &[&light, &bitter]).await;
    customer(&shop.sales, "乙", &[&light]).await;
    let filter = json!({ "all": [{ "any": [{ "field": "tag", "op": "any_of", "values": [light] }] }] });
    shop.boss.post("/customer-views", json!({ "name": "清香的", "filter": filter })).await.ok();
    let path = format!("/tag-groups/{}", text(&taste["id"]));
    let uses = shop.boss.get(&format!("{path}/uses")).await.ok();
    let told = json!({ "tags": 2, "customers": 2, "capped": false, "views": 1, "rules": 0, "stops": 0, "bulk": 0 });
    assert_eq!(uses, told);
    shop.boss.delete(&path, 1).await.problem(409, "in_use");
    shop.boss.delete(&format!("{path}?with_tags=true"), 7).await.problem(409, "version_stale");
    // One of them went by itself before: that is not brought back with the group.
    shop.boss.delete(&format!("/tags/{bitter}"), 1).await.ok();
    shop.advance(Duration::minutes(5)).await;
    assert_eq!(shop.boss.delete(&format!("{path}?with_tags=true"), 1).await.status, 204);
    shop.run_jobs().await;
    assert_eq!((groups(&shop.boss).await.len(), tags(&shop.sales, &both).await.len()), (0, 0));
    shop.sales.post(&format!("{path}/restore"), json!({})).await.problem(403, "forbidden");
    shop.boss.post(&format!("{path}/restore"), json!({})).await.ok();
    assert_eq!(
        (groups(&shop.boss).await, tags(&shop.sales, &both).await),
        (vec!["口味: 清香".into()], vec!["清香".into()])
    );
    shop.boss.post(&format!("{path}/restore"), json!({})).await.problem(409, "undo_too_late");
    // Half an hour later it is gone for good.
    shop.boss.delete(&format!("{path}?with_tags=true"), 3).await.ok();
    shop.advance(Duration::minutes(31)).await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    boss.post(&format!("{path}/restore"), json!({})).await.problem(409, "undo_too_late");
}

#[actix_web::test]
async fn a_group_becomes_part_of_another_one_and_its_own_again() {
    let shop = Shop::new().await;
    let (_, neighbour) = shop.neighbour().await;
    let from = group(&shop.boss, "喜好", false, &["清香", "红茶"]).await;
    let (light, red) = (id_of(&shop.boss, "清香").await, id_of(&shop.boss, "红茶").await);
    let into = group(&shop.boss, "口味", false, &["清香", "怕苦"]).await;
    let theirs = group(&neighbour, "口味", false, &[]).await;
    let one = customer(&shop.sales, "甲", &[&light, &red]).await;
    let path = format!("/tag-groups/{}/merge", text(&from["id"]));
    for (into, why) in [(&from, "into: group_same"), (&theirs, "into: group_unknown")] {
        assert_eq!(shop.boss.post_at(&path, 1, json!({ "into": into["id"] })).await.violations(), [why]);
    }
    shop.boss.post_at(&path, 9, json!({ "into": into["id"] })).await.problem(409, "version_stale");
    shop.boss.post_at(&path, 1, json!({ "into": into["id"] })).await.ok();
    shop.run_jobs().await;
    assert_eq!(groups(&shop.boss).await, ["口味: 怕苦 清香 红茶"]);
    assert_eq!(tags(&shop.sales, &one).await, ["清香", "红茶"]);
    let kept = shop.sales.get(&format!("/customers/{one}")).await.ok()["tags"].clone();
    assert!(kept.as_array().expect("tags").iter().all(|tag| tag["id"] != json!(light)), "{kept}");
    shop.boss.post(&format!("/tag-groups/{}/restore", text(&from["id"])), json!({})).await.ok();
    shop.run_jobs().await;
    let mut back = groups(&shop.boss).await;
    back.sort();
    assert_eq!(back, ["口味: 怕苦 清香", "喜好: 清香 红茶"]);
    let kept = shop.sales.get(&format!("/customers/{one}")).await.ok()["tags"].clone();
    let ids: Vec<&Value> = kept.as_array().expect("tags").iter().map(|tag| &tag["id"]).collect();
    assert!(ids.len() == 2 && ids.contains(&&json!(light)) && ids.contains(&&json!(red)), "{kept}");
}

#[actix_web::test]
async fn a_group_becomes_part_of_a_category_if_nobody_has_two_of_it_then() {
    let shop = Shop::new().await;
    let from = group(&shop.boss, "等级", false, &["金卡", "银卡"]).await;
    let (gold, silver) = (id_of(&shop.boss, "金卡").await, id_of(&shop.boss, "银卡").await);
    let into = group(&shop.boss, "会员", true, &["普卡"]).await;
    let plain = id_of(&shop.boss, "普卡").await;
    let two = customer(&shop.sales, "甲", &[&gold, &plain]).await;
    customer(&shop.sales, "乙", &[&silver]).await;
    let path = format!("/tag-groups/{}/merge", text(&from["id"]));
    shop.boss.post_at(&path, 1, json!({ "into": into["id"] })).await.problem(409, "group_overlaps");
    shop.sales.post(&format!("/customers/{two}/tags"), json!({ "add": [], "remove": [plain] })).await.ok();
    shop.boss.post_at(&path, 1, json!({ "into": into["id"] })).await.ok();
    assert_eq!(groups(&shop.boss).await, ["会员: 普卡 金卡 银卡"]);
    // From now on one replaces the other.
    shop.sales.post(&format!("/customers/{two}/tags"), json!({ "add": [silver], "remove": [] })).await.ok();
    assert_eq!(tags(&shop.sales, &two).await, ["银卡"]);
}

#[actix_web::test]
async fn what_names_two_tags_of_a_group_names_them_again_when_it_comes_back() {
    let shop = Shop::new().await;
    let from = group(&shop.boss, "喜好", false, &["清香", "红茶"]).await;
    let both = [id_of(&shop.boss, "清香").await, id_of(&shop.boss, "红茶").await];
    let into = group(&shop.boss, "口味", false, &["清香", "红茶"]).await;
    let one = customer(&shop.sales, "甲", &[&both[0], &both[1]]).await;
    let filter = json!({ "all": [{ "any": [{ "field": "tag", "op": "any_of", "values": both }] }] });
    let view = shop.boss.post("/customer-views", json!({ "name": "清香的", "filter": filter })).await.ok();
    group(&shop.boss, "状态", false, &["常客"]).await;
    let regular = id_of(&shop.boss, "常客").await;
    shop.boss.post("/tag-rules", json!({ "tag_id": regular, "filter": filter, "enabled": true })).await.ok();
    let pool = text(&shop.boss.post("/pools", json!({ "name": "大公海", "everyone": true })).await.ok()["id"]);
    let rules = format!("/pools/{pool}/rules");
    shop.boss.post(&rules, json!({ "terms": { "by": "contact", "days": 30, "tag_ids": both } })).await.ok();
    let stored = async || {
        let views = shop.boss.get("/customer-views").await.ok();
        let view = views["items"].as_array().expect("views").iter().find(|row| row["id"] == view["id"]).cloned();
        let tags = shop.boss.get("/tag-rules").await.ok()["items"][0]["filter"].clone();
        let falls = shop.boss.get(&rules).await.ok()["items"][0]["terms"]["tag_ids"].clone();
        (view.expect("the view")["filter"].clone(), tags, falls)
    };
    let before = stored().await;
    let path = format!("/tag-groups/{}", text(&from["id"]));
    shop.boss.post_at(&format!("{path}/merge"), 1, json!({ "into": into["id"] })).await.ok();
    shop.run_jobs().await;
    let merged = stored().await;
    assert!(merged.0 != before.0 && merged.1 != before.1 && merged.2 != before.2, "{merged:?}");
    shop.boss.post(&format!("{path}/restore"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(stored().await, before);
    assert_eq!(tags(&shop.sales, &one).await, ["常客", "清香", "红茶"]);
}

#[actix_web::test]
async fn a_category_that_comes_back_leaves_nobody_two_of_its_values() {
    let shop = Shop::new().await;
    let from = group(&shop.boss, "等级", true, &["金卡", "银卡"]).await;
    let (gold, silver) = (id_of(&shop.boss, "金卡").await, id_of(&shop.boss, "银卡").await);
    let into = group(&shop.boss, "会员", false, &[]).await;
    let one = customer(&shop.sales, "甲", &[&gold]).await;
    let path = format!("/tag-groups/{}", text(&from["id"]));
    shop.boss.post_at(&format!("{path}/merge"), 1, json!({ "into": into["id"] })).await.ok();
    shop.sales.post(&format!("/customers/{one}/tags"), json!({ "add": [silver], "remove": [] })).await.ok();
    assert_eq!(tags(&shop.sales, &one).await, ["金卡", "银卡"]);
    shop.boss.post(&format!("{path}/restore"), json!({})).await.ok();
    shop.advance(Duration::minutes(2)).await;
    shop.run_jobs().await;
    // Which of two that were made in one moment stays, nobody can tell.
    let left = tags(&shop.sales, &one).await;
    assert!(left.len() == 1 && ["金卡", "银卡"].contains(&left[0].as_str()), "{left:?}");
}
