//! Keeps the words of an entry that is revised: the entry before and after in, the version to keep out.

use chrono::{DateTime, Utc};

use crate::model::{Entry, Html, Text, Version};
use crate::text;

/// So many characters of a text are kept of a version: some 2,000 words, as much as a page compares.
const MAX_TEXT_CHARS: usize = 12_000;

/// What `before` said, to be kept when the desk sees at `now` that the entry says `after`. `None` when no word of
/// its title or its texts differs: new addresses of pictures, say, which some feeds give at every poll.
pub fn replaced(before: &Entry, after: &Entry, now: DateTime<Utc>) -> Option<Version> {
    let version = version(before, now);
    (!version.says_the_same_as(&self::version(after, now))).then_some(version)
}

/// The words of an entry, bounded.
pub(super) fn version(entry: &Entry, until: DateTime<Utc>) -> Version {
    Version {
        entry: entry.id,
        until,
        title: entry.title.clone(),
        summary: words(&entry.summary),
        content: words(&entry.content),
    }
}

fn words(html: &Html) -> Text {
    let head = text::plain_head(html.as_str(), MAX_TEXT_CHARS + 1);
    Text(text::clip(head.as_str(), MAX_TEXT_CHARS))
}
