//! Starting and stopping.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::mpsc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, Data, PayloadConfig};
use actix_web::{App, HttpServer};
use anyhow::{Context as _, ensure};

use crate::config::SimConfig;
use crate::random::Random;
use crate::state::World;
use crate::{api, control, phone, socket};

const MOST_BODY_BYTES: usize = 1 << 20;

/// A running simulator; it stops when dropped.
#[derive(Debug)]
pub struct Sim {
    /// Such as `http://127.0.0.1:40123`, without a slash at the end.
    pub base_url: String,
    handle: ServerHandle,
}

impl Sim {
    /// Stops and waits until the port is free again.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        // The order to stop is given at once; nobody needs to wait for it.
        drop(self.handle.stop(false));
    }
}

/// Starts on 127.0.0.1, in a thread with a runtime of its own, and returns once it listens. It can
/// be called from anywhere, and tests whose runtimes come and go can share what it returns.
pub fn start(config: SimConfig) -> anyhow::Result<Sim> {
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().name("wechat-sim".to_owned()).spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            match prepare(config) {
                Ok((server, sim)) => {
                    // When the caller is gone, the unreceived `Sim` is dropped and the server
                    // below ends at once.
                    drop(tell.send(Ok(sim)));
                    if let Err(error) = server.await {
                        tracing::error!(%error, "the simulator ended");
                    }
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
    })?;
    told.recv().context("the simulator's thread ended")?
}

fn prepare(config: SimConfig) -> anyhow::Result<(Server, Sim)> {
    // reqwest is built without a provider of its own; a second installation is refused, and that
    // is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let world = Data::new(World::new(Random::from_system()?, http));
    for app in config.apps {
        let app = app.complete(&world.random)?;
        let appid = app.appid.clone();
        ensure!(world.add_app(app).is_some(), "app {appid} is listed twice");
    }

    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).with_context(|| format!("port {}", config.port))?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let server = HttpServer::new(move || {
        let cors = DefaultHeaders::new()
            .add(("Access-Control-Allow-Origin", "*"))
            .add(("Access-Control-Allow-Methods", "GET, PUT, POST, OPTIONS"))
            .add(("Access-Control-Allow-Headers", "*"));
        App::new()
            .app_data(world.clone())
            .app_data(PayloadConfig::new(MOST_BODY_BYTES))
            .service(web::scope("/sim").configure(control::routes))
            .service(web::scope("/phone").wrap(cors).configure(phone::routes))
            .default_service(web::to(api::serve))
    })
    .on_connect(socket::remember)
    .workers(2)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    Ok((server, Sim { base_url, handle }))
}
