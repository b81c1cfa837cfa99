//! What a load balancer and a monitor ask.

use crate::scope::system::System;
use actix_web::{HttpResponse, get, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use std::sync::LazyLock;
use std::time::Duration;

pub(crate) fn routes(services: &mut web::ServiceConfig) {
    services.service(healthz).service(readyz).service(show_metrics).service(docs);
}

/// The process's recorder, installed at its first use.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    PrometheusBuilder::new()
        .set_buckets(&[0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0])
        .ok()
        .and_then(|builder| builder.install_recorder().ok())
});

/// Starts to record. What histograms are given waits until it is put into its buckets: without that, a server whose
/// numbers nobody fetches would keep one for each request it ever answered.
pub(crate) fn record() {
    let Some(recorder) = &*RECORDER else { return };
    actix_web::rt::spawn(async {
        let mut pause = tokio::time::interval(Duration::from_secs(5));
        loop {
            pause.tick().await;
            recorder.run_upkeep();
        }
    });
}

/// Alive.
#[get("/healthz")]
async fn healthz() -> &'static str {
    "ok"
}

/// Able to work: database, schema and cache.
#[get("/readyz")]
async fn readyz(system: System) -> HttpResponse {
    let database = system.at.db.ping().await.is_ok();
    let schema = database && system.at.db.is_migrated().await.unwrap_or(false);
    // Without Redis the process's own cache takes over: slower to agree with others, still right.
    let cache = system.at.cache.is_up().await;
    let mut answer = if database && schema { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(json!({ "database": database, "schema": schema, "cache": cache }))
}

/// Prometheus text.
#[get("/metrics")]
async fn show_metrics() -> HttpResponse {
    let text = RECORDER.as_ref().map(PrometheusHandle::render).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}

/// The page lives one level deeper.
#[get("/docs")]
async fn docs() -> HttpResponse {
    HttpResponse::Found().insert_header(("Location", "/docs/")).finish()
}
