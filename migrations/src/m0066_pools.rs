//! Several pools with members, what became of the customers in them, and how many one may look after.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A pool of an older version is everybody's.
        Table::system("pools", &[])
            .opt_int("members_only")
            .opt_int("claims_a_day")
            .opt_int("reclaim_days")
            .opt_uuid("moving_to")
            .add(manager)
            .await?;
        // Since when somebody has looked after a customer; NULL: since it was written down.
        Table::system("customers", &[]).opt_instant("owned_at").add(manager).await?;
        Table::part("pool_staff", &["tenant_id", "pool_id", "staff_id"])
            .uuid("pool_id")
            .uuid("staff_id")
            .references(&["tenant_id", "pool_id"], "pools", &["tenant_id", "id"])
            .references(&["tenant_id", "staff_id"], "staff", &["tenant_id", "id"])
            .narrow()
            .create(manager)
            .await?;
        Table::part("pool_teams", &["tenant_id", "pool_id", "team_id"])
            .uuid("pool_id")
            .uuid("team_id")
            .references(&["tenant_id", "pool_id"], "pools", &["tenant_id", "id"])
            .references(&["tenant_id", "team_id"], "teams", &["tenant_id", "id"])
            .narrow()
            .create(manager)
            .await?;
        Table::tenanted("pool_moves")
            .uuid("customer_id")
            .text("kind")
            .opt_uuid("from_owner_id")
            .opt_uuid("from_pool_id")
            .opt_uuid("to_owner_id")
            .opt_uuid("to_pool_id")
            .opt_long_text("reason")
            .opt_uuid("staff_id")
            .text("staff_name")
            .instant("created_at")
            .index(&["tenant_id", "customer_id", "created_at", "id"])
            .index(&["tenant_id", "staff_id", "kind", "created_at"])
            .references(&["tenant_id", "customer_id"], "customers", &["tenant_id", "id"])
            .create(manager)
            .await?;
        Table::tenanted("pool_settings")
            .opt_json("reasons")
            .opt_int("person_limit")
            .opt_json("limits")
            .aggregate()
            .unique(&["tenant_id", "live"])
            .create(manager)
            .await
    }
}
