//! Blind indexes of phones say again who holds the customer, so that whom a salesperson sees of all whose phone ends with
//! four digits is read from one index.

use crate::fill::fill_holders;
use crate::schema::Table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const PHONES: &str = "customer_phones";

/// What the new indexes make superfluous: their beginnings.
const SUPERFLUOUS: [&str; 2] = ["customer_phones_tenant_id_last_four", "customer_phones_tenant_id_next_last_four"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::system(PHONES, &[]).opt_uuid("holder_id").add(manager).await?;
        fill_holders(manager, PHONES).await?;
        Table::system(PHONES, &[])
            .index(&["tenant_id", "last_four", "holder_id", "customer_id"])
            .index(&["tenant_id", "next_last_four", "holder_id", "customer_id"])
            .add(manager)
            .await?;
        for name in SUPERFLUOUS {
            if manager.has_index(PHONES, name).await? {
                manager.drop_index(Index::drop().name(name).table(Alias::new(PHONES)).to_owned()).await?;
            }
        }
        Ok(())
    }
}
