//! Puts entries into the index and takes them out.

use super::super::document::{Document, Weighted};
use super::super::kept::{Kept, KeptTerm};
use super::super::limits::BOILERPLATE_SAMPLE;
use super::super::places::Places;
use super::super::prepare::Prepared;
use super::names::{Key, forget, hashed, remember};
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
            translations: prepared.translations.into(),
            title: prepared.title,
            terms: terms.into(),
            fingerprints: prepared.fingerprints.into(),
            masked: prepared.masked.into(),
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
            self.vocabulary.add(term.term, slot, term.repeated());
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
            translations: kept.translations(),
            title: kept.title.to_owned(),
            terms: terms.into(),
            form: kept.form(),
            tongue: kept.tongue(),
            marks,
            repeated: kept.repeated,
            fingerprints: kept.fingerprints.into(),
            masked: kept.masked.into(),
            insertion: self.insertions,
        };
        self.seat(slot, document);
    }

    /// Makes room for an entry, which is forgotten if it is known, and gives it a slot.
    fn room_for(&mut self, entry: EntryId) -> u32 {
        self.remove(entry);
        while self.entries.len() >= self.capacity {
            let Some((slot, insertion)) = self.order.pop_front() else { break };
            if let Some(oldest) = self.document(slot).filter(|document| document.insertion == insertion) {
                self.remove(oldest.entry);
            }
        }
        // Removed entries leave their place in the order; when these are the most, they are swept out.
        if self.order.len() > 2 * self.entries.len() + 64 {
            let documents = &self.documents;
            self.order.retain(|&(slot, insertion)| {
                documents.get(slot as usize).is_some_and(|held| held.as_ref().is_some_and(|d| d.insertion == insertion))
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
        document.terms.sort_unstable_by_key(|weighted| weighted.term);
        remember(&mut self.keys, document.key.map(|key| key.within(&document.publisher)), slot);
        remember(&mut self.urls, document.url, slot);
        for &page in &document.translations {
            remember(&mut self.translations, Some(page), slot);
        }
        for &fingerprint in document.fingerprints.iter().filter(|print| is_met(**print)) {
            self.fingerprints.insert(fingerprint, slot);
        }
        let latest = self.sources.entry(document.source.clone()).or_default();
        latest.push_back(slot);
        if latest.len() > BOILERPLATE_SAMPLE {
            latest.pop_front();
        }
        self.repeated += u32::from(document.repeated);
        self.entries.insert(document.entry, slot);
        self.order.push_back((slot, self.insertions));
        self.insertions += 1;
        let story = document.story;
        self.documents[slot as usize] = Some(document);
        self.join(story, slot);
    }

    /// Forgets an entry; a story without members goes too.
    pub fn remove(&mut self, entry: EntryId) {
        let Some(slot) = self.entries.remove(&entry) else { return };
        let Some(document) = self.documents.get_mut(slot as usize).and_then(Option::take) else { return };
        for weighted in &document.terms {
            self.vocabulary.remove(weighted.term, slot, weighted.repeated());
        }
        self.repeated = self.repeated.saturating_sub(u32::from(document.repeated));
        self.counts.remove(&document.marks, document.tongue, slot);
        forget(&mut self.keys, document.key.map(|key| key.within(&document.publisher)), slot);
        forget(&mut self.urls, document.url, slot);
        for &page in &document.translations {
            forget(&mut self.translations, Some(page), slot);
        }
        for fingerprint in &document.fingerprints {
            if self.fingerprints.get(fingerprint) == Some(&slot) {
                self.fingerprints.remove(fingerprint);
            }
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
