//! The words and texts of JSON, as they come.

use std::borrow::Cow;

use super::strings::unescape;

/// Troubles remembered; a document with more is told of these.
const TROUBLES: usize = 1_000;

/// A defect of the document: a flaw's kind, the byte position, what was done.
pub type Trouble = (&'static str, usize, Cow<'static, str>);

/// A document, and how far it is read.
pub struct Lexer<'a> {
    /// The document.
    pub text: &'a str,
    /// The byte position.
    pub at: usize,
    /// What was wrong so far.
    pub troubles: Vec<Trouble>,
    /// Bytes looked at, some of them more than once.
    #[cfg(test)]
    pub examined: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at a byte position.
    pub fn new(text: &'a str, at: usize) -> Self {
        Self {
            text,
            at,
            troubles: Vec::new(),
            #[cfg(test)]
            examined: 0,
        }
    }

    /// The next byte.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Counts the work, which must stay linear.
    fn examine(&mut self, bytes: usize) {
        #[cfg(test)]
        {
            self.examined += bytes;
        }
        let _ = bytes;
    }

    /// Notes broken syntax here.
    pub fn trouble(&mut self, message: &'static str) {
        self.trouble_at("broken-json", self.at, message);
    }

    /// Notes a defect.
    pub fn trouble_at(&mut self, kind: &'static str, position: usize, message: &'static str) {
        if self.troubles.len() < TROUBLES {
            self.troubles.push((kind, position, Cow::Borrowed(message)));
        }
    }

    /// Notes that the document breaks off, once.
    pub fn truncated(&mut self) {
        if self.troubles.last().is_none_or(|(kind, ..)| *kind != "truncated") {
            self.trouble_at("truncated", self.text.len(), "The document breaks off: read as far as it goes.");
        }
    }

    /// Passes over blanks and comments.
    pub fn space(&mut self) {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
            self.examine(blanks + 1);
            self.at += blanks;
            let rest = &self.text[self.at..];
            let length = if rest.starts_with("//") {
                memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else if rest.starts_with(['\u{feff}', '\u{a0}', '\u{2028}']) {
                rest.chars().next().map_or(0, char::len_utf8)
            } else {
                return;
            };
            self.trouble("A comment or a blank that JSON does not have: left out.");
            self.examine(length);
            self.at += length;
        }
    }

    /// A word without quotes, at least one character of it.
    pub fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"');
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let length = rest[first..].find(ends).map_or(rest.len(), |length| first + length);
        self.at += length;
        self.examine(length);
        &rest[..length]
    }

    /// A text from its quote on; `None` if the document breaks off in it: half a text is none.
    pub fn string(&mut self, quote: u8, in_object: bool) -> Option<Cow<'a, str>> {
        let start = self.at + 1;
        if quote == b'\'' {
            self.trouble("A text in single quotes: read as a text.");
        }
        let Some((end, escaped)) = self.string_end(quote, in_object) else {
            self.at = self.text.len();
            self.truncated();
            return None;
        };
        let raw = &self.text[start..end];
        self.at = end + 1;
        if raw.bytes().any(|byte| byte < b' ') {
            self.trouble_at("broken-json", start, "A line break or control character in a text: kept.");
        }
        if !escaped {
            return Some(Cow::Borrowed(raw));
        }
        let (text, fault) = unescape(raw);
        if let Some(message) = fault {
            self.trouble_at("bad-escape", start, message);
        }
        Some(Cow::Owned(text))
    }

    /// Where the quote stands that ends the text whose opening quote is here, and whether there are escapes.
    pub fn string_end(&mut self, quote: u8, in_object: bool) -> Option<(usize, bool)> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        let mut escaped = false;
        loop {
            let found = memchr::memchr2(quote, b'\\', bytes.get(at..)?);
            self.examine(found.unwrap_or(bytes.len() - at));
            at += found?;
            if bytes[at] == b'\\' {
                escaped = true;
                at += 2;
            } else if self.closes(at, in_object) {
                return Some((at, escaped));
            } else {
                self.trouble_at("broken-json", at, "A quote inside a text: taken as part of it.");
                at += 1;
            }
        }
    }

    /// Whether a quote can be the end of a text: what follows goes on with JSON.
    fn closes(&mut self, quote: usize, in_object: bool) -> bool {
        let bytes = self.text.as_bytes();
        let after = |at: usize| {
            let rest = bytes.get(at..).unwrap_or_default();
            let blanks = rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
            (at + blanks, rest.get(blanks).copied(), rest[..blanks].contains(&b'\n'))
        };
        let follows = after(quote + 1);
        self.examine(follows.0 - quote);
        let bytes = self.text.as_bytes();
        match follows {
            (_, None | Some(b'}' | b']' | b':' | b'/' | b'='), _) => true,
            (at, Some(b','), _) => match after(at + 1).1 {
                None | Some(b'"' | b'\'' | b'{' | b'}' | b'[' | b']' | b'/' | b',') => true,
                Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') if !in_object => true,
                _ => in_object && is_bare_name(&bytes[after(at + 1).0..]),
            },
            // A comma is missing at the end of a line.
            (_, Some(b'"'), new_line) => new_line,
            _ => false,
        }
    }
}

/// Whether a text begins with a name without quotes and its colon.
fn is_bare_name(bytes: &[u8]) -> bool {
    const LONGEST: usize = 32;
    let length = bytes.iter().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    length > 0 && bytes.get(length) == Some(&b':')
}
