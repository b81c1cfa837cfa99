//! A file is sent to whoever may read it, a piece at a time.

use super::entity::{attachment, piece};
use super::keeping::key;
use crate::crypto::{Key, Sealer};
use crate::problem::Problem;
use crate::scope::Scope;
use actix_web::web::Bytes;
use futures::Stream;
use futures::stream::unfold;
use sea_orm::ColumnTrait as _;
use uuid::Uuid;

pub(super) fn place(scope: &Scope, id: Uuid, position: i64) -> String {
    format!("{}|{position}", scope.keys().place("attachment_pieces.sealed", id))
}

/// A file that whoever asks may see.
pub(super) async fn find(scope: &Scope, id: Uuid) -> Result<attachment::Model, Problem> {
    scope.find::<attachment::Entity>().filter(attachment::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// A piece of a file, as it was sent.
pub(super) async fn piece(scope: &Scope, id: Uuid, position: i64, own: &Key) -> Result<Vec<u8>, Problem> {
    let found = scope
        .find::<piece::Entity>()
        .filter(piece::Column::AttachmentId.eq(id))
        .filter(piece::Column::Position.eq(position))
        .one()
        .await?;
    // A piece that has gone ends the file before its end, so that nobody takes it for the whole.
    let sealed = found.and_then(|piece| piece.sealed).ok_or(Problem::NotFound)?;
    own.open(&place(scope, id, position), &sealed).map_err(|_| Problem::NotFound)
}

/// All of it.
pub(super) fn stream(
    scope: Scope,
    row: attachment::Model,
    under: &Sealer,
) -> Result<impl Stream<Item = Result<Bytes, actix_web::Error>> + 'static, Problem> {
    let own = key(&scope, &row, under)?;
    let (id, pieces) = (row.id, row.pieces);
    Ok(unfold((scope, own, 0), move |(scope, own, position)| async move {
        if position == pieces {
            return None;
        }
        let some = piece(&scope, id, position, &own).await;
        Some((some.map(Bytes::from).map_err(actix_web::Error::from), (scope, own, position + 1)))
    }))
}
