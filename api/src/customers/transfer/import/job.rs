//! The job: as whoever asked, with the rights they have now, a piece of the file in a transaction. Which piece
//! comes next is committed with what the piece did, so nothing is done twice, whatever happens to the server.

use super::super::entity::{import, row};
use super::super::files;
use super::apply::{Settled, apply};
use super::talks::Talks;
use super::view::headers;
use super::{marks, revert};
use crate::customers::custom;
use crate::customers::pools::Rooms;
use crate::db::Code;
use crate::jobs::{Turn, take_turn};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use domain::permission::Permission;
use domain::transfer::{ImportStart, ImportState, RowOutcome};
use sea_orm::{ColumnTrait as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody started an import, or takes one back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ImportAsked {
    /// The row in `imports`.
    pub(super) import_id: Uuid,
}

impl ImportAsked {
    /// Goes on with it. `talks` writes down what the table says about old follow-ups.
    pub(crate) async fn go_on(self, mut scope: Scope, talks: &impl Talks) -> Result<(), Problem> {
        let Some(found) = find(&scope, self.import_id).await? else { return Ok(()) };
        let steps = async |theirs: &mut Scope| step(theirs, self.import_id, talks).await;
        match take_turn(&self, &mut scope, found.staff_id, steps).await? {
            Turn::Over => Ok(()),
            Turn::Gone => {
                let tx = scope.begin().await?;
                end(&tx, &found, ImportState::Cancelled).await?;
                tx.commit().await
            }
        }
    }

    /// Whoever waits for it is told that it goes on no more.
    pub(crate) async fn given_up(self, mut scope: Scope) -> Result<(), Problem> {
        let Some(found) = find(&scope, self.import_id).await? else { return Ok(()) };
        let tx = scope.begin().await?;
        end(&tx, &found, ImportState::Cancelled).await?;
        tx.commit().await
    }
}

async fn find(scope: &Scope, id: Uuid) -> Result<Option<import::Model>, Problem> {
    Ok(scope.find::<import::Entity>().filter(import::Column::Id.eq(id)).one().await?)
}

async fn held(tx: &Tx<'_>, id: Uuid) -> Result<Option<import::Model>, Problem> {
    let rows = tx.find::<import::Entity>().filter(import::Column::Id.eq(id));
    Ok(rows.shape(QuerySelect::lock_exclusive).all().await?.into_iter().next())
}

/// One piece; `true` when nothing is left to do.
async fn step(scope: &mut Scope, id: Uuid, talks: &impl Talks) -> Result<bool, Problem> {
    let tx = scope.begin().await?;
    let Some(found) = held(&tx, id).await? else { return Ok(true) };
    let trial = match found.state.0 {
        ImportState::Checking => true,
        ImportState::Running => false,
        ImportState::Reverting => {
            let left = revert::step(&tx, &found, talks).await?;
            if !left {
                end(&tx, &found, ImportState::Reverted).await?;
            }
            tx.commit().await?;
            return Ok(!left);
        }
        _ => return Ok(true),
    };
    let may = tx.may(Permission::CustomersImport) && tx.may(Permission::CustomersWrite);
    let lines = if may && found.next_chunk < found.chunk_count {
        files::get(&tx, found.file(), found.next_chunk).await?
    } else {
        None
    };
    let Some(lines) = lines else {
        let whole = found.next_chunk >= found.chunk_count;
        let state = match (whole, trial) {
            (true, true) => ImportState::Checked,
            (true, false) => ImportState::Done,
            // The right was taken away, or the rows have gone.
            (false, _) => ImportState::Cancelled,
        };
        end(&tx, &found, state).await?;
        tx.commit().await?;
        return Ok(true);
    };
    let asked: ImportStart =
        serde_json::from_str(found.asked.as_deref().unwrap_or_default()).map_err(anyhow::Error::from)?;
    let own = custom::definitions(&tx).await?;
    // Only dates are named by the words above them.
    let named = asked.columns.iter().any(|of| of.field == "dates");
    let headers = if named { headers(&tx, &found).await?.unwrap_or_default() } else { Vec::new() };
    let said = (&asked, headers.as_slice());
    let given = found.owned.as_deref().filter(|_| trial).and_then(|text| serde_json::from_str(text).ok());
    let mut rooms = Rooms::after(given.unwrap_or_default());
    let with = (talks, &mut rooms);
    let settled = Box::pin(apply(&tx, ((id, found.run), trial), said, &own, &lines, with)).await?;
    if trial {
        // All of it was done as it would be done, and none of it stays.
        drop(tx);
        let tx = scope.begin().await?;
        note(&tx, &found, settled, Some(&rooms)).await?;
        tx.commit().await?;
    } else {
        note(&tx, &found, settled, None).await?;
        tx.commit().await?;
    }
    Ok(false)
}

/// Writes down what became of the rows of a piece, and that it is done.
async fn note(tx: &Tx<'_>, found: &import::Model, settled: Vec<Settled>, trial: Option<&Rooms>) -> Result<(), Problem> {
    let count = |outcome: RowOutcome| {
        i64::try_from(settled.iter().filter(|row| row.outcome == outcome).count()).unwrap_or(i64::MAX)
    };
    let wrong = |row: &Settled| matches!(row.outcome, RowOutcome::Failed | RowOutcome::Skipped);
    let hinted = settled.iter().filter(|row| !wrong(row) && !row.flaws.is_empty()).count();
    let hinted = i64::try_from(hinted).unwrap_or(i64::MAX);
    let mut change = import::ActiveModel {
        next_chunk: Set(found.next_chunk + 1),
        created: Set(found.created + count(RowOutcome::Created)),
        updated: Set(found.updated + count(RowOutcome::Updated)),
        skipped: Set(found.skipped + count(RowOutcome::Skipped)),
        failed: Set(found.failed + count(RowOutcome::Failed)),
        hinted: Set(Some(found.hinted.unwrap_or_default() + hinted)),
        ..Default::default()
    };
    if let Some(rooms) = trial {
        // What a trial gave to people is nowhere else: the next piece goes on from there.
        change.owned = Set(Some(serde_json::to_string(rooms.given()).map_err(anyhow::Error::from)?));
    }
    let said = settled.iter().flat_map(|row| row.marks.iter().cloned()).collect();
    marks::keep(tx, (found.id, found.run), said).await?;
    // What a row before did to a customer is unchanged when a later one only adds to it.
    let more: Vec<Uuid> = settled.iter().filter(|row| row.adds).filter_map(|row| row.customer).collect();
    if !more.is_empty() && trial.is_none() {
        revert::stamp(tx, found, more).await?;
    }
    let rows = settled.into_iter().filter(|row| trial.is_none() || !row.flaws.is_empty()).map(|row| {
        let reasons = (!row.flaws.is_empty()).then(|| serde_json::to_string(&row.flaws).ok()).flatten();
        row::ActiveModel {
            import_id: Set(found.id),
            run: Set(found.run),
            line: Set(row.line),
            outcome: Set(Code(row.outcome)),
            reasons: Set(reasons),
            customer_id: Set(row.customer),
            stamped_at: Set(row.customer.map(|_| tx.now())),
            before: Set(row.before),
            interaction_id: Set(row.interaction),
            ..Default::default()
        }
    });
    tx.insert_many::<row::Entity>(rows.collect::<Vec<_>>()).await?;
    tx.derive::<import::Entity>(found.id, change).await?;
    tx.unrecorded("each customer that was written has its entry; a row that was not has none");
    Ok(())
}

/// Ends it, and says so in the record.
pub(super) async fn end(tx: &Tx<'_>, found: &import::Model, state: ImportState) -> Result<(), Problem> {
    let change =
        import::ActiveModel { state: Set(Code(state)), finished_at: Set(Some(tx.now())), ..Default::default() };
    tx.derive::<import::Entity>(found.id, change).await?;
    let counts = serde_json::json!({
        "import": found.id, "state": state, "created": found.created, "updated": found.updated,
        "skipped": found.skipped, "failed": found.failed,
    });
    tx.audit("import", "customer", None, counts);
    Ok(())
}
