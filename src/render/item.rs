//! One story as every format shows it: a piece of an edition in, clean text, addresses and dates out.

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;

use super::{Error, atom, clean, podcast};
use crate::config::Site;
use crate::model::{self, EditionName, Entry, Person, Piece, Publisher, Size};

/// The largest number that every reader of JSON keeps exactly (RFC 8259 §6).
const MOST_FILE_BYTES: u64 = (1 << 53) - 1;

/// A story, ready to be written: all text is legal in XML, all addresses are absolute.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub piece: &'a Piece,
    pub title: String,
    pub link: Option<String>,
    /// The lead's text, then who else covers the story; empty when there is neither.
    pub content: String,
    /// The lead's short form, where `content` is another text.
    pub summary: String,
    pub published: DateTime<Utc>,
    pub updated: DateTime<Utc>,
    /// Never empty: the publisher stands in for an unnamed author.
    pub authors: Vec<Author>,
    pub categories: Vec<String>,
    pub enclosures: Vec<File>,
    pub image: Option<String>,
    /// The picture's size, where it is known.
    pub image_size: Option<Size>,
    /// The language, where it is not the site's.
    pub language: Option<&'a str>,
    pub publisher_name: String,
    /// Where the story comes from; `None` for the desk's own articles.
    pub source: Option<Provenance>,
    pub coverage: Vec<Covering<'a>>,
}

impl Item<'_> {
    /// Says that what was written of it is not where it should be.
    pub(super) fn lost(&self, edition: &EditionName) -> Error {
        Error::Lost { edition: edition.clone(), id: self.piece.story.to_string() }
    }
}

/// What the head of a document says of all of its items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Traits {
    /// The last change of any, as Atom has it.
    pub updated: DateTime<FixedOffset>,
    /// Whether any has elements of Media RSS, and of Podcast 2.0.
    pub has_media: bool,
    pub has_podcast: bool,
    /// Whether any is an episode, and then whether any of those is not for children.
    pub explicit: Option<bool>,
}

impl Traits {
    pub(super) fn of(item: &Item<'_>) -> Self {
        Self {
            updated: atom::updated(item),
            has_media: !podcast::media(item).is_empty(),
            has_podcast: !podcast::podcast(item).is_empty(),
            explicit: podcast::explicit(item),
        }
    }

    /// Those of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            updated: self.updated.max(other.updated),
            has_media: self.has_media || other.has_media,
            has_podcast: self.has_podcast || other.has_podcast,
            explicit: self.explicit.max(other.explicit),
        }
    }
}

/// Who wrote a story.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Author {
    pub name: String,
    pub email: Option<String>,
    pub url: Option<String>,
}

/// An attached file.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub url: String,
    pub media_type: String,
    pub size_bytes: Option<u64>,
    #[serde(skip)]
    pub size: Option<Size>,
    #[serde(skip)]
    pub duration_seconds: Option<u32>,
    #[serde(skip)]
    pub episode: Option<Episode>,
}

/// What is known of an episode beside its file.
#[derive(Debug)]
pub(super) struct Episode {
    pub season: Option<u32>,
    pub number: Option<u32>,
    pub kind: Option<String>,
    pub explicit: Option<bool>,
    pub transcripts: Vec<Track>,
    pub chapters: Option<Track>,
}

/// A file that goes with an episode.
#[derive(Debug)]
pub(super) struct Track {
    pub url: String,
    pub media_type: String,
}

/// The feed that a story's lead was taken from.
#[derive(Debug)]
pub(super) struct Provenance {
    pub title: String,
    /// An IRI that never changes: the feed's address, or one below ours for a feed that is not on the web.
    pub id: String,
    /// The feed's address.
    pub feed: Option<String>,
    /// The front page of the site that the lead stands on.
    pub home: Option<String>,
    pub updated: DateTime<Utc>,
}

/// Another report of the story.
#[derive(Debug)]
pub(super) struct Covering<'a> {
    pub title: String,
    pub link: Option<String>,
    pub publisher_name: String,
    pub published: DateTime<Utc>,
    pub language: Option<&'a str>,
}

