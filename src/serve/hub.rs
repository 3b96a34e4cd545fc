//! Takes what subscribers ask of our own hub (WebSub §5.1): forms in, requests for the desk out.
//!
//! An answer says only that the form was read: whether its sender meant it is asked at the callback later. What is read
//! is bounded in size and time; what waits for the desk is bounded in all and for each host that is to be called; and so
//! is what one client may ask for within a minute, and what may be asked for one host.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, timeout};
use url::Host;

use super::answer::plain;
use crate::model::{FeedUrl, registrable_domain};
use crate::websub::hub::request::{self, MAX_FORM_BYTES};
use crate::websub::hub::{Refusal, Request as Wanted};

/// Where the hub stands below the site's address.
pub const PATH: &str = "websub/hub";

const FORM: &str = "application/x-www-form-urlencoded";

/// So many requests wait for the desk or are being verified,
const WAITING: usize = 512;
/// and so many of them for one host.
const OF_HOST: usize = 16;
/// So many requests of one client within a minute,
const OF_CLIENT_A_MINUTE: u32 = 30;
/// and so many that have one host called, whoever asks.
const TO_HOST_A_MINUTE: u32 = 60;
/// So many clients and hosts are counted at once; where they are more, the rest must wait.
const COUNTED: usize = 8_192;
/// A form is to be there by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// What somebody asked for. Its place is free again when it is dropped.
#[derive(Debug)]
pub struct Asked {
    /// What is wanted.
    pub wanted: Wanted,
    _place: Place,
}

/// Our own hub; cheap to clone. The default is none.
#[derive(Debug, Clone, Default)]
pub struct Hub(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    topics: BTreeSet<String>,
    asked: mpsc::Sender<Asked>,
    places: Arc<Semaphore>,
    hosts: Arc<Mutex<HashMap<String, usize>>>,
    minutes: Mutex<HashMap<String, (Instant, u32)>>,
}

/// A place among the requests that wait, and among those for one host.
#[derive(Debug)]
struct Place {
    host: String,
    hosts: Arc<Mutex<HashMap<String, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut hosts = lock(&self.hosts);
        if let Some(count) = hosts.get_mut(&self.host) {
            *count -= 1;
            if *count == 0 {
                hosts.remove(&self.host);
            }
        }
    }
}

impl Hub {
    /// A hub of these feeds, by the addresses that they call their own, and what is asked of it.
    pub fn open(topics: impl IntoIterator<Item = String>) -> (Self, mpsc::Receiver<Asked>) {
        let (asked, requests) = mpsc::channel(WAITING);
        let places = Arc::new(Semaphore::new(WAITING));
        let (hosts, minutes) = Default::default();
        (Self(Some(Arc::new(Inner { topics: topics.into_iter().collect(), asked, places, hosts, minutes }))), requests)
    }

    /// Answers a request to the hub.
    pub(super) async fn answer(&self, request: Request) -> Response {
        let Some(inner) = &self.0 else {
            return say(StatusCode::NOT_FOUND, "This site has no hub of its own.\n");
        };
        if request.method() != Method::POST {
            let headers = [(ALLOW, "POST"), (CACHE_CONTROL, "no-store")];
            let head_only = request.method() == Method::HEAD;
            return plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "This is a WebSub hub: subscribe with POST.\n",
                &headers,
                head_only,
            );
        }
        match inner.take(request).await {
            Ok(()) => say(StatusCode::ACCEPTED, "Your callback will be asked whether this is meant.\n"),
            Err(response) => response,
        }
    }
}

