//! Records that look alike, over HTTP: the scan, what it found, and deciding that two are two.

use super::scan::{RUNNING, ScanAsked};
use crate::customers::merging::entity::{pair, scan};
use crate::customers::{self, Customer, masked_name, numbers, of_live, region_name};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{All, MAX_LIMIT, Page};
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersMerge;
use crate::scope::{Can, Eyes, Path, Query, Scope};
use crate::tenants::staff;
use actix_web::{HttpResponse, get, post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::Violation;
use domain::duplicates::{PairReason, PairState};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, QuerySelect as _, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::{Builder, Uuid};

/// Scans that are shown.
const SCANS: u64 = 10;
/// Whoever changed a customer while the scan before began may have committed it later.
const OVERLAP: Duration = Duration::minutes(5);

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(scan_duplicates).service(list_scans).service(list_duplicates).service(ignore_duplicate);
}

/// The id of a pair follows from its two, in whichever order.
pub(super) fn id_of(one: Uuid, two: Uuid) -> Uuid {
    let bytes = [one.min(two).into_bytes(), one.max(two).into_bytes()].concat();
    let digest = crate::crypto::sha256(&bytes);
    Builder::from_custom_bytes(digest.first_chunk::<16>().copied().unwrap_or_default()).into_uuid()
}

