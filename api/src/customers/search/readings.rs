//! How a character is read: 长 is `chang` in 长沙, `zhang` in 行长, and may be either where no word tells.

use pinyin::ToPinyin as _;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What `readings.txt` says of one character.
#[derive(Default)]
struct Readings {
    /// Where no word tells.
    alone: Vec<&'static str>,
    /// Words that hold the character, where it stands in each, and how it is read there.
    within: Vec<(Vec<char>, usize, Vec<&'static str>)>,
    /// As the first of a person's name, besides.
    family: Vec<&'static str>,
}

static READINGS: LazyLock<HashMap<char, Readings>> = LazyLock::new(|| {
    let lines = include_str!("readings.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(read).collect()
});

/// `盖 gai | gai 盖碗 | 姓 ge`.
fn read(line: &'static str) -> Option<(char, Readings)> {
    let mut parts = line.split(" | ");
    let (character, alone) = parts.next()?.split_once(' ')?;
    let character = character.chars().next()?;
    let mut all = Readings { alone: alone.split(' ').collect(), ..Readings::default() };
    for part in parts {
        if let Some(family) = part.strip_prefix("姓 ") {
            all.family = family.split(' ').collect();
            continue;
        }
        let (readings, words): (Vec<_>, Vec<_>) = part.split(' ').partition(|word| word.is_ascii() || *word == "lü");
        for word in words {
            let places = word.chars().enumerate().filter(|(_, c)| *c == character);
            all.within.extend(places.map(|(at, _)| (word.chars().collect(), at, readings.clone())));
        }
    }
    Some((character, all))
}

/// Each way in which the character at a place may be read, with ü as it is, the commonest first. None: it has no sound.
pub(super) fn readings(text: &[char], at: usize, person: bool) -> Vec<&'static str> {
    let Some(character) = text.get(at) else { return Vec::new() };
    let Some(known) = READINGS.get(character) else {
        return character.to_pinyin().map(pinyin::Pinyin::plain).into_iter().collect();
    };
    let told = known.within.iter().filter(|(word, place, _)| {
        at.checked_sub(*place).and_then(|from| text.get(from..from + word.len())).is_some_and(|here| here == word)
    });
    let mut all: Vec<_> = told.flat_map(|(_, _, readings)| readings).copied().collect();
    if all.is_empty() {
        all.clone_from(&known.alone);
    }
    if person && at == 0 {
        all.splice(0..0, known.family.iter().copied());
    }
    let mut said = HashSet::new();
    all.retain(|reading| said.insert(*reading));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_says_something_of_another_character() {
        let lines = include_str!("readings.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(lines.count(), READINGS.len());
        for (character, known) in &*READINGS {
            let said = known.within.iter().flat_map(|(_, _, readings)| readings).chain(&known.alone);
            for reading in said.chain(&known.family) {
                let letters = reading.chars().all(|c| c.is_ascii_lowercase() || c == 'ü');
                assert!(letters && !reading.is_empty(), "{character}: {reading}");
            }
            assert!(known.within.iter().all(|(_, _, readings)| !readings.is_empty()), "{character}");
            let plain = character.to_pinyin().map(pinyin::Pinyin::plain);
            let more = known.alone.iter().copied().ne(plain) || !known.within.is_empty() || !known.family.is_empty();
            assert!(more, "{character} is read as the crate says");
        }
    }

    #[test]
    fn every_word_holds_its_character() {
        for line in include_str!("readings.txt").lines().filter(|line| !line.starts_with('#')) {
            let character = line.chars().next().expect("a character");
            for word in line.split([' ', '|']).filter(|word| !word.is_ascii() && !["姓", "lü"].contains(word)) {
                assert!(word.contains(character), "{character}: {word}");
            }
        }
    }
}
