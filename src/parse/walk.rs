//! A walk over the tags of a document that is surely read as it stands: strict where the reader is lenient.

use memchr::memchr;
use memchr::memmem::find;

/// Elements of a feed, and of no item, whose text nothing is made of.
const OF_CHANNEL: [&[u8]; 3] = [b"lastBuildDate", b"pubDate", b"generator"];
const OF_FEED: [&[u8]; 3] = [b"updated", b"modified", b"generator"];

/// Walks from tag to tag. It ends early where a lenient reader might see anything else.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    bytes: &'a [u8],
    /// Behind the last tag, comment or section.
    pub(super) at: usize,
    /// Names of the elements that are open.
    pub(super) open: Vec<&'a [u8]>,
    /// As many may be.
    depth: usize,
}

/// A piece of a document, and where it begins; it ends where the walk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A start tag, whose element is open now unless it is empty.
    Start(&'a [u8], usize),
    /// An end tag.
    End,
    Comment(usize),
    /// A processing instruction or a CDATA section.
    Other,
}

impl<'a> Walk<'a> {
    /// Begins before the first tag. Whoever walks sees to it that there are no escape sequences, which may make letters of
    /// what looks like tags.
    pub(super) fn of(bytes: &'a [u8], depth: usize) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { bytes, at, open: Vec::new(), depth }
    }

    /// The next piece; `None` at the end, and where the document is none that is surely read so.
    pub(super) fn next(&mut self) -> Option<Piece<'a>> {
        let rest = &self.bytes[self.at..];
        let (text, rest) = rest.split_at(memchr(b'<', rest)?);
        if self.open.is_empty() && !text.trim_ascii().is_empty() {
            return None;
        }
        let start = self.at + text.len();
        let (piece, length) = match rest.get(1)? {
            b'?' => (Piece::Other, after(rest, 2, b"?>")?),
            b'!' if rest.starts_with(b"<!--") && !rest[4..].starts_with(b">") && !rest[4..].starts_with(b"->") => {
                (Piece::Comment(start), after(rest, 4, b"-->")?)
            }
            b'!' if rest.starts_with(b"<![CDATA[") && !self.open.is_empty() => (Piece::Other, after(rest, 9, b"]]>")?),
            b'/' => {
                let end = memchr(b'>', rest)?;
                if self.open.pop()? != &rest[2..end] {
                    return None;
                }
                (Piece::End, end + 1)
            }
            _ => {
                let Tag { name, end, is_empty } = start_tag(rest)?;
                if self.open.len() == self.depth {
                    return None;
                }
                if !is_empty {
                    self.open.push(name);
                }
                (Piece::Start(name, start), end)
            }
        };
        self.at = start + length;
        Some(piece)
    }

    /// Goes on behind an element that is known to end there, whose start tag came last; so many were open around it.
    pub(super) fn pass_over(&mut self, around: usize, end: usize) {
        self.open.truncate(around);
        self.at = end;
    }

    /// Whether nothing but blanks is left, and nothing is open.
    pub(super) fn is_over(&self) -> bool {
        self.open.is_empty() && self.bytes[self.at..].trim_ascii().is_empty()
    }
}

/// How long the text of an element is that says when the document was made, or by what: plain, and in its place.
pub(super) fn passing_text(open: &[&[u8]], name: &[u8], rest: &[u8], end: usize) -> Option<usize> {
    let names = match open {
        [b"rss", b"channel"] => OF_CHANNEL,
        [b"feed"] => OF_FEED,
        _ => return None,
    };
    // Without attributes.
    if !names.contains(&name) || end != name.len() + 2 {
        return None;
    }
    let text = &rest[end..][..memchr(b'<', &rest[end..])?];
    let is_plain = text.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'>'));
    let is_closed = rest[end + text.len()..].strip_prefix(b"</")?.strip_prefix(name)?.starts_with(b">");
    (is_plain && is_closed).then_some(text.len())
}

/// Whether a tag's name is that of an item in any dialect, whatever its prefix.
pub(super) fn is_item(name: &[u8]) -> bool {
    let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
    local.eq_ignore_ascii_case(b"item") || local.eq_ignore_ascii_case(b"entry")
}

/// What is behind the next `mark`, which is looked for from `from` on.
fn after(bytes: &[u8], from: usize, mark: &[u8]) -> Option<usize> {
    Some(from + find(bytes.get(from..)?, mark)? + mark.len())
}

/// A start tag: its name, where it ends, and whether its element does, too.
struct Tag<'a> {
    name: &'a [u8],
    end: usize,
    is_empty: bool,
}

/// The start tag that these bytes begin with.
fn start_tag(bytes: &[u8]) -> Option<Tag<'_>> {
    let length = bytes[1..].iter().position(|byte| !NAME[usize::from(*byte)])?;
    let name = &bytes[1..=length];
    if !name.first()?.is_ascii_alphabetic() {
        return None;
    }
    // Most have no attributes.
    let end = match bytes[1 + length] {
        b'>' => return Some(Tag { name, end: length + 2, is_empty: false }),
        b'/' => length + 1 + bytes[1 + length..].starts_with(b"/>").then_some(2)?,
        blank if blank.is_ascii_whitespace() => end_of_attributes(bytes, length + 1)?,
        _ => return None,
    };
    let is_empty = bytes[end - 2] == b'/';
    // The slash may be the end of a value without quotes.
    let is_value = is_empty
        && !(matches!(bytes[end - 3], b'"' | b'\'') || bytes[end - 3].is_ascii_whitespace())
        && bytes[..end].contains(&b'=');
    (!is_value).then_some(Tag { name, end, is_empty })
}

/// Behind the tag whose attributes begin there.
fn end_of_attributes(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match bytes.get(at)? {
            b'>' => return Some(at + 1),
            b'<' => return None,
            quote @ (b'"' | b'\'') => {
                let value = &bytes[at + 1..];
                let value = &value[..memchr(*quote, value)?];
                if memchr(b'<', value).is_some() {
                    return None;
                }
                at += value.len() + 2;
            }
            _ => at += 1,
        }
    }
}

/// Characters of names, beyond which none is looked at.
const NAME: [bool; 256] = {
    let mut all = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        all[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b':' | b'_' | b'-' | b'.');
        byte += 1;
    }
    all
};
