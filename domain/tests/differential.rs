//! The rule table against `validator`, which reads the same attributes by other code: 200,000 bodies,
//! grown from the tables and then damaged, must be accepted by both or refused by both.
//!
//! The other side is serde_json + `#[derive(Validate)]`, plus two demands of our own that neither
//! knows: one spelling of dates, instants and ids, and no control characters in texts.

#![expect(clippy::expect_used, reason = "a test says why it fails")]

mod generator;

use domain::forms::{self, Visitor};
use domain::json::{self, Tree};
use domain::{Form, check};
use serde_json::Value;

use generator::Generator;

const BODIES: usize = 210_000;

struct Comparison {
    generator: Generator,
    bodies_a_form: usize,
    accepted: usize,
    refused: usize,
}

impl Visitor for Comparison {
    fn form<T: Form>(&mut self) {
        let before = self.accepted;
        for _ in 0..self.bodies_a_form {
            let body = self.generator.body(T::TABLE);
            self.compare::<T>(&body);
        }
        assert!(self.accepted > before + self.bodies_a_form / 20, "too few good bodies of {}", T::TABLE.name);
    }
}

impl Comparison {
    fn compare<T: Form>(&mut self, body: &str) {
        let typed = check::check::<T>(body.as_bytes());
        let theirs = oracle::<T>(&normalised::<T>(body));
        match (&typed, &theirs) {
            (Ok(ours), Some(theirs)) => {
                self.accepted += 1;
                let same = serde_json::to_value(ours).expect("writes") == serde_json::to_value(theirs).expect("writes");
                assert!(same, "{} reads differently: {body}", T::TABLE.name);
            }
            (Err(_), None) => self.refused += 1,
            (Ok(_), None) => panic!("{}: only the table accepts {body}", T::TABLE.name),
            (Err(found), Some(_)) => panic!("{}: only the table refuses {body}: {found}", T::TABLE.name),
        }
    }
}

/// The body as the rules see it, trimmed and folded; the very bytes when that changes nothing.
fn normalised<T: Form>(body: &str) -> String {
    let Ok(before) = json::parse(body) else {
        return body.to_owned();
    };
    let mut after = before.clone();
    let _ = check::inspect(T::TABLE, &mut after);
    if before == after { body.to_owned() } else { write(&after) }
}

fn oracle<T: Form>(body: &str) -> Option<T> {
    let input: Value = serde_json::from_str(body).ok()?;
    let value: T = serde_json::from_str(body).ok()?;
    value.validate().ok()?;
    let output = serde_json::to_value(&value).expect("writes");
    (one_spelling(&input, &output) && printable(&input)).then_some(value)
}

/// What chrono and uuid read as something else than it was written as must be an exact instant, or
/// an id in capitals.
fn one_spelling(input: &Value, output: &Value) -> bool {
    match (input, output) {
        (Value::String(written), Value::String(read)) => {
            (written == read && !written.contains(":60"))
                || written.eq_ignore_ascii_case(read) && written.len() == 36
                || exact(written)
        }
        (Value::Array(written), Value::Array(read)) => written.iter().zip(read).all(|(w, r)| one_spelling(w, r)),
        // serde takes a list for a struct.
        (Value::Array(_), Value::Object(_)) => false,
        (Value::Object(written), Value::Object(read)) => {
            written.iter().all(|(key, value)| read.get(key).is_none_or(|read| one_spelling(value, read)))
        }
        _ => true,
    }
}

/// `dddd-dd-ddTdd:dd:dd`, perhaps `.d…`, then `Z` or `±dd:dd`; chrono has already read it.
fn exact(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { 'd' } else { c }).collect();
    let Some(rest) = shape.strip_prefix("dddd-dd-ddTdd:dd:dd") else {
        return false;
    };
    let zone = rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches('d'));
    !rest.starts_with(".Z") && matches!(zone, "Z" | "+dd:dd" | "-dd:dd") && !text.contains(":60")
}

fn printable(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')),
        Value::Array(items) => items.iter().all(printable),
        Value::Object(members) => members.values().all(printable),
        _ => true,
    }
}

fn write(tree: &Tree) -> String {
    match tree {
        Tree::Null => "null".into(),
        Tree::Bool(value) => value.to_string(),
        Tree::Int(value) => value.to_string(),
        Tree::Number => "0.5".into(),
        Tree::Far(_) => "1e30".into(),
        Tree::Text(text) => Value::from(text.as_str()).to_string(),
        Tree::List(items) => format!("[{}]", items.iter().map(write).collect::<Vec<_>>().join(",")),
        Tree::Record(members) => {
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), write(value))).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

#[test]
fn the_table_and_validator_accept_and_refuse_the_same_bodies() {
    let forms = forms::FORMS.len() + forms::SERVER_FORMS.len();
    let mut comparison =
        Comparison { generator: Generator::new(0x5eed), bodies_a_form: BODIES / forms, accepted: 0, refused: 0 };
    forms::each(&mut comparison);
    let (accepted, refused) = (comparison.accepted, comparison.refused);
    println!("{accepted} accepted, {refused} refused, over {forms} forms");
    assert!(accepted + refused >= 200_000);
    assert!(accepted > 40_000 && refused > 40_000, "{accepted} accepted, {refused} refused: too few of one kind");
}
