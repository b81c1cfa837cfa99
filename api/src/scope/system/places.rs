//! Places that businesses keep for whoever has a phone: offered to the account that proved it, and theirs when they
//! accept. Nobody works somewhere, and shows a business where they are signed in, because it knows their number.

use super::accounts::Proof;
use super::{Said, System, SystemTx};
use crate::auth::entity::tenant;
use crate::db::refusal;
use crate::problem::Problem;
use crate::scope::{Origin, Scope, Who};
use crate::tenants::staff;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Places that are looked at, of which some may not be given any more.
const LOOKED_AT: u64 = 200;

/// A place in a business that waits for somebody.
pub(crate) struct Place {
    pub(crate) staff: staff::Model,
    pub(crate) business: String,
    /// Who entered the phone; nobody where an operator of the installation did.
    pub(crate) by: Option<String>,
    /// By what it is kept for this account.
    proof: Proof,
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

impl Proof {
    /// The rows of staff that a business made for whoever held the number then. One that was made after the proof is for
    /// whoever holds it now, which may be somebody else; within one instant no number changes hands.
    fn kept(&self) -> Condition {
        let second = self.both.then(|| staff::Column::NextPhoneDigest.is_in(self.digests.clone()));
        let phone = Condition::any().add(staff::Column::PhoneDigest.is_in(self.digests.clone())).add_option(second);
        Condition::all().add(phone).add(staff::Column::CreatedAt.lte(self.at))
    }

    fn is_of(&self, row: &staff::Model) -> bool {
        let theirs = [&row.phone_digest, &row.next_phone_digest].into_iter().flatten();
        row.created_at <= self.at && theirs.into_iter().any(|digest| self.digests.contains(digest))
    }
}

#[expect(clippy::disallowed_methods, reason = "a place is offered before anybody works there")]
impl System {
    /// The places that are kept for phones which an account proved since and nobody after it, the oldest first. Not where
    /// it has one already, nor in a business that is suspended. Whether they can still be given, see `tenants::store`.
    pub(crate) async fn places_for(&self, account_id: Uuid) -> Result<Vec<Place>, Problem> {
        self.waiting(account_id, Condition::all()).await
    }

