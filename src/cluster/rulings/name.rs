//! How people name an entry: by the address of its page, by its source and guid, or by its id.

use std::fmt;

use url::Url;

use crate::model::{CanonicalUrl, Entry, EntryId, SourceId};
use crate::text;

/// Longer names are refused.
const MAX_NAME_BYTES: usize = 2_048;

/// What names an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryName {
    /// The address of its page in any spelling, or its guid if that is the very text. It names every entry there.
    Page {
        /// As it was written.
        written: String,
        /// For comparing.
        url: CanonicalUrl,
    },
    /// What a source calls it.
    Key {
        /// The source.
        source: SourceId,
        /// The guid, or its fallback.
        key: String,
    },
    /// Its id.
    Id(EntryId),
}

impl EntryName {
    /// Reads a name.
    ///
    /// # Errors
    /// When it is none; the words are the second half of a sentence that begins with what was read.
    pub fn parse(written: &str) -> Result<Self, String> {
        let written = written.trim();
        if written.len() > MAX_NAME_BYTES {
            return Err(format!("is longer than {MAX_NAME_BYTES} bytes"));
        }
        let lower = |prefix: &str| written.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        let named = if let Some((source, key)) = written.split_once(char::is_whitespace) {
            // No address is a source's key: that has neither `:` nor `/`.
            SourceId::new(source).ok().map(|source| Self::Key { source, key: key.trim().to_owned() })
        } else if lower("https://") || lower("http://") {
            let url = Url::parse(written).ok().filter(Url::has_host);
            url.map(|url| Self::Page { written: written.to_owned(), url: text::canonical_url(&url) })
        } else if written.len() == 32 && written.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            written.parse().ok().map(Self::Id)
        } else {
            None
        };
        named.ok_or_else(|| {
            format!(
                "is `{}`, which names no entry: that is its page's address, its source and guid with a blank \
                 between, or its id of 32 hexadecimal digits",
                text::clip(written, 80)
            )
        })
    }

    /// Whether an entry bears this name.
    pub fn names(&self, entry: &Entry) -> bool {
        match self {
            Self::Page { written, url } => entry.url.as_ref() == Some(url) || entry.key == *written,
            Self::Key { source, key } => entry.source == *source && entry.key == *key,
            Self::Id(id) => entry.id == *id,
        }
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { written, .. } => formatter.write_str(written),
            Self::Key { source, key } => write!(formatter, "{source} {key}"),
            Self::Id(id) => id.fmt(formatter),
        }
    }
}
