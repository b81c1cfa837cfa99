//! Tags: groups, colours, and customers found by them.

use crate::guards::database::open;
use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

async fn group(boss: &Client, name: &str) -> Value {
    boss.post("/tag-groups", json!({ "name": name })).await.ok()
}

async fn tag(boss: &Client, group: &Value, name: &str) -> Value {
    boss.post("/tags", json!({ "group_id": group["id"], "name": name })).await.ok()
}

async fn put(client: &Client, customer: &str, add: &[&Value], remove: &[&Value]) -> Value {
    let ids = |tags: &[&Value]| tags.iter().map(|tag| tag["id"].clone()).collect::<Vec<_>>();
    let body = json!({ "add": ids(add), "remove": ids(remove) });
    client.post(&format!("/customers/{customer}/tags"), body).await.ok()
}

fn names(list: &Value) -> Vec<String> {
    let mut names: Vec<String> = list.as_array().expect("a list").iter().map(|row| text(&row["name"])).collect();
    names.sort();
    names
}

#[actix_web::test]
async fn tags_come_in_groups_and_have_colours() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    shop.advance(Duration::seconds(1)).await;
    let sources = group(&shop.boss, "来源").await;
    let red = json!({ "group_id": tastes["id"], "name": "红茶", "colour": "#B03A2E" });
    shop.boss.post("/tags", red).await.ok();
    shop.advance(Duration::seconds(1)).await;
    tag(&shop.boss, &tastes, "绿茶").await;
    tag(&shop.boss, &sources, "老客介绍").await;
    let list = shop.sales.get("/tag-groups").await.ok()["items"].clone();
    assert_eq!(names(&list), ["口味", "来源"]);
    assert_eq!(
        (names(&list[0]["tags"]), names(&list[1]["tags"])),
        (vec!["红茶".to_owned(), "绿茶".to_owned()], vec!["老客介绍".to_owned()])
    );
    assert_eq!((&list[0]["tags"][0]["colour"], &list[0]["tags"][1]["colour"]), (&json!("#B03A2E"), &json!("#0B7A5B")));
    let bad = json!({ "group_id": tastes["id"], "name": "x", "colour": "red" });
    assert_eq!(shop.boss.post("/tags", bad).await.violations(), ["colour: colour_invalid"]);
    shop.sales.post("/tags", json!({ "group_id": tastes["id"], "name": "白茶" })).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn the_same_tag_twice_is_one_tag_and_no_change() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let (green, red) = (tag(&shop.boss, &tastes, "绿茶").await, tag(&shop.boss, &tastes, "红茶").await);
    let customer = shop.customer_named("沈怡").await;
    let first = put(&shop.sales, &customer, &[&green, &red], &[]).await;
    assert_eq!(names(&first["tags"]), ["红茶", "绿茶"]);
    let again = put(&shop.sales, &customer, &[&green, &green], &[]).await;
    assert_eq!((names(&again["tags"]), &again["version"]), (names(&first["tags"]), &first["version"]));
    let less = put(&shop.sales, &customer, &[], &[&red]).await;
    assert_eq!(names(&less["tags"]), ["绿茶"]);
    let same = put(&shop.sales, &customer, &[], &[&red]).await;
    assert_eq!((&same["tags"], &same["version"]), (&less["tags"], &less["version"]));
    assert_eq!(shop.sales.get(&format!("/customers/{customer}")).await.ok(), same);
}

#[actix_web::test]
async fn customers_are_found_by_any_all_and_none_of_their_tags() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let (green, red) = (tag(&shop.boss, &tastes, "绿茶").await, tag(&shop.boss, &tastes, "红茶").await);
    for (name, tags) in [("甲", vec![&green]), ("乙", vec![&red]), ("丙", vec![&green, &red]), ("丁", vec![])] {
        put(&shop.sales, &shop.customer_named(name).await, &tags, &[]).await;
    }
    let (green, red) = (text(&green["id"]), text(&red["id"]));
    for (query, found) in [
        (format!("tags_any={green},{red}"), vec!["丙", "乙", "甲"]),
        (format!("tags_any={green}"), vec!["丙", "甲"]),
        (format!("tags_all={green},{red}"), vec!["丙"]),
        (format!("tags_none={green}"), vec!["丁", "乙"]),
        (format!("tags_none={green},{red}"), vec!["丁"]),
        (format!("tags_any={green},{red}&tags_none={red}"), vec!["甲"]),
        (format!("tags_all={green}&tags_any={red}"), vec!["丙"]),
    ] {
        let mut found: Vec<String> = found.into_iter().map(str::to_owned).collect();
        found.sort();
        let list = shop.sales.get(&format!("/customers?{query}")).await.ok();
        assert_eq!(names(&list["items"]), found, "{query}");
        assert_eq!(shop.sales.get(&format!("/customers/count?{query}")).await.ok()["count"], found.len(), "{query}");
    }
}