/// A scan and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScanView {
    /// Id.
    pub id: Uuid,
    /// Whether it is still under way.
    pub running: bool,
    /// Whether it looks at what changed since the last one only.
    pub partial: bool,
    /// Customers it has looked at.
    pub customers: i64,
    /// Pairs it has found that were not known.
    pub pairs: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<scan::Model> for ScanView {
    fn from(row: scan::Model) -> Self {
        Self {
            id: row.id,
            running: row.state == RUNNING,
            partial: row.changed_at.is_some(),
            customers: row.customers,
            pairs: row.pairs,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// How much is looked at.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScanQuery {
    /// Everybody, also who did not change since the last scan.
    pub full: Option<bool>,
}

/// Looks through the customers of the whole business for records that look alike, in the background; later scans
/// look at what changed since. While one is under way, that one is answered.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(ScanQuery), responses((status = 200, body = ScanView), Problems))]
#[post("/duplicates/scan")]
async fn scan_duplicates(mut scope: Can<CustomersMerge>, query: Query<ScanQuery>) -> Result<Json<ScanView>, Problem> {
    let (me, now, id) = (scope.me()?, scope.now(), scope.new_id());
    let tx = scope.begin().await?;
    let newest = |rows: sea_orm::Select<scan::Entity>| rows.order_by_desc(scan::Column::CreatedAt).limit(1);
    let last = tx.find::<scan::Entity>().shape(newest).all().await?.pop();
    if let Some(running) = last.as_ref().filter(|last| last.state == RUNNING) {
        return Ok(Json(running.clone().into()));
    }
    let whole = tx.find::<scan::Entity>().filter(scan::Column::FinishedAt.is_not_null());
    let whole = whole.shape(newest).all().await?.pop();
    let since = whole.filter(|_| query.0.full != Some(true)).map(|scan| scan.created_at - OVERLAP);
    let row = scan::ActiveModel {
        id: Set(id),
        staff_id: Set(me),
        state: Set(RUNNING.to_owned()),
        changed_at: Set(since),
        after_id: Set(None),
        customers: Set(0),
        pairs: Set(0),
        created_at: Set(now),
        finished_at: Set(None),
        ..Default::default()
    };
    tx.insert::<scan::Entity>(row).await?;
    tx.enqueue(&ScanAsked { scan_id: id }, now).await?;
    tx.audit("scan", "customer", None, json!({ "scan": id, "partial": since.is_some() }));
    let row = tx.find::<scan::Entity>().filter(scan::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)?;
    tx.commit().await?;
    Ok(Json(row.into()))
}

/// The last ten scans, newest first.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), responses((status = 200, body = All<ScanView>), Problems))]
#[get("/duplicates/scans")]
async fn list_scans(scope: Can<CustomersMerge>) -> Result<Json<All<ScanView>>, Problem> {
    let newest = |rows: sea_orm::Select<scan::Entity>| rows.order_by_desc(scan::Column::CreatedAt).limit(SCANS);
    let rows = scope.find::<scan::Entity>().shape(newest).all().await?;
    Ok(Json(All { items: rows.into_iter().map(ScanView::from).collect() }))
}

/// What of the pairs is shown.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DuplicateQuery {
    /// Pairs that are at least so alike, 0 to 100.
    pub min_score: Option<i64>,
    /// Pairs of this customer only.
    pub customer_id: Option<Uuid>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One of two who look alike; of whom one does not see only the masked name and who looks after them.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateSide {
    /// Only for whoever may see the customer.
    pub id: Option<Uuid>,
    /// The name, or `张**`.
    pub name: String,
    /// The company.
    pub company: Option<String>,
    /// The region's name.
    pub region_name: Option<&'static str>,
    /// The primary phone, masked.
    pub phone_masked: Option<String>,
    /// Who looks after the customer; nobody while it is in a pool.
    pub owner_name: Option<String>,
    /// When somebody was last in touch.
    pub last_contact_at: Option<DateTime<Utc>>,
    /// When the customer was written down.
    pub created_at: Option<DateTime<Utc>>,
}

/// Two records that look alike.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateView {
    /// Id of the pair.
    pub id: Uuid,
    /// How alike they are, 0 to 100.
    pub score: i64,
    /// Why.
    pub reasons: Vec<PairReason>,
    /// What became of them.
    pub state: PairState,
    /// The two; whom one sees comes first.
    pub customers: Vec<DuplicateSide>,
    /// When a scan found them.
    pub created_at: DateTime<Utc>,
}

/// Records that look alike and nobody decided about, the likest first. Of each pair one sees at least one.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(DuplicateQuery), responses((status = 200, body = Page<DuplicateView>), Problems))]
#[get("/duplicates")]
async fn list_duplicates(
    scope: Can<CustomersMerge>,
    query: Query<DuplicateQuery>,
) -> Result<Json<Page<DuplicateView>>, Problem> {
    let DuplicateQuery { min_score, customer_id, limit, cursor } = query.0;
    let limit = limit.unwrap_or(20);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::field("limit", "limit_invalid"));
    }
    match min_score {
        Some(..0) => return Err(Violation::new("min_score", "too_small").with("min", 0).into()),
        Some(101..) => return Err(Violation::new("min_score", "too_large").with("max", 100).into()),
        _ => {}
    }
    let after = match cursor.as_deref() {
        None => None,
        Some(text) => Some(position(text).ok_or_else(|| Problem::field("cursor", "cursor_invalid"))?),
    };
    let past = after.map(|(score, id)| {
        let same = Condition::all().add(pair::Column::Score.eq(score)).add(pair::Column::Id.lt(id));
        Condition::any().add(pair::Column::Score.lt(score)).add(same)
    });
    let of = |id: Uuid| Condition::any().add(pair::Column::CustomerId.eq(id)).add(pair::Column::OtherId.eq(id));
    let wanted = Condition::all()
        .add(pair::Column::State.eq(PairState::Open.as_str()))
        .add(of_live(pair::Column::CustomerId, scope.tenant_id()))
        .add(of_live(pair::Column::OtherId, scope.tenant_id()))
        .add_option(min_score.map(|least| pair::Column::Score.gte(least)))
        .add_option(customer_id.map(of))
        .add_option(past);
    let page = |rows: sea_orm::Select<pair::Entity>| {
        rows.order_by_desc(pair::Column::Score).order_by_desc(pair::Column::Id).limit(limit + 1)
    };
    let mut rows = scope.find::<pair::Entity>().filter(wanted).shape(page).all().await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let next_cursor = rows.last().filter(|_| more).map(|row| format!("{}_{}", row.score, row.id.simple()));
    Ok(Json(Page { items: shown(&scope, rows).await?, next_cursor }))
}

