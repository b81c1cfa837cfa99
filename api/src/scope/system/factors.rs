//! Second factors: the secret of an authenticator app, recovery codes, and challenges that wait for
//! their proof.

use super::System;
use crate::auth::guard_entity::{challenge, recovery_code, totp};
use crate::crypto::{digest, random};
use crate::db::refusal;
use crate::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, Set};
use uuid::Uuid;

/// Minutes for which a challenge waits.
pub(crate) const CHALLENGE_MINUTES: i64 = 5;
/// Tries a challenge has.
const TRIES: i64 = 5;

/// A challenge before it is written.
#[derive(Default)]
pub(crate) struct NewChallenge {
    /// `login`, `totp`, `soter` or `sms`.
    pub(crate) kind: &'static str,
    /// The session that asked, once there is one.
    pub(crate) session_id: Option<Uuid>,
    /// The device that is signing in.
    pub(crate) device: Option<Vec<u8>>,
    pub(crate) label: Option<String>,
    /// The code that answers it, when we made that up ourselves.
    pub(crate) answer: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "second factors belong to no business")]
impl System {
    /// The authenticator app of an account, once it was confirmed: its secret.
    pub(crate) async fn totp_secret(&self, account_id: Uuid, confirmed: bool) -> Result<Option<Vec<u8>>, Problem> {
        let row = totp::Entity::find_by_id(account_id).one(&self.at.db.read).await?;
        let Some(sealed) = row.filter(|row| row.confirmed_at.is_some() == confirmed).and_then(|row| row.secret) else {
            return Ok(None);
        };
        Ok(Some(self.at.keys.installation.open(&secret_place(account_id), &sealed)?))
    }

    /// Keeps a new secret, which counts once it is confirmed; one that waited for that is replaced.
    ///
    /// # Errors
    /// 409 `totp_enrolled` when an app is set up already.
    pub(crate) async fn enrol_totp(&self, account_id: Uuid, secret: &[u8]) -> Result<(), Problem> {
        let tx = self.begin().await?;
        totp::Entity::delete_many()
            .filter(totp::Column::AccountId.eq(account_id))
            .filter(totp::Column::ConfirmedAt.is_null())
            .exec(&tx)
            .await?;
        let row = totp::ActiveModel {
            account_id: Set(account_id),
            secret: Set(Some(self.at.keys.installation.seal(&secret_place(account_id), secret))),
            confirmed_at: Set(None),
            last_step: Set(None),
            created_at: Set(self.now()),
        };
        match totp::Entity::insert(row).exec_without_returning(&tx).await {
            Err(error) if refusal(&error).is_some() => return Err(Problem::conflict("totp_enrolled", None)),
            other => other?,
        };
        tx.commit().await?;
        Ok(())
    }

    /// The app showed the right code: from now on it counts, and these recovery codes with it.
    pub(crate) async fn confirm_totp(&self, account_id: Uuid, step: i64, codes: &[String]) -> Result<bool, Problem> {
        let tx = self.begin().await?;
        let confirmed = totp::Entity::update_many()
            .col_expr(totp::Column::ConfirmedAt, Expr::value(self.now()))
            .col_expr(totp::Column::LastStep, Expr::value(step))
            .filter(totp::Column::AccountId.eq(account_id))
            .filter(totp::Column::ConfirmedAt.is_null());
        if confirmed.exec(&tx).await?.rows_affected == 0 {
            return Ok(false);
        }
        recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(account_id)).exec(&tx).await?;
        let rows = codes.iter().map(|code| recovery_code::ActiveModel {
            account_id: Set(account_id),
            digest: Set(self.code_digest(account_id, code)),
            used_at: Set(None),
        });
        recovery_code::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Uses a time step up: `false` when it or a later one was used before.
    pub(crate) async fn spend_step(&self, account_id: Uuid, step: i64) -> Result<bool, Problem> {
        let unused = Condition::any().add(totp::Column::LastStep.is_null()).add(totp::Column::LastStep.lt(step));
        let spent = totp::Entity::update_many()
            .col_expr(totp::Column::LastStep, Expr::value(step))
            .filter(totp::Column::AccountId.eq(account_id))
            .filter(totp::Column::ConfirmedAt.is_not_null())
            .filter(unused);
        Ok(spent.exec(&self.at.db.write).await?.rows_affected > 0)
    }

