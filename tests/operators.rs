//! Operators of the installation: what they see of a business and do to it, without being staff there.

use crate::guards::database::{count, open};
use crate::harness::{Client, Shop, phone_number, text};
use chrono::Duration;
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An operator before the second look and after it.
async fn operator(shop: &Shop) -> (Client, Client) {
    let seen = shop.caretaker().await.log_in(shop).await;
    let vouched = shop.vouch(&seen).await;
    (seen, vouched)
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().expect("rows").iter().map(|row| text(&row["id"])).collect()
}

#[actix_web::test]
async fn an_operator_sees_who_works_in_a_business_page_by_page_and_no_phone() {
    let shop = Shop::new().await;
    let (operator, _) = operator(&shop).await;
    let path = format!("/operator/tenants/{}/staff", shop.tenant);
    let first = operator.get(&format!("{path}?limit=2")).await.ok();
    // They were hired in one moment, so any of them may be first.
    let mut everybody = [shop.boss_id, shop.sales_id, shop.rival_id].map(|id| id.to_string());
    everybody.sort();
    assert_eq!(ids(&first), everybody[..2]);
    let rest = operator.get(&format!("{path}?limit=2&cursor={}", text(&first["next_cursor"]))).await.ok();
    assert_eq!((ids(&rest), &rest["next_cursor"]), (everybody[2..].to_vec(), &Value::Null));
    let all = operator.get(&path).await.ok();
    let boss = shop.boss_id.to_string();
    let row = all["items"].as_array().expect("rows").iter().find(|row| row["id"] == boss.as_str()).expect("the boss");
    assert_eq!((&row["name"], &row["role"], &row["joined"]), (&json!("林静"), &json!("boss"), &json!(true)));
    assert_eq!(row.as_object().map(serde_json::Map::len), Some(6), "{row}");
    assert_eq!(operator.get(&format!("{path}?cursor=x")).await.violations(), ["cursor: cursor_invalid"]);
    assert_eq!(operator.get(&format!("{path}?limit=101")).await.violations(), ["limit: limit_invalid"]);
    operator.get("/operator/tenants/999999999/staff").await.problem(404, "not_found");
    shop.boss.get(&path).await.problem(403, "operators_only");
}

#[actix_web::test]
async fn businesses_that_are_signed_up_at_once_have_numbers_of_their_own() {
    let shop = Shop::new().await;
    let (_, operator) = operator(&shop).await;
    let made = (0..8).map(|_| operator.post("/operator/tenants", json!({ "name": "远山茶行" })));
    let made = futures::future::join_all(made).await;
    let ids: BTreeSet<i64> = made.into_iter().map(|answer| answer.ok()["tenant_id"].as_i64().expect("an id")).collect();
    assert_eq!(ids.len(), 8);
}

