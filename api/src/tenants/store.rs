//! What holds whenever somebody's rights change: nobody gives away more than they have, nobody touches
//! a colleague who may do more, and what is dangerous is given away with a second look. That a business keeps a boss,
//! see `scope::system::tenants`.

use super::{invitation, role, staff, team};
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use domain::permission::{Permission, Reach, Resource, Role};
use domain::rights::Rights;
use domain::step_up::dangerous;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a role may do and see; none when the business has no such role of its own, or has it no more.
async fn rights_named(rows: &impl Reads, role: Role, role_id: Option<Uuid>) -> Result<Option<Rights>, Problem> {
    let (Role::Custom, Some(id)) = (role, role_id) else { return Ok(Some(role.rights())) };
    let row = rows.rows::<role::Entity>().filter(role::Column::Id.eq(id)).one().await?;
    Ok(row.map(|row| row.rights()))
}

/// What a colleague may do and see. A role that is no more gives nothing: then somebody can still give them another.
pub(crate) async fn rights_held(rows: &impl Reads, by: &staff::Model) -> Result<Rights, Problem> {
    Ok(rights_named(rows, by.role.0, by.role_id).await?.unwrap_or_else(|| Role::Custom.rights()))
}

/// A colleague who works here now: neither removed nor kept from it. Nobody else is given anything to look after. Whoever
/// was entered by phone and has not joined yet counts: a shop is set up before its people come, and what it gives them
/// waits for them. Within a transaction they cannot leave before it ends.
pub(crate) async fn at_work(rows: &impl Reads, id: Uuid) -> Result<Option<staff::Model>, Problem> {
    Ok(rows.rows::<staff::Entity>().filter(not_suspended(staff::Column::Id.eq(id))).held().one().await?)
}

