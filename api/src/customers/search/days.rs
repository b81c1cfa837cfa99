//! Filters on days: dates, and days that move with the calendar.

use super::filter::{Compiler, IntoWhole as _, Refused, any, nullary};
use super::having::among;
use crate::customers::dates::coming;
use crate::customers::entity::customer;
use crate::customers::record_entity::date;
use chrono::{Datelike as _, Days, NaiveDate};
use domain::dates::Calendar;
use domain::filters::{Op, Test, day};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait as _, Func, Query};

impl Compiler<'_> {
    /// A day that the test says.
    pub(super) fn day(&self, test: &Test, at: usize) -> Result<NaiveDate, Refused> {
        let text = test.values.get(at).ok_or(Refused::Op)?;
        day(text, self.today).ok_or(Refused::Value(at, "date_invalid"))
    }

    /// The two days of a range. Days that move against each other may be the wrong way round on some of them: a view
    /// `month` to `today-3` finds nobody on the second and is no mistake.
    pub(super) fn range_of_days(&self, test: &Test) -> Result<(NaiveDate, NaiveDate), Refused> {
        let (first, last) = (self.day(test, 0)?, self.day(test, 1)?);
        let moves = |at: usize| test.values.get(at).and_then(|text| moving(text));
        if first > last && moves(0) == moves(1) {
            return Err(Refused::Value(1, "range_invalid"));
        }
        Ok((first, last))
    }

    /// Days from the beginning of one to the end of another.
    pub(super) fn days(
        &self,
        test: &Test,
        from: impl Fn(NaiveDate) -> Expr,
        before: impl Fn(NaiveDate) -> Expr,
        column: customer::Column,
    ) -> Result<Condition, Refused> {
        let of = |at| self.day(test, at);
        let next =
            |day: NaiveDate, at: usize| day.checked_add_days(Days::new(1)).ok_or(Refused::Value(at, "date_invalid"));
        Ok(match test.op {
            Op::Less => Condition::all().add(before(of(0)?)),
            Op::AtMost => Condition::all().add(before(next(of(0)?, 0)?)),
            Op::More => Condition::all().add(from(next(of(0)?, 0)?)),
            Op::AtLeast => Condition::all().add(from(of(0)?)),
            Op::Between => {
                let (first, last) = self.range_of_days(test)?;
                Condition::all().add(from(first)).add(before(next(last, 1)?))
            }
            Op::Set => column.is_not_null().into_condition(),
            Op::Empty => column.is_null().into_condition(),
            _ => return Err(Refused::Op),
        })
    }

    /// The day of the year, whatever the year: who has a birthday between two days.
    pub(super) fn anniversary(&self, column: customer::Column, test: &Test) -> Result<Condition, Refused> {
        if nullary(test.op) {
            return any(column, test.op, Vec::<String>::new());
        }
        if test.op != Op::Between {
            return Err(Refused::Op);
        }
        let of = |at| self.day(test, at);
        let (first, last) = (of(0)?, of(1)?);
        let spelled = |day: NaiveDate| format!("{:02}-{:02}", day.month(), day.day());
        // Both databases spell a date `YYYY-MM-DD` when asked for its text.
        let text = Expr::col((customer::Entity, column)).cast_as(Alias::new("CHAR"));
        let on = || Expr::expr(Func::cust("SUBSTR").args([text.clone(), Expr::val(6), Expr::val(5)]));
        let (first, end) = match (last - first).num_days() {
            ..0 => return Err(Refused::Value(1, "range_invalid")),
            365.. => return Ok(column.is_not_null().into_condition()),
            _ => (spelled(first), spelled(last)),
        };
        Ok(match first <= end {
            true => Condition::all().add(on().gte(first)).add(on().lte(end)),
            // Over the turn of the year.
            false => Condition::any().add(on().gte(first)).add(on().lte(end)),
        })
    }
}

impl Compiler<'_> {
    /// Whether a special date comes back between two days, by the sun or by the moon.
    pub(super) fn dates(&self, test: &Test) -> Result<Condition, Refused> {
        let mut with = Query::select();
        with.column(date::Column::CustomerId)
            .from(date::Entity)
            .and_where(date::Column::TenantId.eq(self.scope.tenant_id()));
        if test.op != Op::Between {
            return among(test.op, with);
        }
        let (first, last) = (self.day(test, 0)?, self.day(test, 1)?);
        match (last - first).num_days() {
            ..0 => return Err(Refused::Value(1, "range_invalid")),
            // Whatever comes back does so within a year.
            365.. => {}
            _ => {
                let on = coming(first, last).into_iter().fold(Condition::any(), |any, (of, days)| {
                    let calendar = if of.lunar { Calendar::Lunar } else { Calendar::Solar };
                    any.add(
                        Condition::all()
                            .add(date::Column::Calendar.eq(calendar.as_str()))
                            .add(date::Column::Month.eq(of.month))
                            .add(date::Column::Leap.eq(i64::from(of.leap)))
                            .add(date::Column::Day.is_in(days)),
                    )
                });
                with.cond_where(on);
            }
        }
        among(Op::Set, with)
    }
}

/// With what a day moves: `today`, `week`, …; a date stays where it is.
fn moving(day: &str) -> Option<&str> {
    day.split(['+', '-']).next().filter(|unit| !unit.starts_with(|c: char| c.is_ascii_digit()))
}
