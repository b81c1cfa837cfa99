//! What becomes of a file: a row names it and it stays, or none does and it goes.

use super::entity::attachment;
use crate::crypto::{Key, Sealer};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use chrono::{DateTime, Utc};
use domain::attachments::AttachmentKind;
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a file's own key stands, for its seal.
pub(crate) const KEY: &str = "attachments.sealed_key";

/// A file as a row that names it says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Held {
    /// Id.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// How much it weighs.
    pub bytes: i64,
}

impl Held {
    /// None while it arrives.
    pub(crate) fn of(row: &attachment::Model) -> Option<Self> {
        Some(Self { id: row.id, name: row.name.clone(), kind: row.kind?.0, bytes: row.bytes })
    }
}

/// A file's own key.
pub(super) fn key(scope: &Scope, row: &attachment::Model, under: &Sealer) -> Result<Key, Problem> {
    let sealed = row.sealed_key.as_deref().ok_or(Problem::NotFound)?;
    let plain = under.open(&scope.keys().place(KEY, row.id), sealed).map_err(|_| Problem::NotFound)?;
    Ok(Key::from_bytes(<[u8; 32]>::try_from(plain).map_err(|_| Problem::NotFound)?))
}

pub(super) fn sealed(scope: &Scope, id: Uuid, key: &Key, under: &Sealer) -> Vec<u8> {
    under.seal(&scope.keys().place(KEY, id), key.bytes())
}

/// Files that whoever asks may name in a field of a customer: those that they sent and that wait, and those that the
/// field let go of and that are still there.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn named(
    rows: &impl Reads,
    ids: &[Uuid],
    customer: Option<Uuid>,
    field: Uuid,
) -> Result<Vec<Held>, Problem> {
    let (me, now) = (rows.scope().who().id, rows.scope().now());
    let found =
        rows.rows::<attachment::Entity>().filter(attachment::Column::Id.is_in(ids.iter().copied())).all().await?;
    let mine = |row: &&attachment::Model| match row.customer_id {
        None => Some(row.staff_id) == me,
        of => of == customer && row.field_id == Some(field),
    };
    let there = |row: &&attachment::Model| row.kept_until.is_none_or(|until| until > now);
    Ok(found.iter().filter(mine).filter(there).filter_map(Held::of).collect())
}

/// A field of a customer names files: they stay, sealed with the person.
///
/// # Errors
/// 409 when another row named one of them at this very moment.
pub(crate) async fn name(
    tx: &Tx<'_>,
    ids: &[Uuid],
    (customer, field): (Uuid, Uuid),
    person: &Sealer,
) -> Result<(), Problem> {
    let found = tx.find::<attachment::Entity>().filter(attachment::Column::Id.is_in(ids.iter().copied())).all().await?;
    for row in found {
        let mut change = attachment::ActiveModel { kept_until: Set(None), ..Default::default() };
        match row.customer_id {
            None => {
                let own = key(tx, &row, &tx.keys().files)?;
                change.sealed_key = Set(Some(sealed(tx, row.id, &own, person)));
                change.customer_id = Set(Some(customer));
                change.field_id = Set(Some(field));
            }
            Some(there) if there == customer => {}
            // Of somebody who is being merged: it comes over with all that hangs on them.
            Some(_) => continue,
        }
        let here = match row.customer_id {
            None => attachment::Column::CustomerId.is_null(),
            Some(there) => attachment::Column::CustomerId.eq(there),
        };
        let this = Condition::all().add(attachment::Column::Id.eq(row.id)).add(here);
        if tx.derive_all::<attachment::Entity>(this, change).await? == 0 {
            return Err(Problem::conflict("in_progress", None));
        }
    }
    Ok(())
}

/// No row names these files any more, or, with `None`, one does again.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn let_go(tx: &Tx<'_>, ids: &[Uuid], until: Option<DateTime<Utc>>) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let change = attachment::ActiveModel { kept_until: Set(until), ..Default::default() };
    let these = Condition::all()
        .add(attachment::Column::Id.is_in(ids.iter().copied()))
        .add(attachment::Column::CustomerId.is_not_null());
    tx.derive_all::<attachment::Entity>(these, change).await?;
    Ok(())
}
