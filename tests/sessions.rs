//! The list of devices: what it shows, and how a session is ended from another one.

use crate::guards::database::open;
use crate::harness::{Answer, Client, PASSWORD, Shop, sim, text, unique_phone};
use chrono::Duration;
use migrations::{Migrator, MigratorTrait as _};
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

async fn sessions(client: &Client) -> Vec<Value> {
    client.get("/auth/sessions").await.ok()["items"].as_array().cloned().expect("items")
}

fn id(sessions: &[Value], current: bool) -> String {
    text(&sessions.iter().find(|session| session["current"] == current).expect("a session")["id"])
}

async fn log_in_from(shop: &Shop, phone: &str, device: &str, label: Option<&str>) -> Client {
    let login = sim("POST", &format!("/phone/{phone}/login"), json!({ "appid": shop.appid() })).await;
    let mut body = json!({ "code": login["code"], "device": device });
    if let Some(label) = label {
        body["label"] = json!(label);
    }
    shop.nobody.holding(&shop.nobody.post("/auth/wechat", body).await.ok()).of_phone(phone)
}

#[actix_web::test]
async fn one_sees_where_one_is_signed_in() {
    let shop = Shop::new().await;
    let phone = unique_phone();
    let old = log_in_from(&shop, &phone, "device-old", None).await;
    shop.advance(Duration::minutes(10)).await;
    let new = log_in_from(&shop, &phone, "device-new", Some("林静的 iPhone")).await;
    let list = sessions(&new).await;
    assert_eq!(list.len(), 2);
    assert_eq!((&list[0]["label"], &list[0]["current"]), (&json!("林静的 iPhone"), &json!(true)));
    assert_eq!((&list[1]["label"], &list[1]["current"]), (&json!(null), &json!(false)));
    assert!(list.iter().all(|row| text(&row["network"]).starts_with("10.") && row["method"] == "wechat"), "{list:?}");
    assert!(list.iter().all(|row| row["used_at"] == row["created_at"]), "{list:?}");
    // Nobody else's.
    assert_eq!(sessions(&shop.sales).await.len(), 1);
    drop(old);
}

#[actix_web::test]
async fn the_last_use_is_written_down_every_five_minutes_at_most() {
    let shop = Shop::new().await;
    let phone = unique_phone();
    let (one, two) =
        (log_in_from(&shop, &phone, "device-1", None).await, log_in_from(&shop, &phone, "device-2", None).await);
    let used = async || {
        let list = sessions(&two).await;
        text(&list.iter().find(|row| row["current"] == false).expect("the other")["used_at"])
    };
    let begun = used().await;
    shop.advance(Duration::seconds(299)).await;
    one.get("/auth/me").await.ok();
    assert_eq!(used().await, begun);
    shop.advance(Duration::seconds(4)).await;
    one.get("/auth/me").await.ok();
    assert_ne!(used().await, begun);
    one.get("/auth/me").await.ok();
    let (statements, _) = shop.statements(one.get("/auth/me")).await;
    shop.advance(Duration::seconds(2)).await;
    assert_eq!(shop.statements(one.get("/auth/me")).await.0, statements);
}

#[actix_web::test]
async fn a_session_is_ended_from_another_one() {
    let shop = Shop::new().await;
    let phone = unique_phone();
    let lost = log_in_from(&shop, &phone, "device-lost", None).await;
    let held = log_in_from(&shop, &phone, "device-held", None).await;
    let there = id(&sessions(&held).await, false);
    // A stranger cannot.
    shop.boss
        .send(shop.boss.request(reqwest::Method::DELETE, &format!("/auth/sessions/{there}")))
        .await
        .problem(404, "not_found");
    let end = held.request(reqwest::Method::DELETE, &format!("/auth/sessions/{there}"));
    assert_eq!(held.send(end).await.status, 204);
    lost.get("/auth/me").await.problem(401, "token_expired");
    let again = json!({ "refresh_token": lost.refresh_token, "device": "device-lost" });
    shop.nobody.post("/auth/refresh", again).await.problem(401, "refresh_invalid");
    assert_eq!(sessions(&held).await.len(), 1);
    let again = held.request(reqwest::Method::DELETE, &format!("/auth/sessions/{there}"));
    held.send(again).await.problem(404, "not_found");
}

