//! An entry as the index holds it.

use super::foreign::{Held, Tongue};
use super::index::Key;
use super::prepare::Term;
use super::series::Form;
use super::vocabulary::TermId;
use crate::model::{EntryId, Publisher, SourceId};

/// An entry in the index.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) entry: EntryId,
    pub(super) source: SourceId,
    pub(super) publisher: Publisher,
    pub(super) story: u32,
    /// Unix time.
    pub(super) published: i64,
    pub(super) key: Option<Key>,
    /// Hash of the canonical URL.
    pub(super) url: Option<u64>,
    /// Hashes of the canonical URLs at which its publisher has it in other languages.
    pub(super) translations: Box<[u64]>,
    pub(super) title: String,
    /// Sorted by term.
    pub(super) terms: Box<[Weighted]>,
    pub(super) fingerprints: Box<[u32]>,
    pub(super) masked: Box<[u32]>,
    pub(super) form: Form,
    pub(super) tongue: Tongue,
    /// Sorted by number.
    pub(super) marks: Box<[Held]>,
    /// Whether the story had members in its language before.
    pub(super) repeated: bool,
    /// Which insertion filled the slot.
    pub(super) insertion: u64,
}

/// In what is kept of a word, whether it is in the title.
const IN_TITLE: u8 = 8;

/// A word of an indexed entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighted {
    pub(super) term: TermId,
    /// What it weighs in the entry, before its rarity.
    pub(super) weight_256ths: u16,
    pub(super) in_title: bool,
    flags: u8,
}

impl Weighted {
    /// `repeated` says that the story had the word already.
    pub(super) fn new(term: TermId, repeated: bool, found: &Term, weight: f32) -> Self {
        let flags = u8::from(found.name) | u8::from(found.number) << 1 | u8::from(repeated) << 2;
        Self { term, weight_256ths: (weight * 256.0) as u16, in_title: found.in_title > 0, flags }
    }

    /// One as it was held before.
    pub(super) fn kept(term: TermId, weight_256ths: u16, flags: u8) -> Self {
        Self { term, weight_256ths, in_title: flags & IN_TITLE != 0, flags: flags & !IN_TITLE }
    }

    /// What else than its number and its weight is known of it.
    pub(super) fn flags(self) -> u8 {
        self.flags | if self.in_title { IN_TITLE } else { 0 }
    }

    #[cfg(test)]
    pub(super) fn plain(term: TermId, weight_256ths: u16) -> Self {
        Self { term, weight_256ths, in_title: false, flags: 0 }
    }

    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight_256ths) / 256.0
    }

    pub(super) fn number(self) -> bool {
        self.flags & 2 != 0
    }

    pub(super) fn repeated(self) -> bool {
        self.flags & 4 != 0
    }

    pub(super) fn name(self) -> bool {
        self.flags & 1 != 0
    }
}
