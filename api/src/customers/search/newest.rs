//! The list when nothing is searched for: newest first, by whichever index leads there.

use super::filter::few;
use super::query::{CustomerQuery, Filters};
use super::ranked::Row;
use crate::customers::branches;
use crate::customers::entity::customer;
use crate::customers::view::Seen;
use crate::page::{Page, PageQuery, Position};
use crate::problem::Problem;
use crate::scope::Scope;
use domain::permission::Resource;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Expr, ExprTrait as _, Func, Order, Query, SelectStatement, UnionType};
use uuid::Uuid;

/// Live customers with these ids. The index of the key alone is to be walked, so nothing else is asked of
/// the database.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn by_ids(scope: &Scope, ids: Vec<Uuid>) -> Result<Vec<Seen>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = scope.find_buried::<customer::Entity>().filter(customer::Column::Id.is_in(ids));
    let mut rows = rows.shape(Seen::starred(scope)).all().await?;
    rows.retain(|row| row.customer.live.is_some());
    Ok(rows)
}

/// A page of the list, newest first.
///
/// # Errors
/// A limit or cursor that cannot be read.
pub(super) async fn newest(
    scope: &Scope,
    query: &CustomerQuery,
    filters: Filters,
) -> Result<(Vec<Row>, Option<String>), Problem> {
    let (limit, after) = PageQuery { limit: query.limit, cursor: query.cursor.clone() }.check()?;
    let parts = branches(&scope.look(false), Resource::Customers);
    let position = |row: &Seen| Position { at: row.customer.created_at, id: row.customer.id };
    let (rows, next) = if let Some(few) = few(scope, &filters.whole).await? {
        // In other words, so that no index is walked for it but that of the key.
        let live = Func::coalesce([Expr::col((customer::Entity, customer::Column::Live)), Expr::val(0)]);
        let list = scope.find_buried::<customer::Entity>().filter(customer::Column::Id.is_in(few));
        let list = list.filter(filters.condition).filter(Expr::expr(live).eq(1));
        list.page(customer::Column::CreatedAt, (limit, after), Seen::starred(scope), position).await?
    } else if parts.len() == 1 && filters.condition.is_empty() {
        let list = scope.find::<customer::Entity>().filter(filters.condition);
        list.page(customer::Column::CreatedAt, (limit, after), Seen::starred(scope), position).await?
    } else {
        // No index understands the whole of what somebody sees, but one understands each part; and what is asked of
        // many rows is asked of the index, before the rows of a page are fetched.
        let ids = scope.ids(&of_each(scope, parts, &filters.condition, (limit, after))).await?;
        let mut rows = by_ids(scope, ids).await?;
        rows.sort_by_key(|row| std::cmp::Reverse((row.customer.created_at, row.customer.id)));
        Page::<Seen>::cut(rows, limit, position)
    };
    Ok((rows.into_iter().map(|seen| Row { seen, found: None }).collect(), next))
}

/// The ids that any of the statements finds. SQLite takes no LIMIT in a part of a UNION, but in a subquery of it.
pub(super) fn together(parts: Vec<SelectStatement>, id: &'static str) -> Option<SelectStatement> {
    let one = |part| Query::select().column(id).from_subquery(part, "part").to_owned();
    let all = parts.into_iter().map(one).reduce(|mut all, one| all.union(UnionType::All, one).to_owned())?;
    Some(Query::select().column(id).from_subquery(all, "page").to_owned())
}

fn of_each(
    scope: &Scope,
    parts: Vec<Condition>,
    filters: &Condition,
    (limit, after): (u64, Option<Position>),
) -> SelectStatement {
    let page = |part| {
        let mut rows = Query::select();
        rows.column((customer::Entity, customer::Column::Id))
            .from(customer::Entity)
            .and_where(customer::Column::TenantId.eq(scope.tenant_id()))
            .and_where(customer::Column::Live.eq(1))
            .cond_where(part)
            .cond_where(filters.clone())
            .order_by((customer::Entity, customer::Column::CreatedAt), Order::Desc)
            .order_by((customer::Entity, customer::Column::Id), Order::Desc)
            .limit(limit + 1);
        if let Some(Position { at, id }) = after {
            let created_at = customer::Column::CreatedAt;
            let same = Condition::all().add(created_at.eq(at)).add(customer::Column::Id.lt(id));
            rows.and_where(created_at.lte(at)).cond_where(Condition::any().add(created_at.lt(at)).add(same));
        }
        rows
    };
    together(parts.into_iter().map(page).collect(), "id").unwrap_or_default()
}
