//! A fresh business for each test: `let shop = Shop::new().await;`.
//!
//! The stack comes from the environment: SQLite and the in-process cache by default, or MariaDB and
//! Redis when `SHUKE_TEST_DATABASE` and `SHUKE_TEST_REDIS` name them.

mod at_rest;
mod client;
mod console;
mod mmdb;
mod operator;
mod process;
mod repeated;

pub use client::{Answer, Client};
pub use mmdb::mmdb;
pub use operator::{Operator, PASSWORD, totp_at};
pub use process::{Home, Server, until};

use api::config::Config;
use api::{Clock, Installation, Running, System};
use chrono::{DateTime, Duration, Utc};
use domain::permission::Role;
use domain::phone::Phone;
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use tokio::sync::OnceCell;
use uuid::Uuid;

static SIMULATOR: LazyLock<wechat_sim::Sim> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    wechat_sim::start(wechat_sim::SimConfig::default()).expect("the simulator starts")
});
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));
static MIGRATED: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// When every test begins: Saturday, 10:00 in China.
pub fn start() -> DateTime<Utc> {
    "2026-11-21T02:00:00Z".parse().expect("an instant")
}

/// A business with a boss and two salespeople, its own server and its own mini-program.
pub struct Shop {
    pub at: Arc<Installation>,
    pub tenant: i64,
    pub boss: Client,
    pub boss_id: Uuid,
    pub sales: Client,
    pub sales_id: Uuid,
    pub rival: Client,
    pub rival_id: Uuid,
    /// Nobody yet: has no token.
    pub nobody: Client,
    /// The appid and the other facts of the mini-program at the simulator.
    pub app: Value,
    pub base: String,
    running: actix_web::dev::ServerHandle,
}

impl Drop for Shop {
    fn drop(&mut self) {
        drop(self.running.stop(false));
        if !std::thread::panicking() {
            repeated::check(&self.at, self.tenant);
        }
    }
}

/// The subscribe-message template of every test's mini-program.
pub const TEMPLATE: &str = "task-due";

