//! The neutral form of a feed document: what `parse` makes of every dialect.

use chrono::{DateTime, Utc};
use serde::Serialize;

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

/// Text as a feed carries it: plain, or HTML (never yet sanitised). Relative references are resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Enclosure {
    /// Where it is, resolved where a base was known.
    pub url: String,
    /// Its media type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub media_type: Option<String>,
    /// Its size in bytes.
    #[serde(rename = "length", skip_serializing_if = "Option::is_none", default)]
    pub size_bytes: Option<u64>,
}

/// A link with a role (RFC 4287 §4.2.7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The role: `alternate`, `self`, `hub`, `next`, `via`.
    pub rel: String,
    /// Where it leads, resolved where a base was known.
    pub href: String,
    /// The media type of what is there.
    pub media_type: Option<String>,
}

/// A feed, whatever its dialect. Addresses are text: they are judged by `normalize`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Feed {
    /// The dialect.
    pub format: Format,
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
    /// Rights.
    pub rights: Option<Markup>,
    /// A picture or icon.
    pub image: Option<String>,
    /// The program that made it.
    pub generator: Option<String>,
    /// All links with a role other than `alternate`: `self`, `hub`, `next`.
    pub links: Vec<Link>,
    /// Minutes that RSS says it may be cached (`ttl`).
    pub ttl_minutes: Option<u32>,
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
    /// Attached files.
    pub enclosures: Vec<Enclosure>,
    /// Labels, in document order.
    pub categories: Vec<String>,
    /// A page with comments.
    pub comments: Option<String>,
    /// A picture.
    pub image: Option<String>,
    /// Rights.
    pub rights: Option<Markup>,
    /// As declared on the item or inherited.
    pub language: Option<String>,
    /// Links with a role other than `alternate` and `enclosure`.
    pub links: Vec<Link>,
    /// The line it starts in, counted from 1; 0 where there are no lines.
    pub line: u32,
}
