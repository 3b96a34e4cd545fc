//! Reads every XML dialect in one pass: keeps the stack of open elements, collects texts, and mends what is broken.
//!
//! An element means the same in every dialect (`fields`), so that Atom in RSS and RSS in Atom are read too. What is
//! mended here: end tags that are missing, crossed or stray; items and fields that were never closed; junk around the
//! root. Depth is bounded, so the search for a matching start tag is too.

use std::borrow::Cow;
use std::sync::Arc;

use url::Url;

use super::ahead::Ahead;
use super::attributes::{Attribute, attributes};
use super::draft::Draft;
use super::entities::Entities;
use super::fields::{self, Field};
use super::flaws::Flaws;
use super::names::{self, Bindings, Element, Meaning, Space};
use super::resolve::resolve;
use super::text::{Collected, is_void};
use super::tokens::{Token, Tokens};
use super::{Error, limits};
use crate::model::{Feed, Format, Item, Origin, Person};

/// Reads a feed from its text.
pub fn read(document: &str, base: Option<&Url>, flaws: &mut Flaws<'_>) -> Result<Feed, Error> {
    let mut reader = Reader::new(document, base);
    let mut tokens = Tokens::new(document);
    let mut end = 0;
    while let Some(token) = tokens.next() {
        reader.position = tokens.start();
        end = document.len();
        if let Some(fault) = tokens.take_fault() {
            flaws.note_fault(fault, reader.position);
        }
        match token {
            Token::Text(raw) => reader.text(raw, flaws),
            Token::CData(inside) => reader.cdata(inside),
            Token::Start { name, attributes, empty } => reader.start(name, attributes, empty, flaws)?,
            Token::End(name) => reader.end(name, flaws),
            Token::Doctype(inside) => reader.entities.declare(inside),
            Token::Other => {}
        }
    }
    reader.position = end;
    reader.finish(flaws)
}

/// An open element.
pub struct Open<'a> {
    pub(super) name: &'a str,
    /// The name as HTML has it: without the prefix of XHTML.
    pub(super) shown: &'a str,
    pub(super) element: Option<Element>,
    /// What to release of the namespaces.
    pub(super) bindings: usize,
}

/// What the elements that are met belong to.
#[derive(Debug, Clone, PartialEq)]
pub enum Scope {
    /// The feed itself.
    Feed,
    /// The item being read.
    Item,
    /// A person, added under this rank.
    Person(u8, Person),
    /// Where an item was taken over from.
    Origin(Box<Origin>),
    /// A picture.
    Image,
    /// Something of which nothing is read.
    Ignored,
}

/// A scope, the depth at which it ends, and the text that stands directly in it.
pub struct Frame {
    pub(super) scope: Scope,
    pub(super) depth: usize,
    pub(super) text: String,
}

/// The field being collected.
pub struct Collector {
    pub(super) field: Field,
    pub(super) depth: usize,
    pub(super) text: Collected,
}

