//! Rules by which customers fall into a pool: whom they mean, when, what is said before, and that the simulation
//! says the same as what happens.

use crate::harness::{Client, Home, Shop, phone_number, text, until};
use api::System;
use chrono::{DateTime, Duration, Utc};
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The day's turn of every rule, as the worker gives it.
async fn turn(shop: &Shop) {
    System::new(&shop.at).begin_recycling(Some(shop.tenant)).await.expect("a turn");
    shop.run_jobs().await;
}

async fn again(shop: &Shop, client: &Client) -> Client {
    shop.log_in_again(client).await.act_in(shop.tenant).await
}

async fn customer(client: &Client, name: &str, more: Value) -> String {
    let mut body = json!({ "name": name });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    text(&client.post("/customers", body).await.ok()["id"])
}

async fn talk(client: &Client, id: &str) {
    let body = json!({ "channel": "call", "content": "聊了聊" });
    client.post(&format!("/customers/{id}/interactions"), body).await.ok();
}

/// An order; completed if it is done.
async fn order(client: &Client, id: &str, done: bool) {
    let body = json!({ "customer_id": id, "receiver": "张三", "phone": phone_number(), "address": "杭州",
        "lines": [{ "name": "龙井", "quantity": 2, "unit_price_fen": 100 }] });
    let order = text(&client.post("/orders", body).await.ok()["id"]);
    let steps = if done { vec!["ship", "deliver", "complete"] } else { Vec::new() };
    for (at, event) in steps.into_iter().enumerate() {
        let mut step = json!({ "event": event });
        if event == "ship" {
            step = json!({ "event": event, "carrier": "顺丰速运", "tracking_number": "SF1234567890" });
        }
        client.post_at(&format!("/orders/{order}/moves"), i64::try_from(at).expect("few") + 1, step).await.ok();
    }
}

async fn pool(shop: &Shop, body: Value) -> String {
    text(&shop.boss.post("/pools", body).await.ok()["id"])
}

/// A rule that is switched on.
async fn rule(boss: &Client, pool: &str, terms: Value) -> String {
    let path = format!("/pools/{pool}/rules");
    let made = boss.post(&path, json!({ "terms": terms })).await.ok();
    assert_eq!((&made["enabled"], &made["enabled_at"]), (&json!(false), &json!(null)));
    let id = text(&made["id"]);
    assert_eq!(boss.patch(&format!("{path}/{id}"), 1, json!({ "enabled": true })).await.ok()["enabled"], true);
    id
}

async fn in_pool(client: &Client) -> BTreeSet<String> {
    let list = client.get("/customers?pool=true&limit=100").await.ok();
    list["items"].as_array().expect("items").iter().map(|item| text(&item["id"])).collect()
}

fn set(of: &[&String]) -> BTreeSet<String> {
    of.iter().map(|id| (*id).clone()).collect()
}

