//! Bulk actions over HTTP.

use super::custom::Why;
use super::entity::{action, row};
use super::{Asked, BulkAsked, undo};
use crate::customers::change::owner_at_work;
use crate::customers::entity::customer;
use crate::customers::search::keep;
use crate::customers::{custom, offering, tagging, types};
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersBulkDelete, CustomersRead, CustomersWrite};
use crate::scope::{Can, Checked, Created, Once, Path, Query, Reads, Scope, Tx};
use actix_web::{get, post, web::Json};
use chrono::{DateTime, Duration, Utc};
use domain::bulk::{BulkChange, BulkDeletion, BulkState};
use domain::permission::Permission;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// For how long a finished action can be undone.
const UNDO: Duration = Duration::minutes(30);

pub(in crate::customers) fn of_all(services: &mut ServiceConfig<'_>) {
    services.service(change_customers).service(delete_customers).service(list_bulk_actions);
}

pub(in crate::customers) fn of_one(services: &mut ServiceConfig<'_>) {
    services.service(get_bulk_action).service(list_bulk_failures).service(cancel_bulk_action).service(undo_bulk_action);
}

/// A bulk action and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkView {
    /// Id.
    pub id: Uuid,
    /// Who asked.
    pub staff_id: Uuid,
    /// How far it is.
    pub state: BulkState,
    /// Whether it deletes; otherwise it changes.
    pub deletes: bool,
    /// What it changes; none when it deletes.
    pub changes: Option<BulkSaid>,
    /// Customers it was done to.
    pub done: i64,
    /// Customers it could not be done to.
    pub failed: i64,
    /// Customers for which it was undone.
    pub undone: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Until when it can be undone; absent when it cannot.
    pub undo_until: Option<DateTime<Utc>>,
}

/// What a bulk action changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkSaid {
    /// Tags that are added.
    pub add_tags: Vec<Uuid>,
    /// Tags that are taken off.
    pub remove_tags: Vec<Uuid>,
    /// The new owner.
    pub owner_id: Option<Uuid>,
    /// The new type.
    #[serde(rename = "type")]
    pub type_: Option<String>,
    /// Keys of the business's own fields that are filled in.
    pub fields: Vec<String>,
    /// What is said about each of them to their owner.
    pub message: Option<String>,
    /// The offer that each of them is given.
    pub offer_id: Option<Uuid>,
}

impl From<BulkChange> for BulkSaid {
    fn from(change: BulkChange) -> Self {
        let BulkChange { add_tags, remove_tags, owner_id, type_, custom, message, offer_id, .. } = change;
        let fields = custom.0.into_iter().map(|(key, _)| key).collect();
        Self { add_tags, remove_tags, owner_id, type_, fields, message, offer_id }
    }
}

impl BulkSaid {
    /// Whether there is anything to put back: what was said is said.
    fn can_be_undone(&self) -> bool {
        let tags = !self.add_tags.is_empty() || !self.remove_tags.is_empty();
        tags || self.owner_id.is_some() || self.type_.is_some() || self.offer_id.is_some() || !self.fields.is_empty()
    }
}

impl BulkView {
    fn of(scope: &Scope, row: action::Model) -> Self {
        let asked: Option<Asked> = row.asked.as_deref().and_then(|asked| serde_json::from_str(asked).ok());
        let deletes = matches!(asked, Some(Asked::Delete(_)));
        let changes = match asked {
            Some(Asked::Change(change)) => Some(BulkSaid::from(change)),
            _ => None,
        };
        let can = deletes || changes.as_ref().is_some_and(BulkSaid::can_be_undone);
        // Those who could not be undone may be once more, as soon as what was in the way is cleared.
        let ended = can
            && matches!(row.state.0, BulkState::Done | BulkState::Cancelled | BulkState::Undone)
            && row.done > row.undone;
        let until = row.finished_at.filter(|_| ended).map(|at| at + UNDO).filter(|until| *until > scope.now());
        Self {
            id: row.id,
            staff_id: row.staff_id,
            state: row.state.0,
            deletes,
            changes,
            done: row.done,
            failed: row.failed,
            undone: row.undone,
            created_at: row.created_at,
            finished_at: row.finished_at,
            undo_until: until,
        }
    }

