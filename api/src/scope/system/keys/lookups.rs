//! The key of the digests by which phones are found across businesses (staff, proved phones, orders), and
//! its replacement: see `crypto::index` for what stands where meanwhile.

use super::KEYS_SECONDS;
use crate::auth::entity::installation;
use crate::crypto::{Digests, Index, LOOKUPS, NEXT_LOOKUPS, Stage, random};
use crate::db::refusal;
use crate::problem::Problem;
use crate::scope::system::{Said, System, SystemTx};
use chrono::{DateTime, Duration, Utc};
use domain::phone::Phone;
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// The key that follows, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NextKey {
    /// 32 bytes.
    phones: Vec<u8>,
    /// From when on rows get their second digests.
    pub(crate) from: DateTime<Utc>,
    /// From when on these take the place of the first.
    pub(crate) swap: Option<DateTime<Utc>>,
    /// Since when the key before is gone, and the second digests say nothing new.
    pub(crate) gone: Option<DateTime<Utc>>,
}

/// How phones are found now.
pub(crate) struct Lookups {
    pub(crate) index: Index,
    pub(crate) next: Option<NextKey>,
}

impl Lookups {
    /// Whether rows may be found by the digest in the second column.
    pub(crate) fn both(&self) -> bool {
        self.index.stage().is_some()
    }
}

#[expect(clippy::disallowed_methods, reason = "the installation's own table")]
impl System {
    /// How phones are found now, as of the last minute.
    pub(crate) async fn lookups(&self) -> Result<Arc<Lookups>, Problem> {
        self.lookups_on(&self.at.db.read).await
    }

    /// The same, asked in a transaction that is under way.
    pub(crate) async fn lookups_on(&self, on: &impl ConnectionTrait) -> Result<Arc<Lookups>, Problem> {
        if let Some(lookups) = self.at.snapshots.lookups(self.now()) {
            return Ok(lookups);
        }
        let (stored, next) = self.lookup_rows(on).await?;
        let stage = next.as_ref().filter(|next| next.gone.is_none()).map(|next| match next.swap {
            Some(swap) if swap <= self.now() => Stage::Swapping,
            _ if next.from <= self.now() => Stage::Filling,
            _ => Stage::Announced,
        });
        let following = next.as_ref().zip(stage).map(|(next, stage)| (next.phones.as_slice(), stage));
        let index = self.at.keys.phone_index(&stored, following)?;
        let lookups = Arc::new(Lookups { index, next });
        self.at.snapshots.remember_lookups(self.now(), &lookups);
        Ok(lookups)
    }

    /// The digests that are written for a phone.
    pub(crate) async fn digests_across(&self, phone: &Phone) -> Result<Digests, Problem> {
        Ok(self.lookups().await?.index.phone(phone))
    }

    /// The phone of a member of staff, as it is kept to make digests from.
    pub(crate) fn sealed_staff_phone(&self, staff_id: uuid::Uuid, phone: &Phone) -> Vec<u8> {
        self.at.keys.installation.seal(&format!("|staff.phone_sealed|{staff_id}"), phone.e164().as_bytes())
    }

    async fn lookup_rows(&self, on: &impl ConnectionTrait) -> Result<(Vec<u8>, Option<NextKey>), Problem> {
        let rows = installation::Entity::find()
            .filter(installation::Column::Name.is_in([LOOKUPS.0, NEXT_LOOKUPS.0]))
            .all(on)
            .await?;
        let value = |name: &str| rows.iter().find(|row| row.name == name).and_then(|row| row.value.clone());
        let next = match value(NEXT_LOOKUPS.0) {
            Some(sealed) => {
                let plain = self.at.keys.installation.open(NEXT_LOOKUPS.1, &sealed)?;
                Some(serde_json::from_slice(&plain).map_err(anyhow::Error::from)?)
            }
            None => None,
        };
        // A database that was never asked for it keeps what followed from its first master key.
        Ok((value(LOOKUPS.0).unwrap_or_else(|| self.at.keys.lookups()), next))
    }

