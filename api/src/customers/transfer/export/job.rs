//! The job: as whoever asked, with the rights they have now, a page of customers in a transaction.

use super::super::entity::export;
use super::super::files;
use super::{Asked, rows};
use crate::customers::entity::customer;
use crate::customers::search::compile;
use crate::db::Code;
use crate::jobs::{Job, Turn, take_turn};
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use domain::permission::Permission;
use domain::transfer::ExportState;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Customers in one transaction.
const BATCH: u64 = 500;

/// Somebody asked for an export.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ExportAsked {
    /// The row in `exports`.
    pub(super) export_id: Uuid,
}

impl Job for ExportAsked {
    const KIND: &'static str = "export_asked";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let these = scope.find::<export::Entity>().filter(export::Column::Id.eq(self.export_id));
        let Some(found) = these.one().await? else { return Ok(()) };
        let steps = async |theirs: &mut Scope| step(theirs, self.export_id).await;
        match take_turn(&self, &mut scope, found.staff_id, steps).await? {
            Turn::Over => Ok(()),
            Turn::Gone => {
                let tx = scope.begin().await?;
                end(&tx, &found, ExportState::Cancelled).await?;
                tx.commit().await
            }
        }
    }

    async fn give_up(self, mut scope: Scope) -> Result<(), Problem> {
        let tx = scope.begin().await?;
        let these = tx.find::<export::Entity>().filter(export::Column::Id.eq(self.export_id));
        let Some(found) = these.one().await? else { return Ok(()) };
        end(&tx, &found, ExportState::Cancelled).await?;
        tx.commit().await
    }
}

/// One page; `true` when nothing is left to do.
async fn step(scope: &mut Scope, id: Uuid) -> Result<bool, Problem> {
    let tx = scope.begin().await?;
    let these = tx.find::<export::Entity>().filter(export::Column::Id.eq(id));
    let Some(found) = these.shape(QuerySelect::lock_exclusive).all().await?.into_iter().next() else {
        return Ok(true);
    };
    if found.state.0 != ExportState::Running {
        return Ok(true);
    }
    if !tx.may(Permission::CustomersExport) {
        end(&tx, &found, ExportState::Cancelled).await?;
        tx.commit().await?;
        return Ok(true);
    }
    let asked: Asked = serde_json::from_str(found.asked.as_deref().unwrap_or_default()).map_err(anyhow::Error::from)?;
    let chosen = match &asked.selection.filter {
        Some(filter) => compile(&tx, filter).await?,
        None => Condition::all().add(customer::Column::Id.is_in(asked.selection.ids.iter().copied())),
    };
    let past = Condition::all().add_option(found.after_id.map(|after| customer::Column::Id.gt(after)));
    let page = |rows: sea_orm::Select<customer::Entity>| rows.order_by_asc(customer::Column::Id).limit(BATCH);
    let customers = tx.find::<customer::Entity>().filter(chosen).filter(past).shape(page).all().await?;
    let Some(last) = customers.last().map(|row| row.id) else {
        end(&tx, &found, ExportState::Done).await?;
        tx.commit().await?;
        return Ok(true);
    };
    let lines = rows::rows(&tx, &asked.columns, &customers, found.row_count + 2).await?;
    files::put(&tx, id, found.chunk_count, &lines).await?;
    let change = export::ActiveModel {
        after_id: Set(Some(last)),
        row_count: Set(found.row_count + i64::try_from(customers.len()).unwrap_or(i64::MAX)),
        chunk_count: Set(found.chunk_count + 1),
        ..Default::default()
    };
    tx.derive::<export::Entity>(id, change).await?;
    tx.unrecorded("that an export was asked for, has ended and was fetched is recorded");
    tx.commit().await?;
    Ok(false)
}

/// Ends it, and says so in the record.
async fn end(tx: &Tx<'_>, found: &export::Model, state: ExportState) -> Result<(), Problem> {
    let change =
        export::ActiveModel { state: Set(Code(state)), finished_at: Set(Some(tx.now())), ..Default::default() };
    tx.derive::<export::Entity>(found.id, change).await?;
    let said = serde_json::json!({ "export": found.id, "state": state, "rows": found.row_count });
    tx.audit("export", "customer", None, said);
    Ok(())
}
