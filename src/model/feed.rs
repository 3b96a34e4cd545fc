//! The neutral form of a feed document: what `parse` makes of every dialect.

use std::sync::Arc;

use chrono::{DateTime, Utc, Weekday};
use serde::Serialize;
use url::Url;

/// A document that was read, and what was wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Parsed {
    /// The feed.
    pub feed: Feed,
    /// Defects that were read over, in document order.
    pub flaws: Vec<Flaw>,
}

/// A defect in a feed, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// A stable short name: `undeclared-entity`, `bad-date`, `truncated`.
    pub kind: &'static str,
    /// The line it stands in, counted from 1; `None` where the document as a whole is meant.
    pub line: Option<u32>,
    /// One sentence: what was found, and what was done about it.
    pub message: String,
}

/// The dialect of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 0.91 to 2.0, and what looks most like it.
    #[default]
    Rss,
    /// RSS 0.90 and 1.0.
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// Microsoft's Channel Definition Format.
    Cdf,
    /// JSON Feed 1.0 and 1.1.
    Json,
}

/// Text as a feed carries it: plain, or HTML (never yet sanitised). Relative references are resolved but in an item's
/// HTML, where they refer to [`Item::base`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Hash)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
pub enum Markup {
    /// Plain text, entities decoded.
    Plain(String),
    /// HTML source; XHTML is serialised to it.
    Html(String),
}

impl Markup {
    /// The text as it stands, markup included.
    pub fn raw(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Html(text) => text,
        }
    }
}

/// A person as a feed names them; at least one field is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub struct Person {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The mail address.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<String>,
    /// A page of theirs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
}

/// An attached file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, Hash)]
pub struct Enclosure {
    /// Where it is, resolved where a base was known.
    pub url: String,
    /// Its media type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub media_type: Option<String>,
    /// Its size in bytes.
    #[serde(rename = "length", skip_serializing_if = "Option::is_none", default)]
    pub size_bytes: Option<u64>,
    /// Its size in pixels; of an entry's files only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size: Option<Size>,
    /// How long it runs, in seconds; of an entry's files only.
    #[serde(rename = "duration", skip_serializing_if = "Option::is_none", default)]
    pub duration_seconds: Option<u32>,
    /// What a podcast says of it; of an entry's files only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub episode: Option<Box<Episode>>,
}

/// What is known of an episode beside its file (Apple's podcast tags, Podcast 2.0).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, Hash)]
pub struct Episode {
    /// The season.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub season: Option<u32>,
    /// The number in the season.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub number: Option<u32>,
    /// `full`, `trailer`, `bonus`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
    /// Whether it is not for children.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub explicit: Option<bool>,
    /// What is said in it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub transcripts: Vec<Track>,
    /// Its chapters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub chapters: Option<Track>,
}

/// A file that goes with an episode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, Hash)]
pub struct Track {
    /// Where it is.
    pub url: String,
    /// Its media type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub media_type: Option<String>,
}

/// A link with a role (RFC 4287 §4.2.7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Hash)]
pub struct Link {
    /// The role: `alternate`, `self`, `hub`, `next`, `via`.
    pub rel: String,
    /// Where it leads, resolved where a base was known.
    pub href: String,
    /// The media type of what is there.
    pub media_type: Option<String>,
}

/// The size of a picture or film, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
pub struct Size {
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// A version of a picture, sound or film, with what Media RSS says of it (<https://www.rssboard.org/media-rss>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Hash)]
pub struct Media {
    /// Where it is, resolved where a base was known.
    pub url: Option<String>,
    /// `image`, `audio`, `video`, `document`, `executable`.
    pub medium: Option<String>,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: Option<String>,
    /// Its size in bytes.
    #[serde(rename = "length")]
    pub size_bytes: Option<u64>,
    /// Its size in pixels.
    pub size: Option<Size>,
    /// How long it runs, in seconds.
    pub duration_seconds: Option<u32>,
    /// A page that plays it.
    pub player: Option<String>,
    /// Who made it.
    pub credits: Vec<String>,
    /// The number of the `group` whose members are versions of one thing; `None` outside groups.
    pub group: Option<u32>,
}

/// What a podcast says of an episode (Apple's podcast tags, Podcast 2.0).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Hash)]
pub struct Podcast {
    /// How long it runs, in seconds.
    pub duration_seconds: Option<u32>,
    /// The season.
    pub season: Option<u32>,
    /// The number in the season.
    pub episode: Option<u32>,
    /// `full`, `trailer`, `bonus`.
    pub episode_type: Option<String>,
    /// Whether it is not for children.
    pub explicit: Option<bool>,
    /// Who is heard in it.
    pub people: Vec<Credit>,
}

/// A person and what they did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Hash)]
pub struct Credit {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// As what: `host`, `guest`.
    pub role: Option<String>,
}

/// A place on Earth, in degrees of WGS 84 (GeoRSS Simple, GML, W3C Basic Geo).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// Its name.
    pub name: Option<String>,
    /// Degrees north, of the point or the middle of the box.
    pub latitude: f64,
    /// Degrees east, likewise.
    pub longitude: f64,
    /// The box: south, west, north, east.
    pub bounds: Option<[f64; 4]>,
}

