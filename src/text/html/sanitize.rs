//! Makes HTML safe to show and to republish.
//!
//! Every byte of the output is written by this module: tags and attributes from the table in `elements`, addresses
//! that `references` let through, and escaped text. Nothing of the source is copied. Tags are balanced the way a
//! browser would balance them, so that a browser reads the output as exactly the tree that was checked: `html5ever`
//! says so in the tests. One pass, in linear time, with bounded depth and size; sanitising twice changes nothing.

use htmlize::{unescape, unescape_attribute};
use url::Url;

use super::elements::{EVERYWHERE, Element, Kind, Value, element_named};
use super::references;
use super::tokens::{Token, attributes, tokens};
use crate::model::Html;

/// Elements open at once; the tags of deeper ones are dropped, their text stays. Nobody nests so deep by hand.
const MAX_DEPTH: usize = 128;

/// The most that is read.
const MAX_INPUT_BYTES: usize = 4 << 20;

/// The most that is written.
const MAX_OUTPUT_BYTES: usize = 1 << 20;

/// Says of every link that the page it leads to learns nothing of the one it stands on.
const REL: &str = "noopener noreferrer";

/// Makes HTML safe to show and to republish, with absolute references where `base` is known.
///
/// What is not text, structure, link or picture goes: scripts, styles, forms, handlers, classes, pictures that only
/// count readers, and references that are not http, https or mailto (relative ones too where there is no base).
/// A frame becomes a link. At most 1 MiB is written, of at most 4 MiB that are read; what is longer is cut.
pub fn sanitize(html: &str, base: Option<&Url>) -> Html {
    let html = &html[..html.floor_char_boundary(MAX_INPUT_BYTES)];
    let mut writer = Writer {
        out: String::with_capacity((html.len() + html.len() / 8).min(MAX_OUTPUT_BYTES)),
        base,
        open: Vec::new(),
        closing_bytes: 0,
        too_deep: 0,
        after_pre: false,
        full: false,
    };
    for token in tokens(html) {
        match token {
            Token::Text(text) => writer.text(&unescape(text)),
            Token::Start { name, attributes } if name.eq_ignore_ascii_case("iframe") => writer.frame(attributes),
            Token::Start { name, attributes } => writer.start(name, attributes),
            Token::End { name } => writer.end(name),
        }
        if writer.full {
            break;
        }
    }
    writer.pop_to(0);
    let out = writer.out;
    let trimmed = out.trim_matches(|c: char| c.is_ascii_whitespace());
    Html(if trimmed.len() == out.len() { out } else { trimmed.to_owned() })
}

