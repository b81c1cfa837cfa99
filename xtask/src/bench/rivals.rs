//! What the server is held against: its own statements through bare sqlx, and an idiomatic Django service on the same
//! tables. Before anything is measured they must have said the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use ureq::Agent;

use super::endpoints::{Asker, ENDPOINTS, number_of_nobody};
use super::load::{Measured, Target, Times, ask, drive};
use super::site::{Place, Site, Stack, folder};
use super::{endpoints::Endpoint, proc};
use crate::demo::dice::Dice;
use crate::http::{Client, text};
use crate::servers::Server;
use crate::servers::mariadb::MariaDb;
use crate::wasm::root;
use crate::{machine, run};

/// gunicorn's `gthread` workers and their threads, as its documentation has it for two cores.
const WORKERS: [&str; 6] = ["--worker-class", "gthread", "--workers", "3", "--threads", "2"];

/// Another server on the same database.
pub struct Rival {
    pub name: &'static str,
    url: String,
    server: Server,
}

impl Rival {
    fn start(
        name: &'static str,
        site: &Site,
        token: &str,
        command: impl FnOnce(u16) -> std::process::Command,
    ) -> Result<Self> {
        let port = machine::free_port()?;
        let log = site.home.join(format!("{}.log", name.replace(' ', "-")));
        let mut server = Server::start(name, &mut command(port), &log)?;
        let url = format!("http://127.0.0.1:{port}");
        let client = Client::of(&url).with_token(token);
        server.wait_until(|| client.is_up("/api/v1/customers"))?;
        Ok(Self { name, url, server })
    }

    /// The same statements through bare sqlx.
    pub fn bare(place: &Place, site: &Site) -> Result<Self> {
        let me = Client::of(&site.url).with_token(&site.boss).get("/api/v1/auth/me")?;
        let staff = text(&me, "/staff/id")?;
        Self::start("bare sqlx", site, &site.boss, |port| {
            let mut command = place.program("bare");
            command.arg(format!("127.0.0.1:{port}")).args([&site.database, &site.tenant.to_string(), &staff]);
            command
        })
    }

    /// The Django service.
    pub fn django(site: &Site) -> Result<Self> {
        let tools = tools()?;
        Self::start("Django", site, &site.boss, |port| {
            let mut command = run::program(&tools.join("bin/gunicorn").to_string_lossy());
            command
                .current_dir(root().join("tests/bench/peer-django"))
                .args(WORKERS)
                .args(["--no-control-socket", "--bind", &format!("127.0.0.1:{port}"), "peer.wsgi"])
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .env("PEER_DATABASE", &site.database)
                .env("PEER_KEY_FILE", site.home.join("shuke.key"))
                .env("PEER_REGIONS", root().join("api/src/customers/regions.txt"));
            command
        })
    }

    pub fn ask(&self, stack: &Stack, site: &Site, endpoint: &Endpoint, times: Times) -> Result<Measured> {
        let (token, known) = site.asker(endpoint.asker);
        let server = proc::family(self.server.pid());
        let target = Target { url: &self.url, token, server, database: stack.pids() };
        drive(&target, times, &|dice| (endpoint.shot)(known, dice))
    }

    /// Answers as the server does, and writes the same rows: the Django service must.
    pub fn must_answer_alike(&self, stack: &Stack, site: &Site) -> Result<()> {
        for asker in [Asker::Boss, Asker::Sales] {
            let (token, known) = site.asker(asker);
            let ours = Client::of(&site.url).with_token(token);
            let theirs = Client::of(&self.url).with_token(token);
            let deep = format!("/api/v1/customers?cursor={}", known.cursors[0]);
            let one = known.rows.iter().step_by(29).map(|row| format!("/api/v1/customers/{}", row.id));
            for path in one.chain(["/api/v1/customers".to_owned(), deep]) {
                let (a, b) = (plain(ours.get(&path)?), plain(theirs.get(&path)?));
                ensure!(a == b, "{path}: {} answers otherwise\n{a}\n{b}", self.name);
            }
        }
        // What one of them makes, the other shows, and both write the same down for it.
        let create = ENDPOINTS.iter().find(|endpoint| endpoint.name == "create").context("create")?;
        let body = (create.shot)(&site.boss_known, &mut Dice::new(99)).body.context("a body")?;
        let [theirs, ours] = [&self.url, &site.url].map(|url| Client::of(url).with_token(&site.boss));
        let mut body: Value = serde_json::from_str(&body)?;
        let made = theirs.succeed("POST", "/api/v1/customers", &[], &body)?;
        let path = format!("/api/v1/customers/{}", text(&made, "/id")?);
        let (a, b) = (plain(ours.get(&path)?), plain(made.clone()));
        ensure!(a == b, "{} makes another customer\n{a}\n{b}", self.name);
        let Stack::MariaDb { database, .. } = stack else { return Ok(()) };
        body["phones"][0]["number"] = json!(number_of_nobody());
        let same = ours.succeed("POST", "/api/v1/customers", &[], &body)?;
        let (a, b) = (written(database, site, &text(&same, "/id")?)?, written(database, site, &text(&made, "/id")?)?);
        ensure!(a == b, "{} writes other rows\n{a}\n{b}", self.name);
        Ok(())
    }

