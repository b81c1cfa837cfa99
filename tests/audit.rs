//! The audit record: what it says, that nobody can touch it unseen, and that it forgets whom it must.

use crate::guards::database::{open, select};
use crate::harness::{Client, Home, Shop, phone_number, text, until};
use crate::rights::hire;
use api::System;
use chrono::Duration;
use domain::permission::Role;
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde_json::{Value, json};

/// Entries about a row, oldest first.
async fn about(shop: &Shop, id: &str) -> Vec<Value> {
    let page = shop.boss.get(&format!("/audit?limit=100&resource_id={id}")).await.ok();
    page["items"].as_array().expect("entries").iter().rev().cloned().collect()
}

fn field(entry: &Value, name: &str) -> Value {
    let fields = entry["fields"].as_array().expect("fields");
    fields.iter().find(|field| field["name"] == name).cloned().unwrap_or_default()
}

/// Gives what waits its place in the chain.
async fn seal(shop: &Shop) -> usize {
    System::new(&shop.at).seal_audit(Some(shop.tenant)).await.expect("sealed")
}

async fn verdict(shop: &Shop) -> Value {
    shop.boss.get("/audit/verify").await.ok()
}

/// What is wrong: kind and place.
async fn findings(shop: &Shop) -> Vec<(String, i64)> {
    let verdict = verdict(shop).await;
    let findings = verdict["findings"].as_array().expect("findings");
    assert_eq!(verdict["intact"], findings.is_empty(), "{verdict}");
    findings.iter().map(|found| (text(&found["kind"]), found["seq"].as_i64().expect("a place"))).collect()
}

