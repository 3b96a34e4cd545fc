//! What a source's last document carried: an item that comes again as it was need not be read again.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{CanonicalUrl, Entry, EntryId, Language};

/// An item of a document, as it is known again in the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Over all that an entry is made of; `normalize` makes and compares it.
    pub digest: u64,
    /// The entry.
    pub entry: EntryId,
    /// Over the address of its page, be it this item's alone or not.
    pub page: Option<u64>,
    /// Its language, which speaks for what is written beside it.
    pub language: Option<Language>,
    /// How it stood in the document, where that is known. Kept beside the rest, which older versions can read.
    #[serde(skip)]
    pub mark: Option<Mark>,
}

/// How an item stood in a document: one that stands so again is the same, and need not be read. `parse` makes and compares
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Over its bytes.
    pub item: u64,
    /// How many they are.
    pub length: u32,
    /// Over all else that it was read by.
    pub around: u64,
}

impl Carried {
    /// What is to be known of an entry made of an item of this digest, mark and page.
    pub fn new(digest: u64, mark: Option<Mark>, page: Option<u64>, entry: &Entry) -> Self {
        Self { digest, entry: entry.id, page, language: entry.language.clone(), mark }
    }

    /// Whether it is the same item, however it stands in the document.
    pub fn is_same(&self, other: &Self) -> bool {
        let Self { digest, entry, page, language, mark: _ } = self;
        (digest, entry, page, language) == (&other.digest, &other.entry, &other.page, &other.language)
    }
}

/// What stands for a page in [`Carried::page`].
pub fn page_hash(page: &CanonicalUrl) -> u64 {
    xxh3_64(page.0.as_bytes())
}