    /// The key that follows as the database has it now; none when there is no rotation.
    pub(crate) async fn next_lookup_key(&self) -> Result<Option<NextKey>, Problem> {
        Ok(self.lookup_rows(&self.at.db.write).await?.1)
    }

    fn sealed_next(&self, next: &NextKey) -> Result<Vec<u8>, Problem> {
        let plain = serde_json::to_vec(next).map_err(anyhow::Error::from)?;
        Ok(self.at.keys.installation.seal(NEXT_LOOKUPS.1, &plain))
    }

    /// Adds a key that follows. Rows get their second digests when every server knows it: returns that moment.
    ///
    /// # Errors
    /// 409 `in_progress` while the rotation before is not over.
    pub(crate) async fn add_lookup_key(&self) -> Result<DateTime<Utc>, Problem> {
        let from = self.now() + Duration::seconds(KEYS_SECONDS);
        let next = NextKey { phones: random::<32>().to_vec(), from, swap: None, gone: None };
        let row = installation::ActiveModel {
            name: Set(NEXT_LOOKUPS.0.to_owned()),
            value: Set(Some(self.sealed_next(&next)?)),
        };
        let recorded = self.begin_recorded().await?;
        match installation::Entity::insert(row).exec_without_returning(recorded.on()).await {
            Err(error) if refusal(&error).is_some() => return Err(Problem::conflict("in_progress", None)),
            other => drop(other?),
        }
        recorded.commit(Said::about(0, "rotate", "keys", json!({ "lookups": true }))).await?;
        self.at.snapshots.forget_lookups();
        Ok(from)
    }

    /// Every row has its second digest: they take the place of the first when every server knows it.
    pub(crate) async fn swap_lookups(&self, next: &NextKey) -> Result<(), Problem> {
        let swap = Some(self.now() + Duration::seconds(KEYS_SECONDS));
        self.put_next(&self.at.db.write, &NextKey { swap, ..next.clone() }).await
    }

    /// The key that followed is the only one from now on: no row has digests under the other any more.
    pub(crate) async fn retire_lookups(&self, next: &NextKey) -> Result<(), Problem> {
        let recorded = self.begin_recorded().await?;
        let (stored, still) = self.lookup_rows(recorded.on()).await?;
        if still.as_ref() != Some(next) {
            return Ok(()); // Another worker was faster.
        }
        let change = installation::ActiveModel {
            value: Set(Some(self.at.keys.lookups_with(&stored, &next.phones)?)),
            ..installation::ActiveModel::default()
        };
        let kept = installation::Entity::update_many().set(change).filter(installation::Column::Name.eq(LOOKUPS.0));
        kept.exec(recorded.on()).await?;
        self.put_next(recorded.on(), &NextKey { gone: Some(self.now()), ..next.clone() }).await?;
        recorded.commit(Said::about(0, "rotated", "keys", json!({ "lookups": true }))).await?;
        self.at.snapshots.forget_lookups();
        Ok(())
    }

    async fn put_next(&self, on: &impl ConnectionTrait, next: &NextKey) -> Result<(), Problem> {
        let change = installation::ActiveModel {
            value: Set(Some(self.sealed_next(next)?)),
            ..installation::ActiveModel::default()
        };
        let this = installation::Entity::update_many().set(change);
        this.filter(installation::Column::Name.eq(NEXT_LOOKUPS.0)).exec(on).await?;
        self.at.snapshots.forget_lookups();
        Ok(())
    }

    /// The rotation is over.
    pub(crate) async fn forget_next_lookups(&self) -> Result<(), Problem> {
        installation::Entity::delete_by_id(NEXT_LOOKUPS.0.to_owned()).exec(&self.at.db.write).await?;
        self.at.snapshots.forget_lookups();
        Ok(())
    }
}

impl SystemTx<'_> {
    /// Every digest under which a colleague's phone may stand now.
    pub(crate) async fn phone_digests(&self, phone: &Phone) -> Result<Vec<Vec<u8>>, Problem> {
        let lookups = System::new(self.scope.installation()).lookups_on(self.tx).await?;
        Ok(lookups.index.phone_anywhere(phone))
    }
}
