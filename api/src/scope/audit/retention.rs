//! Entries whose time is over go, from the old end of the chain; the head remembers the hash there,
//! so that what stays can still be verified.

use super::entity::{entry, head};
use super::{Event, Origin};
use crate::problem::Problem;
use crate::scope::Who;
use crate::scope::system::{Said, System};
use chrono::Duration;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use serde_json::json;

/// Entries that go in one transaction.
const BATCH: u64 = 500;
/// Businesses looked at in one statement.
const BUSINESSES: u64 = 500;

#[expect(clippy::disallowed_methods, reason = "the chain goes through all businesses")]
impl System {
    /// Says how long a business keeps its record; none: as long as the installation, 0: for ever.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_audit(&self, tenant_id: i64, days: Option<i64>) -> Result<(), Problem> {
        let recorded = self.begin_recorded().await?;
        let before = self.audit_head(recorded.on(), tenant_id).await?.ok_or(Problem::conflict("in_progress", None))?;
        let change = head::ActiveModel { retention_days: Set(days), ..head::ActiveModel::default() };
        head::Entity::update_many()
            .set(change)
            .filter(head::Column::TenantId.eq(tenant_id))
            .exec(recorded.on())
            .await?;
        let changes = json!({ "old": before.retention_days, "new": days });
        Ok(recorded.commit(Said::about(tenant_id, "retention", "audit", changes)).await?)
    }

    /// Removes the entries whose time is over and says how many that were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cut_audit(&self) -> Result<u64, Problem> {
        let (mut cut, mut after) = (0, -1);
        loop {
            let mut some = Condition::all().add(head::Column::TenantId.gt(after));
            if self.at.config.audit.retention_days == 0 {
                some = some.add(head::Column::RetentionDays.gt(0));
            }
            let heads = head::Entity::find().filter(some).order_by_asc(head::Column::TenantId).limit(BUSINESSES);
            let heads = heads.all(&self.at.db.read).await?;
            let Some(last) = heads.last() else { return Ok(cut) };
            after = last.tenant_id;
            for head in heads {
                loop {
                    let some = self.cut_some(head.tenant_id).await?;
                    cut += some;
                    if some < BATCH {
                        break;
                    }
                }
            }
        }
    }

    /// The old end of one chain: as far as every entry is old, since late entries stand behind newer.
    async fn cut_some(&self, tenant_id: i64) -> Result<u64, Problem> {
        let tx = self.begin().await?;
        let Some(head) = head::Entity::find_by_id(tenant_id).one(&tx).await? else { return Ok(0) };
        let days = head.retention_days.unwrap_or(self.at.config.audit.retention_days);
        if days <= 0 {
            return Ok(0);
        }
        let over = self.now() - Duration::days(days);
        let rows: Vec<_> = entry::Entity::find()
            .filter(entry::Column::TenantId.eq(tenant_id))
            .filter(entry::Column::Seq.gt(head.cut_seq))
            .order_by_asc(entry::Column::Seq)
            .limit(BATCH)
            .all(&tx)
            .await?
            .into_iter()
            .take_while(|row| row.at < over)
            .collect();
        let Some(last) = rows.last() else { return Ok(0) };
        let (Some(seq), Some(hash)) = (last.seq, last.hash.clone()) else { return Ok(0) };
        let moved = head::ActiveModel { cut_seq: Set(seq), cut_hash: Set(hash), ..head::ActiveModel::default() };
        let moved = head::Entity::update_many()
            .set(moved)
            .filter(head::Column::TenantId.eq(tenant_id))
            .filter(head::Column::CutSeq.eq(head.cut_seq))
            .exec(&tx)
            .await?;
        if moved.rows_affected != 1 {
            return Ok(0);
        }
        let gone = entry::Entity::delete_many()
            .filter(entry::Column::TenantId.eq(tenant_id))
            .filter(entry::Column::Seq.lte(seq))
            .exec(&tx)
            .await?
            .rows_affected;
        let changes = json!({ "until": seq, "entries": gone });
        let origin = Origin::default();
        let who = Who { id: None, name: "系统".to_owned() };
        let (action, resource) = ("cut", "audit");
        let event = Event { tenant_id, who, action, resource, resource_id: None, changes, origin: &origin };
        self.record_with(&tx, event).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
