//! Reads a feed document of any dialect: bytes and what HTTP said of them in, the neutral form and its flaws out.
//!
//! Reading fails only for what is no feed at all; all else is read, and what was wrong is told as flaws. Every cost is
//! bounded (`limits`), and time is linear in the document's size.

mod again;
mod ahead;
mod attributes;
mod base64;
mod date;
mod decode;
mod discover;
mod draft;
mod elements;
mod entities;
mod error;
mod essence;
mod extras;
mod fields;
mod fill;
mod flaws;
mod json;
mod labels;
mod limits;
mod names;
mod parts;
mod reader;
mod references;
mod resolve;
mod stack;
mod tags;
mod text;
mod tokens;
mod values;
mod walk;
mod xml;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::Read;

use chrono::{DateTime, Utc};
use url::Url;

pub use error::Error;
pub use essence::essence;
pub use parts::Parts;
pub use resolve::resolve_html;

use self::flaws::Flaws;
use crate::model::{Feed, Parsed};

/// What is known of a document besides its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The `Content-Type` header: its charset counts, its type does not.
    pub content_type: Option<&'a str>,
    /// The address that the document came from: the base of its relative references.
    pub base: Option<&'a Url>,
    /// The time at which it is read: dates ahead of it are flagged. Without it, none is in the future.
    pub now: Option<DateTime<Utc>>,
    /// Whether items are to say the lines that they start in: counting takes a few hundredths of the time.
    pub lines: bool,
    /// Bytes that a packed document may unpack to, if fewer than 64 MiB.
    pub max_unpacked_bytes: Option<usize>,
}

/// Whether a document is packed: reading it may take as much memory as unpacking it is allowed to.
pub fn is_packed(bytes: &[u8]) -> bool {
    let packed = bytes.trim_ascii_start();
    packed.starts_with(&GZIP) || is_zlib(packed)
}

fn is_zlib(packed: &[u8]) -> bool {
    matches!(packed, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]) && !packed.is_ascii()
}

/// Reads a feed: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON Feed.
///
/// # Errors
/// When the document is no feed at all: empty, an HTML page (with the feeds it names), other XML or JSON, no text.
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, Error> {
    let limit = hints.max_unpacked_bytes.unwrap_or(usize::MAX).min(limits::INFLATED_BYTES);
    let (mut bytes, unpacked) = unpack(bytes, limit)?;
    // A cache and the server behind it may both have packed it.
    if unpacked && bytes.starts_with(&GZIP) {
        bytes = Cow::Owned(unpack(&bytes, limit)?.0.into_owned());
    }
    if bytes.trim_ascii().is_empty() {
        return Err(Error::Empty);
    }
    if let Some(what) = binary_kind(&bytes) {
        return Err(Error::Binary { what });
    }
    let charset = hints.content_type.and_then(decode::charset_of);
    let decode::Decoded { text, remarks } = decode::decode(&bytes, charset);
    let text = text.as_ref();
    let mut flaws = Flaws::new(text);
    (flaws.now, flaws.lines) = (hints.now, hints.lines);
    if unpacked {
        flaws.note_whole("compressed", || "The server sent gzip bytes without saying so: unpacked.".to_owned());
    }
    for (kind, message) in remarks {
        flaws.note_whole(kind, || message);
    }
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.is_empty() {
        return Err(Error::Empty);
    }
    let base = hints.base.cloned().and_then(resolve::as_base);
    let base = base.as_ref();
    let feed = if let Some(at) = json::starts(text) {
        if !start.starts_with(['{', '[']) {
            flaws.note("junk-before-root", 0, || "Something stands before the JSON: left out.".to_owned());
        }
        json::read(text, at, base, &mut flaws)?
    } else if is_html(start) {
        read_inside_page(text, base, &mut flaws)?
    } else {
        match xml::read(text, base, &mut flaws) {
            Err(Error::Html { .. }) => read_inside_page(text, base, &mut flaws)?,
            other => other?,
        }
    };
    Ok(Parsed { feed, flaws: flaws.finish() })
}

/// Reads the feed that a web page has around it, if it has items.
fn read_inside_page<'a>(text: &'a str, base: Option<&Url>, flaws: &mut Flaws<'a>) -> Result<Feed, Error> {
    let page = || Error::Html { feeds: discover::feed_links(text, base) };
    let roots = ["<rss", "<rdf:RDF", "<feed xmlns"].into_iter();
    let start = roots.filter_map(|root| memchr::memmem::find(text.as_bytes(), root.as_bytes())).min();
    let start = start.ok_or_else(page)?;
    flaws.note("inside-page", start, || "The feed stands inside a web page: read from its own first tag on.".into());
    flaws.skip_to(start);
    xml::read(&text[start..], base, flaws).ok().filter(|feed| !feed.items.is_empty()).ok_or_else(page)
}

/// What gzip bytes begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What reading to an end needs beyond the limit so as not to ask for more room.
const SPARE_BYTES: usize = 64;

/// Unpacks gzip or zlib bytes that a server sent as the body itself, up to a limit.
fn unpack(bytes: &[u8], limit_bytes: usize) -> Result<(Cow<'_, [u8]>, bool), Error> {
    // Line ends in front of it come from scripts.
    let packed = bytes.trim_ascii_start();
    let is_zlib = is_zlib(packed);
    if !is_zlib && !packed.starts_with(&GZIP) {
        return Ok((Cow::Borrowed(bytes), false));
    }
    // Made once and touched as it fills: doubling would hold the old half beside it.
    let mut unpacked = Vec::with_capacity(limit_bytes.saturating_add(SPARE_BYTES));
    let limit = limit_bytes as u64;
    let result = match is_zlib {
        true => flate2::read::ZlibDecoder::new(packed).take(limit + 1).read_to_end(&mut unpacked),
        false => flate2::read::MultiGzDecoder::new(packed).take(limit + 1).read_to_end(&mut unpacked),
    };
    if unpacked.len() as u64 > limit {
        return Err(Error::Compressed { reason: format!("it holds more than {limit} bytes") });
    }
    match result {
        Err(_) if is_zlib && unpacked.is_empty() => Ok((Cow::Borrowed(bytes), false)),
        // A stream that breaks off gives what came before.
        Err(error) if unpacked.is_empty() => Err(Error::Compressed { reason: error.to_string() }),
        _ => Ok((Cow::Owned(unpacked), true)),
    }
}

/// What bytes are that can be no text, by their first ones.
fn binary_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 8] = [
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"ID3", "an MP3 file"),
        (b"\x28\xb5\x2f\xfd", "Zstandard bytes"),
        (b"RIFF", "a RIFF media file"),
    ];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, what)| *what)
}

/// Whether a text without leading blanks begins like an HTML page.
fn is_html(start: &str) -> bool {
    let begins = |prefix: &str| start.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    begins("<!doctype html") || begins("<html") || begins("<head") || begins("<body")
}
