//! What truly crosses businesses: signing in, claiming jobs, a customer's orders everywhere, WeChat's
//! pushes. Everything else goes through a scope.

pub(crate) mod accounts;
pub(crate) mod addresses;
mod attachments;
pub(crate) mod consents;
pub(crate) mod credit_tables;
pub(crate) mod credits;
pub(crate) mod devices;
mod erased;
pub(crate) mod factors;
mod hiring;
mod invitations;
pub(crate) mod keys;
mod lockouts;
pub(crate) mod operators;
pub(crate) mod order_links;
pub(crate) mod orders;
pub(crate) mod places;
mod pools;
mod recorded;
mod records;
mod recycling;
mod retention;
pub(crate) mod reveals;
mod searching;
pub(crate) mod servers;
pub(crate) mod sessions;
mod sweep;
mod tagging;
pub(crate) mod tenants;
mod transfers;

pub(crate) use recorded::{By, Recorded, Said};

use super::{Eyes, Origin, Scope, Who, can, new_id};
use crate::auth::entity::{installation, tenant};
use crate::crypto::{Keyring, LOOKUPS, TenantKeys};
use crate::db::{Connections, Pace, Transaction, refusal};
use crate::edge::Marks;
use crate::installation::Installation;
use crate::problem::Problem;
use actix_web::HttpRequest;
use anyhow::bail;
use chrono::{DateTime, Utc};
use domain::staff::BusinessChanges;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, Set};
use std::sync::Arc;
use uuid::Uuid;

/// The installation as a whole: for infrastructure, never for a feature's handler.
#[derive(Clone)]
pub struct System {
    pub(crate) at: Arc<Installation>,
    /// Who the record says it was.
    by: By,
}

