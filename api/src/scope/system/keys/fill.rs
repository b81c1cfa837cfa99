//! Second digests for the phones of people and of staff, and what becomes of them. Those on orders are made
//! where orders can be opened: in `rotation`.

use super::index::{BATCH, move_digests};
use crate::auth::PhoneForgotten;
use crate::auth::entity::account_phone;
use crate::crypto::Index;
use crate::jobs;
use crate::problem::Problem;
use crate::scope::system::order_links::order_phone;
use crate::scope::system::{Said, System};
use crate::tenants::staff;
use domain::phone::Phone;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func, Query, Value};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Tables with digests across businesses: name, digest, second digest, and the column that names rows.
const TABLES: [(&str, &str, &str, &str); 3] = [
    ("account_phones", "digest", "next_digest", "account_id"),
    ("order_phones", "digest", "next_digest", "order_id"),
    ("staff", "phone_digest", "next_phone_digest", "id"),
];

/// Rows without a second digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Left {
    /// Phones that people proved.
    pub(crate) account_phones: i64,
    /// Phones on orders.
    pub(crate) order_phones: i64,
    /// Colleagues who are found by their phone.
    pub(crate) staff: i64,
}

impl Left {
    pub(crate) fn nothing(self) -> bool {
        self.only_staff() && self.staff == 0
    }

    /// Whether everything else has come as far.
    pub(crate) fn only_staff(self) -> bool {
        self.account_phones + self.order_phones == 0
    }
}

fn phone_of(plain: Vec<u8>) -> Option<Phone> {
    String::from_utf8(plain).ok().as_deref().and_then(Phone::parse)
}

#[expect(clippy::disallowed_methods, reason = "phones are looked up across all businesses")]
impl System {
    /// Gives some proved phones their second digests, and says how many.
    pub(crate) async fn fill_account_phones(&self, index: &Index) -> Result<u64, Problem> {
        let bare = account_phone::Entity::find()
            .filter(account_phone::Column::NextDigest.is_null())
            .filter(account_phone::Column::Sealed.is_not_null())
            .limit(BATCH)
            .all(&self.at.db.write)
            .await?;
        let mut filled = 0;
        for row in bare {
            let place = format!("|account_phones.sealed|{}", row.account_id);
            let plain = self.at.keys.installation.open(&place, &row.sealed.unwrap_or_default())?;
            let phone = phone_of(plain).ok_or_else(|| anyhow::anyhow!("a proved phone that is none"))?;
            let next = account_phone::ActiveModel {
                next_digest: Set(index.phone(&phone).next),
                ..account_phone::ActiveModel::default()
            };
            let this = account_phone::Entity::update_many().set(next);
            let this = this.filter(account_phone::Column::AccountId.eq(row.account_id));
            let this = this.filter(account_phone::Column::Digest.eq(row.digest)).exec(&self.at.db.write);
            filled += this.await?.rows_affected;
        }
        Ok(filled)
    }

    /// Gives colleagues their second digests, and says how many. Whose phone was never sealed (it was entered
    /// before this version) and who has not proved it yet stays behind for a while.
    pub(crate) async fn fill_staff(&self, index: &Index) -> Result<u64, Problem> {
        let (mut filled, mut after) = (0, None::<(i64, Uuid)>);
        loop {
            let behind = after.map(|(tenant, id)| {
                Condition::any()
                    .add(staff::Column::TenantId.gt(tenant))
                    .add(Condition::all().add(staff::Column::TenantId.eq(tenant)).add(staff::Column::Id.gt(id)))
            });
            let rows = staff::Entity::find()
                .filter(staff::Column::PhoneDigest.is_not_null())
                .filter(staff::Column::NextPhoneDigest.is_null())
                .filter(Condition::all().add_option(behind))
                .order_by_asc(staff::Column::TenantId)
                .order_by_asc(staff::Column::Id)
                .limit(BATCH)
                .all(&self.at.db.write)
                .await?;
            let Some(last) = rows.last() else { return Ok(filled) };
            after = Some((last.tenant_id, last.id));
            let proved = self.proved_by_digest(&rows).await?;
            for row in rows {
                filled += self.fill_colleague(index, row, &proved).await?;
            }
        }
    }

    /// Phones that somebody proved, by the digests that colleagues have.
    async fn proved_by_digest(&self, rows: &[staff::Model]) -> Result<HashMap<Vec<u8>, Phone>, Problem> {
        let digests = rows.iter().filter(|row| row.phone_sealed.is_none()).filter_map(|row| row.phone_digest.clone());
        let proved = account_phone::Entity::find()
            .filter(account_phone::Column::Digest.is_in(digests))
            .filter(account_phone::Column::Sealed.is_not_null())
            .all(&self.at.db.write)
            .await?;
        let mut known = HashMap::new();
        for row in proved {
            let place = format!("|account_phones.sealed|{}", row.account_id);
            let plain = self.at.keys.installation.open(&place, &row.sealed.unwrap_or_default())?;
            known.extend(phone_of(plain).map(|phone| (row.digest, phone)));
        }
        Ok(known)
    }

