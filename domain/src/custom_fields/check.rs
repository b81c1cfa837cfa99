//! The interpreter of definitions: what is filled into a business's own fields, checked by what the
//! business says about them. The server, the importer and the phone run this.

use super::{ABOUT, ConditionOp, Definition, REGION};
use crate::json::Tree;
use crate::prelude::*;
use crate::text;

/// Conditions follow each other at most this far.
const MAX_CHAIN: usize = 10;

/// Checks what a body gives by the definitions that its author sees, and puts each value into its one
/// spelling. `known` is what the record has (masked where it is sealed), none for a new one; `about` is what the same
/// body says of the customer itself, which the record says as well, by the names in [`ABOUT`].
///
/// Afterwards `given` is what is to be written: with the defaults of a new record, and with `null` for
/// what no longer applies. A change answers only for what it touches: a field that became required
/// later does not stand in the way of another one's correction.
pub fn check(
    definitions: &[Definition],
    given: &mut Vec<(String, Tree)>,
    about: &[(String, Tree)],
    known: Option<&Tree>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for at in 0..given.len() {
        let Some(((key, tree), before)) = given.get_mut(..=at).and_then(|seen| seen.split_last_mut()) else { break };
        let refused = match definitions.iter().find(|known| known.key == *key) {
            None => Err(Violation::new("", "unknown_field")),
            Some(_) if before.iter().any(|(named, _)| named == key) => Err(Violation::new("", "duplicate_field")),
            Some(definition) if !definition.writable => Err(Violation::new("", "field_read_only")),
            Some(definition) => fill(definition, tree, known.and_then(|record| record.member(key))),
        };
        if let Err(refused) = refused {
            found.push(at_field(refused, crate::check::printable(key)));
        }
    }
    if found.is_empty() {
        let named = given.len();
        if known.is_none() {
            defaults(definitions, given);
        }
        apply(definitions, given, named, (about, known), &mut found);
    }
    found
}

/// The fields that are asked for, by what a record holds.
pub fn asked<'d>(definitions: &'d [Definition], record: &'d Tree) -> impl Iterator<Item = &'d Definition> {
    let record = Record { definitions, given: &[], about: &[], known: Some(record) };
    definitions.iter().filter(move |definition| record.applies(definition, 0))
}

/// What a new record begins with where nothing was said.
fn defaults(definitions: &[Definition], given: &mut Vec<(String, Tree)>) {
    for definition in definitions {
        let Some(default) = &definition.rules.default else { continue };
        let mut tree = definition.of_text(default);
        // A default that no longer fits, because its choice was retired, is no default.
        if !given.iter().any(|(named, _)| *named == definition.key) && definition.settle(&mut tree).is_ok() {
            given.push((definition.key.clone(), tree));
        }
    }
}

/// Asks for what is required, and takes away what does not apply. The first `named` values are the body's.
fn apply(
    definitions: &[Definition],
    given: &mut Vec<(String, Tree)>,
    named: usize,
    (about, known): (&[(String, Tree)], Option<&Tree>),
    found: &mut Vec<Violation>,
) {
    let mut gone = Vec::new();
    let record = Record { definitions, given, about, known };
    let said = |key: &str| record.given.iter().take(named).chain(about).any(|(other, _)| other == key);
    for definition in definitions {
        let key = &definition.key;
        let empty = *record.value(key) == Tree::Null;
        if record.applies(definition, 0) {
            let leads = definition.rules.condition.as_ref().is_some_and(|other| said(&other.field));
            let asked = known.is_none() || said(key) || leads;
            if definition.rules.required && definition.writable && empty && asked && record.led(definition) {
                found.push(at_field(Violation::new("", "required"), key));
            }
        } else if !empty && said(key) {
            found.push(at_field(Violation::new("", "condition_unmet"), key));
        } else if !empty {
            gone.push(key);
        }
    }
    for key in gone {
        match given.iter_mut().find(|(named, _)| named == key) {
            Some((_, tree)) => *tree = Tree::Null,
            None => given.push((key.clone(), Tree::Null)),
        }
    }
}

fn at_field(mut violation: Violation, key: &str) -> Violation {
    violation.field.push_str("custom.");
    violation.field.push_str(key);
    violation
}

/// Settles one value. An empty one is none; one that stands there already is not judged again.
fn fill(definition: &Definition, tree: &mut Tree, before: Option<&Tree>) -> Result<(), Violation> {
    if let Tree::Text(typed) = tree {
        *typed = text::fold(typed);
    }
    let empty = match tree {
        Tree::Text(typed) => typed.is_empty(),
        Tree::List(items) => items.is_empty(),
        _ => false,
    };
    if empty {
        *tree = Tree::Null;
    }
    if *tree == Tree::Null || before == Some(&*tree) && !definition.sealed() {
        return Ok(());
    }
    definition.settle(tree)
}

struct Record<'a> {
    definitions: &'a [Definition],
    given: &'a [(String, Tree)],
    about: &'a [(String, Tree)],
    known: Option<&'a Tree>,
}

impl Record<'_> {
    fn value(&self, key: &str) -> &Tree {
        let given = self.given.iter().chain(self.about).find(|(named, _)| named == key).map(|(_, tree)| tree);
        given.or_else(|| self.known.and_then(|record| record.member(key))).unwrap_or(&Tree::Null)
    }

    /// Whether what a field's condition asks for is there: where it was deleted, or is nobody's to see, nothing is required.
    fn led(&self, definition: &Definition) -> bool {
        let there = |field: &str| ABOUT.contains(&field) || self.definitions.iter().any(|known| known.key == field);
        definition.rules.condition.as_ref().is_none_or(|on| there(&on.field))
    }

    /// Whether a field is asked for. A condition on a field that is not there asks nothing.
    fn applies(&self, definition: &Definition, chain: usize) -> bool {
        let Some(condition) = &definition.rules.condition else { return true };
        let field = condition.field.as_str();
        let there = if ABOUT.contains(&field) {
            true
        } else {
            let Some(other) = self.definitions.iter().find(|known| known.key == field) else { return true };
            chain < MAX_CHAIN && self.applies(other, chain + 1)
        };
        let value = if there { self.value(field) } else { &Tree::Null };
        let wanted = condition.value.as_deref().unwrap_or_default();
        match condition.op {
            ConditionOp::Filled => *value != Tree::Null,
            ConditionOp::Empty => *value == Tree::Null,
            ConditionOp::Is => says(field, value, wanted),
            ConditionOp::IsNot => !says(field, value, wanted),
        }
    }
}

/// Whether a value, or one of several, is what a condition names.
fn says(field: &str, value: &Tree, wanted: &str) -> bool {
    match value {
        // A province has its cities, a city its districts: their codes begin alike.
        Tree::Text(code) if field == REGION => lies_in(code, wanted),
        Tree::Text(text) => text == wanted,
        Tree::Int(number) => number.to_string() == wanted,
        Tree::Bool(yes) => wanted == if *yes { "true" } else { "false" },
        Tree::List(items) => items.iter().any(|item| says(field, item, wanted)),
        Tree::Null | Tree::Number | Tree::Far(_) | Tree::Record(_) => false,
    }
}

/// Whether a region lies in another one, or is it. Pair by pair, since searching a text would cost the phone's module
/// some kilobytes.
fn lies_in(code: &str, wanted: &str) -> bool {
    let mut place = wanted;
    while let Some(wider) = place.strip_suffix("00") {
        place = wider;
    }
    code.starts_with(place)
}