#[actix_web::test]
async fn a_name_is_given_to_one_live_tag_only() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    shop.boss.post("/tag-groups", json!({ "name": " 口味 " })).await.problem(409, "name_taken");
    // Also one that a database might take for its own word.
    for name in ["绿茶", "PRIMARY", "tags.id"] {
        let first = tag(&shop.boss, &tastes, name).await;
        let body = json!({ "group_id": tastes["id"], "name": name });
        shop.boss.post("/tags", body.clone()).await.problem(409, "name_taken");
        shop.boss.delete(&format!("/tags/{}", text(&first["id"])), 1).await.ok();
        let second = shop.boss.post("/tags", body).await.ok();
        assert_ne!(first["id"], second["id"]);
        // Each way twice: deleted names do not stand in each other's way either.
        shop.boss.delete(&format!("/tags/{}", text(&second["id"])), 1).await.ok();
        tag(&shop.boss, &tastes, name).await;
    }
    let other = tag(&shop.boss, &tastes, "红茶").await;
    let path = format!("/tags/{}", text(&other["id"]));
    shop.boss.patch(&path, 1, json!({ "name": "绿茶" })).await.problem(409, "name_taken");
    let renamed = shop.boss.patch(&path, 1, json!({ "name": "白茶", "colour": "#FFFFFF" })).await.ok();
    assert_eq!(
        (&renamed["name"], &renamed["colour"], &renamed["version"]),
        (&json!("白茶"), &json!("#FFFFFF"), &json!(2))
    );
    shop.boss.patch(&path, 1, json!({ "name": "黄茶" })).await.problem(409, "version_stale");
}

#[actix_web::test]
async fn a_deleted_tag_is_gone_from_everybody_and_a_group_in_use_stays() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    let customer = shop.customer_named("沈怡").await;
    put(&shop.sales, &customer, &[&green], &[]).await;
    let path = format!("/tag-groups/{}", text(&tastes["id"]));
    shop.boss.delete(&path, 1).await.problem(409, "in_use");
    assert_eq!(shop.boss.delete(&format!("/tags/{}", text(&green["id"])), 1).await.status, 204);
    let view = shop.sales.get(&format!("/customers/{customer}")).await.ok();
    let row = shop.sales.get("/customers").await.ok()["items"][0].clone();
    assert_eq!((&view["tags"], &row["tags"]), (&json!([]), &json!([])));
    let ghost = format!("/customers?tags_any={}", text(&green["id"]));
    assert_eq!(shop.sales.get(&ghost).await.ok()["items"], json!([]));
    let back = json!({ "add": [green["id"]], "remove": [] });
    shop.sales.post(&format!("/customers/{customer}/tags"), back).await.violations();
    assert_eq!(shop.boss.delete(&path, 1).await.status, 204);
    shop.boss.get("/tag-groups").await.ok()["items"].as_array().expect("items").is_empty().then_some(()).expect("none");
}