impl Shop {
    /// Opens a business.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// Opens a business on an installation with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let app = sim("POST", "/sim/apps", json!({
            "sent_event": { "enabled": false },
            "push_mode": "safe",
            "templates": [{ "id": TEMPLATE, "title": "待办提醒", "content": "待办:{{thing1.DATA}}\n客户:{{thing2.DATA}}\n时间:{{time3.DATA}}", "type": 2 }],
        }))
        .await;
        let appid = text(&app["appid"]);
        sim("POST", "/sim/clock", json!({ "appid": appid, "now": start().timestamp(), "stopped": true })).await;
        let mut config = settings(&app);
        change(&mut config);
        MIGRATED
            .get_or_init(|| async {
                // Of the database that tests share, whatever this one changed.
                let mut first = settings(&app);
                first.database.migrate = true;
                let at = Installation::open(first, Clock::fixed(start())).await.expect("the installation opens");
                at.close().await;
            })
            .await;
        let at = Installation::open(config, Clock::fixed(start())).await.expect("the installation opens");
        let Running { address, handle, server } = api::listen(&at).expect("the server listens");
        actix_web::rt::spawn(server);
        let base = format!("http://{address}");
        sim("PATCH", &format!("/sim/apps/{appid}"), json!({ "push_url": format!("{base}/callbacks/wechat/{appid}") }))
            .await;

        let system = System::new(&at);
        // Tests share a database, and an address that fails too often is locked out: each has its own.
        let nobody = Client::at(&base, &an_address());
        let tenant = new_tenant(&system).await;
        let hire = async |name: &str, role: Role| {
            let number = phone_number();
            let phone = Phone::parse(&number).expect("a phone");
            let id = system.create_staff(tenant, name, role, Some(&phone), None).await.expect("staff");
            let client = Self::join(&nobody, &appid, &number).await;
            (client.act_in(tenant).await, id)
        };
        let (boss, boss_id) = hire("林静", Role::Boss).await;
        let (sales, sales_id) = hire("陈晓", Role::Sales).await;
        let (rival, rival_id) = hire("王磊", Role::Sales).await;
        let mut shop =
            Self { at, tenant, boss, boss_id, sales, sales_id, rival, rival_id, nobody, app, base, running: handle };
        // The boss has just put her finger on the phone: most of what she does asks for it.
        shop.boss = shop.step_up(&shop.boss).await;
        shop
    }

    /// Opens a business on an installation of its own, for what concerns all of one.
    pub async fn alone() -> Self {
        Self::alone_with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn alone_with(change: impl FnOnce(&mut Config)) -> Self {
        let name = format!("alone_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let url = match shared_database() {
            None => format!("sqlite://{}", FOLDER.path().join(format!("{name}.db")).display()),
            Some(shared) => {
                let server = Database::connect(&shared).await.expect("the database answers");
                server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database");
                server.close().await.expect("closed");
                format!("{}/{name}", shared.rsplit_once('/').expect("an address").0)
            }
        };
        Self::with(|config| {
            config.database.url = url.into();
            config.database.migrate = true;
            config.keys.erased_file = FOLDER.path().join(format!("{name}.erased")).display().to_string();
            change(config);
        })
        .await
    }

    /// Another business on the same installation, with its boss.
    pub async fn neighbour(&self) -> (i64, Client) {
        let system = System::new(&self.at);
        let tenant = new_tenant(&system).await;
        let number = phone_number();
        let phone = Phone::parse(&number).expect("a phone");
        system.create_staff(tenant, "周明", Role::Boss, Some(&phone), None).await.expect("staff");
        let boss = Self::join(&self.nobody, &self.appid(), &number).await.act_in(tenant).await;
        (tenant, self.step_up(&boss).await)
    }

    /// Somebody on the customer side who proved this number.
    pub async fn customer(&self, number: &str) -> Client {
        Self::join(&self.nobody, &self.appid(), number).await
    }

    /// Somebody on the customer side who proved nothing.
    pub async fn stranger(&self) -> Client {
        log_in(&self.nobody, &self.appid(), &unique_phone()).await
    }

    /// Logs in at WeChat, proves a phone number, and accepts whatever places are kept for it.
    pub async fn join(nobody: &Client, appid: &str, number: &str) -> Client {
        let client = Self::prove(nobody, appid, number).await;
        let offered = client.get("/auth/invitations").await.ok();
        for place in offered["items"].as_array().expect("places") {
            client.post("/auth/invitation/accept", json!({ "ticket": place["ticket"] })).await.ok();
        }
        client
    }

    /// Logs in at WeChat and proves a phone number.
    pub async fn prove(nobody: &Client, appid: &str, number: &str) -> Client {
        let phone = unique_phone();
        sim("PUT", &format!("/phone/{phone}"), json!({ "phone_number": number })).await;
        Self::prove_again(&log_in(nobody, appid, &phone).await, appid).await
    }

    /// Proves the number of the same phone once more.
    pub async fn prove_again(client: &Client, appid: &str) -> Client {
        let phone = client.phone.clone().expect("a phone");
        let code = sim("POST", &format!("/phone/{phone}/phone-code"), json!({ "appid": appid })).await;
        let session = client.post("/auth/phone", json!({ "code": code["code"] })).await.ok();
        client.holding(&session).of_phone(&phone)
    }

    pub fn appid(&self) -> String {
        text(&self.app["appid"])
    }

    /// Moves the clocks of the server and of the simulator.
    pub async fn advance(&self, by: Duration) {
        self.at.clock().advance(by);
        sim("POST", "/sim/clock", json!({ "appid": self.appid(), "advance_s": by.num_seconds() })).await;
    }

    /// Runs this business's due jobs until there are none, and waits for what WeChat does about it.
    pub async fn run_jobs(&self) {
        while api::run_due(&self.at, self.tenant).await.expect("jobs run") > 0 {}
        self.settled().await;
    }

    /// The simulator's books, once nothing is under way.
    pub async fn settled(&self) -> Value {
        sim("POST", &format!("/sim/apps/{}/settle", self.appid()), json!({})).await
    }

    /// Statements that a call takes.
    pub async fn statements<T>(&self, call: impl Future<Output = T>) -> (u64, T) {
        let before = self.at.statements();
        let answer = call.await;
        (self.at.statements() - before, answer)
    }
}

