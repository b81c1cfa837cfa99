//! The one way in which whoever acts outside a business's scope changes anything: the command line, the
//! operators of the installation, somebody who signs a business up.

use super::System;
use crate::db::Transaction;
use crate::jobs::{self, Job};
use crate::problem::Problem;
use crate::scope::{Event, INSTALLATION, Origin, Who};
use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// Who it is, and whence they ask.
#[derive(Clone)]
pub(crate) struct By {
    pub(crate) who: Who,
    /// What an operator of the installation is called in its own record.
    pub(crate) operator: Option<String>,
    pub(crate) origin: Origin,
}

impl By {
    /// Whoever may run `shuke` on the machine, and the jobs.
    pub(super) fn the_console() -> Self {
        Self { who: Who::at_the_console(), operator: None, origin: Origin::default() }
    }

    /// The same request in the name of a colleague.
    pub(super) fn of_staff(self, id: Uuid, name: &str) -> Self {
        Self { who: Who { id: Some(id), name: name.to_owned() }, operator: None, ..self }
    }
}

/// What the record says about a change.
pub(crate) struct Said {
    /// The business whose record it is; 0 is the installation's.
    pub(crate) tenant_id: i64,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) resource_id: Option<Uuid>,
    /// An object without personal values and without secrets.
    pub(crate) changes: Value,
}

impl Said {
    /// About something that has no id of its own.
    pub(crate) fn about(tenant_id: i64, action: &'static str, resource: &'static str, changes: Value) -> Self {
        Self { tenant_id, action, resource, resource_id: None, changes }
    }
}

/// A transaction that cannot be committed without its entry in the record. Dropped, it never happened.
pub(crate) struct Recorded<'s> {
    system: &'s System,
    tx: Transaction,
    said: AtomicBool,
}

impl Recorded<'_> {
    /// Where its statements go.
    pub(in crate::scope) fn on(&self) -> &Transaction {
        &self.tx
    }

    /// Commits what was done together with what is said about it.
    ///
    /// # Errors
    /// When the database does not answer; then nothing was done.
    pub(in crate::scope) async fn commit(self, said: Said) -> Result<(), DbErr> {
        self.say(said).await?;
        self.tx.commit().await
    }

    /// Says what is done.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(in crate::scope) async fn say(&self, said: Said) -> Result<(), DbErr> {
        self.system.record_with(&self.tx, self.system.event(said)).await?;
        self.said.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Says what is done to a business from outside in its own record and in that of the installation, there with the
    /// number of the business and without its name: that record outlives a business that is erased.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(in crate::scope) async fn say_of_business(&self, said: Said) -> Result<(), DbErr> {
        let mut there = said.changes.as_object().cloned().unwrap_or_default();
        let name = there.remove("name");
        if said.action == "update" {
            there.insert("renamed".to_owned(), name.is_some_and(|name| !name.is_null()).into());
        }
        there.insert("tenant_id".to_owned(), said.tenant_id.into());
        let Said { action, resource, resource_id, .. } = said;
        self.say(Said { tenant_id: INSTALLATION, action, resource, resource_id, changes: there.into() }).await?;
        self.say(said).await
    }

    /// Has a job done for a business; it exists exactly if this transaction commits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn enqueue<J: Job>(&self, tenant_id: i64, job: &J, at: DateTime<Utc>) -> Result<(), Problem> {
        jobs::enqueue(&self.tx, tenant_id, self.system.now(), job, at).await
    }

    /// Commits what was done and said.
    ///
    /// # Errors
    /// When the database does not answer, or nothing was said; then nothing was done.
    pub(in crate::scope) async fn finish(&self) -> Result<(), DbErr> {
        if self.said.load(Ordering::Relaxed) {
            self.tx.finish().await
        } else {
            Err(DbErr::Custom("a change that is not on the record".to_owned()))
        }
    }
}

impl System {
    pub(in crate::scope) async fn begin_recorded(&self) -> Result<Recorded<'_>, DbErr> {
        Ok(Recorded { system: self, tx: self.begin().await?, said: AtomicBool::new(false) })
    }

    /// Does something in a transaction of its own, which is committed with what `work` says about it.
    ///
    /// # Errors
    /// Whatever `work` refuses, or when it said nothing; then nothing was done.
    pub(crate) async fn recorded<T>(
        &self,
        work: impl AsyncFnOnce(&Recorded<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let recorded = self.begin_recorded().await?;
        let done = work(&recorded).await?;
        recorded.finish().await?;
        Ok(done)
    }

    /// Puts something on the record that is no change of the database: a key file that is about to be
    /// written.
    pub(crate) async fn say(&self, said: Said) -> Result<(), Problem> {
        self.record(self.event(said)).await
    }

    fn event(&self, said: Said) -> Event<'_> {
        let Said { tenant_id, action, resource, resource_id, changes } = said;
        let By { who, operator, origin } = &self.by;
        let mut who = who.clone();
        if let Some(name) = operator.as_ref().filter(|_| tenant_id == INSTALLATION) {
            name.clone_into(&mut who.name);
        }
        Event { tenant_id, who, action, resource, resource_id, changes, origin }
    }

    /// The same, with another name on the record.
    #[must_use]
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.by.who.name = name.to_owned();
        self
    }

    /// The same, in the hands of an operator of the installation, whose own record calls them by their name.
    #[must_use]
    pub(crate) fn run_by(mut self, operator: String) -> Self {
        self.by.operator = Some(operator);
        self
    }
}
