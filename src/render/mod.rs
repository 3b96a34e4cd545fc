//! Renders editions, stories, articles and the index page: an edition or a timeline in, finished documents out.
//!
//! Same input, same bytes: no document bears the time at which it was made, so its tag changes only when what it
//! shows does. Feeds are written by `atom_syndication`, `rss` and `serde_json` from one common view of each story
//! (`item`), in which everything is already clean: legal in XML, absolute, bounded in dates. An item is written when
//! its story has changed, and kept until it changes again (`press`).

mod archive;
mod atom;
mod clean;
mod cuts;
mod item;
mod json;
mod languages;
mod opml;
mod page;
mod podcast;
mod press;
mod prolog;
mod rss;
#[cfg(test)]
mod tests;
mod theme;

use crate::config::{EditionFormat, Site};
use crate::model::{ArchiveName, Edition, EditionName, FeedUrl, Rendered, SitePath};

pub use archive::{FORMATS as ARCHIVE_FORMATS, archive, kept_archive, with_next, without};
pub use opml::{editions as editions_list, sources as sources_list};
pub use page::{Listing, alias, article, index, not_found, story, story_path, styles};
pub use press::Press;
pub use theme::{Theme, ThemeFault, ThemeFile};

/// What feeds name as the program that made them. Without a version: an upgrade alone changes no document.
const GENERATOR: &str = "wiredesk";

/// Says why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Atom writer failed.
    #[error("could not write edition `{edition}` as Atom: {cause}")]
    Atom {
        /// The edition.
        edition: EditionName,
        /// What the writer said.
        cause: atom_syndication::Error,
    },
    /// The RSS writer failed.
    #[error("could not write edition `{edition}` as RSS: {cause}")]
    Rss {
        /// The edition.
        edition: EditionName,
        /// What the writer said.
        cause: ::rss::Error,
    },
    /// The JSON writer failed.
    #[error("could not write edition `{edition}` as JSON Feed: {cause}")]
    Json {
        /// The edition.
        edition: EditionName,
        /// What the writer said.
        cause: serde_json::Error,
    },
    /// What a writer wrote is not where it should be.
    #[error("could not find `{id}` in what was written of edition `{edition}`")]
    Lost {
        /// The edition.
        edition: EditionName,
        /// The item, or the edition's own address.
        id: String,
    },
    /// A template failed.
    #[error("could not make the page `{path}` from its template: {cause:#}")]
    Page {
        /// The page.
        path: SitePath,
        /// What the template engine said.
        cause: minijinja::Error,
    },
    /// An article's address is not on this site.
    #[error(
        "the article `{key}` has no page: its address `{link}` is not below `{site}`; give it a slug of letters, digits and `-`"
    )]
    Elsewhere {
        /// The article.
        key: String,
        /// Its address.
        link: String,
        /// The site's root.
        site: String,
    },
}

/// Renders an edition once; who renders it again has a [`Press`].
///
/// # Errors
/// Those of [`Press::print`], and when the theme fails.
pub fn edition(
    edition: &Edition,
    formats: &[EditionFormat],
    covered_by: bool,
    site: &Site,
    theme: &Theme,
) -> Result<Vec<Rendered>, Error> {
    let mut press = Press::new(formats, covered_by, site, theme);
    let documents = press.print(edition)?;
    press.faults().into_iter().next().map_or(Ok(documents), Err)
}

/// Writes a story as an item of a feed; `None` for a page, which is filled in otherwise.
fn feed_item(format: EditionFormat, item: &item::Item<'_>, edition: &EditionName) -> Result<Option<Vec<u8>>, Error> {
    Ok(match format {
        EditionFormat::Atom => Some(atom::item(item, edition)?),
        EditionFormat::Rss => Some(rss::item(item, edition)?),
        EditionFormat::Json => Some(json::item(item, edition)?),
        EditionFormat::Html => None,
    })
}

/// Writes a feed around its items; `None` for a page.
fn feed_frame(format: EditionFormat, view: &View<'_>) -> Result<Option<cuts::Frame>, Error> {
    Ok(match format {
        EditionFormat::Atom => Some(atom::frame(view)?),
        EditionFormat::Rss => Some(rss::frame(view)?),
        EditionFormat::Json => Some(json::frame(view)?),
        EditionFormat::Html => None,
    })
}

