//! Copies, at most three seconds old, of what the database says about a session and a member of
//! staff. The database stays the truth: a role that is taken away stops working within the three
//! seconds on every replica, also when `shuke admin` took it away.

use super::AddressRules;
use super::token::Claims;
use crate::crypto::TenantKeys;
use crate::problem::Problem;
use crate::scope::Staffer;
use crate::scope::system::System;
use crate::scope::system::devices::Standing;
use crate::scope::system::keys::{KEYS_SECONDS, Lookups};
use chrono::{DateTime, Duration, Utc};
use domain::custom_fields::Definition;
use domain::pools::OwnerLimits;
use moka::sync::Cache;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

const SECONDS: i64 = 3;

/// A copy, and the time for which it counts: by the installation's clock, which tests hold still.
#[derive(Clone)]
struct Kept<T> {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    value: T,
}

impl<T> Kept<T> {
    fn brief(now: DateTime<Utc>, value: T) -> Self {
        Self { from: now, until: now + Duration::seconds(SECONDS), value }
    }

    /// The copy while it counts; a clock that was set back makes it old.
    fn fresh(self, now: DateTime<Utc>) -> Option<T> {
        (self.from..self.until).contains(&now).then_some(self.value)
    }
}

#[derive(Clone)]
pub(super) struct StaffSnapshot {
    pub(super) staffer: Staffer,
    pub(super) account_id: Option<Uuid>,
    pub(super) epoch: i64,
}

/// A session, as far as every request needs to know it.
#[derive(Clone, Copy)]
pub(super) struct SessionSnapshot {
    pub(super) standing: Standing,
    /// It was begun with a password.
    pub(super) operator: bool,
    /// Its operator must set an authenticator app up before anything else.
    pub(super) must_enrol: bool,
}

/// The copies of one process.
pub struct Snapshots {
    /// What tokens say whose signature was found to be ours, by their digest. That never becomes untrue; whether they
    /// still count is asked of what is below.
    tokens: Cache<[u8; 32], Arc<Claims>>,
    staff: Cache<(i64, Uuid), Kept<Option<StaffSnapshot>>>,
    sessions: Cache<Uuid, Kept<SessionSnapshot>>,
    addresses: Cache<(), Kept<Arc<AddressRules>>>,
    keys: Cache<i64, Kept<Arc<TenantKeys>>>,
    lookups: Cache<(), Kept<Arc<Lookups>>>,
    custom_fields: Cache<i64, Kept<Arc<Vec<Definition>>>>,
    tag_rules: Cache<i64, Kept<bool>>,
    plans: Cache<i64, Kept<bool>>,
    owner_limits: Cache<i64, Kept<Arc<OwnerLimits>>>,
    few: Cache<(i64, [u8; 32]), Kept<bool>>,
    common: Cache<i64, Kept<Arc<HashMap<i64, u32>>>>,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self {
            tokens: Cache::builder().max_capacity(50_000).build(),
            staff: Cache::builder().max_capacity(50_000).build(),
            sessions: Cache::builder().max_capacity(50_000).build(),
            addresses: Cache::builder().max_capacity(1).build(),
            keys: Cache::builder().max_capacity(10_000).build(),
            lookups: Cache::builder().max_capacity(1).build(),
            custom_fields: Cache::builder().max_capacity(10_000).build(),
            tag_rules: Cache::builder().max_capacity(50_000).build(),
            plans: Cache::builder().max_capacity(50_000).build(),
            owner_limits: Cache::builder().max_capacity(10_000).build(),
            few: Cache::builder().max_capacity(10_000).build(),
            // Of the businesses that search most: some thousand numbers each.
            common: Cache::builder().max_capacity(1_000).build(),
        }
    }
}

impl Snapshots {
    /// What a token says; `read` looks at its signature when it was not seen before.
    pub(super) fn token(&self, token: &str, read: impl FnOnce() -> Option<Claims>) -> Option<Arc<Claims>> {
        let digest = crate::crypto::sha256(token.as_bytes());
        if let Some(claims) = self.tokens.get(&digest) {
            return Some(claims);
        }
        let claims = Arc::new(read()?);
        self.tokens.insert(digest, Arc::clone(&claims));
        Some(claims)
    }

