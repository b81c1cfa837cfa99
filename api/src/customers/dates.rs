//! Special dates of customers, and when they come back: lunar days by the moon's own calendar.

use super::record_entity::date;
use crate::calendar::day_of;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use chrono::{Datelike as _, NaiveDate};
use domain::dates::{Calendar, SpecialDate};
use lunar_lite::{LunarDate, SolarDate, leap_month, lunar_month_days, lunar_to_solar, solar_to_lunar};
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use utoipa::ToSchema;
use uuid::Uuid;

/// Special dates of a customer at most, as the rules of a body say (`domain::customers`).
pub(in crate::customers) const MOST: usize = 10;
/// The years that a date may name.
const YEARS: RangeInclusive<i64> = 1900..=2100;

/// A special date, and when it comes next.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpecialDateView {
    /// The day of the year.
    #[serde(flatten)]
    pub date: SpecialDate,
    /// Today or the next day on which it comes back, by the solar calendar.
    pub next_on: Option<NaiveDate>,
}

/// Refuses days that nobody can have: a birthday after `today`, and a leap month that the year of the date did not
/// have; without a year, one that no year has. Dates that stand there already are not judged again.
///
/// # Errors
/// `birthday_ahead` or `leap_absent`, at the field.
pub(super) fn plausible(
    today: NaiveDate,
    birthday: Option<NaiveDate>,
    dates: &[SpecialDate],
    there: &[SpecialDate],
) -> Result<(), Problem> {
    if birthday.is_some_and(|day| day > today) {
        return Err(Problem::field("birthday", "birthday_ahead"));
    }
    match dates.iter().position(|date| date.leap && !leaps(date) && !there.contains(date)) {
        Some(at) => Err(Problem::field(&format!("dates.{at}.leap"), "leap_absent")),
        None => Ok(()),
    }
}

/// Whether a year that the date may be of has its month twice.
fn leaps(date: &SpecialDate) -> bool {
    let years = date.year.map_or(YEARS, |year| year..=year);
    let twice = |year: i64| i32::try_from(year).ok().and_then(|year| leap_month(year).ok()?).map(i64::from);
    years.into_iter().any(|year| twice(year) == Some(date.month))
}

/// The dates that a customer's row keeps.
pub(super) fn of(kept: Option<&str>) -> Vec<SpecialDate> {
    kept.and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default()
}

/// The dates as they stand in the customer's row.
pub(super) fn kept(dates: &[SpecialDate]) -> Result<Option<String>, Problem> {
    if dates.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::to_string(dates).map_err(anyhow::Error::from)?))
}

/// Writes the rows by which a day finds its people.
pub(super) async fn index(tx: &Tx<'_>, customer: Uuid, dates: &[SpecialDate], new: bool) -> Result<(), Problem> {
    if !new {
        tx.remove::<date::Entity>(date::Column::CustomerId.eq(customer)).await?;
    }
    let rows = dates.iter().zip(0_i64..).map(|(one, position)| date::ActiveModel {
        customer_id: Set(customer),
        position: Set(position),
        calendar: Set(Code(one.calendar)),
        month: Set(one.month),
        day: Set(one.day),
        leap: Set(i64::from(one.leap)),
        ..Default::default()
    });
    Ok(tx.insert_many::<date::Entity>(rows).await?)
}

pub(super) fn shown(scope: &Scope, kept: Option<&str>) -> Vec<SpecialDateView> {
    let today = day_of(scope.now());
    of(kept).into_iter().map(|date| SpecialDateView { next_on: next(&date, today), date }).collect()
}

/// The first time that a date comes back, from `today` on. A day that a month does not have in some year
/// is its last one there, and a leap month that a year does not have is the month itself.
fn next(date: &SpecialDate, today: NaiveDate) -> Option<NaiveDate> {
    let (month, day) = (u8::try_from(date.month).ok()?, u8::try_from(date.day).ok()?);
    let on = |year: i32| match date.calendar {
        Calendar::Solar => {
            let solar = |day: u8| NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day));
            solar(day).or_else(|| solar(day.checked_sub(1)?))
        }
        Calendar::Lunar => {
            let is_leap_month = date.leap && leap_month(year).ok()? == Some(month);
            let day = day.min(lunar_month_days(year, month, is_leap_month).ok()?);
            let SolarDate { year, month, day } = lunar_to_solar(LunarDate { year, month, day, is_leap_month }).ok()?;
            NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day))
        }
    };
    let first = match date.calendar {
        Calendar::Solar => today.year(),
        Calendar::Lunar => {
            let (month, day) = (u8::try_from(today.month()).ok()?, u8::try_from(today.day()).ok()?);
            solar_to_lunar(SolarDate { year: today.year(), month, day }).ok()?.year
        }
    };
    (first..=first + 1).filter_map(on).find(|day| *day >= today)
}

