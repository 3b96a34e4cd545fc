//! A walk over the tags of a document that is surely read as it stands: strict where the reader is lenient.

use memchr::memchr;
use memchr::memmem::find;

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
    End(usize),
    Comment(usize),
    /// A processing instruction or a CDATA section.
    Other,
}

impl<'a> Walk<'a> {
    /// Begins before the first tag.
    pub(super) fn of(bytes: &'a [u8], depth: usize) -> Self {
        let at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { bytes, at, open: Vec::new(), depth }
    }

    /// The next piece; `None` at the end, and where the document is none that is surely read so.
    pub(super) fn next(&mut self) -> Option<Piece<'a>> {
        let rest = &self.bytes[self.at..];
        let (text, rest) = rest.split_at(memchr(b'<', rest)?);
        // Escape sequences may make letters of what looks like tags.
        if text.contains(&0x1b) || (self.open.is_empty() && !text.trim_ascii().is_empty()) {
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
                (Piece::End(start), end + 1)
            }
            _ => {
                let end = end_of_tag(rest)?;
                let name = name(&rest[1..end - 1])?;
                if self.open.len() == self.depth {
                    return None;
                }
                if rest[end - 2] != b'/' {
                    self.open.push(name);
                } else if !matches!(rest[end - 3], b'"' | b'\'')
                    && rest[..end].contains(&b'=')
                    && !rest[end - 3].is_ascii_whitespace()
                {
                    // The slash may be the end of a value without quotes.
                    return None;
                }
                (Piece::Start(name, start), end)
            }
        };
        self.at = start + length;
        Some(piece)
    }

    /// Whether nothing but blanks is left, and nothing is open.
    pub(super) fn is_over(&self) -> bool {
        self.open.is_empty() && self.bytes[self.at..].trim_ascii().is_empty()
    }
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

/// Behind the tag that these bytes begin with.
fn end_of_tag(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'>' => return Some(at + 1),
            b'<' | 0x1b => return None,
            quote @ (b'"' | b'\'') => {
                let value = &bytes[at + 1..];
                let value = &value[..memchr(*quote, value)?];
                if value.contains(&b'<') || value.contains(&0x1b) {
                    return None;
                }
                at += value.len() + 2;
            }
            _ => at += 1,
        }
    }
}

/// The name in a start tag.
fn name(tag: &[u8]) -> Option<&[u8]> {
    let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
    let name = &tag[..end];
    let is_name = name.first()?.is_ascii_alphabetic()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b":_-.".contains(byte));
    is_name.then_some(name)
}
