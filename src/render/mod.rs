//! Renders editions, stories, articles and the index page: an edition or a timeline in, finished documents out.
//!
//! Same input, same bytes: no document bears the time at which it was made, so its tag changes only when what it
//! shows does. Feeds are written by `atom_syndication`, `rss` and `serde_json` from one common view of each story
//! (`item`), in which everything is already clean: legal in XML, absolute, bounded in dates.

mod atom;
mod clean;
mod item;
mod json;
mod languages;
mod page;
mod prolog;
mod rss;
#[cfg(test)]
mod tests;
mod theme;

use crate::config::{EditionFormat, Site};
use crate::model::{Edition, EditionName, Rendered, SitePath};

pub use page::{Listing, alias, article, index, not_found, story, story_path, styles};
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

/// Renders an edition in each of its formats: `NAME.atom`, `NAME.rss`, `NAME.json`, `NAME.html`.
///
/// A story is one item whose id is the story's, for good; its text is the lead's, followed (where `covered_by` is
/// set) by who else covers it.
///
/// # Errors
/// When a writer or a template fails, which no text in an entry should be able to bring about.
pub fn edition(
    edition: &Edition,
    formats: &[EditionFormat],
    covered_by: bool,
    site: &Site,
    theme: &Theme,
) -> Result<Vec<Rendered>, Error> {
    let home = match formats.contains(&EditionFormat::Html) {
        true => address(&edition.name, EditionFormat::Html, site),
        false => clean::uri(&site.url),
    };
    let items = edition.pieces.iter().map(|piece| item::of(piece, covered_by, site)).collect();
    let view = View { edition, site, home, items };
    let mut documents = Vec::with_capacity(formats.len());
    for (at, format) in formats.iter().enumerate() {
        if formats[..at].contains(format) {
            continue;
        }
        let bytes = match format {
            EditionFormat::Atom => atom::write(&view)?,
            EditionFormat::Rss => rss::write(&view)?,
            EditionFormat::Json => json::write(&view)?,
            EditionFormat::Html => page::edition(&view, formats, theme)?,
        };
        documents.push(Rendered::new(path(&edition.name, *format), media_type(*format), bytes, edition.updated));
    }
    Ok(documents)
}

/// An edition, ready to be written in any format.
struct View<'a> {
    edition: &'a Edition,
    site: &'a Site,
    /// The page that the edition belongs to: its own where it has one, else the site's.
    home: String,
    items: Vec<item::Item<'a>>,
}

impl View<'_> {
    fn title(&self) -> String {
        clean::line(&self.edition.title)
    }

    fn description(&self) -> Option<String> {
        self.edition.description.as_deref().map(clean::line).filter(|text| !text.is_empty())
    }

    /// Who is responsible for the edition.
    fn owner(&self) -> String {
        clean::line(self.site.owner.as_deref().unwrap_or(&self.site.name))
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
