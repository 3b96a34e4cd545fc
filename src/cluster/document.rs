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
    pub(super) title: Box<str>,
    /// Sorted by term.
    pub(super) terms: Box<[Weighted]>,
    pub(super) lists: Lists,
    pub(super) form: Form,
    pub(super) tongue: Tongue,
    /// Sorted by number.
    pub(super) marks: Box<[Held]>,
    /// Whether the story had members in its language before.
    pub(super) repeated: bool,
    /// Which insertion filled the slot.
    pub(super) insertion: u64,
}

/// What an entry has of several kinds, in one piece of memory.
#[derive(Debug)]
pub(super) struct Lists {
    all: Box<[u32]>,
    /// So many of them are fingerprints, and so many behind those are masks; then come translations, two for each.
    fingerprints: u16,
    masked: u16,
}

impl Lists {
    /// Whether lists are short enough, as all are that are made of an entry.
    pub(super) fn can_hold(fingerprints: &[u32], masked: &[u32]) -> bool {
        fingerprints.len() + masked.len() <= usize::from(u16::MAX)
    }

    /// # Panics
    /// When [`Self::can_hold`] says that they are too long.
    pub(super) fn new(fingerprints: &[u32], masked: &[u32], translations: &[u64]) -> Self {
        let mut all = Vec::with_capacity(fingerprints.len() + masked.len() + 2 * translations.len());
        all.extend_from_slice(fingerprints);
        all.extend_from_slice(masked);
        all.extend(translations.iter().flat_map(|&page| [page as u32, (page >> 32) as u32]));
        let length = |list: &[u32]| u16::try_from(list.len()).expect("an entry's lists are short");
        Self { all: all.into(), fingerprints: length(fingerprints), masked: length(masked) }
    }

    /// Sorted.
    pub(super) fn fingerprints(&self) -> &[u32] {
        &self.all[..usize::from(self.fingerprints)]
    }

    /// Of its title. Sorted.
    pub(super) fn masked(&self) -> &[u32] {
        &self.all[usize::from(self.fingerprints)..][..usize::from(self.masked)]
    }

    /// Hashes of the canonical URLs at which its publisher has it in other languages.
    pub(super) fn translations(&self) -> impl Iterator<Item = u64> + '_ {
        let pages = self.all[usize::from(self.fingerprints + self.masked)..].as_chunks().0.iter();
        pages.map(|&[low, high]| u64::from(high) << 32 | u64::from(low))
    }
}

/// Flags of a word: whether it can be part of a name, is a number, was in the story before, and is in the title.
const NAME: u8 = 1;
const NUMBER: u8 = 2;
const REPEATED: u8 = 4;
const IN_TITLE: u8 = 8;

/// A word of an indexed entry, in six bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighted {
    /// The number of the term, of at most 28 bits, and the flags above it.
    low: u16,
    high: u16,
    /// What it weighs in the entry, before its rarity.
    pub(super) weight_256ths: u16,
}

impl Weighted {
    /// `repeated` says that the story had the word already.
    pub(super) fn new(term: TermId, repeated: bool, found: &Term, weight: f32) -> Self {
        let flag = |has: bool, flag: u8| if has { flag } else { 0 };
        let flags = flag(found.name, NAME) | flag(found.number, NUMBER) | flag(repeated, REPEATED);
        Self::kept(term, (weight * 256.0) as u16, flags | flag(found.in_title > 0, IN_TITLE))
    }

    /// One as it was held before.
    pub(super) fn kept(term: TermId, weight_256ths: u16, flags: u8) -> Self {
        let high = (term >> 16) as u16 & 0x0fff | u16::from(flags) << 12;
        Self { low: term as u16, high, weight_256ths }
    }

    pub(super) fn term(self) -> TermId {
        u32::from(self.high & 0x0fff) << 16 | u32::from(self.low)
    }

    /// What else than its number and its weight is known of it.
    pub(super) fn flags(self) -> u8 {
        (self.high >> 12) as u8
    }

    pub(super) fn in_title(self) -> bool {
        self.flags() & IN_TITLE != 0
    }

    #[cfg(test)]
    pub(super) fn plain(term: TermId, weight_256ths: u16) -> Self {
        Self::kept(term, weight_256ths, 0)
    }

    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight_256ths) / 256.0
    }

    pub(super) fn number(self) -> bool {
        self.flags() & NUMBER != 0
    }

    pub(super) fn repeated(self) -> bool {
        self.flags() & REPEATED != 0
    }

    pub(super) fn name(self) -> bool {
        self.flags() & NAME != 0
    }
}
