//! The types that can stand in a field.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::ValidateLength;

use crate::json::Tree;
use crate::moment;
use crate::table::{Kind, Value};

impl Value for String {
    const KIND: Kind = Kind::Text;

    fn read(tree: &Tree) -> Option<Self> {
        text(tree).map(Into::into)
    }
}

impl Value for i64 {
    const KIND: Kind = Kind::Int;

    fn read(tree: &Tree) -> Option<Self> {
        match tree {
            Tree::Int(value) => Some(*value),
            _ => None,
        }
    }
}

impl Value for bool {
    const KIND: Kind = Kind::Bool;

    fn read(tree: &Tree) -> Option<Self> {
        match tree {
            Tree::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl Value for Uuid {
    const KIND: Kind = Kind::Uuid;

    fn read(tree: &Tree) -> Option<Self> {
        moment::uuid(text(tree)?)
    }
}

impl Value for NaiveDate {
    const KIND: Kind = Kind::Date;

    fn read(tree: &Tree) -> Option<Self> {
        moment::date(text(tree)?)
    }
}

impl Value for DateTime<Utc> {
    const KIND: Kind = Kind::Instant;

    fn read(tree: &Tree) -> Option<Self> {
        moment::instant(text(tree)?)
    }
}

impl<T: Value> Value for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn read(tree: &Tree) -> Option<Self> {
        match tree {
            Tree::List(items) => items.iter().map(T::read).collect(),
            _ => None,
        }
    }
}

/// A text that is taken exactly as typed, neither trimmed nor folded: a password. Its `Debug` shows
/// nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Verbatim(pub String);

impl Value for Verbatim {
    const KIND: Kind = Kind::Verbatim;

    fn read(tree: &Tree) -> Option<Self> {
        String::read(tree).map(Self)
    }
}

impl ValidateLength<u64> for Verbatim {
    fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

impl std::ops::Deref for Verbatim {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Verbatim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verbatim(…)")
    }
}

fn text(tree: &Tree) -> Option<&str> {
    match tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}
