//! Relative references made absolute: in links, and in the attributes of HTML.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr3, memrchr2};
use url::{Position, Url};

use super::limits;

/// The reference, absolute where a base is known; trimmed, without quotes, with blanks inside a broken line removed.
/// A host that begins with `www.` is one, and no path.
pub fn resolve(reference: &str, base: Option<&Url>) -> String {
    let reference = bare(reference);
    let joined: Cow<'_, str> = if memchr3(b'\n', b'\r', b'\t', reference.as_bytes()).is_some() {
        reference.split(['\n', '\r', '\t']).map(str::trim).collect::<String>().into()
    } else {
        reference.into()
    };
    if starts_with_www(&joined) {
        return format!("http://{joined}");
    }
    match base {
        Some(base) if !has_scheme(&joined) => {
            let mut out = String::with_capacity(joined.len());
            if !join_into(base, &joined, &mut out) {
                out.push_str(&joined);
            }
            out
        }
        _ => joined.into_owned(),
    }
}

/// The same for a value that may be a String of its own: what changes nothing copies nothing.
pub fn resolve_value(reference: Cow<'_, str>, base: Option<&Url>) -> String {
    let stays = |reference: &str| {
        bare(reference).len() == reference.len()
            && memchr3(b'\n', b'\r', b'\t', reference.as_bytes()).is_none()
            && has_scheme(reference)
            && !starts_with_www(reference)
    };
    match reference {
        Cow::Owned(reference) if stays(&reference) => reference,
        reference => resolve(&reference, base),
    }
}

fn starts_with_www(reference: &str) -> bool {
    reference.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www."))
}

/// A base within [`limits::BASE_BYTES`]: a longer one goes without its query, which hardly any reference needs, or not
/// at all.
pub fn as_base(mut url: Url) -> Option<Url> {
    if url.as_str().len() > limits::BASE_BYTES {
        url.set_query(None);
        url.set_fragment(None);
    }
    (url.as_str().len() <= limits::BASE_BYTES).then_some(url)
}

/// A reference without what surrounds it: blanks, characters of no width, quotes.
fn bare(reference: &str) -> &str {
    if let [first, .., last] = reference.as_bytes()
        && first.is_ascii_alphanumeric()
        && (last.is_ascii_alphanumeric() || *last == b'/')
    {
        return reference;
    }
    let reference = reference.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'));
    let around = |open: char, close: char| reference.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let quoted = around('"', '"').or_else(|| around('<', '>'));
    quoted.unwrap_or(reference).trim()
}

/// Appends the reference made absolute; says no where it cannot be.
fn join_into(base: &Url, reference: &str, out: &mut String) -> bool {
    let web = matches!(base.scheme(), "http" | "https");
    if !(web && is_plain_path(reference.as_bytes())) {
        let joined = base.join(reference);
        out.push_str(joined.as_ref().map_or("", Url::as_str));
        return joined.is_ok();
    }
    // Of such a path the rules of RFC 3986 §5.2 leave every character as it is.
    out.push_str(&base[..Position::BeforePath]);
    if !reference.starts_with('/') {
        let path = base.path();
        out.push_str(&path[..path.rfind('/').map_or(0, |at| at + 1)]);
    }
    out.push_str(reference);
    true
}

/// Whether a reference is a path of unreserved characters (RFC 3986 §2.3) without host, `.` and `..`.
fn is_plain_path(reference: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    !reference.is_empty()
        && !reference.starts_with(b"//")
        && reference.iter().all(plain)
        && reference.split(|&byte| byte == b'/').all(|segment| !matches!(segment, b"." | b".."))
}

/// Whether a reference begins with a scheme (RFC 3986 §3.1).
pub fn has_scheme(reference: &str) -> bool {
    let in_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let bytes = reference.as_bytes();
    let end = bytes.iter().position(|byte| !in_scheme(byte));
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && end.is_some_and(|end| bytes[end] == b':')
}

/// HTML source with the relative references of its attributes made absolute.
///
/// Looks for what may be one by its `=`, and reads a tag only around such: most HTML is passed over at the speed of memory.
pub fn resolve_html<'a>(html: &'a str, base: Option<&Url>) -> Cow<'a, str> {
    let Some(base) = base else { return Cow::Borrowed(html) };
    let bytes = html.as_bytes();
    let (mut out, mut absolute) = (String::new(), String::new());
    // Where copying and looking go on; the latter is never inside a tag.
    let (mut copied, mut from) = (0, 0);
    for equals in memchr_iter(b'=', bytes) {
        if equals < from || !may_refer_relatively(bytes, equals) {
            continue;
        }
        let start = match memrchr2(b'<', b'>', &bytes[from..equals]) {
            Some(at) if bytes[from + at] == b'<' => from + at + 1,
            _ => {
                from = equals;
                continue;
            }
        };
        // A tag without `>` is none; a `>` inside a quoted value hides at worst the attributes behind it.
        let Some(length) = memchr(b'>', &bytes[start..]) else { break };
        for (value_start, value_end) in references(&html[start..start + length]) {
            let (value_start, value_end) = (start + value_start, start + value_end);
            let reference = html[value_start..value_end].trim();
            if reference.is_empty() || reference.starts_with('#') || has_scheme(reference) {
                continue;
            }
            absolute.clear();
            if !join_into(base, &htmlize::unescape_attribute(reference), &mut absolute) {
                continue;
            }
            out.push_str(&html[copied..value_start]);
            for part in absolute.split_inclusive(['&', '\'']) {
                let plain = part.strip_suffix(['&', '\'']).unwrap_or(part);
                out.push_str(plain);
                out.push_str(match &part[plain.len()..] {
                    "&" => "&amp;",
                    "'" => "%27",
                    _ => "",
                });
            }
            copied = value_end;
            if out.len() > html.len() * 4 + 4096 {
                // A long base and many short references: what is left stays as it is, or a small text grows huge.
                out.push_str(&html[copied..]);
                return Cow::Owned(out);
            }
        }
        from = start + length + 1;
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[copied..]);
    Cow::Owned(out)
}

