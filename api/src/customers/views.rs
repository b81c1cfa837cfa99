//! Saved views 视图: filters with a name, one's own or shared.

use super::custom::{hidden_in, without_gone};
use super::entity::{view, view_choice};
use super::search::keep;
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersRead;
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads, Scope, Tx};
use crate::tenants::staff;
use actix_web::{HttpResponse, delete, get, patch, post, put, web::Json};
use domain::filters::{Filter, NewView, Shared, ViewChanges, ViewChoice};
use domain::permission::Permission;
use sea_orm::{ColumnTrait as _, QueryOrder as _, QuerySelect, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Views that somebody may have: a list that is chosen from.
const MOST: usize = 50;
/// Views that are listed: one's own and those of some colleagues.
const LISTED: u64 = 200;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_views).service(create_view).service(choose_view).service(change_view).service(delete_view);
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewView {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Who else sees it.
    pub shared: Shared,
    /// Whether it is one's own: only those can be changed.
    pub mine: bool,
    /// What it shows.
    pub filter: Filter,
    /// ETag.
    pub version: i64,
}

impl ViewView {
    fn of(scope: &Scope, row: view::Model) -> Result<Self, Problem> {
        let mine = scope.me().is_ok_and(|me| me == row.staff_id);
        let filter = read(&row)?;
        Ok(Self { id: row.id, name: row.name, shared: row.shared.0, mine, filter, version: row.version })
    }

    async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        Self::of(rows.scope(), find(rows, id).await?)
    }
}

/// The views that somebody may choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewsView {
    /// One's own, and those that are shared, oldest first.
    pub items: Vec<ViewView>,
    /// With which one's own list opens: `all`, `mine`, `pool` or the id of one of them; nothing as long as one chose
    /// none, or cannot see it any more.
    pub default: Option<String>,
}

/// A view that whoever asks may choose from: of those that colleagues share, none that compares what is hidden from them.
async fn seen(rows: &impl Reads, id: Uuid) -> Result<Option<view::Model>, Problem> {
    let Some(row) = rows.rows::<view::Entity>().filter(view::Column::Id.eq(id)).one().await? else { return Ok(None) };
    Ok(shows(rows, &row).await?.then_some(row))
}

