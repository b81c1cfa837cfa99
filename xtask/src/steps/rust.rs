//! The steps that are cargo's.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::run::{cargo, output, run};
use crate::servers::mariadb::MariaDb;
use crate::servers::redis::Redis;

const OURS: [&str; 2] = ["--manifest-path", "xtask/Cargo.toml"];

pub fn fmt() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["fmt", "--all", "--check"]).args(OURS))
}

pub fn clippy() -> Result<()> {
    let strict = ["--locked", "--all-targets", "--", "-D", "warnings"];
    run(cargo().args(["clippy", "--workspace"]).args(strict))?;
    run(cargo().arg("clippy").args(OURS).args(strict))
}

/// Who may use whom (docs/ARCHITECTURE.md), as far as cargo knows it.
pub fn deps() -> Result<()> {
    // One TLS stack: rustls with ring. Features of one crate can bring the other back unseen.
    must_not_use(&["--workspace", "--target", "all", "--edges", "all"], &["aws-lc-sys", "aws-lc-rs", "openssl-sys"])?;
    // The rules run on the phone: no I/O, no runtime, no ORM.
    let server = ["sea-orm", "sqlx", "tokio", "actix-web", "actix-http", "reqwest", "redis", "getrandom", "rand"];
    for package in ["domain", "wasm-validate"] {
        must_not_use(&["--package", package, "--edges", "normal", "--target", "wasm32-unknown-unknown"], &server)?;
    }
    must_not_use(&["--package", "domain", "--edges", "normal"], &["api", "migrations", "wasm-bindgen"])?;
    must_not_use(&["--package", "migrations", "--edges", "normal"], &["api", "domain"])?;
    must_not_use(&["--package", "wechat-sim", "--edges", "normal"], &["api", "domain", "migrations"])
}

fn must_not_use(tree: &[&str], banned: &[&str]) -> Result<()> {
    let used = output(cargo().args(["tree", "--locked", "--prefix", "none", "--format", "{p}"]).args(tree))?;
    let names = used.lines().filter_map(|line| line.split(' ').next());
    let found: Vec<&str> = names.filter(|name| banned.contains(name)).collect();
    ensure!(found.is_empty(), "cargo tree {}: must not contain {}", tree.join(" "), found.join(", "));
    Ok(())
}

pub fn unit() -> Result<()> {
    // Everything but documentation tests: examples in comments are for reading.
    let kinds = ["--lib", "--bins", "--tests", "--examples"];
    run(cargo().args(["test", "--locked", "--workspace", "--exclude", "tests"]).args(kinds))?;
    run(cargo().args(["test", "--locked"]).args(OURS))
}

pub fn api_sqlite() -> Result<()> {
    run(api_suite().env("SHUKE_TEST_STACK", "sqlite"))
}

pub fn api_mariadb() -> Result<()> {
    let (database, redis) = (MariaDb::start()?, Redis::start()?);
    run(api_suite()
        .env("SHUKE_TEST_STACK", "mariadb")
        .env("SHUKE_TEST_DATABASE", database.url())
        .env("SHUKE_TEST_REDIS", redis.url()))
}

/// The suite over the public API; it does not know which database it is on.
fn api_suite() -> Command {
    let mut command = cargo();
    command.args(["test", "--locked", "--package", "tests"]);
    command
}
