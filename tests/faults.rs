//! What breaks around a login, and a right that ends while its holder is at work.

use crate::harness::{Client, Home, PASSWORD, Server, Shop, phone_number, shared_database, until};
use api::{Clock, Installation, Running};
use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tempfile::TempDir;

/// A Redis of this test's own.
struct Redis {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Redis {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let (port, folder) = (free.expect("a port").port(), tempfile::tempdir().expect("a folder"));
        let redis = Self { child: run(port, &folder), port, folder };
        redis.listens().await;
        redis
    }

    async fn listens(&self) {
        let port = self.port;
        until("Redis", async || TcpStream::connect(("127.0.0.1", port)).ok().map(drop)).await;
    }

    fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("an end");
    }

    async fn again(&mut self) {
        self.child = run(self.port, &self.folder);
        self.listens().await;
    }
}

fn run(port: u16, folder: &TempDir) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"]);
    command.arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("redis-server runs: `cargo xtask test` installs it")
}

async fn log_in(server: &Server, password: &str) -> u16 {
    let body = json!({ "name": "admin", "password": password, "device": "browser-1" });
    server.nobody().post("/auth/password", body).await.status
}

/// Something between a server and its database that hangs up on both when it is told to. It has threads of its own:
/// the test's is busy when the shop is closed.
struct Line {
    port: u16,
    ends: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    fn to(database: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let line = Self { port, ends: Arc::default() };
        let ends = Arc::clone(&line.ends);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(&database) else { return };
                let clone = |end: &TcpStream| end.try_clone().expect("the same line");
                ends.lock().expect("whole").extend([clone(&near), clone(&far)]);
                for (mut from, mut to) in [(clone(&near), clone(&far)), (far, near)] {
                    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                }
            }
        });
        line
    }

    /// Hangs up on everybody; says on how many.
    fn cut(&self) -> usize {
        let ends = std::mem::take(&mut *self.ends.lock().expect("whole"));
        ends.iter().filter(|end| end.shutdown(Shutdown::Both).is_ok()).count()
    }
}

#[actix_web::test]
async fn what_the_database_hung_up_is_opened_again_before_anybody_notices() {
    // The embedded database hangs up on nobody.
    let Some(url) = shared_database() else { return };
    let (user, rest) = url.split_once('@').expect("a user");
    let (host, name) = rest.split_once('/').expect("a database");
    let line = Line::to(host.to_owned());
    let through = format!("{user}@127.0.0.1:{}/{name}", line.port);
    let shop = Shop::with(|config| config.database.url = through.into()).await;
    for _ in 0..3 {
        shop.sales.get("/customers").await.ok();
        shop.sales.get("/today").await.ok();
        assert!(line.cut() > 0, "nobody was there");
    }
}

#[actix_web::test]
async fn without_redis_people_log_in_and_guessing_stays_limited() {
    let mut redis = Redis::start().await;
    let home = Home::new().await;
    home.configure(&format!("[cache]\nurl = \"redis://127.0.0.1:{}/0\"", redis.port));
    home.furnish();
    let server = home.start().await;
    let ready = async || server.nobody().get("//readyz").await.body["cache"].clone();
    assert_eq!((log_in(&server, PASSWORD).await, ready().await), (200, json!(true)));
    let boss = server.boss().await;

    redis.kill();
    boss.get("/today").await.ok();
    assert_eq!(log_in(&server, PASSWORD).await, 200);
    let refresh = json!({ "refresh_token": boss.refresh_token, "device": "browser-1" });
    let boss = boss.holding(&server.nobody().post("/auth/refresh", refresh).await.ok());
    boss.get("/today").await.ok();
    // No open door: the device that is known fails eight times and waits, as with Redis.
    let mut statuses = Vec::new();
    for _ in 0..9 {
        statuses.push(log_in(&server, "incorrect horse").await);
    }
    assert_eq!((&statuses[..8], statuses[8]), (&[401; 8][..], 429));
    assert_eq!(log_in(&server, PASSWORD).await, 429);

    // It comes back by itself, and knows of what failed meanwhile: that was never in Redis.
    redis.again().await;
    until("Redis to be used again", async || (ready().await == json!(true)).then_some(())).await;
    assert_eq!(log_in(&server, PASSWORD).await, 429);
    boss.get("/today").await.ok();
}

