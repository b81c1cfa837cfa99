//! The real binary: its first start, its end, and what it writes down.

use crate::harness::{Home, Server, Shop, phone_number, sim, text, until};
use chrono::Duration;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
use std::sync::{Arc, Mutex};

fn mode(home: &Home, name: &str) -> u32 {
    fs::metadata(home.path(name)).expect(name).permissions().mode() & 0o777
}

/// What it said when it refused.
pub fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "it did not refuse");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The files of a home and what is in them, but for the log.
fn contents(home: &Home) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(home.folder.path()).expect("a folder").map(|file| file.expect("a file"));
    let named = files.map(|file| (file.file_name().to_string_lossy().into_owned(), file.path()));
    named.filter(|(name, _)| name != "shuke.log").map(|(name, path)| (name, fs::read(path).expect("bytes"))).collect()
}

async fn integrity(home: &Home) -> String {
    let database = Database::connect(format!("sqlite://{}", home.path("shuke.db").display())).await.expect("opens");
    let check = Statement::from_string(database.get_database_backend(), "PRAGMA integrity_check");
    let row = database.query_one_raw(check).await.expect("an answer").expect("a row");
    database.close().await.expect("closed");
    row.try_get_by_index(0).expect("a text")
}

#[actix_web::test]
async fn the_first_start_makes_a_key_that_only_its_owner_can_read() {
    let home = Home::new().await;
    home.start().await.stop().await;
    assert_eq!(mode(&home, "shuke.key"), 0o600);
    let key = fs::read(home.path("shuke.key")).expect("a key");
    home.start().await.stop().await;
    assert_eq!(fs::read(home.path("shuke.key")).expect("a key"), key);
    home.elsewhere().start().await.stop().await;
}

