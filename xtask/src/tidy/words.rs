//! Leftovers and shortcuts, found by their text.

use super::{Complaints, Source};

/// Files to look at, text, what is wrong with it.
const EVERYWHERE: &[(&[&str], &str, &str)] = &[
    (&[".rs"], "#[ignore", "a test that does not run proves nothing"),
    (&[".ts", ".mjs", ".js"], ".only(", "the other tests would not run"),
    (&["test.ts", ".mjs"], ".skip(", "a test that does not run proves nothing"),
    (&[".rs"], "todo!", "finish it"),
    (&[".rs"], "unimplemented!", "finish it"),
    (&[".rs", ".ts", ".mjs", ".js", ".wxml", ".wxss", ".md", ".toml"], "TODO", "do it, or file an issue"),
    (&[".rs", ".ts", ".mjs", ".js", ".wxml", ".wxss", ".md", ".toml"], "FIXME", "fix it, or file an issue"),
    (&[".ts"], "@ts-ignore", "say the type"),
    (&[".ts"], "@ts-nocheck", "say the types"),
];

/// Folders that exist on one machine only.
const MACHINES: [&str; 4] = ["/work/", "/root/", "/home/", "/Users/"];

pub fn check(source: &Source, complaints: &mut Complaints) {
    // This folder has to write down what it looks for.
    if source.is_under(&["xtask/src/tidy"]) {
        return;
    }
    for (number, line) in source.text.lines().enumerate() {
        let at = || format!("{}:{}", source.path, number + 1);
        for (endings, text, wrong) in EVERYWHERE {
            if source.ends_with(endings) && line.contains(text) {
                complaints.push(format!("{}: {text} — {wrong}", at()));
            }
        }
        if let Some(machine) = MACHINES.iter().find(|machine| names_a_machine(line, machine)) {
            complaints.push(format!("{}: {machine} exists on one machine only", at()));
        }
    }
}

/// Whether the folder is the beginning of a path, not a part of `/pages/home/`.
fn names_a_machine(line: &str, machine: &str) -> bool {
    line.match_indices(machine).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.' | '/' | '*' | '}' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_called_home_is_no_machine() {
        assert!(!names_a_machine("  \"pages/home/index\",", "/home/"));
        assert!(names_a_machine("let x = \"/home/me/x\";", "/home/"));
        assert!(names_a_machine("/home/me", "/home/"));
    }
}
