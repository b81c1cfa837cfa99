//! What is recorded outside a scope: logins and what else concerns the installation.

use super::{checked, entry};
use crate::db;
use crate::edge::Marks;
use crate::problem::Problem;
use crate::scope::Who;
use crate::scope::system::System;
use sea_orm::{ConnectionTrait, DbErr, Set};
use uuid::Uuid;

/// Whence something was asked for.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address of the client, as the edge knows it; empty for the system itself.
    pub(crate) address: String,
    /// The login with which it was asked for; it leads to the device.
    pub(crate) session_id: Option<Uuid>,
    /// The request.
    pub(crate) request_id: String,
}

impl Origin {
    /// Of a request: `Origin::marked(Marks::of(&request))`.
    pub(crate) fn marked(marks: Marks) -> Self {
        let session_id = marks.actor().ok().map(|actor| actor.session_id);
        Self { address: marks.address, session_id, request_id: marks.request_id }
    }

    /// Of something that came from no client: a job, a command line.
    pub(crate) fn named(request_id: &str) -> Self {
        Self { request_id: request_id.to_owned(), ..Self::default() }
    }

    pub(super) fn address(&self) -> Option<String> {
        Some(self.address.clone()).filter(|address| !address.is_empty())
    }
}

/// The number under which the installation has a record of its own; no business has it.
pub(crate) const INSTALLATION: i64 = 0;

/// Something that happened outside a business's scope.
pub(crate) struct Event<'e> {
    /// The business it concerns, or [`INSTALLATION`].
    pub(crate) tenant_id: i64,
    /// Who did it, or tried to.
    pub(crate) who: Who,
    /// `login`, `login_failed`, `password`, `rotate`, …
    pub(crate) action: &'static str,
    /// `session`, `operator`, `staff`, `keys`, …
    pub(crate) resource: &'static str,
    /// Which, where it has an id.
    pub(crate) resource_id: Option<Uuid>,
    /// What else belongs to it: an object without personal values and without secrets.
    pub(crate) changes: serde_json::Value,
    /// Whence it was asked for.
    pub(crate) origin: &'e Origin,
}

impl System {
    /// Records something by itself.
    ///
    /// # Errors
    /// When the database does not answer: what nobody can trace must not go on.
    pub(crate) async fn record(&self, event: Event<'_>) -> Result<(), Problem> {
        Ok(self.record_with(&self.at.db.write, event).await?)
    }

    /// Records something in the transaction that does it.
    pub(crate) async fn record_with(&self, on: &impl ConnectionTrait, event: Event<'_>) -> Result<(), DbErr> {
        let row = entry::ActiveModel {
            tenant_id: Set(event.tenant_id),
            id: Set(self.new_id()),
            actor_id: Set(event.who.id),
            actor_name: Set(event.who.name),
            action: Set(event.action.to_owned()),
            resource: Set(event.resource.to_owned()),
            resource_id: Set(event.resource_id),
            changes: Set(Some(event.changes.to_string())),
            request_id: Set(event.origin.request_id.clone()),
            at: Set(self.now()),
            address: Set(event.origin.address()),
            session_id: Set(event.origin.session_id),
            person_id: Set(None),
            sealed: Set(None),
            seq: Set(None),
            hash: Set(None),
        };
        db::insert(on, checked(vec![row])).await
    }
}
