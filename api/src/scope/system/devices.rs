//! What a person sees of their sessions and does to them: the list, the end of one or of all others,
//! the order to forget everything, the second look.

use super::{System, SystemTx};
use crate::auth::entity::{session, session_tenant};
use crate::db::refusal;
use crate::jobs::{self, Job};
use crate::problem::Problem;
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Condition, Expr, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
    Set,
};
use uuid::Uuid;

/// Sessions a person is shown at most; nobody holds more phones.
const MOST: u64 = 100;
/// Minutes after which the last use is written down again: a request is not worth a write.
const USE_MINUTES: i64 = 5;

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Runs,
    Over,
    /// Its device was ordered to forget everything, and has not been heard of since.
    Wiped,
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to no business")]
impl System {
    /// A session as it is now. Writes its use down when that was last done a while ago.
    pub(crate) async fn session_now(
        &self,
        session_id: Uuid,
        network: &str,
    ) -> Result<Option<(Standing, session::Model)>, Problem> {
        let now = self.now();
        let Some(row) = session::Entity::find_by_id(session_id).one(&self.at.db.read).await? else { return Ok(None) };
        let standing = match &row {
            row if row.wiped_at.is_some() => Standing::Wiped,
            row if row.revoked_at.is_some() || row.expires_at <= now => Standing::Over,
            _ => Standing::Runs,
        };
        if standing == Standing::Runs && row.used_at.is_none_or(|used| now - used >= Duration::minutes(USE_MINUTES)) {
            session::Entity::update_many()
                .col_expr(session::Column::UsedAt, Expr::value(now))
                .col_expr(session::Column::Network, Expr::value(network))
                .filter(session::Column::Id.eq(session_id))
                .exec(&self.at.db.write)
                .await?;
        }
        Ok(Some((standing, row)))
    }

    /// When somebody logged in for a session; refreshing it does not change that.
    pub(crate) async fn session_begun(&self, session_id: Uuid) -> Result<Option<DateTime<Utc>>, Problem> {
        Ok(self.session(session_id).await?.map(|row| row.created_at))
    }

    /// A session, also one that is over.
    pub(crate) async fn session(&self, session_id: Uuid) -> Result<Option<session::Model>, Problem> {
        Ok(session::Entity::find_by_id(session_id).one(&self.at.db.read).await?)
    }

    fn running(&self, account_id: Uuid) -> Select<session::Entity> {
        session::Entity::find()
            .filter(session::Column::AccountId.eq(account_id))
            .filter(session::Column::RevokedAt.is_null())
            .filter(session::Column::ExpiresAt.gt(self.now()))
    }

    /// The sessions of an account that run, the latest first.
    pub(crate) async fn sessions_of(&self, account_id: Uuid) -> Result<Vec<session::Model>, Problem> {
        let rows = self.running(account_id).order_by_desc(session::Column::CreatedAt).limit(MOST);
        Ok(rows.all(&self.at.db.read).await?)
    }

    /// Those that have been on the staff side of a business (what a person does elsewhere is none of its), and those of them
    /// that somebody ended and whose device may still be ordered to forget what it keeps.
    pub(crate) async fn sessions_at(&self, account_id: Uuid, tenant_id: i64) -> Result<Vec<session::Model>, Problem> {
        let runs =
            Condition::all().add(session::Column::RevokedAt.is_null()).add(session::Column::ExpiresAt.gt(self.now()));
        let keeps =
            Condition::all().add(session::Column::HeldBackAt.is_not_null()).add(session::Column::WipedAt.is_null());
        let rows = session::Entity::find()
            .filter(session::Column::AccountId.eq(account_id))
            .filter(Condition::any().add(runs).add(keeps))
            .filter(at(tenant_id));
        Ok(rows.order_by_desc(session::Column::CreatedAt).limit(MOST).all(&self.at.db.read).await?)
    }

    /// Notes that a session is on the staff side of a business.
    pub(crate) async fn note_side(&self, session_id: Uuid, tenant_id: i64) -> Result<(), Problem> {
        let known = session_tenant::Entity::find_by_id((session_id, tenant_id)).one(&self.at.db.read).await?;
        if known.is_some() {
            return Ok(());
        }
        let row = session_tenant::ActiveModel {
            session_id: Set(session_id),
            tenant_id: Set(tenant_id),
            begun_at: Set(self.now()),
        };
        match session_tenant::Entity::insert(row).exec_without_returning(&self.at.db.write).await {
            // The phone's other request was faster.
            Err(error) if refusal(&error).is_some() => Ok(()),
            other => Ok(other.map(drop)?),
        }
    }

    /// The latest sessions of an account, also those that are over.
    pub(crate) async fn past_sessions(&self, account_id: Uuid) -> Result<Vec<session::Model>, Problem> {
        let rows = session::Entity::find()
            .filter(session::Column::AccountId.eq(account_id))
            .order_by_desc(session::Column::CreatedAt)
            .order_by_desc(session::Column::Id)
            .limit(MOST);
        Ok(rows.all(&self.at.db.read).await?)
    }

    /// The device of a session of an account, as it is known.
    pub(crate) async fn device_of(&self, account_id: Uuid, session_id: Uuid) -> Result<Option<Vec<u8>>, Problem> {
        let row = session::Entity::find_by_id(session_id).filter(session::Column::AccountId.eq(account_id));
        Ok(row.one(&self.at.db.read).await?.map(|session| session.device))
    }

    /// Ends one session of an account; `wipe` orders its device to forget everything as well.
    ///
    /// # Errors
    /// 404 when the account has no such session.
    pub(crate) async fn revoke_session(&self, account_id: Uuid, session_id: Uuid, wipe: bool) -> Result<(), Problem> {
        let ended = end_session(&self.at.db.write, self.now(), (account_id, session_id), None, wipe).await?;
        self.forget_sessions(&ended);
        Ok(())
    }

