//! Filters 筛选: which rows a list, a saved view, a bulk action, an export or an automatic tag is about. All
//! clauses hold; a clause holds when any of its tests does. Every combination of and/or can be written so.

use crate::prelude::*;
use crate::violation::fail_among;
use crate::{moment, text};
use chrono::{Datelike as _, Days, Months};

codes! {
    /// How a field is compared with the values.
    pub enum Op {
        /// Equal to one of the values.
        AnyOf = "any_of",
        /// Equal to every value, for fields that hold several.
        AllOf = "all_of",
        /// Equal to none of the values, or empty.
        NoneOf = "none_of",
        /// Holds the text.
        Contains = "contains",
        /// Begins with the text.
        BeginsWith = "begins_with",
        /// Less, or earlier.
        Less = "less",
        /// Less or equal; a day is meant to its end.
        AtMost = "at_most",
        /// More, or later.
        More = "more",
        /// More or equal.
        AtLeast = "at_least",
        /// From the first value to the second, both included.
        Between = "between",
        /// Has a value.
        Set = "set",
        /// Has none.
        Empty = "empty",
    }
}

/// How fields of one kind are compared.
const TEXT: &[Op] = &[Op::AnyOf, Op::NoneOf, Op::Contains, Op::BeginsWith, Op::Set, Op::Empty];
const CHOICE: &[Op] = &[Op::AnyOf, Op::NoneOf, Op::Set, Op::Empty];
const DAY: &[Op] = &[Op::Less, Op::AtMost, Op::More, Op::AtLeast, Op::Between, Op::Set, Op::Empty];
const RETURNS: &[Op] = &[Op::Between, Op::Set, Op::Empty];
const THERE: &[Op] = &[Op::Set, Op::Empty];

/// Fields by their names, and how each is compared.
macro_rules! fields {
    ($($field:ident = $name:literal: $ops:expr;)*) => {
        /// A field that a filter may ask for. The server says what each means, and does not compile while it lacks one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Field {
            $(
                #[doc = concat!("`", $name, "`.")]
                $field,
            )*
        }

        impl Field {
            /// The field of a name; none: it is one of the business's own, or there is none.
            #[must_use]
            pub fn of(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$field),)*
                    _ => None,
                }
            }
        }

        /// What a filter may ask for, besides the fields of the business's own, and how each is compared. Whoever does not
        /// see a field cannot ask for it either, nor for a value of it that they never see whole: that depends on their
        /// role.
        pub const FIELDS: &[(&str, &[Op])] = &[$(($name, $ops)),*];
    };
}

fields! {
    Name = "name": TEXT;
    Company = "company": TEXT;
    Title = "title": TEXT;
    Type = "type": CHOICE;
    Industry = "industry": CHOICE;
    Size = "size": CHOICE;
    Kind = "kind": CHOICE;
    Source = "source": CHOICE;
    Birthdate = "birthdate": DAY;
    Birthday = "birthday": RETURNS;
    Dates = "dates": RETURNS;
    Created = "created": DAY;
    Updated = "updated": DAY;
    LastContact = "last_contact": DAY;
    NextContact = "next_contact": DAY;
    CreatedBy = "created_by": CHOICE;
    Owner = "owner": CHOICE;
    Pool = "pool": CHOICE;
    Region = "region": CHOICE;
    Tag = "tag": &[Op::AnyOf, Op::AllOf, Op::NoneOf, Op::Set, Op::Empty];
    Phone = "phone": THERE;
    Email = "email": &[Op::AnyOf, Op::Set, Op::Empty];
    Needs = "needs": THERE;
    Starred = "starred": THERE;
    Search = "search": &[Op::Contains];
}

/// Before the key of a field of the business's own. Which there are, and how each is compared, the server knows.
const OWN: &str = "custom.";

/// One comparison: `{"field": "region", "op": "any_of", "values": ["330100"]}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "says_something"))]
pub struct Test {
    /// Which field: `name`, `company`, `title`, `type`, `industry`, `size`, `kind`, `source`, `birthdate`, `birthday`,
    /// `dates`, `created`, `updated`, `last_contact`, `next_contact`, `created_by`, `owner`, `pool`, `region`, `tag`,
    /// `phone`, `email`, `needs`, `starred`, `search`, or one of the business's own: `custom.size`.
    #[validate(length(min = 1, max = 60), custom(function = "field"))]
    pub field: String,
    /// How.
    pub op: Op,
    /// With what, as texts: codes, ids, whole numbers, days (`2026-11-22`, `today-30`, `month`).
    #[serde(default)]
    #[validate(length(max = 50))]
    pub values: Vec<String>,
}

/// Tests of which one has to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The tests.
    #[validate(length(min = 1, max = 10), nested)]
    pub any: Vec<Test>,
}

/// What rows have to meet: every clause. None: all rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The clauses.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    pub all: Vec<Clause>,
}

codes! {
    /// Who else sees a saved view.
    pub enum Shared {
        /// 仅自己.
        Private = "private",
        /// 本团队: whoever is in the team of the one who saved it.
        Team = "team",
        /// 全部员工.
        Everyone = "everyone",
    }
}

