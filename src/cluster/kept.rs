//! What the index holds of an entry as bytes: a restart reads them instead of the texts, and knows all that was known.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::document::{Lists, Weighted};
use super::foreign::{Mark, Tongue};
use super::index::{Index, Key};
use super::series::Form;
use super::vocabulary::TermId;
use super::{background, foreign};
use crate::model::{EntryId, Publisher, SourceId, StoryId};

/// Goes up whenever something else is read out of the same texts, or laid out otherwise.
const LAYOUT: u32 = 2;

/// Bytes that another version kept, or that are none of ours: the entry has to be prepared anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("kept by another version")]
pub struct Stale;

/// An entry as the index holds it, its words and marks by what they are known by everywhere.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept<'b> {
    layout: [u8; 4],
    source: &'b str,
    pub(super) title: &'b str,
    pub(super) published: i64,
    key: Option<([u8; 8], bool)>,
    url: Option<[u8; 8]>,
    translations: Vec<[u8; 8]>,
    kicker: Option<u32>,
    alone: bool,
    tongue: [u8; 2],
    pub(super) repeated: bool,
    pub(super) terms: Vec<KeptTerm>,
    fingerprints: Vec<u32>,
    masked: Vec<u32>,
    marks: Vec<KeptMark>,
}

/// A word.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptTerm {
    hash: [u8; 8],
    weight_256ths: [u8; 2],
    flags: u8,
    background: Option<f32>,
}

/// A mark.
#[derive(Debug, Serialize, Deserialize)]
struct KeptMark {
    id: [u8; 4],
    kind: u8,
    weight_64ths: u8,
    in_title: bool,
}

impl KeptTerm {
    pub(super) fn hash(&self) -> u64 {
        u64::from_le_bytes(self.hash)
    }

    pub(super) fn background(&self) -> f32 {
        self.background.unwrap_or(0.0)
    }

    pub(super) fn weighted(&self, term: TermId) -> Weighted {
        Weighted::kept(term, u16::from_le_bytes(self.weight_256ths), self.flags)
    }
}

impl Kept<'_> {
    pub(super) fn key(&self) -> Option<Key> {
        self.key.map(|(hash, everywhere)| Key { hash: u64::from_le_bytes(hash), everywhere })
    }

    pub(super) fn url(&self) -> Option<u64> {
        self.url.map(u64::from_le_bytes)
    }

    pub(super) fn lists(&self) -> Lists {
        let translations: Vec<u64> = self.translations.iter().copied().map(u64::from_le_bytes).collect();
        Lists::new(&self.fingerprints, &self.masked, &translations)
    }

    pub(super) fn form(&self) -> Form {
        Form { kicker: self.kicker, alone: self.alone }
    }

    pub(super) fn tongue(&self) -> Tongue {
        Tongue::kept(self.tongue)
    }

    pub(super) fn marks(&self) -> Vec<Mark> {
        let mark = |mark: &KeptMark| {
            Mark::kept(u32::from_le_bytes(mark.id), mark.kind, f32::from(mark.weight_64ths) / 64.0, mark.in_title)
        };
        self.marks.iter().map(mark).collect()
    }
}

impl Index {
    /// What it holds of an entry, as bytes for [`Index::restore`]; `None` when it holds nothing of it.
    pub fn keep(&self, entry: EntryId) -> Option<Vec<u8>> {
        let document = self.document(self.slot(entry)?)?;
        let term = |held: &Weighted| {
            let (hash, background) = self.vocabulary.kept(held.term())?;
            Some(KeptTerm {
                hash: hash.to_le_bytes(),
                weight_256ths: held.weight_256ths.to_le_bytes(),
                flags: held.flags(),
                background: Some(background).filter(|background| *background > 0.0),
            })
        };
        let marks = self.counts.kept(&document.marks).map(|(mark, weight_64ths)| {
            let (id, kind, in_title) = mark.keep();
            KeptMark { id: id.to_le_bytes(), kind, weight_64ths, in_title }
        });
        let kept = Kept {
            layout: *layout(),
            source: document.source.as_str(),
            title: &document.title,
            published: document.published,
            key: document.key.map(|key| (key.hash.to_le_bytes(), key.everywhere)),
            url: document.url.map(u64::to_le_bytes),
            translations: document.lists.translations().map(|page| page.to_le_bytes()).collect(),
            kicker: document.form.kicker,
            alone: document.form.alone,
            tongue: document.tongue.keep(),
            repeated: document.repeated,
            terms: document.terms.iter().filter_map(term).collect(),
            fingerprints: document.lists.fingerprints().to_vec(),
            masked: document.lists.masked().to_vec(),
            marks: marks.collect(),
        };
        postcard::to_allocvec(&kept).ok()
    }

    /// Adds an entry as [`Index::keep`] gave it, to the story that it belongs to now; `who` knows sources by name, and
    /// whose they are.
    ///
    /// # Errors
    /// When the bytes are another version's, or damaged: nothing is added then.
    pub fn restore(
        &mut self,
        entry: EntryId,
        bytes: &[u8],
        story: &StoryId,
        who: impl FnOnce(&str) -> Option<(SourceId, Publisher)>,
    ) -> Result<(), Stale> {
        if !bytes.starts_with(layout()) {
            return Err(Stale);
        }
        let kept: Kept<'_> = postcard::from_bytes(bytes).map_err(|_| Stale)?;
        if !Lists::can_hold(&kept.fingerprints, &kept.masked) {
            return Err(Stale);
        }
        let (source, publisher) = who(kept.source).ok_or(Stale)?;
        self.insert_kept(entry, kept, source, publisher, story);
        Ok(())
    }
}

/// What bytes begin with that this version kept: the layout, and the tables that numbers in them come from.
fn layout() -> &'static [u8; 4] {
    static STAMP: LazyLock<[u8; 4]> = LazyLock::new(|| {
        let mut hash = Xxh3::new();
        hash.update(&LAYOUT.to_le_bytes());
        for text in foreign::texts().into_iter().chain(background::texts()) {
            hash.update(text.as_bytes());
        }
        (hash.digest() as u32).to_le_bytes()
    });
    &STAMP
}

#[cfg(test)]
mod tests;
