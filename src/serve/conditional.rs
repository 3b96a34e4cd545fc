//! Reads the request headers that choose an answer: conditions (RFC 9110 §13) and content codings (§12.5.3).

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

/// What a client would take instead of a whole answer (RFC 3229 §10.5.3).
pub(super) const A_IM: HeaderName = HeaderName::from_static("a-im");

/// The fields of a request's head, by whomever they were read.
pub(super) trait Fields {
    /// Whether there is a field of this name.
    fn has(&self, name: &HeaderName) -> bool;
    /// The values of all fields of this name that are visible ASCII.
    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str>;
}

impl Fields for HeaderMap {
    fn has(&self, name: &HeaderName) -> bool {
        self.contains_key(name)
    }

    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a str> {
        self.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }
}

/// Whether the client has the representation with this tag and date already, so that a 304 will do.
///
/// `If-None-Match` is compared weakly, and where it stands `If-Modified-Since` is not looked at (§13.2.2).
pub(super) fn is_fresh(headers: &impl Fields, tag: &str, modified: Option<DateTime<Utc>>) -> bool {
    if headers.has(&IF_NONE_MATCH) {
        return headers.values(&IF_NONE_MATCH).any(|list| lists_tag(list, tag));
    }
    let since = headers.values(&IF_MODIFIED_SINCE).next().and_then(http_date);
    match (modified, since) {
        (Some(modified), Some(since)) => modified.trunc_subsecs(0) <= since,
        _ => false,
    }
}

/// Whether the client has a version with this tag, by name: `*` names none.
pub(super) fn holds(headers: &impl Fields, tag: &str) -> bool {
    headers.values(&IF_NONE_MATCH).any(|list| list.trim() != "*" && lists_tag(list, tag))
}

/// Whether the client takes the new items of a feed alone (RFC 3229 §10.5.3).
pub(super) fn takes_new_items(headers: &impl Fields) -> bool {
    headers.has(&A_IM) && weighted(headers, &A_IM).any(|(name, refused)| name.eq_ignore_ascii_case("feed") && !refused)
}

/// Whether the client takes gzip. Codings that it does not name are those that `*` speaks for.
pub(super) fn takes_gzip(headers: &impl Fields) -> bool {
    let mut star = false;
    let mut gzip = None;
    for (coding, refused) in weighted(headers, &ACCEPT_ENCODING) {
        if coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip") {
            gzip = Some(gzip.unwrap_or(false) || !refused);
        } else if coding == "*" {
            star = !refused;
        }
    }
    gzip.unwrap_or(star)
}

/// The items of a list with weights, and whether each has the weight 0.
fn weighted<'a>(headers: &'a impl Fields, name: &HeaderName) -> impl Iterator<Item = (&'a str, bool)> {
    headers.values(name).flat_map(|value| value.split(',')).map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts
            .filter_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")))
            .any(|weight| weight.trim().parse().is_ok_and(|weight: f32| weight <= 0.0));
        (name, refused)
    })
}

/// Whether an `If-None-Match` list has `*` or the tag, strong or weak.
fn lists_tag(list: &str, tag: &str) -> bool {
    let mut rest = list.trim();
    if rest == "*" {
        return true;
    }
    // A tag may contain a comma, so the list is read tag by tag.
    while let Some(start) = rest.find('"') {
        let Some(length) = rest[start + 1..].find('"') else { return false };
        let end = start + 1 + length + 1;
        if &rest[start..end] == tag {
            return true;
        }
        rest = &rest[end..];
    }
    false
}

/// Reads a date in the three forms of RFC 9110 §5.6.7.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text.trim(), form).ok())
        .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn conditions_are_read_as_the_rfc_says() {
        let modified = DateTime::from_timestamp(1_729_243_800, 500_000_000);
        let check = |pairs: &[(HeaderName, &'static str)], expected: bool| {
            assert_eq!(is_fresh(&headers(pairs), "\"a,b\"", modified), expected, "{pairs:?}");
        };
        check(&[], false);
        for (list, expected) in [
            ("\"a,b\"", true),
            ("W/\"a,b\"", true),
            ("\"x\", W/\"y\" ,\"a,b\"", true),
            (" * ", true),
            ("\"a\", \"b\"", false),
            ("\"a,b", false),
            ("a,b", false),
            ("", false),
        ] {
            check(&[(IF_NONE_MATCH, list)], expected);
            // It wins, whatever the date says.
            check(&[(IF_NONE_MATCH, list), (IF_MODIFIED_SINCE, "Fri, 18 Oct 2024 09:30:00 GMT")], expected);
        }
        for (date, expected) in [
            ("Fri, 18 Oct 2024 09:30:00 GMT", true),
            ("Friday, 18-Oct-24 09:30:00 GMT", true),
            ("Fri Oct 18 09:30:00 2024", true),
            ("Fri Nov  1 09:30:00 2024", true),
            ("Fri, 18 Oct 2024 09:29:59 GMT", false),
            ("yesterday", false),
        ] {
            check(&[(IF_MODIFIED_SINCE, date)], expected);
        }
        assert!(!is_fresh(&headers(&[(IF_MODIFIED_SINCE, "Fri, 18 Oct 2024 09:30:00 GMT")]), "\"a\"", None));
    }

    #[test]
    fn new_items_alone_are_sent_to_those_who_ask_for_them() {
        for (value, expected) in [
            ("feed", true),
            ("vcdiff, Feed;q=0.5", true),
            ("feed;q=0", false),
            ("vcdiff", false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(takes_new_items(&headers(&[(A_IM, value)])), expected, "{value}");
        }
        assert!(!takes_new_items(&HeaderMap::new()));
        for (list, expected) in [("\"a\", W/\"b\"", true), ("*", false), ("\"a\"", false)] {
            assert_eq!(holds(&headers(&[(IF_NONE_MATCH, list)]), "\"b\""), expected, "{list}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (value, expected) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("deflate, x-gzip", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000, *", false),
            ("*;q=0", false),
            ("identity", false),
            ("", false),
        ] {
            assert_eq!(takes_gzip(&headers(&[(ACCEPT_ENCODING, value)])), expected, "{value}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
