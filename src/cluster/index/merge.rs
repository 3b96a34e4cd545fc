//! Makes one story of two in the index.

use super::super::chunks::Chunks;
use super::{Index, IndexedStory};
use crate::model::StoryId;

impl Index {
    /// Makes two stories one: the members of `loser` belong to `survivor` from now on, in the order in which they were
    /// inserted, so that the index is the one that inserting them there would have made, but for which of their words
    /// count as repeated (`limits::REPEATED`): that stays as it was when each came.
    pub fn merge(&mut self, loser: &StoryId, survivor: &StoryId) {
        if loser == survivor {
            return;
        }
        let (Some(number), Some(id)) = (self.story_number(loser), self.ids.find(loser)) else { return };
        self.story_numbers.remove(self.story_numbers.key(&id), |other| other == number);
        let into = self.admit(survivor);
        let taken = |stories: &mut Chunks<IndexedStory>, number: u32| {
            let story = stories.get_mut(number)?;
            story.sums.clear();
            Some(std::mem::take(&mut story.members).to_vec())
        };
        let mut members = taken(&mut self.stories, number).unwrap_or_default();
        members.extend(taken(&mut self.stories, into).unwrap_or_default());
        self.free_stories.push(number);
        members.sort_by_key(|&slot| self.document(slot).map(|document| document.insertion));
        for slot in members {
            if let Some(document) = self.documents.get_mut(slot).and_then(Option::as_mut) {
                document.story = into;
            }
            self.join(into, slot);
        }
    }
}
