//! Single tags: whether a `<` opens one, where it ends when it is written well, and what is in it.

use memchr::{memchr, memchr2};

use super::super::attributes::Attribute;
use super::super::limits;
use super::Token;

/// The name in `<titleHarbour news</title>`: a start tag without its `>` is told apart from the text by the end tag.
pub fn glued_name<'a>(inside: &'a str, after: &str) -> Option<&'a str> {
    let end = after.strip_prefix("</")?;
    let name = &end[..end.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':')).unwrap_or(end.len())];
    (!name.is_empty() && inside.len() > name.len()).then(|| inside.strip_prefix(name).map(|_| &inside[..name.len()]))?
}

/// The length of the name in `<br/ Harbour news</p>`: a tag that ends itself, without its `>`.
pub fn ended_name(inside: &str) -> Option<usize> {
    let length = inside.bytes().position(|byte| !byte.is_ascii_alphanumeric() && byte != b':')?;
    inside[length..].starts_with('/').then_some(length).filter(|length| *length > 0)
}

/// Whether what follows a `<` makes it markup.
pub fn opens_markup(after: &[u8]) -> bool {
    let names = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_' || *byte == b':' || *byte >= 0x80;
    match after {
        [b'/', b' ', tag @ ..] | [b' ', b'/', b' ', tag @ ..] => opens_with_blank(tag),
        [b'/', next, ..] | [b' ', b'/', next, ..] => names(next),
        [b' ', tag @ ..] => opens_with_blank(tag),
        // A document cut off right here.
        [] | [b'/'] | [b'!'] => true,
        [b'?', ..] => true,
        [b'!', tail @ ..] => {
            tail.starts_with(b"[CDATA[")
                || tail.starts_with(b"--")
                || starts_with_any_case(tail, b"[CDATA[")
                || starts_with_any_case(tail, b"DOCTYPE")
        }
        [next, ..] => names(next),
    }
}

/// Whether what follows `< ` is the rest of a tag and no text: a name that feeds use, then `>` or attributes.
fn opens_with_blank(tag: &[u8]) -> bool {
    const NAMES: [&[u8]; 13] = [
        b"item",
        b"entry",
        b"title",
        b"link",
        b"description",
        b"guid",
        b"id",
        b"pubdate",
        b"updated",
        b"summary",
        b"content",
        b"channel",
        b"rss",
    ];
    let length = tag.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(tag.len());
    let (name, behind) = tag.split_at(length);
    if !NAMES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return false;
    }
    let end = behind.iter().take(400).position(|byte| matches!(byte, b'<' | b'>')).unwrap_or(0);
    behind.get(end) == Some(&b'>') && (end == 0 || behind[0] == b' ' && behind[..end].contains(&b'='))
}