    async fn fill_colleague(
        &self,
        index: &Index,
        row: staff::Model,
        proved: &HashMap<Vec<u8>, Phone>,
    ) -> Result<u64, Problem> {
        let digest = row.phone_digest.unwrap_or_default();
        let mut change = staff::ActiveModel::default();
        let place = format!("|staff.phone_sealed|{}", row.id);
        let sealed = row.phone_sealed.map(|sealed| self.at.keys.installation.open(&place, &sealed)).transpose()?;
        match sealed.and_then(phone_of).or_else(|| proved.get(&digest).cloned()) {
            Some(phone) if row.live.is_some() => {
                change.next_phone_digest = Set(index.phone(&phone).next);
                change.phone_sealed = Set(Some(self.sealed_staff_phone(row.id, &phone)));
            }
            None if row.live.is_some() && row.account_id.is_none() => return Ok(0),
            // Who has left, or is known by their account, is not looked for by phone any more.
            _ => {
                change.phone_digest = Set(None);
                change.phone_sealed = Set(None);
            }
        }
        let this = staff::Entity::update_many()
            .set(change)
            .filter(staff::Column::TenantId.eq(row.tenant_id))
            .filter(staff::Column::Id.eq(row.id))
            .filter(staff::Column::PhoneDigest.eq(digest));
        Ok(this.exec(&self.at.db.write).await?.rows_affected)
    }

    /// Lets go of the digests of some colleagues who stay behind, and says how many: their business enters the phone
    /// anew, and hears so.
    pub(crate) async fn forget_unknown_staff(&self) -> Result<u64, Problem> {
        let behind = || {
            let digest = Condition::all().add(staff::Column::PhoneDigest.is_not_null());
            digest.add(staff::Column::NextPhoneDigest.is_null())
        };
        let rows = staff::Entity::find().filter(behind()).limit(BATCH).all(&self.at.db.write).await?;
        let (mut forgotten, at) = (0, self.now());
        for row in rows {
            let recorded = self.begin_recorded().await?;
            let nothing = staff::ActiveModel { phone_digest: Set(None), ..staff::ActiveModel::default() };
            let this = staff::Entity::update_many().set(nothing).filter(behind());
            let this = this.filter(staff::Column::TenantId.eq(row.tenant_id)).filter(staff::Column::Id.eq(row.id));
            if this.exec(recorded.on()).await?.rows_affected == 0 {
                continue; // They proved it this very moment, or another worker was faster.
            }
            jobs::enqueue(recorded.on(), row.tenant_id, at, &PhoneForgotten { staff_id: row.id, at }, at).await?;
            let (action, resource, resource_id) = ("forget_phone", "staff", Some(row.id));
            let said = Said { tenant_id: row.tenant_id, action, resource, resource_id, changes: json!({}) };
            recorded.commit(said).await?;
            forgotten += 1;
        }
        Ok(forgotten)
    }

    /// Some phones on orders that have no second digest, all of one business.
    pub(crate) async fn bare_order_phones(&self) -> Result<Vec<order_phone::Model>, Problem> {
        let rows = order_phone::Entity::find()
            .filter(order_phone::Column::NextDigest.is_null())
            .order_by_asc(order_phone::Column::TenantId)
            .limit(BATCH)
            .all(&self.at.db.write)
            .await?;
        let first = rows.first().map(|row| row.tenant_id);
        Ok(rows.into_iter().filter(|row| Some(row.tenant_id) == first).collect())
    }

    /// Writes the second digest of a phone on an order, or removes a link that leads nowhere any more.
    pub(crate) async fn fill_order_phone(
        &self,
        row: &order_phone::Model,
        next: Option<Vec<u8>>,
    ) -> Result<u64, Problem> {
        let this = Condition::all()
            .add(order_phone::Column::TenantId.eq(row.tenant_id))
            .add(order_phone::Column::OrderId.eq(row.order_id))
            .add(order_phone::Column::Digest.eq(row.digest.clone()));
        let Some(next) = next else {
            let gone = order_phone::Entity::delete_many().filter(this).exec(&self.at.db.write);
            return Ok(gone.await?.rows_affected);
        };
        let change = order_phone::ActiveModel { next_digest: Set(Some(next)), ..order_phone::ActiveModel::default() };
        Ok(order_phone::Entity::update_many().set(change).filter(this).exec(&self.at.db.write).await?.rows_affected)
    }

    /// How many rows have no second digest yet.
    pub(crate) async fn lookups_left(&self) -> Result<Left, Problem> {
        let mut counts = [0; 3];
        for (count, (table, digest, next, by)) in counts.iter_mut().zip(TABLES) {
            let column = |name: &str| Expr::col(Alias::new(name.to_owned()));
            let mut bare = Query::select();
            bare.expr(Func::count(column(by))).from(Alias::new(table));
            bare.and_where(column(digest).is_not_null()).and_where(column(next).is_null());
            let row = self.at.db.write.query_one(&bare).await?;
            *count = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?.unwrap_or_default();
        }
        let [account_phones, order_phones, staff] = counts;
        Ok(Left { account_phones, order_phones, staff })
    }

    /// Puts the second digests of some rows in the place of the first. 0 when all stand there.
    pub(crate) async fn swap_lookup_digests(&self) -> Result<u64, Problem> {
        let mut swapped = 0;
        for (table, digest, next, by) in TABLES {
            let column = |name: &str| Expr::col(Alias::new(name.to_owned()));
            let different = column(digest).ne(column(next));
            swapped += move_digests(&self.at.db.write, table, by, different, vec![(digest, column(next))]).await?;
        }
        Ok(swapped)
    }

    /// Takes the second digests of some rows away. 0 when there are none.
    pub(crate) async fn drop_lookup_digests(&self) -> Result<u64, Problem> {
        let mut dropped = 0;
        for (table, _, next, by) in TABLES {
            let there = Expr::col(Alias::new(next)).is_not_null();
            let nothing = vec![(next, Expr::val(Value::Bytes(None)))];
            dropped += move_digests(&self.at.db.write, table, by, there, nothing).await?;
        }
        Ok(dropped)
    }
}
