//! What people agree to, see, and ask for about themselves, and how long a business keeps them.

use crate::harness::{Client, Shop, phone_number, text};
use crate::rights::hire;
use api::System;
use chrono::Duration;
use serde_json::{Value, json};

/// A customer with a phone, of whom something was written down.
async fn known(shop: &Shop, number: &str) -> String {
    let body = json!({ "name": "沈怡然", "remark": "对花生过敏", "phones": [{ "number": number }] });
    let id = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let talk = json!({ "channel": "visit", "content": "她下月搬家" });
    shop.sales.post(&format!("/customers/{id}/interactions"), talk).await.ok();
    id
}

fn records(data: &Value) -> Vec<Value> {
    data["records"].as_array().expect("records").clone()
}

async fn ask(shop: &Shop, person: &Client, id: &str, body: Value) -> Value {
    person.post(&format!("/me/businesses/{}/records/{id}/requests", shop.tenant), body).await.ok()
}

/// The boss, after a time in which her login has ended.
async fn boss_again(shop: &Shop) -> Client {
    shop.step_up(&shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await).await
}

#[actix_web::test]
async fn consent_is_recorded_with_its_version_and_taken_back_at_once() {
    let shop = Shop::new().await;
    let person = shop.stranger().await;
    let version = shop.at.config().privacy.version.clone();
    let said =
        |purpose: &str, version: &str, given: bool| json!({ "purpose": purpose, "version": version, "given": given });
    let before = person.get("/me/consents").await.ok();
    assert_eq!((&before["version"], &before["privacy_policy"]), (&json!(version), &json!(false)));
    let old = person.post("/me/consents", said("privacy_policy", "2020-01", true)).await;
    assert_eq!(old.violations(), ["version: consent_outdated"]);
    for purpose in ["privacy_policy", "marketing"] {
        person.post("/me/consents", said(purpose, &version, true)).await.ok();
    }
    let now = person.get("/me/consents").await.ok();
    assert_eq!((&now["privacy_policy"], &now["marketing"]), (&json!(true), &json!(true)));
    person.post("/me/consents", said("marketing", &version, false)).await.ok();
    let now = person.get("/me/consents").await.ok();
    assert_eq!((&now["privacy_policy"], &now["marketing"]), (&json!(true), &json!(false)));
    assert_eq!(now["items"].as_array().map(Vec::len), Some(3), "what was said stays on the record");
    // Taking the policy back is one call; nobody stays logged in after it.
    person.post("/me/consents", said("privacy_policy", &version, false)).await.ok();
    person.get("/me/consents").await.problem(401, "token_expired");
    let again = shop.log_in_again(&person).await;
    assert_eq!(again.get("/me/consents").await.ok()["privacy_policy"], false);
}

/// Whoever never used the mini-program, or consented there before they wrote.
#[actix_web::test]
async fn who_refuses_advertising_by_letter_is_sent_none_until_they_consent_themselves() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let (path, version) = (format!("/customers/{id}/ads-refusal"), shop.at.config().privacy.version.clone());
    let person = shop.customer(&number).await;
    let consent = async |given: bool| {
        let body = json!({ "purpose": "marketing", "version": version, "given": given });
        person.post("/me/consents", body).await.ok();
        shop.advance(Duration::seconds(1)).await;
    };
    let boss = shop.step_up(&shop.boss).await;
    let marketing = async |id: &str| {
        let kept = boss.get(&format!("/customers/{id}/export")).await.ok();
        (kept["marketing"].clone(), !kept["ads_refused_at"].is_null())
    };
    consent(true).await;
    assert_eq!(marketing(&id).await, (json!(true), false));
    shop.rival.post(&path, json!({})).await.problem(404, "not_found");
    let refused = shop.sales.post(&path, json!({})).await.ok();
    assert_eq!(refused["ads_refused_at"], json!(shop.at.clock().now()));
    assert_eq!(marketing(&id).await, (json!(false), true));
    let said = shop.boss.get(&format!("/audit?action=update&resource_id={id}")).await.ok();
    assert_eq!(said["items"][0]["fields"][0]["name"], "ads_refused_at", "{said}");
    // Consenting to it again is the person's word, and a later letter theirs as well.
    shop.advance(Duration::seconds(1)).await;
    consent(true).await;
    assert_eq!(marketing(&id).await, (json!(true), true));
    shop.sales.post(&path, json!({})).await.ok();
    assert_eq!(marketing(&id).await, (json!(false), true));
    consent(false).await;
    assert_eq!(marketing(&id).await, (json!(false), true));

    // Of two records of one person, the refusal is of both: of the one that stays, and when they are parted again.
    let other = text(&shop.sales.post("/customers", json!({ "name": "沈怡" })).await.ok()["id"]);
    let merged = crate::merge::merge(&boss, &other, &id, json!({})).await;
    assert!(marketing(&other).await.1, "{merged}");
    shop.advance(Duration::seconds(1)).await;
    crate::merge::undo(&boss, &merged).await;
    assert_eq!((marketing(&other).await.1, marketing(&id).await.1), (false, true));
    let merged = crate::merge::merge(&boss, &id, &other, json!({})).await;
    let again = boss.post(&path, json!({})).await.ok()["ads_refused_at"].clone();
    crate::merge::undo(&boss, &merged).await;
    assert_eq!(boss.get(&format!("/customers/{other}")).await.ok()["ads_refused_at"], again);
}

