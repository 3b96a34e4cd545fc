//! Polls a feed over HTTP: one conditional request a hop, redirects followed by hand, the body read within bounds.
#![expect(clippy::disallowed_methods, reason = "servers that send no Date are measured by our clock")]

use std::error::Error as StdError;
use std::io;

use bytes::Bytes;
use chrono::Utc;
use reqwest::Response;
use reqwest::header::{
    ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use tokio::time::{Instant, timeout};

use super::client::Inner;
use super::names::PrivateName;
use super::{Error, guard, headers, settle};
use crate::model::{Answer, FeedUrl, Validators};

/// What feeds are served as, the best first.
const FEEDS: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
                     application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1";

/// Redirects that are followed.
const MAX_HOPS: usize = 10;

/// Room made for a body before it is there, whatever its Content-Length promises.
const FIRST_ROOM_BYTES: usize = 64 * 1024;

/// What one request brought.
enum Step {
    Answer(Answer),
    Redirect { target: FeedUrl, permanent: bool },
}

/// A request of the chain of redirects.
struct Hop<'a> {
    /// The source's address.
    start: &'a FeedUrl,
    /// The address that is asked now.
    url: &'a FeedUrl,
    /// Whether every redirect so far was permanent.
    permanent: bool,
}

pub(super) async fn fetch(client: &Inner, start: &FeedUrl, validators: &Validators) -> Result<Answer, Error> {
    let mut left = client.timeout;
    let mut url = start.clone();
    let mut visited = Vec::new();
    let mut permanent = true;
    loop {
        let hop = Hop { start, url: &url, permanent };
        let slot = client.limits.slot(&url).await;
        let started = Instant::now();
        let step = slot
            .hold(timeout(left, ask(client, &hop, validators)))
            .await
            .map_err(|_| Error::Timeout { url: start.clone(), after: client.timeout })??;
        left = left.saturating_sub(started.elapsed());
        match step {
            Step::Answer(answer) => return Ok(answer),
            Step::Redirect { target, permanent: lasting } => {
                if let Some(problem) = redirect_problem(&url, &visited, &target) {
                    return Err(Error::Redirect { url: start.clone(), problem });
                }
                permanent &= lasting;
                visited.push(std::mem::replace(&mut url, target));
            }
        }
    }
}

/// Why a redirect from the address asked last is not followed, if it is not. `visited` are those asked before it.
pub(super) fn redirect_problem(last: &FeedUrl, visited: &[FeedUrl], target: &FeedUrl) -> Option<String> {
    let scheme = |url: &FeedUrl| url.as_url().scheme().to_owned();
    if visited.len() == MAX_HOPS {
        Some(format!("redirects more than {MAX_HOPS} times"))
    } else if target == last || visited.contains(target) {
        Some(format!("redirects in a circle, back to {target}"))
    } else if scheme(last) == "https" && scheme(target) == "http" {
        Some(format!("redirects from https to plain http, to {target}"))
    } else {
        None
    }
}

async fn ask(client: &Inner, hop: &Hop<'_>, validators: &Validators) -> Result<Step, Error> {
    let url = hop.url;
    if let Some(address) = guard::literal(url)
        && let Some(kind) = (client.special)(address)
    {
        return Err(Error::PrivateAddress { url: url.clone(), address, kind });
    }
    let mut request = client.http.get(url.as_url().clone()).header(ACCEPT, FEEDS);
    let validators_url = validators.url.clone().unwrap_or_else(|| hop.start.to_string());
    let mut conditional = false;
    if validators_url == url.to_string() {
        let fields = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
        for (name, value) in fields {
            if let Some(value) = value.as_deref().and_then(headers::header) {
                request = request.header(name, value);
                conditional = true;
            }
        }
    }
    let response = request.send().await.map_err(|error| no_answer(url, &error))?;
    judge(client, hop, validators, conditional, response).await
}

