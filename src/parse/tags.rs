//! What stands in the attributes of a tag: Atom's links and labels, enclosures, pictures, RDF's and CDF's addresses.

use std::borrow::Cow;

use super::date;
use super::extras;
use super::fields::{Field, Start};
use super::limits;
use super::names::{self, Element};
use super::reader::{Reader, Scope};
use super::resolve::{resolve, resolve_value};
use super::text::{Mode, declared_mode};
use super::values::size_in;
use crate::model::{Enclosure, Link};
use crate::text::trim;

/// The value of an attribute of the tag being read, whatever its name's case, if it is not blank.
pub fn attribute<'a>(reader: &Reader<'a>, wanted: &str) -> Option<Cow<'a, str>> {
    let found = reader.tag.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(wanted))?;
    value(reader, found.value)
}

/// The same whatever its prefix: RDF's `about` and `resource`.
pub fn attribute_of_any_space<'a>(reader: &Reader<'a>, wanted: &str) -> Option<Cow<'a, str>> {
    let found = reader.tag.iter().find(|attribute| names::split(attribute.name).1.eq_ignore_ascii_case(wanted))?;
    value(reader, found.value)
}

fn value<'a>(reader: &Reader<'a>, raw: &'a str) -> Option<Cow<'a, str>> {
    let value = match reader.decoded(raw) {
        Cow::Borrowed(value) => Cow::Borrowed(short(value)),
        Cow::Owned(value) if short(&value).len() == value.len() => Cow::Owned(value),
        Cow::Owned(value) => Cow::Owned(short(&value).to_owned()),
    };
    (!value.is_empty()).then_some(value)
}

/// A value without blanks around it, up to its limit.
fn short(value: &str) -> &str {
    let value = trim(value);
    &value[..value.floor_char_boundary(limits::SHORT_TEXT_BYTES)]
}

/// Reads what stands in an item's own tag: RDF's address, CDF's link and date.
pub fn item_attributes(reader: &mut Reader<'_>) {
    if reader.tag.is_empty() {
        return;
    }
    if let Some(about) = attribute_of_any_space(reader, "about") {
        reader.draft().id.offer(1, about.into_owned());
    }
    cdf_attributes(reader);
}

/// CDF keeps address and date in the tag.
pub fn cdf_attributes(reader: &mut Reader<'_>) {
    if let Some(href) = attribute(reader, "href") {
        let href = resolve(&href, reader.base());
        reader.offer_base(&href);
        reader.draft().link.offer(3, href);
    }
    if let Some(date) = attribute(reader, "lastmod").and_then(|date| date::read(&date)) {
        reader.draft().updated.offer(3, date);
    }
}

/// Atom's content may lie elsewhere (`src`, RFC 4287 §4.1.3.2).
pub fn start_content(reader: &mut Reader<'_>, atom: bool) -> Start {
    if let Some(source) = attribute(reader, "src") {
        let href = resolve(&source, reader.base());
        let media_type = attribute(reader, "type");
        let html = media_type.as_deref().is_none_or(|kind| kind.contains("html"));
        let draft = reader.draft();
        if html {
            draft.link.offer(1, href.clone());
        }
        let media_type = media_type.map(Cow::into_owned);
        draft.add_link(Link { rel: "content".to_owned(), href, media_type });
    }
    markup(reader, Field::Content(3), atom)
}