    /// Uses a recovery code up: `false` when there is no such code any more.
    pub(crate) async fn spend_recovery_code(&self, account_id: Uuid, code: &str) -> Result<bool, Problem> {
        let spent = recovery_code::Entity::update_many()
            .col_expr(recovery_code::Column::UsedAt, Expr::value(self.now()))
            .filter(recovery_code::Column::AccountId.eq(account_id))
            .filter(recovery_code::Column::Digest.eq(self.code_digest(account_id, code)))
            .filter(recovery_code::Column::UsedAt.is_null());
        Ok(spent.exec(&self.at.db.write).await?.rows_affected > 0)
    }

    /// Writes a challenge down and returns what names it.
    pub(crate) async fn begin_challenge(&self, account_id: Uuid, new: NewChallenge) -> Result<String, Problem> {
        let now = self.now();
        let name = URL_SAFE_NO_PAD.encode(random::<24>());
        let row = challenge::ActiveModel {
            digest: Set(self.challenge_digest(&name)),
            account_id: Set(account_id),
            kind: Set(new.kind.to_owned()),
            session_id: Set(new.session_id),
            device: Set(new.device),
            label: Set(new.label),
            answer: Set(new.answer.map(|answer| self.code_digest(account_id, &answer))),
            attempts: Set(0),
            created_at: Set(now),
            expires_at: Set(now + Duration::minutes(CHALLENGE_MINUTES)),
            used_at: Set(None),
        };
        challenge::Entity::insert(row).exec_without_returning(&self.at.db.write).await?;
        Ok(name)
    }

    /// Takes one try at a challenge; none when it is unknown, used, too old, or has no tries left.
    pub(crate) async fn try_challenge(&self, name: &str) -> Result<Option<challenge::Model>, Problem> {
        let digest = self.challenge_digest(name);
        let tried = challenge::Entity::update_many()
            .col_expr(challenge::Column::Attempts, Expr::col(challenge::Column::Attempts).add(1))
            .filter(challenge::Column::Digest.eq(digest.clone()))
            .filter(challenge::Column::UsedAt.is_null())
            .filter(challenge::Column::ExpiresAt.gt(self.now()))
            .filter(challenge::Column::Attempts.lt(TRIES));
        if tried.exec(&self.at.db.write).await?.rows_affected == 0 {
            return Ok(None);
        }
        Ok(challenge::Entity::find_by_id(digest).one(&self.at.db.write).await?)
    }

    /// Uses a challenge up: `false` when somebody else did meanwhile.
    pub(crate) async fn close_challenge(&self, digest: &[u8]) -> Result<bool, Problem> {
        let closed = challenge::Entity::update_many()
            .col_expr(challenge::Column::UsedAt, Expr::value(self.now()))
            .filter(challenge::Column::Digest.eq(digest.to_vec()))
            .filter(challenge::Column::UsedAt.is_null());
        Ok(closed.exec(&self.at.db.write).await?.rows_affected > 0)
    }

    fn challenge_digest(&self, name: &str) -> Vec<u8> {
        digest(&self.at.keys.digests, &[b"challenge", name.as_bytes()]).to_vec()
    }

    /// Digest of a short code: keyed, because so few digits could be tried out.
    pub(crate) fn code_digest(&self, account_id: Uuid, code: &str) -> Vec<u8> {
        digest(&self.at.keys.digests, &[b"code", account_id.as_bytes(), code.as_bytes()]).to_vec()
    }
}

fn secret_place(account_id: Uuid) -> String {
    format!("|totp.secret|{account_id}")
}