fn starts_with_any_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// Where the name ends that starts at a place, of bytes that names have in practice: ASCII letters, digits, `:-_.`. Eight
/// bytes at a time, since how long a name is cannot be foreseen.
fn end_of_name(bytes: &[u8], start: usize) -> usize {
    let (mut at, (words, rest)) = (start, bytes[start..].as_chunks::<8>());
    for word in words {
        let ends = not_in_name(u64::from_le_bytes(*word));
        if ends != 0 {
            return at + ends.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + last_of_name(rest)
}

#[cold]
fn last_of_name(rest: &[u8]) -> usize {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.');
    rest.iter().take_while(|&&byte| in_name(byte)).count()
}

const HIGHEST: u64 = all(0x80);

/// A word of eight times the same byte.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// How many bytes at the start are blanks.
pub fn leading_blanks(bytes: &[u8]) -> usize {
    let (mut blanks, (words, rest)) = (0, bytes.as_chunks::<8>());
    for word in words.iter().map(|word| u64::from_le_bytes(*word)) {
        // A document has no control characters any more: what lies up to the blank is one.
        let others = (((word & !HIGHEST) + all(0x7f - b' ')) | word) & HIGHEST;
        if others != 0 {
            return blanks + others.trailing_zeros() as usize / 8;
        }
        blanks += 8;
    }
    blanks + rest.iter().take_while(|byte| **byte <= b' ').count()
}

/// The highest bit of each byte that no name has in practice.
fn not_in_name(word: u64) -> u64 {
    // Bytes below 128 in a range have the highest bit in the first sum, and not in the second one.
    let ascii = word & !HIGHEST;
    let within = |bytes: u64, first: u8, last: u8| (bytes + all(0x80 - first)) & !(bytes + all(0x7f - last));
    let letters = within(ascii | all(0x20), b'a', b'z');
    let marks = within(ascii, b'0', b':') | within(ascii, b'-', b'.') | within(ascii, b'_', b'_');
    !(letters | marks) & HIGHEST | word & HIGHEST
}

/// `<name>`, `<name/>` or `</name>` at the start of a text, and its length: most tags are no more than this.
pub fn bare_tag(rest: &str) -> Option<(Token<'_>, usize)> {
    let bytes = rest.as_bytes();
    let (from, closing) = match bytes {
        [b'<', b'/', first, ..] if first.is_ascii_alphabetic() => (2, true),
        [b'<', first, ..] if first.is_ascii_alphabetic() => (1, false),
        _ => return None,
    };
    let end = end_of_name(bytes, from);
    match (*bytes.get(end)?, closing) {
        (b'>', true) => Some((Token::End(&rest[from..end]), end + 1)),
        (b'>', false) => Some((Token::Start { name: &rest[from..end], attributes: "", empty: false }, end + 1)),
        (b'/', false) if bytes.get(end + 1) == Some(&b'>') => {
            Some((Token::Start { name: &rest[from..end], attributes: "", empty: true }, end + 2))
        }
        _ => None,
    }
}

/// A start tag that is written as XML wants it, and its length: a name, then `name="value"` or `name='value'`, each
/// behind a blank; these go into `attributes`.
pub fn regular_tag<'a>(rest: &'a str, attributes: &mut Vec<Attribute<'a>>) -> Option<(Token<'a>, usize)> {
    let bytes = rest.as_bytes();
    attributes.clear();
    let mut at = end_of_name(bytes, 1);
    let name = &rest[1..at];
    let tag = |end: usize, empty: bool| Token::Start { name, attributes: &rest[1 + name.len()..end], empty };
    loop {
        let blanks = bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = at + blanks;
        match bytes.get(start)? {
            _ if name.is_empty() => return None,
            b'>' => return Some((tag(start, false), start + 1)),
            b'/' if bytes.get(start + 1) == Some(&b'>') => return Some((tag(start, true), start + 2)),
            b'/' => return None,
            _ if blanks == 0 => return None,
            _ => {}
        }
        let equals = end_of_name(bytes, start);
        let &[b'=', quote @ (b'"' | b'\'')] = bytes.get(equals..equals + 2)? else { return None };
        // A `<` in a value is a reason to look closer.
        let value = equals + 2;
        let end = value + memchr2(quote, b'<', &bytes[value..])?;
        if equals == start || bytes[end] != quote {
            return None;
        }
        if attributes.len() < limits::ATTRIBUTES {
            attributes.push(Attribute { name: &rest[start..equals], value: &rest[value..end] });
        }
        at = end + 1;
    }
}

/// Splits the inside of a tag.
pub fn split_tag(inside: &str) -> Token<'_> {
    let inside = inside.trim_ascii_start();
    if let Some(name) = inside.strip_prefix('/') {
        let name = name.trim_ascii_start();
        return Token::End(name.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or(name));
    }
    let (inside, empty) = match inside.strip_suffix('/') {
        // `<a href=/x/>` does not end itself in HTML, but in a feed it does.
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    let end = inside.bytes().position(|byte| byte.is_ascii_whitespace() || byte == b'/').unwrap_or(inside.len());
    Token::Start { name: &inside[..end], attributes: &inside[end..], empty }
}

/// Whether every quote in a tag opens or closes a value: `="…"` or `='…'`. A `<` in such a tag is part of a value.
pub fn quotes_are_paired(inside: &str) -> bool {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|tail| memchr::memchr3(b'"', b'\'', b'<', tail)) {
        let quote = at + found;
        let opens = bytes[quote] != b'<' && bytes[..quote].trim_ascii_end().last() == Some(&b'=');
        let Some(length) = opens.then(|| memchr(bytes[quote], &bytes[quote + 1..])).flatten() else { return false };
        at = quote + length + 2;
        if bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'/' && *byte != b'?') {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_at_the_start_are_counted() {
        for count in 0..30 {
            for blank in [" ", "\t", "\n"] {
                for next in ["", "<", "!", "é", "<a>   and more   "] {
                    let text = blank.repeat(count) + next;
                    assert_eq!(leading_blanks(text.as_bytes()), count, "{text:?}");
                }
            }
        }
    }

    #[test]
    fn names_end_at_bytes_that_no_name_has() {
        let in_name = |byte: u8| byte.is_ascii_alphanumeric() || b":-_.".contains(&byte);
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                let mut name = *b"a:Z-0_9.z:A-m_5.Mxyz>>>>>>>>";
                name[place] = byte;
                let expected = if in_name(byte) { 20 } else { place };
                assert_eq!(end_of_name(&name, 0), expected, "{byte} at {place}");
                assert_eq!(end_of_name(&name[..20], 0), expected, "{byte} at {place}");
            }
        }
    }
}
