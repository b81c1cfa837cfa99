//! The client of WeChat and the message push, by the simulator's books and ours.

use crate::harness::{Answer, Client, Shop, TEMPLATE, phone_number, sim, text, unique_phone};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};

const EXCHANGE: &str = "/wxa/business/getuserphonenumber";
const LOGIN: &str = "/sns/jscode2session";
const STABLE_TOKEN: &str = "/cgi-bin/stable_token";

/// Asks the simulator about the shop's mini-program.
async fn control(shop: &Shop, what: &str, body: Value) -> Value {
    sim("POST", &format!("/sim/apps/{}/{what}", shop.appid()), body).await
}

async fn calls(shop: &Shop, path: &str) -> i64 {
    shop.settled().await["calls"][path].as_i64().unwrap_or_default()
}

/// Taps the button of the phone number and proves it.
async fn prove(shop: &Shop, client: &Client) -> Answer {
    let phone = client.phone.clone().unwrap_or_default();
    let code = sim("POST", &format!("/phone/{phone}/phone-code"), json!({ "appid": shop.appid() })).await;
    client.post("/auth/phone", json!({ "code": code["code"] })).await
}

async fn login(shop: &Shop, code: &Value) -> Answer {
    shop.nobody.post("/auth/wechat", json!({ "code": code, "device": "device-of-wechat-test" })).await
}

async fn login_code(shop: &Shop) -> Value {
    let path = format!("/phone/{}/login", unique_phone());
    sim("POST", &path, json!({ "appid": shop.appid() })).await["code"].clone()
}

/// What our ledger says the salesperson may be sent.
async fn credit(shop: &Shop) -> Value {
    shop.sales.get("/subscriptions").await.ok()["items"][0]["credit"].clone()
}

/// The salesperson answers the sheet, a second after the one before.
async fn consent(shop: &Shop, answer: &str) {
    shop.advance(Duration::seconds(1)).await;
    let path = format!("/phone/{}/subscribe", shop.sales.phone.clone().unwrap_or_default());
    sim("POST", &path, json!({ "appid": shop.appid(), "tmplIds": [TEMPLATE], "answers": { TEMPLATE: answer } })).await;
    shop.settled().await;
}

async fn configure(shop: &Shop, change: Value) {
    sim("PATCH", &format!("/sim/apps/{}", shop.appid()), change).await;
}

/// Pushes an accept that the salesperson never gave; returns the first attempt.
async fn push(shop: &Shop, mode: &str, faults: Value) -> Value {
    let books = shop.settled().await;
    let phone = json!(shop.sales.phone);
    let users = books["users"].as_object().into_iter().flatten();
    let openid = users.filter(|(_, name)| **name == phone).map(|(openid, _)| openid.clone()).next();
    let item = json!({ "TemplateId": TEMPLATE, "SubscribeStatusString": "accept", "PopupScene": "0" });
    let event = json!({ "Event": "subscribe_msg_popup_event", "FromUserName": openid, "List": [item] });
    control(shop, "push", json!({ "event": event, "mode": mode, "faults": faults })).await["attempts"][0].clone()
}

#[actix_web::test]
async fn twenty_calls_at_once_fetch_one_token() {
    let shop = Shop::new().await;
    assert_eq!(calls(&shop, STABLE_TOKEN).await, 1, "three people joined with one token");
    // The last five minutes of the token: time for the next one.
    shop.advance(Duration::seconds(6_950)).await;
    let mut people = Vec::new();
    for _ in 0..20 {
        people.push(shop.stranger().await);
    }
    for answer in futures::future::join_all(people.iter().map(|client| prove(&shop, client))).await {
        answer.ok();
    }
    let books = shop.settled().await;
    assert_eq!((&books["calls"][STABLE_TOKEN], &books["tokens"]["stable"]), (&json!(2), &json!(2)));
    assert_eq!(books["tokens"]["forced"], 0);
}

#[actix_web::test]
async fn a_token_that_wechat_takes_no_longer_is_replaced_once_and_the_call_repeated() {
    let shop = Shop::new().await;
    let mut people = Vec::new();
    for _ in 0..10 {
        people.push(shop.stranger().await);
    }
    control(&shop, "revoke-tokens", json!({})).await;
    for answer in futures::future::join_all(people.iter().map(|client| prove(&shop, client))).await {
        answer.ok();
    }
    let books = shop.settled().await;
    assert_eq!((&books["calls"][STABLE_TOKEN], &books["tokens"]["stable"]), (&json!(2), &json!(2)));
    assert_eq!(books["phone_exchanges"].as_array().map(Vec::len), Some(3 + 10));

    // It ended there while it was still good by our clock.
    sim("POST", "/sim/clock", json!({ "appid": shop.appid(), "advance_s": 7_300 })).await;
    prove(&shop, &shop.stranger().await).await.ok();
    assert_eq!(shop.settled().await["tokens"], json!({ "classic": 0, "stable": 3, "forced": 0 }));
}

