//! Follow-up plans when something else happens meanwhile: what is undone, switched, merged and taken back.

use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{merge, undo};
use crate::plans::{again, customer, plan, plans, retag, running, tag, tasks, work};
use chrono::Duration;
use serde_json::{Value, json};

const NONE: Vec<String> = Vec::new();

async fn on(boss: &Client, id: &str, version: i64, body: Value) {
    boss.patch(&format!("/plans/{id}"), version, body).await.ok();
}

async fn merge_tag(boss: &Client, from: &str, into: &str) {
    boss.post_at(&format!("/tags/{from}/merge"), 1, json!({ "into": into })).await.ok();
}

/// A business whose people stay logged in for the whole test.
async fn open() -> Shop {
    Shop::with(|config| config.auth.access_seconds = 90 * 86_400).await
}

#[actix_web::test]
async fn who_comes_back_from_a_merge_has_the_tasks_of_their_plan() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    running(&shop.boss, "跟进", &new).await;
    let stays = customer(&shop.rival, "张三", &[]).await;
    let goes = customer(&shop.sales, "张三丰", &[&new]).await;
    shop.run_jobs().await;
    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    // They are handed on, and the next stage is made with the one who stayed.
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.boss, &stays, "open").await, ["回访*", "打招呼*"]);
    work(&shop, &shop.boss, &stays).await;
    assert_eq!(tasks(&shop.boss, &stays, "open").await, ["邀请到店*"]);
    undo(&shop.boss, &done).await;
    shop.run_jobs().await;
    assert_eq!(plans(&shop.boss, &goes).await, ["跟进 2/2"]);
    assert_eq!(tasks(&shop.boss, &goes, "open").await, ["邀请到店*"]);
    assert_eq!(tasks(&shop.boss, &goes, "done").await, ["回访*", "打招呼*"]);
    assert_eq!((plans(&shop.boss, &stays).await, tasks(&shop.boss, &stays, "open").await), (NONE, NONE));
}

#[actix_web::test]
async fn who_comes_back_with_much_that_hangs_on_them_is_still_in_their_plan() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let stays = customer(&shop.sales, "张三", &[]).await;
    let goes = customer(&shop.sales, "张三丰", &[]).await;
    let due = shop.at.clock().now() + Duration::days(9);
    for at in 0..120 {
        let body = json!({ "customer_id": goes, "title": format!("寄样品{at}"), "due_at": due });
        shop.sales.post("/tasks", body).await.ok();
    }
    running(&shop.boss, "跟进", &new).await;
    shop.advance(Duration::seconds(5)).await;
    retag(&shop.sales, &goes, &[&new], &[]).await;
    shop.run_jobs().await;
    let done = merge(&shop.boss, &stays, &goes, json!({})).await;
    shop.run_jobs().await;
    assert_eq!(plans(&shop.sales, &stays).await, ["跟进 1/2"]);
    undo(&shop.boss, &done).await;
    shop.run_jobs().await;
    assert_eq!((plans(&shop.sales, &goes).await, plans(&shop.sales, &stays).await), (vec!["跟进 1/2".into()], NONE));
    assert_eq!(tasks(&shop.sales, &goes, "cancelled").await, NONE);
    let left = shop.boss.get(&format!("/merges/{}", text(&done["id"]))).await.ok();
    assert_eq!(left["merge"]["kept"].as_i64().or(left["kept"].as_i64()), Some(0), "{left}");
}

#[actix_web::test]
async fn after_a_merge_off_and_on_begins_with_nobody_unasked() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let id = running(&shop.boss, "跟进", &new).await;
    let stays = customer(&shop.sales, "张三", &[&new]).await;
    let goes = customer(&shop.sales, "张三丰", &[&new]).await;
    shop.run_jobs().await;
    merge(&shop.boss, &stays, &goes, json!({})).await;
    shop.run_jobs().await;
    on(&shop.boss, &id, 2, json!({ "enabled": false })).await;
    shop.run_jobs().await;
    on(&shop.boss, &id, 3, json!({ "enabled": true })).await;
    shop.run_jobs().await;
    shop.boss.patch(&format!("/customers/{stays}"), version(&shop, &stays).await, json!({ "name": "张叁" })).await.ok();
    shop.run_jobs().await;
    assert_eq!((plans(&shop.sales, &stays).await, tasks(&shop.sales, &stays, "open").await), (NONE, NONE));
}

async fn version(shop: &Shop, id: &str) -> i64 {
    shop.boss.get(&format!("/customers/{id}")).await.ok()["version"].as_i64().expect("a version")
}

#[actix_web::test]
async fn a_customer_who_was_away_does_not_come_back_into_a_plan_that_is_no_more() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let id = running(&shop.boss, "跟进", &new).await;
    let gone = customer(&shop.sales, "甲", &[&new]).await;
    shop.run_jobs().await;
    let selection = json!({ "selection": { "ids": [gone] } });
    let bulk = text(&shop.boss.post("/customers/bulk/deletions", selection).await.ok()["id"]);
    shop.run_jobs().await;
    shop.boss.delete(&format!("/plans/{id}"), 2).await.ok();
    shop.run_jobs().await;
    shop.boss.post(&format!("/customers/bulk/{bulk}/undo"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!(tasks(&shop.sales, &gone, "cancelled").await, ["回访*", "打招呼*"]);
    assert_eq!(tasks(&shop.sales, &gone, "open").await, NONE);
}

#[actix_web::test]
async fn what_was_asked_when_it_was_switched_on_ends_when_it_is_switched_again() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    let had = customer(&shop.sales, "先有", &[&new]).await;
    let id = plan(&shop.boss, "跟进", &new).await;
    on(&shop.boss, &id, 1, json!({ "enabled": true, "existing": true })).await;
    on(&shop.boss, &id, 2, json!({ "enabled": false })).await;
    // Given while it is off, and looked at when it is on.
    let off = customer(&shop.sales, "停用时", &[&new]).await;
    shop.advance(Duration::minutes(1)).await;
    on(&shop.boss, &id, 3, json!({ "enabled": true })).await;
    let since = customer(&shop.sales, "以后", &[&new]).await;
    shop.run_jobs().await;
    assert_eq!((plans(&shop.sales, &had).await, plans(&shop.sales, &off).await), (NONE, NONE));
    assert_eq!(plans(&shop.sales, &since).await, ["跟进 1/2"]);
}

