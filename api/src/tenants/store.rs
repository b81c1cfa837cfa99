//! What holds whenever somebody's rights change: nobody gives away more than they have, nobody touches
//! a colleague who may do more, and what is dangerous is given away with a second look. That a business keeps a boss,
//! see `scope::system::tenants`.

use super::{role, staff};
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use domain::permission::Role;
use domain::rights::Rights;
use domain::step_up::dangerous;
use sea_orm::ColumnTrait as _;
use uuid::Uuid;

/// What a role may do and see.
///
/// # Errors
/// 422 when the business has no such role of its own.
pub(crate) async fn rights_named(rows: &impl Reads, role: Role, role_id: Option<Uuid>) -> Result<Rights, Problem> {
    let (Role::Custom, Some(id)) = (role, role_id) else { return Ok(role.rights()) };
    let row = rows.rows::<role::Entity>().filter(role::Column::Id.eq(id)).one().await?;
    let row = row.ok_or_else(|| Problem::field("role_id", "role_unknown"))?;
    Ok(row.rights())
}

/// The rights of a role that the actor may give to somebody. One that may do what is dangerous is given away as such:
/// whoever finds an unlocked phone would otherwise make themselves a colleague who does it with their own finger.
///
/// # Errors
/// 422 when there is no such role, or it may do more than the actor; 403 `step_up_required`.
pub(crate) async fn assignable(rows: &impl Reads, role: Role, role_id: Option<Uuid>) -> Result<Rights, Problem> {
    let found = rights_named(rows, role, role_id).await?;
    within_own(rows, &found, "role")?;
    let gives = found.permissions.iter().any(|permission| dangerous(*permission));
    if gives && !rows.scope().stepped_up() { Err(Problem::StepUp) } else { Ok(found) }
}

/// Refuses rights beyond the actor's own; `field` is where they were said.
pub(super) fn within_own(rows: &impl Reads, rights: &Rights, field: &str) -> Result<(), Problem> {
    let own = rows.scope().rights().ok_or(Problem::Forbidden("side_wrong"))?;
    match rights.beyond(own) {
        None => Ok(()),
        Some(at) if field == "rights" => Err(Problem::field(&format!("rights.{at}"), "rights_beyond_own")),
        Some(_) => Err(Problem::field(field, "rights_beyond_own")),
    }
}

/// A colleague whom the actor may change: one who may do no more than the actor.
///
/// # Errors
/// 404, or 403 `colleague_above`.
pub(crate) async fn find_below(rows: &impl Reads, id: Uuid) -> Result<staff::Model, Problem> {
    let row = rows.rows::<staff::Entity>().filter(staff::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)?;
    let theirs = rights_named(rows, row.role.0, row.role_id).await?;
    let own = rows.scope().rights().ok_or(Problem::Forbidden("side_wrong"))?;
    if theirs.beyond(own).is_some() { Err(Problem::Forbidden("colleague_above")) } else { Ok(row) }
}

/// Commits a change to a colleague and forgets the copy this process keeps of them.
pub(crate) async fn forget(tx: Tx<'_>, id: Uuid) -> Result<(), Problem> {
    let (tenant_id, at) = (tx.tenant_id(), std::sync::Arc::clone(tx.installation()));
    tx.commit().await?;
    at.snapshots.forget_staff(tenant_id, id);
    Ok(())
}
