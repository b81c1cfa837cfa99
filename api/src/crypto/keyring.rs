//! The installation's keys and the keys of a business, derived or unwrapped.

use super::{Key, SealError, digest};
use crate::config;
use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::phone::Phone;
use secrecy::ExposeSecret as _;
use std::path::Path;

/// Keys of the installation, one for each purpose.
#[derive(Debug, Clone)]
pub struct Keyring {
    /// Signs access tokens.
    pub tokens: Key,
    /// Digests of refresh tokens, receipt codes and idempotency keys.
    pub digests: Key,
    /// Seals rows that belong to no business.
    pub installation: Key,
    wrap: Key,
    phones: Key,
}

impl Keyring {
    /// Reads the master key from the settings or the key file. None in the embedded profile when
    /// there is none yet.
    ///
    /// # Errors
    /// When there is no key in the production profile, or the key is not base64 of 32 bytes.
    pub fn find(keys: &config::Keys, profile: config::Profile) -> anyhow::Result<Option<Self>> {
        let text = if !keys.master.expose_secret().is_empty() {
            keys.master.expose_secret().to_owned()
        } else if Path::new(&keys.file).exists() {
            std::fs::read_to_string(&keys.file).with_context(|| format!("key file {}", keys.file))?
        } else if profile == config::Profile::Embedded {
            return Ok(None);
        } else {
            bail!("there is no master key: set SHUKE_KEYS__MASTER or [keys] file ({})", keys.file);
        };
        let bytes = STANDARD.decode(text.trim()).context("the master key is not base64")?;
        let bytes = <[u8; 32]>::try_from(bytes).ok().context("the master key does not have 32 bytes")?;
        Ok(Some(Self::from_master(bytes)))
    }

    /// Draws a master key and writes it into the key file with mode 0600.
    ///
    /// # Errors
    /// When the file exists by now or cannot be written.
    pub fn make(keys: &config::Keys) -> anyhow::Result<Self> {
        let master = super::random::<32>();
        write_private(Path::new(&keys.file), STANDARD.encode(master).as_bytes())?;
        tracing::info!(file = keys.file, "made a master key: back this file up");
        Ok(Self::from_master(master))
    }

    /// Derives all keys from a master key.
    #[must_use]
    pub fn from_master(master: [u8; 32]) -> Self {
        let master = Key::from_bytes(master);
        Self {
            tokens: master.derive("shuke/tokens"),
            digests: master.derive("shuke/digests"),
            installation: master.derive("shuke/installation"),
            wrap: master.derive("shuke/tenant-keys"),
            phones: master.derive("shuke/phones"),
        }
    }

    /// Blind index of a phone across all businesses: for staff, proved phones and orders.
    #[must_use]
    pub fn phone_digest(&self, phone: &Phone) -> Vec<u8> {
        digest(&self.phones, &[phone.e164().as_bytes()]).get(..16).unwrap_or_default().to_vec()
    }

    /// A new key for a business, and the form in which it is stored.
    #[must_use]
    pub fn new_tenant_key(&self, tenant_id: i64) -> Vec<u8> {
        self.wrap.seal(&tenant_place(tenant_id), Key::random().bytes())
    }

    /// The keys of a business from their stored form.
    ///
    /// # Errors
    /// When the master key is not the one that wrapped them.
    pub fn tenant_keys(&self, tenant_id: i64, stored: &[u8]) -> Result<TenantKeys, SealError> {
        let bytes = self.wrap.open(&tenant_place(tenant_id), stored)?;
        let key = Key::from_bytes(bytes.try_into().map_err(|_| SealError)?);
        Ok(TenantKeys {
            tenant_id,
            wrap: key.derive("shuke/person-keys"),
            phones: key.derive("shuke/phones"),
            last_four: key.derive("shuke/last-four"),
            answers: key.derive("shuke/answers"),
        })
    }
}

fn tenant_place(tenant_id: i64) -> String {
    format!("{tenant_id}|tenants.tenant_key|{tenant_id}")
}

const PERSON_KEY: &str = "customers.person_key";

/// The keys of one person. Both are destroyed together.
#[derive(Debug, Clone)]
pub struct PersonKeys {
    /// Seals phones and addresses. Can be replaced: what it sealed is sealed anew.
    pub vault: Key,
    /// Seals the person's values in the audit record. It stays: the chain's hashes cover what it sealed.
    pub record: Key,
}

/// Keys of one business.
#[derive(Debug, Clone)]
pub struct TenantKeys {
    tenant_id: i64,
    wrap: Key,
    phones: Key,
    last_four: Key,
    /// Seals the remembered answers of idempotent requests.
    pub answers: Key,
}

impl TenantKeys {
    /// New keys for a person, and the form in which they are stored with the customer.
    #[must_use]
    pub fn new_person_keys(&self, customer: uuid::Uuid) -> (PersonKeys, Vec<u8>) {
        let keys = PersonKeys { vault: Key::random(), record: Key::random() };
        let stored = self.wrap_person(customer, &keys);
        (keys, stored)
    }

    /// The form in which a person's keys are stored with the customer.
    #[must_use]
    pub fn wrap_person(&self, customer: uuid::Uuid, keys: &PersonKeys) -> Vec<u8> {
        let both = [keys.vault.bytes().as_slice(), keys.record.bytes()].concat();
        self.wrap.seal(&self.place(PERSON_KEY, customer), &both)
    }

    /// The keys of a person.
    ///
    /// # Errors
    /// When they were wrapped by another business's key or for another customer.
    pub fn person_keys(&self, customer: uuid::Uuid, stored: &[u8]) -> Result<PersonKeys, SealError> {
        let bytes = self.wrap.open(&self.place(PERSON_KEY, customer), stored)?;
        let (vault, record) = bytes.split_first_chunk::<32>().ok_or(SealError)?;
        let vault = Key::from_bytes(*vault);
        // Customers of the first versions have one key.
        let record = match record {
            [] => vault.derive("shuke/record"),
            bytes => Key::from_bytes(bytes.try_into().map_err(|_| SealError)?),
        };
        Ok(PersonKeys { vault, record })
    }

    /// `tenant|table.column|row`: the place a sealed value belongs to.
    #[must_use]
    pub fn place(&self, column: &str, row: uuid::Uuid) -> String {
        format!("{}|{column}|{row}", self.tenant_id)
    }

    /// Blind index for equality of a phone within the business: 16 bytes.
    #[must_use]
    pub fn phone_digest(&self, phone: &Phone) -> Vec<u8> {
        digest(&self.phones, &[phone.e164().as_bytes()]).get(..16).unwrap_or_default().to_vec()
    }

    /// Blind index for the last four digits: 8 bytes.
    #[must_use]
    pub fn last_four_digest(&self, digits: &str) -> Vec<u8> {
        digest(&self.last_four, &[digits.as_bytes()]).get(..8).unwrap_or_default().to_vec()
    }
}

/// Writes a file that only its owner may read, and never over an existing one.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("folder {}", folder.display()))?;
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("writing {}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
