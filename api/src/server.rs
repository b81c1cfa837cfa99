//! The HTTP server: routes, limits, start and stop.

use crate::installation::Installation;
use crate::problem::Problem;
use crate::{
    audit, auth, customers, edge, erasure, health, interactions, mine, openapi, operators, orders, rights, tags, tasks,
    tenants, today, wechat,
};
use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa_actix_web::AppExt as _;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::SwaggerUi;

/// Every operation of the API.
pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(
        scope("/api/v1")
            .configure(auth::routes)
            .configure(tenants::routes)
            .configure(audit::routes)
            .configure(tags::routes)
            .configure(customers::routes)
            .configure(interactions::routes)
            .configure(tasks::routes)
            .configure(orders::routes)
            .configure(rights::routes)
            .configure(erasure::routes)
            .configure(today::routes)
            .configure(operators::routes)
            .configure(mine::routes),
    );
}

/// A server that listens.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Stops it.
    pub handle: ServerHandle,
    /// Ends when the server has stopped.
    pub server: actix_web::dev::Server,
}

/// Starts to listen on the configured address (port 0: any free one).
///
/// # Errors
/// When the address is taken; the message names it.
pub fn listen(at: &Arc<Installation>) -> anyhow::Result<Running> {
    health::record();
    let data = web::Data::from(Arc::clone(at));
    let (listen, workers) = (at.config.http.listen.clone(), at.config.http.workers);
    let (limit, patience) = (at.config.http.body_limit, at.config.http.shutdown_seconds);
    let document = openapi::document();
    let mut server = HttpServer::new(move || {
        // The document stands before the routes: the scope /api/v1 answers for every address below it.
        let (app, _) = App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(limit))
            .service(SwaggerUi::new("/docs/{_:.*}").url("/api/v1/openapi.json", document.clone()))
            .into_utoipa_app()
            .configure(routes)
            .split_for_parts();
        app.configure(health::routes)
            .configure(wechat::callbacks)
            .default_service(web::to(async || Err::<&str, _>(Problem::NotFound)))
            .wrap(Compress::default())
            .wrap(from_fn(edge::answer))
            .wrap(from_fn(edge::method_override))
    });
    if workers > 0 {
        server = server.workers(workers);
    }
    // Whoever started the server stops it: by itself it would drop what is in flight on Ctrl-C.
    let server = server
        .disable_signals()
        .shutdown_timeout(patience)
        .bind(&listen)
        .with_context(|| format!("cannot listen on {listen}"))?;
    let address = *server.addrs().first().context("no address")?;
    let server = server.run();
    Ok(Running { address, handle: server.handle(), server })
}
