//! Erasing a business.

use super::list::{self, Erased};
use crate::problem::Problem;
use crate::scope::system::System;

/// Destroys the key of a business, so that nothing of it can be read, and takes its name. Its rows go later:
/// [`System::go_on_erasing`]. Doing it twice changes nothing.
pub(crate) async fn doom_tenant(system: &System, tenant_id: i64) -> Result<(), Problem> {
    let tenant = system.tenant(tenant_id).await?.ok_or(Problem::NotFound)?;
    if tenant.erased_at.is_none() {
        let line = Erased::Tenant { tenant: tenant_id, signed_up: tenant.created_at, at: system.now() };
        list::append(&system.at.config.keys.erased_file, &line).await?;
        system.destroy_tenant_key(tenant_id).await?;
    }
    Ok(())
}

/// Destroys the key of a business and deletes its rows, in small transactions: when it is interrupted it goes on, here
/// or in any server. What stays is that there was a business of that number.
pub(crate) async fn erase_tenant(system: &System, tenant_id: i64) -> Result<(), Problem> {
    doom_tenant(system, tenant_id).await?;
    system.delete_rows_of(tenant_id).await
}