#[actix_web::test]
async fn staff_agree_as_customers_do_and_taking_it_back_ends_their_work() {
    let shop = Shop::new().await;
    let version = shop.at.config().privacy.version.clone();
    let said = |version: &str, given: bool| json!({ "purpose": "privacy_policy", "version": version, "given": given });
    let before = shop.sales.get("/auth/consents").await.ok();
    assert_eq!((&before["privacy_policy"], &before["items"]), (&json!(false), &json!([])));
    let old = shop.sales.post("/auth/consents", said("2020-01", true)).await;
    assert_eq!(old.violations(), ["version: consent_outdated"]);
    shop.sales.post("/auth/consents", said(&version, true)).await.ok();
    // It is the person's: the same account on the customer side has agreed as well.
    let there = shop.sales.post("/auth/switch", json!({ "side": "customer" })).await.ok();
    let there = shop.sales.holding(&there);
    let kept = there.get("/me/consents").await.ok();
    assert_eq!((&kept["privacy_policy"], &kept["items"][0]["version"]), (&json!(true), &json!(version)));
    shop.sales.post("/auth/consents", said(&version, false)).await.ok();
    shop.sales.get("/customers").await.problem(401, "token_expired");
    let again = shop.log_in_again(&shop.sales).await;
    let now = again.get("/auth/consents").await.ok();
    assert_eq!((&now["privacy_policy"], now["items"].as_array().map(Vec::len)), (&json!(false), Some(2)));
}