struct Writer<'b> {
    out: String,
    base: Option<&'b Url>,
    open: Vec<&'static Element>,
    /// What the end tags of `open` will take.
    closing_bytes: usize,
    /// Start tags that were dropped for depth and whose end tags are still to come.
    too_deep: usize,
    /// A browser drops a line break there.
    after_pre: bool,
    full: bool,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        if self.in_table_parts() {
            if text.chars().all(|c| c.is_ascii_whitespace()) {
                return;
            }
            self.open_cell();
        }
        let text = if self.after_pre { text.trim_start_matches(|c: char| c.is_control() && c != '\t') } else { text };
        self.after_pre &= text.is_empty();
        let room = MAX_OUTPUT_BYTES.saturating_sub(self.out.len() + self.closing_bytes);
        self.full |= !escape(&mut self.out, text, room);
    }

    fn start(&mut self, name: &str, source: &str) {
        let Some(element) = element_named(name) else { return };
        match element.kind {
            Kind::MediaSource if self.open.last().is_none_or(|open| open.kind != Kind::Media) => return,
            Kind::Caption | Kind::RowGroup | Kind::Row | Kind::Cell => return self.start_table_part(element, source),
            _ if self.in_table_parts() => self.open_cell(),
            _ => {}
        }
        match element.kind {
            Kind::Link => self.pop_nearest(|open| open.kind == Kind::Link, |open| open.kind.is_barrier()),
            Kind::Item | Kind::Definition => {
                self.pop_nearest(|open| open.kind == element.kind, |open| open.kind.stops_items());
            }
            Kind::RubyText => {
                let inner = self.open.iter().rposition(|open| open.name == "ruby" || open.kind.is_barrier());
                match inner.filter(|&at| self.open[at].name == "ruby") {
                    Some(ruby) => self.pop_to(ruby + 1),
                    None => return,
                }
            }
            _ => {}
        }
        if element.kind.ends_paragraph() {
            self.end_paragraph();
        }
        if element.kind == Kind::Heading && self.open.last().is_some_and(|open| open.kind == Kind::Heading) {
            self.pop_to(self.open.len() - 1);
        }
        self.push(element, source);
    }

    /// Table parts stand where the standard wants them, whatever is open in their table.
    fn start_table_part(&mut self, element: &'static Element, source: &str) {
        let Some(table) = self.open.iter().rposition(|open| open.kind == Kind::Table) else { return };
        let kind_at = |open: &[&Element], at: usize| open.get(at).map(|open| open.kind);
        let group = kind_at(&self.open, table + 1) == Some(Kind::RowGroup);
        let row = group && kind_at(&self.open, table + 2) == Some(Kind::Row);
        match element.kind {
            Kind::Cell if row => self.pop_to(table + 3),
            Kind::Cell | Kind::Row if group => self.pop_to(table + 2),
            _ => self.pop_to(table + 1),
        }
        if matches!(element.kind, Kind::Cell | Kind::Row) && !group {
            self.push_named("tbody");
        }
        if element.kind == Kind::Cell && !row {
            self.push_named("tr");
        }
        self.push(element, source);
    }

    fn end(&mut self, name: &str) {
        let Some(element) = element_named(name) else { return };
        if element.kind.is_void() {
            // `</br>` is a line break in every browser.
            if element.name == "br" {
                self.start(name, "");
            }
            return;
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        match element.kind {
            Kind::Heading => self.pop_nearest(|open| open.kind == Kind::Heading, |open| open.kind.is_barrier()),
            Kind::Item => self
                .pop_nearest(|open| open.kind == Kind::Item, |open| open.kind.is_barrier() || open.kind == Kind::List),
            Kind::Caption | Kind::RowGroup | Kind::Row | Kind::Cell | Kind::Table => {
                self.pop_nearest(|open| open == element, |open| open.kind == Kind::Table);
            }
            _ => self.pop_nearest(|open| open == element, |open| open.kind.is_barrier()),
        }
    }

    /// A frame's page is not shown here; it is linked.
    fn frame(&mut self, source: &str) {
        let Some(url) = references::file(&attribute(source, "src").unwrap_or_default(), self.base) else { return };
        if is_invisible(source) || self.open.iter().any(|open| open.kind == Kind::Link) {
            return;
        }
        let title = attribute(source, "title").filter(|title| !title.trim().is_empty());
        let label = title.unwrap_or_else(|| format!("{}{}", url.host_str().unwrap_or_default(), url.path()));
        let alone = self.open.last().is_none_or(|open| matches!(open.kind, Kind::Block | Kind::LooseBlock));
        if alone {
            self.start("p", "");
        }
        let mut href = String::from("href=\"");
        escape_attribute(&mut href, url.as_str());
        href.push('"');
        self.start("a", &href);
        self.text(&label);
        self.end("a");
        if alone {
            self.end("p");
        }
    }

    fn in_table_parts(&self) -> bool {
        self.open.last().is_some_and(|open| open.kind.holds_table_parts())
    }

    /// Text and elements between the parts of a table get a cell of their own: a browser would move them away.
    fn open_cell(&mut self) {
        if let Some(cell) = element_named("td") {
            self.start_table_part(cell, "");
        }
    }

    fn end_paragraph(&mut self) {
        self.pop_nearest(|open| open.kind == Kind::Paragraph, |open| open.kind.is_barrier());
    }

    /// Ends the innermost open element that is `wanted`, and what is open in it, unless a `barrier` is further in.
    fn pop_nearest(&mut self, wanted: impl Fn(&Element) -> bool, barrier: impl Fn(&Element) -> bool) {
        for at in (0..self.open.len()).rev() {
            if wanted(self.open[at]) {
                return self.pop_to(at);
            }
            if barrier(self.open[at]) {
                return;
            }
        }
    }

    fn pop_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(element) = self.open.pop() else { return };
            self.closing_bytes -= closing_bytes(element);
            self.out.push_str("</");
            self.out.push_str(element.name);
            self.out.push('>');
            self.after_pre = false;
        }
    }

    fn push_named(&mut self, name: &str) {
        if let Some(element) = element_named(name) {
            self.push(element, "");
        }
    }

    fn push(&mut self, element: &'static Element, source: &str) {
        // A table needs room for its parts: without them its text would have no place.
        let parts = if element.kind == Kind::Table { 3 } else { 0 };
        if !element.kind.is_void() && self.open.len() + parts >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let closing = if element.kind.is_void() { 0 } else { closing_bytes(element) };
        let before = self.out.len();
        if !self.write_tag(element, source) {
            self.out.truncate(before);
            return;
        }
        if self.out.len() + self.closing_bytes + closing > MAX_OUTPUT_BYTES {
            self.out.truncate(before);
            self.full = true;
            return;
        }
        self.after_pre = element.kind == Kind::Preformatted;
        if !element.kind.is_void() {
            self.open.push(element);
            self.closing_bytes += closing;
        }
    }

    /// Writes a start tag; says whether the element is worth having.
    fn write_tag(&mut self, element: &Element, source: &str) -> bool {
        self.out.push('<');
        self.out.push_str(element.name);
        let mut worthy = !matches!(element.name, "a" | "img" | "source");
        if element.name == "img" && (is_invisible(source) || is_counter(source, self.base)) {
            return false;
        }
        for (name, value) in element.attributes.iter().chain(EVERYWHERE) {
            let written = match self.value(element, name, *value, source) {
                Some(text) => {
                    self.out.push(' ');
                    self.out.push_str(name);
                    self.out.push_str("=\"");
                    escape_attribute(&mut self.out, &text);
                    self.out.push('"');
                    true
                }
                None => false,
            };
            worthy |= written
                && match element.name {
                    "img" => *name == "src",
                    "source" => matches!(*name, "src" | "srcset"),
                    _ => matches!(*name, "href" | "id"),
                };
        }
        if element.kind == Kind::Link {
            self.out.push_str(" rel=\"");
            self.out.push_str(REL);
            self.out.push('"');
        }
        self.out.push('>');
        worthy
    }

    /// The value with which an attribute is written, if it is.
    fn value(&self, element: &Element, name: &str, value: Value, source: &str) -> Option<String> {
        if let Value::Fixed(fixed) = value {
            return Some(fixed.to_owned());
        }
        if source.is_empty() {
            return None;
        }
        if element.name == "img" && name == "src" {
            return picture(source, self.base).map(String::from);
        }
        let text = attribute(source, name)
            .or_else(|| if name == "srcset" { attribute(source, "data-srcset") } else { None })?;
        match value {
            Value::Page => references::page(&text, self.base).map(String::from),
            Value::File => references::file(&text, self.base).map(String::from),
            Value::FileSet => references::file_set(&text, self.base).map(|(set, _)| set),
            Value::Number => {
                let number = text.trim().trim_end_matches("px").to_owned();
                ((1..=5).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(number)
            }
            Value::OneOf(words) => {
                let lower = text.trim().to_ascii_lowercase();
                words.contains(&lower.as_str()).then_some(lower)
            }
            Value::Text => Some(text.chars().filter(|c| !c.is_control()).take(1_000).collect()),
            Value::Token => is_token(&text, "-_.:+/;= ").then_some(text),
            Value::Footnote => {
                let footnote = ["fn", "footnote", "_ft", "cite_"].iter().any(|prefix| text.starts_with(prefix));
                (footnote && is_token(&text, "-_.:")).then_some(text)
            }
            Value::CodeLanguage => {
                let language = text.split_ascii_whitespace().find(|class| class.starts_with("language-"))?;
                is_token(language, "-_+#.").then(|| language.to_owned())
            }
            Value::Flag => Some(String::new()),
            Value::Fixed(_) => None,
        }
    }
}

