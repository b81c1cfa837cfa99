//! Terms: what a customer can be found by, as numbers, so that one index serves every database and no
//! collation plays a part. A term is one or two neighbouring characters of the name or company, or the
//! beginning of how it is spelled. Whatever a term does not say is looked up in the text itself.

use super::spell::{initials, joined, words};
use crate::folded::fold;
use std::collections::BTreeSet;

/// Grows when the rules below change, with a migration that empties the index: the worker then fills it anew.
pub(crate) const VERSION: i64 = 1;
/// Characters of a name or a company that can be searched.
const SEARCHED: usize = 60;
/// Beginnings of a spelling that are terms. The text decides about what comes
/// after them.
const BEGINNINGS: [usize; 6] = [1, 2, 3, 4, 6, 8];
/// Pairs of a query that are looked up; the text decides about the rest.
pub(super) const PAIRS: usize = 3;
/// Marks beginnings: pairs need 42 bits.
const BEGINNING: i64 = 1 << 60;
/// Marks whole companies.
const COMPANY: i64 = 1 << 61;

/// What the index keeps of one customer.
pub(super) struct Indexed {
    /// Its terms, each once.
    pub terms: BTreeSet<i64>,
    /// The name as it is compared: lists of names that begin alike are ordered by it.
    pub name_key: String,
    /// Everything a query may be part of, on lines.
    pub text: String,
}

impl Indexed {
    pub(super) fn of(name: &str, company: Option<&str>) -> Self {
        let mut indexed = Self { terms: BTreeSet::new(), name_key: name_key(name), text: String::new() };
        indexed.add(&indexed.name_key.clone(), true);
        if let Some(company) = company {
            indexed.add(&cut(&fold(company)), false);
            indexed.terms.extend(whole_company(company));
        }
        indexed
    }

    fn add(&mut self, folded: &str, anywhere: bool) {
        let characters: Vec<char> = folded.chars().collect();
        self.terms.extend(characters.iter().map(|c| pair(*c, None)));
        self.terms.extend(neighbours(&characters));
        let words = words(folded);
        // A person is also found by the given name alone, a company by its beginning.
        let starts = if anywhere { words.len() } else { words.len().min(1) };
        for from in 0..starts {
            let tail = words.get(from..).unwrap_or_default();
            for spelled in [joined(tail), initials(tail)] {
                self.terms.extend(BEGINNINGS.iter().filter_map(|length| beginning(spelled.get(..*length)?)));
            }
        }
        for line in [folded, &joined(&words), &initials(&words)] {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}

/// How a query is looked up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sought {
    /// The query as it is compared.
    pub text: String,
    /// Names and companies that hold all of these pairs, and then perhaps the text: each pair once.
    pub pairs: Vec<i64>,
    /// Whether the text has to be looked at after the pairs.
    pub pairs_verify: bool,
    /// The beginning of a spelling, and whether the text has to be looked at after it.
    pub spelled: Option<(i64, bool)>,
}

impl Sought {
    /// `None`: nothing to look for.
    pub(super) fn of(q: &str) -> Option<Self> {
        let text = cut(&fold(q));
        let characters: Vec<char> = text.chars().collect();
        let mut known = BTreeSet::new();
        let pairs: Vec<i64> = match characters.as_slice() {
            [] => return None,
            [only] => vec![pair(*only, None)],
            _ => neighbours(&characters).filter(|pair| known.insert(*pair)).collect(),
        };
        let pairs_verify = characters.len() > 2;
        let latin =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric()) && text.bytes().any(|b| b.is_ascii_alphabetic());
        let spelled = Some(text.len()).filter(|_| latin).and_then(|length| {
            let known = BEGINNINGS.iter().copied().rfind(|known| *known <= length)?;
            Some((beginning(text.get(..known)?)?, length > known))
        });
        Some(Self { pairs, text, pairs_verify, spelled })
    }
}