#[actix_web::test]
async fn a_person_sees_what_is_kept_about_a_phone_they_proved_and_nothing_else() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    known(&shop, &phone_number()).await;
    let order = json!({ "customer_id": id, "receiver": "李四", "phone": phone_number(), "address": "杭州",
        "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 12_800 }] });
    shop.sales.post("/orders", order).await.ok();
    shop.boss.post(&format!("/customers/{id}/phones/0/reveal"), json!({})).await.ok();
    let person = shop.customer(&number).await;
    let data = person.get("/me/data").await.ok();
    let [record] = records(&data).try_into().expect("one record");
    assert_eq!(
        (&record["id"], &record["name"], &record["business_name"]),
        (&json!(id), &json!("沈怡然"), &json!("山月茶行"))
    );
    assert_eq!((&record["orders"][0]["total_fen"], &record["orders"][0]["open"]), (&json!(12_800), &json!(true)));
    assert_eq!(record["contacts"][0]["channel"], "visit");
    assert_eq!(record["reads"][0]["by_name"], "林静");
    // The phone in one's hand proves the number, not the person.
    for hidden in ["花生", "搬家", "李四", number.as_str()] {
        assert!(!data.to_string().contains(hidden), "{hidden}");
    }
    // A business next door that knows the same number answers for its own record.
    let (_, neighbour) = shop.neighbour().await;
    let body = json!({ "name": "小沈", "phones": [{ "number": number }] });
    let theirs = text(&neighbour.post("/customers", body).await.ok()["id"]);
    let names: Vec<Value> = records(&person.get("/me/data").await.ok()).iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["沈怡然", "小沈"]);
    // Typing somebody's id is no proof.
    let stranger = shop.customer(&phone_number()).await;
    assert_eq!(stranger.get("/me/data").await.ok()["records"], json!([]));
    let path = format!("/me/businesses/{}/records/{id}/requests", shop.tenant);
    stranger.post(&path, json!({ "kind": "delete" })).await.problem(404, "not_found");
    let crossed = format!("/me/businesses/{}/records/{theirs}/requests", shop.tenant);
    person.post(&crossed, json!({ "kind": "delete" })).await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_page_to_print_fetches_and_runs_nothing() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body = json!({ "name": "<script>沈</script>", "phones": [{ "number": number }] });
    let id = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let talk = json!({ "channel": "home_visit", "content": "送样" });
    shop.sales.post(&format!("/customers/{id}/interactions"), talk).await.ok();
    let person = shop.customer(&number).await;
    for (client, path) in
        [(&person, "/me/data?format=html".to_owned()), (&shop.boss, format!("/customers/{id}/export?format=html"))]
    {
        let request = client.request(reqwest::Method::GET, &path);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let page = answer.text().await.expect("a page");
        assert!(page.contains("&lt;script&gt;沈") && page.contains("依法须保存的订单"), "{page}");
        assert!(page.contains("上门"), "{page}");
        for word in ["<script", "http", "<img", "url(", "home_visit"] {
            assert!(!page.contains(word), "{word}");
        }
    }
    assert_eq!(person.get("/me/data?format=pdf").await.violations(), ["format: invalid_value"]);
}

#[actix_web::test]
async fn a_correction_reaches_the_owner_and_is_answered() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let person = shop.customer(&number).await;
    let path = format!("/me/businesses/{}/records/{id}/requests", shop.tenant);
    assert_eq!(person.post(&path, json!({ "kind": "correct" })).await.violations(), ["text: correction_missing"]);
    let asked = ask(&shop, &person, &id, json!({ "kind": "correct", "text": "我叫沈怡" })).await;
    person.post(&path, json!({ "kind": "correct", "text": "再说一次" })).await.problem(409, "request_waiting");
    let inbox = shop.boss.get("/inbox").await.ok();
    assert_eq!(
        (&inbox["items"][0]["kind"], &inbox["items"][0]["title"]),
        (&json!("data_request"), &json!("沈怡然 申请更正资料"))
    );
    shop.sales.get("/privacy/requests").await.problem(403, "forbidden");
    let listed = shop.boss.get("/privacy/requests").await.ok();
    assert_eq!(
        (&listed["items"][0]["text"], &listed["items"][0]["customer_name"]),
        (&json!("我叫沈怡"), &json!("沈怡然"))
    );
    let path = format!("/privacy/requests/{}/answer", text(&asked["id"]));
    let refused = shop.boss.post_at(&path, 1, json!({ "outcome": "refused" })).await;
    assert_eq!(refused.violations(), ["ground: ground_missing"]);
    shop.boss.post_at(&path, 1, json!({ "outcome": "done", "text": "已改" })).await.ok();
    shop.boss.post_at(&path, 2, json!({ "outcome": "done" })).await.problem(409, "request_answered");
    shop.boss.post_at(&path, 1, json!({ "outcome": "done" })).await.problem(409, "version_stale");
    let mine = person.get("/me/data").await.ok()["requests"][0].clone();
    assert_eq!((&mine["state"], &mine["answer"], &mine["text"]), (&json!("done"), &json!("已改"), &json!("我叫沈怡")));
}

#[actix_web::test]
async fn a_deletion_that_is_answered_erases_and_whoever_asked_hears_of_it() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let person = shop.customer(&number).await;
    let asked = ask(&shop, &person, &id, json!({ "kind": "delete" })).await;
    let path = format!("/privacy/requests/{}/answer", text(&asked["id"]));
    let answer = shop.boss.post_at(&path, 1, json!({ "outcome": "done" })).await.ok();
    assert_eq!(
        (&answer["state"], &answer["erased"], &answer["customer_name"]),
        (&json!("done"), &json!(true), &json!("已删除"))
    );
    shop.boss.get(&format!("/customers/{id}")).await.problem(404, "not_found");
    let data = person.get("/me/data").await.ok();
    assert_eq!((&data["records"], &data["requests"][0]["state"]), (&json!([]), &json!("done")));
}

