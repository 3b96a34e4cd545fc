//! Reads every XML dialect in one pass: keeps the stack of open elements, collects texts, and mends what is broken.
//!
//! An element means the same in every dialect (`fields`), so that Atom in RSS and RSS in Atom are read too. What is
//! mended here: end tags that are missing, crossed or stray; items and fields that were never closed; junk around the
//! root. Depth is bounded, so the search for a matching start tag is too.

use std::sync::Arc;

use url::Url;

use super::draft::Draft;
use super::fields;
use super::flaws::{Flaws, quoted};
use super::names::{self, Element, Meaning, Space};
use super::reader::{Collector, Frame, Open, Reader, Scope, XmlAttributes};
use super::resolve::as_base;
use super::text::{Collected, is_void};
use super::tokens::{Token, Tokens};
use super::{Error, limits};
use crate::model::{Feed, Format};

/// Reads a feed from its text.
pub fn read(document: &str, base: Option<&Url>, flaws: &mut Flaws<'_>) -> Result<Feed, Error> {
    let mut reader = Reader::new(document, base);
    let mut tokens = Tokens::new(document);
    let mut end = 0;
    loop {
        if reader.takes_no_text() {
            tokens.skip_blanks();
        }
        let Some(token) = tokens.next() else { break };
        reader.position = tokens.start();
        end = document.len();
        if let Some(fault) = tokens.take_fault() {
            flaws.note_fault(fault, reader.position);
        }
        match token {
            Token::Text(raw) => reader.text(raw, flaws),
            Token::CData(inside) => reader.cdata(inside),
            Token::Start { name, attributes, empty } => {
                tokens.attributes(attributes, &mut reader.tag);
                reader.tag_refers = !attributes.is_empty() && memchr::memchr(b'&', attributes.as_bytes()).is_some();
                reader.start(names::bounded(name), empty, flaws)?;
            }
            Token::End(name) => reader.end(names::bounded(name), flaws),
            Token::Doctype(inside) => reader.entities.declare(inside),
            Token::Other => {}
        }
    }
    reader.position = end;
    reader.finish(flaws)
}

impl<'a> Reader<'a> {
    fn text(&mut self, raw: &str, flaws: &mut Flaws<'_>) {
        let troubles = if let Some(collector) = &mut self.collector {
            collector.text.push(raw, &self.entities)
        } else if self.format.is_none() {
            self.junk |= !raw.trim().is_empty();
            return;
        } else if self.frame_text().is_some() {
            let mut decoded = String::new();
            let troubles = self.entities.decode_into(raw, &mut decoded);
            self.push_frame_text(&decoded);
            troubles
        } else {
            return;
        };
        if !troubles.is_none() {
            self.note_troubles(raw, self.position, flaws);
        }
    }

    /// Notes what is wrong with the references of a text that starts at a byte position, each where it stands.
    fn note_troubles(&self, raw: &str, position: usize, flaws: &mut Flaws<'_>) {
        for (at, troubles) in self.entities.places(raw) {
            flaws.note_troubles(troubles, position + at);
        }
    }

    fn cdata(&mut self, inside: &str) {
        if let Some(collector) = &mut self.collector {
            collector.text.push_literal(inside);
        } else {
            self.push_frame_text(inside);
        }
    }

    /// Whether text here is nobody's.
    fn takes_no_text(&self) -> bool {
        self.collector.is_none() && !self.frames.last().is_some_and(Frame::takes_text)
    }

    /// Where text directly in a person or a picture goes.
    fn frame_text(&mut self) -> Option<&mut String> {
        let frame = self.frames.last_mut()?;
        (frame.takes_text() && frame.text.len() < limits::SHORT_TEXT_BYTES).then_some(&mut frame.text)
    }

    fn push_frame_text(&mut self, text: &str) {
        if let Some(out) = self.frame_text() {
            out.push_str(&text[..text.floor_char_boundary(limits::SHORT_TEXT_BYTES - out.len())]);
        }
    }

    fn start(&mut self, name: &'a str, empty: bool, flaws: &mut Flaws<'_>) -> Result<(), Error> {
        let mut mark = self.bindings.mark();
        let root = self.format.is_none();
        let mut own = self.read_xml_attributes(name);
        let Meaning { prefix, local, space, element, declared } = self.bindings.meaning(name);
        if root {
            self.find_root(element, local)?;
            if self.format.is_some() && (self.junk || self.unknown_root.is_some()) {
                flaws.note("junk-before-root", self.position, || {
                    "Junk stands before the feed's first tag: left out.".to_owned()
                });
            }
        }
        if !declared {
            self.note_undeclared(prefix, flaws);
        }
        // In an address a bare `&` is what stops most strict readers. Inside a text, attributes are kept as they stand.
        for attribute in self.tag.iter().filter(|_| self.tag_refers && self.collector.is_none()) {
            if memchr::memchr(b'&', attribute.value.as_bytes()).is_some() {
                self.note_troubles(attribute.value, self.position, flaws);
            }
        }
        if self.stack.len() >= limits::DEPTH {
            flaws.note("too-deep", self.position, || {
                format!(
                    "More than {} open elements: the tag `{name}` was left out, its text kept.",
                    limits::DEPTH,
                    name = quoted(name)
                )
            });
            self.too_deep += usize::from(!empty);
            self.bindings.release(mark);
            return Ok(());
        }
        let depth = self.stack.len();
        self.close_forgotten(element, (space, local), flaws);
        if self.stack.len() < depth {
            // What was ended took with it what it had bound, this element's own included.
            mark = self.bindings.mark();
            own = self.read_xml_attributes(name);
        }
        if let Some(own) = own {
            self.put_in_force(*own, element);
        }
        let shown = if space == Space::Xhtml { local } else { name };
        self.stack.push(Open { name, shown, element, bindings: mark });
        if let Some(collector) = &mut self.collector {
            collector.text.open(shown, &self.tag);
        } else if self.format.is_some() {
            self.dispatch(element, (space, name, local), empty, flaws);
        }
        // `<br>` inside a text ends itself, as in HTML.
        let inside = self.collector.as_ref().is_some_and(|collector| collector.depth < self.stack.len());
        if empty || inside && is_void(local) {
            self.pop(flaws);
        }
        Ok(())
    }