#[actix_web::test]
async fn a_token_that_is_never_taken_is_not_fetched_forever() {
    let shop = Shop::new().await;
    for code in [40001, 40014, 42001] {
        control(&shop, "faults", json!({ "path": EXCHANGE, "kind": "errcode", "code": code })).await;
        prove(&shop, &shop.stranger().await).await.ok();
    }
    let (tokens, exchanges) = (calls(&shop, STABLE_TOKEN).await, calls(&shop, EXCHANGE).await);
    control(&shop, "faults", json!({ "path": EXCHANGE, "times": 2, "kind": "errcode", "code": 40001 })).await;
    prove(&shop, &shop.stranger().await).await.problem(502, "upstream_failed");
    assert_eq!((calls(&shop, STABLE_TOKEN).await, calls(&shop, EXCHANGE).await), (tokens + 1, exchanges + 2));
}

#[actix_web::test]
async fn a_busy_wechat_is_asked_for_the_token_again() {
    let shop = Shop::new().await;
    control(&shop, "revoke-tokens", json!({})).await;
    control(&shop, "faults", json!({ "path": STABLE_TOKEN, "times": 2, "kind": "errcode", "code": -1 })).await;
    prove(&shop, &shop.stranger().await).await.ok();
    assert_eq!(calls(&shop, STABLE_TOKEN).await, 1 + 3);
}

#[actix_web::test]
async fn a_refused_token_is_not_taken_for_a_refused_code() {
    let shop = Shop::new().await;
    control(&shop, "revoke-tokens", json!({})).await;
    control(&shop, "faults", json!({ "path": STABLE_TOKEN, "kind": "errcode", "code": 40013 })).await;
    prove(&shop, &shop.stranger().await).await.problem(502, "upstream_failed");
}

#[actix_web::test]
async fn a_login_code_works_once() {
    let shop = Shop::new().await;
    let code = login_code(&shop).await;
    login(&shop, &code).await.ok();
    login(&shop, &code).await.problem(401, "wechat_code_invalid");
    login(&shop, &json!("no-such-code")).await.problem(401, "wechat_code_invalid");
    let late = login_code(&shop).await;
    shop.advance(Duration::seconds(301)).await;
    login(&shop, &late).await.problem(401, "wechat_code_invalid");

    let phone = unique_phone();
    sim("PUT", &format!("/phone/{phone}"), json!({ "blocked": true })).await;
    let risky = sim("POST", &format!("/phone/{phone}/login"), json!({ "appid": shop.appid() })).await;
    login(&shop, &risky["code"]).await.problem(401, "wechat_user_blocked");
}

#[actix_web::test]
async fn a_login_whose_answer_was_lost_is_not_repeated() {
    let shop = Shop::new().await;
    for fault in [
        json!({ "path": LOGIN, "kind": "http_status", "status": 503 }),
        json!({ "path": LOGIN, "kind": "drop_before" }),
        json!({ "path": LOGIN, "kind": "drop_after" }),
    ] {
        let (code, before) = (login_code(&shop).await, calls(&shop, LOGIN).await);
        control(&shop, "faults", fault).await;
        login(&shop, &code).await.problem(502, "upstream_failed");
        assert_eq!(calls(&shop, LOGIN).await, before + 1);
    }
}

#[actix_web::test]
async fn a_foreign_number_is_proved_like_a_chinese_one() {
    let shop = Shop::new().await;
    // The country's code comes as a text and as a number.
    for kind in ["string", "number"] {
        configure(&shop, json!({ "country_code": kind })).await;
        let client = shop.stranger().await;
        let phone = format!("/phone/{}", client.phone.clone().unwrap_or_default());
        sim("PUT", &phone, json!({ "phone_number": "4155552671", "country_code": "1" })).await;
        assert_eq!(prove(&shop, &client).await.ok()["me"]["phone_masked"], "+14****2671");

        let (client, number) = (shop.stranger().await, phone_number());
        let phone = format!("/phone/{}", client.phone.clone().unwrap_or_default());
        sim("PUT", &phone, json!({ "phone_number": number, "country_code": "86" })).await;
        let masked = text(&prove(&shop, &client).await.ok()["me"]["phone_masked"]);
        assert!(number.starts_with(&masked[..3]) && number.ends_with(&masked[7..]), "{masked}");
    }
}

