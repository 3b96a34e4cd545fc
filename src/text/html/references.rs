//! Checks what HTML refers to: only absolute http, https and mailto addresses leave here.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt::Write as _;

use url::Url;

/// Longer addresses are dropped: no server takes them, and `data:` in disguise is long.
const MAX_REFERENCE_BYTES: usize = 8 * 1024;

/// More candidates of one picture than any page has.
const MAX_CANDIDATES: usize = 64;

/// Where pictures are that are only there to count readers.
const COUNTERS: [(&str, &str); 10] = [
    ("feeds.feedburner.com", "/~r/"),
    ("feeds.wordpress.com", "/1.0/"),
    ("pixel.wp.com", "/"),
    ("stats.wordpress.com", "/"),
    ("b.scorecardresearch.com", "/"),
    ("sb.scorecardresearch.com", "/"),
    ("pixel.quantserve.com", "/"),
    ("www.google-analytics.com", "/"),
    ("ad.doubleclick.net", "/"),
    ("da.feedsportal.com", "/"),
];

/// What relative references are resolved against, and how many bytes that may still add.
pub(super) struct Base<'b> {
    url: Option<&'b Url>,
    room: Cell<usize>,
}

impl<'b> Base<'b> {
    /// A base that may add so many bytes in all; beyond them a relative reference is one without base.
    pub(super) fn new(url: Option<&'b Url>, room: usize) -> Self {
        Self { url, room: Cell::new(room) }
    }

    fn join(&self, base: &Url, reference: &str) -> Option<Url> {
        let url = base.join(reference).ok()?;
        let added = url.as_str().len().saturating_sub(reference.len());
        // Once it is spent no more is joined, which takes time too.
        self.room.set(self.room.get().saturating_sub(added));
        (self.room.get() > 0).then_some(url)
    }
}

/// The absolute address of a page or a mailbox, if it is one that may be published.
pub(super) fn page<'r>(reference: Cow<'r, str>, base: &Base<'_>) -> Option<Cow<'r, str>> {
    absolute(reference, base, &["http", "https", "mailto"])
}

/// The absolute address of a picture, sound or film.
pub(super) fn file<'r>(reference: Cow<'r, str>, base: &Base<'_>) -> Option<Cow<'r, str>> {
    absolute(reference, base, &["http", "https"])
}

/// Whether an absolute address is that of a picture that is only there to count readers.
pub(super) fn is_counter(address: &str) -> bool {
    let (host, path) = host_and_rest(address);
    COUNTERS.iter().any(|(counter, start)| host == *counter && path.starts_with(start))
}

/// The host and the path of an absolute address, to be shown.
pub(super) fn without_query(address: &str) -> String {
    let (host, rest) = host_and_rest(address);
    format!("{host}{}", rest.split(['?', '#']).next().unwrap_or_default())
}

/// The host without its port, and all from the path on, of an address that was made here.
fn host_and_rest(address: &str) -> (&str, &str) {
    let behind = address.split_once("://").map_or("", |(_, behind)| behind);
    let (host, rest) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    // Not the colons of `[::1]`.
    let port = host.rfind(':').filter(|&colon| host[colon + 1..].bytes().all(|byte| byte.is_ascii_digit()));
    (&host[..port.unwrap_or(host.len())], rest)
}

fn absolute<'r>(reference: Cow<'r, str>, base: &Base<'_>, schemes: &[&str]) -> Option<Cow<'r, str>> {
    if is_serialized(&reference) {
        return (reference.len() <= MAX_REFERENCE_BYTES).then_some(reference);
    }
    let url = parsed(&reference, base).filter(|url| schemes.contains(&url.scheme()))?;
    Some(String::from(url).into())
}

/// Whether a reference is an address of the web, spelled as the URL parser would write it (WHATWG URL §4.5), without
/// a user, a port or anything that needs thought. Nearly all are: they need not be parsed.
fn is_serialized(reference: &str) -> bool {
    let behind = reference.strip_prefix("https://").or_else(|| reference.strip_prefix("http://"));
    let Some((host, path)) = behind.and_then(|behind| behind.split_once('/')) else { return false };
    is_plain_host(host) && is_plain_path(path)
}

