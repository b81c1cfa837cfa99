//! Values are sealed anew, some at a time, each only if it is still what was read.

use super::{place, tenant_key};
use crate::auth::entity::installation;
use crate::crypto::{LOOKUPS, NEXT_LOOKUPS, TenantKeys, key_id};
use crate::problem::Problem;
use crate::scope::system::servers::{held_mark, server, shown};
use crate::scope::system::{KEY_MARK, Said, System};
use crate::scope::{INSTALLATION, once};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func, Query};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Rows wrapped anew in one transaction.
const BATCH: u64 = 200;

/// Columns that the master key's derived keys seal, and the column that names their place. Whoever seals
/// another column under `keys.installation` lists it here: rotating the master key goes through the list.
pub(super) const SEALED: [(&str, &str, &str); 5] = [
    ("wechat_identities", "session_key", "account_id"),
    ("account_phones", "sealed", "account_id"),
    ("refresh_tokens", "successor", "session_id"),
    ("totp", "secret", "account_id"),
    ("staff", "phone_sealed", "id"),
];

/// Facts of the installation that are sealed as well.
pub(super) const SEALED_FACTS: [&str; 3] = [KEY_MARK.0, LOOKUPS.0, NEXT_LOOKUPS.0];

/// What became of sealing everything anew.
pub(crate) enum Rewrapped {
    /// So many values were.
    All(u64),
    /// Nothing was: these servers still seal under a key that would be put away.
    Refused(Vec<server::Model>),
}

#[expect(clippy::disallowed_methods, reason = "keys go through all businesses")]
impl System {
    /// Wraps the keys of some persons anew, and says how many. None are left when it says 0.
    pub(crate) async fn rewrap_persons(&self, tenant_id: i64, keys: &Arc<TenantKeys>) -> Result<u64, Problem> {
        let anew = |person: &str, stored: &[u8]| {
            let person = Uuid::parse_str(person).map_err(anyhow::Error::from)?;
            Ok(keys.wrap_person(person, &keys.person_keys(person, stored)?))
        };
        self.rewrap("customers", "person_key", "id", Some(tenant_id), keys.generation(), anew).await
    }

    /// Seals everything under the present master key that a former one sealed, unless a server is alive that does
    /// not seal under it.
    pub(crate) async fn rewrap_all(&self) -> Result<Rewrapped, Problem> {
        let keys = &self.at.keys;
        let current = keys.ids().first().copied().unwrap_or_default();
        let in_the_way = self.begin_rewrapping(current).await?;
        if !in_the_way.is_empty() {
            return Ok(Rewrapped::Refused(in_the_way));
        }
        // Answers that operators got, remembered for a week: they could not be opened any more.
        once::Entity::delete_many().filter(once::Column::TenantId.eq(INSTALLATION)).exec(&self.at.db.write).await?;
        let mut done = 1;
        for (table, column, by) in SEALED {
            let anew = |row: &str, stored: &[u8]| {
                let place = format!("|{table}.{column}|{row}");
                Ok(keys.installation.seal(&place, &keys.installation.open(&place, stored)?))
            };
            done += self.rewrap_each(table, column, by, current, anew).await?;
        }
        let anew = |name: &str, stored: &[u8]| {
            let place = format!("|installation.value|{name}");
            Ok(keys.installation.seal(&place, &keys.installation.open(&place, stored)?))
        };
        done += self.rewrap_each("installation", "value", "name", current, anew).await?;
        let anew = |id: &str, stored: &[u8]| Ok(keys.rewrapped(&format!("{id}|tenants.tenant_key|{id}"), stored)?);
        done += self.rewrap_each("tenants", "tenant_key", "id", current, anew).await?;
        for row in tenant_key::Entity::find().order_by_asc(tenant_key::Column::TenantId).all(&self.at.db.read).await? {
            let Some(stored) = row.sealed.filter(|stored| key_id(stored) != Some(current)) else { continue };
            let sealed = keys.rewrapped(&place(row.tenant_id, &row.kind, row.generation), &stored)?;
            let change = tenant_key::ActiveModel { sealed: Set(Some(sealed)), ..tenant_key::ActiveModel::default() };
            let this =
                tenant_key::Entity::update_many().set(change).filter(tenant_key::Column::TenantId.eq(row.tenant_id));
            let this = this.filter(tenant_key::Column::Kind.eq(row.kind));
            this.filter(tenant_key::Column::Generation.eq(row.generation)).exec(&self.at.db.write).await?;
            done += 1;
        }
        self.say(Said::about(0, "rotate_master", "keys", json!({ "step": "done", "rewrapped": done }))).await?;
        Ok(Rewrapped::All(done))
    }

