//! The digests by which staff, proved phones and orders are found across businesses get a second column,
//! for the key that follows; and the phones of staff are kept, sealed, to make them from.

use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let digest = |table: &'static str| Table::system(table, &[]).opt_digest("next_digest").index(&["next_digest"]);
        digest("account_phones").add(manager).await?;
        digest("order_phones").add(manager).await?;
        Table::system("staff", &[])
            .opt_sealed("phone_sealed")
            .opt_digest("next_phone_digest")
            .unique(&["tenant_id", "next_phone_digest", "live"])
            .index(&["next_phone_digest"])
            .add(manager)
            .await
    }
}