/// The term of a company however its name is written: 杭州山月茶业有限公司, 山月茶业（有限公司）. `None`: nothing is
/// left of it.
pub(crate) fn whole_company(company: &str) -> Option<i64> {
    let mut bare = fold(company).replace(['(', ')', '（', '）'], "");
    for word in [
        "有限责任公司",
        "股份有限公司",
        "有限公司",
        "分公司",
        "公司",
        "集团",
        "个体工商户",
        "co.,ltd.",
        "co.,ltd",
        "ltd.",
    ] {
        bare = bare.replace(word, "");
    }
    if bare.is_empty() {
        return None;
    }
    let digest = crate::crypto::sha256(bare.as_bytes());
    let first = digest.first_chunk::<8>().map(|bytes| i64::from_be_bytes(*bytes))?;
    Some(COMPANY | (first & (BEGINNING - 1)))
}

/// The name as it is compared.
pub(super) fn name_key(name: &str) -> String {
    cut(&fold(name))
}

fn cut(text: &str) -> String {
    text.chars().take(SEARCHED).collect()
}

/// The pairs of a name or company, those that stand in it twice as well.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = i64> {
    let characters: Vec<char> = cut(&fold(text)).chars().collect();
    neighbours(&characters).collect::<Vec<_>>().into_iter()
}

fn neighbours(characters: &[char]) -> impl Iterator<Item = i64> {
    characters.windows(2).filter_map(|two| Some(pair(*two.first()?, two.get(1).copied())))
}

fn pair(first: char, second: Option<char>) -> i64 {
    (i64::from(u32::from(first)) << 21) | second.map_or(0, |second| i64::from(u32::from(second)))
}

/// Letters and digits in six bits each.
fn beginning(letters: &str) -> Option<i64> {
    letters.bytes().try_fold(BEGINNING, |packed, byte| {
        let digit = match byte {
            b'a'..=b'z' => byte - b'a' + 1,
            b'0'..=b'9' => byte - b'0' + 27,
            _ => return None,
        };
        // The mark stays on top: eight letters are 48 bits.
        Some(BEGINNING | ((packed & (BEGINNING - 1)) << 6) | i64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether the index would find it, as the statement does.
    fn finds(indexed: &Indexed, q: &str) -> bool {
        let Some(sought) = Sought::of(q) else { return false };
        let holds = || indexed.text.contains(&sought.text);
        let by_pairs =
            sought.pairs.iter().all(|pair| indexed.terms.contains(pair)) && (!sought.pairs_verify || holds());
        let by_sound =
            sought.spelled.is_some_and(|(term, verify)| indexed.terms.contains(&term) && (!verify || holds()));
        by_pairs || by_sound
    }

    #[test]
    fn a_customer_is_found_by_parts_of_the_name_and_by_its_sound() {
        let person = Indexed::of("张三丰", Some("武当山月茶行"));
        for q in [
            "张",
            "三",
            "丰",
            "三丰",
            "张三丰",
            "zhangsanfeng",
            "zsf",
            "zs",
            "zhangs",
            "sanfeng",
            "sf",
            "ZSF",
            "月茶",
            "武当山月茶行",
            "wudangsh",
            "wdsy",
        ] {
            assert!(finds(&person, q), "{q}");
        }
        for q in ["李", "丰三", "张丰", "zsg", "zhangsix", "月山", ""] {
            assert!(!finds(&person, q), "{q}");
        }
    }

    #[test]
    fn beginnings_and_pairs_never_meet() {
        assert_ne!(beginning("zz"), beginning("z"));
        assert!(beginning("zzzzzzzz").expect("letters") >= BEGINNING);
        assert!(pair('\u{10ffff}', Some('\u{10ffff}')) < BEGINNING);
    }

    #[test]
    fn a_company_is_the_same_however_it_is_written() {
        let whole = whole_company("杭州山月茶业有限公司");
        assert!(whole.is_some());
        for same in ["杭州山月茶业", "杭州山月茶业（有限公司）", "杭州 山月茶业股份有限公司"]
        {
            assert_eq!(whole_company(same), whole, "{same}");
        }
        assert_ne!(whole_company("杭州云海茶业有限公司"), whole);
        assert_eq!(whole_company("有限公司"), None);
    }

    proptest! {
        #[test]
        fn every_part_of_a_name_finds_it(name in "[\u{4e00}-\u{9fa5}a-zA-Z0-9]{1,12}", from in 0usize..12, length in 1usize..12) {
            let part: String = name.chars().skip(from).take(length).collect();
            prop_assume!(!part.is_empty());
            prop_assert!(finds(&Indexed::of(&name, None), &part));
            prop_assert!(finds(&Indexed::of("别人", Some(&name)), &part));
        }
    }
}