fn closing_bytes(element: &Element) -> usize {
    element.name.len() + "</>".len()
}

fn is_token(text: &str, punctuation: &str) -> bool {
    (1..=100).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}

/// The first attribute of this name, decoded.
fn attribute(source: &str, name: &str) -> Option<String> {
    let (_, value) = attributes(source).find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(unescape_attribute(value).into_owned())
}

/// Where a picture is: `src`, or what a script would have put there, or the first candidate.
fn picture(source: &str, base: Option<&Url>) -> Option<Url> {
    let named = |name| references::file(&attribute(source, name)?, base);
    let candidate = |name| references::file_set(&attribute(source, name)?, base).map(|(_, first)| first);
    ["src", "data-src", "data-original", "data-lazy-src"]
        .into_iter()
        .find_map(named)
        .or_else(|| ["srcset", "data-srcset"].into_iter().find_map(candidate))
}

fn is_counter(source: &str, base: Option<&Url>) -> bool {
    picture(source, base).is_some_and(|url| references::is_counter(&url))
}

/// Whether a picture or a frame is not meant to be seen: at most one pixel, or hidden.
fn is_invisible(source: &str) -> bool {
    let tiny = |name| {
        attribute(source, name).map(|size| {
            let digits = size.trim().trim_end_matches("px");
            digits == "0" || digits == "1"
        })
    };
    let style = || attribute(source, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    match (tiny("width"), tiny("height")) {
        (Some(true), Some(true) | None) | (None, Some(true)) => true,
        _ => ["display:none", "visibility:hidden"].iter().any(|hidden| style().contains(hidden)),
    }
}

/// Writes text into `out`, at most `room` bytes; says whether all of it found room.
fn escape(out: &mut String, text: &str, room: usize) -> bool {
    let limit = out.len() + room;
    let mut written = 0;
    for (at, c) in text.char_indices() {
        let escaped = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\u{a0}' => "&nbsp;",
            '\r' if text[at + 1..].starts_with('\n') => "",
            '\r' => "\n",
            '\u{c}' => " ",
            '\t' | '\n' => continue,
            c if c.is_control() => "",
            _ => continue,
        };
        if !copy(out, &text[written..at], limit) || out.len() + escaped.len() > limit {
            return false;
        }
        out.push_str(escaped);
        written = at + c.len_utf8();
    }
    copy(out, &text[written..], limit)
}

fn copy(out: &mut String, text: &str, limit: usize) -> bool {
    let room = text.floor_char_boundary(limit - out.len());
    out.push_str(&text[..room]);
    room == text.len()
}

fn escape_attribute(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