/// Where the feeds of an edition stand, each with its own address: what its `self` link says.
pub fn feeds(edition: &EditionName, formats: &[EditionFormat], site: &Site) -> Vec<(SitePath, String)> {
    let feeds = formats.iter().filter(|format| **format != EditionFormat::Html);
    feeds.map(|format| (path(edition, *format), address(edition, *format, site))).collect()
}

/// The address of a hub as feeds name it.
pub fn address_of_hub(hub: &FeedUrl) -> String {
    clean::uri(hub.as_url())
}

/// An edition but for its items, ready to be written in any format.
struct View<'a> {
    edition: &'a Edition,
    site: &'a Site,
    /// The page that the edition belongs to: its own where it has one, else the site's.
    home: String,
    /// What its items have between them; `None` while it is empty.
    traits: Option<item::Traits>,
}

impl View<'_> {
    /// The title; an edition whose title has no legal character is called by its name.
    fn title(&self) -> String {
        title(self.edition)
    }

    fn description(&self) -> Option<String> {
        self.edition.description.as_deref().map(clean::line).filter(|text| !text.is_empty())
    }

    /// The document's own address, and those of others of the edition's history: relation and address (RFC 5005 §4).
    fn addresses(&self, format: EditionFormat) -> Vec<(&'static str, String)> {
        let current = address(&self.edition.name, format, self.site);
        let of = |archive| address_of(&archive_path(&self.edition.name, archive, format), self.site);
        let mut addresses = match self.edition.history.archive {
            Some(archive) => vec![("self", of(archive)), ("current", current)],
            None => vec![("self", current)],
        };
        addresses.extend(self.edition.history.previous.map(|previous| ("prev-archive", of(previous))));
        addresses
    }

    /// The hub that the edition names; an archive does not change, and names none.
    fn hub(&self) -> Option<&str> {
        self.edition.hub.as_deref().filter(|_| self.edition.history.archive.is_none())
    }

    /// Says that the document's items are not where they should be.
    fn lost(&self) -> Error {
        let edition = self.edition.name.clone();
        Error::Lost { id: edition.to_string(), edition }
    }

    /// Who is responsible for the edition.
    fn owner(&self) -> String {
        let names = self.site.owner.as_deref().into_iter().chain([self.site.name.as_str()]);
        let owner = names.map(clean::line).find(|name| !name.is_empty());
        owner.unwrap_or_else(|| self.title())
    }
}

fn title(edition: &Edition) -> String {
    let title = clean::line(&edition.title);
    if title.is_empty() { edition.name.to_string() } else { title }
}

/// The page that an edition belongs to.
fn home(edition: &Edition, formats: &[EditionFormat], site: &Site) -> String {
    match formats.contains(&EditionFormat::Html) {
        true => address(&edition.name, EditionFormat::Html, site),
        false => clean::uri(&site.url),
    }
}

/// Where an edition stands in a format.
fn path(name: &EditionName, format: EditionFormat) -> SitePath {
    SitePath::new(&format!("{name}.{}", extension(format))).expect("an edition's name is safe in an address")
}

/// The absolute address of an edition in a format.
fn address(name: &EditionName, format: EditionFormat, site: &Site) -> String {
    clean::uri(&site.url) + path(name, format).as_str()
}

/// Where an archive of an edition stands in a format.
fn archive_path(edition: &EditionName, archive: ArchiveName, format: EditionFormat) -> SitePath {
    let path = format!("{edition}/{archive}.{}", extension(format));
    SitePath::new(&path).expect("the names of editions and archives are safe in an address")
}

fn address_of(path: &SitePath, site: &Site) -> String {
    clean::uri(&site.url) + path.as_str()
}

fn extension(format: EditionFormat) -> &'static str {
    match format {
        EditionFormat::Atom => "atom",
        EditionFormat::Rss => "rss",
        EditionFormat::Json => "json",
        EditionFormat::Html => "html",
    }
}

/// The media type as a link names it.
fn bare_media_type(format: EditionFormat) -> &'static str {
    match format {
        EditionFormat::Atom => "application/atom+xml",
        EditionFormat::Rss => "application/rss+xml",
        EditionFormat::Json => "application/feed+json",
        EditionFormat::Html => "text/html",
    }
}

/// The media type as it is served.
fn media_type(format: EditionFormat) -> &'static str {
    match format {
        EditionFormat::Atom => "application/atom+xml; charset=utf-8",
        EditionFormat::Rss => "application/rss+xml; charset=utf-8",
        EditionFormat::Json => "application/feed+json; charset=utf-8",
        EditionFormat::Html => "text/html; charset=utf-8",
    }
}