#[actix_web::test]
async fn a_tag_of_another_business_is_no_tag_here() {
    let shop = Shop::new().await;
    let (_, neighbour) = shop.neighbour().await;
    let theirs = group(&neighbour, "口味").await;
    let their_tag = tag(&neighbour, &theirs, "绿茶").await;
    let customer = shop.customer_named("沈怡").await;
    for ids in [json!([their_tag["id"]]), json!(["01920000-0000-7000-8000-000000000000"])] {
        let refused =
            shop.sales.post(&format!("/customers/{customer}/tags"), json!({ "add": ids, "remove": [] })).await;
        assert_eq!(refused.violations(), ["add.0: tag_unknown"]);
    }
    let body = json!({ "group_id": theirs["id"], "name": "红茶" });
    assert_eq!(shop.boss.post("/tags", body).await.violations(), ["group_id: group_unknown"]);
    let path = format!("/tags/{}", text(&their_tag["id"]));
    shop.boss.patch(&path, 1, json!({ "name": "x" })).await.problem(404, "not_found");
    shop.boss.delete(&path, 1).await.problem(404, "not_found");
    let theirs = neighbour.get("/tag-groups").await.ok();
    assert_eq!(names(&theirs["items"][0]["tags"]), ["绿茶"]);
    // The same names here are nobody's business there.
    let ours = group(&shop.boss, "口味").await;
    tag(&shop.boss, &ours, "绿茶").await;
    let ghost = format!("/customers?tags_none={}", text(&their_tag["id"]));
    assert_eq!(names(&shop.sales.get(&ghost).await.ok()["items"]), ["沈怡"]);
}

#[actix_web::test]
async fn ten_people_who_tag_at_once_leave_one_tag() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    let customer = shop.customer_named("沈怡").await;
    let body = json!({ "add": [green["id"]], "remove": [] });
    let path = format!("/customers/{customer}/tags");
    for answer in futures::future::join_all((0..10).map(|_| shop.sales.post(&path, body.clone()))).await {
        assert_eq!(names(&answer.ok()["tags"]), ["绿茶"]);
    }
    let made = futures::future::join_all((0..6).map(|_| {
        let body = json!({ "group_id": tastes["id"], "name": "红茶" });
        shop.boss.send(shop.boss.request(Method::POST, "/tags").json(&body))
    }));
    let mut statuses: Vec<u16> = made.await.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409]);
}

async fn category(boss: &Client, name: &str) -> Value {
    boss.post("/tag-groups", json!({ "name": name, "single": true })).await.ok()
}

async fn tags_of(client: &Client, customer: &str) -> Vec<String> {
    names(&client.get(&format!("/customers/{customer}")).await.ok()["tags"])
}

fn id(tag: &Value) -> String {
    text(&tag["id"])
}

