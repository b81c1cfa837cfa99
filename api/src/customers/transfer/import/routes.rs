//! Imports over HTTP.

use super::super::columns;
use super::super::entity::{import, mapping};
use super::super::sheet::Sheet;
use super::ImportAsked;
use super::known::Key;
use super::view::{ImportDetail, ImportView, find, headers};
use super::{errors, upload};
use crate::customers::custom;
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersImport;
use crate::scope::{Can, Checked, Path, Query, Scope, Tx};
use crate::tags::entity::group;
use actix_web::http::header;
use actix_web::web::{Json, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use domain::permission::Permission;
use domain::transfer::{ColumnUse, ImportMode, ImportStart, ImportState};
use domain::{Lang, Violation};
use sea_orm::{ColumnTrait as _, Set};
use serde::Deserialize;
use std::collections::HashSet;
use utoipa::IntoParams;
use uuid::Uuid;

/// Characters of a file's name that are kept.
const NAME: usize = 100;

pub(in crate::customers::transfer) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(upload_import)
        .service(list_imports)
        .service(get_import)
        .service(start_import)
        .service(cancel_import)
        .service(revert_import)
        .service(get_import_errors);
}

/// What is said about a file beside it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// What the file is called.
    name: Option<String>,
}

/// Which rows are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ErrorsQuery {
    /// Not those that are wrong, but those that came in with something to be told about them.
    #[serde(default)]
    hints: bool,
}

/// Takes a table in: CSV (UTF-8, UTF-16 or GBK) or XLSX, as it is. It is read to its end, and nothing is imported
/// yet: the answer shows the first rows and what the columns are probably meant for.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(UploadQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = ImportDetail), Problems))]
#[post("/imports")]
async fn upload_import(
    mut scope: Can<CustomersImport>,
    query: Query<UploadQuery>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let name = domain::text::fold(query.0.name.as_deref().unwrap_or_default());
    let name: String = name.chars().filter(|c| !c.is_control()).take(NAME).collect();
    let row = upload::upload(&mut scope, name, payload).await?;
    Ok(HttpResponse::Created().json(ImportDetail::of(&*scope, row).await?))
}

/// The latest imports, newest first.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(PageQuery), responses((status = 200, body = Page<ImportView>), Problems))]
#[get("/imports")]
async fn list_imports(scope: Can<CustomersImport>, page: Query<PageQuery>) -> Result<Json<Page<ImportView>>, Problem> {
    let position = |row: &import::Model| Position { at: row.created_at, id: row.id };
    let read = import::Column::State.ne(ImportState::Reading.as_str());
    let found = scope.find::<import::Entity>().filter(read);
    let (rows, next_cursor) = found.page(import::Column::CreatedAt, page.0.check()?, |rows| rows, position).await?;
    Ok(Json(Page { items: rows.into_iter().map(ImportView::from).collect(), next_cursor }))
}

/// How far an import is; whoever sent the file also sees its first rows and what the columns are meant for.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(("id" = Uuid, Path)), responses((status = 200, body = ImportDetail), Problems))]
#[get("/imports/{id}")]
async fn get_import(scope: Can<CustomersImport>, id: Path<Uuid>) -> Result<Json<ImportDetail>, Problem> {
    let row = find(&*scope, id.0).await?;
    Ok(Json(ImportDetail::of(&*scope, row).await?))
}

