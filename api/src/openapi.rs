//! The OpenAPI document, collected from the handlers themselves.

use crate::problem::{ProblemView, Problems, ViolationView};
use crate::server::routes;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_actix_web::AppExt as _;

/// The document of this version.
#[must_use]
pub fn document() -> OpenApi {
    let (_, document) = actix_web::App::new().into_utoipa_app().configure(routes).split_for_parts();
    described(document)
}

/// Adds what handlers do not know: the title and how to log in.
pub(crate) fn described(mut document: OpenApi) -> OpenApi {
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
