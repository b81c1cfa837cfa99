//! When somebody is erased every file of rows goes, whoever stands in it: a row that was left out, wrong or only tried
//! names no customer, so nothing says in which they are. What stands in them of others can be sent or made again.

use super::entity::{chunk, export, import, mark};
use crate::jobs::{Job, in_turns};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Condition, IntoCondition, Query, SelectStatement};
use sea_orm::{ColumnTrait as _, FromQueryResult, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Rows in one transaction of the job.
const BATCH: u64 = 500;
/// Rows that go with the erasure itself: all that most businesses have.
const AT_ONCE: u64 = 100;

/// Files that nobody may read any more have rows that are still to go.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FilesForgotten {
    /// Those that were begun until then.
    until: DateTime<Utc>,
}

impl Job for FilesForgotten {
    const KIND: &'static str = "files_forgotten";

    /// Where it stopped is where rows are left, so it goes on there.
    async fn run(self, scope: Scope) -> Result<(), Problem> {
        in_turns(self, scope, async |this, scope| {
            let tx = scope.begin().await?;
            let taken = take(&tx, this.until, BATCH).await?;
            tx.unrecorded("the entry about who was erased says it");
            tx.commit().await?;
            Ok(taken < BATCH)
        })
        .await
    }
}

/// Nobody reads a file of the business from here on. Some of the rows go at once, the others in the background.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn forget(tx: &Tx<'_>) -> Result<(), Problem> {
    // A while ago: whatever reads one just now began before this moment.
    let over = tx.now() - Duration::hours(1);
    let imports = import::ActiveModel { expires_at: Set(over), ..Default::default() };
    let exports = export::ActiveModel { expires_at: Set(over), ..Default::default() };
    let open = Condition::all().add(import::Column::ExpiresAt.gt(over)).add(import::Column::ChunkCount.gt(0));
    tx.derive_all::<import::Entity>(open, imports).await?;
    let open = Condition::all().add(export::Column::ExpiresAt.gt(over)).add(export::Column::ChunkCount.gt(0));
    tx.derive_all::<export::Entity>(open, exports).await?;
    if take(tx, tx.now(), AT_ONCE).await? == AT_ONCE {
        tx.enqueue(&FilesForgotten { until: tx.now() }, tx.now()).await?;
    }
    Ok(())
}

/// Takes some rows of files that were begun until then, and says how many.
async fn take(tx: &Tx<'_>, until: DateTime<Utc>, most: u64) -> Result<u64, Problem> {
    let taken = pieces(tx, until, most).await?;
    Ok(taken + if taken < most { marks(tx, until, most - taken).await? } else { 0 })
}

fn imports(tx: &Tx<'_>, until: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .column(import::Column::Id)
        .from(import::Entity)
        .and_where(import::Column::TenantId.eq(tx.tenant_id()))
        .and_where(import::Column::CreatedAt.lte(until))
        .to_owned()
}

fn exports(tx: &Tx<'_>, until: DateTime<Utc>) -> SelectStatement {
    Query::select()
        .column(export::Column::Id)
        .from(export::Entity)
        .and_where(export::Column::TenantId.eq(tx.tenant_id()))
        .and_where(export::Column::CreatedAt.lte(until))
        .to_owned()
}

#[derive(FromQueryResult)]
struct Piece {
    file_id: Uuid,
    position: i64,
}

/// Takes some pieces of files.
async fn pieces(tx: &Tx<'_>, until: DateTime<Utc>, most: u64) -> Result<u64, Problem> {
    let of = |files| chunk::Column::FileId.in_subquery(files);
    let theirs = Condition::any().add(of(imports(tx, until))).add(of(exports(tx, until)));
    // By their keys alone: a piece is a quarter of a megabyte.
    let keys = tx.find::<chunk::Entity>().filter(theirs).picking(|rows| {
        let keys = rows.columns([chunk::Column::FileId, chunk::Column::Position]);
        keys.order_by_asc(chunk::Column::FileId).order_by_asc(chunk::Column::Position).limit(most).into_model::<Piece>()
    });
    let mut found: BTreeMap<Uuid, Vec<i64>> = BTreeMap::new();
    for Piece { file_id, position } in keys.all().await? {
        found.entry(file_id).or_default().push(position);
    }
    let these = found.iter().fold(Condition::any(), |any, (file, positions)| {
        let one = chunk::Column::FileId.eq(*file).into_condition();
        any.add(one.add(chunk::Column::Position.is_in(positions.iter().copied())))
    });
    if found.is_empty() { Ok(0) } else { Ok(tx.remove::<chunk::Entity>(these).await?) }
}

#[derive(FromQueryResult)]
struct Mark {
    import_id: Uuid,
    run: i64,
    digest: Vec<u8>,
}

/// The same of what imports noted to find one value twice.
async fn marks(tx: &Tx<'_>, until: DateTime<Utc>, most: u64) -> Result<u64, Problem> {
    let theirs = mark::Column::ImportId.in_subquery(imports(tx, until));
    let keys = tx.find::<mark::Entity>().filter(theirs).shape(|rows| rows.limit(most).into_model::<Mark>());
    let mut found: BTreeMap<(Uuid, i64), BTreeSet<Vec<u8>>> = BTreeMap::new();
    for Mark { import_id, run, digest } in keys.all().await? {
        found.entry((import_id, run)).or_default().insert(digest);
    }
    let these = found.iter().fold(Condition::any(), |any, ((import, run), digests)| {
        let one = mark::Column::ImportId.eq(*import).into_condition().add(mark::Column::Run.eq(*run));
        any.add(one.add(mark::Column::Digest.is_in(digests.iter().cloned())))
    });
    if found.is_empty() { Ok(0) } else { Ok(tx.remove::<mark::Entity>(these).await?) }
}