#[actix_web::test]
async fn of_a_category_a_customer_has_one() {
    let shop = Shop::new().await;
    let levels = category(&shop.boss, "等级").await;
    assert_eq!(levels["single"], true);
    let (gold, silver) = (tag(&shop.boss, &levels, "金牌").await, tag(&shop.boss, &levels, "银牌").await);
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    let customer = shop.customer_named("沈怡").await;
    put(&shop.sales, &customer, &[&gold, &green], &[]).await;
    put(&shop.sales, &customer, &[&silver], &[]).await;
    assert_eq!(tags_of(&shop.sales, &customer).await, ["绿茶", "银牌"]);
    let both = json!({ "add": [gold["id"], silver["id"]], "remove": [] });
    let refused = shop.sales.post(&format!("/customers/{customer}/tags"), both).await;
    assert_eq!(refused.violations(), ["add.1: tags_exclusive"]);
    let body = json!({ "name": "李四", "tag_ids": [gold["id"], silver["id"]] });
    assert_eq!(shop.sales.post("/customers", body).await.violations(), ["tag_ids.1: tags_exclusive"]);
    // Many at once, and back.
    let asked = json!({ "selection": { "ids": [customer] }, "add_tags": [gold["id"]] });
    let bulk = text(&shop.sales.post("/customers/bulk", asked).await.ok()["id"]);
    shop.run_jobs().await;
    assert_eq!(tags_of(&shop.sales, &customer).await, ["绿茶", "金牌"]);
    shop.sales.post(&format!("/customers/bulk/{bulk}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(tags_of(&shop.sales, &customer).await, ["绿茶", "银牌"]);
    let asked = json!({ "selection": { "ids": [customer] }, "add_tags": [gold["id"], silver["id"]] });
    assert_eq!(shop.sales.post("/customers/bulk", asked).await.violations(), ["add_tags.1: tags_exclusive"]);
    // Ten people who choose at once leave one.
    let path = format!("/customers/{customer}/tags");
    let bodies = [&gold, &silver].map(|one| json!({ "add": [one["id"]], "remove": [] }));
    futures::future::join_all((0..10).map(|at| shop.sales.post(&path, bodies[at % 2].clone()))).await;
    assert_eq!(tags_of(&shop.sales, &customer).await.len(), 2);
}

#[actix_web::test]
async fn a_group_becomes_a_category_when_nobody_has_two_of_it() {
    let shop = Shop::new().await;
    let (tastes, levels) = (group(&shop.boss, "口味").await, category(&shop.boss, "等级").await);
    let (green, red) = (tag(&shop.boss, &tastes, "绿茶").await, tag(&shop.boss, &tastes, "红茶").await);
    let gold = tag(&shop.boss, &levels, "金牌").await;
    let customer = shop.customer_named("沈怡").await;
    put(&shop.sales, &customer, &[&green, &red, &gold], &[]).await;
    let path = format!("/tag-groups/{}", id(&tastes));
    shop.boss.patch(&path, 1, json!({ "single": true })).await.problem(409, "group_overlaps");
    let moved = format!("/tags/{}", id(&red));
    shop.boss.patch(&moved, 1, json!({ "group_id": levels["id"] })).await.problem(409, "group_overlaps");
    put(&shop.sales, &customer, &[], &[&gold]).await;
    let there = shop.boss.patch(&moved, 1, json!({ "group_id": levels["id"] })).await.ok();
    assert_eq!(there["group_id"], levels["id"]);
    assert_eq!(shop.boss.patch(&path, 1, json!({ "single": true })).await.ok()["single"], true);
    let nowhere = json!({ "group_id": green["id"] });
    assert_eq!(shop.boss.patch(&moved, 2, nowhere).await.violations(), ["group_id: group_unknown"]);
}

#[actix_web::test]
async fn groups_and_tags_stand_in_the_order_they_were_put_in() {
    let shop = Shop::new().await;
    let (one, two) = (group(&shop.boss, "一").await, group(&shop.boss, "二").await);
    let (a, b) = (tag(&shop.boss, &one, "甲").await, tag(&shop.boss, &one, "乙").await);
    shop.boss.post("/tag-groups/order", json!({ "ids": [two["id"], one["id"]] })).await.ok();
    let path = format!("/tag-groups/{}/order", id(&one));
    shop.boss.post(&path, json!({ "ids": [b["id"]] })).await.ok();
    let listed = shop.sales.get("/tag-groups").await.ok();
    assert_eq!((&listed["items"][0]["name"], &listed["items"][1]["name"]), (&json!("二"), &json!("一")));
    let tags = &listed["items"][1]["tags"];
    assert_eq!((&tags[0]["id"], &tags[1]["id"]), (&b["id"], &a["id"]));
    assert_eq!(shop.boss.post(&path, json!({ "ids": [two["id"]] })).await.violations(), ["ids.0: tag_unknown"]);
    shop.sales.post(&path, json!({ "ids": [a["id"]] })).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn a_tag_says_what_it_is_used_for_and_comes_back_to_everybody() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    let mine = shop.customer_named("甲").await;
    let theirs =
        text(&shop.rival.post("/customers", json!({ "name": "乙", "tag_ids": [green["id"]] })).await.ok()["id"]);
    put(&shop.sales, &mine, &[&green], &[]).await;
    let filter = json!({ "all": [{ "any": [{ "field": "tag", "op": "any_of", "values": [green["id"]] }] }] });
    shop.sales.post("/customer-views", json!({ "name": "绿茶客", "filter": filter })).await.ok();
    let path = format!("/tags/{}", id(&green));
    let uses = shop.boss.get(&format!("{path}/uses")).await.ok();
    assert_eq!(uses, json!({ "customers": 2, "capped": false, "views": 1, "rules": 0, "stops": 0, "bulk": 0 }));
    shop.sales.get(&format!("{path}/uses")).await.problem(403, "forbidden");
    shop.boss.post(&format!("{path}/restore"), json!({})).await.problem(409, "undo_too_late");
    shop.boss.delete(&path, 1).await.ok();
    assert!(tags_of(&shop.sales, &mine).await.is_empty());
    shop.advance(Duration::minutes(29)).await;
    let boss = shop.step_up(&shop.log_in_again(&shop.boss).await).await;
    let back = boss.post(&format!("{path}/restore"), json!({})).await.ok();
    assert_eq!(back["name"], "绿茶");
    let sales = shop.log_in_again(&shop.sales).await;
    assert_eq!(tags_of(&sales, &mine).await, ["绿茶"]);
    assert_eq!(tags_of(&boss, &theirs).await, ["绿茶"]);
    // The job of the first deletion finds it alive.
    shop.advance(Duration::minutes(3)).await;
    shop.run_jobs().await;
    assert_eq!(tags_of(&sales, &mine).await, ["绿茶"]);
    boss.delete(&path, back["version"].as_i64().expect("a version")).await.ok();
    shop.advance(Duration::minutes(32)).await;
    shop.run_jobs().await;
    let boss = shop.log_in_again(&boss).await;
    boss.post(&format!("{path}/restore"), json!({})).await.problem(409, "undo_too_late");
}

#[actix_web::test]
async fn a_name_that_somebody_took_keeps_a_tag_from_coming_back() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    shop.boss.delete(&format!("/tags/{}", id(&green)), 1).await.ok();
    tag(&shop.boss, &tastes, "绿茶").await;
    shop.boss.post(&format!("/tags/{}/restore", id(&green)), json!({})).await.problem(409, "name_taken");
}

#[actix_web::test]
async fn a_tag_of_a_group_that_became_a_category_waits_until_it_is_none() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    shop.boss.delete(&format!("/tags/{}", id(&green)), 1).await.ok();
    let (path, restore) = (format!("/tag-groups/{}", id(&tastes)), format!("/tags/{}/restore", id(&green)));
    shop.advance(Duration::minutes(1)).await;
    let made = shop.boss.patch(&path, 1, json!({ "single": true })).await.ok();
    shop.boss.post(&restore, json!({})).await.problem(409, "group_became_category");
    let version = made["version"].as_i64().expect("a version");
    shop.boss.patch(&path, version, json!({ "single": false })).await.ok();
    shop.boss.post(&restore, json!({})).await.ok();
}

