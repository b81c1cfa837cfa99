//! What truly crosses businesses: signing in, claiming jobs, a customer's orders everywhere, WeChat's
//! pushes. Everything else goes through a scope.

pub(crate) mod accounts;
pub(crate) mod addresses;
pub(crate) mod credit_tables;
pub(crate) mod credits;
pub(crate) mod devices;
pub(crate) mod factors;
mod lockouts;
pub(crate) mod order_links;
pub(crate) mod orders;
pub(crate) mod reveals;
pub(crate) mod sessions;
mod sweep;
pub(crate) mod tenants;

use super::{Eyes, Scope, Who, can, new_id};
use crate::auth::entity::installation;
use crate::crypto::{Keyring, TenantKeys};
use crate::db::{Connections, refusal};
use crate::installation::Installation;
use crate::problem::Problem;
use actix_web::HttpRequest;
use anyhow::bail;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait as _, Set};
use std::sync::Arc;
use uuid::Uuid;

/// The installation as a whole: for infrastructure, never for a feature's handler.
#[derive(Clone)]
pub struct System {
    pub(crate) at: Arc<Installation>,
}

impl System {
    /// Of a running installation.
    #[must_use]
    pub fn new(at: &Arc<Installation>) -> Self {
        Self { at: Arc::clone(at) }
    }

    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        Ok(Self { at: can::installation(request)? })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.at.clock.now()
    }

    pub(super) fn new_id(&self) -> Uuid {
        new_id(self.now())
    }

    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.at.db.begin().await
    }

    /// The scope in which a customer sees these orders of a business, and nothing else.
    pub(crate) async fn customer_scope(&self, tenant_id: i64, orders: Vec<Uuid>) -> Result<Scope, Problem> {
        let keys = self.tenant_keys(tenant_id).await?;
        let who = Who { id: None, name: "客户".to_owned() };
        Ok(Scope::new(Arc::clone(&self.at), tenant_id, Eyes::Orders(orders), who, keys, String::new()))
    }

    /// The keys of a business, unwrapped once and then remembered by this process.
    pub(crate) async fn tenant_keys(&self, tenant_id: i64) -> Result<Arc<TenantKeys>, Problem> {
        if let Some(keys) = self.at.snapshots.keys(tenant_id) {
            return Ok(keys);
        }
        let tenant = self.tenant(tenant_id).await?.ok_or(Problem::NotFound)?;
        let stored = tenant.tenant_key.ok_or_else(|| anyhow::anyhow!("the business has no key"))?;
        let keys = Arc::new(self.at.keys.tenant_keys(tenant_id, &stored)?);
        self.at.snapshots.remember_keys(tenant_id, &keys);
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
    tx: &'t DatabaseTransaction,
    scope: &'t Scope,
}

impl<'t> SystemTx<'t> {
    pub(super) fn new(tx: &'t DatabaseTransaction, scope: &'t Scope) -> Self {
        Self { tx, scope }
    }
}

/// The scope of a job: the business of its row, all of it.
pub(crate) async fn job_scope(at: &Arc<Installation>, tenant_id: i64, job: Uuid) -> Result<Scope, Problem> {
    let keys = System::new(at).tenant_keys(tenant_id).await?;
    let who = Who { id: None, name: "系统".to_owned() };
    Ok(Scope::new(Arc::clone(at), tenant_id, Eyes::All, who, keys, format!("job-{job}")))
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
