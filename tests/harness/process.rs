//! The real binary on an embedded database of its own: `let home = Home::new().await;`.

use super::operator::totp_at;
use super::{Client, SIMULATOR, TEMPLATE, sim, text};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(10);

/// Waits until `found` finds something, and says what it waited for when it never does.
pub async fn until<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = found().await {
                return found;
            }
            tokio::time::sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("waited in vain for {what}"))
}

/// A folder with the settings of an installation, and a mini-program at the simulator.
pub struct Home {
    pub folder: TempDir,
    pub app: Value,
}

/// A running server. Dropped, it is killed.
pub struct Server {
    child: Child,
    pub base: String,
    pub log: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Home {
    pub async fn new() -> Self {
        let app = sim("POST", "/sim/apps", json!({
            "sent_event": { "enabled": false },
            "templates": [{ "id": TEMPLATE, "title": "待办提醒", "content": "待办:{{thing1.DATA}}\n客户:{{thing2.DATA}}\n时间:{{time3.DATA}}", "type": 2 }],
        }))
        .await;
        let home = Self { folder: tempfile::tempdir().expect("a temporary folder"), app };
        home.configure("");
        home
    }

    /// Another folder of the same mini-program, with nothing in it yet.
    pub fn elsewhere(&self) -> Self {
        let there = Self { folder: tempfile::tempdir().expect("a temporary folder"), app: self.app.clone() };
        there.configure("");
        there
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the settings, with `first` in front of all sections.
    pub fn configure(&self, first: &str) {
        let of = |name: &str| text(&self.app[name]);
        let settings = format!(
            r#"{first}
            [http]
            listen = "127.0.0.1:0"
            workers = 1
            # `until` asks more often than anybody.
            [limits]
            anonymous_per_minute = 60000
            reads_per_minute = 60000
            [limits.routes]
            "GET /api/v1/audit/verify" = 0
            [database]
            url = "sqlite://{database}"
            [keys]
            file = "{key}"
            erased_file = "{erased}"
            [wechat]
            base_url = "{wechat}"
            appid = "{appid}"
            secret = "{secret}"
            push_token = "{token}"
            push_aes_key = "{aes}"
            [wechat.task_due]
            template_id = "{TEMPLATE}"
            [jobs]
            poll_ms = 10
            "#,
            database = self.path("shuke.db").display(),
            key = self.path("shuke.key").display(),
            erased = self.path("shuke.erased").display(),
            wechat = SIMULATOR.base_url,
            appid = of("appid"),
            secret = of("secret"),
            token = of("push_token"),
            aes = of("encoding_aes_key"),
        );
        fs::write(self.path("shuke.toml"), settings).expect("the settings");
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        // Nothing of the test's own environment may reach it.
        command.env_clear().arg("--config").arg(self.path("shuke.toml")).args(arguments);
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// Runs a command that must succeed and answers JSON, or nothing. One that asks for a password gets the usual one.
    pub fn admin(&self, arguments: &[&str]) -> Value {
        self.told(arguments, "correct horse battery")
    }

    /// As [`Home::admin`], with another line on its standard input.
    pub fn told(&self, arguments: &[&str], line: &str) -> Value {
        let output = self.fed(arguments, line);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Runs a command to its end, with a line on its standard input.
    pub fn fed(&self, arguments: &[&str], line: &str) -> Output {
        let mut child = self.command(arguments);
        let child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary runs");
        child.stdin.take().expect("a pipe").write_all(format!("{line}\n").as_bytes()).expect("a line");
        child.wait_with_output().expect("an end")
    }

    /// A business with an operator, who is its boss.
    pub fn furnish(&self) -> i64 {
        let migrated = self.run(&["migrate"]);
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        let tenant =
            self.admin(&["admin", "tenant", "create", "--name", "山月茶行"])["tenant_id"].as_i64().expect("an id");
        let id = tenant.to_string();
        self.admin(&["admin", "operator", "create", "--name", "admin", "--password-stdin", "--tenant", &id]);
        tenant
    }

    /// Starts the server and waits until it listens.
    pub async fn start(&self) -> Server {
        let log = self.path("shuke.log");
        let before = fs::metadata(&log).map_or(0, |file| file.len());
        let file = fs::OpenOptions::new().create(true).append(true).open(&log).expect("a log");
        let child = self.command(&["serve"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
        let mut server = Server { child: child.expect("the binary runs"), base: String::new(), log: log.clone() };
        server.base = until("the server to listen", async || {
            let ended = server.child.try_wait().expect("a child");
            let written = fs::read_to_string(&log).unwrap_or_default();
            assert!(ended.is_none(), "the server ended: {written}");
            let new = written.get(usize::try_from(before).ok()?..)?;
            let lines = new.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            lines
                .filter(|line| line["message"] == "listening")
                .find_map(|line| Some(format!("http://{}", line["address"].as_str()?)))
        })
        .await;
        let appid = text(&self.app["appid"]);
        let push_url = format!("{}/callbacks/wechat/{appid}", server.base);
        sim("PATCH", &format!("/sim/apps/{appid}"), json!({ "push_url": push_url })).await;
        server
    }
}

impl Server {
    pub fn nobody(&self) -> Client {
        Client::new(&self.base)
    }

    /// The operator, logged in.
    pub async fn boss(&self) -> Client {
        let login = json!({ "name": "admin", "password": "correct horse battery", "device": "browser-1" });
        self.nobody().holding(&self.nobody().post("/auth/password", login).await.ok())
    }

    /// The operator, who has set an authenticator app up and has just shown a code of it.
    pub async fn stepped_boss(&self) -> Client {
        let boss = self.boss().await;
        let answer = boss.post("/auth/totp", json!({})).await;
        let date = answer.headers.get("date").and_then(|date| date.to_str().ok()).expect("a date").to_owned();
        let now = chrono::DateTime::parse_from_rfc2822(&date).expect("a date").to_utc();
        let secret = text(&answer.ok()["secret"]);
        boss.post("/auth/totp/confirm", json!({ "code": totp_at(&secret, now) })).await.ok();
        let challenge = boss.post("/auth/step-up/challenge", json!({ "method": "totp" })).await.ok();
        // No code counts twice: the next one counts already.
        let next = totp_at(&secret, now + chrono::Duration::seconds(30));
        let proof = json!({ "challenge": challenge["challenge"], "code": next });
        boss.holding(&boss.post("/auth/step-up", proof).await.ok())
    }

    /// Pulls the plug.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("an end");
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    pub async fn ended(&mut self) -> ExitStatus {
        until("the server to end", async || self.child.try_wait().expect("a child")).await
    }

    pub async fn stop(mut self) {
        self.signal("TERM");
        assert!(self.ended().await.success());
    }
}

/// Beside the folder of the test binary.
fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let found = test.parent().and_then(Path::parent).map(|target| target.join("shuke"));
    let found = found.unwrap_or_default();
    assert!(found.exists(), "{} is missing: run `cargo build -p api --bin shuke` first", found.display());
    found
}
