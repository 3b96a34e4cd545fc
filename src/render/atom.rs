//! Writes an edition as Atom 1.0 (RFC 4287).

use std::collections::BTreeMap;

use atom_syndication::extension::{Extension, ExtensionMap};
use atom_syndication::{Category, Content, Entry, Feed, Generator, Link, Person, Source, Text, WriteConfig};
use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64;

use super::archive::HISTORY;
use super::cuts::{self, Frame};
use super::item::{Item, Provenance};
use super::{Error, GENERATOR, View, address, bare_media_type, clean, podcast, prolog};
use crate::config::EditionFormat;
use crate::model::EditionName;

/// The namespace of Media RSS, for the picture.
pub(super) const MEDIA: &str = "http://search.yahoo.com/mrss/";

/// Writes the document around its entries.
pub(super) fn frame(view: &View<'_>) -> Result<Frame, Error> {
    let entries = view.traits.map(|_| Entry::default());
    let feed = feed(view, entries.into_iter().collect());
    // Our own declaration says the encoding; the writer's does not.
    let mut bytes = write(&feed, prolog::of(view).into_bytes(), &view.edition.name)?;
    bytes.push(b'\n');
    let cuts = cuts::atom(&bytes);
    Frame::of(bytes, cuts).ok_or_else(|| view.lost())
}

/// Writes one entry, as it stands in the document.
pub(super) fn item(item: &Item<'_>, edition: &EditionName) -> Result<Vec<u8>, Error> {
    let mut entry = entry(item);
    escape_extensions(&mut entry);
    let bytes = write(&Feed { entries: vec![entry], ..Feed::default() }, Vec::new(), edition)?;
    cuts::only(&bytes, cuts::atom(&bytes)).ok_or_else(|| item.lost(edition))
}

fn write(feed: &Feed, before: Vec<u8>, edition: &EditionName) -> Result<Vec<u8>, Error> {
    let config = WriteConfig { write_document_declaration: false, indent_size: Some(1) };
    feed.write_with_config(before, config).map_err(|cause| Error::Atom { edition: edition.clone(), cause })
}

/// The writer escapes everything but the attributes of extensions.
fn escape_extensions(entry: &mut Entry) {
    for extension in entry.extensions.values_mut().flat_map(|names| names.values_mut()).flatten() {
        for value in extension.attrs.values_mut() {
            *value = clean::escape(value);
        }
    }
}

/// The feed as the reader should find it.
pub(super) fn feed(view: &View<'_>, entries: Vec<Entry>) -> Feed {
    let own = address(&view.edition.name, EditionFormat::Atom, view.site);
    let mut namespaces = BTreeMap::new();
    if view.traits.is_some_and(|traits| traits.has_media) {
        namespaces.insert("media".to_owned(), MEDIA.to_owned());
    }
    if view.edition.history.archive.is_some() {
        namespaces.insert("fh".to_owned(), HISTORY.to_owned());
    }
    Feed {
        title: Text::plain(view.title()),
        id: own,
        // Required; an edition that never had a story has never changed.
        updated: view
            .traits
            .map_or_else(|| fixed(view.edition.updated.unwrap_or(DateTime::UNIX_EPOCH)), |traits| traits.updated),
        authors: vec![Person {
            name: view.owner(),
            email: view.site.email.as_deref().and_then(clean::mail_address),
            uri: Some(clean::uri(&view.site.url)),
            ..Person::default()
        }],
        generator: Some(Generator { value: GENERATOR.to_owned(), ..Generator::default() }),
        links: view
            .addresses(EditionFormat::Atom)
            .into_iter()
            .map(|(rel, address)| link(rel, address, Some(bare_media_type(EditionFormat::Atom))))
            .chain(view.hub().map(|hub| link("hub", hub.to_owned(), None)))
            .chain([link("alternate", view.home.clone(), Some("text/html"))])
            .collect(),
        subtitle: view.description().map(Text::plain),
        entries,
        namespaces,
        lang: Some(view.site.language.clone()),
        ..Feed::default()
    }
}

pub(super) fn entry(item: &Item<'_>) -> Entry {
    let lang = item.language.map(str::to_owned);
    let mut links = Vec::new();
    links.extend(item.link.clone().map(|href| Link { hreflang: lang.clone(), ..link("alternate", href, None) }));
    links.extend(item.enclosures.iter().map(|file| Link {
        length: file.size_bytes.map(|size| size.to_string()),
        ..link("enclosure", file.url.clone(), Some(&file.media_type))
    }));
    links.extend(item.coverage.iter().filter_map(|other| {
        let title = Some(format!("{} — {}", other.title, other.publisher_name));
        let hreflang = other.language.map(str::to_owned);
        Some(Link { title, hreflang, ..link("related", other.link.clone()?, None) })
    }));
    // Without a page to point at, an entry must have content (RFC 4287 §4.1.2).
    let content = match (item.content.is_empty(), item.link.is_some()) {
        (false, _) => Some(content("html", &item.content, lang.clone())),
        (true, false) => Some(content("text", &item.title, lang.clone())),
        (true, true) => None,
    };
    let mut extensions: ExtensionMap = BTreeMap::new();
    for (name, attrs) in podcast::media(item) {
        let extension = Extension { name: format!("media:{name}"), attrs, ..Extension::default() };
        extensions.entry("media".to_owned()).or_default().entry(name.to_owned()).or_default().push(extension);
    }
    Entry {
        title: Text { lang: lang.clone(), ..Text::plain(&item.title) },
        id: item.piece.story.to_string(),
        updated: updated(item),
        authors: item
            .authors
            .iter()
            .map(|author| Person {
                name: author.name.clone(),
                email: author.email.clone(),
                uri: author.url.clone(),
                ..Person::default()
            })
            .collect(),
        categories: item.categories.iter().map(|term| Category { term: term.clone(), ..Category::default() }).collect(),
        links,
        published: Some(fixed(item.published)),
        source: item.source.as_ref().map(source),
        summary: (!item.summary.is_empty()).then(|| Text { lang, ..Text::html(&item.summary) }),
        content,
        extensions,
        ..Entry::default()
    }
}

/// The lead's feed (RFC 4287 §4.2.11): its id, title and date, which the writer would else print as 1970.
fn source(provenance: &Provenance) -> Source {
    let mut links = Vec::new();
    links.extend(provenance.feed.clone().map(|href| link("self", href, None)));
    links.extend(provenance.home.clone().map(|href| link("alternate", href, None)));
    Source {
        title: Text::plain(&provenance.title),
        id: provenance.id.clone(),
        updated: fixed(provenance.updated),
        links,
        ..Source::default()
    }
}

fn content(kind: &str, value: &str, lang: Option<String>) -> Content {
    Content { value: Some(value.to_owned()), content_type: Some(kind.to_owned()), lang, ..Content::default() }
}

fn link(rel: &str, href: String, media_type: Option<&str>) -> Link {
    Link { href, rel: rel.to_owned(), mime_type: media_type.map(str::to_owned), ..Link::default() }
}

/// When a story last changed. Stories that changed together are told apart below the second, each always by the same
/// fraction: two entries of one date have no order for readers that sort by it.
pub(super) fn updated(item: &Item<'_>) -> DateTime<chrono::FixedOffset> {
    let micros = xxh3_64(item.piece.story.as_str().as_bytes()) % 1_000_000;
    fixed(item.updated) + TimeDelta::microseconds(micros.cast_signed())
}

fn fixed(date: DateTime<Utc>) -> DateTime<chrono::FixedOffset> {
    clean::date(date).fixed_offset()
}
