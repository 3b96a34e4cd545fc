//! Which words the index knows, in how many entries each stands, and the newest of those entries.

use super::background;
use super::chunks::Chunks;
use super::limits::{MAX_POSTINGS, REPEATED};
use super::newest::Newest;
use super::table::Table;

/// A word's number in the vocabulary.
pub(super) type TermId = u32;

/// The words of the entries held. A word that leaves the last entry is forgotten.
///
/// Words are known by their hashes: two of one hash count as one word, and nothing is gained by making some. What they
/// are spelled like, whoever asks for them knows.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: Table,
    hashes: Vec<Hash>,
    /// On its own because it is read most: the logarithm of how common the word is.
    log_commonness: Vec<f32>,
    postings: Chunks<Postings>,
    free: Vec<TermId>,
}

/// A word's hash, in two halves so that the list has no gaps.
type Hash = [u32; 2];

fn halves(hash: u64) -> Hash {
    [hash as u32, (hash >> 32) as u32]
}

#[derive(Debug, Default)]
struct Postings {
    /// Entries that have the word, whether or not they are among the newest.
    entries: u32,
    /// Those of them whose story had it already.
    repeated: u32,
    /// What the background table adds to that.
    background: f32,
    newest: Newest,
}

impl Vocabulary {
    /// The number of the word with a hash.
    pub(super) fn id(&self, hash: u64) -> Option<TermId> {
        self.id_of(halves(hash))
    }

    fn id_of(&self, hash: Hash) -> Option<TermId> {
        self.ids.find(self.ids.key(&hash), |term| self.hashes.get(term as usize) == Some(&hash))
    }

    /// The entries that have a word, the newest last.
    pub(super) fn newest(&self, term: TermId) -> &[u32] {
        self.postings.get(term).map_or(&[], |postings| postings.newest.as_slice())
    }

    /// The logarithm of the entries in which a word is taken to stand.
    pub(super) fn log_commonness(&self, term: TermId) -> f32 {
        self.log_commonness.get(term as usize).copied().unwrap_or(0.0)
    }

    /// The same for a word that no entry has yet.
    pub(super) fn log_commonness_of_new(word: &str) -> f32 {
        commonness(0, 0, background::entries(word))
    }

    /// Gives a word a number that had none.
    pub(super) fn admit(&mut self, hash: u64, word: &str) -> TermId {
        self.admit_new(halves(hash), background::entries(word))
    }

    /// The number of a word that was held before, and what the background table adds to how common it is.
    pub(super) fn admit_kept(&mut self, hash: u64, background: f32) -> TermId {
        self.id(hash).unwrap_or_else(|| self.admit_new(halves(hash), background))
    }

    /// The hash of a word, and what the background table adds to how common it is.
    pub(super) fn kept(&self, term: TermId) -> Option<(u64, f32)> {
        let [low, high] = *self.hashes.get(term as usize)?;
        Some((u64::from(high) << 32 | u64::from(low), self.postings.get(term)?.background))
    }

    fn admit_new(&mut self, hash: Hash, background: f32) -> TermId {
        let postings = Postings { background, ..Postings::default() };
        let term = self.free.pop().unwrap_or(self.hashes.len() as TermId);
        if (term as usize) < self.hashes.len() {
            self.hashes[term as usize] = hash;
            self.postings[term] = postings;
        } else {
            self.hashes.push(hash);
            self.postings.push(postings);
            self.log_commonness.push(0.0);
        }
        self.ids.add(self.ids.key(&hash), term);
        term
    }

    /// Notes that the entry in `slot` has a word, and whether the story has it already.
    pub(super) fn add(&mut self, term: TermId, slot: u32, repeated: bool) {
        if let Some(postings) = self.postings.get_mut(term) {
            postings.entries += 1;
            postings.repeated += u32::from(repeated);
            postings.newest.push(slot, MAX_POSTINGS);
        }
        self.weigh(term);
    }

    /// Notes that the entry in `slot` is gone, and whether its story had the word before.
    pub(super) fn remove(&mut self, term: TermId, slot: u32, repeated: bool) {
        let Some(postings) = self.postings.get_mut(term) else { return };
        postings.entries = postings.entries.saturating_sub(1);
        postings.repeated = postings.repeated.saturating_sub(u32::from(repeated));
        postings.newest.remove(slot);
        if postings.entries == 0 {
            *postings = Postings::default();
            if let Some(hash) = self.hashes.get(term as usize) {
                self.ids.remove(self.ids.key(hash), |held| held == term);
            }
            self.free.push(term);
        } else {
            self.weigh(term);
        }
    }

    fn weigh(&mut self, term: TermId) {
        if let (Some(postings), Some(weight)) = (self.postings.get(term), self.log_commonness.get_mut(term as usize)) {
            *weight = commonness(postings.entries, postings.repeated, postings.background);
        }
    }
}

/// The logarithm of the entries in which something is taken to stand: those counted, and the background's.
pub(super) fn commonness(entries: u32, repeated: u32, background: f32) -> f32 {
    match FEW.get(entries as usize).filter(|_| repeated == 0 && background == 0.0) {
        Some(few) => *few,
        None => (counted(entries, repeated) + background + 0.5).ln(),
    }
}

/// The natural logarithms of one half, one and a half, and so on: most words stand in few entries.
const FEW: [f32; 8] =
    [-std::f32::consts::LN_2, 0.405_465_1, 0.916_290_76, 1.252_762_9, 1.504_077_4, 1.704_748, 1.871_802_2, 2.014_903];

/// What so many entries count for when some of them repeat what their story had.
pub(super) fn counted(entries: u32, repeated: u32) -> f32 {
    entries.saturating_sub(repeated) as f32 + repeated.min(entries) as f32 * REPEATED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_logarithms_is_right() {
        for (entries, few) in (0..).zip(FEW) {
            assert!((few - (entries as f32 + 0.5).ln()).abs() < 1e-6, "{entries}");
        }
    }
}