#[actix_web::test]
async fn a_plan_follows_its_tag_through_two_merges() {
    let shop = open().await;
    let (first, second) = (tag(&shop.boss, "意向").await, tag(&shop.boss, "新客").await);
    let third = tag(&shop.boss, "会员").await;
    running(&shop.boss, "跟进", &first).await;
    let had = customer(&shop.sales, "甲", &[&first]).await;
    shop.run_jobs().await;
    merge_tag(&shop.boss, &first, &second).await;
    shop.run_jobs().await;
    // Whoever gets what it became gets its plan, before that is the other tag's and after.
    let between = customer(&shop.sales, "乙", &[&second]).await;
    shop.run_jobs().await;
    assert_eq!(plans(&shop.sales, &between).await, ["跟进 1/2"]);
    shop.advance(Duration::minutes(10)).await;
    merge_tag(&shop.boss, &second, &third).await;
    shop.run_jobs().await;
    let last = customer(&shop.sales, "丙", &[&third]).await;
    shop.run_jobs().await;
    for _ in 0..2 {
        for id in [&had, &between, &last] {
            assert_eq!(plans(&shop.sales, id).await, ["跟进 1/2"]);
            assert_eq!(tasks(&shop.sales, id, "open").await.len(), 2);
        }
        shop.advance(Duration::minutes(40)).await;
        shop.run_jobs().await;
    }
    let left = shop.boss.get("/plans").await.ok();
    assert_eq!((&left["items"][0]["tag_id"], &left["items"][0]["tag_gone"]), (&json!(third), &json!(false)));
}

#[actix_web::test]
async fn a_tag_that_comes_back_from_a_merge_takes_its_plan_from_whoever_has_only_the_other() {
    let shop = Shop::new().await;
    let (first, second) = (tag(&shop.boss, "意向").await, tag(&shop.boss, "新客").await);
    running(&shop.boss, "跟进", &first).await;
    let had = customer(&shop.sales, "甲", &[&first]).await;
    merge_tag(&shop.boss, &first, &second).await;
    let between = customer(&shop.sales, "乙", &[&second]).await;
    shop.run_jobs().await;
    assert_eq!(plans(&shop.sales, &between).await, ["跟进 1/2"]);
    shop.boss.post(&format!("/tags/{first}/restore"), json!({})).await.ok();
    shop.run_jobs().await;
    assert_eq!((plans(&shop.sales, &had).await, plans(&shop.sales, &between).await), (vec!["跟进 1/2".into()], NONE));
}

#[actix_web::test]
async fn a_task_that_was_ticked_by_mistake_is_taken_back_before_the_next_stage_begins() {
    let shop = Shop::new().await;
    let new = tag(&shop.boss, "新客").await;
    running(&shop.boss, "跟进", &new).await;
    let id = customer(&shop.sales, "张三", &[&new]).await;
    shop.run_jobs().await;
    let found = shop.sales.get(&format!("/tasks?customer_id={id}&status=open")).await.ok();
    let ids: Vec<String> = found["items"].as_array().expect("tasks").iter().map(|task| text(&task["id"])).collect();
    for task in &ids {
        shop.sales.post_at(&format!("/tasks/{task}/done"), 1, json!({})).await.ok();
    }
    shop.advance(Duration::seconds(5)).await;
    shop.run_jobs().await;
    shop.sales.post_at(&format!("/tasks/{}/reopen", ids[1]), 2, json!({})).await.ok();
    shop.advance(Duration::seconds(10)).await;
    shop.run_jobs().await;
    assert_eq!(plans(&shop.sales, &id).await, ["跟进 1/2"]);
    work(&shop, &shop.sales, &id).await;
    assert_eq!(plans(&shop.sales, &id).await, ["跟进 2/2"]);
}

#[actix_web::test]
async fn of_the_tasks_of_plans_at_one_moment_wechat_tells_once() {
    let shop = open().await;
    shop.consent(&shop.sales).await;
    shop.consent(&shop.sales).await;
    let new = tag(&shop.boss, "新客").await;
    running(&shop.boss, "跟进", &new).await;
    for name in ["甲", "乙", "丙"] {
        let body = json!({ "name": name, "tag_ids": [new], "phones": [{ "number": phone_number() }] });
        shop.sales.post("/customers", body).await.ok();
    }
    shop.run_jobs().await;
    shop.advance(Duration::hours(2)).await;
    shop.run_jobs().await;
    let sales = again(&shop, &shop.sales).await;
    let inbox = sales.get("/inbox").await.ok();
    let mut said: Vec<String> =
        inbox["items"].as_array().expect("items").iter().map(|item| text(&item["wechat"])).collect();
    said.sort();
    assert_eq!(said, ["sent", "together", "together"]);
    // It names one of them and how many there are.
    let sends = shop.sends().await;
    assert_eq!(sends.len(), 1);
    assert!(sends[0]["data"].to_string().contains("打招呼等 3 项"), "{sends:?}");
}
