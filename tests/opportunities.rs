//! Opportunities through the front door: their course, who sees them, what becomes of them with their customer, and the
//! rule by which customers without one fall into a pool.

use crate::guards::database::open;
use crate::harness::{Client, Shop, phone_number, text};
use crate::merge::{merge, undo};
use crate::rights::hire;
use api::System;
use chrono::Duration;
use migrations::{Migrator, MigratorTrait as _};
use sea_orm_migration::SchemaManager;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn customer(client: &Client, name: &str) -> String {
    text(&client.post("/customers", json!({ "name": name, "phones": [{ "number": phone_number() }] })).await.ok()["id"])
}

async fn opened(client: &Client, customer: &str) -> Value {
    let body = json!({ "customer_id": customer, "name": "春茶团购", "amount_fen": 880_000, "stage": "contact" });
    client.post("/opportunities", body).await.ok()
}

async fn ended(client: &Client, deal: &Value, event: &str, reason: Option<&str>) -> Value {
    let (id, version) = (text(&deal["id"]), deal["version"].as_i64().expect("a version"));
    let body = json!({ "event": event, "reason": reason });
    client.post_at(&format!("/opportunities/{id}/moves"), version, body).await.ok()
}

async fn ids(client: &Client, path: &str) -> BTreeSet<String> {
    let list = client.get(path).await.ok();
    list["items"].as_array().expect("items").iter().map(|item| text(&item["id"])).collect()
}

#[actix_web::test]
async fn an_opportunity_takes_its_course_and_ends_with_a_reason() {
    let shop = Shop::new().await;
    let sales = &shop.sales;
    let id = customer(sales, "张三").await;
    let deal = opened(sales, &id).await;
    assert_eq!((&deal["state"], &deal["stage"], &deal["version"]), (&json!("open"), &json!("contact"), &json!(1)));
    assert_eq!((&deal["moves"], &deal["owner_id"]), (&json!(["win", "lose"]), &json!(shop.sales_id)));
    let path = format!("/opportunities/{}", text(&deal["id"]));
    let change = json!({ "stage": "quote", "closes_on": "2026-12-30", "next_step": "送样", "amount_fen": null });
    let deal = sales.patch(&path, 1, change).await.ok();
    assert_eq!((&deal["stage"], &deal["closes_on"]), (&json!("quote"), &json!("2026-12-30")));
    assert_eq!(
        (&deal["next_step"], &deal["amount_fen"], &deal["name"]),
        (&json!("送样"), &json!(null), &json!("春茶团购"))
    );
    // Somebody else was faster.
    let stale = sales.patch(&path, 1, json!({ "name": "别的" })).await.problem(409, "version_stale");
    assert_eq!(stale["current"]["version"], 2, "{stale}");
    sales.post_at(&format!("{path}/moves"), 1, json!({ "event": "win" })).await.problem(409, "version_stale");
    sales.post_at(&format!("{path}/moves"), 2, json!({ "event": "reopen" })).await.problem(409, "transition_refused");
    let bare = sales.post_at(&format!("{path}/moves"), 2, json!({ "event": "lose" })).await.violations();
    assert_eq!(bare, ["reason: lost_reason_missing"]);
    let idle = json!({ "event": "win", "reason": "便宜" });
    let idle = sales.post_at(&format!("{path}/moves"), 2, idle).await.violations();
    assert_eq!(idle, ["reason: lost_reason_unexpected"]);
    let lost = ended(sales, &deal, "lose", Some("价格太高")).await;
    assert_eq!((&lost["state"], &lost["lost_reason"]), (&json!("lost"), &json!("价格太高")));
    assert!(lost["ended_at"].is_string() && lost["moves"] == json!(["reopen"]), "{lost}");
    // What has ended is changed no more, before it is opened again.
    sales.patch(&path, 3, json!({ "stage": "needs" })).await.problem(409, "transition_refused");
    assert_eq!(ids(sales, "/opportunities?state=open").await, BTreeSet::new());
    assert_eq!(ids(sales, "/opportunities?state=lost").await.len(), 1);
    let again = ended(sales, &lost, "reopen", None).await;
    assert_eq!((&again["lost_reason"], &again["ended_at"]), (&json!(null), &json!(null)));
    let won = ended(sales, &again, "win", None).await;
    assert_eq!(won["state"], "won");
    sales.delete(&path, 1).await.problem(409, "version_stale");
    assert_eq!(sales.delete(&path, 5).await.status, 204);
    sales.get(&path).await.problem(404, "not_found");
    let audit = shop.boss.get("/audit?resource=opportunity").await.ok();
    let actions: Vec<_> = audit["items"].as_array().expect("entries").iter().map(|one| text(&one["action"])).collect();
    assert!(actions.iter().any(|one| one == "move") && actions.iter().any(|one| one == "delete"), "{actions:?}");
}