#[actix_web::test]
async fn of_a_category_with_one_value_a_merged_tag_comes_back_too() {
    let shop = Shop::new().await;
    let size = shop.boss.post("/tag-groups", json!({ "name": "规模", "single": true })).await.ok();
    let (small, little) = (tag(&shop.boss, &size, "小").await, tag(&shop.boss, &size, "小号").await);
    let customer = shop.customer_named("甲").await;
    put(&shop.sales, &customer, &[&little], &[]).await;
    let has = async || names(&shop.sales.get(&format!("/customers/{customer}")).await.ok()["tags"]);
    shop.boss.post_at(&format!("/tags/{}/merge", id(&little)), 1, json!({ "into": small["id"] })).await.ok();
    assert_eq!(has().await, ["小"]);
    shop.boss.post(&format!("/tags/{}/restore", id(&little)), json!({})).await.ok();
    assert_eq!(has().await, ["小号"]);
}

#[actix_web::test]
async fn a_tag_that_becomes_another_takes_its_customers_and_its_filters_along() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let (lv, green) = (tag(&shop.boss, &tastes, "lv茶").await, tag(&shop.boss, &tastes, "绿茶").await);
    let mut customers = Vec::new();
    for (at, tags) in [vec![&lv], vec![&lv, &green], vec![&green], vec![]].into_iter().enumerate() {
        let customer = shop.customer_named(&format!("客{at}")).await;
        put(&shop.sales, &customer, &tags, &[]).await;
        customers.push(customer);
    }
    // More than one batch.
    for at in 0..120 {
        shop.sales.post("/customers", json!({ "name": format!("众{at}"), "tag_ids": [lv["id"]] })).await.ok();
    }
    let filter = |tags: Value| json!({ "all": [{ "any": [{ "field": "tag", "op": "any_of", "values": tags }] }] });
    let both = filter(json!([lv["id"], green["id"]]));
    let view = shop.sales.post("/customer-views", json!({ "name": "两种", "filter": both })).await.ok();
    let only = filter(json!([lv["id"]]));
    shop.boss.post("/customer-views", json!({ "name": "一种", "filter": only })).await.ok();

    let path = format!("/tags/{}/merge", id(&lv));
    assert_eq!(shop.boss.post_at(&path, 1, json!({ "into": lv["id"] })).await.violations(), ["into: tag_same"]);
    assert_eq!(shop.boss.post_at(&path, 1, json!({ "into": tastes["id"] })).await.violations(), ["into: tag_unknown"]);
    shop.boss.post_at(&path, 9, json!({ "into": green["id"] })).await.problem(409, "version_stale");
    let merged = shop.boss.post_at(&path, 1, json!({ "into": green["id"] })).await.ok();
    assert_eq!(merged["id"], green["id"]);
    shop.run_jobs().await;
    let count = async |tag: &Value| {
        shop.boss.get(&format!("/customers/count?tags_any={}", id(tag))).await.ok()["count"].clone()
    };
    assert_eq!((count(&green).await, count(&lv).await), (json!(123), json!(0)));
    assert_eq!(tags_of(&shop.sales, &customers[1]).await, ["绿茶"]);
    let views = shop.sales.get("/customer-views").await.ok();
    assert_eq!(views["items"][0]["filter"]["all"][0]["any"][0]["values"], json!([green["id"]]));
    let views = shop.boss.get("/customer-views").await.ok();
    assert_eq!(views["items"][0]["filter"]["all"][0]["any"][0]["values"], json!([green["id"]]));

    // Somebody gives it by hand meanwhile: that one keeps it.
    put(&shop.sales, &customers[0], &[&green], &[]).await;
    let back = shop.boss.post(&format!("/tags/{}/restore", id(&lv)), json!({})).await.ok();
    assert_eq!(back["id"], lv["id"]);
    shop.run_jobs().await;
    assert_eq!((count(&green).await, count(&lv).await), (json!(3), json!(122)));
    assert_eq!(tags_of(&shop.sales, &customers[0]).await, ["lv茶", "绿茶"]);
    assert_eq!(tags_of(&shop.sales, &customers[2]).await, ["绿茶"]);
    let listed = shop.sales.get("/customer-views").await.ok();
    assert_eq!((&listed["items"][0]["id"], &listed["items"][0]["filter"]), (&view["id"], &both));
    let entries = shop.boss.get(&format!("/audit?resource=tag&resource_id={}", id(&lv))).await.ok();
    let actions: Vec<String> =
        entries["items"].as_array().expect("entries").iter().map(|entry| text(&entry["action"])).collect();
    assert!(actions.contains(&"merge".to_owned()) && actions.contains(&"restore".to_owned()), "{actions:?}");
}

