//! Tables that came in or went out: their rows go when their time is over, and a link opens one of them.

use super::System;
use crate::customers::transfer::entity::{chunk, export, import, mark, row};
use crate::problem::Problem;
use crate::scope::{Eyes, Scope, Who};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use std::sync::Arc;
use uuid::Uuid;

/// Files that are let go in one turn.
const BATCH: u64 = 100;

#[expect(clippy::disallowed_methods, reason = "sweeping goes across businesses")]
impl System {
    /// The scope in which somebody who holds a link fetches the file behind it, and nothing else.
    pub(crate) async fn ticket_scope(&self, tenant_id: i64) -> Result<Scope, Problem> {
        let open = self.tenant(tenant_id).await?.is_some_and(|tenant| tenant.suspended_at.is_none());
        let keys = self.tenant_keys(tenant_id).await.ok().filter(|_| open).ok_or(Problem::NotFound)?;
        let who = Who { id: None, name: "下载链接".to_owned() };
        Ok(Scope::new(Arc::clone(&self.at), tenant_id, Eyes::All, who, keys, self.by.origin.clone()))
    }

    /// Lets the rows of files go whose time is over, of one business or of all. What was done with them stays in sight,
    /// in numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_files(&self, only: Option<i64>) -> Result<(), Problem> {
        let (now, db) = (self.now(), &self.at.db.write);
        let over = import::Entity::find()
            .filter(import::Column::ExpiresAt.lt(now))
            .filter(import::Column::ChunkCount.gt(0))
            .filter(Condition::all().add_option(only.map(|tenant| import::Column::TenantId.eq(tenant))))
            .limit(BATCH);
        let imports: Vec<(i64, Uuid)> =
            over.all(&self.at.db.read).await?.into_iter().map(|row| (row.tenant_id, row.id)).collect();
        let over = export::Entity::find()
            .filter(export::Column::ExpiresAt.lt(now))
            .filter(export::Column::ChunkCount.gt(0))
            .filter(Condition::all().add_option(only.map(|tenant| export::Column::TenantId.eq(tenant))))
            .limit(BATCH);
        let exports: Vec<(i64, Uuid)> =
            over.all(&self.at.db.read).await?.into_iter().map(|row| (row.tenant_id, row.id)).collect();
        for (tenant, file) in imports.iter().chain(&exports) {
            chunk::Entity::delete_many()
                .filter(chunk::Column::TenantId.eq(*tenant))
                .filter(chunk::Column::FileId.eq(*file))
                .exec(db)
                .await?;
        }
        for (tenant, import) in imports {
            row::Entity::delete_many()
                .filter(row::Column::TenantId.eq(tenant))
                .filter(row::Column::ImportId.eq(import))
                .exec(db)
                .await?;
            mark::Entity::delete_many()
                .filter(mark::Column::TenantId.eq(tenant))
                .filter(mark::Column::ImportId.eq(import))
                .exec(db)
                .await?;
            import::Entity::update_many()
                .col_expr(import::Column::ChunkCount, Expr::value(0_i64))
                .filter(import::Column::TenantId.eq(tenant))
                .filter(import::Column::Id.eq(import))
                .exec(db)
                .await?;
        }
        for (tenant, export) in exports {
            export::Entity::update_many()
                .col_expr(export::Column::ChunkCount, Expr::value(0_i64))
                .filter(export::Column::TenantId.eq(tenant))
                .filter(export::Column::Id.eq(export))
                .exec(db)
                .await?;
        }
        Ok(())
    }
}
