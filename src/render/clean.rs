//! Makes outside text fit for publishing: legal characters, one-line titles, strict addresses, dates and media types.

use chrono::{DateTime, SubsecRound, TimeZone, Utc};
use url::Url;

use crate::text;

/// Drops what XML 1.0 forbids (§2.2) or advises against: control characters but tab and line feed, surrogates,
/// non-characters; and byte order marks, which are no text and which readers take off or not. Line ends become line feeds, as any XML reader would make them (§2.11).
pub(super) fn characters(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => clean.push('\n'),
            '\t' | '\n' => clean.push(c),
            '\u{feff}' => {}
            _ if c.is_control() || is_noncharacter(c) => {}
            _ => clean.push(c),
        }
    }
    clean
}

/// The 66 code points that Unicode reserves for internal use.
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Puts text on one line, clean.
pub(super) fn line(text: &str) -> String {
    text::fold(&characters(text))
}

/// Escapes text for HTML, in elements and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Writes a URL by the letter of RFC 3986: browsers leave `|`, `{`, `[` and stray `%` as they are, validators do not.
pub(super) fn uri(url: &Url) -> String {
    let text = url.as_str();
    // Brackets are legal around an IPv6 address only, which ends before the path does.
    let host_end = text.len().min(url[..url::Position::BeforePath].len());
    let bytes = text.as_bytes();
    let mut strict = String::with_capacity(text.len());
    let mut in_fragment = false;
    for (at, &byte) in bytes.iter().enumerate() {
        let hex = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        let legal = match byte {
            b'%' => hex(1) && hex(2),
            b'#' => !std::mem::replace(&mut in_fragment, true),
            b'[' | b']' => at < host_end,
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte),
        };
        if legal {
            strict.push(char::from(byte));
        } else {
            strict.push_str(&format!("%{byte:02X}"));
        }
    }
    strict
}

/// Takes text that should be an http(s) address, and writes it strictly.
pub(super) fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| uri(&url))
}

/// Takes a mail address as far as RFC 4287 §3.2.3 wants to know: something, `@`, something, without blanks.
pub(super) fn mail_address(text: &str) -> Option<String> {
    let address = line(text);
    let (local, domain) = address.split_once('@')?;
    let plausible = !local.is_empty()
        && !domain.is_empty()
        && !domain.contains('@')
        && !address.contains(|c: char| c.is_whitespace() || "<>()\"".contains(c));
    plausible.then_some(address)
}

/// A date that every format can write: whole seconds, a year of four digits.
pub(super) fn date(date: DateTime<Utc>) -> DateTime<Utc> {
    let edge = |year, month, day, h, m, s| Utc.with_ymd_and_hms(year, month, day, h, m, s).single().unwrap_or_default();
    date.trunc_subsecs(0).clamp(edge(1000, 1, 1, 0, 0, 0), edge(9999, 12, 31, 23, 59, 59))
}

/// A date as RFC 3339 writes it, in UTC: `2024-10-18T09:30:00Z`.
pub(super) fn rfc3339(when: DateTime<Utc>) -> String {
    date(when).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A date as RFC 822 writes it, with the four-digit year of RFC 1123: `Fri, 18 Oct 2024 09:30:00 GMT`.
pub(super) fn rfc822(when: DateTime<Utc>) -> String {
    date(when).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The media type of a transcript or of chapters: as declared, else by the ending of the address.
pub(super) fn track_type(declared: Option<&str>, url: &str) -> String {
    let ending = url.split(['?', '#']).next().and_then(|path| path.rsplit('.').next()).unwrap_or_default();
    let known = match ending.to_ascii_lowercase().as_str() {
        "vtt" => "text/vtt",
        "srt" => "application/x-subrip",
        "json" => "application/json+chapters",
        "html" | "htm" => "text/html",
        _ => "text/plain",
    };
    media_type(declared.or(Some(known)), url)
}

/// The media type of an attached file: as declared, else by the ending of its address.
pub(super) fn media_type(declared: Option<&str>, url: &str) -> String {
    let declared =
        declared.and_then(|declared| declared.split(';').next()).map(|bare| bare.trim().to_ascii_lowercase());
    if let Some(declared) = declared.filter(|declared| is_media_type(declared)) {
        return declared;
    }
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    let known = match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    };
    known.to_owned()
}

/// Whether text is a media type without parameters (RFC 9110 §8.3.1).
fn is_media_type(text: &str) -> bool {
    let token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b));
    text.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_legal_characters_stay() {
        assert_eq!(
            characters("a\0b\u{8}c\td\r\ne\rf\n\ng\u{feff}\u{fffe}\u{fdd0}\u{1ffff}h\u{85}"),
            "abc\td\ne\nf\n\ngh"
        );
        assert_eq!(characters("]]> & < 😀 שלום"), "]]> & < 😀 שלום");
        assert_eq!(line(" a\r\n b\u{1}c "), "a bc");
    }

    #[test]
    fn addresses_are_strict() {
        let check = |address: &str, expected: &str| {
            assert_eq!(web_address(address).as_deref(), Some(expected), "{address}");
        };
        check("https://a.example/x|y?q={z}&r=[1]#f#g", "https://a.example/x%7Cy?q=%7Bz%7D&r=%5B1%5D#f%23g");
        check("https://a.example/100%?q=%zz%41", "https://a.example/100%25?q=%25zz%41");
        check("http://[::1]:8080/a[b]", "http://[::1]:8080/a%5Bb%5D");
        check(" https://a.example/новости ", "https://a.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8");
        for bad in ["", "/x", "ftp://a.example/", "javascript:alert(1)", "data:text/html,x"] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn mail_addresses_are_plausible() {
        assert_eq!(mail_address(" jane@a.example ").as_deref(), Some("jane@a.example"));
        for bad in ["jane", "@a.example", "jane@", "a b@c", "a@b@c", "<a@b>"] {
            assert_eq!(mail_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn dates_have_four_digit_years() {
        let when = DateTime::from_timestamp(1_729_243_800, 987_000_000).expect("a date");
        assert_eq!(rfc822(when), "Fri, 18 Oct 2024 09:30:00 GMT");
        assert_eq!(rfc3339(when), "2024-10-18T09:30:00Z");
        assert_eq!(rfc3339(DateTime::<Utc>::MAX_UTC), "9999-12-31T23:59:59Z");
        assert_eq!(rfc822(DateTime::<Utc>::MIN_UTC), "Wed, 01 Jan 1000 00:00:00 GMT");
    }

    #[test]
    fn media_types_fall_back_to_the_ending() {
        for (declared, url, expected) in [
            (Some("Audio/MPEG; q=1"), "https://a.example/x", "audio/mpeg"),
            (Some("audio"), "https://a.example/x.MP3?y=z.png", "audio/mpeg"),
            (None, "https://a.example/x.webp#a", "image/webp"),
            (Some(""), "https://a.example/x.d/y", "application/octet-stream"),
            (None, "https://a.example", "application/octet-stream"),
        ] {
            assert_eq!(media_type(declared, url), expected, "{declared:?} {url}");
        }
    }
}
