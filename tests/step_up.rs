//! The second look: by which proofs it is given, how long it counts, and the quota of phone numbers that
//! it raises.

use crate::harness::{Client, PASSWORD, Shop, phone_number, text};
use crate::sms::Provider;
use chrono::Duration;
use serde_json::{Value, json};

async fn ask(client: &Client, method: &str) -> Value {
    client.post("/auth/step-up/challenge", json!({ "method": method })).await.ok()
}

/// A salesperson who was shown all the numbers of the day.
async fn shown_out(shop: &Shop) -> String {
    let body = json!({ "name": "张三", "phones": [{ "number": phone_number() }] });
    let customer = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let path = format!("/customers/{customer}/phones/0/reveal");
    for _ in 0..shop.at.config().auth.reveals_per_day {
        shop.sales.post(&path, json!({})).await.ok();
    }
    path
}

async fn with_quota(quota: i64) -> Shop {
    Shop::with(|config| config.auth.reveals_per_day = quota).await
}

#[actix_web::test]
async fn beyond_the_quota_a_number_needs_a_second_look_which_gives_as_many_again() {
    let shop = with_quota(3).await;
    let path = shown_out(&shop).await;
    let refused = shop.sales.post(&path, json!({})).await.problem(403, "step_up_required");
    assert_eq!(refused["methods"], json!(["soter"]), "{refused}");
    let stepped = shop.step_up(&shop.sales).await;
    for _ in 0..3 {
        stepped.post(&path, json!({})).await.ok();
    }
    let tired = stepped.post(&path, json!({})).await;
    // Ten in the morning: the next day begins in fourteen hours.
    assert_eq!(tired.headers.get("Retry-After").and_then(|value| value.to_str().ok()), Some("50400"));
    tired.problem(429, "too_many_requests");
    // A colleague has a quota of their own, and tomorrow is another day.
    let theirs = json!({ "name": "李四", "phones": [{ "number": phone_number() }] });
    let theirs = text(&shop.rival.post("/customers", theirs).await.ok()["id"]);
    shop.rival.post(&format!("/customers/{theirs}/phones/0/reveal"), json!({})).await.ok();
    shop.advance(Duration::hours(14)).await;
    let device = format!("device-{}", shop.sales.phone.clone().unwrap_or_default());
    let session = json!({ "refresh_token": shop.sales.refresh_token, "device": device });
    let session = shop.nobody.post("/auth/refresh", session).await.ok();
    shop.sales.holding(&session).post(&path, json!({})).await.ok();
}

#[actix_web::test]
async fn numbers_on_customers_and_on_orders_count_together_and_a_refusal_shows_nothing() {
    let shop = with_quota(2).await;
    let path = shown_out(&shop).await;
    let customer = shop.customer_named("沈怡").await;
    let order = json!({ "customer_id": customer, "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": 100 }],
        "receiver": "沈怡", "phone": phone_number(), "address": "杭州市" });
    let order = text(&shop.sales.post("/orders", order).await.ok()["id"]);
    let reveals = async || {
        let audit = shop.boss.get("/audit?limit=100").await.ok();
        audit["items"].as_array().expect("items").iter().filter(|entry| entry["action"] == "reveal").count()
    };
    let before = reveals().await;
    shop.sales.post(&format!("/orders/{order}/phone/reveal"), json!({})).await.problem(403, "step_up_required");
    // What is not there or not one's own is still just that, and costs nothing.
    shop.rival.post(&path, json!({})).await.problem(404, "not_found");
    assert_eq!(reveals().await, before);
}

#[actix_web::test]
async fn many_at_once_are_not_shown_more_than_the_quota() {
    let shop = with_quota(5).await;
    let body = json!({ "name": "张三", "phones": [{ "number": phone_number() }] });
    let customer = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    let path = format!("/customers/{customer}/phones/0/reveal");
    let answers = futures::future::join_all((0..12).map(|_| shop.sales.post(&path, json!({})))).await;
    assert!(answers.iter().filter(|answer| answer.status == 200).count() <= 5);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 403 | 409)), "{answers:?}");
}

#[actix_web::test]
async fn a_second_look_counts_for_five_minutes_and_for_its_session_only() {
    let shop = with_quota(1).await;
    let path = shown_out(&shop).await;
    let stepped = shop.step_up(&shop.sales).await;
    // The token from before knows nothing of it; nor does the person's other phone.
    shop.sales.post(&path, json!({})).await.problem(403, "step_up_required");
    shop.log_in_again(&shop.sales)
        .await
        .act_in(shop.tenant)
        .await
        .post(&path, json!({}))
        .await
        .problem(403, "step_up_required");
    // Choosing a business and asking for new tokens keeps it.
    let device = format!("device-{}", shop.sales.phone.clone().unwrap_or_default());
    let session = json!({ "refresh_token": stepped.refresh_token, "device": device });
    let renewed = stepped.holding(&shop.nobody.post("/auth/refresh", session).await.ok());
    renewed.act_in(shop.tenant).await.post(&path, json!({})).await.ok();
    shop.advance(Duration::seconds(300)).await;
    renewed.post(&path, json!({})).await.problem(403, "step_up_required");
}

