//! What is known while an XML document is read: the open elements, what they belong to, and what is in force there.

use std::borrow::Cow;
use std::sync::Arc;

use url::Url;

use super::ahead::Ahead;
use super::attributes::Attribute;
use super::draft::Draft;
use super::entities::Entities;
use super::fields::Field;
use super::names::{self, Bindings, Element};
use super::resolve::{as_base, resolve};
use super::text::Collected;
use super::values;
use crate::model::{Format, Item, Origin, Person};

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

impl Frame {
    /// Whether text directly in it counts.
    pub(super) fn takes_text(&self) -> bool {
        matches!(self.scope, Scope::Person(..) | Scope::Origin(_) | Scope::Image)
    }
}

/// What the attributes of the prefix `xml` say (XML 1.0 §2.12, XML Base).
#[derive(Default)]
pub struct XmlAttributes {
    pub(super) base: Option<Url>,
    pub(super) language: Option<String>,
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
    pub(super) left_out: usize,
    pub(super) stack: Vec<Open<'a>>,
    pub(super) too_deep: usize,
    /// Whether the last item ended inside one of its fields.
    pub(super) torn: bool,
    pub(super) frames: Vec<Frame>,
    pub(super) collector: Option<Collector>,
    pub(super) bindings: Bindings<'a>,
    /// The attributes of the tag that is being read.
    pub(super) tag: Vec<Attribute<'a>>,
    /// Whether they may have references.
    pub(super) tag_refers: bool,
    /// Where the next line of text is collected.
    pub(super) room: String,
    pub(super) bases: Vec<(usize, Option<Arc<Url>>)>,
    pub(super) languages: Vec<(usize, String)>,
    pub(super) fall_back_base: Option<Arc<Url>>,
    pub(super) unknown_root: Option<String>,
    pub(super) junk: bool,
    pub(super) undeclared: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Nothing read yet of a document that came from `base`.
    pub fn new(document: &'a str, base: Option<&Url>) -> Self {
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
            tag_refers: false,
            room: String::new(),
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
        let declared = self.bases.last().map_or(0, |(depth, _)| *depth);
        if self.item.is_none() || declared > self.item_depth() { self.base() } else { None }
    }

    /// How deep the item that is open stands; 0 where none is.
    pub fn item_depth(&self) -> usize {
        self.frames.iter().find(|frame| matches!(frame.scope, Scope::Item)).map_or(0, |frame| frame.depth)
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

    /// Binds namespaces; gives `xml:base` and `xml:lang`, which hardly any tag has.
    #[inline]
    pub(super) fn read_xml_attributes(&mut self, element: &str) -> Option<Box<XmlAttributes>> {
        let may_have_some = self.tag.iter().any(|attribute| attribute.name.starts_with(['x', 'X']));
        if may_have_some { self.read_xml_attributes_of(element) } else { None }
    }

    fn read_xml_attributes_of(&mut self, element: &str) -> Option<Box<XmlAttributes>> {
        let mut found = XmlAttributes::default();
        // On the feed's own frame an unknown namespace is taken for the feed's: people invent those.
        let own = self.format.is_none() || self.collector.is_none() && names::is_frame(element);
        for at in 0..self.tag.len() {
            let Attribute { name, value } = self.tag[at];
            let Some(head) = name.get(..3).filter(|head| head.eq_ignore_ascii_case("xml")) else { continue };
            match name[head.len()..].to_ascii_lowercase().as_str() {
                "ns" => self.bindings.bind("", value, own),
                ":base" => {
                    let value = self.decoded(value).into_owned();
                    let resolved = resolve(&value, self.declared_base());
                    found.base = Url::parse(&resolved).ok().and_then(as_base);
                }
                ":lang" => found.language = values::language(&self.decoded(value)),
                bound if bound.starts_with("ns:") => {
                    let prefix = &name["xmlns:".len()..];
                    let own = own && element.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(':'));
                    self.bindings.bind(prefix, value, own);
                }
                _ => {}
            }
        }
        (found.base.is_some() || found.language.is_some()).then(|| Box::new(found))
    }

    /// A feed's own page serves as base where nothing better is known.
    pub fn offer_base(&mut self, link: &str) {
        if self.fall_back_base.is_none() && self.item.is_none() {
            self.fall_back_base =
                Url::parse(link).ok().filter(|url| !url.cannot_be_a_base()).and_then(as_base).map(Arc::new);
        }
    }
}