/// An order of somebody, and the moves that bring it to them.
async fn order(shop: &Shop, id: &str) -> String {
    let order = json!({ "customer_id": id, "receiver": "沈怡然", "phone": phone_number(), "address": "杭州",
        "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 12_800 }] });
    text(&shop.sales.post("/orders", order).await.ok()["id"])
}

async fn arrived(shop: &Shop, order: &str) {
    let ship = json!({ "event": "ship", "carrier": "顺丰", "tracking_number": "SF0000000001" });
    for (version, step) in [(1, ship), (2, json!({ "event": "deliver" }))] {
        shop.sales.post_at(&format!("/orders/{order}/moves"), version, step).await.ok();
    }
}

#[actix_web::test]
async fn whoever_answers_a_deletion_is_told_of_orders_that_are_on_their_way() {
    let shop = Shop::new().await;
    let (numbers, mut asked) = ([phone_number(), phone_number()], Vec::new());
    for number in &numbers {
        let id = known(&shop, number).await;
        let orders = [order(&shop, &id).await, order(&shop, &id).await, order(&shop, &id).await];
        // One has arrived, one will not be sent; so one is on its way.
        arrived(&shop, &orders[0]).await;
        shop.sales.post_at(&format!("/orders/{}/moves", orders[1]), 1, json!({ "event": "cancel" })).await.ok();
        let person = shop.customer(number).await;
        let request = ask(&shop, &person, &id, json!({ "kind": "delete" })).await;
        asked.push((format!("/privacy/requests/{}/answer", text(&request["id"])), orders[2].clone()));
    }
    let (path, last) = &asked[0];
    let refused = shop.boss.post_at(path, 1, json!({ "outcome": "done" })).await.problem(409, "orders_open");
    let said = &refused["errors"][0];
    assert_eq!((&said["field"], &said["params"]), (&json!("with_open_orders"), &json!({ "count": 1 })));
    // Nothing has happened: once it has arrived there is nothing to be said.
    arrived(&shop, last).await;
    assert_eq!(shop.boss.post_at(path, 1, json!({ "outcome": "done" })).await.ok()["erased"], json!(true));
    // Whoever knows is not asked, and a refusal erases nobody.
    let path = &asked[1].0;
    let knowing = json!({ "outcome": "done", "with_open_orders": true });
    assert_eq!(shop.boss.post_at(path, 1, knowing).await.ok()["erased"], json!(true));
    let third = known(&shop, &phone_number()).await;
    order(&shop, &third).await;
    shop.boss
        .post(&format!("/customers/{third}/erase"), json!({ "reason": "mistake" }))
        .await
        .problem(409, "orders_open");
}

#[actix_web::test]
async fn nobody_fades_whose_order_is_on_its_way() {
    let shop = Shop::new().await;
    let (waiting, served) = (known(&shop, &phone_number()).await, known(&shop, &phone_number()).await);
    order(&shop, &waiting).await;
    arrived(&shop, &order(&shop, &served).await).await;
    let version = shop.boss.get("/business").await.ok()["version"].as_i64().expect("a version");
    shop.boss.patch("/business", version, json!({ "customers_idle_days": 60 })).await.ok();
    shop.advance(Duration::days(61)).await;
    System::new(&shop.at).begin_retention(Some(shop.tenant)).await.expect("a turn");
    shop.run_jobs().await;
    let boss = boss_again(&shop).await;
    boss.get(&format!("/customers/{served}")).await.problem(404, "not_found");
    boss.get(&format!("/customers/{waiting}")).await.ok();
}

#[actix_web::test]
async fn a_deletion_that_nobody_answers_is_done_when_its_time_is_over() {
    let shop = Shop::new().await;
    let (silent, refused) = (phone_number(), phone_number());
    let (first, second) = (known(&shop, &silent).await, known(&shop, &refused).await);
    let (one, other) = (shop.customer(&silent).await, shop.customer(&refused).await);
    // Saturday, the 21st of November: fifteen working days end on Friday, the 11th of December.
    let asked = ask(&shop, &one, &first, json!({ "kind": "delete" })).await;
    assert_eq!(asked["due_at"], "2026-12-11T02:00:00Z");
    let asked = ask(&shop, &other, &second, json!({ "kind": "delete" })).await;
    let path = format!("/privacy/requests/{}/answer", text(&asked["id"]));
    let refusal = json!({ "outcome": "refused", "ground": "still_needed", "text": "订单还在路上" });
    shop.boss.post_at(&path, 1, refusal).await.ok();
    shop.run_jobs().await;
    assert_eq!(records(&one.get("/me/data").await.ok()).len(), 1, "not before its time");
    shop.advance(Duration::days(20)).await;
    shop.run_jobs().await;
    let (one, other) = (shop.log_in_again(&one).await, shop.log_in_again(&other).await);
    let data = one.get("/me/data").await.ok();
    assert_eq!((&data["records"], &data["requests"][0]["state"]), (&json!([]), &json!("done")));
    let data = other.get("/me/data").await.ok();
    assert_eq!(records(&data).len(), 1);
    let said = &data["requests"][0];
    assert_eq!((&said["ground"], &said["answer"]), (&json!("still_needed"), &json!("订单还在路上")));
}

#[actix_web::test]
async fn the_business_exports_everything_for_a_letter_on_the_record() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let path = format!("/customers/{id}/export");
    shop.sales.get(&path).await.problem(403, "forbidden");
    let record = shop.boss.get(&path).await.ok();
    assert_eq!(record["phones"], json!([format!("+86{number}")]));
    assert_eq!((&record["remark"], &record["contacts"][0]["content"]), (&json!("对花生过敏"), &json!("她下月搬家")));
    // Why somebody gave the person up is about the person; they themselves read only that it happened.
    let pool = shop.boss.post("/pools", json!({ "name": "大公海", "everyone": true })).await.ok();
    let version = shop.sales.get(&format!("/customers/{id}")).await.ok()["version"].as_i64().expect("a version");
    let given_up = json!({ "reason": "太难说话", "pool_id": pool["id"] });
    shop.sales.post_at(&format!("/customers/{id}/release"), version, given_up).await.ok();
    let record = shop.boss.get(&path).await.ok();
    let step = &record["moves"][0];
    assert_eq!((&step["kind"], &step["reason"]), (&json!("released"), &json!("太难说话")));
    let page = shop.boss.get(&format!("{path}?format=html")).await;
    assert!(text(&page.body).contains("太难说话"));
    let mine = shop.customer(&number).await.get("/me/data").await.ok();
    let step = &mine["records"][0]["moves"][0];
    assert_eq!((&step["kind"], &step["reason"]), (&json!("released"), &json!(null)), "{mine}");
    let entries = shop.boss.get(&format!("/audit?resource_id={id}&action=export")).await.ok();
    assert_eq!(entries["items"].as_array().map(Vec::len), Some(4), "three letters, and what the person took");
}

#[actix_web::test]
async fn who_is_idle_too_long_is_erased_after_the_owner_was_warned() {
    let shop = Shop::new().await;
    let (idle, busy) = (known(&shop, &phone_number()).await, known(&shop, &phone_number()).await);
    // An open opportunity keeps its customer, however old it is.
    let wanted = known(&shop, &phone_number()).await;
    let deal = json!({ "customer_id": wanted, "name": "春茶团购", "stage": "contact" });
    shop.boss.post("/opportunities", deal).await.ok();
    let version = shop.boss.get("/business").await.ok()["version"].as_i64().expect("a version");
    let short = shop.boss.patch("/business", version, json!({ "customers_idle_days": 27 })).await;
    assert_eq!(short.violations(), ["customers_idle_days: retention_too_short"]);
    let set = json!({ "customers_idle_days": 60 });
    // As for erasing one of them.
    let unproved = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    unproved.patch("/business", version, set.clone()).await.problem(403, "step_up_required");
    unproved.patch("/business", version, json!({ "customers_idle_days": 0 })).await.ok();
    let version = shop.boss.get("/business").await.ok()["version"].as_i64().expect("a version");
    assert_eq!(shop.boss.patch("/business", version, set).await.ok()["customers_idle_days"], 60);
    let turn = async || {
        System::new(&shop.at).begin_retention(Some(shop.tenant)).await.expect("a turn");
        shop.run_jobs().await;
    };
    turn().await;
    assert_eq!(shop.boss.get("/inbox").await.ok()["items"], json!([]));
    shop.advance(Duration::days(47)).await;
    let boss = boss_again(&shop).await;
    let talk = json!({ "channel": "call", "content": "还会来" });
    boss.post(&format!("/customers/{busy}/interactions"), talk).await.ok();
    turn().await;
    turn().await;
    let inbox = boss.get("/inbox").await.ok();
    assert_eq!(inbox["items"].as_array().map(Vec::len), Some(1), "{inbox}");
    assert_eq!(
        (&inbox["items"][0]["kind"], &inbox["items"][0]["title"]),
        (&json!("retention_soon"), &json!("1 位客户即将到期删除"))
    );
    boss.get(&format!("/customers/{idle}")).await.ok();
    shop.advance(Duration::days(14)).await;
    turn().await;
    let boss = boss_again(&shop).await;
    boss.get(&format!("/customers/{idle}")).await.problem(404, "not_found");
    boss.get(&format!("/customers/{busy}")).await.ok();
    boss.get(&format!("/customers/{wanted}")).await.ok();
    let erased = boss.get(&format!("/audit?resource_id={idle}&action=erase")).await.ok();
    assert_eq!(erased["items"][0]["changes"], json!({ "reason": "retention_over" }));
    assert_eq!(boss.get("/inbox").await.ok()["items"].as_array().map(Vec::len), Some(1), "warned once");
}

#[actix_web::test]
async fn erasing_a_person_closes_what_they_asked_for() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let person = shop.customer(&number).await;
    ask(&shop, &person, &id, json!({ "kind": "correct", "text": "我叫沈怡" })).await;
    shop.advance(Duration::minutes(1)).await;
    ask(&shop, &person, &id, json!({ "kind": "delete" })).await;
    // She comes to the shop as well, and is erased there.
    let written = json!({ "reason": "asked_in_writing" });
    assert_eq!(shop.boss.post(&format!("/customers/{id}/erase"), written).await.status, 204);
    let listed = shop.boss.get("/privacy/requests").await.ok();
    for request in listed["items"].as_array().expect("requests") {
        assert_eq!(
            (&request["state"], &request["text"], &request["erased"]),
            (&json!("done"), &Value::Null, &json!(true))
        );
        assert!(request["answered_at"].is_string());
        let path = format!("/privacy/requests/{}/answer", text(&request["id"]));
        shop.boss.post_at(&path, 2, json!({ "outcome": "done" })).await.problem(409, "request_answered");
    }
    let mine = person.get("/me/data").await.ok();
    let states: Vec<_> = mine["requests"].as_array().expect("requests").iter().map(|row| text(&row["state"])).collect();
    assert_eq!((&mine["records"], states.as_slice()), (&json!([]), ["done", "done"].map(str::to_owned).as_slice()));
    // When their day comes there is nothing left to do.
    shop.advance(Duration::days(30)).await;
    shop.run_jobs().await;
    let boss = boss_again(&shop).await;
    let changed = boss.get("/audit?resource=data_request&action=update").await.ok();
    assert_eq!(changed["items"].as_array().map(Vec::len), Some(2), "{changed}");
}