#[actix_web::test]
async fn who_gets_a_second_tag_while_the_group_becomes_a_category_has_one_soon_after() {
    let shop = Shop::new().await;
    let levels = group(&shop.boss, "等级").await;
    let (first, second) = (tag(&shop.boss, &levels, "一级").await, tag(&shop.boss, &levels, "二级").await);
    let (both, one) = (shop.customer_named("沈怡").await, shop.customer_named("顾客").await);
    for customer in [&both, &one] {
        put(&shop.sales, customer, &[&second], &[]).await;
    }
    let group = format!("/tag-groups/{}", text(&levels["id"]));
    let tags = json!({ "ids": [second["id"], first["id"]] });
    shop.boss.post(&format!("{group}/order"), tags).await.ok();
    shop.boss.patch(&group, 1, json!({ "single": true })).await.ok();
    // What a transaction commits that looked before.
    let hex = |id: &str| id.replace('-', "");
    let late = format!(
        "INSERT INTO customer_tags (tenant_id, customer_id, tag_id) VALUES ({}, X'{}', X'{}')",
        shop.tenant,
        hex(&both),
        hex(&text(&first["id"]))
    );
    let db = open(&shop).await;
    // Of the first look, and of the second: an import that began before takes longer.
    for wait in [Duration::seconds(91), Duration::minutes(61)] {
        db.execute_unprepared(&late).await.expect("tagged");
        shop.run_jobs().await;
        shop.advance(wait).await;
        shop.run_jobs().await;
        let again = shop.log_in_again(&shop.sales).await.act_in(shop.tenant).await;
        let row = again.get(&format!("/customers/{both}")).await.ok();
        assert_eq!(names(&row["tags"]), ["二级"], "the first in order stays");
    }
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let entries = boss.get(&format!("/audit?resource_id={both}&action=tag")).await.ok();
    let entries = entries["items"].as_array().expect("items").clone();
    assert_eq!(entries[0]["changes"]["removed"], json!([first["id"]]), "{entries:?}");
    let untouched = boss.get(&format!("/customers/{one}")).await.ok();
    assert_eq!(names(&untouched["tags"]), ["二级"]);
}

