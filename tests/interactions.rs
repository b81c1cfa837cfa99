//! The timeline: what was said and done, and when to get in touch again.

use crate::harness::{Client, Shop, start, text};
use chrono::Duration;
use serde_json::{Value, json};

async fn note(client: &Client, customer: &str, content: &str) -> Value {
    let body = json!({ "channel": "call", "content": content });
    client.post(&format!("/customers/{customer}/interactions"), body).await.ok()
}

async fn page(client: &Client, customer: &str, query: &str) -> Value {
    client.get(&format!("/customers/{customer}/interactions?{query}")).await.ok()
}

fn contents(page: &Value) -> Vec<String> {
    page["items"].as_array().expect("items").iter().map(|item| text(&item["content"])).collect()
}

#[actix_web::test]
async fn a_next_contact_makes_a_task_and_shows_on_the_customer() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    let tomorrow = start() + Duration::days(1);
    let body =
        json!({ "channel": "visit", "content": "试了新茶,喜欢", "next_contact_at": tomorrow, "next_step": "带样品去" });
    let made = shop.sales.post(&format!("/customers/{customer}/interactions"), body).await.ok();
    assert_eq!(
        (&made["author_name"], &made["channel"], &made["happened_at"]),
        (&json!("陈晓"), &json!("visit"), &json!(start()))
    );
    let view = shop.sales.get(&format!("/customers/{customer}")).await.ok();
    assert_eq!((&view["last_contact_at"], &view["next_contact_at"]), (&json!(start()), &json!(tomorrow)));
    assert_eq!(view["version"], 1, "a colleague who is editing the customer loses nothing");
    let task = shop.sales.get(&format!("/tasks?customer_id={customer}")).await.ok()["items"][0].clone();
    assert_eq!(
        (&task["id"], &task["title"], &task["due_at"]),
        (&made["task_id"], &json!("带样品去"), &json!(tomorrow))
    );

    // Without one there is no task, and the date that was set stays.
    shop.advance(Duration::minutes(1)).await;
    assert_eq!(note(&shop.sales, &customer, "电话里说再等等").await["task_id"], json!(null));
    let view = shop.sales.get(&format!("/customers/{customer}")).await.ok();
    assert_eq!(view["last_contact_at"], json!(start() + Duration::minutes(1)));
    assert_eq!(view["next_contact_at"], json!(tomorrow));
    let nameless = json!({ "channel": "call", "content": "x", "next_contact_at": tomorrow });
    shop.sales.post(&format!("/customers/{customer}/interactions"), nameless).await.ok();
    assert_eq!(shop.sales.get("/tasks").await.ok()["items"][0]["title"], "联系客户");
}

#[actix_web::test]
async fn what_is_written_down_late_does_not_turn_the_last_contact_back() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    note(&shop.sales, &customer, "今天的电话").await;
    let old = json!({ "channel": "visit", "content": "上周的拜访", "happened_at": start() - Duration::days(7) });
    shop.sales.post(&format!("/customers/{customer}/interactions"), old).await.ok();
    assert_eq!(shop.sales.get(&format!("/customers/{customer}")).await.ok()["last_contact_at"], json!(start()));
}

#[actix_web::test]
async fn a_next_step_needs_a_time_and_every_entry_some_content() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    for (body, wrong) in [
        (json!({ "channel": "call", "content": "x", "next_step": "送样品" }), ": next_contact_missing"),
        (json!({ "channel": "call", "content": "  " }), "content: required"),
        (json!({ "channel": "pigeon", "content": "x" }), "channel: enum_invalid"),
    ] {
        let path = format!("/customers/{customer}/interactions");
        assert_eq!(shop.sales.post(&path, body).await.violations(), [wrong]);
    }
    assert_eq!(contents(&page(&shop.sales, &customer, "").await), Vec::<String>::new());
    assert_eq!(shop.sales.get("/tasks").await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn pages_are_newest_first_and_neither_repeat_nor_lose_an_entry_while_others_write() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    let mut written = Vec::new();
    for at in 0..11 {
        let content = format!("第{at:02}条");
        note(&shop.sales, &customer, &content).await;
        written.push(content);
        // Several in the same moment.
        if at % 3 == 2 {
            shop.advance(Duration::seconds(1)).await;
        }
    }
    shop.advance(Duration::seconds(1)).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = page(&shop.sales, &customer, &format!("limit=3{cursor}")).await;
        assert!(contents(&page).len() <= 3);
        seen.extend(contents(&page));
        note(&shop.boss, &customer, "新的一条").await;
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let blocks: Vec<Vec<String>> = [&seen[..2], &seen[2..5], &seen[5..8], &seen[8..]]
        .map(|block| {
            let mut block = block.to_vec();
            block.sort();
            block
        })
        .to_vec();
    assert_eq!(blocks, [written[9..].to_vec(), written[6..9].to_vec(), written[3..6].to_vec(), written[..3].to_vec()]);
    assert_eq!(contents(&page(&shop.sales, &customer, "limit=1").await), ["新的一条"]);
    for (query, wrong) in [
        ("limit=0", "limit: limit_invalid"),
        ("limit=101", "limit: limit_invalid"),
        ("cursor=x", "cursor: cursor_invalid"),
    ] {
        let refused = shop.sales.get(&format!("/customers/{customer}/interactions?{query}")).await;
        assert_eq!(refused.violations(), [wrong]);
    }
}

