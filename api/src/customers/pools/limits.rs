//! How many customers somebody, or a team, may look after.

use super::entity::settings;
use crate::customers::entity::customer;
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use crate::tenants::{staff, team};
use domain::Violation;
use domain::pools::{OwnerLimit, OwnerLimits};
use sea_orm::{ColumnTrait as _, QuerySelect};
use std::sync::Arc;
use uuid::Uuid;

/// The limits of the business: a copy that is at most three seconds old.
async fn kept(rows: &impl Reads) -> Result<Arc<OwnerLimits>, Problem> {
    let scope = rows.scope();
    let snapshots = &scope.installation().snapshots;
    if let Some(kept) = snapshots.owner_limits(scope.tenant_id(), scope.now()) {
        return Ok(kept);
    }
    let row = rows.rows_of_all::<settings::Entity>().one().await?;
    let found = Arc::new(match row {
        Some(row) => read(&row)?,
        None => OwnerLimits::default(),
    });
    snapshots.remember_owner_limits(scope.tenant_id(), scope.now(), &found);
    Ok(found)
}

/// The limits that a row says.
fn read(row: &settings::Model) -> Result<OwnerLimits, Problem> {
    let mut found = OwnerLimits { person: row.person_limit, ..OwnerLimits::default() };
    for OwnerLimit { staff_id, team_id, most } in super::settings::limits(row)? {
        found.staff.extend(staff_id.map(|id| (id, most)));
        found.teams.extend(team_id.map(|id| (id, most)));
    }
    Ok(found)
}

/// A limit and what is left of it.
struct Room {
    left: u64,
    most: i64,
    team: bool,
}

/// The limit of which the least is left; none when somebody may look after as many as they like. Whoever
/// gives customers to the same people goes one after the other, where there is a limit.
async fn tightest(tx: &Tx<'_>, owner: Uuid) -> Result<Option<Room>, Problem> {
    let limits = kept(tx).await?;
    let own = limits.of(owner);
    if own.is_none() && limits.teams.is_empty() {
        return Ok(None);
    }
    tx.find_masked::<settings::Entity>().shape(QuerySelect::lock_exclusive).all().await?;
    let mut rooms = Vec::new();
    if let Some(most) = own {
        rooms.push(room_of(tx, vec![owner], most, false).await?);
    }
    if !limits.teams.is_empty() {
        let person = tx.find_masked::<staff::Entity>().filter(staff::Column::Id.eq(owner)).one().await?;
        let teams = tx.find_masked::<team::Entity>().all().await?;
        for (id, most) in &limits.teams {
            let below = team::below(&teams, |team| team.id == *id);
            if !person.as_ref().and_then(|person| person.team_id).is_some_and(|own| below.contains(&own)) {
                continue;
            }
            let people = tx.find_masked::<staff::Entity>().filter(staff::Column::TeamId.is_in(below)).all().await?;
            rooms.push(room_of(tx, people.into_iter().map(|person| person.id).collect(), *most, true).await?);
        }
    }
    Ok(rooms.into_iter().min_by_key(|room| room.left))
}

async fn room_of(tx: &Tx<'_>, people: Vec<Uuid>, most: i64, team: bool) -> Result<Room, Problem> {
    let limit = u64::try_from(most).unwrap_or_default();
    let theirs = tx
        .find_masked::<customer::Entity>()
        .filter(customer::Column::OwnerId.is_in(people))
        .filter(customer::Column::PoolId.is_null());
    let (count, _) = theirs.count_to(limit).await?;
    Ok(Room { left: limit.saturating_sub(count), most, team })
}

/// Refuses one more customer to somebody who has as many as they may; `field` is where they were named.
///
/// # Errors
/// `owner_limit` or `team_limit`, with the number.
pub(in crate::customers) async fn room(tx: &Tx<'_>, owner: Uuid, field: &str) -> Result<(), Problem> {
    match tightest(tx, owner).await? {
        Some(Room { left: 0, most, team: true }) => Err(Violation::new(field, "team_limit").with("max", most).into()),
        Some(Room { left: 0, most, team: false }) => Err(Violation::new(field, "owner_limit").with("max", most).into()),
        _ => Ok(()),
    }
}

/// How many more customers somebody may look after, and why no more; none: as many as they like.
pub(in crate::customers) async fn fitting(tx: &Tx<'_>, owner: Uuid) -> Result<Option<(usize, &'static str)>, Problem> {
    let room = tightest(tx, owner).await?;
    Ok(room.map(|room| {
        let why = if room.team { "team_limit" } else { "owner_limit" };
        (usize::try_from(room.left).unwrap_or(usize::MAX), why)
    }))
}
