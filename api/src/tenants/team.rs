//! The table of teams, a tree.

use crate::scope::{Eyes, every, none};
use sea_orm::entity::prelude::*;
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "teams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub parent_id: Option<Uuid>,
    pub lead_id: Option<Uuid>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    pub live: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::fields!(plain Name);

crate::tenanted!(aggregate "team", |look| match look.eyes {
    Eyes::All | Eyes::Staff(_) => every(),
    Eyes::Orders(_) => none(),
});

/// The teams that `roots` picks, and all below them.
pub fn below(teams: &[Model], roots: impl Fn(&Model) -> bool) -> HashSet<Uuid> {
    let mut found: HashSet<Uuid> = teams.iter().filter(|team| roots(team)).map(|team| team.id).collect();
    loop {
        let children = teams.iter().filter(|team| team.parent_id.is_some_and(|parent| found.contains(&parent)));
        let new: Vec<Uuid> = children.map(|team| team.id).filter(|id| !found.contains(id)).collect();
        // A circle, which nobody can make through the API, ends here too.
        if new.is_empty() {
            return found;
        }
        found.extend(new);
    }
}

/// The teams to which somebody belongs in one way or another: their own and those they lead, all above
/// these, and all below those they lead.
pub fn around(teams: &[Model], own: Option<Uuid>, person: Uuid) -> HashSet<Uuid> {
    let led = |team: &Model| team.lead_id == Some(person);
    let mut found = below(teams, led);
    let mut next: Vec<Uuid> =
        own.into_iter().chain(teams.iter().filter(|team| led(team)).map(|team| team.id)).collect();
    let mut seen = HashSet::new();
    while let Some(id) = next.pop() {
        if seen.insert(id) {
            next.extend(teams.iter().find(|team| team.id == id).and_then(|team| team.parent_id));
        }
    }
    found.extend(seen);
    found
}
