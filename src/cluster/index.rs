//! What the desk remembers of recent entries, so that a new one finds its story: in memory, rebuilt at start.

mod ids;
mod members;
mod merge;
mod names;
mod seats;

use std::collections::VecDeque;

use self::ids::Ids;
pub(super) use self::ids::ShortId;
use super::background;
use super::chunks::Chunks;
use super::document::Document;
use super::foreign::{Counts, Tongue};
use super::limits::{CAPACITY, MEMBERS_LOOKED_AT, MIN_BOILERPLATE_SAMPLE, TITLE_WEIGHT};
use super::map::Map;
use super::newest::Newest;
use super::places::Places;
use super::prepare::Prepared;
use super::sum::Summed;
use super::table::Table;
use super::vocabulary::{self, TermId, Vocabulary};
use crate::model::{EntryId, Publisher, SourceId, StoryId};
use names::Name;
pub(super) use names::{Key, hashed};

/// Recent entries and the stories that they belong to.
///
/// It holds at most [`CAPACITY`] entries, or as many as it is told; the oldest inserted are forgotten first. The same calls in
/// the same order make the same index. Slots are reused.
#[derive(Debug)]
pub struct Index {
    capacity: usize,
    pub(super) vocabulary: Vocabulary,
    pub(super) counts: Counts,
    documents: Chunks<Option<Document>>,
    /// Beside `documents`, on its own because it is read most.
    glances: Vec<Glance>,
    free: Vec<u32>,
    /// Slots in order of insertion, each with the insertion that filled it (its lower half, which tells those apart that
    /// can be there at once).
    order: VecDeque<(u32, u32)>,
    insertions: u64,
    /// Entries whose story had members in their language before.
    repeated: u32,
    /// Slots by their entries, their ids and their addresses.
    entries: Table,
    keys: Table,
    urls: Table,
    /// The entries that are said to stand there in another language.
    translations: Map<u64, Newest>,
    /// The newest entry that has a fingerprint, for every second one.
    fingerprints: Table,
    sources: Map<SourceId, VecDeque<u32>>,
    /// Sources by number: there are as many as the desk has had.
    source_numbers: Map<SourceId, u32>,
    ids: Ids,
    story_numbers: Table,
    stories: Chunks<IndexedStory>,
    free_stories: Vec<u32>,
}

/// What of an entry says whether it comes into question at all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glance {
    /// Unix time.
    pub(super) published: i64,
    pub(super) tongue: Tongue,
    /// Whether it is joined by id, address and text only.
    pub(super) alone: bool,
    /// The number of its source.
    pub(super) source: u32,
}

/// A story in the index.
#[derive(Debug)]
pub(super) struct IndexedStory {
    pub(super) id: ShortId,
    /// Slots, in the order in which they joined.
    pub(super) members: Newest,
    /// Of each language with two members or more, the sum of their words, sorted by term.
    pub(super) sums: Vec<(Tongue, Vec<Summed>)>,
}

impl IndexedStory {
    /// The sum of the words of the members in one language; empty while there is one such member.
    pub(super) fn sum(&self, tongue: Tongue) -> &[Summed] {
        self.sums.iter().find(|(known, _)| *known == tongue).map_or(&[], |(_, sum)| sum)
    }
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// An empty index.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// An empty index that holds at most so many entries: how time and memory grow with them is measured with it.
    pub fn with_capacity(entries: usize) -> Self {
        Self {
            capacity: entries.max(1),
            vocabulary: Vocabulary::default(),
            counts: Counts::default(),
            documents: Chunks::default(),
            glances: Vec::new(),
            free: Vec::new(),
            order: VecDeque::new(),
            insertions: 0,
            repeated: 0,
            entries: Table::default(),
            keys: Table::default(),
            urls: Table::default(),
            translations: Map::default(),
            fingerprints: Table::default(),
            sources: Map::default(),
            source_numbers: Map::default(),
            ids: Ids::default(),
            story_numbers: Table::default(),
            stories: Chunks::default(),
            free_stories: Vec::new(),
        }
    }

