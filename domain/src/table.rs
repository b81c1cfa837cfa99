//! The rule table: what `#[derive(RuleTable)]` makes of the attributes of an input struct. It is
//! data, so that one interpreter ([`crate::check`]) serves every form, on the server and the phone.

use validator::ValidationError;

use crate::json::Tree;

/// The answer of a custom rule.
pub type Outcome = Result<(), ValidationError>;

/// The rules of one struct.
#[derive(Debug)]
pub struct Table {
    /// The struct's name in snake case: `new_order`.
    pub name: &'static str,
    /// Its fields, in the order of the source.
    pub fields: &'static [Field],
    /// Rules over a few fields, run as soon as those can be read, whatever else is missing or wrong: so what one field
    /// asks of another is said the first time.
    pub parts: &'static [fn(&Tree) -> Outcome],
    /// Rules over several fields, run when each field alone is in order.
    pub whole: &'static [fn(&Tree) -> Outcome],
}

/// The rules of one field.
#[derive(Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// It may be left out.
    pub absent: bool,
    /// It may be `null`; an empty text then counts as `null`.
    pub null: bool,
    /// Rules for the value, in the order in which they are tried.
    pub rules: &'static [Rule],
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text that people type: trimmed, full-width ASCII folded, no control characters.
    Text,
    /// Text that is taken exactly as typed.
    Verbatim,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// An id.
    Uuid,
    /// A day.
    Date,
    /// A moment.
    Instant,
    /// One word of a closed set.
    Code(&'static [&'static str]),
    /// Many of one kind.
    List(&'static Kind),
    /// A struct with rules of its own.
    Record(&'static Table),
    /// Members that no table knows: the fields that a business made itself.
    Open,
}

impl Kind {
    /// Whether values of this kind hold structs: those fields say `#[validate(nested)]`.
    #[must_use]
    pub const fn nests(&self) -> bool {
        match self {
            Self::List(item) => item.nests(),
            Self::Record(_) => true,
            _ => false,
        }
    }
}

/// One rule for one value.
#[derive(Debug)]
pub enum Rule {
    /// Characters of a text (Unicode scalars) or items of a list.
    Length {
        /// At least.
        min: u64,
        /// At most.
        max: u64,
    },
    /// Limits of a number.
    Range {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// A named function over a text.
    Text(fn(&str) -> Outcome),
    /// A named function over any other value.
    Other(fn(&Tree) -> Outcome),
}

/// A struct with a rule table.
pub trait RuleTable: Value {
    /// Its rules.
    const TABLE: &'static Table;
}

/// A type that can stand in a field. There is no implementation for `Option`: whether a value may be
/// missing is a property of the field ([`Slot`]).
pub trait Value: Sized {
    /// What it is in the table.
    const KIND: Kind;

    /// The value of a tree that its rules have passed.
    fn read(tree: &Tree) -> Option<Self>;
}

/// A field's type: a [`Value`], or an `Option` of one.
pub trait Slot: Sized {
    /// The value when there is one.
    type Held: Value;
    /// Whether it may be absent and `null`.
    const OPTIONAL: bool;

    /// The content of a member whose rules have passed.
    fn read(member: Option<&Tree>) -> Option<Self>;
}

impl<T: Value> Slot for T {
    type Held = T;
    const OPTIONAL: bool = false;

    fn read(member: Option<&Tree>) -> Option<Self> {
        <T as Value>::read(member?)
    }
}

impl<T: Value> Slot for Option<T> {
    type Held = T;
    const OPTIONAL: bool = true;

    fn read(member: Option<&Tree>) -> Option<Self> {
        match member {
            None | Some(Tree::Null) => Some(None),
            Some(tree) => T::read(tree).map(Some),
        }
    }
}
