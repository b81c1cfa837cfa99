//! The keys of one business, unwrapped.

use super::{Index, Key, PersonKeys, SealError, Sealer};
use chrono::{DateTime, Utc};
use uuid::Uuid;

const PERSON_KEY: &str = "customers.person_key";

/// A key of a business as it is stored.
pub struct StoredKey {
    /// Counts from 1; its id in what it wraps.
    pub generation: u16,
    /// From when on it wraps. Until then every server gets to know it.
    pub used_from_at: DateTime<Utc>,
    /// The key, unwrapped.
    pub key: Key,
}

/// Keys of one business.
#[derive(Debug, Clone)]
pub struct TenantKeys {
    /// `tenant|`, before the place of everything that is sealed.
    before: String,
    wrap: Sealer,
    index: Index,
    /// Seals the remembered answers of idempotent requests.
    pub answers: Sealer,
    /// Seals the rows of tables that come in and go out. They live for days; what a key that is replaced
    /// meanwhile has sealed is gone early.
    pub files: Sealer,
}

impl TenantKeys {
    /// Of the generations there are, at a moment; `index` are the keys of the blind indexes, which do
    /// not follow the generations.
    pub(super) fn of(
        tenant_id: i64,
        mut generations: Vec<StoredKey>,
        index: Index,
        now: DateTime<Utc>,
    ) -> Result<Self, SealError> {
        generations.sort_by_key(|stored| stored.generation);
        let current = generations.iter().rposition(|stored| stored.used_from_at <= now).unwrap_or_default();
        if generations.is_empty() {
            return Err(SealError);
        }
        let current = generations.remove(current);
        let id = |stored: &StoredKey, purpose: &str| stored.key.derive(purpose).with_id(stored.generation);
        let sealer = |purpose: &str| {
            Sealer::new(id(&current, purpose), generations.iter().map(|stored| id(stored, purpose)).collect())
        };
        let (wrap, answers, files) = (sealer("shuke/person-keys"), sealer("shuke/answers"), sealer("shuke/files"));
        Ok(Self { before: format!("{tenant_id}|"), wrap, index, answers, files })
    }

    /// New keys for a person, and the form in which they are stored with the customer.
    #[must_use]
    pub fn new_person_keys(&self, customer: Uuid) -> (PersonKeys, Vec<u8>) {
        let keys = PersonKeys::new();
        let stored = self.wrap_person(customer, &keys);
        (keys, stored)
    }

    /// The form in which a person's keys are stored with the customer.
    #[must_use]
    pub fn wrap_person(&self, customer: Uuid, keys: &PersonKeys) -> Vec<u8> {
        self.wrap.seal(&self.place(PERSON_KEY, customer), &keys.bytes())
    }

    /// The keys of a person.
    ///
    /// # Errors
    /// When they were wrapped by another business's key or for another customer.
    pub fn person_keys(&self, customer: Uuid, stored: &[u8]) -> Result<PersonKeys, SealError> {
        PersonKeys::read(&self.wrap.open(&self.place(PERSON_KEY, customer), stored)?)
    }

    /// The generation that wraps now.
    #[must_use]
    pub fn generation(&self) -> u16 {
        self.wrap.current().id()
    }

    /// `tenant|table.column|row`: the place a sealed value belongs to.
    #[must_use]
    pub fn place(&self, column: &str, row: Uuid) -> String {
        // Twice for each customer of a page, so without the machinery of formatting.
        let mut buffer = uuid::Uuid::encode_buffer();
        [&*self.before, column, "|", &*row.hyphenated().encode_lower(&mut buffer)].concat()
    }

    /// The keys of the blind indexes.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }
}
