//! Polls a feed over HTTP: one conditional request a hop, redirects followed by hand, the body read within bounds.
#![expect(clippy::disallowed_methods, reason = "servers that send no Date are measured by our clock")]

use std::borrow::Cow;
use std::net::IpAddr;

use chrono::Utc;
use reqwest::Response;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION,
};
use tokio::time::Instant;

use super::client::Inner;
use super::credentials::Keys;
use super::deadline::Deadline;
use super::error::{Credentials, Silence};
use super::gate::Gate;
use super::routes::Route;
use super::{Error, Terms, Whole, body, coding, headers, limits, part, settle, walls};
use crate::model::{Answer, FeedUrl, Validators, without_credentials};

/// What feeds are served as, the best first.
const FEEDS: HeaderValue = HeaderValue::from_static(
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, \
     application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1",
);

/// Asks for the new items alone.
const A_IM: HeaderName = HeaderName::from_static("a-im");
const FEED: HeaderValue = HeaderValue::from_static("feed");

/// Redirects that are followed.
const MAX_HOPS: usize = 10;

/// What one request brought.
enum Step {
    Answer(Box<Answer>),
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
    /// Whether private addresses may be connected to for this source.
    allow_private: bool,
    /// The way that is taken.
    route: &'a Route,
}

impl Hop<'_> {
    /// Where the source has moved, as far as this chain of redirects tells.
    fn moved(&self) -> Option<FeedUrl> {
        (self.permanent && self.url != self.start).then(|| self.url.clone())
    }
}

