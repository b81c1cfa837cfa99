//! What the module must be before it may ship. Not wishes: each stands for a phone that refused one.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use wasmparser::{ExternalKind, Parser, Payload, Validator, WasmFeatures};

use super::Sizes;

/// The functions of `wasm-validate`; wasm-bindgen adds a few of its own.
const FUNCTIONS: [&str; 7] =
    ["asked_fields", "check_custom", "check_field", "check_form", "forms", "next_moves", "permissions"];

/// A share of the 2 MB main package that nobody notices. A form takes some 1.6 KB of it: more forms, more room.
const RAW: usize = 89 * 1024;
const BROTLI: usize = 32 * 1024;
const GLUE: usize = 6 * 1024;

/// What the gates saw.
pub(crate) struct Module {
    /// 64 KB pages of memory at the start, and for ever: the module never grows it.
    pub(crate) pages: u64,
}

/// The first version of WebAssembly, no imports, no exported Globals, and each function under at
/// most two names (iOS WeChat 8.0.9 loses a function exported under more than three).
pub(crate) fn module(bytes: &[u8]) -> Result<Module> {
    let first_version = WasmFeatures::WASM1.difference(WasmFeatures::MUTABLE_GLOBAL);
    Validator::new_with_features(first_version).validate_all(bytes).context("not the first version of WebAssembly")?;

    let (mut functions, mut names, mut pages) = (Vec::new(), HashMap::new(), 0);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::ImportSection(imports) => ensure!(imports.count() == 0, "the module imports something"),
            Payload::MemorySection(memories) => {
                for memory in memories {
                    pages = memory?.initial;
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    match export.kind {
                        ExternalKind::Func => {
                            functions.push(export.name.to_owned());
                            *names.entry(export.index).or_insert(0) += 1;
                        }
                        ExternalKind::Memory => {}
                        other => anyhow::bail!("export {} is a {other:?}", export.name),
                    }
                }
            }
            _ => {}
        }
    }
    functions.retain(|name: &String| !name.starts_with("__wbindgen_"));
    functions.sort();
    ensure!(functions == FUNCTIONS, "unexpected exports: {functions:?}");
    ensure!(names.values().all(|count| *count <= 2), "a function is exported under more than two names");
    Ok(Module { pages })
}

/// The limits of size.
pub(crate) fn sizes(sizes: &Sizes) -> Result<()> {
    for (name, size, limit) in
        [("validate.wasm", sizes.raw, RAW), ("validate.wasm.br", sizes.brotli, BROTLI), ("glue.js", sizes.glue, GLUE)]
    {
        ensure!(size <= limit, "{name} has {size} bytes; {limit} are allowed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(sections: &[u8]) -> String {
        let bytes = [b"\0asm\x01\0\0\0", sections].concat();
        module(&bytes).err().map(|error| format!("{error:#}")).unwrap_or_default()
    }

    #[test]
    fn an_exported_global_is_refused() {
        let global = [6, 6, 1, 0x7f, 0, 0x41, 0, 0x0b];
        let export = [7, 5, 1, 1, b'g', 3, 0];
        assert_eq!(refusal(&[&global[..], &export].concat()), "export g is a Global");
    }

    #[test]
    fn what_came_after_the_first_version_is_refused() {
        let function = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
        // i32.extend8_s, which iOS 14.4 does not know.
        let body = [10, 8, 1, 6, 0, 0x41, 0, 0xc0, 0x1a, 0x0b];
        assert!(refusal(&[&function[..], &body].concat()).contains("not the first version"));
        let two_tables = [4, 7, 2, 0x70, 0, 0, 0x70, 0, 0];
        assert!(refusal(&two_tables).contains("multiple tables"), "{}", refusal(&two_tables));
    }

    #[test]
    fn an_import_is_refused() {
        let import = [1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, b'm', 1, b'f', 0, 0];
        assert_eq!(refusal(&import), "the module imports something");
    }

    #[test]
    fn a_missing_function_is_refused() {
        assert!(refusal(&[]).contains("unexpected exports"));
    }
}
