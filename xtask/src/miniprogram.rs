//! `cargo xtask miniprogram`: the folder that WeChat DevTools opens, and `miniprogram-ci` uploads, as it is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::product;
use crate::run::{node, run};
use crate::wasm::root;

/// What is for developers only; the rest of the folder is the mini-program.
const LEFT_OUT: [&str; 11] = [
    "node_modules",
    "preview",
    "e2e",
    "scripts",
    "build",
    "rules/test",
    "words/test",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "README.md",
];

#[derive(clap::Args, Default)]
pub struct Options {
    /// Address of the server, for example https://crm.example.cn.
    #[arg(long, value_name = "URL")]
    api_base: Option<String>,
    /// AppID of the mini-program.
    #[arg(long, value_name = "wx…")]
    appid: Option<String>,
}

pub fn folder() -> PathBuf {
    root().join("target/miniprogram")
}

/// Writes the folder anew.
pub fn export(options: &Options) -> Result<()> {
    product::rules()?;
    run(&mut node("scripts/pack-npm.mjs"))?;
    let (from, to) = (root().join("miniprogram"), folder());
    if to.exists() {
        fs::remove_dir_all(&to)?;
    }
    copy(&from, &to, &from)?;
    if let Some(base) = &options.api_base {
        ensure!(base.starts_with("https://") || base.starts_with("http://"), "--api-base must start with https://");
        set_constant(&to.join("config.ts"), "API_BASE", base.trim_end_matches('/'))?;
    }
    if let Some(appid) = &options.appid {
        set_constant(&to.join("config.ts"), "APPID", appid)?;
        set_appid(&to.join("project.config.json"), appid)?;
    }
    println!("wrote {}", to.strip_prefix(root()).unwrap_or(&to).display());
    Ok(())
}

fn copy(from: &Path, to: &Path, top: &Path) -> Result<()> {
    let inside = from.strip_prefix(top).unwrap_or(from);
    let hidden = inside.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    if hidden || LEFT_OUT.iter().any(|name| inside == Path::new(name)) {
        return Ok(());
    }
    if !from.is_dir() {
        // The compressed module is the one that is loaded.
        if inside != Path::new("rules/validate.wasm") {
            fs::copy(from, to).with_context(|| from.display().to_string())?;
        }
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()), top)?;
    }
    Ok(())
}

/// Changes `export const NAME = '…'`.
fn set_constant(file: &Path, name: &str, value: &str) -> Result<()> {
    ensure!(!value.contains(['\'', '\\', '\n']), "{name} cannot be {value:?}");
    let source = fs::read_to_string(file)?;
    let start = format!("export const {name} = '");
    let (before, rest) = source.split_once(&start).with_context(|| format!("config.ts does not export {name}"))?;
    let (_, after) = rest.split_once('\'').with_context(|| format!("config.ts: {name} does not end"))?;
    fs::write(file, format!("{before}{start}{value}'{after}")).context("config.ts")
}

fn set_appid(file: &Path, appid: &str) -> Result<()> {
    let mut project: Value = serde_json::from_str(&fs::read_to_string(file)?).context("project.config.json")?;
    *project.get_mut("appid").context("project.config.json has no appid")? = Value::String(appid.to_owned());
    fs::write(file, format!("{project:#}\n")).context("project.config.json")
}

/// A package as WeChat downloads it.
pub struct Package {
    /// Its root; empty for the main package.
    pub name: String,
    pub bytes: u64,
}

impl Package {
    pub fn is_main(&self) -> bool {
        self.name == "main"
    }
}

/// The packages of an exported folder and how large they are.
pub fn packages(folder: &Path) -> Result<Vec<Package>> {
    let app: Value = serde_json::from_str(&fs::read_to_string(folder.join("app.json"))?).context("app.json")?;
    let roots = app.get("subPackages").and_then(Value::as_array).into_iter().flatten();
    let names = roots.filter_map(|package| package.get("root")?.as_str()).map(|name| name.trim_end_matches('/'));
    let mut packages: Vec<Package> = names
        .map(|name| Ok(Package { name: name.to_owned(), bytes: size(&folder.join(name))? }))
        .collect::<Result<_>>()?;
    let parts: u64 = packages.iter().map(|package| package.bytes).sum();
    packages.insert(0, Package { name: "main".into(), bytes: size(folder)? - parts });
    Ok(packages)
}

fn size(path: &Path) -> Result<u64> {
    if !path.is_dir() {
        return Ok(path.metadata()?.len());
    }
    fs::read_dir(path)?.map(|entry| size(&entry?.path())).sum()
}
