//! Tables of customers that come in and go out: imports, what each did to every row, which column was meant for
//! what, exports, and the rows of both, sealed.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("imports")
            .uuid("staff_id")
            .text("name")
            .text("format")
            .text("state")
            .opt_digest("header_digest")
            .int("row_count")
            .int("chunk_count")
            .opt_json("asked")
            .int("run")
            .int("next_chunk")
            .int("created")
            .int("updated")
            .int("skipped")
            .int("failed")
            .int("reverted")
            .instant("created_at")
            .opt_instant("finished_at")
            .instant("expires_at")
            .index(&["tenant_id", "staff_id", "created_at"])
            .index(&["expires_at"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("import_rows", &["tenant_id", "import_id", "run", "line"])
            .uuid("import_id")
            .int("run")
            .int("line")
            .text("outcome")
            .opt_json("reasons")
            .opt_uuid("customer_id")
            .opt_instant("stamped_at")
            .opt_large_sealed("before")
            .index(&["tenant_id", "import_id", "run", "outcome", "line"])
            .index(&["tenant_id", "customer_id"])
            .references(&["tenant_id", "import_id"], "imports", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("import_mappings", &["tenant_id", "header_digest"])
            .digest("header_digest")
            .opt_json("columns")
            .create(manager)
            .await?;
        Table::tenanted("exports")
            .uuid("staff_id")
            .text("format")
            .text("state")
            .opt_json("asked")
            .opt_uuid("after_id")
            .int("row_count")
            .int("chunk_count")
            .opt_digest("ticket_digest")
            .opt_instant("ticket_until")
            .instant("created_at")
            .opt_instant("finished_at")
            .instant("expires_at")
            .index(&["tenant_id", "staff_id", "created_at"])
            .index(&["expires_at"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::part("file_chunks", &["tenant_id", "file_id", "position"])
            .uuid("file_id")
            .int("position")
            .opt_large_sealed("sealed")
            .create(manager)
            .await
    }
}