#[actix_web::test]
async fn who_is_left_alone_falls_when_it_was_said_and_the_owner_was_told_once() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let [idle, busy] = [customer(&shop.sales, "张三", json!({})).await, customer(&shop.sales, "李四", json!({})).await];
    shop.sales
        .post(&format!("/customers/{idle}/helpers"), json!({ "staff_id": shop.rival_id, "level": "read" }))
        .await
        .ok();
    // Written down on Saturday, the 21st: ten whole days later it is the 2nd of December.
    let terms = json!({ "by": "contact", "days": 10, "warn_days": 3 });
    let path = format!("/pools/{open}/rules");
    let forecast = shop.boss.post(&format!("{path}/simulate"), terms.clone()).await.ok();
    assert_eq!((&forecast["count"], &forecast["overdue"]), (&json!(2), &json!(0)));
    let falls: DateTime<Utc> = text(&forecast["items"][0]["falls_at"]).parse().expect("an instant");
    assert_eq!(falls.to_rfc3339(), "2026-12-01T16:00:00+00:00");
    rule(&shop.boss, &open, terms).await;
    turn(&shop).await;
    assert_eq!(in_pool(&shop.boss).await, BTreeSet::new());
    let (mut sales, mut boss) = (shop.sales.clone(), shop.boss.clone());
    for day in 1..=11 {
        shop.advance(Duration::days(1)).await;
        (sales, boss) = (again(&shop, &sales).await, again(&shop, &boss).await);
        if day == 5 {
            talk(&sales, &busy).await;
        }
        // Several servers, and a server that was started again, ask more than once.
        turn(&shop).await;
        turn(&shop).await;
        let fallen = shop.at.clock().now() >= falls;
        assert_eq!(in_pool(&boss).await, if fallen { set(&[&idle]) } else { BTreeSet::new() }, "day {day}");
        let letters = sales.get("/inbox").await.ok();
        let told = letters["items"].as_array().expect("items").len();
        assert_eq!(told, usize::from(shop.at.clock().now() >= falls - Duration::days(3)), "day {day}: {letters}");
    }
    let letters = sales.get("/inbox").await.ok();
    assert_eq!(
        (&letters["items"][0]["kind"], &letters["items"][0]["title"], &letters["items"][0]["customer_id"]),
        (&json!("pool_soon"), &json!("张三 将于12月2日回收到大公海"), &json!(idle))
    );
    assert_eq!(letters["items"][0]["body"], "已 7 天没有跟进。想保留这位客户，请在此之前处理。");
    let moves = boss.get(&format!("/customers/{idle}/pool-moves")).await.ok();
    let step = &moves["items"][0];
    assert_eq!((&step["kind"], &step["staff_id"]), (&json!("recycled"), &json!(null)));
    assert_eq!((&step["from_owner_id"], &step["reason"]), (&json!(shop.sales_id), &json!("10 天没有跟进")));
    assert_eq!(boss.get(&format!("/customers/{idle}/helpers")).await.ok()["items"], json!([]));
    let audit = boss.get(&format!("/audit?resource_id={idle}&action=recycle")).await.ok();
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(1), "{audit}");
    // Whoever takes it has the whole time again.
    let rival = again(&shop, &shop.rival).await;
    rival.post(&format!("/customers/{idle}/claim"), json!({})).await.ok();
    shop.advance(Duration::days(1)).await;
    turn(&shop).await;
    let rival = again(&shop, &rival).await;
    assert_eq!(rival.get(&format!("/customers/{idle}")).await.ok()["owner_id"], json!(shop.rival_id));
}

#[actix_web::test]
async fn a_rule_means_whom_it_says_and_the_simulation_says_the_same() {
    let shop = Shop::new().await;
    let group = shop.boss.post("/tag-groups", json!({ "name": "价值" })).await.ok();
    let tag = text(&shop.boss.post("/tags", json!({ "group_id": group["id"], "name": "普通" })).await.ok()["id"]);
    let ours = pool(&shop, json!({ "name": "一部", "staff_ids": [shop.sales_id] })).await;
    let of = async |client: &Client, name: &str, kind: &str, tagged: bool| {
        let tags = if tagged { json!([tag]) } else { json!([]) };
        customer(client, name, json!({ "type": kind, "tag_ids": tags })).await
    };
    let plain = of(&shop.sales, "甲", "potential", true).await;
    let bought = of(&shop.sales, "乙", "potential", true).await;
    let waiting = of(&shop.sales, "丙", "potential", true).await;
    let existing = of(&shop.sales, "丁", "existing", true).await;
    let untagged = of(&shop.sales, "戊", "potential", false).await;
    let others = of(&shop.rival, "己", "potential", true).await;
    order(&shop.sales, &bought, true).await;
    order(&shop.sales, &waiting, false).await;
    shop.advance(Duration::days(20)).await;
    let (boss, sales) = (again(&shop, &shop.boss).await, again(&shop, &shop.sales).await);
    // What is said late in the day of talks does not count as an order.
    talk(&sales, &plain).await;
    let ask = async |terms: Value| {
        let found = boss.post(&format!("/pools/{ours}/rules/simulate"), terms).await.ok();
        let items = found["items"].as_array().expect("items").clone();
        assert_eq!(found["count"], items.len(), "{found}");
        items.iter().map(|item| text(&item["id"])).collect::<BTreeSet<_>>()
    };
    let everybody = set(&[&plain, &bought, &waiting, &existing, &untagged]);
    assert_eq!(ask(json!({ "by": "contact", "days": 15 })).await, everybody);
    assert_eq!(ask(json!({ "by": "contact", "days": 40 })).await, &everybody - &set(&[&plain]));
    assert_eq!(ask(json!({ "by": "contact", "days": 15, "types": ["existing"] })).await, set(&[&existing]));
    assert_eq!(ask(json!({ "by": "contact", "days": 15, "tag_ids": [tag] })).await, &everybody - &set(&[&untagged]));
    assert_eq!(ask(json!({ "by": "contact", "days": 15, "spare_deals": true })).await, &everybody - &set(&[&bought]));
    let terms = json!({ "by": "order", "days": 10, "types": ["potential"], "tag_ids": [tag], "spare_deals": true });
    assert_eq!(ask(terms.clone()).await, set(&[&plain, &waiting]));
    let unknown = json!({ "by": "order", "days": 9, "types": ["x"] });
    let refused = boss.post(&format!("/pools/{ours}/rules/simulate"), unknown).await;
    assert_eq!(refused.violations(), ["types.0: type_unknown"]);
    rule(&boss, &ours, terms).await;
    shop.advance(Duration::days(1)).await;
    turn(&shop).await;
    let boss = again(&shop, &boss).await;
    assert_eq!(in_pool(&boss).await, set(&[&plain, &waiting]));
    // The rival is no member: neither are their customers.
    assert_eq!(boss.get(&format!("/customers/{others}")).await.ok()["pool_id"], json!(null));
}

