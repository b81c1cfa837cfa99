//! The vectors of `domain/vectors`, natively: through the phone's functions and through the server's
//! entry. `cargo xtask wasm --check` runs the same files through the shipped module.

#![expect(clippy::expect_used, reason = "a test says why it fails")]

use std::fs;
use std::path::Path;

use domain::forms::{self, Visitor};
use domain::{Form, Violation, check};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    about: String,
    form: Option<String>,
    field: Option<String>,
    value: Option<Value>,
    raw: Option<String>,
    violations: Option<Vec<String>>,
    /// Definitions of a business's own fields; `value` is then what is filled in, `known` the record.
    definitions: Option<Value>,
    known: Option<Value>,
    /// The keys of the fields that are asked for when the record is `value`.
    asked: Option<Vec<String>>,
    machine: Option<String>,
    state: Option<String>,
    moves: Option<Vec<String>>,
    role: Option<String>,
    #[serde(default)]
    can: Vec<String>,
    #[serde(default)]
    cannot: Vec<String>,
}

fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/vectors");
    let mut files: Vec<_> = fs::read_dir(folder).expect("vectors").map(|file| file.expect("file").path()).collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| serde_json::from_slice::<Vec<Vector>>(&fs::read(file).expect("reads")).expect("JSON"))
        .collect()
}

/// A report as the vectors write it.
fn lines(report: &str) -> Vec<String> {
    report
        .lines()
        .map(|line| {
            let line = if line.starts_with('\t') { format!("(body){line}") } else { line.to_owned() };
            line.replace(['\t', ','], " ").trim().to_owned()
        })
        .collect()
}

#[test]
fn the_phones_functions_say_what_the_vectors_say() {
    let vectors = vectors();
    assert!(vectors.len() > 60);
    for vector in vectors {
        let json = vector.raw.clone().or(vector.value.as_ref().map(ToString::to_string)).unwrap_or_default();
        let written = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
        if let Some(asked) = vector.asked {
            let report = wasm_validate::asked_fields(&written(&vector.definitions), &json);
            assert_eq!(report.lines().collect::<Vec<_>>(), asked, "{}", vector.about);
            continue;
        }
        if vector.definitions.is_some() {
            let report = wasm_validate::check_custom(&written(&vector.definitions), &json, &written(&vector.known));
            assert_eq!(lines(&report), vector.violations.expect("an expectation"), "{}", vector.about);
            continue;
        }
        let report = match (&vector.form, &vector.field, &vector.machine, &vector.role) {
            (Some(form), Some(field), ..) => wasm_validate::check_field(form, field, &json),
            (Some(form), ..) => wasm_validate::check_form(form, &json),
            (.., Some(machine), _) => wasm_validate::next_moves(machine, &vector.state.unwrap_or_default()),
            (.., Some(role)) => {
                let report = wasm_validate::permissions(role);
                assert!(vector.can.iter().all(|name| report.lines().any(|line| line == name)), "{}", vector.about);
                assert!(!vector.cannot.iter().any(|name| report.lines().any(|line| line == name)), "{}", vector.about);
                continue;
            }
            _ => panic!("{} asks nothing", vector.about),
        };
        assert_eq!(lines(&report), vector.violations.or(vector.moves).expect("an expectation"), "{}", vector.about);
    }
}

struct Server<'a> {
    form: &'a str,
    body: &'a str,
    found: Option<Vec<Violation>>,
}

impl Visitor for Server<'_> {
    fn form<T: Form>(&mut self) {
        if T::TABLE.name == self.form {
            self.found = Some(check::<T>(self.body.as_bytes()).map_or_else(|refused| refused.0, |_| Vec::new()));
        }
    }
}

#[test]
fn the_server_says_the_same() {
    for vector in vectors() {
        let (Some(form), None) = (&vector.form, &vector.field) else {
            continue;
        };
        let body = vector.raw.or(vector.value.map(|value| value.to_string())).expect("a body");
        let mut server = Server { form, body: &body, found: None };
        forms::each(&mut server);
        let report: Vec<_> = server
            .found
            .expect("a known form")
            .iter()
            .map(|violation| {
                let field = if violation.field.is_empty() { "(body)" } else { &violation.field };
                let params: String = violation.params.iter().map(|(name, value)| format!(" {name}={value}")).collect();
                format!("{field} {}{params}", violation.code)
            })
            .collect();
        assert_eq!(report, vector.violations.expect("an expectation"), "{}", vector.about);
    }
}

#[test]
fn what_is_not_known_is_left_to_the_server() {
    for answer in [
        wasm_validate::check_form("nothing", "{}"),
        wasm_validate::check_field("new_order", "nothing", "1"),
        wasm_validate::check_field("new_order", "lines.0.nothing", "1"),
        wasm_validate::check_field("new_order", "receiver.name", "1"),
        wasm_validate::asked_fields("{}", "{}"),
        wasm_validate::check_custom("{}", "{}", ""),
        wasm_validate::check_custom("[]", "[]", ""),
        wasm_validate::next_moves("order", "nowhere"),
        wasm_validate::next_moves("nothing", "placed"),
        wasm_validate::permissions("nobody"),
    ] {
        assert_eq!(answer, wasm_validate::UNKNOWN);
    }
}