    /// Asks the database the same as the server does: bare sqlx must.
    pub fn must_ask_alike(&self, stack: &Stack, site: &Site) -> Result<()> {
        let Stack::MariaDb { database, .. } = stack else { return Ok(()) };
        for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.compared) {
            let asked = |url: &str| -> Result<BTreeSet<String>> {
                // The same customer both times, with another number.
                let shoot = || {
                    let shot = (endpoint.shot)(&site.boss_known, &mut Dice::new(7));
                    ask(&Agent::new_with_defaults(), &Target::of(url, &site.boss), &shot)
                };
                // Once before, so that what is remembered for some seconds is.
                shoot()?;
                database
                    .ask("SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1")?;
                let answer = shoot();
                let log = database.ask(
                    "SET GLOBAL general_log = 0; SELECT HEX(argument) FROM mysql.general_log \
                     WHERE command_type IN ('Execute', 'Query')",
                )?;
                answer.map(|_bytes| log.lines().flat_map(statements).filter(|statement| compared(statement)).collect())
            };
            let (ours, theirs) = (asked(&site.url)?, asked(&self.url)?);
            ensure!(
                ours == theirs,
                "{}: tests/bench/bare asks otherwise than the server\n{ours:#?}\n{theirs:#?}",
                endpoint.name
            );
        }
        Ok(())
    }
}

/// What stands in the database for a customer, without what is sealed or says who it is.
fn written(database: &MariaDb, site: &Site, id: &str) -> Result<String> {
    let (name, id) = (site.database.rsplit('/').next().unwrap_or_default(), id.replace('-', ""));
    let of = [
        "SELECT term FROM {}.customer_terms WHERE customer_id = {} ORDER BY term",
        "SELECT name_key, text FROM {}.customer_search WHERE customer_id = {}",
        "SELECT position, primary_live, LENGTH(digest), LENGTH(last_four) FROM {}.customer_phones WHERE customer_id = {}",
        "SELECT HEX(tag_id), by_rule FROM {}.customer_tags WHERE customer_id = {} ORDER BY tag_id",
        "SELECT version, live, LENGTH(person_key), LENGTH(vault) FROM {}.customers WHERE id = {}",
        "SELECT action, resource, changes, address, LENGTH(sealed) FROM {}.audit_entries WHERE resource_id = {}",
    ];
    let statements = of.map(|text| text.replacen("{}", name, 1).replacen("{}", &format!("X'{id}'"), 1));
    database.ask(&statements.join("; "))
}

/// Whether a statement is about what a request asks for, not about who sends it or what is done beside it.
fn compared(statement: &str) -> bool {
    ["SELECT `customer", "SELECT `tags", "INSERT INTO ", "UPDATE `idem"]
        .iter()
        .any(|start| statement.starts_with(start))
}

/// The statements of an entry of the log, which is in hexadecimal digits, without their values: they are there or a `?`
/// is. Several that went together are one entry.
fn statements(hexadecimal: &str) -> Vec<String> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = digits.filter_map(byte).collect();
    let (mut text, mut quoted, mut bytes) = (String::new(), false, bytes.into_iter().map(char::from));
    while let Some(c) = bytes.next() {
        match c {
            '\'' => {
                quoted = !quoted;
                text.push_str(if quoted { "?" } else { "" });
            }
            '\\' if quoted => drop(bytes.next()),
            _ if quoted => {}
            '0'..='9' if text.ends_with([' ', '(']) => text.push('?'),
            '0'..='9' if text.ends_with('?') => {}
            _ => text.push(c),
        }
    }
    // What is written in digits says so before them.
    let text = text.replace("_utf8mb4 x?", "?").replace(" x?", " ?").replace("(x?", "(?");
    // How many rows there are, and which values are none, depends on what is inserted.
    let cut = |one: &str| one.find(" VALUES ").map_or(one, |values| &one[..values]).to_owned();
    text.split(';').map(cut).collect()
}

/// Tags of the same moment may stand in any order.
fn plain(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(members) => {
            if let Some(Value::Array(tags)) = members.get_mut("tags") {
                tags.sort_by_key(|tag| tag["id"].to_string());
            }
            if let Some(Value::Array(items)) = members.get_mut("items") {
                items.iter_mut().for_each(|item| *item = plain(item.take()));
            }
        }
        other => *other = json!(other),
    }
    answer
}

/// The virtual environment of the Django service, made when its requirements change.
fn tools() -> Result<PathBuf> {
    let (tools, wanted) = (folder().join("peer-venv"), root().join("tests/bench/peer-django/requirements.txt"));
    let wanted = fs::read_to_string(wanted)?;
    let installed = tools.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|there| there == wanted) {
        return Ok(tools);
    }
    // mysqlclient is compiled against the database's own client.
    crate::steps::setup::packages(&[("mariadb_config", "libmariadb-dev"), ("python3", "python3-venv")])?;
    run::run(run::program("python3").args(["-m", "venv", "--clear"]).arg(&tools))?;
    let pip = tools.join("bin/pip");
    run::run(
        run::program(&pip.to_string_lossy())
            .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg("tests/bench/peer-django/requirements.txt"),
    )?;
    fs::write(installed, wanted)?;
    Ok(tools)
}