#[actix_web::test]
async fn whoever_proves_who_they_are_all_day_is_not_told_to_wait() {
    let shop = Shop::new().await;
    let most = shop.at.config().auth.attempts;
    for _ in 0..=most {
        shop.step_up(&shop.sales).await;
    }
    // Challenges that nobody answers are counted.
    for _ in 0..most {
        ask(&shop.sales, "soter").await;
    }
    let method = json!({ "method": "soter" });
    shop.sales.post("/auth/step-up/challenge", method).await.problem(429, "too_many_requests");
}

#[actix_web::test]
async fn a_finger_is_believed_once_for_the_challenge_that_was_given() {
    let shop = Shop::new().await;
    let challenge = ask(&shop.sales, "soter").await;
    assert_eq!(challenge["expires_in"], 300);
    let good = shop.finger(&shop.sales, &challenge["challenge"]).await;
    // Another text than the one that was asked for, though WeChat would vouch for it.
    let mut other = shop.finger(&shop.sales, &json!("another-challenge-of-ours")).await;
    other["challenge"] = challenge["challenge"].clone();
    assert_eq!(shop.sales.post("/auth/step-up", other).await.violations(), ["code: code_wrong"]);
    // Another person's challenge, session or phone.
    assert_eq!(shop.rival.post("/auth/step-up", good.clone()).await.violations(), ["challenge: challenge_invalid"]);
    let there = shop.log_in_again(&shop.sales).await;
    assert_eq!(there.post("/auth/step-up", good.clone()).await.violations(), ["challenge: challenge_invalid"]);
    shop.sales.post("/auth/step-up", good.clone()).await.ok();
    assert_eq!(shop.sales.post("/auth/step-up", good).await.violations(), ["challenge: challenge_invalid"]);

    let challenge = ask(&shop.sales, "soter").await;
    let mut forged = shop.finger(&shop.rival, &challenge["challenge"]).await;
    assert_eq!(shop.sales.post("/auth/step-up", forged.clone()).await.violations(), ["code: code_wrong"]);
    // A forged answer uses the challenge up as well.
    forged["signature"] = shop.finger(&shop.sales, &challenge["challenge"]).await["signature"].clone();
    assert_eq!(shop.sales.post("/auth/step-up", forged).await.violations(), ["challenge: challenge_invalid"]);
    let late = ask(&shop.sales, "soter").await;
    let late = shop.finger(&shop.sales, &late["challenge"]).await;
    shop.advance(Duration::minutes(5)).await;
    assert_eq!(shop.sales.post("/auth/step-up", late).await.violations(), ["challenge: challenge_invalid"]);
}

#[actix_web::test]
async fn an_operator_proves_by_the_authenticator_app() {
    let shop = Shop::new().await;
    let mut operator = shop.operator().await;
    let client = operator.enrol(&shop).await;
    let code = async |wrong: bool| {
        let challenge = ask(&client, "totp").await;
        let code = if wrong { "000000".to_owned() } else { shop.totp(operator.secret.as_deref().unwrap_or_default()) };
        client.post("/auth/step-up", json!({ "challenge": challenge["challenge"], "code": code })).await
    };
    // The code that confirmed the app is used up.
    assert_eq!(code(false).await.violations(), ["code: code_wrong"]);
    assert_eq!(code(true).await.violations(), ["code: code_wrong"]);
    shop.advance(Duration::seconds(30)).await;
    assert!(code(false).await.ok()["access_token"].is_string());
    // Not WeChat's user: no finger to ask for.
    client.post("/auth/step-up/challenge", json!({ "method": "soter" })).await.problem(409, "method_unavailable");
    drop(operator.password(&shop.nobody, PASSWORD, "browser-1").await);
}