/// Makes a step of a response whose body is yet to be read.
async fn judge(
    client: &Inner,
    hop: &Hop<'_>,
    validators: &Validators,
    conditional: bool,
    response: Response,
) -> Result<Step, Error> {
    let now = Utc::now();
    let status = response.status();
    let fields = response.headers();
    match status.as_u16() {
        200 | 203 => {
            let fresh_for = headers::fresh_for(fields, now);
            let content_type = headers::value(fields, &CONTENT_TYPE);
            let sent = sent_validators(hop, fields);
            let body = read(client, hop.url, response).await?;
            let mut base = hop.url.as_url().clone();
            // Relative links must not carry the source's password. Neither can fail: there is a host.
            let _ = base.set_username("");
            let _ = base.set_password(None);
            Ok(Step::Answer(settle(body, validators, sent, content_type, Some(base), fresh_for)))
        }
        304 if conditional => {
            let sent = sent_validators(hop, fields);
            let validators = Validators {
                etag: sent.etag.or_else(|| validators.etag.clone()),
                last_modified: sent.last_modified.or_else(|| validators.last_modified.clone()),
                ..validators.clone()
            };
            Ok(Step::Answer(Answer::NotModified { validators, fresh_for: headers::fresh_for(fields, now) }))
        }
        301 | 302 | 303 | 307 | 308 => {
            Ok(Step::Redirect { target: target(hop, fields)?, permanent: matches!(status.as_u16(), 301 | 308) })
        }
        // Behind a temporary redirect it is not the source that is gone.
        410 if hop.permanent => Ok(Step::Answer(Answer::Gone)),
        _ => Err(Error::Status { url: hop.url.clone(), status, retry_after: headers::retry_after(fields, now) }),
    }
}

/// The validators of a response, with the address that they belong to.
fn sent_validators(hop: &Hop<'_>, fields: &HeaderMap) -> Validators {
    Validators {
        etag: headers::value(fields, &ETAG),
        last_modified: headers::value(fields, &LAST_MODIFIED),
        body_hash: None,
        url: (hop.url != hop.start).then(|| hop.url.to_string()),
    }
}

/// Where a redirect leads, resolved against the address that sent it.
fn target(hop: &Hop<'_>, fields: &HeaderMap) -> Result<FeedUrl, Error> {
    let refuse = |problem: String| Error::Redirect { url: hop.start.clone(), problem };
    let location = fields.get(LOCATION).ok_or_else(|| refuse("redirects without saying where".to_owned()))?;
    let location = String::from_utf8_lossy(location.as_bytes());
    let target = hop.url.as_url().join(&location).map_err(|error| refuse(format!("redirects to no URL ({error})")))?;
    FeedUrl::parse(target.as_str()).map_err(|error| refuse(format!("redirects to something else: {error}")))
}

/// Reads the body, decoded, up to the limit.
async fn read(client: &Inner, url: &FeedUrl, mut response: Response) -> Result<Bytes, Error> {
    // Codings that the client knows are decoded and their header is gone.
    let coding = headers::value(response.headers(), &CONTENT_ENCODING);
    if let Some(coding) = coding.filter(|coding| !matches!(coding.to_ascii_lowercase().as_str(), "" | "identity")) {
        // It goes to logs and terminals.
        let coding = coding.chars().filter(|c| !c.is_control()).take(100).collect();
        return Err(Error::Coding { url: url.clone(), coding });
    }
    let limit_bytes = client.max_body_bytes;
    let too_large = || Error::TooLarge { location: url.to_string(), limit_bytes };
    let announced = usize::try_from(response.content_length().unwrap_or_default()).map_err(|_| too_large())?;
    if announced > limit_bytes {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced.min(FIRST_ROOM_BYTES));
    while let Some(chunk) = response.chunk().await.map_err(|error| broken_off(url, &error))? {
        if chunk.len() > limit_bytes - body.len() {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Bytes::from(body))
}

fn broken_off(url: &FeedUrl, error: &reqwest::Error) -> Error {
    Error::Transfer { url: url.clone(), cause: cause(error) }
}

/// Tells apart why a request brought no response.
fn no_answer(url: &FeedUrl, error: &reqwest::Error) -> Error {
    let url = url.clone();
    if let Some(PrivateName { address, kind }) = find::<PrivateName>(error) {
        return Error::PrivateAddress { url, address: *address, kind };
    }
    let cause = cause(error);
    if error.is_dns() {
        Error::Dns { url, cause }
    } else if find::<rustls::Error>(error).is_some() {
        Error::Tls { url, cause }
    } else if error.is_connect() {
        Error::Connect { url, cause }
    } else {
        Error::Transfer { url, cause }
    }
}

/// The innermost message: the outer ones repeat the address, credentials included.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let innermost = chain(error).last().map(ToString::to_string);
    innermost.unwrap_or_else(|| "an unknown error".to_owned())
}

fn find<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The causes below an error, the outermost first.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |error| inner(*error))
}

/// The next cause. An I/O error's own `source` skips the error that it wraps.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(error) = error.downcast_ref::<io::Error>()
        && let Some(wrapped) = error.get_ref()
    {
        return Some(wrapped);
    }
    error.source()
}
