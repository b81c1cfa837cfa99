//! Accounts and sessions: logging in, staying logged in, and no longer being allowed to.

use crate::harness::{Answer, Client, Shop, phone_number, sim, text, unique_phone};
use api::{Clock, Installation, Running, System};
use chrono::Duration;
use domain::permission::Role;
use domain::phone::Phone;
use reqwest::Method;
use serde_json::{Value, json};

fn device(client: &Client) -> String {
    format!("device-{}", client.phone.clone().unwrap_or_default())
}

async fn refresh(client: &Client) -> Answer {
    refresh_on(client, &device(client)).await
}

async fn refresh_on(client: &Client, device: &str) -> Answer {
    client.post("/auth/refresh", json!({ "refresh_token": client.refresh_token, "device": device })).await
}

/// The session is over: neither token opens anything.
async fn assert_over(client: &Client) {
    client.get("/auth/me").await.problem(401, "token_expired");
    refresh(client).await.problem(401, "refresh_invalid");
}

fn anonymous(answer: Answer, status: u16, code: &str) -> Value {
    let mut body = answer.problem(status, code);
    body.as_object_mut().expect("an object").remove("request_id");
    body
}

#[actix_web::test]
async fn a_refresh_gives_new_tokens_and_stays_where_one_was() {
    let shop = Shop::new().await;
    let session = refresh(&shop.sales).await.ok();
    let renewed = shop.sales.holding(&session);
    assert_ne!(renewed.refresh_token, shop.sales.refresh_token);
    assert_eq!((&session["me"]["side"], &session["me"]["tenant_id"]), (&json!("staff"), &json!(shop.tenant)));
    assert_eq!((&session["me"]["staff"]["name"], &session["expires_in"]), (&json!("陈晓"), &json!(900)));
    renewed.get("/today").await.ok();
    refresh(&renewed).await.ok();
}

#[actix_web::test]
async fn a_lost_answer_may_be_asked_for_again_for_a_minute() {
    let shop = Shop::new().await;
    let first = refresh(&shop.sales).await.ok();
    shop.advance(Duration::seconds(60)).await;
    let again = refresh(&shop.sales).await.ok();
    assert_eq!(first["refresh_token"], again["refresh_token"]);
    refresh(&shop.sales.holding(&again)).await.ok();
}

#[actix_web::test]
async fn a_phone_that_asks_five_times_at_once_gets_one_successor() {
    let shop = Shop::new().await;
    let answers = futures::future::join_all((0..5).map(|_| refresh(&shop.sales))).await;
    let mut successors: Vec<Value> = Vec::new();
    for answer in answers {
        if answer.status == 409 {
            answer.problem(409, "in_progress");
        } else {
            successors.push(answer.ok()["refresh_token"].clone());
        }
    }
    assert!(!successors.is_empty() && successors.iter().all(|token| *token == successors[0]), "{successors:?}");
    shop.sales.get("/today").await.ok();
    assert_eq!(refresh(&shop.sales).await.ok()["refresh_token"], successors[0]);
}

#[actix_web::test]
async fn a_refresh_token_used_again_later_ends_the_session_for_both_who_hold_it() {
    let shop = Shop::new().await;
    let renewed = shop.sales.holding(&refresh(&shop.sales).await.ok());
    renewed.get("/today").await.ok();
    shop.advance(Duration::seconds(61)).await;
    refresh(&shop.sales).await.problem(401, "refresh_invalid");
    assert_over(&shop.sales).await;
    assert_over(&renewed).await;
    // Her other phone is another session.
    shop.log_in_again(&shop.sales).await.get("/auth/me").await.ok();
}

#[actix_web::test]
async fn a_refresh_token_on_another_device_ends_the_session() {
    let shop = Shop::new().await;
    let (mut used, unused) = (shop.sales.clone(), shop.rival.clone());
    used = used.holding(&refresh(&used).await.ok());
    // Right after the exchange, where the same device would have got the successor …
    refresh_on(&shop.sales, "device-of-a-thief").await.problem(401, "refresh_invalid");
    assert_over(&used).await;
    // … and before any.
    refresh_on(&unused, "device-of-a-thief").await.problem(401, "refresh_invalid");
    assert_over(&unused).await;
}

