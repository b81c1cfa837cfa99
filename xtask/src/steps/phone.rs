//! The mini-program without a server: types, templates, size, and the browser preview's own tests.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::run::{node, npm_tool, run};
use crate::wasm::root;
use crate::{miniprogram, product};

/// WeChat takes 2 MB a package; the rest is left for what features still need.
const MAIN_LIMIT: u64 = 1_500_000;
const PART_LIMIT: u64 = 2_000_000;

pub fn miniprogram() -> Result<()> {
    gates()?;
    run(npm_tool("tsc").args(["--noEmit", "--project", "."]))?;
    run(&mut node("words/test/all.mjs"))?;
    run(&mut node("scripts/wcc.mjs"))?;
    run(&mut node("scripts/pack-npm.mjs"))?;
    run(&mut product::preview_build(&root().join("target/preview")))?;
    sizes()?;
    run(&mut node("preview/fixture/test.mjs"))
}

/// Sources are an upper bound of what WeChat makes of them, since it leaves comments and types out.
fn sizes() -> Result<()> {
    let folder = miniprogram::export(&miniprogram::Options::default()).map(|()| miniprogram::folder())?;
    let packages = miniprogram::packages(&folder)?;
    for package in &packages {
        println!("{:<24} {:>9} B", package.name, package.bytes);
    }
    for package in packages {
        let limit = if package.is_main() { MAIN_LIMIT } else { PART_LIMIT };
        ensure!(package.bytes <= limit, "{} has {} B, allowed are {limit}", package.name, package.bytes);
    }
    Ok(())
}

/// Any page may be the first one that somebody opens, so each can ask for the consent to the 隐私保护指引.
fn gates() -> Result<()> {
    let folder = root().join("miniprogram");
    let app: Value = serde_json::from_str(&fs::read_to_string(folder.join("app.json"))?).context("app.json")?;
    let names = |list: &Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|name| name.as_str()).map(str::to_owned).collect()
    };
    let mut pages = names(&app["pages"]);
    for part in app["subPackages"].as_array().into_iter().flatten() {
        let under = part["root"].as_str().context("a root")?;
        pages.extend(names(&part["pages"]).into_iter().map(|page| format!("{under}/{page}")));
    }
    for page in pages {
        let template = fs::read_to_string(folder.join(format!("{page}.wxml"))).with_context(|| page.clone())?;
        ensure!(template.contains("<privacy-gate />"), "{page}.wxml: end it with <privacy-gate />");
    }
    Ok(())
}