#[actix_web::test]
async fn an_export_for_a_letter_says_what_was_bought_and_where_it_went() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let lines = json!([{ "name": "龙井", "quantity": 2, "unit_price_fen": 12_800 }, { "name": "普洱", "quantity": 1, "unit_price_fen": 9_900 }]);
    let order =
        json!({ "customer_id": id, "receiver": "李四", "phone": number, "address": "龙井路九号", "lines": lines });
    let order = text(&shop.sales.post("/orders", order).await.ok()["id"]);
    let ship = json!({ "event": "ship", "carrier": "顺丰", "tracking_number": "SF0000000002" });
    shop.sales.post_at(&format!("/orders/{order}/moves"), 1, ship).await.ok();
    let record = shop.boss.get(&format!("/customers/{id}/export")).await.ok();
    let delivery = &record["orders"][0]["delivery"];
    assert_eq!(delivery["lines"][1]["total_fen"], 9_900, "{record}");
    assert_eq!((&delivery["receiver"], &delivery["address"]), (&json!("李四"), &json!("龙井路九号")));
    assert_eq!(delivery["phone"], json!(format!("+86{number}")));
    assert_eq!(delivery["shipments"][0]["tracking_number"], "SF0000000002");
    let page = text(&shop.boss.get(&format!("/customers/{id}/export?format=html")).await.ok());
    for word in ["普洱", "¥99.00", "李四", "龙井路九号", "SF0000000002"] {
        assert!(page.contains(word), "{word}: {page}");
    }
    // What each says of itself is true: remarks stand in the letter, and not in what the person fetches.
    let remarked = "对花生过敏";
    assert!(page.contains(remarked) && page.contains("员工填写的备注、标签与跟进内容都在其中"), "{page}");
    assert!(!page.contains("不在自助导出之内"), "{page}");
    assert!(record["notes"].to_string().contains("都在其中"), "{record}");
    for note in record["notes"].as_array().expect("notes") {
        assert!(page.contains(&text(note)), "{note}");
    }
    let person = shop.customer(&number).await;
    let own = text(&person.get("/me/data?format=html").await.ok());
    assert!(!own.contains(remarked) && own.contains("不在自助导出之内") && !own.contains("都在其中"), "{own}");
    // The person's own export proves a number, not who receives parcels.
    let mine = shop.customer(&number).await.get("/me/data").await.ok();
    assert_eq!(mine["records"][0]["orders"][0]["delivery"], Value::Null);
}

