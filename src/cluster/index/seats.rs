//! Puts entries into the index and takes them out.

use std::collections::hash_map::Entry;

use super::super::document::{Document, Lists, Weighted};
use super::super::kept::{Kept, KeptTerm};
use super::super::limits::{BOILERPLATE_SAMPLE, MAX_SAME_ADDRESS};
use super::super::places::Places;
use super::super::prepare::Prepared;
use super::names::{Key, Name, hashed};
use super::{Glance, Index};
use crate::model::{EntryId, Publisher, SourceId, StoryId};

impl Index {
    /// Adds an entry to a story. An entry that is known is replaced: its text was revised, or its story changed.
    pub fn insert(&mut self, prepared: Prepared, story: &StoryId) {
        let slot = self.room_for(prepared.id);
        let known = self.known_words(&prepared);
        let weights = self.weights(&prepared, &Places::of(known.iter().copied()));
        let story = self.admit(story);
        let words = self.words_of(story, prepared.tongue);
        let mut terms: Vec<Weighted> = Vec::with_capacity(prepared.terms.len());
        for ((term, id), weight) in prepared.terms.iter().zip(known).zip(weights) {
            let id = id.unwrap_or_else(|| self.vocabulary.admit(term.hash, prepared.word(term)));
            let repeated = words.binary_search(&id).is_ok();
            self.vocabulary.add(id, slot, repeated);
            terms.push(Weighted::new(id, repeated, term, weight));
        }
        let marks = self.counts.add(&prepared.marks, prepared.tongue, slot);
        let document = Document {
            entry: prepared.id,
            source: prepared.source,
            publisher: prepared.publisher,
            story,
            published: prepared.published.timestamp(),
            key: Key::of(&prepared.key),
            url: prepared.url.as_deref().map(hashed),
            title: prepared.title.as_str().into(),
            terms: terms.into(),
            lists: Lists::new(&prepared.fingerprints, &prepared.masked, &prepared.translations),
            form: prepared.form,
            tongue: prepared.tongue,
            marks,
            repeated: !words.is_empty(),
            insertion: self.insertions,
        };
        self.seat(slot, document);
    }

    /// Adds an entry as it was held before, to the story that it belongs to now.
    pub(in crate::cluster) fn insert_kept(
        &mut self,
        entry: EntryId,
        kept: Kept<'_>,
        source: SourceId,
        publisher: Publisher,
        story: &StoryId,
    ) {
        let slot = self.room_for(entry);
        let story = self.admit(story);
        // One step after the other for all words: each waits for memory, and so they wait together.
        let word = |term: &KeptTerm| term.weighted(self.vocabulary.admit_kept(term.hash(), term.background()));
        let terms: Vec<Weighted> = kept.terms.iter().map(word).collect();
        for term in &terms {
            self.vocabulary.add(term.term(), slot, term.repeated());
        }
        let marks = self.counts.add(&kept.marks(), kept.tongue(), slot);
        let document = Document {
            entry,
            source,
            publisher,
            story,
            published: kept.published,
            key: kept.key(),
            url: kept.url(),
            title: kept.title.into(),
            terms: terms.into(),
            form: kept.form(),
            tongue: kept.tongue(),
            marks,
            repeated: kept.repeated,
            lists: kept.lists(),
            insertion: self.insertions,
        };
        self.seat(slot, document);
    }

    /// Makes room for an entry, which is forgotten if it is known, and gives it a slot.
    fn room_for(&mut self, entry: EntryId) -> u32 {
        self.remove(entry);
        while self.entries.len() >= self.capacity {
            let Some((slot, insertion)) = self.order.pop_front() else { break };
            if let Some(oldest) = self.document(slot).filter(|document| document.insertion as u32 == insertion) {
                self.remove(oldest.entry);
            }
        }
        // Removed entries leave their place in the order; when these are the most, they are swept out.
        if self.order.len() > 2 * self.entries.len() + 64 {
            let documents = &self.documents;
            self.order.retain(|&(slot, insertion)| {
                documents.get(slot).is_some_and(|held| held.as_ref().is_some_and(|d| d.insertion as u32 == insertion))
            });
        }
        self.free.pop().unwrap_or_else(|| {
            self.documents.push(None);
            self.glances.push(Glance::default());
            self.documents.len() as u32 - 1
        })
    }

    /// Puts an entry into its slot; its words and marks are counted already.
    fn seat(&mut self, slot: u32, mut document: Document) {
        self.glances[slot as usize] = Glance {
            published: document.published,
            tongue: document.tongue,
            alone: document.form.alone,
            source: self.number_source(&document.source),
        };
        document.terms.sort_unstable_by_key(|weighted| weighted.term());
        self.remember(Name::Key, &document, slot);
        self.remember(Name::Url, &document, slot);
        for page in document.lists.translations() {
            self.translations.entry(page).or_default().push(slot, MAX_SAME_ADDRESS);
        }
        for &fingerprint in document.lists.fingerprints().iter().filter(|print| is_met(**print)) {
            self.fingerprints.set(fingerprint, slot, |_| true);
        }
        let latest = self.sources.entry(document.source.clone()).or_default();
        latest.push_back(slot);
        if latest.len() > BOILERPLATE_SAMPLE {
            latest.pop_front();
        }
        self.repeated += u32::from(document.repeated);
        self.entries.add(self.entries.key(&document.entry), slot);
        self.order.push_back((slot, self.insertions as u32));
        self.insertions += 1;
        let story = document.story;
        self.documents[slot] = Some(document);
        self.join(story, slot);
    }

    /// Forgets an entry; a story without members goes too.
    pub fn remove(&mut self, entry: EntryId) {
        let Some(slot) = self.slot(entry) else { return };
        self.entries.remove(self.entries.key(&entry), |held| held == slot);
        let Some(document) = self.documents.get_mut(slot).and_then(Option::take) else { return };
        for weighted in &document.terms {
            self.vocabulary.remove(weighted.term(), slot, weighted.repeated());
        }
        self.repeated = self.repeated.saturating_sub(u32::from(document.repeated));
        self.counts.remove(&document.marks, document.tongue, slot);
        self.forget(Name::Key, &document, slot);
        self.forget(Name::Url, &document, slot);
        for page in document.lists.translations() {
            if let Entry::Occupied(mut said) = self.translations.entry(page) {
                said.get_mut().remove(slot);
                if said.get().is_empty() {
                    said.remove();
                }
            }
        }
        for &fingerprint in document.lists.fingerprints() {
            self.fingerprints.remove(fingerprint, |held| held == slot);
        }
        if let Some(latest) = self.sources.get_mut(&document.source) {
            latest.retain(|&held| held != slot);
            if latest.is_empty() {
                self.sources.remove(&document.source);
            }
        }
        self.leave(&document, slot);
        self.free.push(slot);
    }
}

/// Whether an entry is met by one of its fingerprints: every second is enough, since a copy shares a dozen.
pub(super) fn is_met(fingerprint: u32) -> bool {
    fingerprint & 1 == 0
}
