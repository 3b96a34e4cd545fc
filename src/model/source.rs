//! A source as configured, what is remembered of it, and what a poll of it brought.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use url::Url;

use super::{Access, Diagnosis, FeedUrl, Link, PollHints, Publisher, Rhythm, SourceId, Tag};

/// A feed that the desk reads, as configured. Folders of local articles are sources too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its place among the sources of a desk, in the order of their ids; [`by_id`] gives it.
    pub number: u32,
    /// The key under which its entries are kept.
    pub id: SourceId,
    /// What people call it; without one, the feed's own title is shown.
    pub name: Option<String>,
    /// Where it is.
    pub location: Location,
    /// Whose it is.
    pub publisher: Publisher,
    /// Labels that editions select by; many sources have the same.
    pub tags: Arc<[Tag]>,
    /// Who leads a story: the higher, the sooner. 0 unless configured.
    pub priority: i32,
    /// Whether its entries may lead a story that others report too.
    pub can_lead: bool,
    /// Whether it may stand at an address of this machine or a private network, whatever holds for the others.
    pub allow_private: bool,
    /// Its credentials, and its own way through a proxy; most sources have neither.
    pub access: Option<Arc<Access>>,
}

impl Source {
    /// A source of which nothing else is configured.
    pub fn new(id: SourceId, location: Location, publisher: Publisher) -> Self {
        Self {
            number: 0,
            id,
            name: None,
            location,
            publisher,
            tags: Arc::default(),
            priority: 0,
            can_lead: true,
            allow_private: false,
            access: None,
        }
    }

    /// What to call the source where there is room for one line.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }
}

/// The sources of a desk, each shared by whoever deals with it.
pub type Sources = BTreeMap<SourceId, Arc<Source>>;

/// Sources by their ids, with their numbers; of two with one id the last counts.
pub fn by_id(sources: impl IntoIterator<Item = Source>) -> Sources {
    let mut sources: Sources = sources.into_iter().map(|source| (source.id.clone(), Arc::new(source))).collect();
    // Nobody shares them yet.
    for (source, number) in sources.values_mut().filter_map(Arc::get_mut).zip(0..) {
        source.number = number;
    }
    sources
}

/// Where a source's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Location {
    /// A feed on the web.
    Web(FeedUrl),
    /// A feed in a file.
    File(PathBuf),
    /// A folder of Markdown articles.
    Articles(PathBuf),
}

impl std::fmt::Display for Location {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Web(url) => url.fmt(formatter),
            Self::File(path) | Self::Articles(path) => path.display().fmt(formatter),
        }
    }
}

/// What makes the next request conditional, byte for byte as the server sent it (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Validators {
    /// The `ETag` header, `W/` included.
    pub etag: Option<String>,
    /// The `Last-Modified` header, as text.
    pub last_modified: Option<String>,
    /// Hash of the last body that was taken: a server without validators may send the same again.
    pub body_hash: Option<u64>,
    /// The address that sent `etag` and `last_modified`, where a redirect led away from the source's own;
    /// they are sent to no other. `None` means the source's own address.
    pub url: Option<String>,
}

/// What the desk remembers of polling a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Polling {
    /// Whose polling it is.
    pub source: SourceId,
    /// Where the store keeps it, and what it keeps there; `None` before it was read from there.
    pub kept: Option<Kept>,
    /// For the next conditional request.
    pub validators: Validators,
    /// When it is due.
    pub next_check: DateTime<Utc>,
    /// When it was last asked, whatever came of it.
    pub last_attempt: Option<DateTime<Utc>>,
    /// When it last answered well.
    pub last_success: Option<DateTime<Utc>>,
    /// Failures since the last success.
    pub failures: u32,
    /// The last failure, in words, until the next success.
    pub error: Option<String>,
    /// What kind of failure that was.
    pub diagnosis: Option<Diagnosis>,
    /// How long the last whole answer is fresh, as its server says, and no answer since has said less; zero: it is not
    /// to be kept at all.
    pub fresh_for: Option<Duration>,
    /// When it said that it will not come back (410): from then on it is asked only when somebody wants it.
    pub gone: Option<DateTime<Utc>>,
    /// Where it is asked instead of its configured address, since it moved there for good.
    pub adopted: Option<FeedUrl>,
    /// Where permanent redirects lead that were not seen for long enough yet.
    pub moving: Option<Moving>,
    /// The feed's own title, as last read.
    pub title: Option<String>,
    /// When it publishes.
    pub rhythm: Rhythm,
    /// What the feed says about being polled, as last read.
    pub hints: PollHints,
}

impl Polling {
    /// A source that was never asked: due at once.
    pub fn never(source: SourceId) -> Self {
        Self {
            source,
            kept: None,
            validators: Validators::default(),
            next_check: DateTime::UNIX_EPOCH,
            last_attempt: None,
            last_success: None,
            failures: 0,
            error: None,
            diagnosis: None,
            fresh_for: None,
            gone: None,
            adopted: None,
            moving: None,
            title: None,
            rhythm: Rhythm::default(),
            hints: PollHints::default(),
        }
    }
}

/// Where the store keeps what is remembered of a source, and a hash of that. What is as it was need not be written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The store's number of the source.
    pub number: i64,
    /// The hash of what most polls leave as it is.
    pub hash: u64,
}

/// A permanent redirect that has been seen, poll after poll.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Moving {
    /// Where it leads.
    pub target: FeedUrl,
    /// When it was first seen.
    pub since: DateTime<Utc>,
    /// How many polls in a row found a feed there.
    pub polls: u32,
}

/// That a host asked to be left alone (`Retry-After`): none of its sources is asked before that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The registrable domain, or a public address.
    pub host: String,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// What a poll brought, when it brought an answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A body that differs from the last one.
    New {
        /// The body, decoded from its content codings, within the size limit.
        body: Bytes,
        /// The `Content-Type` header.
        content_type: Option<String>,
        /// The address that finally answered: the base of relative references. `None` for a file.
        base: Option<Url>,
        /// For the next request.
        validators: Validators,
        /// How long the server says that the answer stays fresh; zero: it is not to be kept.
        fresh_for: Option<Duration>,
        /// Where it came from, if redirects led there and every one of them was permanent (301, 308).
        moved: Option<FeedUrl>,
        /// The hubs and the canonical address that its head names (`Link`, RFC 8288).
        links: Vec<Link>,
    },
    /// The same as last time (304, or a 200 with the same body).
    NotModified {
        /// Whether the server sent all of it again, instead of a 304.
        whole: bool,
        /// For the next request: the old ones, renewed where the server sent new ones.
        validators: Validators,
        /// How long the server says that the answer stays fresh; zero: it is not to be kept.
        fresh_for: Option<Duration>,
        /// Where it came from, if redirects led there and every one of them was permanent (301, 308).
        moved: Option<FeedUrl>,
        /// The hubs and the canonical address that its head names (`Link`, RFC 8288).
        links: Vec<Link>,
    },
    /// 410: the source will not come back.
    Gone,
}
