//! Which words the index knows, in how many entries each stands, and the newest of those entries.

use std::collections::HashMap;

use super::background;
use super::limits::{MAX_POSTINGS, REPEATED};
use super::newest::Newest;

/// A word's number in the vocabulary.
pub(super) type TermId = u32;

/// The words of the entries held. A word that leaves the last entry is forgotten.
///
/// Words are known by their hashes: two of one hash count as one word, and nothing is gained by making some. The map
/// hashes once more, by a key of its own, so that collisions in it cannot be made; its order is never looked at.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<u64, TermId>,
    words: Vec<(u64, Box<str>)>,
    /// Beside `words`, on its own because it is read most: the logarithm of how common the word is.
    log_commonness: Vec<f32>,
    postings: Vec<Postings>,
    free: Vec<TermId>,
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
        self.ids.get(&hash).copied()
    }

    pub(super) fn word(&self, term: TermId) -> &str {
        self.words.get(term as usize).map_or("", |(_, word)| word)
    }

    /// The entries that have a word, the newest last.
    pub(super) fn newest(&self, term: TermId) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.postings.get(term as usize).into_iter().flat_map(|postings| postings.newest.as_slice().iter().copied())
    }

    /// The logarithm of the entries in which a word is taken to stand.
    pub(super) fn log_commonness(&self, term: TermId) -> f32 {
        self.log_commonness.get(term as usize).copied().unwrap_or(0.0)
    }

    /// The same for a word that no entry has yet.
    pub(super) fn log_commonness_of_new(word: &str) -> f32 {
        commonness(0, 0, background::entries(word))
    }

    /// Notes that the entry in `slot` has a word, and tells whether the story has it already, as `in_story` knows.
    pub(super) fn add(
        &mut self,
        hash: u64,
        word: &str,
        slot: u32,
        in_story: impl FnOnce(TermId) -> bool,
    ) -> (TermId, bool) {
        let term = self.id(hash).unwrap_or_else(|| self.admit(hash, word));
        let repeated = in_story(term);
        if let Some(postings) = self.postings.get_mut(term as usize) {
            postings.entries += 1;
            postings.repeated += u32::from(repeated);
            postings.newest.push(slot, MAX_POSTINGS);
        }
        self.weigh(term);
        (term, repeated)
    }

    /// Notes that the entry in `slot` is gone, and whether its story had the word before.
    pub(super) fn remove(&mut self, term: TermId, slot: u32, repeated: bool) {
        let Some(postings) = self.postings.get_mut(term as usize) else { return };
        postings.entries = postings.entries.saturating_sub(1);
        postings.repeated = postings.repeated.saturating_sub(u32::from(repeated));
        postings.newest.remove(slot);
        if postings.entries == 0 {
            *postings = Postings::default();
            if let Some((hash, word)) = self.words.get_mut(term as usize) {
                self.ids.remove(hash);
                *word = Box::default();
            }
            self.free.push(term);
        } else {
            self.weigh(term);
        }
    }

    fn admit(&mut self, hash: u64, word: &str) -> TermId {
        let postings = Postings { background: background::entries(word), ..Postings::default() };
        let term = self.free.pop().unwrap_or(self.words.len() as TermId);
        if (term as usize) < self.words.len() {
            self.words[term as usize] = (hash, word.into());
            self.postings[term as usize] = postings;
        } else {
            self.words.push((hash, word.into()));
            self.postings.push(postings);
            self.log_commonness.push(0.0);
        }
        self.ids.insert(hash, term);
        term
    }

    fn weigh(&mut self, term: TermId) {
        if let (Some(postings), Some(weight)) =
            (self.postings.get(term as usize), self.log_commonness.get_mut(term as usize))
        {
            *weight = commonness(postings.entries, postings.repeated, postings.background);
        }
    }
}

/// The logarithm of the entries in which something is taken to stand: those counted, and the background's.
pub(super) fn commonness(entries: u32, repeated: u32, background: f32) -> f32 {
    (counted(entries, repeated) + background + 0.5).ln()
}

/// What so many entries count for when some of them repeat what their story had.
pub(super) fn counted(entries: u32, repeated: u32) -> f32 {
    entries.saturating_sub(repeated) as f32 + repeated.min(entries) as f32 * REPEATED
}
