//! Files that no row names: they go when their time is over.

use super::System;
use crate::attachments::entity::{attachment, piece};
use crate::problem::Problem;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _};

/// Files that go in one turn.
const BATCH: u64 = 100;

#[expect(clippy::disallowed_methods, reason = "sweeping goes across businesses")]
impl System {
    /// Lets files go that no row named in time, or that none names any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_attachments(&self, only: Option<i64>) -> Result<(), Problem> {
        let (now, db) = (self.now(), &self.at.db.write);
        loop {
            let over = attachment::Entity::find().filter(attachment::Column::KeptUntil.lte(now));
            let over = over.filter(Condition::all().add_option(only.map(|id| attachment::Column::TenantId.eq(id))));
            let over = over.limit(BATCH).all(&self.at.db.read).await?;
            for row in &over {
                piece::Entity::delete_many()
                    .filter(piece::Column::TenantId.eq(row.tenant_id))
                    .filter(piece::Column::AttachmentId.eq(row.id))
                    .exec(db)
                    .await?;
                attachment::Entity::delete_many()
                    .filter(attachment::Column::TenantId.eq(row.tenant_id))
                    .filter(attachment::Column::Id.eq(row.id))
                    .filter(attachment::Column::KeptUntil.lte(now))
                    .exec(db)
                    .await?;
            }
            if u64::try_from(over.len()).unwrap_or_default() < BATCH {
                return Ok(());
            }
        }
    }
}
