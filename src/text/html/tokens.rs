//! Cuts HTML of any quality into text and tags, in time linear in its length.
//!
//! Tags are found as browsers find them (WHATWG HTML §13.2.5), with two kindnesses towards broken feeds:
//! a `<` that never becomes a tag stays text, and a quote that never ends does not swallow the document.
//! Comments, declarations and the contents of `script`, `style` and their like are left out.
//! Whoever writes HTML from these tokens must escape everything again: nothing in here is safe.

use memchr::{memchr, memchr3, memmem};

/// Elements whose contents are not for reading: dropped with everything in them (of a frame, the start tag stays).
const DROPPED: [&str; 13] = [
    "script", "style", "template", "title", "textarea", "svg", "noembed", "noframes", "select", "button", "xmp",
    "datalist", "iframe",
];

/// What the names in `DROPPED` begin with.
const DROPPED_INITIALS: [char; 7] = ['b', 'd', 'i', 'n', 's', 't', 'x'];

/// A piece of HTML. Names are as they stand: compare without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'h> {
    /// Text, entities not yet decoded.
    Text(&'h str),
    /// A start tag; `attributes` is what [`attributes`] reads.
    Start { name: &'h str, attributes: &'h str },
    /// An end tag.
    End { name: &'h str },
}

/// The tokens of a fragment.
pub(super) fn tokens(html: &str) -> Tokens<'_> {
    Tokens { html, at: 0, quotes_are_broken: false, no_more_ends: [false; DROPPED.len()] }
}

/// See [`tokens`].
pub(super) struct Tokens<'h> {
    html: &'h str,
    at: usize,
    /// Once a tag's quotes ran to the end of the document, tags end at the next `>`: no byte is searched twice.
    quotes_are_broken: bool,
    /// Which of `DROPPED` are known to have no end tag further on.
    no_more_ends: [bool; DROPPED.len()],
}

impl<'h> Iterator for Tokens<'h> {
    type Item = Token<'h>;

    fn next(&mut self) -> Option<Token<'h>> {
        loop {
            let rest = self.html.get(self.at..).filter(|rest| !rest.is_empty())?;
            let bytes = rest.as_bytes();
            if bytes[0] != b'<' || !opens_markup(bytes) {
                let end = next_markup(bytes);
                self.at += end;
                return Some(Token::Text(&rest[..end]));
            }
            match bytes[1] {
                b'!' | b'?' => self.skip_declaration(bytes),
                b'/' => {
                    if let Some(token) = self.end_tag(rest) {
                        return Some(token);
                    }
                }
                _ => match self.start_tag(rest) {
                    Some(Token::Start { name, attributes }) if self.skip_contents(name, attributes) => {}
                    Some(token) => return Some(token),
                    None => {
                        // No `>` follows anywhere: all that is left is text.
                        self.at = self.html.len();
                        return Some(Token::Text(rest));
                    }
                },
            }
        }
    }
}

/// Whether the `<` that `bytes` starts with opens a tag, a comment or a declaration.
fn opens_markup(bytes: &[u8]) -> bool {
    match bytes.get(1) {
        Some(b'/') => bytes.get(2).is_some_and(|&next| next.is_ascii_alphabetic() || next == b'>'),
        Some(&next) => next.is_ascii_alphabetic() || next == b'!' || next == b'?',
        None => false,
    }
}

