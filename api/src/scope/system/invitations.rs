//! Invitations to become staff: made inside a business, accepted from outside of it.

use super::{System, SystemTx};
use crate::crypto::digest;
use crate::db::Code;
use crate::problem::Problem;
use crate::tenants::invitation::{ActiveModel, Column, Entity, Model};
use chrono::{DateTime, Utc};
use domain::staff::NewInvitation;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, Set,
};
use uuid::Uuid;

/// Open invitations of a business that are looked at: far more than anybody hands out in the days for which they count.
const LOOKED_AT: u64 = 1_000;

#[expect(clippy::disallowed_methods, reason = "an invitation is found before any business is known")]
impl SystemTx<'_> {
    /// Makes `ticket` admit one person to the scope's business until `expires_at`.
    pub(crate) async fn invite(
        &self,
        id: Uuid,
        ticket: &str,
        invitation: NewInvitation,
        expires_at: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let NewInvitation { name, role, role_id, team_id } = invitation;
        let row = ActiveModel {
            digest: Set(System::new(self.scope.installation()).ticket_digest(ticket)),
            tenant_id: Set(self.scope.tenant_id()),
            id: Set(id),
            name: Set(name),
            role: Set(Code(role)),
            role_id: Set(role_id),
            team_id: Set(team_id),
            invited_by: Set(self.scope.me()?),
            created_at: Set(self.scope.now()),
            expires_at: Set(expires_at),
            used_at: Set(None),
            used_by: Set(None),
        };
        Ok(Entity::insert(row).exec_without_returning(self.tx).await.map(|_| ())?)
    }

    /// Takes an invitation of the business back. `false` when there is none, or it was used.
    pub(crate) async fn take_invitation_back(&self, id: Uuid) -> Result<bool, DbErr> {
        let gone = Entity::delete_many()
            .filter(Column::TenantId.eq(self.scope.tenant_id()))
            .filter(Column::Id.eq(id))
            .filter(Column::UsedAt.is_null());
        Ok(gone.exec(self.tx).await?.rows_affected > 0)
    }

    /// The invitations of the business that nobody used and whose time is not over, of those that say this.
    pub(crate) async fn invitations(&self, which: impl IntoCondition) -> Result<Vec<Model>, DbErr> {
        open(self.scope.tenant_id(), self.scope.now()).filter(which.into_condition()).all(self.tx).await
    }

    /// Uses an invitation up, if nobody has and it still counts.
    pub(crate) async fn use_invitation(&self, invitation: &Model, account_id: Uuid) -> Result<bool, DbErr> {
        let now = self.scope.now();
        let used = Entity::update_many()
            .set(ActiveModel { used_at: Set(Some(now)), used_by: Set(Some(account_id)), ..ActiveModel::default() })
            .filter(Column::Digest.eq(invitation.digest.clone()))
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now));
        Ok(used.exec(self.tx).await?.rows_affected > 0)
    }
}

#[expect(clippy::disallowed_methods, reason = "an invitation is found before any business is known")]
impl System {
    fn ticket_digest(&self, ticket: &str) -> Vec<u8> {
        let ticket = ticket.to_ascii_uppercase();
        digest(&self.at.keys.digests, &[b"invitation", ticket.as_bytes()]).to_vec()
    }

    /// The invitation of a ticket, used or not, while it counts.
    pub(crate) async fn invitation(&self, ticket: &str) -> Result<Model, Problem> {
        let row = Entity::find_by_id(self.ticket_digest(ticket)).one(&self.at.db.read).await?;
        row.filter(|row| row.expires_at > self.now()).ok_or(Problem::NotFound)
    }

    /// The open invitations of a business, newest first.
    pub(crate) async fn invitations(&self, tenant_id: i64) -> Result<Vec<Model>, Problem> {
        let rows = open(tenant_id, self.now()).order_by_desc(Column::CreatedAt).limit(LOOKED_AT);
        Ok(rows.all(&self.at.db.read).await?)
    }
}

#[expect(clippy::disallowed_methods, reason = "an invitation is found before any business is known")]
fn open(tenant_id: i64, now: DateTime<Utc>) -> Select<Entity> {
    Entity::find()
        .filter(Column::TenantId.eq(tenant_id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
}