#[actix_web::test]
async fn an_operator_helps_a_business_whose_boss_is_gone() {
    let shop = Shop::new().await;
    let (seen, operator) = operator(&shop).await;
    let (path, number) = (format!("/operator/tenants/{}/staff", shop.tenant), phone_number());
    let boss = format!("{path}/{}", shop.boss_id);
    let body = json!({ "name": "周明", "phone": number });
    seen.post(&path, body.clone()).await.problem(403, "step_up_required");
    seen.post(&format!("{boss}/suspend"), json!({})).await.problem(403, "step_up_required");
    // Nobody takes the last boss away who can log in.
    operator.post(&format!("{boss}/suspend"), json!({})).await.problem(409, "last_boss");
    operator.post(&format!("{boss}/role"), json!({ "role": "sales" })).await.problem(409, "last_boss");
    let made = operator.post(&path, body.clone()).await.ok();
    assert_eq!((&made["role"], &made["joined"]), (&json!("boss"), &json!(false)));
    operator.post(&path, body).await.problem(409, "colleague_known");
    let custom = json!({ "name": "周明", "phone": phone_number(), "role": "custom" });
    assert_eq!(operator.post(&path, custom).await.violations(), ["role: enum_invalid"]);
    operator.post(&format!("{boss}/suspend"), json!({})).await.problem(409, "last_boss");
    // Nor is anybody kept who never came: the number was wrong.
    let wrong = operator.post(&path, json!({ "name": "周明", "phone": phone_number() })).await.ok();
    let wrong = format!("{path}/{}", text(&wrong["id"]));
    operator.post(&format!("{wrong}/suspend"), json!({})).await.ok();
    operator.post(&format!("{wrong}/role"), json!({ "role": "sales" })).await.ok();
    let next = Shop::join(&shop.nobody, &shop.appid(), &number).await.act_in(shop.tenant).await;
    let suspended = operator.post(&format!("{boss}/suspend"), json!({})).await.ok();
    assert!(suspended["suspended_at"].is_string(), "{suspended}");
    shop.boss.get("/customers").await.problem(401, "token_expired");
    next.get("/customers").await.ok();
    // A role lets them back in, as at the command line.
    let back = operator.post(&format!("{boss}/role"), json!({ "role": "manager" })).await.ok();
    assert_eq!((&back["role"], &back["suspended_at"]), (&json!("manager"), &Value::Null));
    operator.post(&format!("{path}/{}/suspend", uuid::Uuid::from_u128(7)), json!({})).await.problem(404, "not_found");
    // It is on the business's own record, under no operator's name.
    let said = shop.step_up(&next).await.get("/audit?resource=staff&action=role").await.ok();
    assert_eq!(said["items"][0]["actor_name"], "运营", "{said}");
}

#[actix_web::test]
async fn an_operator_erases_a_business_by_its_name_and_whoever_is_interrupted_is_gone_on_after() {
    let shop = Shop::alone().await;
    let (seen, operator) = operator(&shop).await;
    shop.customer_named("沈怡").await;
    let (_, neighbour) = shop.neighbour().await;
    neighbour.post("/customers", json!({ "name": "张三" })).await.ok();
    let path = format!("/operator/tenants/{}/erase", shop.tenant);
    seen.post(&path, json!({ "name": "山月茶行" })).await.problem(403, "step_up_required");
    assert_eq!(operator.post(&path, json!({ "name": "山月" })).await.violations(), ["name: name_differs"]);
    shop.sales.get("/customers").await.ok();
    let business = format!("/operator/tenants/{}", shop.tenant);
    let before = operator.get(&business).await.ok()["version"].as_i64().expect("a version");
    let gone = operator.post(&path, json!({ "name": "山月茶行" })).await;
    assert_eq!(gone.status, 202, "{}", gone.body);
    // Nothing is written to it any more.
    assert_eq!(gone.body["version"], before + 1);
    for at in [before, before + 1] {
        operator.patch(&business, at, json!({ "name": "又来了" })).await.problem(404, "not_found");
    }
    let staff = json!({ "name": "周明", "phone": phone_number() });
    operator.post(&format!("{business}/staff"), staff).await.problem(404, "not_found");
    let sales = format!("{business}/staff/{}", shop.sales_id);
    operator.post(&format!("{sales}/role"), json!({ "role": "boss" })).await.problem(404, "not_found");
    operator.post(&format!("{sales}/suspend"), json!({})).await.problem(404, "not_found");
    assert!(gone.body["erased_at"].is_string() && gone.body["name"] == "已删除", "{}", gone.body);
    // Nobody reads anything of it from here on; the rows are taken by whichever server comes by.
    shop.advance(chrono::Duration::seconds(4)).await;
    shop.sales.get("/customers").await.problem(401, "token_expired");
    let (db, tenant) = (open(&shop).await, shop.tenant);
    let left = async || count(&db, tenant).await.values().sum::<i64>();
    assert!(left().await > 0);
    let system = api::System::new(&shop.at);
    system.go_on_erasing(Some(shop.tenant)).await.expect("rows go");
    assert_eq!(left().await, 0);
    // A server that held the key a moment longer wrote once more: that goes as well, until none can.
    let late = format!(
        "INSERT INTO session_tenants (session_id, tenant_id, begun_at) SELECT id, {tenant}, created_at FROM sessions LIMIT 1"
    );
    for (seconds, stays) in [(0, 0), (120, 0), (1, 1)] {
        shop.advance(chrono::Duration::seconds(seconds)).await;
        db.execute_unprepared(&late).await.expect("written");
        system.go_on_erasing(Some(tenant)).await.expect("rows go");
        assert_eq!(left().await, stays, "{seconds}");
    }
    // An earlier version noted nothing: a start looks for what it left.
    system.note_erased().await.expect("looked");
    system.go_on_erasing(Some(tenant)).await.expect("rows go");
    assert_eq!(left().await, 0);
    assert_eq!(operator.post(&path, json!({ "name": "已删除" })).await.status, 202, "twice changes nothing");
    neighbour.get("/customers").await.ok();
    let said = operator.get("/operator/audit?action=erase").await.ok();
    assert_eq!(said["items"].as_array().map(Vec::len), Some(1), "{said}");
    assert_eq!(said["items"][0]["changes"], json!({ "tenant": shop.tenant }));
}

