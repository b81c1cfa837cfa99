//! Terms: what a customer can be found by, as numbers, so that one index serves every database and no
//! collation plays a part. A term is one or two neighbouring characters of the name or company, or the
//! beginning of how it is spelled. Whatever a term does not say is looked up in the text itself.

use super::spell::{initials, joined, spellings, typed};
use crate::folded::fold;
use std::collections::BTreeSet;

/// Grows when the rules below or those of spelling change: the worker then writes again what they change.
pub(crate) const VERSION: i64 = 2;
/// Characters of a name or a company that can be searched.
const SEARCHED: usize = 60;
/// Characters of its lines: the column holds two thousand, of a name and a company. One way of spelling always fits.
const HELD: usize = 990;
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

    fn add(&mut self, folded: &str, person: bool) {
        let characters: Vec<char> = folded.chars().collect();
        self.terms.extend(characters.iter().map(|c| pair(*c, None)));
        self.terms.extend(neighbours(&characters));
        let (mut lines, mut room) = (vec![folded.to_owned()], HELD - characters.len());
        for words in spellings(folded, person) {
            let mut spelled = vec![joined(&words), initials(&words)];
            if lines.len() > 1 {
                // Ways of spelling a text may begin alike, or differ in one character only.
                spelled.retain(|line| !lines.contains(line));
            }
            let Some(left) = room.checked_sub(spelled.iter().map(|line| line.len() + 1).sum()) else { break };
            room = left;
            // A person is also found by the given name alone, a company by its beginning.
            let starts = if person { words.len() } else { words.len().min(1) };
            for tail in (0..starts).filter_map(|from| words.get(from..)) {
                self.terms.extend(beginnings(&joined(tail)).chain(beginnings(&initials(tail))));
            }
            lines.extend(spelled);
        }
        self.text.extend(lines.iter().flat_map(|line| [line.as_str(), "\n"]));
    }

    /// Terms that whoever has this text may have, by whatever rules they were made: all that its letters can begin with.
    pub(super) fn perhaps(text: &str) -> BTreeSet<i64> {
        let lines = text.lines().filter(|line| line.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let tails = lines.flat_map(|line| (0..line.len()).filter_map(|from| line.get(from..)));
        tails.flat_map(beginnings).collect()
    }

    /// Whether it holds what is sought, in letters or in sound.
    pub(super) fn holds(&self, sought: &Sought) -> bool {
        sought.texts().any(|text| self.text.contains(text))
    }

    /// Whether it sounds like what is sought.
    pub(super) fn sounds(&self, sought: &Sought) -> bool {
        sought.spelled.as_ref().is_some_and(|spelled| self.terms.contains(&spelled.term)) && self.holds(sought)
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
    /// The query as a spelling.
    pub spelled: Option<Spelled>,
}

/// How a query is looked up that is a spelling.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    /// The query as spellings are written.
    text: String,
    /// The beginning of a spelling.
    pub term: i64,
    /// Whether the text has to be looked at after it.
    pub verify: bool,
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
        let spelled = Spelled::of(&text);
        Some(Self { pairs, text, pairs_verify, spelled })
    }

    /// What the text of whoever is found holds one of.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let other = self.spelled.as_ref().map(|spelled| spelled.text.as_str());
        std::iter::once(self.text.as_str()).chain(other.filter(|other| *other != self.text))
    }
}

impl Spelled {
    fn of(q: &str) -> Option<Self> {
        let text = typed(q);
        let latin =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric()) && text.bytes().any(|b| b.is_ascii_alphabetic());
        let length = BEGINNINGS.iter().copied().rfind(|known| latin && *known <= text.len())?;
        let term = beginning(text.get(..length)?)?;
        Some(Self { term, verify: text.len() > length, text })
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

/// The terms of a spelling.
fn beginnings(spelled: &str) -> impl Iterator<Item = i64> {
    BEGINNINGS.iter().filter_map(|length| beginning(spelled.get(..*length)?))
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
        let by_pairs = sought.pairs.iter().all(|pair| indexed.terms.contains(pair))
            && (!sought.pairs_verify || indexed.holds(&sought));
        let by_sound = sought.spelled.as_ref().is_some_and(|spelled| {
            indexed.terms.contains(&spelled.term) && (!spelled.verify || indexed.holds(&sought))
        });
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
        let person = Indexed::of("吕长行", Some("重楼参茸行"));
        for q in ["lvchangxing", "luzhangh", "lüchangh", "lüc", "lzx", "chonglou", "zlsrh", "zhonglourongxing", "clsrh"]
        {
            let found = !["zhonglourongxing", "zlsrh"].contains(&q);
            assert_eq!(finds(&person, q), found, "{q}");
        }
    }

    #[test]
    fn beginnings_and_pairs_never_meet() {
        assert_ne!(beginning("zz"), beginning("z"));
        assert!(beginning("zzzzzzzz").expect("letters") >= BEGINNING);
        assert!(pair('\u{10ffff}', Some('\u{10ffff}')) < BEGINNING);
    }

    #[test]
    fn whatever_was_spelled_can_be_found_again_in_the_text() {
        let customer = Indexed::of("吕行", Some("重楼abc茶行"));
        let plain = |term: &i64| *term < BEGINNING || *term >= COMPANY;
        let kept = Indexed::perhaps(&customer.text);
        assert!(customer.terms.iter().all(|term| plain(term) || kept.contains(term)));
        assert!(!kept.iter().any(plain));
    }

    #[test]
    fn however_many_ways_there_are_the_text_fits() {
        for (text, ways) in [("长行乐单".repeat(20), 2), ("长行吕".to_owned(), 8), ("率".repeat(60), 1)] {
            let customer = Indexed::of(&text, Some(&text));
            let (length, lines) = (customer.text.chars().count(), customer.text.lines().count());
            assert!(length <= 2_000 && lines > 2 * ways, "{text}: {length} in {lines}");
        }
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
