//! Exports over HTTP.

use super::super::columns;
use super::super::entity::export;
use super::super::files::{self, Line};
use super::super::sheet::Sheet;
use super::{Asked, ExportAsked, file};
use crate::crypto::random;
use crate::customers::custom;
use crate::customers::entity::customer;
use crate::customers::search::keep;
use crate::db::Code;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::grants::CustomersExport;
use crate::scope::system::System;
use crate::scope::{Can, Checked, Created, Once, Path, Query, Reads};
use actix_web::http::header;
use actix_web::web::Json;
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Duration, Utc};
use domain::transfer::{ExportState, NewExport, TableFormat};
use sea_orm::{ColumnTrait as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// For how long an export is kept, and a link to it counts.
const KEPT: Duration = Duration::hours(24);
const LINKED: Duration = Duration::hours(1);

pub(in crate::customers::transfer) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(create_export)
        .service(list_exports)
        .service(get_export)
        .service(create_export_link)
        .service(get_export_file);
}

/// An export and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportView {
    /// Id.
    pub id: Uuid,
    /// Who asked.
    pub staff_id: Uuid,
    /// How the file is written.
    pub format: TableFormat,
    /// How far it is.
    pub state: ExportState,
    /// Customers that were written.
    pub rows: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// When its rows go.
    pub expires_at: DateTime<Utc>,
}

impl From<export::Model> for ExportView {
    fn from(row: export::Model) -> Self {
        Self {
            id: row.id,
            staff_id: row.staff_id,
            format: row.format.0,
            state: row.state.0,
            rows: row.row_count,
            created_at: row.created_at,
            finished_at: row.finished_at,
            expires_at: row.expires_at,
        }
    }
}

async fn find(rows: &impl Reads, id: Uuid) -> Result<export::Model, Problem> {
    rows.rows::<export::Entity>().filter(export::Column::Id.eq(id)).one().await?.ok_or(Problem::NotFound)
}

/// Takes a list of customers out in the background, as whoever asks sees them; asks for the second look.
#[utoipa::path(tag = "customers", params(Once), security(("bearer" = ["customers.export"])), request_body = NewExport, responses((status = 201, body = ExportView), Problems))]
#[post("/exports")]
async fn create_export(
    mut scope: Can<CustomersExport>,
    body: Checked<NewExport>,
) -> Result<Created<ExportView>, Problem> {
    let Checked { value: NewExport { id: chosen, selection, columns, format }, once } = body;
    let id = scope.id_for(chosen)?;
    let me = scope.me()?;
    if let Some(filter) = &selection.filter {
        keep(&scope, filter).await.map_err(|problem| problem.under("selection"))?;
    }
    let own = custom::definitions(&*scope).await?;
    let columns = if columns.is_empty() {
        let built_in = columns::written().map(str::to_owned);
        built_in.chain(own.iter().map(|definition| format!("custom.{}", definition.key))).collect()
    } else {
        columns
    };
    let mut headers = Vec::new();
    for (at, field) in columns.iter().enumerate() {
        let unknown = || Problem::field(&format!("columns.{at}"), "column_unknown");
        headers.push(columns::label(field, &own).ok_or_else(unknown)?);
    }
    scope
        .create(&once, chosen, async |tx| {
            if !selection.ids.is_empty() {
                let these = customer::Column::Id.is_in(selection.ids.iter().copied());
                let found = tx.find::<customer::Entity>().filter(these).all().await?;
                if let Some(at) = selection.ids.iter().position(|id| !found.iter().any(|row| row.id == *id)) {
                    return Err(Problem::field(&format!("selection.ids.{at}"), "customer_unknown"));
                }
            }
            let now = tx.now();
            tx.audit(
                "export",
                "customer",
                None,
                serde_json::json!({ "export": id, "state": "running", "columns": columns }),
            );
            let asked = serde_json::to_string(&Asked { selection, columns }).map_err(anyhow::Error::from)?;
            let row = export::ActiveModel {
                id: Set(id),
                staff_id: Set(me),
                format: Set(Code(format)),
                state: Set(Code(ExportState::Running)),
                asked: Set(Some(asked)),
                row_count: Set(0),
                chunk_count: Set(1),
                created_at: Set(now),
                expires_at: Set(now + KEPT),
                ..Default::default()
            };
            tx.insert::<export::Entity>(row).await?;
            files::put(tx, id, 0, &[Line::of(1, headers)]).await?;
            tx.enqueue(&ExportAsked { export_id: id }, now).await?;
            Ok(ExportView::from(find(tx, id).await?))
        })
        .await
}