/// Everything known while reading.
pub struct Reader<'a> {
    pub(super) position: usize,
    pub(super) ahead: Ahead<'a>,
    pub(super) entities: Entities,
    pub(super) feed: Draft,
    pub(super) item: Option<Draft>,
    pub(super) format: Option<Format>,
    pub(super) items: Vec<Item>,
    left_out: usize,
    pub(super) stack: Vec<Open<'a>>,
    pub(super) too_deep: usize,
    /// Whether the last item ended inside one of its fields.
    pub(super) torn: bool,
    pub(super) frames: Vec<Frame>,
    pub(super) collector: Option<Collector>,
    pub(super) bindings: Bindings<'a>,
    /// The attributes of the tag that is being read.
    pub(super) tag: Vec<Attribute<'a>>,
    pub(super) bases: Vec<(usize, Option<Arc<Url>>)>,
    pub(super) languages: Vec<(usize, String)>,
    fall_back_base: Option<Arc<Url>>,
    unknown_root: Option<String>,
    junk: bool,
    undeclared: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(document: &'a str, base: Option<&Url>) -> Self {
        Self {
            position: 0,
            ahead: Ahead::new(document),
            entities: Entities::default(),
            feed: Draft::default(),
            item: None,
            format: None,
            items: Vec::new(),
            left_out: 0,
            stack: Vec::new(),
            too_deep: 0,
            torn: false,
            frames: vec![Frame { scope: Scope::Feed, depth: 0, text: String::new() }],
            collector: None,
            bindings: Bindings::default(),
            tag: Vec::new(),
            bases: vec![(0, base.cloned().map(Arc::new))],
            languages: Vec::new(),
            fall_back_base: None,
            unknown_root: None,
            junk: false,
            undeclared: Vec::new(),
        }
    }

    /// The base of relative references here: `xml:base`, the document's address, or else the feed's own page.
    pub fn base(&self) -> Option<&Url> {
        self.declared_base().or(self.fall_back_base.as_deref())
    }

    /// The base that the document or its sender declares.
    pub fn declared_base(&self) -> Option<&Url> {
        self.bases.last().and_then(|(_, base)| base.as_deref())
    }

    /// The base of the item that ends here, for whoever makes the references in its HTML absolute.
    pub fn item_base(&self) -> Option<Arc<Url>> {
        self.bases.last().and_then(|(_, base)| base.clone()).or_else(|| self.fall_back_base.clone())
    }

    /// The base of HTML that cannot wait for that: the feed's own, and where an element of the item declares another.
    pub fn base_at_once(&self) -> Option<&Url> {
        let item = self.frames.iter().find(|frame| frame.scope == Scope::Item).map_or(0, |frame| frame.depth);
        let declared = self.bases.last().map_or(0, |(depth, _)| *depth);
        if self.item.is_none() || declared > item { self.base() } else { None }
    }

    /// The draft that fields go to.
    pub fn draft(&mut self) -> &mut Draft {
        self.item.as_mut().unwrap_or(&mut self.feed)
    }

    /// What the elements here belong to.
    pub fn scope(&mut self) -> &mut Scope {
        let last = self.frames.len() - 1;
        &mut self.frames[last].scope
    }

    /// An attribute's value, decoded.
    pub fn decoded<'v>(&self, raw: &'v str) -> Cow<'v, str> {
        self.entities.decode(raw)
    }

    fn text(&mut self, raw: &str, flaws: &mut Flaws<'_>) {
        let troubles = if let Some(collector) = &mut self.collector {
            collector.text.push(raw, &self.entities)
        } else if self.format.is_none() {
            self.junk |= !raw.trim().is_empty();
            return;
        } else if self.frame_text().is_some() {
            let mut decoded = String::new();
            let troubles = self.entities.decode_into(raw, &mut decoded);
            if let Some(out) = self.frame_text() {
                out.push_str(&decoded);
            }
            troubles
        } else {
            return;
        };
        flaws.note_troubles(troubles, self.position);
    }

    fn cdata(&mut self, inside: &str) {
        if let Some(collector) = &mut self.collector {
            collector.text.push_literal(inside);
        } else if let Some(out) = self.frame_text() {
            out.push_str(inside);
        }
    }

    /// Where text directly in a person or a picture goes.
    fn frame_text(&mut self) -> Option<&mut String> {
        let frame = self.frames.last_mut()?;
        let takes_text = matches!(frame.scope, Scope::Person(..) | Scope::Origin(_) | Scope::Image);
        (takes_text && frame.text.len() < limits::SHORT_TEXT_BYTES).then_some(&mut frame.text)
    }

    fn start(&mut self, name: &'a str, raw: &'a str, empty: bool, flaws: &mut Flaws<'_>) -> Result<(), Error> {
        let mut mark = self.bindings.mark();
        let root = self.format.is_none();
        let (mut base, mut language) = self.read_xml_attributes(name, raw);
        let Meaning { prefix, local, space, element, declared } = self.bindings.meaning(name);
        if root {
            self.find_root(element, local, raw)?;
            if self.format.is_some() && (self.junk || self.unknown_root.is_some()) {
                flaws.note("junk-before-root", self.position, || {
                    "Junk stands before the feed's first tag: left out.".to_owned()
                });
            }
        }
        if !declared {
            self.note_undeclared(prefix, flaws);
        }
        if self.stack.len() >= limits::DEPTH {
            flaws.note("too-deep", self.position, || {
                format!("More than {} open elements: the tag `{name}` was left out, its text kept.", limits::DEPTH)
            });
            self.too_deep += usize::from(!empty);
            self.bindings.release(mark);
            return Ok(());
        }
        let depth = self.stack.len();
        self.close_forgotten(element, (space, local), raw, flaws);
        if self.stack.len() < depth {
            // What was ended took with it what it had bound, this element's own included.
            mark = self.bindings.mark();
            (base, language) = self.read_xml_attributes(name, raw);
        }
        let depth = self.stack.len();
        if let Some(base) = base {
            self.bases.push((depth + 1, Some(Arc::new(base))));
        }
        if let Some(language) = language {
            let of_feed = depth == 0 || depth == 1 && element == Some(Element::Channel);
            if of_feed && self.item.is_none() && !language.is_empty() {
                self.feed.language.offer(1, language.clone());
            }
            self.languages.push((depth + 1, language));
        }
        let shown = if space == Space::Xhtml { local } else { name };
        self.stack.push(Open { name, shown, element, bindings: mark });
        if let Some(collector) = &mut self.collector {
            collector.text.open(shown, raw);
        } else if self.format.is_some() {
            self.dispatch(element, (space, name, local), raw, empty, flaws);
        }
        // `<br>` inside a text ends itself, as in HTML.
        let inside = self.collector.as_ref().is_some_and(|collector| collector.depth < self.stack.len());
        if empty || inside && is_void(local) {
            self.pop(flaws);
        }
        Ok(())
    }

    /// Binds namespaces; gives `xml:base` and `xml:lang`.
    fn read_xml_attributes(&mut self, name: &str, raw: &'a str) -> (Option<Url>, Option<String>) {
        let (mut base, mut language) = (None, None);
        let bytes = raw.as_bytes();
        let begins = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|next| next.eq_ignore_ascii_case(b"ml"));
        if !memchr::memchr2_iter(b'x', b'X', bytes).any(begins) {
            return (base, language);
        }
        // On the feed's own frame an unknown namespace is taken for the feed's: people invent those.
        let element = name;
        let own = self.format.is_none() || self.collector.is_none() && names::is_frame(name);
        for Attribute { name, value } in attributes(raw) {
            let Some(head) = name.get(..3).filter(|head| head.eq_ignore_ascii_case("xml")) else { continue };
            match name[head.len()..].to_ascii_lowercase().as_str() {
                "ns" => self.bindings.bind("", value, own),
                ":base" => {
                    let value = self.decoded(value).into_owned();
                    let resolved = resolve(&value, self.declared_base());
                    base = Url::parse(&resolved).ok().filter(|base| base.as_str().len() <= limits::BASE_BYTES);
                }
                ":lang" => language = Some(self.decoded(value).trim().replace('_', "-")),
                bound if bound.starts_with("ns:") => {
                    let prefix = &name["xmlns:".len()..];
                    let own = own && element.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(':'));
                    self.bindings.bind(prefix, value, own);
                }
                _ => {}
            }
        }
        (base, language)
    }

    fn note_undeclared(&mut self, prefix: &str, flaws: &mut Flaws<'_>) {
        if self.collector.is_none()
            && self.undeclared.len() < 16
            && !self.undeclared.iter().any(|known| known == prefix)
        {
            self.undeclared.push(prefix.to_owned());
            flaws.note("undeclared-namespace", self.position, || {
                format!("The prefix `{prefix}` is not declared: read as what it usually means.")
            });
        }
    }

    /// Decides whether a start tag is the root of a feed.
    fn find_root(&mut self, element: Option<Element>, local: &str, raw: &str) -> Result<(), Error> {
        self.format = match element {
            Some(Element::Rss | Element::Item) => Some(Format::Rss),
            Some(Element::Rdf) => Some(Format::Rdf),
            Some(Element::Feed | Element::Entry) => Some(Format::Atom),
            Some(Element::Channel) => {
                let has = |wanted: &str| attributes(raw).any(|attribute| attribute.name.eq_ignore_ascii_case(wanted));
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
            let base = attributes(raw).find(|attribute| attribute.name.eq_ignore_ascii_case("base"));
            let base = base.and_then(|base| Url::parse(&self.decoded(base.value)).ok());
            if let Some(base) = base.filter(|base| base.as_str().len() <= limits::BASE_BYTES) {
                self.bases.push((1, Some(Arc::new(base))));
            }
        }
        Ok(())
    }

    fn dispatch(
        &mut self,
        element: Option<Element>,
        (space, name, local): (Space, &str, &str),
        raw: &'a str,
        empty: bool,
        flaws: &mut Flaws<'_>,
    ) {
        let is_item = matches!(element, Some(Element::Item | Element::Entry));
        // An item in something unknown is one, unless the feed is over: there, scripts and advertisements stand.
        let in_feed = self.stack.first().is_some_and(|root| root.element.is_some());
        if *self.scope() == Scope::Ignored && !(is_item && self.item.is_none() && in_feed) {
            return;
        }
        self.tag.clear();
        self.tag.extend(attributes(raw));
        if is_item && self.item.is_none() {
            return self.start_item(raw, flaws);
        }
        match fields::start(self, element, space, local, raw) {
            fields::Start::Through => {}
            // What never ends would hide all that follows.
            fields::Start::Scope(Scope::Ignored) if !empty && in_feed && !self.will_end(name) => {}
            fields::Start::Scope(scope) => self.push_frame(scope),
            fields::Start::Collect(field, mode) => {
                self.collector = Some(Collector { field, depth: self.stack.len(), text: Collected::new(mode) });
            }
        }
    }

    fn push_frame(&mut self, scope: Scope) {
        self.frames.push(Frame { scope, depth: self.stack.len(), text: String::new() });
    }

    pub(super) fn start_item(&mut self, raw: &str, flaws: &mut Flaws<'_>) {
        if self.items.len() >= limits::ITEMS {
            self.left_out += 1;
            return self.push_frame(Scope::Ignored);
        }
        self.item = Some(Draft { line: flaws.line(self.position), ..Draft::default() });
        self.push_frame(Scope::Item);
        fields::item_attributes(self, raw);
    }

    /// A feed's own page serves as base where nothing better is known.
    pub fn offer_base(&mut self, link: &str) {
        if self.fall_back_base.is_none() && self.item.is_none() && link.len() <= limits::BASE_BYTES {
            self.fall_back_base = Url::parse(link).ok().filter(|url| !url.cannot_be_a_base()).map(Arc::new);
        }
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
                format!("The document ends inside `{open}`: what was there is kept.")
            });
        }
        self.pop_to(0, flaws);
        if self.left_out > 0 {
            flaws.note_whole("too-many-items", || format!("{} items beyond the limit: left out.", self.left_out));
        }
        Ok(self.feed.into_feed(format, self.items))
    }
}
