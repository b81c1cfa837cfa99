//! What the rows of a trial import said that no two customers may have, as digests.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::part("import_marks", &["tenant_id", "import_id", "run", "digest"])
            .uuid("import_id")
            .int("run")
            .digest("digest")
            .references(&["tenant_id", "import_id"], "imports", &["tenant_id", "id"])
            .create(manager)
            .await
    }
}