#[actix_web::test]
async fn rubbish_is_refused_by_its_field() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    for (more, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "amount_fen": -1 }), "amount_fen"),
        (json!({ "amount_fen": 10_000_000_001_i64 }), "amount_fen"),
        (json!({ "next_step": "长".repeat(201) }), "next_step"),
        (json!({ "closes_on": "1999-12-31" }), "closes_on: time_far"),
        (json!({ "closes_on": "9999-12-31" }), "closes_on: time_far"),
    ] {
        let mut body = json!({ "customer_id": id, "name": "春茶团购", "stage": "contact" });
        for (key, value) in more.as_object().expect("fields") {
            body[key] = value.clone();
        }
        let found = shop.sales.post("/opportunities", body).await.violations();
        assert!(found.len() == 1 && found[0].starts_with(field), "{field}: {found:?}");
    }
    let deal = opened(&shop.sales, &id).await;
    let path = format!("/opportunities/{}", text(&deal["id"]));
    let far = shop.sales.patch(&path, 1, json!({ "closes_on": "1970-01-01" })).await.violations();
    assert_eq!(far, ["closes_on: time_far"]);
    for query in ["state=gone", "stage=gone", "limit=0", "cursor=x"] {
        let answer = shop.sales.get(&format!("/opportunities?{query}")).await;
        assert_eq!(answer.status, 422, "{query}");
    }
}

#[actix_web::test]
async fn whoever_sees_the_orders_of_a_customer_sees_its_opportunities() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let deal = opened(&shop.sales, &id).await;
    let path = format!("/opportunities/{}", text(&deal["id"]));
    let (_, stranger) = shop.neighbour().await;
    stranger.get(&path).await.problem(404, "not_found");
    shop.rival.get(&path).await.problem(404, "not_found");
    let blind = json!({ "customer_id": id, "name": "抢单", "stage": "contact" });
    shop.rival.post("/opportunities", blind).await.problem(404, "not_found");
    assert_eq!(ids(&shop.boss, &format!("/opportunities?owner_id={}", shop.sales_id)).await.len(), 1);
    assert_eq!(ids(&shop.boss, &format!("/opportunities?owner_id={}", shop.rival_id)).await, BTreeSet::new());
    let service = hire(&shop, "service", None).await.0;
    assert_eq!(service.get(&path).await.status, 403);
    let finance = hire(&shop, "finance", None).await.0;
    assert_eq!(finance.get(&path).await.ok()["amount_fen"], 880_000);
    finance.patch(&path, 1, json!({ "name": "别的" })).await.problem(403, "forbidden");
    let rights = json!({
        "permissions": ["customers.read", "opportunities.read", "opportunities.write"],
        "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
        "pool": true, "fields": { "phones": "show", "amounts": "hide" },
    });
    let role = text(&shop.boss.post("/roles", json!({ "name": "看商机", "rights": rights })).await.ok()["id"]);
    let masked = hire(&shop, "custom", Some(&role)).await.0;
    let seen = masked.get(&path).await.ok();
    assert_eq!((&seen["amount_fen"], &seen["name"]), (&json!(null), &json!("春茶团购")));
    let refused = masked.patch(&path, 1, json!({ "amount_fen": 1 })).await.violations();
    assert_eq!(refused, ["amount_fen: field_read_only"]);
    assert_eq!(masked.patch(&path, 1, json!({ "stage": "needs" })).await.ok()["stage"], "needs");
    assert_eq!(shop.sales.get(&path).await.ok()["amount_fen"], 880_000);
}

