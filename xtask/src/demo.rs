//! The demo business: a tea shop, made through the REST API as its staff would.

pub mod dice;
mod goods;
mod moment;
mod orders;
mod people;
pub mod places;
mod session;
mod shop;
mod talks;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::{Client, integer, text};
use crate::machine::random_hex;
use crate::{product, run};

pub use session::password_token;

/// No real mini-program has it.
pub const APPID: &str = "wx000000000000cafe";
/// The subscribe-message template of due tasks.
pub const TEMPLATE: &str = "demo-task-due";
pub const BUSINESS: &str = "山月茶行";
pub const BOSS: &str = "林静";
/// Whose number the preview's customer phone has.
pub const CUSTOMER: &str = "苏文清";
const SALES: [&str; 2] = ["陈晓", "王磊"];

/// What this machine's demo is; drawn once, kept in `demo.json`, which only its owner may read.
#[derive(Serialize, Deserialize)]
pub struct Demo {
    pub appid: String,
    pub secret: String,
    pub push_token: String,
    pub push_aes_key: String,
    pub operator: String,
    pub password: String,
    pub tenant_id: i64,
    /// Numbers of the preview's two phones.
    pub staff_phone: String,
    pub customer_phone: String,
    /// Whether everything was made.
    pub complete: bool,
}

impl Demo {
    pub fn load_or_draw(home: &Path) -> Result<Self> {
        if let Ok(kept) = fs::read_to_string(home.join("demo.json")) {
            return serde_json::from_str(&kept).context("data/dev/demo.json; delete data/dev to start again");
        }
        Ok(Self {
            appid: APPID.into(),
            secret: random_hex(32)?,
            push_token: random_hex(32)?,
            // 43 characters of base64 are 258 bits: the last two must be zero, as they are in `0`.
            push_aes_key: format!("{}0", random_hex(42)?),
            operator: "ops".into(),
            password: random_hex(16)?,
            tenant_id: 0,
            staff_phone: String::new(),
            customer_phone: String::new(),
            complete: false,
        })
    }

    pub fn save(&self, home: &Path) -> Result<()> {
        product::private_file(&home.join("demo.json"), &format!("{}\n", serde_json::to_string_pretty(self)?))
    }
}

/// The rows that exist before anybody can log in, by `shuke admin`. Starts from an empty database:
/// a demo that was interrupted while it was made is made again.
pub fn first_rows(demo: &mut Demo, home: &Path, sim: &Client) -> Result<()> {
    println!("making the demo business (first start only)");
    for name in ["shuke.db", "shuke.db-wal", "shuke.db-shm", "shuke.key"] {
        let file = home.join(name);
        if file.exists() {
            fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
    }
    demo.staff_phone = text(&sim.get("/phone/staff")?, "/phone_number")?;
    demo.customer_phone = text(&sim.get("/phone/customer")?, "/phone_number")?;

    run::output(product::shuke_on(home).arg("migrate"))?;
    let tenant = admin(home, &["tenant", "create", "--name", BUSINESS, "--phone", "0571-87651234"], "")?;
    demo.tenant_id = integer(&tenant, "/tenant_id")?;
    let tenant = demo.tenant_id.to_string();
    // Of the installation and of no business: who runs the machine is nobody's colleague.
    let operator = ["operator", "create", "--name", &demo.operator, "--password-stdin", "--installation"];
    admin(home, &operator, &demo.password)?;
    hire(home, &tenant, BOSS, "boss", &demo.staff_phone)?;
    for name in SALES {
        let phone = text(&sim.get(&format!("/phone/{}", session::phone_of(name)))?, "/phone_number")?;
        hire(home, &tenant, name, "sales", &phone)?;
    }
    Ok(())
}

fn hire(home: &Path, tenant: &str, name: &str, role: &str, phone: &str) -> Result<()> {
    let row = ["staff", "create", "--tenant", tenant, "--name", name, "--role", role, "--phone", phone];
    admin(home, &row, "").map(drop)
}

/// Makes somebody who is both an operator of the installation and a boss of the shop, for a program that asks
/// for everything. Answers their token, with which the second look was given.
pub fn outsider(demo: &Demo, home: &Path, api: &Client) -> Result<String> {
    let (name, password, tenant) = ("outsider", random_hex(16)?, demo.tenant_id.to_string());
    let operator = ["operator", "create", "--name", name, "--password-stdin", "--tenant", &tenant];
    admin(home, &[&operator[..], &["--role", "boss", "--installation"]].concat(), &password)?;
    session::stepped_up(api, &password_token(api, name, &password)?)
}

/// The token of the preview's customer, for a program that asks for everything on their side.
pub fn customer(demo: &Demo, api: &Client, sim: &Client) -> Result<String> {
    session::proved(demo, api, sim, "customer")
}

/// `shuke admin …`, which prints one JSON object.
fn admin(home: &Path, arguments: &[&str], input: &str) -> Result<Value> {
    let mut command: Command = product::shuke_on(home);
    command.arg("admin").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| run::shown(&command))?;
    child.stdin.take().context("standard input")?.write_all(input.as_bytes())?;
    let out = child.wait_with_output()?;
    let complaint = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "{} ended with {}\n{}", run::shown(&command), out.status, complaint.trim());
    serde_json::from_slice(&out.stdout).with_context(|| run::shown(&command))
}

/// Everything else, over HTTP.
pub fn fill(demo: &Demo, api: &Client, sim: &Client) -> Result<()> {
    let shop = shop::Shop::open(demo, api, sim)?;
    let tags = shop.tags()?;
    let customers = shop.customers(&tags)?;
    shop.plan(&tags[1][2])?;
    shop.talks(&customers)?;
    shop.orders(&customers)?;
    shop.close()
}
