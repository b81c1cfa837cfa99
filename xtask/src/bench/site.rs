//! An installation of a certain size, filled once and kept: its files, its server, who is logged in.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::endpoints::Asker;
use super::known::Known;
use crate::http::{Client, integer, text};
use crate::product::private_file;
use crate::servers::Server;
use crate::servers::mariadb::MariaDb;
use crate::servers::redis::Redis;
use crate::wasm::root;
use crate::{machine, run};

/// Where a measurement takes place.
pub struct Place {
    /// Where its files are.
    pub folder: PathBuf,
    /// Which programs: `release` or `debug`.
    pub profile: &'static str,
    /// Businesses beside the one that is measured.
    pub others: u64,
}

impl Place {
    /// A program, as it was compiled for this.
    pub fn program(&self, name: &str) -> Command {
        let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
        run::program(&root().join(target).join(self.profile).join(name).to_string_lossy())
    }

    fn shuke(&self, home: &Path) -> Command {
        let mut command = self.program("shuke");
        command.arg("--config").arg(home.join("shuke.toml"));
        command
    }
}

/// Room for the whole of a million customers: what is measured is not the disk.
const OPTIONS: [&str; 2] = ["--innodb-buffer-pool-size=4G", "--innodb-log-file-size=1G"];

/// What everything runs on.
pub enum Stack {
    Sqlite,
    MariaDb { database: Box<MariaDb>, redis: Redis },
}

impl Stack {
    pub fn mariadb(place: &Place) -> Result<Self> {
        let database = MariaDb::keep(&place.folder.join("mariadb"), &OPTIONS)?;
        Ok(Self::MariaDb { database: Box::new(database), redis: Redis::start()? })
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::MariaDb { .. } => "mariadb",
        }
    }

    /// Processes beside the server.
    pub fn pids(&self) -> Vec<u32> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::MariaDb { database, redis } => vec![database.pid(), redis.pid()],
        }
    }

    /// Statements that the database has answered so far, where it counts them.
    pub fn statements(&self) -> Option<u64> {
        let Self::MariaDb { database, .. } = self else { return None };
        let row = database.ask("SHOW GLOBAL STATUS LIKE 'Questions'").ok()?;
        row.split_whitespace().nth(1)?.parse().ok()
    }
}

/// Where everything is kept between runs.
pub fn folder() -> PathBuf {
    root().join("target/bench")
}

/// What was filled.
#[derive(Serialize, Deserialize)]
struct Filled {
    tenant: i64,
    password: String,
}

pub struct Site {
    pub tenant: i64,
    /// The database's address.
    pub database: String,
    pub home: PathBuf,
    pub url: String,
    pub boss: String,
    pub sales: String,
    pub boss_known: Known,
    pub sales_known: Known,
    server: Server,
}

impl Site {
    /// Starts the server on a business of this size, which is made the first time.
    pub fn open(place: &Place, stack: &Stack, customers: u64) -> Result<Self> {
        Self::named(place, stack, &customers.to_string(), customers)
    }

    /// The same on a business that is made every time: for what changes it.
    pub fn anew(place: &Place, stack: &Stack, name: &str, customers: u64) -> Result<Self> {
        let filled = place.folder.join(format!("{}-{name}", stack.name())).join("filled.json");
        if filled.exists() {
            fs::remove_file(filled)?;
        }
        Self::named(&Place { others: 0, folder: place.folder.clone(), ..*place }, stack, name, customers)
    }

    fn named(place: &Place, stack: &Stack, name: &str, customers: u64) -> Result<Self> {
        let home = place.folder.join(format!("{}-{name}", stack.name()));
        fs::create_dir_all(&home)?;
        let port = machine::free_port()?;
        let database = settings(stack, &home, name, port)?;
        let filled = match fs::read_to_string(home.join("filled.json")) {
            Ok(kept) => serde_json::from_str(&kept).context("filled.json")?,
            Err(_) => fill(place, stack, &home, (name, customers))?,
        };
        let Filled { tenant, password } = filled;
        let mut server = Server::start("the API", place.shuke(&home).arg("serve"), &home.join("api.log"))?;
        let url = format!("http://127.0.0.1:{port}");
        let api = Client::of(&url);
        server.wait_until(|| api.is_up("/readyz"))?;
        let token = |name: &str| -> Result<String> {
            let body = json!({ "name": name, "password": password, "device": format!("xtask-{name}") });
            text(&api.succeed("POST", "/api/v1/auth/password", &[], &body)?, "/access_token")
        };
        let (boss, sales) = (token("bench-boss")?, token("bench-sales")?);
        // What is measured is not the disk: the file is as near as MariaDB's buffer pool is after its first round.
        if let Ok(mut file) = fs::File::open(home.join("shuke.db")) {
            io::copy(&mut file, &mut io::sink()).context("the database file")?;
        }
        let boss_known = Known::read(&api.with_token(&boss))?;
        let sales_known = Known::read(&api.with_token(&sales))?;
        Ok(Self { tenant, database, home, url, boss, sales, boss_known, sales_known, server })
    }

    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Whose token, and what they know of.
    pub fn asker(&self, asker: Asker) -> (&str, &Known) {
        match asker {
            Asker::Boss => (&self.boss, &self.boss_known),
            Asker::Sales => (&self.sales, &self.sales_known),
        }
    }
}