#[actix_web::test]
async fn an_opportunity_goes_with_its_customer() {
    let shop = Shop::new().await;
    let (stays, goes) = (customer(&shop.sales, "张三").await, customer(&shop.sales, "李四").await);
    let deal = opened(&shop.sales, &goes).await;
    let path = format!("/opportunities/{}", text(&deal["id"]));
    let merged = merge(&shop.boss, &stays, &goes, json!({})).await;
    shop.run_jobs().await;
    assert_eq!(shop.sales.get(&path).await.ok()["customer_id"], json!(stays));
    undo(&shop.boss, &merged).await;
    shop.run_jobs().await;
    let deal = shop.sales.get(&path).await.ok();
    assert_eq!(deal["customer_id"], json!(goes));
    let deal = shop.sales.patch(&path, 1, json!({ "closes_on": "2026-12-30" })).await.ok();
    ended(&shop.sales, &deal, "win", None).await;
    let kept = shop.boss.get(&format!("/customers/{goes}/export")).await.ok();
    let deal = &kept["opportunities"][0];
    assert_eq!((&deal["name"], &deal["stage"]), (&json!("春茶团购"), &json!("contact")), "{kept}");
    assert!(deal["closes_on"] == "2026-12-30" && deal["ended_at"].is_string(), "{kept}");
    let page = shop.boss.get(&format!("/customers/{goes}/export?format=html")).await;
    assert!(
        page.body.to_string().contains("初步接触") && page.body.to_string().contains("2026-12-30"),
        "{}",
        page.body
    );
    let erasure = json!({ "reason": "asked_in_writing" });
    let erased = shop.boss.post(&format!("/customers/{goes}/erase"), erasure).await;
    assert_eq!(erased.status, 204, "{}", erased.body);
    shop.boss.get(&path).await.problem(404, "not_found");
    assert_eq!(ids(&shop.boss, "/opportunities").await, BTreeSet::new());
}

#[actix_web::test]
async fn an_opportunity_goes_out_of_sight_with_its_customer() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let deal = opened(&shop.sales, &id).await;
    assert_eq!(ids(&shop.boss, "/opportunities").await, BTreeSet::from([text(&deal["id"])]));
    assert_eq!(shop.boss.delete(&format!("/customers/{id}"), 1).await.status, 204);
    assert_eq!(ids(&shop.boss, "/opportunities").await, BTreeSet::new());
    let path = format!("/opportunities/{}", text(&deal["id"]));
    shop.boss.get(&path).await.problem(404, "not_found");
    shop.boss.patch(&path, 1, json!({ "stage": "needs" })).await.problem(404, "not_found");
}

#[actix_web::test]
async fn nobody_looks_after_an_opportunity_in_the_pool() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/opportunities/{}", text(&opened(&shop.sales, &id).await["id"]));
    let why = json!({ "reason": "三次没接电话" });
    shop.sales.post_at(&format!("/customers/{id}/release"), 1, why).await.ok();
    // Whoever sees the pool may look, and not touch.
    for client in [&shop.boss, &shop.rival] {
        assert_eq!(client.get(&path).await.ok()["owner_id"], Value::Null);
        let list = client.get("/opportunities").await.ok();
        assert_eq!((list["items"].as_array().map(Vec::len), &list["items"][0]["owner_id"]), (Some(1), &Value::Null));
    }
    assert_eq!(ids(&shop.boss, &format!("/opportunities?owner_id={}", shop.sales_id)).await, BTreeSet::new());
    shop.rival.patch(&path, 1, json!({ "stage": "needs" })).await.problem(403, "row_read_only");
    shop.rival.post_at(&format!("{path}/moves"), 1, json!({ "event": "win" })).await.problem(403, "row_read_only");
    shop.rival.delete(&path, 1).await.problem(403, "row_read_only");
    shop.rival.post_at(&format!("/customers/{id}/claim"), 2, json!({})).await.ok();
    assert_eq!(shop.rival.patch(&path, 1, json!({ "stage": "needs" })).await.ok()["owner_id"], json!(shop.rival_id));
    shop.sales.get(&path).await.problem(404, "not_found");
}

