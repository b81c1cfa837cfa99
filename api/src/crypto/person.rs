//! The keys of one person, as they stand wrapped in the customer's row: one for what is sealed with the
//! customer and the orders, one for the audit record. Both are destroyed together.

use super::{Key, SealError, Sealer};

/// The keys of one person.
#[derive(Debug, Clone)]
pub struct PersonKeys {
    /// Seals phones and addresses. It can be replaced; the one before it stays for what is sealed with
    /// it at this very moment.
    pub vault: Sealer,
    /// Seals the person's values in the audit record. It stays: the chain's hashes cover what it sealed.
    pub record: Key,
}

impl PersonKeys {
    pub(super) fn new() -> Self {
        Self { vault: Sealer::new(fresh(), Vec::new()), record: Key::random() }
    }

    /// Another key for phones and addresses.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self { vault: Sealer::new(fresh(), vec![self.vault.current().clone()]), record: self.record.clone() }
    }

    /// `vault | record | the vault key before`.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.vault.current().bytes().to_vec();
        bytes.extend(self.record.bytes());
        bytes.extend(self.vault.former().flat_map(|key| key.bytes().iter().copied()));
        bytes
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, SealError> {
        let (vault, rest) = bytes.split_first_chunk::<32>().ok_or(SealError)?;
        let vault = Key::named(*vault);
        // Customers of the first versions have one key.
        let Some((record, rest)) = rest.split_first_chunk::<32>() else {
            let record = vault.derive("shuke/record");
            return Ok(Self { vault: Sealer::new(vault, Vec::new()), record });
        };
        let former = rest.chunks(32).map(|chunk| <[u8; 32]>::try_from(chunk).map(Key::named).map_err(|_| SealError));
        Ok(Self { vault: Sealer::new(vault, former.collect::<Result<_, _>>()?), record: Key::from_bytes(*record) })
    }
}

fn fresh() -> Key {
    Key::named(super::random())
}
