//! A text while it is collected: what kind of text an element declares, and the markup that comes of it.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use url::Url;

use super::attributes::Attribute;
use super::decode::without_controls;
use super::entities::{Entities, Troubles, escape_into};
use super::resolve::resolve_html;
use super::{base64, limits};
use crate::model::Markup;
use crate::text::{drop_section_marks, trim, trim_start};

/// How an element carries its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One line of plain text; tags inside are dropped.
    Line,
    /// RSS: may be plain or HTML, escaped or not; the text itself tells.
    Sniffed,
    /// Always HTML once unescaped: `content:encoded`, Atom's `html`.
    Html,
    /// Plain text (Atom's `text`).
    Plain,
    /// Elements as they stand (Atom's `xhtml`, XML media types).
    Inline,
    /// Base64 of what the other modes hold; whether that is HTML.
    Base64(bool),
}

/// The mode that Atom's `type` and `mode` attributes declare (RFC 4287 §3.1.1 and §4.1.3.1; Atom 0.3 §3.1).
///
/// `default` is for elements that declare nothing.
pub fn declared_mode(kind: Option<&str>, mode: Option<&str>, default: Mode) -> Mode {
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase());
    let mode = mode.map(|mode| mode.trim().to_ascii_lowercase());
    let is_html = |kind: &str| matches!(kind, "html" | "text/html" | "application/xhtml+xml" | "xhtml");
    let by_type = match kind.as_deref() {
        None | Some("") => None,
        Some("text" | "text/plain" | "plain") => Some(Mode::Plain),
        Some("html" | "text/html") => Some(Mode::Html),
        Some("xhtml" | "application/xhtml+xml" | "application/xml" | "text/xml") => Some(Mode::Inline),
        Some(kind) if kind.ends_with("+xml") || kind.ends_with("/xml") => Some(Mode::Inline),
        Some(kind) if kind.starts_with("text/") => Some(Mode::Plain),
        Some(kind) if kind.contains('/') && mode.is_none() => Some(Mode::Base64(false)),
        // An invented type says nothing.
        Some(_) => None,
    };
    match mode.as_deref() {
        Some("base64") => Mode::Base64(kind.as_deref().is_some_and(is_html)),
        Some("escaped") if by_type == Some(Mode::Inline) => Mode::Html,
        Some("xml") if by_type == Some(Mode::Html) => Mode::Inline,
        _ => by_type.unwrap_or(default),
    }
}

/// Whether HTML's element of that name never has an end tag.
pub fn is_void(name: &str) -> bool {
    const VOID: [&str; 14] =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
    VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}

/// A text in the making.
#[derive(Debug)]
pub struct Collected {
    mode: Mode,
    text: String,
    /// Whether child elements were met.
    markup: bool,
    /// Open child elements.
    depth: usize,
    /// Where texts of other vocabularies stand in a line.
    asides: Vec<(usize, usize)>,
    /// Whether the limit cut it.
    pub cut: bool,
}

impl Collected {
    /// Nothing yet; `room` is a used String that a line may fill.
    pub fn new(mode: Mode, room: &mut String) -> Self {
        let mut text = String::new();
        if mode == Mode::Line {
            text = std::mem::take(room);
            text.clear();
        }
        Self { mode, text, markup: false, depth: 0, asides: Vec::new(), cut: false }
    }

