//! An operator's own password: who changes it, with what, and what that ends.

use crate::harness::{Answer, Client, Operator, PASSWORD, Shop, text};
use reqwest::Method;
use serde_json::{Value, json};

const NEW: &str = "远山茶行的旧账本-1986";

async fn change(client: &Client, present: &str, new: &str) -> Answer {
    client.put("/auth/password", json!({ "present": present, "new": new })).await
}

async fn log_in(shop: &Shop, operator: &Operator, password: &str, device: &str) -> Answer {
    operator.password(&shop.nobody, password, device).await
}

#[actix_web::test]
async fn a_changed_password_is_the_only_one_and_ends_the_sessions_elsewhere() {
    let shop = Shop::new().await;
    let (operator, caretaker) = (shop.operator().await, shop.caretaker().await.log_in(&shop).await);
    let here = operator.log_in(&shop).await;
    let there = shop.nobody.holding(&log_in(&shop, &operator, PASSWORD, "browser-2").await.ok());
    there.get("/today").await.ok();
    assert_eq!(change(&here, PASSWORD, NEW).await.status, 204);
    there.get("/today").await.problem(401, "token_expired");
    let refresh = json!({ "refresh_token": there.refresh_token, "device": "browser-2" });
    shop.nobody.post("/auth/refresh", refresh).await.problem(401, "refresh_invalid");
    here.get("/today").await.ok();
    log_in(&shop, &operator, PASSWORD, "browser-3").await.problem(401, "login_refused");
    log_in(&shop, &operator, NEW, "browser-3").await.ok();
    // It stands in the installation's record under their name, without a word of either password.
    let entries = recorded(&caretaker, &operator.name, "set_password").await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["actor_name"], json!(operator.name));
    assert!(!entries[0].to_string().contains(PASSWORD) && !entries[0].to_string().contains(NEW));
}

/// What the installation's record says about an operator.
async fn recorded(caretaker: &Client, name: &str, action: &str) -> Vec<Value> {
    let mut path = format!("/operator/audit?resource=operator&action={action}&limit=100");
    let mut found = Vec::new();
    loop {
        let page = caretaker.get(&path).await.ok();
        let items = page["items"].as_array().expect("entries").iter();
        found.extend(items.filter(|entry| entry["changes"]["name"] == name).cloned());
        let Some(next) = page["next_cursor"].as_str() else { return found };
        path = format!("/operator/audit?resource=operator&action={action}&limit=100&cursor={next}");
    }
}

#[actix_web::test]
async fn the_present_password_is_asked_for_and_guessing_it_is_counted_like_a_login() {
    let shop = Shop::with(|config| config.auth.attempts = 3).await;
    let operator = shop.operator().await;
    let client = operator.log_in(&shop).await;
    for wrong in ["wrong horse battery", "wrong horse batterie"] {
        assert_eq!(change(&client, wrong, NEW).await.violations(), ["present: password_wrong"]);
    }
    // A right one forgives the wrong ones before it.
    assert_eq!(change(&client, PASSWORD, NEW).await.status, 204);
    for _ in 0..3 {
        assert_eq!(change(&client, PASSWORD, NEW).await.violations(), ["present: password_wrong"]);
    }
    change(&client, NEW, PASSWORD).await.problem(429, "too_many_requests");
    // It is the counter of the login from that device, and a stranger's guesses are counted apart.
    log_in(&shop, &operator, NEW, "browser-1").await.problem(429, "too_many_requests");
    log_in(&shop, &operator, NEW, "browser-9").await.ok();
}

