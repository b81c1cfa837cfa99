//! A business's own roles, its teams, and which of them a member of staff has.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::tenanted("roles")
            .text("name")
            .opt_json("rights")
            .aggregate()
            .unique(&["tenant_id", "name", "live"])
            .create(manager)
            .await?;
        Table::tenanted("teams")
            .text("name")
            .opt_uuid("parent_id")
            .opt_uuid("lead_id")
            .aggregate()
            .unique(&["tenant_id", "name", "live"])
            .references(&["tenant_id", "parent_id"], "teams", &["tenant_id", "id"])
            .references(&["tenant_id", "lead_id"], "staff", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::system("staff", &[])
            .opt_uuid("role_id")
            .opt_uuid("team_id")
            .index(&["tenant_id", "team_id"])
            .index(&["tenant_id", "role_id"])
            .add(manager)
            .await
    }
}
