//! Checks what HTML refers to: only absolute http, https and mailto addresses leave here.

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

/// The absolute address of a page or a mailbox, if it is one that may be published.
pub(super) fn page(reference: &str, base: Option<&Url>) -> Option<Url> {
    absolute(reference, base).filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
}

/// The absolute address of a picture, sound or film.
pub(super) fn file(reference: &str, base: Option<&Url>) -> Option<Url> {
    absolute(reference, base).filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether a picture is only there to count readers.
pub(super) fn is_counter(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    COUNTERS.iter().any(|(counter, path)| host == *counter && url.path().starts_with(path))
}

fn absolute(reference: &str, base: Option<&Url>) -> Option<Url> {
    let reference = reference.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if reference.is_empty() || reference.len() > MAX_REFERENCE_BYTES {
        return None;
    }
    let mut url = match Url::parse(reference) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => match base {
            Some(base) => base.join(reference).ok()?,
            // A host without a scheme: today, that is https.
            None if reference.starts_with("//") => Url::parse(&format!("https:{reference}")).ok()?,
            None => return None,
        },
        Err(_) => return None,
    };
    if url.has_host() {
        // `https://bank.example@evil.example/` shows one host and leads to another. Neither can fail: it has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    (url.as_str().len() <= 2 * MAX_REFERENCE_BYTES).then_some(url)
}

/// The candidates of a `srcset` (WHATWG HTML §4.8.4.2.1) with absolute addresses, bad ones left out; and the first.
pub(super) fn file_set(candidates: &str, base: Option<&Url>) -> Option<(String, Url)> {
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
        let Some(url) = file(bare, base).filter(|url| !url.as_str().ends_with(',')) else { continue };
        if !is_descriptor(descriptor) {
            continue;
        }
        let comma = if set.is_empty() { "" } else { ", " };
        let blank = if descriptor.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(set, "{comma}{url}{blank}{descriptor}");
        first.get_or_insert(url);
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
            assert_eq!(page(reference, Some(&base)).as_ref().map(Url::as_str), expected, "{reference:?}");
        }
        assert_eq!(page("/x", None), None);
        assert_eq!(page("//c.example/x", None).as_ref().map(Url::as_str), Some("https://c.example/x"));
        assert_eq!(file("mailto:jane@a.example", None), None);
        assert_eq!(page(&format!("https://a.example/{}", "x".repeat(MAX_REFERENCE_BYTES)), None), None);
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
            assert_eq!(file_set(candidates, Some(&base)).map(|(set, _)| set).as_deref(), expected, "{candidates}");
        }
    }
}