#[actix_web::test]
async fn a_rule_that_is_switched_on_gives_everybody_the_time_of_the_warning() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let idle = customer(&shop.sales, "张三", json!({})).await;
    shop.advance(Duration::days(90)).await;
    let boss = again(&shop, &shop.boss).await;
    let path = format!("/pools/{open}/rules");
    let terms = json!({ "by": "contact", "days": 30, "warn_days": 2 });
    let forecast = boss.post(&format!("{path}/simulate"), terms.clone()).await.ok();
    assert_eq!((&forecast["count"], &forecast["overdue"]), (&json!(1), &json!(1)));
    assert_eq!(forecast["items"][0]["falls_at"], forecast["earliest_at"]);
    let falls: DateTime<Utc> = text(&forecast["earliest_at"]).parse().expect("an instant");
    let id = rule(&boss, &open, terms).await;
    turn(&shop).await;
    let sales = again(&shop, &shop.sales).await;
    assert_eq!(sales.get("/inbox").await.ok()["unread"], 1);
    for _ in 0..3 {
        turn(&shop).await;
        let boss = again(&shop, &boss).await;
        let fallen = shop.at.clock().now() >= falls;
        assert_eq!(in_pool(&boss).await.contains(&idle), fallen);
        shop.advance(Duration::days(1)).await;
    }
    turn(&shop).await;
    let boss = again(&shop, &boss).await;
    assert_eq!(in_pool(&boss).await, set(&[&idle]));
    let sales = again(&shop, &sales).await;
    assert_eq!(sales.get("/inbox").await.ok()["unread"], 1);
    // Switched off, it means nobody.
    let next = customer(&sales, "李四", json!({})).await;
    boss.patch(&format!("{path}/{id}"), 2, json!({ "enabled": false })).await.ok();
    shop.advance(Duration::days(90)).await;
    turn(&shop).await;
    let boss = again(&shop, &boss).await;
    assert_eq!(boss.get(&format!("/customers/{next}")).await.ok()["pool_id"], json!(null));
    assert_eq!(boss.delete(&format!("{path}/{id}"), 3).await.status, 204);
    assert_eq!(boss.get(&path).await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn whom_an_old_rule_comes_to_mean_has_the_time_of_the_warning() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "价值" })).await.ok()["id"]);
    let tag = text(&shop.boss.post("/tags", json!({ "group_id": group, "name": "普通" })).await.ok()["id"]);
    let idle = customer(&shop.sales, "张三", json!({})).await;
    rule(&shop.boss, &open, json!({ "by": "contact", "days": 30, "warn_days": 2, "tag_ids": [tag] })).await;
    shop.advance(Duration::days(90)).await;
    turn(&shop).await;
    // Left alone for a quarter of a year already, and meant only from now on.
    let mut boss = again(&shop, &shop.boss).await;
    boss.post(&format!("/customers/{idle}/tags"), json!({ "add": [tag], "remove": [] })).await.ok();
    shop.advance(Duration::days(1)).await;
    boss = again(&shop, &boss).await;
    for (day, fallen) in [false, false, false, true].into_iter().enumerate() {
        turn(&shop).await;
        boss = again(&shop, &boss).await;
        assert_eq!(in_pool(&boss).await.contains(&idle), fallen, "day {day}");
        let sales = again(&shop, &shop.sales).await;
        assert_eq!(sales.get("/inbox").await.ok()["unread"], 1, "day {day}");
        shop.advance(Duration::days(1)).await;
    }
}

