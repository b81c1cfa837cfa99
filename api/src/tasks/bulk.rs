//! What was said about many customers at once: in the inbox of whoever looks after each of them, and once by
//! WeChat, while there is credit, for all of theirs.

use super::remind::{promise, recipient};
use super::send::inbox_item;
use crate::customers::{self, BulkMessage};
use crate::db::{Taken, refusal};
use crate::jobs::Job;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::System;
use sea_orm::{ColumnTrait as _, Condition, Set};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Its kind in the inbox.
const KIND: &str = "customer_message";

impl Job for BulkMessage {
    const KIND: &'static str = "bulk_message";

    async fn run(self, mut scope: Scope) -> Result<(), Problem> {
        let system = System::new(scope.installation());
        let mut of_owner: BTreeMap<Uuid, Vec<customers::Customer>> = BTreeMap::new();
        let these = customers::Column::Id.is_in(self.customers.iter().copied());
        for customer in scope.find::<customers::Entity>().filter(these).all().await? {
            // Whoever was put into the pool meanwhile is looked after by nobody.
            if customer.pool_id.is_none() {
                of_owner.entry(customer.owner_id).or_default().push(customer);
            }
        }
        for (owner, customers) in of_owner {
            self.tell(&mut scope, &system, owner, &customers).await?;
        }
        Ok(())
    }
}

impl BulkMessage {
    async fn tell(
        &self,
        scope: &mut Scope,
        system: &System,
        owner: Uuid,
        customers: &[customers::Customer],
    ) -> Result<(), Problem> {
        let said =
            || Condition::all().add(inbox_item::Column::Kind.eq(KIND)).add(inbox_item::Column::DueAt.eq(self.at));
        let first = said().add(inbox_item::Column::StaffId.eq(owner));
        let first = scope.find::<inbox_item::Entity>().filter(first).one().await?.is_none();
        let mut recipient = if first { recipient(scope, system, owner).await? } else { None };
        let these = said().add(inbox_item::Column::SourceId.is_in(customers.iter().map(|customer| customer.id)));
        let told = scope.find::<inbox_item::Entity>().filter(these).all().await?;
        let tx = scope.begin().await?;
        let mut said = 0;
        for customer in customers.iter().filter(|one| !told.iter().any(|item| item.source_id == one.id)) {
            let inbox_id = tx.new_id();
            let promised = match recipient.take() {
                Some((subject, openid)) => tx.system().take_credit(&subject).await?.then_some((subject, openid)),
                None => None,
            };
            let item = inbox_item::ActiveModel {
                id: Set(inbox_id),
                staff_id: Set(owner),
                kind: Set(KIND.to_owned()),
                source_id: Set(customer.id),
                due_at: Set(self.at),
                title: Set(self.text.clone()),
                body: Set(Some(customer.name.clone())),
                customer_id: Set(Some(customer.id)),
                read_at: Set(None),
                wechat: Set(if promised.is_some() { "pending" } else { "no_credit" }.to_owned()),
                created_at: Set(tx.now()),
                ..Default::default()
            };
            match tx.insert::<inbox_item::Entity>(item).await {
                // Said meanwhile, by a run of this job that was slow.
                Err(error) if refusal(&error) == Some(Taken::Unique) => continue,
                other => other?,
            }
            if let Some((subject, openid)) = promised {
                promise(&tx, inbox_id, subject, openid).await?;
            }
            said += 1;
        }
        if said == 0 {
            return Ok(());
        }
        tx.audit("message", "staff", Some(owner), json!({ "customers": said }));
        tx.commit().await
    }
}