#[actix_web::test]
async fn credit_grows_once_for_each_consent_in_every_shape_of_the_push() {
    let shop = Shop::new().await;
    assert_eq!(credit(&shop).await, 0);
    let shapes = [("json", "object"), ("json", "array"), ("xml", "array")];
    for (taken, (format, list)) in (1..).zip(shapes) {
        // WeChat repeats what it already delivered.
        configure(&shop, json!({ "push_format": format, "list_shape": list, "push_faults": { "copies": 3 } })).await;
        consent(&shop, "accept").await;
        assert_eq!(credit(&shop).await, taken, "{format} {list}");
    }
    let books = shop.settled().await;
    let attempts =
        books["pushes"].as_array().into_iter().flatten().filter_map(|push| push["attempts"].as_array()).flatten();
    let answers: Vec<(&Value, &Value)> = attempts.map(|attempt| (&attempt["status"], &attempt["answer"])).collect();
    assert_eq!(answers, [(&json!(200), &json!("success")); 9]);
    assert_eq!(books["credits"][0]["count"], 3, "our ledger and WeChat's agree");
}

#[actix_web::test]
async fn a_no_to_one_message_keeps_earlier_consents_and_the_settings_page_ends_them() {
    for format in ["json", "xml"] {
        let shop = Shop::new().await;
        configure(&shop, json!({ "push_format": format })).await;
        consent(&shop, "accept").await;
        consent(&shop, "reject").await;
        assert_eq!(credit(&shop).await, 1);
        let path = format!("/phone/{}/unsubscribe", shop.sales.phone.clone().unwrap_or_default());
        sim("POST", &path, json!({ "appid": shop.appid(), "tmplIds": [TEMPLATE] })).await;
        shop.settled().await;
        assert_eq!(credit(&shop).await, 0);
    }
}

#[actix_web::test]
async fn only_a_push_that_wechat_sealed_for_us_counts() {
    let shop = Shop::new().await;
    for format in ["json", "xml"] {
        configure(&shop, json!({ "push_format": format })).await;
        for (mode, faults) in [
            ("safe", json!({ "bad_signature": true, "retries": 0 })),
            ("safe", json!({ "wrong_appid": true, "retries": 0 })),
            ("plain", json!({ "retries": 0 })),
        ] {
            let attempt = push(&shop, mode, faults.clone()).await;
            assert_eq!(attempt["status"], 403, "{format} {mode} {faults}");
        }
    }
    // Too late to be true.
    shop.at.clock().advance(Duration::seconds(301));
    assert_eq!(push(&shop, "safe", json!({ "retries": 0 })).await["status"], 403);
    assert_eq!(credit(&shop).await, 0);
    shop.at.clock().advance(Duration::seconds(-301));
    assert_eq!(push(&shop, "safe", json!({})).await["status"], 200);
    assert_eq!(credit(&shop).await, 1);
}

#[actix_web::test]
async fn an_event_that_says_nothing_to_us_is_taken() {
    let shop = Shop::new().await;
    for event in [
        json!({ "Event": "user_enter_tempsession", "FromUserName": "o1" }),
        json!({ "Event": "subscribe_msg_popup_event", "FromUserName": "o1", "List": [] }),
        json!({ "Event": "subscribe_msg_sent_event", "FromUserName": "nobody-we-know",
                "List": { "TemplateId": "x", "MsgID": 1_864_323_726_461_255_680_i64, "ErrorCode": 0 } }),
        json!({ "MsgType": "text", "Content": "hello" }),
    ] {
        let answer = control(&shop, "push", json!({ "event": event })).await;
        let attempt = &answer["attempts"][0];
        assert_eq!((&attempt["status"], &attempt["answer"]), (&json!(200), &json!("success")), "{event}");
    }
}

#[actix_web::test]
async fn the_address_of_the_push_is_verified_and_is_nobody_else_s() {
    let shop = Shop::new().await;
    assert_eq!(control(&shop, "verify-url", json!({})).await["verified"], true);
    let forged = control(&shop, "verify-url", json!({ "bad_signature": true })).await;
    assert_eq!((&forged["verified"], &forged["status"]), (&json!(false), &json!(403)));

    let ours = format!("//callbacks/wechat/{}", shop.appid());
    shop.nobody.post("//callbacks/wechat/wx0000000000000000", json!({})).await.problem(404, "not_found");
    shop.nobody.get("//callbacks/wechat/wx0000000000000000").await.problem(404, "not_found");
    shop.nobody.get(&ours).await.problem(403, "forbidden");
    shop.nobody.post(&ours, json!({})).await.problem(403, "forbidden");
    shop.nobody.post(&format!("{ours}?timestamp=a&timestamp=b"), json!({})).await.problem(403, "forbidden");
    let large = shop.nobody.request(Method::POST, &ours).body("x".repeat(64 * 1024 + 1));
    shop.nobody.send(large).await.problem(413, "body_too_large");
}

#[actix_web::test]
async fn without_a_push_token_nobody_can_push() {
    let shop = Shop::with(|config| {
        config.wechat.push_token = String::new().into();
        config.wechat.push_aes_key = String::new().into();
    })
    .await;
    assert_eq!(push(&shop, "safe", json!({ "retries": 0 })).await["status"], 404);
    assert_eq!(control(&shop, "verify-url", json!({})).await["verified"], false);
}