#[actix_web::test]
async fn public_holidays_are_no_working_days_and_weekends_that_are_worked_are() {
    let shop = Shop::with(|config| {
        config.privacy.holidays = "2026-11-23..2026-11-24".to_owned();
        config.privacy.working_weekends = "2026-11-28".to_owned();
    })
    .await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let person = shop.customer(&number).await;
    // Without them it would be Friday, the 11th: two days are off, one Saturday is worked.
    let asked = ask(&shop, &person, &id, json!({ "kind": "delete" })).await;
    assert_eq!(asked["due_at"], "2026-12-14T02:00:00Z");
}

#[actix_web::test]
async fn whoever_may_erase_sees_whose_time_is_coming_among_their_own_rows() {
    let shop = Shop::new().await;
    let mine = known(&shop, &phone_number()).await;
    let theirs = text(&shop.rival.post("/customers", json!({ "name": "王女士" })).await.ok()["id"]);
    let reach = json!({ "customers": "own", "interactions": "own", "tasks": "own", "orders": "own" });
    let rights = json!({ "permissions": ["customers.read", "customers.erase", "interactions.write", "interactions.read"],
        "reach": reach, "pool": false, "fields": { "phones": "mask", "amounts": "show" } });
    let role = shop.boss.post("/roles", json!({ "name": "管资料的", "rights": rights })).await.ok();
    let choice = json!({ "role": "custom", "role_id": role["id"] });
    shop.boss.post_at(&format!("/staff/{}/role", shop.sales_id), 2, choice).await.ok();
    let never = shop.boss.get("/privacy/retention").await.ok();
    assert_eq!((&never["customers_idle_days"], &never["items"]), (&json!(0), &json!([])));
    let version = shop.boss.get("/business").await.ok()["version"].as_i64().expect("a version");
    shop.boss.patch("/business", version, json!({ "customers_idle_days": 60 })).await.ok();
    let now = shop.boss.get("/privacy/retention").await.ok();
    assert_eq!((&now["warning_days"], &now["count"], &now["items"]), (&json!(14), &json!(0), &json!([])));
    shop.advance(Duration::days(47)).await;
    let ids = |answer: &Value| -> Vec<String> {
        answer["items"].as_array().expect("items").iter().map(|row| text(&row["id"])).collect()
    };
    let boss = boss_again(&shop).await;
    let all = boss.get("/privacy/retention").await.ok();
    let mut both = ids(&all);
    both.sort();
    let mut expected = vec![mine.clone(), theirs.clone()];
    expected.sort();
    assert_eq!((&all["count"], both), (&json!(2), expected));
    assert_eq!(all["items"][0]["erased_from_at"], "2027-01-20T02:00:00Z");
    let sales = shop.step_up(&shop.log_in_again(&shop.sales).await.act_in(shop.tenant).await).await;
    let own = sales.get("/privacy/retention").await.ok();
    assert_eq!((&own["count"], ids(&own)), (&json!(1), vec![mine.clone()]));
    // A word with them, and they stay.
    let talk = json!({ "channel": "call", "content": "还会来" });
    sales.post(&format!("/customers/{mine}/interactions"), talk).await.ok();
    assert_eq!(ids(&sales.get("/privacy/retention").await.ok()), [""; 0]);
    assert_eq!(ids(&boss.get("/privacy/retention").await.ok()), [theirs]);
}

