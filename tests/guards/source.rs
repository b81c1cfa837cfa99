//! The server's sources, read as text.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of ours.
pub struct Source {
    /// From the crate's `src` on, with slashes.
    pub path: String,
    pub text: String,
}

/// The sources of a crate, its unit tests cut off.
pub fn of(krate: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
    let mut found = Vec::new();
    for path in files(&root) {
        let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        if name.ends_with("tests.rs") || !name.ends_with(".rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        found.push(Source { path: name, text });
    }
    assert!(!found.is_empty(), "{krate} has no sources");
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

impl Source {
    /// Lines with their numbers, comments aside.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.text.lines().enumerate().map(|(at, line)| (at + 1, line));
        numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// The signature of every handler that is in the API's document, by its operation id: parameters and what it answers.
pub fn handlers() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in of("api") {
        for item in source.text.split("#[utoipa::path(").skip(1) {
            let Some((_, signature)) = item.split_once("async fn ") else { continue };
            let (name, rest) = signature.split_once('(').expect("parameters");
            let signature = rest.split("{\n").next().unwrap_or_default();
            found.insert(name.to_owned(), signature.to_owned());
        }
    }
    found
}
