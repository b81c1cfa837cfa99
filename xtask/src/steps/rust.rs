//! The steps that are cargo's.

use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::run::{cargo, output, run};
use crate::servers::mariadb::MariaDb;
use crate::servers::redis::Redis;

/// The test binary of the package `tests`.
const API_SUITE: &str = "it";

/// xtask is a workspace of its own.
const OURS: [&str; 2] = ["--manifest-path", "xtask/Cargo.toml"];

pub fn fmt() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["fmt", "--all", "--check"]).args(OURS))
}

pub fn clippy() -> Result<()> {
    let strict = ["--all-targets", "--keep-going", "--", "-D", "warnings"];
    run(cargo().args(["clippy", "--workspace"]).args(strict))?;
    run(cargo().arg("clippy").args(OURS).args(strict))
}

/// Who may use whom (docs/ARCHITECTURE.md), as far as cargo knows it. Comes before everything that
/// compiles: that would bring a stale lock file up to date, and nobody would commit it.
pub fn deps() -> Result<()> {
    output(cargo().args(["tree", "--locked", "--depth", "0"]).args(OURS))?;
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
    // Always the whole workspace: a selection of packages would be compiled with other features of
    // their dependencies, and so again. Documentation tests are off: examples in comments are for reading.
    let mut command = cargo();
    command.args(["test", "--no-fail-fast", "--workspace", "--lib", "--bins", "--examples"]);
    for name in integration_tests()? {
        command.args(["--test", &name]);
    }
    run(&mut command)?;
    run(cargo().arg("test").args(OURS))
}

/// All of the workspace's but the suite over the public API, which has steps of its own.
fn integration_tests() -> Result<Vec<String>> {
    let metadata: Value =
        serde_json::from_str(&output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let targets = packages.flat_map(|package| package["targets"].as_array().into_iter().flatten());
    let tests = targets.filter(|target| target["kind"][0] == "test");
    Ok(tests
        .filter_map(|target| target["name"].as_str())
        .filter(|name| *name != API_SUITE)
        .map(str::to_owned)
        .collect())
}

pub fn api_sqlite() -> Result<()> {
    let mut suite = api_suite();
    suite.env("SHUKE_TEST_STACK", "sqlite").env_remove("SHUKE_TEST_DATABASE").env_remove("SHUKE_TEST_REDIS");
    run(&mut suite)
}

pub fn api_mariadb() -> Result<()> {
    let (database, redis) = (MariaDb::start()?, Redis::start()?);
    // What no request can bring about, such as a lost connection in the middle of a transaction, is asked of it directly.
    let mut server = cargo();
    server.args(["test", "--workspace", "--lib", "--", "db::transaction::server"]);
    run(server.env("SHUKE_TEST_DATABASE", database.url()))?;
    run(api_suite()
        .env("SHUKE_TEST_STACK", "mariadb")
        .env("SHUKE_TEST_DATABASE", database.url())
        .env("SHUKE_TEST_REDIS", redis.url()))
}

/// The suite over the public API; it does not know which database it is on. One test more than there are processors runs at
/// a time: each waits now and then, for a disk or for a pause that it is about.
fn api_suite() -> Command {
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get() + 1);
    let mut command = cargo();
    command.args(["test", "--workspace", "--test", API_SUITE, "--", "--test-threads", &threads.to_string()]);
    command
}
