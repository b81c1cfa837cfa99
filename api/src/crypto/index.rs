//! Blind indexes: digests of phones, by which they are found while they are sealed. Their key can be
//! replaced: for a while every row has the digests under both keys, and whoever looks asks for both.

use super::{Key, SealError, digest};
use domain::phone::Phone;

/// The keys of one generation.
#[derive(Debug, Clone)]
struct Pair {
    phones: Key,
    last_four: Key,
}

/// How far the key that follows has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Every server gets to know it.
    Announced,
    /// Rows get their second digests.
    Filling,
    /// The second digests take the place of the first.
    Swapping,
}

/// The keys of a business's blind indexes.
#[derive(Debug, Clone)]
pub struct Index {
    present: Pair,
    next: Option<(Pair, Stage)>,
}

/// The digests of one value: what stands in the column, and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// In the column.
    pub first: Vec<u8>,
    /// In the column beside it, during a rotation.
    pub next: Option<Vec<u8>>,
}

impl Pair {
    /// `phones | last four`.
    fn read(bytes: &[u8]) -> Result<Self, SealError> {
        let (phones, last_four) = bytes.split_first_chunk::<32>().ok_or(SealError)?;
        let last_four = last_four.try_into().map_err(|_| SealError)?;
        Ok(Self { phones: Key::from_bytes(*phones), last_four: Key::from_bytes(last_four) })
    }

    /// 16 bytes for a whole number.
    fn phone(&self, phone: &Phone) -> Vec<u8> {
        digest(&self.phones, &[phone.e164().as_bytes()]).get(..16).unwrap_or_default().to_vec()
    }

    /// 16 bytes for another text, within its kind: two parts, so that no phone has the same.
    fn text(&self, kind: &str, text: &str) -> Vec<u8> {
        digest(&self.phones, &[kind.as_bytes(), text.as_bytes()]).get(..16).unwrap_or_default().to_vec()
    }

    /// 8 bytes for four digits.
    fn last_four(&self, digits: &str) -> Vec<u8> {
        digest(&self.last_four, &[digits.as_bytes()]).get(..8).unwrap_or_default().to_vec()
    }
}

impl Index {
    pub(super) fn read(present: &[u8], next: Option<(&[u8], Stage)>) -> Result<Self, SealError> {
        let next = next.map(|(bytes, stage)| Pair::read(bytes).map(|pair| (pair, stage))).transpose()?;
        Ok(Self { present: Pair::read(present)?, next })
    }

    /// What is written for a phone.
    #[must_use]
    pub fn phone(&self, phone: &Phone) -> Digests {
        self.written(|pair| pair.phone(phone))
    }

    /// What is written for the last four digits.
    #[must_use]
    pub fn last_four(&self, digits: &str) -> Digests {
        self.written(|pair| pair.last_four(digits))
    }

    /// What is written for another text, within its kind.
    #[must_use]
    pub fn text(&self, kind: &str, text: &str) -> Digests {
        self.written(|pair| pair.text(kind, text))
    }

    /// Every digest under which another text may stand now, in either column.
    #[must_use]
    pub fn text_anywhere(&self, kind: &str, text: &str) -> Vec<Vec<u8>> {
        self.anywhere(|pair| pair.text(kind, text))
    }

    /// Every digest under which a phone may stand now, in either column.
    #[must_use]
    pub fn phone_anywhere(&self, phone: &Phone) -> Vec<Vec<u8>> {
        self.anywhere(|pair| pair.phone(phone))
    }

    /// Every digest under which four digits may stand now, in either column.
    #[must_use]
    pub fn last_four_anywhere(&self, digits: &str) -> Vec<Vec<u8>> {
        self.anywhere(|pair| pair.last_four(digits))
    }

    /// How far the key that follows has come.
    #[must_use]
    pub fn stage(&self) -> Option<Stage> {
        self.next.as_ref().map(|(_, stage)| *stage)
    }

    fn written(&self, of: impl Fn(&Pair) -> Vec<u8>) -> Digests {
        match &self.next {
            None | Some((_, Stage::Announced)) => Digests { first: of(&self.present), next: None },
            Some((next, Stage::Filling)) => Digests { first: of(&self.present), next: Some(of(next)) },
            Some((next, Stage::Swapping)) => Digests { first: of(next), next: Some(of(next)) },
        }
    }

    fn anywhere(&self, of: impl Fn(&Pair) -> Vec<u8>) -> Vec<Vec<u8>> {
        std::iter::once(&self.present).chain(self.next.as_ref().map(|(pair, _)| pair)).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_two_servers_a_stage_apart_write_is_found_and_is_taken_once() {
        let phone = Phone::parse("13800138000").expect("a phone");
        let (old, new) = ([1; 64], [2; 64]);
        let at = |stage: Option<Stage>| Index::read(&old, stage.map(|stage| (new.as_slice(), stage))).expect("keys");
        let after = Index::read(&new, None).expect("keys");
        let course = [at(None), at(Some(Stage::Announced)), at(Some(Stage::Filling)), at(Some(Stage::Swapping)), after];
        for pair in course.windows(2) {
            let (before, behind) = (pair[0].phone(&phone), pair[1].phone(&phone));
            let same_first = before.first == behind.first;
            let same_next = before.next.is_some() && before.next == behind.next;
            assert!(same_first || same_next, "the unique indexes keep two apart: {before:?} {behind:?}");
            for (written, looker) in [(&before, &pair[1]), (&behind, &pair[0])] {
                let asked = looker.phone_anywhere(&phone);
                let found =
                    asked.contains(&written.first) || written.next.as_ref().is_some_and(|next| asked.contains(next));
                assert!(found, "{written:?} by {:?}", looker.stage());
            }
        }
    }
}