async fn shows(rows: &impl Reads, row: &view::Model) -> Result<bool, Problem> {
    let mine = rows.scope().me().is_ok_and(|me| me == row.staff_id);
    Ok(mine || !hidden_in(rows, &read(row)?).await?)
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<view::Model, Problem> {
    seen(rows, id).await?.ok_or(Problem::NotFound)
}

/// How many views name a field of the business's own, everybody's.
pub(super) async fn naming(scope: &Scope, key: &str) -> Result<u64, Problem> {
    let naming = view::Column::Filter.contains(format!("\"custom.{key}\""));
    Ok(scope.whole().find::<view::Entity>().filter(naming).count().await?.0)
}

fn read(row: &view::Model) -> Result<Filter, Problem> {
    Ok(serde_json::from_str(row.filter.as_deref().unwrap_or("{}")).map_err(anyhow::Error::from)?)
}

/// The filter of a view that the actor may use.
///
/// # Errors
/// `view_unknown` on the parameter.
pub(super) async fn filter(scope: &Scope, id: Uuid) -> Result<Filter, Problem> {
    let row = seen(scope, id).await?.ok_or(Problem::field("view", "view_unknown"))?;
    without_gone(scope, read(&row)?).await
}

/// Whoever asks, held so that nobody else saves a view of theirs meanwhile, and their views.
async fn own(tx: &Tx<'_>, me: Uuid) -> Result<(Option<staff::Model>, Vec<view::Model>), Problem> {
    let held = tx.find::<staff::Entity>().filter(staff::Column::Id.eq(me)).shape(QuerySelect::lock_exclusive);
    let person = held.all().await?.into_iter().next();
    Ok((person, tx.find::<view::Entity>().filter(view::Column::StaffId.eq(me)).all().await?))
}

/// No two views of one owner have the same name. Those that had before this was asked keep it, and may be changed
/// otherwise.
fn check_name(mine: &[view::Model], id: Uuid, name: &str) -> Result<(), Problem> {
    let kept = mine.iter().any(|view| view.id == id && view.name == name);
    match !kept && mine.iter().any(|view| view.id != id && view.name == name) {
        true => Err(Problem::conflict("name_taken", Some("name"))),
        false => Ok(()),
    }
}

/// A view that everybody sees is for whoever may decide about everybody's customers.
fn check_shared(scope: &Scope, shared: Option<Shared>) -> Result<(), Problem> {
    match shared {
        Some(Shared::Everyone) if !scope.may(Permission::CustomersAssign) => {
            Err(Problem::Lacking(Permission::CustomersAssign))
        }
        _ => Ok(()),
    }
}

/// One's own views, and those that are shared, oldest first; and with which one's own list opens.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), responses((status = 200, body = ViewsView), Problems))]
#[get("/customer-views")]
async fn list_views(scope: Can<CustomersRead>) -> Result<Json<ViewsView>, Problem> {
    let oldest = |rows: sea_orm::Select<view::Entity>| rows.order_by_asc(view::Column::CreatedAt).limit(LISTED);
    let rows = scope.find::<view::Entity>().shape(oldest).all().await?;
    let mut items = Vec::new();
    for row in rows {
        if shows(&*scope, &row).await? {
            items.push(ViewView::of(&scope, row)?);
        }
    }
    let chosen = scope.find::<view_choice::Entity>().filter(view_choice::Column::StaffId.eq(scope.me()?)).one().await?;
    let there = |view: &String| match domain::moment::uuid(view) {
        Some(id) => items.iter().any(|item| item.id == id),
        None => true,
    };
    let default = chosen.map(|row| row.view).filter(there);
    Ok(Json(ViewsView { items, default }))
}

/// Chooses with which view one's own list opens: nobody else's does. `view`: `all`, `mine`, `pool` or the id of a saved
/// view that one sees.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), request_body = ViewChoice, responses((status = 204), Problems))]
#[put("/customer-views/default")]
async fn choose_view(mut scope: Can<CustomersRead>, body: Checked<ViewChoice>) -> Result<HttpResponse, Problem> {
    let view = body.value.view;
    let me = scope.me()?;
    let tx = scope.begin().await?;
    if let Some(id) = domain::moment::uuid(&view)
        && seen(&tx, id).await?.is_none()
    {
        return Err(Problem::field("view", "view_unknown"));
    }
    tx.remove::<view_choice::Entity>(view_choice::Column::StaffId.eq(me)).await?;
    let row = view_choice::ActiveModel {
        staff_id: Set(me),
        view: Set(view),
        created_at: Set(tx.now()),
        ..Default::default()
    };
    tx.insert::<view_choice::Entity>(row).await?;
    tx.unrecorded("how one's own list opens");
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Saves a view.
#[utoipa::path(tag = "customers", params(Once), security(("bearer" = ["customers.read"])), request_body = NewView, responses((status = 201, body = ViewView), Problems))]
#[post("/customer-views")]
async fn create_view(mut scope: Can<CustomersRead>, body: Checked<NewView>) -> Result<Created<ViewView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let me = scope.me()?;
    check_shared(&scope, input.shared)?;
    let filter = keep(&scope, &input.filter).await?;
    scope
        .create(&once, input.id, async |tx| {
            let (person, mine) = own(tx, me).await?;
            if mine.len() >= MOST {
                return Err(Problem::field("name", "views_too_many"));
            }
            check_name(&mine, id, &input.name)?;
            let row = view::ActiveModel {
                id: Set(id),
                staff_id: Set(me),
                team_id: Set(person.and_then(|person| person.team_id)),
                name: Set(input.name),
                shared: Set(Code(input.shared.unwrap_or(Shared::Private))),
                filter: Set(Some(filter)),
                ..Default::default()
            };
            tx.insert::<view::Entity>(row).await?;
            ViewView::find(tx, id).await
        })
        .await
}

/// Changes a view of one's own.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = ViewChanges, responses((status = 200, body = ViewView), Problems))]
#[patch("/customer-views/{id}")]
async fn change_view(
    mut scope: Can<CustomersRead>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<ViewChanges>,
) -> Result<Json<ViewView>, Problem> {
    let ViewChanges { name, shared, filter } = body.value;
    check_shared(&scope, shared)?;
    let mut change = view::ActiveModel::default();
    if let Some(filter) = &filter {
        change.filter = Set(Some(keep(&scope, filter).await?));
    }
    if let Some(name) = &name {
        change.name = Set(name.clone());
    }
    if let Some(shared) = shared {
        change.shared = Set(Code(shared));
    }
    let me = scope.me()?;
    let tx = scope.begin().await?;
    // Of one that is hidden from whoever asks it is not said that it is somebody else's.
    find(&tx, id.0).await?;
    let mine = if name.is_some() { own(&tx, me).await?.1 } else { Vec::new() };
    let done = tx.update::<view::Entity>(id.0, Some(version.0), change).await?;
    let view = ViewView::find(&tx, id.0).await?;
    if !done {
        return Err(Problem::stale(&view));
    }
    if let Some(name) = &name {
        check_name(&mine, id.0, name)?;
    }
    tx.commit().await?;
    Ok(Json(view))
}

/// Deletes a view of one's own.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/customer-views/{id}")]
async fn delete_view(mut scope: Can<CustomersRead>, id: Path<Uuid>, version: IfMatch) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let current = ViewView::find(&tx, id.0).await?;
    if !tx.bury::<view::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&current));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
