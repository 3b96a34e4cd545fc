//! Relative references made absolute: in links, and in the attributes of HTML.

use std::borrow::Cow;

use memchr::memchr;
use url::Url;

/// The reference, absolute where a base is known; trimmed, without quotes, with blanks inside a broken line removed.
/// A host that begins with `www.` is one, and no path.
pub fn resolve(reference: &str, base: Option<&Url>) -> String {
    let reference = reference.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'));
    let quoted = reference.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let reference = quoted.unwrap_or(reference).trim();
    let joined: Cow<'_, str> = if reference.contains(['\n', '\r', '\t']) {
        reference.split(['\n', '\r', '\t']).map(str::trim).collect::<String>().into()
    } else {
        reference.into()
    };
    if joined.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) {
        return format!("http://{joined}");
    }
    match base {
        Some(base) if !has_scheme(&joined) => base.join(&joined).map_or_else(|_| joined.to_string(), String::from),
        _ => joined.into_owned(),
    }
}

/// Whether a reference begins with a scheme (RFC 3986 §3.1).
pub fn has_scheme(reference: &str) -> bool {
    let Some((scheme, _)) = reference.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// HTML source with the relative references of its attributes made absolute.
pub fn resolve_html<'a>(html: &'a str, base: Option<&Url>) -> Cow<'a, str> {
    let (Some(base), Some(_)) = (base, memchr(b'<', html.as_bytes())) else { return Cow::Borrowed(html) };
    let mut out = String::new();
    let mut copied = 0;
    let mut from = 0;
    while let Some(found) = memchr(b'<', &html.as_bytes()[from..]) {
        let start = from + found + 1;
        // A tag without `>` is none; a `>` inside a quoted value hides at worst the attributes behind it.
        let Some(length) = memchr(b'>', &html.as_bytes()[start..]) else { break };
        for (value_start, value_end) in references(&html[start..start + length]) {
            let (value_start, value_end) = (start + value_start, start + value_end);
            let reference = html[value_start..value_end].trim();
            if reference.is_empty() || reference.starts_with('#') || has_scheme(reference) {
                continue;
            }
            let Ok(absolute) = base.join(&htmlize::unescape_attribute(reference)) else { continue };
            out.push_str(&html[copied..value_start]);
            out.push_str(&absolute.as_str().replace('&', "&amp;").replace('\'', "%27"));
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
            ("\u{feff}http://h.example/x\u{200b}", "http://h.example/x"),
            ("http://h.example/?q=\"x\"", "http://h.example/?q=\"x\""),
            ("www.h.example/x", "http://www.h.example/x"),
            ("http://a.example/\n  long", "http://a.example/long"),
        ] {
            assert_eq!(resolve(reference, base().as_ref()), expected);
        }
        assert_eq!(resolve("x", None), "x");
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
        ] {
            assert_eq!(resolve_html(html, base().as_ref()), expected);
        }
    }
}
