//! Businesses, the people who work there, and how anybody signs in.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system("installation", &["name"]).text("name").opt_sealed("value").create(manager).await?;
        Table::system("tenants", &["id"])
            .int("id")
            .text("name")
            .opt_text("phone")
            .opt_sealed("tenant_key")
            .int("version")
            .instant("created_at")
            .instant("updated_at")
            .create(manager)
            .await?;
        Table::system("accounts", &["id"])
            .uuid("id")
            .text("last_side")
            .opt_int("last_tenant")
            .instant("created_at")
            .instant("updated_at")
            .create(manager)
            .await?;
        Table::system("wechat_identities", &["appid", "openid"])
            .text("appid")
            .text("openid")
            .uuid("account_id")
            .opt_text("unionid")
            .opt_sealed("session_key")
            .instant("updated_at")
            .index(&["unionid"])
            .index(&["account_id"])
            .create(manager)
            .await?;
        Table::system("operators", &["name"])
            .text("name")
            .uuid("account_id")
            .text("password_hash")
            .instant("created_at")
            .create(manager)
            .await?;
        Table::system("account_phones", &["account_id", "digest"])
            .uuid("account_id")
            .digest("digest")
            .opt_sealed("sealed")
            .instant("proved_at")
            .index(&["digest"])
            .create(manager)
            .await?;
        Table::system("sessions", &["id"])
            .uuid("id")
            .uuid("account_id")
            .digest("device")
            .instant("created_at")
            .instant("expires_at")
            .opt_instant("revoked_at")
            .index(&["account_id"])
            .create(manager)
            .await?;
        Table::system("refresh_tokens", &["digest"])
            .digest("digest")
            .uuid("session_id")
            .opt_instant("used_at")
            .opt_sealed("successor")
            .instant("created_at")
            .index(&["session_id"])
            .create(manager)
            .await?;
        Table::tenanted("staff")
            .text("name")
            .text("role")
            .opt_uuid("account_id")
            .opt_digest("phone_digest")
            .int("auth_epoch")
            .opt_instant("suspended_at")
            .aggregate()
            .unique(&["tenant_id", "phone_digest", "live"])
            .unique(&["tenant_id", "account_id", "live"])
            .index(&["account_id"])
            .index(&["phone_digest"])
            .create(manager)
            .await?;
        Ok(())
    }
}
