//! Plain data that flows between the stages, and the newtypes that keep it honest.

mod access;
mod address;
mod archive;
mod carried;
mod diagnosis;
mod doubt;
mod edition;
mod entry;
mod feed;
mod names;
mod readers;
mod rhythm;
mod secret;
mod slug;
mod source;
mod story;
mod subscriber;
mod subscription;
mod timeline;
mod version;

pub use access::{Access, Auth, Proxy, Route};
pub use address::{CanonicalUrl, FeedUrl, FeedUrlError, SitePath, registrable_domain, without_credentials};
pub use archive::{ArchiveName, ArchiveNameError, History};
pub use carried::{Carried, Mark, page_hash};
pub use diagnosis::Diagnosis;
pub use doubt::{Doubt, EARLIEST_YEAR, LATEST_AHEAD, LATEST_YEAR, doubt};
pub use edition::{Coverage, Cuts, ETag, Edition, Piece, Rendered, cache_control, is_feed};
pub use entry::{Entry, EntryId, Html, Language, Text};
pub use feed::{
    Credit, Enclosure, Episode, Feed, Flaw, Format, Item, Link, Markup, Media, Origin, Parsed, Person, Place, Podcast,
    Size, Track,
};
pub use names::{EditionName, NameError, Publisher, SourceId, Tag};
pub use readers::{Readers, TokenHash};
pub use rhythm::{Look, PollHints, Rhythm};
pub use secret::{Secret, SecretPlace};
pub use slug::slug;
pub use source::{Answer, Hold, Kept, Location, Moving, Polling, Source, Sources, Validators, by_id};
pub use story::{Changes, KeyAlias, Membership, Merged, Reason, Story, StoryEntries, StoryId};
pub use subscriber::Subscriber;
pub use subscription::{Subscription, SubscriptionState};
pub use timeline::{Report, Timeline};
pub use version::{Version, Versions};