/// A view 视图 to save: a filter with a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// What it is called.
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: String,
    /// Who else sees it; nobody when absent.
    #[serde(default)]
    pub shared: Option<Shared>,
    /// What it shows.
    #[validate(nested)]
    pub filter: Filter,
}

/// A change to a saved view.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewChanges {
    /// New name.
    #[serde(default)]
    #[validate(length(min = 1, max = 20), custom(function = "text::line"))]
    pub name: Change<String>,
    /// Who else sees it.
    #[serde(default)]
    pub shared: Change<Shared>,
    /// What it shows.
    #[serde(default)]
    #[validate(nested)]
    pub filter: Change<Filter>,
}

/// With which view one's own list opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewChoice {
    /// `all`, `mine`, `pool`, or the id of a saved view.
    #[validate(custom(function = "view"))]
    pub view: String,
}

fn view(name: &str) -> Result<(), ValidationError> {
    let known = matches!(name, "all" | "mine" | "pool") || crate::moment::uuid(name).is_some();
    if known { Ok(()) } else { fail("view_unknown") }
}

/// The rule for the name of a field: `name`, `custom.size`.
pub(crate) fn field(name: &str) -> Result<(), ValidationError> {
    let known = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.'));
    if known { Ok(()) } else { fail("code_invalid") }
}

/// The field is one, and can be compared so; otherwise the refusal names what there is.
fn fits(test: &Test) -> Result<(), ValidationError> {
    if test.field.starts_with(OWN) {
        return Ok(());
    }
    let Some((_, ops)) = FIELDS.iter().find(|(name, _)| *name == test.field) else {
        let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).chain(["custom.…"]).collect();
        return fail_among("field", "filter_field_unknown", &names.join(" | "));
    };
    if ops.contains(&test.op) {
        return Ok(());
    }
    let ops: Vec<&str> = ops.iter().map(|op| op.as_str()).collect();
    // A filter is kept and read by colleagues, so it names nobody's number.
    let phone = test.field == "phone";
    fail_among("op", if phone { "filter_phone_unfit" } else { "filter_op_unfit" }, &ops.join(" | "))
}

fn says_something(test: &Test) -> Result<(), ValidationError> {
    fits(test)?;
    as_many_as_it_takes(test)
}

fn as_many_as_it_takes(test: &Test) -> Result<(), ValidationError> {
    let fits = match test.op {
        Op::Set | Op::Empty => test.values.is_empty(),
        Op::Between => test.values.len() == 2,
        Op::Contains | Op::BeginsWith | Op::Less | Op::AtMost | Op::More | Op::AtLeast => test.values.len() == 1,
        Op::AnyOf | Op::AllOf | Op::NoneOf => !test.values.is_empty(),
    };
    if fits { Ok(()) } else { fail_at("values", "values_count") }
}

/// A day as a filter says it, seen from `today`: a date; `today`, `week` (its Monday), `month` or `year` (their
/// first days); each with `+n` or `-n` of its own unit: `today-30`, `month-1`.
#[must_use]
pub fn day(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some(date) = moment::date(text) {
        return Some(date);
    }
    let at = text.find(['+', '-']).unwrap_or(text.len());
    let (unit, shift) = text.split_at_checked(at)?;
    let (back, count) = match shift.split_at_checked(1) {
        None => (false, 0),
        Some((sign, digits))
            if !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            (sign == "-", digits.parse::<u32>().ok()?)
        }
        Some(_) => return None,
    };
    let days = |from: NaiveDate, days: u64| match back {
        true => from.checked_sub_days(Days::new(days)),
        false => from.checked_add_days(Days::new(days)),
    };
    let months = |from: NaiveDate, months: u32| match back {
        true => from.checked_sub_months(Months::new(months)),
        false => from.checked_add_months(Months::new(months)),
    };
    match unit {
        "today" => days(today, u64::from(count)),
        "week" => days(
            today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?,
            u64::from(count) * 7,
        ),
        "month" => months(today.with_day(1)?, count),
        "year" => months(today.with_day(1)?.with_month(1)?, count.checked_mul(12)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_from_today() {
        let on =
            |text: &str| day(text, NaiveDate::from_ymd_opt(2026, 11, 26).expect("a day")).map(|day| day.to_string());
        for (text, is) in [
            ("2026-02-28", "2026-02-28"),
            ("today", "2026-11-26"),
            ("today-30", "2026-10-27"),
            ("today+7", "2026-12-03"),
            ("week", "2026-11-23"),
            ("week-1", "2026-11-16"),
            ("month", "2026-11-01"),
            ("month-1", "2026-10-01"),
            ("year", "2026-01-01"),
            ("year+1", "2027-01-01"),
        ] {
            assert_eq!(on(text).as_deref(), Some(is), "{text}");
        }
        for text in ["", "tomorrow", "today-", "today--1", "today-12345", "month+x", "2026-02-30", "today-１", "天"] {
            assert_eq!(on(text), None, "{text}");
        }
    }
}