    pub(super) async fn staff(
        &self,
        system: &System,
        tenant_id: i64,
        staff_id: Uuid,
    ) -> Result<Option<StaffSnapshot>, Problem> {
        if let Some(found) = self.staff.get(&(tenant_id, staff_id)).and_then(|kept| kept.fresh(system.now())) {
            return Ok(found);
        }
        let found = match system.staffer(tenant_id, staff_id).await? {
            Some(row) => {
                let sight = Arc::new(system.sight(&row).await?);
                let (account_id, epoch) = (row.account_id, row.auth_epoch);
                let staffer = Staffer { tenant_id, staff_id, name: row.name, sight };
                Some(StaffSnapshot { staffer, account_id, epoch })
            }
            None => None,
        };
        self.staff.insert((tenant_id, staff_id), Kept::brief(system.now(), found.clone()));
        Ok(found)
    }

    pub(super) async fn session(
        &self,
        system: &System,
        session_id: Uuid,
        network: &str,
    ) -> Result<SessionSnapshot, Problem> {
        if let Some(found) = self.sessions.get(&session_id).and_then(|kept| kept.fresh(system.now())) {
            return Ok(found);
        }
        let found = match system.session_now(session_id, network).await? {
            None => SessionSnapshot { standing: Standing::Over, operator: false, must_enrol: false },
            Some((standing, row)) => {
                let operator = match row.method.as_deref() {
                    Some(method) => method == "password",
                    // Begun by an older version, which did not write it down.
                    None => system.operator_of(row.account_id).await?.is_some(),
                };
                let asked = operator && system.at.config.auth.require_totp;
                let must_enrol = asked && system.totp_secret(row.account_id, true).await?.is_none();
                SessionSnapshot { standing, operator, must_enrol }
            }
        };
        self.sessions.insert(session_id, Kept::brief(system.now(), found));
        Ok(found)
    }

    /// Forgets a session that this process changed.
    pub(crate) fn forget_session(&self, session_id: Uuid) {
        self.sessions.invalidate(&session_id);
    }

    /// Which networks may come in. While the database does not answer, what was last known counts:
    /// nobody gets further than this door then anyway.
    pub(crate) async fn addresses(&self, system: &System) -> Arc<AddressRules> {
        let kept = self.addresses.get(&());
        if let Some(rules) = kept.clone().and_then(|kept| kept.fresh(system.now())) {
            return rules;
        }
        match system.address_rules().await {
            Ok(rows) => {
                let rows = rows.iter().map(|row| (row.kind.as_str(), row.network.as_str(), row.expires_at));
                let rules = Arc::new(AddressRules::read(rows));
                self.addresses.insert((), Kept::brief(system.now(), Arc::clone(&rules)));
                rules
            }
            Err(_) => kept.map(|kept| kept.value).unwrap_or_default(),
        }
    }

    /// Looks again at once: this process changed the rules.
    pub(crate) fn forget_addresses(&self) {
        self.addresses.invalidate(&());
    }

    /// Forgets a member of staff whom this process changed.
    pub(crate) fn forget_staff(&self, tenant_id: i64, staff_id: Uuid) {
        self.staff.invalidate(&(tenant_id, staff_id));
    }

    /// Forgets everybody of a business: this process changed what all of them see.
    pub(crate) fn forget_business(&self, tenant_id: i64) {
        for (known, _) in &self.staff {
            if known.0 == tenant_id {
                self.staff.invalidate(&*known);
            }
        }
    }

