//! The JavaScript between the mini-program and the module: wasm-bindgen's own, with a UTF-8 coder in
//! front, because mini-programs have no `TextEncoder`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use walrus::ExportItem;
use wasm_bindgen_cli_support::Bindgen;

use super::{run, tool};

/// Runs wasm-bindgen and takes the exported Globals out: WeChat on iOS refuses modules with them,
/// and nothing in the glue uses them.
pub(crate) fn bind(module: &Path, work: &Path) -> Result<PathBuf> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("validate").bundler(true)?.typescript(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    let wasm = output.wasm_mut();
    let globals: Vec<_> = wasm
        .exports
        .iter()
        .filter(|export| matches!(export.item, ExportItem::Global(_)))
        .map(|export| export.id())
        .collect();
    for export in globals {
        wasm.exports.delete(export);
    }
    output.emit(work)?;
    Ok(work.join("validate_bg.wasm"))
}

/// Bundles the generated glue with the coder into one CommonJS file that exports a function making
/// the glue: it caches views of one instance's memory, so a new instance needs a new glue.
pub(crate) fn bundle(work: &Path, rules: &Path) -> Result<()> {
    let generated = fs::read_to_string(work.join("validate_bg.js"))?;
    // A module's import shadows the global of the same name: the generated code stays untouched.
    let entry = format!("import {{ TextEncoder, TextDecoder }} from {:?};\n{generated}", rules.join("utf8.ts"));
    let path = work.join("glue-entry.js");
    fs::write(&path, entry)?;
    run(Command::new(tool("esbuild")?)
        .arg(&path)
        .args(["--bundle", "--format=iife", "--global-name=glue", "--minify", "--target=ios13,chrome86"])
        .args(["--banner:js=module.exports=function(){", "--footer:js=return glue};", "--log-level=warning"])
        .arg(format!("--outfile={}", rules.join("glue.js").display())))
}
