//! How alike two records are.

use crate::customers::{Customer, whole_company};
use crate::folded::fold;
use domain::customers::CustomerKind;
use domain::duplicates::PairReason;

/// Pairs below this are not worth anybody's time.
const WORTH: i64 = 60;
/// Without the same phone nothing is sure.
const UNSURE: i64 = 99;
/// From here on two names are nearly the same: 张三 and 张三丰, not 张三 and 张四.
const NEARLY: i64 = 60;

/// What of a record is compared.
pub(super) struct Facts {
    name: String,
    company: Option<i64>,
    is_company: bool,
    region: Option<String>,
}

impl Facts {
    pub(super) fn of(row: &Customer) -> Self {
        Self {
            name: fold(&row.name),
            company: row.company.as_deref().and_then(whole_company),
            is_company: row.kind.0 == CustomerKind::Company,
            region: row.region.clone(),
        }
    }

    pub(super) const fn company(&self) -> Option<i64> {
        self.company
    }

    /// The name by which it is looked for: of somebody whose region says nothing it says too little.
    pub(super) fn name(&self) -> Option<&str> {
        self.region.as_ref().map(|_| self.name.as_str())
    }
}

/// 0 to 100, and why; none when they are not alike enough.
///
/// | alike | points |
/// |---|---|
/// | the same phone | 100, whatever else |
/// | the same company, and both are companies | 85 |
/// | the same company | 50, and 40 × how alike the names are, from 60 % on |
/// | the same name, without a company in common | 50 |
/// | the same district, with a company in common | 10; the same city 5 |
/// | the same district, with the name alone | 30; the same city 20 |
///
/// Without the same phone it is 99 at most; below 60 it is not a pair.
pub(super) fn score(one: &Facts, two: &Facts, same_phone: bool) -> Option<(i64, Vec<PairReason>)> {
    let names = alike(&one.name, &two.name);
    let company = one.company.is_some() && one.company == two.company;
    let district = one.region.is_some() && one.region == two.region;
    let city = |facts: &Facts| facts.region.as_deref().and_then(|code| code.get(..4).map(str::to_owned));
    let city = city(one).is_some() && city(one) == city(two);
    let mut why = Vec::new();
    let mut points = 0;
    if company {
        why.push(PairReason::Company);
        points += match one.is_company && two.is_company {
            true => 85,
            false if names >= NEARLY => 50 + names * 40 / 100,
            false => 50,
        };
        points += if district { 10 } else { 5 * i64::from(city) };
    } else if names == 100 {
        points += 50 + if district { 30 } else { 20 * i64::from(city) };
    }
    match names {
        100 => why.push(PairReason::SameName),
        NEARLY.. => why.push(PairReason::Name),
        _ => {}
    }
    match (district, city) {
        (true, _) => why.push(PairReason::Region),
        (false, true) => why.push(PairReason::City),
        (false, false) => {}
    }
    points = points.min(UNSURE);
    if same_phone {
        why.insert(0, PairReason::Phone);
        points = 100;
    }
    (points >= WORTH).then_some((points, why))
}

/// How alike two names are, 0 to 100: what share of the longer one has not to be changed.
fn alike(one: &str, two: &str) -> i64 {
    let longer = one.chars().count().max(two.chars().count());
    let changed = strsim::levenshtein(one, two).min(longer);
    (100 * (longer - changed)).checked_div(longer).and_then(|share| i64::try_from(share).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(name: &str, company: Option<&str>, region: Option<&str>, is_company: bool) -> Facts {
        Facts {
            name: fold(name),
            company: company.and_then(whole_company),
            is_company,
            region: region.map(str::to_owned),
        }
    }

    #[test]
    fn the_same_phone_is_sure_and_the_rest_is_weighed() {
        let person = |name, company, region| facts(name, company, region, false);
        let tea = "杭州山月茶业有限公司";
        for (one, two, phone, expected) in [
            (person("张三", None, None), person("李四", None, None), true, Some(100)),
            (person("张三", None, None), person("张三", None, None), false, None),
            (person("张三", None, Some("330106")), person("张三", None, Some("330106")), false, Some(80)),
            (person("张三", None, Some("330106")), person("张三", None, Some("330102")), false, Some(70)),
            (person("张三", None, Some("330106")), person("张四", None, Some("330106")), false, None),
            // Colleagues are not each other.
            (person("张伟", Some(tea), None), person("李娜", Some("杭州山月茶业"), None), false, None),
            (person("张三丰", Some(tea), None), person("张三", Some("杭州山月茶业"), None), false, Some(76)),
            (person("张三", Some(tea), Some("330106")), person("张三", Some(tea), Some("330106")), false, Some(99)),
            (facts("前台", Some(tea), None, true), facts("采购", Some("杭州山月茶业"), None, true), false, Some(85)),
        ] {
            let found = score(&one, &two, phone).map(|(points, _)| points);
            assert_eq!(found, expected, "{} and {}", one.name, two.name);
            assert_eq!(score(&two, &one, phone).map(|(points, _)| points), expected, "the other way round");
        }
    }
}