/// Whether `name=` at a place may be an attribute with a relative reference; told by single bytes first.
fn may_refer_relatively(html: &[u8], equals: usize) -> bool {
    const QUOTED: &[u8; 5] = b"\"http";
    let behind = &html[equals + 1..];
    if behind.first_chunk() == Some(QUOTED) && matches!(behind.get(5..9), Some(b"s://" | [b':', b'/', b'/', _])) {
        return false;
    }
    let mut name = &html[..equals];
    if name.last().is_some_and(u8::is_ascii_whitespace) {
        name = name.trim_ascii_end();
    }
    let [.., before, last] = name else { return false };
    // The ends of the names below.
    let ends_one = matches!(
        [before | 0x20, last | 0x20],
        [b'e', b'f' | b'r']
            | [b'r', b'c']
            | [b'o', b'n']
            | [b't', b'e' | b'a']
            | [b'n', b'd']
            | [b's', b'c' | b'e']
            | [b'a', b'p']
    );
    ends_one
        && REFERENCES.iter().any(|known| {
            let at = name.len().wrapping_sub(known.len());
            name.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(known.as_bytes()))
        })
}

/// Attributes that hold one reference (HTML, "List of attributes").
const REFERENCES: [&str; 11] =
    ["href", "src", "action", "cite", "background", "longdesc", "poster", "data", "codebase", "usemap", "formaction"];

/// The places of the references in the inside of a tag.
fn references(tag: &str) -> impl Iterator<Item = (usize, usize)> {
    let bytes = tag.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let equals = at + memchr(b'=', bytes.get(at..)?)?;
            let name = tag[at..equals].trim_ascii_end();
            let name = name.rsplit(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '/')).next()?;
            let blanks = bytes[equals + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let value = equals + 1 + blanks;
            let (start, end) = match bytes.get(value)? {
                quote @ (b'"' | b'\'') => (value + 1, value + 1 + memchr(*quote, &bytes[value + 1..])?),
                _ => {
                    let length = bytes[value..].iter().position(u8::is_ascii_whitespace);
                    (value, length.map_or(bytes.len(), |length| value + length))
                }
            };
            at = end.max(equals + 1);
            if REFERENCES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                return Some((start, end));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Option<Url> {
        Url::parse("http://a.example/b/c?d").ok()
    }

    #[test]
    fn references_are_resolved() {
        for (reference, expected) in [
            (" x.html ", "http://a.example/b/x.html"),
            ("/x", "http://a.example/x"),
            ("//h.example/x", "http://h.example/x"),
            ("http://E.example", "http://E.example"),
            ("mailto:a@b", "mailto:a@b"),
            ("\"http://h.example/x\"", "http://h.example/x"),
            ("<http://h.example/x>", "http://h.example/x"),
            ("\u{feff}http://h.example/x\u{200b}", "http://h.example/x"),
            ("http://h.example/?q=\"x\"", "http://h.example/?q=\"x\""),
            ("www.h.example/x", "http://www.h.example/x"),
            ("http://a.example/\n  long", "http://a.example/long"),
        ] {
            assert_eq!(resolve(reference, base().as_ref()), expected);
            assert_eq!(resolve_value(reference.to_owned().into(), base().as_ref()), expected);
        }
        assert_eq!(resolve("x", None), "x");
    }

    proptest::proptest! {
        #[test]
        fn plain_paths_are_joined_as_all_others(
            reference in "[a-zA-Z0-9/._~-]{0,20}",
            path in "(/[a-z.%?#]{0,6}){0,4}",
        ) {
            let base = Url::parse(&format!("https://u@a.example:8080{path}")).expect("a URL");
            let mut out = String::new();
            let joined = join_into(&base, &reference, &mut out).then_some(out);
            assert_eq!(joined, base.join(&reference).ok().map(String::from), "{} {}", base, reference);
        }
    }

    #[test]
    fn every_attribute_that_refers_is_looked_at() {
        for name in REFERENCES.into_iter().flat_map(|name| [name.to_owned(), name.to_uppercase()]) {
            let html = format!("<x {name}=y>");
            assert_eq!(resolve_html(&html, base().as_ref()), format!("<x {name}=http://a.example/b/y>"),);
        }
    }

    #[test]
    fn html_attributes_are_resolved() {
        for (html, expected) in [
            ("plain", "plain"),
            ("<a href=\"x\">y</a>", "<a href=\"http://a.example/b/x\">y</a>"),
            ("<IMG alt='a=b' SRC = '/x?a=1&amp;b=2'/>", "<IMG alt='a=b' SRC = 'http://a.example/x?a=1&amp;b=2'/>"),
            ("<a href=x title=y>", "<a href=http://a.example/b/x title=y>"),
            ("<a href='#n'><a href='http://b.example/'>", "<a href='#n'><a href='http://b.example/'>"),
            ("a < b <a href='x", "a < b <a href='x"),
            (
                "a href=x <p title='src=y' cite=z>src=x</p>",
                "a href=x <p title='src=y' cite=http://a.example/b/z>src=x</p>",
            ),
            (
                "<img src=a.png><img src=\"http://b.example/\"><img\nsrc\n=\n\"c.png\">",
                "<img src=http://a.example/b/a.png><img src=\"http://b.example/\"><img\nsrc\n=\n\"http://a.example/b/c.png\">",
            ),
        ] {
            assert_eq!(resolve_html(html, base().as_ref()), expected);
        }
    }
}
