//! Working days in China: Mondays to Fridays, without public holidays and with the weekends on which the
//! State Council lets people work instead. Nobody can compute them: they are settings.

use crate::clock::CHINA;
use crate::problem::Problem;
use anyhow::{Context as _, ensure};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, Utc, Weekday};
use std::collections::BTreeSet;

/// Longer than any holiday.
const LONGEST: i64 = 31;

/// The first moment that something may be planned for: the year 2000 in London.
const FIRST: DateTime<Utc> = match DateTime::from_timestamp_secs(946_684_800) {
    Some(first) => first,
    None => panic!("chrono holds the year 2000"),
};
/// The first moment that nothing may be planned for any more: the year 2038 in London. sqlx sends instants as
/// TIMESTAMP, and MariaDB 10.11 makes NULL of one after 19 January 2038 without a word.
const END: DateTime<Utc> = match DateTime::from_timestamp_secs(2_145_916_800) {
    Some(end) => end,
    None => panic!("chrono holds the year 2038"),
};

/// The days that are not what their name says.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    holidays: BTreeSet<NaiveDate>,
    working: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// Of `2026-01-01..2026-01-03, 2026-06-19` and such a list of weekends.
    ///
    /// # Errors
    /// When something is no date; the message says what.
    pub(crate) fn read(holidays: &str, working: &str) -> anyhow::Result<Self> {
        Ok(Self {
            holidays: days(holidays).context("[privacy] holidays")?,
            working: days(working).context("[privacy] working_weekends")?,
        })
    }

    fn works(&self, day: NaiveDate) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.working.contains(&day) || !weekend && !self.holidays.contains(&day)
    }

    /// The same hour, so many working days later.
    pub(crate) fn working_days_after(&self, from: DateTime<Utc>, days: u32) -> DateTime<Utc> {
        let (mut at, mut left) = (from, days);
        while left > 0 {
            at = at + Days::new(1);
            if self.works(at.with_timezone(&CHINA).date_naive()) {
                left -= 1;
            }
        }
        at
    }

    /// The midnight at which so many whole days, or working days, have passed since the day of an instant.
    pub(crate) fn idle_until(&self, since: DateTime<Utc>, days: i64, working: bool) -> DateTime<Utc> {
        let (mut day, mut left) = (day_of(since), days);
        while left > 0 {
            day = day + Days::new(1);
            if !working || self.works(day) {
                left -= 1;
            }
        }
        begins(day + Days::new(1))
    }

    /// The other way about: what was last touched before this instant has been left alone for so many days
    /// by `at`.
    pub(crate) fn idle_before(&self, at: DateTime<Utc>, days: i64, working: bool) -> DateTime<Utc> {
        let (mut day, mut left) = (day_of(at) - Days::new(1), days);
        while left > 0 {
            if !working || self.works(day) {
                left -= 1;
            }
            day = day - Days::new(1);
        }
        begins(day + Days::new(1))
    }
}

/// The day it is in China.
pub(crate) fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&CHINA).date_naive()
}

/// Refuses a time that something is planned for and that nobody plans: before the year 2000, or after 2037. A device
/// whose clock was never set says 1970.
///
/// # Errors
/// `time_far` at `field`.
pub(crate) fn plannable(field: &str, at: DateTime<Utc>) -> Result<(), Problem> {
    if (FIRST..END).contains(&at) { Ok(()) } else { Err(Problem::field(field, "time_far")) }
}

/// As [`plannable`], of a day.
///
/// # Errors
/// `time_far` at `field`.
pub(crate) fn plannable_day(field: &str, day: NaiveDate) -> Result<(), Problem> {
    plannable(field, day.and_time(NaiveTime::MIN).and_utc())
}

/// Midnight in China at which a day begins.
fn begins(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    midnight.and_local_timezone(CHINA).single().map_or(midnight.and_utc(), |at| at.with_timezone(&Utc))
}

/// When the day of an instant began in China.
pub(crate) fn day_began(at: DateTime<Utc>) -> DateTime<Utc> {
    begins(day_of(at))
}

/// The midnight that is so many days after the one that ends the day of an instant.
pub(crate) fn midnight_after(at: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    begins(day_of(at) + Days::new(u64::try_from(days).unwrap_or_default() + 1))
}

fn days(list: &str) -> anyhow::Result<BTreeSet<NaiveDate>> {
    let date = |text: &str| text.trim().parse::<NaiveDate>().with_context(|| format!("{text} is no date: 2026-01-01"));
    let mut found = BTreeSet::new();
    for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        let (first, last) = (date(first)?, date(last)?);
        ensure!(
            (0..LONGEST).contains(&(last - first).num_days()),
            "{part} is no holiday: the first day, then the last"
        );
        found.extend(first.iter_days().take_while(|day| *day <= last));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holidays_do_not_count_and_weekends_that_are_worked_do() {
        let calendar = Calendar::read("2026-10-01..2026-10-07", "2026-09-20, 2026-10-10").expect("a calendar");
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        // Wednesday, then seven days off, Thursday, Friday and the Saturday that is worked.
        assert_eq!(calendar.working_days_after(at("2026-09-30T02:00:00Z"), 3), at("2026-10-10T02:00:00Z"));
        // Half past midnight in China is the day before in London.
        assert_eq!(calendar.working_days_after(at("2026-09-18T16:30:00Z"), 1), at("2026-09-19T16:30:00Z"));
        let plain = Calendar::default();
        assert_eq!(plain.working_days_after(at("2026-09-30T02:00:00Z"), 3), at("2026-10-05T02:00:00Z"));
    }

    #[test]
    fn what_has_been_left_alone_is_found_from_either_end() {
        let calendar = Calendar::read("2026-10-01..2026-10-07", "2026-10-10").expect("a calendar");
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("an instant");
        // Monday afternoon in China: Tuesday and Wednesday pass, and it is over when Thursday begins.
        assert_eq!(calendar.idle_until(at("2026-09-21T07:00:00Z"), 2, false), at("2026-09-23T16:00:00Z"));
        // The last working day before the holidays: three more are a Thursday, a Friday and a worked Saturday.
        assert_eq!(calendar.idle_until(at("2026-09-30T07:00:00Z"), 3, true), at("2026-10-10T16:00:00Z"));
        let start = at("2026-09-01T03:00:00Z");
        for (working, days) in [(false, 1), (false, 7), (true, 1), (true, 5), (true, 11)] {
            for hours in 0..24 * 60 {
                let since = start + chrono::Duration::hours(hours);
                let over = calendar.idle_until(since, days, working);
                assert!(since < calendar.idle_before(over, days, working), "{since} {days}");
                let sooner = over - chrono::Duration::microseconds(1);
                assert!(since >= calendar.idle_before(sooner, days, working), "{since} {days}");
            }
        }
    }

    #[test]
    fn what_is_no_date_is_named() {
        for wrong in ["2026-02-30", "soon", "2026-01-03..2026-01-01", "2026-01-01..2026-12-31"] {
            let error = format!("{:#}", Calendar::read(wrong, "").expect_err(wrong));
            assert!(error.starts_with("[privacy] holidays"), "{error}");
        }
    }
}