/// Those of some colleagues who are [`at_work`].
pub(crate) async fn working(rows: &impl Reads, of: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, Problem> {
    if of.is_empty() {
        return Ok(of);
    }
    let here = rows.rows::<staff::Entity>().filter(not_suspended(staff::Column::Id.is_in(of))).held().all().await?;
    Ok(here.into_iter().map(|row| row.id).collect())
}

/// Who gets what comes back when nobody is there for it any more: whoever brings it, if they may change customers, or
/// else the boss who has been here longest; a business always has one.
pub(crate) async fn heir(tx: &Tx<'_>) -> Result<Option<Uuid>, Problem> {
    if let Some(me) = tx.who().id
        && let Some(row) = at_work(tx, me).await?
        && rights_held(tx, &row).await?.can(Permission::CustomersWrite)
    {
        return Ok(Some(me));
    }
    let bosses = not_suspended(staff::Column::Role.eq(Role::Boss.as_str())).add(staff::Column::AccountId.is_not_null());
    let oldest = tx.find_masked::<staff::Entity>().filter(bosses).held();
    let oldest = oldest.shape(|rows| rows.order_by_asc(staff::Column::CreatedAt).limit(1)).all().await?;
    Ok(oldest.first().map(|row| row.id))
}

/// Those of some colleagues who are [`at_work`]. Whoever declined the place never worked here.
pub(crate) fn not_suspended(who: Expr) -> Condition {
    Condition::all().add(who).add(staff::Column::SuspendedAt.is_null()).add(staff::Column::DeclinedAt.is_null())
}

/// The rights of a role that the actor may give to somebody. One that may do what is dangerous is given away as such:
/// whoever finds an unlocked phone would otherwise make themselves a colleague who does it with their own finger.
///
/// # Errors
/// 422 when there is no such role, or it may do more than the actor; 403 `step_up_required`.
pub(crate) async fn assignable(rows: &impl Reads, role: Role, role_id: Option<Uuid>) -> Result<Rights, Problem> {
    let found = rights_named(rows, role, role_id).await?.ok_or(Problem::field("role_id", "role_unknown"))?;
    within_own(rows, &found, "role")?;
    let gives = found.permissions.iter().any(|permission| dangerous(*permission));
    if gives && !rows.scope().stepped_up() { Err(Problem::StepUp) } else { Ok(found) }
}

/// What somebody gives who asks another to work here.
pub(super) struct Given {
    /// Who gives it; none where an operator of the installation does.
    by: Option<Uuid>,
    role: Role,
    role_id: Option<Uuid>,
    team_id: Option<Uuid>,
}

impl From<&invitation::Model> for Given {
    fn from(row: &invitation::Model) -> Self {
        Self { by: Some(row.invited_by), role: row.role.0, role_id: row.role_id, team_id: row.team_id }
    }
}

impl From<&staff::Model> for Given {
    fn from(row: &staff::Model) -> Self {
        Self { by: row.entered_by, role: row.role.0, role_id: row.role_id, team_id: row.team_id }
    }
}

/// Of each of these whether whoever gave it could still give it: they work here, may invite, and may do no less; and the
/// team that it leads into is there. Otherwise somebody who knows that they will be dismissed keeps a
/// ticket back for the day after.
pub(super) async fn standing(rows: &impl Reads, these: &[Given]) -> Result<Vec<bool>, Problem> {
    if these.is_empty() {
        return Ok(Vec::new());
    }
    let makers: BTreeSet<Uuid> = these.iter().filter_map(|one| one.by).collect();
    let makers = match makers.is_empty() {
        true => Vec::new(),
        false => {
            let makers = not_suspended(staff::Column::Id.is_in(makers));
            rows.rows::<staff::Entity>().filter(makers).held().all().await?
        }
    };
    let roles = rows.rows::<role::Entity>().all().await?;
    let rights = |role: Role, id: Option<Uuid>| match (role, id) {
        (Role::Custom, Some(id)) => roles.iter().find(|row| row.id == id).map(role::Model::rights),
        _ => Some(role.rights()),
    };
    let teams = match these.iter().any(|one| one.team_id.is_some()) {
        true => rows.rows::<team::Entity>().all().await?,
        false => Vec::new(),
    };
    let could = |one: &Given| {
        let leads_somewhere = one.team_id.is_none_or(|id| teams.iter().any(|team| team.id == id));
        let Some(given) = rights(one.role, one.role_id).filter(|_| leads_somewhere) else { return false };
        let Some(by) = one.by else { return true };
        let Some(maker) = makers.iter().find(|maker| maker.id == by) else { return false };
        let own = rights(maker.role.0, maker.role_id).unwrap_or_else(|| Role::Custom.rights());
        own.can(Permission::StaffWrite) && given.beyond(&own).is_none()
    };
    Ok(these.iter().map(could).collect())
}

/// As [`standing`], of one.
pub(super) async fn stands(rows: &impl Reads, one: impl Into<Given>) -> Result<bool, Problem> {
    Ok(standing(rows, &[one.into()]).await?.contains(&true))
}

/// How many invitations that say this somebody could still accept: what they give must stay until then.
pub(super) async fn invited(tx: &Tx<'_>, which: Expr) -> Result<u64, Problem> {
    let open: Vec<Given> = tx.system().invitations(which).await?.iter().map(Given::from).collect();
    let standing = standing(tx, &open).await?.into_iter().filter(|stands| *stands).count();
    Ok(u64::try_from(standing).unwrap_or(u64::MAX))
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

/// Refuses a place in the tree of teams that could show somebody rows which the actor does not see: everybody in the
/// team and below, and whoever is moved, must be among those whose rows they do see. To sit in a team, to lead it and to
/// stand above it open the same rows, so that each of them is asked here. `field` is where it was said.
pub(super) async fn within_sight(
    tx: &Tx<'_>,
    root: Option<Uuid>,
    moved: Option<&staff::Model>,
    field: &str,
) -> Result<(), Problem> {
    let own = tx.rights().ok_or(Problem::Forbidden("side_wrong"))?;
    if Resource::ALL.iter().all(|resource| own.reach(*resource) == Reach::All) {
        return Ok(());
    }
    // As the tree is now, not as it was up to three seconds ago: whoever was hired a moment before is there.
    let (me, teams) = (tx.me()?, tx.find::<team::Entity>().all().await?);
    let opened = team::below(&teams, |team| Some(team.id) == root);
    // With who has left: a leaver's customers are the team's until somebody takes them.
    let involved = Condition::any().add(staff::Column::Id.eq(me)).add(staff::Column::TeamId.is_in(opened));
    let people = tx.find_buried_masked::<staff::Entity>().filter(involved).all().await?;
    let sits_in = people.iter().find(|person| person.id == me).and_then(|person| person.team_id);
    // Of whatever reaches no further than oneself, a team shows what one does not see.
    let far = Resource::ALL.iter().all(|resource| matches!(own.reach(*resource), Reach::Team | Reach::All));
    let seen = team::below(&teams, |team| far && (Some(team.id) == sits_in || team.lead_id == Some(me)));
    let mut all = people.iter().chain(moved);
    let sees = |person: &staff::Model| person.id == me || person.team_id.is_some_and(|team| seen.contains(&team));
    if all.all(sees) { Ok(()) } else { Err(Problem::field(field, "team_unseen")) }
}

/// A colleague whom the actor may change: one who may do no more than the actor.
///
/// # Errors
/// 404, or 403 `colleague_above`.
pub(crate) async fn find_below(rows: &impl Reads, id: Uuid) -> Result<staff::Model, Problem> {
    let row = rows.rows::<staff::Entity>().filter(staff::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)?;
    let theirs = rights_held(rows, &row).await?;
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
