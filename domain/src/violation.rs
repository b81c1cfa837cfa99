//! What a rule says when it refuses.

use std::borrow::Cow;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use validator::ValidationError;

use crate::code::Code;
use crate::message::{self, Lang};

/// The parameter that holds which words would have been right.
pub const ALLOWED: &str = "allowed";

/// The parameter that stands behind a text that can also be said without it, such as how many use a thing.
pub const BEHIND: &str = "behind";

/// More words than this are not named with a refusal.
const NAMED: usize = 16;

/// A custom rule's refusal; the code's text stands in [`crate::message`].
///
/// # Errors
/// Always: that is its purpose.
pub fn fail(code: &'static str) -> Result<(), ValidationError> {
    Err(ValidationError::new(code))
}

/// As [`fail`], for a rule over several fields that knows which one to point at.
///
/// # Errors
/// Always. The field travels in the error's `message`, the one place that `validator` leaves free.
pub fn fail_at(field: &'static str, code: &'static str) -> Result<(), ValidationError> {
    Err(ValidationError::new(code).with_message(Cow::Borrowed(field)))
}

/// Between a field and the words that would have been right, where [`fail_among`] says both: no name of a field holds it.
pub(crate) const WORDS: char = '\n';

/// As [`fail_at`], with the words that would have been right, which the text of the code ends in.
///
/// # Errors
/// Always. The words travel behind the field.
pub(crate) fn fail_among(field: &str, code: &'static str, allowed: &str) -> Result<(), ValidationError> {
    Err(ValidationError::new(code).with_message(Cow::Owned(format!("{field}{WORDS}{allowed}"))))
}

/// A number or a word that the text of a code mentions, such as the limit that was passed. Never
/// the refused value itself: it may be a phone number on its way into a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A number.
    Int(i64),
    /// A word.
    Text(Cow<'static, str>),
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
        }
    }
}

impl From<i64> for Param {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&'static str> for Param {
    fn from(value: &'static str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Param {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

/// One refusal: where, what, and the numbers its text needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `lines.0.quantity`; empty for the body as a whole.
    pub field: String,
    /// A code of [`crate::message`].
    pub code: &'static str,
    /// Name and value of each parameter of the text.
    pub params: Vec<(&'static str, Param)>,
}

impl Violation {
    /// A refusal without parameters.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code, params: Vec::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Param>) -> Self {
        self.params.push((name, value.into()));
        self
    }

    /// A text that is none of the codes of `C`.
    #[must_use]
    pub fn choice<C: Code>(field: impl Into<String>) -> Self {
        Self::choice_among(field, C::TEXTS)
    }

    /// A word that is none of these. Says which they are where that can be read at a glance.
    #[must_use]
    pub fn choice_among(field: impl Into<String>, allowed: &[&'static str]) -> Self {
        let refused = Self::new(field, "enum_invalid");
        // No commas: they keep the parameters of the phone's module apart.
        if allowed.len() > NAMED { refused } else { refused.with(ALLOWED, allowed.join(" | ")) }
    }

    /// The text for people.
    #[must_use]
    pub fn detail(&self, lang: Lang) -> String {
        message::detail(self.code, &self.params, lang)
    }

    /// The form in which it is sent.
    #[must_use]
    pub fn explain(&self, lang: Lang) -> Explained<'_> {
        Explained { field: &self.field, code: self.code, params: Params(&self.params), detail: self.detail(lang) }
    }
}

/// Every refusal of one body; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(pub Vec<Violation>);

impl Violations {
    /// The same refusals of a value that stands in a field of something larger.
    #[must_use]
    pub fn under(mut self, field: &str) -> Self {
        for violation in &mut self.0 {
            violation.field =
                if violation.field.is_empty() { field.to_owned() } else { format!("{field}.{}", violation.field) };
        }
        self
    }

    /// The form in which they are sent.
    #[must_use]
    pub fn explain(&self, lang: Lang) -> Vec<Explained<'_>> {
        self.0.iter().map(|violation| violation.explain(lang)).collect()
    }
}

impl From<Violation> for Violations {
    fn from(violation: Violation) -> Self {
        Self(vec![violation])
    }
}

impl fmt::Display for Violations {
    /// Fields and codes, without values: safe to log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, violation) in self.0.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{}: {}", violation.field, violation.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

/// A violation as it stands in the `errors` of a Problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Explained<'a> {
    /// `lines.0.quantity`; empty for the body as a whole.
    #[schema(value_type = String, example = "lines.0.quantity")]
    pub field: &'a str,
    /// What is wrong; stable.
    #[schema(value_type = String, example = "too_small")]
    pub code: &'a str,
    /// The numbers and words of the text.
    #[schema(value_type = Object, example = json!({ "min": 1 }))]
    pub params: Params<'a>,
    /// The text in the language asked for.
    #[schema(example = "至少为 1")]
    pub detail: String,
}

/// Parameters, written as a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params<'a>(pub &'a [(&'static str, Param)]);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            match value {
                Param::Int(value) => map.serialize_entry(name, value)?,
                Param::Text(value) => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}
