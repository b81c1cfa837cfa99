//! The customer side: one's own orders and offers in every business, after a proof that they are one's own.

mod offers;
mod routes;

use crate::openapi::ServiceConfig;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.configure(routes::routes).configure(offers::routes);
}