#[actix_web::test]
async fn open_opportunities_are_counted_and_go_when_work_is_handed_over() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/opportunities/{}", text(&opened(&shop.sales, &id).await["id"]));
    ended(&shop.sales, &opened(&shop.sales, &id).await, "win", None).await;
    opened(&shop.rival, &customer(&shop.rival, "李四").await).await;
    let handover = format!("/staff/{}/handover", shop.sales_id);
    let counts = shop.boss.get(&handover).await.ok();
    assert_eq!(counts["opportunities"], json!({ "count": 1, "capped": false }), "{counts}");
    assert_eq!(shop.boss.post(&handover, json!({ "to_staff_id": shop.rival_id })).await.status, 202);
    shop.run_jobs().await;
    assert_eq!(shop.rival.get(&path).await.ok()["owner_id"], json!(shop.rival_id));
    assert_eq!(shop.boss.get(&handover).await.ok()["opportunities"]["count"], 0);
}

#[actix_web::test]
async fn of_two_who_end_it_at_once_one_learns_what_the_other_did() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/opportunities/{}/moves", text(&opened(&shop.sales, &id).await["id"]));
    let (won, lost) = (json!({ "event": "win" }), json!({ "event": "lose", "reason": "价格太高" }));
    let both = futures::join!(shop.sales.post_at(&path, 1, won), shop.boss.post_at(&path, 1, lost));
    let statuses = BTreeSet::from([both.0.status, both.1.status]);
    assert_eq!(statuses, BTreeSet::from([200, 409]), "{} {}", both.0.body, both.1.body);
}

#[actix_web::test]
async fn the_record_says_what_an_opportunity_is_about_to_whoever_sees_it() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let deal = text(&opened(&shop.sales, &id).await["id"]);
    let said = async |client: &Client| -> (Value, Value) {
        let page = client.get(&format!("/audit?action=create&resource_id={deal}")).await.ok();
        let fields = page["items"][0]["fields"].as_array().expect("fields").clone();
        let value = |name: &str| fields.iter().find(|field| field["name"] == name).map(|field| field["new"].clone());
        (value("name").expect("a name"), value("amount_fen").expect("an amount"))
    };
    let (name, amount) = (json!("春茶团购"), json!(880_000));
    let mut made = 0;
    for (permissions, reach, amounts, expected) in [
        (json!(["audit.read", "customers.read"]), "all", "show", (Value::Null, amount.clone())),
        (json!(["audit.read", "customers.read", "opportunities.read"]), "own", "show", (Value::Null, amount.clone())),
        (json!(["audit.read", "customers.read", "opportunities.read"]), "all", "hide", (name.clone(), Value::Null)),
    ] {
        let rights = json!({
            "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": amounts },
            "reach": { "customers": reach, "interactions": reach, "tasks": reach, "orders": reach },
        });
        made += 1;
        let body = json!({ "name": format!("看记录{made}"), "rights": rights });
        let role = shop.boss.post("/roles", body).await.ok();
        let reader = hire(&shop, "custom", Some(&text(&role["id"]))).await.0;
        assert_eq!(said(&reader).await, expected, "{permissions} {reach} {amounts}");
    }
    assert_eq!(said(&shop.boss).await, (name, amount));
}

#[actix_web::test]
async fn pages_of_opportunities_of_one_instant_miss_none_and_repeat_none() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let mut made = BTreeSet::new();
    for _ in 0..5 {
        made.insert(text(&opened(&shop.sales, &id).await["id"]));
    }
    for who in [&shop.sales, &shop.boss] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = who.get(&format!("/opportunities?limit=2&state=open{cursor}")).await.ok();
            found.extend(page["items"].as_array().expect("items").iter().map(|item| text(&item["id"])));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!((found.len(), found.into_iter().collect()), (5, made.clone()));
    }
}

