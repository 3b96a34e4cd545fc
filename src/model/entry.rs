//! An entry: our normal form of an item.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::{CanonicalUrl, Enclosure, Person, Size, SourceId};

/// An entry's id: the first 128 bits of SHA-256 over (source, key).
///
/// A feed chooses its keys, so the hash must not be one for which collisions can be made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryId(pub [u8; 16]);

impl EntryId {
    /// The id of the entry that `source` calls `key`.
    pub fn mint(source: &SourceId, key: &str) -> Self {
        let digest = Sha256::new().chain_update(source.as_str()).chain_update([0]).chain_update(key).finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EntryId({self})")
    }
}

impl FromStr for EntryId {
    type Err = std::num::ParseIntError;
    fn from_str(hex: &str) -> Result<Self, Self::Err> {
        u128::from_str_radix(hex, 16).map(|id| Self(id.to_be_bytes()))
    }
}

/// Plain text on one line: no markup, entities decoded, white space folded, no control characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text(pub String);

impl Text {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Sanitised HTML with absolute references: safe to show and to republish. Made by `text::sanitize` only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Html(pub String);

impl Html {
    /// The HTML source.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A language, as the primary subtag of BCP 47 in lower case: `en`, `ko`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Language(Arc<str>);

impl Language {
    /// Takes the primary subtag of a language tag: `en-GB` and `EN_us` are `en`.
    pub fn new(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let plausible = (2..=3).contains(&primary.len()) && primary.chars().all(|c| c.is_ascii_lowercase());
        plausible.then(|| Self(primary.into()))
    }

    /// The subtag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Our normal form of an item: clean, dated, canonical URL, language known where it can be.
#[derive(Debug, Clone, PartialEq, Hash)]
pub struct Entry {
    /// Minted from source and key.
    pub id: EntryId,
    /// Where it came from.
    pub source: SourceId,
    /// What the source calls it: guid, or the fallback. Unique in the source.
    pub key: String,
    /// The page to read it on; http(s).
    pub link: Option<Url>,
    /// The link, for comparing.
    pub url: Option<CanonicalUrl>,
    /// Never empty: an item without a title is named by its first words.
    pub title: Text,
    /// A short form, or empty.
    pub summary: Html,
    /// The full text, or empty.
    pub content: Html,
    /// When it was first published; never after `seen` by more than a day.
    pub published: DateTime<Utc>,
    /// When it last changed, as its source says.
    pub updated: Option<DateTime<Utc>>,
    /// When the desk first had it.
    pub seen: DateTime<Utc>,
    /// Its language.
    pub language: Option<Language>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Labels that its source gave it.
    pub categories: Vec<String>,
    /// Attached files with absolute addresses.
    pub enclosures: Vec<Enclosure>,
    /// A picture; http(s).
    pub image: Option<Url>,
    /// The picture's size, where it is known.
    pub image_size: Option<Size>,
    /// Where its publisher has it in other languages, for comparing.
    pub translations: Vec<CanonicalUrl>,
}

impl Entry {
    /// The longest text there is: content, else summary.
    pub fn body(&self) -> &Html {
        if self.content.is_empty() { &self.summary } else { &self.content }
    }

    /// Whether the two say the same in the same words, wherever they stand.
    pub fn has_the_same_words_as(&self, other: &Self) -> bool {
        self.title == other.title && self.summary == other.summary && self.content == other.content
    }

    /// Whether a reader would see no difference between the two.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.has_the_same_words_as(other)
            && self.link == other.link
            && self.authors == other.authors
            && self.categories == other.categories
            && self.enclosures == other.enclosures
            && self.image == other.image
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_source_and_key_apart() {
        let source = |name| SourceId::new(name).expect("a name");
        assert_ne!(EntryId::mint(&source("a"), "bc"), EntryId::mint(&source("ab"), "c"));
        let id = EntryId::mint(&source("a"), "b");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn languages_come_down_to_the_primary_subtag() {
        for (tag, primary) in
            [("en-GB", Some("en")), (" KO ", Some("ko")), ("zh_Hant_TW", Some("zh")), ("english", None), ("", None)]
        {
            assert_eq!(Language::new(tag).as_ref().map(Language::as_str), primary, "{tag}");
        }
    }
}
