//! Opportunities over HTTP.

use super::entity;
use crate::calendar::plannable_day;
use crate::customers::{self, Customer};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{OpportunitiesRead, OpportunitiesWrite};
use crate::scope::{Amount, Can, Checked, Created, Find, IfMatch, Once, Path, Query, Reads, Scope, Tx, changeable};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use chrono::{DateTime, NaiveDate, Utc};
use domain::Violation;
use domain::opportunities::{
    NewOpportunity, OpportunityChanges, OpportunityEvent, OpportunityMove, OpportunityState, Stage,
};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, Condition, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(create_opportunity)
        .service(list_opportunities)
        .service(get_opportunity)
        .service(change_opportunity)
        .service(move_opportunity)
        .service(delete_opportunity);
}

/// An opportunity.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpportunityView {
    /// Id.
    pub id: Uuid,
    /// With whom.
    pub customer_id: Uuid,
    /// Their name.
    pub customer_name: String,
    /// Who looks after them, and so after this; `null` while they are in a pool.
    pub owner_id: Option<Uuid>,
    /// What it is about.
    pub name: String,
    /// What it may bring, in fen.
    pub amount_fen: Option<Amount>,
    /// How far it has come.
    pub stage: Stage,
    /// Whether it is still one.
    pub state: OpportunityState,
    /// The day on which it may be decided.
    pub closes_on: Option<NaiveDate>,
    /// What to do next.
    pub next_step: Option<String>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// When it was won or lost.
    pub ended_at: Option<DateTime<Utc>>,
    /// What may happen to it next.
    pub moves: Vec<OpportunityEvent>,
    /// Who wrote it down.
    pub created_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// ETag.
    pub version: i64,
}

