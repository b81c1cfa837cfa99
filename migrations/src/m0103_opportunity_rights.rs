//! A business's own roles that see orders see opportunities, and those that make orders write them: as the built-in
//! roles do.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for verb in ["read", "write"] {
            // Rights are kept as JSON; a word in quotes is nothing else there.
            let (known, new) = (format!("\"orders.{verb}\""), format!("\"opportunities.{verb}\""));
            let sql = format!(
                "UPDATE roles SET rights = REPLACE(rights, '{known}', '{known},{new}') \
                 WHERE rights LIKE '%{known}%' AND rights NOT LIKE '%{new}%'"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
