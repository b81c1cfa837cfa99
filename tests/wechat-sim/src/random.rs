//! Identifiers that look like WeChat's.
//!
//! The operating system is asked for entropy once, at start, where a failure can still be reported;
//! from then on drawing cannot fail.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

pub(crate) struct Random {
    seed: [u8; 32],
    counter: AtomicU64,
}

impl Random {
    pub(crate) fn from_system() -> anyhow::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("no entropy: {error}"))?;
        Ok(Self { seed, counter: AtomicU64::new(0) })
    }

    pub(crate) fn bytes(&self, count: usize) -> Vec<u8> {
        let mut drawn = Vec::with_capacity(count + 32);
        while drawn.len() < count {
            let turn = self.counter.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new();
            hash.update(self.seed);
            hash.update(turn.to_be_bytes());
            drawn.extend_from_slice(&hash.finalize());
        }
        drawn.truncate(count);
        drawn
    }

    pub(crate) fn hex(&self, bytes: usize) -> String {
        hex::encode(self.bytes(bytes))
    }

    pub(crate) fn alphanumeric(&self, chars: usize) -> String {
        self.bytes(chars)
            .into_iter()
            .filter_map(|byte| ALPHABET.get(usize::from(byte) % ALPHABET.len()))
            .map(|byte| char::from(*byte))
            .collect()
    }

    /// `digits` decimal digits without a leading zero.
    pub(crate) fn digits(&self, digits: usize) -> String {
        let drawn = self.bytes(digits);
        drawn
            .iter()
            .enumerate()
            .map(|(place, byte)| {
                let digit = if place == 0 { byte % 9 + 1 } else { byte % 10 };
                char::from(b'0' + digit)
            })
            .collect()
    }
}

/// `prefix` and 27 url-safe characters that depend on nothing but `parts`: an openid stays the
/// same over restarts, so a development database keeps matching its customers.
pub(crate) fn stable_id(prefix: char, parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let text: String = URL_SAFE_NO_PAD.encode(hash.finalize()).chars().take(27).collect();
    format!("{prefix}{text}")
}