#[actix_web::test]
async fn stored_roles_that_see_or_make_orders_see_or_make_opportunities_since_the_update() {
    let shop = Shop::alone().await;
    let id = customer(&shop.sales, "张三").await;
    let path = format!("/opportunities/{}", text(&opened(&shop.sales, &id).await["id"]));
    let role = async |name: &str, permissions: Value| {
        let rights = json!({
            "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": "show" },
            "reach": { "customers": "all", "interactions": "all", "tasks": "all", "orders": "all" },
        });
        text(&shop.boss.post("/roles", json!({ "name": name, "rights": rights })).await.ok()["id"])
    };
    let blind = role("不看订单", json!(["customers.read"])).await;
    let sees = role("看订单", json!(["customers.read", "orders.read"])).await;
    let makes = role("开订单", json!(["customers.read", "customers.write", "orders.read", "orders.write"])).await;
    let (blind, sees, makes) = (
        hire(&shop, "custom", Some(&blind)).await.0,
        hire(&shop, "custom", Some(&sees)).await.0,
        hire(&shop, "custom", Some(&makes)).await.0,
    );
    for client in [&blind, &sees, &makes] {
        client.get(&path).await.problem(403, "forbidden");
    }
    let db = open(&shop).await;
    // Killed half-way it runs again, and changes nothing more.
    for _ in 0..2 {
        let update = Migrator::migrations().into_iter().find(|one| one.name() == "m0103_opportunity_rights");
        update.expect("the migration").up(&SchemaManager::new(&db)).await.expect("updated");
    }
    shop.advance(Duration::seconds(4)).await;
    let again = async |client: &Client| shop.log_in_again(client).await.act_in(shop.tenant).await;
    again(&blind).await.get(&path).await.problem(403, "forbidden");
    let sees = again(&sees).await;
    sees.get(&path).await.ok();
    sees.patch(&path, 1, json!({ "stage": "needs" })).await.problem(403, "forbidden");
    again(&makes).await.patch(&path, 1, json!({ "stage": "needs" })).await.ok();
    let roles = shop.boss.get("/roles").await.ok();
    let roles = roles["items"].as_array().expect("roles");
    let made = roles.iter().find(|role| role["name"] == "开订单").expect("the role");
    let held = made["rights"]["permissions"].as_array().expect("permissions");
    for permission in ["opportunities.read", "opportunities.write"] {
        assert_eq!(held.iter().filter(|one| *one == permission).count(), 1, "{made}");
    }
}

async fn turn(shop: &Shop) {
    System::new(&shop.at).begin_recycling(Some(shop.tenant)).await.expect("a turn");
    shop.run_jobs().await;
}

#[actix_web::test]
async fn whoever_has_had_no_opportunity_for_long_falls_and_an_open_one_spares() {
    let shop = Shop::new().await;
    let pool = json!({ "name": "大公海", "everyone": true });
    let pool = text(&shop.boss.post("/pools", pool).await.ok()["id"]);
    let [none, open, late] = [
        customer(&shop.sales, "没有").await,
        customer(&shop.sales, "还在谈").await,
        customer(&shop.sales, "谈崩了").await,
    ];
    opened(&shop.sales, &open).await;
    let deal = opened(&shop.sales, &late).await;
    let terms = json!({ "by": "opportunity", "days": 10, "warn_days": 3 });
    let path = format!("/pools/{pool}/rules");
    // Whoever has an open one is not even foretold.
    let forecast = shop.boss.post(&format!("{path}/simulate"), terms.clone()).await.ok();
    assert_eq!((&forecast["count"], &forecast["items"][0]["id"]), (&json!(1), &json!(none)), "{forecast}");
    let rule = text(&shop.boss.post(&path, json!({ "terms": terms })).await.ok()["id"]);
    shop.boss.patch(&format!("{path}/{rule}"), 1, json!({ "enabled": true })).await.ok();
    let (mut sales, mut boss) = (shop.sales.clone(), shop.boss.clone());
    let mut fell: Vec<(i64, BTreeSet<String>)> = Vec::new();
    for day in 1..=18 {
        shop.advance(Duration::days(1)).await;
        sales = shop.log_in_again(&sales).await.act_in(shop.tenant).await;
        boss = shop.log_in_again(&boss).await.act_in(shop.tenant).await;
        if day == 5 {
            ended(&sales, &deal, "lose", Some("预算没了")).await;
            let forecast = boss.post(&format!("{path}/simulate"), terms.clone()).await.ok();
            assert_eq!(forecast["count"], 2, "{forecast}");
        }
        turn(&shop).await;
        fell.push((day, ids(&boss, "/customers?pool=true").await));
    }
    let first = |id: &String| fell.iter().find(|(_, those)| those.contains(id)).map(|(day, _)| *day);
    // Ten whole days, and five more for whom one ended on the fifth day.
    assert_eq!(first(&late).zip(first(&none)).map(|(late, none)| late - none), Some(5), "{fell:?}");
    assert_eq!(first(&open), None);
    let letters = sales.get("/inbox").await.ok();
    let told: BTreeSet<String> =
        letters["items"].as_array().expect("items").iter().map(|item| text(&item["customer_id"])).collect();
    assert_eq!(told, BTreeSet::from([none.clone(), late]));
    assert!(text(&letters["items"][0]["body"]).contains("没有新商机"), "{letters}");
    let moves = boss.get(&format!("/customers/{none}/pool-moves")).await.ok();
    assert_eq!(moves["items"][0]["reason"], "10 天没有新商机");
}

