//! Keeps the editions of a recurring series apart: yesterday's market report is not today's.
//!
//! Two entries of one source, more than 0.4 days apart, whose titles are alike once numbers and dates are
//! masked, are editions of a series, however alike their texts are. The cost: a source's own follow-up under
//! nearly the same title opens a story of its own after ten hours.

use super::document::Document;
use super::fingerprint::shared;
use super::index::{Index, IndexedStory};
use super::limits::{MEMBERS_LOOKED_AT, REPEATED_TITLE_WORDS, SERIES_GAP_SECONDS, SERIES_JACCARD};
use super::prepare::Prepared;
use crate::model::{EntryId, SourceId};

/// Whether a story holds another edition of the series that an entry belongs to.
pub(super) fn refuses(index: &Index, prepared: &Prepared, story: &IndexedStory) -> bool {
    let Some(source) = index.source_number(&prepared.source) else { return false };
    let of_source = |slot: &&u32| index.glance(**slot).is_some_and(|glance| glance.source == source);
    let latest = story.members.iter().rev().take(MEMBERS_LOOKED_AT);
    latest.filter(of_source).filter_map(|&slot| index.document(slot)).any(|member| other_edition(prepared, member))
}

/// Whether an entry and a member are two editions of one series.
pub(super) fn other_edition(prepared: &Prepared, member: &Document) -> bool {
    editions(&Issue::from(prepared), &Issue::from(member))
}

/// Whether two members are two editions of one series.
pub(super) fn two_editions(one: &Document, other: &Document) -> bool {
    editions(&Issue::from(one), &Issue::from(other))
}

/// What tells an edition of a series from another.
struct Issue<'a> {
    entry: EntryId,
    source: &'a SourceId,
    published: i64,
    title: &'a str,
    masked: &'a [u32],
    fingerprints: &'a [u32],
    kicker: Option<u32>,
}

impl<'a> From<&'a Prepared> for Issue<'a> {
    fn from(prepared: &'a Prepared) -> Self {
        Self {
            entry: prepared.id,
            source: &prepared.source,
            published: prepared.published.timestamp(),
            title: &prepared.title,
            masked: &prepared.masked,
            fingerprints: &prepared.fingerprints,
            kicker: prepared.form.kicker,
        }
    }
}

impl<'a> From<&'a Document> for Issue<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            entry: document.entry,
            source: &document.source,
            published: document.published,
            title: &document.title,
            masked: document.lists.masked(),
            fingerprints: document.lists.fingerprints(),
            kicker: document.form.kicker,
        }
    }
}

fn editions(one: &Issue<'_>, other: &Issue<'_>) -> bool {
    one.source == other.source
        && one.entry != other.entry
        && (one.published - other.published).abs() > SERIES_GAP_SECONDS
        && !repeats(one, other)
        && (likeness(one.masked, other.masked) >= SERIES_JACCARD
            || (one.kicker.is_some() && one.kicker == other.kicker))
}

/// Whether an entry says under the same title the same again: a report that was listed anew, not an edition.
fn repeats(one: &Issue<'_>, other: &Issue<'_>) -> bool {
    one.title == other.title && one.masked.len() >= REPEATED_TITLE_WORDS && one.fingerprints == other.fingerprints
}

/// What the form of a title says about an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// What stands before a title's first colon, masked: `Asia markets close: …`.
    pub(super) kicker: Option<u32>,
    /// Whether it is of a kind that reports no single event: a round-up, a comment, a chronology.
    pub(super) alone: bool,
}

/// What stands before a title's first colon or dash.
pub(super) fn head(title: &str) -> &str {
    title.split([':', '|', '–', '—']).next().unwrap_or_default()
}

/// What a title's head says when it is a kicker, which more follows; `words` of the title's words stand in it, and
/// `masked` holds the masked words of the whole title in order.
pub(super) fn kicker(more: bool, words: usize, masked: &[u32]) -> Option<u32> {
    (more && (1..=MAX_KICKER_WORDS).contains(&words)).then(|| {
        masked.iter().take(words).fold(17, |sum: u32, word| sum.rotate_left(5).wrapping_mul(0x9e37_79b1) ^ word)
    })
}

/// Longer heads are sentences.
const MAX_KICKER_WORDS: usize = 5;

/// Jaccard's coefficient of two sorted lists.
pub(super) fn likeness(left: &[u32], right: &[u32]) -> f32 {
    let both = shared(left, right);
    let either = left.len() + right.len() - both;
    if either == 0 { 0.0 } else { both as f32 / either as f32 }
}
