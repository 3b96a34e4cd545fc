//! A story: one event, and the entries that report it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Carried, Entry, EntryId, Hold, Polling, Rhythm, Secret, SourceId, Subscription, Version};

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

    /// The stem of the story's address on the site, safe as a file's name: `2024-10-18-0123456789abcdef`.
    ///
    /// Made of the id alone, so it lasts as long as the id does. An id of another form gives a hash of its own.
    pub fn slug(&self) -> String {
        let minted = || {
            let (day, entry) = self.0.strip_prefix("tag:")?.split_once(',')?.1.split_once(":story/")?;
            let well_formed =
                |text: &str, length: usize, legal: fn(u8) -> bool| text.len() == length && text.bytes().all(legal);
            let day_is = well_formed(day, 10, |byte| byte.is_ascii_digit() || byte == b'-');
            let entry_is = well_formed(entry, 16, |byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            (day_is && entry_is && !day.starts_with('-')).then(|| format!("{day}-{entry}"))
        };
        minted().unwrap_or_else(|| {
            let digest = Sha256::digest(self.0.as_bytes());
            digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
        })
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

    /// Why a report is in its story, in words for people. `score` is 0 to 1; `opened` tells the report that opened this
    /// story from one that opened a story which became part of it.
    pub fn in_words(self, score: f32, opened: bool) -> String {
        match self {
            Self::First if opened => "opened the story".to_owned(),
            Self::First => "opened a story that became part of this one".to_owned(),
            Self::Ruling => "put here by an editor".to_owned(),
            Self::Id => "same id as an earlier report".to_owned(),
            Self::Url => "same address as an earlier report".to_owned(),
            Self::Text => "same text as an earlier report".to_owned(),
            Self::Event => format!("same event as earlier reports, score {score:.2}"),
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
    /// What the index holds of entries, as bytes that it gave: those of `entries` that it took.
    pub held: Vec<(EntryId, Vec<u8>)>,
    /// What revised entries said before.
    pub versions: Vec<Version>,
    /// Entries that their source still carries, and when it was asked, where `documents` does not say so.
    pub carried: Vec<(EntryId, DateTime<Utc>)>,
    /// What the last document of a source carried.
    pub documents: Vec<(SourceId, Vec<Carried>)>,
    /// Stories that are new or changed, whole.
    pub stories: Vec<Story>,
    /// Entries that their owner took back (deleted or drafted articles).
    pub withdrawn: Vec<EntryId>,
    /// Stories that lost their last member.
    pub dissolved: Vec<StoryId>,
    /// Stories that turned out to be another one. The survivors are among `stories`, with the members of both.
    pub merged: Vec<Merged>,
    /// New names of entries whose source changed its ids.
    pub renamed: Vec<KeyAlias>,
    /// Hosts that asked to be left alone.
    pub holds: Vec<Hold>,
    /// Rhythms of sources whose hubs brought something, beside those among `polled`.
    pub rhythms: Vec<(SourceId, Rhythm)>,
    /// Subscriptions at hubs that are new or changed, whole.
    pub subscriptions: Vec<Subscription>,
    /// Subscriptions that are no more, by their tokens.
    pub unsubscribed: Vec<Secret>,
}

/// That a source calls an entry by another key from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAlias {
    /// Whose.
    pub source: SourceId,
    /// The new key.
    pub key: String,
    /// The entry.
    pub entry: EntryId,
}

/// That a story turned out to be another one: its id is an alias of the survivor's from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The id that becomes an alias.
    pub loser: StoryId,
    /// The id that stays.
    pub survivor: StoryId,
    /// When the desk saw it.
    pub since: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storys_address_is_made_of_its_id_and_safe_as_a_files_name() {
        let slug = |id: &str| StoryId::stored(id).slug();
        assert_eq!(slug("tag:wire.example,2024-10-18:story/0123456789abcdef"), "2024-10-18-0123456789abcdef");
        let mut slugs = std::collections::BTreeSet::new();
        for odd in [
            "",
            "tag:wire.example,2024-10-18:story/../../etc/passwd",
            "tag:wire.example,2024-10-18:story/0123456789ABCDEF",
            "tag:wire.example,../../../x:story/0123456789abcdef",
            "tag:wire.example,-024-10-18:story/0123456789abcdef",
            "tag:wire.example:story/0123456789abcdef",
            "https://wire.example/story/1",
        ] {
            let slug = slug(odd);
            assert!(slug.len() == 32 && slug.bytes().all(|byte| byte.is_ascii_hexdigit()), "{odd}: {slug}");
            assert!(slugs.insert(slug), "{odd}");
        }
    }
}
