//! Asks hubs for subscriptions (WebSub §5.1): one form, sent under the same guards and limits as any poll.
#![expect(clippy::disallowed_methods, reason = "hubs that send no Date are measured by our clock")]

use std::net::IpAddr;
use std::time::Duration;

use chrono::Utc;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use tokio::time::Instant;
use url::form_urlencoded;

use super::client::Inner;
use super::deadline::Deadline;
use super::error::Silence;
use super::gate::Gate;
use super::{Client, Error, headers, limits, web};
use crate::model::FeedUrl;

const FORM: &str = "application/x-www-form-urlencoded";

/// Redirects of a hub that are followed.
const MAX_HOPS: usize = 3;

/// A host is left alone for its hub's sake for so long, at most.
const LONGEST_HOLD: Duration = Duration::from_secs(86_400);

/// Sends a form to a hub. That it took it says nothing yet: it answers by calling back. Nothing of its answer is read but
/// the head.
///
/// Redirects that keep the method (307, 308) are followed, each judged like the first address, and none from https to
/// http: the form may hold a secret.
///
/// # Errors
/// When the hub does not take it, see [`Error`].
pub async fn ask_hub(client: &Client, hub: &FeedUrl, form: &[(&str, &str)], allow_private: bool) -> Result<(), Error> {
    let client = &*client.0;
    let mut deadline = Deadline::new(hub, client.timeout);
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let mut url = hub.clone();
    let mut visited = Vec::new();
    loop {
        let slot = client.limits.slot(&url).await;
        let host = slot.house();
        if let Some(wait) = client.holds.wait(host, Instant::now()) {
            let silence = Silence { wait, host: Some(host.to_owned()) };
            return Err(Error::Held { url: url.clone(), silence: Box::new(silence) });
        }
        let (response, address) = slot.hold(post(client, &url, &body, allow_private, &mut deadline)).await?;
        let status = response.status();
        match status.as_u16() {
            200..=299 => return Ok(()),
            307 | 308 if visited.len() < MAX_HOPS => {
                let target = target(&url, &response)?;
                if let Some(problem) = web::redirect_problem(&url, &visited, &target) {
                    return Err(Error::Hub { url: hub.clone(), problem, silence: None });
                }
                visited.push(std::mem::replace(&mut url, target));
            }
            _ => {
                let is_public = address.is_some_and(|address| (client.guards.scope)(address).is_none());
                let host = is_public.then(|| limits::house(&url));
                let wait = headers::retry_after(response.headers(), Utc::now());
                if let (429 | 503, Some(host), Some(wait)) = (status.as_u16(), &host, wait) {
                    client.holds.hold(host, wait.min(LONGEST_HOLD), Instant::now());
                }
                let silence = wait.map(|wait| Box::new(Silence { wait, host }));
                return Err(Error::Hub { url, problem: format!("answered {status}"), silence });
            }
        }
    }
}

/// The answer, and the address of the hub as far as it is known.
async fn post(
    client: &Inner,
    url: &FeedUrl,
    body: &str,
    allow_private: bool,
    deadline: &mut Deadline<'_>,
) -> Result<(Response, Option<IpAddr>), Error> {
    let route = client.routes.to(None)?;
    let gate = Gate::open(client, &route, url, allow_private, deadline).await?;
    let request = gate.http.post(url.as_url().clone()).header(CONTENT_TYPE, FORM).body(body.to_owned());
    gate.send(request, deadline).await
}

/// Where a redirect leads.
fn target(url: &FeedUrl, response: &Response) -> Result<FeedUrl, Error> {
    let refuse = |problem: &str| Error::Hub { url: url.clone(), problem: problem.to_owned(), silence: None };
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let location = location.ok_or_else(|| refuse("redirects without saying where"))?;
    let target = url.as_url().join(location).ok().and_then(|target| FeedUrl::parse(target.as_str()).ok());
    target.ok_or_else(|| refuse("redirects to something else than a web address"))
}
