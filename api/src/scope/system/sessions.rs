//! Sessions and refresh tokens. The database is the truth, so that a restart logs nobody out.

use super::System;
use crate::auth::entity::session::Model;
use crate::auth::entity::{refresh_token, session};
use crate::crypto::{digest, equal, random};
use crate::db::Transaction;
use crate::jobs::{self, Job};
use crate::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

/// Seconds in which the same device may repeat a refresh whose answer it lost.
const RETRY_SECONDS: i64 = 60;

/// A session with the one refresh token that continues it.
pub(crate) struct Continued {
    pub(crate) session_id: Uuid,
    pub(crate) account_id: Uuid,
    pub(crate) refresh_token: String,
    pub(crate) stepped_up_until: Option<DateTime<Utc>>,
    /// It goes on where the account was last only when somebody chooses that on its device.
    pub(crate) held_back: bool,
}

/// A device that signs in.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// Of the random name it gave itself.
    pub(crate) digest: Vec<u8>,
    /// What it calls itself.
    pub(crate) label: Option<String>,
    /// The network it is in, as a prefix.
    pub(crate) network: String,
    /// `wechat` or `password`.
    pub(crate) method: &'static str,
    /// Since when it stays out of the staff side, if it does.
    pub(crate) held_back_at: Option<DateTime<Utc>>,
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to no business")]
impl System {
    /// Begins a session on a device. What is to be told about it is told exactly if it begins.
    pub(crate) async fn begin_session<J: Job>(
        &self,
        account_id: Uuid,
        device: Device,
        tell: &[(i64, J)],
    ) -> Result<Continued, Problem> {
        let now = self.now();
        let tx = self.begin().await?;
        let (session_id, held_back) = (self.new_id(), device.held_back_at.is_some());
        let row = session::ActiveModel {
            id: Set(session_id),
            account_id: Set(account_id),
            device: Set(device.digest),
            created_at: Set(now),
            expires_at: Set(now + Duration::days(self.at.config.auth.session_days)),
            revoked_at: Set(None),
            method: Set(Some(device.method.to_owned())),
            label: Set(device.label),
            network: Set(Some(device.network)),
            used_at: Set(Some(now)),
            stepped_up_until: Set(None),
            wiped_at: Set(None),
            held_back_at: Set(device.held_back_at),
        };
        session::Entity::insert(row).exec_without_returning(&tx).await?;
        let refresh_token = self.issue(&tx, session_id).await?;
        for (tenant_id, job) in tell {
            jobs::enqueue(&tx, *tenant_id, now, job, now).await?;
        }
        tx.commit().await?;
        Ok(Continued { session_id, account_id, refresh_token, stepped_up_until: None, held_back })
    }

    async fn issue(&self, tx: &Transaction, session_id: Uuid) -> Result<String, DbErr> {
        let token = URL_SAFE_NO_PAD.encode(random::<32>());
        let row = refresh_token::ActiveModel {
            digest: Set(self.token_digest(&token)),
            session_id: Set(session_id),
            used_at: Set(None),
            successor: Set(None),
            created_at: Set(self.now()),
        };
        refresh_token::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(token)
    }

    /// Exchanges a refresh token for its successor. The same device may repeat that for a minute; any
    /// other reuse means that two parties hold the token, and ends the session for both.
    pub(crate) async fn continue_session(
        &self,
        token: &str,
        device: &str,
        network: &str,
    ) -> Result<Continued, Problem> {
        const INVALID: Problem = Problem::Unauthenticated("refresh_invalid");
        let now = self.now();
        let tx = self.begin().await?;
        let digest = self.token_digest(token);
        let Some(row) = refresh_token::Entity::find_by_id(digest.clone()).one(&tx).await? else { return Err(INVALID) };
        let Some(session) = session::Entity::find_by_id(row.session_id).one(&tx).await? else { return Err(INVALID) };
        if session.wiped_at.is_some() {
            return Err(Problem::Unauthenticated("wiped"));
        }
        if session.revoked_at.is_some() || session.expires_at <= now {
            return Err(INVALID);
        }
        let same_device = equal(&session.device, &self.device_digest(device));
        let place = format!("|refresh_tokens.successor|{}", session.id);
        let refresh_token = match (row.used_at, row.successor) {
            (None, _) if same_device => {
                let next = self.issue(&tx, session.id).await?;
                let used = refresh_token::ActiveModel {
                    used_at: Set(Some(now)),
                    successor: Set(Some(self.at.keys.installation.seal(&place, next.as_bytes()))),
                    ..refresh_token::ActiveModel::default()
                };
                let used = refresh_token::Entity::update_many()
                    .set(used)
                    .filter(refresh_token::Column::Digest.eq(digest))
                    .filter(refresh_token::Column::UsedAt.is_null())
                    .exec(&tx)
                    .await?;
                if used.rows_affected == 0 {
                    // Another request of the same phone was faster: there is a successor now.
                    drop(tx);
                    return Box::pin(self.continue_session(token, device, network)).await;
                }
                let longer = session::ActiveModel {
                    expires_at: Set(now + Duration::days(self.at.config.auth.session_days)),
                    used_at: Set(Some(now)),
                    network: Set(Some(network.to_owned())),
                    ..session::ActiveModel::default()
                };
                session::Entity::update_many().set(longer).filter(session::Column::Id.eq(session.id)).exec(&tx).await?;
                next
            }
            (Some(used_at), Some(successor)) if same_device && now - used_at <= Duration::seconds(RETRY_SECONDS) => {
                let plain = self.at.keys.installation.open(&place, &successor)?;
                String::from_utf8(plain).map_err(anyhow::Error::from)?
            }
            _ => {
                revoke(&tx, session.id, now).await?;
                tx.commit().await?;
                self.at.snapshots.forget_session(session.id);
                tracing::warn!(session = %session.id, "a refresh token was used twice: the session is over");
                return Err(INVALID);
            }
        };
        tx.commit().await?;
        let Model { id: session_id, account_id, stepped_up_until, held_back_at, .. } = session;
        Ok(Continued { session_id, account_id, refresh_token, stepped_up_until, held_back: held_back_at.is_some() })
    }

    /// Ends a session from its own device.
    pub(crate) async fn end_session(&self, session_id: Uuid) -> Result<(), Problem> {
        revoke(&self.at.db.write, session_id, self.now()).await?;
        self.at.snapshots.forget_session(session_id);
        Ok(())
    }

    fn token_digest(&self, token: &str) -> Vec<u8> {
        digest(&self.at.keys.digests, &[b"refresh", token.as_bytes()]).to_vec()
    }

    /// What is kept of the random name of a device.
    pub(crate) fn device_digest(&self, device: &str) -> Vec<u8> {
        digest(&self.at.keys.digests, &[b"device", device.as_bytes()]).to_vec()
    }
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to no business")]
async fn revoke(on: &impl sea_orm::ConnectionTrait, session_id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let change = session::ActiveModel { revoked_at: Set(Some(now)), ..session::ActiveModel::default() };
    session::Entity::update_many().set(change).filter(session::Column::Id.eq(session_id)).exec(on).await.map(|_| ())
}