    /// Ends every session of an account but `kept`, and says how many those were.
    pub(crate) async fn revoke_others(&self, account_id: Uuid, kept: Option<Uuid>) -> Result<usize, Problem> {
        let ended = self.end_others(&self.at.db.write, account_id, kept).await?;
        self.forget_sessions(&ended);
        Ok(ended.len())
    }

    /// The same as a part of something larger; when that is done, [`System::forget_sessions`].
    pub(super) async fn end_others(
        &self,
        on: &impl ConnectionTrait,
        account_id: Uuid,
        kept: Option<Uuid>,
    ) -> Result<Vec<Uuid>, Problem> {
        let others =
            self.running(account_id).filter(Condition::all().add_option(kept.map(|id| session::Column::Id.ne(id))));
        let others: Vec<Uuid> = others.select_only().column(session::Column::Id).into_tuple().all(on).await?;
        session::Entity::update_many()
            .col_expr(session::Column::RevokedAt, Expr::value(self.now()))
            .col_expr(session::Column::HeldBackAt, Expr::value(self.now()))
            .filter(session::Column::Id.is_in(others.clone()))
            .exec(on)
            .await?;
        Ok(others)
    }

    /// What this process remembers of sessions that are over.
    pub(crate) fn forget_sessions(&self, ended: &[Uuid]) {
        for id in ended {
            self.at.snapshots.forget_session(*id);
        }
    }

    /// Somebody chose the staff side on the device of a session: it need not stay out of there any more. What is to be told about that is told exactly if it did stay out.
    pub(crate) async fn let_in<J: Job>(&self, here: &session::Model, tell: &[(i64, J)]) -> Result<(), Problem> {
        let (now, tx) = (self.now(), self.begin().await?);
        let held = session::Entity::update_many()
            .col_expr(session::Column::HeldBackAt, Expr::value(None::<DateTime<Utc>>))
            .filter(session::Column::AccountId.eq(here.account_id))
            .filter(session::Column::Device.eq(here.device.clone()))
            .filter(session::Column::HeldBackAt.is_not_null());
        if held.exec(&tx).await?.rows_affected > 0 {
            for (tenant_id, job) in tell {
                jobs::enqueue(&tx, *tenant_id, now, job, now).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// A second look succeeded: the session may do what is dangerous for a while.
    pub(crate) async fn step_session_up(&self, session_id: Uuid) -> Result<DateTime<Utc>, Problem> {
        let until = self.now() + Duration::seconds(self.at.config.auth.step_up_seconds);
        session::Entity::update_many()
            .col_expr(session::Column::SteppedUpUntil, Expr::value(until))
            .filter(session::Column::Id.eq(session_id))
            .exec(&self.at.db.write)
            .await?;
        Ok(until)
    }
}

/// Sessions that have been on the staff side of a business.
fn at(tenant_id: i64) -> Expr {
    let there = Query::select()
        .column(session_tenant::Column::SessionId)
        .from(session_tenant::Entity)
        .and_where(session_tenant::Column::TenantId.eq(tenant_id))
        .to_owned();
    session::Column::Id.in_subquery(there)
}

#[expect(clippy::disallowed_methods, reason = "sessions belong to accounts, in whatever business")]
async fn end_session(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    (account_id, session_id): (Uuid, Uuid),
    tenant_id: Option<i64>,
    wipe: bool,
) -> Result<Vec<Uuid>, Problem> {
    let change = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .col_expr(session::Column::HeldBackAt, Expr::value(now))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::AccountId.eq(account_id))
        .filter(Condition::all().add_option(tenant_id.map(at)));
    let change = match wipe {
        // Also after it ended: the device still holds what it kept.
        true => change.col_expr(session::Column::WipedAt, Expr::value(now)).filter(session::Column::WipedAt.is_null()),
        false => change.filter(session::Column::RevokedAt.is_null()),
    };
    if change.exec(on).await?.rows_affected == 0 {
        return Err(Problem::NotFound);
    }
    let mut ended = vec![session_id];
    if !wipe {
        return Ok(ended);
    }
    if let Some(wiped) = session::Entity::find_by_id(session_id).one(on).await? {
        // The order is the device's: it may have logged in anew, and comes with that session.
        let others = Condition::all()
            .add(session::Column::AccountId.eq(account_id))
            .add(session::Column::Device.eq(wiped.device))
            .add(session::Column::WipedAt.is_null());
        let there = session::Entity::find().filter(others.clone()).select_only().column(session::Column::Id);
        ended.extend(there.into_tuple::<Uuid>().all(on).await?);
        session::Entity::update_many()
            .col_expr(session::Column::RevokedAt, Expr::value(now))
            .col_expr(session::Column::HeldBackAt, Expr::value(now))
            .col_expr(session::Column::WipedAt, Expr::value(now))
            .filter(others)
            .exec(on)
            .await?;
    }
    Ok(ended)
}

impl SystemTx<'_> {
    /// As [`System::revoke_session`] of one that has been on the staff side of the business, with the entry that says so;
    /// after the commit, [`System::forget_sessions`].
    ///
    /// # Errors
    /// 404 when there is no such session, or it has ended.
    pub(crate) async fn revoke_session(
        &self,
        account_id: Uuid,
        session_id: Uuid,
        wipe: bool,
    ) -> Result<Vec<Uuid>, Problem> {
        let here = Some(self.scope.tenant_id());
        end_session(self.tx, self.scope.now(), (account_id, session_id), here, wipe).await
    }
}
