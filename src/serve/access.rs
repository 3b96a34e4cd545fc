//! Who asks: finds the token that a request shows.

use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderName, WWW_AUTHENTICATE};
use axum::response::Response;

use super::answer::plain;

/// `t/TOKEN/front.atom` is `front.atom` for who has the token: most readers can send nothing but an address.
const FOLDER: &str = "/t/";

/// A request's address without the token in it, and the token that it shows: in its address, else in its headers.
pub(super) fn shown<'r>(path: &'r str, headers: &'r HeaderMap) -> (&'r str, Option<&'r str>) {
    match path.strip_prefix(FOLDER).and_then(|rest| rest.split_once('/')) {
        Some((token, path)) => (path, Some(token)),
        None => (path, bearer(headers)),
    }
}

/// The token of an `Authorization: Bearer` header (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Refuses who has shown no token, or another's (RFC 6750 §3).
pub(super) fn refused(token: Option<&str>, head_only: bool) -> Response {
    let challenge = match token {
        None => r#"Bearer realm="wiredesk""#,
        Some(_) => r#"Bearer realm="wiredesk", error="invalid_token""#,
    };
    let headers: [(HeaderName, &str); 2] = [(WWW_AUTHENTICATE, challenge), (CACHE_CONTROL, "no-store")];
    plain(StatusCode::UNAUTHORIZED, "This is for those who have a token.\n", &headers, head_only)
}
