//! A database that came out of a backup knows people again who were erased since. The list knows better.

use super::list::{self, Erased};
use super::{person, tenant};
use crate::customers::transfer::forget;
use crate::installation::Installation;
use crate::problem::Problem;
use crate::scope::system::{System, job_scope};
use anyhow::Context as _;
use std::sync::Arc;
use uuid::Uuid;

/// Erases again whoever is on the list and in the database. It goes on behind the line at which this
/// very database stopped the last time, so it costs nothing when there is nothing new.
///
/// # Errors
/// When the list cannot be read or the database does not answer.
pub async fn erase_again(at: &Arc<Installation>) -> anyhow::Result<usize> {
    if !at.db.is_migrated().await? {
        return Ok(0); // Whoever brings the schema up to date starts anew afterwards.
    }
    let system = System::new(at);
    let path = at.config.keys.erased_file.clone();
    let from = system.erased_until().await?;
    let (lines, until) = list::read(&path, from).await?;
    let mut again = 0;
    for line in lines {
        let erased = match line {
            Erased::Person { tenant, person, .. } => erase_person(at, &system, tenant, person).await,
            Erased::Tenant { tenant: id, signed_up, .. } => match system.tenant(id).await {
                Ok(Some(row)) if row.created_at == signed_up && row.erased_at.is_none() => {
                    tenant::erase_tenant(&system, id).await.map(|()| true)
                }
                other => other.map(|_| false),
            },
        };
        again += usize::from(erased.map_err(|problem| anyhow::anyhow!("{problem}")).context("erasing again")?);
    }
    if until != from {
        system.set_erased_until(until).await?;
    }
    if again > 0 {
        tracing::warn!(again, "erased again who was erased since this backup was made");
    }
    Ok(again)
}

async fn erase_person(at: &Arc<Installation>, system: &System, tenant_id: i64, id: Uuid) -> Result<bool, Problem> {
    if system.tenant(tenant_id).await?.is_none_or(|tenant| tenant.erased_at.is_some()) {
        return Ok(false);
    }
    let mut scope = job_scope(at, tenant_id, Uuid::nil()).await?;
    let tx = scope.begin().await?;
    forget(&tx).await?;
    let erased = person::erase(&tx, id, "restored").await?;
    if erased {
        tx.commit().await?;
    }
    Ok(erased)
}
