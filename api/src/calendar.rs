//! Working days in China: Mondays to Fridays, without public holidays and with the weekends on which the
//! State Council lets people work instead. Nobody can compute them: they are settings.

use crate::clock::CHINA;
use anyhow::{Context as _, ensure};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};
use std::collections::BTreeSet;

/// Longer than any holiday.
const LONGEST: i64 = 31;

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
    fn what_is_no_date_is_named() {
        for wrong in ["2026-02-30", "soon", "2026-01-03..2026-01-01", "2026-01-01..2026-12-31"] {
            let error = format!("{:#}", Calendar::read(wrong, "").expect_err(wrong));
            assert!(error.starts_with("[privacy] holidays"), "{error}");
        }
    }
}
