//! What response headers say: freshness, when to come back, dates, and values kept byte for byte.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, HeaderValue, LINK, RETRY_AFTER};
use url::Url;

use crate::model::Link;
use crate::websub::discovery;

/// A longer validator is not worth keeping.
const MAX_VALUE_BYTES: usize = 4096;

/// RFC 9111 §1.2.2: what a larger number of seconds counts as.
const MAX_SECONDS: u64 = 1 << 31;

/// A header's value as text that gives the same bytes back: every byte is the character of that number.
pub(super) fn value(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let bytes = headers.get(name)?.as_bytes();
    (bytes.len() <= MAX_VALUE_BYTES).then(|| bytes.iter().map(|&byte| char::from(byte)).collect())
}

/// The header value that `value` made this text of; `None` for text that was no header value.
pub(super) fn header(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    HeaderValue::from_maybe_shared(Bytes::from(bytes?)).ok()
}

/// How long the answer stays fresh (RFC 9111 §4.2): `max-age`, else `Expires`, less its age.
///
/// `None` when nothing is said; zero when the answer is not to be kept (`no-store`, `no-cache`) or stale already, as by
/// `Expires: 0` (RFC 9111 §5.3).
pub(super) fn fresh_for(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let mut max_age = None;
    for directive in directives(headers) {
        let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            "max-age" => max_age = max_age.or_else(|| seconds(argument.trim().trim_matches('"'))),
            _ => {}
        }
    }
    let age = text(headers, &AGE).and_then(seconds).unwrap_or_default();
    let expires =
        || Some(date(text(headers, &EXPIRES)?).and_then(|end| until(end, sent(headers, now))).unwrap_or_default());
    Some(max_age.or_else(expires)?.saturating_sub(age))
}

/// The hubs and the canonical address that are named, resolved against the address that sent them.
pub(super) fn links(headers: &HeaderMap, base: &Url) -> Vec<Link> {
    discovery::read_links(headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()), base)
}

/// Whether a 226 holds what `A-IM: feed` asked for: a feed of the new items alone.
pub(super) fn is_feed_part(headers: &HeaderMap) -> bool {
    let said = headers.get_all("im").iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).map(str::trim).eq(["feed"])
}

/// The size of a response's head as HTTP/1.1 would write it, its first line aside.
pub(super) fn size_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

/// How long the server asks to be left alone (RFC 9110 §10.2.3): seconds or a date.
pub(super) fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    seconds(value).or_else(|| until(date(value)?, sent(headers, now)))
}

/// When the answer was sent, by the server's own clock where it shows one: differences need one clock.
fn sent(headers: &HeaderMap, now: DateTime<Utc>) -> DateTime<Utc> {
    text(headers, &DATE).and_then(date).unwrap_or(now)
}

fn until(end: DateTime<Utc>, start: DateTime<Utc>) -> Option<Duration> {
    (end - start).to_std().ok()
}

fn directives(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn seconds(text: &str) -> Option<Duration> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits only: what does not parse is too large for the type.
    Some(Duration::from_secs(text.parse().map_or(MAX_SECONDS, |seconds: u64| seconds.min(MAX_SECONDS))))
}

