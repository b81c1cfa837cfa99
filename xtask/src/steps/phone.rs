//! The mini-program without a server: types, templates, size, and the browser preview's own tests.

use anyhow::{Result, ensure};

use crate::run::{node, npm_tool, run};
use crate::wasm::root;
use crate::{miniprogram, product};

/// WeChat takes 2 MB a package; the rest is left for what features still need.
const MAIN_LIMIT: u64 = 1_500_000;
const PART_LIMIT: u64 = 2_000_000;

pub fn miniprogram() -> Result<()> {
    run(npm_tool("tsc").args(["--noEmit", "--project", "."]))?;
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
