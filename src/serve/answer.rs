//! Answers one request from a snapshot: no state, no waiting.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::access;
use super::conditional::{Fields, holds, is_fresh, takes_gzip, takes_new_items};
use super::snapshot::{Document, Snapshot, Variant, guards};

const METHODS: &str = "GET, HEAD, OPTIONS";
const TEXT: &str = "text/plain; charset=utf-8";

/// What stands for itself in an address, of the characters that a path of ours has.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Answers a request for `path`, which is as the client sent it: encoded, with a leading slash.
pub(super) fn answer(snapshot: &Snapshot, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let head_only = match *method {
        Method::GET => false,
        Method::HEAD => true,
        Method::OPTIONS => return options(),
        _ => return not_allowed(),
    };
    if path == "/healthz" {
        return plain(StatusCode::OK, "ok\n", &[(CACHE_CONTROL, "no-store")], head_only);
    }
    if snapshot.is_empty() {
        let wait = [(RETRY_AFTER, "5"), (CACHE_CONTROL, "no-store")];
        return plain(StatusCode::SERVICE_UNAVAILABLE, "Nothing is published yet. Try again soon.\n", &wait, head_only);
    }
    let (path, token) = access::shown(path, headers);
    let decoded = percent_decode_str(path.strip_prefix('/').unwrap_or(path)).decode_utf8();
    let Ok(decoded) = decoded else { return not_found(snapshot, headers, head_only) };
    let name = if decoded.is_empty() { "index.html" } else { &*decoded };
    match snapshot.get(name) {
        Some(document) if !document.readers.admits(token) => access::refused(token, head_only),
        Some(document) => send(document, headers, head_only),
        None => match full_name(snapshot, name) {
            Some((place, ending)) => moved(&place, ending, name.ends_with('/'), head_only),
            None => not_found(snapshot, headers, head_only),
        },
    }
}

/// Sends a document, or says that the client has it already.
fn send(document: &Document, headers: &HeaderMap, head_only: bool) -> Response {
    let (variant, is_fresh) = choose(document, headers);
    if is_fresh {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.headers_mut() = variant.unmodified.clone();
        return response;
    }
    match new_items(document, variant, headers) {
        Some((headers, body)) => respond(StatusCode::IM_USED, headers, body, head_only),
        None => respond(StatusCode::OK, variant.headers.clone(), variant.body.clone(), head_only),
    }
}

/// The coding that the client takes, and whether it has the document in this coding already.
pub(super) fn choose<'d>(document: &'d Document, headers: &impl Fields) -> (&'d Variant, bool) {
    let variant = document.gzip.as_ref().filter(|_| takes_gzip(headers)).unwrap_or(&document.plain);
    (variant, is_fresh(headers, variant.etag.as_str(), document.modified))
}

/// The items alone that a client lacks who asks for them and has a version that is known (RFC 3229).
///
/// The tag is that of the whole present version, in the coding that the client takes: it is what the client has when it
/// has put the items to its own. Caches that know nothing of this must not keep the answer; those that do may
/// (`no-store, im`, §10.7).
fn new_items(document: &Document, variant: &Variant, request: &HeaderMap) -> Option<(HeaderMap, Bytes)> {
    let delta = document.delta.as_ref().filter(|_| takes_new_items(request))?;
    let part = delta.since(|tag| holds(request, tag), &document.plain.body)?;
    let mut headers = variant.headers.clone();
    headers.insert(HeaderName::from_static("im"), HeaderValue::from_static("feed"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, im"));
    headers.insert(VARY, HeaderValue::from_static("A-IM, If-None-Match, Accept-Encoding"));
    headers.remove(CONTENT_ENCODING);
    match part.gzip.filter(|_| takes_gzip(request)) {
        Some(gzip) => {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Some((headers, gzip))
        }
        None => Some((headers, part.plain)),
    }
}

/// The document that a name without ending stands for: `front` for `front.html`, else for its feed.
fn full_name(snapshot: &Snapshot, name: &str) -> Option<(String, &'static str)> {
    let stem = name.trim_end_matches('/');
    let ending = [".html", ".atom", ".rss", ".json"].into_iter().find(|ending| {
        let full = format!("{stem}{ending}");
        !stem.is_empty() && snapshot.get(&full).is_some()
    })?;
    let last = stem.rsplit('/').next().unwrap_or(stem);
    Some((last.to_owned(), ending))
}

/// Sends the client on to the full name, which is the permanent one. The address is relative, so that it holds behind
/// any proxy.
fn moved(stem: &str, ending: &str, from_folder: bool, head_only: bool) -> Response {
    let up = if from_folder { "../" } else { "" };
    let location = format!("{up}{}{ending}", utf8_percent_encode(stem, PLAIN));
    let Ok(location) = HeaderValue::from_str(&location) else {
        return plain(StatusCode::NOT_FOUND, "Not found.\n", &[], head_only);
    };
    let caching = [(CACHE_CONTROL, "max-age=3600")];
    let mut response = plain(StatusCode::MOVED_PERMANENTLY, "Moved.\n", &caching, head_only);
    response.headers_mut().insert(LOCATION, location);
    response
}

/// The site's own page for addresses at which nothing stands, where it has one.
fn not_found(snapshot: &Snapshot, headers: &HeaderMap, head_only: bool) -> Response {
    let Some(page) = snapshot.get("404.html").filter(|document| document.is_page()) else {
        return plain(StatusCode::NOT_FOUND, "Not found.\n", &[], head_only);
    };
    let variant = page.gzip.as_ref().filter(|_| takes_gzip(headers)).unwrap_or(&page.plain);
    let mut answer = variant.headers.clone();
    // A tag would invite the client to hold on to it.
    for name in [axum::http::header::ETAG, axum::http::header::LAST_MODIFIED] {
        answer.remove(name);
    }
    respond(StatusCode::NOT_FOUND, answer, variant.body.clone(), head_only)
}

fn not_allowed() -> Response {
    plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n", &[(ALLOW, METHODS)], false)
}

/// What may be done, and by whom: a script on another site that asks with `If-None-Match` is made to ask this first.
fn options() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in [
        (ALLOW, METHODS),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "A-IM, Authorization, If-Modified-Since, If-None-Match"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A line of text.
pub(super) fn plain(
    status: StatusCode,
    text: &'static str,
    more: &[(HeaderName, &'static str)],
    head_only: bool,
) -> Response {
    let mut headers: HeaderMap = guards(TEXT).collect();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(TEXT));
    for (name, value) in more {
        headers.insert(name, HeaderValue::from_static(value));
    }
    respond(status, headers, Bytes::from_static(text.as_bytes()), head_only)
}

/// An answer with a body, or for HEAD with the length that the body would have (RFC 9110 §9.3.2).
fn respond(status: StatusCode, mut headers: HeaderMap, body: Bytes, head_only: bool) -> Response {
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let mut response = Response::new(if head_only { Body::empty() } else { Body::from(body) });
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