#[actix_web::test]
async fn rubbish_ends_nobody_s_session() {
    let shop = Shop::new().await;
    let mut guess = shop.sales.clone();
    guess.refresh_token = Some("A".repeat(43));
    refresh(&guess).await.problem(401, "refresh_invalid");
    refresh(&shop.sales).await.ok();
    for token in ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIwIn0."] {
        shop.nobody.with_token(token).get("/auth/me").await.problem(401, "unauthenticated");
    }
    // A token whose last character was turned.
    let token = shop.sales.token.clone().unwrap_or_default();
    let (head, tail) = token.split_at(token.len() - 4);
    let forged = format!("{head}{}", tail.chars().rev().collect::<String>());
    shop.nobody.with_token(&forged).get("/auth/me").await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn a_restart_logs_nobody_out() {
    let shop = Shop::new().await;
    let clock = Clock::fixed(shop.at.clock().now());
    let restarted = Installation::open(shop.at.config().clone(), clock).await.expect("opens");
    let Running { address, handle, server } = api::listen(&restarted).expect("listens");
    actix_web::rt::spawn(server);
    let there = Client::new(&format!("http://{address}"));
    let token = shop.sales.token.clone().unwrap_or_default();
    there.with_token(&token).get("/today").await.ok();
    let body = json!({ "refresh_token": shop.sales.refresh_token, "device": device(&shop.sales) });
    there.post("/auth/refresh", body).await.ok();
    handle.stop(false).await;
    restarted.close().await;
}

#[actix_web::test]
async fn logging_out_ends_the_session_at_once() {
    let shop = Shop::new().await;
    shop.sales.get("/auth/me").await.ok();
    assert_eq!(shop.sales.post("/auth/logout", json!({})).await.status, 204);
    assert_over(&shop.sales).await;
    shop.boss.get("/auth/me").await.ok();
}

#[actix_web::test]
async fn an_access_token_ends_by_the_clock_and_an_unused_session_after_sixty_days() {
    let shop = Shop::new().await;
    shop.advance(Duration::seconds(899)).await;
    shop.sales.get("/auth/me").await.ok();
    shop.advance(Duration::seconds(1)).await;
    shop.sales.get("/auth/me").await.problem(401, "token_expired");
    // Used within sixty days it goes on, again and again.
    let mut client = shop.sales.clone();
    for _ in 0..2 {
        shop.advance(Duration::days(59)).await;
        client = client.holding(&refresh(&client).await.ok());
    }
    shop.advance(Duration::days(60)).await;
    refresh(&client).await.problem(401, "refresh_invalid");
}

#[actix_web::test]
async fn another_role_takes_effect_with_the_next_request() {
    let shop = Shop::new().await;
    let group = json!({ "name": "来源" });
    shop.sales.post("/tag-groups", group.clone()).await.problem(403, "forbidden");
    System::new(&shop.at).set_role(shop.tenant, shop.sales_id, Some(Role::Boss)).await.expect("a role");
    shop.sales.get("/today").await.problem(401, "token_expired");
    let session = refresh(&shop.sales).await.ok();
    assert_eq!(session["me"]["staff"]["role"], "boss");
    shop.sales.holding(&session).post("/tag-groups", group).await.ok();
}