    async fn waiting(&self, account_id: Uuid, which: Condition) -> Result<Vec<Place>, Problem> {
        let proofs = self.last_proofs(account_id).await?;
        if proofs.is_empty() {
            return Ok(Vec::new());
        }
        let open = Query::select()
            .column(tenant::Column::Id)
            .from(tenant::Entity)
            .and_where(tenant::Column::SuspendedAt.is_null())
            .and_where(tenant::Column::ErasedAt.is_null())
            .to_owned();
        let there = Query::select()
            .column(staff::Column::TenantId)
            .from(staff::Entity)
            .and_where(staff::Column::AccountId.eq(account_id))
            .and_where(staff::Column::Live.eq(1))
            .to_owned();
        let waiting = staff::Entity::find()
            .filter(proofs.iter().fold(Condition::any(), |any, proof| any.add(proof.kept())))
            .filter(which)
            .filter(staff::Column::AccountId.is_null())
            .filter(staff::Column::Live.eq(1))
            .filter(staff::Column::SuspendedAt.is_null())
            .filter(staff::Column::TenantId.in_subquery(open))
            .filter(staff::Column::TenantId.not_in_subquery(there))
            .order_by_asc(staff::Column::CreatedAt)
            .limit(LOOKED_AT);
        let waiting = waiting.all(&self.at.db.read).await?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let tenants: Vec<i64> = waiting.iter().map(|row| row.tenant_id).collect();
        let businesses = self.tenants_named(tenants.clone()).await?;
        let by = staff::Entity::find()
            .filter(staff::Column::TenantId.is_in(tenants))
            .filter(staff::Column::Id.is_in(waiting.iter().filter_map(|row| row.entered_by)));
        let by = by.all(&self.at.db.read).await?;
        let places = waiting.into_iter().filter_map(|staff| {
            let business = businesses.iter().find(|business| business.id == staff.tenant_id)?.name.clone();
            let entered = |row: &&staff::Model| row.tenant_id == staff.tenant_id && Some(row.id) == staff.entered_by;
            let by = by.iter().find(entered).map(|row| row.name.clone());
            let proof = proofs.iter().find(|proof| proof.is_of(&staff))?.clone();
            Some(Place { staff, business, by, proof })
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
        let this = Condition::all().add(staff::Column::TenantId.eq(tenant_id)).add(staff::Column::Id.eq(id));
        let found = self.waiting(account_id, this).await?.into_iter().next();
        found.map(Some).ok_or(Problem::NotFound)
    }

    /// Where an account works whose place a ticket stood for: whoever lost the answer asks again.
    pub(crate) async fn placed(&self, account_id: Uuid, ticket: &str) -> Result<Option<(i64, Uuid)>, Problem> {
        let Some((tenant_id, id)) = Place::named(ticket) else { return Ok(None) };
        let row = self.colleague(tenant_id, id).await?;
        Ok(row.filter(|row| row.account_id == Some(account_id)).map(|row| (row.tenant_id, row.id)))
    }

    /// The scope in which somebody takes the place that a business keeps for them: they act in their own name.
    pub(crate) async fn place_scope(&self, row: &staff::Model) -> Result<Scope, Problem> {
        self.entering(row.tenant_id, Who { id: Some(row.id), name: row.name.clone() }).await
    }

    /// Somebody does not want a place: the business forgets the phone, and nobody is offered it again.
    ///
    /// # Errors
    /// 404 when it is not waiting any more.
    pub(crate) async fn decline_place(&self, place: &Place) -> Result<(), Problem> {
        let row = &place.staff;
        let mut by = self.by.clone().of_staff(row.id, &row.name);
        // They never worked there: from where they looked at it, and by which login, is none of the business's.
        by.origin = Origin::named(&by.origin.request_id);
        let system = Self { at: Arc::clone(&self.at), by };
        let recorded = system.begin_recorded().await?;
        let change = staff::ActiveModel {
            phone_digest: Set(None),
            next_phone_digest: Set(None),
            phone_sealed: Set(None),
            declined_at: Set(Some(self.now())),
            ..Default::default()
        };
        settle(recorded.on(), place, self.now(), change).await?;
        let (tenant_id, action, resource, resource_id) = (row.tenant_id, "decline", "staff", Some(row.id));
        Ok(recorded.commit(Said { tenant_id, action, resource, resource_id, changes: json!({}) }).await?)
    }
}

impl SystemTx<'_> {
    /// Makes a place that of the account for which it is kept, which works there from then on.
    ///
    /// # Errors
    /// 404 when somebody else was faster, or proved the phone meanwhile; 409 `already_staff`.
    pub(crate) async fn take_place(&self, place: &Place) -> Result<(), Problem> {
        if !place.proof.is_last(self.tx).await? {
            return Err(Problem::NotFound);
        }
        let change = staff::ActiveModel { account_id: Set(Some(place.proof.account_id)), ..Default::default() };
        settle(self.tx, place, self.scope.now(), change).await
    }
}

#[expect(clippy::disallowed_methods, reason = "a place is offered before anybody works there")]
async fn settle(
    on: &impl ConnectionTrait,
    place: &Place,
    now: DateTime<Utc>,
    change: staff::ActiveModel,
) -> Result<(), Problem> {
    let done = staff::Entity::update_many()
        .set(staff::ActiveModel { updated_at: Set(now), ..change })
        .col_expr(staff::Column::Version, Expr::col(staff::Column::Version).add(1))
        .filter(staff::Column::TenantId.eq(place.staff.tenant_id))
        .filter(staff::Column::Id.eq(place.staff.id))
        .filter(place.proof.kept())
        .filter(staff::Column::AccountId.is_null())
        .filter(staff::Column::SuspendedAt.is_null())
        .filter(staff::Column::Live.eq(1))
        .exec(on)
        .await
        .map_err(already_there)?;
    if done.rows_affected == 0 { Err(Problem::NotFound) } else { Ok(()) }
}

/// An account works in a business once.
fn already_there(error: DbErr) -> Problem {
    match refusal(&error) {
        Some(_) => Problem::conflict("already_staff", None),
        None => error.into(),
    }
}
