//! Attachments over HTTP.

use super::keeping::Held;
use super::{arrival, names, sending};
use crate::customers;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersRead, CustomersWrite};
use crate::scope::{Can, Path, Query};
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse, get, post};
use sea_orm::ColumnTrait as _;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(upload_attachment).service(get_attachment);
}

/// What is said about a file beside it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct UploadQuery {
    /// What the file is called.
    name: Option<String>,
}

/// A file in a form, as `wx.uploadFile` sends it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
struct FileForm {
    /// The file; its name counts where the address says none.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Takes a file in: a picture (JPEG, PNG, WebP, GIF), PDF, Word, Excel or plain text, told by its bytes. It waits for a
/// day until a row names it, and is there for whoever sent it until then.
#[utoipa::path(tag = "attachments", security(("bearer" = ["customers.write"])), params(UploadQuery), request_body(content((Vec<u8> = "application/octet-stream"), (FileForm = "multipart/form-data"))), responses((status = 201, body = Held), Problems))]
#[post("/attachments")]
async fn upload_attachment(
    mut scope: Can<CustomersWrite>,
    query: Query<UploadQuery>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let name = query.0.name.filter(|name| !name.trim().is_empty());
    let row = arrival::arrive(&mut scope, name, &request, payload).await?;
    Ok(HttpResponse::Created().json(Held::of(&row)))
}

/// A file, as it was sent, for whoever sees the row that names it.
#[utoipa::path(tag = "attachments", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/gif"), (Vec<u8> = "application/pdf"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (Vec<u8> = "text/plain; charset=utf-8"))), Problems))]
#[get("/attachments/{id}")]
async fn get_attachment(scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let row = sending::find(&scope, id.0).await?;
    let held = Held::of(&row).ok_or(Problem::NotFound)?;
    let under = match row.customer_id {
        None => scope.keys().files.clone(),
        // What no row names any more waits for its end, and nobody sees it.
        Some(_) if row.kept_until.is_some() => return Err(Problem::NotFound),
        Some(customer) => {
            let customer = customers::find(&*scope, customer).await?;
            let field = row.field_id.ok_or(Problem::NotFound)?;
            if !customers::custom::shows(&*scope, field).await? {
                return Err(Problem::NotFound);
            }
            if customer.pool_id.is_some() {
                // Who looks through the pool sees what there is, not what is in it.
                let to_change = scope.find_as::<customers::Entity>(scope.look(true).eyes, true);
                let mine = to_change.filter(customers::Column::Id.eq(customer.id)).one().await?;
                mine.ok_or(Problem::Forbidden("row_read_only"))?;
            }
            customers::person_key(&scope, &customer)?
        }
    };
    let bytes = u64::try_from(row.bytes).unwrap_or_default();
    let stream = sending::stream(scope.into_scope(), row, &under)?;
    Ok(HttpResponse::Ok()
        .content_type(held.kind.media_type())
        .insert_header((header::CONTENT_DISPOSITION, names::disposition(&held.name)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        // What is packed already is not packed again, so its length is known.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(SizedStream::new(bytes, stream)))
}
