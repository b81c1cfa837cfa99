//! What is kept for a while only: remembered answers, taken pushes, finished jobs, old tokens.

use super::System;
use super::credit_tables::push_event;
use super::{lockouts, reveals};
use crate::auth::entity::{refresh_token, session, session_tenant};
use crate::auth::guard_entity::{address_rule, challenge, lockout};
use crate::clock::CHINA;
use crate::jobs;
use crate::problem::Problem;
use crate::scope::once;
use chrono::Duration;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

/// Rows a statement deletes at most, so that no transaction gets long.
const BATCH: u64 = 500;

#[expect(clippy::disallowed_methods, reason = "sweeping goes across businesses")]
impl System {
    /// Deletes what has outlived its purpose.
    pub(crate) async fn sweep(&self) -> Result<(), Problem> {
        let (now, db) = (self.now(), &self.at.db.write);
        once::Entity::delete_many()
            .filter(once::Column::CreatedAt.lt(now - Duration::days(once::DAYS)))
            .exec(db)
            .await?;
        push_event::Entity::delete_many()
            .filter(push_event::Column::ReceivedAt.lt(now - Duration::days(30)))
            .exec(db)
            .await?;
        jobs::sweep(db, now - Duration::days(7)).await?;
        refresh_token::Entity::delete_many()
            .filter(refresh_token::Column::UsedAt.lt(now - Duration::days(7)))
            .exec(db)
            .await?;
        challenge::Entity::delete_many()
            .filter(challenge::Column::ExpiresAt.lt(now - Duration::days(1)))
            .exec(db)
            .await?;
        lockout::Entity::delete_many()
            .filter(lockout::Column::FailedAt.lt(now - Duration::hours(lockouts::FORGOTTEN_HOURS)))
            .exec(db)
            .await?;
        address_rule::Entity::delete_many().filter(address_rule::Column::ExpiresAt.lt(now)).exec(db).await?;
        let last_week = (now - Duration::days(7)).with_timezone(&CHINA).date_naive().to_string();
        reveals::Entity::delete_many().filter(reveals::Column::Day.lt(last_week)).exec(db).await?;
        let ended: Vec<Uuid> = session::Entity::find()
            .filter(session::Column::ExpiresAt.lt(now))
            .limit(BATCH)
            .all(&self.at.db.read)
            .await?
            .into_iter()
            .map(|session| session.id)
            .collect();
        refresh_token::Entity::delete_many()
            .filter(refresh_token::Column::SessionId.is_in(ended.clone()))
            .exec(db)
            .await?;
        session_tenant::Entity::delete_many()
            .filter(session_tenant::Column::SessionId.is_in(ended.clone()))
            .exec(db)
            .await?;
        session::Entity::delete_many().filter(session::Column::Id.is_in(ended)).exec(db).await?;
        self.sweep_servers().await?;
        self.sweep_files(None).await?;
        self.sweep_attachments(None).await
    }
}