/// Starts an import, or a trial of one, in the background. What the columns were meant for is remembered for the
/// next file with the same words in its first row.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(("id" = Uuid, Path)), request_body = ImportStart, responses((status = 200, body = ImportView), Problems))]
#[post("/imports/{id}/start")]
async fn start_import(
    mut scope: Can<CustomersImport>,
    id: Path<Uuid>,
    body: Checked<ImportStart>,
) -> Result<Json<ImportView>, Problem> {
    let asked = body.value;
    if !scope.may(Permission::CustomersWrite) {
        return Err(Problem::Lacking(Permission::CustomersWrite));
    }
    if asked.columns.iter().any(|of| columns::is_talk(&of.field)) && !scope.may(Permission::InteractionsWrite) {
        return Err(Problem::Lacking(Permission::InteractionsWrite));
    }
    if asked.columns.iter().any(|of| of.field == "helpers") && !scope.may(Permission::CustomersShare) {
        return Err(Problem::Lacking(Permission::CustomersShare));
    }
    let now = scope.now();
    let tx = scope.begin().await?;
    let found = own(&tx, id.0).await?;
    sensible(&tx, &asked).await?;
    if !matches!(found.state.0, ImportState::Ready | ImportState::Checked) {
        return Err(Problem::conflict("import_started", None));
    }
    if found.expires_at <= now {
        return Err(Problem::conflict("file_gone", None));
    }
    // An erasure takes every file of the business along.
    let width = headers(&tx, &found).await?.ok_or(Problem::conflict("file_gone", None))?.len();
    if let Some(at) = asked.columns.iter().position(|of| usize::try_from(of.column).map_or(true, |at| at >= width)) {
        return Err(Problem::field(&format!("columns.{at}.column"), "column_missing"));
    }
    let state = if asked.dry_run { ImportState::Checking } else { ImportState::Running };
    let text = serde_json::to_string(&asked).map_err(anyhow::Error::from)?;
    let change = import::ActiveModel {
        state: Set(Code(state)),
        asked: Set(Some(text)),
        run: Set(found.run + 1),
        next_chunk: Set(1),
        created: Set(0),
        updated: Set(0),
        skipped: Set(0),
        failed: Set(0),
        hinted: Set(Some(0)),
        owned: Set(None),
        finished_at: Set(None),
        ..Default::default()
    };
    tx.derive::<import::Entity>(id.0, change).await?;
    remember(&tx, found.header_digest.unwrap_or_default(), &asked.columns).await?;
    tx.audit("import", "customer", None, serde_json::json!({ "import": id.0, "state": state, "mode": asked.mode }));
    tx.enqueue(&ImportAsked { import_id: id.0 }, now).await?;
    let view = find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view.into()))
}

/// One's own import.
async fn own(tx: &Tx<'_>, id: Uuid) -> Result<import::Model, Problem> {
    let found = find(tx, id).await?;
    if Some(found.staff_id) == tx.who().id { Ok(found) } else { Err(Problem::NotFound) }
}

/// Whether what the columns are meant for makes sense.
async fn sensible(tx: &Tx<'_>, asked: &ImportStart) -> Result<(), Problem> {
    let fields = custom::definitions(tx).await?;
    let (mut columns, mut meant) = (HashSet::new(), HashSet::new());
    for (at, of) in asked.columns.iter().enumerate() {
        let there = |why: Violation| Violation { field: format!("columns.{at}.field"), ..why };
        columns::reads(&of.field, &fields).map_err(there)?;
        let again = !meant.insert(of.field.as_str()) && !columns::several(&of.field);
        if again || !columns.insert(of.column) {
            return Err(Problem::field(&format!("columns.{at}"), "column_twice"));
        }
    }
    if asked.mode != ImportMode::Update && !meant.contains("name") {
        return Err(Problem::field("columns", "name_missing"));
    }
    let key = Key::of(asked.key.as_deref(), &fields).ok_or_else(|| Problem::field("key", "key_unfit"))?;
    let column = if matches!(key, Key::Phone) { "phone".to_owned() } else { key.field() };
    // Without a key whoever is new can still be told by nothing.
    if (asked.mode != ImportMode::Create || asked.key.is_some()) && !meant.contains(column.as_str()) {
        return Err(Problem::field("key", "key_unmapped"));
    }
    if let Some(group) = asked.tag_group_id {
        if !tx.may(Permission::TagsWrite) {
            return Err(Problem::Lacking(Permission::TagsWrite));
        }
        if tx.find::<group::Entity>().filter(group::Column::Id.eq(group)).one().await?.is_none() {
            return Err(Problem::field("tag_group_id", "group_unknown"));
        }
    }
    Ok(())
}

