//! An edition: a combined feed, before and after rendering.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{EditionName, Entry, History, Publisher, Readers, SitePath, StoryId};

/// A combined feed: what one edition carries now.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// The stem of its addresses.
    pub name: EditionName,
    /// Its title.
    pub title: String,
    /// Its subtitle, if it has one.
    pub description: Option<String>,
    /// The last real change of anything in it; `None` while it is empty.
    pub updated: Option<DateTime<Utc>>,
    /// The stories, in the edition's order.
    pub pieces: Vec<Piece>,
    /// Whether it is an archive, and which archive is before it.
    pub history: History,
    /// The address of the hub that tells subscribers when it changes (WebSub §4); `None` where it names none, as
    /// archives do, whatever stands here.
    pub hub: Option<String>,
}

/// A story as an edition carries it.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Piece {
    /// The story's id: the item's permanent id.
    pub story: StoryId,
    /// The entry whose title and text are shown.
    pub lead: Entry,
    /// Who published the lead.
    pub publisher: Publisher,
    /// The same, for people.
    pub publisher_name: String,
    /// The lead's feed: title and address, where it is on the web.
    pub source_title: String,
    /// The address of the lead's feed, when it is on the web.
    pub source_url: Option<String>,
    /// The other members, one a publisher first, in the order of publication.
    pub covered_by: Vec<Coverage>,
    /// When the story first appeared.
    pub published: DateTime<Utc>,
    /// Its last real change.
    pub updated: DateTime<Utc>,
    /// The story's revision.
    pub revision: u32,
}

/// One more entry that reports a story.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Coverage {
    /// The entry.
    pub entry: Entry,
    /// Its publisher.
    pub publisher: Publisher,
    /// Its publisher's name, for people.
    pub publisher_name: String,
}

/// A strong entity tag, quotes included (RFC 9110 §8.8.3): true because the same input gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(Arc<str>);

impl ETag {
    /// The tag of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hex: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("\"{hex}\"").into())
    }

    /// The header's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A finished document.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// Where it stands on the site.
    pub path: SitePath,
    /// Its media type, with charset where it is text.
    pub media_type: &'static str,
    /// The document.
    pub bytes: Bytes,
    /// The tag of `bytes`.
    pub etag: ETag,
    /// The last real change of what it shows.
    pub updated: Option<DateTime<Utc>>,
    /// Where its items stand; `None` for what is no feed that changes.
    pub cuts: Option<Cuts>,
    /// Who may read it.
    pub readers: Readers,
    /// What its `Link` header says (RFC 8288 §3), where it has one: its hub and its own address.
    pub link: Option<String>,
}

/// Where the items of a feed stand in its bytes: any of them, in their order, with `between` between them and with what
/// stands before the first and after the last, are a whole feed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    /// The items, in the order of the bytes.
    pub items: Vec<Range<usize>>,
    /// What stands between two items.
    pub between: &'static str,
}

impl Rendered {
    /// A document and its tag.
    pub fn new(
        path: SitePath,
        media_type: &'static str,
        bytes: impl Into<Bytes>,
        updated: Option<DateTime<Utc>>,
    ) -> Self {
        let bytes = bytes.into();
        let etag = ETag::of(&bytes);
        Self { path, media_type, bytes, etag, updated, cuts: None, readers: Readers::Everyone, link: None }
    }

    /// The same document, for these readers alone.
    #[must_use]
    pub fn only_for(self, readers: &Readers) -> Self {
        Self { readers: readers.clone(), ..self }
    }
}

/// How long a cache may serve a document unasked. Asking costs a 304, so this is short.
pub fn cache_control(media_type: &str) -> &'static str {
    if is_feed(media_type) {
        "max-age=300"
    } else if media_type.starts_with("text/html") {
        "max-age=60"
    } else {
        "max-age=3600"
    }
}

/// Whether that is the media type of a feed, or of a list of feeds.
pub fn is_feed(media_type: &str) -> bool {
    ["application/atom+xml", "application/rss+xml", "application/feed+json", "text/x-opml"]
        .iter()
        .any(|feed| media_type.starts_with(feed))
}
