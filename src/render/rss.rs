//! Writes an edition as RSS 2.0.

use std::collections::BTreeMap;

use rss::extension::atom::{AtomExtension, Link};
use rss::extension::dublincore::DublinCoreExtension;
use rss::extension::{Extension, ExtensionMap};
use rss::{Category, Channel, Enclosure, Guid, Item as RssItem, Source};

use super::archive::HISTORY;
use super::atom::MEDIA;
use super::cuts::{self, Frame};
use super::item::Item;
use super::podcast::PODCAST;
use super::{Error, GENERATOR, View, bare_media_type, clean, podcast, prolog};
use crate::config::EditionFormat;
use crate::model::EditionName;

/// Writes the document around its items.
pub(super) fn frame(view: &View<'_>) -> Result<Frame, Error> {
    // The writer declares by itself the namespaces that an item uses.
    let stand_in = || RssItem { dublin_core_ext: Some(DublinCoreExtension::default()), ..RssItem::default() };
    let items = view.traits.map(|_| stand_in());
    let mut bytes = write(&channel(view, items.into_iter().collect()), &view.edition.name)?;
    // In the place of the writer's own, which is one line.
    let written = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    bytes.splice(..written, prolog::of(view).into_bytes());
    bytes.push(b'\n');
    let cuts = cuts::rss(&bytes);
    Frame::of(bytes, cuts).ok_or_else(|| view.lost())
}

/// Writes one item, as it stands in the document.
pub(super) fn item(item: &Item<'_>, edition: &EditionName) -> Result<Vec<u8>, Error> {
    let bytes = write(&Channel { items: vec![written(item)], ..Channel::default() }, edition)?;
    cuts::only(&bytes, cuts::rss(&bytes)).ok_or_else(|| item.lost(edition))
}

fn write(channel: &Channel, edition: &EditionName) -> Result<Vec<u8>, Error> {
    channel.pretty_write_to(Vec::new(), b' ', 1).map_err(|cause| Error::Rss { edition: edition.clone(), cause })
}

/// The channel as the reader should find it.
pub(super) fn channel(view: &View<'_>, items: Vec<RssItem>) -> Channel {
    let mut namespaces = BTreeMap::new();
    if view.traits.is_some_and(|traits| traits.has_media) {
        namespaces.insert("media".to_owned(), MEDIA.to_owned());
    }
    if view.traits.is_some_and(|traits| traits.has_podcast) {
        namespaces.insert("podcast".to_owned(), PODCAST.to_owned());
    }
    if view.edition.history.archive.is_some() {
        namespaces.insert("fh".to_owned(), HISTORY.to_owned());
    }
    Channel {
        link: view.home.clone(),
        // Required, so the title stands in.
        description: view.description().unwrap_or_else(|| view.title()),
        title: view.title(),
        language: Some(view.site.language.clone()),
        managing_editor: editor(view),
        last_build_date: view.edition.updated.map(clean::rfc822),
        generator: Some(GENERATOR.to_owned()),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        items,
        atom_ext: Some(AtomExtension {
            links: view
                .addresses(EditionFormat::Rss)
                .into_iter()
                .map(|(rel, href)| Link {
                    href,
                    rel: rel.to_owned(),
                    mime_type: Some(bare_media_type(EditionFormat::Rss).to_owned()),
                    ..Link::default()
                })
                .chain(view.hub().map(|hub| Link { href: hub.to_owned(), rel: "hub".to_owned(), ..Link::default() }))
                .collect(),
        }),
        itunes_ext: podcast::itunes_channel(view),
        namespaces,
        ..Channel::default()
    }
}

/// A mail address with a name in brackets, as RSS wants people to be written.
fn editor(view: &View<'_>) -> Option<String> {
    let email = view.site.email.as_deref().and_then(clean::mail_address)?;
    Some(format!("{email} ({})", view.owner()))
}

/// An item as the reader should find it.
pub(super) fn written(item: &Item<'_>) -> RssItem {
    let related: Vec<Link> = item
        .coverage
        .iter()
        .filter_map(|other| {
            Some(Link {
                href: other.link.clone()?,
                rel: "related".to_owned(),
                hreflang: other.language.map(str::to_owned),
                title: Some(format!("{} — {}", other.title, other.publisher_name)),
                ..Link::default()
            })
        })
        .collect();
    let creators = item.authors.iter().map(|author| author.name.clone()).collect();
    let languages = item.language.map(str::to_owned).into_iter().collect();
    let mut extensions: ExtensionMap = BTreeMap::new();
    for (space, elements) in [("media", podcast::media(item)), ("podcast", podcast::podcast(item))] {
        for (name, attrs) in elements {
            let extension = Extension { name: format!("{space}:{name}"), attrs, ..Extension::default() };
            extensions.entry(space.to_owned()).or_default().entry(name.to_owned()).or_default().push(extension);
        }
    }
    RssItem {
        title: Some(item.title.clone()),
        link: item.link.clone(),
        description: (!item.content.is_empty()).then(|| item.content.clone()),
        categories: item.categories.iter().map(|name| Category { name: name.clone(), ..Category::default() }).collect(),
        // RSS takes one file an item; its length is required, and 0 says that it is not known.
        enclosure: item.enclosures.first().map(|file| Enclosure {
            url: file.url.clone(),
            length: file.size_bytes.unwrap_or_default().to_string(),
            mime_type: file.media_type.clone(),
        }),
        guid: Some(Guid { value: item.piece.story.to_string(), permalink: false }),
        pub_date: Some(clean::rfc822(item.published)),
        // The address is required: where the feed is only a file, the outlet's site stands in for it.
        source: item.source.as_ref().and_then(|source| {
            let url = source.feed.clone().or_else(|| source.home.clone())?;
            Some(Source { url, title: Some(source.title.clone()) })
        }),
        atom_ext: (!related.is_empty()).then_some(AtomExtension { links: related }),
        // `author` must be a mail address; a name goes into Dublin Core's `creator`.
        dublin_core_ext: Some(DublinCoreExtension { creators, languages, ..DublinCoreExtension::default() }),
        itunes_ext: podcast::itunes(item),
        extensions,
        ..RssItem::default()
    }
}
