//! Believable customers, one after the other, the same for the same seed.

use super::dice::Dice;
use super::words::{
    CITY, COUNTRY, DOUBLE, FIRMS, FORMS, GIVEN, LABELS, PROVINCE, REMARKS, SEGMENTS, SURNAMES, TITLES, TOWNS, TRADES,
};
use crate::customers::Sampled;
use chrono::{DateTime, Duration, Utc};
use domain::customers::{CustomerKind, CustomerPhone, CustomerSource, CustomerType};
use uuid::Uuid;

/// Years over which they came.
const YEARS: i64 = 5;

const TYPES: [CustomerType; 8] = [
    CustomerType::Existing,
    CustomerType::Existing,
    CustomerType::Existing,
    CustomerType::New,
    CustomerType::New,
    CustomerType::Potential,
    CustomerType::Potential,
    CustomerType::Lost,
];

const SOURCES: [CustomerSource; 7] = [
    CustomerSource::WalkIn,
    CustomerSource::Referral,
    CustomerSource::Wechat,
    CustomerSource::Phone,
    CustomerSource::OnlineShop,
    CustomerSource::Event,
    CustomerSource::Other,
];

/// Names of people and firms.
pub(super) struct Names {
    dice: Dice,
    surnames: Vec<char>,
    given: Vec<char>,
}

impl Names {
    pub(super) fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), surnames: SURNAMES.chars().collect(), given: GIVEN.chars().collect() }
    }

    pub(super) fn person(&mut self) -> String {
        let mut name = String::new();
        match self.dice.below(200) {
            0 => name.push_str(self.dice.word(&DOUBLE)),
            _ => name.extend(self.dice.favour(&self.surnames)),
        }
        name.extend(self.dice.favour(&self.given));
        if self.dice.percent(78) {
            name.extend(self.dice.favour(&self.given));
        }
        name
    }

    fn firm(&mut self) -> String {
        let dice = &mut self.dice;
        let second = if dice.percent(40) { dice.word(&FIRMS) } else { "" };
        [dice.word(&TOWNS), dice.word(&FIRMS), second, dice.word(&TRADES), dice.word(&FORMS)].concat()
    }
}

/// When they came: the last one just now.
pub(super) struct Dated {
    pub(super) now: DateTime<Utc>,
    pub(super) count: u64,
}

/// Customers of one business.
pub(super) struct People {
    names: Names,
    dated: Dated,
    staff: Vec<Uuid>,
    pool: Uuid,
    tags: Vec<Uuid>,
    made: u64,
}

impl People {
    pub(super) fn new(seed: u64, dated: Dated, staff: Vec<Uuid>, pool: Uuid, tags: Vec<Uuid>) -> Self {
        Self { names: Names::new(seed), dated, staff, pool, tags, made: 0 }
    }

    /// So many at a time.
    pub(super) fn batches(mut self, size: usize) -> impl Iterator<Item = Vec<Sampled>> {
        std::iter::from_fn(move || Some(self.by_ref().take(size).collect()).filter(|batch: &Vec<_>| !batch.is_empty()))
    }

    /// The customers' times do not go back, so that their rows are written where the last ones were.
    fn at(&mut self) -> DateTime<Utc> {
        let span = Duration::days(365 * YEARS).num_milliseconds();
        let count = i64::try_from(self.dated.count.max(1)).unwrap_or(i64::MAX);
        let left = count - i64::try_from(self.made).unwrap_or(i64::MAX);
        let step = usize::try_from(span / count).unwrap_or(1);
        let late = i64::try_from(self.names.dice.below(step)).unwrap_or(0);
        self.dated.now - Duration::milliseconds(span / count * left - late)
    }

    fn region(&mut self) -> Option<String> {
        let dice = &mut self.names.dice;
        let code = match dice.below(100) {
            0..70 => dice.favour(&CITY)?,
            70..84 => dice.word(&PROVINCE),
            84..95 => dice.word(&COUNTRY),
            _ => return None,
        };
        Some(code.to_owned())
    }

    /// Different for every customer and position: 7919 × 131 has no divisor in common with the number of numbers.
    fn phones(&mut self) -> Vec<CustomerPhone> {
        let (made, dice) = (self.made, &mut self.names.dice);
        let number = |position: u64| {
            let at = made * 2 + position;
            let segment = usize::try_from(at % 8).unwrap_or(0);
            format!("{}{:08}", SEGMENTS.get(segment).unwrap_or(&"154"), (10_240_817 + at * 7_919 * 131) % 100_000_000)
        };
        let mut phones = vec![CustomerPhone { number: number(0), label: None }];
        if dice.percent(12) {
            phones.push(CustomerPhone { number: number(1), label: Some(dice.word(&LABELS).to_owned()) });
        }
        phones
    }

    fn tagged(&mut self) -> Vec<Uuid> {
        let dice = &mut self.names.dice;
        let wanted = dice.below(5);
        let mut tags: Vec<Uuid> = (0..wanted).filter_map(|_| dice.favour(&self.tags)).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

impl Iterator for People {
    type Item = Sampled;

    fn next(&mut self) -> Option<Sampled> {
        if self.made == self.dated.count {
            return None;
        }
        let (at, phones, tags, region) = (self.at(), self.phones(), self.tagged(), self.region());
        self.made += 1;
        let name = self.names.person();
        let (kind, company) = match self.names.dice.below(100) {
            0..15 => (CustomerKind::Company, Some(self.names.firm())),
            15..23 => (CustomerKind::Person, Some(self.names.firm())),
            _ => (CustomerKind::Person, None),
        };
        let dice = &mut self.names.dice;
        let since = usize::try_from((self.dated.now - at).num_hours()).unwrap_or(0);
        let spoken = i64::try_from(dice.below(since + 1)).unwrap_or(0);
        Some(Sampled {
            at,
            owner: dice.pick(&self.staff)?,
            pool: dice.percent(4).then_some(self.pool),
            name,
            kind,
            type_: dice.pick(&TYPES)?,
            title: company.is_some().then(|| dice.word(&TITLES).to_owned()),
            company,
            region,
            source: dice.percent(90).then(|| dice.favour(&SOURCES)).flatten(),
            remark: dice.percent(20).then(|| dice.word(&REMARKS).to_owned()),
            spoken_at: dice.percent(60).then(|| at + Duration::hours(spoken)),
            phones,
            tags,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_sample_is_the_same_again_and_shares_no_number() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("time");
        let people = || People::new(7, Dated { now, count: 3_000 }, vec![Uuid::nil()], Uuid::nil(), vec![Uuid::nil()]);
        let names: Vec<String> = people().map(|person| person.name).collect();
        assert_eq!(names, people().map(|person| person.name).collect::<Vec<_>>());
        assert!(names.iter().collect::<BTreeSet<_>>().len() > 2_000, "names differ");
        let phones = people().flat_map(|person| person.phones);
        let numbers: Vec<String> = phones.map(|phone| phone.number).collect();
        assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len());
        let times: Vec<_> = people().map(|person| person.at).collect();
        assert!(times.is_sorted() && times.last().is_some_and(|last| *last <= now));
        assert!(people().all(|person| domain::region::check(&person.region.unwrap_or("330106".to_owned())).is_ok()));
        assert_eq!(people().batches(250).map(|batch| batch.len()).collect::<Vec<_>>(), vec![250; 12]);
    }
}
