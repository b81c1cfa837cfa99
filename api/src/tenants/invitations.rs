//! Inviting colleagues: by a 小程序码 or share card that carries a one-time random ticket, or by their phone, whose proof
//! is the ticket then.

use super::store::{Given, assignable, standing, stands};
use super::{invitation, people, staff};
use crate::auth::limit;
use crate::db::{Code, Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::StaffWrite;
use crate::scope::system::System;
use crate::scope::system::places::Place;
use crate::scope::{Can, Checked, LoggedIn, Path};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, delete, get, post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::permission::Role;
use domain::staff::{InvitationAnswer, InvitationTicket, NewInvitation};
use sea_orm::Set;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Days for which an invitation can be accepted: a weekend may lie between.
const DAYS: i64 = 3;
/// Open invitations that a business is shown.
const SHOWN: usize = 100;
/// Places that somebody is offered at a time.
const OFFERED: usize = 20;
/// The page of the mini-program that takes the ticket.
const PAGE: &str = "features/staff/join/index";

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(create_invitation)
        .service(list_invitations)
        .service(take_invitation_back)
        .service(list_offered_places)
        .service(look_at_invitation)
        .service(accept_invitation)
        .service(decline_place);
}

/// An invitation, to hand on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// Id, to take it back by.
    pub id: Uuid,
    /// The ticket. Shown once: only its digest is kept.
    pub ticket: String,
    /// The page that takes it, with the ticket, for a share card.
    pub path: String,
    /// The `scene` of the 小程序码.
    pub scene: String,
    /// The 小程序码 as a `data:` URL; `null` when WeChat did not make one.
    pub image: Option<String>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenInvitation {
    /// Id.
    pub id: Uuid,
    /// Whom it names.
    pub name: Option<String>,
    /// The role it gives.
    pub role: Role,
    /// The business's own role, for `custom`.
    pub role_id: Option<Uuid>,
    /// The team it leads into.
    pub team_id: Option<Uuid>,
    /// Who invited.
    pub invited_by: Uuid,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// Whether nobody can accept it now, because whoever made it could not give it any more: they are suspended, say.
    pub dormant: bool,
}

impl OpenInvitation {
    fn of(row: invitation::Model, dormant: bool) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: row.role.0,
            role_id: row.role_id,
            team_id: row.team_id,
            invited_by: row.invited_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            dormant,
        }
    }
}

/// What somebody sees of an invitation before accepting it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationView {
    /// The business.
    pub business: String,
    /// Whom it names.
    pub name: Option<String>,
    /// The role it gives.
    pub role: Role,
    /// The name of the business's own role, for `custom`.
    pub role_name: Option<String>,
    /// Who invites; `null` where an operator of the installation does.
    pub invited_by: Option<String>,
}

/// A place that a business keeps for a phone which one proved.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferedPlace {
    /// Stands where an invitation has its ticket: to look at it, to accept it, to decline it.
    pub ticket: String,
    /// What it is.
    #[serde(flatten)]
    pub place: InvitationView,
}

/// What somebody became by an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedInvitation {
    /// The business, for `POST /auth/switch`.
    pub tenant_id: i64,
    /// One's id there.
    pub staff_id: Uuid,
}

/// Invites somebody. Whoever holds the ticket can accept it, once. A role that may do what asks for the second look is
/// given away with one.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "staff", security(("bearer" = ["staff.write"])), request_body = NewInvitation, responses((status = 201, body = Invitation), Problems))]
#[post("/invitations")]
async fn create_invitation(
    mut scope: Can<StaffWrite>,
    system: System,
    body: Checked<NewInvitation>,
) -> Result<(Json<Invitation>, StatusCode), Problem> {
    let input = body.value;
    // A hundred bits: nobody guesses it in three days.
    let ticket = crate::crypto::letters::<20>();
    let (id, expires_at) = (scope.new_id(), scope.now() + Duration::days(DAYS));
    let tx = scope.begin().await?;
    assignable(&tx, input.role, input.role_id).await?;
    people::known_team(&tx, input.team_id, None).await?;
    tx.audit(
        "invite",
        "staff",
        None,
        json!({ "role": input.role, "role_id": input.role_id, "team_id": input.team_id }),
    );
    tx.system().invite(id, &ticket, input, expires_at).await?;
    tx.commit().await?;
    // Without WeChat's picture the share card still works.
    let scene = format!("i={ticket}");
    let image = system.at.wechat.qrcode_url(&scene, PAGE).await.ok();
    let path = format!("/{PAGE}?ticket={ticket}");
    Ok((Json(Invitation { id, ticket, path, scene, image, expires_at }), StatusCode::CREATED))
}