/// An HTTP date in any of its three forms (RFC 9110 §5.6.7); the weekday is not looked at, it is often wrong.
fn date(text: &str) -> Option<DateTime<Utc>> {
    let date = match text.split_once(',') {
        Some((_weekday, date)) => {
            let date = date.trim().trim_end_matches("GMT").trim_end_matches("UTC").trim_end();
            NaiveDateTime::parse_from_str(date, "%d %b %Y %H:%M:%S")
                .or_else(|_| NaiveDateTime::parse_from_str(date, "%d-%b-%y %H:%M:%S"))
        }
        None => {
            let (_weekday, date) = text.split_once(' ')?;
            NaiveDateTime::parse_from_str(date.trim(), "%b %e %H:%M:%S %Y")
        }
    };
    Some(date.ok()?.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value")))
            .collect()
    }

    fn now() -> DateTime<Utc> {
        "2024-10-24T12:00:00Z".parse().expect("a time")
    }

    #[test]
    fn freshness_is_read_as_the_standard_says() {
        for (lines, expected_seconds) in [
            (vec![("cache-control", "max-age=600")], Some(600)),
            (vec![("cache-control", "public, MAX-AGE=\"600\"")], Some(600)),
            (vec![("cache-control", "max-age=600"), ("age", "100")], Some(500)),
            (vec![("cache-control", "max-age=600"), ("age", "700")], Some(0)),
            (vec![("cache-control", "max-age=0")], Some(0)),
            (vec![("cache-control", "max-age=600, no-cache")], Some(0)),
            (vec![("cache-control", "no-store"), ("expires", "Thu, 24 Oct 2024 13:00:00 GMT")], Some(0)),
            (vec![("cache-control", "max-age=99999999999999999999999")], Some(MAX_SECONDS)),
            (vec![("cache-control", "max-age=-5")], None),
            (vec![("cache-control", "max-age=5"), ("expires", "Thu, 24 Oct 2024 13:00:00 GMT")], Some(5)),
            (vec![("expires", "Thu, 24 Oct 2024 13:00:00 GMT")], Some(3600)),
            (vec![("date", "Thu, 24 Oct 2024 12:30:00 GMT"), ("expires", "Thu, 24 Oct 2024 13:00:00 GMT")], Some(1800)),
            (vec![("expires", "Thu, 24 Oct 2024 11:00:00 GMT")], Some(0)),
            (vec![("expires", "0")], Some(0)),
            (vec![("expires", "-1")], Some(0)),
            (vec![("last-modified", "Thu, 24 Oct 2023 11:00:00 GMT")], None),
            (vec![], None),
        ] {
            let expected = expected_seconds.map(Duration::from_secs);
            assert_eq!(fresh_for(&headers(&lines), now()), expected, "{lines:?}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        for (lines, expected_seconds) in [
            (vec![("retry-after", "120")], Some(120)),
            (vec![("retry-after", " 120 ")], Some(120)),
            (vec![("retry-after", "Thu, 24 Oct 2024 12:02:00 GMT")], Some(120)),
            (
                vec![("retry-after", "Thu, 24 Oct 2024 12:02:00 GMT"), ("date", "Thu, 24 Oct 2024 12:01:00 GMT")],
                Some(60),
            ),
            (vec![("retry-after", "Thu, 24 Oct 2024 11:00:00 GMT")], None),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "1.5")], None),
            (vec![("retry-after", "184467440737095516160")], Some(MAX_SECONDS)),
            (vec![], None),
        ] {
            let expected = expected_seconds.map(Duration::from_secs);
            assert_eq!(retry_after(&headers(&lines), now()), expected, "{lines:?}");
        }
    }

    #[test]
    fn the_three_forms_of_a_date_are_one_moment() {
        let expected = "1994-11-06T08:49:37Z".parse::<DateTime<Utc>>().expect("a time");
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(date(text), Some(expected), "{text}");
        }
        for text in ["", "yesterday", ",", "Sun, 06 Nov 1994", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn values_are_kept_byte_for_byte() {
        for bytes in [&b"W/\"abc\""[..], b"\"\xff\xe9 odd\"", b"unquoted", "\"ключ\"".as_bytes()] {
            let mut headers = HeaderMap::new();
            headers.insert("etag", HeaderValue::from_bytes(bytes).expect("a value"));
            let text = value(&headers, &HeaderName::from_static("etag")).expect("short enough");
            assert_eq!(header(&text).expect("a value").as_bytes(), bytes);
        }
        assert_eq!(header("a\nb"), None);
        assert_eq!(header("\u{100}"), None);
    }
}
