//! Regions by their GB/T 2260 code: their names, and finding them by a part of the name or by its sound.

mod written;

pub(super) use written::code;

use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersRead;
use crate::scope::{Can, Query};
use actix_web::{get, web::Json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;
use utoipa::{IntoParams, ToSchema};

/// Regions that a search shows.
const MOST: usize = 20;

struct Region {
    name: &'static str,
    /// `浙江省杭州市西湖区`.
    whole: String,
    /// `xihuqu`.
    sound: String,
    /// `xhq`.
    initials: String,
}

/// By the two, four or six digits that are theirs.
static REGIONS: LazyLock<BTreeMap<&str, Region>> = LazyLock::new(|| {
    let lines = include_str!("regions.txt").lines().filter(|line| !line.starts_with('#'));
    let mut regions: BTreeMap<&str, Region> = BTreeMap::new();
    // A province comes before its cities, and they before their districts.
    for (code, rest) in lines.filter_map(|line| line.split_once(' ')) {
        let (name, words) = rest.split_once(' ').unwrap_or((rest, ""));
        let initials = words.split(' ').filter_map(|word| word.chars().next()).collect();
        let above = [4, 2].into_iter().filter(|digits| *digits < code.len());
        let above = above.filter_map(|digits| regions.get(code.get(..digits)?)).next();
        let whole = above.map_or("", |region| &region.whole).to_owned() + name;
        regions.insert(code, Region { name, whole, sound: words.replace(' ', ""), initials });
    }
    regions
});

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_regions);
}

/// `浙江省杭州市西湖区` of `330106`; as much of it as is known.
pub(crate) fn name(code: &str) -> Option<&'static str> {
    // A province or city stands for itself with zeros behind it.
    let known = [code, code.get(..4)?, code.get(..2)?].into_iter().find_map(|part| REGIONS.get(part))?;
    (!known.whole.is_empty()).then_some(&known.whole)
}

/// What to look for, or whose parts to list; the provinces when neither is said.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RegionQuery {
    /// Part of a name, or the beginning of its pinyin or of the initials: `西湖`, `xihu`, `xh`.
    q: Option<String>,
    /// The code of a province or city whose parts are listed.
    within: Option<String>,
}

/// A province, city or district.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegionView {
    /// Six digits.
    pub code: String,
    /// Its own name.
    pub name: String,
    /// With the province and city it lies in.
    pub full_name: String,
}

/// Regions of China (GB/T 2260, as of 2023): at most twenty that a search finds, or all parts of one.
#[utoipa::path(tag = "regions", security(("bearer" = ["customers.read"])), params(RegionQuery), responses((status = 200, body = All<RegionView>), Problems))]
#[get("/regions")]
async fn list_regions(_scope: Can<CustomersRead>, query: Query<RegionQuery>) -> Result<Json<All<RegionView>>, Problem> {
    let items = match (&query.0.q, &query.0.within) {
        (Some(q), _) if !q.trim().is_empty() => search(q),
        (_, Some(code)) => within(code).ok_or(Problem::field("within", "region_invalid"))?,
        _ => parts(""),
    };
    Ok(Json(All { items }))
}

/// The parts of a province or city; none when there is no such region.
fn within(code: &str) -> Option<Vec<RegionView>> {
    let own = code.strip_suffix("0000").or_else(|| code.strip_suffix("00")).unwrap_or(code);
    REGIONS.get(own)?;
    Some(parts(own))
}

/// What lies one step below. 北京 has districts and no cities: a level without a name is none.
fn parts(of: &str) -> Vec<RegionView> {
    let below = REGIONS.range(of..).take_while(|(code, _)| code.starts_with(of));
    let next = |code: &&str| {
        let nameless =
            |part: Option<&str>| part.and_then(|part| REGIONS.get(part)).is_some_and(|region| region.name.is_empty());
        code.len() == of.len() + 2 || code.len() == of.len() + 4 && nameless(code.get(..of.len() + 2))
    };
    below
        .filter(|(code, region)| next(code) && !region.name.is_empty())
        .map(|(code, region)| view(code, region))
        .collect()
}

/// The best first: a name that begins so, then a sound that does, then what holds it somewhere.
fn search(q: &str) -> Vec<RegionView> {
    let folded: String = q.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).take(30).collect();
    let rank = |region: &Region| {
        if region.name.is_empty() {
            return None;
        }
        if region.name.starts_with(&folded) {
            return Some(0);
        }
        if region.initials.starts_with(&folded) || region.sound.starts_with(&folded) {
            return Some(1);
        }
        region.whole.contains(&folded).then_some(2)
    };
    let found = REGIONS.iter().filter_map(|(code, region)| Some((rank(region)?, code.len(), *code, region)));
    let mut found: Vec<_> = found.collect();
    found.sort_unstable_by_key(|(rank, length, code, _)| (*rank, *length, *code));
    found.into_iter().take(MOST).map(|(.., code, region)| view(code, region)).collect()
}

fn view(code: &str, region: &Region) -> RegionView {
    RegionView { code: full(code), name: region.name.to_owned(), full_name: region.whole.clone() }
}

/// Six digits.
fn full(code: &str) -> String {
    format!("{code:0<6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_named_down_to_its_district() {
        assert_eq!(name("330106"), Some("浙江省杭州市西湖区"));
        assert_eq!(name("310101"), Some("上海市黄浦区"));
        assert_eq!(name("330100"), Some("浙江省杭州市"));
        assert_eq!(name("330000"), Some("浙江省"));
        assert_eq!(name("810000"), Some("香港特别行政区"));
        assert_eq!(name("990000"), None);
    }

    #[test]
    fn a_region_is_found_by_name_sound_and_initials() {
        for q in ["杭州", "hangzhou", "hz", "ＨＺ", "杭州市", "浙江省杭州"] {
            let found = search(q);
            assert!(found.iter().any(|region| region.code == "330100"), "{q}: {found:?}");
        }
        let first = search("重庆").into_iter().next();
        assert_eq!(first.map(|region| region.code).as_deref(), Some("500000"));
        assert!(search("xh").iter().any(|region| region.name == "西湖区"));
        assert!(search("xyz123").is_empty());
    }

    #[test]
    fn every_region_has_its_parts() {
        assert_eq!(parts("").len(), 34);
        assert!(within("330000").expect("a province").iter().any(|city| city.name == "杭州市"));
        assert!(within("330100").expect("a city").iter().any(|district| district.code == "330106"));
        // A city whose own digits end in zero.
        assert!(within("131000").expect("廊坊").iter().any(|district| district.name == "安次区"));
        assert!(within("110000").expect("北京").iter().any(|district| district.name == "东城区"));
        assert_eq!(within("330106"), Some(Vec::new()));
        assert_eq!(within("999999"), None);
    }

    #[test]
    fn every_name_can_be_said() {
        for (code, region) in REGIONS.iter() {
            domain::region::check(&full(code)).unwrap_or_else(|_| panic!("{code}"));
            assert_eq!(region.name.is_empty(), region.sound.is_empty(), "{code}");
            assert!(region.sound.bytes().all(|byte| byte.is_ascii_lowercase()), "{code}");
        }
    }
}
