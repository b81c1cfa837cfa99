//! Rows that nobody waits for although they may be refused: they go with whatever is said next, which is one way to the
//! database instead of two.

use super::Tx;
use crate::db::{self, Asked};
use crate::problem::Problem;
use crate::scope::rows::Tenanted;
use chrono::{DateTime, Utc};
use sea_orm::{DbErr, TryIntoModel};
use std::cell::RefCell;
use uuid::Uuid;

/// What it means to whoever asked for it that rows were refused.
type Meaning = fn(DbErr) -> Problem;

/// Rows that are on their way, and what a refusal of them means. Only where somebody looks for it in the end; everywhere
/// else, and in a part of a transaction, rows are waited for.
pub(super) struct Hopes(RefCell<Vec<(Asked, Meaning)>>);

impl<'s> Tx<'s> {
    /// Makes it one that does not wait for rows that may be refused: whoever calls this asks [`Tx::refused`] when it fails.
    pub(in crate::scope) fn asking(self) -> Tx<'s> {
        Tx { hopes: Some(Hopes(RefCell::default())), ..self }
    }

    /// What a refusal means for which nobody waited, if that is why the transaction failed; it is to be thrown away.
    pub(in crate::scope) async fn refused(&self) -> Option<Problem> {
        let hopes = self.hopes.as_ref()?.0.take();
        let (refused, why) = self.tx.refused().await?;
        hopes.into_iter().find(|(asked, _)| *asked == refused).map(|(_, meaning)| meaning(why))
    }

    /// Inserts rows that hang on another row and may be refused. Perhaps that is found out only later, so whoever calls
    /// this throws the transaction, or the part of it, away when anything fails.
    ///
    /// # Errors
    /// What `meaning` makes of a refusal.
    pub(crate) async fn ask_many<E: Tenanted>(
        &self,
        rows: Vec<E::ActiveModel>,
        meaning: Meaning,
    ) -> Result<(), Problem> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = rows.into_iter().map(|row| self.stamped::<E>(row)).collect();
        self.writes::<E>();
        self.ask::<E>(rows, meaning).await
    }

    /// As [`Tx::ask_many`], of rows of their own, each with its entry in the record, and each made when it is said. Answers
    /// them as they stand then, without reading them again; every column must be set.
    ///
    /// # Errors
    /// As [`Tx::ask_many`], and when a column was left out.
    pub(crate) async fn ask_all<E: Tenanted>(
        &self,
        rows: impl IntoIterator<Item = (Uuid, Option<DateTime<Utc>>, E::ActiveModel)>,
        meaning: Meaning,
    ) -> Result<Vec<E::Model>, Problem>
    where
        E::ActiveModel: TryIntoModel<E::Model>,
    {
        let (rows, shown) = self.dated::<E>(rows)?;
        self.ask::<E>(rows, meaning).await?;
        Ok(shown)
    }

    async fn ask<E: Tenanted>(&self, rows: Vec<E::ActiveModel>, meaning: Meaning) -> Result<(), Problem> {
        let asked = match &self.hopes {
            Some(Hopes(hopes)) => db::ask(&self.tx, rows).await.map(|asked| {
                hopes.borrow_mut().extend(asked.map(|asked| (asked, meaning)));
            }),
            None => db::insert_halves(&self.tx, rows).await,
        };
        asked.map_err(|refused| {
            self.halved.set(true);
            meaning(refused)
        })
    }
}
