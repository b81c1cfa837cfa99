//! What the record may say about a column. It is a property of the entity: a text column that is
//! declared neither way does not pass the guard in `tests/guards/schema.rs`.

use sea_orm::{ColumnTrait as _, ColumnType, EntityTrait};

/// What the record says about a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Old and new value, as they are.
    Plain,
    /// Old and new value, under the key of the person; only the fact when there is no such key.
    Personal,
    /// Only the fact: what is sealed elsewhere, digests, keys.
    Secret,
}

impl Kind {
    /// Its word in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Personal => "personal",
            Self::Secret => "secret",
        }
    }
}

/// What an entity says about its columns. Implemented by [`crate::fields!`].
pub trait Fields: EntityTrait {
    /// What was declared; bytes and codes need no declaration.
    fn declared(column: &Self::Column) -> Option<Kind>;

    /// The column with the id of the person whose values a row holds.
    #[must_use]
    fn person() -> Option<Self::Column> {
        None
    }
}

/// What the record says about a column: bytes are secret, ids, numbers, instants and codes plain,
/// unless something else was declared.
pub fn kind<E: Fields>(column: &E::Column) -> Kind {
    E::declared(column).unwrap_or_else(|| match column.def().get_column_type() {
        ColumnType::Binary(_) | ColumnType::VarBinary(_) | ColumnType::Blob => Kind::Secret,
        _ => Kind::Plain,
    })
}

/// Declares what the record may say about the columns of the `Entity` of the module it stands in:
/// `fields!(of Id; personal Name, Remark; plain Number)`. `of` names the column with the person's id.
#[macro_export]
macro_rules! fields {
    (@impl { $($column:ident $kind:ident)* } { $($person:ident)? }) => {
        impl $crate::scope::Fields for Entity {
            fn declared(column: &Self::Column) -> Option<$crate::scope::Kind> {
                match column {
                    $(Column::$column => Some($crate::scope::Kind::$kind),)*
                    _ => None,
                }
            }

            $(fn person() -> Option<Self::Column> {
                Some(Column::$person)
            })?
        }
    };
    (@each { $($done:tt)* } $person:tt; personal $($column:ident),+ $(; $($rest:tt)*)?) => {
        $crate::fields!(@each { $($done)* $($column Personal)+ } $person; $($($rest)*)?);
    };
    (@each { $($done:tt)* } $person:tt; plain $($column:ident),+ $(; $($rest:tt)*)?) => {
        $crate::fields!(@each { $($done)* $($column Plain)+ } $person; $($($rest)*)?);
    };
    (@each { $($done:tt)* } $person:tt; secret $($column:ident),+ $(; $($rest:tt)*)?) => {
        $crate::fields!(@each { $($done)* $($column Secret)+ } $person; $($($rest)*)?);
    };
    (@each $done:tt $person:tt;) => {
        $crate::fields!(@impl $done $person);
    };
    (of $person:ident $(; $($rest:tt)*)?) => {
        $crate::fields!(@each {} { $person }; $($($rest)*)?);
    };
    ($($rest:tt)*) => {
        $crate::fields!(@each {} {}; $($rest)*);
    };
}
