//! What is left to the system when a business is erased: its key, and every row of every table.

use super::keys::tenant_key;
use super::{Said, System};
use crate::auth::entity::{installation, tenant};
use crate::db::{Taken, refusal};
use crate::problem::Problem;
use crate::schema;
use chrono::Duration;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query, Value};
use sea_orm::{
    ColumnTrait as _, ColumnType, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use serde_json::json;

/// Keys whose rows go in one statement.
const BATCH: u64 = 200;

/// Names, with its number, a business that is erased and still has rows.
const ERASING: &str = "erasing_";

/// After an erasure a server holds the key of the business for a minute at most, and begins nothing with it later.
const LATE: Duration = Duration::minutes(2);

/// The tables in which businesses have rows.
fn tables() -> impl Iterator<Item = schema::Table> {
    let of_tenant = |table: &schema::Table| table.columns.iter().any(|column| column.name == "tenant_id");
    schema::tables().into_iter().filter(of_tenant)
}

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
        let this = tenant::Entity::update_many()
            .set(change)
            .col_expr(tenant::Column::Version, Expr::col(tenant::Column::Version).add(1))
            .filter(tenant::Column::Id.eq(tenant_id));
        let this = this.filter(tenant::Column::ErasedAt.is_null()).exec(recorded.on()).await?;
        if this.rows_affected == 0 {
            return Ok(()); // Somebody else was faster.
        }
        tenant_key::Entity::delete_many()
            .filter(tenant_key::Column::TenantId.eq(tenant_id))
            .exec(recorded.on())
            .await?;
        // Until its rows are gone, so that whoever is interrupted is gone on after.
        let name = format!("{ERASING}{tenant_id}");
        installation::Entity::delete_by_id(name.clone()).exec(recorded.on()).await?;
        let note = installation::ActiveModel { name: Set(name), value: Set(None) };
        installation::Entity::insert(note).exec_without_returning(recorded.on()).await?;
        // In the installation's record: the business's own goes with it.
        Ok(recorded.commit(Said::about(0, "erase", "tenant", json!({ "tenant": tenant_id }))).await?)
    }

    /// Deletes every row of a business, table by table. A table whose rows others still point at waits
    /// for the next round. It is gone on with until no server can hold the key any more: until then one may still write.
    pub(crate) async fn delete_rows_of(&self, tenant_id: i64) -> Result<(), Problem> {
        let began = self.now();
        let mut waiting: Vec<_> = tables().collect();
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
        let erased_at = self.tenant(tenant_id).await?.and_then(|tenant| tenant.erased_at);
        if erased_at.is_none_or(|erased_at| began >= erased_at + LATE) {
            installation::Entity::delete_by_id(format!("{ERASING}{tenant_id}")).exec(&self.at.db.write).await?;
        }
        Ok(())
    }

    /// Notes businesses that were erased by a version that noted nothing, or broke off, and still have rows: asked once
    /// after a start, a small question for each table.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_erased(&self) -> Result<(), Problem> {
        let erased = tenant::Entity::find().filter(tenant::Column::ErasedAt.is_not_null());
        let ids = erased.select_only().column(tenant::Column::Id).into_tuple::<i64>().all(&self.at.db.read).await?;
        for tenant_id in ids {
            let name = format!("{ERASING}{tenant_id}");
            let noted = installation::Entity::find_by_id(name.clone()).one(&self.at.db.read).await?.is_some();
            if noted || !self.has_rows(tenant_id).await? {
                continue;
            }
            let note = installation::ActiveModel { name: Set(name), value: Set(None) };
            match installation::Entity::insert(note).exec_without_returning(&self.at.db.write).await {
                // Another server was faster.
                Err(error) if refusal(&error).is_some() => {}
                other => drop(other?),
            }
        }
        Ok(())
    }

    async fn has_rows(&self, tenant_id: i64) -> Result<bool, DbErr> {
        for table in tables() {
            let ours = Expr::col(Alias::new("tenant_id")).eq(tenant_id);
            let one =
                Query::select().expr(Expr::value(1)).from(Alias::new(&table.name)).cond_where(ours).limit(1).to_owned();
            if self.at.db.read.query_one(&one).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Deletes the rows of businesses that were erased, of one or of all. One that fails keeps no other waiting.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn go_on_erasing(&self, only: Option<i64>) -> Result<(), Problem> {
        let noted = installation::Entity::find().filter(installation::Column::Name.starts_with(ERASING));
        let names = noted.all(&self.at.db.read).await?.into_iter().map(|row| row.name);
        let ids = names.filter_map(|name| name.strip_prefix(ERASING)?.parse::<i64>().ok());
        let mut failed = Ok(());
        for tenant_id in ids.filter(|id| only.is_none_or(|only| only == *id)) {
            // Whoever put a business back by hand has it: the list of the erased says whether it goes again.
            if self.tenant(tenant_id).await?.is_some_and(|tenant| tenant.erased_at.is_none()) {
                continue;
            }
            if let Err(problem) = self.delete_rows_of(tenant_id).await {
                failed = Err(problem);
            }
        }
        failed
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