/// The feed that an item was taken over from (RSS `source`, RFC 4287 §4.2.11).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Hash)]
pub struct Origin {
    /// Its title.
    pub title: Option<String>,
    /// The page that it belongs to.
    pub link: Option<String>,
    /// Its own address.
    pub feed: Option<String>,
    /// Its Atom `id`.
    pub id: Option<String>,
}

/// A feed, whatever its dialect. Addresses are text: they are judged by `normalize`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Feed {
    /// The dialect.
    pub format: Format,
    /// The dialect's version, where it is known: `2.0`, `1.0`.
    pub version: Option<String>,
    /// The title.
    pub title: Option<Markup>,
    /// The page that the feed belongs to.
    pub link: Option<String>,
    /// Atom's `id`.
    pub id: Option<String>,
    /// RSS `description`, Atom `subtitle`.
    pub description: Option<Markup>,
    /// As declared.
    pub language: Option<String>,
    /// Last change.
    pub updated: Option<DateTime<Utc>>,
    /// First publication.
    pub published: Option<DateTime<Utc>>,
    /// Who is responsible.
    pub authors: Vec<Person>,
    /// Who else took part.
    pub contributors: Vec<Person>,
    /// Rights.
    pub rights: Option<Markup>,
    /// A picture or icon.
    pub image: Option<String>,
    /// Its size.
    pub image_size: Option<Size>,
    /// The program that made it.
    pub generator: Option<String>,
    /// All links with a role other than `alternate`: `self`, `hub`, `next`; `cloud` is rssCloud's server.
    pub links: Vec<Link>,
    /// Minutes that RSS says it may be cached (`ttl`).
    pub ttl_minutes: Option<u32>,
    /// Minutes between two changes, as the feed expects them (RSS 1.0 syndication module).
    pub update_minutes: Option<u32>,
    /// Hours of the day, in UTC, at which it need not be asked (RSS `skipHours`).
    pub skip_hours: Vec<u8>,
    /// Days on which it need not be asked (RSS `skipDays`).
    pub skip_days: Vec<Weekday>,
    /// The items, in document order.
    pub items: Vec<Item>,
}

/// One item of a feed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Item {
    /// `guid`, `id` or `rdf:about`, as it stands.
    pub id: Option<String>,
    /// The page it stands for, resolved where a base was known.
    pub link: Option<String>,
    /// The title.
    pub title: Option<Markup>,
    /// RSS `description`, Atom `summary`, JSON `summary`.
    pub summary: Option<Markup>,
    /// `content:encoded`, Atom `content`, JSON `content_html` or `content_text`.
    pub content: Option<Markup>,
    /// First publication.
    pub published: Option<DateTime<Utc>>,
    /// Last change.
    pub updated: Option<DateTime<Utc>>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Who else took part.
    pub contributors: Vec<Person>,
    /// Attached files.
    pub enclosures: Vec<Enclosure>,
    /// Labels, in document order.
    pub categories: Vec<String>,
    /// A page with comments.
    pub comments: Option<String>,
    /// How many comments there are.
    pub comment_count: Option<u32>,
    /// A picture.
    pub image: Option<String>,
    /// Its size.
    pub image_size: Option<Size>,
    /// Rights.
    pub rights: Option<Markup>,
    /// As declared on the item or inherited.
    pub language: Option<String>,
    /// Its pages in other languages, as declared by `hreflang`.
    pub translations: Vec<String>,
    /// Links with a role other than `alternate` and `enclosure`: `replies`, `in-reply-to`, `license`, `transcript`.
    pub links: Vec<Link>,
    /// Pictures, sounds and films in all their versions; those with an address are enclosures or the picture too.
    pub media: Vec<Media>,
    /// What a podcast says of it.
    pub podcast: Option<Box<Podcast>>,
    /// Where it happened.
    pub place: Option<Box<Place>>,
    /// Where it was taken over from.
    pub source: Option<Box<Origin>>,
    /// What relative references in its HTML refer to, where that is known: they are left as they stand, since whoever
    /// sanitises the HTML reads its attributes anyway.
    pub base: Option<Arc<Url>>,
    /// The line it starts in, counted from 1; 0 where nobody asked for it.
    pub line: u32,
}