pub(super) async fn fetch(
    client: &Inner,
    start: &FeedUrl,
    validators: &Validators,
    terms: Terms<'_>,
) -> Result<Answer, Error> {
    let Terms { allow_private, access, home } = terms;
    let mut deadline = Deadline::new(start, client.timeout);
    let route = client.routes.to(access)?;
    let mut keys = Keys::new(access, home);
    let mut url = Cow::Borrowed(start);
    let mut visited = Vec::new();
    let mut permanent = true;
    loop {
        let hop = Hop { start, url: &url, permanent, allow_private, route: &route };
        let slot = client.limits.slot(&url).await;
        // Asked now: the host may have said so while this request waited for its turn.
        let host = slot.house();
        if let Some(wait) = client.holds.wait(host, Instant::now()) {
            let silence = Silence { wait, host: Some(host.to_owned()) };
            return Err(Error::Held { url: url.into_owned(), silence: Box::new(silence) });
        }
        // Many wait for a place: what a request needs is there when it has one.
        let step = slot.hold(Box::pin(ask(client, &hop, validators, &mut keys, &mut deadline))).await;
        if let Err(error) = &step
            && let Some((host, wait)) = error.hold()
        {
            client.holds.hold(host, wait, Instant::now());
        }
        match step? {
            Step::Answer(answer) => return Ok(*answer),
            Step::Redirect { target, permanent: lasting } => {
                if let Some(problem) = redirect_problem(&url, &visited, &target) {
                    return Err(Error::Redirect { url: start.clone(), problem });
                }
                permanent &= lasting;
                visited.push(std::mem::replace(&mut url, Cow::Owned(target)).into_owned());
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

async fn ask(
    client: &Inner,
    hop: &Hop<'_>,
    validators: &Validators,
    keys: &mut Keys<'_>,
    deadline: &mut Deadline<'_>,
) -> Result<Step, Error> {
    let (url, route) = (hop.url, hop.route);
    let gate = Gate::open(client, route, url, hop.allow_private, deadline).await?;
    let request = gate.http.get(url.as_url().clone());
    let mut request = request.header(ACCEPT, FEEDS).header(ACCEPT_ENCODING, coding::ACCEPTED);
    let is_theirs = match &validators.url {
        Some(sender) => *sender == url.to_string(),
        None => hop.start == url || hop.start.to_string() == url.to_string(),
    };
    let mut conditional = false;
    if is_theirs {
        let fields = [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)];
        for (name, value) in fields {
            if let Some(value) = value.as_deref().and_then(headers::header) {
                request = request.header(name, value);
                conditional = true;
            }
        }
        // Only what is new since that tag, if the server can tell (RFC 3229 §10.5.3, the instance manipulation `feed`).
        if conditional && validators.etag.is_some() {
            request = request.header(A_IM, FEED);
        }
    }
    let credentials = keys.for_address(url);
    // Boxed, since most sources have none, and all would have to have room for it.
    let request = match credentials {
        Credentials::Sent => deadline.keep(Box::pin(keys.put_on(request, url))).await??,
        Credentials::Unset | Credentials::Withheld => request,
    };
    let (response, server) = gate.send(request, deadline).await?;
    let seen = Seen { conditional, server, credentials };
    judge(client, hop, validators, seen, response, deadline).await
}

/// What is known of a request and its answer beside what they say.
struct Seen {
    /// Whether the request had validators.
    conditional: bool,
    /// Where the server stands, if that is known.
    server: Option<IpAddr>,
    credentials: Credentials,
}

/// Makes a step of a response whose body is yet to be read.
async fn judge(
    client: &Inner,
    hop: &Hop<'_>,
    validators: &Validators,
    seen: Seen,
    response: Response,
    deadline: &mut Deadline<'_>,
) -> Result<Step, Error> {
    let Seen { conditional, server, credentials } = seen;
    let now = Utc::now();
    let status = response.status();
    let fields = response.headers();
    let is_public = server.is_some_and(|address| (client.guards.scope)(address).is_none());
    let host = || is_public.then(|| limits::house(hop.url));
    let silence = headers::retry_after(fields, now).map(|wait| Box::new(Silence { wait, host: host() }));
    if let Some(by) = walls::wall(status, fields) {
        return Err(Error::BotWall { url: hop.url.clone(), status, by, silence });
    }
    match status.as_u16() {
        200 | 203 | 226 => {
            let is_part = status.as_u16() == 226;
            if is_part && !(conditional && headers::is_feed_part(fields)) {
                return Err(Error::Status { url: hop.url.clone(), status, credentials, silence });
            }
            let fresh_for = headers::fresh_for(fields, now);
            let content_type = headers::value(fields, &CONTENT_TYPE);
            let sent = sent_validators(hop, fields);
            let links = headers::links(fields, hop.url.as_url());
            // Boxed, since most answers have none.
            let body = Box::pin(body::read(client, hop.url, response, deadline)).await?;
            // Relative links must not carry the source's password.
            let base = without_credentials(hop.url.as_url().clone());
            let moved = hop.moved();
            let whole = Whole { body, content_type, base: Some(base), sent, fresh_for, moved, links };
            let answer = if is_part { part(whole) } else { settle(validators, whole) };
            Ok(Step::Answer(Box::new(answer)))
        }
        304 if conditional => {
            let sent = sent_validators(hop, fields);
            let validators = Validators {
                etag: sent.etag.or_else(|| validators.etag.clone()),
                last_modified: sent.last_modified.or_else(|| validators.last_modified.clone()),
                body_hash: validators.body_hash,
                url: validators.url.clone(),
            };
            let fresh_for = headers::fresh_for(fields, now);
            let (moved, links) = (hop.moved(), headers::links(fields, hop.url.as_url()));
            Ok(Step::Answer(Box::new(Answer::NotModified { whole: false, validators, fresh_for, moved, links })))
        }
        301 | 302 | 303 | 307 | 308 => {
            Ok(Step::Redirect { target: target(hop, fields)?, permanent: matches!(status.as_u16(), 301 | 308) })
        }
        // Behind a temporary redirect it is not the source that is gone.
        410 if hop.permanent => Ok(Step::Answer(Box::new(Answer::Gone))),
        _ => Err(Error::Status { url: hop.url.clone(), status, credentials, silence }),
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
    let mut target =
        hop.url.as_url().join(&location).map_err(|error| refuse(format!("redirects to no URL ({error})")))?;
    // A user and password in an address are for its own server, and no server has a say in them. None of the three can
    // fail where there is a host, and what has none is refused below.
    let is_home = target.origin() == hop.url.as_url().origin();
    let (user, password) = (hop.url.as_url().username(), hop.url.as_url().password());
    let _ = target.set_username(if is_home { user } else { "" });
    let _ = target.set_password(password.filter(|_| is_home));
    FeedUrl::parse(target.as_str()).map_err(|error| refuse(format!("redirects to something else: {error}")))
}
