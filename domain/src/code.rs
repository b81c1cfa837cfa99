//! Codes: closed sets of words that stand in JSON, in the database and on the phone.

/// What every enum made by [`codes!`](crate::codes) can do.
pub trait Code: Copy + Sized + 'static {
    /// Every code, in the order of the source.
    const ALL: &'static [Self];
    /// The text of every code, in the same order.
    const TEXTS: &'static [&'static str];

    /// The text of this code.
    fn text(self) -> &'static str;

    /// The code of a text.
    fn of(text: &str) -> Option<Self> {
        let at = Self::TEXTS.iter().position(|known| *known == text)?;
        Self::ALL.get(at).copied()
    }
}

/// Declares an enum whose values are texts everywhere outside of Rust: `Copy`, ordered as written,
/// with `ALL`, `as_str`, `parse`, `Display`, `FromStr`, serde as the text, an OpenAPI string enum,
/// and a place in rule tables (`enum_invalid`).
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every code, in the order of the source.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text that stands for it outside of Rust.
            #[must_use]
            $vis const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The code of a text.
            #[must_use]
            $vis fn parse(text: &str) -> Option<Self> {
                <Self as $crate::code::Code>::of(text)
            }
        }

        impl $crate::code::Code for $name {
            const ALL: &'static [Self] = Self::ALL;
            const TEXTS: &'static [&'static str] = &[$($text),+];

            fn text(self) -> &'static str {
                self.as_str()
            }
        }

        impl $crate::table::Value for $name {
            const KIND: $crate::table::Kind = $crate::table::Kind::Code(<Self as $crate::code::Code>::TEXTS);

            fn read(tree: &$crate::json::Tree) -> Option<Self> {
                match tree {
                    $crate::json::Tree::Text(text) => Self::parse(text),
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::code::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text).ok_or($crate::code::UnknownCode)
            }
        }

        impl $crate::prelude::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::prelude::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::code::deserialize(deserializer)
            }
        }

        impl $crate::utoipa::PartialSchema for $name {
            fn schema() -> $crate::utoipa::openapi::RefOr<$crate::utoipa::openapi::schema::Schema> {
                $crate::code::schema::<Self>()
            }
        }

        impl $crate::utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }
    };
}

/// A text that is not one of the codes. It does not carry the text: see `Param`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCode;

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unknown code")
    }
}

impl std::error::Error for UnknownCode {}

/// Reads a code; used by [`codes!`](crate::codes).
///
/// # Errors
/// When the text is none of the codes.
pub fn deserialize<'de, C: Code, D: serde::Deserializer<'de>>(deserializer: D) -> Result<C, D::Error> {
    struct Visitor<C>(std::marker::PhantomData<C>);

    impl<C: Code> serde::de::Visitor<'_> for Visitor<C> {
        type Value = C;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("one of the codes")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<C, E> {
            C::of(text).ok_or_else(|| E::custom(UnknownCode))
        }
    }

    deserializer.deserialize_str(Visitor(std::marker::PhantomData))
}

/// The OpenAPI form of a code; used by [`codes!`](crate::codes).
#[must_use]
pub fn schema<C: Code>() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(C::TEXTS.iter().copied()))
        .into()
}

#[cfg(test)]
mod tests {
    codes! {
        /// For the tests.
        enum Colour {
            /// Red.
            Red = "red",
            /// Dark blue.
            DarkBlue = "dark_blue",
        }
    }

    #[test]
    fn a_code_is_its_text_everywhere() {
        for code in Colour::ALL {
            assert_eq!(Colour::parse(code.as_str()), Some(*code));
            assert_eq!(code.to_string().parse(), Ok(*code));
            let json = format!("\"{code}\"");
            assert_eq!(serde_json::to_string(code).ok().as_ref(), Some(&json));
            assert_eq!(serde_json::from_str(&json).ok(), Some(*code));
        }
        assert_eq!(Colour::parse("Red"), None);
        assert!(serde_json::from_str::<Colour>("\"green\"").is_err());
        assert!(Colour::Red < Colour::DarkBlue);
    }

    #[test]
    fn the_document_lists_every_code() {
        let schema = serde_json::to_value(<Colour as utoipa::PartialSchema>::schema()).ok();
        assert_eq!(schema, Some(serde_json::json!({"type": "string", "enum": ["red", "dark_blue"]})));
    }
}