#[actix_web::test]
async fn a_letter_is_answered_whole_or_by_somebody_else() {
    let shop = Shop::new().await;
    let id = known(&shop, &phone_number()).await;
    let rights = |permissions: &[&str], orders: &str, amounts: &str| {
        json!({
            "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": amounts },
            "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": orders },
        })
    };
    let all =
        ["customers.read", "customers.export", "orders.read", "interactions.read", "opportunities.read", "offers.read"];
    let without = |one: &str| all.iter().copied().filter(|other| *other != one).collect::<Vec<_>>();
    let asks = async |name: &str, rights: Value| {
        let role = text(&shop.boss.post("/roles", json!({ "name": name, "rights": rights })).await.ok()["id"]);
        let client = shop.step_up(&hire(&shop, "custom", Some(&role)).await.0).await;
        (role, client)
    };
    let path = format!("/customers/{id}/export");
    let (role, client) = asks("什么都看", rights(&all, "all", "show")).await;
    assert_eq!(client.get(&path).await.ok()["complete"], true);
    for (name, rights) in [
        ("不看订单", rights(&without("orders.read"), "all", "show")),
        ("不看跟进", rights(&without("interactions.read"), "all", "show")),
        ("不看优惠", rights(&without("offers.read"), "all", "show")),
        ("不看商机", rights(&without("opportunities.read"), "all", "show")),
        ("只看自己的订单", rights(&all, "own", "show")),
        ("不看金额", rights(&all, "all", "hide")),
    ] {
        asks(name, rights).await.1.get(&path).await.problem(403, "record_not_whole");
    }
    let hidden = json!({ "label": "体质", "kind": "text", "rules": { "hidden_from": [role] } });
    shop.boss.post("/custom-fields", hidden).await.ok();
    client.get(&path).await.problem(403, "record_not_whole");
    shop.boss.get(&path).await.ok();
}

