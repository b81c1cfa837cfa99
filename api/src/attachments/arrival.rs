//! A file arrives: a piece at a time, each sealed and put away before the next is heard, so that a file costs no more
//! memory than a piece. What an archive is, is seen when all of it is there.

use super::entity::{attachment, piece};
use super::keeping::sealed;
use super::kinds::{self, First};
use super::names;
use super::places;
use super::sending::{self, place};
use crate::crypto::Key;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::{Reads as _, Scope};
use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Payload};
use chrono::Duration;
use domain::Violation;
use domain::attachments::AttachmentKind;
use futures::{Stream, StreamExt as _};
use sea_orm::sea_query::{Alias, ExprTrait as _};
use sea_orm::{ColumnTrait as _, FromQueryResult, QuerySelect as _, Set};
use std::pin::pin;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Bytes in a piece.
const PIECE: usize = 256 * 1024;
/// For how long a file waits for a row that names it.
const WAITS: Duration = Duration::days(1);
/// Archives that a server looks into at a time: each is held in memory meanwhile.
static READERS: Semaphore = Semaphore::const_new(2);

const MB: i64 = 1024 * 1024;

fn refuse(code: &'static str) -> Problem {
    Problem::field("file", code)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Takes a file in, as it is or as the one file of a form (`wx.uploadFile` sends nothing else).
pub(super) async fn arrive(
    scope: &mut Scope,
    name: Option<String>,
    request: &HttpRequest,
    payload: Payload,
) -> Result<attachment::Model, Problem> {
    let broken = || Problem::Unreadable("body_truncated");
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        return keep(scope, name.unwrap_or_default(), payload.map(|piece| piece.map_err(|_| broken()))).await;
    }
    let mut parts = Multipart::new(request.headers(), payload);
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| broken())?;
        let called = part.content_disposition().and_then(|said| said.get_filename()).map(str::to_owned);
        if let Some(called) = called {
            let name = name.unwrap_or(called);
            return keep(scope, name, part.map(|piece| piece.map_err(|_| broken()))).await;
        }
    }
    Err(refuse("attachment_empty"))
}

#[derive(FromQueryResult)]
struct Weight {
    bytes: Option<i64>,
}

/// Refuses what would be more than a business may keep.
async fn room(scope: &Scope, more: i64) -> Result<(), Problem> {
    let most = scope.config().attachments.tenant_limit;
    if most == 0 {
        return Ok(());
    }
    let weighed = scope.rows_of_all::<attachment::Entity>().picking(|rows| {
        let bytes = attachment::Column::Bytes.sum().cast_as(Alias::new("SIGNED"));
        rows.column_as(bytes, "bytes").into_model::<Weight>()
    });
    let there = weighed.all().await?.into_iter().find_map(|row| row.bytes).unwrap_or_default();
    if there.saturating_add(more) > most {
        return Err(Violation::new("file", "attachments_full").with("max", most / MB).into());
    }
    Ok(())
}

/// Keeps a file, or nothing of it.
async fn keep(
    scope: &mut Scope,
    name: String,
    bytes: impl Stream<Item = Result<Bytes, Problem>>,
) -> Result<attachment::Model, Problem> {
    room(scope, 1).await?;
    let (id, own, now) = (scope.new_id(), Key::random(), scope.now());
    let row = attachment::ActiveModel {
        id: Set(id),
        staff_id: Set(scope.me()?),
        customer_id: Set(None),
        field_id: Set(None),
        name: Set(names::kept(&name)),
        kind: Set(None),
        bytes: Set(0),
        pieces: Set(0),
        sealed_key: Set(Some(sealed(scope, id, &own, &scope.keys().files))),
        created_at: Set(now),
        // What breaks off while it arrives is swept as well.
        kept_until: Set(Some(now + WAITS)),
        ..Default::default()
    };
    let tx = scope.begin().await?;
    tx.insert::<attachment::Entity>(row).await?;
    tx.unrecorded("a file is recorded by the row that names it");
    tx.commit().await?;
    match taken(scope, id, &own, &name, bytes).await {
        Ok(row) => Ok(row),
        Err(problem) => {
            let tx = scope.begin().await?;
            tx.remove::<piece::Entity>(piece::Column::AttachmentId.eq(id)).await?;
            tx.remove::<attachment::Entity>(attachment::Column::Id.eq(id)).await?;
            tx.unrecorded("nothing of the file was kept");
            tx.commit().await?;
            Err(problem)
        }
    }
}

