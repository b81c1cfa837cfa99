//! A page of the list: what the box finds, best first, or everybody, newest first.

use super::found::Found;
use super::newest::{by_ids, newest};
use super::place::{Place, order};
use super::query::CustomerQuery;
use super::ranked::Search;
use super::rarity::learn;
use crate::customers::rows::Listed;
use crate::page::PageQuery;
use crate::problem::Problem;
use crate::scope::Scope;

/// A customer in a list, and what a search found in it.
pub struct Row {
    /// The row.
    pub(in crate::customers) listed: Listed,
    /// What to mark.
    pub found: Option<Found>,
}

/// A page of the list, and the cursor of the next.
///
/// # Errors
/// A filter, limit or cursor that cannot be read.
pub async fn page(scope: &Scope, query: &CustomerQuery) -> Result<(Vec<Row>, Option<String>), Problem> {
    let filters = query.filters(scope).await?;
    learn(scope, query.q.as_deref()).await?;
    let Some(search) = Search::of(scope, query.q.as_deref(), &filters.definitions) else {
        return newest(scope, query, filters).await;
    };
    let (limit, _) = PageQuery { limit: query.limit, cursor: None }.check()?;
    let after = match query.cursor.as_deref() {
        None => None,
        Some(text) => Some(Place::decode(text).ok_or_else(|| Problem::field("cursor", "cursor_invalid"))?),
    };
    let found = by_ids(scope, search.ids(&filters.condition, limit, after.as_ref()).await?).await?;
    let mut rows: Vec<(Place, Listed)> = Vec::new();
    for row in found {
        let place = search.rank(&row.customer)?;
        if after.as_ref().is_none_or(|after| order(after, &place).is_lt()) {
            rows.push((place, row));
        }
    }
    rows.sort_by(|(a, _), (b, _)| order(a, b));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(place, _)| place.encode());
    let rows = rows
        .into_iter()
        .map(|(Place { rank, .. }, listed)| Row { found: search.found(rank, &listed.customer), listed });
    Ok((rows.collect(), next))
}