/// Days of one month, by the sun or by the moon.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month {
    pub(super) lunar: bool,
    pub(super) month: i64,
    /// 闰月.
    pub(super) leap: bool,
}

/// The dates that come back on the days from `first` to `last`, as [`next`] says of each.
pub(super) fn coming(first: NaiveDate, last: NaiveDate) -> BTreeMap<Month, BTreeSet<i64>> {
    let mut found = BTreeMap::<Month, BTreeSet<i64>>::new();
    let mut add = |month: Month, day: i64, ends: bool| {
        let days = found.entry(month).or_default();
        days.insert(day);
        if ends {
            days.extend(day + 1..=31);
        }
    };
    for day in first.iter_days().take_while(|day| *day <= last) {
        let ends = day.succ_opt().is_some_and(|next| next.month() != day.month());
        add(Month { lunar: false, month: day.month().into(), leap: false }, day.day().into(), ends);
        let Some((lunar, twice, ends)) = by_the_moon(day) else { continue };
        let of = |leap| Month { lunar: true, month: lunar.month.into(), leap };
        add(of(lunar.is_leap_month), lunar.day.into(), ends);
        // In a year without it, a leap month is the month itself.
        if !lunar.is_leap_month && twice != Some(lunar.month) {
            add(of(true), lunar.day.into(), ends);
        }
    }
    found
}

/// A day, the month that its year has twice, and whether it is the last of its month.
fn by_the_moon(day: NaiveDate) -> Option<(LunarDate, Option<u8>, bool)> {
    let (month, of) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    let lunar = solar_to_lunar(SolarDate { year: day.year(), month, day: of }).ok()?;
    let length = lunar_month_days(lunar.year, lunar.month, lunar.is_leap_month).ok()?;
    Some((lunar, leap_month(lunar.year).ok()?, lunar.day == length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_finds_the_dates_that_come_back_on_it() {
        // Every date that there can be, on every day of four years: with a leap month in 2025 and a 29th of February in 2028.
        let label = String::new;
        let all: Vec<SpecialDate> = [(Calendar::Solar, false), (Calendar::Lunar, false), (Calendar::Lunar, true)]
            .into_iter()
            .flat_map(|kind| (1..=12).map(move |month| (kind, month)))
            .flat_map(|of| [1, 15, 28, 29, 30].map(|day| (of, day)))
            .filter(|(((calendar, _), month), day)| *calendar == Calendar::Lunar || *month != 2 || *day < 30)
            .map(|(((calendar, leap), month), day)| SpecialDate {
                label: label(),
                calendar,
                month,
                day,
                leap,
                year: None,
            })
            .collect();
        let start = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a day");
        for day in start.iter_days().take(4 * 365) {
            let found = coming(day, day);
            for date in &all {
                let month = Month { lunar: date.calendar == Calendar::Lunar, month: date.month, leap: date.leap };
                let finds = found.get(&month).is_some_and(|days| days.contains(&date.day));
                assert_eq!(finds, next(date, day) == Some(day), "{date:?} on {day}");
            }
        }
    }

    #[test]
    fn a_date_comes_back_by_the_sun_or_by_the_moon() {
        let date =
            |calendar, month, day, leap| SpecialDate { label: "生日".into(), calendar, month, day, leap, year: None };
        for (calendar, month, day, leap, today, next_on) in [
            (Calendar::Solar, 11, 26, false, "2026-11-26", "2026-11-26"),
            (Calendar::Solar, 11, 25, false, "2026-11-26", "2027-11-25"),
            (Calendar::Solar, 2, 29, false, "2026-11-26", "2027-02-28"),
            (Calendar::Solar, 2, 29, false, "2027-11-26", "2028-02-29"),
            // 春节 and 中秋.
            (Calendar::Lunar, 1, 1, false, "2026-11-26", "2027-02-06"),
            (Calendar::Lunar, 8, 15, false, "2026-09-25", "2026-09-25"),
            (Calendar::Lunar, 8, 15, false, "2026-09-26", "2027-09-15"),
            // The last day of the year, seen from the same lunar year but the next solar one.
            (Calendar::Lunar, 12, 30, false, "2027-01-01", "2027-02-05"),
            // 2025 has 闰六月, 2026 has not.
            (Calendar::Lunar, 6, 1, true, "2025-07-01", "2025-07-25"),
            (Calendar::Lunar, 6, 1, true, "2025-08-01", "2026-07-14"),
        ] {
            let today = today.parse().expect("a day");
            let found = next(&date(calendar, month, day, leap), today).map(|day| day.to_string());
            assert_eq!(found.as_deref(), Some(next_on), "{calendar} {month}-{day} {leap} from {today}");
        }
    }
}