#[actix_web::test]
async fn whoever_was_deleted_is_kept_and_gets_their_letter_until_they_are_erased() {
    let shop = Shop::new().await;
    let id = known(&shop, &phone_number()).await;
    let version = shop.boss.get(&format!("/customers/{id}")).await.ok()["version"].as_i64().expect("a version");
    assert_eq!(shop.boss.delete(&format!("/customers/{id}"), version).await.status, 204);
    let path = format!("/customers/{id}/export");
    let record = shop.boss.get(&path).await.ok();
    assert_eq!((&record["deleted"], &record["remark"]), (&json!(true), &json!("对花生过敏")));
    shop.boss.post(&format!("/customers/{id}/erase"), json!({ "reason": "asked_in_writing" })).await.ok();
    shop.boss.get(&path).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_business_sees_on_its_record_that_somebody_took_their_own_data() {
    let shop = Shop::new().await;
    let number = phone_number();
    let id = known(&shop, &number).await;
    let person = shop.customer(&number).await;
    person.get("/me/data").await.ok();
    assert_eq!(person.get("/me/data?format=html").await.status, 200);
    let entries = shop.boss.get(&format!("/audit?action=export&resource_id={id}")).await.ok();
    let entries = entries["items"].as_array().expect("items");
    assert_eq!(entries.len(), 2, "{entries:?}");
    for entry in entries {
        let whence = (&entry["actor_name"], entry["address"].is_string(), text(&entry["request_id"]).is_empty());
        assert_eq!(whence, (&json!("客户"), true, false), "{entry}");
    }
}