/// Where the next markup opens, after the first byte.
fn next_markup(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'<', rest)) {
        at += found;
        if opens_markup(&bytes[at..]) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

impl<'h> Tokens<'h> {
    fn skip_declaration(&mut self, bytes: &[u8]) {
        let length = if let Some(comment) = bytes.strip_prefix(b"<!--") {
            // `<!-->` and `<!--->` are whole comments.
            if comment.starts_with(b">") {
                5
            } else if comment.starts_with(b"->") {
                6
            } else {
                comment_end(comment).map_or(bytes.len(), |end| 4 + end)
            }
        } else if bytes.starts_with(b"<![CDATA[") {
            9
        } else {
            memchr(b'>', bytes).map_or(bytes.len(), |end| end + 1)
        };
        self.at += length;
    }

    fn end_tag(&mut self, rest: &'h str) -> Option<Token<'h>> {
        let end = memchr(b'>', rest.as_bytes()).unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        let name = &rest[2..2 + name_length(&rest.as_bytes()[2..])];
        (!name.is_empty()).then_some(Token::End { name })
    }

    fn start_tag(&mut self, rest: &'h str) -> Option<Token<'h>> {
        let bytes = rest.as_bytes();
        let name_end = 1 + name_length(&bytes[1..]);
        let mut end = None;
        if !self.quotes_are_broken {
            end = tag_end(&rest[name_end..]).map(|end| name_end + end);
            self.quotes_are_broken = end.is_none();
        }
        let end = end.or_else(|| memchr(b'>', bytes))?.max(name_end);
        self.at += end + 1;
        Some(Token::Start { name: &rest[1..name_end], attributes: &rest[name_end..end] })
    }

    /// Skips to behind the end tag of an element that is not for reading; says whether there was one to skip.
    fn skip_contents(&mut self, name: &str, attributes: &str) -> bool {
        // Few names begin as one of them does.
        if !name.starts_with(|c: char| DROPPED_INITIALS.contains(&c.to_ascii_lowercase())) {
            return false;
        }
        let Some(index) = DROPPED.iter().position(|dropped| name.eq_ignore_ascii_case(dropped)) else { return false };
        let rest = &self.html.as_bytes()[self.at..];
        // Written as XML: `<iframe src="…"/>` has no contents. A browser would take all that follows for them.
        if attributes.ends_with('/') {
            return DROPPED[index] != "iframe";
        }
        let end = if self.no_more_ends[index] { None } else { find_end_tag(rest, DROPPED[index]) };
        match end {
            Some(end) => self.at += end,
            // A browser runs an unclosed script to the end; other elements lose their tag only.
            None if index < 2 => self.at = self.html.len(),
            None => self.no_more_ends[index] = true,
        }
        DROPPED[index] != "iframe"
    }
}

/// The length of a comment's inside and end: `-->` or `--!>`.
fn comment_end(comment: &[u8]) -> Option<usize> {
    memmem::find_iter(comment, b"--").find_map(|at| match comment.get(at + 2..)? {
        [b'>', ..] => Some(at + 3),
        [b'!', b'>', ..] => Some(at + 4),
        // `--->`: the dashes overlap, so look one byte further.
        [b'-', b'>', ..] => Some(at + 4),
        _ => None,
    })
}

fn name_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte.is_ascii_whitespace() || byte == b'/' || byte == b'>').unwrap_or(bytes.len())
}

/// How far it is to behind the `>` of the end tag `name`.
fn find_end_tag(bytes: &[u8], name: &str) -> Option<usize> {
    for at in memmem::find_iter(bytes, b"</") {
        let after = &bytes[at + 2..];
        let closes = after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
            && after.get(name.len()).is_none_or(|&next| next.is_ascii_whitespace() || next == b'/' || next == b'>');
        if closes {
            return Some(memchr(b'>', after).map_or(bytes.len(), |end| at + 2 + end + 1));
        }
    }
    None
}

/// Where the `>` of a tag is whose name ends where `inside` starts.
fn tag_end(inside: &str) -> Option<usize> {
    // Only quotes hide a `>`.
    let first = memchr3(b'>', b'"', b'\'', inside.as_bytes())?;
    if inside.as_bytes()[first] == b'>' {
        return Some(first);
    }
    let mut attributes = attributes(inside);
    while attributes.next().is_some() {}
    (inside.as_bytes().get(attributes.at) == Some(&b'>')).then_some(attributes.at)
}

/// The attributes in the inside of a start tag, entities not yet decoded.
///
/// The same name may come twice, of which the first counts.
pub(super) fn attributes(inside: &str) -> Attributes<'_> {
    Attributes { inside, at: 0 }
}

/// See [`attributes`].
pub(super) struct Attributes<'h> {
    inside: &'h str,
    at: usize,
}

impl<'h> Iterator for Attributes<'h> {
    type Item = (&'h str, &'h str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.inside.as_bytes();
        self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
        if matches!(bytes.get(self.at), None | Some(b'>')) {
            return None;
        }
        let name_start = self.at;
        self.at += 1; // a `=` here is part of the name
        self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'='));
        let name = self.inside.get(name_start..self.at)?;
        self.skip(|byte| byte.is_ascii_whitespace());
        if bytes.get(self.at) != Some(&b'=') {
            return Some((name, ""));
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_whitespace());
        let value = match bytes.get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => {
                let start = self.at + 1;
                let length = memchr(quote, &bytes[start..]);
                self.at = length.map_or(bytes.len(), |length| start + length + 1);
                &self.inside[start..length.map_or(bytes.len(), |length| start + length)]
            }
            _ => {
                let start = self.at;
                self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>');
                &self.inside[start..self.at]
            }
        };
        Some((name, value))
    }
}

impl Attributes<'_> {
    fn skip(&mut self, what: impl Fn(u8) -> bool) {
        let rest = &self.inside.as_bytes()[self.at..];
        self.at += rest.iter().position(|&byte| !what(byte)).unwrap_or(rest.len());
    }
}
