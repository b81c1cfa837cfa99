//! What the search box finds in a business's own fields: a text that begins with the query, and whatever is sealed,
//! such as a second phone, when the query is all of it.

use super::newest::part;
use crate::customers::custom::entity::{blind, value};
use crate::customers::custom::keys::{blind_kind, folded};
use crate::customers::digests::digested;
use crate::scope::Scope;
use domain::custom_fields::{CustomKind, Definition};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::{Condition, Order, Query, SelectStatement, UnionType};

/// Of one field so many are found at most: whoever looks for more asks a filter.
const MOST: u64 = 500;
/// Characters from which on fields are asked: half of all licence plates of a town begin with the same one.
const FEWEST: usize = 2;

/// The customers (`tenant_id`, `customer_id`) whose fields say so, each field looked through by itself in its own index. `None`: there is no field that
/// somebody who sees this much may ask.
pub(super) fn own(scope: &Scope, q: &str, definitions: &[Definition]) -> Option<SelectStatement> {
    let text = folded(q.trim());
    if text.chars().count() < FEWEST {
        return None;
    }
    let open = definitions.iter().filter(|definition| scope.custom_field(definition).opens());
    let rows = open.filter_map(|definition| match definition.kind {
        _ if definition.sealed() => Some(part(sealed(scope, definition, &text))),
        CustomKind::Text => Some(part(begins(scope, definition, &text))),
        _ => None,
    });
    rows.reduce(|mut all, one| all.union(UnionType::Distinct, one).to_owned())
}

fn begins(scope: &Scope, definition: &Definition, text: &str) -> SelectStatement {
    Query::select()
        .columns([value::Column::TenantId, value::Column::CustomerId])
        .from(value::Entity)
        .and_where(value::Column::TenantId.eq(scope.tenant_id()))
        .and_where(value::Column::FieldId.eq(definition.id))
        .and_where(value::Column::TextKey.gte(text))
        .and_where(value::Column::TextKey.lt(format!("{text}\u{10ffff}")))
        .order_by(value::Column::TextKey, Order::Asc)
        .order_by(value::Column::CustomerId, Order::Asc)
        .limit(MOST)
        .to_owned()
}

fn sealed(scope: &Scope, definition: &Definition, text: &str) -> SelectStatement {
    let whole = Condition::all().add(blind::Column::TenantId.eq(scope.tenant_id())).add(digested(
        scope,
        &blind_kind(definition.id),
        text,
    ));
    Query::select()
        .columns([blind::Column::TenantId, blind::Column::CustomerId])
        .from(blind::Entity)
        .cond_where(whole)
        .limit(MOST)
        .to_owned()
}
