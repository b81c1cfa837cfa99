//! One way to seal a value: `version(1) | key id(2) | nonce(12) | ciphertext | tag(16)`.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};

const VERSION: u8 = 1;
const HEAD: usize = 3;
const NONCE: usize = 12;

/// A 256-bit key. Never shown, wiped from no log because it reaches none.
#[derive(Clone)]
pub struct Key {
    bytes: [u8; 32],
    /// `None`: it is called as its bytes say, which is found out when somebody wants to know.
    id: Option<u16>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A sealed value could not be opened: wrong key, moved to another row, or damaged.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a sealed value could not be opened: wrong key, wrong row, or damaged")]
pub struct SealError;

impl Key {
    /// A fresh random key.
    #[must_use]
    pub fn random() -> Self {
        Self::from_bytes(super::random())
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes, id: Some(1) }
    }

    /// A key that is called as its bytes say.
    pub(super) fn named(bytes: [u8; 32]) -> Self {
        Self { bytes, id: None }
    }

    /// The same key under another id, which stands in front of everything it seals.
    #[must_use]
    pub(crate) fn with_id(self, id: u16) -> Self {
        Self { id: Some(id), ..self }
    }

    pub(crate) fn id(&self) -> u16 {
        self.id.unwrap_or_else(|| super::name_of(self))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// A key for one purpose, by HKDF-SHA256.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        let mut out = [0; 32];
        #[expect(clippy::expect_used, reason = "32 bytes are one block: HKDF cannot refuse")]
        hkdf::Hkdf::<sha2::Sha256>::new(None, &self.bytes).expand(purpose.as_bytes(), &mut out).expect("one block");
        Self { bytes: out, id: Some(self.id()) }
    }

    /// Seals `plain` for one place. `place` is `tenant|table.column|row id`: the value cannot be
    /// opened anywhere else, so it cannot be moved to another row.
    #[must_use]
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE] = super::random();
        let mut out = Vec::with_capacity(HEAD + NONCE + plain.len() + 16);
        out.push(VERSION);
        out.extend_from_slice(&self.id().to_be_bytes());
        out.extend_from_slice(&nonce);
        let payload = Payload { msg: plain, aad: place.as_bytes() };
        #[expect(clippy::expect_used, reason = "AES-GCM refuses only messages above 64 GiB")]
        out.extend(self.cipher().encrypt(&nonce.into(), payload).expect("short message"));
        out
    }

    /// Opens what [`Key::seal`] sealed for the same place.
    ///
    /// # Errors
    /// When the key or the place is another one, or a byte was changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (head, rest) = sealed.split_at_checked(HEAD).ok_or(SealError)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(SealError)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SealError)?;
        if head.first() != Some(&VERSION) {
            return Err(SealError);
        }
        let payload = Payload { msg: body, aad: place.as_bytes() };
        self.cipher().decrypt(&nonce.into(), payload).map_err(|_| SealError)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.bytes.into())
    }
}

/// The id of the key that sealed it.
#[must_use]
pub fn key_id(sealed: &[u8]) -> Option<u16> {
    let id: [u8; 2] = sealed.get(1..HEAD)?.try_into().ok()?;
    Some(u16::from_be_bytes(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_untouched() {
        let key = Key::random();
        let sealed = key.seal("1|customers.vault|a", "13800138000".as_bytes());
        assert_eq!(key.open("1|customers.vault|a", &sealed).expect("opens"), b"13800138000");
        assert!(key.open("1|customers.vault|b", &sealed).is_err());
        assert!(Key::random().open("1|customers.vault|a", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[at] ^= 1;
            // The key id (bytes 1 and 2) only says which key to try.
            assert!(key.open("1|customers.vault|a", &touched).is_err() || (1..3).contains(&at));
        }
        assert!(key.open("x", &sealed[..10]).is_err());
    }

    #[test]
    fn a_sealed_value_endures_whatever_is_done_to_it() {
        let key = Key::random();
        let sealed = key.seal("1|customers.vault|a", "13800138000".as_bytes());
        crate::mutants::endure(&[sealed.clone(), Vec::new()], |bytes| {
            let opened = key.open("1|customers.vault|a", bytes);
            assert!(opened.is_err() || opened.is_ok_and(|plain| plain == b"13800138000"));
            let _ = key_id(bytes);
        });
    }
}
