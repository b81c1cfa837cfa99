//! What is filled into the fields that a business made itself: a record whose members the rule table
//! cannot know. The table sees to its shape; [`crate::custom_fields::check`] to the rest.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema};
use utoipa::openapi::{RefOr, schema::Type};

use crate::json::Tree;
use crate::table::{Kind, Value};

/// Fields that one body may fill.
pub const MAX_MEMBERS: usize = 100;
/// Choices that one field may hold.
pub const MAX_ITEMS: usize = 100;

/// Values by the key of their field, in the order of the body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given(pub Vec<(String, Tree)>);

impl Value for Given {
    const KIND: Kind = Kind::Open;

    fn read(tree: &Tree) -> Option<Self> {
        match tree {
            Tree::Record(members) => Some(Self(members.clone())),
            _ => None,
        }
    }
}

impl Serialize for Given {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("values by the keys of their fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let mut members: Vec<(String, Tree)> = Vec::new();
        while let Some((key, Held(value))) = map.next_entry::<String, Held>()? {
            if members.len() == MAX_MEMBERS || members.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom("too many members, or one twice"));
            }
            members.push((key, value));
        }
        Ok(Given(members))
    }
}

/// A scalar or a list of texts.
struct Held(Tree);

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar)
    }
}

struct Scalar;

impl<'de> Visitor<'de> for Scalar {
    type Value = Held;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, yes or no, a list of texts, or null")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Held, E> {
        Ok(Held(Tree::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Held, E> {
        Ok(Held(Tree::Int(value)))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Held, E> {
        i64::try_from(value).map(|value| Held(Tree::Int(value))).map_err(E::custom)
    }

    fn visit_str<E>(self, value: &str) -> Result<Held, E> {
        Ok(Held(Tree::Text(value.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Held, E> {
        Ok(Held(Tree::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Held, A::Error> {
        let mut list = Vec::new();
        while let Some(text) = items.next_element::<String>()? {
            if list.len() == MAX_ITEMS {
                return Err(A::Error::custom("too many items"));
            }
            list.push(Tree::Text(text));
        }
        Ok(Held(Tree::List(list)))
    }
}

impl utoipa::PartialSchema for Given {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("Values of the business's own fields by their key: a text, a whole number, yes or no, or a list of choices."))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .max_properties(Some(MAX_MEMBERS))
            .into()
    }
}

impl utoipa::ToSchema for Given {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Given")
    }
}
