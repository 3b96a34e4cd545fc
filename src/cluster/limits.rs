//! Every bound and threshold of the stage in one table, a reason a row.

use crate::config::MatchLevel;

// What is read of an entry.

/// Characters of a title: what is longer is no title.
pub(super) const TITLE_CHARS: usize = 400;
/// A longer id or URL is not compared.
pub(super) const MAX_ADDRESS_BYTES: usize = 2_048;
/// Pages in other languages that an entry is met by.
pub(super) const MAX_TRANSLATIONS: usize = 8;
/// Bytes of HTML looked at: the news stands at the beginning, and a feed may send megabytes.
pub(super) const TEXT_BYTES: usize = 16 * 1024;
/// Characters of plain text that fingerprints are taken of: a cut copy is rarely cut before.
pub(super) const TEXT_CHARS: usize = 2_500;
/// Characters of plain text whose words are compared: beyond the first paragraphs stands background.
pub(super) const EVENT_CHARS: usize = 800;
/// A shorter summary gives way to the content, where there is one.
pub(super) const MIN_SUMMARY_CHARS: usize = 80;
/// Distinct words kept of an entry: 800 characters hold about 100.
pub(super) const MAX_TERMS: usize = 128;

// Near-identical text.

/// Words in a shingle: four seldom agree by chance, and an edit spoils four shingles at most.
pub(super) const SHINGLE_WORDS: usize = 4;
/// Shingles of which one is kept: any passage of seven words that two texts share is noticed.
pub(super) const WINNOW_WINDOW: usize = 4;
/// Fingerprints kept of a text: about 240 words.
pub(super) const MAX_FINGERPRINTS: usize = 96;
/// Fewer shared fingerprints (about 15 words) are a quotation.
pub(super) const MIN_SHARED_FINGERPRINTS: usize = 6;
/// The share of the shorter text's fingerprints that the longer one must hold.
pub(super) const COPY_CONTAINMENT: f32 = 0.5;
/// The same, within one source: its boilerplate is in both.
pub(super) const COPY_CONTAINMENT_SAME_SOURCE: f32 = 0.8;
/// The share of one title's words, weighed by rarity, that the other entry must have: a page's boilerplate
/// ("you have read your last free article") may be all that two texts share.
pub(super) const COPY_TITLE_COVER: f32 = 0.2;
/// A copy may come this many windows late.
pub(super) const COPY_WINDOWS: i32 = 2;
/// Members whose text is compared in full.
pub(super) const COPY_CANDIDATES: usize = 4;

// The series guard.

/// Editions of a series are further apart than versions of a report: 0.4 days.
pub(super) const SERIES_GAP_SECONDS: i64 = 34_560;
/// The share of masked title words from which two titles of one source are editions of one series.
pub(super) const SERIES_JACCARD: f32 = 0.3;
/// Words from which a title that comes again says the same again; a shorter one may be a rubric.
pub(super) const REPEATED_TITLE_WORDS: usize = 5;

// Rarity.

/// What an entry counts for, in how common a word is, when its story had the word already: how many *events* a word
/// stands in tells how telling it is, and a name does not grow common because everybody reports the one event.
pub(super) const REPEATED: f32 = 0.15;

// Bridges between stories.

/// How probable the second of two stories must be for an entry to bridge them: what is less probable is as often a
/// neighbouring event with the same cast. Rivals lower each other's score, so that few entries give it to two.
pub(super) const BRIDGE_SCORE: f32 = 0.9;
/// How alike the members of each story must be to the other story, the mean of their cosines: reports of one event
/// in different words come to .10 to .25, while what one entry alone ties together shares hardly a rare word.
pub(super) const BRIDGE_LIKENESS: f32 = 0.1;
/// Of an entry's own text the share, in hundredths, that a member must hold for the text to bridge: two halves of a
/// digest cannot both hold so much.
pub(super) const BRIDGE_OWN_TEXT_PERCENT: u32 = 60;
/// Members that the smaller story has at most: where two that are larger came to be, one entry is no proof.
pub(super) const BRIDGE_MEMBERS: usize = 16;

// The index.

/// Entries held: a week of a desk with 2,000 sources. The oldest inserted are forgotten first.
pub const CAPACITY: usize = 100_000;
/// Entries remembered under a word, the newest: enough to meet every story of the window in which it is rare.
pub(super) const MAX_POSTINGS: usize = 96;
/// Entries remembered under one id or URL.
pub(super) const MAX_SAME_ADDRESS: usize = 32;
/// Of an entry's words the weightiest that are looked up.
pub(super) const LOOKED_UP_TERMS: usize = 10;
/// Entries compared in full.
pub(super) const CANDIDATES: usize = 12;
/// Stories weighed in full.
pub(super) const STORY_CANDIDATES: usize = 5;
/// The newest members of a story that are looked at one by one.
pub(super) const MEMBERS_LOOKED_AT: usize = 64;
/// Words kept of all members of a story together.
pub(super) const MAX_STORY_TERMS: usize = 512;
/// A source's latest entries that show what its boilerplate is.
pub(super) const BOILERPLATE_SAMPLE: usize = 12;
/// Fewer show nothing.
pub(super) const MIN_BOILERPLATE_SAMPLE: u32 = 6;
/// What a word weighs more when it is in the title.
pub(super) const TITLE_WEIGHT: f32 = 1.3;

/// How probable it must be that two reports are of one event, from 0 to 1; `None` where events are not compared.
///
/// A false merge hides news and a missed one only annoys, so that `normal` stands above one half.
pub fn event_threshold(level: MatchLevel) -> Option<f32> {
    match level {
        MatchLevel::Strict => Some(0.8),
        MatchLevel::Normal => Some(0.6),
        MatchLevel::Loose => Some(0.4),
        MatchLevel::Off | MatchLevel::Id | MatchLevel::Url | MatchLevel::Text => None,
    }
}