#[actix_web::test]
async fn an_operator_without_an_app_is_told_to_set_one_up_which_only_a_fresh_login_can() {
    let shop = Shop::new().await;
    let mut operator = shop.operator().await;
    let client = operator.log_in(&shop).await;
    let told = client.get("/privacy/requests").await.problem(403, "totp_required");
    assert_eq!((&told["set_up"], &told["methods"]), (&json!("/api/v1/auth/totp"), &Value::Null));
    // A browser that was left open is not enough, nor are the tokens that it keeps.
    let begun = text(&client.post("/auth/totp", json!({})).await.ok()["secret"]);
    shop.advance(Duration::minutes(11)).await;
    client.post("/auth/totp", json!({})).await.problem(403, "login_stale");
    let kept = json!({ "refresh_token": client.refresh_token, "device": "browser-1" });
    let kept = client.holding(&shop.nobody.post("/auth/refresh", kept).await.ok());
    let confirm = json!({ "code": shop.totp(&begun) });
    kept.post("/auth/totp/confirm", confirm).await.problem(403, "login_stale");
    // Whoever knows the password logs in again; from then on the app is asked.
    let client = operator.enrol(&shop).await;
    let told = client.get("/privacy/requests").await.problem(403, "step_up_required");
    assert_eq!((&told["methods"], &told["set_up"]), (&json!(["totp"]), &Value::Null));
    shop.advance(Duration::seconds(30)).await;
    let challenge = ask(&client, "totp").await;
    let code = shop.totp(operator.secret.as_deref().unwrap_or_default());
    let proof = json!({ "challenge": challenge["challenge"], "code": code });
    client.holding(&client.post("/auth/step-up", proof).await.ok()).get("/privacy/requests").await.ok();
    let record = shop.boss.get("/audit?resource=session&action=totp").await.ok();
    assert_eq!(record["items"].as_array().map(Vec::len), Some(1), "{record}");
}

#[actix_web::test]
async fn a_code_comes_by_message_to_one_s_own_phone() {
    let provider = Provider::start().await;
    let shop = provider.shop().await;
    let challenge = ask(&shop.sales, "sms").await;
    let (number, code) = provider.last();
    assert!(
        text(&challenge["sent_to"]).ends_with(&number[7..]) && !text(&challenge["sent_to"]).contains(&number),
        "{challenge}"
    );
    let wrong =
        json!({ "challenge": challenge["challenge"], "code": if code == "111111" { "222222" } else { "111111" } });
    for _ in 0..4 {
        assert_eq!(shop.sales.post("/auth/step-up", wrong.clone()).await.violations(), ["code: code_wrong"]);
    }
    let right = json!({ "challenge": challenge["challenge"], "code": code });
    shop.sales.post("/auth/step-up", right.clone()).await.ok();
    assert_eq!(shop.sales.post("/auth/step-up", right).await.violations(), ["challenge: challenge_invalid"]);
    assert!(shop.readable_at_rest(&[&number]).await.is_empty());
    // Five tries and no more.
    let challenge = ask(&shop.sales, "sms").await;
    let (_, code) = provider.last();
    let wrong =
        json!({ "challenge": challenge["challenge"], "code": if code == "111111" { "222222" } else { "111111" } });
    for _ in 0..5 {
        shop.sales.post("/auth/step-up", wrong.clone()).await.violations();
    }
    let right = json!({ "challenge": challenge["challenge"], "code": code });
    assert_eq!(shop.sales.post("/auth/step-up", right).await.violations(), ["challenge: challenge_invalid"]);
}

#[actix_web::test]
async fn what_is_dangerous_is_given_away_with_a_second_look() {
    let shop = Shop::new().await;
    let unlocked = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let exports = json!({
        "permissions": ["customers.read", "customers.export"], "pool": false,
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
        "fields": { "phones": "show", "amounts": "show" },
    });
    let exports = shop.boss.post("/roles", json!({ "name": "导出", "rights": exports })).await.ok()["id"].clone();
    let added = |role: &Value| {
        let mut body = role.clone();
        (body["name"], body["phone"]) = (json!("何平"), json!(phone_number()));
        body
    };
    for role in [json!({ "role": "boss" }), json!({ "role": "custom", "role_id": exports })] {
        unlocked.post("/invitations", role.clone()).await.problem(403, "step_up_required");
        unlocked.post("/staff", added(&role)).await.problem(403, "step_up_required");
        shop.boss.post("/invitations", role.clone()).await.ok();
        // A dismissed boss is not let back by whoever finds the phone either.
        let made = shop.boss.post("/staff", added(&role)).await.ok();
        let path = format!("/staff/{}", text(&made["id"]));
        unlocked.post_at(&format!("{path}/suspend"), 1, json!({})).await.ok();
        unlocked.post_at(&format!("{path}/resume"), 2, json!({})).await.problem(403, "step_up_required");
        shop.boss.post_at(&format!("{path}/resume"), 2, json!({})).await.ok();
    }
    let open = shop.boss.get("/invitations").await.ok();
    assert_eq!(open["items"].as_array().map(Vec::len), Some(2), "nothing came of the refused ones: {open}");
    for role in ["manager", "sales"] {
        unlocked.post("/invitations", json!({ "role": role })).await.ok();
        unlocked.post("/staff", added(&json!({ "role": role }))).await.ok();
    }
}
