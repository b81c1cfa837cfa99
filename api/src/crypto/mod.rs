//! Keys and what is done with them: sealing (AES-256-GCM), blind indexes and digests (HMAC-SHA256).
//!
//! The master key wraps one key per business, which wraps one key per person. Nothing is sealed
//! under the master key itself: each purpose has its own key, derived by HKDF (RFC 5869).

mod index;
mod keyring;
mod kms;
mod letters;
mod master;
mod person;
mod seal;
mod sealer;
mod tenant;

pub use index::{Digests, Index, Stage};
pub use keyring::Keyring;
pub(crate) use keyring::{LOOKUPS, NEXT_LOOKUPS, index_keys, key, tenant_place, write_private};
pub use letters::letters;
pub use person::PersonKeys;
pub use seal::{Key, SealError, key_id};
pub use sealer::Sealer;
pub use tenant::{StoredKey, TenantKeys};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// Random bytes from the operating system.
///
/// # Panics
/// When the operating system has none to give: there is no safe way to go on.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "without randomness nothing may be issued or sealed")]
    getrandom::fill(&mut bytes).expect("the operating system's randomness");
    bytes
}

/// HMAC-SHA256 of `parts`, each preceded by its length so that no two lists collide.
#[must_use]
pub fn digest(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).expect("any length");
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A name for a key that tells nothing about it: its id in front of what it seals. The first bit keeps
/// it apart from the numbers of generations.
fn name_of(key: &Key) -> u16 {
    let name = digest(key, &[b"shuke/key-id"]);
    let [first, second, ..] = name;
    u16::from_be_bytes([first | 0x80, second])
}

/// SHA-256, for comparing bodies (no secret involved).
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Compares without telling by its duration where the difference is.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |acc, (x, y)| acc | (x ^ y)) == 0
}
