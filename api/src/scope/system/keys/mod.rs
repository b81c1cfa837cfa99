//! The keys of businesses: read, replaced, and wrapped anew. What wraps must be known to every server
//! before it wraps anything, and what it wrapped must be wrapped anew before it goes.

mod fill;
mod index;
mod lookups;
mod rewrap;
mod show;

pub(crate) use lookups::{Lookups, NextKey};
pub(crate) use rewrap::Rewrapped;
pub use show::TenantKeysShown;

use super::{Recorded, Said, System};
use crate::auth::entity::tenant;
use crate::crypto::{Key, Stage, StoredKey, TenantKeys, index_keys, key, tenant_place};
use crate::db::Transaction;
use crate::problem::Problem;
use crate::scope::once;
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use serde_json::json;
use std::sync::Arc;

/// Wraps the keys of persons.
const WRAP: &str = "wrap";
/// Makes the digests of the blind indexes.
const INDEX: &str = "index";
/// Says from when on the digests under the next index key take the place of the present ones.
const SWAP: &str = "index_swap";

/// Seconds for which a server remembers the keys of a business.
pub(crate) const KEYS_SECONDS: i64 = 60;

/// Generations of keys.
pub mod tenant_key {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "tenant_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        /// `wrap`, `index` or `index_swap`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub generation: i64,
        /// Under the master key.
        pub sealed: Option<Vec<u8>>,
        pub used_from_at: DateTimeUtc,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn place(tenant_id: i64, kind: &str, generation: i64) -> String {
    format!("{tenant_id}|tenant_keys.sealed|{kind}-{generation}")
}

#[expect(clippy::disallowed_methods, reason = "keys are read before there is a scope")]
impl System {
    /// The keys of a business as they are stored, unwrapped.
    pub(super) async fn read_tenant_keys(&self, tenant_id: i64) -> Result<TenantKeys, Problem> {
        let tenant = self.tenant(tenant_id).await?.ok_or(Problem::NotFound)?;
        let rows = tenant_key::Entity::find().filter(tenant_key::Column::TenantId.eq(tenant_id));
        let rows = rows.order_by_asc(tenant_key::Column::Generation).all(&self.at.db.read).await?;
        self.unwrap_keys(tenant, rows)
    }

    /// The keys of many businesses in one statement; whoever has none is left out.
    pub(super) async fn keys_of(&self, tenants: Vec<tenant::Model>) -> Result<Vec<(i64, Arc<TenantKeys>)>, Problem> {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for tenant in tenants.into_iter().filter(|tenant| tenant.erased_at.is_none() && tenant.tenant_key.is_some()) {
            match self.at.snapshots.keys(tenant.id, self.now()) {
                Some(keys) => known.push((tenant.id, keys)),
                None => unknown.push(tenant),
            }
        }
        if unknown.is_empty() {
            return Ok(known);
        }
        let ids: Vec<i64> = unknown.iter().map(|tenant| tenant.id).collect();
        let rows = tenant_key::Entity::find().filter(tenant_key::Column::TenantId.is_in(ids));
        let rows = rows.order_by_asc(tenant_key::Column::Generation).all(&self.at.db.read).await?;
        for tenant in unknown {
            let (id, own) = (tenant.id, rows.iter().filter(|row| row.tenant_id == tenant.id).cloned().collect());
            let keys = Arc::new(self.unwrap_keys(tenant, own)?);
            self.at.snapshots.remember_keys(id, self.now(), &keys);
            known.push((id, keys));
        }
        Ok(known)
    }

    fn unwrap_keys(&self, tenant: tenant::Model, rows: Vec<tenant_key::Model>) -> Result<TenantKeys, Problem> {
        let tenant_id = tenant.id;
        let first = tenant.tenant_key.ok_or_else(|| anyhow::anyhow!("the business has no key"))?;
        let (mut generations, mut index, mut swap) = (Vec::new(), Vec::new(), None);
        for row in rows {
            if row.kind == SWAP {
                swap = Some(row.used_from_at);
                continue;
            }
            let sealed = row.sealed.unwrap_or_default();
            let plain = self.at.keys.unwrapped(&place(tenant_id, &row.kind, row.generation), &sealed)?;
            if row.kind == INDEX {
                index.push((row.used_from_at, plain));
            } else {
                generations.push(StoredKey {
                    generation: u16::try_from(row.generation).map_err(anyhow::Error::from)?,
                    used_from_at: row.used_from_at,
                    key: key(&plain)?,
                });
            }
        }
        let stage = |from: DateTime<Utc>| match swap {
            Some(swap) if swap <= self.now() => Stage::Swapping,
            _ if from <= self.now() => Stage::Filling,
            _ => Stage::Announced,
        };
        let index = match index.as_slice() {
            [] => None,
            [(_, present)] => Some(self.at.keys.index(present, None)?),
            [(_, present), (from, next), ..] => Some(self.at.keys.index(present, Some((next, stage(*from))))?),
        };
        Ok(self.at.keys.tenant_keys(tenant_id, &first, generations, index, self.now())?)
    }