    async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        Ok(Self::of(rows.scope(), find(rows, id).await?))
    }
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<action::Model, Problem> {
    rows.rows::<action::Entity>().filter(action::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

async fn begin(
    scope: &mut Scope,
    once: &Once,
    chosen: Option<Uuid>,
    asked: Asked,
) -> Result<Created<BulkView>, Problem> {
    let id = scope.id_for(chosen)?;
    let me = scope.me()?;
    if let Some(filter) = &asked.selection().filter {
        keep(scope, filter).await.map_err(|problem| problem.under("selection"))?;
    }
    scope
        .create(once, chosen, async |tx| {
            seen(tx, &asked.selection().ids).await?;
            if let Asked::Change(change) = &asked {
                known(tx, change).await?;
            }
            let now = tx.now();
            let row = action::ActiveModel {
                id: Set(id),
                staff_id: Set(me),
                state: Set(Code(BulkState::Running)),
                asked: Set(Some(serde_json::to_string(&asked).map_err(anyhow::Error::from)?)),
                after_id: Set(None),
                done: Set(0),
                failed: Set(0),
                undone: Set(0),
                created_at: Set(now),
                finished_at: Set(None),
                ..Default::default()
            };
            tx.insert::<action::Entity>(row).await?;
            tx.enqueue(&BulkAsked { bulk_id: id }, now).await?;
            let deletes = matches!(asked, Asked::Delete(_));
            tx.audit("bulk", "customer", None, serde_json::json!({ "bulk": id, "deletes": deletes }));
            BulkView::find(tx, id).await
        })
        .await
}

/// Whoever names a customer sees it.
async fn seen(tx: &Tx<'_>, ids: &[Uuid]) -> Result<(), Problem> {
    if ids.is_empty() {
        return Ok(());
    }
    let found = tx.find::<customer::Entity>().filter(customer::Column::Id.is_in(ids.iter().copied())).all().await?;
    match ids.iter().position(|id| !found.iter().any(|customer| customer.id == *id)) {
        Some(at) => Err(Problem::field(&format!("selection.ids.{at}"), "customer_unknown")),
        None => Ok(()),
    }
}

/// Tags and owner must be there before anything is promised.
async fn known(tx: &Tx<'_>, change: &BulkChange) -> Result<(), Problem> {
    tagging::known(tx, &change.add_tags, "add_tags").await?;
    let removed = tagging::look_up(tx, &change.remove_tags).await?;
    if let Some(at) = change.remove_tags.iter().position(|tag| !removed.has(*tag)) {
        return Err(Problem::field(&format!("remove_tags.{at}"), "tag_unknown"));
    }
    custom::fit_many(tx, &change.custom).await?;
    if let Some(type_) = &change.type_ {
        types::known(tx, type_).await?;
    }
    if let Some(owner) = change.owner_id {
        owner_at_work(tx, owner).await?;
    }
    if let Some(offer) = change.offer_id {
        offering::giveable(tx, offer).await??;
    }
    Ok(())
}

/// Changes many customers in the background. Whoever asks may change each of them, or it is left alone and
/// counted as failed. To give another owner to whomever a filter finds asks for the second look: it can be all that
/// somebody looks after, as in a hand-over. An offer is given by whoever may give them (`offers.give`); nothing is sent, the
/// customer finds it in the mini-program.
#[utoipa::path(extensions(("x-second-look" = json!("sometimes"))), tag = "customers", params(Once), security(("bearer" = ["customers.write"])), request_body = BulkChange, responses((status = 201, body = BulkView), Problems))]
#[post("/customers/bulk")]
async fn change_customers(
    mut scope: Can<CustomersWrite>,
    body: Checked<BulkChange>,
) -> Result<Created<BulkView>, Problem> {
    let Checked { value: input, once } = body;
    if input.owner_id.is_some() && !scope.may(Permission::CustomersAssign) {
        return Err(Problem::Lacking(Permission::CustomersAssign));
    }
    if input.offer_id.is_some() && !scope.may(Permission::OffersGive) {
        return Err(Problem::Lacking(Permission::OffersGive));
    }
    if input.owner_id.is_some() && input.selection.filter.is_some() && !scope.stepped_up() {
        return Err(Problem::StepUp);
    }
    begin(&mut scope, &once, input.id, Asked::Change(input)).await
}

/// Deletes many customers in the background; asks for the second look.
#[utoipa::path(tag = "customers", params(Once), security(("bearer" = ["customers.bulk_delete"])), request_body = BulkDeletion, responses((status = 201, body = BulkView), Problems))]
#[post("/customers/bulk/deletions")]
async fn delete_customers(
    mut scope: Can<CustomersBulkDelete>,
    body: Checked<BulkDeletion>,
) -> Result<Created<BulkView>, Problem> {
    let Checked { value: BulkDeletion { id, selection }, once } = body;
    begin(&mut scope, &once, id, Asked::Delete(selection)).await
}

/// The latest bulk actions, newest first.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(PageQuery), responses((status = 200, body = Page<BulkView>), Problems))]
#[get("/customers/bulk")]
async fn list_bulk_actions(scope: Can<CustomersRead>, page: Query<PageQuery>) -> Result<Json<Page<BulkView>>, Problem> {
    let position = |row: &action::Model| Position { at: row.created_at, id: row.id };
    let (rows, next_cursor) =
        scope.find::<action::Entity>().page(action::Column::CreatedAt, page.0.check()?, |rows| rows, position).await?;
    Ok(Json(Page { items: rows.into_iter().map(|row| BulkView::of(&scope, row)).collect(), next_cursor }))
}

/// How far a bulk action is.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = BulkView), Problems))]
#[get("/customers/bulk/{id}")]
async fn get_bulk_action(scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<BulkView>, Problem> {
    Ok(Json(BulkView::find(&*scope, id.0).await?))
}

/// A customer to which a bulk action, or its undoing, was not done.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkFailure {
    /// Which.
    pub customer_id: Uuid,
    /// Why, as a code.
    pub code: String,
    /// The fields that it is about, as a form names them: `custom.<key>`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// A page of the customers to which it was not done, and why, in the order of their ids.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path), PageQuery), responses((status = 200, body = Page<BulkFailure>), Problems))]
#[get("/customers/bulk/{id}/failures")]
async fn list_bulk_failures(
    scope: Can<CustomersRead>,
    id: Path<Uuid>,
    page: Query<PageQuery>,
) -> Result<Json<Page<BulkFailure>>, Problem> {
    use sea_orm::{QueryOrder as _, QuerySelect as _};
    let (limit, after) = page.0.check()?;
    let at = find(&*scope, id.0).await?.created_at;
    let failed = Condition::all()
        .add(row::Column::BulkId.eq(id.0))
        .add(row::Column::Failure.is_not_null())
        .add(row::Column::Failure.ne(super::undo::UNDONE))
        .add_option(after.map(|after| row::Column::CustomerId.gt(after.id)));
    let rows = scope.find::<row::Entity>().filter(failed);
    let rows = rows.shape(|rows| rows.order_by_asc(row::Column::CustomerId).limit(limit + 1)).all().await?;
    // All of them are of one moment, that of the action.
    let (rows, next_cursor) = Page::<BulkFailure>::cut(rows, limit, |row| Position { at, id: row.customer_id });
    let items = rows.into_iter().filter_map(|row| {
        let (code, fields) = Why::read(&row.failure?);
        Some(BulkFailure { customer_id: row.customer_id, code, fields })
    });
    Ok(Json(Page { items: items.collect(), next_cursor }))
}

async fn turn(
    scope: &mut Scope,
    id: Uuid,
    from: impl Fn(&Scope, &action::Model) -> bool,
    refusal: Problem,
    to: BulkState,
) -> Result<Json<BulkView>, Problem> {
    let me = scope.me()?;
    let now = scope.now();
    let tx = scope.begin().await?;
    let found = find(&tx, id).await?;
    if found.staff_id != me || !from(&tx, &found) {
        return Err(refusal);
    }
    let mut change = action::ActiveModel { state: Set(Code(to)), ..Default::default() };
    if to == BulkState::Cancelled {
        change.finished_at = Set(Some(now));
    }
    tx.derive::<action::Entity>(id, change).await?;
    tx.audit("bulk", "customer", None, serde_json::json!({ "bulk": id, "state": to }));
    if to == BulkState::Undoing {
        let kept = Condition::all().add(row::Column::BulkId.eq(id)).add(row::Column::Failure.is_in(undo::IN_THE_WAY));
        tx.derive_all::<row::Entity>(kept, row::ActiveModel { failure: Set(None), ..Default::default() }).await?;
        tx.enqueue(&BulkAsked { bulk_id: id }, now).await?;
    }
    let view = BulkView::find(&tx, id).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Stops one's own bulk action; what was done stays, and can be undone.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = BulkView), Problems))]
#[post("/customers/bulk/{id}/cancel")]
async fn cancel_bulk_action(mut scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<BulkView>, Problem> {
    let running = |_: &Scope, found: &action::Model| found.state.0 == BulkState::Running;
    turn(&mut scope, id.0, running, Problem::conflict("bulk_ended", None), BulkState::Cancelled).await
}

/// Undoes one's own bulk action within half an hour: customers that somebody changed since stay as they are. As long as
/// there are such it can be asked for again.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = BulkView), Problems))]
#[post("/customers/bulk/{id}/undo")]
async fn undo_bulk_action(mut scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<BulkView>, Problem> {
    let can = |scope: &Scope, found: &action::Model| BulkView::of(scope, found.clone()).undo_until.is_some();
    turn(&mut scope, id.0, can, Problem::conflict("undo_too_late", None), BulkState::Undoing).await
}