#[actix_web::test]
async fn a_server_starts_without_redis_says_so_and_uses_it_as_soon_as_it_is_there() {
    let mut redis = Redis::start().await;
    redis.kill();
    let home = Home::new().await;
    home.configure(&format!("[cache]\nurl = \"redis://127.0.0.1:{}/0\"", redis.port));
    home.furnish();
    let server = home.start().await;
    let log = std::fs::read_to_string(&server.log).expect("a log");
    assert!(log.contains("starting without it"), "{log}");
    let ready = async || server.nobody().get("//readyz").await;
    assert_eq!(ready().await.ok()["cache"], json!(false), "able to work all the same");
    server.boss().await.get("/today").await.ok();
    // No open door meanwhile.
    let mut statuses = Vec::new();
    for _ in 0..9 {
        statuses.push(log_in(&server, "incorrect horse").await);
    }
    assert_eq!((&statuses[..8], statuses[8]), (&[401; 8][..], 429));

    redis.again().await;
    until("Redis to be used", async || (ready().await.body["cache"] == json!(true)).then_some(())).await;
    assert_eq!(log_in(&server, PASSWORD).await, 429);
    // What is counted from now on is counted there.
    server.nobody().get("/welcome").await.ok();
    let count =
        Command::new("redis-cli").args(["-p", &redis.port.to_string(), "DBSIZE"]).output().expect("redis-cli runs");
    assert_ne!(String::from_utf8_lossy(&count.stdout).trim(), "0");
}

/// Another server of the same installation, whose clock is `ahead` of the shop's.
async fn replica(shop: &Shop, ahead: Duration) -> (Client, actix_web::dev::ServerHandle) {
    let clock = Clock::fixed(shop.at.clock().now() + ahead);
    let at = Installation::open(shop.at.config().clone(), clock).await.expect("opens");
    let Running { address, handle, server } = api::listen(&at).expect("listens");
    actix_web::rt::spawn(server);
    (Client::new(&format!("http://{address}")), handle)
}

#[actix_web::test]
async fn clocks_that_are_a_minute_apart_disturb_nobody() {
    let shop = Shop::new().await;
    let device = format!("device-{}", shop.sales.phone.clone().unwrap_or_default());
    let mut held = shop.sales.refresh_token.clone();
    for ahead in [60, -60] {
        let (there, handle) = replica(&shop, Duration::seconds(ahead)).await;
        // A token from here works there, and one from there here: issued in the future or long ago.
        there.with_token(shop.sales.token.as_deref().unwrap_or_default()).get("/today").await.ok();
        let body = json!({ "refresh_token": held, "device": device });
        let session = there.post("/auth/refresh", body).await.ok();
        held = session["refresh_token"].as_str().map(str::to_owned);
        shop.sales.holding(&session).get("/today").await.ok();
        // Lost answers may be asked for at the other server, whose clock says it is another minute.
        let repeated = shop.nobody.post("/auth/refresh", json!({ "refresh_token": held, "device": device })).await.ok();
        held = repeated["refresh_token"].as_str().map(str::to_owned);
        handle.stop(false).await;
    }
}

/// Two servers on one database, and somebody who works at both.
async fn two_servers(home: &Home) -> (Server, Server, i64, String, [Client; 2]) {
    let tenant = home.furnish();
    let number = phone_number();
    let (id, role) = (tenant.to_string(), ["--name", "陈晓", "--role", "boss", "--phone", &number]);
    let made = home.admin(&[&["admin", "staff", "create", "--tenant", &id][..], &role].concat());
    let staff = made["staff_id"].as_str().expect("an id").to_owned();
    let (one, two) = (home.start().await, home.start().await);
    let appid = home.app["appid"].as_str().expect("an appid").to_owned();
    let there = Shop::join(&one.nobody(), &appid, &number).await.act_in(tenant).await;
    let token = there.token.clone().unwrap_or_default();
    let clients = [one.nobody().with_token(&token), two.nobody().with_token(&token)];
    for client in &clients {
        client.get("/today").await.ok();
    }
    (one, two, tenant, staff, clients)
}

#[actix_web::test]
async fn a_role_that_is_taken_away_ends_on_every_server_within_five_seconds() {
    let home = Home::new().await;
    let (_one, _two, tenant, staff, clients) = two_servers(&home).await;
    let tenant = tenant.to_string();
    let changes: [&[&str]; 1] = [&["admin", "staff", "role", "--role", "sales"]];
    for change in changes {
        home.admin(&[change, &["--tenant", &tenant, "--staff", &staff]].concat());
        let begun = Instant::now();
        for client in &clients {
            // At work all the time: every request asks again.
            until("the end of the role", async || (client.get("/today").await.status == 401).then_some(())).await;
            assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
            client.get("/today").await.problem(401, "token_expired");
        }
    }
}

#[actix_web::test]
async fn a_session_that_is_ended_on_one_server_ends_on_the_other_within_five_seconds() {
    let home = Home::new().await;
    let (one, two, ..) = two_servers(&home).await;
    let lost = two.boss().await;
    let body = json!({ "name": "admin", "password": PASSWORD, "device": "browser-2" });
    let held = one.nobody().holding(&one.nobody().post("/auth/password", body).await.ok());
    lost.get("/today").await.ok();
    let sessions = held.get("/auth/sessions").await.ok();
    let other: &Value =
        sessions["items"].as_array().expect("items").iter().find(|item| item["current"] == false).expect("one");
    let path = format!("/auth/sessions/{}", other["id"].as_str().expect("an id"));
    assert_eq!(held.send(held.request(Method::DELETE, &path)).await.status, 204);
    let begun = Instant::now();
    until("the end of the session", async || (lost.get("/today").await.status == 401).then_some(())).await;
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
