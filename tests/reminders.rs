//! Reminders: the inbox has each one exactly once, WeChat at most once, by the simulator's books and
//! ours, whatever fails in between.

use crate::harness::{Shop, TEMPLATE, sim, start, text};
use api::{Clock, Installation};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

const SEND: &str = "/cgi-bin/message/subscribe/send";

/// A business whose people stay logged in for the whole test.
async fn open() -> Shop {
    Shop::with(|config| config.auth.access_seconds = 90 * 86_400).await
}

fn in_minutes(minutes: i64) -> DateTime<Utc> {
    start() + Duration::minutes(minutes)
}

/// The salesperson is to contact a customer ten minutes after the test began.
async fn task(shop: &Shop, title: &str) -> Value {
    let customer = shop.customer_named("沈怡").await;
    let body = json!({ "customer_id": customer, "title": title, "due_at": in_minutes(10) });
    shop.sales.post("/tasks", body).await.ok()
}

/// Its time comes, and the jobs run.
async fn come_due(shop: &Shop) {
    shop.advance(Duration::minutes(10)).await;
    shop.run_jobs().await;
}

async fn inbox(shop: &Shop) -> Vec<Value> {
    shop.sales.get("/inbox").await.ok()["items"].as_array().cloned().expect("items")
}

/// What became of the only reminder at WeChat, as the salesperson sees it.
async fn fate(shop: &Shop) -> String {
    let items = inbox(shop).await;
    assert_eq!(items.len(), 1, "{items:?}");
    text(&items[0]["wechat"])
}

/// Messages that WeChat delivered.
async fn delivered(shop: &Shop) -> usize {
    shop.sends().await.iter().filter(|send| send["result"] == 0).count()
}

/// WeChat's next answers to a send.
async fn fail_sends(shop: &Shop, times: u32, kind: &Value) {
    let mut fault = json!({ "path": SEND, "times": times });
    fault.as_object_mut().expect("an object").extend(kind.as_object().cloned().expect("an object"));
    shop.control("faults", fault).await;
}

/// Everything that could make a send happen again: more runs, the end of the lease, a week.
async fn tempt(shop: &Shop) {
    wait(shop, &[Duration::seconds(3), Duration::seconds(121), Duration::hours(1), Duration::days(7)]).await;
}

async fn wait(shop: &Shop, times: &[Duration]) {
    for time in times {
        shop.advance(*time).await;
        shop.run_jobs().await;
    }
}

#[actix_web::test]
async fn a_due_task_is_in_today_and_in_the_inbox_once() {
    let shop = open().await;
    let task = task(&shop, "回访新茶").await;
    shop.run_jobs().await;
    assert_eq!((inbox(&shop).await, &task["reminded_at"]), (vec![], &json!(null)));
    let before = shop.sales.get("/today").await.ok();
    assert_eq!((&before["counts"]["due_today"], &before["counts"]["overdue"]), (&json!(1), &json!(0)));

    come_due(&shop).await;
    tempt(&shop).await;
    let page = shop.sales.get("/inbox").await.ok();
    let item = &page["items"][0];
    assert_eq!((page["items"].as_array().map(Vec::len), &page["unread"]), (Some(1), &json!(1)));
    assert_eq!(
        (&item["kind"], &item["title"], &item["body"]),
        (&json!("task_due"), &json!("回访新茶"), &json!("沈怡"))
    );
    assert_eq!((&item["task_id"], &item["customer_id"]), (&task["id"], &task["customer_id"]));
    let today = shop.sales.get("/today").await.ok();
    assert_eq!((&today["counts"]["overdue"], &today["items"][0]["id"]), (&json!(1), &task["id"]));
    assert_eq!(today["items"][0]["reminded_at"], json!(in_minutes(10)));

    // Nobody else is told, and there was no consent to bother her with WeChat.
    assert_eq!(shop.boss.get("/inbox").await.ok()["items"], json!([]));
    assert_eq!((fate(&shop).await.as_str(), shop.calls(SEND).await), ("no_credit", 0));
}

