//! Which businesses keep a record of somebody: those whose blind index knows a phone that they proved.
//! Nobody is ever found by a number that was merely typed.

use super::System;
use crate::customers::entity::phone;
use crate::privacy::entity as request;
use crate::problem::Problem;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Businesses that are asked in one statement.
const BATCH: u64 = 400;
/// Records that are shown to one person.
const MOST: usize = 20;
/// Requests that are shown to one person.
const REQUESTS: u64 = 50;

#[expect(clippy::disallowed_methods, reason = "a person's records are in all businesses")]
impl System {
    /// Business and customer of each record with a phone that the account proved.
    pub(crate) async fn records_of(&self, account_id: Uuid) -> Result<Vec<(i64, Uuid)>, Problem> {
        let numbers = self.proved_numbers(account_id).await?;
        let (mut found, mut after) = (BTreeSet::new(), 0);
        while !numbers.is_empty() && found.len() < MOST {
            let tenants = self.tenants_after(after, BATCH).await?;
            let Some(last) = tenants.last() else { break };
            after = last.id;
            let keys = self.keys_of(tenants).await?;
            if keys.is_empty() {
                continue;
            }
            let mut known = Condition::any();
            for (tenant_id, keys) in keys {
                let index = keys.index();
                let digests: Vec<_> = numbers.iter().flat_map(|number| index.phone_anywhere(number)).collect();
                let mut here = Condition::any().add(phone::Column::Digest.is_in(digests.clone()));
                if index.stage().is_some() {
                    here = here.add(phone::Column::NextDigest.is_in(digests));
                }
                known = known.add(Condition::all().add(phone::Column::TenantId.eq(tenant_id)).add(here));
            }
            let rows = phone::Entity::find().filter(known).limit(BATCH).all(&self.at.db.read).await?;
            found.extend(rows.into_iter().map(|row| (row.tenant_id, row.customer_id)));
        }
        Ok(found.into_iter().take(MOST).collect())
    }

    /// What an account asked of businesses, newest first; also of those that have erased it since.
    pub(crate) async fn requests_of(&self, account_id: Uuid) -> Result<Vec<request::Model>, Problem> {
        let rows = request::Entity::find()
            .filter(request::Column::AccountId.eq(account_id))
            .order_by_desc(request::Column::CreatedAt)
            .limit(REQUESTS);
        Ok(rows.all(&self.at.db.read).await?)
    }
}