impl System {
    /// Of a running installation.
    #[must_use]
    pub fn new(at: &Arc<Installation>) -> Self {
        Self { at: Arc::clone(at), by: By::the_console() }
    }

    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let marks = Marks::of(request);
        let who = Who { id: marks.anyone().ok().map(|actor| actor.account_id), name: String::new() };
        Ok(Self { at: can::installation(request)?, by: By { who, operator: None, origin: Origin::marked(marks) } })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.at.clock.now()
    }

    pub(super) fn new_id(&self) -> Uuid {
        new_id(self.now())
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        Ok(self.at.db.begin(Pace::Long))
    }

    /// A transaction that only reads: everything in it is of one moment.
    pub(super) async fn begin_reading(&self) -> Result<sea_orm::DatabaseTransaction, DbErr> {
        self.at.db.begin_reading().await
    }

    /// The scope in which a customer sees these orders of a business, and nothing else.
    pub(crate) async fn customer_scope(&self, tenant_id: i64, orders: Vec<Uuid>) -> Result<Scope, Problem> {
        let keys = self.tenant_keys(tenant_id).await?;
        let who = Who { id: None, name: "客户".to_owned() };
        Ok(Scope::new(Arc::clone(&self.at), tenant_id, Eyes::Orders(orders), who, keys, self.by.origin.clone()))
    }

    /// The scope in which somebody asks for what a business keeps about them. It sees the whole business:
    /// whoever uses it names the record that was proved to be theirs in every statement.
    pub(crate) async fn person_scope(
        &self,
        tenant_id: i64,
        account_id: Uuid,
        origin: Origin,
    ) -> Result<Scope, Problem> {
        let keys = self.tenant_keys(tenant_id).await?;
        let who = Who { id: Some(account_id), name: "客户".to_owned() };
        Ok(Scope::new(Arc::clone(&self.at), tenant_id, Eyes::All, who, keys, origin))
    }

    /// The scope in which the command line reads the record of a business, as whoever holds its keys could.
    pub(crate) async fn console_scope(&self, tenant_id: i64) -> Result<Scope, Problem> {
        let keys = self.tenant_keys(tenant_id).await?;
        let By { who, origin, .. } = self.by.clone();
        Ok(Scope::new(Arc::clone(&self.at), tenant_id, Eyes::All, who, keys, origin))
    }

    /// The scope in which somebody who was let in becomes staff of a business: who acts there is already whoever they will
    /// be, with the id of the row to come.
    pub(crate) async fn newcomer_scope(&self, tenant_id: i64, name: &str) -> Result<Scope, Problem> {
        self.entering(tenant_id, Who { id: Some(self.new_id()), name: name.to_owned() }).await
    }

    async fn entering(&self, tenant_id: i64, who: Who) -> Result<Scope, Problem> {
        let open = self.tenant(tenant_id).await?.is_some_and(|tenant| tenant.suspended_at.is_none());
        let keys = self.tenant_keys(tenant_id).await.ok().filter(|_| open).ok_or(Problem::NotFound)?;
        Ok(Scope::new(Arc::clone(&self.at), tenant_id, Eyes::All, who, keys, self.by.origin.clone()))
    }

    /// The scope of a job that goes on in the name of a member of staff, with the rights they have now;
    /// none when they may not work any more.
    pub(crate) async fn staff_scope(&self, job: &Scope, staff_id: Uuid) -> Result<Option<Scope>, Problem> {
        let Some(row) = self.staffer(job.tenant_id, staff_id).await? else { return Ok(None) };
        let eyes = Eyes::Staff(Arc::new(self.sight(&row).await?));
        let who = Who { id: Some(row.id), name: row.name };
        let keys = Arc::clone(&job.keys);
        Ok(Some(Scope::new(Arc::clone(&self.at), job.tenant_id, eyes, who, keys, job.origin.clone())))
    }

    /// The keys of a business, unwrapped once and then remembered by this process.
    pub(crate) async fn tenant_keys(&self, tenant_id: i64) -> Result<Arc<TenantKeys>, Problem> {
        if let Some(keys) = self.at.snapshots.keys(tenant_id, self.now()) {
            return Ok(keys);
        }
        let keys = Arc::new(self.read_tenant_keys(tenant_id).await?);
        self.at.snapshots.remember_keys(tenant_id, self.now(), &keys);
        Ok(keys)
    }
}

impl actix_web::FromRequest for System {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}

/// A transaction of a scope, seen from outside its business: for the links that lead to a row from
/// elsewhere and must commit with it.
pub struct SystemTx<'t> {
    tx: &'t Transaction,
    scope: &'t Scope,
}

#[expect(clippy::disallowed_methods, reason = "a business's own row")]
impl<'t> SystemTx<'t> {
    pub(super) fn new(tx: &'t Transaction, scope: &'t Scope) -> Self {
        Self { tx, scope }
    }

    /// Changes the business itself if it still has `version`.
    pub(crate) async fn change_business(&self, version: i64, changes: BusinessChanges) -> Result<bool, DbErr> {
        let BusinessChanges { name, phone, customers_idle_days, requests_days } = changes;
        let mut change = tenant::ActiveModel { updated_at: Set(self.scope.now), ..tenant::ActiveModel::default() };
        if let Some(name) = name {
            change.name = Set(name);
        }
        if let Some(phone) = phone {
            change.phone = Set(phone);
        }
        if customers_idle_days.is_some() || requests_days.is_some() {
            change.retention_set_at = Set(Some(self.scope.now));
        }
        if let Some(days) = customers_idle_days {
            change.customers_idle_days = Set(Some(days).filter(|days| *days > 0));
        }
        if let Some(days) = requests_days {
            change.requests_days = Set(Some(days).filter(|days| *days > 0));
        }
        let done = tenant::Entity::update_many()
            .set(change)
            .col_expr(tenant::Column::Version, Expr::col(tenant::Column::Version).add(1))
            .filter(tenant::Column::Id.eq(self.scope.tenant_id))
            .filter(tenant::Column::Version.eq(version));
        Ok(done.exec(self.tx).await?.rows_affected > 0)
    }

