//! The installation's keys, and how a business's key is wrapped by them.

use super::{Index, Key, SealError, Sealer, Stage, StoredKey, TenantKeys, master};
use crate::config;
use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret as _;
use std::path::Path;

/// Where the keys of the look-ups are kept.
pub(crate) const LOOKUPS: (&str, &str) = ("lookup_keys", "|installation.value|lookup_keys");
/// Where the key for phones that follows is kept, and how far it has come.
pub(crate) const NEXT_LOOKUPS: (&str, &str) = ("lookup_keys_next", "|installation.value|lookup_keys_next");

/// Keys of the installation, one for each purpose.
#[derive(Debug, Clone)]
pub struct Keyring {
    masters: Vec<[u8; 32]>,
    /// Signs access tokens.
    pub tokens: Key,
    /// Digests of refresh tokens, receipt codes and idempotency keys. Like the phones' key it does not
    /// follow the master key, since nobody can compute the digests anew.
    pub digests: Key,
    /// Seals rows that belong to no business.
    pub installation: Sealer,
    wrap: Sealer,
    phones: Key,
}

impl Keyring {
    /// Reads the master key from the settings or the key file. None in the embedded profile when
    /// there is none yet.
    ///
    /// # Errors
    /// When there is no key in the production profile, the key is not base64 of 32 bytes, others may
    /// read its file, or the key service does not answer.
    pub async fn find(keys: &config::Keys, profile: config::Profile) -> anyhow::Result<Option<Self>> {
        match master::find(keys).await? {
            Some(masters) => Ok(Some(Self::from_masters(masters)?)),
            None if profile == config::Profile::Embedded => Ok(None),
            None => bail!("there is no master key: set SHUKE_KEYS__MASTER or [keys] file ({})", keys.file),
        }
    }

    /// Draws a master key and writes it into the key file with mode 0600.
    ///
    /// # Errors
    /// When the file exists by now or cannot be written.
    pub async fn make(keys: &config::Keys) -> anyhow::Result<Self> {
        let master = super::random::<32>();
        write_private(Path::new(&keys.file), master::line(keys, &master).await?.as_bytes())?;
        tracing::info!(file = keys.file, "made a master key: back this file up");
        Self::from_masters(vec![master])
    }

    /// Derives all keys from the master keys, the one that seals first.
    fn from_masters(masters: Vec<[u8; 32]>) -> anyhow::Result<Self> {
        let keys: Vec<Key> = masters.iter().map(|bytes| Key::from_bytes(*bytes)).collect();
        let named: Vec<Key> = keys.iter().map(|key| Key::named(*key.bytes())).collect();
        let (Some((current, former)), Some(oldest)) = (named.split_first(), named.last()) else {
            bail!("there is no master key")
        };
        let sealer = |purpose: &str| {
            Sealer::new(current.derive(purpose), former.iter().map(|key| key.derive(purpose)).collect())
        };
        Ok(Self {
            tokens: current.derive("shuke/tokens"),
            digests: oldest.derive("shuke/digests"),
            installation: sealer("shuke/installation"),
            wrap: sealer("shuke/tenant-keys"),
            phones: oldest.derive("shuke/phones"),
            masters,
        })
    }

    /// Takes the keys of the look-ups as this database keeps them.
    ///
    /// # Errors
    /// When another master key sealed them.
    pub(crate) fn with_lookups(mut self, stored: &[u8]) -> Result<Self, SealError> {
        let plain = self.installation.open(LOOKUPS.1, stored)?;
        let (digests, phones) = plain.split_first_chunk::<32>().ok_or(SealError)?;
        self.digests = Key::from_bytes(*digests);
        self.phones = Key::from_bytes(phones.try_into().map_err(|_| SealError)?);
        Ok(self)
    }

    /// The keys of the look-ups, sealed.
    pub(crate) fn lookups(&self) -> Vec<u8> {
        let plain = [self.digests.bytes().as_slice(), self.phones.bytes()].concat();
        self.installation.seal(LOOKUPS.1, &plain)
    }

    /// Whether a former master key is still there.
    #[must_use]
    pub(crate) fn has_former(&self) -> bool {
        self.masters.len() > 1
    }

    /// The ids of the master keys, the one that seals first.
    #[must_use]
    pub(crate) fn ids(&self) -> Vec<u16> {
        self.masters.iter().map(|bytes| Key::named(*bytes).id()).collect()
    }

    /// Puts a new master key in front of the present one in the key file.
    ///
    /// # Errors
    /// When the key comes from the environment, or the file cannot be written.
    pub(crate) async fn put_new_master(&self, keys: &config::Keys) -> anyhow::Result<()> {
        ensure!(
            keys.master.expose_secret().is_empty(),
            "the master key comes from the environment: set SHUKE_KEYS__MASTER to a new one and \
             SHUKE_KEYS__FORMER to the present one, restart every server, and run this again"
        );
        let mut masters = vec![super::random::<32>()];
        masters.extend(&self.masters);
        master::replace(keys, &masters).await
    }

