//! The house's rules that a program can check: lengths, names, leftovers, who uses whom.

mod names;
mod uses;
mod words;

use std::fs;

use anyhow::{Result, bail};

use crate::run::{output, program};
use crate::wasm::root;

/// A file of the repository.
pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    pub fn ends_with(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    pub fn is_under(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// Made by a program: `cargo xtask generate` or a package manager.
    fn is_generated(&self) -> bool {
        let made = [
            "docs/openapi.json",
            "miniprogram/api/schema.d.ts",
            "miniprogram/rules/texts.ts",
            "miniprogram/rules/names.ts",
            "miniprogram/features/customers/region/regions.ts",
        ];
        made.contains(&self.path.as_str()) || self.ends_with(&["Cargo.lock", "package-lock.json"])
    }

    fn is_test(&self) -> bool {
        let folders = self.path.split('/').any(|part| matches!(part, "tests" | "test" | "e2e" | "tests.rs"));
        folders && !self.is_under(&["tests/wechat-sim/src/"]) || self.path.contains("/tests/")
    }
}

/// Where a rule is broken and how.
pub type Complaints = Vec<String>;

pub fn tidy() -> Result<()> {
    let sources = sources()?;
    let mut complaints = Vec::new();
    for source in &sources {
        lengths(source, &mut complaints);
        names::check(&source.path, &mut complaints);
        words::check(source, &mut complaints);
        uses::check(source, &mut complaints);
    }
    names::features(&sources, &mut complaints);
    if !complaints.is_empty() {
        complaints.sort();
        complaints.dedup();
        bail!("{} complaints\n{}", complaints.len(), complaints.join("\n"));
    }
    println!("{} files are tidy", sources.len());
    Ok(())
}

/// Every text file that is committed or about to be.
fn sources() -> Result<Vec<Source>> {
    let list = output(program("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let paths = list.split('\0').filter(|path| !path.is_empty());
    // A file that git knows and that is gone, or that is no text, has nothing to be checked.
    let read = |path: &str| Some(Source { path: path.to_owned(), text: fs::read_to_string(root().join(path)).ok()? });
    Ok(paths.filter_map(read).filter(|source| !source.is_generated()).collect())
}

/// A file fits on a few screens.
fn lengths(source: &Source, complaints: &mut Complaints) {
    let limit = if source.ends_with(&[".wxss"]) || source.is_test() && source.ends_with(&[".rs", ".ts", ".mjs", ".js"])
    {
        600
    } else if source.ends_with(&[".rs", ".ts", ".mjs", ".js", ".wxml"]) {
        400
    } else {
        return;
    };
    let lines = source.text.lines().count();
    if lines > limit {
        complaints.push(format!("{}: {lines} lines, allowed are {limit}", source.path));
    }
}