#[actix_web::test]
async fn whoever_sees_the_customer_sees_the_whole_timeline() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    note(&shop.sales, &customer, "销售写的").await;
    shop.advance(Duration::seconds(1)).await;
    note(&shop.boss, &customer, "老板写的").await;
    for client in [&shop.sales, &shop.boss] {
        let page = page(client, &customer, "").await;
        assert_eq!(contents(&page), ["老板写的", "销售写的"]);
        assert_eq!(
            (&page["items"][0]["author_name"], &page["items"][1]["author_name"]),
            (&json!("林静"), &json!("陈晓"))
        );
    }
    let path = format!("/customers/{customer}/interactions");
    shop.rival.get(&path).await.problem(404, "not_found");
    shop.rival.post(&path, json!({ "channel": "call", "content": "抢单" })).await.problem(404, "not_found");
    // With the customer goes its timeline, to the colleague who takes over.
    shop.boss.patch(&format!("/customers/{customer}"), 1, json!({ "owner_id": shop.rival_id })).await.ok();
    assert_eq!(contents(&page(&shop.rival, &customer, "").await).len(), 2);
    shop.sales.get(&path).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_form_that_is_sent_twice_is_one_entry_and_one_task() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    let path = format!("/customers/{customer}/interactions");
    let body = json!({ "channel": "call", "content": "约好了", "next_contact_at": start() + Duration::hours(1) });
    let sent = (0..6).map(|_| shop.sales.post_once(&path, "form-1", body.clone()));
    let answers = futures::future::join_all(sent).await;
    let made: Vec<Value> =
        answers.into_iter().filter(|answer| answer.status == 201).map(|answer| answer.body).collect();
    assert!(!made.is_empty() && made.iter().all(|view| *view == made[0]), "{made:?}");
    assert_eq!(contents(&page(&shop.sales, &customer, "").await), ["约好了"]);
    assert_eq!(shop.sales.get("/tasks").await.ok()["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn what_has_not_happened_yet_is_not_written_down() {
    let shop = Shop::new().await;
    let made = shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    let path = format!("/customers/{}/interactions", text(&made["id"]));
    let entry = |at: &str| json!({ "channel": "call", "content": "问了龙井", "happened_at": at });
    // It is 02:00 here, and a phone's clock may be a little ahead.
    shop.sales.post(&path, entry("2026-11-21T02:04:00Z")).await.ok();
    let ahead = shop.sales.post(&path, entry("2026-11-28T02:00:00Z")).await.violations();
    assert_eq!(ahead, ["happened_at: happened_ahead"]);
}

#[actix_web::test]
async fn nothing_is_planned_for_another_age() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("沈怡").await;
    let path = format!("/customers/{customer}/interactions");
    let made = shop.sales.post("/tasks", json!({ "customer_id": customer, "title": "回电", "due_at": start() })).await;
    let task = format!("/tasks/{}", text(&made.ok()["id"]));
    for far in ["1969-12-31T00:00:00Z", "1999-12-31T23:59:59Z", "2038-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let body = json!({ "customer_id": customer, "title": "回电", "due_at": far });
        assert_eq!(shop.sales.post("/tasks", body).await.violations(), ["due_at: time_far"], "{far}");
        let body = json!({ "channel": "call", "content": "x", "next_contact_at": far });
        assert_eq!(shop.sales.post(&path, body).await.violations(), ["next_contact_at: time_far"], "{far}");
    }
    let late = json!({ "until": "2038-01-01T00:00:00Z" });
    assert_eq!(shop.sales.post_at(&format!("{task}/snooze"), 1, late).await.violations(), ["until: time_far"]);
    for near in ["2000-01-01T00:00:00Z", "2037-12-31T23:59:59Z"] {
        let body = json!({ "customer_id": customer, "title": "回电", "due_at": near });
        assert_eq!(shop.sales.post("/tasks", body).await.ok()["due_at"], near);
    }
}