#[actix_web::test]
async fn somebody_suspended_is_a_customer_from_the_next_request_on() {
    let shop = Shop::new().await;
    let system = System::new(&shop.at);
    shop.sales.get("/today").await.ok();
    system.set_role(shop.tenant, shop.sales_id, None).await.expect("suspended");
    shop.sales.get("/today").await.problem(401, "token_expired");
    let session = refresh(&shop.sales).await.ok();
    assert_eq!((&session["me"]["side"], &session["me"]["businesses"]), (&json!("customer"), &json!([])));
    assert_eq!((&session["me"]["permissions"], &session["me"]["tenant_id"]), (&json!([]), &json!(null)));
    // She is told why she is not where she was.
    let left = json!({ "tenant_id": shop.tenant, "business": "山月茶行", "why": "suspended" });
    assert_eq!(session["left"], left);
    let now = shop.sales.holding(&session);
    now.get("/today").await.problem(403, "side_wrong");
    let back = json!({ "side": "staff", "tenant_id": shop.tenant });
    now.post("/auth/switch", back.clone()).await.problem(404, "not_found");
    // A role again, and she is back.
    system.set_role(shop.tenant, shop.sales_id, Some(Role::Sales)).await.expect("a role");
    let again = now.holding(&now.post("/auth/switch", back).await.ok());
    again.get("/today").await.ok();
}

#[actix_web::test]
async fn a_session_says_why_one_is_not_where_one_was_and_only_then() {
    let shop = Shop::new().await;
    let why = async |client: &Client| {
        let session = refresh(client).await.ok();
        (client.holding(&session), session["left"]["why"].clone())
    };
    let (sales, said) = why(&shop.sales).await;
    assert_eq!(said, json!(null), "she works here");
    let staff = shop.boss.get("/staff").await.ok();
    let staff = staff["items"].as_array().expect("staff");
    let version = |id: uuid::Uuid| staff.iter().find(|one| one["id"] == json!(id)).expect("there")["version"].clone();
    let rival = version(shop.rival_id).as_i64().expect("a version");
    shop.boss.delete(&format!("/staff/{}", shop.rival_id), rival).await;
    assert_eq!(why(&shop.rival).await.1, json!("removed"));
    let caretaker = shop.vouch(&shop.caretaker().await.log_in(&shop).await).await;
    let path = format!("/operator/tenants/{}", shop.tenant);
    let version = caretaker.get(&path).await.ok()["version"].as_i64().expect("a version");
    caretaker.patch(&path, version, json!({ "suspended": true })).await.ok();
    let (sales, said) = why(&sales).await;
    assert_eq!(said, json!("business_suspended"));
    caretaker.patch(&path, version + 1, json!({ "suspended": false })).await.ok();
    let (sales, said) = why(&sales).await;
    assert_eq!(said, json!(null));
    // Who went over to the customer side by themselves has left nothing.
    let own = sales.post("/auth/switch", json!({ "side": "customer" })).await.ok();
    assert_eq!((&own["me"]["side"], why(&sales.holding(&own)).await.1), (&json!("customer"), json!(null)));
}

#[actix_web::test]
async fn one_person_is_staff_in_two_businesses_and_a_customer_of_a_third() {
    let shop = Shop::new().await;
    let number = phone_number();
    let (second, second_boss) = shop.neighbour().await;
    let (third, third_boss) = shop.neighbour().await;
    let phone = Phone::parse(&number).expect("a phone");
    let system = System::new(&shop.at);
    system.create_staff(shop.tenant, "何平", Role::Sales, Some(&phone), None).await.expect("staff");
    system.create_staff(second, "何平", Role::Boss, Some(&phone), None).await.expect("staff");
    let customer = third_boss.post("/customers", json!({ "name": "何平" })).await.ok();
    let order = json!({ "customer_id": customer["id"], "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": 100 }],
        "receiver": "何平", "phone": number, "address": "杭州市" });
    third_boss.post("/orders", order).await.ok();

    // Proving the phone makes one staff, but does not choose.
    let person = shop.customer(&number).await;
    let me = person.get("/auth/me").await.ok();
    assert_eq!((&me["side"], me["businesses"].as_array().map(Vec::len)), (&json!("customer"), Some(2)));
    assert_eq!(person.get("/me/orders").await.ok()["items"][0]["tenant_id"], third);

    let here = person.act_in(shop.tenant).await;
    let there = person.act_in(second).await;
    here.post("/customers", json!({ "name": "张三" })).await.ok();
    assert_eq!(there.get("/customers").await.ok()["items"], json!([]));
    assert_eq!(second_boss.get("/customers").await.ok()["items"], json!([]));
    here.post("/tag-groups", json!({ "name": "来源" })).await.problem(403, "forbidden");
    there.post("/tag-groups", json!({ "name": "来源" })).await.ok();
    person.post("/auth/switch", json!({ "side": "staff", "tenant_id": third })).await.problem(404, "not_found");
    assert_eq!(
        person.post("/auth/switch", json!({ "side": "staff" })).await.violations(),
        ["tenant_id: tenant_missing"]
    );
    // Where one was last is where one is next time.
    assert_eq!(shop.log_in_again(&person).await.get("/auth/me").await.ok()["tenant_id"], second);
    person.post("/auth/switch", json!({ "side": "customer" })).await.ok();
    assert_eq!(shop.log_in_again(&person).await.get("/auth/me").await.ok()["side"], "customer");
}

