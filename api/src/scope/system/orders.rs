//! How a customer gets from a proof to an order, across businesses. Whoever proved the phone on an
//! order, or holds its one-time receipt code, sees that order and no other.

use super::order_links::{account_order, order_phone, receipt_code};
use super::{System, SystemTx};
use crate::crypto::digest;
use crate::page::{Page, Position};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use domain::phone::Phone;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _, Set,
    SqlErr,
};
use uuid::Uuid;

/// An order that an account may see.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct Seen {
    pub(crate) tenant_id: i64,
    pub(crate) order_id: Uuid,
    pub(crate) ordered_at: DateTime<Utc>,
}

#[expect(clippy::disallowed_methods, reason = "these links lead across businesses")]
impl SystemTx<'_> {
    /// Writes which phone an order carries, instead of whatever was written before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_order_phone(
        &self,
        order_id: Uuid,
        phone: &Phone,
        ordered_at: DateTime<Utc>,
        replace: bool,
    ) -> Result<(), Problem> {
        if replace {
            order_phone::Entity::delete_many()
                .filter(order_phone::Column::TenantId.eq(self.scope.tenant_id()))
                .filter(order_phone::Column::OrderId.eq(order_id))
                .exec(self.tx)
                .await?;
        }
        let digests = System::new(self.scope.installation()).lookups_on(self.tx).await?.index.phone(phone);
        let row = order_phone::ActiveModel {
            digest: Set(digests.first),
            next_digest: Set(digests.next),
            tenant_id: Set(self.scope.tenant_id()),
            order_id: Set(order_id),
            ordered_at: Set(ordered_at),
        };
        order_phone::Entity::insert(row).exec_without_returning(self.tx).await?;
        Ok(())
    }

    /// Removes everything that leads to these orders from outside their business.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_orders(&self, orders: SelectStatement) -> Result<(), DbErr> {
        let tenant = self.scope.tenant_id();
        order_phone::Entity::delete_many()
            .filter(order_phone::Column::TenantId.eq(tenant))
            .filter(order_phone::Column::OrderId.in_subquery(orders.clone()))
            .exec(self.tx)
            .await?;
        receipt_code::Entity::delete_many()
            .filter(receipt_code::Column::TenantId.eq(tenant))
            .filter(receipt_code::Column::OrderId.in_subquery(orders.clone()))
            .exec(self.tx)
            .await?;
        account_order::Entity::delete_many()
            .filter(account_order::Column::TenantId.eq(tenant))
            .filter(account_order::Column::OrderId.in_subquery(orders))
            .exec(self.tx)
            .await
            .map(|_| ())
    }

    /// Makes `code` open an order once, until `expires_at`. Codes made before stop working.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_receipt_code(&self, order_id: Uuid, code: &str, expires_at: DateTime<Utc>) -> Result<(), DbErr> {
        receipt_code::Entity::delete_many()
            .filter(receipt_code::Column::TenantId.eq(self.scope.tenant_id()))
            .filter(receipt_code::Column::OrderId.eq(order_id))
            .exec(self.tx)
            .await?;
        let row = receipt_code::ActiveModel {
            digest: Set(System::new(self.scope.installation()).receipt_digest(code)),
            tenant_id: Set(self.scope.tenant_id()),
            order_id: Set(order_id),
            expires_at: Set(expires_at),
            used_at: Set(None),
        };
        receipt_code::Entity::insert(row).exec_without_returning(self.tx).await.map(|_| ())
    }
}

#[expect(clippy::disallowed_methods, reason = "these links lead across businesses")]
impl System {
    fn receipt_digest(&self, code: &str) -> Vec<u8> {
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        digest(&self.at.keys.digests, &[b"receipt", code.as_bytes()]).to_vec()
    }

    /// Orders that carry a phone which an account proved.
    async fn carries_phone_of(&self, account_id: Uuid) -> Result<Condition, Problem> {
        let proved = self.proved_phones(account_id).await?.into_iter();
        let digests: Vec<Vec<u8>> = proved.flat_map(|row| [Some(row.digest), row.next_digest]).flatten().collect();
        let second = self.lookups().await?.both().then(|| order_phone::Column::NextDigest.is_in(digests.clone()));
        Ok(Condition::any().add(order_phone::Column::Digest.is_in(digests)).add_option(second))
    }