#[actix_web::test]
async fn the_warning_of_one_rule_is_none_of_another() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "价值" })).await.ok()["id"]);
    let tag = text(&shop.boss.post("/tags", json!({ "group_id": group, "name": "普通" })).await.ok()["id"]);
    let id = customer(&shop.sales, "张三", json!({})).await;
    rule(&shop.boss, &open, json!({ "by": "contact", "days": 10, "warn_days": 2 })).await;
    rule(&shop.boss, &open, json!({ "by": "order", "days": 5, "warn_days": 2, "tag_ids": [tag] })).await;
    let mut warned = Vec::new();
    for day in 1..=17 {
        shop.advance(Duration::days(1)).await;
        let boss = again(&shop, &shop.boss).await;
        if day == 10 {
            // In time for the one rule.
            talk(&again(&shop, &shop.sales).await, &id).await;
        }
        if day == 13 {
            // And long too late for the other, which means them only now.
            boss.post(&format!("/customers/{id}/tags"), json!({ "add": [tag], "remove": [] })).await.ok();
        }
        turn(&shop).await;
        warned.push(again(&shop, &shop.sales).await.get("/inbox").await.ok()["unread"].as_u64().expect("a count"));
        assert_eq!(in_pool(&again(&shop, &boss).await).await.contains(&id), day >= 16, "day {day}");
    }
    assert_eq!((warned[8], warned[11], warned[12], warned[16]), (1, 1, 2, 2), "{warned:?}");
}

#[actix_web::test]
async fn working_days_leave_weekends_and_holidays_out() {
    let shop = Shop::with(|config| config.privacy.holidays = "2026-11-25..2026-11-26".to_owned()).await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    customer(&shop.sales, "张三", json!({})).await;
    let ask = async |working: bool| {
        let terms = json!({ "by": "contact", "days": 5, "working_days": working });
        let found = shop.boss.post(&format!("/pools/{open}/rules/simulate"), terms).await.ok();
        text(&found["items"][0]["falls_at"])
    };
    // From Saturday, the 21st: Sunday to Thursday. Or Monday, Tuesday, Friday, Monday and Tuesday.
    assert!(ask(false).await.starts_with("2026-11-26T16:00:00"));
    assert!(ask(true).await.starts_with("2026-12-01T16:00:00"));
}

#[actix_web::test]
async fn many_fall_in_several_runs_and_nobody_twice() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    for at in 0..230 {
        customer(&shop.sales, &format!("客户{at}"), json!({})).await;
    }
    rule(&shop.boss, &open, json!({ "by": "contact", "days": 5, "warn_days": 1 })).await;
    shop.advance(Duration::days(5)).await;
    turn(&shop).await;
    let sales = again(&shop, &shop.sales).await;
    assert_eq!(sales.get("/inbox").await.ok()["unread"], 230);
    shop.advance(Duration::days(1)).await;
    turn(&shop).await;
    let boss = shop.step_up(&again(&shop, &shop.boss).await).await;
    assert_eq!(boss.get("/customers/count?pool=true").await.ok()["count"], 230);
    let sales = again(&shop, &sales).await;
    assert_eq!(sales.get("/inbox").await.ok()["unread"], 230);
    let page = boss.get("/customers?pool=true&limit=100").await.ok();
    for item in page["items"].as_array().expect("items").iter().take(5) {
        let moves = boss.get(&format!("/customers/{}/pool-moves", text(&item["id"]))).await.ok();
        assert_eq!(moves["items"].as_array().map(Vec::len), Some(1), "{moves}");
    }
}