#[actix_web::test]
async fn all_other_sessions_end_at_once() {
    let shop = Shop::new().await;
    let phone = unique_phone();
    let mut others = Vec::new();
    for device in 0..4 {
        others.push(log_in_from(&shop, &phone, &format!("device-{device}"), None).await);
    }
    let here = others.pop().expect("the last");
    assert_eq!(here.post("/auth/sessions/revoke-all", json!({})).await.status, 204);
    for other in others {
        other.get("/auth/me").await.problem(401, "token_expired");
    }
    here.get("/auth/me").await.ok();
    shop.boss.get("/auth/me").await.ok();
}

#[actix_web::test]
async fn a_wiped_device_is_told_so_at_its_next_contact() {
    let shop = Shop::new().await;
    let phone = unique_phone();
    let lost = log_in_from(&shop, &phone, "device-lost", None).await;
    let held = log_in_from(&shop, &phone, "device-held", None).await;
    let there = id(&sessions(&held).await, false);
    lost.get("/auth/me").await.ok();
    assert_eq!(held.post(&format!("/auth/sessions/{there}/wipe"), json!({})).await.status, 204);
    lost.get("/auth/me").await.problem(401, "wiped");
    // Also when its access token has long expired, by the refresh token that it still holds.
    let again = json!({ "refresh_token": lost.refresh_token, "device": "device-lost" });
    shop.nobody.post("/auth/refresh", again).await.problem(401, "wiped");
    assert_eq!(sessions(&held).await.len(), 1);
}

/// What a phone of the simulator does when its session is refused: it logs in at WeChat without asking anybody.
async fn back(shop: &Shop, of: &Client) -> Answer {
    shop.advance(Duration::seconds(1)).await;
    let phone = of.phone.clone().expect("a phone");
    let login = sim("POST", &format!("/phone/{phone}/login"), json!({ "appid": shop.appid() })).await;
    let body = json!({ "code": login["code"], "device": format!("device-{phone}") });
    shop.nobody.post("/auth/wechat", body).await
}

#[actix_web::test]
async fn a_phone_whose_session_was_ended_is_not_back_at_work_by_itself() {
    let shop = Shop::new().await;
    let phone = shop.sales.phone.clone().expect("a phone");
    let device = format!("device-{phone}");
    // Whatever ends by itself is where it was: one logs out, and in again.
    shop.sales.post("/auth/logout", json!({})).await;
    let here = back(&shop, &shop.sales).await.ok();
    assert_eq!((&here["me"]["side"], here.get("left")), (&json!("staff"), None));
    let here = shop.nobody.holding(&here);
    let path = format!("/staff/{}/sessions", shop.sales_id);
    let listed = shop.boss.get(&path).await.ok();
    let there = text(&listed["items"][0]["id"]);
    assert_eq!(shop.boss.send(shop.boss.request(Method::DELETE, &format!("{path}/{there}"))).await.status, 204);
    here.get("/customers").await.problem(401, "token_expired");
    for _ in 0..2 {
        let again = back(&shop, &shop.sales).await.ok();
        assert_eq!((&again["me"]["side"], &again["left"]["why"]), (&json!("customer"), &json!("signed_out")));
        let held = shop.nobody.holding(&again);
        held.get("/customers").await.problem(403, "side_wrong");
        let renewed = json!({ "refresh_token": held.refresh_token, "device": device });
        let renewed = shop.nobody.post("/auth/refresh", renewed).await.ok();
        assert_eq!(renewed["me"]["side"], "customer");
    }
    let told = async || {
        shop.run_jobs().await;
        let inbox = shop.boss.get("/inbox").await.ok();
        let items = inbox["items"].as_array().cloned().expect("items");
        items.iter().filter(|item| item["title"] == "陈晓 在已下线的设备上重新进入员工端").count()
    };
    assert_eq!(told().await, 0);
    // It is chosen on the phone, and those who should know hear of it, once.
    let held = shop.nobody.holding(&back(&shop, &shop.sales).await.ok());
    let chosen = held.act_in(shop.tenant).await;
    chosen.get("/customers").await.ok();
    assert_eq!(told().await, 1);
    let renewed = json!({ "refresh_token": held.refresh_token, "device": device });
    assert_eq!(shop.nobody.post("/auth/refresh", renewed).await.ok()["me"]["side"], "staff");
    assert_eq!(back(&shop, &shop.sales).await.ok()["me"]["side"], "staff");
    chosen.act_in(shop.tenant).await;
    assert_eq!(told().await, 1);
    // Another phone of the same person was never held back.
    let other = log_in_from(&shop, &phone, "device-other", None).await;
    assert_eq!(other.post("/auth/sessions/revoke-all", json!({})).await.status, 204);
    assert_eq!(back(&shop, &shop.sales).await.ok()["me"]["side"], "customer");
    other.get("/customers").await.ok();
}