async fn remember(tx: &Tx<'_>, digest: Vec<u8>, columns: &[ColumnUse]) -> Result<(), Problem> {
    let text = serde_json::to_string(columns).map_err(anyhow::Error::from)?;
    tx.remove::<mapping::Entity>(mapping::Column::HeaderDigest.eq(digest.clone())).await?;
    let row = mapping::ActiveModel { header_digest: Set(digest), columns: Set(Some(text)), ..Default::default() };
    Ok(tx.insert_missing::<mapping::Entity>(vec![row]).await?)
}

async fn turn(
    scope: &mut Scope,
    id: Uuid,
    from: &[ImportState],
    refusal: Problem,
    to: ImportState,
) -> Result<Json<ImportView>, Problem> {
    let now = scope.now();
    let tx = scope.begin().await?;
    let found = own(&tx, id).await?;
    if !from.contains(&found.state.0) {
        let running =
            to == ImportState::Reverting && matches!(found.state.0, ImportState::Checking | ImportState::Running);
        return Err(if running { Problem::conflict("import_running", None) } else { refusal });
    }
    if to == ImportState::Reverting && found.expires_at <= now {
        return Err(Problem::conflict("file_gone", None));
    }
    let mut change = import::ActiveModel { state: Set(Code(to)), ..Default::default() };
    if to == ImportState::Cancelled {
        change.finished_at = Set(Some(now));
    } else {
        tx.enqueue(&ImportAsked { import_id: id }, now).await?;
    }
    tx.derive::<import::Entity>(id, change).await?;
    tx.audit("import", "customer", None, serde_json::json!({ "import": id, "state": to }));
    let view = find(&tx, id).await?;
    tx.commit().await?;
    Ok(Json(view.into()))
}

/// Stops one's own import; what was done stays, and can be taken back.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(("id" = Uuid, Path)), responses((status = 200, body = ImportView), Problems))]
#[post("/imports/{id}/cancel")]
async fn cancel_import(mut scope: Can<CustomersImport>, id: Path<Uuid>) -> Result<Json<ImportView>, Problem> {
    let from = [ImportState::Checking, ImportState::Running];
    turn(&mut scope, id.0, &from, Problem::conflict("import_ended", None), ImportState::Cancelled).await
}

/// Takes one's own import back: new customers are deleted, changed ones become what they were. Whoever was changed
/// since stays as they are.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(("id" = Uuid, Path)), responses((status = 200, body = ImportView), Problems))]
#[post("/imports/{id}/revert")]
async fn revert_import(mut scope: Can<CustomersImport>, id: Path<Uuid>) -> Result<Json<ImportView>, Problem> {
    let from = [ImportState::Done, ImportState::Cancelled];
    turn(&mut scope, id.0, &from, Problem::conflict("undo_too_late", None), ImportState::Reverting).await
}

/// The rows that are wrong or were left out, as a file of the same kind with the reason in one more column.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.import"])), params(("id" = Uuid, Path), ErrorsQuery), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), Problems))]
#[get("/imports/{id}/errors")]
async fn get_import_errors(
    scope: Can<CustomersImport>,
    id: Path<Uuid>,
    query: Query<ErrorsQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = find(&*scope, id.0).await?;
    // The rows are what its sender put into them.
    if Some(found.staff_id) != scope.who().id {
        return Err(Problem::NotFound);
    }
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let (format, lang) = (found.format.0, accepted.map_or(Lang::Zh, Lang::accepted));
    let rows = errors::stream(scope.whole(), found, (lang, query.0.hints)).await?;
    Ok(HttpResponse::Ok()
        .content_type(Sheet::content_type(format))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"errors.{}\"", format.as_str())))
        .streaming(rows))
}