/// Prepares a story for writing.
pub(super) fn of<'a>(piece: &'a Piece, covered_by: bool, site: &Site) -> Item<'a> {
    let lead = &piece.lead;
    let coverage: Vec<Covering<'_>> = match covered_by {
        true => piece
            .covered_by
            .iter()
            .map(|other| covering(&other.entry, &other.publisher, &other.publisher_name, site))
            .collect(),
        false => Vec::new(),
    };
    let publisher_name = publisher_name(&piece.publisher, &piece.publisher_name, site);
    let [full, short] = [&lead.content, &lead.summary].map(|html| clean::characters(html.as_str()).trim().to_owned());
    // A text of which nothing legal is left is none.
    let (mut content, summary) = if full.is_empty() { (short, String::new()) } else { (full, short) };
    content.push_str(&also_covered_by(&coverage));
    Item {
        piece,
        title: title(lead),
        link: lead.link.as_ref().map(clean::uri),
        content: content.trim().to_owned(),
        summary,
        published: clean::date(piece.published),
        updated: clean::date(piece.updated),
        authors: authors(&lead.authors, &publisher_name),
        categories: categories(lead),
        enclosures: enclosures(lead),
        image: lead.image.as_ref().and_then(|image| clean::web_address(image.as_str())),
        image_size: lead.image_size.filter(|size| size.width > 0 && size.height > 0),
        language: language(lead, site),
        publisher_name,
        source: provenance(piece, site),
        coverage,
    }
}

/// An entry's title; an entry whose title has no legal character is called by its key.
pub(super) fn title(entry: &Entry) -> String {
    line_or(entry.title.as_str(), &line_or(&entry.key, &entry.id.to_string()))
}

/// Puts text on one line; what has no legal character gives way to `fallback`.
fn line_or(text: &str, fallback: &str) -> String {
    let line = clean::line(text);
    if line.is_empty() { fallback.to_owned() } else { line }
}

/// An entry's language, where it is not the site's.
pub(super) fn language<'a>(entry: &'a Entry, site: &Site) -> Option<&'a str> {
    let sites = site.language.split(['-', '_']).next().unwrap_or_default();
    entry.language.as_ref().map(|language| language.as_str()).filter(|language| !language.eq_ignore_ascii_case(sites))
}

/// A publisher's name for people; the desk's own house is called by the site's name.
pub(super) fn publisher_name(publisher: &Publisher, name: &str, site: &Site) -> String {
    let unnamed = publisher.is_own() && name == publisher.as_str();
    line_or(if unnamed { &site.name } else { name }, publisher.as_str())
}

/// Who wrote an entry, each once, or else `fallback`. Empty only when both are.
pub(super) fn authors(people: &[Person], fallback: &str) -> Vec<Author> {
    let mut seen = HashSet::new();
    let mut authors: Vec<Author> = people.iter().filter_map(author).filter(|one| seen.insert(one.clone())).collect();
    if authors.is_empty() && !fallback.is_empty() {
        authors.push(Author { name: fallback.to_owned(), email: None, url: None });
    }
    authors
}

fn author(person: &Person) -> Option<Author> {
    let email = person.email.as_deref().and_then(clean::mail_address);
    let url = person.url.as_deref().and_then(clean::web_address);
    let name = person.name.as_deref().map(clean::line).filter(|name| !name.is_empty());
    let name = name.or_else(|| email.clone()).or_else(|| url.clone())?;
    Some(Author { name, email, url })
}

/// An entry's labels: clean, each once.
pub(super) fn categories(entry: &Entry) -> Vec<String> {
    let mut categories: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for category in entry.categories.iter().map(|category| clean::line(category)) {
        if !category.is_empty() && seen.insert(category.clone()) {
            categories.push(category);
        }
    }
    categories
}

/// An entry's attached files, as far as they can be had over the web, each once: readers take an address for a file.
pub(super) fn enclosures(entry: &Entry) -> Vec<File> {
    let file = |enclosure: &crate::model::Enclosure| {
        let url = clean::web_address(&enclosure.url)?;
        let media_type = clean::media_type(enclosure.media_type.as_deref(), &url);
        // 0 is what feeds say that do not know; more than programs can count to is wrong.
        let size_bytes = enclosure.size_bytes.filter(|size| (1..=MOST_FILE_BYTES).contains(size));
        Some(File {
            url,
            media_type,
            size_bytes,
            size: enclosure.size,
            duration_seconds: enclosure.duration_seconds,
            episode: enclosure.episode.as_deref().map(episode),
        })
    };
    let mut seen = HashSet::new();
    entry.enclosures.iter().filter_map(file).filter(|file| seen.insert(file.url.clone())).collect()
}

