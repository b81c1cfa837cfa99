//! A file arrives: it is read to its end before anything else, so that a file that cannot be read leaves nothing
//! behind and says why.

use super::super::entity::import;
use super::super::files::{self, BYTES, Line, ROWS};
use super::read::{number, read, refuse};
use super::view::find;
use crate::crypto::sha256;
use crate::db::Code;
use crate::problem::Problem;
use crate::scope::Scope;
use actix_web::web::Payload;
use chrono::Duration;
use domain::Violation;
use domain::transfer::{ImportState, TableFormat};
use futures::StreamExt as _;
use sea_orm::{ColumnTrait as _, QuerySelect, Set};
use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

/// Days for which the rows of a file are kept.
const DAYS: i64 = 7;
/// Files that arrive at a time, through networks that may be slow: each is held in memory.
static ARRIVING: Semaphore = Semaphore::const_new(8);
/// Files that a server reads at a time: one may unfold to ten times its size.
static READERS: Semaphore = Semaphore::const_new(2);

/// The body, up to a size. A little more is heard out, so that whoever sends it hears the answer.
async fn received(mut payload: Payload, most: usize) -> Result<Vec<u8>, Problem> {
    let (mut bytes, mut beyond) = (Vec::new(), 0);
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| Problem::Unreadable("body_truncated"))?;
        if beyond > 0 || bytes.len() + piece.len() > most {
            bytes = Vec::new();
            beyond += piece.len();
            if beyond > most {
                break;
            }
        } else {
            bytes.extend_from_slice(&piece);
        }
    }
    if beyond > 0 { Err(Problem::TooLarge { most }) } else { Ok(bytes) }
}

/// Takes a file in.
pub(super) async fn upload(scope: &mut Scope, name: String, payload: Payload) -> Result<import::Model, Problem> {
    let most = scope.config().http.upload_limit;
    let _place = ARRIVING.acquire().await.map_err(anyhow::Error::from)?;
    let bytes = received(payload, most).await?;
    let _turn = READERS.acquire().await.map_err(anyhow::Error::from)?;
    let (id, me, now) = (scope.new_id(), scope.me()?, scope.now());
    let row = import::ActiveModel {
        id: Set(id),
        staff_id: Set(me),
        name: Set(name),
        format: Set(Code(TableFormat::Csv)),
        state: Set(Code(ImportState::Reading)),
        row_count: Set(0),
        // One until it is known: what breaks off while it arrives is swept as well.
        chunk_count: Set(1),
        run: Set(0),
        next_chunk: Set(1),
        created: Set(0),
        updated: Set(0),
        skipped: Set(0),
        failed: Set(0),
        reverted: Set(0),
        created_at: Set(now),
        expires_at: Set(now + Duration::days(1)),
        ..Default::default()
    };
    let tx = scope.begin().await?;
    tx.insert::<import::Entity>(row).await?;
    tx.unrecorded("a file that can be read is recorded when it was");
    tx.commit().await?;
    match kept(scope, id, bytes, most).await {
        Ok(()) => find(scope, id).await,
        Err(problem) => {
            let tx = scope.begin().await?;
            files::forget(&tx, id).await?;
            tx.remove::<import::Entity>(import::Column::Id.eq(id)).await?;
            tx.unrecorded("nothing of the file was kept");
            tx.commit().await?;
            Err(problem)
        }
    }
}

/// Reads the file on a thread of its own and keeps its rows, a piece in a transaction.
async fn kept(scope: &mut Scope, id: Uuid, bytes: Vec<u8>, most: usize) -> Result<(), Problem> {
    // A slow database makes the reader wait: no more than two pieces are under way.
    let (send, mut pieces) = mpsc::channel::<Vec<Line>>(2);
    let reader = tokio::task::spawn_blocking(move || {
        let (mut piece, mut size) = (Vec::new(), 0);
        let gone = |_| refuse("file_broken");
        let mut first = true;
        let format = read(&bytes, most, &mut |line| {
            // The words of the columns are a piece of their own.
            if std::mem::take(&mut first) {
                return send.blocking_send(vec![line]).map_err(gone);
            }
            if piece.len() == ROWS || size + line.size() > BYTES && !piece.is_empty() {
                send.blocking_send(std::mem::take(&mut piece)).map_err(gone)?;
                size = 0;
            }
            size += line.size();
            piece.push(line);
            Ok(())
        })?;
        if !piece.is_empty() {
            send.blocking_send(piece).map_err(gone)?;
        }
        Ok::<TableFormat, Violation>(format)
    });
    let (mut count, mut rows, mut digest) = (0_i64, 0_usize, None);
    while let Some(piece) = pieces.recv().await {
        if count == 0 {
            let headers = piece.first().map(|line| &line.cells);
            digest = Some(sha256(&serde_json::to_vec(&headers).map_err(anyhow::Error::from)?).to_vec());
        } else {
            rows += piece.len();
        }
        let tx = scope.begin().await?;
        files::put(&tx, id, count, &piece).await?;
        tx.unrecorded("a file that can be read is recorded when it was");
        tx.commit().await?;
        count += 1;
    }
    // A parser that panics has met a file that is none.
    let format = reader.await.map_err(|_| refuse("file_broken"))??;
    let now = scope.now();
    let change = import::ActiveModel {
        state: Set(Code(ImportState::Ready)),
        format: Set(Code(format)),
        header_digest: Set(digest),
        row_count: Set(number(rows)),
        chunk_count: Set(count),
        expires_at: Set(now + Duration::days(DAYS)),
        ..Default::default()
    };
    let at = scope.installation().clock.now();
    let tx = scope.begin().await?;
    // Whoever was erased while it was read took every file along, this one as well.
    let held = tx.find::<import::Entity>().filter(import::Column::Id.eq(id)).shape(QuerySelect::lock_exclusive);
    if held.all().await?.iter().all(|row| row.expires_at <= at) {
        return Err(Problem::conflict("file_gone", None));
    }
    tx.derive::<import::Entity>(id, change).await?;
    tx.audit("import", "customer", None, serde_json::json!({ "import": id, "state": "ready", "rows": rows }));
    tx.commit().await
}
