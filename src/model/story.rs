//! A story: one event, and the entries that report it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Entry, EntryId, Polling};

/// A story's id: a `tag:` URI (RFC 4151), minted once and never changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StoryId(Arc<str>);

impl StoryId {
    /// Mints the id of the story that `first` opens. `authority` is the site's host name.
    pub fn mint(authority: &str, first: &Entry) -> Self {
        let id = first.id.to_string();
        Self(format!("tag:{authority},{}:story/{}", first.seen.format("%Y-%m-%d"), &id[..16]).into())
    }

    /// Takes an id that was minted before, as the store kept it.
    pub fn stored(id: &str) -> Self {
        Self(id.into())
    }

    /// The URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StoryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Which level decided that an entry belongs to a story, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// It opened the story.
    First,
    /// An editor said so, whatever the levels below say.
    Ruling,
    /// Same id as a member.
    Id,
    /// Same canonical URL as a member.
    Url,
    /// Near-identical text: a syndicated copy.
    Text,
    /// Reports the same event.
    Event,
}

impl Reason {
    /// The word under which it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Ruling => "ruling",
            Self::Id => "id",
            Self::Url => "url",
            Self::Text => "text",
            Self::Event => "event",
        }
    }

    /// The reason stored under a word.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::First, Self::Ruling, Self::Id, Self::Url, Self::Text, Self::Event];
        all.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// That an entry belongs to a story, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The member.
    pub entry: EntryId,
    /// The level that decided.
    pub reason: Reason,
    /// How sure, 0 to 1; 1 for everything but `Event`.
    pub score: f32,
    /// What it was decided on, for people: the shared terms, the member it resembles.
    pub evidence: String,
}

/// One event: the set of entries that report it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Never changes.
    pub id: StoryId,
    /// The member that speaks for it.
    pub lead: EntryId,
    /// The members, in the order in which they joined; never empty.
    pub members: Vec<Membership>,
    /// When the desk first had it.
    pub first_seen: DateTime<Utc>,
    /// The last real change: a member joined, left, or changed its text.
    pub updated: DateTime<Utc>,
    /// 1, and one more with every change.
    pub revision: u32,
}

/// A story with its members' entries, in the order of `story.members`.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryEntries {
    /// The story.
    pub story: Story,
    /// Its members' entries.
    pub entries: Vec<Entry>,
}

impl StoryEntries {
    /// The lead's entry.
    pub fn lead(&self) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == self.story.lead)
    }
}

/// What one commit holds: everything that the answers of one or more sources change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Each polled source's validators and next check.
    pub polled: Vec<Polling>,
    /// Entries that are new or say something new, whole.
    pub entries: Vec<Entry>,
    /// Entries that their source still carries, and when it was asked.
    pub carried: Vec<(EntryId, DateTime<Utc>)>,
    /// Stories that are new or changed, whole.
    pub stories: Vec<Story>,
    /// Entries that their owner took back (deleted or drafted articles).
    pub withdrawn: Vec<EntryId>,
    /// Stories that lost their last member.
    pub dissolved: Vec<StoryId>,
}