    /// Takes the former master key out of the key file. `false` when it stands in the environment.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) async fn drop_former(&self, keys: &config::Keys) -> anyhow::Result<bool> {
        if !keys.master.expose_secret().is_empty() {
            return Ok(false);
        }
        let current = self.masters.first().copied().context("there is no master key")?;
        master::replace(keys, &[current]).await?;
        Ok(true)
    }

    /// The keys by which phones are found across all businesses (staff, proved phones, orders), as this
    /// database keeps them. Nobody looks for their last four digits.
    ///
    /// # Errors
    /// When another master key sealed them.
    pub(crate) fn phone_index(&self, stored: &[u8], next: Option<(&[u8], Stage)>) -> Result<Index, SealError> {
        let plain = self.installation.open(LOOKUPS.1, stored)?;
        let present = plain.get(32..).ok_or(SealError)?;
        let twice = |key: &[u8]| [key, key].concat();
        let next = next.map(|(key, stage)| (twice(key), stage));
        Index::read(&twice(present), next.as_ref().map(|(key, stage)| (key.as_slice(), *stage)))
    }

    /// The keys of the look-ups with another one for phones, sealed.
    ///
    /// # Errors
    /// When another master key sealed the present ones.
    pub(crate) fn lookups_with(&self, stored: &[u8], phones: &[u8]) -> Result<Vec<u8>, SealError> {
        let plain = self.installation.open(LOOKUPS.1, stored)?;
        let digests = plain.get(..32).ok_or(SealError)?;
        Ok(self.installation.seal(LOOKUPS.1, &[digests, phones].concat()))
    }

    /// A new key for a business, and the form in which it is stored.
    #[must_use]
    pub fn new_tenant_key(&self, tenant_id: i64) -> Vec<u8> {
        self.wrap.seal(&tenant_place(tenant_id), Key::random().bytes())
    }

    /// Wraps what belongs to a business at a place.
    pub(crate) fn wrap(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        self.wrap.seal(place, plain)
    }

    /// Wraps anew under the present master key what one of them wrapped.
    ///
    /// # Errors
    /// When none of the master keys wrapped it.
    pub(crate) fn rewrapped(&self, place: &str, stored: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(self.wrap.seal(place, &self.wrap.open(place, stored)?))
    }

    /// A key of a business from its stored form.
    ///
    /// # Errors
    /// When no master key of ours wrapped it.
    pub(crate) fn unwrapped(&self, place: &str, stored: &[u8]) -> Result<Vec<u8>, SealError> {
        self.wrap.open(place, stored)
    }

    /// The keys of a business at a moment: its first key, and the generations that followed.
    ///
    /// # Errors
    /// When the master key is not the one that wrapped them.
    pub fn tenant_keys(
        &self,
        tenant_id: i64,
        first: &[u8],
        mut generations: Vec<StoredKey>,
        index: Option<Index>,
        now: DateTime<Utc>,
    ) -> Result<TenantKeys, SealError> {
        let first = match (&index, generations.is_empty()) {
            (Some(_), false) => None,
            _ => Some(key(&self.unwrapped(&tenant_place(tenant_id), first)?)?),
        };
        let index = match (index, &first) {
            (Some(index), _) => index,
            (None, Some(first)) => Index::read(&index_keys(first), None)?,
            (None, None) => return Err(SealError),
        };
        if let (true, Some(key)) = (generations.is_empty(), first) {
            generations.push(StoredKey { generation: 1, used_from_at: DateTime::<Utc>::MIN_UTC, key });
        }
        TenantKeys::of(tenant_id, generations, index, now)
    }

    /// The keys of the blind indexes of a business from their stored forms.
    ///
    /// # Errors
    /// When they are not two keys each.
    pub(crate) fn index(&self, present: &[u8], next: Option<(&[u8], Stage)>) -> Result<Index, SealError> {
        Index::read(present, next)
    }
}

/// The keys of the blind indexes that follow from a business's first key.
pub(crate) fn index_keys(first: &Key) -> Vec<u8> {
    [first.derive("shuke/phones").bytes().as_slice(), first.derive("shuke/last-four").bytes()].concat()
}

/// 32 bytes as a key.
pub(crate) fn key(bytes: &[u8]) -> Result<Key, SealError> {
    Ok(Key::from_bytes(bytes.try_into().map_err(|_| SealError)?))
}

pub(crate) fn tenant_place(tenant_id: i64) -> String {
    format!("{tenant_id}|tenants.tenant_key|{tenant_id}")
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