/// The invitations that are open, at most 100: those that somebody could accept now, newest first, then those that are
/// `dormant`. One that was used, taken back or is too old is not among them.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), responses((status = 200, body = All<OpenInvitation>), Problems))]
#[get("/invitations")]
async fn list_invitations(scope: Can<StaffWrite>, system: System) -> Result<Json<All<OpenInvitation>>, Problem> {
    let open = system.invitations(scope.tenant_id()).await?;
    let given: Vec<Given> = open.iter().map(Given::from).collect();
    let stand = standing(&*scope, &given).await?;
    let mut items: Vec<_> = open.into_iter().zip(stand).map(|(row, stands)| OpenInvitation::of(row, !stands)).collect();
    items.sort_by_key(|one| one.dormant);
    items.truncate(SHOWN);
    Ok(Json(All { items }))
}

/// Takes an invitation back.
#[utoipa::path(tag = "staff", security(("bearer" = ["staff.write"])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[delete("/invitations/{id}")]
async fn take_invitation_back(mut scope: Can<StaffWrite>, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    if !tx.system().take_invitation_back(id.0).await? {
        return Err(Problem::NotFound);
    }
    tx.audit("take_invitation_back", "staff", None, json!({ "invitation": id.0 }));
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What an invitation is for. A wrong, a used and an expired ticket are the same answer, and so is one whose maker could
/// not give it now.
#[utoipa::path(tag = "staff", security(("bearer" = [])), request_body = InvitationTicket, responses((status = 200, body = InvitationView), Problems))]
#[post("/auth/invitation")]
async fn look_at_invitation(
    login: LoggedIn,
    system: System,
    body: Checked<InvitationTicket>,
) -> Result<Json<InvitationView>, Problem> {
    limit(&system, &format!("invitation:{}", login.0.account_id), 4).await?;
    if let Some(place) = given_place(&system, login.0.account_id, &body.value.ticket).await? {
        return Ok(Json(offered(&system, place).await?));
    }
    let invitation = system.invitation(&body.value.ticket).await?;
    let mine = invitation.used_by == Some(login.0.account_id);
    if !mine {
        let scope = system.newcomer_scope(invitation.tenant_id, "").await?;
        if invitation.used_at.is_some() || !stands(&scope, &invitation).await? {
            return Err(Problem::NotFound);
        }
    }
    let business = system.tenant(invitation.tenant_id).await?.ok_or(Problem::NotFound)?.name;
    let role_name = system.role_name(invitation.tenant_id, invitation.role_id).await?;
    let invited_by = system.colleague(invitation.tenant_id, invitation.invited_by).await?.map(|row| row.name);
    Ok(Json(InvitationView { business, name: invitation.name, role: invitation.role.0, role_name, invited_by }))
}

/// Whether a place can be given now by whoever entered the phone.
async fn can_be_given(system: &System, place: &Place) -> Result<bool, Problem> {
    match system.place_scope(&place.staff).await {
        Ok(scope) => stands(&scope, &place.staff).await,
        Err(Problem::NotFound) => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// The place that a ticket stands for, as [`System::place`], that can be given now.
async fn given_place(system: &System, account_id: Uuid, ticket: &str) -> Result<Option<Place>, Problem> {
    let Some(place) = system.place(account_id, ticket).await? else { return Ok(None) };
    if can_be_given(system, &place).await? { Ok(Some(place)) } else { Err(Problem::NotFound) }
}

async fn offered(system: &System, place: Place) -> Result<InvitationView, Problem> {
    let Place { staff, business, by, .. } = place;
    let role_name = system.role_name(staff.tenant_id, staff.role_id).await?;
    Ok(InvitationView { business, name: Some(staff.name), role: staff.role.0, role_name, invited_by: by })
}

/// The places that businesses keep for phones which one proved since, at most 20: nobody works somewhere before they
/// accept it. A proof from before a business entered the number offers nothing, nor one after which somebody else proved
/// the number: whoever has it now proves it once more.
#[utoipa::path(tag = "staff", security(("bearer" = [])), responses((status = 200, body = All<OfferedPlace>), Problems))]
#[get("/auth/invitations")]
async fn list_offered_places(login: LoggedIn, system: System) -> Result<Json<All<OfferedPlace>>, Problem> {
    let mut items = Vec::new();
    for place in system.places_for(login.0.account_id).await? {
        if items.len() == OFFERED {
            break;
        }
        if !can_be_given(&system, &place).await? {
            continue;
        }
        items.push(OfferedPlace { ticket: place.ticket(), place: offered(&system, place).await? });
    }
    Ok(Json(All { items }))
}

/// Declines a place that a business keeps for one's phone. The business forgets the phone and sees that it was declined.
/// 404 for the ticket of an invitation: whoever does not want it leaves it.
#[utoipa::path(tag = "staff", security(("bearer" = [])), request_body = InvitationTicket, responses((status = 204), Problems))]
#[post("/auth/invitation/decline")]
async fn decline_place(
    login: LoggedIn,
    system: System,
    body: Checked<InvitationTicket>,
) -> Result<HttpResponse, Problem> {
    limit(&system, &format!("invitation:{}", login.0.account_id), 4).await?;
    let place = given_place(&system, login.0.account_id, &body.value.ticket).await?.ok_or(Problem::NotFound)?;
    system.decline_place(&place).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Accepts an invitation, or a place that a business keeps for one's phone: one becomes staff, if whoever made it could
/// still give it. The same person may repeat it when the answer was lost.
#[utoipa::path(tag = "staff", security(("bearer" = [])), request_body = InvitationAnswer, responses((status = 200, body = AcceptedInvitation), Problems))]
#[post("/auth/invitation/accept")]
async fn accept_invitation(
    login: LoggedIn,
    system: System,
    body: Checked<InvitationAnswer>,
) -> Result<Json<AcceptedInvitation>, Problem> {
    let account_id = login.0.account_id;
    limit(&system, &format!("invitation:{account_id}"), 4).await?;
    let InvitationAnswer { ticket, name } = body.value;
    if let Some((tenant_id, staff_id)) = system.placed(account_id, &ticket).await? {
        return Ok(Json(AcceptedInvitation { tenant_id, staff_id }));
    }
    if let Some(place) = system.place(account_id, &ticket).await? {
        let (tenant_id, staff_id) = (place.staff.tenant_id, place.staff.id);
        let mut scope = system.place_scope(&place.staff).await?;
        let tx = scope.begin().await?;
        if !stands(&tx, &place.staff).await? {
            return Err(Problem::NotFound);
        }
        tx.system().take_place(&place).await?;
        tx.audit("join", "staff", Some(staff_id), json!({}));
        tx.commit().await?;
        return Ok(Json(AcceptedInvitation { tenant_id, staff_id }));
    }
    let invitation = system.invitation(&ticket).await?;
    let tenant_id = invitation.tenant_id;
    if invitation.used_by == Some(account_id) {
        let there = system.employments(account_id).await?.into_iter().find(|there| there.tenant_id == tenant_id);
        let staff_id = there.ok_or(Problem::NotFound)?.staff.id;
        return Ok(Json(AcceptedInvitation { tenant_id, staff_id }));
    }
    let name = invitation.name.clone().or(name).ok_or(Problem::field("name", "required"))?;
    let mut scope = system.newcomer_scope(tenant_id, &name).await?;
    let staff_id = scope.me()?;
    let tx = scope.begin().await?;
    if !stands(&tx, &invitation).await? || !tx.system().use_invitation(&invitation, account_id).await? {
        return Err(Problem::NotFound);
    }
    let row = staff::ActiveModel {
        id: Set(staff_id),
        name: Set(name),
        role: Set(Code(invitation.role.0)),
        role_id: Set(invitation.role_id),
        team_id: Set(invitation.team_id),
        account_id: Set(Some(account_id)),
        phone_digest: Set(None),
        next_phone_digest: Set(None),
        phone_sealed: Set(None),
        auth_epoch: Set(1),
        suspended_at: Set(None),
        ..Default::default()
    };
    tx.insert::<staff::Entity>(row).await.map_err(|error| match refusal(&error) {
        Some(Taken::Unique) => Problem::conflict("already_staff", None),
        _ => error.into(),
    })?;
    tx.audit("accept_invitation", "staff", Some(staff_id), json!({ "invited_by": invitation.invited_by }));
    tx.commit().await?;
    Ok(Json(AcceptedInvitation { tenant_id, staff_id }))
}
