//! The keys under which a value is found: numbers and texts that order as the values do, so that an
//! index answers for equality and for ranges.

use domain::custom_fields::definition::scaled;
use domain::custom_fields::{CustomKind, Definition};
use domain::json::Tree;
use domain::moment;
use domain::phone::Phone;
use unicode_normalization::UnicodeNormalization as _;
use uuid::Uuid;

/// Characters of a text that its key holds.
const LETTERS: usize = 191;

/// One key of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// For `number_key`.
    Number(i64),
    /// For `text_key`.
    Text(String),
    /// Sealed, or too long to be looked for: only that there is something.
    Nothing,
}

/// What is sealed in a field as somebody asks for it: a number however it is written.
pub(crate) fn whole(definition: &Definition, text: &str) -> String {
    let number = (definition.kind == CustomKind::Phone).then(|| Phone::parse(text)).flatten();
    number.map_or_else(|| folded(text), |number| folded(number.e164()))
}

/// The keys of a settled value, one for each row.
pub(crate) fn keys(definition: &Definition, tree: &Tree) -> Vec<Key> {
    if definition.sealed() {
        return vec![Key::Nothing];
    }
    match (definition.kind, tree) {
        (_, Tree::Null) => Vec::new(),
        (CustomKind::Text, Tree::Text(text)) => vec![Key::Text(folded(text))],
        (CustomKind::Choice, Tree::Text(key)) => vec![Key::Text(key.clone())],
        (CustomKind::Choices, Tree::List(items)) => {
            let texts = items.iter().filter_map(|item| match item {
                Tree::Text(key) => Some(Key::Text(key.clone())),
                _ => None,
            });
            texts.collect()
        }
        (CustomKind::Number, number) => scaled(number).map(|(scaled, _)| Key::Number(scaled)).into_iter().collect(),
        (CustomKind::Money, Tree::Int(fen)) => vec![Key::Number(*fen)],
        (CustomKind::YesNo, Tree::Bool(yes)) => vec![Key::Number(i64::from(*yes))],
        (CustomKind::Date, Tree::Text(day)) => {
            moment::date(day).map(|day| Key::Number(days(day))).into_iter().collect()
        }
        _ => vec![Key::Nothing],
    }
}

/// Days since 1970.
pub(crate) fn days(day: chrono::NaiveDate) -> i64 {
    day.signed_duration_since(chrono::NaiveDate::default()).num_days()
}

/// A text as it is compared: full-width and half-width, `A` and `a` are equal.
pub(crate) fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).take(LETTERS).collect()
}

/// The kind under which the digests of a sealed field stand.
pub(crate) fn blind_kind(field: Uuid) -> String {
    field.simple().to_string()
}
