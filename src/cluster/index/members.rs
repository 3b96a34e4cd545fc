//! The stories of the index and their members.

use super::super::document::Document;
use super::super::foreign::Tongue;
use super::super::newest::Newest;
use super::super::sum;
use super::super::vocabulary::TermId;
use super::{Index, IndexedStory};
use crate::model::StoryId;

impl Index {
    /// The words of a story's members in one language, sorted.
    pub(super) fn words_of(&self, number: u32, tongue: Tongue) -> Vec<TermId> {
        let Some(story) = self.stories.get(number) else { return Vec::new() };
        let sum = story.sum(tongue);
        if !sum.is_empty() {
            return sum.iter().map(|summed| summed.term).collect();
        }
        let mut members = story.members.iter().filter_map(|&slot| self.document(slot));
        let only = members.find(|member| member.tongue == tongue);
        only.map_or_else(Vec::new, |member| member.terms.iter().map(|weighted| weighted.term()).collect())
    }

    /// Adds an entry to a story's members and to the sum of their words.
    pub(super) fn join(&mut self, number: u32, slot: u32) {
        let Some(story) = self.stories.get_mut(number) else { return };
        let document = |slot: u32| self.documents.get(slot)?.as_ref();
        let Some(joined) = document(slot) else { return };
        let mut fellows = story.members.iter().filter_map(|&slot| document(slot));
        // The first member of a language is summed when the second comes: most stories never have one.
        if let Some(first) = fellows.find(|member| member.tongue == joined.tongue) {
            match story.sums.iter_mut().find(|(tongue, _)| *tongue == joined.tongue) {
                Some((_, sum)) => *sum = sum::added(sum, &joined.terms),
                None => {
                    story.sums.push((joined.tongue, sum::added(&sum::added(&[], &first.terms), &joined.terms)));
                }
            }
        }
        story.members.push(slot, usize::MAX);
    }

    /// Takes an entry out of a story's members; a story without members is forgotten.
    pub(super) fn leave(&mut self, document: &Document, slot: u32) {
        let Some(story) = self.stories.get_mut(document.story) else { return };
        story.members.remove(slot);
        if story.members.is_empty() {
            let key = self.story_numbers.key(&story.id);
            self.story_numbers.remove(key, |number| number == document.story);
            self.free_stories.push(document.story);
        }
        let held = |slot: &u32| self.documents.get(*slot)?.as_ref();
        let fellow = |slot: &u32| held(slot).is_some_and(|member| member.tongue == document.tongue);
        if story.members.iter().filter(|slot| fellow(slot)).take(2).count() < 2 {
            story.sums.retain(|(tongue, _)| *tongue != document.tongue);
        } else if let Some((_, sum)) = story.sums.iter_mut().find(|(tongue, _)| *tongue == document.tongue) {
            sum::subtract(sum, &document.terms);
        }
    }

    pub(super) fn admit(&mut self, id: &StoryId) -> u32 {
        if let Some(number) = self.story_number(id) {
            return number;
        }
        let id = self.ids.keep(id);
        let story = IndexedStory { id, members: Newest::None, sums: Vec::new() };
        let number = self.free_stories.pop().unwrap_or(self.stories.len() as u32);
        match self.stories.get_mut(number) {
            Some(free) => *free = story,
            None => self.stories.push(story),
        }
        self.story_numbers.add(self.story_numbers.key(&id), number);
        number
    }
}