    /// The orders an account may see, newest first.
    pub(crate) async fn seen_orders(
        &self,
        account_id: Uuid,
        (limit, after): (u64, Option<Position>),
    ) -> Result<(Vec<Seen>, Option<String>), Problem> {
        let carries = self.carries_phone_of(account_id).await?;
        let by_code = Query::select()
            .column(account_order::Column::TenantId)
            .column(account_order::Column::OrderId)
            .column(account_order::Column::OrderedAt)
            .from(account_order::Entity)
            .and_where(account_order::Column::AccountId.eq(account_id))
            .to_owned();
        let mut links = Query::select()
            .column(order_phone::Column::TenantId)
            .column(order_phone::Column::OrderId)
            .column(order_phone::Column::OrderedAt)
            .from(order_phone::Entity)
            .cond_where(carries)
            .to_owned();
        // UNION, not UNION ALL: an order may be proved both ways.
        links.union(UnionType::Distinct, by_code);
        let mut select = Query::select()
            .column("tenant_id")
            .column("order_id")
            .column("ordered_at")
            .from_subquery(links, "links")
            .order_by("ordered_at", Order::Desc)
            .order_by("order_id", Order::Desc)
            .limit(limit + 1)
            .to_owned();
        if let Some(Position { at, id }) = after {
            let earlier = Expr::col("ordered_at").lt(at);
            let same = Expr::col("ordered_at").eq(at).and(Expr::col("order_id").lt(id));
            select.and_where(earlier.or(same));
        }
        let rows = self.at.db.read.query_all(&select).await?;
        let rows = rows.iter().map(|row| Seen::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::<Seen>::cut(rows, limit, |seen| Position { at: seen.ordered_at, id: seen.order_id }))
    }

    /// Whether an account may see one order.
    pub(crate) async fn sees_order(&self, account_id: Uuid, tenant_id: i64, order_id: Uuid) -> Result<bool, Problem> {
        if account_order::Entity::find_by_id((account_id, tenant_id, order_id)).one(&self.at.db.read).await?.is_some() {
            return Ok(true);
        }
        let link = order_phone::Entity::find()
            .filter(self.carries_phone_of(account_id).await?)
            .filter(order_phone::Column::TenantId.eq(tenant_id))
            .filter(order_phone::Column::OrderId.eq(order_id))
            .one(&self.at.db.read)
            .await?;
        Ok(link.is_some())
    }

    /// Uses up a receipt code for an account. Wrong, used and expired codes are the same answer.
    pub(crate) async fn use_receipt_code(&self, account_id: Uuid, code: &str) -> Result<Seen, Problem> {
        let (digest, now) = (self.receipt_digest(code), self.now());
        let tx = self.begin().await?;
        let used = receipt_code::Entity::update_many()
            .set(receipt_code::ActiveModel { used_at: Set(Some(now)), ..receipt_code::ActiveModel::default() })
            .filter(receipt_code::Column::Digest.eq(digest.clone()))
            .filter(receipt_code::Column::UsedAt.is_null())
            .filter(receipt_code::Column::ExpiresAt.gt(now))
            .exec(&tx)
            .await?;
        if used.rows_affected == 0 {
            // Used by this very account, whose answer was lost on the way?
            let row = receipt_code::Entity::find_by_id(digest).one(&tx).await?.ok_or(Problem::NotFound)?;
            let link = account_order::Entity::find_by_id((account_id, row.tenant_id, row.order_id)).one(&tx).await?;
            let link = link.filter(|_| row.used_at.is_some()).ok_or(Problem::NotFound)?;
            return Ok(Seen { tenant_id: link.tenant_id, order_id: link.order_id, ordered_at: link.ordered_at });
        }
        let row = receipt_code::Entity::find_by_id(digest).one(&tx).await?.ok_or(Problem::NotFound)?;
        let ordered_at = order_phone::Entity::find()
            .filter(order_phone::Column::TenantId.eq(row.tenant_id))
            .filter(order_phone::Column::OrderId.eq(row.order_id))
            .one(&tx)
            .await?
            .map_or(now, |link| link.ordered_at);
        let link = account_order::ActiveModel {
            account_id: Set(account_id),
            tenant_id: Set(row.tenant_id),
            order_id: Set(row.order_id),
            ordered_at: Set(ordered_at),
            proved_at: Set(now),
        };
        match account_order::Entity::insert(link).exec_without_returning(&tx).await {
            Ok(_) => {}
            // A second code for an order this account already has.
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {}
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(Seen { tenant_id: row.tenant_id, order_id: row.order_id, ordered_at })
    }
}