/// Writes the settings; the address of the database, as it is this time.
fn settings(stack: &Stack, home: &Path, name: &str, port: u16) -> Result<String> {
    let (database, cache) = match stack {
        Stack::Sqlite => (format!("sqlite://{}", home.join("shuke.db").display()), "memory:".to_owned()),
        Stack::MariaDb { database, redis } => {
            let name = format!("shuke_{name}");
            database.ask(&format!("CREATE DATABASE IF NOT EXISTS {name}"))?;
            let url = database.url();
            let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
            (format!("{server}/{name}"), redis.url().to_owned())
        }
    };
    let text = |value: &str| Value::String(value.to_owned()).to_string();
    let file = |name: &str| text(&home.join(name).display().to_string());
    let settings = format!(
        "# Written at every start.\n[http]\nlisten = \"127.0.0.1:{port}\"\n\n[database]\nurl = {}\n\n[cache]\nurl = {}\n\n\
         [keys]\nfile = {}\nerased_file = {}\n\n\
         # One phone asks as fast as a whole town.\n[limits]\nreads_per_minute = 0\nwrites_per_minute = 0\n\n\
         [auth]\naccess_seconds = 86400\n\n[log]\nfilter = \"warn,api::admin=info\"\nformat = \"text\"\n",
        text(&database),
        text(&cache),
        file("shuke.key"),
        file("erased.jsonl"),
    );
    private_file(&home.join("shuke.toml"), &settings)?;
    Ok(database)
}

/// Makes everything anew: what a broken run left is of no use.
fn fill(place: &Place, stack: &Stack, home: &Path, (name, customers): (&str, u64)) -> Result<Filled> {
    println!("filling {} with {customers} customers (once)", home.display());
    let begin = Instant::now();
    match stack {
        Stack::Sqlite => {
            for name in ["shuke.db", "shuke.db-wal", "shuke.db-shm"] {
                let file = home.join(name);
                if file.exists() {
                    fs::remove_file(&file)?;
                }
            }
        }
        Stack::MariaDb { database, .. } => {
            let name = format!("shuke_{name}");
            database.ask(&format!("DROP DATABASE {name}; CREATE DATABASE {name}"))?;
        }
    }
    let key = home.join("shuke.key");
    if key.exists() {
        fs::remove_file(key)?;
    }
    run::run(place.shuke(home).arg("migrate"))?;
    let tenant = integer(&admin(place, home, &["tenant", "create", "--name", "山月茶行"], "")?, "/tenant_id")?;
    let number = tenant.to_string();
    let password = machine::random_hex(24)?;
    for (name, role) in [("bench-boss", "boss"), ("bench-sales", "sales")] {
        let operator = ["operator", "create", "--name", name, "--password-stdin", "--tenant", &number, "--role", role];
        admin(place, home, &operator, &password)?;
    }
    let (count, others) = (customers.to_string(), place.others.to_string());
    let sample = ["admin", "sample", "--tenant", &number, "--customers", &count, "--others", &others];
    run::run(place.shuke(home).args(sample))?;
    println!("filled in {:.0} s", begin.elapsed().as_secs_f64());
    let filled = Filled { tenant, password };
    private_file(&home.join("filled.json"), &serde_json::to_string(&filled)?)?;
    Ok(filled)
}

/// `shuke admin …`, which prints one JSON object.
fn admin(place: &Place, home: &Path, arguments: &[&str], input: &str) -> Result<Value> {
    let mut command = place.shuke(home);
    command.arg("admin").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().with_context(|| run::shown(&command))?;
    child.stdin.take().context("standard input")?.write_all(input.as_bytes())?;
    let out = child.wait_with_output()?;
    ensure!(out.status.success(), "{} ended with {}", run::shown(&command), out.status);
    serde_json::from_slice(&out.stdout).with_context(|| run::shown(&command))
}
