//! Serves the site over HTTP: a snapshot of finished documents in, answers out.
//!
//! All that can be done once is done when a snapshot is made: bodies are compressed, tags computed, headers written.
//! A request then takes one atomic load, one look-up and no copy; a new snapshot replaces the old one as a whole, so
//! an answer's headers and body always belong together, and no reader waits for a publication.

mod access;
mod answer;
mod body;
pub mod callback;
mod conditional;
mod connection;
mod delta;
pub mod hub;
mod lane;
mod pack;
mod snapshot;
#[cfg(test)]
mod tests;
mod tls;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum_server::Handle;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

pub use callback::Callbacks;
pub use hub::Hub;
pub use snapshot::{Snapshot, Topic};
pub use tls::{Certificate, TlsError};

/// What one client can take from the others.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// A connection that has not sent a whole request head by then is closed. It bounds idle connections too.
    head_timeout: Duration,
    /// Answers under way get so long to finish at shutdown; idle connections are closed at once.
    grace: Duration,
    /// Connections served at once; one more is closed on arrival. What a connection costs is bounded, so this bounds
    /// all of them.
    connections: usize,
    /// The size of a request head.
    head_bytes: u32,
    /// Requests under way at once on one HTTP/2 connection.
    streams: u32,
    /// The files of a certificate are looked at again after so long.
    renewal: Duration,
}

const LIMITS: Limits = Limits {
    head_timeout: Duration::from_secs(30),
    grace: Duration::from_secs(5),
    connections: 16_384,
    head_bytes: 32 * 1024,
    streams: 64,
    renewal: Duration::from_secs(60),
};

/// Says why the site cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The listening socket could not be used.
    #[error("failed to serve on {address}: {cause}")]
    Listen {
        /// Its address, where it is known.
        address: String,
        /// What the system said.
        cause: std::io::Error,
    },
}

/// Where the site is served.
#[derive(Debug)]
pub struct Entrance {
    /// Takes connections.
    pub listener: TcpListener,
    /// For TLS; without one, in the clear.
    pub certificate: Option<Certificate>,
}

impl From<TcpListener> for Entrance {
    fn from(listener: TcpListener) -> Self {
        Self { listener, certificate: None }
    }
}

/// What is served now: a handle to share between the server and the desk.
#[derive(Debug, Clone, Default)]
pub struct Site {
    current: Arc<ArcSwap<Snapshot>>,
    callbacks: Callbacks,
    hub: Hub,
}

impl Site {
    /// A site that hubs may call back, and that has a hub of its own.
    pub fn with(callbacks: Callbacks, hub: Hub) -> Self {
        Self { callbacks, hub, ..Self::default() }
    }

    /// Serves this snapshot from now on. Answers under way finish with the one that they began with.
    pub fn replace(&self, snapshot: Snapshot) {
        self.current.store(Arc::new(snapshot));
    }

    /// What is served now.
    pub fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }
}

/// Serves the site until `shutdown` is ready, then ends within a few seconds: idle connections at once, answers under
/// way when they are done, the rest by force. HTTP/1.1 and HTTP/2, in the clear the latter with prior knowledge.
///
/// # Errors
/// When the listener cannot be used. Failures of single connections are logged at debug level.
pub async fn serve(
    entrance: impl Into<Entrance>,
    site: Site,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    serve_within(LIMITS, entrance, site, shutdown).await
}

async fn serve_within(
    limits: Limits,
    entrance: impl Into<Entrance>,
    site: Site,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), Error> {
    let Entrance { listener, certificate } = entrance.into();
    let address = listener.local_addr().map_or_else(|_| "an unknown address".to_owned(), |address| address.to_string());
    let failed = |cause| Error::Listen { address: address.clone(), cause };
    let handle = Handle::<SocketAddr>::new();
    let mut server = axum_server::from_tcp(listener)
        .map_err(failed)?
        .handle(handle.clone())
        // Covers the time before the protocol is known, in which the builder's own timeout does not run.
        .first_request_timeout(limits.head_timeout)
        .accept_error_handler(|peer, error| {
            let peer = peer.map(ToString::to_string).unwrap_or_default();
            tracing::debug!(%peer, %error, "connection from {peer} not served: {error}");
        });
    let http1_bytes = usize::try_from(limits.head_bytes).unwrap_or(usize::MAX);
    server.http_builder().http1().header_read_timeout(limits.head_timeout).max_buf_size(http1_bytes);
    server
        .http_builder()
        .http2()
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.head_bytes)
        .keep_alive_interval(limits.head_timeout)
        .keep_alive_timeout(limits.grace);
    let limit = connection::Limit::new(limits.connections);
    let (forced, force) = watch::channel(false);
    let lane = lane::Lane { site: site.clone(), patience: limits.head_timeout, force };
    let router = Router::new().fallback(handler).with_state(site);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let fast = connection::FastLane { limit: limit.clone(), lane };
    let mut serving: Pin<Box<dyn Future<Output = std::io::Result<()>> + Send>> = match &certificate {
        Some(certificate) => Box::pin(server.acceptor(certificate.acceptor(limit.clone())).serve(service)),
        None => Box::pin(server.acceptor(fast).serve(service)),
    };
    let renewing = async {
        match certificate {
            Some(certificate) => certificate.renew(limits.renewal).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        outcome = &mut serving => return outcome.map_err(failed),
        never = renewing => match never {},
        () = shutdown => handle.graceful_shutdown(Some(limits.grace)),
    }
    let deadline = Instant::now() + limits.grace;
    serving.await.map_err(failed)?;
    if timeout_at(deadline, limit.all_ended()).await.is_err() {
        // Nobody listens where every answer of the fast lane was sent.
        let _ = forced.send(true);
    }
    Ok(())
}

async fn handler(State(site): State<Site>, request: Request) -> Response {
    if request.uri().path().strip_prefix('/') == Some(hub::PATH) {
        return site.hub.answer(request).await;
    }
    let token = request.uri().path().strip_prefix('/').and_then(|path| path.strip_prefix(callback::FOLDER));
    if let Some(token) = token.map(ToOwned::to_owned) {
        return site.callbacks.answer(&token, request).await;
    }
    answer::answer(&site.current.load(), request.method(), request.uri().path(), request.headers())
}