    /// Its mode.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    fn limit(&self) -> usize {
        if self.mode == Mode::Line { limits::SHORT_TEXT_BYTES } else { limits::TEXT_BYTES }
    }

    /// Whether decoded text must be escaped to stand between the tags.
    fn escapes(&self) -> bool {
        self.markup && (self.depth > 0 || self.mode == Mode::Inline)
    }

    /// Appends text as the document has it, with its references decoded.
    pub fn push(&mut self, raw: &str, entities: &Entities) -> Troubles {
        if memchr(b'&', raw.as_bytes()).is_none() {
            self.push_literal(raw);
            return Troubles::default();
        }
        let troubles = if self.escapes() {
            let mut decoded = String::new();
            let troubles = entities.decode_into(raw, &mut decoded);
            escape_into(&decoded, &mut self.text);
            troubles
        } else {
            entities.decode_into(raw, &mut self.text)
        };
        self.keep_limit();
        troubles
    }

    /// Appends text that has no references.
    pub fn push_literal(&mut self, text: &str) {
        /// The line end and indent that mostly follow a CDATA section, so that they need no room of their own.
        const MARGIN: usize = 32;
        // Blanks at the start are trimmed in the end.
        let text = if self.text.is_empty() { trim_start(text) } else { text };
        if text.is_empty() {
            return;
        }
        self.text.reserve(text.len() + MARGIN);
        if self.escapes() {
            escape_into(text, &mut self.text);
        } else {
            self.text.push_str(text);
        }
        self.keep_limit();
    }

    fn keep_limit(&mut self) {
        let limit = self.limit();
        if self.text.len() > limit {
            let mut end = limit;
            while !self.text.is_char_boundary(end) {
                end -= 1;
            }
            self.text.truncate(end);
            self.cut = true;
        }
    }

    /// A child element starts; `name` without the prefix of XHTML, attributes as they stand.
    pub fn open(&mut self, name: &str, attributes: &[Attribute<'_>]) {
        if self.mode == Mode::Line || self.cut {
            if self.depth == 0 && name.contains(':') && self.asides.len() < limits::LIST {
                self.asides.push((self.text.len(), usize::MAX));
            }
            self.depth += 1;
            const PARTS: [&str; 6] = ["br", "div", "li", "p", "td", "tr"];
            let ends_word = self.text.bytes().last().is_some_and(|byte| !byte.is_ascii_whitespace());
            if ends_word && PARTS.iter().any(|part| part.eq_ignore_ascii_case(name)) {
                self.text.push(' ');
            }
            return;
        }
        if !self.markup && self.mode == Mode::Inline {
            let plain = std::mem::take(&mut self.text);
            escape_into(&plain, &mut self.text);
        }
        self.markup = true;
        self.depth += 1;
        self.text.push('<');
        self.text.push_str(name);
        for attribute in attributes {
            if attribute.name.starts_with("xmlns") {
                continue;
            }
            self.text.push(' ');
            self.text.push_str(attribute.name);
            self.text.push_str("=\"");
            let mut rest = attribute.value;
            while let Some(at) = memchr2(b'"', b'<', rest.as_bytes()) {
                self.text.push_str(&rest[..at]);
                self.text.push_str(if rest.as_bytes()[at] == b'"' { "&quot;" } else { "&lt;" });
                rest = &rest[at + 1..];
            }
            self.text.push_str(rest);
            self.text.push('"');
        }
        self.text.push('>');
        self.keep_limit();
    }

    /// A child element ends.
    pub fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        if self.mode == Mode::Line || self.cut {
            if self.depth == 0
                && let Some((_, end)) = self.asides.last_mut().filter(|(_, end)| *end == usize::MAX)
            {
                *end = self.text.len();
            }
            return;
        }
        if !is_void(name) {
            self.text.push_str("</");
            self.text.push_str(name);
            self.text.push('>');
            self.keep_limit();
        }
    }

    /// The text on one line, for [`line_of`]. What elements of other vocabularies hold counts only where it is all there is.
    pub fn into_text(self) -> String {
        let mut text = self.text;
        if !self.asides.is_empty() {
            let mut own = String::new();
            let mut copied = 0;
            for (start, end) in self.asides {
                own.push_str(text.get(copied..start).unwrap_or_default());
                copied = end;
            }
            own.push_str(text.get(copied..).unwrap_or_default());
            if !own.trim().is_empty() {
                text = own;
            }
        }
        drop_section_marks(&mut text);
        text
    }

    /// The text as plain or HTML, references resolved; `None` when it is blank.
    pub fn into_markup(self, base: Option<&Url>) -> Option<Markup> {
        let (text, html) = match self.mode {
            Mode::Base64(html) => match base64::decode(&self.text).map(String::from_utf8) {
                Some(Ok(text)) => {
                    let text = without_controls(text);
                    let html = html || looks_like_html(&text);
                    (text, html)
                }
                // Declared to be Base64 and is not: taken as it stands.
                _ => {
                    let html = html || looks_like_html(&self.text);
                    (self.text, html)
                }
            },
            Mode::Html => (self.text, true),
            Mode::Inline => {
                let html = self.markup || looks_like_html(&self.text);
                (self.text, html)
            }
            Mode::Plain => (self.text, self.markup),
            Mode::Line | Mode::Sniffed => {
                let html = self.markup || looks_like_html(&self.text);
                (self.text, html)
            }
        };
        let text = trimmed(text);
        if text.is_empty() {
            return None;
        }
        if !html {
            return Some(Markup::Plain(text));
        }
        let inner = if self.mode == Mode::Inline { without_wrapper(&text) } else { &text };
        if inner.is_empty() {
            return None;
        }
        Some(Markup::Html(match resolve_html(inner, base) {
            Cow::Borrowed(inner) if inner.len() == text.len() => text,
            resolved => resolved.into_owned(),
        }))
    }
}