#[actix_web::test]
async fn people_who_come_at_the_same_moment_do_not_stand_in_each_other_s_way() {
    let shop = Shop::new().await;
    let numbers: Vec<String> = (0..24).map(|_| phone_number()).collect();
    let customer = shop.customer_named("沈怡").await;
    // Each logs in for the first time, proves a phone and gets an order, all at once.
    let people = futures::future::join_all(numbers.iter().map(|number| shop.customer(number))).await;
    let orders = numbers.iter().map(|number| {
        let body = json!({ "customer_id": customer, "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": 100 }],
            "receiver": "沈怡", "phone": number, "address": "杭州市" });
        shop.sales.post("/orders", body)
    });
    let orders: Vec<Value> = futures::future::join_all(orders).await.into_iter().map(Answer::ok).collect();
    let codes = orders.iter().map(|order| format!("/orders/{}/receipt-code", text(&order["id"])));
    let codes: Vec<String> = codes.collect();
    for code in futures::future::join_all(codes.iter().map(|path| shop.sales.post(path, json!({})))).await {
        code.ok();
    }
    for (person, order) in people.iter().zip(&orders) {
        assert_eq!(person.get("/me/orders").await.ok()["items"][0]["id"], order["id"]);
    }
}

#[actix_web::test]
async fn an_operator_logs_in_with_a_password() {
    let shop = Shop::new().await;
    let (name, password) = (format!("operator-{}", phone_number()), "correct horse battery");
    let system = System::new(&shop.at);
    let account = system.create_operator(&name, api::hash_password(password).expect("a hash")).await.expect("made");
    system.create_staff(shop.tenant, "运营", Role::Boss, None, Some(account)).await.expect("staff");
    let login = async |name: &str, password: &str| {
        shop.nobody.post("/auth/password", json!({ "name": name, "password": password, "device": "browser-1" })).await
    };
    let session = login(&name, password).await.ok();
    assert_eq!((&session["me"]["side"], &session["me"]["tenant_id"]), (&json!("staff"), &json!(shop.tenant)));
    shop.nobody.holding(&session).get("/customers").await.ok();

    let wrong = anonymous(login(&name, "incorrect horse").await, 401, "login_refused");
    assert_eq!(anonymous(login("nobody-of-that-name", password).await, 401, "login_refused"), wrong);
    // A password is taken as it is typed: blanks and all.
    login(&name, &format!(" {password} ")).await.problem(401, "login_refused");
    assert!(shop.readable_at_rest(&[password]).await.is_empty());
}

#[actix_web::test]
async fn a_password_cannot_be_guessed_for_long() {
    let shop = Shop::with(|config| config.auth.attempts = 3).await;
    let (name, password) = (format!("operator-{}", phone_number()), "correct horse battery");
    let hash = api::hash_password(password).expect("a hash");
    System::new(&shop.at).create_operator(&name, hash).await.expect("made");
    let login = async |name: &str, password: &str| {
        shop.nobody.post("/auth/password", json!({ "name": name, "password": password, "device": "browser-1" })).await
    };
    for _ in 0..3 {
        login(&name, "incorrect horse").await.problem(401, "login_refused");
    }
    let tired = login(&name, password).await;
    assert_eq!(tired.headers.get("Retry-After").and_then(|value| value.to_str().ok()), Some("60"));
    tired.problem(429, "too_many_requests");
}

