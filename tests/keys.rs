//! Keys are replaced while people work, and nothing that they sealed is lost.

use crate::guards::database::{open, select};
use crate::guards::samples::Desk;
use crate::harness::{Client, Home, Shop, an_address, phone_number, text, until};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use api::admin::{Admin, Keys};
use api::{Installation, Present, Running};
use chrono::Duration;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

async fn with_phone(client: &Client, name: &str) -> (String, String) {
    let number = phone_number();
    let made = client.post("/customers", json!({ "name": name, "phones": [{ "number": number }] })).await.ok();
    (text(&made["id"]), number)
}

async fn revealed(client: &Client, id: &str) -> Value {
    client.post(&format!("/customers/{id}/phones/0/reveal"), json!({})).await.ok()["dial"].clone()
}

fn keys(home: &Home, arguments: &[&str]) -> Value {
    home.admin(&[&["admin", "keys"], arguments].concat())
}

fn lines(home: &Home) -> Vec<String> {
    fs::read_to_string(home.path("shuke.key")).expect("keys").lines().map(str::to_owned).collect()
}

#[actix_web::test]
async fn the_master_key_is_replaced_and_sessions_phones_and_searches_go_on() {
    let home = Home::new().await;
    let tenant = home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let (id, number) = with_phone(&boss, "沈怡").await;
    let first = lines(&home);
    assert_eq!(keys(&home, &["rotate-master"])["step"], "written");
    let both = lines(&home);
    assert_eq!((both.len(), &both[1..]), (2, first.as_slice()));
    let mode = fs::metadata(home.path("shuke.key")).expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    server.stop().await;

    // Both keys are valid: what the first sealed opens, the second seals.
    let server = home.start().await;
    let again = json!({ "refresh_token": boss.refresh_token, "device": "browser-1" });
    let boss = server.nobody().holding(&server.nobody().post("/auth/refresh", again).await.ok()).act_in(tenant).await;
    assert_eq!(revealed(&boss, &id).await, json!(number));
    let shown = keys(&home, &["show"]);
    assert_eq!(shown["master"]["ids"].as_array().map(Vec::len), Some(2), "{shown}");
    let done = keys(&home, &["rotate-master"]);
    assert_eq!(done["step"], "done");
    assert!(done["rewrapped"].as_i64() >= Some(2), "{done}");
    assert_eq!(lines(&home), both[..1]);
    assert_eq!(revealed(&boss, &id).await, json!(number), "the running server does not notice");
    server.stop().await;

    // Nothing is left under the old one, which opens nothing any more.
    let server = home.start().await;
    let again = json!({ "refresh_token": boss.refresh_token, "device": "browser-1" });
    let boss = server.nobody().holding(&server.nobody().post("/auth/refresh", again).await.ok()).act_in(tenant).await;
    assert_eq!(revealed(&boss, &id).await, json!(number));
    assert_eq!(boss.get(&format!("/customers?q={number}")).await.ok()["items"].as_array().map(Vec::len), Some(1));
    let shown = keys(&home, &["show"]);
    let only = text(&shown["master"]["ids"][0]);
    for (column, by) in shown["master"]["sealed"].as_object().expect("columns") {
        let others: Vec<_> = by.as_object().expect("keys").keys().filter(|id| **id != only).collect();
        assert!(others.is_empty(), "{column}: {others:?} beside {only}");
    }
    server.stop().await;
    fs::write(home.path("shuke.key"), first.join("\n")).expect("written");
    let refused = home.run(&["serve"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("another master key"));
}

/// The database of a home, beside whoever else has it open.
async fn database(home: &Home) -> sea_orm::DatabaseConnection {
    let path = home.path("shuke.db");
    sea_orm::Database::connect(format!("sqlite://{}", path.display())).await.expect("opens")
}

#[actix_web::test]
async fn the_old_master_key_stays_while_a_server_seals_under_it() {
    let home = Home::new().await;
    let tenant = home.furnish();
    let old = home.start().await;
    let boss = old.boss().await;
    let (id, number) = with_phone(&boss, "沈怡").await;
    let before = keys(&home, &["show"])["servers"].clone();
    assert_eq!((before.as_array().map(Vec::len), &before[0]["kind"]), (Some(1), &json!("serve")), "{before}");
    assert_eq!(keys(&home, &["rotate-master"])["step"], "written");
    // One of two servers was restarted.
    let new = home.start().await;
    let both = lines(&home);
    let shown = keys(&home, &["show"]);
    let under: Vec<_> = shown["servers"].as_array().expect("servers").iter().map(|one| text(&one["key_id"])).collect();
    let ids: Vec<_> = shown["master"]["ids"].as_array().expect("ids").iter().map(text).collect();
    assert_eq!(under, [ids[1].clone(), ids[0].clone()], "{shown}");
    for _ in 0..2 {
        let refused = home.run(&["admin", "keys", "rotate-master"]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("1 of the servers") && said.contains(&ids[1]), "{said}");
        assert!(said.contains(&format!("under {}", ids[1])) && !said.contains(&format!("under {}", ids[0])), "{said}");
    }
    assert_eq!((lines(&home), &keys(&home, &["show"])["master"]), (both, &shown["master"]), "nothing was changed");
    // What it seals meanwhile is not lost either.
    let colleague = json!({ "name": "何平", "phone": phone_number(), "role": "sales" });
    boss.post("/staff", colleague).await.ok();
    old.stop().await;
    assert_eq!(keys(&home, &["rotate-master"])["step"], "done");
    new.stop().await;
    let server = home.start().await;
    let boss = server.boss().await.act_in(tenant).await;
    assert_eq!(revealed(&boss, &id).await, json!(number));
    assert_eq!(keys(&home, &["rotate-lookups"])["lookups"], true, "every sealed phone opens");
    assert_eq!(keys(&home, &["show"])["servers"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn a_server_that_slept_while_the_master_key_was_put_away_ends_itself() {
    let home = Home::new().await;
    home.furnish();
    let mut asleep = home.start().await;
    let db = database(&home).await;
    // Stopped between two transactions: one that holds SQLite's lock would keep everybody out.
    until("the server to sleep", async || {
        asleep.signal("STOP");
        let silent = "UPDATE servers SET seen_at = '2026-01-01T00:00:00.000000+00:00'";
        let free = db.execute_unprepared(silent).await.is_ok();
        if !free {
            asleep.signal("CONT");
        }
        free.then_some(())
    })
    .await;
    for step in ["written", "done"] {
        assert_eq!(keys(&home, &["rotate-master"])["step"], step);
    }
    asleep.signal("CONT");
    assert!(!asleep.ended().await.success());
    let log = fs::read_to_string(&asleep.log).expect("a log");
    assert!(log.contains("must not seal anything any more"), "{log}");
    assert_eq!(keys(&home, &["show"])["servers"], json!([]));
    home.start().await.stop().await;
}

#[actix_web::test]
async fn a_server_that_was_silent_asks_before_it_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("own.key").display().to_string();
    let shop = Shop::alone_with(|config| {
        config.keys.file = file;
        config.keys.master = String::new().into();
    })
    .await;
    let present = Present::enter_once(&shop.at, "serve").await.expect("entered");
    let turn = async || {
        let at = Installation::open(shop.at.config().clone(), shop.at.clock().clone()).await.expect("opens");
        let answer = Admin::Keys(Keys::RotateMaster).run(&at).await;
        at.close().await;
        answer.map(|answer| text(&answer["step"])).map_err(|error| error.to_string())
    };
    assert_eq!(turn().await.as_deref(), Ok("written"));
    assert!(turn().await.expect_err("refused").contains("still seal"));
    shop.advance(Duration::seconds(46)).await;
    shop.boss.get("/today").await.ok();
    shop.advance(Duration::seconds(40)).await;
    assert!(turn().await.is_err(), "the request has said that it is alive");
    shop.advance(Duration::seconds(61)).await;
    assert_eq!(turn().await.as_deref(), Ok("done"));
    shop.boss.get("/today").await.problem(503, "unavailable");
    assert!(api::run_due(&shop.at, shop.tenant).await.is_err(), "no job either");
    assert!(present.outdated().await.to_string().contains("must not seal"));
    shop.nobody.get("//healthz").await.ok();
    let late = Present::enter_once(&shop.at, "worker").await;
    assert!(late.is_err_and(|error| error.to_string().contains("Start it again")));
}

/// A key service: it turns the text around and remembers who asked.
async fn turned(request: HttpRequest, body: web::Json<Value>) -> HttpResponse {
    if request.headers().get("Authorization").is_none_or(|value| value.as_bytes() != b"Bearer let me in") {
        return HttpResponse::Unauthorized().finish();
    }
    let (from, to) =
        if request.path() == "/keys/wrap" { ("plaintext", "ciphertext") } else { ("ciphertext", "plaintext") };
    HttpResponse::Ok().json(json!({ to: text(&body[from]).chars().rev().collect::<String>() }))
}

#[actix_web::test]
async fn a_key_service_wraps_the_master_key_and_without_it_nothing_starts() {
    let service = HttpServer::new(|| App::new().default_service(web::post().to(turned)));
    let service = service.workers(1).bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/keys", service.addrs()[0]);
    let running = service.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);

    let home = Home::new().await;
    let settings = fs::read_to_string(home.path("shuke.toml")).expect("settings");
    let with = |token: &str| {
        let keys = format!("[keys]\n kms_url = \"{url}\"\n kms_token = \"{token}\"");
        fs::write(home.path("shuke.toml"), settings.replace("[keys]", &keys)).expect("settings");
    };
    with("let me in");
    let run = async |arguments: &[&str]| {
        let mut command = home.command(arguments);
        tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("runs")
    };
    assert!(run(&["migrate"]).await.status.success());
    let made = run(&["admin", "tenant", "create", "--name", "山月茶行"]).await;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let wrapped = lines(&home);
    assert!(wrapped.len() == 1 && wrapped[0].starts_with("kms:"), "{wrapped:?}");
    let read = async |arguments: &[&str]| {
        let output = run(arguments).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    let first = read(&["admin", "keys", "show"]).await["master"]["ids"].clone();
    assert_eq!(read(&["admin", "keys", "rotate-master"]).await["step"], "written");
    assert_eq!(read(&["admin", "keys", "rotate-master"]).await["step"], "done");
    assert_ne!(read(&["admin", "keys", "show"]).await["master"]["ids"], first);
    assert!(lines(&home).len() == 1 && lines(&home)[0].starts_with("kms:"));

    with("let me guess");
    let said = String::from_utf8_lossy(&run(&["serve"]).await.stderr).into_owned();
    assert!(said.contains("key service") && said.contains("401"), "{said}");
    handle.stop(false).await;
    with("let me in");
    let said = String::from_utf8_lossy(&run(&["serve"]).await.stderr).into_owned();
    assert!(said.contains("does not answer") && !said.contains(&wrapped[0][4..]), "{said}");
}

async fn command(shop: &Shop, keys: Keys) -> Value {
    Admin::Keys(keys).run(&shop.at).await.expect("done")
}

#[actix_web::test]
async fn a_business_gets_another_key_while_people_work() {
    let shop = Shop::new().await;
    let before = with_phone(&shop.boss, "沈怡").await;
    let stored = async || {
        let sql = format!("SELECT tenant_key FROM tenants WHERE id = {}", shop.tenant);
        select(&open(&shop).await, &sql).await[0].try_get_by_index::<Vec<u8>>(0).expect("a key")
    };
    let first = stored().await;
    let begun = command(&shop, Keys::RotateTenant { tenant: shop.tenant }).await;
    assert_eq!(begun["generation"], 2);
    let twice = Admin::Keys(Keys::RotateTenant { tenant: shop.tenant }).run(&shop.at).await;
    assert!(twice.is_err(), "one at a time");
    // Until every server knows the new key, the old one wraps.
    let meanwhile = with_phone(&shop.boss, "顾客").await;
    let shown = async || command(&shop, Keys::Show { tenant: Some(shop.tenant) }).await["tenant"].clone();
    assert_eq!((&shown().await["persons"], &shown().await["rotating"]), (&json!({ "0001": 2 }), &json!(true)));
    shop.advance(Duration::seconds(61)).await;
    let after = with_phone(&shop.boss, "王女士").await;
    assert_eq!(shown().await["persons"], json!({ "0001": 2, "0002": 1 }));
    for (id, number) in [&before, &meanwhile, &after] {
        assert_eq!(revealed(&shop.boss, id).await, json!(number), "both are valid meanwhile");
    }
    shop.advance(Duration::seconds(90)).await;
    shop.run_jobs().await;
    let done = shown().await;
    assert_eq!((&done["persons"], &done["rotating"]), (&json!({ "0002": 3 }), &json!(false)), "{done}");
    assert_ne!(stored().await, first, "the old key is nowhere any more");
    for (id, number) in [&before, &meanwhile, &after] {
        assert_eq!(revealed(&shop.boss, id).await, json!(number));
        assert_eq!(shop.boss.get(&format!("/customers?q={number}")).await.ok()["items"][0]["id"], json!(id));
    }
    let entries = shop.boss.get("/audit?resource=keys").await.ok();
    let actions: Vec<_> =
        entries["items"].as_array().expect("entries").iter().map(|entry| text(&entry["action"])).collect();
    assert!(actions.contains(&"rotate".to_owned()) && actions.contains(&"rotated".to_owned()), "{actions:?}");
    // And once more, from the second to the third.
    assert_eq!(command(&shop, Keys::RotateTenant { tenant: shop.tenant }).await["generation"], 3);
    shop.advance(Duration::seconds(151)).await;
    shop.run_jobs().await;
    assert_eq!(shown().await["persons"], json!({ "0003": 3 }));
    assert_eq!(revealed(&shop.boss, &before.0).await, json!(before.1));
}

#[actix_web::test]
async fn one_person_gets_another_key_and_the_record_stays_as_it_was() {
    let shop = Shop::new().await;
    let (id, number) = with_phone(&shop.boss, "沈怡").await;
    let order = json!({ "customer_id": id, "receiver": "沈怡", "phone": number, "address": "龙井路",
        "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }] });
    let order = text(&shop.boss.post("/orders", order).await.ok()["id"]);
    api::System::new(&shop.at).seal_audit(Some(shop.tenant)).await.expect("sealed");
    let vaults = async || {
        let sql = format!(
            "SELECT vault FROM customers WHERE tenant_id = {0} UNION ALL SELECT vault FROM orders WHERE tenant_id = {0}",
            shop.tenant
        );
        let rows = select(&open(&shop).await, &sql).await;
        rows.iter().map(|row| row.try_get_by_index::<Vec<u8>>(0).expect("sealed")).collect::<Vec<_>>()
    };
    let asked = format!("/me/businesses/{}/records/{id}/requests", shop.tenant);
    let words = json!({ "kind": "correct", "text": "我叫沈怡然" });
    shop.customer(&number).await.post(&asked, words).await.ok();
    let before = vaults().await;
    let person = id.parse().expect("an id");
    let done = command(&shop, Keys::RotatePerson { tenant: shop.tenant, person }).await;
    assert_eq!(done["sealed"], 3);
    assert_eq!(shop.boss.get("/privacy/requests").await.ok()["items"][0]["text"], "我叫沈怡然");
    let after = vaults().await;
    assert!(before.iter().zip(&after).all(|(before, after)| before[..3] != after[..3]), "both under another key");
    assert_eq!(revealed(&shop.boss, &id).await, json!(number));
    assert_eq!(shop.boss.get(&format!("/orders/{order}")).await.ok()["address"], "龙井路");
    let record = shop.boss.get(&format!("/audit?resource_id={id}&action=create")).await.ok();
    let fields = record["items"][0]["fields"].as_array().expect("fields").clone();
    assert!(fields.iter().any(|field| field["name"] == "name" && field["new"] == "沈怡"), "{fields:?}");
    assert_eq!(shop.boss.get("/audit/verify").await.ok()["intact"], true);
}

#[actix_web::test]
async fn the_blind_indexes_get_another_key_and_every_phone_is_found_and_taken_all_the_while() {
    let shop = Shop::new().await;
    let mut known = vec![with_phone(&shop.boss, "沈怡").await, with_phone(&shop.boss, "顾客").await];
    let rows = async || {
        let sql = format!(
            "SELECT digest, next_digest FROM customer_phones WHERE tenant_id = {} ORDER BY digest",
            shop.tenant
        );
        let rows = select(&open(&shop).await, &sql).await;
        let pair = |row: &sea_orm::QueryResult| {
            (
                row.try_get_by_index::<Vec<u8>>(0).expect("a digest"),
                row.try_get_by_index::<Option<Vec<u8>>>(1).expect("a digest"),
            )
        };
        rows.iter().map(pair).collect::<Vec<_>>()
    };
    let before = rows().await;
    let begun = command(&shop, Keys::RotateIndexes { tenant: shop.tenant }).await;
    assert_eq!(begun["index"], 2);
    assert!(Admin::Keys(Keys::RotateIndexes { tenant: shop.tenant }).run(&shop.at).await.is_err(), "one at a time");
    let mut stages = Vec::new();
    // Through all steps, half a minute at a time; at each of them somebody comes, is found and is taken.
    for step in 0..16 {
        shop.run_jobs().await;
        known.push(with_phone(&shop.boss, &format!("第{step}位")).await);
        for (id, number) in &known {
            let by_number = shop.boss.get(&format!("/customers?q={number}")).await.ok();
            assert_eq!(by_number["items"][0]["id"], json!(id), "step {step}");
            let by_four = shop.boss.get(&format!("/customers?q={}&limit=100", &number[number.len() - 4..])).await.ok();
            assert!(
                by_four["items"].as_array().expect("items").iter().any(|row| row["id"] == json!(id)),
                "step {step}"
            );
            let again = json!({ "name": "冒名", "phones": [{ "number": number }] });
            shop.boss.post("/customers", again).await.problem(409, "phone_taken");
        }
        let rows = rows().await;
        let both = rows.iter().filter(|(digest, next)| next.as_ref().is_some_and(|next| next != digest)).count();
        let same = rows.iter().filter(|(digest, next)| next.as_ref() == Some(digest)).count();
        let stage = if both > 0 {
            "filling"
        } else if same > 0 {
            "swapped"
        } else {
            "one"
        };
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
        shop.advance(Duration::seconds(31)).await;
    }
    assert_eq!(stages, ["one", "filling", "swapped", "one"]);
    let after = rows().await;
    assert!(before.iter().all(|(old, _)| after.iter().all(|(new, _)| new != old)), "nothing is left under the old key");
    let generations = command(&shop, Keys::Show { tenant: Some(shop.tenant) }).await["tenant"]["generations"].clone();
    assert_eq!(generations.as_array().map(Vec::len), Some(1), "{generations}");
    // The business's own key can be replaced after that, and the indexes stay.
    command(&shop, Keys::RotateTenant { tenant: shop.tenant }).await;
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    let (id, number) = &known[0];
    assert_eq!(boss.get(&format!("/customers?q={number}")).await.ok()["items"][0]["id"], json!(id));
}

#[actix_web::test]
async fn an_operator_replaces_keys_with_the_second_look_and_sees_how_far_it_is() {
    let shop = Shop::new().await;
    let (id, number) = with_phone(&shop.boss, "沈怡").await;
    let operator = Desk::of_boss(&shop).operator().await;
    let path = format!("/operator/tenants/{}/keys", shop.tenant);
    let rotations = format!("{path}/rotations");
    operator.post(&rotations, json!({ "what": "keys" })).await.problem(403, "totp_required");
    shop.boss.post(&rotations, json!({ "what": "keys" })).await.problem(403, "operators_only");
    let vouched = shop.vouch(&operator).await;
    assert_eq!(vouched.post(&rotations, json!({ "what": "all" })).await.violations(), ["what: enum_invalid"]);
    let begun = vouched.post(&rotations, json!({ "what": "keys" })).await;
    assert_eq!((begun.status, &begun.body["generation"]), (202, &json!(2)));
    vouched.post(&rotations, json!({ "what": "keys" })).await.problem(409, "in_progress");
    vouched.post(&rotations, json!({ "what": "indexes" })).await.ok();
    let shown = async || operator.get(&path).await.ok();
    let during = shown().await;
    assert_eq!((&during["rotating"], &during["persons"]), (&json!(true), &json!({ "0001": 1 })));
    assert_eq!(during["indexes"], json!({ "rotating": true, "phones": 1, "second": 0 }));
    let mut second = false;
    for _ in 0..24 {
        shop.advance(Duration::seconds(31)).await;
        shop.run_jobs().await;
        let row = "SELECT COUNT(next_digest) FROM customer_phones WHERE tenant_id";
        let rows = select(&open(&shop).await, &format!("{row} = {}", shop.tenant)).await;
        second |= rows[0].try_get_by_index::<i64>(0).expect("a count") == 1;
    }
    assert!(second, "a second digest stood beside the first");
    // The token is over by now; whoever looks logs in again.
    let operator = Desk::of_boss(&shop).operator().await;
    let after = operator.get(&path).await.ok();
    assert_eq!((&after["rotating"], &after["persons"]), (&json!(false), &json!({ "0002": 1 })), "{after}");
    assert_eq!(after["indexes"], json!({ "rotating": false, "phones": 1, "second": 0 }));
    let boss = shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await;
    assert_eq!(revealed(&boss, &id).await, json!(number));
    assert_eq!(boss.get(&format!("/customers?q={number}")).await.ok()["items"][0]["id"], json!(id));
    // The business reads in its own record who it was.
    let entries = boss.get("/audit?resource=keys&action=rotate").await.ok();
    let names: Vec<_> =
        entries["items"].as_array().expect("entries").iter().map(|entry| text(&entry["actor_name"])).collect();
    assert_eq!(names, ["运营", "运营"]);
    operator.get("/operator/tenants/999999/keys").await.problem(404, "not_found");
}

/// Digests and second digests in the tables that lead across businesses.
async fn across(shop: &Shop) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let sql = "SELECT digest, next_digest FROM account_phones UNION ALL SELECT digest, next_digest FROM order_phones
               UNION ALL SELECT phone_digest, next_phone_digest FROM staff WHERE phone_digest IS NOT NULL";
    let rows = select(&open(shop).await, sql).await;
    let pair = |row: &sea_orm::QueryResult| {
        (row.try_get_by_index(0).expect("a digest"), row.try_get_by_index(1).expect("a digest or none"))
    };
    rows.iter().map(pair).collect()
}

#[actix_web::test]
async fn the_digests_across_businesses_get_another_key_and_everybody_is_found_all_the_while() {
    let shop = Shop::alone().await;
    // Another server of the installation, which hears of a new key within a minute.
    let other = Installation::open(shop.at.config().clone(), shop.at.clock().clone()).await.expect("opens");
    let Running { address, handle, server } = api::listen(&other).expect("listens");
    actix_web::rt::spawn(server);
    let there = Client::at(&format!("http://{address}"), &an_address());
    let servers = [shop.nobody.clone(), there];
    let as_sales = |at: &Client| at.with_token(shop.sales.token.as_deref().unwrap_or_default());
    let as_boss = |at: &Client| at.with_token(shop.boss.token.as_deref().unwrap_or_default());

    let customer = shop.customer_named("沈怡").await;
    let number = phone_number();
    let buyer = shop.customer(&number).await;
    let order = json!({ "customer_id": customer, "receiver": "沈怡", "phone": number, "address": "龙井路",
        "lines": [{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }] });
    shop.sales.post("/orders", order.clone()).await.ok();
    // Somebody who was entered before phones were kept, and somebody who has left.
    let of_old = phone_number();
    let hire = |number: &str| json!({ "name": "何平", "phone": number, "role": "sales" });
    let old = text(&shop.boss.post("/staff", hire(&of_old)).await.ok()["id"]).replace('-', "");
    let gone = text(&shop.boss.post("/staff", hire(&phone_number())).await.ok()["id"]);
    shop.boss.delete(&format!("/staff/{gone}"), 1).await.ok();
    let forget = format!("UPDATE staff SET phone_sealed = NULL WHERE id = X'{old}'");
    open(&shop).await.execute_unprepared(&forget).await.expect("forgotten");
    let before = across(&shop).await;

    assert_eq!(command(&shop, Keys::RotateLookups).await["lookups"], true);
    assert!(Admin::Keys(Keys::RotateLookups).run(&shop.at).await.is_err(), "one at a time");
    let shown = async || command(&shop, Keys::Show { tenant: None }).await["lookups"].clone();
    let (mut stages, mut orders) = (Vec::new(), 1);
    for step in 0..26 {
        for at in [&shop.at, &other] {
            while api::turn_lookups(at).await.expect("a step") {}
        }
        let [here, elsewhere] = [&servers[step % 2], &servers[(step + 1) % 2]];
        as_sales(here).post("/orders", order.clone()).await.ok();
        orders += 1;
        let bought = buyer.token.as_deref().unwrap_or_default();
        let seen = elsewhere.with_token(bought).get("/me/orders?limit=100").await.ok();
        assert_eq!(seen["items"].as_array().map(Vec::len), Some(orders), "step {step}");
        // Whoever is entered here logs in there; their number is taken at both.
        let new = phone_number();
        as_boss(here).post("/staff", hire(&new)).await.ok();
        as_boss(elsewhere).post("/staff", hire(&new)).await.problem(409, "colleague_known");
        let at_work = Shop::join(elsewhere, &shop.appid(), &new).await.act_in(shop.tenant).await;
        at_work.get("/today").await.ok();
        // A number that is proved once more is still one.
        let twin = Shop::join(here, &shop.appid(), &number).await;
        assert_eq!(twin.get("/me/orders?limit=1").await.ok()["items"].as_array().map(Vec::len), Some(1), "step {step}");
        let rows = across(&shop).await;
        let both = rows.iter().any(|(digest, next)| next.as_ref().is_some_and(|next| next != digest));
        let same = rows.iter().any(|(digest, next)| next.as_ref() == Some(digest));
        let stage = if both {
            "filling"
        } else if same {
            "swapped"
        } else {
            "one"
        };
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
        if step == 8 {
            // Nobody knows this number any more: the key before stays until its holder proves it.
            let left = shown().await;
            assert_eq!((&left["step"], &left["left"]["staff"]), (&json!("filling"), &json!(1)), "{left}");
            Shop::join(here, &shop.appid(), &of_old).await.act_in(shop.tenant).await;
        }
        shop.advance(Duration::seconds(31)).await;
    }
    assert_eq!(stages, ["one", "filling", "swapped", "one"]);
    assert_eq!(shown().await, json!({ "rotating": false }));
    let after = across(&shop).await;
    assert!(before.iter().all(|(old, _)| after.iter().all(|(new, _)| new != old)), "nothing is left under the old key");
    // A server that starts now knows the new key alone.
    let fresh = Installation::open(shop.at.config().clone(), shop.at.clock().clone()).await.expect("opens");
    let last = phone_number();
    let phone = domain::phone::Phone::parse(&last).expect("a phone");
    let system = api::System::new(&fresh);
    system.create_staff(shop.tenant, "何平", domain::permission::Role::Sales, Some(&phone), None).await.expect("hired");
    Shop::join(&shop.nobody, &shop.appid(), &last).await.act_in(shop.tenant).await;
    fresh.close().await;
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_number_that_nobody_ever_proves_does_not_keep_the_old_key() {
    let shop = Shop::alone().await;
    let (silent, hired) = (phone_number(), phone_number());
    let hire = async |boss: &Client, number: &str| {
        let body = json!({ "name": "何平", "phone": number, "role": "sales" });
        text(&boss.post("/staff", body).await.ok()["id"])
    };
    let (old, known) = (hire(&shop.boss, &silent).await, hire(&shop.boss, &hired).await);
    // As an older version entered it.
    let forget = format!("UPDATE staff SET phone_sealed = NULL WHERE id = X'{}'", old.replace('-', ""));
    open(&shop).await.execute_unprepared(&forget).await.expect("forgotten");
    let before = across(&shop).await;
    command(&shop, Keys::RotateLookups).await;
    let turn = async |by: Duration| {
        shop.advance(by).await;
        while api::turn_lookups(&shop.at).await.expect("a step") {}
        command(&shop, Keys::Show { tenant: None }).await["lookups"].clone()
    };
    for days in [1, 27, 1] {
        let shown = turn(Duration::days(days)).await;
        assert_eq!((&shown["step"], &shown["left"]["staff"]), (&json!("filling"), &json!(1)), "{shown}");
    }
    let mut shown = turn(Duration::days(2)).await;
    for _ in 0..8 {
        shown = turn(Duration::seconds(100)).await;
    }
    assert_eq!(shown, json!({ "rotating": false }));
    let after = across(&shop).await;
    assert!(before.iter().all(|(old, _)| after.iter().all(|(new, _)| new != old)), "nothing is left under the old key");
    shop.run_jobs().await;
    let boss = shop.step_up(&shop.log_in_again(&shop.boss).await.act_in(shop.tenant).await).await;
    let letters = boss.get("/inbox").await.ok();
    let told = |item: &&Value| item["kind"] == "phone_forgotten";
    let told: Vec<_> = letters["items"].as_array().expect("items").iter().filter(told).collect();
    assert_eq!((told.len(), &told[0]["title"]), (1, &json!("请重新填写 何平 的手机号")), "{letters}");
    let entries = boss.get("/audit?action=forget_phone").await.ok();
    assert_eq!(
        (entries["items"].as_array().map(Vec::len), &entries["items"][0]["resource_id"]),
        (Some(1), &json!(old))
    );
    // Whoever is still known comes in, the other one after being entered anew.
    Shop::join(&shop.nobody, &shop.appid(), &hired).await.act_in(shop.tenant).await;
    let late = Shop::join(&shop.nobody, &shop.appid(), &silent).await;
    let there = json!({ "side": "staff", "tenant_id": shop.tenant });
    assert_ne!(late.post("/auth/switch", there).await.status, 200);
    boss.delete(&format!("/staff/{old}"), 1).await.ok();
    let anew = hire(&boss, &silent).await;
    let back = Shop::join(&shop.nobody, &shop.appid(), &silent).await.act_in(shop.tenant).await;
    assert_eq!(back.get("/auth/me").await.ok()["staff"]["id"], json!(anew));
    assert!(![&anew, &old].contains(&&known));
}