#[actix_web::test]
async fn rows_that_an_older_server_wrote_are_made_whole_by_the_next_sweep() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let (green, red) = (tag(&shop.boss, &tastes, "绿茶").await, tag(&shop.boss, &tastes, "红茶").await);
    let tags = json!([green["id"], red["id"]]);
    let body = json!({ "name": "张三", "region": "330106", "tag_ids": tags });
    let kept = text(&shop.sales.post("/customers", body.clone()).await.ok()["id"]);
    let gone = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    shop.boss.delete(&format!("/customers/{gone}"), 1).await.ok();
    let found = async || {
        let page = shop.sales.get(&format!("/customers?tags_all={}", text(&green["id"]))).await.ok();
        page["items"].as_array().expect("items").iter().map(|row| text(&row["id"])).collect::<Vec<_>>()
    };
    let system = api::System::new(&shop.at);
    assert_eq!(system.fill_taggings(Some(shop.tenant)).await.expect("filled"), 0);
    let tenant = shop.tenant;
    let older = "customer_at = NULL, region = NULL, holder_id = NULL, live = NULL";
    let older = format!("UPDATE customer_tags SET {older} WHERE tenant_id = {tenant}");
    open(&shop).await.execute_unprepared(&older).await.expect("written");
    assert_eq!(found().await, Vec::<String>::new());
    assert_eq!(system.fill_taggings(Some(tenant)).await.expect("filled"), 2);
    assert_eq!(found().await, [kept]);
    assert_eq!(system.fill_taggings(Some(tenant)).await.expect("filled"), 0);
    // What an older server handed on is found by whoever had it before, until both are compared.
    let by = async |q: &str| {
        let page = shop.sales.get(&format!("/customers?q={q}")).await.ok();
        page["items"].as_array().expect("items").iter().map(|row| text(&row["name"])).collect::<Vec<_>>()
    };
    let number = phone_number();
    let called = json!({ "name": "李四", "phones": [{ "number": number }, { "number": phone_number() }] });
    shop.sales.post("/customers", called).await.ok();
    assert_eq!(system.compare_search(Some(tenant)).await.expect("compared"), 0);
    for older in ["NULL".to_owned(), format!("X'{}'", shop.rival_id.simple())] {
        for (table, q, name, many) in
            [("customer_search", "张", "张三", 2), ("customer_phones", &number[7..], "李四", 1)]
        {
            let older = format!("UPDATE {table} SET holder_id = {older} WHERE tenant_id = {tenant}");
            open(&shop).await.execute_unprepared(&older).await.expect("written");
            assert_eq!(by(q).await, Vec::<String>::new());
            assert_eq!(system.compare_search(Some(tenant)).await.expect("compared"), many);
            assert_eq!(by(q).await, [name]);
        }
    }
}

#[actix_web::test]
async fn a_name_that_a_table_would_cut_is_none() {
    let shop = Shop::new().await;
    let tastes = group(&shop.boss, "口味").await;
    let green = tag(&shop.boss, &tastes, "绿茶").await;
    let (one, all) = (format!("/tags/{}", text(&green["id"])), format!("/tag-groups/{}", text(&tastes["id"])));
    for cut in ["红茶、绿茶", "a,b", "红，绿", "a;b", "红；绿", "a/b", "a｜b"] {
        let body = json!({ "group_id": tastes["id"], "name": cut });
        for answer in [
            shop.boss.post("/tags", body).await,
            shop.boss.patch(&one, 1, json!({ "name": cut })).await,
            shop.boss.post("/tag-groups", json!({ "name": cut, "single": true })).await,
            shop.boss.patch(&all, 1, json!({ "name": cut })).await,
        ] {
            assert_eq!(answer.violations(), ["name: separator_inside"], "{cut}");
        }
    }
    tag(&shop.boss, &tastes, "爱喝 (浓) 的·老客+").await;
}