    /// Makes room for entries that will come at once.
    pub fn reserve(&mut self, entries: usize) {
        let entries = entries.min(self.capacity);
        self.glances.reserve_exact(entries);
        for table in [&mut self.entries, &mut self.keys, &mut self.urls] {
            table.reserve(entries);
        }
        self.story_numbers.reserve(entries / 2);
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The story of an entry, if the index still knows it.
    pub fn story_of(&self, entry: EntryId) -> Option<StoryId> {
        let document = self.document(self.slot(entry)?)?;
        self.story(document.story).map(|story| self.id_of(story))
    }

    /// The id of a story.
    pub(super) fn id_of(&self, story: &IndexedStory) -> StoryId {
        self.ids.whole(story.id)
    }

    pub(super) fn document(&self, slot: u32) -> Option<&Document> {
        self.documents.get(slot)?.as_ref()
    }

    /// The number of a source in [`Glance`]; none for one that has had no entry here.
    pub(super) fn source_number(&self, source: &SourceId) -> Option<u32> {
        self.source_numbers.get(source).copied()
    }

    fn number_source(&mut self, source: &SourceId) -> u32 {
        let new = self.source_numbers.len() as u32;
        *self.source_numbers.entry(source.clone()).or_insert(new)
    }

    /// How many slots there are, free ones included.
    pub(super) fn slots(&self) -> usize {
        self.documents.len()
    }

    /// What an entry is at a glance; what was in a free slot last.
    pub(super) fn glance(&self, slot: u32) -> Option<&Glance> {
        self.glances.get(slot as usize)
    }

    pub(super) fn story(&self, number: u32) -> Option<&IndexedStory> {
        self.stories.get(number).filter(|story| !story.members.is_empty())
    }

    /// A story by its id.
    pub(super) fn story_named(&self, id: &StoryId) -> Option<&IndexedStory> {
        self.story_number(id).and_then(|number| self.story(number))
    }

    /// The newest members of a story, at most [`MEMBERS_LOOKED_AT`]; none when it is not known.
    pub(super) fn members_of(&self, story: &StoryId) -> Vec<&Document> {
        let members = self.story_named(story).map_or(&[][..], |story| &story.members);
        members.iter().rev().take(MEMBERS_LOOKED_AT).filter_map(|&slot| self.document(slot)).collect()
    }

    pub(super) fn slot(&self, entry: EntryId) -> Option<u32> {
        let is = |slot: u32| self.document(slot).is_some_and(|document| document.entry == entry);
        self.entries.find(self.entries.key(&entry), is)
    }

    fn story_number(&self, id: &StoryId) -> Option<u32> {
        let id = self.ids.find(id)?;
        let is = |number: u32| self.stories.get(number).is_some_and(|story| story.id == id);
        self.story_numbers.find(self.story_numbers.key(&id), is)
    }

    /// The entries that could share an id with an entry, the newest last.
    pub(super) fn with_key(&self, key: &str, publisher: &Publisher) -> Vec<u32> {
        Key::of(key).map_or_else(Vec::new, |key| self.named(Name::Key, key.within(publisher)))
    }

    /// The entries that share a canonical URL, the newest last.
    pub(super) fn with_url(&self, url: &str) -> Vec<u32> {
        self.named(Name::Url, hashed(url))
    }

    /// The entries that stand at a page or are said to, in another language; by the hash of its canonical URL.
    pub(super) fn with_page(&self, page: u64) -> impl Iterator<Item = u32> + '_ {
        let said = self.translations.get(&page).map_or(&[][..], Newest::as_slice);
        said.iter().copied().chain(self.named(Name::Url, page))
    }

    pub(super) fn with_fingerprint(&self, fingerprint: u32) -> Option<u32> {
        if seats::is_met(fingerprint) { self.fingerprints.find(fingerprint, |_| true) } else { None }
    }

    /// The latest entries of a source.
    pub(super) fn latest(&self, source: &SourceId) -> impl Iterator<Item = &Document> {
        self.sources.get(source).into_iter().flatten().filter_map(|&slot| self.document(slot))
    }

    /// The words of an entry by their numbers, where they are known.
    pub(super) fn known_words(&self, prepared: &Prepared) -> Vec<Option<TermId>> {
        prepared.terms.iter().map(|term| self.vocabulary.id(term.hash)).collect()
    }

    /// What each word of an entry weighs in it, before its rarity: more often and in the title more, and the less, the
    /// more of its source's latest entries have it too. `places` are those of its words.
    pub(super) fn weights(&self, prepared: &Prepared, places: &Places) -> Vec<f32> {
        let mut held = vec![0u32; prepared.terms.len()];
        let latest = || self.latest(&prepared.source).filter(|document| document.entry != prepared.id);
        let sample = latest().count() as u32;
        let enough = sample >= MIN_BOILERPLATE_SAMPLE;
        for weighted in latest().filter(|_| enough).flat_map(|document| &document.terms) {
            if let Some(entries) = places.get(weighted.term()).and_then(|place| held.get_mut(place)) {
                *entries += 1;
            }
        }
        let weights = prepared.terms.iter().zip(held).map(|(term, entries)| {
            let often = usize::from(term.in_title) + usize::from(term.in_body);
            let title = if term.in_title > 0 { TITLE_WEIGHT } else { 1.0 };
            let weight = OFTEN[often.min(OFTEN_MOST)] * title;
            let share = if enough { entries as f32 / sample as f32 } else { 0.0 };
            // Falls from its full weight where half of the source's entries have it to nothing where all have.
            if share > 0.5 { weight * 2.0 * (1.0 - share) } else { weight }
        });
        weights.collect()
    }

    /// The logarithm of the entries against which a word's are counted: those held, and the background's.
    pub(super) fn log_total(&self) -> f32 {
        (vocabulary::counted(self.len() as u32, self.repeated) + background::ARCHIVE).ln()
    }
}

/// What a word weighs that an entry has so often: one and half the natural logarithm, at most two.
const OFTEN: [f32; OFTEN_MOST + 1] =
    [1.0, 1.0, 1.346_573_6, 1.549_306_2, 1.693_147_2, 1.804_719, 1.895_879_7, 1.972_955_1, 2.0];
const OFTEN_MOST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_weights_is_right() {
        for (often, weight) in (0..).zip(OFTEN) {
            let exact = (1.0 + 0.5 * (often as f32).max(1.0).ln()).min(2.0);
            assert!((weight - exact).abs() < 1e-6, "{often}");
        }
    }
}
