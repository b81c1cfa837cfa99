//! `cargo xtask wasm`: the rules as a WebAssembly module that every WeChat client can load.
//!
//! Compile → wasm-bindgen → lower to the first version of WebAssembly → prove it → write
//! `miniprogram/rules/{validate.wasm, validate.wasm.br, glue.js}`. docs/ARCHITECTURE.md says why.

mod compile;
mod gates;
mod glue;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};

/// What a build measured.
pub(crate) struct Sizes {
    pub(crate) raw: usize,
    pub(crate) brotli: usize,
    pub(crate) glue: usize,
}

/// Builds the module and its glue, and refuses them when a gate is missed.
pub(crate) fn build() -> Result<Sizes> {
    let work = work()?;
    let compiled = compile::compile(&work)?;
    let bound = glue::bind(&compiled, &work)?;
    let module = work.join("validate.wasm");
    lower(&bound, &module)?;
    let forms = gates::module(&fs::read(&module)?)?;

    let rules = root().join("miniprogram/rules");
    fs::copy(&module, rules.join("validate.wasm"))?;
    brotli(&rules.join("validate.wasm"), &rules.join("validate.wasm.br"))?;
    glue::bundle(&work, &rules)?;

    let size = |name: &str| -> Result<usize> { Ok(usize::try_from(fs::metadata(rules.join(name))?.len())?) };
    let sizes = Sizes { raw: size("validate.wasm")?, brotli: size("validate.wasm.br")?, glue: size("glue.js")? };
    gates::sizes(&sizes)?;
    let count = phone_forms()?;
    println!(
        "validate.wasm {} B · brotli {} B · glue {} B · {count} forms: {} B raw, {} B brotli each with their share of the rest · memory {} pages",
        sizes.raw,
        sizes.brotli,
        sizes.glue,
        sizes.raw / count,
        sizes.brotli / count,
        forms.pages,
    );
    Ok(sizes)
}

/// Builds, then runs the vectors against the shipped module the way phones would.
pub(crate) fn check() -> Result<()> {
    build()?;
    let tests = root().join("miniprogram/rules/test");
    run(Command::new("node").arg(tests.join("run-node.mjs")))?;
    run(Command::new("node").arg(tests.join("run-jsc.mjs")))
}

fn lower(from: &Path, to: &Path) -> Result<()> {
    // Enabled features are what the compiler may have used; each is lowered away again.
    let flags = [
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--llvm-memory-copy-fill-lowering",
        "--signext-lowering",
        "--llvm-nontrapping-fptoint-lowering",
        "-Oz",
        "--converge",
    ];
    run(Command::new(tool("wasm-opt")?).args(flags).arg(from).arg("-o").arg(to))
}

fn brotli(from: &Path, to: &Path) -> Result<()> {
    let script = "const [from, to] = process.argv.slice(1), z = require('zlib'), f = require('fs'), c = z.constants; \
        f.writeFileSync(to, z.brotliCompressSync(f.readFileSync(from), { params: \
        { [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24 } }))";
    run(Command::new("node").args(["-e", script]).arg(from).arg(to))
}

fn phone_forms() -> Result<usize> {
    let names = fs::read_to_string(root().join("domain/src/forms.rs"))?;
    let list = names.split("\nforms! {\n    phone {").nth(1).and_then(|rest| rest.split('}').next());
    let list = list.context("domain/src/forms.rs lists no phone forms")?;
    Ok(list.lines().filter(|line| line.trim().ends_with(',')).count().max(1))
}

/// A tool that the mini-program's package.json pins.
fn tool(name: &str) -> Result<PathBuf> {
    let path = root().join("miniprogram/node_modules/.bin").join(name);
    ensure!(path.exists(), "{name} is missing: run `npm ci` in miniprogram/");
    Ok(path)
}

fn work() -> Result<PathBuf> {
    let work = root().join("target/wasm/phone");
    fs::create_dir_all(&work)?;
    Ok(work)
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = env::var("CARGO_MANIFEST_DIR").map_or_else(|_| PathBuf::from("xtask"), PathBuf::from);
    here.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting {}", command.get_program().to_string_lossy()))?;
    ensure!(status.success(), "{} failed", command.get_program().to_string_lossy());
    Ok(())
}
