//! What is left to the system when a business is erased: its key, and every row of every table.

use super::keys::tenant_key;
use super::{Said, System};
use crate::auth::entity::{installation, tenant};
use crate::db::{Taken, refusal};
use crate::problem::Problem;
use crate::schema;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query, Value};
use sea_orm::{ColumnTrait as _, ColumnType, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _, Set};
use serde_json::json;

/// Keys whose rows go in one statement.
const BATCH: u64 = 200;

/// Names, with its number, a business that is erased and still has rows.
const ERASING: &str = "erasing_";

/// How far the list of the erased was applied to this very database.
const ERASED_UNTIL: &str = "erased_until";

#[expect(clippy::disallowed_methods, reason = "a business that goes is no scope any more")]
impl System {
    /// Destroys the key of a business: from here on nothing of it that is sealed can be read.
    pub(crate) async fn destroy_tenant_key(&self, tenant_id: i64) -> Result<(), Problem> {
        let recorded = self.begin_recorded().await?;
        let change = tenant::ActiveModel {
            name: Set("已删除".to_owned()),
            phone: Set(None),
            tenant_key: Set(None),
            erased_at: Set(Some(self.now())),
            // Whoever works there is out within three seconds, while rows are still there.
            suspended_at: Set(Some(self.now())),
            updated_at: Set(self.now()),
            ..tenant::ActiveModel::default()
        };
        let this = tenant::Entity::update_many().set(change).filter(tenant::Column::Id.eq(tenant_id));
        let this = this.filter(tenant::Column::ErasedAt.is_null()).exec(recorded.on()).await?;
        if this.rows_affected == 0 {
            return Ok(()); // Somebody else was faster.
        }
        tenant_key::Entity::delete_many()
            .filter(tenant_key::Column::TenantId.eq(tenant_id))
            .exec(recorded.on())
            .await?;
        // Until its rows are gone, so that whoever is interrupted is gone on after.
        let note = installation::ActiveModel { name: Set(format!("{ERASING}{tenant_id}")), value: Set(None) };
        installation::Entity::insert(note).exec_without_returning(recorded.on()).await?;
        // In the installation's record: the business's own goes with it.
        Ok(recorded.commit(Said::about(0, "erase", "tenant", json!({ "tenant": tenant_id }))).await?)
    }

    /// Deletes every row of a business, table by table. A table whose rows others still point at waits
    /// for the next round.
    pub(crate) async fn delete_rows_of(&self, tenant_id: i64) -> Result<(), Problem> {
        let of_tenant = |table: &schema::Table| table.columns.iter().any(|column| column.name == "tenant_id");
        let mut waiting: Vec<_> = schema::tables().into_iter().filter(of_tenant).collect();
        while !waiting.is_empty() {
            let (before, mut left) = (waiting.len(), Vec::new());
            for table in waiting {
                match self.empty(&table, tenant_id).await {
                    Ok(()) => {}
                    Err(error) if refusal(&error) == Some(Taken::Reference) => left.push(table),
                    Err(error) => return Err(error.into()),
                }
            }
            if left.len() == before {
                return Err(Problem::Internal(anyhow::anyhow!("tables point at each other")));
            }
            waiting = left;
        }
        installation::Entity::delete_by_id(format!("{ERASING}{tenant_id}")).exec(&self.at.db.write).await?;
        Ok(())
    }

    /// Deletes the rows of businesses that were erased, of one or of all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn go_on_erasing(&self, only: Option<i64>) -> Result<(), Problem> {
        let noted = installation::Entity::find().filter(installation::Column::Name.starts_with(ERASING));
        let names = noted.all(&self.at.db.read).await?.into_iter().map(|row| row.name);
        let ids = names.filter_map(|name| name.strip_prefix(ERASING)?.parse::<i64>().ok());
        for tenant_id in ids.filter(|id| only.is_none_or(|only| only == *id)) {
            self.delete_rows_of(tenant_id).await?;
        }
        Ok(())
    }

    async fn empty(&self, table: &schema::Table, tenant_id: i64) -> Result<(), DbErr> {
        let name = || Alias::new(&table.name);
        let ours = || Expr::col(Alias::new("tenant_id")).eq(tenant_id);
        let Some(key) = table.key.iter().find(|column| *column != "tenant_id") else {
            let delete = Query::delete().from_table(name()).cond_where(ours()).to_owned();
            return self.at.db.write.execute(&delete).await.map(|_| ());
        };
        let column = || Expr::col(Alias::new(key));
        let some = Query::select().distinct().expr(column()).from(name()).cond_where(ours()).limit(BATCH).to_owned();
        loop {
            let kind = table.columns.iter().find(|column| column.name == *key).map(|column| &column.kind);
            let rows = self.at.db.write.query_all(&some).await?;
            let keys = rows.iter().map(|row| match kind {
                Some(ColumnType::String(_) | ColumnType::Text) => row.try_get_by_index::<String>(0).map(Value::from),
                Some(ColumnType::BigInteger) => row.try_get_by_index::<i64>(0).map(Value::from),
                _ => row.try_get_by_index::<Vec<u8>>(0).map(Value::from),
            });
            let keys = keys.collect::<Result<Vec<Value>, DbErr>>()?;
            if keys.is_empty() {
                return Ok(());
            }
            let delete =
                Query::delete().from_table(name()).cond_where(ours()).cond_where(column().is_in(keys)).to_owned();
            self.at.db.write.execute(&delete).await?;
        }
    }

    /// How far the list of the erased was applied to this database, in bytes.
    pub(crate) async fn erased_until(&self) -> Result<u64, DbErr> {
        let row = installation::Entity::find_by_id(ERASED_UNTIL.to_owned()).one(&self.at.db.read).await?;
        let bytes = row.and_then(|row| row.value).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        Ok(bytes.map(u64::from_be_bytes).unwrap_or_default())
    }

    /// Remembers how far the list of the erased was applied.
    pub(crate) async fn set_erased_until(&self, until: u64) -> Result<(), DbErr> {
        let row = installation::ActiveModel {
            name: Set(ERASED_UNTIL.to_owned()),
            value: Set(Some(until.to_be_bytes().to_vec())),
        };
        let tx = self.begin().await?;
        installation::Entity::delete_by_id(ERASED_UNTIL.to_owned()).exec(&tx).await?;
        installation::Entity::insert(row).exec_without_returning(&tx).await?;
        tx.commit().await
    }
}
