//! What another role would open and close, before it is saved.

use super::{Counted, needed, predicate};
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{Can, Checked, Eyes, Look, Path, Scope, grants::RolesWrite, none};
use crate::tenants::{assignable, find_below, role, sounder, staff};
use crate::{customers, interactions, opportunities, orders, tasks};
use actix_web::{post, web::Json};
use domain::permission::{FieldRule, RowKind};
use domain::rights::Rights;
use domain::staff::{RoleChanges, RoleChoice};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// Holders of a role that a preview counts for. Each costs up to ten counts.
const HOLDERS: u64 = 20;

/// What a change of rights would open and close.
#[derive(Debug, Serialize, ToSchema)]
pub struct RightsPreview {
    /// For how many colleagues it was counted.
    pub staff: usize,
    /// Whether more have the role.
    pub capped: bool,
    /// Kind by kind; those that nothing changes for are left out.
    pub rows: Vec<RowsPreview>,
    /// The kinds of field of which another part is shown; those that nothing changes for are left out.
    pub fields: Vec<FieldPreview>,
}

/// What a change of rights would show of a kind of field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldPreview {
    /// `phones`, `emails` or `amounts`.
    pub field: &'static str,
    /// The rule of now.
    pub before: FieldRule,
    /// The rule of then.
    pub after: FieldRule,
}

/// What a change of rights would open and close of one kind, summed over the colleagues.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowsPreview {
    /// Of what.
    pub resource: RowKind,
    /// Rows seen then and not now.
    pub opens: Counted,
    /// Rows seen now and not then.
    pub closes: Counted,
}

/// Shows what a change to a role of the business's own would open and close for those who have it.
/// Nothing is saved.
#[utoipa::path(tag = "roles", security(("bearer" = ["roles.write"])), params(("id" = Uuid, Path)), request_body = RoleChanges, responses((status = 200, body = RightsPreview), Problems))]
#[post("/roles/{id}/preview")]
pub(super) async fn preview_role(
    scope: Can<RolesWrite>,
    system: System,
    id: Path<Uuid>,
    body: Checked<RoleChanges>,
) -> Result<Json<RightsPreview>, Problem> {
    let row = scope.find::<role::Entity>().filter(role::Column::Id.eq(id.0)).one().await?.ok_or(Problem::NotFound)?;
    let before = row.rights();
    let after = body.value.rights.unwrap_or_else(|| before.clone());
    sounder(&before, &after)?;
    let holders = scope
        .find::<staff::Entity>()
        .filter(staff::Column::RoleId.eq(id.0))
        .shape(|rows| rows.order_by_asc(staff::Column::CreatedAt).limit(HOLDERS + 1))
        .all()
        .await?;
    Ok(Json(preview(&scope, &system, &holders, (&before, &after)).await?))
}

/// Shows what another role would open and close for a colleague. Nothing is saved.
#[utoipa::path(tag = "roles", security(("bearer" = ["roles.write"])), params(("id" = Uuid, Path)), request_body = RoleChoice, responses((status = 200, body = RightsPreview), Problems))]
#[post("/staff/{id}/role/preview")]
pub(super) async fn preview_role_of_staff(
    scope: Can<RolesWrite>,
    system: System,
    id: Path<Uuid>,
    body: Checked<RoleChoice>,
) -> Result<Json<RightsPreview>, Problem> {
    let person = find_below(&*scope, id.0).await?;
    let before = system.rights_of(person.tenant_id, person.role.0, person.role_id).await?;
    let after = assignable(&*scope, body.value.role, body.value.role_id).await?;
    Ok(Json(preview(&scope, &system, &[person], (&before, &after)).await?))
}

async fn preview(
    scope: &Scope,
    system: &System,
    people: &[staff::Model],
    (before, after): (&Rights, &Rights),
) -> Result<RightsPreview, Problem> {
    let limit = usize::try_from(HOLDERS).unwrap_or(usize::MAX);
    let mut rows: Vec<RowsPreview> = Vec::new();
    for person in people.iter().take(limit) {
        let now = Eyes::Staff(Arc::new(system.sight_with(person, before.clone()).await?));
        let then = Eyes::Staff(Arc::new(system.sight_with(person, after.clone()).await?));
        for kind in RowKind::ALL {
            if sees_the_same(*kind, before, after) {
                continue;
            }
            let opens = difference(scope, *kind, (&then, after), (&now, before)).await?;
            let closes = difference(scope, *kind, (&now, before), (&then, after)).await?;
            match rows.iter_mut().find(|row| row.resource == *kind) {
                Some(row) => {
                    row.opens.add(opens);
                    row.closes.add(closes);
                }
                None => rows.push(RowsPreview { resource: *kind, opens, closes }),
            }
        }
    }
    rows.retain(|row| row.opens.count > 0 || row.closes.count > 0);
    let fields = before.fields.beside(after.fields).into_iter().filter(|(_, before, after)| before != after);
    let fields = fields.map(|(field, before, after)| FieldPreview { field, before, after }).collect();
    Ok(RightsPreview { staff: people.len().min(limit), capped: people.len() > limit, rows, fields })
}

impl Counted {
    fn add(&mut self, more: Self) {
        self.count = self.count.saturating_add(more.count);
        self.capped |= more.capped;
    }
}

fn sees_the_same(kind: RowKind, before: &Rights, after: &Rights) -> bool {
    let (read, _) = needed(kind);
    let reach = |rights: &Rights| rights.reach(kind.resource());
    before.can(read) == after.can(read) && reach(before) == reach(after) && before.pool == after.pool
}

/// Rows that the first see and the second do not.
async fn difference(
    scope: &Scope,
    kind: RowKind,
    (these, of_these): (&Eyes, &Rights),
    (those, of_those): (&Eyes, &Rights),
) -> Result<Counted, Problem> {
    let (read, _) = needed(kind);
    if !of_these.can(read) {
        return Ok(Counted::default());
    }
    let look = Look { eyes: those, tenant_id: scope.tenant_id(), write: false };
    let seen = if of_those.can(read) { predicate(kind, &look) } else { none() };
    // An empty condition is true of every row, and so is its negation: it has to say so.
    let unseen = if seen.is_empty() { none() } else { Condition::all().add(seen.not()) };
    macro_rules! counted {
        ($entity:ty) => {
            scope.find_as::<$entity>(these, false).filter(unseen).count().await?.into()
        };
    }
    Ok(match kind {
        RowKind::Customers => counted!(customers::Entity),
        RowKind::Interactions => counted!(interactions::entity::Entity),
        RowKind::Tasks => counted!(tasks::entity::Entity),
        RowKind::Orders => counted!(orders::Entity),
        RowKind::Opportunities => counted!(opportunities::Entity),
    })
}