fn position(text: &str) -> Option<(i64, Uuid)> {
    let (score, id) = text.split_once('_')?;
    Some((score.parse().ok()?, Uuid::try_parse(id).ok()?))
}

async fn shown(scope: &Scope, rows: Vec<pair::Model>) -> Result<Vec<DuplicateView>, Problem> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let everybody = &Eyes::All;
    let these = || customers::Column::Id.is_in(rows.iter().flat_map(|row| [row.customer_id, row.other_id]));
    let there = scope.find_as::<customers::Entity>(everybody, false).filter(these()).all().await?;
    let seen = scope.find::<customers::Entity>().filter(these()).all().await?;
    let owners = staff::Column::Id.is_in(there.iter().map(|row| row.owner_id));
    let owners = scope.find_as::<staff::Entity>(everybody, false).filter(owners).all().await?;
    let owners: HashMap<Uuid, String> = owners.into_iter().map(|owner| (owner.id, owner.name)).collect();
    let side = |id: Uuid| -> Result<Option<DuplicateSide>, Problem> {
        let Some(row) = there.iter().find(|row| row.id == id) else { return Ok(None) };
        let owner_name = row.pool_id.is_none().then(|| owners.get(&row.owner_id).cloned()).flatten();
        match seen.iter().any(|known| known.id == id) {
            true => DuplicateSide::of(scope, row, owner_name).map(Some),
            false => Ok(Some(DuplicateSide::masked(row, owner_name))),
        }
    };
    let mut items = Vec::new();
    for row in &rows {
        let (Some(one), Some(two)) = (side(row.customer_id)?, side(row.other_id)?) else { continue };
        let mut customers = vec![one, two];
        customers.sort_by_key(|side| side.id.is_none());
        items.push(DuplicateView {
            id: row.id,
            score: row.score,
            reasons: row.reasons.split(',').filter_map(PairReason::parse).collect(),
            state: row.state.0,
            customers,
            created_at: row.created_at,
        });
    }
    Ok(items)
}

impl DuplicateSide {
    fn of(scope: &Scope, row: &Customer, owner_name: Option<String>) -> Result<Self, Problem> {
        let phone = numbers(scope, row)?.into_iter().next();
        Ok(Self {
            id: Some(row.id),
            name: row.name.clone(),
            company: row.company.clone(),
            region_name: row.region.as_deref().and_then(region_name),
            phone_masked: phone.and_then(|phone| scope.phone_masked(&phone)),
            owner_name,
            last_contact_at: row.last_contact_at,
            created_at: Some(row.created_at),
        })
    }

    fn masked(row: &Customer, owner_name: Option<String>) -> Self {
        Self {
            id: None,
            name: masked_name(&row.name),
            company: None,
            region_name: None,
            phone_masked: None,
            owner_name,
            last_contact_at: None,
            created_at: None,
        }
    }
}

/// Says that two are two: no scan shows them again.
#[utoipa::path(tag = "duplicates", security(("bearer" = ["customers.merge"])), params(("id" = Uuid, Path)), responses((status = 204), Problems))]
#[post("/duplicates/{id}/ignore")]
async fn ignore_duplicate(mut scope: Can<CustomersMerge>, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let found = tx.find_to_change::<pair::Entity>(id.0).await?;
    if found.state.0 == PairState::Merged {
        return Err(Problem::NotFound);
    }
    let change = pair::ActiveModel { state: Set(Code(PairState::Ignored)), ..Default::default() };
    tx.derive::<pair::Entity>(id.0, change).await?;
    tx.audit("ignore_duplicate", "customer", Some(found.customer_id), json!({ "other": found.other_id }));
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