/// Labels of lower-case letters, digits and hyphens, none of them encoded, and the last no number: no IPv4 address.
fn is_plain_host(host: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    let mut last = "";
    for label in host.split('.') {
        if label.is_empty() || label.starts_with('-') || label.get(2..4) == Some("--") {
            return false;
        }
        last = label;
    }
    host.len() < 250 && host.bytes().all(is_plain) && last.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Nothing that is escaped or dropped in a path, a query or a fragment, and no segment of dots.
fn is_plain_path(path: &str) -> bool {
    let bytes = path.as_bytes();
    let dots = |(at, byte): (usize, &u8)| match byte {
        b'.' => at == 0 || bytes[at - 1] == b'/',
        b'%' => bytes.get(at + 1) == Some(&b'2') && matches!(bytes.get(at + 2), Some(b'e' | b'E')),
        _ => false,
    };
    bytes.iter().all(|&byte| PLAIN[usize::from(byte)]) && !bytes.iter().enumerate().any(dots)
}

/// What stands for itself in paths, queries and fragments alike.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let allowed = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&()*+,;=:@%/?#";
    let mut at = 0;
    while at < allowed.len() {
        plain[allowed[at] as usize] = true;
        at += 1;
    }
    plain
};

fn parsed(reference: &str, base: &Base<'_>) -> Option<Url> {
    let reference = reference.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if reference.is_empty() || reference.len() > MAX_REFERENCE_BYTES {
        return None;
    }
    let mut url = match Url::parse(reference) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => match base.url {
            Some(base_url) if base.room.get() > 0 => base.join(base_url, reference)?,
            // A host without a scheme: today, that is https.
            _ if reference.starts_with("//") => Url::parse(&format!("https:{reference}")).ok()?,
            _ => return None,
        },
        Err(_) => return None,
    };
    if url.has_host() {
        // `https://bank.example@evil.example/` shows one host and leads to another. Neither can fail: it has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    (url.as_str().len() <= MAX_REFERENCE_BYTES).then_some(url)
}

/// The candidates of a `srcset` (WHATWG HTML §4.8.4.2.1) with absolute addresses, bad ones left out; and the first.
pub(super) fn file_set(candidates: &str, base: &Base<'_>) -> Option<(String, String)> {
    let (mut set, mut first) = (String::new(), None);
    let mut rest = candidates;
    for _ in 0..MAX_CANDIDATES {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            break;
        }
        let (address, after) = rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()));
        let bare = address.trim_end_matches(',');
        let descriptor = if bare.len() < address.len() {
            rest = after;
            ""
        } else {
            let (descriptor, next) = after.split_at(after.find(',').unwrap_or(after.len()));
            rest = next;
            descriptor.trim_matches(|c: char| c.is_ascii_whitespace())
        };
        let Some(url) = file(bare.into(), base).filter(|url| !url.ends_with(',')) else { continue };
        if !is_descriptor(descriptor) {
            continue;
        }
        let comma = if set.is_empty() { "" } else { ", " };
        let blank = if descriptor.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(set, "{comma}{url}{blank}{descriptor}");
        first.get_or_insert_with(|| url.into_owned());
    }
    first.map(|first| (set, first))
}