#[actix_web::test]
async fn a_rule_follows_its_tag_into_another_one_and_back() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "价值" })).await.ok()["id"]);
    let tag =
        async |name: &str| text(&shop.boss.post("/tags", json!({ "group_id": group, "name": name })).await.ok()["id"]);
    let (plain, small, other) = (tag("普通").await, tag("小客户").await, tag("其他").await);
    let path = format!("/pools/{open}/rules");
    let of = |tags: &[&String]| json!({ "by": "contact", "days": 30, "warn_days": 2, "tag_ids": tags });
    let single = rule(&shop.boss, &open, of(&[&plain])).await;
    let both = rule(&shop.boss, &open, of(&[&plain, &small])).await;
    let asked = async || {
        let rules = shop.boss.get(&path).await.ok();
        let rules = rules["items"].as_array().expect("items").clone();
        [&single, &both].map(|id| {
            let found = rules.iter().find(|rule| rule["id"] == json!(id)).expect("the rule");
            (found["terms"]["tag_ids"].clone(), found["enabled_at"].clone())
        })
    };
    let before = asked().await;
    assert_eq!(shop.boss.get(&format!("/tags/{plain}/uses")).await.ok()["rules"], 2);
    assert_eq!(shop.boss.get(&format!("/tags/{other}/uses")).await.ok()["rules"], 0);
    shop.advance(Duration::minutes(1)).await;
    shop.boss.post_at(&format!("/tags/{plain}/merge"), 1, json!({ "into": small })).await.ok();
    let merged = asked().await;
    assert_eq!((&merged[0].0, &merged[1].0), (&json!([small]), &json!([small])));
    // It means others now, so everybody has the time of the warning again.
    assert!(merged.iter().zip(&before).all(|(now, then)| now.1.as_str() > then.1.as_str()), "{merged:?} {before:?}");
    // One of them says something else by now: that stays.
    let found = shop.boss.get(&path).await.ok();
    let found = found["items"].as_array().expect("items").iter().find(|rule| rule["id"] == json!(both)).cloned();
    let version = found.expect("the rule")["version"].as_i64().expect("a version");
    shop.boss.patch(&format!("{path}/{both}"), version, json!({ "terms": of(&[&other]) })).await.ok();
    shop.boss.post(&format!("/tags/{plain}/restore"), json!({})).await.ok();
    let back = asked().await;
    assert_eq!((&back[0].0, &back[1].0), (&json!([plain]), &json!([other])));
}

async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    let rows = db.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.expect("rows");
    rows[0].try_get_by_index(0).expect("a count")
}

/// Runs the server and pulls the plug when more than `past` rows are there; whoever held a job is forgotten.
async fn interrupted(home: &Home, db: &DatabaseConnection, sql: &str, past: i64) {
    let server = home.start().await;
    until("some to be done", async || (count(db, sql).await > past).then_some(())).await;
    server.kill();
    assert!(count(db, sql).await < 900, "killed in the middle");
    db.execute_unprepared("UPDATE jobs SET lease_until = NULL").await.expect("freed");
}

#[actix_web::test]
async fn a_server_that_is_killed_warns_nobody_twice_and_moves_nobody_twice() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let names: String = (0..900).map(|at| format!("客户{at}\n")).collect();
    let table = boss.request(Method::POST, "/imports?name=a.csv").body(format!("姓名\n{names}"));
    let detail = boss.send(table).await.ok();
    let import = format!("/imports/{}", text(&detail["id"]));
    let start = json!({ "columns": detail["columns"], "mode": "create" });
    boss.post(&format!("{import}/start"), start).await.ok();
    until("the import", async || (boss.get(&import).await.ok()["state"] == "done").then_some(())).await;
    let open = text(&boss.post("/pools", json!({ "name": "大公海", "everyone": true })).await.ok()["id"]);
    rule(&boss, &open, json!({ "by": "contact", "days": 30, "warn_days": 3 })).await;
    server.stop().await;

    let db = Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
    // As if everybody had come then, and the rule long before.
    let age = async |days: i64| {
        let now = api::Clock::System.now();
        let (then, long_ago) = (now - Duration::days(days), now - Duration::days(60));
        for (sql, at) in [
            ("UPDATE customers SET created_at = ?", then),
            ("UPDATE recycle_rules SET ran_at = NULL, enabled_at = ?", long_ago),
        ] {
            let sql = Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql, [at.into()]);
            db.execute_raw(sql).await.expect("aged");
        }
        db.execute_unprepared("UPDATE customers SET owned_at = created_at").await.expect("aged");
        // And the warnings some days before.
        let sql = "UPDATE inbox_items SET due_at = ?";
        let sql = Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql, [(now - Duration::hours(1)).into()]);
        db.execute_raw(sql).await.expect("aged");
    };
    const WARNED: &str = "SELECT COUNT(*) FROM inbox_items WHERE kind = 'pool_soon'";
    const MOVED: &str = "SELECT COUNT(*) FROM pool_moves WHERE kind = 'recycled'";
    for (days, sql, whom) in [(29, WARNED, "source_id"), (40, MOVED, "customer_id")] {
        age(days).await;
        interrupted(&home, &db, sql, 0).await;
        interrupted(&home, &db, sql, 300).await;
        let server = home.start().await;
        until("all to be done", async || {
            let waiting = "SELECT COUNT(*) FROM jobs WHERE kind = 'recycling_due' AND state <> 'done'";
            (count(&db, sql).await >= 900 && count(&db, waiting).await == 0).then_some(())
        })
        .await;
        let distinct = sql.replace("COUNT(*)", &format!("COUNT(DISTINCT {whom})"));
        assert_eq!((count(&db, sql).await, count(&db, &distinct).await), (900, 900), "{sql}");
        server.stop().await;
    }
    // The second turn warned of nothing that was already there.
    assert_eq!(count(&db, WARNED).await, 900);
    let entries = "SELECT COUNT(*) FROM audit_entries WHERE action = 'recycle' AND resource = 'customer'";
    assert_eq!(count(&db, entries).await, 900);
    let pooled = "SELECT COUNT(*) FROM customers WHERE pool_id IS NOT NULL";
    assert_eq!(count(&db, pooled).await, 900);
    db.close().await.expect("closed");
}