#[actix_web::test]
async fn the_session_key_never_leaves_the_server() {
    let shop = Shop::new().await;
    shop.configure(json!({ "rotate_session_key": false })).await;
    let phone = unique_phone();
    let login_code =
        async || sim("POST", &format!("/phone/{phone}/login"), json!({ "appid": shop.appid() })).await["code"].clone();
    let body = json!({ "code": login_code().await, "device": "device-of-the-test" });
    let session = shop.nobody.post("/auth/wechat", body).await.ok();
    let client = shop.nobody.holding(&session).of_phone(&phone);
    let answers = [
        session,
        client.get("/auth/me").await.ok(),
        refresh_on(&client, "device-of-the-test").await.ok(),
        client.post("/auth/switch", json!({ "side": "customer" })).await.ok(),
        client.get("/me/orders").await.ok(),
    ];
    let path = format!(
        "/sns/jscode2session?appid={}&secret={}&js_code={}&grant_type=authorization_code",
        shop.appid(),
        text(&shop.app["secret"]),
        text(&login_code().await)
    );
    let (asked, again) =
        (sim("GET", &path, json!({})).await, path.rsplit_once("js_code=").map(|(head, _)| head.to_owned()));
    let key = text(&asked["session_key"]);
    let path =
        format!("{}js_code={}&grant_type=authorization_code", again.unwrap_or_default(), text(&login_code().await));
    assert_eq!(sim("GET", &path, json!({})).await["session_key"], key, "it is the one that the server got");
    for answer in &answers {
        assert!(!answer.to_string().contains(&key) && !answer.to_string().contains("session_key"), "{answer}");
        assert!(!answer.to_string().contains(&text(&asked["openid"])), "{answer}");
    }
    let (token, refresh_token) = (client.token.unwrap_or_default(), client.refresh_token.unwrap_or_default());
    assert!(shop.readable_at_rest(&[&key, &token, &refresh_token]).await.is_empty());
}

#[actix_web::test]
async fn a_phone_without_patch_says_it_in_a_header_of_a_post_only() {
    let shop = Shop::new().await;
    let made = shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    let path = format!("/customers/{}", text(&made["id"]));
    let send = async |method: Method, header: &str| {
        let request = shop.sales.request(method, &path).header("X-HTTP-Method-Override", header);
        shop.sales.send(request.header("If-Match", "\"1\"").json(&json!({ "name": "李四" }))).await
    };
    send(Method::POST, "DELETE").await.problem(404, "not_found");
    send(Method::PUT, "PATCH").await.problem(404, "not_found");
    send(Method::POST, "patch").await.problem(404, "not_found");
    assert_eq!(send(Method::GET, "PATCH").await.ok()["name"], "张三");
    assert_eq!(send(Method::POST, "PATCH").await.ok()["name"], "李四");
    // A DELETE stays one.
    let request = shop.boss.request(Method::DELETE, &path).header("X-HTTP-Method-Override", "PATCH");
    assert_eq!(shop.boss.send(request.header("If-Match", "\"2\"")).await.status, 204);
}

#[actix_web::test]
async fn no_tenant_can_be_chosen_by_a_header() {
    let shop = Shop::new().await;
    let (other, _) = shop.neighbour().await;
    shop.sales.post("/customers", json!({ "name": "张三" })).await.ok();
    for header in ["X-Tenant-Id", "X-Tenant", "Tenant-Id"] {
        let request = shop.sales.request(Method::GET, "/customers").header(header, other.to_string());
        assert_eq!(shop.sales.send(request).await.ok()["items"].as_array().map(Vec::len), Some(1));
    }
}