    /// Adds a generation. It wraps from the moment on at which every server knows it; returns that moment
    /// and the number of the generation. Once it is committed, [`System::keys_added`].
    pub(crate) async fn add_tenant_key(
        &self,
        recorded: &Recorded<'_>,
        tenant_id: i64,
    ) -> Result<(i64, DateTime<Utc>), Problem> {
        let tx = recorded.on();
        let there = tenant::Entity::find_by_id(tenant_id).one(tx).await?.ok_or(Problem::NotFound)?;
        let first = there.tenant_key.ok_or(Problem::NotFound)?;
        let rows = tenant_key::Entity::find().filter(tenant_key::Column::TenantId.eq(tenant_id)).all(tx).await?;
        let wraps: Vec<_> = rows.iter().filter(|row| row.kind == WRAP).collect();
        let last = wraps.iter().map(|row| row.generation).max().unwrap_or(1);
        if wraps.len() > 1 {
            // One rotation at a time: the one before this has to be over.
            return Err(Problem::conflict("in_progress", None));
        }
        if wraps.is_empty() {
            let first = self.at.keys.unwrapped(&tenant_place(tenant_id), &first)?;
            // The index keys followed from this one; from now on they stand by themselves.
            if rows.iter().all(|row| row.kind != INDEX) {
                self.insert_key(tx, tenant_id, INDEX, 1, &index_keys(&key(&first)?), self.now()).await?;
            }
            self.insert_key(tx, tenant_id, WRAP, 1, &first, self.now()).await?;
        }
        let from = self.now() + Duration::seconds(KEYS_SECONDS);
        self.insert_key(tx, tenant_id, WRAP, last + 1, Key::random().bytes(), from).await?;
        recorded.say_of_business(Said::about(tenant_id, "rotate", "keys", json!({ "generation": last + 1 }))).await?;
        Ok((last + 1, from))
    }

    /// This process reads the keys of a business again at once.
    pub(crate) fn keys_added(&self, tenant_id: i64) {
        self.at.snapshots.forget_keys(tenant_id);
    }

    async fn insert_key(
        &self,
        tx: &Transaction,
        tenant_id: i64,
        kind: &str,
        generation: i64,
        plain: &[u8],
        used_from_at: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let row = tenant_key::ActiveModel {
            tenant_id: Set(tenant_id),
            kind: Set(kind.to_owned()),
            generation: Set(generation),
            sealed: Set(Some(self.at.keys.wrap(&place(tenant_id, kind, generation), plain))),
            used_from_at: Set(used_from_at),
            created_at: Set(self.now()),
        };
        tenant_key::Entity::insert(row).exec_without_returning(tx).await.map(|_| ())
    }

    /// Takes the generations before the present one away: nothing is wrapped under them any more.
    pub(crate) async fn retire_tenant_keys(&self, tenant_id: i64, generation: i64) -> Result<(), Problem> {
        let recorded = self.begin_recorded().await?;
        let tx = recorded.on();
        let rows = tenant_key::Entity::find().filter(tenant_key::Column::TenantId.eq(tenant_id)).all(tx).await?;
        let current = rows.iter().find(|row| row.kind == WRAP && row.generation == generation);
        let current = current.ok_or(Problem::NotFound)?;
        let sealed = current.sealed.clone().unwrap_or_default();
        let plain = self.at.keys.unwrapped(&place(tenant_id, WRAP, generation), &sealed)?;
        // The place of the first key must not keep the old one.
        let change = tenant::ActiveModel {
            tenant_key: Set(Some(self.at.keys.wrap(&tenant_place(tenant_id), &plain))),
            ..tenant::ActiveModel::default()
        };
        tenant::Entity::update_many().set(change).filter(tenant::Column::Id.eq(tenant_id)).exec(tx).await?;
        tenant_key::Entity::delete_many()
            .filter(tenant_key::Column::TenantId.eq(tenant_id))
            .filter(tenant_key::Column::Kind.eq(WRAP))
            .filter(tenant_key::Column::Generation.lt(generation))
            .exec(tx)
            .await?;
        // Answers that were remembered under the old key could not be opened.
        once::Entity::delete_many()
            .filter(once::Column::TenantId.eq(tenant_id))
            .filter(once::Column::CreatedAt.lt(current.used_from_at + Duration::seconds(KEYS_SECONDS)))
            .exec(tx)
            .await?;
        recorded
            .say_of_business(Said::about(tenant_id, "rotated", "keys", json!({ "generation": generation })))
            .await?;
        recorded.finish().await?;
        self.at.snapshots.forget_keys(tenant_id);
        Ok(())
    }
}