#[actix_web::test]
async fn a_device_may_be_wiped_after_its_session_was_ended() {
    let shop = Shop::new().await;
    let listed = shop.boss.get(&format!("/staff/{}/sessions", shop.sales_id)).await.ok();
    let path = format!("/staff/{}/sessions/{}", shop.sales_id, text(&listed["items"][0]["id"]));
    assert_eq!(shop.boss.send(shop.boss.request(Method::DELETE, &path)).await.status, 204);
    assert_eq!(shop.boss.post(&format!("{path}/wipe"), json!({})).await.status, 204);
    // However it makes itself heard.
    let device = format!("device-{}", shop.sales.phone.clone().expect("a phone"));
    let refresh = json!({ "refresh_token": shop.sales.refresh_token, "device": device });
    shop.nobody.post("/auth/refresh", refresh).await.problem(401, "wiped");
    back(&shop, &shop.sales).await.problem(401, "wiped");
    shop.boss.post(&format!("{path}/wipe"), json!({})).await.problem(404, "not_found");
    shop.boss.send(shop.boss.request(Method::DELETE, &path)).await.problem(404, "not_found");
    // It forgot its name with everything else, and is not at work by itself under another one either.
    let phone = shop.sales.phone.clone().expect("a phone");
    let anew = log_in_from(&shop, &phone, "device-anew", None).await;
    anew.get("/customers").await.problem(403, "side_wrong");
    anew.act_in(shop.tenant).await.get("/customers").await.ok();
}