#[actix_web::test]
async fn another_key_is_refused_and_nothing_is_changed() {
    let home = Home::new().await;
    home.furnish();
    home.start().await.stop().await;
    let key = fs::read(home.path("shuke.key")).expect("a key");
    fs::write(home.path("shuke.key"), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("written");
    let before = contents(&home);
    for command in [&["serve"][..], &["migrate"], &["worker"], &["admin", "tenant", "create", "--name", "新店"]] {
        let said = refusal(&home.run(command));
        assert!(said.contains("another master key") && said.contains("Nothing was changed"), "{said}");
    }
    assert!(contents(&home) == before, "a file was changed");

    // A key that was lost is not replaced by a new one that opens nothing.
    fs::remove_file(home.path("shuke.key")).expect("removed");
    let said = refusal(&home.run(&["serve"]));
    assert!(said.contains("shuke.key"), "{said}");
    assert!(!home.path("shuke.key").exists());
    for rubbish in ["", "short", "AAECAwQFBgc="] {
        fs::write(home.path("shuke.key"), rubbish).expect("written");
        fs::set_permissions(home.path("shuke.key"), fs::Permissions::from_mode(0o600)).expect("a mode");
        let said = refusal(&home.run(&["serve"]));
        assert!(said.contains("master key") && !said.contains("AAECAwQFBgc"), "{said}");
    }
    fs::write(home.path("shuke.key"), key).expect("written");
    // The right key where everybody can read it is no secret any more.
    fs::set_permissions(home.path("shuke.key"), fs::Permissions::from_mode(0o640)).expect("a mode");
    let said = refusal(&home.run(&["serve"]));
    assert!(said.contains("mode 640") && said.contains("chmod 600"), "{said}");
    fs::set_permissions(home.path("shuke.key"), fs::Permissions::from_mode(0o600)).expect("a mode");
    assert_eq!(home.start().await.nobody().get("/welcome").await.ok()["businesses"], 1);
}

#[actix_web::test]
async fn a_platform_makes_no_keys_of_its_own() {
    let home = Home::new().await;
    home.configure("profile = \"production\"");
    let said = refusal(&home.run(&["serve"]));
    assert!(said.contains("there is no master key") && said.contains("SHUKE_KEYS__MASTER"), "{said}");
    assert_eq!(contents(&home).into_keys().collect::<Vec<_>>(), ["shuke.toml"]);
}

#[actix_web::test]
async fn a_port_that_is_taken_is_named() {
    let home = Home::new().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().map(|address| (address, ()));
    let address = taken.expect("an address").0;
    let _held = std::net::TcpListener::bind(address).expect("the port again");
    let mut command = home.command(&["serve"]);
    let said = refusal(&command.env("SHUKE_HTTP__LISTEN", address.to_string()).output().expect("runs"));
    assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
}

#[actix_web::test]
async fn what_is_wrong_with_a_command_is_one_sentence() {
    let home = Home::new().await;
    let tenant = home.furnish().to_string();
    let mut command =
        home.command(&["admin", "staff", "create", "--tenant", &tenant, "--name", "何平", "--role", "sales"]);
    let said = refusal(&command.args(["--phone", "12345"]).env("RUST_BACKTRACE", "1").output().expect("runs"));
    assert_eq!(said, "Error: --phone is not a phone number\n");
}

#[actix_web::test]
async fn what_is_no_http_is_no_error_of_ours() {
    let home = Home::new().await;
    let server = home.start().await;
    let mut line = std::net::TcpStream::connect(server.base.trim_start_matches("http://")).expect("a connection");
    line.write_all("GET /茶 HTTP/1.1\r\nHost: x\r\n\r\n".as_bytes()).expect("sent");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    server.nobody().get("//healthz").await.ok();
    let log = fs::read_to_string(&server.log).expect("a log");
    assert!(!log.contains("ERROR") && !log.contains("stream error"), "{log}");
    assert!(log.contains("\"message\":\"listening\""), "{log}");
    server.stop().await;
}

#[actix_web::test]
async fn a_setting_that_does_not_exist_is_named() {
    let home = Home::new().await;
    home.configure("colour = \"green\"");
    let said = refusal(&home.run(&["serve"]));
    assert!(said.contains("colour"), "{said}");
}

#[actix_web::test]
async fn a_limit_of_a_route_that_there_is_not_is_named() {
    let home = Home::new().await;
    let settings = fs::read_to_string(home.path("shuke.toml")).expect("settings");
    let with = |route: &str| {
        fs::write(
            home.path("shuke.toml"),
            settings.replace("[limits.routes]", &format!("[limits.routes]\n\"{route}\" = 9")),
        )
    };
    with("POST /api/v1/export").expect("settings");
    let said = refusal(&home.run(&["serve"]));
    assert!(said.contains("[limits.routes] names \"POST /api/v1/export\""), "{said}");
    with("PATCH /api/v1/customers/{id}").expect("settings");
    home.start().await.stop().await;
}

#[actix_web::test]
async fn a_monitor_sees_that_it_lives_works_and_how_fast() {
    let home = Home::new().await;
    let server = home.start().await;
    assert_eq!(server.nobody().get("//healthz").await.ok(), "ok");
    assert_eq!(server.nobody().get("//readyz").await.ok(), json!({ "database": true, "schema": true, "cache": true }));
    let number = phone_number();
    server.nobody().get(&format!("/customers?q={number}")).await.problem(401, "unauthenticated");
    let metrics = text(&server.nobody().get("//metrics").await.ok());
    assert!(
        metrics.contains("shuke_http_seconds_count{") && metrics.contains("route=\"/api/v1/customers\""),
        "{metrics}"
    );
    assert!(!metrics.contains(&number));
    server.nobody().get("//docs/").await.ok();
}

#[actix_web::test]
async fn a_server_that_is_told_to_stop_finishes_what_is_in_flight() {
    for signal in ["TERM", "INT"] {
        let home = Home::new().await;
        let mut server = home.start().await;
        let appid = text(&home.app["appid"]);
        let slow = json!({ "path": "/sns/jscode2session", "kind": "hang_ms", "ms": 1_500 });
        sim("POST", &format!("/sim/apps/{appid}/faults"), slow).await;
        let code = sim("POST", &format!("/phone/p-{appid}/login"), json!({ "appid": appid })).await["code"].clone();
        let nobody = server.nobody();
        let login = nobody.post("/auth/wechat", json!({ "code": code, "device": "device-1" }));
        let stop = async {
            until("the login to be under way", async || {
                let books = sim("GET", &format!("/sim/apps/{appid}/books"), json!({})).await;
                books["calls"]["/sns/jscode2session"].as_i64()
            })
            .await;
            server.signal(signal);
        };
        let (answer, ()) = tokio::join!(login, stop);
        assert_eq!(answer.ok()["me"]["side"], "customer", "{signal}");
        assert_eq!(server.ended().await.code(), Some(0), "{signal}");
        let log = fs::read_to_string(&server.log).expect("a log");
        assert!(log.contains("finishing what is in flight"), "{signal}: {log}");
    }
}

#[actix_web::test]
async fn a_server_that_is_killed_loses_nothing_it_has_answered() {
    let home = Home::new().await;
    home.furnish();
    let kept = Arc::new(Mutex::new(Vec::<String>::new()));
    for round in 1..=4 {
        let server = home.start().await;
        let boss = server.boss().await;
        // Everything that was ever answered is there.
        let answered = kept.lock().expect("ids").clone();
        for id in answered {
            boss.get(&format!("/customers/{id}")).await.ok();
        }
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let (boss, kept) = (boss.clone(), Arc::clone(&kept));
                actix_web::rt::spawn(async move {
                    loop {
                        let body = json!({ "name": "张三", "phones": [{ "number": phone_number() }] });
                        let request = boss.request(reqwest::Method::POST, "/customers").json(&body);
                        let Ok(answer) = request.send().await else { return };
                        let status = answer.status();
                        let Ok(made) = answer.json::<Value>().await else { return };
                        assert_eq!(status, 201, "{made}");
                        kept.lock().expect("ids").push(text(&made["id"]));
                    }
                })
            })
            .collect();
        until("customers", async || (kept.lock().expect("ids").len() >= round * 25).then_some(())).await;
        server.kill();
        futures::future::join_all(writers).await;
        assert_eq!(integrity(&home).await, "ok");
    }
    let server = home.start().await;
    let boss = server.boss().await;
    let count = boss.get("/customers/count").await.ok()["count"].as_u64().expect("a count");
    let answered = u64::try_from(kept.lock().expect("ids").len()).expect("a number");
    // At most one for each writer and round was written and its answer lost.
    assert!((answered..=answered + 16).contains(&count), "{answered} answered, {count} there");
}

