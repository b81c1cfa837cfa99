//! Regions as people write them in tables: whole, without the province, without 省, 市 and 区. Whatever leads to
//! exactly one place is that place; what leads to several is no place of any.

use super::{REGIONS, full, name};
use domain::Violation;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Places that are named when a word may mean several.
const NAMED: usize = 3;
/// The level that the register has between a province and its districts and that nobody says.
const UNSAID: &str = "市辖区";

/// Codes by the names that are read most: the whole one and the last part of it, also without 省, 市 and 区.
static NAMES: LazyLock<BTreeMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut names: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for (code, region) in REGIONS.iter().filter(|(_, region)| !region.name.is_empty()) {
        let (own, whole) = (region.name, region.whole.as_str());
        for known in BTreeSet::from([short(whole), short(own), whole.to_owned(), own.to_owned()]) {
            names.entry(known).or_default().push(code);
        }
    }
    names
});

fn short(name: &str) -> String {
    name.replace("特别行政区", "").replace("自治区", "").replace(['省', '市', '区', '县'], "")
}

/// The code of a region by its code or its name: `330106`, `浙江省杭州市西湖区`, `浙江 杭州`, `杭州市西湖区`, `余杭`.
///
/// # Errors
/// `region_unknown`; `region_ambiguous`, with some of the places that it may mean.
pub(in crate::customers) fn code(written: &str) -> Result<String, Violation> {
    if written.len() == 6 && name(written).is_some() {
        return Ok(written.to_owned());
    }
    let between = |c: char| c.is_whitespace() || "-—/|>·，,、".contains(c);
    let bare: String = written.chars().filter(|c| !between(*c)).collect();
    let bare = bare.replace(UNSAID, "");
    let bare = bare.strip_prefix("中国").unwrap_or(&bare);
    let found = match NAMES.get(bare).or_else(|| NAMES.get(&short(bare))) {
        Some(codes) => codes.clone(),
        None => led_to(bare),
    };
    let (provinces, others): (Vec<&str>, Vec<&str>) = found.iter().partition(|code| code.len() == 2);
    match (provinces.as_slice(), others.as_slice()) {
        ([], []) => Err(Violation::new("", "region_unknown")),
        ([], [only]) => Ok(full(only)),
        // 河北 is the province to everybody, though a district of 天津 has the name as well.
        ([province], others) if others.iter().all(|code| code.len() == 6) => Ok(full(province)),
        _ => {
            let names: Vec<&str> = found.iter().take(NAMED).filter_map(|code| name(code)).collect();
            Err(Violation::new("", "region_ambiguous").with("names", names.join("、")))
        }
    }
}

/// All regions to which the beginnings of names lead, from a province or city down: `杭州余杭`, `广西南宁`.
fn led_to(bare: &str) -> Vec<&'static str> {
    let leads = |code: &&&'static str| {
        let Some(own) = REGIONS.get(**code).map(|region| region.name).filter(|own| begins(own, bare)) else {
            return false;
        };
        let above = |digits: usize| Some(REGIONS.get(code.get(..digits).filter(|part| part.len() < code.len())?)?.name);
        let province = above(2);
        // Pickers of addresses say 上海市 for the city as well.
        let city = above(4).map(|city| if city.is_empty() { province.unwrap_or_default() } else { city });
        let names: Vec<&str> = [province, city, Some(own)].into_iter().flatten().collect();
        fits(bare, &names)
    };
    REGIONS.keys().filter(leads).copied().collect()
}

/// Whether a text may end with this name or its beginning: asked first, because it is asked of every region.
fn begins(name: &str, text: &str) -> bool {
    let two = name.char_indices().nth(2).map_or(name.len(), |(at, _)| at);
    !name.is_empty() && name.get(..two).is_some_and(|two| text.contains(two))
}

/// Whether a text is made of the beginnings of some of the names in their order, each of at least two characters,
/// with the last name among them.
fn fits(text: &str, names: &[&str]) -> bool {
    let Some((name, below)) = names.split_first() else { return text.is_empty() };
    if !below.is_empty() && fits(text, below) {
        return true;
    }
    let same = text.chars().zip(name.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8());
    let ends = same.scan(0, |at, length| {
        *at += length;
        Some(*at)
    });
    ends.skip(1).filter_map(|at| text.get(at..)).any(|rest| fits(rest, below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_as_people_write_it_has_its_code() {
        for (code_of, spellings) in [
            (
                "330106",
                "330106|浙江省杭州市西湖区|浙江 杭州 西湖区|浙江-杭州-西湖|杭州市西湖区|杭州西湖|浙江西湖区|中国浙江省杭州市西湖区",
            ),
            ("330110", "杭州市余杭区|杭州余杭区|杭州余杭|余杭区|余杭|浙江省余杭区|浙江 > 杭州市 > 余杭"),
            ("330100", "杭州|杭州市|浙江杭州|浙江省杭州市市辖区"),
            ("110000", "北京|北京市|北京市市辖区"),
            ("110105", "北京朝阳|北京市朝阳区|北京市北京市朝阳区|北京市/市辖区/朝阳区"),
            ("310115", "浦东|浦东新区|上海浦东|上海市 上海市 浦东新区"),
            ("450100", "广西南宁|广西壮族自治区南宁市|南宁"),
            ("450000", "广西|广西壮族自治区"),
            ("220200", "吉林市|吉林省吉林市|吉林吉林市"),
            ("130000", "河北|河北省"),
            ("120105", "河北区|天津河北"),
            ("421003", "荆州市荆州区|湖北荆州荆州"),
            ("810000", "香港|香港特别行政区"),
        ] {
            for written in spellings.split('|') {
                assert_eq!(code(written).as_deref(), Ok(code_of), "{written}");
            }
        }
    }

    #[test]
    fn a_name_of_several_is_none_of_any_and_says_of_whom() {
        for written in ["西湖区", "朝阳", "吉林", "鼓楼区", "江苏鼓楼", "新华"] {
            let refused = code(written).expect_err(written);
            assert_eq!(refused.code, "region_ambiguous", "{written}");
        }
        let said = code("西湖区").expect_err("two").detail(domain::Lang::Zh);
        assert!(said.contains("浙江省杭州市西湖区") && said.contains("江西省南昌市西湖区"), "{said}");
        for written in ["", "火星", "杭", "区", "西湖区杭州市", "杭州市西湖区文三路", "杭州市朝阳区", "市辖区", "中国"]
        {
            assert_eq!(code(written).map_err(|refused| refused.code), Err("region_unknown"), "{written}");
        }
    }

    #[test]
    fn every_region_is_found_by_its_whole_name_also_without_the_province() {
        let provinceless = |code: &str, whole: &str| {
            let province = REGIONS.get(code.get(..2)?)?.name;
            whole.strip_prefix(province).filter(|rest| !rest.is_empty()).map(str::to_owned)
        };
        for (known, region) in REGIONS.iter().filter(|(_, region)| !region.name.is_empty()) {
            assert_eq!(code(&region.whole).as_deref(), Ok(full(known).as_str()), "{}", region.whole);
            let Some(rest) = provinceless(known, &region.whole) else { continue };
            match code(&rest) {
                Ok(found) => assert_eq!(found, full(known), "{rest}"),
                Err(refused) => assert_eq!(refused.code, "region_ambiguous", "{rest}"),
            }
        }
    }
}