    /// Puts the base and the language that the element about to open declares in force.
    fn put_in_force(&mut self, own: XmlAttributes, element: Option<Element>) {
        let depth = self.stack.len();
        if let Some(base) = own.base {
            self.bases.push((depth + 1, Some(Arc::new(base))));
        }
        if let Some(language) = own.language {
            let of_feed = depth == 0 || depth == 1 && element == Some(Element::Channel);
            if of_feed && self.item.is_none() && !language.is_empty() {
                self.feed.language.offer(1, language.clone());
            }
            self.languages.push((depth + 1, language));
        }
    }

    fn note_undeclared(&mut self, prefix: &str, flaws: &mut Flaws<'_>) {
        if self.collector.is_none()
            && self.undeclared.len() < 16
            && !self.undeclared.iter().any(|known| known == prefix)
        {
            self.undeclared.push(prefix.to_owned());
            flaws.note("undeclared-namespace", self.position, || {
                format!(
                    "The prefix `{prefix}` is not declared: read as what it usually means.",
                    prefix = quoted(prefix)
                )
            });
        }
    }

    /// Decides whether a start tag is the root of a feed.
    fn find_root(&mut self, element: Option<Element>, local: &str) -> Result<(), Error> {
        self.format = match element {
            Some(Element::Rss | Element::Item) => Some(Format::Rss),
            Some(Element::Rdf) => Some(Format::Rdf),
            Some(Element::Feed | Element::Entry) => Some(Format::Atom),
            Some(Element::Channel) => {
                let has = |wanted: &str| self.tag.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(wanted));
                let cdf = has("href") || has("self") || has("lastmod") || has("base");
                Some(if cdf { Format::Cdf } else { Format::Rss })
            }
            Some(element) if self.unknown_root.is_none() && fields::begins_feed(element) => self.format_of_lost_root(),
            _ => None,
        };
        if self.format.is_none() {
            if local.eq_ignore_ascii_case("html") {
                return Err(Error::html());
            }
            self.unknown_root.get_or_insert_with(|| local.to_owned());
        } else if self.format == Some(Format::Cdf) {
            let base = self.tag.iter().find(|attribute| attribute.name.eq_ignore_ascii_case("base"));
            let base = base.and_then(|base| Url::parse(&self.decoded(base.value)).ok());
            if let Some(base) = base.and_then(as_base) {
                self.bases.push((1, Some(Arc::new(base))));
            }
        }
        Ok(())
    }

    fn dispatch(
        &mut self,
        element: Option<Element>,
        (space, name, local): (Space, &str, &str),
        empty: bool,
        flaws: &mut Flaws<'_>,
    ) {
        let is_item = matches!(element, Some(Element::Item | Element::Entry));
        // An item in something unknown is one, unless the feed is over: there, scripts and advertisements stand.
        let in_feed = self.stack.first().is_some_and(|root| root.element.is_some());
        if matches!(self.scope(), Scope::Ignored) && !(is_item && self.item.is_none() && in_feed) {
            return;
        }
        if is_item && self.item.is_none() {
            return self.start_item(flaws);
        }
        match fields::start(self, element, space, local) {
            fields::Start::Through => {}
            // What never ends would hide all that follows.
            fields::Start::Scope(Scope::Ignored) if !empty && in_feed && !self.will_end(name) => {}
            fields::Start::Scope(scope) => self.push_frame(scope),
            fields::Start::Collect(field, mode) => {
                self.collector =
                    Some(Collector { field, depth: self.stack.len(), text: Collected::new(mode, &mut self.room) });
            }
        }
    }

    fn push_frame(&mut self, scope: Scope) {
        self.frames.push(Frame { scope, depth: self.stack.len(), text: String::new() });
    }

    pub(super) fn start_item(&mut self, flaws: &mut Flaws<'_>) {
        if self.items.len() >= limits::ITEMS {
            self.left_out += 1;
            return self.push_frame(Scope::Ignored);
        }
        let (position, line) = (self.position, flaws.line_of_item(self.position));
        self.item = Some(Draft { position, line, ..Draft::default() });
        if self.items.is_empty() {
            // As many as feeds mostly have.
            self.items.reserve(16);
        }
        self.push_frame(Scope::Item);
        fields::item_attributes(self);
    }

    fn finish(mut self, flaws: &mut Flaws<'_>) -> Result<Feed, Error> {
        let Some(format) = self.format else {
            return Err(match self.unknown_root {
                Some(root) => Error::unknown_root(&root),
                None if !self.junk => Error::Empty,
                None => Error::NotMarkup,
            });
        };
        if !self.stack.is_empty() {
            let open = self.stack.last().map_or("", |open| open.name);
            flaws.note("truncated", self.position, || {
                format!("The document ends inside `{open}`: what was there is kept.", open = quoted(open))
            });
        }
        self.pop_to(0, flaws);
        if self.left_out > 0 {
            flaws.note_whole("too-many-items", || format!("{} items beyond the limit: left out.", self.left_out));
        }
        Ok(self.feed.into_feed(format, self.items))
    }
}
