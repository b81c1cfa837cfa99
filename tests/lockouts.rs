//! Guessing: how long one has to wait, who has to wait, and who hears of it.

use crate::harness::{Answer, Operator, PASSWORD, Shop, an_address, mmdb, phone_number, text};
use chrono::Duration;
use serde_json::json;

fn wait(answer: &Answer) -> Option<u64> {
    let header = answer.headers.get("Retry-After")?.to_str().ok()?;
    header.parse().ok()
}

async fn strict() -> Shop {
    Shop::with(|config| config.auth.attempts = 3).await
}

async fn guess(shop: &Shop, operator: &Operator, device: &str) -> Answer {
    operator.password(&shop.nobody, "incorrect horse", device).await
}

#[actix_web::test]
async fn the_wait_doubles_with_every_failure_up_to_an_hour() {
    let shop = Shop::with(|config| config.auth.attempts = 10).await;
    let operator = shop.operator().await;
    for _ in 0..10 {
        guess(&shop, &operator, "device-of-a-thief").await.problem(401, "login_refused");
    }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        let tired = guess(&shop, &operator, "device-of-a-thief").await;
        assert_eq!(wait(&tired), Some(minutes * 60));
        tired.problem(429, "too_many_requests");
        shop.advance(Duration::minutes(i64::try_from(minutes).expect("small"))).await;
        guess(&shop, &operator, "device-of-a-thief").await.problem(401, "login_refused");
    }
    // The right password does not help while the wait lasts …
    operator.password(&shop.nobody, PASSWORD, "device-of-a-thief").await.problem(429, "too_many_requests");
    // … and opens afterwards, which forgets the account's failures.
    shop.advance(Duration::hours(1)).await;
    operator.password(&shop.nobody, PASSWORD, "device-of-a-thief").await.ok();
    guess(&shop, &operator, "another-device").await.problem(401, "login_refused");
}

#[actix_web::test]
async fn a_hundred_guesses_at_once_are_a_hundred_guesses() {
    let shop = strict().await;
    let operator = shop.operator().await;
    let answers = futures::future::join_all((0..20).map(|_| guess(&shop, &operator, "device-of-a-thief"))).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    assert!(looked_at <= 3, "{looked_at} guesses were looked at");
}

#[actix_web::test]
async fn a_stranger_s_guesses_do_not_lock_out_a_device_that_is_known() {
    let shop = strict().await;
    let operator = shop.operator().await;
    operator.password(&shop.nobody, PASSWORD, "browser-1").await.ok();
    for _ in 0..3 {
        guess(&shop, &operator, "device-of-a-thief").await.problem(401, "login_refused");
    }
    guess(&shop, &operator, "device-of-a-thief").await.problem(429, "too_many_requests");
    operator.password(&shop.nobody, PASSWORD, "browser-1").await.ok();
}

#[actix_web::test]
async fn an_address_that_tries_many_names_has_to_wait_too() {
    let shop = strict().await;
    let operator = shop.operator().await;
    let from = async |address: &str, name: &str| {
        let body = json!({ "name": name, "password": PASSWORD, "device": "browser-1" });
        let request = shop.nobody.request(reqwest::Method::POST, "/auth/password").json(&body);
        shop.nobody.send(request.header("X-Forwarded-For", address)).await.status
    };
    let own = phone_number();
    let thief = format!("2001:db8:{}:{}::1", &own[3..7], &own[7..11]);
    let mut statuses = Vec::new();
    for at in 0..14 {
        statuses.push(from(&thief, &format!("nobody-{own}-{at}")).await);
    }
    assert_eq!((&statuses[..12], &statuses[12..]), (&[401; 12][..], &[429; 2][..]));
    // A neighbour in the same /64 is the same customer of a provider; elsewhere is somebody else.
    assert_eq!(from(&thief.replace("::1", "::2"), &operator.name).await, 429);
    assert_eq!(from(&an_address(), &operator.name).await, 200);
    // A success does not forget what the address did.
    shop.advance(Duration::minutes(1)).await;
    assert_eq!(from(&thief, &operator.name).await, 200);
    assert_eq!(from(&thief, &format!("nobody-{own}")).await, 401);
    assert_eq!(from(&thief, &operator.name).await, 429);
}