fn episode(told: &model::Episode) -> Episode {
    let track = |track: &model::Track| {
        let url = clean::web_address(&track.url)?;
        Some(Track { media_type: clean::track_type(track.media_type.as_deref(), &url), url })
    };
    Episode {
        season: told.season,
        number: told.number,
        kind: told.kind.as_deref().map(clean::line).filter(|kind| !kind.is_empty()),
        explicit: told.explicit,
        transcripts: told.transcripts.iter().filter_map(track).collect(),
        chapters: told.chapters.as_ref().and_then(track),
    }
}

/// Whence the lead was taken (RFC 4287 §4.2.11).
fn provenance(piece: &Piece, site: &Site) -> Option<Provenance> {
    if piece.publisher.is_own() {
        return None;
    }
    let feed = piece.source_url.as_deref().and_then(clean::web_address);
    let id = feed.clone().unwrap_or_else(|| format!("{}#source-{}", clean::uri(&site.url), piece.lead.source));
    let home = piece.lead.link.as_ref().and_then(|link| link.join("/").ok()).as_ref().map(clean::uri);
    let title = line_or(&piece.source_title, piece.lead.source.as_str());
    let updated = clean::date(piece.lead.updated.unwrap_or(piece.lead.published));
    Some(Provenance { title, id, feed, home, updated })
}

fn covering<'a>(entry: &'a Entry, publisher: &Publisher, name: &str, site: &Site) -> Covering<'a> {
    Covering {
        title: title(entry),
        link: entry.link.as_ref().map(clean::uri),
        publisher_name: publisher_name(publisher, name, site),
        published: clean::date(entry.published),
        language: language(entry, site),
    }
}

/// The block that says who else covers a story: HTML for any reader, or nothing.
fn also_covered_by(coverage: &[Covering<'_>]) -> String {
    if coverage.is_empty() {
        return String::new();
    }
    let mut html = String::from("\n<p><strong>Also covered by</strong></p>\n<ul>\n");
    for other in coverage {
        let title = clean::escape(&other.title);
        let title = match &other.link {
            Some(link) => format!("<a href=\"{}\">{title}</a>", clean::escape(link)),
            None => title,
        };
        let publisher = clean::escape(&other.publisher_name);
        match other.language {
            Some(language) => {
                html.push_str(&format!(
                    "<li><span lang=\"{language}\" dir=\"auto\">{title}</span> — {publisher}</li>\n"
                ));
            }
            None => html.push_str(&format!("<li>{title} — {publisher}</li>\n")),
        }
    }
    html.push_str("</ul>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Enclosure;
    use crate::render::tests::entry;

    #[test]
    fn a_person_is_named_once() {
        let person = |name: &str, email: Option<&str>| Person {
            name: Some(name.to_owned()),
            email: email.map(str::to_owned),
            url: None,
        };
        // Written otherwise, the second is the first; who has another address is another one.
        let people =
            [person("Jane Doe", None), person(" Jane  Doe ", None), person("Jane Doe", Some("jane@a.example"))];
        let named: Vec<_> = authors(&people, "").into_iter().map(|author| (author.name, author.email)).collect();
        let expected = [("Jane Doe", None), ("Jane Doe", Some("jane@a.example"))];
        assert_eq!(named, expected.map(|(name, email)| (name.to_owned(), email.map(str::to_owned))));
    }

    #[test]
    fn a_file_is_named_once() {
        let file = |url: &str, size_bytes: u64| Enclosure {
            url: url.to_owned(),
            media_type: None,
            size_bytes: Some(size_bytes),
            size: None,
            duration_seconds: None,
            episode: None,
        };
        let mut entry = entry("a", "1", None, "2024-10-18T09:00:00Z");
        // Written otherwise, the second is the first.
        entry.enclosures = vec![
            file("https://a.example/1.mp3", 1),
            file("HTTPS://a.example/1.mp3", 2),
            file("https://a.example/2.mp3", 3),
        ];
        let named: Vec<_> = enclosures(&entry).into_iter().map(|file| (file.url, file.size_bytes)).collect();
        let expected = [("https://a.example/1.mp3", 1), ("https://a.example/2.mp3", 3)];
        assert_eq!(named, expected.map(|(url, size)| (url.to_owned(), Some(size))));
    }
}
