//! A business's own roles that see customers see what these are offered, and those that change customers give offers: as
//! the built-in roles do. What a business promises stays with whoever may say so by name.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (known, new) in [("customers.read", "offers.read"), ("customers.write", "offers.give")] {
            // Rights are kept as JSON; a word in quotes is nothing else there.
            let (known, new) = (format!("\"{known}\""), format!("\"{new}\""));
            let sql = format!(
                "UPDATE roles SET rights = REPLACE(rights, '{known}', '{known},{new}') \
                 WHERE rights LIKE '%{known}%' AND rights NOT LIKE '%{new}%'"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