/// Hears a file to its end, and says what it is.
async fn taken(
    scope: &mut Scope,
    id: Uuid,
    own: &Key,
    name: &str,
    bytes: impl Stream<Item = Result<Bytes, Problem>>,
) -> Result<attachment::Model, Problem> {
    let most = scope.config().attachments.file_limit;
    let mut bytes = pin!(bytes);
    let (mut held, mut weight, mut position, mut first) = (Vec::new(), 0_usize, 0_i64, None);
    loop {
        let next = bytes.next().await.transpose()?;
        let ended = next.is_none();
        if let Some(some) = next {
            weight += some.len();
            if weight > most {
                let max = number(most) / MB;
                return Err(Violation::new("file", "attachment_too_large").with("max", max).into());
            }
            held.extend_from_slice(&some);
        }
        while held.len() >= PIECE || ended && !held.is_empty() {
            let rest = held.split_off(PIECE.min(held.len()));
            let mut some = std::mem::replace(&mut held, rest);
            let whole = ended && held.is_empty();
            let seen = *first.get_or_insert_with(|| kinds::first(&some, whole));
            if seen == First::Refused || seen == First::Is(AttachmentKind::Text) && !kinds::plain(skip_mark(&some)) {
                return Err(refuse("attachment_kind_unknown"));
            }
            if position == 0 && seen == First::Is(AttachmentKind::Jpeg) {
                places::forget(&mut some);
            }
            put(scope, id, position, own, &some).await?;
            position += 1;
        }
        if ended {
            break;
        }
    }
    let kind = match first {
        None => return Err(refuse("attachment_empty")),
        Some(First::Is(kind)) => Some(kind),
        Some(First::Packed) => unpacked(scope, id, own, position).await?,
        Some(First::Refused) => None,
    };
    let kind = kind.ok_or_else(|| refuse("attachment_kind_unknown"))?;
    // Asked once more, since others arrived meanwhile.
    room(scope, number(weight)).await?;
    let change = attachment::ActiveModel {
        name: Set(names::ending(&names::kept(name), kind)),
        kind: Set(Some(Code(kind))),
        bytes: Set(number(weight)),
        pieces: Set(position),
        ..Default::default()
    };
    let tx = scope.begin().await?;
    tx.derive::<attachment::Entity>(id, change).await?;
    tx.unrecorded("a file is recorded by the row that names it");
    tx.commit().await?;
    sending::find(scope, id).await
}

/// The mark in front of a text in UTF-8 is none of its letters.
fn skip_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

async fn put(scope: &mut Scope, id: Uuid, position: i64, own: &Key, plain: &[u8]) -> Result<(), Problem> {
    let row = piece::ActiveModel {
        attachment_id: Set(id),
        position: Set(position),
        sealed: Set(Some(own.seal(&place(scope, id, position), plain))),
        ..Default::default()
    };
    let tx = scope.begin().await?;
    tx.insert_many::<piece::Entity>([row]).await?;
    tx.unrecorded("a file is recorded by the row that names it");
    tx.commit().await
}

/// What an archive is: all of it is there by now.
async fn unpacked(scope: &Scope, id: Uuid, own: &Key, pieces: i64) -> Result<Option<AttachmentKind>, Problem> {
    let _turn = READERS.acquire().await.map_err(anyhow::Error::from)?;
    let mut bytes = Vec::new();
    for position in 0..pieces {
        bytes.extend(sending::piece(scope, id, position, own).await?);
    }
    let looked = tokio::task::spawn_blocking(move || kinds::packed(&bytes)).await;
    // A reader that panics has met a file that is none.
    Ok(looked.ok().flatten())
}
