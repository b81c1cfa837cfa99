//! The OpenAPI document, collected from the handlers themselves.
//!
//! What collects it is our own, because `utoipa_actix_web::ServiceConfig` collects always: each worker of the server
//! made the whole document, and kept a copy, which was most of the server's memory (docs/BENCHMARK.md).

use crate::problem::{ProblemView, Problems, ViolationView};
use crate::server::{PREFIX, routes};
use actix_web::dev::HttpServiceFactory;
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, get, web};
use std::sync::LazyLock;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_actix_web::OpenApiFactory;

/// Where features leave their operations: with the server, and in what is made of them.
pub(crate) struct ServiceConfig<'s> {
    services: &'s mut web::ServiceConfig,
    made: Made<'s>,
}

/// What is made of the operations besides a server.
enum Made<'s> {
    Nothing,
    Document(&'s mut OpenApi),
    /// Their paths alone, which cost nothing to keep.
    Paths(&'s mut Vec<String>),
}

impl<'s> ServiceConfig<'s> {
    /// Of a server, which makes no document.
    pub(crate) fn serving(services: &'s mut web::ServiceConfig) -> Self {
        Self { services, made: Made::Nothing }
    }

    /// The operations of a feature, or of a part of one.
    pub(crate) fn configure(&mut self, routes: impl FnOnce(&mut Self)) -> &mut Self {
        routes(self);
        self
    }

    /// One operation.
    pub(crate) fn service(&mut self, operation: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        match &mut self.made {
            Made::Nothing => {}
            Made::Document(document) => {
                document.paths.merge(operation.paths());
                let mut schemas = Vec::new();
                operation.schemas(&mut schemas);
                document.components.get_or_insert_default().schemas.extend(schemas);
            }
            Made::Paths(names) => {
                for (path, item) in operation.paths().paths {
                    let methods = [
                        ("GET", item.get.is_some()),
                        ("POST", item.post.is_some()),
                        ("PUT", item.put.is_some()),
                        ("PATCH", item.patch.is_some()),
                        ("DELETE", item.delete.is_some()),
                    ];
                    let there = methods.into_iter().filter(|(_, there)| *there);
                    names.extend(there.map(|(method, _)| format!("{method} {PREFIX}{path}")));
                }
            }
        }
        self.services.service(operation);
        self
    }
}

fn collect(made: Made<'_>) {
    drop(App::new().configure(|services: &mut web::ServiceConfig| routes(&mut ServiceConfig { services, made })));
}

/// The routes as the document names them, each with its method: `POST /api/v1/exports`.
pub(crate) fn names() -> Vec<String> {
    let mut names = Vec::new();
    collect(Made::Paths(&mut names));
    names
}

/// The document of this version.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = OpenApi::default();
    collect(Made::Document(&mut document));
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (format!("{PREFIX}{path}"), item)).collect();
    described(document)
}

/// The document as it is sent, made when somebody first asks for it.
static TEXT: LazyLock<Bytes> = LazyLock::new(|| serde_json::to_vec(&document()).unwrap_or_default().into());

/// The document over HTTP.
#[get("/openapi.json")]
pub(crate) async fn show_document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(TEXT.clone())
}

/// Adds what handlers do not know: the title and how to log in.
fn described(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Shuke 熟客")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "A CRM inside WeChat. Errors are `application/problem+json` (RFC 9457); money is integer fen; instants are RFC 3339 UTC; \
             lists are keyset pages. A creating POST may carry an `Idempotency-Key`; PATCH and moves need `If-Match` with the row's version.",
        ))
        .build();
    let components = document.components.get_or_insert_default();
    for (name, schema) in
        [(ProblemView::name(), ProblemView::schema()), (ViolationView::name(), ViolationView::schema())]
    {
        components.schemas.insert(name.into_owned(), schema);
    }
    components.responses.extend(Problems::components().map(|(name, response)| (name, response.into())));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("bearer", bearer);
    document
}
