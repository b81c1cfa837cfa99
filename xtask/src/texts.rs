//! The files of the mini-program that are made from `domain`: texts and names.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};

use crate::wasm::root;

/// Writes `miniprogram/rules/{texts,names}.ts`. They are committed; CI regenerates them and the tree
/// must stay clean.
pub(crate) fn generate() -> Result<()> {
    for name in ["texts", "names"] {
        let made = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
            .args(["run", "--quiet", "-p", "domain", "--example", "phone_tables", "--", name])
            .current_dir(root())
            .output()
            .context("cargo run --example phone_tables")?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        write(&root().join(format!("miniprogram/rules/{name}.ts")), &made.stdout)?;
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}