/// Atom's link in attributes, or RSS's in its text.
pub fn start_link(reader: &mut Reader<'_>) -> Start {
    let Some(href) = attribute(reader, "href").or_else(|| attribute_of_any_space(reader, "resource")) else {
        // A link without an address, but with Atom's attributes, has none in its text either.
        let atom = attribute(reader, "rel").is_some_and(|rel| !rel.eq_ignore_ascii_case("alternate"));
        return if atom { Start::Scope(Scope::Ignored) } else { Start::Collect(Field::Link(4), Mode::Line) };
    };
    let href = resolve_value(href, reader.base());
    let rel = attribute(reader, "rel").unwrap_or(Cow::Borrowed("alternate"));
    let rel = rel.strip_prefix("http://www.iana.org/assignments/relation/").unwrap_or(&rel);
    let media_type = attribute(reader, "type");
    if rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("alternate")) {
        let foreign = attribute(reader, "hreflang").is_some_and(|language| !reader.speaks(&language));
        let html = media_type.as_deref().is_none_or(|kind| kind.contains("html"));
        if html && foreign {
            reader.draft().extras().add_translation(&href);
        }
        let page = html && !foreign;
        reader.offer_base(&href);
        reader.draft().link.offer(if page { 3 } else { 2 }, href);
        return Start::Scope(Scope::Ignored);
    }
    let media_type = media_type.map(Cow::into_owned);
    if rel.eq_ignore_ascii_case("enclosure") {
        let size_bytes = attribute(reader, "length").and_then(|length| size_in(&length));
        reader.draft().add_enclosure(2, Enclosure { url: href, media_type, size_bytes, ..Enclosure::default() });
    } else {
        // RFC 4685 §4: without a type it is a feed.
        if rel.eq_ignore_ascii_case("replies") && media_type.as_deref().is_some_and(|kind| kind.contains("html")) {
            reader.draft().comments.offer(0, href.clone());
        }
        reader.draft().add_link(Link { rel: rel.to_ascii_lowercase(), href, media_type });
    }
    Start::Scope(Scope::Ignored)
}

/// Atom's label in attributes, or RSS's in its text.
pub fn start_category(reader: &mut Reader<'_>) -> Start {
    if reader.tag.is_empty() {
        return Start::Collect(Field::Category(false), Mode::Line);
    }
    match attribute(reader, "term").or_else(|| attribute(reader, "label")) {
        Some(term) => {
            reader.draft().add_category(&term);
            Start::Scope(Scope::Ignored)
        }
        None => Start::Collect(Field::Category(false), Mode::Line),
    }
}

/// Takes the picture that a tag names, with its size.
pub fn start_picture(reader: &mut Reader<'_>, rank: u8) -> Start {
    let Some(address) = attribute(reader, "href").or_else(|| attribute(reader, "url")) else {
        // `<itunes:image>https://…</itunes:image>`.
        return Start::Collect(Field::Image(rank), Mode::Line);
    };
    if !reader.draft().image.wants(rank) {
        return Start::Scope(Scope::Ignored);
    }
    let address = resolve_value(address, reader.base());
    let size = extras::size_of_tag(reader);
    if size.is_some() {
        reader.draft().extras().add_size(&address, size);
    }
    reader.draft().image.offer(rank, address);
    Start::Scope(Scope::Ignored)
}

/// Adds the file that a tag names; whether it names one.
pub fn add_enclosure(reader: &mut Reader<'_>, rank: u8) -> bool {
    let url = ["url", "href", "resource"].iter().find_map(|name| attribute_of_any_space(reader, name));
    let Some(url) = url else { return false };
    let url = resolve_value(url, reader.base());
    let media_type = attribute_of_any_space(reader, "type").map(Cow::into_owned);
    let length = ["length", "fileSize"].iter().find_map(|name| attribute_of_any_space(reader, name));
    let size_bytes = length.and_then(|length| size_in(&length));
    reader.draft().add_enclosure(rank, Enclosure { url, media_type, size_bytes, ..Enclosure::default() });
    true
}

/// The version of a dialect: said in the root's tag, or by its namespace.
pub fn version(reader: &mut Reader<'_>, root: Element) {
    let said = attribute(reader, "version")
        .filter(|version| version.len() <= 8 && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    let names = |part: &str| {
        reader.tag.iter().any(|attribute| attribute.name.starts_with("xmlns") && attribute.value.contains(part))
    };
    let known = match root {
        Element::Feed if names("purl.org/atom/ns") => Some("0.3"),
        Element::Feed => Some("1.0"),
        Element::Rdf if names("/rdf/simple/0.9") => Some("0.90"),
        Element::Rdf if names("purl.org/rss/1.0") => Some("1.0"),
        _ => None,
    };
    if let Some(version) = said.or(known.map(Cow::Borrowed)) {
        reader.draft().extras().version.get_or_insert(version.into_owned());
    }
}

/// A text whose kind its attributes may declare.
pub fn markup(reader: &Reader<'_>, field: Field, atom: bool) -> Start {
    let default = if atom { Mode::Plain } else { Mode::Sniffed };
    let mode = if reader.tag.is_empty() {
        default
    } else {
        declared_mode(attribute(reader, "type").as_deref(), attribute(reader, "mode").as_deref(), default)
    };
    Start::Collect(field, mode)
}
