//! Blind indexes of what is sealed beside phones: how it is found, and how its digests follow a key that
//! is replaced.

use super::custom::entity::blind;
use super::vault::Vault;
use super::{Column, Entity};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use uuid::Uuid;

/// Rows that get their second digests in one transaction.
const FILLED: u64 = 200;

/// Rows of a kind with the digest of this folded text; both columns are asked only while a key is being
/// replaced.
pub(crate) fn digested(scope: &Scope, kind: &str, text: &str) -> Condition {
    let digests = scope.keys().index().text_anywhere(kind, text);
    let of_kind = Condition::all().add(blind::Column::Kind.eq(kind));
    of_kind.add(match digests.as_slice() {
        [only] => Condition::all().add(blind::Column::Digest.eq(only.clone())),
        _ => Condition::any()
            .add(blind::Column::Digest.is_in(digests.clone()))
            .add(blind::Column::NextDigest.is_in(digests)),
    })
}

/// Row of a customer for one sealed text.
pub(super) fn row(
    scope: &Scope,
    customer: Uuid,
    (kind, position): (&str, i64),
    folded: &str,
    only: bool,
) -> blind::ActiveModel {
    let digests = scope.keys().index().text(kind, folded);
    blind::ActiveModel {
        customer_id: Set(customer),
        kind: Set(kind.to_owned()),
        position: Set(position),
        digest: Set(digests.first),
        next_digest: Set(digests.next),
        only_live: Set(only.then_some(1)),
        ..Default::default()
    }
}

/// Gives some rows their second digests and says how many: none are left when it says 0.
pub(super) async fn fill(tx: &Tx<'_>) -> Result<u64, Problem> {
    let bare = tx.find::<blind::Entity>().filter(blind::Column::NextDigest.is_null());
    let bare = bare.shape(|rows| rows.order_by_asc(blind::Column::CustomerId).limit(FILLED)).all().await?;
    if bare.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = bare.iter().map(|row| row.customer_id).collect();
    let customers = tx.find_buried_masked::<Entity>().filter(Column::Id.is_in(ids)).all().await?;
    let mut filled = 0;
    for row in bare {
        let Some(customer) = customers.iter().find(|customer| customer.id == row.customer_id) else { continue };
        let Some(text) = Vault::open(tx, customer)?.folded(&row.kind, row.position) else { continue };
        let index = tx.keys().index();
        let next = blind::ActiveModel { next_digest: Set(index.text(&row.kind, &text).next), ..Default::default() };
        // Only if the row is still of that text.
        let same = Condition::all()
            .add(blind::Column::CustomerId.eq(row.customer_id))
            .add(blind::Column::Position.eq(row.position))
            .add(digested(tx, &row.kind, &text));
        filled += tx.derive_all::<blind::Entity>(same, next).await?;
    }
    if filled == 0 {
        return Err(Problem::Internal(anyhow::anyhow!("digests whose vault does not say them")));
    }
    Ok(filled)
}