#[actix_web::test]
async fn what_was_written_is_soon_in_the_file_of_the_database_itself() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    server.boss().await.post("/customers", json!({ "name": "漕溪茶人" })).await.ok();
    // The log beside it is there for one process only, and the disk has not to keep it through a power cut.
    until("the customer in the file", async || {
        let file = fs::read(home.path("shuke.db")).expect("bytes");
        file.windows("漕溪茶人".len()).any(|bytes| bytes == "漕溪茶人".as_bytes()).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn the_log_is_json_with_request_ids_and_names_nobody() {
    let home = Home::new().await;
    let tenant = home.furnish();
    let (staff_phone, customer_phone, name) = (phone_number(), phone_number(), "沈怡然");
    home.admin(&[
        "admin",
        "staff",
        "create",
        "--tenant",
        &tenant.to_string(),
        "--name",
        "陈晓",
        "--role",
        "sales",
        "--phone",
        &staff_phone,
    ]);
    let server = home.start().await;
    let secrets = talk(&home, &server, tenant, &staff_phone, &customer_phone, name).await;
    let log = fs::read_to_string(&server.log).expect("a log");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let requests: Vec<&Value> = lines.iter().filter(|line| line["message"] == "request").collect();
    assert!(requests.len() > 12, "{log}");
    assert!(requests.iter().all(|line| line["request_id"].as_str().is_some_and(|id| id.len() >= 8)), "{log}");
    assert!(requests.iter().any(|line| line["request_id"] == "our-own-request-1"), "{log}");
    assert!(log.contains("WeChat refused") && log.contains("used twice"), "{log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} in the log");
    }
    server.stop().await;
}

/// A bit of everything, what fails included. Returns what must not be written down.
async fn talk(
    home: &Home,
    server: &Server,
    tenant: i64,
    staff_phone: &str,
    customer_phone: &str,
    name: &str,
) -> Vec<String> {
    let appid = text(&home.app["appid"]);
    let boss = server.boss().await;
    let staff = Shop::join(&server.nobody(), &appid, staff_phone).await;
    let sales = staff.act_in(tenant).await;
    let customer =
        sales.post("/customers", json!({ "name": name, "phones": [{ "number": customer_phone }] })).await.ok();
    let id = text(&customer["id"]);
    sales
        .post("/customers", json!({ "name": name, "phones": [{ "number": customer_phone }] }))
        .await
        .problem(409, "phone_taken");
    sales
        .post("/customers", json!({ "name": name, "phones": [{ "number": format!("{customer_phone}9") }] }))
        .await
        .violations();
    sales.get(&format!("/customers?q={customer_phone}")).await.ok();
    sales.post(&format!("/customers/{id}/phones/0/reveal"), json!({})).await.ok();
    let order = json!({ "customer_id": id, "lines": [{ "name": "茶", "quantity": 1, "unit_price_fen": 1 }],
        "receiver": name, "phone": customer_phone, "address": "龙井路一号" });
    let order = sales.post("/orders", order).await.ok();
    let receipt = sales.post(&format!("/orders/{}/receipt-code", text(&order["id"])), json!({})).await.ok();
    let buyer = Shop::join(&server.nobody(), &appid, customer_phone).await;
    buyer.get("/me/orders").await.ok();
    buyer.post("/me/receipts", json!({ "code": receipt["code"] })).await.ok();
    buyer.post("/me/receipts", json!({ "code": "AAAA-BBBB-CCCC" })).await.problem(404, "not_found");
    // A reminder that WeChat refuses, with an errmsg that quotes.
    let accept = json!({ "appid": appid, "tmplIds": ["task-due"] });
    sim("POST", &format!("/phone/{}/subscribe", staff.phone.clone().unwrap_or_default()), accept).await;
    let refuse = json!({ "path": "/cgi-bin/message/subscribe/send", "kind": "errcode", "code": 47003 });
    sim("POST", &format!("/sim/apps/{appid}/faults"), refuse).await;
    sim("POST", &format!("/sim/apps/{appid}/settle"), json!({})).await;
    sales.post("/tasks", json!({ "customer_id": id, "title": "回访", "due_at": "2026-01-01T00:00:00Z" })).await.ok();
    until("the reminder", async || {
        let page = sales.get("/inbox").await.ok();
        (page["items"][0]["wechat"] == "failed").then_some(())
    })
    .await;
    // A login code that is wrong, and a refresh token that is used twice.
    let wrong = json!({ "code": "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P", "device": "device-1" });
    server.nobody().post("/auth/wechat", wrong).await.problem(401, "wechat_code_invalid");
    let theft = json!({ "refresh_token": buyer.refresh_token, "device": "device-of-a-thief" });
    server.nobody().post("/auth/refresh", theft).await.problem(401, "refresh_invalid");
    let request = server.nobody().request(reqwest::Method::GET, "/welcome").header("X-Request-Id", "our-own-request-1");
    server.nobody().send(request).await.ok();
    let books = sim("GET", &format!("/sim/apps/{appid}/books"), json!({})).await;
    let openids = books["users"].as_object().expect("users").keys().cloned();
    let tokens = [&boss, &staff, &sales, &buyer]
        .into_iter()
        .flat_map(|client| [client.token.clone(), client.refresh_token.clone()]);
    let others =
        [staff_phone, customer_phone, name, "龙井路", "correct horse", "0a1B2c3D4e5F6g7H", &text(&receipt["code"])];
    let app = ["secret", "push_token", "encoding_aes_key"].map(|part| text(&home.app[part]));
    openids.chain(tokens.flatten()).chain(others.map(str::to_owned)).chain(app).collect()
}

#[actix_web::test]
async fn a_backup_of_a_running_server_opens_elsewhere_and_shows_the_same() {
    let home = Home::new().await;
    home.furnish();
    let server = home.start().await;
    let boss = server.boss().await;
    let mut made = Vec::new();
    for _ in 0..10 {
        let number = phone_number();
        let customer = boss.post("/customers", json!({ "name": "张三", "phones": [{ "number": number }] })).await.ok();
        made.push((text(&customer["id"]), number));
    }
    let target = home.path("backup");
    let file = target.display().to_string();
    // Somebody works on while it is written.
    let busy = async {
        for _ in 0..10 {
            boss.post("/customers", json!({ "name": "李四" })).await.ok();
        }
    };
    let backup = tokio::task::spawn_blocking({
        let mut command = home.command(&["backup", &file]);
        move || command.output()
    });
    let (output, ()) = tokio::join!(backup, busy);
    let output = output.expect("joined").expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(mode(&home, "backup"), 0o600);
    assert!(!contents(&home).keys().any(|name| name.contains("copying")), "nothing is left lying about");
    let again = refusal(&home.run(&["backup", &file]));
    assert!(again.contains("never replaces"), "{again}");
    server.stop().await;

    let there = home.elsewhere();
    assert!(there.run(&["restore", &file]).status.success());
    assert_eq!(
        (mode(&there, "shuke.key"), mode(&there, "shuke.db"), integrity(&there).await.as_str()),
        (0o600, 0o600, "ok")
    );
    let server = there.start().await;
    let boss = server.boss().await;
    for (id, number) in &made {
        let shown = boss.post(&format!("/customers/{id}/phones/0/reveal"), json!({})).await.ok();
        assert_eq!(shown["dial"], json!(number));
    }
    let before = contents(&home);
    let refused = refusal(&home.run(&["restore", &file]));
    assert!(refused.contains("move it away first"), "{refused}");
    assert_eq!(contents(&home), before);
}

#[actix_web::test]
async fn a_backup_that_is_damaged_anywhere_is_not_restored() {
    let home = Home::new().await;
    home.furnish();
    let file = home.path("backup").display().to_string();
    assert!(home.run(&["backup", &file]).status.success(), "also while no server runs");
    let whole = fs::read(&file).expect("a backup");
    let there = home.elsewhere();
    let source = there.path("damaged");
    let mut damaged: Vec<Vec<u8>> =
        [0, 10, 14, 15, 20, 30, 46, 47, 54, 55, 60, 80, 98, 99, 120, 140, 5_000, whole.len() - 1]
            .map(|at| {
                let mut bytes = whole.clone();
                bytes[at] ^= 1;
                bytes
            })
            .to_vec();
    damaged.extend([Vec::new(), whole[..60].to_vec(), whole[..whole.len() - 1].to_vec(), [&whole[..], b"x"].concat()]);
    for (number, bytes) in damaged.into_iter().enumerate() {
        fs::write(&source, bytes).expect("written");
        let said = refusal(&there.run(&["restore", &source.display().to_string()]));
        assert!(said.contains("damaged") || said.contains("not a backup"), "{number}: {said}");
        assert_eq!(contents(&there).into_keys().collect::<Vec<_>>(), ["damaged", "shuke.toml"], "{number}");
    }
    // The log of another database must not be played into this one.
    fs::write(there.path("shuke.db-wal"), "left behind").expect("written");
    let said = refusal(&there.run(&["restore", &file]));
    assert!(said.contains("shuke.db-wal"), "{said}");
    fs::remove_file(there.path("shuke.db-wal")).expect("removed");
    assert!(there.run(&["restore", &file]).status.success());
}

#[actix_web::test]
async fn however_often_it_is_killed_a_reminder_is_in_the_inbox_once_and_sent_at_most_once() {
    const ROUNDS: usize = 16;
    const SEND: &str = "/cgi-bin/message/subscribe/send";
    let home = Home::new().await;
    let tenant = home.furnish();
    let number = phone_number();
    home.admin(&[
        "admin",
        "staff",
        "create",
        "--tenant",
        &tenant.to_string(),
        "--name",
        "陈晓",
        "--role",
        "sales",
        "--phone",
        &number,
    ]);
    let appid = text(&home.app["appid"]);
    let books = async || sim("GET", &format!("/sim/apps/{appid}/books"), json!({})).await;
    sim("PATCH", &format!("/sim/apps/{appid}"), json!({ "send_ms": 40 })).await;
    let mut server = home.start().await;
    let staff = Shop::join(&server.nobody(), &appid, &number).await.act_in(tenant).await;
    let customer = text(&staff.post("/customers", json!({ "name": "沈怡" })).await.ok()["id"]);
    let token = staff.token.clone().unwrap_or_default();
    let mut titles = Vec::new();
    for round in 0..ROUNDS {
        let sales = server.nobody().with_token(&token);
        for _ in 0..3 {
            sim("POST", "/sim/clock", json!({ "appid": appid, "advance_s": 1 })).await;
            let accept = json!({ "appid": appid, "tmplIds": ["task-due"] });
            sim("POST", &format!("/phone/{}/subscribe", staff.phone.clone().unwrap_or_default()), accept).await;
        }
        sim("POST", &format!("/sim/apps/{appid}/settle"), json!({})).await;
        let before = books().await["calls"][SEND].as_i64();
        for task in 0..3 {
            let title = format!("第{round}轮第{task}件");
            let body = json!({ "customer_id": customer, "title": title, "due_at": "2026-01-01T00:00:00Z" });
            sales.post("/tasks", body).await.ok();
            titles.push(title);
        }
        // The plug is pulled while WeChat is being asked, or at another point each time: looking into
        // the books takes a moment.
        if round % 2 == 0 {
            until("a send", async || (books().await["calls"][SEND].as_i64() > before).then_some(())).await;
        } else {
            for _ in 0..round * 4 {
                books().await;
            }
        }
        server.kill();
        server = home.start().await;
    }
    server.stop().await;
    // Later, when every lease has run out.
    let recovered = recover(&home, tenant).await;
    let sends = sim("POST", &format!("/sim/apps/{appid}/settle"), json!({})).await["sends"].clone();
    let mut inbox: Vec<String> = recovered.iter().map(|item| text(&item["title"])).collect();
    inbox.sort();
    titles.sort();
    assert_eq!(inbox, titles, "each reminder is in the inbox once");
    let mut fates = BTreeMap::<String, usize>::new();
    for item in &recovered {
        let sent = sends
            .as_array()
            .expect("sends")
            .iter()
            .filter(|send| send["data"]["thing1"]["value"] == item["title"] && send["result"] == 0)
            .count();
        let fate = text(&item["wechat"]);
        match fate.as_str() {
            "sent" => assert_eq!(sent, 1, "{item}"),
            "unknown" => assert!(sent <= 1, "{item}"),
            "no_credit" => assert_eq!(sent, 0, "{item}"),
            other => panic!("{other}: {item}"),
        }
        *fates.entry(fate).or_default() += 1;
    }
    // Both ends of it were met: answers written down, and answers that nobody was there to read.
    assert!(fates.contains_key("sent") && fates.contains_key("unknown"), "{fates:?}");
}

/// The same installation an hour later: its jobs run to the end. Returns the whole inbox.
async fn recover(home: &Home, tenant: i64) -> Vec<Value> {
    let config = api::config::Config::load(home.path("shuke.toml").to_str()).expect("settings");
    let later = api::Clock::System.now() + Duration::hours(1);
    let at = api::Installation::open(config, api::Clock::fixed(later)).await.expect("opens");
    for _ in 0..12 {
        while api::run_due(&at, tenant).await.expect("jobs run") > 0 {}
        at.clock().advance(Duration::minutes(5));
    }
    at.close().await;
    let server = home.start().await;
    let appid = text(&home.app["appid"]);
    let books = sim("GET", &format!("/sim/apps/{appid}/books"), json!({})).await;
    let phone = text(books["users"].as_object().expect("users").values().next().expect("somebody"));
    let code = sim("POST", &format!("/phone/{phone}/login"), json!({ "appid": appid })).await["code"].clone();
    let session = server.nobody().post("/auth/wechat", json!({ "code": code, "device": "device-2" })).await.ok();
    let page = server.nobody().holding(&session).get("/inbox?limit=100").await.ok();
    page["items"].as_array().cloned().expect("items")
}
