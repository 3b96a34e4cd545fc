//! The outside world of the demo: serves the wires over HTTP on loopback, as good servers do.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use tokio::net::TcpListener;

use super::wire::Wire;
use crate::model;

/// What every request needs.
struct Outside<C> {
    wires: Vec<Wire>,
    moment: C,
}

/// Serves each wire at `/NAME` as it was at `moment()`, until `stop` is done.
pub(super) async fn serve<C>(
    listener: TcpListener,
    wires: Vec<Wire>,
    moment: C,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()>
where
    C: Fn() -> DateTime<Utc> + Send + Sync + 'static,
{
    let router = Router::new().route("/{name}", get(answer::<C>)).with_state(Arc::new(Outside { wires, moment }));
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn answer<C: Fn() -> DateTime<Utc>>(
    State(outside): State<Arc<Outside<C>>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response {
    let Some(wire) = outside.wires.iter().find(|wire| wire.path() == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let moment = (outside.moment)();
    let document = wire.until(moment);
    let etag = model::ETag::of(&document);
    let changed = wire.changed(moment);
    let value = |text: String| HeaderValue::try_from(text).expect("tags and dates are ASCII");
    let mut headers = HeaderMap::from_iter([(ETAG, value(etag.to_string()))]);
    if let Some(changed) = changed {
        headers.insert(LAST_MODIFIED, value(changed.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    }
    if is_known(&request, &etag, changed) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(wire.media_type));
    (headers, document).into_response()
}

/// Whether the client has this document already (RFC 9110 §13.2.2): the tag decides where there is one.
fn is_known(request: &HeaderMap, etag: &model::ETag, changed: Option<DateTime<Utc>>) -> bool {
    let text = |name| request.get(name).and_then(|value| value.to_str().ok());
    if let Some(tags) = text(IF_NONE_MATCH) {
        return tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag.as_str());
    }
    let since = text(IF_MODIFIED_SINCE).and_then(|since| DateTime::parse_from_rfc2822(since).ok());
    since.zip(changed).is_some_and(|(since, changed)| changed <= since)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::Duration;

    use tokio::sync::oneshot;
    use url::Url;

    use super::*;
    use crate::cli::demo::wire::tests::RSS;
    use crate::config;
    use crate::fetch;
    use crate::model::{Answer, FeedUrl, Location, Validators};

    fn client() -> fetch::Client {
        let options = config::Fetch {
            timeout: Duration::from_secs(60),
            concurrency: 4,
            per_host: 4,
            host_gap: Duration::ZERO,
            max_body_bytes: 1 << 20,
            allow_private: true,
            proxy: None,
            moves: config::Moves::default(),
            websub: false,
        };
        fetch::client(&options, &Url::parse("http://127.0.0.1/").expect("a URL")).expect("a client")
    }

    #[tokio::test]
    async fn the_desks_own_fetcher_sees_the_wires_grow() {
        let clock = Arc::new(AtomicI64::new(0));
        let read = Arc::clone(&clock);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let wires = vec![Wire::new("post", "post", RSS.as_bytes())];
        let moment = move || DateTime::from_timestamp(read.load(Ordering::Relaxed), 0).expect("in range");
        let server = tokio::spawn(serve(listener, wires, moment, async {
            let _ = stopped.await;
        }));

        let client = client();
        let location = |name| Location::Web(FeedUrl::parse(&format!("http://{address}/{name}")).expect("a URL"));
        let mut validators = Validators::default();
        let day = |text: &str| text.parse::<DateTime<Utc>>().expect("a time").timestamp();
        for (now, expected_items) in
            [("2024-10-22T00:00:00Z", 0), ("2024-10-23T00:00:00Z", 1), ("2024-10-24T00:00:00Z", 2)]
        {
            clock.store(day(now), Ordering::Relaxed);
            let answer = fetch::fetch(&client, &location("post"), &validators).await;
            let Ok(Answer::New { body, content_type, validators: sent, .. }) = answer else { panic!("{answer:?}") };
            let items = String::from_utf8_lossy(&body).matches("<title>").count() - 1;
            assert_eq!(items, expected_items, "{now}");
            assert_eq!(content_type.as_deref(), Some("application/rss+xml"));
            assert_eq!(sent.last_modified.is_some(), expected_items > 0);
            let again = fetch::fetch(&client, &location("post"), &sent).await;
            assert!(matches!(&again, Ok(Answer::NotModified { .. })), "{again:?}");
            let by_date = Validators { etag: None, body_hash: None, ..sent.clone() };
            let again = fetch::fetch(&client, &location("post"), &by_date).await;
            assert_eq!(matches!(&again, Ok(Answer::NotModified { .. })), expected_items > 0, "{again:?}");
            validators = sent;
        }
        let missing = fetch::fetch(&client, &location("none"), &validators).await;
        assert!(matches!(&missing, Err(fetch::Error::Status { status, .. }) if status.as_u16() == 404), "{missing:?}");

        stop.send(()).expect("the server is there");
        drop(client);
        server.await.expect("no panic").expect("served well");
    }
}
