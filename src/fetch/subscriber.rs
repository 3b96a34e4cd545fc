//! Calls the subscribers of our hub (WebSub §5.3, §7): under the guard of every request, and never further than the
//! address that they gave.
#![expect(clippy::disallowed_methods, reason = "subscribers that send no Date are measured by our clock")]

use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, HeaderValue, LINK};
use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use super::client::{Client, client};
use super::deadline::Deadline;
use super::gate::Gate;
use super::{Error, causes, headers};
use crate::config;
use crate::model::{Access, FeedUrl, Route};

/// A subscriber gets so long to answer, unless `timeout` is shorter.
const TIMEOUT: Duration = Duration::from_secs(10);
/// So many calls are under way at once,
const CONCURRENCY: usize = 96;
/// and so many to one house.
const PER_HOST: usize = 4;

/// What a subscriber is sent.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The document.
    pub body: Bytes,
    /// Its media type.
    pub media_type: &'static str,
    /// The links to the hub and to itself.
    pub link: HeaderValue,
    /// What proves that it comes from here: the value of `X-Hub-Signature`.
    pub signature: Option<String>,
}

/// Why a call came to nothing. Its words hold no address: a callback is as good as a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub words: String,
    /// Whether the subscriber says that it is not there any more (410).
    pub gone: bool,
    /// How long it wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// Makes the client that calls subscribers. It shares nothing with the one that fetches: whoever hangs there holds up
/// nobody here. Private addresses are called only where the caller says so, whatever `allow_private` says of sources.
///
/// # Errors
/// As [`client`].
pub fn subscriber_client(options: &config::Fetch, site: &Url) -> Result<Client, Error> {
    let options = config::Fetch {
        timeout: options.timeout.min(TIMEOUT),
        concurrency: CONCURRENCY,
        per_host: PER_HOST,
        host_gap: Duration::ZERO,
        allow_private: false,
        ..options.clone()
    };
    client(&options, site)
}

/// Asks a subscriber whether a subscription is meant: it must repeat `challenge`, byte for byte, and nothing else.
///
/// # Errors
/// When it does not.
pub async fn verify(client: &Client, url: &FeedUrl, challenge: &str, is_private: bool) -> Result<(), Refused> {
    let mut deadline = Deadline::new(url, client.0.timeout);
    let mut response = call(client, Method::GET, url, is_private, &mut deadline, |request| request).await?;
    let mut body = Vec::new();
    let read = async {
        while body.len() <= challenge.len() {
            let Some(chunk) = response.chunk().await.map_err(|error| causes::broken_off(url, &error))? else { break };
            // A chunk is as large as what was read from the connection: some KiB.
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    deadline.keep(read).await.and_then(|read| read).map_err(|error| refused(&error))?;
    if body == challenge.as_bytes() { Ok(()) } else { Err(no("did not repeat the challenge")) }
}

/// Tells a subscriber something that needs no answer.
///
/// # Errors
/// When it cannot be told.
pub async fn tell(client: &Client, url: &FeedUrl, is_private: bool) -> Result<(), Refused> {
    let mut deadline = Deadline::new(url, client.0.timeout);
    call(client, Method::GET, url, is_private, &mut deadline, |request| request).await.map(drop)
}

/// Sends a subscriber a document. Nothing of its answer is read but the head.
///
/// # Errors
/// When it does not take it.
pub async fn deliver(client: &Client, callback: &FeedUrl, delivery: Delivery, is_private: bool) -> Result<(), Refused> {
    let Delivery { body, media_type, link, signature } = delivery;
    let fill = |request: RequestBuilder| {
        let request = request.header(CONTENT_TYPE, media_type).header(LINK, link).body(body);
        match signature {
            Some(signature) => request.header("X-Hub-Signature", signature),
            None => request,
        }
    };
    let mut deadline = Deadline::new(callback, client.0.timeout);
    call(client, Method::POST, callback, is_private, &mut deadline, fill).await.map(drop)
}

/// The answer of a subscriber, if it is a success. Redirects are none: the address that they lead to was not confirmed.
async fn call(
    client: &Client,
    method: Method,
    url: &FeedUrl,
    is_private: bool,
    deadline: &mut Deadline<'_>,
    fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> Result<Response, Refused> {
    let client = &*client.0;
    let slot = client.limits.slot(url).await;
    let ask = async {
        // What stands in one's own network is not behind a proxy.
        let direct = Access { route: Route::Direct, ..Access::default() };
        let route = client.routes.to(is_private.then_some(&direct))?;
        let gate = Gate::open(client, &route, url, is_private, deadline).await?;
        let request = fill(gate.http.request(method, url.as_url().clone()));
        gate.send(request, deadline).await
    };
    let (response, _) = slot.hold(ask).await.map_err(|error| refused(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = headers::retry_after(response.headers(), Utc::now());
    Err(Refused { gone: status.as_u16() == 410, retry_after, ..no(&format!("answered {status}")) })
}

fn no(words: &str) -> Refused {
    Refused { words: words.to_owned(), gone: false, retry_after: None }
}

/// What went wrong, without the address.
fn refused(error: &Error) -> Refused {
    match error {
        Error::Timeout { after, .. } => no(&format!("did not answer within {}", humantime::format_duration(*after))),
        Error::PrivateAddress { kind, .. } => {
            no(&format!("stands at {kind}, which `private_callbacks` under [server] does not list"))
        }
        Error::Dns { cause, .. } | Error::UnknownBehindProxy { cause, .. } => no(&format!("is not found: {cause}")),
        Error::Connect { cause, .. } | Error::Proxy { cause, .. } => no(&format!("is not reached: {cause}")),
        Error::Tls { cause, .. } => no(&format!("has no secure connection: {cause}")),
        Error::Transfer { cause, .. } => no(&format!("broke off: {cause}")),
        Error::LargeHead { .. } => no("sent too large a head"),
        _ => no("cannot be called"),
    }
}