impl OpportunityView {
    fn of(scope: &Scope, row: entity::Model, customer: Customer) -> Self {
        Self {
            id: row.id,
            customer_id: row.customer_id,
            customer_name: customer.name,
            owner_id: customer.pool_id.is_none().then_some(customer.owner_id),
            name: row.name,
            amount_fen: row.amount_fen.map(|fen| scope.amount(fen)),
            stage: row.stage.0,
            state: row.state.0,
            closes_on: row.closes_on,
            next_step: row.next_step,
            lost_reason: row.lost_reason,
            ended_at: row.ended_at,
            moves: row.state.0.moves().collect(),
            created_by_name: row.created_by_name,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// Filters of the list of opportunities.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OpportunityQuery {
    /// Open, won or lost ones.
    #[param(value_type = Option<OpportunityState>)]
    pub state: Option<String>,
    /// Those that have come so far.
    #[param(value_type = Option<Stage>)]
    pub stage: Option<String>,
    /// Those with this customer.
    pub customer_id: Option<Uuid>,
    /// Those with customers whom this colleague looks after.
    pub owner_id: Option<Uuid>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Opportunities that somebody may see. With a customer theirs go out of sight, and come back with them.
fn open_to(rows: &impl Reads) -> Find<'_, entity::Entity> {
    rows.rows::<entity::Entity>().filter(customers::of_live(entity::Column::CustomerId, rows.scope().tenant_id()))
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<(entity::Model, Customer), Problem> {
    let found = open_to(rows).filter(entity::Column::Id.eq(id));
    let found = found.shape(|rows| rows.find_also_related(customers::Entity)).all().await?;
    let (row, customer) = found.into_iter().next().ok_or(Problem::NotFound)?;
    Ok((row, customer.ok_or(Problem::NotFound)?))
}

async fn view(rows: &impl Reads, id: Uuid) -> Result<OpportunityView, Problem> {
    let (row, customer) = find(rows, id).await?;
    Ok(OpportunityView::of(rows.scope(), row, customer))
}

/// Writes an opportunity down.
#[utoipa::path(tag = "opportunities", params(Once), security(("bearer" = ["opportunities.write"])), request_body = NewOpportunity, responses((status = 201, body = OpportunityView), Problems))]
#[post("/opportunities")]
async fn create_opportunity(
    mut scope: Can<OpportunitiesWrite>,
    body: Checked<NewOpportunity>,
) -> Result<Created<OpportunityView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let me = scope.me()?;
    if input.amount_fen.is_some() {
        changeable(scope.fields().amounts, "amount_fen")?;
    }
    if let Some(day) = input.closes_on {
        plannable_day("closes_on", day)?;
    }
    scope
        .create(&once, input.id, async |tx| {
            let customer = tx.hold_to_hang_on::<customers::Entity>(input.customer_id).await?;
            let row = entity::Model {
                tenant_id: tx.tenant_id(),
                id,
                customer_id: customer.id,
                name: input.name,
                amount_fen: input.amount_fen,
                stage: Code(input.stage),
                state: Code(OpportunityState::Open),
                closes_on: input.closes_on,
                next_step: input.next_step,
                lost_reason: None,
                ended_at: None,
                created_by: me,
                created_by_name: tx.who().name.clone(),
                version: 1,
                created_at: tx.now(),
                updated_at: tx.now(),
                deleted_at: None,
                live: Some(1),
            };
            tx.insert::<entity::Entity>(entity::ActiveModel::from(row.clone()).reset_all()).await?;
            Ok(OpportunityView::of(tx, row, customer))
        })
        .await
}

/// A page of opportunities, newest first.
#[utoipa::path(tag = "opportunities", security(("bearer" = ["opportunities.read"])), params(OpportunityQuery), responses((status = 200, body = Page<OpportunityView>), Problems))]
#[get("/opportunities")]
async fn list_opportunities(
    scope: Can<OpportunitiesRead>,
    query: Query<OpportunityQuery>,
) -> Result<Json<Page<OpportunityView>>, Problem> {
    let OpportunityQuery { state, stage, customer_id, owner_id, limit, cursor } = query.0;
    let page = PageQuery { limit, cursor }.check()?;
    let mut find = open_to(&*scope);
    if let Some(state) = state {
        let state = OpportunityState::parse(&state).ok_or(Violation::choice::<OpportunityState>("state"))?;
        find = find.filter(entity::Column::State.eq(state.as_str()));
    }
    if let Some(stage) = stage {
        let stage = Stage::parse(&stage).ok_or(Violation::choice::<Stage>("stage"))?;
        find = find.filter(entity::Column::Stage.eq(stage.as_str()));
    }
    if let Some(customer) = customer_id {
        find = find.filter(entity::Column::CustomerId.eq(customer));
    }
    let theirs = owner_id.map(|owner| {
        Condition::all().add(customers::Column::OwnerId.eq(owner)).add(customers::Column::PoolId.is_null())
    });
    let position = |(row, _): &(entity::Model, Option<Customer>)| Position { at: row.created_at, id: row.id };
    let with_customer = |rows: sea_orm::Select<entity::Entity>| {
        let rows = rows.find_also_related(customers::Entity);
        QueryFilter::filter(rows, Condition::all().add_option(theirs))
    };
    let (rows, next_cursor) = find.page(entity::Column::CreatedAt, page, with_customer, position).await?;
    let row = |(row, customer): (entity::Model, Option<Customer>)| Some(OpportunityView::of(&scope, row, customer?));
    Ok(Json(Page { items: rows.into_iter().filter_map(row).collect(), next_cursor }))
}

/// One opportunity.
#[utoipa::path(tag = "opportunities", security(("bearer" = ["opportunities.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = OpportunityView), Problems))]
#[get("/opportunities/{id}")]
async fn get_opportunity(scope: Can<OpportunitiesRead>, id: Path<Uuid>) -> Result<Json<OpportunityView>, Problem> {
    Ok(Json(view(&*scope, id.0).await?))
}

/// Writes the change if the version still holds, and shows what there is then.
async fn write(
    tx: Tx<'_>,
    id: Uuid,
    version: IfMatch,
    change: entity::ActiveModel,
) -> Result<Json<OpportunityView>, Problem> {
    let done = tx.update::<entity::Entity>(id, Some(version.0), change).await?;
    let view = view(&tx, id).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Changes an opportunity that is open (RFC 7396); one that has ended is opened again first.
#[utoipa::path(tag = "opportunities", security(("bearer" = ["opportunities.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = OpportunityChanges, responses((status = 200, body = OpportunityView), Problems))]
#[patch("/opportunities/{id}")]
async fn change_opportunity(
    mut scope: Can<OpportunitiesWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<OpportunityChanges>,
) -> Result<Json<OpportunityView>, Problem> {
    let OpportunityChanges { name, amount_fen, stage, closes_on, next_step } = body.value;
    if amount_fen.is_some() {
        changeable(scope.fields().amounts, "amount_fen")?;
    }
    if let Some(day) = closes_on.flatten() {
        plannable_day("closes_on", day)?;
    }
    let tx = scope.begin().await?;
    let (before, customer) = find(&tx, id.0).await?;
    if before.version != version.0 {
        return Err(Problem::stale(&OpportunityView::of(&tx, before, customer)));
    }
    if before.state.0 != OpportunityState::Open {
        return Err(Problem::conflict("transition_refused", None));
    }
    let mut change: entity::ActiveModel = Default::default();
    if let Some(name) = name {
        change.name = Set(name);
    }
    if let Some(amount) = amount_fen {
        change.amount_fen = Set(amount);
    }
    if let Some(stage) = stage {
        change.stage = Set(Code(stage));
    }
    if let Some(day) = closes_on {
        change.closes_on = Set(day);
    }
    if let Some(next_step) = next_step {
        change.next_step = Set(next_step);
    }
    write(tx, id.0, version, change).await
}

/// Ends an opportunity as won or lost, or opens it again; only legal moves are made.
#[utoipa::path(tag = "opportunities", security(("bearer" = ["opportunities.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = OpportunityMove, responses((status = 200, body = OpportunityView), Problems))]
#[post("/opportunities/{id}/moves")]
async fn move_opportunity(
    mut scope: Can<OpportunitiesWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<OpportunityMove>,
) -> Result<Json<OpportunityView>, Problem> {
    let OpportunityMove { event, reason } = body.value;
    let tx = scope.begin().await?;
    let (before, customer) = find(&tx, id.0).await?;
    if before.version != version.0 {
        return Err(Problem::stale(&OpportunityView::of(&tx, before, customer)));
    }
    let state = before.state.0.after(event).map_err(|refused| Problem::conflict(refused.code, Some("event")))?;
    let change = entity::ActiveModel {
        state: Set(Code(state)),
        lost_reason: Set(reason),
        ended_at: Set((state != OpportunityState::Open).then(|| tx.now())),
        ..Default::default()
    };
    tx.audit("move", "opportunity", Some(id.0), json!({ "event": event, "state": state }));
    write(tx, id.0, version, change).await
}

/// Deletes an opportunity, as if it had never been one.
#[utoipa::path(tag = "opportunities", security(("bearer" = ["opportunities.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/opportunities/{id}")]
async fn delete_opportunity(
    mut scope: Can<OpportunitiesWrite>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let view = view(&tx, id.0).await?;
    if !tx.bury::<entity::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&view));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