#[actix_web::test]
async fn a_password_that_nobody_could_log_in_with_is_refused() {
    let shop = Shop::new().await;
    let client = shop.operator().await.log_in(&shop).await;
    assert_eq!(change(&client, PASSWORD, "kurz").await.violations(), ["new: too_short"]);
    assert_eq!(change(&client, PASSWORD, &"x".repeat(129)).await.violations(), ["new: too_long"]);
    assert_eq!(client.put("/auth/password", json!({})).await.violations(), ["present: required", "new: required"]);
    // Whoever logs in by WeChat has none.
    change(&shop.sales, PASSWORD, NEW).await.problem(403, "forbidden");
    change(&shop.nobody, PASSWORD, NEW).await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn whoever_has_an_app_shows_it_before_the_password_changes() {
    let shop = Shop::new().await;
    let mut operator = shop.operator().await;
    let client = operator.enrol(&shop).await;
    // A login that waits for its second factor was begun with the old password.
    let waiting = operator.challenge(&shop).await;
    let refused = change(&client, PASSWORD, NEW).await.problem(403, "step_up_required");
    assert_eq!(refused["methods"], json!(["totp"]));
    let challenge = client.post("/auth/step-up/challenge", json!({ "method": "totp" })).await.ok();
    shop.advance(chrono::Duration::seconds(30)).await;
    let code = shop.totp(operator.secret.as_ref().expect("a secret"));
    let proof = json!({ "challenge": challenge["challenge"], "code": code });
    let client = client.holding(&client.post("/auth/step-up", proof).await.ok());
    assert_eq!(change(&client, PASSWORD, NEW).await.status, 204);
    let second = json!({ "challenge": waiting, "recovery_code": operator.recovery_codes[0] });
    shop.nobody.post("/auth/password/second", second).await.problem(401, "challenge_invalid");
}

#[actix_web::test]
async fn of_two_changes_at_once_one_holds() {
    let shop = Shop::new().await;
    let operator = shop.operator().await;
    let client = operator.log_in(&shop).await;
    let others = ["a password of the first", "a password of the second"];
    let answers = futures::future::join_all(others.map(|new| change(&client, PASSWORD, new))).await;
    let changed = answers.iter().filter(|answer| answer.status == 204).count();
    assert_eq!(changed, 1, "{answers:?}");
    let mut good = Vec::new();
    for (answer, new) in answers.iter().zip(others) {
        let fits = log_in(&shop, &operator, new, "browser-1").await.status == 200;
        assert_eq!(fits, answer.status == 204, "{new}");
        good.extend(fits.then_some(new));
    }
    assert_eq!(good.len(), 1);
}

#[actix_web::test]
async fn a_suspended_colleague_does_not_get_in_with_a_password() {
    let shop = Shop::new().await;
    let operator = shop.operator().await;
    let client = operator.log_in(&shop).await;
    let id = text(&client.get("/auth/me").await.ok()["staff"]["id"]);
    shop.boss.post_at(&format!("/staff/{id}/suspend"), 1, json!({})).await.ok();
    log_in(&shop, &operator, PASSWORD, "browser-1").await.problem(403, "no_business_left");
    // Who guesses learns nothing of that.
    log_in(&shop, &operator, "wrong horse battery", "browser-1").await.problem(401, "login_refused");
    shop.boss.post_at(&format!("/staff/{id}/resume"), 2, json!({})).await.ok();
    log_in(&shop, &operator, PASSWORD, "browser-1").await.ok();
    // Who works nowhere yet may have been invited.
    let newcomer = shop.newcomer().await;
    let client = newcomer.log_in(&shop).await;
    assert_eq!(client.get("/auth/me").await.ok()["businesses"], json!([]));
    let ticket =
        shop.boss.post("/invitations", json!({ "role": "sales", "name": "何平" })).await.ok()["ticket"].clone();
    let accepted = json!({ "ticket": ticket, "name": "何平" });
    client.send(client.request(Method::POST, "/auth/invitation/accept").json(&accepted)).await.ok();
    assert_eq!(client.get("/auth/me").await.ok()["businesses"][0]["tenant_id"], json!(shop.tenant));
}

/// A removed colleague's password is a wrong one: to whoever tries it there is nothing to be seen.
#[actix_web::test]
async fn a_removed_colleague_is_answered_like_a_wrong_password() {
    let shop = Shop::new().await;
    let mut operator = shop.operator().await;
    let client = operator.enrol(&shop).await;
    let id = text(&client.get("/auth/me").await.ok()["staff"]["id"]);
    // As long as they work here the password leads on to the app.
    operator.challenge(&shop).await;
    assert_eq!(shop.boss.delete(&format!("/staff/{id}"), 1).await.status, 204);
    let seen = async |password: &str| {
        let mut body = log_in(&shop, &operator, password, "browser-1").await.problem(401, "login_refused");
        body["request_id"].take();
        body
    };
    assert_eq!(seen(PASSWORD).await, seen("wrong horse battery").await);
    // It counts as a failure, too.
    for _ in 0..shop.at.config().auth.attempts {
        log_in(&shop, &operator, PASSWORD, "browser-1").await;
    }
    assert_eq!(log_in(&shop, &operator, PASSWORD, "browser-1").await.status, 429);
}

#[actix_web::test]
async fn a_new_password_is_another_one() {
    let shop = Shop::new().await;
    let client = shop.operator().await.log_in(&shop).await;
    assert_eq!(change(&client, PASSWORD, PASSWORD).await.violations(), ["new: password_same"]);
    client.get("/today").await.ok();
}