    /// Lets nobody else change who runs the business until this transaction ends: its row is held.
    pub(crate) async fn hold_business(&self) -> Result<(), DbErr> {
        hold_business(self.tx, self.scope.tenant_id).await
    }
}

#[expect(clippy::disallowed_methods, reason = "a business's own row")]
async fn hold_business(on: &Transaction, tenant_id: i64) -> Result<(), DbErr> {
    let held = tenant::Entity::update_many()
        .col_expr(tenant::Column::Version, Expr::col(tenant::Column::Version).add(1))
        .filter(tenant::Column::Id.eq(tenant_id));
    held.exec(on).await.map(|_| ())
}

/// The scope of a job: the business of its row, all of it.
pub(crate) async fn job_scope(at: &Arc<Installation>, tenant_id: i64, job: Uuid) -> Result<Scope, Problem> {
    let keys = System::new(at).tenant_keys(tenant_id).await?;
    let who = Who { id: None, name: "系统".to_owned() };
    Ok(Scope::new(Arc::clone(at), tenant_id, Eyes::All, who, keys, Origin::named(&format!("job-{job}"))))
}

/// Name and place of the mark that the master key leaves in a new database.
const KEY_MARK: (&str, &str) = ("master_key_check", "|installation.value|master_key_check");

/// The mark of the master key this database was written with; none in a new one.
#[expect(clippy::disallowed_methods, reason = "the installation's own table")]
pub(crate) async fn key_mark(db: &Connections) -> Option<Vec<u8>> {
    // Without the table there is no mark in it.
    let row = installation::Entity::find_by_id(KEY_MARK.0).one(&db.read).await.ok().flatten()?;
    Some(row.value.unwrap_or_default())
}

/// Refuses another master key than the one this database was written with.
pub(crate) fn check_key_mark(keys: &Keyring, mark: &[u8]) -> anyhow::Result<()> {
    if keys.installation.open(KEY_MARK.1, mark).is_err() {
        bail!("this database was written with another master key; restore the right key file. Nothing was changed");
    }
    Ok(())
}

/// The keys of the look-ups as this database keeps them; the first start writes them down, so that they
/// outlast the master key they came from.
#[expect(clippy::disallowed_methods, reason = "the installation's own table")]
pub(crate) async fn keep_lookups(db: &Connections, keys: Keyring) -> anyhow::Result<Keyring> {
    let kept = async || installation::Entity::find_by_id(LOOKUPS.0.to_owned()).one(&db.read).await;
    let mut stored = kept().await?.and_then(|row| row.value);
    if stored.is_none() {
        let row = installation::ActiveModel { name: Set(LOOKUPS.0.to_owned()), value: Set(Some(keys.lookups())) };
        match installation::Entity::insert(row).exec_without_returning(&db.write).await {
            // Another process was faster.
            Err(error) if refusal(&error).is_some() => stored = kept().await?.and_then(|row| row.value),
            other => drop(other?),
        }
    }
    match stored {
        Some(stored) => Ok(keys.with_lookups(&stored)?),
        None => Ok(keys),
    }
}

/// Marks a new database with the master key. Another process may be doing the same.
#[expect(clippy::disallowed_methods, reason = "the installation's own table")]
pub(crate) async fn leave_key_mark(at: &Arc<Installation>) -> anyhow::Result<()> {
    let row = installation::ActiveModel {
        name: Set(KEY_MARK.0.to_owned()),
        value: Set(Some(at.keys.installation.seal(KEY_MARK.1, b"shuke"))),
    };
    match installation::Entity::insert(row).exec_without_returning(&at.db.write).await {
        Err(error) if refusal(&error).is_some() => {
            check_key_mark(&at.keys, &key_mark(&at.db).await.unwrap_or_default())
        }
        other => Ok(other.map(|_| ())?),
    }
}