/// The latest exports, newest first.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.export"])), params(PageQuery), responses((status = 200, body = Page<ExportView>), Problems))]
#[get("/exports")]
async fn list_exports(scope: Can<CustomersExport>, page: Query<PageQuery>) -> Result<Json<Page<ExportView>>, Problem> {
    let position = |row: &export::Model| Position { at: row.created_at, id: row.id };
    let found = scope.find::<export::Entity>();
    let (rows, next_cursor) = found.page(export::Column::CreatedAt, page.0.check()?, |rows| rows, position).await?;
    Ok(Json(Page { items: rows.into_iter().map(ExportView::from).collect(), next_cursor }))
}

/// How far an export is.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.export"])), params(("id" = Uuid, Path)), responses((status = 200, body = ExportView), Problems))]
#[get("/exports/{id}")]
async fn get_export(scope: Can<CustomersExport>, id: Path<Uuid>) -> Result<Json<ExportView>, Problem> {
    Ok(Json(find(&*scope, id.0).await?.into()))
}

/// A link that opens the file of an export to whoever holds it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportLink {
    /// Where the file is, from the server's address on.
    pub path: String,
    /// When the link ends.
    pub expires_at: DateTime<Utc>,
}

/// Makes a link to one's own export that counts for an hour, for the browser of a computer. The link before it
/// ends.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.export"])), params(("id" = Uuid, Path)), responses((status = 200, body = ExportLink), Problems))]
#[post("/exports/{id}/link")]
async fn create_export_link(mut scope: Can<CustomersExport>, id: Path<Uuid>) -> Result<Json<ExportLink>, Problem> {
    let (me, tenant) = (scope.me()?, scope.tenant_id());
    let tx = scope.begin().await?;
    let found = find(&tx, id.0).await?;
    if found.staff_id != me {
        return Err(Problem::NotFound);
    }
    if found.state.0 != ExportState::Done {
        return Err(Problem::conflict("in_progress", None));
    }
    if found.expires_at <= tx.now() {
        return Err(Problem::conflict("file_gone", None));
    }
    let secret = random::<32>();
    let until = (tx.now() + LINKED).min(found.expires_at);
    let change = export::ActiveModel {
        ticket_digest: Set(Some(file::digest(&hex::encode(secret)))),
        ticket_until: Set(Some(until)),
        ..Default::default()
    };
    tx.derive::<export::Entity>(id.0, change).await?;
    tx.audit("export", "customer", None, serde_json::json!({ "export": id.0, "state": "linked" }));
    tx.commit().await?;
    let path = format!("/api/v1/export-files/{}", file::spelled(tenant, id.0, &secret));
    Ok(Json(ExportLink { path, expires_at: until }))
}

/// The file of an export, for whoever holds a link that counts.
#[utoipa::path(tag = "customers", security(()), params(("ticket" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), Problems))]
#[get("/export-files/{ticket}")]
async fn get_export_file(system: System, ticket: Path<String>) -> Result<HttpResponse, Problem> {
    let (mut scope, found) = file::opened(&system, &ticket.0).await?;
    let tx = scope.begin().await?;
    let fetched = serde_json::json!({ "export": found.id, "state": "fetched", "made_by": found.staff_id });
    tx.audit("export", "customer", None, fetched);
    tx.commit().await?;
    let format = found.format.0;
    Ok(HttpResponse::Ok()
        .content_type(Sheet::content_type(format))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"customers.{}\"", format.as_str())))
        .streaming(file::stream(scope, found)))
}
