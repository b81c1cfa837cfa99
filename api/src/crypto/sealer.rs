//! Several keys for one purpose while one follows the other: the first seals, each of them opens.

use super::{Key, SealError};

/// The key that seals, and those that still open what they sealed.
#[derive(Debug, Clone)]
pub struct Sealer {
    current: Key,
    former: Vec<Key>,
}

impl Sealer {
    pub(super) fn new(current: Key, former: Vec<Key>) -> Self {
        Self { current, former }
    }

    /// The key that seals.
    #[must_use]
    pub fn current(&self) -> &Key {
        &self.current
    }

    /// Those that still open what they sealed.
    pub(super) fn former(&self) -> impl Iterator<Item = &Key> {
        self.former.iter()
    }

    /// Seals for one place, see [`Key::seal`].
    #[must_use]
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        self.current.seal(place, plain)
    }

    /// Opens what any of the keys sealed for the same place. The id in front says which to try first;
    /// what the first versions sealed names none.
    ///
    /// # Errors
    /// When none of the keys fits, or the place is another one, or a byte was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        if self.former.is_empty() {
            return self.current.open(place, sealed);
        }
        let id = super::key_id(sealed).ok_or(SealError)?;
        let keys = || std::iter::once(&self.current).chain(&self.former);
        let (named, others) = (keys().filter(|key| key.id() == id), keys().filter(|key| key.id() != id));
        named.chain(others).find_map(|key| key.open(place, sealed).ok()).ok_or(SealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_former_key_sealed_opens_and_is_told_apart() {
        let (old, new) = (Key::random().with_id(7), Key::random().with_id(8));
        let before = Sealer::new(old.clone(), Vec::new());
        let after = Sealer::new(new, vec![old]);
        let sealed = before.seal("p", b"x");
        assert_eq!(after.open("p", &sealed).expect("opens"), b"x");
        assert_eq!([7, 8].map(Some), [&sealed, &after.seal("p", b"x")].map(|sealed| crate::crypto::key_id(sealed)));
        assert!(before.open("p", &after.seal("p", b"x")).is_err());
        assert!(after.open("q", &sealed).is_err());
    }
}