#[actix_web::test]
async fn a_change_of_rights_says_how_many_opportunities_it_opens_and_closes() {
    let shop = Shop::new().await;
    let id = customer(&shop.sales, "张三").await;
    let deal = opened(&shop.sales, &id).await;
    ended(&shop.sales, &deal, "win", None).await;
    let second = text(&opened(&shop.sales, &id).await["id"]);
    let rights = |permissions: &[&str], reach: &str| {
        json!({ "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": "show" },
            "reach": { "customers": reach, "interactions": reach, "tasks": reach, "orders": reach } })
    };
    let blind = rights(&["customers.read"], "own");
    let role = text(&shop.boss.post("/roles", json!({ "name": "助理", "rights": blind })).await.ok()["id"]);
    let (helper, helper_id) = hire(&shop, "custom", Some(&role)).await;
    let preview = async |rights: Value| {
        let preview = shop.boss.post(&format!("/roles/{role}/preview"), json!({ "rights": rights })).await.ok();
        let rows = preview["rows"].as_array().expect("rows").clone();
        let of = rows.iter().find(|row| row["resource"] == "opportunities").cloned();
        of.map(|row| (row["opens"]["count"].clone(), row["closes"]["count"].clone()))
    };
    let seeing = ["customers.read", "opportunities.read"];
    assert_eq!(preview(rights(&seeing, "all")).await, Some((json!(2), json!(0))));
    assert_eq!(preview(rights(&seeing, "own")).await, None, "they have no customers of their own");
    assert_eq!(preview(rights(&["customers.read", "orders.read"], "all")).await, None);
    shop.boss.patch(&format!("/roles/{role}"), 1, json!({ "rights": rights(&seeing, "all") })).await.ok();
    assert_eq!(preview(blind).await, Some((json!(0), json!(2))));
    // What was counted is what they see, and why is said of each.
    shop.advance(Duration::seconds(3)).await;
    assert_eq!(ids(&helper, "/opportunities").await.len(), 2);
    let why = format!("/permissions/explain?resource=opportunities&id={second}&staff={helper_id}");
    let why = shop.boss.get(&why).await.ok();
    assert_eq!((&why["may_read"], &why["may_write"]), (&json!(true), &json!(false)), "{why}");
    let sales = json!({ "role": "sales" });
    let preview = shop.boss.post(&format!("/staff/{helper_id}/role/preview"), sales).await.ok();
    let rows = preview["rows"].as_array().expect("rows").iter();
    let closed: Vec<_> = rows.filter(|row| row["resource"] == "opportunities").collect();
    assert_eq!(closed[0]["closes"]["count"], 2, "{preview}");
}
