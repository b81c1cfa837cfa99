//! Every code that a rule or the server can give has its text in both languages, and every text
//! belongs to a code that somebody gives.

use super::source::{self, Source};
use domain::message;
use std::collections::{BTreeMap, BTreeSet};

/// What gives a code, and which of its arguments the code is.
const GIVERS: [(&str, usize); 17] = [
    ("fail(", 0),
    ("fail_among(", 1),
    ("fail_at(", 1),
    ("refuse(", 0),
    (".limit(", 0),
    ("Violation::new(", 1),
    ("Problem::field(", 1),
    ("Problem::conflict(", 0),
    ("Problem::in_use(", 0),
    ("Self::conflict(", 0),
    ("Problem::Unauthenticated(", 0),
    ("Problem::Unreadable(", 0),
    ("Refused::Value(", 1),
    ("Flaw::coded(", 0),
    ("Problem::Forbidden(", 0),
    ("Problem::Upstream(", 0),
    ("ValidationError::new(", 0),
];

/// Sources that give codes: not the texts themselves.
fn sources() -> Vec<Source> {
    let mut sources = source::of("api");
    sources.extend(source::of("domain").into_iter().filter(|source| !source.path.starts_with("message")));
    sources
}

/// Every code that is given, and where.
fn given() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in sources() {
        for (giver, at) in GIVERS {
            for (start, _) in source.text.match_indices(giver) {
                let argument = arguments(&source.text[start + giver.len()..]).into_iter().nth(at).unwrap_or_default();
                for literal in literals(&argument) {
                    found.insert(literal, source.path.clone());
                }
            }
        }
        // `("true", "yes_or_no"),`: what a parameter of the query wants.
        if source.path == "scope/checked.rs" {
            let pairs =
                source.text.lines().map(str::trim).filter(|line| line.starts_with("(\"") && line.ends_with("),"));
            found.extend(
                pairs.filter_map(|line| literals(line).into_iter().last()).map(|code| (code, source.path.clone())),
            );
        }
        // `Self::NotFound => "not_found"`, `const MALFORMED: &str = "malformed"`, `code: "version_stale"`.
        if matches!(source.path.as_str(), "problem.rs" | "wechat/error.rs" | "json.rs" | "check.rs") {
            // The names that wechat/error.rs gives its variants before that are for the log.
            let from = if source.path == "problem.rs" { "" } else { "for Problem {" };
            let part = source.text.find(from).map_or(source.text.as_str(), |at| &source.text[at..]);
            for line in part.lines().map(str::trim) {
                let says = (line.starts_with("Self::") || line.starts_with("WechatError::")) && line.contains("=> \"")
                    || line.starts_with("const MALFORMED")
                    || line.contains("return Err(\"");
                if says || line.starts_with("code: \"") || line.starts_with("Cow::Owned(_) => ") {
                    found.extend(literals(line).into_iter().map(|code| (code, source.path.clone())));
                }
            }
        }
    }
    found
}

/// The arguments of a call, from behind its opening bracket.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut found) = (0, false, vec![String::new()]);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        found.last_mut().expect("the first").push(c);
    }
    found
}

fn literals(text: &str) -> Vec<String> {
    let code = |text: &&str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    text.split('"').skip(1).step_by(2).filter(code).map(str::to_owned).collect()
}

#[test]
fn every_code_that_is_given_has_a_text() {
    let texts: BTreeSet<_> = message::all().map(|text| text.code).collect();
    let given = given();
    assert!(given.len() > 50, "only {} codes were found", given.len());
    let missing: Vec<_> = given.iter().filter(|(code, _)| !texts.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "codes without a text: {missing:?}");
}

#[test]
fn every_text_belongs_to_a_code_that_is_given() {
    let given = given();
    let unused: Vec<_> = message::all().map(|text| text.code).filter(|code| !given.contains_key(*code)).collect();
    assert!(unused.is_empty(), "nothing gives these codes: {unused:?}");
}

#[test]
fn every_text_is_there_in_both_languages_with_the_same_parameters() {
    let parameters = |text: &str| -> BTreeSet<String> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect()
    };
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut seen = BTreeSet::new();
    for text in message::all() {
        assert!(seen.insert(text.code), "{} stands twice", text.code);
        assert!(chinese(text.zh), "{}: {} is no Chinese", text.code, text.zh);
        assert!(!text.en.trim().is_empty() && !chinese(text.en), "{}: {} is no English", text.code, text.en);
        assert_eq!(parameters(text.zh), parameters(text.en), "{}", text.code);
    }
}
