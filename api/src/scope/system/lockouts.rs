//! Who failed too often has to wait, longer each time. In the database and not in the cache, so that
//! neither a restart nor a Redis that is away opens the door.

use super::System;
use crate::auth::guard_entity::lockout::{ActiveModel, Column, Entity};
use crate::crypto::digest;
use crate::db::{Transaction, refusal};
use crate::problem::Problem;
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, Set};

/// Hours without a failure after which earlier ones are forgotten.
pub(super) const FORGOTTEN_HOURS: i64 = 24;

/// How long the next attempt has to wait: a minute, two, four … an hour.
fn wait(beyond: i64) -> Duration {
    let doublings = u32::try_from(beyond.clamp(0, 6)).unwrap_or(6);
    Duration::seconds(Ord::min(60 * 2_i64.pow(doublings), 3600))
}

#[expect(clippy::disallowed_methods, reason = "lockouts belong to no business")]
impl System {
    /// Counts an attempt as failed before it is looked at, so that a hundred guesses at once count as a
    /// hundred. After `free` of them every further one has to wait.
    ///
    /// # Errors
    /// 429 while the wait lasts.
    pub(crate) async fn charge(&self, who: &[&str], free: i64) -> Result<(), Problem> {
        let now = self.now();
        let key = self.lockout_key(who);
        let tx = self.begin().await?;
        Entity::delete_many()
            .filter(Column::Digest.eq(key.clone()))
            .filter(Column::FailedAt.lt(now - Duration::hours(FORGOTTEN_HOURS)))
            .exec(&tx)
            .await?;
        let mut counted = self.count(&tx, &key, now).await?;
        if !counted {
            let locked = Entity::find_by_id(key.clone()).one(&tx).await?.and_then(|row| row.locked_until);
            if let Some(until) = locked.filter(|until| *until > now) {
                let seconds = u64::try_from((until - now).num_seconds()).unwrap_or_default();
                return Err(Problem::TooMany { retry_after: Ord::max(seconds, 1) });
            }
            let first = ActiveModel {
                digest: Set(key.clone()),
                failures: Set(1),
                failed_at: Set(now),
                locked_until: Set(None),
            };
            counted = match Entity::insert(first).exec_without_returning(&tx).await {
                // Somebody else's first attempt was inserted this very moment.
                Err(error) if refusal(&error).is_some() => self.count(&tx, &key, now).await?,
                other => other.map(|_| true)?,
            };
        }
        let failures = Entity::find_by_id(key.clone()).one(&tx).await?.map_or(0, |row| row.failures);
        if failures >= free {
            Entity::update_many()
                .col_expr(Column::LockedUntil, Expr::value(now + wait(failures - free)))
                .filter(Column::Digest.eq(key))
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        if counted { Ok(()) } else { Err(Problem::TooMany { retry_after: 60 }) }
    }

    async fn count(&self, tx: &Transaction, key: &[u8], now: DateTime<Utc>) -> Result<bool, DbErr> {
        let free = Condition::any().add(Column::LockedUntil.is_null()).add(Column::LockedUntil.lte(now));
        let counted = Entity::update_many()
            .col_expr(Column::Failures, Expr::col(Column::Failures).add(1))
            .col_expr(Column::FailedAt, Expr::value(now))
            .filter(Column::Digest.eq(key.to_vec()))
            .filter(free);
        Ok(counted.exec(tx).await?.rows_affected > 0)
    }

    /// The attempt succeeded: everything is forgotten. Says how many had failed before it.
    pub(crate) async fn acquit(&self, who: &[&str]) -> Result<i64, Problem> {
        let key = self.lockout_key(who);
        let failures = Entity::find_by_id(key.clone()).one(&self.at.db.write).await?.map_or(0, |row| row.failures);
        Entity::delete_many().filter(Column::Digest.eq(key)).exec(&self.at.db.write).await?;
        Ok(Ord::max(failures - 1, 0))
    }

    /// The attempt succeeded: it alone is forgotten.
    pub(crate) async fn refund(&self, who: &[&str]) -> Result<(), Problem> {
        Entity::update_many()
            .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
            .col_expr(Column::LockedUntil, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(Column::Digest.eq(self.lockout_key(who)))
            .filter(Column::Failures.gt(0))
            .exec(&self.at.db.write)
            .await?;
        Ok(())
    }

    fn lockout_key(&self, who: &[&str]) -> Vec<u8> {
        let parts: Vec<&[u8]> = std::iter::once("lockout").chain(who.iter().copied()).map(str::as_bytes).collect();
        digest(&self.at.keys.digests, &parts).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour() {
        let minutes: Vec<i64> = (-1..9).map(|beyond| wait(beyond).num_minutes()).collect();
        assert_eq!(minutes, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
