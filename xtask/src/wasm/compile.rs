//! From Rust to a module of today's WebAssembly.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

use super::{root, run};

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles `wasm-validate`, installing the target first when it is missing.
pub(crate) fn compile(work: &Path) -> Result<PathBuf> {
    let directory = root().join("target/wasm");
    if target_is_installed() {
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        // No CARGO_TARGET_DIR and no flags from outside: they would change what is shipped.
        let mut command = Command::new(cargo);
        // Panics carry the paths of their sources; the shipped module does not tell where it was built.
        let remap = format!(
            "target.{TARGET}.rustflags=[{:?}]",
            format!("--remap-path-prefix={}=cargo", cargo_home().display())
        );
        command
            .env_remove("RUSTFLAGS")
            .args(arguments())
            .args(["--config", &remap])
            .arg("--target-dir")
            .arg(&directory);
        run(command.current_dir(root()))?;
    } else {
        compile_with_debian(&directory)?;
    }
    let compiled = directory.join(TARGET).join("wasm/wasm_validate.wasm");
    ensure!(compiled.exists(), "no module at {}", compiled.display());
    let copy = work.join("compiled.wasm");
    fs::copy(&compiled, &copy)?;
    Ok(copy)
}

fn cargo_home() -> PathBuf {
    let home = || PathBuf::from(env::var("HOME").unwrap_or_default()).join(".cargo");
    env::var("CARGO_HOME").map_or_else(|_| home(), PathBuf::from)
}

fn arguments() -> [&'static str; 7] {
    ["build", "--quiet", "--profile", "wasm", "--target", TARGET, "--package=wasm-validate"]
}

fn target_is_installed() -> bool {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()).output();
    let library = |sysroot: &str| PathBuf::from(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib");
    let installed = || sysroot.as_ref().is_ok_and(|out| library(&String::from_utf8_lossy(&out.stdout)).exists());
    installed()
        || (Command::new("rustup")
            .args(["target", "add", TARGET])
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
            && installed())
}

/// Debian packages the target as sources for its own compiler, of which the standard library is
/// built along. The linker comes from rustup's toolchain, which every developer has.
fn compile_with_debian(directory: &Path) -> Result<()> {
    eprintln!("rustup cannot install {TARGET}; using Debian's compiler for the web instead.");
    if !(Path::new("/usr/bin/rustc").exists() && Path::new("/usr/lib/rustlib/src").exists()
        || debian_source().is_some())
    {
        bail!(
            "install it with `apt-get install --no-install-recommends rustc-web cargo-web rust-web-src`, then try again"
        );
    }
    let host = Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()).output().context("rustc")?;
    let linker = find(Path::new(String::from_utf8_lossy(&host.stdout).trim()), "rust-lld")
        .context("rustup's rust-lld is missing")?;
    let mut command = Command::new("/usr/bin/cargo");
    command
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort -Ctarget-cpu=mvp -Clink-arg=-zstack-size=65536")
        .args(arguments())
        .args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size", "--target-dir"])
        .arg(directory);
    run(command.current_dir(root()))
}

fn debian_source() -> Option<PathBuf> {
    fs::read_dir("/usr/src")
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rustc")))
}

fn find(directory: &Path, name: &str) -> Option<PathBuf> {
    for entry in fs::read_dir(directory).ok()?.flatten() {
        let path = entry.path();
        if path.file_name().is_some_and(|file| file == name) {
            return Some(path);
        }
        if path.is_dir()
            && let Some(found) = find(&path, name)
        {
            return Some(found);
        }
    }
    None
}
