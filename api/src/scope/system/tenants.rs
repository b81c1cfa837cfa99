//! Businesses and who works in them, as the operator and the login see them.

use super::System;
use crate::auth::entity::tenant;
use crate::db::{Code, refusal};
use crate::problem::Problem;
use crate::scope::{Event, Origin, Who};
use crate::tenants::staff;
use domain::permission::Role;
use domain::phone::Phone;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Set};
use serde_json::json;
use uuid::Uuid;

/// A business in which somebody works.
#[derive(Debug, Clone)]
pub(crate) struct Employment {
    pub(crate) tenant_id: i64,
    pub(crate) business: String,
    pub(crate) staff: staff::Model,
}

#[expect(clippy::disallowed_methods, reason = "businesses are what this module crosses")]
impl System {
    pub(crate) async fn tenant(&self, id: i64) -> Result<Option<tenant::Model>, Problem> {
        Ok(tenant::Entity::find_by_id(id).one(&self.at.db.read).await?)
    }

    pub(crate) async fn count_tenants(&self) -> Result<u64, Problem> {
        Ok(tenant::Entity::find().filter(tenant::Column::ErasedAt.is_null()).count(&self.at.db.read).await?)
    }

    /// Names of businesses.
    pub(crate) async fn tenants_named(&self, ids: Vec<i64>) -> Result<Vec<tenant::Model>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(tenant::Entity::find().filter(tenant::Column::Id.is_in(ids)).all(&self.at.db.read).await?)
    }

    /// Signs a business up and gives it its key. Returns its id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn create_tenant(&self, name: &str, phone: Option<&str>) -> Result<i64, Problem> {
        let tx = self.begin().await?;
        let last = tenant::Entity::find().order_by_desc(tenant::Column::Id).one(&tx).await?;
        let id = last.map_or(1, |last| last.id + 1);
        let now = self.now();
        let row = tenant::ActiveModel {
            id: Set(id),
            name: Set(name.to_owned()),
            phone: Set(phone.map(str::to_owned)),
            tenant_key: Set(Some(self.at.keys.new_tenant_key(id))),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            erased_at: Set(None),
        };
        tenant::Entity::insert(row).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Adds a member of staff, who becomes able to log in by proving `phone` or as `account`.
    ///
    /// # Errors
    /// When the phone already belongs to a colleague, or there is no such business.
    pub async fn create_staff(
        &self,
        tenant_id: i64,
        name: &str,
        role: Role,
        phone: Option<&Phone>,
        account: Option<Uuid>,
    ) -> Result<Uuid, Problem> {
        if self.tenant(tenant_id).await?.is_none() {
            return Err(Problem::NotFound);
        }
        let (id, now) = (self.new_id(), self.now());
        let row = staff::ActiveModel {
            tenant_id: Set(tenant_id),
            id: Set(id),
            name: Set(name.to_owned()),
            role: Set(Code(role)),
            account_id: Set(account),
            phone_digest: Set(phone.map(|phone| self.at.keys.phone_digest(phone))),
            auth_epoch: Set(1),
            suspended_at: Set(None),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            deleted_at: Set(None),
            live: Set(Some(1)),
        };
        let tx = self.begin().await?;
        staff::Entity::insert(row).exec_without_returning(&tx).await?;
        self.record_with(
            &tx,
            Event {
                tenant_id,
                who: Who::at_the_console(),
                action: "create",
                resource: "staff",
                resource_id: Some(id),
                changes: json!({ "role": role }),
                origin: &Origin::default(),
            },
        )
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes a role, or suspends (`None`). Every token of that member of staff is worth nothing
    /// from then on: its epoch is over.
    ///
    /// # Errors
    /// When there is no such member of staff.
    pub async fn set_role(&self, tenant_id: i64, staff_id: Uuid, role: Option<Role>) -> Result<(), Problem> {
        let now = self.now();
        let mut change = staff::ActiveModel { updated_at: Set(now), ..staff::ActiveModel::default() };
        match role {
            Some(role) => {
                change.role = Set(Code(role));
                change.suspended_at = Set(None);
            }
            None => change.suspended_at = Set(Some(now)),
        }
        let tx = self.begin().await?;
        let before = staff::Entity::find_by_id((tenant_id, staff_id)).one(&tx).await?.ok_or(Problem::NotFound)?;
        staff::Entity::update_many()
            .set(change)
            .col_expr(staff::Column::AuthEpoch, Expr::col(staff::Column::AuthEpoch).add(1))
            .col_expr(staff::Column::Version, Expr::col(staff::Column::Version).add(1))
            .filter(staff::Column::TenantId.eq(tenant_id))
            .filter(staff::Column::Id.eq(staff_id))
            .exec(&tx)
            .await?;
        self.record_with(
            &tx,
            Event {
                tenant_id,
                who: Who::at_the_console(),
                action: "role",
                resource: "staff",
                resource_id: Some(staff_id),
                changes: json!({ "old": before.role.0, "new": role, "suspended": role.is_none() }),
                origin: &Origin::default(),
            },
        )
        .await?;
        tx.commit().await?;
        self.at.snapshots.forget_staff(tenant_id, staff_id);
        Ok(())
    }

    pub(crate) async fn staffer(&self, tenant_id: i64, staff_id: Uuid) -> Result<Option<staff::Model>, Problem> {
        let row = staff::Entity::find_by_id((tenant_id, staff_id)).one(&self.at.db.read).await?;
        Ok(row.filter(|row| row.live.is_some() && row.suspended_at.is_none()))
    }

    /// Where an account works, oldest first.
    pub(crate) async fn employments(&self, account_id: Uuid) -> Result<Vec<Employment>, Problem> {
        let rows = staff::Entity::find()
            .filter(staff::Column::AccountId.eq(account_id))
            .filter(staff::Column::Live.eq(1))
            .filter(staff::Column::SuspendedAt.is_null())
            .order_by_asc(staff::Column::CreatedAt)
            .all(&self.at.db.read)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let names = self.tenants_named(rows.iter().map(|row| row.tenant_id).collect()).await?;
        Ok(rows
            .into_iter()
            .filter_map(|staff| {
                let business = names.iter().find(|tenant| tenant.id == staff.tenant_id)?.name.clone();
                Some(Employment { tenant_id: staff.tenant_id, business, staff })
            })
            .collect())
    }

    /// Ties an account to the staff rows that wait for its proved phone, business by business.
    pub(super) async fn employ_by_phone(&self, account_id: Uuid, digest: &[u8]) -> Result<(), Problem> {
        let waiting = staff::Entity::find()
            .filter(staff::Column::PhoneDigest.eq(digest))
            .filter(staff::Column::AccountId.is_null())
            .filter(staff::Column::Live.eq(1))
            .all(&self.at.db.read)
            .await?;
        for row in waiting {
            let tied = staff::Entity::update_many()
                .set(staff::ActiveModel { account_id: Set(Some(account_id)), ..staff::ActiveModel::default() })
                .filter(staff::Column::TenantId.eq(row.tenant_id))
                .filter(staff::Column::Id.eq(row.id))
                .filter(staff::Column::AccountId.is_null())
                .exec(&self.at.db.write)
                .await;
            match tied {
                // The account already works there under another row; that must not keep it from the others.
                Err(error) if refusal(&error).is_none() => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }
}
