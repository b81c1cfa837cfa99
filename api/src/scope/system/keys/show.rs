//! What is where: which keys there are, and how much each of them sealed.

use super::rewrap::{SEALED, SEALED_FACTS, id_of};
use super::{INDEX, WRAP, tenant_key};
use crate::problem::Problem;
use crate::scope::system::{System, servers};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func, Query};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A generation of a business's key.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyGeneration {
    /// `wrap`, `index` or `index_swap`.
    pub kind: String,
    /// Counts from 1.
    pub generation: i64,
    /// As it stands in front of what it sealed.
    pub id: String,
    /// From when on it is used: until then every server gets to know it.
    pub used_from_at: DateTime<Utc>,
    /// How old it is.
    pub age_days: i64,
}

/// How far the digests by which phones are found have come.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndexShown {
    /// Whether their key is being replaced.
    pub rotating: bool,
    /// How many phones there are.
    pub phones: i64,
    /// How many of them have a second digest, under the key that follows.
    pub second: i64,
}

/// The keys of a business, and how far a rotation is.
#[derive(Debug, Serialize, ToSchema)]
pub struct TenantKeysShown {
    /// The business.
    pub tenant_id: i64,
    /// The generations there are; none before the first rotation.
    pub generations: Vec<KeyGeneration>,
    /// Whether the key that wraps persons' keys is being replaced.
    pub rotating: bool,
    /// How many persons' keys each generation wraps, by its id.
    pub persons: BTreeMap<String, i64>,
    /// The digests.
    pub indexes: IndexShown,
}

#[expect(clippy::disallowed_methods, reason = "keys go through all businesses")]
impl System {
    /// How many values of a column each key sealed, by its id.
    async fn sealed_by(
        &self,
        table: &str,
        column: &str,
        tenant_id: Option<i64>,
    ) -> Result<BTreeMap<String, i64>, DbErr> {
        let column = Alias::new(column);
        let mut count = Query::select();
        count.expr(Func::cust("HEX").arg(id_of(&column))).expr(Func::count(Expr::col(column.clone())));
        count.from(Alias::new(table)).and_where(Expr::col(column.clone()).is_not_null()).add_group_by([id_of(&column)]);
        if let Some(tenant) = tenant_id {
            count.and_where(Expr::col(Alias::new("tenant_id")).eq(tenant));
        }
        if table == "installation" {
            count.and_where(Expr::col(Alias::new("name")).is_in(SEALED_FACTS));
        }
        let rows = self.at.db.read.query_all(&count).await?;
        let pair = |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        rows.iter().map(pair).collect()
    }

    /// What is where: which keys there are, how old, and how much each of them sealed.
    pub(crate) async fn show_keys(&self, tenant_id: Option<i64>) -> Result<Value, Problem> {
        let mut sealed = serde_json::Map::new();
        let own = [("installation", "value", ""), ("tenants", "tenant_key", ""), ("tenant_keys", "sealed", "")];
        for (table, column, _) in SEALED.into_iter().chain(own) {
            sealed.insert(format!("{table}.{column}"), json!(self.sealed_by(table, column, None).await?));
        }
        let names: Vec<String> = self.at.keys.ids().into_iter().map(servers::shown).collect();
        let mut shown = json!({ "master": { "ids": names, "former": self.at.keys.has_former(), "sealed": sealed } });
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("lookups".to_owned(), self.show_lookups().await?);
            shown.insert("servers".to_owned(), json!(self.servers().await?));
        }
        if let (Some(tenant), Some(shown)) = (tenant_id, shown.as_object_mut()) {
            shown.insert("tenant".to_owned(), json!(self.show_tenant_keys(tenant).await?));
        }
        Ok(shown)
    }

    /// How far the digests across businesses have come: what is left to do while their key is replaced.
    async fn show_lookups(&self) -> Result<Value, Problem> {
        let Some(next) = self.next_lookup_key().await? else { return Ok(json!({ "rotating": false })) };
        let step = match (next.swap, next.gone) {
            (_, Some(_)) => "clearing",
            (Some(_), None) => "swapping",
            (None, None) => "filling",
        };
        let left = if next.gone.is_none() { json!(self.lookups_left().await?) } else { Value::Null };
        Ok(json!({ "rotating": true, "step": step, "used_from_at": next.from, "left": left }))
    }

    /// The keys of a business, and how far a rotation is.
    pub(crate) async fn show_tenant_keys(&self, tenant_id: i64) -> Result<TenantKeysShown, Problem> {
        let there = self.tenant(tenant_id).await?.filter(|tenant| tenant.tenant_key.is_some());
        there.ok_or(Problem::NotFound)?;
        let rows = tenant_key::Entity::find().filter(tenant_key::Column::TenantId.eq(tenant_id));
        let rows = rows.order_by_asc(tenant_key::Column::Generation).all(&self.at.db.read).await?;
        let more_than_one = |kind: &str| rows.iter().filter(|row| row.kind == kind).count() > 1;
        let (rotating, followed) = (more_than_one(WRAP), more_than_one(INDEX));
        let generations = rows.into_iter().map(|row| KeyGeneration {
            id: format!("{:04X}", row.generation),
            age_days: (self.now() - row.created_at).num_days(),
            kind: row.kind,
            generation: row.generation,
            used_from_at: row.used_from_at,
        });
        let (phones, second) = self.digests_of(tenant_id).await?;
        Ok(TenantKeysShown {
            tenant_id,
            generations: generations.collect(),
            rotating,
            persons: self.sealed_by("customers", "person_key", Some(tenant_id)).await?,
            indexes: IndexShown { rotating: followed || second > 0, phones, second },
        })
    }

    /// How many phones of a business have a digest, and how many a second one beside it.
    async fn digests_of(&self, tenant_id: i64) -> Result<(i64, i64), DbErr> {
        let column = |name: &str| Expr::col(Alias::new(name.to_owned()));
        let mut count = Query::select();
        count.expr(Func::count(column("digest"))).expr(Func::count(column("next_digest")));
        count.from(Alias::new("customer_phones")).and_where(column("tenant_id").eq(tenant_id));
        match self.at.db.read.query_one(&count).await? {
            Some(row) => Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)),
            None => Ok((0, 0)),
        }
    }
}
