//! How long a request may take: some seconds from its beginning, and again from each piece of a body that arrived.
//! So a file comes through a slow network, and whoever sends a byte now and then to hold a connection does not.

use actix_web::HttpMessage as _;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Bytes that have to arrive for the wait to begin anew: a mobile network at its worst brings them in ten seconds.
const PIECE: u64 = 64 * 1024;

/// Until when a request is waited for.
#[derive(Clone)]
pub(super) struct Patience {
    wait: Duration,
    since: Arc<Mutex<Instant>>,
}

impl Patience {
    /// From now on.
    pub(super) fn of(wait: Duration) -> Self {
        Self { wait, since: Arc::new(Mutex::new(Instant::now())) }
    }

    /// Begins the wait anew whenever a piece of the body has arrived.
    pub(super) fn watch(&self, request: &mut ServiceRequest) {
        match request.take_payload() {
            Payload::None => {}
            body => request.set_payload(Payload::Stream { payload: Box::pin(self.clone().watched(body)) }),
        }
    }

    fn watched(self, body: Payload) -> impl Stream<Item = Result<Bytes, PayloadError>> {
        let arrived = AtomicU64::new(0);
        body.inspect(move |piece| {
            let bytes = piece.as_ref().map_or(0, |piece| u64::try_from(piece.len()).unwrap_or(u64::MAX));
            let before = arrived.fetch_add(bytes, Ordering::Relaxed);
            if before / PIECE < before.saturating_add(bytes) / PIECE {
                *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            }
        })
    }

    /// What a request comes to; `None` when it took too long.
    pub(super) async fn wait<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = std::pin::pin!(work);
        let until = || *self.since.lock().unwrap_or_else(PoisonError::into_inner) + self.wait;
        let mut deadline = until();
        loop {
            match tokio::time::timeout_at(deadline, &mut work).await {
                Ok(done) => return Some(done),
                Err(_) if until() > deadline => deadline = until(),
                Err(_) => return None,
            }
        }
    }
}
