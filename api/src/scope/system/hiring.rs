//! Businesses and members of staff that come from outside: from whoever runs the installation, or with a sign-up.

use super::{Recorded, Said, System};
use crate::auth::entity::tenant;
use crate::db::{Code, Taken, refusal};
use crate::problem::Problem;
use crate::tenants::{phone_known, staff};
use domain::permission::Role;
use domain::phone::Phone;
use sea_orm::{ActiveModelTrait as _, EntityTrait as _, QueryOrder as _};
use serde_json::json;
use uuid::Uuid;

/// How often a business looks for a number of its own when others are signed up at the same moment.
const TRIES: usize = 50;

#[expect(clippy::disallowed_methods, reason = "businesses are what this module crosses")]
impl System {
    /// Signs a business up and gives it its key. Returns its id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn create_tenant(&self, name: &str, phone: Option<&str>) -> Result<i64, Problem> {
        let recorded = self.begin_recorded().await?;
        let id = self.create_tenant_in(&recorded, name, phone).await?.id;
        recorded.finish().await?;
        Ok(id)
    }

    /// The same as a part of something larger.
    pub(crate) async fn create_tenant_in(
        &self,
        recorded: &Recorded<'_>,
        name: &str,
        phone: Option<&str>,
    ) -> Result<tenant::Model, Problem> {
        let mut tries = 0;
        let row = loop {
            let last = tenant::Entity::find().order_by_desc(tenant::Column::Id).one(recorded.on()).await?;
            let row = self.new_tenant(last.map_or(1, |last| last.id + 1), name, phone);
            let insert = tenant::Entity::insert(tenant::ActiveModel::from(row.clone()).reset_all());
            match insert.exec_without_returning(recorded.on()).await {
                Ok(_) => break row,
                // Another business, which was signed up at the same moment, has this number by now.
                Err(error) if refusal(&error) == Some(Taken::Id) && tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        };
        recorded.say_of_business(Said::about(row.id, "create", "business", json!({ "name": name }))).await?;
        Ok(row)
    }

    fn new_tenant(&self, id: i64, name: &str, phone: Option<&str>) -> tenant::Model {
        let now = self.now();
        tenant::Model {
            id,
            name: name.to_owned(),
            phone: phone.map(str::to_owned),
            tenant_key: Some(self.at.keys.new_tenant_key(id)),
            suspended_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
            erased_at: None,
            customers_idle_days: None,
            requests_days: None,
            retention_set_at: None,
            retained_at: None,
            search_version: None,
        }
    }

    /// Adds a member of staff, who becomes able to log in by proving `phone` and accepting the place, or as `account`.
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
        self.standing_tenant(tenant_id).await?;
        let recorded = self.begin_recorded().await?;
        let id = self.create_staff_in(&recorded, tenant_id, (name, role), phone, account).await?.id;
        recorded.finish().await?;
        Ok(id)
    }

    /// The same as a part of something larger, in a business that is there.
    pub(crate) async fn create_staff_in(
        &self,
        recorded: &Recorded<'_>,
        tenant_id: i64,
        (name, role): (&str, Role),
        phone: Option<&Phone>,
        account: Option<Uuid>,
    ) -> Result<staff::Model, Problem> {
        let (id, now) = (self.new_id(), self.now());
        let digests = match phone {
            Some(phone) => Some(self.digests_across(phone).await?),
            None => None,
        };
        let row = staff::Model {
            tenant_id,
            id,
            name: name.to_owned(),
            role: Code(role),
            role_id: None,
            team_id: None,
            account_id: account,
            phone_digest: digests.as_ref().map(|digests| digests.first.clone()),
            next_phone_digest: digests.and_then(|digests| digests.next),
            phone_sealed: phone.map(|phone| self.sealed_staff_phone(id, phone)),
            auth_epoch: 1,
            suspended_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            live: Some(1),
            entered_by: None,
            declined_at: None,
        };
        staff::Entity::insert(staff::ActiveModel::from(row.clone()).reset_all())
            .exec_without_returning(recorded.on())
            .await
            .map_err(phone_known)?;
        let (action, resource, changes) = ("create", "staff", json!({ "role": role }));
        recorded.say_of_business(Said { tenant_id, action, resource, resource_id: Some(id), changes }).await?;
        Ok(row)
    }
}
