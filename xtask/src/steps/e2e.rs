//! Both phones in Chromium against the real API and the simulator, on a fresh demo business.

use std::fs;

use anyhow::{Result, ensure};

use crate::product::{self, Ports, Product};
use crate::run::{node, run};
use crate::wasm::root;

/// `miniprogram/e2e/run.mjs --base URL --api URL --sim URL --appid wx… --demo FILE --shots DIR`:
/// `--base` is the preview's origin, `--demo` the file with the demo's logins and ids.
pub fn e2e() -> Result<()> {
    ensure!(root().join("miniprogram/e2e/run.mjs").exists(), "miniprogram/e2e/run.mjs is missing");
    product::build()?;
    let home = tempfile::Builder::new().prefix("shuke-e2e-").tempdir()?;
    let shots = root().join("target/e2e");
    fs::create_dir_all(&shots)?;

    let product = Product::start(home.path(), &shots, &Ports::free()?)?;
    let ports = &product.ports;
    let result = run(node("e2e/run.mjs")
        .args(["--base", &Ports::url(ports.preview), "--api", &Ports::url(ports.api), "--sim", &Ports::url(ports.sim)])
        .args(["--appid", &product.demo.appid])
        .arg("--demo")
        .arg(home.path().join("demo.json"))
        .arg("--shots")
        .arg(&shots));
    println!("pictures and logs are in target/e2e");
    result
}
