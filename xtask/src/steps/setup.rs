//! What the other steps need from the machine, installed when it is missing.

use std::env;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::run;
use crate::wasm::root;

const TARGET: &str = "wasm32-unknown-unknown";

/// What has to be there, and the Debian package that brings it.
const NEEDED: &[(&str, &str)] = &[
    ("mariadbd", "mariadb-server"),
    ("mariadb-install-db", "mariadb-server"),
    ("redis-server", "redis-server"),
    ("chromium", "chromium"),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "fonts-noto-cjk"),
    ("jsc", "libjavascriptcoregtk-4.0-bin"),
    ("python3", "python3-venv"),
];

/// Debian's own compiler for WebAssembly, where rustup cannot fetch the target (`xtask/src/wasm/compile.rs`).
const WASM_FALLBACK: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// For `cargo xtask test`.
pub fn everything() -> Result<()> {
    for tool in ["node", "npm"] {
        ensure!(find(tool).is_some(), "{tool} is missing: install Node 20 or newer");
    }
    packages(NEEDED)?;
    running_the_product()
}

/// What has to be there, and the Debian package that brings it.
pub fn packages(needed: &[(&str, &str)]) -> Result<()> {
    let mut packages: Vec<&str> =
        needed.iter().filter(|(probe, _)| find(probe).is_none()).map(|(_, package)| *package).collect();
    packages.dedup();
    install(&packages)?;
    for (probe, package) in needed {
        ensure!(find(probe).is_some(), "{package} is installed but {probe} is still missing");
    }
    Ok(())
}

/// For `cargo xtask dev`, which needs less.
pub fn running_the_product() -> Result<()> {
    wasm_target()?;
    npm()
}

fn wasm_target() -> Result<()> {
    let libraries = run::output(run::program("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if Path::new(libraries.trim()).exists() {
        return Ok(());
    }
    if find("rustup").is_some() && run::run(run::program("rustup").args(["target", "add", TARGET])).is_ok() {
        return Ok(());
    }
    println!("rustup cannot install {TARGET}; Debian's compiler for the web will do");
    install(WASM_FALLBACK)
}

/// `npm ci`, when the installed packages are not those of the lock file.
fn npm() -> Result<()> {
    let folder = root().join("miniprogram");
    let lock = fs::read(folder.join("package-lock.json"))?;
    // Kept beside what it describes, so that deleting node_modules forgets it too.
    let installed = folder.join("node_modules/.installed-lock");
    if fs::read(&installed).is_ok_and(|old| old == lock) {
        return Ok(());
    }
    run::run(run::program("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    fs::write(installed, lock).context("node_modules")
}

fn install(packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    let command = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    let Some(root) = as_root() else { bail!("missing on this machine; install as root: {command}") };
    println!("installing {}", packages.join(" "));
    let apt = |arguments: &[&str]| -> Result<bool> {
        let mut words = root.iter().map(String::as_str).chain(["apt-get"]).chain(arguments.iter().copied());
        let mut apt = Command::new(words.next().unwrap_or("apt-get"));
        // In our own process group: sudo may have to ask for a password.
        let status = apt.args(words).env("DEBIAN_FRONTEND", "noninteractive").status();
        Ok(status.context("apt-get")?.success())
    };
    // An old list of packages names versions that are gone; a mirror that fails may still have ours.
    apt(&["update", "--quiet"])?;
    let arguments = ["install", "--quiet", "--yes", "--no-install-recommends"];
    ensure!(apt(&[&arguments[..], packages].concat())?, "could not install; as root: {command}");
    Ok(())
}

/// What to put in front of a command to run it as root; `None` where that cannot be.
fn as_root() -> Option<Vec<String>> {
    find("apt-get")?;
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(Vec::new());
    }
    find("sudo")?;
    let silent = Command::new("sudo").args(["-n", "true"]).stderr(Stdio::null()).status().is_ok_and(|s| s.success());
    (silent || std::io::stdin().is_terminal()).then(|| vec!["sudo".into(), "--preserve-env=DEBIAN_FRONTEND".into()])
}

/// A program on the search path (or where Debian keeps servers), or a file by its whole path.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}