    /// How many customers people of a business may look after, as long as the copy counts.
    pub(crate) fn owner_limits(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<Arc<OwnerLimits>> {
        self.owner_limits.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    pub(crate) fn remember_owner_limits(&self, tenant_id: i64, now: DateTime<Utc>, limits: &Arc<OwnerLimits>) {
        self.owner_limits.insert(tenant_id, Kept::brief(now, Arc::clone(limits)));
    }

    /// Looks again at once: this process changed them.
    pub(crate) fn forget_owner_limits(&self, tenant_id: i64) {
        self.owner_limits.invalidate(&tenant_id);
    }

    /// Whether a list was short, so that the next page of it is looked for in the same way. Only ever a hint: whoever
    /// takes it must find the same rows without it.
    pub(crate) fn few(&self, tenant_id: i64, list: [u8; 32], now: DateTime<Utc>) -> Option<bool> {
        self.few.get(&(tenant_id, list)).and_then(|kept| kept.fresh(now))
    }

    /// For a minute.
    pub(crate) fn remember_few(&self, tenant_id: i64, list: [u8; 32], now: DateTime<Utc>, few: bool) {
        self.few.insert((tenant_id, list), Kept { from: now, until: now + Duration::minutes(1), value: few });
    }

    /// What many customers of a business have in their names. Only ever a hint, too.
    pub(crate) fn common(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<Arc<HashMap<i64, u32>>> {
        self.common.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    /// For ten minutes.
    pub(crate) fn remember_common(&self, tenant_id: i64, now: DateTime<Utc>, common: Arc<HashMap<i64, u32>>) {
        self.common.insert(tenant_id, Kept { from: now, until: now + Duration::minutes(10), value: common });
    }

    pub(crate) fn keys(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<Arc<TenantKeys>> {
        self.keys.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    /// For a minute: a rotation counts on it that every server knows a new key by then.
    pub(crate) fn remember_keys(&self, tenant_id: i64, now: DateTime<Utc>, keys: &Arc<TenantKeys>) {
        let until = now + Duration::seconds(KEYS_SECONDS);
        self.keys.insert(tenant_id, Kept { from: now, until, value: Arc::clone(keys) });
    }

    pub(crate) fn lookups(&self, now: DateTime<Utc>) -> Option<Arc<Lookups>> {
        self.lookups.get(&()).and_then(|kept| kept.fresh(now))
    }

    /// For a minute, as the keys of businesses.
    pub(crate) fn remember_lookups(&self, now: DateTime<Utc>, lookups: &Arc<Lookups>) {
        let until = now + Duration::seconds(KEYS_SECONDS);
        self.lookups.insert((), Kept { from: now, until, value: Arc::clone(lookups) });
    }

    pub(crate) fn forget_lookups(&self) {
        self.lookups.invalidate(&());
    }

    /// The fields that a business made itself, as long as the copy counts.
    pub(crate) fn custom_fields(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<Arc<Vec<Definition>>> {
        self.custom_fields.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    pub(crate) fn remember_custom_fields(&self, tenant_id: i64, now: DateTime<Utc>, fields: &Arc<Vec<Definition>>) {
        self.custom_fields.insert(tenant_id, Kept::brief(now, Arc::clone(fields)));
    }

    /// Looks again at once: this process changed them.
    pub(crate) fn forget_custom_fields(&self, tenant_id: i64) {
        self.custom_fields.invalidate(&tenant_id);
    }

    /// Whether a business has a rule that gives tags, as long as the copy counts.
    pub(crate) fn tag_rules(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<bool> {
        self.tag_rules.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    pub(crate) fn remember_tag_rules(&self, tenant_id: i64, now: DateTime<Utc>, any: bool) {
        self.tag_rules.insert(tenant_id, Kept::brief(now, any));
    }

    /// Looks again at once: this process changed them.
    pub(crate) fn forget_tag_rules(&self, tenant_id: i64) {
        self.tag_rules.invalidate(&tenant_id);
    }

    /// Whether a business has a follow-up plan, as long as the copy counts.
    pub(crate) fn plans(&self, tenant_id: i64, now: DateTime<Utc>) -> Option<bool> {
        self.plans.get(&tenant_id).and_then(|kept| kept.fresh(now))
    }

    pub(crate) fn remember_plans(&self, tenant_id: i64, now: DateTime<Utc>, any: bool) {
        self.plans.insert(tenant_id, Kept::brief(now, any));
    }

    /// Looks again at once: this process changed them.
    pub(crate) fn forget_plans(&self, tenant_id: i64) {
        self.plans.invalidate(&tenant_id);
    }

    pub(crate) fn forget_keys(&self, tenant_id: i64) {
        self.keys.invalidate(&tenant_id);
    }
}