#[actix_web::test]
async fn a_warning_comes_after_the_days_began() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let terms = |warn: i64| json!({ "by": "contact", "days": 3, "warn_days": warn });
    for warn in [3, 4] {
        let refused = shop.boss.post(&format!("/pools/{open}/rules"), json!({ "terms": terms(warn) })).await;
        assert_eq!(refused.violations(), ["terms.warn_days: warning_early"]);
        let refused = shop.boss.post(&format!("/pools/{open}/rules/simulate"), terms(warn)).await;
        assert_eq!(refused.violations(), ["warn_days: warning_early"]);
    }
    rule(&shop.boss, &open, terms(2)).await;
}

/// A group with such tags.
async fn tags<const N: usize>(shop: &Shop, names: [&str; N]) -> (String, [String; N]) {
    let group = text(&shop.boss.post("/tag-groups", json!({ "name": "价值" })).await.ok()["id"]);
    let mut ids = names.map(str::to_owned);
    for id in &mut ids {
        *id = text(&shop.boss.post("/tags", json!({ "group_id": group, "name": id })).await.ok()["id"]);
    }
    (group, ids)
}

/// Entries that say that a rule was switched off.
fn switched_off(audit: &Value) -> usize {
    let entries = audit["items"].as_array().into_iter().flatten();
    let off = entries.filter(|entry| entry["action"] == "update" && entry["fields"][0]["name"] == "enabled_at");
    off.filter(|entry| entry["fields"][0]["new"].is_null()).count()
}