async fn log_in(nobody: &Client, appid: &str, phone: &str) -> Client {
    let login = sim("POST", &format!("/phone/{phone}/login"), json!({ "appid": appid })).await;
    let session =
        nobody.post("/auth/wechat", json!({ "code": login["code"], "device": format!("device-{phone}") })).await.ok();
    nobody.holding(&session).of_phone(phone)
}

/// Tests of one process share a database, so two of them may ask for the next id at once.
async fn new_tenant(system: &System) -> i64 {
    system.create_tenant("山月茶行", Some("0571-88886666")).await.expect("a business")
}

/// The address of the MariaDB that tests share; none on the embedded stack.
pub fn shared_database() -> Option<String> {
    std::env::vars().find(|(name, _)| name == "SHUKE_TEST_DATABASE").map(|(_, url)| url)
}

fn settings(app: &Value) -> Config {
    let mut config = Config::load(None).expect("the defaults");
    let database = shared_database();
    let redis = std::env::vars().find(|(name, _)| name == "SHUKE_TEST_REDIS").map(|(_, url)| url);
    config.database.url =
        database.unwrap_or_else(|| format!("sqlite://{}", FOLDER.path().join("shuke.db").display())).into();
    config.database.connections = 4;
    config.database.migrate = false;
    config.cache.url = redis.unwrap_or_else(|| "memory:".to_owned()).into();
    config.cache.prefix = format!("test-{}", text(&app["appid"]));
    config.keys.master = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned().into();
    config.keys.erased_file = FOLDER.path().join("shuke.erased").display().to_string();
    config.http.listen = "127.0.0.1:0".to_owned();
    config.http.workers = 1;
    // Guards ask more in a second than a shop does in an hour.
    config.limits.anonymous_per_minute = 0;
    config.limits.reads_per_minute = 0;
    config.limits.writes_per_minute = 0;
    config.limits.pushes_per_minute = 0;
    config.limits.routes.clear();
    config.signup.open = true;
    config.http.trusted_proxy = "127.0.0.1".to_owned();
    config.wechat.base_url.clone_from(&SIMULATOR.base_url);
    config.wechat.appid = text(&app["appid"]);
    config.wechat.secret = text(&app["secret"]).into();
    config.wechat.push_token = text(&app["push_token"]).into();
    config.wechat.push_aes_key = text(&app["encoding_aes_key"]).into();
    config.wechat.task_due.template_id = TEMPLATE.to_owned();
    config
}

/// Asks the simulator, as a phone or as WeChat's console would.
pub async fn sim(method: &str, path: &str, body: Value) -> Value {
    let url = format!("{}{path}", SIMULATOR.base_url);
    let request = reqwest::Client::builder().build().expect("a client").request(method.parse().expect("a method"), url);
    let answer = request.json(&body).send().await.expect("the simulator answers");
    assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
    let text = answer.text().await.expect("a body");
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") }
}

/// A mobile number that no other test of this run uses.
pub fn phone_number() -> String {
    // The process id keeps runs apart that share a MariaDB.
    format!("1{}{:04}{:04}", 39, std::process::id() % 10_000, COUNT.fetch_add(1, Ordering::Relaxed) % 10_000)
}

/// An address that no other test of this run uses.
pub fn an_address() -> String {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("10.{}.{}.{}", std::process::id() % 256, count / 256 % 256, count % 256)
}

/// The name of a phone at the simulator that no other test uses.
pub fn unique_phone() -> String {
    format!("phone-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}")).to_owned()
}