/// Somebody with the database's password at work.
async fn behind_its_back(shop: &Shop, db: &DatabaseConnection, sql: &str) {
    let sql = sql.replace("{t}", &shop.tenant.to_string());
    db.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A business with a record of a dozen entries, sealed.
async fn recorded() -> (Shop, DatabaseConnection) {
    let shop = Shop::new().await;
    for at in 0..12 {
        shop.boss.post("/customers", json!({ "name": format!("客户{at}") })).await.ok();
        shop.advance(Duration::seconds(1)).await;
    }
    seal(&shop).await;
    let db = open(&shop).await;
    assert_eq!(findings(&shop).await, []);
    (shop, db)
}

#[actix_web::test]
async fn a_change_says_who_whence_and_what_stood_there_before() {
    let shop = Shop::new().await;
    let number = phone_number();
    let body =
        json!({ "name": "沈怡然", "remark": "对花生过敏", "birthday": "1990-02-28", "phones": [{ "number": number }] });
    let id = text(&shop.sales.post("/customers", body).await.ok()["id"]);
    shop.advance(Duration::seconds(1)).await;
    let change =
        json!({ "name": "沈怡", "type": "existing", "remark": null, "phones": [{ "number": phone_number() }] });
    let request = shop.sales.request(reqwest::Method::PATCH, &format!("/customers/{id}"));
    let request = request.header("If-Match", "\"1\"").header("X-Request-Id", "the-request-1").json(&change);
    shop.sales.send(request).await.ok();
    shop.advance(Duration::seconds(1)).await;
    shop.boss.delete(&format!("/customers/{id}"), 2).await;
    let entries = about(&shop, &id).await;
    let [created, changed, deleted] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(
        (&created["action"], &changed["action"], &deleted["action"]),
        (&json!("create"), &json!("update"), &json!("delete"))
    );
    assert_eq!((&changed["actor_name"], &changed["actor_id"]), (&json!("陈晓"), &json!(shop.sales_id)));
    let address = changed["address"].as_str().expect("an address");
    assert!(address.starts_with("10."), "what the trusted proxy says: {address}");
    assert_eq!(changed["request_id"], "the-request-1");
    assert!(changed["session_id"].is_string(), "{changed}");
    let personal = |name: &str, old: Value, new: Value| json!({ "name": name, "kind": "personal", "old": old, "new": new, "readable": true });
    assert_eq!(field(created, "name"), personal("name", Value::Null, json!("沈怡然")));
    assert_eq!(field(created, "birthday"), personal("birthday", Value::Null, json!("1990-02-28")));
    assert_eq!(field(created, "company"), Value::Null, "what is empty says nothing");
    assert_eq!(field(changed, "name"), personal("name", json!("沈怡然"), json!("沈怡")));
    assert_eq!(field(changed, "remark"), personal("remark", json!("对花生过敏"), Value::Null));
    assert_eq!(
        field(changed, "type"),
        json!({ "name": "type", "kind": "plain", "old": "potential", "new": "existing", "readable": true })
    );
    let secret = json!({ "name": "vault", "kind": "secret", "old": null, "new": null, "readable": false });
    assert_eq!(field(changed, "vault"), secret, "of phones only the fact");
    assert_eq!(field(changed, "birthday"), Value::Null, "what stayed is not a change");
    assert_eq!(field(deleted, "name"), personal("name", json!("沈怡"), Value::Null));

    // In the database nobody reads it without the key.
    let rows =
        select(&open(&shop).await, &format!("SELECT changes FROM audit_entries WHERE tenant_id = {}", shop.tenant))
            .await;
    for row in rows {
        let said: String = row.try_get_by_index(0).expect("changes");
        assert!(!["沈怡", "过敏", "1990", &number[3..]].iter().any(|word| said.contains(word)), "{said}");
    }
}

#[actix_web::test]
async fn what_hangs_on_a_person_is_sealed_under_that_person_too() {
    let shop = Shop::new().await;
    let id = shop.customer_named("沈怡").await;
    let body = json!({ "customer_id": id, "title": "送样茶给她母亲", "due_at": shop.at.clock().now() });
    let task = text(&shop.sales.post("/tasks", body).await.ok()["id"]);
    let said = json!({ "channel": "call", "content": "她下月搬家" });
    let interaction = text(&shop.sales.post(&format!("/customers/{id}/interactions"), said).await.ok()["id"]);
    seal(&shop).await;
    assert_eq!(field(&about(&shop, &task).await[0], "title")["new"], "送样茶给她母亲");
    assert_eq!(field(&about(&shop, &interaction).await[0], "content")["new"], "她下月搬家");

    // Without the person's keys the values are gone, and the record is still whole.
    let db = open(&shop).await;
    behind_its_back(&shop, &db, "UPDATE customers SET person_key = NULL WHERE tenant_id = {t}").await;
    for (row, name) in [(&task, "title"), (&interaction, "content"), (&id, "name")] {
        let gone = json!({ "name": name, "kind": "personal", "old": null, "new": null, "readable": false });
        assert_eq!(field(&about(&shop, row).await[0], name), gone);
    }
    assert_eq!(findings(&shop).await, []);
}

#[actix_web::test]
async fn an_entry_that_was_changed_removed_or_put_elsewhere_is_named() {
    let (shop, db) = recorded().await;
    behind_its_back(&shop, &db, "UPDATE audit_entries SET actor_name = '某人' WHERE tenant_id = {t} AND seq = 3").await;
    let verdict = verdict(&shop).await;
    let of_third =
        select(&db, &format!("SELECT id FROM audit_entries WHERE tenant_id = {} AND seq = 3", shop.tenant)).await;
    let third: uuid::Uuid = of_third[0].try_get_by_index(0).expect("an id");
    assert_eq!(verdict["findings"], json!([{ "kind": "changed", "seq": 3, "id": third, "until": null, "day": null }]));
    behind_its_back(&shop, &db, "DELETE FROM audit_entries WHERE tenant_id = {t} AND seq IN (6, 7)").await;
    assert_eq!(findings(&shop).await, [("changed".to_owned(), 3), ("removed".to_owned(), 6)]);

    let (shop, db) = recorded().await;
    for (from, to) in [(4, 1004), (9, 4), (1004, 9)] {
        let sql = format!("UPDATE audit_entries SET seq = {to} WHERE tenant_id = {{t}} AND seq = {from}");
        behind_its_back(&shop, &db, &sql).await;
    }
    assert_eq!(findings(&shop).await, [("reordered".to_owned(), 4), ("reordered".to_owned(), 9)]);
}

#[actix_web::test]
async fn the_end_of_the_record_cannot_be_cut_off_and_the_whole_not_be_written_anew() {
    let (shop, db) = recorded().await;
    let whole = verdict(&shop).await;
    assert_eq!((whole["anchors"].as_i64(), whole["head_seq"].as_i64()), (Some(1), whole["checked"].as_i64()));
    let last = whole["head_seq"].as_i64().expect("a place");
    behind_its_back(&shop, &db, &format!("DELETE FROM audit_entries WHERE tenant_id = {{t}} AND seq > {}", last - 2))
        .await;
    assert!(findings(&shop).await.contains(&("removed".to_owned(), last - 1)));
    // The head is put back with it: the day's anchor knows better, and the log has it too.
    let back = format!(
        "UPDATE audit_heads SET seq = {0}, hash = (SELECT hash FROM audit_entries WHERE tenant_id = {{t}} AND seq = {0}) WHERE tenant_id = {{t}}",
        last - 2
    );
    behind_its_back(&shop, &db, &back).await;
    let found = verdict(&shop).await;
    assert_eq!(found["intact"], false, "{found}");

    let (shop, db) = recorded().await;
    behind_its_back(&shop, &db, "DELETE FROM audit_heads WHERE tenant_id = {t}").await;
    assert_eq!(findings(&shop).await, [("head".to_owned(), 0)]);
}

#[actix_web::test]
async fn workers_that_seal_at_once_make_one_chain_and_late_entries_come_last() {
    let shop = Shop::new().await;
    let system = System::new(&shop.at);
    let writers = futures::future::join_all((0..4).map(|writer| {
        let (boss, shop) = (shop.boss.clone(), &shop);
        async move {
            for at in 0..10 {
                boss.post("/customers", json!({ "name": format!("客户{writer}{at}") })).await.ok();
                system_seal(shop).await;
            }
        }
    }));
    writers.await;
    system.seal_audit(Some(shop.tenant)).await.expect("sealed");
    let whole = verdict(&shop).await;
    assert_eq!(
        (&whole["intact"], &whole["unsealed"], &whole["checked"]),
        (&json!(true), &json!(0), &whole["head_seq"]),
        "{whole}"
    );
    let checked = whole["checked"].as_i64().expect("a number");
    assert!(checked >= 40, "{whole}");

    // A transaction that took long commits what happened before everything that is sealed.
    let db = open(&shop).await;
    let columns = "tenant_id, id, actor_name, action, resource, changes, request_id, at";
    let late = format!(
        "INSERT INTO audit_entries ({columns}) SELECT tenant_id, X'0193000000007000800000000000000A', actor_name, action, resource, changes, 'late', at FROM audit_entries WHERE tenant_id = {{t}} AND seq = 1"
    );
    behind_its_back(&shop, &db, &late).await;
    let waiting = verdict(&shop).await;
    assert_eq!((&waiting["intact"], &waiting["unsealed"]), (&json!(true), &json!(1)), "{waiting}");
    assert_eq!(seal(&shop).await, 1);
    let found = shop.boss.get("/audit?limit=100").await.ok();
    let late = found["items"].as_array().expect("entries").iter().find(|entry| entry["request_id"] == "late").cloned();
    assert_eq!(late.expect("the late one")["seq"], checked + 1);
    assert_eq!(findings(&shop).await, []);
}

async fn system_seal(shop: &Shop) {
    System::new(&shop.at).seal_audit(Some(shop.tenant)).await.expect("sealed");
}

#[actix_web::test]
async fn the_record_is_searched_by_who_what_and_when() {
    let shop = Shop::new().await;
    let mine = shop.customer_named("沈怡").await;
    shop.advance(Duration::minutes(10)).await;
    let noon = shop.at.clock().now();
    let theirs = text(&shop.rival.post("/customers", json!({ "name": "顾客" })).await.ok()["id"]);
    shop.boss.post("/tag-groups", json!({ "name": "口味" })).await.ok();
    let found = async |query: &str| -> Vec<String> {
        let page = shop.boss.get(&format!("/audit?{query}")).await.ok();
        page["items"].as_array().expect("entries").iter().map(|entry| text(&entry["resource_id"])).collect()
    };
    assert_eq!(found(&format!("actor_id={}&resource=customer", shop.rival_id)).await, [theirs.as_str()]);
    assert_eq!(found("resource=customer").await, [theirs.as_str(), &mine]);
    assert_eq!(found("resource=customer&limit=1").await, [theirs.as_str()]);
    let noon = noon.format("%Y-%m-%dT%H:%M:%SZ");
    assert_eq!(found(&format!("resource=customer&until={noon}")).await, [mine.as_str()]);
    assert_eq!(found(&format!("action=create&from={noon}&resource=customer")).await, [theirs.as_str()]);
    assert_eq!(found("action=login_failed").await, Vec::<String>::new());
    assert_eq!(shop.boss.get("/audit?from=yesterday").await.violations(), ["from: instant_format"]);
    assert_eq!(shop.boss.get("/audit?action=created").await.violations(), ["action: enum_invalid"]);
    assert_eq!(shop.boss.get("/audit?resource=customers").await.violations(), ["resource: enum_invalid"]);
    let operator = shop.caretaker().await.log_in(&shop).await;
    assert_eq!(operator.get("/operator/audit?action=drop").await.violations(), ["action: enum_invalid"]);
    assert_eq!(operator.get("/operator/audit?resource=x").await.violations(), ["resource: enum_invalid"]);
    assert_eq!(shop.boss.get("/audit?actor_id=me").await.violations(), ["actor_id: uuid_invalid"]);
}

#[actix_web::test]
async fn a_role_that_changes_is_on_the_record() {
    let shop = Shop::new().await;
    let system = System::new(&shop.at);
    system.set_role(shop.tenant, shop.rival_id, Some(Role::Boss)).await.expect("changed");
    system.set_role(shop.tenant, shop.rival_id, None).await.expect("suspended");
    let entries = about(&shop, &shop.rival_id.to_string()).await;
    let changes: Vec<_> = entries.iter().map(|entry| entry["changes"].clone()).collect();
    assert!(changes.contains(&json!({ "old": "sales", "new": "boss", "suspended": false })), "{changes:?}");
    assert!(changes.contains(&json!({ "old": "boss", "new": null, "suspended": true })), "{changes:?}");
}

#[actix_web::test]
async fn entries_go_when_their_time_is_over_and_the_rest_is_still_proved() {
    let shop = Shop::with(|config| config.audit.retention_days = 0).await;
    let system = System::new(&shop.at);
    for at in 0..3 {
        shop.customer_named(&format!("老客户{at}")).await;
    }
    seal(&shop).await;
    shop.advance(Duration::days(40)).await;
    let sales = shop.log_in_again(&shop.sales).await.act_in(shop.tenant).await;
    sales.post("/customers", json!({ "name": "新客户" })).await.ok();
    seal(&shop).await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let count = async || boss.get("/audit?resource=customer").await.ok()["items"].as_array().map_or(0, Vec::len);
    system.cut_audit().await.expect("nothing to cut");
    assert_eq!(count().await, 4, "for ever");
    system.keep_audit(shop.tenant, Some(30)).await.expect("a setting");
    system.cut_audit().await.expect("cut");
    assert_eq!(count().await, 1);
    seal(&shop).await;
    let verdict = boss.get("/audit/verify").await.ok();
    let cut = verdict["cut_seq"].as_i64().expect("a place");
    assert!(verdict["intact"] == true && cut >= 3, "{verdict}");
    let cuts = boss.get("/audit?resource=audit").await.ok();
    let actions: Vec<_> =
        cuts["items"].as_array().expect("entries").iter().map(|entry| text(&entry["action"])).collect();
    assert_eq!(actions.len(), 2, "{cuts}");
    // What is left over from the cut is still protected.
    let db = open(&shop).await;
    let first = format!("DELETE FROM audit_entries WHERE tenant_id = {{t}} AND seq = {}", cut + 1);
    behind_its_back(&shop, &db, &first).await;
    assert_eq!(boss.get("/audit/verify").await.ok()["intact"], false);
}

#[actix_web::test]
async fn a_running_server_seals_within_seconds_and_its_log_keeps_the_anchor() {
    let home = Home::new().await;
    let tenant = home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let begun = std::time::Instant::now();
    boss.post("/customers", json!({ "name": "沈怡" })).await.ok();
    let sealed = until("the seal", async || {
        let verdict = boss.get("/audit/verify").await.ok();
        (verdict["unsealed"] == 0 && verdict["checked"].as_i64() > Some(0)).then_some(verdict)
    })
    .await;
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    let log = std::fs::read_to_string(&server.log).expect("a log");
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let anchor = lines.filter(|line| line["message"] == "audit anchor").find(|line| line["tenant"] == tenant);
    let anchor = anchor.expect("an anchor");
    let db = sea_orm::Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
    let at_anchor = format!("SELECT hash FROM audit_entries WHERE tenant_id = {tenant} AND seq = {}", anchor["seq"]);
    let hash: Vec<u8> = select(&db, &at_anchor).await[0].try_get_by_index(0).expect("a hash");
    assert_eq!(anchor["hash"], json!(hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>()));
    assert_eq!(sealed["intact"], true);
    server.stop().await;

    let id = tenant.to_string();
    let mistyped = home.run(&["audit", "verify", "--tenant", "987654"]);
    assert!(!mistyped.status.success(), "a business that is not there");
    assert_eq!(home.admin(&["audit", "verify", "--tenant", &id])["intact"], true);
    let wrong = format!("UPDATE audit_entries SET request_id = 'another' WHERE tenant_id = {tenant} AND seq = 1");
    db.execute_unprepared(&wrong).await.expect("changed");
    let output = home.run(&["audit", "verify"]);
    assert!(!output.status.success(), "a broken record is an error");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("\"kind\":\"changed\"") && said.contains("\"seq\":1"), "{said}");
}