#[actix_web::test]
async fn a_rule_stops_with_its_last_tag_and_can_be_given_another_one() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let (group, [small, other, third]) = tags(&shop, ["小客户", "其他", "第三"]).await;
    let of = |tags: &[&String]| json!({ "by": "contact", "days": 2, "tag_ids": tags });
    let both = rule(&shop.boss, &open, of(&[&small, &other])).await;
    let single = rule(&shop.boss, &open, of(&[&small])).await;
    customer(&shop.sales, "有标签", json!({ "tag_ids": [small] })).await;
    customer(&shop.sales, "没标签", json!({})).await;
    shop.advance(Duration::days(4)).await;
    let boss = again(&shop, &shop.boss).await;
    let path = format!("/pools/{open}/rules");
    let asked = async |id: &str| {
        let rules = boss.get(&path).await.ok();
        rules["items"].as_array().into_iter().flatten().find(|rule| rule["id"] == id).cloned().expect("the rule")
    };
    let patch = async |id: &str, body: Value| {
        let version = asked(id).await["version"].as_i64().expect("a version");
        boss.patch(&format!("{path}/{id}"), version, body).await
    };
    // Both name it, and one of them names nothing else.
    let uses = boss.get(&format!("/tags/{small}/uses")).await.ok();
    assert_eq!((&uses["rules"], &uses["stops"]), (&json!(2), &json!(1)));
    let uses = boss.get(&format!("/tag-groups/{group}/uses")).await.ok();
    assert_eq!((&uses["rules"], &uses["stops"]), (&json!(2), &json!(2)));
    assert_eq!(boss.delete(&format!("/tags/{small}"), 1).await.status, 204);
    assert_eq!((&asked(&single).await["enabled"], &asked(&both).await["enabled"]), (&json!(false), &json!(true)));
    let audit = boss.get(&format!("/audit?resource=recycle_rule&resource_id={single}")).await.ok();
    assert_eq!(switched_off(&audit), 1, "{audit}");
    // The customer keeps the tag for half an hour, in case it comes back; nobody falls by it, let alone everybody.
    turn(&shop).await;
    assert_eq!(in_pool(&boss).await, BTreeSet::new());
    // Nothing is switched on with a tag that is gone, nor saved with that alone.
    assert_eq!(patch(&single, json!({ "enabled": true })).await.violations(), ["terms.tag_ids.0: tag_unknown"]);
    assert_eq!(patch(&single, json!({ "terms": of(&[&small]) })).await.violations(), ["terms.tag_ids.0: tag_unknown"]);
    assert_eq!(patch(&both, json!({ "enabled": false })).await.ok()["enabled"], false);
    assert_eq!(patch(&both, json!({ "enabled": true })).await.violations(), ["terms.tag_ids.0: tag_unknown"]);
    // A form sends back what it was given: beside another tag the one that is gone is left out.
    let saved = patch(&single, json!({ "terms": of(&[&small, &third]) })).await.ok();
    assert_eq!((&saved["terms"]["tag_ids"], &saved["enabled"]), (&json!([third]), &json!(false)));
    assert_eq!(patch(&single, json!({ "enabled": true })).await.ok()["enabled"], true);
    let saved = patch(&both, json!({ "terms": of(&[]), "enabled": true })).await.ok();
    assert_eq!((&saved["terms"]["tag_ids"], &saved["enabled"]), (&json!([]), &json!(true)));
    // One that was never there is no form's.
    let never = "01920000-0000-7000-8000-000000000000".to_owned();
    let refused = patch(&single, json!({ "terms": of(&[&third, &never]) })).await;
    assert_eq!(refused.violations(), ["terms.tag_ids.1: tag_unknown"]);
    // A group takes the last tag with it as well; a rule that names none goes on.
    let gone = boss.delete(&format!("/tag-groups/{group}?with_tags=true"), 1).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    assert_eq!((&asked(&single).await["enabled"], &asked(&both).await["enabled"]), (&json!(false), &json!(true)));
}

#[actix_web::test]
async fn a_rule_stops_with_its_last_type() {
    let shop = Shop::new().await;
    let open = pool(&shop, json!({ "name": "大公海", "everyone": true })).await;
    let kind = shop.boss.post("/customer-types", json!({ "name": "经销商" })).await.ok();
    let of = |types: Value| json!({ "by": "contact", "days": 2, "types": types });
    let single = rule(&shop.boss, &open, of(json!([kind["code"]]))).await;
    let both = rule(&shop.boss, &open, of(json!([kind["code"], "existing"]))).await;
    shop.boss.delete(&format!("/customer-types/{}", text(&kind["id"])), 1).await.ok();
    let path = format!("/pools/{open}/rules");
    let rules = shop.boss.get(&path).await.ok();
    let of_rule = |id: &str| rules["items"].as_array().into_iter().flatten().find(|rule| rule["id"] == id).expect("it");
    assert_eq!((&of_rule(&single)["enabled"], &of_rule(&both)["enabled"]), (&json!(false), &json!(true)));
    let audit = shop.boss.get(&format!("/audit?resource=recycle_rule&resource_id={single}")).await.ok();
    assert_eq!(switched_off(&audit), 1, "{audit}");
    let refused = shop.boss.patch(&format!("{path}/{single}"), 3, json!({ "enabled": true })).await;
    assert_eq!(refused.violations(), ["terms.types.0: type_unknown"]);
    let again = json!({ "terms": of(json!([kind["code"], "existing"])) });
    let saved = shop.boss.patch(&format!("{path}/{both}"), 2, again).await.ok();
    assert_eq!(saved["terms"]["types"], json!(["existing"]));
    let saved = json!({ "terms": of(json!([])), "enabled": true });
    assert_eq!(shop.boss.patch(&format!("{path}/{single}"), 3, saved).await.ok()["enabled"], true);
}