#[actix_web::test]
async fn whoever_ended_a_session_first_finds_its_device_and_wipes_whatever_login_it_has_now() {
    let shop = Shop::new().await;
    let path = format!("/staff/{}/sessions", shop.sales_id);
    let first = text(&shop.boss.get(&path).await.ok()["items"][0]["id"]);
    for _ in 0..2 {
        let listed = shop.boss.get(&path).await.ok();
        let now = text(&listed["items"][0]["id"]);
        assert_eq!(listed["items"][0]["ended"], false, "{listed}");
        assert_eq!(shop.boss.send(shop.boss.request(Method::DELETE, &format!("{path}/{now}"))).await.status, 204);
        let listed = shop.boss.get(&path).await.ok();
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "one device: {listed}");
        assert_eq!((&listed["items"][0]["ended"], &listed["items"][0]["id"]), (&json!(true), &json!(now)));
        // Somebody who holds the phone is let in again, once.
        if now == first {
            let again = back(&shop, &shop.sales).await.ok();
            let again = shop.sales.holding(&again).act_in(shop.tenant).await;
            again.get("/customers").await.ok();
        }
    }
    // It is back, on the customer side.
    let held = shop.sales.holding(&back(&shop, &shop.sales).await.ok());
    held.get("/auth/me").await.ok();
    let listed = shop.boss.get(&path).await.ok();
    let ended = text(&listed["items"][0]["id"]);
    assert_eq!(shop.boss.post(&format!("{path}/{ended}/wipe"), json!({})).await.status, 204);
    held.get("/auth/me").await.problem(401, "wiped");
    assert_eq!(shop.boss.get(&path).await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn a_password_session_is_called_what_it_says_or_what_its_program_is() {
    let shop = Shop::new().await;
    let operator = shop.operator().await;
    let log_in = async |device: &str, label: Option<&str>, agent: Option<&str>| {
        let body = json!({ "name": operator.name, "password": PASSWORD, "device": device, "label": label });
        let request = shop.nobody.request(Method::POST, "/auth/password").json(&body);
        let request = match agent {
            Some(agent) => request.header("User-Agent", agent),
            None => request,
        };
        let client = shop.nobody.holding(&shop.nobody.send(request).await.ok());
        let list = sessions(&client).await;
        list.into_iter().find(|session| session["current"] == true).expect("a session")["label"].clone()
    };
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    assert_eq!(log_in("browser-1", None, Some(firefox)).await, "Firefox 140 · Linux");
    assert_eq!(log_in("browser-2", None, Some("curl/8.5.0")).await, "curl 8.5");
    assert_eq!(log_in("browser-3", Some("对账脚本"), Some("curl/8.5.0")).await, "对账脚本");
    assert_eq!(log_in("browser-4", None, None).await, Value::Null);
    let long = log_in("browser-5", None, Some(&"a".repeat(900))).await;
    assert_eq!(long, "a".repeat(50));
}

#[actix_web::test]
async fn a_boss_ends_the_login_of_a_colleague_once_and_it_is_on_the_record_once() {
    let shop = Shop::new().await;
    let path = format!("/staff/{}/sessions", shop.sales_id);
    let listed = shop.boss.get(&path).await.ok();
    let [session] = listed["items"].as_array().expect("items").as_slice() else { panic!("{listed}") };
    let there = session["id"].as_str().expect("an id");
    shop.sales.get("/customers").await.ok();
    shop.rival.get(&path).await.problem(403, "forbidden");
    let wipe = format!("{path}/{there}/wipe");
    shop.rival.post(&wipe, json!({})).await.problem(403, "forbidden");
    // Another's login is none of this colleague's.
    shop.boss
        .post(&format!("/staff/{}/sessions/{there}/wipe", shop.rival_id), json!({}))
        .await
        .problem(404, "not_found");
    assert_eq!(shop.boss.post(&wipe, json!({})).await.status, 204);
    shop.sales.get("/customers").await.problem(401, "wiped");
    let again = shop.boss.request(reqwest::Method::DELETE, &format!("{path}/{there}"));
    shop.boss.send(again).await.problem(404, "not_found");
    let entries = shop.boss.get(&format!("/audit?resource_id={there}")).await.ok();
    let done: Vec<_> =
        entries["items"].as_array().expect("items").iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(done.iter().filter(|action| **action == "wipe").count(), 1, "{done:?}");
    assert!(!done.contains(&json!("revoke")), "{done:?}");
}

/// A session's device may have had several: whichever was ended last, the device is let in whole.
#[actix_web::test]
async fn whoever_chooses_the_staff_side_on_a_device_lets_all_of_it_in() {
    let shop = Shop::new().await;
    let path = format!("/staff/{}/sessions", shop.sales_id);
    let listed = shop.boss.get(&path).await.ok();
    let there = text(&listed["items"][0]["id"]);
    assert_eq!(shop.boss.send(shop.boss.request(Method::DELETE, &format!("{path}/{there}"))).await.status, 204);
    // The session that was ended and the one after it on the device are both kept out; the latter chooses.
    let held = shop.nobody.holding(&back(&shop, &shop.sales).await.ok());
    held.get("/customers").await.problem(403, "side_wrong");
    held.act_in(shop.tenant).await.get("/customers").await.ok();
    // A device that nobody knows stays out as long as any session of the person does.
    let phone = shop.sales.phone.clone().expect("a phone");
    log_in_from(&shop, &phone, "device-new", None).await.get("/customers").await.ok();
}

#[actix_web::test]
async fn whoever_was_signed_in_before_that_was_noted_is_listed_where_they_work() {
    let shop = Shop::alone().await;
    let sessions = format!("/staff/{}/sessions", shop.sales_id);
    let before = shop.boss.get(&sessions).await.ok();
    assert_eq!(before["items"].as_array().map(Vec::len), Some(1), "{before}");
    let db = open(&shop).await;
    for undone in ["DROP TABLE session_tenants", "DELETE FROM seaql_migrations WHERE version = 'm0097_session_tenants'"]
    {
        db.execute_unprepared(undone).await.expect("as it was");
    }
    Migrator::up(&db, None).await.expect("migrated");
    assert_eq!(shop.boss.get(&sessions).await.ok()["items"], before["items"]);
}
