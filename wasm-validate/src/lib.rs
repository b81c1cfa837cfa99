//! What the phone can ask the rules: seven functions from texts to a text. Nothing else crosses the
//! border, so the glue needs neither externref nor BigInt nor FinalizationRegistry.
//!
//! A report is one line a violation, `path \t code \t name=value,name=value`, empty when all is
//! well. [`UNKNOWN`] means that the question names nothing this module knows; the server decides.

#[cfg(target_arch = "wasm32")]
mod memory;

use domain::code::Code;
use domain::custom_fields::{self, Definition};
use domain::json::{self, Tree};
use domain::permission::{Permission, Role};
use domain::table::Value;
use domain::violation::Violation;
use domain::{check, forms};
use wasm_bindgen::prelude::wasm_bindgen;

/// The answer to a question about a form, field, machine or role that is not known here.
pub const UNKNOWN: &str = "?";

/// Checks a whole form.
#[wasm_bindgen]
#[must_use]
pub fn check_form(form: &str, json: &str) -> String {
    let Some(table) = forms::form(form) else {
        return UNKNOWN.into();
    };
    match json::parse(json) {
        Ok(mut tree) => report(&check::inspect(table, &mut tree)),
        Err(code) => report(&[Violation::new("", code)]),
    }
}

/// Checks one field of a form, found by its path. An empty `json` means that it is absent.
#[wasm_bindgen]
#[must_use]
pub fn check_field(form: &str, path: &str, json: &str) -> String {
    let tree: Option<Result<Tree, _>> = (!json.is_empty()).then(|| json::parse(json));
    let found = match (forms::form(form), tree) {
        (None, _) => None,
        (_, Some(Err(code))) => Some(vec![Violation::new(path, code)]),
        (Some(table), Some(Ok(mut tree))) => check::inspect_field(table, path, Some(&mut tree)),
        (Some(table), None) => check::inspect_field(table, path, None),
    };
    found.map_or_else(|| UNKNOWN.into(), |found| report(&found))
}

/// The keys of the business's own fields that are asked for, by what `record` holds: a line for each.
#[wasm_bindgen]
#[must_use]
pub fn asked_fields(definitions: &str, record: &str) -> String {
    let (Some(definitions), Ok(record)) = (read_definitions(definitions), json::parse(record)) else {
        return UNKNOWN.into();
    };
    let mut out = String::new();
    for definition in custom_fields::check::asked(&definitions, &record) {
        line(&mut out, &[&definition.key]);
    }
    out
}

fn read_definitions(text: &str) -> Option<Vec<Definition>> {
    <Vec<Definition> as Value>::read(&json::parse(text).ok()?)
}

/// Checks what is filled into a business's own fields. `definitions` is what `GET /custom-fields` lists,
/// `given` what is about to be sent as `custom`, `known` the record's `custom` as it was, or empty for a
/// new record. Both say beside it what they say of the customer itself (`customer-type`, …).
#[wasm_bindgen]
#[must_use]
pub fn check_custom(definitions: &str, given: &str, known: &str) -> String {
    let (Some(definitions), Ok(Tree::Record(mut members))) = (read_definitions(definitions), json::parse(given)) else {
        return UNKNOWN.into();
    };
    let mut about = Vec::new();
    let mut at = 0;
    while let Some((name, _)) = members.get(at) {
        if custom_fields::ABOUT.contains(&name.as_str()) {
            about.push(members.remove(at));
        } else {
            at += 1;
        }
    }
    report(&custom_fields::check::check(&definitions, &mut members, &about, json::parse(known).ok().as_ref()))
}

/// The legal moves of a state machine out of a state: a line `event \t next state` for each.
#[wasm_bindgen]
#[must_use]
pub fn next_moves(machine: &str, state: &str) -> String {
    let Some(moves) = forms::next_moves(machine, state) else {
        return UNKNOWN.into();
    };
    let mut out = String::new();
    for (event, next) in moves {
        line(&mut out, &[event, "\t", next]);
    }
    out
}

/// What a role may do: a line for each permission.
#[wasm_bindgen]
#[must_use]
pub fn permissions(role: &str) -> String {
    let Some(role) = Role::parse(role) else {
        return UNKNOWN.into();
    };
    let mut out = String::new();
    for permission in Permission::ALL.iter().filter(|permission| role.can(**permission)) {
        line(&mut out, &[permission.text()]);
    }
    out
}

/// The names of all forms, a line for each.
#[wasm_bindgen]
#[must_use]
pub fn forms() -> String {
    let mut out = String::new();
    for table in forms::FORMS {
        line(&mut out, &[table.name]);
    }
    out
}

fn report(found: &[Violation]) -> String {
    let mut out = String::new();
    for violation in found {
        for part in [&violation.field, "\t", violation.code, "\t"] {
            out.push_str(part);
        }
        for (at, (name, value)) in violation.params.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            for part in [comma, name, "=", &value.to_string()] {
                out.push_str(part);
            }
        }
        out.push('\n');
    }
    out
}

fn line(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
    out.push('\n');
}
