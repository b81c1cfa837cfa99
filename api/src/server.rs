//! The HTTP server: routes, limits, start and stop.

use crate::config::Http;
use crate::installation::Installation;
use crate::openapi::ServiceConfig;
use crate::problem::Problem;
use crate::{
    attachments, audit, auth, customers, duplicates, edge, health, interactions, mine, offers, openapi, operators,
    opportunities, orders, plans, privacy, recycling, rights, rotation, tags, tasks, tenants, today, wechat,
};
use actix_cors::Cors;
use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use anyhow::Context as _;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use utoipa_swagger_ui::{Config as SwaggerConfig, SwaggerUi};

/// Where every operation is.
pub(crate) const PREFIX: &str = "/api/v1";

/// Every operation of the API. The router looks through them one after the other, twice for each request, and those
/// with an id cost it most: what is asked for all day stands first.
pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .configure(customers::routes)
        .configure(attachments::routes)
        .configure(today::routes)
        .configure(interactions::routes)
        .configure(tasks::routes)
        .configure(opportunities::routes)
        .configure(orders::routes)
        .configure(plans::routes)
        .configure(offers::routes)
        .configure(mine::routes)
        .configure(auth::routes)
        .configure(tenants::routes)
        .configure(audit::routes)
        .configure(tags::routes)
        .configure(rights::routes)
        .configure(recycling::routes)
        .configure(operators::routes)
        .configure(rotation::routes)
        .configure(privacy::routes)
        .configure(duplicates::routes);
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
    if at.wechat.is_in_the_cloud() {
        tracing::warn!(
            "[wechat] cloud_run is on: X-WX-* headers say who logs in. Close the service's public domain 公网访问, \
             or anybody can say that they are anybody"
        );
    }
    let data = web::Data::from(Arc::clone(at));
    let (listen, workers) = (at.config.http.listen.clone(), at.config.http.threads());
    let (limit, patience) = (at.config.http.body_limit, at.config.http.shutdown_seconds);
    let origins: Vec<String> = at
        .config
        .http
        .cors_origins
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect();
    let tls = tls(&at.config.http)?;
    let server = HttpServer::new(move || {
        let api = web::scope(PREFIX)
            .service(openapi::show_document)
            .configure(|services| routes(&mut ServiceConfig::serving(services)));
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(limit))
            .service(SwaggerUi::new("/docs/{_:.*}").config(SwaggerConfig::from(format!("{PREFIX}/openapi.json"))))
            .service(api)
            .configure(health::routes)
            .configure(wechat::callbacks)
            .default_service(web::to(async || Err::<&str, _>(Problem::NotFound)))
            .wrap(Compress::default())
            .wrap(cors(&origins))
            .wrap(from_fn(edge::answer))
            .wrap(from_fn(edge::method_override))
    })
    .workers(workers);
    // Whoever started the server stops it: by itself it would drop what is in flight on Ctrl-C.
    let server = server
        .disable_signals()
        .shutdown_timeout(patience)
        // Whoever does not even send its headers keeps no connection.
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5));
    let server = match tls {
        Some(tls) => server.bind_rustls_0_23(&listen, tls),
        None => server.bind(&listen),
    }
    .with_context(|| format!("cannot listen on {listen}"))?;
    let address = *server.addrs().first().context("no address")?;
    let server = server.run();
    Ok(Running { address, handle: server.handle(), server })
}

/// Lets pages of the named origins call the API, and no others: without an origin there is no header that
/// a browser would go by.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "if-match",
            "idempotency-key",
            "accept-language",
            "x-request-id",
        ])
        .expose_headers(["x-request-id", "retry-after"])
        .block_on_origin_mismatch(false)
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// The certificate and key to speak TLS with, if the settings name them.
fn tls(http: &Http) -> anyhow::Result<Option<ServerConfig>> {
    if http.tls_certificate.is_empty() && http.tls_key.is_empty() {
        return Ok(None);
    }
    let chain = CertificateDer::pem_file_iter(&http.tls_certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("[http] tls_certificate ({})", http.tls_certificate))?;
    let key =
        PrivateKeyDer::from_pem_file(&http.tls_key).with_context(|| format!("[http] tls_key ({})", http.tls_key))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    Ok(Some(config.context("[http] tls_certificate and tls_key do not belong together")?))
}
