//! What an entry said before it was revised.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{EntryId, Text};

/// The words of an entry as they stood until it was revised.
///
/// Plain text, for comparing and for reading: markup changes without a word being changed, and takes most of the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The entry.
    pub entry: EntryId,
    /// When the desk saw that it says something else.
    pub until: DateTime<Utc>,
    /// Its title.
    pub title: Text,
    /// The words of its short form, or nothing.
    pub summary: Text,
    /// The words of its full text, or nothing.
    pub content: Text,
}

impl Version {
    /// The longest text there is: content, else summary.
    pub fn body(&self) -> &Text {
        if self.content.is_empty() { &self.summary } else { &self.content }
    }

    /// Whether the two have the same words.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.title == other.title && self.summary == other.summary && self.content == other.content
    }
}

/// The kept versions of one entry, the earliest first. The store numbers them: a number that is missing was let go.
pub type Versions = BTreeMap<u32, Version>;
