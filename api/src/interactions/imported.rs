//! Old follow-ups that a table brings: written down as they were, under their author and at their time. The job of
//! an import is here, because it is the first place that knows both customers and what was said with them.

use super::entity;
use crate::customers::transfer::{ImportAsked, Talk, Talks};
use crate::db::Code;
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::{Scope, Tx};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, Condition};
use std::collections::HashSet;
use uuid::Uuid;

impl Job for ImportAsked {
    const KIND: &'static str = "import_asked";

    async fn run(self, scope: Scope) -> Result<(), Problem> {
        self.go_on(scope, &Timeline).await
    }

    /// Whoever waits for it is told that it goes on no more.
    async fn give_up(self, scope: Scope) -> Result<(), Problem> {
        self.given_up(scope).await
    }
}

struct Timeline;

impl Talks for Timeline {
    async fn write(&self, tx: &Tx<'_>, talks: Vec<Talk>) -> Result<HashSet<Uuid>, Problem> {
        if talks.is_empty() {
            return Ok(HashSet::new());
        }
        let these = Condition::all()
            .add(entity::Column::CustomerId.is_in(talks.iter().map(|talk| talk.customer)))
            .add(entity::Column::HappenedAt.is_in(talks.iter().map(|talk| talk.told.at)));
        let there = tx.find::<entity::Entity>().filter(these).all().await?;
        let mut known: HashSet<(Uuid, _, String)> =
            there.into_iter().map(|row| (row.customer_id, row.happened_at, row.content.unwrap_or_default())).collect();
        let (mut written, mut rows) = (HashSet::new(), Vec::new());
        for Talk { id, customer, told } in talks {
            if !known.insert((customer, told.at, told.content.clone())) {
                continue;
            }
            written.insert(id);
            let row = entity::Model {
                tenant_id: tx.tenant_id(),
                id,
                customer_id: customer,
                channel: Code(told.channel),
                content: Some(told.content),
                happened_at: told.at,
                next_contact_at: None,
                next_step: None,
                task_id: None,
                author_id: told.by.0,
                author_name: told.by.1,
                version: 1,
                created_at: told.at,
                updated_at: tx.now(),
                deleted_at: None,
                live: Some(1),
            };
            rows.push((id, Some(told.at), entity::ActiveModel::from(row).reset_all()));
        }
        tx.insert_all::<entity::Entity>(rows).await?;
        Ok(written)
    }

    async fn take_back(&self, tx: &Tx<'_>, id: Uuid) -> Result<(), Problem> {
        tx.bury::<entity::Entity>(id, None).await?;
        Ok(())
    }
}
