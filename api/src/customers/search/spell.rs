//! How names are spelled: 张三丰 is `zhangsanfeng` and, by its initials, `zsf`.

use crate::folded::fold;
use pinyin::ToPinyin as _;

/// Characters that are read differently as a family name (《通用规范汉字表》 and GB/T 28039 usage).
const FAMILY_NAMES: &[(char, &str)] = &[
    ('曾', "zeng"),
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('查', "zha"),
    ('盖', "ge"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('区', "ou"),
    ('任', "ren"),
    ('华', "hua"),
    ('覃', "qin"),
    ('尉', "yu"),
    ('缪', "miao"),
    ('乐', "yue"),
    ('折', "she"),
    ('秘', "bi"),
    ('繁', "po"),
    ('员', "yun"),
    ('种', "chong"),
    ('召', "shao"),
    ('冼', "xian"),
    ('逄', "pang"),
];

/// The text in a LIKE pattern, where nothing of it means anything.
pub(super) fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// How the characters of a folded text are read, one word for each Chinese character and one for each
/// run of Latin letters and digits, with the place of its first character. Other characters have no sound.
pub(super) fn words(folded: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut latin = false;
    for (at, c) in folded.chars().enumerate() {
        if c.is_ascii_alphanumeric() {
            match words.last_mut().filter(|_| latin) {
                Some((_, word)) => word.push(c),
                None => words.push((at, c.to_string())),
            }
            latin = true;
            continue;
        }
        latin = false;
        let family = FAMILY_NAMES.iter().find(|(name, _)| at == 0 && *name == c).map(|(_, sound)| *sound);
        if let Some(sound) = family.or_else(|| c.to_pinyin().map(pinyin::Pinyin::plain)) {
            // 吕 is typed as `lv` on every keyboard.
            words.push((at, sound.replace('ü', "v")));
        }
    }
    words
}

/// The initials of words.
pub(super) fn initials(words: &[(usize, String)]) -> String {
    words.iter().filter_map(|(_, word)| word.chars().next()).collect()
}

/// The words, written as one.
pub(super) fn joined(words: &[(usize, String)]) -> String {
    words.iter().map(|(_, word)| word.as_str()).collect()
}

/// Where in a text the query stands: the first character and how many there are. The query is folded.
pub(super) fn locate(text: &str, q: &str) -> Option<(usize, usize)> {
    // Character by character, so that places count in the text as it is shown.
    let folded: Vec<String> = text.chars().map(|c| fold(&c.to_string())).collect();
    let direct = (0..folded.len()).find_map(|from| {
        let mut rest = q;
        for (count, part) in folded.get(from..)?.iter().enumerate() {
            if rest.is_empty() {
                return Some((from, count));
            }
            match rest.strip_prefix(part.as_str()) {
                Some(left) => rest = left,
                // The last character may fold to more than the query still holds.
                None if part.starts_with(rest) => return Some((from, count + 1)),
                None => return None,
            }
        }
        rest.is_empty().then_some((from, folded.len() - from))
    });
    direct.or_else(|| sounding(&folded, q))
}

fn sounding(folded: &[String], q: &str) -> Option<(usize, usize)> {
    // Places in the shown text of the characters of the folded one.
    let places: Vec<usize> = folded.iter().enumerate().flat_map(|(at, part)| part.chars().map(move |_| at)).collect();
    let words = words(&folded.concat());
    let place = |at: usize| places.get(at).copied();
    for from in 0..words.len() {
        let tail = words.get(from..)?;
        let first = place(tail.first()?.0)?;
        let mut rest = q;
        for (at, word) in tail {
            match rest.strip_prefix(word.as_str()) {
                Some("") => return Some((first, place(*at)? + 1 - first)),
                Some(left) => rest = left,
                None if word.starts_with(rest) => return Some((first, place(*at)? + 1 - first)),
                None => break,
            }
        }
        if initials(tail).starts_with(q) {
            let last = tail.get(q.len().checked_sub(1)?)?.0;
            return Some((first, place(last)? + 1 - first));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_spelled_in_full_and_by_its_initials() {
        let name = words(&fold("张三丰"));
        assert_eq!((joined(&name).as_str(), initials(&name).as_str()), ("zhangsanfeng", "zsf"));
        assert_eq!(joined(&words("曾国藩")), "zengguofan");
        assert_eq!(joined(&words("吕布")), "lvbu");
        assert_eq!(initials(&words(&fold("ABC 茶 庄2店"))), "acz2d");
    }

    #[test]
    fn what_was_searched_is_found_in_the_name_as_it_is_shown() {
        assert_eq!(locate("张三丰", "三"), Some((1, 1)));
        assert_eq!(locate("张三丰", "sanf"), Some((1, 2)));
        assert_eq!(locate("张三丰", "zsf"), Some((0, 3)));
        assert_eq!(locate("张三丰", "zhangsanfeng"), Some((0, 3)));
        assert_eq!(locate("Ａpple 店", "apple店"), Some((0, 7)));
        assert_eq!(locate("张三丰", "李"), None);
        assert_eq!(locate("", "李"), None);
    }
}
