//! The list when nothing is searched for: newest first, by whichever index leads there.

use super::list::Row;
use super::query::{CustomerQuery, Filters};
use super::rarity::learn;
use super::tagged::Tagged;
use crate::customers::entity::customer;
use crate::customers::rows::Listed;
use crate::customers::{Part, parts};
use crate::db::without_index;
use crate::page::{Page, PageQuery, Position};
use crate::problem::Problem;
use crate::scope::{COUNT_CAP, Scope};
use domain::permission::Resource;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Asterisk, Condition, Expr, ExprTrait as _, Order, Query, SelectStatement, UnionType};
use uuid::Uuid;

/// What a statement says of each customer: who it is, and when they were written down.
pub(super) const ID: &str = "id";
pub(super) const AT: &str = "created_at";
/// The indexes of everybody and of those in a pool, or in none, newest first. One person's customers and those of a pool
/// have indexes of their own, which are in the same order: whoever was written down since by somebody else, a whole table
/// perhaps, is not walked past there.
const EVERYBODY: &str = "customers_tenant_id_live_created_at_id_region_owner_id_pool_id";
const POOLS: &str = "customers_tenant_id_pool_id_live_created_at_id";

/// Live customers with these ids. The index of the key alone is to be walked, so nothing else is asked of
/// the database.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn by_ids(scope: &Scope, ids: Vec<Uuid>) -> Result<Vec<Listed>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = Listed::rows(scope.find_these(ids), scope).all().await?;
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
    let parts = parts(&scope.look(false), Resource::Customers);
    let position = |row: &Listed| Position { at: row.customer.created_at, id: row.customer.id };
    let (rows, next) = if parts.len() == 1 && filters.condition.is_empty() {
        let list = scope.find::<customer::Entity>();
        let rows = Listed::rows(list.newest(customer::Column::CreatedAt, limit, after), scope).all().await?;
        Page::<Listed>::cut(rows, limit, position)
    } else {
        // No index understands the whole of what somebody sees, but one understands each part; and what is asked of
        // many rows is asked of the index, before the rows of a page are fetched.
        let tagged = Tagged::of(scope, &filters.whole).await?;
        let pages = parts.iter().flat_map(|part| match (&tagged, part) {
            (Some(tagged), Part::Every | Part::Of(_) | Part::In(_)) => tagged.pages(part, limit + 1, after),
            _ => vec![page_of(scope, part, &filters.condition, (limit + 1, after))],
        });
        let ids = match newest_of(pages.collect(), limit + 1) {
            Some(pages) => scope.ids(&pages).await?,
            None => Vec::new(),
        };
        let mut rows = by_ids(scope, ids).await?;
        rows.sort_by_key(|row| std::cmp::Reverse((row.customer.created_at, row.customer.id)));
        Page::<Listed>::cut(rows, limit, position)
    };
    Ok((rows.into_iter().map(|listed| Row { listed, found: None }).collect(), next))
}

/// The ids of the newest customers that any of the statements finds, each once: several tags may lead to one.
fn newest_of(parts: Vec<SelectStatement>, limit: u64) -> Option<SelectStatement> {
    let mut parts = parts.into_iter();
    let (first, second) = (parts.next()?, parts.next());
    let Some(second) = second else { return Some(first) };
    let all = std::iter::once(second)
        .chain(parts)
        .fold(part(first), |mut all, one| all.union(UnionType::Distinct, part(one)).to_owned());
    let mut newest = Query::select().columns([ID, AT]).from_subquery(all, "page").to_owned();
    newest.order_by(AT, Order::Desc).order_by(ID, Order::Desc).limit(limit);
    Some(newest)
}

/// SQLite takes no LIMIT in a part of a UNION, but in a subquery of it.
pub(super) fn part(rows: SelectStatement) -> SelectStatement {
    Query::select().expr(Expr::col(Asterisk)).from_subquery(rows, "part").to_owned()
}

fn page_of(
    scope: &Scope,
    part: &Part,
    filters: &Condition,
    (limit, after): (u64, Option<Position>),
) -> SelectStatement {
    let (id, at) = ((customer::Entity, customer::Column::Id), (customer::Entity, customer::Column::CreatedAt));
    let mut rows = some_of(scope, part, filters, limit);
    if part.holders().len() == 1 {
        without_index(&mut rows, EVERYBODY);
        if let Part::Of(_) = part {
            without_index(&mut rows, POOLS);
        }
    }
    rows.column(at).order_by(at, Order::Desc).order_by(id, Order::Desc);
    if let Some(after) = after {
        rows.cond_where(past(after, (customer::Column::CreatedAt.into_expr(), customer::Column::Id.into_expr())));
    }
    rows
}

fn some_of(scope: &Scope, part: &Part, filters: &Condition, limit: u64) -> SelectStatement {
    Query::select()
        .column((customer::Entity, customer::Column::Id))
        .from(customer::Entity)
        .and_where(customer::Column::TenantId.eq(scope.tenant_id()))
        .and_where(customer::Column::Live.eq(1))
        .cond_where(part.condition())
        .cond_where(filters.clone())
        .limit(limit)
        .to_owned()
}

/// Customers that come after one in the list. The first condition repeats what the second implies: it is what the
/// index understands.
pub(super) fn past(Position { at, id }: Position, (created_at, key): (Expr, Expr)) -> Condition {
    let same = Condition::all().add(created_at.clone().eq(at)).add(key.lt(id));
    Condition::all().add(created_at.clone().lte(at)).add(Condition::any().add(created_at.lt(at)).add(same))
}

/// How many customers a list shows, up to [`COUNT_CAP`]; the second value says that there are more.
///
/// # Errors
/// A filter that cannot be read.
pub async fn count(scope: &Scope, query: &CustomerQuery) -> Result<(u64, bool), Problem> {
    let filters = query.filters(scope).await?;
    let tagged = match query.searches() {
        true => None,
        false => Tagged::of(scope, &filters.whole).await?.filter(Tagged::single),
    };
    let parts = parts(&scope.look(false), Resource::Customers);
    let Some(tagged) = tagged else {
        learn(scope, query.q.as_deref()).await?;
        return scope.find::<customer::Entity>().filter(query.whole(scope, filters)).count().await;
    };
    if let Some(count) = tagged.known(&parts) {
        return Ok(count);
    }
    let most = COUNT_CAP + 1;
    let rows = parts.iter().flat_map(|part| match part {
        Part::Every | Part::Of(_) | Part::In(_) => tagged.some(part, most),
        Part::None | Part::Helped(..) | Part::Pooled => vec![some_of(scope, part, &filters.condition, most)],
    });
    Ok(capped(scope.amounts(rows.collect()).await?.iter().sum()))
}

/// A count as it is told.
pub(super) fn capped(count: u64) -> (u64, bool) {
    (Ord::min(count, COUNT_CAP), count > COUNT_CAP)
}
