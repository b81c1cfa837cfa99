//! Special dates 纪念日: days of the year that come back, by the sun or by the moon.

use crate::prelude::*;
use crate::text;

codes! {
    /// By which calendar a day comes back.
    pub enum Calendar {
        /// 公历.
        Solar = "solar",
        /// 农历.
        Lunar = "lunar",
    }
}

/// A day of the year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_day_that_there_is"))]
pub struct SpecialDate {
    /// 生日, 结婚纪念日, 店庆.
    #[validate(length(min = 1, max = 10), custom(function = "text::line"))]
    pub label: String,
    /// By which calendar.
    pub calendar: Calendar,
    /// Month, 1 to 12.
    #[validate(range(min = 1, max = 12))]
    pub month: i64,
    /// Day of the month.
    #[validate(range(min = 1, max = 31))]
    pub day: i64,
    /// 闰月, of a lunar date: years without that month keep the one before it.
    #[serde(default)]
    pub leap: bool,
    /// The year of the first one, when it is known.
    #[serde(default)]
    #[validate(range(min = 1900, max = 2100))]
    pub year: Option<i64>,
}

fn a_day_that_there_is(date: &SpecialDate) -> Result<(), ValidationError> {
    // A year that is not named may be a leap year.
    let common = date.year.is_some_and(|year| year % 4 != 0 || year == 1900 || year == 2100);
    let longest = match (date.calendar, date.month) {
        (Calendar::Lunar, _) | (Calendar::Solar, 4 | 6 | 9 | 11) => 30,
        (Calendar::Solar, 2) => 29 - i64::from(common),
        (Calendar::Solar, _) => 31,
    };
    if date.day > longest {
        return fail_at("day", "date_invalid");
    }
    if date.leap && date.calendar == Calendar::Solar { fail_at("leap", "leap_unexpected") } else { Ok(()) }
}
