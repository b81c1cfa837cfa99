//! Files that are made from others: `cargo xtask generate`, and what is only made when it must be.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::run::{npm_tool, output, run};
use crate::wasm::root;
use crate::{product, texts};

/// Committed; CI makes them again and they must not change.
const MADE: [&str; 5] = [
    "docs/openapi.json",
    "miniprogram/api/schema.d.ts",
    "miniprogram/rules/texts.ts",
    "miniprogram/rules/names.ts",
    "miniprogram/features/customers/region/regions.ts",
];

/// Makes all of them: the handlers' document, then the phone's types of it, and the rules' texts.
pub fn generate() -> Result<()> {
    let [document, types, ..] = MADE.map(|name| root().join(name));
    product::binaries()?;
    let made = output(product::shuke().arg("openapi"))?;
    let made: Value = serde_json::from_str(&made).context("shuke openapi")?;
    fs::write(&document, format!("{made:#}\n")).with_context(|| document.display().to_string())?;
    run(npm_tool("openapi-typescript").arg(&document).arg("--output").arg(&types))?;
    texts::generate()
}

/// Makes them again and refuses a difference. Comparing with what was there, not with git, lets a
/// developer run it before committing; in CI, what is there is what was committed.
pub fn check() -> Result<()> {
    let read = || MADE.map(|name| fs::read(root().join(name)).ok());
    let before = read();
    generate()?;
    let stale: Vec<&str> = MADE
        .into_iter()
        .zip(before.iter().zip(read()))
        .filter(|(_, (before, after))| *before != after)
        .map(|(name, _)| name)
        .collect();
    ensure!(stale.is_empty(), "made again and different, commit them: {}", stale.join(", "));
    Ok(())
}

/// Runs `make` unless none of the sources changed since it last succeeded.
pub fn when_changed(name: &str, sources: &[&str], product: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let mark = root().join("target/marks").join(name);
    let mut hasher = DefaultHasher::new();
    for source in sources {
        hash(&root().join(source), &mut hasher)?;
    }
    let now = format!("{:016x}", hasher.finish());
    if root().join(product).exists() && fs::read_to_string(&mark).is_ok_and(|before| before == now) {
        return Ok(());
    }
    make()?;
    fs::create_dir_all(root().join("target/marks"))?;
    fs::write(mark, now).context("target/marks")
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let name = path.file_name().unwrap_or_default();
    if name == "node_modules" || name == "miniprogram_npm" || name == "target" {
        return Ok(());
    }
    name.hash(hasher);
    if !path.is_dir() {
        fs::read(path).with_context(|| path.display().to_string())?.hash(hasher);
        return Ok(());
    }
    let mut entries: Vec<_> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    entries.iter().try_for_each(|entry| hash(entry, hasher))
}
