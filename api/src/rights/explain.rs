//! Why somebody sees a row, or does not.

use super::needed;
use crate::customers::{self, Customer, entity::helper};
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{Can, Eyes, Query, Scope, Sight, grants::StaffWrite};
use crate::tenants::staff;
use crate::{interactions, opportunities, orders, tasks};
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, get, web::Json};
use domain::permission::{HelperLevel, Reach, RowKind};
use domain::{Lang, Violation};
use sea_orm::ColumnTrait as _;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which row, and for whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExplainQuery {
    /// `customers`, `interactions`, `tasks`, `orders` or `opportunities`.
    #[param(value_type = RowKind)]
    pub resource: String,
    /// The row.
    pub id: Uuid,
    /// The colleague.
    pub staff: Uuid,
}

/// Why somebody sees a row, or does not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// Whether they see it.
    pub may_read: bool,
    /// Whether they may change it.
    pub may_write: bool,
    /// What speaks for and against it.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    /// For programs.
    pub code: String,
    /// For people, in the language of `Accept-Language`.
    pub detail: String,
}

/// A row, as far as it decides who sees it.
struct Row {
    customer: Option<Customer>,
    assignee: Option<Uuid>,
}

/// Answers why a colleague can or cannot see a row of the business. What they may see is asked of the
/// same predicate that every list and page uses; the reasons are found beside it.
#[utoipa::path(tag = "roles", security(("bearer" = ["staff.write"])), params(ExplainQuery), responses((status = 200, body = Explanation), Problems))]
#[get("/permissions/explain")]
pub(super) async fn explain_permission(
    request: HttpRequest,
    scope: Can<StaffWrite>,
    system: System,
    query: Query<ExplainQuery>,
) -> Result<Json<Explanation>, Problem> {
    let ExplainQuery { resource, id, staff } = query.0;
    let kind = RowKind::parse(&resource).ok_or(Violation::choice::<RowKind>("resource"))?;
    let person = scope.find::<staff::Entity>().filter(staff::Column::Id.eq(staff)).one().await?;
    let person = person.ok_or_else(|| Problem::field("staff", "staff_unknown"))?;
    let row = find(&scope, kind, id).await?;
    let sight = Arc::new(system.sight(&person).await?);
    let eyes = Eyes::Staff(Arc::clone(&sight));
    let (read, write) = needed(kind);
    let works = person.suspended_at.is_none() && person.account_id.is_some();
    let may_read = works && sight.rights.can(read) && sees(&scope, kind, id, &eyes, false).await?;
    let may_write = may_read && sight.rights.can(write) && sees(&scope, kind, id, &eyes, true).await?;

    let mut found: Vec<Violation> = Vec::new();
    if person.suspended_at.is_some() {
        found.push(Violation::new("", "explain_suspended"));
    } else if !works {
        found.push(Violation::new("", "explain_not_joined"));
    }
    if !sight.rights.can(read) {
        found.push(Violation::new("", "explain_not_permitted"));
    } else if !sight.rights.can(write) {
        found.push(Violation::new("", "explain_read_only"));
    }
    found.extend(reasons(&scope, kind, &row, &sight).await?);
    let lang = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = lang.map_or(Lang::Zh, Lang::accepted);
    let texts = |reason: Violation| Reason { code: reason.code.to_owned(), detail: reason.detail(lang) };
    Ok(Json(Explanation { may_read, may_write, reasons: found.into_iter().map(texts).collect() }))
}

/// The row and its customer, if the asker sees it.
async fn find(scope: &Scope, kind: RowKind, id: Uuid) -> Result<Row, Problem> {
    let (customer, assignee) = match kind {
        RowKind::Customers => (id, None),
        RowKind::Interactions => {
            let rows = scope.find::<interactions::entity::Entity>();
            let row = rows.filter(interactions::entity::Column::Id.eq(id)).one().await?;
            (row.ok_or(Problem::NotFound)?.customer_id, None)
        }
        RowKind::Tasks => {
            let row = scope.find::<tasks::entity::Entity>().filter(tasks::entity::Column::Id.eq(id)).one().await?;
            let row = row.ok_or(Problem::NotFound)?;
            (row.customer_id, Some(row.assignee_id))
        }
        RowKind::Orders => {
            let row = scope.find::<orders::Entity>().filter(orders::Column::Id.eq(id)).one().await?;
            (row.ok_or(Problem::NotFound)?.customer_id, None)
        }
        RowKind::Opportunities => {
            let rows = scope.find::<opportunities::Entity>();
            let row = rows.filter(opportunities::Column::Id.eq(id)).one().await?;
            (row.ok_or(Problem::NotFound)?.customer_id, None)
        }
    };
    let found = scope.find::<customers::Entity>().filter(customers::Column::Id.eq(customer)).one().await?;
    if found.is_none() && kind == RowKind::Customers {
        return Err(Problem::NotFound);
    }
    Ok(Row { customer: found, assignee })
}

async fn sees(scope: &Scope, kind: RowKind, id: Uuid, eyes: &Eyes, write: bool) -> Result<bool, Problem> {
    macro_rules! seen {
        ($entity:ty, $column:expr) => {
            scope.find_as::<$entity>(eyes, write).filter($column.eq(id)).one().await?.is_some()
        };
    }
    Ok(match kind {
        RowKind::Customers => seen!(customers::Entity, customers::Column::Id),
        RowKind::Interactions => seen!(interactions::entity::Entity, interactions::entity::Column::Id),
        RowKind::Tasks => seen!(tasks::entity::Entity, tasks::entity::Column::Id),
        RowKind::Orders => seen!(orders::Entity, orders::Column::Id),
        RowKind::Opportunities => seen!(opportunities::Entity, opportunities::Column::Id),
    })
}

/// What the rights come to for this row, in the words of the rules and not of the query.
async fn reasons(scope: &Scope, kind: RowKind, row: &Row, sight: &Sight) -> Result<Vec<Violation>, Problem> {
    let mut found: Vec<Violation> = Vec::new();
    if sight.rights.reach(kind.resource()) == Reach::All {
        found.push(Violation::new("", "explain_reach_all"));
    }
    let team = sight.rights.reach(kind.resource()) == Reach::Team;
    match &row.customer {
        None => found.push(Violation::new("", "explain_customer_gone")),
        Some(customer) if customer.pool_id.is_some() => {
            found.push(if customer.pool_id.is_some_and(|pool| sight.sees_pool(pool)) {
                Violation::new("", "explain_pool")
            } else {
                Violation::new("", "explain_pool_closed")
            })
        }
        Some(customer) if customer.owner_id == sight.me => found.push(Violation::new("", "explain_owner")),
        Some(customer) if team && sight.people.contains(&customer.owner_id) => {
            found.push(Violation::new("", "explain_team"));
        }
        Some(_) => {}
    }
    if let Some(customer) = &row.customer {
        let this = scope.find::<helper::Entity>().filter(helper::Column::CustomerId.eq(customer.id));
        if let Some(helper) = this.filter(helper::Column::StaffId.eq(sight.me)).one().await? {
            found.push(match helper.level.0 {
                HelperLevel::Read => Violation::new("", "explain_helper_read"),
                HelperLevel::Edit => Violation::new("", "explain_helper_edit"),
            });
        }
    }
    match row.assignee {
        Some(assignee) if assignee == sight.me => found.push(Violation::new("", "explain_assignee")),
        Some(assignee) if team && sight.people.contains(&assignee) => {
            found.push(Violation::new("", "explain_team_assignee"));
        }
        _ => {}
    }
    if found.is_empty() {
        found.push(Violation::new("", "explain_not_theirs"));
    }
    Ok(found)
}