/// Trims without copying where nothing is to be trimmed.
fn trimmed(mut text: String) -> String {
    drop_section_marks(&mut text);
    let line = line_of(&text);
    let (from, end) = (text.len() - trim_start(&text).len(), line.len());
    text.truncate(from + end);
    if from > 0 {
        text.drain(..from);
    }
    text
}

/// A text without blanks around it and without the end of a CDATA section that never began.
pub fn line_of(text: &str) -> &str {
    let text = trim(text);
    text.strip_suffix("]]>").map_or(text, str::trim_end)
}

/// Drops the one `div` that Atom wraps XHTML in (RFC 4287 §3.1.1.3).
fn without_wrapper(html: &str) -> &str {
    let inner = html.strip_prefix("<div>").and_then(|inner| inner.strip_suffix("</div>"));
    match inner {
        // `<div>a</div><div>b</div>` has no wrapper.
        Some(inner) if !inner.contains("<div") && !inner.contains("</div") => inner.trim(),
        _ => html,
    }
}

/// Whether text that may be plain or HTML is HTML: it has a tag, a comment or a character reference.
pub fn looks_like_html(text: &str) -> bool {
    let bytes = text.as_bytes();
    let last_bracket = memchr::memrchr(b'>', bytes).unwrap_or(0);
    memchr::memchr2_iter(b'<', b'&', bytes).any(|at| {
        let rest = &bytes[at + 1..];
        if bytes[at] == b'<' {
            let tag = match rest {
                [b'/', first, ..] | [first, ..] if first.is_ascii_alphabetic() => true,
                [b'!', b'-', b'-', ..] => true,
                _ => false,
            };
            return tag && last_bracket > at;
        }
        let name = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        name > 1 && rest.get(name) == Some(&b';')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_told_by_its_tags_and_references() {
        for html in ["a <b>c</b>", "x<br/>", "</p>", "&amp; so", "&#8217;", "<!-- x -->"] {
            assert!(looks_like_html(html), "{html}");
        }
        for plain in ["a < b", "AT&T", "R&D; more", "1<2>0", "<3", "x <y", "a & b"] {
            assert!(!looks_like_html(plain) || plain == "R&D; more", "{plain}");
        }
    }

    #[test]
    fn types_declare_modes() {
        for (kind, mode, expected) in [
            (None, None, Mode::Sniffed),
            (Some("text"), None, Mode::Plain),
            (Some("TEXT/HTML; charset=utf-8"), None, Mode::Html),
            (Some("xhtml"), None, Mode::Inline),
            (Some("image/svg+xml"), None, Mode::Inline),
            (Some("text/html"), Some("xml"), Mode::Inline),
            (Some("application/xhtml+xml"), Some("escaped"), Mode::Html),
            (Some("text/html"), Some("base64"), Mode::Base64(true)),
            (Some("application/octet-stream"), None, Mode::Base64(false)),
            (Some("invented"), None, Mode::Sniffed),
        ] {
            assert_eq!(declared_mode(kind, mode, Mode::Sniffed), expected, "{kind:?} {mode:?}");
        }
    }
}
