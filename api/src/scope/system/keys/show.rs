//! What is where: which keys there are, and how much each of them sealed.

use super::rewrap::{SEALED, id_of};
use super::{WRAP, tenant_key};
use crate::problem::Problem;
use crate::scope::system::System;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func, Query};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;

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
            count.and_where(Expr::col(Alias::new("name")).is_in(["master_key_check", "lookup_keys"]));
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
        let names: Vec<String> = self.at.keys.ids().iter().map(|id| format!("{id:04X}")).collect();
        let mut shown = json!({ "master": { "ids": names, "former": self.at.keys.has_former(), "sealed": sealed } });
        if let (Some(tenant), Some(shown)) = (tenant_id, shown.as_object_mut()) {
            let rows = tenant_key::Entity::find().filter(tenant_key::Column::TenantId.eq(tenant));
            let rows = rows.order_by_asc(tenant_key::Column::Generation).all(&self.at.db.read).await?;
            let generations: Vec<Value> = rows
                .iter()
                .map(|row| {
                    let age = (self.now() - row.created_at).num_days();
                    json!({ "kind": row.kind, "generation": row.generation, "id": format!("{:04X}", row.generation),
                        "used_from_at": row.used_from_at, "age_days": age })
                })
                .collect();
            let rotating = rows.iter().filter(|row| row.kind == WRAP).count() > 1;
            let persons = self.sealed_by("customers", "person_key", Some(tenant)).await?;
            shown.insert(
                "tenant".to_owned(),
                json!({ "tenant_id": tenant, "generations": generations,
                "rotating": rotating, "persons": persons }),
            );
        }
        Ok(shown)
    }
}
