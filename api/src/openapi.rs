//! The OpenAPI document, collected from the handlers themselves.
//!
//! What collects it is our own, because `utoipa_actix_web::ServiceConfig` collects always: each worker of the server
//! made the whole document, and kept a copy, which was most of the server's memory (docs/BENCHMARK.md).

use crate::problem::{ProblemView, Problems, ViolationView};
use crate::server::{PREFIX, routes};
use actix_web::dev::HttpServiceFactory;
use actix_web::web::Bytes;
use actix_web::{App, HttpResponse, get, web};
use domain::permission::Permission;
use domain::step_up::dangerous;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi, PathItem, RefOr, Schema};
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
             lists are keyset pages. A POST with the header parameter `Idempotency-Key` is done once, however often it is sent; others have none. PATCH and moves need `If-Match` with the row's version.",
        ))
        .build();
    let components = document.components.get_or_insert_default();
    for (name, schema) in
        [(ProblemView::name(), ProblemView::schema()), (ViolationView::name(), ViolationView::schema())]
    {
        components.schemas.insert(name.into_owned(), schema);
    }
    open_answers(&mut components.schemas);
    components.responses.extend(Problems::components().map(|(name, response)| (name, response.into())));
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("bearer", bearer);
    document.paths.paths.values_mut().flat_map(each).for_each(|(_, operation)| say_second_look(operation));
    document
}

/// A form takes nothing that it does not know; an answer that has all of one and more, wherever it stands, is not
/// closed by that.
fn open_answers(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let forms = serde_json::to_value(&*schemas).unwrap_or_default();
    for schema in schemas.values_mut() {
        let mut said = serde_json::to_value(&*schema).unwrap_or_default();
        if open_parts(&mut said, &forms)
            && let Ok(open) = serde_json::from_value(said)
        {
            *schema = open;
        }
    }
}

/// Says whether there was anything to open.
fn open_parts(schema: &mut Value, forms: &Value) -> bool {
    let open = |part: &Value| {
        let form = forms.get(part.get("$ref")?.as_str()?.rsplit('/').next()?)?;
        let mut open = form.as_object()?.clone();
        open.remove("additionalProperties").filter(|closed| *closed == false).map(|_| Value::Object(open))
    };
    let mut opened = false;
    let parts = schema.get_mut("allOf").and_then(Value::as_array_mut).filter(|parts| parts.len() > 1);
    for part in parts.into_iter().flatten() {
        if let Some(open) = open(part) {
            (*part, opened) = (open, true);
        }
    }
    let within: Vec<&mut Value> = match schema {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => Vec::new(),
    };
    within.into_iter().fold(opened, |opened, member| open_parts(member, forms) || opened)
}

/// The scope by which an operation for operators says that [`Vouched`](crate::scope::Vouched) is in its signature.
pub const VOUCHED: &str = "vouched";

/// The extension that says whether an operation asks for the second look: `always`, which is written here because the
/// type that opens its scope knows, or `sometimes`, which the handler says where it depends on what is sent.
pub const SECOND_LOOK: &str = "x-second-look";

/// The operations of a path, each with its method.
fn each(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let all = [("GET", get), ("POST", post), ("PUT", put), ("PATCH", patch), ("DELETE", delete)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// What an operation says about the second look.
fn second_look(operation: &Operation) -> Option<&str> {
    operation.extensions.as_ref()?.get(SECOND_LOOK)?.as_str()
}

fn say_second_look(operation: &mut Operation) {
    let security = serde_json::to_value(&operation.security).unwrap_or_default();
    let scopes = security.as_array().into_iter().flatten().filter_map(|one| one["bearer"].as_array()).flatten();
    let asks = |scope: &str| scope == VOUCHED || Permission::parse(scope).is_some_and(dangerous);
    if scopes.filter_map(Value::as_str).any(asks) {
        let always = ExtensionsBuilder::new().add(SECOND_LOOK, "always").build();
        operation.extensions.get_or_insert_default().merge(always);
    }
    let sentence = match second_look(operation) {
        Some("always") => "Asks for the second look: 403 `step_up_required` without it.",
        Some(_) => "Asks for the second look in the case that is described: 403 `step_up_required` then.",
        None => return,
    };
    let described = operation.description.take().filter(|text| !text.is_empty());
    operation.description = Some(described.map_or(sentence.to_owned(), |text| format!("{text}\n\n{sentence}")));
}

/// The operations that ask for the second look, as the document says.
static ASKING: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut paths = document().paths.paths;
    let each = paths.iter_mut().flat_map(|(path, item)| each(item).map(move |found| (path, found)));
    let asking = each.filter(|(_, (_, operation))| second_look(operation).is_some());
    asking.map(|(path, (method, _))| format!("{method} {path}")).collect()
});

/// Whether the document says of a route (`POST`, `/api/v1/roles`) that it asks for the second look.
pub(crate) fn says_second_look(method: &str, route: &str) -> bool {
    ASKING.contains(&format!("{method} {route}"))
}