impl Inner {
    async fn take(&self, request: Request) -> Result<(), Response> {
        let client = client(&request);
        let now = Instant::now();
        if !self.is_in_time(format!("from {client}"), OF_CLIENT_A_MINUTE, now) {
            return Err(later(StatusCode::TOO_MANY_REQUESTS, "That is too much from one address. Try again later.\n"));
        }
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM) {
            let words = "The form must be sent as application/x-www-form-urlencoded.\n";
            return Err(say(StatusCode::UNSUPPORTED_MEDIA_TYPE, words));
        }
        let form = match timeout(PATIENCE, read(request.into_body())).await {
            Ok(read) => read?,
            Err(_) => return Err(say(StatusCode::REQUEST_TIMEOUT, "It takes too long.\n")),
        };
        let wanted = request::read(&form, |topic| self.topics.contains(topic)).map_err(|refusal| {
            let Refusal { status, reason } = refusal;
            say(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), reason)
        })?;
        let host = host(&wanted.callback);
        if !self.is_in_time(format!("to {host}"), TO_HOST_A_MINUTE, now) {
            return Err(later(StatusCode::TOO_MANY_REQUESTS, "That is too much for one host. Try again later.\n"));
        }
        let busy = || later(StatusCode::SERVICE_UNAVAILABLE, "Too much at once. Try again later.\n");
        let place = self.place(host).ok_or_else(busy)?;
        self.asked.try_send(Asked { wanted, _place: place }).map_err(|_| busy())
    }

    /// Whether one more of these is in time. They are counted from the first one of a minute.
    fn is_in_time(&self, whose: String, most: u32, now: Instant) -> bool {
        let mut minutes = lock(&self.minutes);
        let is_over = |began: Instant| now.duration_since(began) >= Duration::from_secs(60);
        if minutes.len() >= COUNTED && !minutes.contains_key(&whose) {
            minutes.retain(|_, (began, _)| !is_over(*began));
            if minutes.len() >= COUNTED {
                return false;
            }
        }
        let minute = minutes.entry(whose).or_insert((now, 0));
        if is_over(minute.0) {
            *minute = (now, 0);
        }
        minute.1 = minute.1.saturating_add(1);
        minute.1 <= most
    }

    fn place(&self, host: String) -> Option<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let mut hosts = lock(&self.hosts);
        let count = hosts.entry(host.clone()).or_default();
        if *count >= OF_HOST {
            return None;
        }
        *count += 1;
        drop(hosts);
        Some(Place { host, hosts: Arc::clone(&self.hosts), _permit: permit })
    }
}

/// Reads a form within its limit.
async fn read(mut body: Body) -> Result<Vec<u8>, Response> {
    let mut form = Vec::new();
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return Err(say(StatusCode::BAD_REQUEST, "It broke off.\n")) };
        let Ok(chunk) = frame.into_data() else { continue };
        if form.len() + chunk.len() > MAX_FORM_BYTES {
            return Err(say(StatusCode::PAYLOAD_TOO_LARGE, "The form is too large.\n"));
        }
        form.extend_from_slice(&chunk);
    }
    Ok(form)
}

/// Who asks: the address of the connection or, where that is one of our own network, what the proxy there says, which
/// puts the address that it sees at the end of `X-Forwarded-For`. A network of IPv6 is one client.
fn client(request: &Request) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let forwarded = peer.is_none_or(is_near).then(|| forwarded(request.headers())).flatten();
    forwarded.or(peer).map_or_else(String::new, network)
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    let last = last.rsplit(',').next()?.trim();
    let address = last.parse().ok().or_else(|| Some(last.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// An address by which whoever has it is known: one of IPv4, or the network of 64 bits of one of IPv6.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

/// Whose server a callback is: a registrable domain, or an address.
pub fn host(callback: &FeedUrl) -> String {
    match callback.as_url().host() {
        Some(Host::Domain(domain)) => registrable_domain(domain.trim_end_matches('.')).to_owned(),
        Some(Host::Ipv4(address)) => network(address.into()),
        Some(Host::Ipv6(address)) => network(address.into()),
        None => String::new(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn later(status: StatusCode, text: &'static str) -> Response {
    plain(status, text, &[(RETRY_AFTER, "60"), (CACHE_CONTROL, "no-store")], false)
}

/// A line of text that no cache keeps.
fn say(status: StatusCode, text: &'static str) -> Response {
    plain(status, text, &[(CACHE_CONTROL, "no-store")], false)
}

#[cfg(test)]
mod tests;