#[actix_web::test]
async fn with_a_consent_wechat_is_asked_once_and_every_value_fits() {
    let shop = open().await;
    let name = "苏州河畔山月茶行有限责任公司采购部沈怡女士";
    let title = "寄明前龙井样品两盒并询问中秋礼盒的数量、包装与送货日期";
    let customer = shop.customer_named(name).await;
    shop.consent(&shop.sales).await;
    let body = json!({ "customer_id": customer, "title": title, "due_at": in_minutes(10) });
    shop.sales.post("/tasks", body).await.ok();
    come_due(&shop).await;
    tempt(&shop).await;

    let (books, openid) = (shop.settled().await, shop.openid(&shop.sales).await);
    assert_eq!((books["sends"].as_array().map(Vec::len), &books["sends"][0]["result"]), (Some(1), &json!(0)));
    let send = &books["sends"][0];
    assert_eq!((&send["openid"], &send["template_id"]), (&json!(openid), &json!(TEMPLATE)));
    assert_eq!(send["page"], format!("features/customers/detail/index?id={customer}"));
    for field in ["thing1", "thing2"] {
        let value = text(&send["data"][field]["value"]);
        assert!(value.chars().count() == 20 && value.ends_with('…'), "{value}");
    }
    assert_eq!(send["data"]["time3"]["value"], "2026年11月21日 10:10");
    assert_eq!(
        (fate(&shop).await.as_str(), shop.credit().await, &books["credits"][0]["count"]),
        ("sent", 0, &json!(0))
    );
    let phone = format!("/phone/{}/messages?appid={}", shop.sales.phone.clone().unwrap_or_default(), shop.appid());
    assert_eq!(sim("GET", &phone, json!({})).await["messages"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn a_consent_is_good_for_one_message_and_then_the_inbox_stands_alone() {
    let shop = open().await;
    // WeChat delivers the same push three times.
    shop.configure(json!({ "push_faults": { "copies": 3 } })).await;
    shop.consent(&shop.sales).await;
    task(&shop, "第一件").await;
    task(&shop, "第二件").await;
    come_due(&shop).await;
    tempt(&shop).await;
    let mut fates: Vec<String> = inbox(&shop).await.iter().map(|item| text(&item["wechat"])).collect();
    fates.sort();
    assert_eq!(fates, ["no_credit", "sent"]);
    assert_eq!((shop.calls(SEND).await, delivered(&shop).await), (1, 1));
}

#[actix_web::test]
async fn a_phone_s_word_is_no_consent() {
    let shop = open().await;
    // The phone says yes, and WeChat's word for it is lost on the way.
    shop.configure(json!({ "push_faults": { "drop": true } })).await;
    shop.consent(&shop.sales).await;
    for path in ["/subscriptions", "/subscriptions/credits"] {
        let claim = shop.sales.post(path, json!({ "template_id": TEMPLATE, "credit": 5, "status": "accept" })).await;
        assert!([404, 405].contains(&claim.status), "{path}: {}", claim.status);
    }
    task(&shop, "回访").await;
    come_due(&shop).await;
    assert_eq!((fate(&shop).await.as_str(), shop.credit().await, shop.calls(SEND).await), ("no_credit", 0, 0));
    assert_eq!(shop.settled().await["credits"][0]["count"], 1, "WeChat would have sent it");
}

#[actix_web::test]
async fn a_task_that_was_put_off_is_reminded_at_its_new_time_only() {
    let shop = open().await;
    let task = task(&shop, "回访").await;
    let snooze = format!("/tasks/{}/snooze", text(&task["id"]));
    shop.sales.post_at(&snooze, 1, json!({ "until": start() })).await.problem(422, "invalid");
    shop.sales.post_at(&snooze, 1, json!({ "until": in_minutes(20) })).await.ok();
    come_due(&shop).await;
    assert_eq!(inbox(&shop).await, Vec::<Value>::new());
    come_due(&shop).await;
    assert_eq!(inbox(&shop).await.len(), 1);

    // Put off after its reminder, it comes again.
    let again = shop.sales.post_at(&snooze, 2, json!({ "until": in_minutes(30) })).await.ok();
    assert_eq!((&again["reminded_at"], &again["due_at"]), (&json!(null), &json!(in_minutes(30))));
    shop.sales.post_at(&snooze, 2, json!({ "until": in_minutes(40) })).await.problem(409, "version_stale");
    come_due(&shop).await;
    tempt(&shop).await;
    assert_eq!(inbox(&shop).await.len(), 2);
}

#[actix_web::test]
async fn what_is_done_is_not_reminded_and_what_was_reopened_is_once() {
    let shop = open().await;
    let (done, undone) = (task(&shop, "已做").await, task(&shop, "误点").await);
    for task in [&done, &undone] {
        shop.sales.post_at(&format!("/tasks/{}/done", text(&task["id"])), 1, json!({})).await.ok();
    }
    // Twice there and back: now three jobs wait for the same minute.
    for version in [2, 4] {
        let path = format!("/tasks/{}", text(&undone["id"]));
        shop.sales.post_at(&format!("{path}/reopen"), version, json!({})).await.ok();
        if version == 2 {
            shop.sales.post_at(&format!("{path}/done"), 3, json!({})).await.ok();
        }
    }
    come_due(&shop).await;
    tempt(&shop).await;
    let titles: Vec<String> = inbox(&shop).await.iter().map(|item| text(&item["title"])).collect();
    assert_eq!(titles, ["误点"]);
}

#[actix_web::test]
async fn an_hour_with_a_fraction_is_reminded_like_any_other() {
    let shop = open().await;
    let customer = shop.customer_named("沈怡").await;
    for due in ["2026-11-21T02:05:00.123456789Z", "2026-11-21T10:05:00.5+08:00", "2026-11-21T02:04:59.9999999Z"] {
        shop.sales.post("/tasks", json!({ "customer_id": customer, "title": "回访", "due_at": due })).await.ok();
    }
    come_due(&shop).await;
    assert_eq!(inbox(&shop).await.len(), 3);
}

#[actix_web::test]
async fn two_workers_beside_each_other_send_each_message_once() {
    let shop = open().await;
    for _ in 0..8 {
        shop.consent(&shop.sales).await;
    }
    for number in 0..8 {
        task(&shop, &format!("第{number}件")).await;
    }
    shop.advance(Duration::minutes(10)).await;
    let beside =
        Installation::open(shop.at.config().clone(), Clock::fixed(shop.at.clock().now())).await.expect("opens");
    let mut rounds = 0;
    while delivered(&shop).await < 8 && rounds < 60 {
        let (here, there) = tokio::join!(api::run_due(&shop.at, shop.tenant), api::run_due(&beside, shop.tenant));
        here.and(there).expect("jobs run");
        // Two at once to the same person is 43108: one of them comes again later.
        shop.advance(Duration::seconds(5)).await;
        beside.clock().advance(Duration::seconds(5));
        rounds += 1;
    }
    tempt(&shop).await;
    let sends = shop.sends().await;
    let mut titles: Vec<String> =
        sends.iter().filter(|send| send["result"] == 0).map(|send| text(&send["data"]["thing1"]["value"])).collect();
    titles.sort();
    assert_eq!(titles, (0..8).map(|number| format!("第{number}件")).collect::<Vec<_>>());
    let items = inbox(&shop).await;
    assert!(items.len() == 8 && items.iter().all(|item| item["wechat"] == "sent"), "{items:?}");
    beside.close().await;
}

#[actix_web::test]
async fn an_interrupted_send_stays_unknown_until_wechat_itself_says_more() {
    for (fault, arrived) in [("drop_after", 1), ("drop_before", 0)] {
        let shop = open().await;
        shop.consent(&shop.sales).await;
        task(&shop, "回访").await;
        fail_sends(&shop, 1, &json!({ "kind": fault })).await;
        come_due(&shop).await;
        // Past the lease: another worker has looked at it by now.
        wait(&shop, &[Duration::seconds(3), Duration::seconds(121)]).await;
        // From here the two cannot be told apart, so neither is sent again.
        assert_eq!(fate(&shop).await, "unknown", "{fault}");
        assert_eq!((shop.calls(SEND).await, delivered(&shop).await), (1, arrived), "{fault}");

        let openid = shop.openid(&shop.sales).await;
        assert_eq!(shop.tell_sent(&openid, "0").await, 200);
        assert_eq!(fate(&shop).await, "sent", "{fault}");
        tempt(&shop).await;
        assert_eq!((shop.calls(SEND).await, fate(&shop).await.as_str()), (1, "sent"), "{fault}");
    }
}

#[actix_web::test]
async fn an_answer_nobody_can_read_is_no_reason_to_send_again() {
    for fault in [json!({ "kind": "http_status", "status": 502 }), json!({ "kind": "errcode", "code": -1 })] {
        let shop = open().await;
        shop.consent(&shop.sales).await;
        task(&shop, "回访").await;
        fail_sends(&shop, 1, &fault).await;
        come_due(&shop).await;
        tempt(&shop).await;
        // "System busy" does not say how far it got.
        assert_eq!((fate(&shop).await.as_str(), shop.calls(SEND).await), ("unknown", 1), "{fault}");
    }
}

#[actix_web::test]
async fn wechat_s_event_settles_a_send_as_delivered_or_failed() {
    for (error, settled) in [("0", "sent"), ("1", "failed")] {
        let shop = open().await;
        let event = json!({ "enabled": true, "error_code": error, "error_status": "-", "copies": 2 });
        shop.configure(json!({ "sent_event": event })).await;
        shop.consent(&shop.sales).await;
        task(&shop, "回访").await;
        come_due(&shop).await;
        tempt(&shop).await;
        assert_eq!((fate(&shop).await.as_str(), delivered(&shop).await), (settled, 1));
    }
}

#[actix_web::test]
async fn a_consent_that_wechat_no_longer_has_is_struck_from_the_ledger() {
    let shop = open().await;
    let openid = shop.openid(&shop.sales).await;
    // Pushed to us, unknown to WeChat's own books.
    for at in [1_795_226_401, 1_795_226_402, 1_795_226_403] {
        let item = json!({ "TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0" });
        let event =
            json!({ "Event": "subscribe_msg_popup_event", "FromUserName": openid, "CreateTime": at, "List": [item] });
        shop.control("push", json!({ "event": event })).await;
    }
    assert_eq!(shop.credit().await, 3);
    task(&shop, "回访").await;
    come_due(&shop).await;
    tempt(&shop).await;
    assert_eq!((fate(&shop).await.as_str(), shop.credit().await, shop.calls(SEND).await), ("failed", 0, 1));
    assert_eq!(shop.sends().await[0]["result"], 43101);
}

#[actix_web::test]
async fn a_refusal_that_passes_is_tried_again_and_ends_in_one_message() {
    for code in [43108, 45009, 45011] {
        let shop = open().await;
        shop.consent(&shop.sales).await;
        task(&shop, "回访").await;
        fail_sends(&shop, 2, &json!({ "kind": "errcode", "code": code })).await;
        come_due(&shop).await;
        assert_eq!(fate(&shop).await, "pending", "{code}");
        tempt(&shop).await;
        assert_eq!((fate(&shop).await.as_str(), shop.calls(SEND).await), ("sent", 3), "{code}");
        assert_eq!((delivered(&shop).await, shop.credit().await), (1, 0), "{code}");
    }
}

#[actix_web::test]
async fn a_refusal_for_good_is_not_tried_again() {
    for code in [47003, 40037, 40003, 43107] {
        let shop = open().await;
        shop.consent(&shop.sales).await;
        task(&shop, "回访").await;
        fail_sends(&shop, 1, &json!({ "kind": "errcode", "code": code })).await;
        come_due(&shop).await;
        tempt(&shop).await;
        assert_eq!((fate(&shop).await.as_str(), shop.calls(SEND).await), ("failed", 1), "{code}");
    }
}

#[actix_web::test]
async fn an_access_token_that_ended_meanwhile_costs_no_message_and_makes_no_second_one() {
    let shop = open().await;
    shop.consent(&shop.sales).await;
    task(&shop, "回访").await;
    shop.control("revoke-tokens", json!({})).await;
    come_due(&shop).await;
    tempt(&shop).await;
    assert_eq!((fate(&shop).await.as_str(), delivered(&shop).await), ("sent", 1));
    assert_eq!(shop.calls(SEND).await, 2, "refused for its token, then taken");
}

#[actix_web::test]
async fn while_there_is_no_access_token_the_message_waits() {
    let shop = open().await;
    shop.consent(&shop.sales).await;
    task(&shop, "回访").await;
    shop.control("revoke-tokens", json!({})).await;
    let refusal = json!({ "path": "/cgi-bin/stable_token", "times": 3, "kind": "errcode", "code": 40164 });
    shop.control("faults", refusal).await;
    come_due(&shop).await;
    assert_eq!((fate(&shop).await.as_str(), delivered(&shop).await), ("pending", 0));
    tempt(&shop).await;
    assert_eq!((fate(&shop).await.as_str(), delivered(&shop).await), ("sent", 1));
}

#[actix_web::test]
async fn a_message_that_can_never_be_sent_ends_as_failed_and_gives_its_consent_back() {
    let shop = open().await;
    shop.consent(&shop.sales).await;
    task(&shop, "回访").await;
    fail_sends(&shop, 100, &json!({ "kind": "errcode", "code": 45009 })).await;
    come_due(&shop).await;
    for _ in 0..12 {
        shop.advance(Duration::hours(1)).await;
        shop.run_jobs().await;
    }
    // WeChat said ten times that it did not send, so the consent is still there, in both books.
    assert_eq!((fate(&shop).await.as_str(), shop.credit().await, delivered(&shop).await), ("failed", 1, 0));
    assert_eq!(shop.settled().await["credits"][0]["count"], 1);
}