    /// Seals the mark of the master key under the present one: from then on no server starts, or goes on after a
    /// silence, that does not have it. Whoever is in the way is answered, and nothing was done then.
    async fn begin_rewrapping(&self, current: u16) -> Result<Vec<server::Model>, Problem> {
        let recorded = self.begin_recorded().await?;
        let tx = recorded.on();
        let mark = held_mark(tx).await?;
        let mut in_the_way = self.servers_in(tx).await?;
        in_the_way.retain(|server| server.key_id != shown(current));
        if !in_the_way.is_empty() {
            return Ok(in_the_way);
        }
        if let Some(mark) = mark.filter(|mark| key_id(mark) != Some(current)) {
            let sealer = &self.at.keys.installation;
            let value = Set(Some(sealer.seal(KEY_MARK.1, &sealer.open(KEY_MARK.1, &mark)?)));
            let change = installation::ActiveModel { value, ..installation::ActiveModel::default() };
            let this = installation::Entity::update_many().set(change);
            this.filter(installation::Column::Name.eq(KEY_MARK.0)).exec(tx).await?;
        }
        // With the first of many small transactions: one that is interrupted was begun on the record.
        recorded.commit(Said::about(0, "rotate_master", "keys", json!({ "step": "begun" }))).await?;
        Ok(in_the_way)
    }

    async fn rewrap_each(
        &self,
        table: &str,
        column: &str,
        by: &str,
        current: u16,
        anew: impl Fn(&str, &[u8]) -> Result<Vec<u8>, Problem>,
    ) -> Result<u64, Problem> {
        let mut done = 0;
        loop {
            match self.rewrap(table, column, by, None, current, &anew).await? {
                0 => return Ok(done),
                some => done += some,
            }
        }
    }

    /// Seals some values of a column anew that another key than `current` sealed, each only if it is still
    /// what was read.
    async fn rewrap(
        &self,
        table: &str,
        column: &str,
        by: &str,
        tenant_id: Option<i64>,
        current: u16,
        anew: impl Fn(&str, &[u8]) -> Result<Vec<u8>, Problem>,
    ) -> Result<u64, Problem> {
        let (table, column, by) = (Alias::new(table), Alias::new(column), Alias::new(by));
        let mut some = Query::select();
        some.expr(Expr::col(by.clone())).expr(Expr::col(column.clone())).from(table.clone()).limit(BATCH);
        some.and_where(Expr::col(column.clone()).is_not_null())
            .and_where(id_of(&column).ne(current.to_be_bytes().to_vec()));
        if let Some(tenant) = tenant_id {
            some.and_where(Expr::col(Alias::new("tenant_id")).eq(tenant));
        }
        // Facts of the installation that are not sealed stand in the same column.
        if table.0 == "installation" {
            some.and_where(Expr::col(by.clone()).is_in(SEALED_FACTS));
        }
        let tx = self.begin().await?;
        let rows = tx.query_all(&some).await?;
        for row in &rows {
            let stored: Vec<u8> = row.try_get_by_index(1)?;
            // The name of a row is read as what it is: sixteen letters could be taken for an id.
            let (name, is_row) = match table.0.as_ref() {
                "installation" => {
                    let name: String = row.try_get_by_index(0)?;
                    (name.clone(), Expr::col(by.clone()).eq(name))
                }
                "tenants" => {
                    let number: i64 = row.try_get_by_index(0)?;
                    (number.to_string(), Expr::col(by.clone()).eq(number))
                }
                _ => {
                    let id: Uuid = row.try_get_by_index(0)?;
                    (id.to_string(), Expr::col(by.clone()).eq(id))
                }
            };
            let mut update = Query::update();
            update.table(table.clone()).value(column.clone(), anew(&name, &stored)?);
            update.and_where(is_row).and_where(Expr::col(column.clone()).eq(stored));
            if let Some(tenant) = tenant_id {
                update.and_where(Expr::col(Alias::new("tenant_id")).eq(tenant));
            }
            tx.execute(&update).await?;
        }
        tx.commit().await?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }
}

/// The bytes in front of a sealed value that say which key sealed it.
pub(super) fn id_of(column: &Alias) -> Expr {
    Func::cust("SUBSTR").arg(Expr::col(column.clone())).arg(2).arg(2).into()
}
