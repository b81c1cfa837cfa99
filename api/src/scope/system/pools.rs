//! Which pools somebody sees: asked with what else they see, every three seconds.

use super::System;
use crate::customers::entity::pool;
use crate::customers::pools::entity::{group, person};
use crate::problem::Problem;
use crate::tenants::{staff, team};
use domain::rights::Rights;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use std::collections::HashSet;
use uuid::Uuid;

#[expect(clippy::disallowed_methods, reason = "what somebody sees is asked before there is a scope")]
impl System {
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
