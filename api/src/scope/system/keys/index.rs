//! The key of a business's blind indexes is replaced: see `crypto::index` for what stands where meanwhile.

use super::{INDEX, KEYS_SECONDS, SWAP, tenant_key};
use crate::auth::entity::tenant;
use crate::crypto::{index_keys, key, random, tenant_place};
use crate::problem::Problem;
use crate::scope::system::{Recorded, Said, System};
use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query, Value};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::json;

/// Rows, or customers with their phones, that get other digests in one statement.
pub(super) const BATCH: u64 = 200;

/// A column with a digest, and the one beside it.
type Pair = (&'static str, &'static str);

/// The tables of blind indexes, and their columns.
const TABLES: [(&str, &[Pair]); 2] = [
    ("customer_phones", &[("digest", "next_digest"), ("last_four", "next_last_four")]),
    ("customer_digests", &[("digest", "next_digest")]),
];

#[expect(clippy::disallowed_methods, reason = "keys are read before there is a scope")]
impl System {
    /// Adds a generation of index keys. Rows get their second digests when every server knows it: returns
    /// that moment. Once it is committed, [`System::keys_added`].
    pub(crate) async fn add_index_key(
        &self,
        recorded: &Recorded<'_>,
        tenant_id: i64,
    ) -> Result<(i64, DateTime<Utc>), Problem> {
        let tx = recorded.on();
        for (table, _) in TABLES {
            let mut left = Query::select();
            left.column(Alias::new("customer_id")).from(Alias::new(table)).limit(1);
            left.and_where(Expr::col(Alias::new("tenant_id")).eq(tenant_id));
            left.and_where(Expr::col(Alias::new("next_digest")).is_not_null());
            if tx.query_one(&left).await?.is_some() {
                return Err(Problem::conflict("in_progress", None)); // Of the rotation before.
            }
        }
        let there = tenant::Entity::find_by_id(tenant_id).one(tx).await?.ok_or(Problem::NotFound)?;
        let first = there.tenant_key.ok_or(Problem::NotFound)?;
        let rows = tenant_key::Entity::find()
            .filter(tenant_key::Column::TenantId.eq(tenant_id))
            .filter(tenant_key::Column::Kind.eq(INDEX))
            .order_by_asc(tenant_key::Column::Generation)
            .all(tx)
            .await?;
        let last = match rows.as_slice() {
            [] => {
                let first = key(&self.at.keys.unwrapped(&tenant_place(tenant_id), &first)?)?;
                self.insert_key(tx, tenant_id, INDEX, 1, &index_keys(&first), self.now()).await?;
                1
            }
            [only] => only.generation,
            _ => return Err(Problem::conflict("in_progress", None)),
        };
        let from = self.now() + Duration::seconds(KEYS_SECONDS);
        self.insert_key(tx, tenant_id, INDEX, last + 1, &random::<64>(), from).await?;
        recorded.say_of_business(Said::about(tenant_id, "rotate", "keys", json!({ "index": last + 1 }))).await?;
        Ok((last + 1, from))
    }

    /// Says that every row has its second digests: they take the place of the first, from the moment on at
    /// which every server knows it.
    pub(crate) async fn swap_index_key(&self, tenant_id: i64, generation: i64) -> Result<DateTime<Utc>, Problem> {
        let known = tenant_key::Entity::find_by_id((tenant_id, SWAP.to_owned(), generation));
        if let Some(known) = known.one(&self.at.db.read).await? {
            return Ok(known.used_from_at); // The attempt before came as far.
        }
        let from = self.now() + Duration::seconds(KEYS_SECONDS);
        let tx = self.begin().await?;
        self.insert_key(&tx, tenant_id, SWAP, generation, b"", from).await?;
        tx.commit().await?;
        self.at.snapshots.forget_keys(tenant_id);
        Ok(from)
    }

    /// Takes the key before away: no row has its digests any more.
    pub(crate) async fn retire_index_key(&self, tenant_id: i64, generation: i64) -> Result<(), Problem> {
        let recorded = self.begin_recorded().await?;
        let tx = recorded.on();
        let ours = || tenant_key::Entity::delete_many().filter(tenant_key::Column::TenantId.eq(tenant_id));
        let former = ours().filter(tenant_key::Column::Kind.eq(INDEX));
        former.filter(tenant_key::Column::Generation.lt(generation)).exec(tx).await?;
        ours().filter(tenant_key::Column::Kind.eq(SWAP)).exec(tx).await?;
        recorded.say_of_business(Said::about(tenant_id, "rotated", "keys", json!({ "index": generation }))).await?;
        recorded.finish().await?;
        self.at.snapshots.forget_keys(tenant_id);
        Ok(())
    }

    /// Puts the second digests of some customers in the place of the first. 0 when all stand there.
    pub(crate) async fn swap_digests(&self, tenant_id: i64) -> Result<u64, Problem> {
        let different = Expr::col(Alias::new("digest")).ne(Expr::col(Alias::new("next_digest")));
        self.set_digests(tenant_id, different, |(column, next)| (column, Expr::col(Alias::new(next)))).await
    }

    /// Takes the second digests of some customers away. 0 when there are none.
    pub(crate) async fn drop_digests(&self, tenant_id: i64) -> Result<u64, Problem> {
        let there = Expr::col(Alias::new("next_digest")).is_not_null();
        self.set_digests(tenant_id, there, |(_, next)| (next, Expr::val(Value::Bytes(None)))).await
    }

    async fn set_digests(
        &self,
        tenant_id: i64,
        of: Expr,
        value: impl Fn(Pair) -> (&'static str, Expr),
    ) -> Result<u64, Problem> {
        let ours = Expr::col(Alias::new("tenant_id")).eq(tenant_id).and(of);
        let mut changed = 0;
        for (table, columns) in TABLES {
            let values = columns.iter().map(|pair| value(*pair)).collect();
            changed += move_digests(&self.at.db.write, table, "customer_id", ours.clone(), values).await?;
        }
        Ok(changed)
    }
}

/// Sets digests of some rows that meet a condition, and says of how many. `by` names rows: all of one name
/// go together.
pub(super) async fn move_digests(
    on: &impl ConnectionTrait,
    table: &str,
    by: &str,
    of: Expr,
    values: Vec<(&str, Expr)>,
) -> Result<u64, Problem> {
    let (table, by) = (Alias::new(table), Alias::new(by));
    let mut some = Query::select();
    some.distinct().column(by.clone()).from(table.clone()).limit(BATCH).and_where(of.clone());
    let rows = on.query_all(&some).await?;
    let names = rows.iter().map(|row| row.try_get_by_index::<Vec<u8>>(0)).collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Ok(0);
    }
    let mut update = Query::update();
    update.table(table).values(values.into_iter().map(|(column, value)| (Alias::new(column), value)));
    update.and_where(of).and_where(Expr::col(by).is_in(names));
    Ok(on.execute(&update).await?.rows_affected())
}
