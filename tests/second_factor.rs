//! The authenticator app of an operator: setting it up, logging in with it, losing it.

use crate::harness::{Answer, Client, Operator, PASSWORD, Shop, text};
use chrono::Duration;
use serde_json::{Value, json};

async fn second(shop: &Shop, challenge: &Value, name: &str, code: &str) -> Answer {
    shop.nobody.post("/auth/password/second", json!({ "challenge": challenge, name: code })).await
}

async fn enrolled(shop: &Shop) -> (Operator, Client) {
    let mut operator = shop.operator().await;
    let client = operator.enrol(shop).await;
    // The code that confirmed the app is used up; the next one is half a minute away.
    shop.advance(Duration::seconds(30)).await;
    (operator, client)
}

#[actix_web::test]
async fn an_app_counts_once_it_showed_the_right_code() {
    let shop = Shop::new().await;
    let mut operator = shop.operator().await;
    let client = operator.log_in(&shop).await;
    let first = client.post("/auth/totp", json!({})).await.ok();
    assert!(text(&first["uri"]).starts_with("otpauth://totp/"), "{first}");
    assert!(text(&first["uri"]).contains(&text(&first["secret"])) && text(&first["secret"]).len() == 32, "{first}");
    let wrong = json!({ "code": "000000" });
    assert_eq!(client.post("/auth/totp/confirm", wrong).await.violations(), ["code: code_wrong"]);
    // Not confirmed: the password alone still opens.
    operator.password(&shop.nobody, PASSWORD, "browser-1").await.ok();
    // Begun again, the first secret is worth nothing.
    operator.enrol_with(&shop, &client).await;
    assert_ne!(operator.secret.as_deref(), first["secret"].as_str());
    assert_eq!(operator.recovery_codes.len(), 10);
    operator.challenge(&shop).await;
    client.post("/auth/totp", json!({})).await.problem(409, "totp_enrolled");
    client.post("/auth/totp/confirm", json!({ "code": "000000" })).await.problem(404, "not_found");
    // Nothing of it can be read in a stolen database.
    let (secret, code) = (operator.secret.clone().unwrap_or_default(), operator.recovery_codes[0].clone());
    assert!(shop.readable_at_rest(&[&secret, &code, &code.replace('-', "")]).await.is_empty());
    // Whoever logs in by WeChat has no app.
    shop.boss.post("/auth/totp", json!({})).await.problem(403, "forbidden");
}

#[actix_web::test]
async fn a_password_and_the_code_of_the_app_log_in() {
    let shop = Shop::new().await;
    let (operator, _) = enrolled(&shop).await;
    let secret = operator.secret.clone().unwrap_or_default();
    let challenge = operator.challenge(&shop).await;
    let session = second(&shop, &challenge, "code", &shop.totp(&secret)).await.ok();
    assert_eq!(session["me"]["tenant_id"], json!(shop.tenant));
    shop.nobody.holding(&session).get("/customers").await.ok();
    // A challenge opens once, and a code as well, whoever looked over the shoulder.
    second(&shop, &challenge, "code", &shop.totp(&secret)).await.problem(401, "challenge_invalid");
    let again = operator.challenge(&shop).await;
    second(&shop, &again, "code", &shop.totp(&secret)).await.problem(401, "code_wrong");
    shop.advance(Duration::seconds(30)).await;
    second(&shop, &again, "code", &shop.totp(&secret)).await.ok();
    // Nor one that is older than the last that was used.
    shop.advance(Duration::seconds(30)).await;
    let older = crate::harness::totp_at(&secret, shop.at.clock().now() - Duration::seconds(30));
    let again = operator.challenge(&shop).await;
    second(&shop, &again, "code", &older).await.problem(401, "code_wrong");
}

#[actix_web::test]
async fn a_recovery_code_opens_once() {
    let shop = Shop::new().await;
    let (operator, _) = enrolled(&shop).await;
    let code = operator.recovery_codes[3].clone();
    let carelessly = code.to_lowercase().replace('-', "");
    let challenge = operator.challenge(&shop).await;
    second(&shop, &challenge, "recovery_code", &carelessly).await.ok();
    let challenge = operator.challenge(&shop).await;
    second(&shop, &challenge, "recovery_code", &code).await.problem(401, "code_wrong");
    second(&shop, &challenge, "recovery_code", &operator.recovery_codes[4]).await.ok();
    let both = json!({ "challenge": operator.challenge(&shop).await, "code": "123456", "recovery_code": code });
    assert_eq!(shop.nobody.post("/auth/password/second", both).await.violations(), ["code: required"]);
}

#[actix_web::test]
async fn a_challenge_waits_five_minutes_and_for_five_tries() {
    let shop = Shop::with(|config| config.auth.attempts = 100).await;
    let (operator, _) = enrolled(&shop).await;
    let secret = operator.secret.clone().unwrap_or_default();
    let challenge = operator.challenge(&shop).await;
    for _ in 0..5 {
        second(&shop, &challenge, "code", "000000").await.problem(401, "code_wrong");
    }
    second(&shop, &challenge, "code", &shop.totp(&secret)).await.problem(401, "challenge_invalid");
    let late = operator.challenge(&shop).await;
    shop.advance(Duration::minutes(5)).await;
    second(&shop, &late, "code", &shop.totp(&secret)).await.problem(401, "challenge_invalid");
    second(&shop, &json!("A".repeat(32)), "code", "000000").await.problem(401, "challenge_invalid");
}

#[actix_web::test]
async fn codes_cannot_be_guessed_challenge_after_challenge() {
    let shop = Shop::with(|config| config.auth.attempts = 3).await;
    let (operator, client) = enrolled(&shop).await;
    for _ in 0..3 {
        let challenge = operator.challenge(&shop).await;
        second(&shop, &challenge, "code", "000000").await.problem(401, "code_wrong");
    }
    let challenge = operator.challenge(&shop).await;
    let tired = second(&shop, &challenge, "code", &shop.totp(operator.secret.as_deref().unwrap_or_default())).await;
    tired.problem(429, "too_many_requests");
    // Whoever is logged in already is known, and gives the second look while strangers guess.
    let challenge = client.post("/auth/step-up/challenge", json!({ "method": "totp" })).await.ok();
    let code = shop.totp(operator.secret.as_deref().unwrap_or_default());
    client.post("/auth/step-up", json!({ "challenge": challenge["challenge"], "code": code })).await.ok();
}

#[actix_web::test]
async fn where_an_app_is_required_nothing_else_works_before() {
    let shop = Shop::with(|config| config.auth.require_totp = true).await;
    let mut operator = shop.operator().await;
    let client = operator.log_in(&shop).await;
    for path in ["/customers", "/today", "/auth/sessions"] {
        client.get(path).await.problem(403, "totp_required");
    }
    client.post("/auth/switch", json!({ "side": "customer" })).await.problem(403, "totp_required");
    client.get("/auth/me").await.ok();
    // A body is not even looked at.
    client.post("/customers", json!({})).await.problem(403, "totp_required");
    operator.enrol_with(&shop, &client).await;
    client.get("/customers").await.ok();
    // It concerns passwords only.
    shop.sales.get("/customers").await.ok();
}
