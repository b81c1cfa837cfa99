//! What the search box finds in a business's own fields: a text that begins with the query, and whatever is sealed,
//! such as a second phone, when the query is all of it.

use super::ranked::Id;
use crate::customers::custom::entity::{blind, value};
use crate::customers::custom::keys::{blind_kind, folded, whole};
use crate::customers::digests::digested;
use crate::scope::Scope;
use domain::custom_fields::{CustomKind, Definition};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, IntoIden as _, Order, Query, SelectStatement};

/// Of one field so many are found at most: whoever looks for more asks a filter.
pub(super) const MOST: u64 = 500;
/// Characters from which on fields are asked: half of all licence plates of a town begin with the same one.
const FEWEST: usize = 2;

/// Rows of one field that say so, each looked through by itself in its own index, and the column of the customer.
pub(super) type Piece = (SelectStatement, Id);

/// None when there is no field that somebody who sees this much may ask.
pub(super) fn own(scope: &Scope, q: &str, definitions: &[Definition]) -> Vec<Piece> {
    let text = folded(q.trim());
    if text.chars().count() < FEWEST {
        return Vec::new();
    }
    let open = definitions.iter().filter(|definition| scope.custom_field(definition).opens());
    let rows = open.filter_map(|definition| match definition.kind {
        _ if definition.sealed() => Some(sealed(scope, definition, &whole(definition, q.trim()))),
        CustomKind::Text => Some(begins(scope, definition, &text)),
        _ => None,
    });
    rows.collect()
}

fn begins(scope: &Scope, definition: &Definition, text: &str) -> Piece {
    let id = (value::Entity.into_iden(), value::Column::CustomerId.into_iden());
    let rows = Query::select()
        .from(value::Entity)
        .and_where(value::Column::TenantId.eq(scope.tenant_id()))
        .and_where(value::Column::FieldId.eq(definition.id))
        .and_where(value::Column::TextKey.gte(text))
        .and_where(value::Column::TextKey.lt(format!("{text}\u{10ffff}")))
        .order_by((value::Entity, value::Column::TextKey), Order::Asc)
        .order_by(id.clone(), Order::Asc)
        .to_owned();
    (rows, id)
}

fn sealed(scope: &Scope, definition: &Definition, text: &str) -> Piece {
    let id = (blind::Entity.into_iden(), blind::Column::CustomerId.into_iden());
    let whole = Condition::all().add(blind::Column::TenantId.eq(scope.tenant_id())).add(digested(
        scope,
        &blind_kind(definition.id),
        text,
    ));
    (Query::select().from(blind::Entity).cond_where(whole).order_by(id.clone(), Order::Asc).to_owned(), id)
}
