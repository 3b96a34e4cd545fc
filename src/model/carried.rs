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
    /// Over the item as it stood in the document, and all that it was read by; `parse` makes and compares it. 0 where
    /// that is not known. Kept beside the rest, which older versions can read.
    #[serde(skip)]
    pub mark: u64,
}

impl Carried {
    /// What is to be known of an entry made of an item of this digest, mark and page.
    pub fn new(digest: u64, mark: u64, page: Option<u64>, entry: &Entry) -> Self {
        Self { digest, entry: entry.id, page, language: entry.language.clone(), mark }
    }
}

/// What stands for a page in [`Carried::page`].
pub fn page_hash(page: &CanonicalUrl) -> u64 {
    xxh3_64(page.0.as_bytes())
}
