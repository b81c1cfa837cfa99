//! Which pools somebody sees, and whom they help with: asked with what else they see, every three seconds.

use super::System;
use crate::customers::entity::{helper, pool};
use crate::customers::pools::entity::{group, person};
use crate::problem::Problem;
use crate::tenants::{staff, team};
use domain::permission::{Reach, Resource};
use domain::rights::Rights;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use std::collections::HashSet;
use uuid::Uuid;

/// Whoever helps with more customers than that has them looked up by each statement: measured, naming them costs
/// less than looking them up as long as they are some dozens.
const HELPED: u64 = 50;

#[expect(clippy::disallowed_methods, reason = "what somebody sees is asked before there is a scope")]
impl System {
    /// The customers that somebody with these rights sees because they help with them.
    pub(super) async fn helped_by(&self, row: &staff::Model, rights: &Rights) -> Result<Option<Vec<Uuid>>, Problem> {
        if Resource::ALL.iter().all(|resource| rights.reach(*resource) == Reach::All) {
            return Ok(Some(Vec::new()));
        }
        let helped = helper::Entity::find()
            .filter(helper::Column::TenantId.eq(row.tenant_id))
            .filter(helper::Column::StaffId.eq(row.id))
            .limit(HELPED + 1)
            .all(&self.at.db.read)
            .await?;
        let few = u64::try_from(helped.len()).is_ok_and(|helped| helped <= HELPED);
        Ok(few.then(|| helped.into_iter().map(|helper| helper.customer_id).collect()))
    }

    /// The pools that somebody with these rights sees, the oldest first; `None` while there is none: the first one
    /// comes with its first customer, and is for everybody.
    pub(super) async fn pools_of(&self, row: &staff::Model, rights: &Rights) -> Result<Option<Vec<Uuid>>, Problem> {
        if !rights.pool {
            return Ok(Some(Vec::new()));
        }
        let db = &self.at.db.read;
        let pools = pool::Entity::find()
            .filter(pool::Column::TenantId.eq(row.tenant_id))
            .filter(pool::Column::Live.eq(1))
            .order_by_asc(pool::Column::Id)
            .all(db)
            .await?;
        if pools.is_empty() {
            return Ok(None);
        }
        if pools.iter().all(|pool| pool.members_only.is_none()) {
            return Ok(Some(pools.into_iter().map(|pool| pool.id).collect()));
        }
        let mine = person::Entity::find()
            .filter(person::Column::TenantId.eq(row.tenant_id))
            .filter(person::Column::StaffId.eq(row.id));
        let mine: HashSet<Uuid> = mine.all(db).await?.into_iter().map(|member| member.pool_id).collect();
        let groups = group::Entity::find().filter(group::Column::TenantId.eq(row.tenant_id)).all(db).await?;
        let teams = team::Entity::find()
            .filter(team::Column::TenantId.eq(row.tenant_id))
            .filter(team::Column::Live.eq(1))
            .all(db)
            .await?;
        let here = team::around(&teams, row.team_id, row.id);
        let ours: HashSet<Uuid> =
            groups.into_iter().filter(|member| here.contains(&member.team_id)).map(|member| member.pool_id).collect();
        let seen = pools
            .into_iter()
            .filter(|pool| pool.members_only.is_none() || mine.contains(&pool.id) || ours.contains(&pool.id));
        Ok(Some(seen.map(|pool| pool.id).collect()))
    }
}
