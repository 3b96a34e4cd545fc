//! Keeps stories and their pages at hand from one publication to the next: only what has changed is read and made again.
//!
//! What stands here is what the store holds: every commit takes from the shelf what it touched, and nobody else writes
//! to the store. A story that the last publication did not ask for is put away, and so is what does not fit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::lineup::{self, Lineup};
use super::{Core, lead};
use crate::config::Stories;
use crate::model::{Changes, EditionName, Entry, EntryId, Rendered, SourceId, Sources, StoryEntries, StoryId};
use crate::store::{self, StoryOrder};

/// All stories here take about so much at most; what is beyond is read each time.
const MOST_BYTES: usize = 64 << 20;
/// What an entry takes beside its texts.
const ENTRY_BYTES: usize = 1024;

/// Stories at hand.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    stories: HashMap<StoryId, Shelved>,
    /// The stories of the entries here.
    of_entries: HashMap<EntryId, StoryId>,
    bytes: usize,
    /// The number of the present publication.
    turn: u64,
    /// What the stories here were told with.
    sources: Arc<Sources>,
    /// Whether rulings may have had a say in who leads.
    ruled: bool,
    /// The stories that each edition chooses from, in order.
    lineups: BTreeMap<EditionName, Lineup>,
}

#[derive(Debug)]
struct Shelved {
    told: Arc<StoryEntries>,
    /// Its page, once it was made; `None` inside when it has none.
    page: Option<Option<Rendered>>,
    bytes: usize,
    /// The publication that last asked for it.
    turn: u64,
}

impl Shelf {
    /// Begins a publication. What was told with other sources is of no use.
    pub(super) fn open(&mut self, sources: &Arc<Sources>) {
        if !Arc::ptr_eq(sources, &self.sources) && **sources != *self.sources {
            self.clear();
        }
        self.sources = Arc::clone(sources);
        self.turn += 1;
    }

    /// Ends a publication: what nobody asked for is put away.
    pub(super) fn close(&mut self) {
        let turn = self.turn;
        let old: Vec<StoryId> =
            self.stories.iter().filter(|(_, shelved)| shelved.turn < turn).map(|(id, _)| id.clone()).collect();
        old.iter().for_each(|id| self.put_away(id));
    }

    /// Puts away what a commit touches.
    pub(super) fn forget(&mut self, changes: &Changes) {
        let stories = changes.stories.iter().map(|story| &story.id).chain(&changes.dissolved);
        let merged = changes.merged.iter().flat_map(|merged| [&merged.loser, &merged.survivor]);
        let mut touched: BTreeSet<StoryId> = stories.chain(merged).cloned().collect();
        let told = changes.stories.iter().flat_map(|story| &story.members);
        let told: HashSet<EntryId> = told.map(|member| member.entry).collect();
        let mut is_all_told = true;
        let entries = changes.entries.iter().map(|entry| &entry.id).chain(&changes.withdrawn);
        let versions = changes.versions.iter().map(|version| &version.entry);
        let renamed = changes.renamed.iter().map(|renamed| &renamed.entry);
        for entry in entries.chain(versions).chain(renamed) {
            match self.of_entries.get(entry) {
                Some(story) => drop(touched.insert(story.clone())),
                None => is_all_told &= told.contains(entry),
            }
        }
        touched.iter().for_each(|story| self.put_away(story));
        match is_all_told {
            true => self.lineups.values_mut().for_each(|lineup| lineup.touch(&touched)),
            // They may belong to any story that is not here.
            false => self.lineups.clear(),
        }
    }

    /// Puts everything away.
    pub(super) fn clear(&mut self) {
        self.stories.clear();
        self.of_entries.clear();
        self.lineups.clear();
        self.bytes = 0;
    }

    /// The page of a story, where it was made since the story last changed.
    pub(super) fn page(&self, story: &StoryId) -> Option<Option<Rendered>> {
        self.stories.get(story)?.page.clone()
    }

    /// Keeps the page of a story that is here.
    pub(super) fn keep_page(&mut self, story: &StoryId, page: &Option<Rendered>) {
        if let Some(shelved) = self.stories.get_mut(story) {
            shelved.page = Some(page.clone());
        }
    }

    fn get(&mut self, story: &StoryId) -> Option<Arc<StoryEntries>> {
        let shelved = self.stories.get_mut(story)?;
        shelved.turn = self.turn;
        Some(Arc::clone(&shelved.told))
    }

    fn keep(&mut self, told: &Arc<StoryEntries>) {
        let bytes = told.entries.iter().map(size).sum();
        if self.bytes + bytes > MOST_BYTES {
            return;
        }
        self.put_away(&told.story.id);
        self.bytes += bytes;
        let members = told.entries.iter().map(|entry| (entry.id, told.story.id.clone()));
        self.of_entries.extend(members);
        let shelved = Shelved { told: Arc::clone(told), page: None, bytes, turn: self.turn };
        self.stories.insert(told.story.id.clone(), shelved);
    }

    fn put_away(&mut self, story: &StoryId) {
        let Some(shelved) = self.stories.remove(story) else { return };
        self.bytes -= shelved.bytes;
        for entry in &shelved.told.entries {
            if self.of_entries.get(&entry.id) == Some(story) {
                self.of_entries.remove(&entry.id);
            }
        }
    }
}

fn size(entry: &Entry) -> usize {
    ENTRY_BYTES + entry.title.as_str().len() + entry.summary.as_str().len() + entry.content.as_str().len()
}

/// The newest stories for an edition, with a member from one of `sources`, as [`store::Store::stories`] has them, with
/// the lead that the configuration and the rulings choose.
///
/// # Errors
/// When the store fails.
pub(super) fn stories(
    core: &mut Core,
    edition: &EditionName,
    sources: Option<&[SourceId]>,
    order: StoryOrder,
    limit: usize,
    config: &Stories,
) -> Result<Vec<Arc<StoryEntries>>, store::Error> {
    let known = core.shelf.lineups.remove(edition);
    let lineup = lineup::renewed(known, order, limit, |only| core.store.ranked(sources, order, limit, only))?;
    let all = Arc::clone(&core.shelf.sources);
    let rules = !core.docket.rulings.list().is_empty();
    // Rulings that were taken back may have chosen a lead, too.
    let ask_again = rules || core.shelf.ruled;
    core.shelf.ruled = rules;
    let mut stories = Vec::new();
    for id in lineup.stories() {
        let at_hand = core.shelf.get(id);
        if let Some(told) = at_hand.as_ref().filter(|told| {
            !ask_again
                || lead(&told.entries, &core.docket.rulings, &all, config).is_none_or(|lead| lead == told.story.lead)
        }) {
            stories.push(Arc::clone(told));
            continue;
        }
        let Some(mut told) = core.store.story(id)? else { continue };
        // The configuration may say something else of leads than when the story was committed.
        if let Some(lead) = lead(&told.entries, &core.docket.rulings, &all, config) {
            told.story.lead = lead;
        }
        let told = Arc::new(told);
        core.shelf.keep(&told);
        stories.push(told);
    }
    core.shelf.lineups.insert(edition.clone(), lineup);
    Ok(stories)
}
