//! Every code that a rule can give has a text, and every text of a field has a rule that gives it.
#![expect(clippy::expect_used, reason = "a test says why it fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use domain::message::{self, fields};
use domain::{Lang, Violation};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("src").map(|entry| entry.expect("entry").path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// Codes given anywhere in `domain/src`, tests aside: the literals of the calls that refuse.
fn given() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = fs::read_to_string(&path).expect("reads");
        let rules = source.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["fail(", "fail_at(", "refuse(", "limit(", "Violation::new(", "Cow::Owned(_) => "] {
            for rest in rules.split(call).skip(1) {
                let arguments = rest.split([')', ';', '\n']).next().unwrap_or_default();
                let literals: Vec<_> =
                    arguments.split('"').skip(1).step_by(2).filter(|text| !text.is_empty()).collect();
                let code = if call == "limit(" { literals.first() } else { literals.last() };
                codes.extend(code.map(|code| (*code).to_owned()));
            }
        }
    }
    // json.rs gives its two codes as plain errors.
    codes.insert("malformed".into());
    codes.insert("too_deep".into());
    codes
}

#[test]
fn every_code_has_a_text_and_every_text_a_rule() {
    let texts: BTreeSet<String> = fields::TEXTS.iter().map(|text| text.code.to_owned()).collect();
    let given = given();
    assert_eq!(given.difference(&texts).collect::<Vec<_>>(), Vec::<&String>::new(), "codes without a text");
    assert_eq!(texts.difference(&given).collect::<Vec<_>>(), Vec::<&String>::new(), "texts that no rule gives");
}

#[test]
fn no_code_stands_twice_and_no_text_is_empty() {
    let mut seen = BTreeSet::new();
    for text in message::all() {
        assert!(seen.insert(text.code), "{} stands twice", text.code);
        assert!(!text.zh.is_empty() && !text.en.is_empty(), "{}", text.code);
        let holes = |text: &str| {
            text.split('{').skip(1).map(|rest| rest.split('}').next().map(str::to_owned)).collect::<BTreeSet<_>>()
        };
        assert_eq!(holes(text.zh), holes(text.en), "{}: the languages name different parameters", text.code);
    }
}

#[test]
fn a_violation_is_sent_with_its_text() {
    let violation = Violation::new("lines.0.quantity", "too_small").with("min", 1);
    let sent = serde_json::to_value(violation.explain(Lang::Zh)).expect("writes");
    let wanted = serde_json::json!({
        "field": "lines.0.quantity", "code": "too_small", "params": { "min": 1 }, "detail": "不能小于 1"
    });
    assert_eq!(sent, wanted);
    assert_eq!(violation.detail(Lang::En), "Must be 1 or more");
}

#[test]
fn the_language_is_the_first_that_we_have() {
    for (header, lang) in [
        ("", Lang::Zh),
        ("en-US,en;q=0.9", Lang::En),
        ("fr, en;q=0.5, zh", Lang::En),
        ("zh-Hans-CN", Lang::Zh),
        ("de", Lang::Zh),
    ] {
        assert_eq!(Lang::accepted(header), lang, "{header}");
    }
}
