//! Places that businesses keep for whoever has a phone: offered to the account that proved it, and theirs when they
//! accept. Nobody works somewhere, and shows a business where they are signed in, because it knows their number.

use super::{Said, System};
use crate::auth::entity::tenant;
use crate::db::refusal;
use crate::problem::Problem;
use crate::tenants::staff;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Places that somebody is shown at most.
const MOST: u64 = 20;

/// A place in a business that waits for somebody.
pub(crate) struct Place {
    pub(crate) staff: staff::Model,
    pub(crate) business: String,
    /// Who entered the phone; nobody where an operator of the installation did.
    pub(crate) by: Option<String>,
}

impl Place {
    /// What stands for it where an invitation has its ticket. It is no secret: whoever says it must have proved the phone.
    pub(crate) fn ticket(&self) -> String {
        format!("{}-{}", self.staff.tenant_id, self.staff.id.simple())
    }

    fn named(ticket: &str) -> Option<(i64, Uuid)> {
        let (tenant, id) = ticket.split_once('-')?;
        Some((tenant.parse().ok()?, Uuid::try_parse(id).ok()?))
    }
}

#[expect(clippy::disallowed_methods, reason = "a place is offered before anybody works there")]
impl System {
    /// The places that are kept for phones which an account proved lately, the oldest first. Not where it has one already,
    /// nor in a business that is suspended.
    pub(crate) async fn places_for(&self, account_id: Uuid) -> Result<Vec<Place>, Problem> {
        let numbers = self.proved_numbers(account_id).await?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let lookups = self.lookups().await?;
        let digests: Vec<Vec<u8>> = numbers.iter().flat_map(|phone| lookups.index.phone_anywhere(phone)).collect();
        let second = lookups.both().then(|| staff::Column::NextPhoneDigest.is_in(digests.clone()));
        let waiting = staff::Entity::find()
            .filter(Condition::any().add(staff::Column::PhoneDigest.is_in(digests)).add_option(second))
            .filter(staff::Column::AccountId.is_null())
            .filter(staff::Column::Live.eq(1))
            .filter(staff::Column::SuspendedAt.is_null())
            .order_by_asc(staff::Column::CreatedAt)
            .limit(MOST);
        let waiting = waiting.all(&self.at.db.read).await?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let tenants: Vec<i64> = waiting.iter().map(|row| row.tenant_id).collect();
        let there = staff::Entity::find()
            .filter(staff::Column::TenantId.is_in(tenants.clone()))
            .filter(staff::Column::AccountId.eq(account_id))
            .filter(staff::Column::Live.eq(1));
        let there = there.all(&self.at.db.read).await?;
        let businesses = tenant::Entity::find()
            .filter(tenant::Column::Id.is_in(tenants.clone()))
            .filter(tenant::Column::SuspendedAt.is_null())
            .filter(tenant::Column::ErasedAt.is_null());
        let businesses = businesses.all(&self.at.db.read).await?;
        let by = staff::Entity::find()
            .filter(staff::Column::TenantId.is_in(tenants))
            .filter(staff::Column::Id.is_in(waiting.iter().filter_map(|row| row.entered_by)));
        let by = by.all(&self.at.db.read).await?;
        let waiting = waiting.into_iter().filter(|row| there.iter().all(|there| there.tenant_id != row.tenant_id));
        let places = waiting.filter_map(|staff| {
            let business = businesses.iter().find(|business| business.id == staff.tenant_id)?.name.clone();
            let entered = |row: &&staff::Model| row.tenant_id == staff.tenant_id && Some(row.id) == staff.entered_by;
            let by = by.iter().find(entered).map(|row| row.name.clone());
            Some(Place { staff, business, by })
        });
        Ok(places.collect())
    }

    /// The place that a ticket stands for, if it is kept for a phone which the account proved; none when the ticket is an
    /// invitation's.
    ///
    /// # Errors
    /// 404 when it is somebody else's, or taken.
    pub(crate) async fn place(&self, account_id: Uuid, ticket: &str) -> Result<Option<Place>, Problem> {
        let Some((tenant_id, id)) = Place::named(ticket) else { return Ok(None) };
        let mut places = self.places_for(account_id).await?.into_iter();
        let found = places.find(|place| (place.staff.tenant_id, place.staff.id) == (tenant_id, id));
        found.map(Some).ok_or(Problem::NotFound)
    }

    /// Where an account works whose place a ticket stood for: whoever lost the answer asks again.
    pub(crate) async fn placed(&self, account_id: Uuid, ticket: &str) -> Result<Option<(i64, Uuid)>, Problem> {
        let Some((tenant_id, id)) = Place::named(ticket) else { return Ok(None) };
        let row = self.colleague(tenant_id, id).await?;
        Ok(row.filter(|row| row.account_id == Some(account_id)).map(|row| (row.tenant_id, row.id)))
    }

    /// Makes a place that of an account, which works there from then on.
    ///
    /// # Errors
    /// 404 when somebody else was faster; 409 `already_staff`.
    pub(crate) async fn take_place(&self, account_id: Uuid, place: &Place) -> Result<(), Problem> {
        self.settle(place, "join", staff::ActiveModel { account_id: Set(Some(account_id)), ..Default::default() }).await
    }

    /// Somebody does not want a place: the business forgets the phone, and nobody is offered it again.
    ///
    /// # Errors
    /// 404 when it is not waiting any more.
    pub(crate) async fn decline_place(&self, place: &Place) -> Result<(), Problem> {
        let change = staff::ActiveModel {
            phone_digest: Set(None),
            next_phone_digest: Set(None),
            phone_sealed: Set(None),
            declined_at: Set(Some(self.now())),
            ..Default::default()
        };
        self.settle(place, "decline", change).await
    }

    async fn settle(&self, place: &Place, action: &'static str, change: staff::ActiveModel) -> Result<(), Problem> {
        let row = &place.staff;
        // They act in their own name: the login with which they come was no business's yet.
        let system = Self { at: Arc::clone(&self.at), by: self.by.clone().of_staff(row.id, &row.name) };
        let recorded = system.begin_recorded().await?;
        let done = staff::Entity::update_many()
            .set(staff::ActiveModel { updated_at: Set(self.now()), ..change })
            .col_expr(staff::Column::Version, Expr::col(staff::Column::Version).add(1))
            .filter(staff::Column::TenantId.eq(row.tenant_id))
            .filter(staff::Column::Id.eq(row.id))
            .filter(staff::Column::AccountId.is_null())
            .filter(staff::Column::PhoneDigest.is_not_null())
            .filter(staff::Column::Live.eq(1))
            .exec(recorded.on())
            .await
            .map_err(already_there)?;
        if done.rows_affected == 0 {
            return Err(Problem::NotFound);
        }
        let (tenant_id, resource, resource_id) = (row.tenant_id, "staff", Some(row.id));
        Ok(recorded.commit(Said { tenant_id, action, resource, resource_id, changes: json!({}) }).await?)
    }
}

/// An account works in a business once.
fn already_there(error: DbErr) -> Problem {
    match refusal(&error) {
        Some(_) => Problem::conflict("already_staff", None),
        None => error.into(),
    }
}