#[actix_web::test]
async fn a_record_of_several_pages_is_verified_to_its_end_and_a_missing_page_is_missed() {
    let (shop, db) = recorded().await;
    let rows = (0..1100).map(|at| {
        let id = format!("X'0193000000007000800000{at:010}'");
        format!("({{t}}, {id}, '系统', 'create', 'page', '{{}}', 'many', '2026-11-21 02:00:00.000000')")
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    let columns = "tenant_id, id, actor_name, action, resource, changes, request_id, at";
    behind_its_back(&shop, &db, &format!("INSERT INTO audit_entries ({columns}) VALUES {rows}")).await;
    assert_eq!(seal(&shop).await, 1100);
    let whole = verdict(&shop).await;
    assert_eq!((&whole["intact"], &whole["next"], &whole["checked"]), (&json!(true), &Value::Null, &whole["head_seq"]));
    let half = shop.boss.get("/audit/verify?after=700").await.ok();
    assert_eq!((&half["intact"], &half["findings"]), (&json!(true), &json!([])), "{half}");
    // What is left fills its pages exactly.
    behind_its_back(&shop, &db, "DELETE FROM audit_entries WHERE tenant_id = {t} AND seq > 1000").await;
    assert!(findings(&shop).await.contains(&("removed".to_owned(), 1001)));
}

#[actix_web::test]
async fn the_installation_has_a_record_that_its_operators_read() {
    let shop = Shop::new().await;
    let operator = shop.caretaker().await;
    let caretaker = shop.vouch(&operator.log_in(&shop).await).await;
    let network = format!("2001:db8:{:x}::/48", shop.tenant % 0xffff);
    let (from, rule) =
        (shop.at.clock().now().format("%Y-%m-%dT%H:%M:%SZ"), json!({ "rule": "block", "network": network }));
    caretaker.post("/operator/networks", rule).await.ok();
    let query = format!("resource=network&action=create&from={from}&limit=100");
    let mut path = format!("/operator/audit?{query}");
    let about = loop {
        let page = caretaker.get(&path).await.ok();
        let items = page["items"].as_array().expect("entries");
        assert!(items.iter().all(|entry| entry["resource"] == "network" && entry["action"] == "create"), "{page}");
        if let Some(about) = items.iter().find(|entry| entry["changes"]["network"] == network.as_str()) {
            break about.clone();
        }
        path = format!("/operator/audit?{query}&cursor={}", text(&page["next_cursor"]));
    };
    let account = caretaker.get("/auth/me").await.ok()["account_id"].clone();
    assert_eq!((&about["actor_id"], &about["actor_name"]), (&account, &json!(operator.name)));
    assert!(text(&about["address"]).starts_with("10."), "{about}");
    assert_eq!(caretaker.get("/operator/audit?limit=1").await.ok()["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(caretaker.get("/operator/audit?limit=101").await.violations(), ["limit: limit_invalid"]);
    assert_eq!(caretaker.get("/operator/audit?from=yesterday").await.violations(), ["from: instant_format"]);
    caretaker.delete(&format!("/operator/networks?network={network}"), 1).await.ok();
    // It is about no business: what happens in one is in none but its own.
    let id = shop.customer_named("沈怡").await;
    assert_eq!(caretaker.get(&format!("/operator/audit?resource_id={id}")).await.ok()["items"], json!([]));
    let verdict = caretaker.get("/operator/audit/verify").await.ok();
    assert_eq!((&verdict["tenant_id"], &verdict["intact"]), (&json!(0), &json!(true)));
    for path in ["/operator/audit", "/operator/audit/verify"] {
        shop.boss.get(path).await.problem(403, "operators_only");
    }
    caretaker.get("/audit").await.problem(403, "side_wrong");
}

/// All entries of the installation's record that a query finds.
async fn installation(caretaker: &Client, query: &str) -> Vec<Value> {
    let (mut found, mut path) = (Vec::new(), format!("/operator/audit?{query}&limit=100"));
    loop {
        let page = caretaker.get(&path).await.ok();
        found.extend(page["items"].as_array().expect("entries").iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return found };
        path = format!("/operator/audit?{query}&limit=100&cursor={next}");
    }
}

#[actix_web::test]
async fn the_installation_s_record_says_what_became_of_a_business_and_who_did_it() {
    let shop = Shop::new().await;
    let operator = shop.caretaker().await;
    let caretaker = shop.vouch(&operator.log_in(&shop).await).await;
    let account = caretaker.get("/auth/me").await.ok()["account_id"].clone();
    let boss = json!({ "name": "周明", "phone": phone_number() });
    let made = caretaker.post("/operator/tenants", json!({ "name": "远山茶行", "boss": boss })).await.ok();
    let tenant = made["tenant_id"].clone();
    let path = format!("/operator/tenants/{tenant}");
    for (version, change) in
        [(1, json!({ "name": "远山茶业" })), (2, json!({ "suspended": true })), (3, json!({ "suspended": false }))]
    {
        caretaker.patch(&path, version, change).await.ok();
    }
    // What was refused is not there.
    caretaker.patch(&path, 1, json!({ "name": "近山茶业" })).await.problem(409, "version_stale");
    let query = format!("resource=business&actor_id={}", text(&account));
    let mut said: Vec<_> = installation(&caretaker, &query).await;
    assert!(said.iter().all(|entry| entry["actor_name"] == operator.name.as_str()), "{said:?}");
    assert!(said.iter().all(|entry| entry["changes"]["tenant_id"] == tenant), "{said:?}");
    let mut said: Vec<_> = said.drain(..).map(|entry| (text(&entry["action"]), entry["changes"].clone())).collect();
    said.sort_by_key(|(action, changes)| (action.clone(), changes.to_string()));
    let expected = [
        ("create", json!({ "tenant_id": tenant })),
        ("update", json!({ "tenant_id": tenant, "renamed": true, "suspended": null })),
        ("update", json!({ "tenant_id": tenant, "renamed": false, "suspended": false })),
        ("update", json!({ "tenant_id": tenant, "renamed": false, "suspended": true })),
    ];
    let mut expected = expected.map(|(action, changes)| (action.to_owned(), changes)).to_vec();
    expected.sort_by_key(|(action, changes)| (action.clone(), changes.to_string()));
    assert_eq!(said, expected);
    // Their logins stand there by name as well.
    let logins = installation(&caretaker, &format!("action=login&actor_id={}", text(&account))).await;
    assert_eq!(logins.iter().map(|entry| text(&entry["actor_name"])).collect::<Vec<_>>(), [operator.name.as_str()]);
    // What a business reads about itself names nobody by what they log in with.
    let path = format!("/operator/tenants/{}", shop.tenant);
    let version = caretaker.get(&path).await.ok()["version"].as_i64().expect("a version");
    caretaker.patch(&path, version, json!({ "name": "山月茶业" })).await.ok();
    let own = shop.boss.get("/audit?resource=business&action=update").await.ok();
    assert_eq!(own["items"][0]["actor_name"], "运营", "{own}");
}

#[actix_web::test]
async fn an_entry_says_what_its_row_is_called_now_to_whoever_sees_the_row() {
    let shop = Shop::new().await;
    let customer = shop.sales.post("/customers", json!({ "name": "李小满" })).await.ok();
    let id = text(&customer["id"]);
    let order = json!({ "customer_id": id, "receiver": "李小满", "phone": phone_number(), "address": "西湖区一号",
        "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }] });
    let order = shop.sales.post("/orders", order).await.ok();
    shop.sales.patch(&format!("/customers/{id}"), 1, json!({ "title": "店长" })).await.ok();
    let called = async |client: &Client, id: &str| -> Vec<Value> {
        let page = client.get(&format!("/audit?resource_id={id}")).await.ok();
        page["items"].as_array().expect("entries").iter().map(|entry| entry["resource_name"].clone()).collect()
    };
    assert_eq!(called(&shop.boss, &id).await, [json!("李小满"), json!("李小满")]);
    assert_eq!(called(&shop.boss, &text(&order["id"])).await, [order["number"].clone()]);
    // Somebody who reads the record and sees customers of their own only.
    let reach = json!({ "customers": "own", "interactions": "own", "tasks": "own", "orders": "own" });
    let rights = json!({ "permissions": ["customers.read", "orders.read", "audit.read"], "reach": reach,
        "pool": false, "fields": { "phones": "show", "amounts": "show" } });
    let role = text(&shop.boss.post("/roles", json!({ "name": "看记录的", "rights": rights })).await.ok()["id"]);
    let (reader, _) = hire(&shop, "custom", Some(&role)).await;
    assert_eq!(called(&reader, &id).await, [Value::Null, Value::Null]);
    assert_eq!(called(&reader, &text(&order["id"])).await, [Value::Null]);
    // Who was erased is called nothing any more.
    let knowing = json!({ "reason": "asked", "with_open_orders": true });
    assert_eq!(shop.boss.post(&format!("/customers/{id}/erase"), knowing).await.status, 204);
    assert!(called(&shop.boss, &id).await.iter().all(Value::is_null));
}

#[actix_web::test]
async fn the_record_says_what_somebody_is_called_to_whoever_sees_them_only() {
    let shop = Shop::new().await;
    let reads = async |permissions: &[&str], reach: &str| {
        let rights = json!({
            "permissions": permissions, "pool": false, "fields": { "phones": "show", "amounts": "show" },
            "reach": { "customers": reach, "interactions": reach, "tasks": reach, "orders": reach },
        });
        let body = json!({ "name": format!("看记录{}", permissions.len()), "rights": rights });
        let role = text(&shop.boss.post("/roles", body).await.ok()["id"]);
        hire(&shop, "custom", Some(&role)).await.0
    };
    let nobody = reads(&["audit.read"], "all").await;
    let own = reads(&["audit.read", "customers.read", "customers.write", "tasks.read", "tasks.write"], "own").await;
    let theirs = shop.customer_named("沈怡").await;
    let mine = text(&own.post("/customers", json!({ "name": "张三", "type": "existing" })).await.ok()["id"]);
    let due = json!({ "customer_id": theirs, "title": "送样茶给她母亲", "due_at": shop.at.clock().now() });
    let task = text(&shop.sales.post("/tasks", due).await.ok()["id"]);
    shop.boss.delete(&format!("/customers/{theirs}"), 1).await;
    shop.advance(Duration::seconds(3)).await;
    let said = async |by: &Client, id: &str, name: &str| {
        let page = by.get(&format!("/audit?action=create&resource_id={id}")).await.ok();
        let entry = page["items"][0].clone();
        assert!(entry["actor_name"].is_string() && entry["at"].is_string(), "{page}");
        let field = field(&entry, name);
        assert_eq!(field["readable"], !field["new"].is_null(), "{page}");
        assert_eq!(entry["unseen"], field["kind"] == "personal" && field["new"].is_null(), "{page}");
        (field["kind"].clone(), field["new"].clone())
    };
    let hidden = (json!("personal"), Value::Null);
    for (by, id, name, value) in [
        (&nobody, &theirs, "name", None),
        (&nobody, &mine, "name", None),
        (&nobody, &task, "title", None),
        (&own, &theirs, "name", None),
        (&own, &task, "title", None),
        (&own, &mine, "name", Some("张三")),
        // Also of whom is no more, to whoever sees everybody.
        (&shop.boss, &theirs, "name", Some("沈怡")),
        (&shop.boss, &task, "title", Some("送样茶给她母亲")),
    ] {
        let expected = value.map_or(hidden.clone(), |value| (json!("personal"), json!(value)));
        assert_eq!(said(by, id, name).await, expected, "{name} of {id}");
    }
    // What says nothing of a person is said to all who read the record.
    let plain = nobody.get(&format!("/audit?action=create&resource_id={mine}")).await.ok()["items"][0].clone();
    assert_eq!((&plain["unseen"], field(&plain, "type")["new"].clone()), (&json!(true), json!("existing")));
}
