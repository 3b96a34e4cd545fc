//! Makes HTML safe to show and to republish.
//!
//! Every byte of the output is written by this module: tags and attributes from the table in `elements`, addresses
//! that `references` let through, and escaped text. Nothing of the source is copied. Tags are balanced the way a
//! browser would balance them, so that a browser reads the output as exactly the tree that was checked: `html5ever`
//! says so in the tests. One pass, in linear time, with bounded depth and size; sanitising twice changes nothing.

mod attributes;
mod escape;

use htmlize::unescape;
use url::Url;

use super::elements::{EVERYWHERE, Element, Kind, element_named};
use super::references::{self, Base};
use super::tokens::{Token, tokens};
use crate::model::Html;
use attributes::Given;
use escape::{escape, escape_attribute};

/// Elements open at once; the tags of deeper ones are dropped, their text stays. Nobody nests so deep by hand.
const MAX_DEPTH: usize = 128;

/// The most that is read.
const MAX_INPUT_BYTES: usize = 4 << 20;

/// The most that is written.
const MAX_OUTPUT_BYTES: usize = 1 << 20;

/// What a base may add to relative references, in bytes: so many for each byte of HTML, and some for a short one. A long
/// base and many short references would make a huge text of a small one.
const BASE_GROWTH: usize = 8;
const BASE_ALLOWANCE_BYTES: usize = 1024;

/// Says of every link that the page it leads to learns nothing of the one it stands on.
const REL: &str = "noopener noreferrer";

/// Makes HTML safe to show and to republish, with absolute references where `base` is known.
///
/// What is not text, structure, link or picture goes: scripts, styles, forms, handlers, classes, pictures that only
/// count readers, and references that are not http, https or mailto (relative ones too where there is no base).
/// A frame becomes a link. Once a base has added some eight times the length of the HTML, relative references go too. At most 1 MiB is written, of at most 4 MiB that are read; what is longer is cut.
pub fn sanitize(html: &str, base: Option<&Url>) -> Html {
    let html = &html[..html.floor_char_boundary(MAX_INPUT_BYTES)];
    let mut writer = Writer {
        out: String::with_capacity((html.len() + html.len() / 8).min(MAX_OUTPUT_BYTES)),
        base: Base::new(base, html.len() * BASE_GROWTH + BASE_ALLOWANCE_BYTES),
        open: Vec::new(),
        closing_bytes: 0,
        too_deep: 0,
        after_pre: false,
        full: false,
    };
    let (mut given, none) = (Given::default(), Given::default());
    for token in tokens(html) {
        match token {
            Token::Text(text) => writer.text(&unescape(text)),
            Token::Start { name, attributes: "" } => writer.start(name, &none),
            Token::Start { name, attributes } if name.eq_ignore_ascii_case("iframe") => {
                given.read(attributes);
                writer.frame(&given);
            }
            Token::Start { name, attributes } => {
                if let Some(element) = element_named(name) {
                    given.read(attributes);
                    writer.start_element(element, &given);
                }
            }
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
    base: Base<'b>,
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

    fn start(&mut self, name: &str, given: &Given<'_>) {
        if let Some(element) = element_named(name) {
            self.start_element(element, given);
        }
    }

    fn start_element(&mut self, element: &'static Element, given: &Given<'_>) {
        match element.kind {
            Kind::MediaSource if self.open.last().is_none_or(|open| open.kind != Kind::Media) => return,
            Kind::Caption | Kind::RowGroup | Kind::Row | Kind::Cell => return self.start_table_part(element, given),
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
        self.push(element, given);
    }

    /// Table parts stand where the standard wants them, whatever is open in their table.
    fn start_table_part(&mut self, element: &'static Element, given: &Given<'_>) {
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
        self.push(element, given);
    }

    fn end(&mut self, name: &str) {
        let Some(element) = element_named(name) else { return };
        if element.kind.is_void() {
            // `</br>` is a line break in every browser.
            if element.name == "br" {
                self.start(name, &Given::default());
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
    fn frame(&mut self, given: &Given<'_>) {
        let Some(url) = references::file(given.get("src").unwrap_or_default(), &self.base) else { return };
        if given.is_invisible() || self.open.iter().any(|open| open.kind == Kind::Link) {
            return;
        }
        let title = given.get("title").filter(|title| !title.trim().is_empty());
        let label = title.unwrap_or_else(|| references::without_query(&url).into());
        let alone = self.open.last().is_none_or(|open| matches!(open.kind, Kind::Block | Kind::LooseBlock));
        if alone {
            self.start("p", &Given::default());
        }
        let mut href = String::new();
        escape_attribute(&mut href, &url);
        self.start("a", &Given::one("href", &href));
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
            self.start_table_part(cell, &Given::default());
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
            self.push(element, &Given::default());
        }
    }

    fn push(&mut self, element: &'static Element, given: &Given<'_>) {
        // A table needs room for its parts: without them its text would have no place.
        let parts = if element.kind == Kind::Table { 3 } else { 0 };
        if !element.kind.is_void() && self.open.len() + parts >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        let closing = if element.kind.is_void() { 0 } else { closing_bytes(element) };
        let before = self.out.len();
        if !self.write_tag(element, given) {
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
    fn write_tag(&mut self, element: &Element, given: &Given<'_>) -> bool {
        self.out.push('<');
        self.out.push_str(element.name);
        if given.is_empty() && !matches!(element.kind, Kind::Link | Kind::Media) {
            self.out.push('>');
            return !matches!(element.name, "img" | "source");
        }
        let mut worthy = !matches!(element.name, "a" | "img" | "source");
        // A picture's address may stand elsewhere than in its `src`.
        let mut picture = if element.name == "img" { given.picture(&self.base) } else { None };
        if element.name == "img" && (given.is_invisible() || picture.as_deref().is_none_or(references::is_counter)) {
            return false;
        }
        for (name, value) in element.attributes.iter().chain(EVERYWHERE) {
            let found = if *name == "src" { picture.take() } else { None };
            let Some(text) = found.or_else(|| given.value(name, *value, &self.base)) else { continue };
            self.write_attribute(name, &text);
            worthy |= match element.name {
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
}

impl Writer<'_> {
    fn write_attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_attribute(&mut self.out, value);
        self.out.push('"');
    }
}

fn closing_bytes(element: &Element) -> usize {
    element.name.len() + "</>".len()
}

#[cfg(test)]
mod tests;
