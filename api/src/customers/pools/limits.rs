//! How many customers somebody, or a team, may look after.

use super::entity::settings;
use crate::customers::entity::customer;
use crate::problem::Problem;
use crate::scope::{Reads, Tx};
use crate::tenants::{staff, team};
use domain::Violation;
use domain::pools::{OwnerLimit, OwnerLimits};
use sea_orm::{ColumnTrait as _, QuerySelect};
use std::collections::{BTreeMap, HashMap, HashSet};
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
            rooms.push(room_of(tx, people_of(tx, &teams, *id).await?, *most, true).await?);
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

/// What is left of the limits while many customers are given to people, one after the other. It is asked before each
/// is written down, so it also sees those of whom the database does not know yet.
#[derive(Default)]
pub(in crate::customers) struct Rooms {
    people: HashMap<Uuid, u64>,
    /// Whom each team has, with those below it.
    teams: Option<Vec<(HashSet<Uuid>, u64)>>,
    given: BTreeMap<Uuid, u64>,
}

impl Rooms {
    /// After so many were given to people of whom the database does not know: a trial leaves nothing in it.
    pub(in crate::customers) fn after(given: BTreeMap<Uuid, u64>) -> Self {
        Self { given, ..Self::default() }
    }

    /// How many each person was given, where there are limits.
    pub(in crate::customers) const fn given(&self) -> &BTreeMap<Uuid, u64> {
        &self.given
    }

    /// Gives somebody one more, or says why not.
    pub(in crate::customers) async fn take(
        &mut self,
        tx: &Tx<'_>,
        owner: Uuid,
    ) -> Result<Result<(), &'static str>, Problem> {
        let limits = kept(tx).await?;
        let own = limits.of(owner);
        if own.is_none() && limits.teams.is_empty() {
            return Ok(Ok(()));
        }
        if let (Some(most), false) = (own, self.people.contains_key(&owner)) {
            // Whoever gives customers to the same people goes one after the other.
            tx.find_masked::<settings::Entity>().shape(QuerySelect::lock_exclusive).all().await?;
            let left = room_of(tx, vec![owner], most, false).await?.left;
            self.people.insert(owner, left.saturating_sub(self.given.get(&owner).copied().unwrap_or_default()));
        }
        if self.teams.is_none() {
            let teams = self.of_teams(tx, &limits.teams).await?;
            self.teams = Some(teams);
        }
        let mut theirs: Vec<&mut u64> = Vec::new();
        for (people, left) in self.teams.iter_mut().flatten() {
            if people.contains(&owner) {
                theirs.push(left);
            }
        }
        let person = self.people.get_mut(&owner);
        if person.as_deref() == Some(&0) {
            return Ok(Err("owner_limit"));
        }
        if theirs.iter().any(|left| **left == 0) {
            return Ok(Err("team_limit"));
        }
        for left in theirs.into_iter().chain(person) {
            *left -= 1;
        }
        *self.given.entry(owner).or_default() += 1;
        Ok(Ok(()))
    }

    /// What was given did not come about.
    pub(in crate::customers) fn give_back(&mut self, owner: Uuid) {
        let Some(given) = self.given.get_mut(&owner).filter(|given| **given > 0) else { return };
        *given -= 1;
        let teams = self.teams.iter_mut().flatten().filter(|(people, _)| people.contains(&owner));
        for left in teams.map(|(_, left)| left).chain(self.people.get_mut(&owner)) {
            *left += 1;
        }
    }

    async fn of_teams(&self, tx: &Tx<'_>, limits: &[(Uuid, i64)]) -> Result<Vec<(HashSet<Uuid>, u64)>, Problem> {
        if limits.is_empty() {
            return Ok(Vec::new());
        }
        tx.find_masked::<settings::Entity>().shape(QuerySelect::lock_exclusive).all().await?;
        let teams = tx.find_masked::<team::Entity>().all().await?;
        let mut found = Vec::new();
        for (id, most) in limits {
            let people = people_of(tx, &teams, *id).await?;
            let left = room_of(tx, people.clone(), *most, true).await?.left;
            let given: u64 = people.iter().filter_map(|person| self.given.get(person)).sum();
            found.push((people.into_iter().collect(), left.saturating_sub(given)));
        }
        Ok(found)
    }
}

/// Whoever is in a team or below it.
async fn people_of(tx: &Tx<'_>, teams: &[team::Model], id: Uuid) -> Result<Vec<Uuid>, Problem> {
    let below = team::below(teams, |team| team.id == id);
    let people = tx.find_masked::<staff::Entity>().filter(staff::Column::TeamId.is_in(below)).all().await?;
    Ok(people.into_iter().map(|person| person.id).collect())
}