/// `2x`, `1.5x`, `640w` or nothing.
fn is_descriptor(descriptor: &str) -> bool {
    let Some(number) = descriptor.strip_suffix(['x', 'w']) else { return descriptor.is_empty() };
    number.len() <= 8
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_absolute_addresses_of_the_web_and_of_mail_pass() {
        let base = Url::parse("https://a.example/news/today.html").expect("a URL");
        for (reference, expected) in [
            ("https://b.example/x", Some("https://b.example/x")),
            (" \n/x?a=1&b=2 ", Some("https://a.example/x?a=1&b=2")),
            ("../p.png", Some("https://a.example/p.png")),
            ("//c.example/x", Some("https://c.example/x")),
            ("#note", Some("https://a.example/news/today.html#note")),
            ("mailto:jane@a.example", Some("mailto:jane@a.example")),
            ("https://bank.example:pw@evil.example/", Some("https://evil.example/")),
            ("javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("\u{1}javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("vbscript:x", None),
            ("data:text/html,<script>", None),
            ("file:///etc/passwd", None),
            ("blob:https://a.example/1", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(page(reference.into(), &Base::new(Some(&base), 10_000)).as_deref(), expected, "{reference:?}");
        }
        assert_eq!(page("/x".into(), &Base::new(None, 0)), None);
        assert_eq!(page("//c.example/x".into(), &Base::new(None, 0)).as_deref(), Some("https://c.example/x"));
        assert_eq!(file("mailto:jane@a.example".into(), &Base::new(None, 0)), None);
        assert_eq!(
            page(format!("https://a.example/{}", "x".repeat(MAX_REFERENCE_BYTES)).into(), &Base::new(None, 0)),
            None
        );
    }

    #[test]
    fn every_candidate_of_a_picture_is_checked() {
        let base = Url::parse("https://a.example/").expect("a URL");
        for (candidates, expected) in [
            ("s.png, l.png 2x", Some("https://a.example/s.png, https://a.example/l.png 2x")),
            ("s.png 320w,l.png 640w", Some("https://a.example/s.png 320w, https://a.example/l.png 640w")),
            ("/w_1,h_2/a.png 1.5x", Some("https://a.example/w_1,h_2/a.png 1.5x")),
            ("javascript:alert(1) 1x, b.png 2x", Some("https://a.example/b.png 2x")),
            ("data:image/png;base64,AAAA 1x", None),
            ("a.png onload=x, b.png", Some("https://a.example/b.png")),
            (" ,, ", None),
        ] {
            assert_eq!(
                file_set(candidates, &Base::new(Some(&base), 10_000)).map(|(set, _)| set).as_deref(),
                expected,
                "{candidates}"
            );
        }
    }

    #[test]
    fn a_frame_is_called_by_host_and_path() {
        for (address, expected) in [
            ("https://a.example/x/y?z#w", "a.example/x/y"),
            ("https://a.example:8443/?x", "a.example/"),
            ("http://[::1]:80/x", "[::1]/x"),
            ("http://[::1]/", "[::1]/"),
        ] {
            assert_eq!(without_query(address), expected);
        }
        assert!(is_counter("https://feeds.feedburner.com:81/~r/x") && !is_counter("https://a.example/~r/x"));
    }

    #[test]
    fn usual_addresses_are_not_parsed() {
        for (reference, expected) in [
            ("https://www.a.example/2024/10/a-b_c.html?x=1&y=%20#z", true),
            ("http://a.example/", true),
            ("https://a.example", false),
            ("HTTPS://a.example/", false),
            ("https://a.example:443/", false),
            ("https://jane@a.example/", false),
            ("https://127.0.0.1/", false),
            ("https://a.0x7f/", false),
            ("https://xn--a.example/", false),
            ("https://a..example/", false),
            ("https://a.example/x/../y", false),
            ("https://a.example/x/%2e%2E/y", false),
            ("https://a.example/x y", false),
            ("https://a.example/'", false),
            ("https://a.example/\u{e9}", false),
        ] {
            assert_eq!(is_serialized(reference), expected, "{reference}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_not_parsed_is_written_as_the_parser_would(
            reference in "https?://([a-z0-9-]{1,4}|xn--|0x|[.]){1,4}/([a-zA-Z0-9._~!$&()*+,;=:@%/?#^|'\\[-]|%2[eEfF]|/[.]{1,2}|%2){0,12}",
        ) {
            if is_serialized(&reference) {
                prop_assert_eq!(Url::parse(&reference).map(String::from), Ok(reference));
            }
        }
    }
}
