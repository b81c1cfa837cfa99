//! The chain: each business's entries get their place and a hash over themselves and the one before.
//!
//! Entries commit with the change, unsealed, so that writers never wait for each other. Some seconds
//! later they are sealed in batches. Whoever seals first moves the head of the chain, which only one
//! can do from where it stood; so two workers cannot fork it. The order is that of sealing: an entry
//! of a long transaction gets its place behind what was sealed before it was committed.

use super::entity::{anchor, entry, head};
use crate::clock::CHINA;
use crate::crypto::sha256;
use crate::db::{Transaction, refusal};
use crate::problem::Problem;
use crate::scope::system::System;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Set,
};

/// Entries that get their place in one transaction: few, because all who write wait for it on SQLite, and the
/// time to find the place of each grows with their square.
const BATCH: u64 = 50;
/// Businesses with waiting entries that are asked for at a time.
const WAITING: u64 = 1000;

/// The hash before the first entry.
pub(super) const BEGINNING: [u8; 32] = [0; 32];

/// The hash of an entry at its place: over the hash before it and everything it says. Each part
/// stands behind its length, so that no two entries read the same.
pub(super) fn hash(before: &[u8], seq: i64, row: &entry::Model) -> [u8; 32] {
    let mut all = b"shuke audit 1".to_vec();
    let mut add = |part: Option<&[u8]>| match part {
        Some(part) => {
            all.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            all.extend(part);
        }
        None => all.extend(u64::MAX.to_be_bytes()),
    };
    add(Some(before));
    add(Some(&seq.to_be_bytes()));
    add(Some(&row.tenant_id.to_be_bytes()));
    add(Some(row.id.as_bytes()));
    add(row.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
    add(Some(row.actor_name.as_bytes()));
    add(Some(row.action.as_bytes()));
    add(Some(row.resource.as_bytes()));
    add(row.resource_id.as_ref().map(|id| id.as_bytes().as_slice()));
    add(row.changes.as_deref().map(str::as_bytes));
    add(Some(row.request_id.as_bytes()));
    add(Some(&row.at.timestamp_micros().to_be_bytes()));
    add(row.address.as_deref().map(str::as_bytes));
    add(row.session_id.as_ref().map(|id| id.as_bytes().as_slice()));
    add(row.person_id.as_ref().map(|id| id.as_bytes().as_slice()));
    add(row.sealed.as_deref());
    sha256(&all)
}

#[expect(clippy::disallowed_methods, reason = "the chain goes through all businesses")]
impl System {
    /// Seals what waits, of one business or of all, and says how many entries that were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn seal_audit(&self, tenant_id: Option<i64>) -> Result<usize, Problem> {
        if let Some(tenant) = tenant_id {
            return self.seal_all_of(tenant).await;
        }
        let mut sealed = 0;
        loop {
            // By the index of what waits: businesses with nothing to seal cost nothing.
            let waiting = entry::Entity::find().select_only().column(entry::Column::TenantId).distinct();
            let waiting = waiting.filter(entry::Column::Seq.is_null()).limit(WAITING);
            let tenants: Vec<i64> = waiting.into_tuple().all(&self.at.db.read).await?;
            let full = u64::try_from(tenants.len()).unwrap_or_default() == WAITING;
            let before = sealed;
            for tenant in tenants {
                sealed += self.seal_all_of(tenant).await?;
            }
            if !full || sealed == before {
                return Ok(sealed);
            }
        }
    }

    async fn seal_all_of(&self, tenant_id: i64) -> Result<usize, Problem> {
        let mut sealed = 0;
        loop {
            let some = self.seal_some(tenant_id).await?;
            sealed += some;
            if u64::try_from(some).unwrap_or_default() < BATCH {
                return Ok(sealed);
            }
        }
    }

    /// One batch of one business. Nothing when another worker was faster; the next round looks again.
    async fn seal_some(&self, tenant_id: i64) -> Result<usize, Problem> {
        // All is read and counted before the transaction, for which others wait. The head before the entries: what another
        // worker seals after this moves the head on, and then it is not where we saw it.
        let read = &self.at.db.read;
        let known = head::Entity::find_by_id(tenant_id).one(read).await?;
        let rows = entry::Entity::find()
            .filter(entry::Column::TenantId.eq(tenant_id))
            .filter(entry::Column::Seq.is_null())
            .order_by_asc(entry::Column::At)
            .order_by_asc(entry::Column::Id)
            .limit(BATCH)
            .all(read)
            .await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let new = known.is_none();
        let head = known.unwrap_or_else(|| self.beginning(tenant_id));
        let (mut seq, mut last) = (head.seq, head.hash.clone());
        let (mut seqs, mut hashes) = (CaseStatement::new(), CaseStatement::new());
        for row in &rows {
            seq += 1;
            last = hash(&last, seq, row).to_vec();
            seqs = seqs.case(Expr::col(entry::Column::Id).eq(row.id), seq);
            hashes = hashes.case(Expr::col(entry::Column::Id).eq(row.id), last.clone());
        }
        let day = self.now().with_timezone(&CHINA).format("%Y-%m-%d").to_string();
        let new_day = head.anchored_day.as_ref().is_none_or(|anchored| *anchored < day);
        let moved = head::ActiveModel {
            seq: Set(seq),
            hash: Set(last.clone()),
            anchored_day: Set(if new_day { Some(day.clone()) } else { head.anchored_day.clone() }),
            updated_at: Set(self.now()),
            ..Default::default()
        };
        let tx = self.begin().await?;
        if new && self.make_head(&tx, tenant_id).await?.is_none() {
            return Ok(0);
        }
        // Only from where it stood: of two workers, the second finds the head elsewhere.
        let moved = head::Entity::update_many()
            .set(moved)
            .filter(head::Column::TenantId.eq(tenant_id))
            .filter(head::Column::Seq.eq(head.seq))
            .filter(head::Column::Hash.eq(head.hash))
            .exec(&tx)
            .await?;
        if moved.rows_affected != 1 {
            return Ok(0);
        }
        let sealed = entry::Entity::update_many()
            .col_expr(entry::Column::Seq, seqs.into())
            .col_expr(entry::Column::Hash, hashes.into())
            .filter(entry::Column::TenantId.eq(tenant_id))
            .filter(entry::Column::Id.is_in(rows.iter().map(|row| row.id)))
            .filter(entry::Column::Seq.is_null())
            .exec(&tx)
            .await?;
        if sealed.rows_affected != u64::try_from(rows.len()).unwrap_or_default() {
            return Err(Problem::Internal(anyhow::anyhow!("an audit entry went away while it was sealed")));
        }
        if new_day {
            let anchor = anchor::ActiveModel {
                tenant_id: Set(tenant_id),
                day: Set(day.clone()),
                seq: Set(seq),
                hash: Set(last.clone()),
                made_at: Set(self.now()),
            };
            anchor::Entity::insert(anchor).exec_without_returning(&tx).await?;
        }
        tx.commit().await?;
        if new_day {
            // Outside the database, where whoever rewrites the whole chain cannot rewrite it too.
            tracing::info!(tenant = tenant_id, day, seq, hash = hex::encode(&last), "audit anchor");
        }
        Ok(rows.len())
    }

    /// Where the chain of a business stands; made at the first entry. None when another worker is
    /// making it this very moment.
    pub(super) async fn audit_head(&self, tx: &Transaction, tenant_id: i64) -> Result<Option<head::Model>, DbErr> {
        match head::Entity::find_by_id(tenant_id).one(tx).await? {
            Some(head) => Ok(Some(head)),
            None => self.make_head(tx, tenant_id).await,
        }
    }

    /// Where a chain stands that has no entry.
    fn beginning(&self, tenant_id: i64) -> head::Model {
        head::Model {
            tenant_id,
            seq: 0,
            hash: BEGINNING.to_vec(),
            cut_seq: 0,
            cut_hash: BEGINNING.to_vec(),
            anchored_day: None,
            retention_days: None,
            updated_at: self.now(),
        }
    }

    async fn make_head(&self, tx: &Transaction, tenant_id: i64) -> Result<Option<head::Model>, DbErr> {
        let head = self.beginning(tenant_id);
        match head::Entity::insert(head.clone().into_active_model().reset_all()).exec_without_returning(tx).await {
            Err(error) if refusal(&error).is_some() => Ok(None),
            other => other.map(|_| Some(head)),
        }
    }
}
