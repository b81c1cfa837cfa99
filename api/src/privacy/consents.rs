//! What somebody agrees to, and takes back, over HTTP.

use crate::auth::prefix;
use crate::customers::{self, Customer};
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::system::consents::Model;
use crate::scope::{Checked, LoggedIn, Mine, Scope};
use actix_web::{HttpRequest, get, post, web::Json};
use chrono::{DateTime, Utc};
use domain::privacy::{ConsentPurpose, NewConsent};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_my_consents)
        .service(record_consent)
        .service(list_account_consents)
        .service(record_account_consent);
}

/// Something that was agreed to or taken back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsentView {
    /// To what.
    pub purpose: ConsentPurpose,
    /// The version that was shown.
    pub version: String,
    /// `false`: taken back.
    pub given: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// What one agrees to now, and everything one ever said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentsView {
    /// The version of the privacy policy that holds now.
    pub version: String,
    /// Whether one agrees to this version.
    pub privacy_policy: bool,
    /// Whether one agrees to advertising.
    pub marketing: bool,
    /// Newest first.
    pub items: Vec<ConsentView>,
}

impl From<Model> for ConsentView {
    fn from(row: Model) -> Self {
        Self { purpose: row.purpose.0, version: row.version, given: row.given == 1, at: row.at }
    }
}

/// Everything somebody said, and what follows from it now.
pub(super) async fn consents(system: &System, account_id: Uuid) -> Result<ConsentsView, Problem> {
    let version = system.at.config.privacy.version.clone();
    let rows = system.consents_of(account_id).await?;
    let items: Vec<ConsentView> = rows.into_iter().map(ConsentView::from).collect();
    let latest = |purpose| items.iter().find(|item| item.purpose == purpose).filter(|item| item.given);
    let privacy_policy = latest(ConsentPurpose::PrivacyPolicy).is_some_and(|item| item.version == version);
    let marketing = latest(ConsentPurpose::Marketing).is_some();
    Ok(ConsentsView { version, privacy_policy, marketing, items })
}

/// Whether a business may send advertising to a customer (PIPL art. 24): whoever proved one of the
/// customer's phones agrees, and nobody who did takes it back; who refused it in writing agreed after that. Asked anew
/// before each message.
pub(crate) async fn may_advertise(scope: &Scope, customer: &Customer) -> Result<bool, Problem> {
    let numbers = customers::numbers(scope, customer)?;
    let system = System::new(scope.installation());
    let holders = system.accounts_holding(&numbers).await?;
    system.agree(holders, ConsentPurpose::Marketing, customer.ads_refused_at).await
}

/// Writes down what somebody says. Whoever takes the privacy policy back is logged out everywhere.
async fn record(
    request: &HttpRequest,
    system: &System,
    account_id: Uuid,
    consent: NewConsent,
) -> Result<Json<ConsentView>, Problem> {
    if consent.given && consent.version != system.at.config.privacy.version {
        return Err(Problem::field("version", "consent_outdated"));
    }
    let leaves = consent.purpose == ConsentPurpose::PrivacyPolicy && !consent.given;
    let network = prefix(&Marks::of(request).address);
    let row = system.record_consent(account_id, consent, network).await?;
    if leaves {
        system.revoke_others(account_id, None).await?;
    }
    Ok(Json(row.into()))
}

/// What one agreed to and took back.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), responses((status = 200, body = ConsentsView), Problems))]
#[get("/me/consents")]
async fn list_my_consents(mine: Mine) -> Result<Json<ConsentsView>, Problem> {
    Ok(Json(consents(&mine.system, mine.actor.account_id).await?))
}

/// Agrees to something or takes it back, at once. Taking the privacy policy back ends every session of
/// one's own: ask for deletion before, or log in again.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), request_body = NewConsent, responses((status = 200, body = ConsentView), Problems))]
#[post("/me/consents")]
async fn record_consent(
    request: HttpRequest,
    mine: Mine,
    body: Checked<NewConsent>,
) -> Result<Json<ConsentView>, Problem> {
    record(&request, &mine.system, mine.actor.account_id, body.value).await
}

/// What one agreed to and took back, on whichever side one is: staff agree as customers do, and it is
/// the person's, not the business's.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 200, body = ConsentsView), Problems))]
#[get("/auth/consents")]
async fn list_account_consents(login: LoggedIn, system: System) -> Result<Json<ConsentsView>, Problem> {
    Ok(Json(consents(&system, login.0.account_id).await?))
}

/// Agrees to something or takes it back, on whichever side one is.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = NewConsent, responses((status = 200, body = ConsentView), Problems))]
#[post("/auth/consents")]
async fn record_account_consent(
    request: HttpRequest,
    login: LoggedIn,
    system: System,
    body: Checked<NewConsent>,
) -> Result<Json<ConsentView>, Problem> {
    record(&request, &system, login.0.account_id, body.value).await
}
