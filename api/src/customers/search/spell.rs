//! How names are spelled: 张三丰 is `zhangsanfeng` and, by its initials, `zsf`.

use super::readings::readings;
use crate::folded::fold;

/// How many ways of spelling a text are known, of as many as its characters may be read in: three characters whose word
/// is not known. What comes after them is spelled in one way.
const MOST: usize = 8;

/// Where a word begins, and how it is spelled.
pub(super) type Word = (usize, String);

/// The text in a LIKE pattern, where nothing of it means anything.
pub(super) fn literal(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// What is typed for a sound: ü is `v` on every keyboard.
pub(super) fn typed(sound: &str) -> String {
    sound.replace('ü', "v")
}

/// The ways in which a folded text is spelled: one word for each Chinese character and one for each run of Latin letters
/// and digits, with the place of its first character. Other characters have no sound. There is always one way, and it is
/// empty when nothing sounds.
pub(super) fn spellings(folded: &str, person: bool) -> Vec<Vec<Word>> {
    let text: Vec<char> = folded.chars().collect();
    let (mut all, mut latin) = (vec![Vec::<Word>::new()], false);
    for (at, c) in text.iter().enumerate() {
        let goes_on = std::mem::replace(&mut latin, c.is_ascii_alphanumeric());
        if latin {
            for words in &mut all {
                match words.last_mut().filter(|_| goes_on) {
                    Some((_, word)) => word.push(*c),
                    None => words.push((at, c.to_string())),
                }
            }
            continue;
        }
        let mut sounds = readings(&text, at, person);
        sounds.truncate((MOST / all.len()).max(1));
        let Some(last) = sounds.pop() else { continue };
        let before = if sounds.is_empty() { Vec::new() } else { all.clone() };
        all.iter_mut().for_each(|words| words.push((at, last.to_owned())));
        for sound in sounds {
            all.extend(before.iter().map(|words| [words.as_slice(), &[(at, sound.to_owned())]].concat()));
        }
    }
    // 吕 is `lv` on every keyboard, and many type `lu`: whoever does so does it throughout.
    let umlauts = |words: &&Vec<Word>| words.iter().any(|(_, word)| word.contains('ü'));
    let simple = |words: &Vec<Word>| words.iter().map(|(at, word)| (*at, word.replace('ü', "u"))).collect();
    let more: Vec<_> = all.iter().filter(umlauts).map(simple).collect();
    for (_, word) in all.iter_mut().flatten() {
        if word.contains('ü') {
            *word = typed(word);
        }
    }
    all.extend(more);
    all
}

/// The initials of words.
pub(super) fn initials(words: &[Word]) -> String {
    words.iter().filter_map(|(_, word)| word.chars().next()).collect()
}

/// The words, written as one.
pub(super) fn joined(words: &[Word]) -> String {
    words.iter().map(|(_, word)| word.as_str()).collect()
}

/// Where in a text the query stands: the first character and how many there are. The query is folded.
pub(super) fn locate(text: &str, q: &str, person: bool) -> Option<(usize, usize)> {
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
    direct.or_else(|| sounding(&folded, &typed(q), person))
}

fn sounding(folded: &[String], q: &str, person: bool) -> Option<(usize, usize)> {
    // Places in the shown text of the characters of the folded one.
    let places: Vec<usize> = folded.iter().enumerate().flat_map(|(at, part)| part.chars().map(move |_| at)).collect();
    let spellings = spellings(&folded.concat(), person);
    let (from, to) =
        spellings.iter().find_map(|words| (0..words.len()).find_map(|from| spelled(words.get(from..)?, q)))?;
    let (first, last) = (*places.get(from)?, *places.get(to)?);
    Some((first, last + 1 - first))
}

/// The places of the first and the last word of those that begin with the query.
fn spelled(words: &[Word], q: &str) -> Option<(usize, usize)> {
    let (first, _) = words.first()?;
    let mut rest = q;
    for (at, word) in words {
        match rest.strip_prefix(word.as_str()) {
            Some("") => return Some((*first, *at)),
            Some(left) => rest = left,
            None if word.starts_with(rest) => return Some((*first, *at)),
            None => break,
        }
    }
    let (last, _) = words.get(q.len().checked_sub(1)?).filter(|_| initials(words).starts_with(q))?;
    Some((*first, *last))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How a text is spelled in full, in alphabetical order.
    fn all(text: &str, person: bool) -> String {
        let mut all: Vec<String> = spellings(&fold(text), person).iter().map(|words| joined(words)).collect();
        all.sort();
        all.join(" ")
    }

    #[test]
    fn a_name_is_spelled_in_full_and_by_its_initials() {
        let names = spellings(&fold("张三丰"), true);
        let [name] = names.as_slice() else { panic!("one way: {names:?}") };
        assert_eq!((joined(name).as_str(), initials(name).as_str()), ("zhangsanfeng", "zsf"));
        assert_eq!(
            spellings(&fold("ABC 茶 庄2店"), false).iter().map(|words| initials(words)).next().expect("one"),
            "acz2d"
        );
        assert_eq!(spellings("，", true), [[]]);
    }

    #[test]
    fn a_character_is_read_as_its_word_says_and_else_in_each_way() {
        for (text, spelled) in [
            ("长沙", "changsha"),
            ("行长", "hangzhang"),
            ("中国银行", "zhongguoyinhang"),
            ("成都市", "chengdushi"),
            ("六安", "liuan luan"),
            ("长", "chang zhang"),
            ("万俟", "moqi"),
            ("单记", "danji shanji"),
            ("盖碗茶庄", "gaiwanchazhuang"),
            ("女", "nu nv"),
            ("绿女", "lunu lvnv"),
            // As many ways as three characters have, and no more.
            (
                "长长长长",
                "changchangchangchang changchangzhangchang changzhangchangchang changzhangzhangchang \
                zhangchangchangchang zhangchangzhangchang zhangzhangchangchang zhangzhangzhangchang",
            ),
        ] {
            assert_eq!(all(text, false), spelled, "{text}");
        }
    }

    #[test]
    fn a_person_begins_with_a_family_name_perhaps() {
        for (name, person, company) in [
            ("曾国藩", "zengguofan", "zengguofan"),
            ("盖宽", "gaikuan gekuan", "gaikuan"),
            ("解放", "jiefang xiefang", "jiefang"),
            ("区先生", "ouxiansheng quxiansheng", "quxiansheng"),
            ("吕布", "lubu lvbu", "lubu lvbu"),
            ("小区", "xiaoqu", "xiaoqu"),
        ] {
            assert_eq!((all(name, true).as_str(), all(name, false).as_str()), (person, company), "{name}");
        }
    }

    #[test]
    fn what_was_searched_is_found_in_the_name_as_it_is_shown() {
        for (text, q, found) in [
            ("张三丰", "三", Some((1, 1))),
            ("张三丰", "sanf", Some((1, 2))),
            ("张三丰", "zsf", Some((0, 3))),
            ("张三丰", "zhangsanfeng", Some((0, 3))),
            ("Ａpple 店", "apple店", Some((0, 7))),
            ("张三丰", "李", None),
            ("", "李", None),
            ("湖南长沙", "changsha", Some((2, 2))),
            ("湖南长沙", "zhangsha", None),
            ("小单", "shan", Some((1, 1))),
            ("小单", "xd", Some((0, 2))),
            ("吕布", "lübu", Some((0, 2))),
            ("吕布", "lub", Some((0, 2))),
        ] {
            assert_eq!(locate(text, q, true), found, "{text}: {q}");
        }
    }
}