#[actix_web::test]
async fn an_operator_who_asks_twice_with_one_key_makes_one_business_and_one_boss() {
    let shop = Shop::new().await;
    let (_, operator) = operator(&shop).await;
    let body = json!({ "name": "山月二店", "boss": { "name": "周明", "phone": phone_number() } });
    let made = operator.post_once("/operator/tenants", "second-shop", body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.ok();
    assert_eq!(operator.post_once("/operator/tenants", "second-shop", body.clone()).await.ok(), made);
    let other = json!({ "name": "山月三店" });
    let reused = operator.post_once("/operator/tenants", "second-shop", other).await.violations();
    assert_eq!(reused, [": idempotency_reused"]);
    let staff = format!("/operator/tenants/{}/staff", made["tenant_id"]);
    assert_eq!(ids(&operator.get(&staff).await.ok()), [text(&made["boss_id"])]);
    // Another operator's key of the same letters is another key, and so is this one's for another path.
    let colleague = json!({ "name": "何平", "phone": phone_number(), "role": "sales" });
    let hired = operator.post_once(&staff, "hire", colleague.clone()).await.ok();
    assert_eq!(operator.post_once(&staff, "hire", colleague).await.ok(), hired);
    assert_eq!(ids(&operator.get(&staff).await.ok()).len(), 2);
    let colleague = json!({ "name": "沈怡", "phone": phone_number(), "role": "sales" });
    assert_eq!(operator.post_once(&staff, "second-shop", colleague).await.violations(), [": idempotency_reused"]);
    // Without a key two requests are two businesses, and what fails is not remembered.
    let (one, two) =
        (operator.post("/operator/tenants", body.clone()).await, operator.post("/operator/tenants", body).await);
    assert_ne!(one.ok()["tenant_id"], two.ok()["tenant_id"]);
    let wrong = json!({ "name": "山月四店", "boss": { "name": "周明", "phone": "123" } });
    operator.post_once("/operator/tenants", "fourth", wrong).await.violations();
    let right = json!({ "name": "山月四店", "boss": { "name": "周明", "phone": phone_number() } });
    operator.post_once("/operator/tenants", "fourth", right).await.ok();
}

#[actix_web::test]
async fn an_operator_who_lost_an_answer_begins_one_rotation_and_says_one_thing_about_a_network() {
    let shop = Shop::new().await;
    let (_, operator) = operator(&shop).await;
    let rotations = format!("/operator/tenants/{}/keys/rotations", shop.tenant);
    for (what, generation) in [("keys", 2), ("indexes", 2)] {
        let body = json!({ "what": what });
        let begun = operator.post_once(&rotations, what, body.clone()).await;
        assert_eq!((begun.status, &begun.body["generation"]), (202, &json!(generation)), "{}", begun.body);
        let again = operator.post_once(&rotations, what, body.clone()).await;
        assert_eq!((again.status, again.body), (202, begun.body));
        // Whoever asks anew is told that it is under way, and that is not remembered.
        operator.post_once(&rotations, &format!("{what} anew"), body.clone()).await.problem(409, "in_progress");
        operator.post(&rotations, body).await.problem(409, "in_progress");
    }
    let other = operator.post_once(&rotations, "keys", json!({ "what": "indexes" })).await;
    assert_eq!(other.violations(), [": idempotency_reused"]);

    let network = format!("198.19.{}.0/24", shop.tenant % 250);
    let block = json!({ "rule": "block", "network": network, "reason": "撞库", "hours": 1 });
    let made = operator.post_once("/operator/networks", "block", block.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    shop.advance(Duration::minutes(1)).await;
    let again = operator.post_once("/operator/networks", "block", block.clone()).await;
    assert_eq!((again.status, &again.body), (201, &made.body), "its hour is not counted anew");
    let rules = operator.get("/operator/networks").await.ok()["items"].clone();
    let ours = rules.as_array().expect("rules").iter().filter(|rule| rule["network"] == network.as_str());
    assert_eq!(ours.map(|rule| &rule["expires_at"]).collect::<Vec<_>>(), [&made.body["expires_at"]]);
    // Removed and asked for once more by the same request, it stays removed; another request blocks it again.
    let one = format!("/operator/networks?network={network}");
    assert_eq!(operator.send(operator.request(Method::DELETE, &one)).await.status, 204);
    operator.post_once("/operator/networks", "block", block.clone()).await.ok();
    let there = async || operator.get("/operator/networks").await.ok()["items"].to_string().contains(&network);
    assert!(!there().await);
    operator.post("/operator/networks", block).await.ok();
    assert!(there().await);
    assert_eq!(operator.send(operator.request(Method::DELETE, &one)).await.status, 204);
}

#[actix_web::test]
async fn what_operators_do_to_staff_and_keys_is_on_the_record_of_the_installation_too() {
    let shop = Shop::new().await;
    let (_, operator) = operator(&shop).await;
    let business = format!("/operator/tenants/{}", shop.tenant);
    let hired = json!({ "name": "周明", "phone": phone_number(), "role": "sales" });
    let hired = text(&operator.post(&format!("{business}/staff"), hired).await.ok()["id"]);
    operator.post(&format!("{business}/staff/{hired}/role"), json!({ "role": "manager" })).await.ok();
    operator.post(&format!("{business}/staff/{hired}/suspend"), json!({})).await.ok();
    operator.post(&format!("{business}/keys/rotations"), json!({ "what": "keys" })).await.ok();
    let said = async |client: &Client, path: &str, query: &str| -> Vec<Value> {
        let page = client.get(&format!("{path}?limit=100&{query}")).await.ok();
        page["items"].as_array().expect("entries").clone()
    };
    let mut name = None;
    for (query, times) in [
        (format!("resource=staff&action=create&resource_id={hired}"), 1),
        (format!("resource=staff&action=role&resource_id={hired}"), 2),
        ("resource=keys&action=rotate".to_owned(), 1),
    ] {
        let there = said(&operator, "/operator/audit", &query).await;
        let there: Vec<_> = there.iter().filter(|entry| entry["changes"]["tenant_id"] == shop.tenant).collect();
        assert_eq!(there.len(), times, "{query}: {there:?}");
        for entry in there {
            assert_ne!(entry["actor_name"], "运营");
            assert_eq!(*name.get_or_insert(text(&entry["actor_name"])), text(&entry["actor_name"]));
            assert!(
                !entry.to_string().contains("周明"),
                "a record that outlives the business names nobody of it: {entry}"
            );
        }
        let here = said(&shop.boss, "/audit", &query).await;
        assert_eq!(here.len(), times, "{query}: {here:?}");
        assert!(here.iter().all(|entry| entry["actor_name"] == "运营"), "{here:?}");
    }
    // What is so already is done by nobody.
    operator.post(&format!("{business}/staff/{hired}/suspend"), json!({})).await.ok();
    let query = format!("resource=staff&action=role&resource_id={hired}");
    assert_eq!(said(&operator, "/operator/audit", &query).await.len(), 2);
    assert_eq!(said(&shop.boss, "/audit", &query).await.len(), 2);
}
