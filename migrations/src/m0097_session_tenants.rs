//! In which businesses a session has been on the staff side: they are the ones to whom it is shown.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("session_tenants", &["session_id", "tenant_id"])
            .uuid("session_id")
            .int("tenant_id")
            .instant("begun_at")
            .index(&["tenant_id", "session_id"])
            .create(manager)
            .await?;
        // Whoever is signed in now is known at the businesses where they work, as before.
        let col = |table: &'static str, column: &'static str| Expr::col((table, column));
        let here = col("staff", "account_id").eq(col("sessions", "account_id"));
        let session = col("session_tenants", "session_id").eq(col("sessions", "id"));
        let business = col("session_tenants", "tenant_id").eq(col("staff", "tenant_id"));
        let running = Query::select()
            .expr(col("sessions", "id"))
            .expr(col("staff", "tenant_id"))
            .expr(col("sessions", "created_at"))
            .from("sessions")
            .inner_join("staff", here)
            .left_join("session_tenants", session.and(business))
            .and_where(col("sessions", "revoked_at").is_null())
            .and_where(col("staff", "live").eq(1))
            .and_where(col("session_tenants", "session_id").is_null())
            .to_owned();
        let mut fill = Query::insert();
        fill.into_table("session_tenants").columns(["session_id", "tenant_id", "begun_at"]);
        fill.select_from(running).map_err(|error| DbErr::Custom(error.to_string()))?;
        manager.get_connection().execute(&fill).await.map(drop)
    }
}