#[actix_web::test]
async fn a_login_after_many_failures_is_in_the_inbox_of_the_boss_and_of_the_person() {
    let shop = Shop::new().await;
    let operator = shop.operator().await;
    for _ in 0..5 {
        guess(&shop, &operator, "device-of-a-thief").await.problem(401, "login_refused");
    }
    let client = shop.nobody.holding(&operator.password(&shop.nobody, PASSWORD, "device-of-a-thief").await.ok());
    shop.run_jobs().await;
    for reader in [&shop.boss, &client] {
        let inbox = reader.get("/inbox").await.ok();
        let item = &inbox["items"][0];
        assert_eq!(
            (&item["kind"], &item["title"]),
            (&json!("login_noticed"), &json!("运营 多次输错后登录成功")),
            "{inbox}"
        );
        assert!(text(&item["body"]).contains("办公室电脑"), "{item}");
    }
    assert_eq!(shop.sales.get("/inbox").await.ok()["items"], json!([]));
    let audit = shop.boss.get("/audit").await.ok();
    assert!(
        audit["items"].as_array().expect("items").iter().any(|entry| entry["action"] == "login_noticed"),
        "{audit}"
    );
}

#[actix_web::test]
async fn a_new_device_in_a_new_network_is_noticed_and_one_of_the_two_is_not() {
    let shop = Shop::new().await;
    let operator = shop.operator().await;
    let from = async |address: &str, device: &str| {
        let body = json!({ "name": operator.name, "password": PASSWORD, "device": device });
        let request = shop.nobody.request(reqwest::Method::POST, "/auth/password").json(&body);
        shop.nobody.send(request.header("X-Forwarded-For", address)).await.ok();
        shop.run_jobs().await;
        shop.boss.get("/inbox").await.ok()["unread"].as_i64()
    };
    assert_eq!(from("203.0.113.5", "browser-1").await, Some(0), "the first login ever");
    assert_eq!(from("203.0.113.77", "browser-2").await, Some(0), "a new device in the office");
    assert_eq!(from("198.51.100.1", "browser-1").await, Some(0), "the same device elsewhere");
    assert_eq!(from("192.0.2.1", "browser-3").await, Some(1), "both are new");
    let inbox = shop.boss.get("/inbox").await.ok();
    assert_eq!(inbox["items"][0]["title"], "运营 在新设备、新网络登录");
    assert!(text(&inbox["items"][0]["body"]).contains("192.0.2.0/24"), "{inbox}");
}

#[actix_web::test]
async fn a_login_unlike_the_others_of_who_runs_the_installation_is_on_its_record() {
    let shop = Shop::new().await;
    let caretaker = shop.caretaker().await;
    let from = async |address: &str, device: &str| {
        let body = json!({ "name": caretaker.name, "password": PASSWORD, "device": device });
        let request = shop.nobody.request(reqwest::Method::POST, "/auth/password").json(&body);
        shop.nobody.holding(&shop.nobody.send(request.header("X-Forwarded-For", address)).await.ok())
    };
    from("203.0.113.5", "browser-1").await;
    let client = from("192.0.2.1", "browser-2").await;
    let client = shop.vouch(&client).await;
    let entries = client.get("/operator/audit?action=login_noticed&resource=session&limit=100").await.ok();
    let entries: Vec<_> = entries["items"].as_array().expect("items").iter().collect();
    let theirs: Vec<_> = entries.into_iter().filter(|entry| entry["actor_name"] == caretaker.name.as_str()).collect();
    let [entry] = theirs.as_slice() else { panic!("{theirs:?}") };
    assert_eq!(entry["changes"], json!({ "reason": "new_place" }));
    assert_eq!(entry["address"], "192.0.2.1");
}

#[actix_web::test]
async fn a_leap_round_the_globe_is_noticed_and_a_flight_is_not() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let places = mmdb(&[([203, 0, 113], 30.27, 120.15), ([198, 51, 100], 51.51, -0.13)]);
    std::fs::write(file.path(), places).expect("written");
    let shop = Shop::with(|config| config.auth.ip_database = file.path().display().to_string()).await;
    let operator = shop.operator().await;
    let from = async |address: &str| {
        let body = json!({ "name": operator.name, "password": PASSWORD, "device": "browser-1" });
        let request = shop.nobody.request(reqwest::Method::POST, "/auth/password").json(&body);
        let session = shop.nobody.send(request.header("X-Forwarded-For", address)).await.ok();
        shop.run_jobs().await;
        shop.nobody.holding(&session).get("/inbox").await.ok()
    };
    assert_eq!(from("203.0.113.5").await["unread"], 0, "Hangzhou");
    shop.advance(Duration::hours(1)).await;
    let inbox = from("198.51.100.1").await;
    assert_eq!((&inbox["unread"], &inbox["items"][0]["title"]), (&json!(1), &json!("运营 在很远的地方登录")), "London");
    shop.advance(Duration::hours(13)).await;
    assert_eq!(from("203.0.113.5").await["unread"], 1, "a flight home");
    assert_eq!(from("192.0.2.1").await["unread"], 1, "nobody knows where that is");
}
