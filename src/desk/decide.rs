//! Decides what the answers of some sources change: which entries are new or say something new, which story each
//! belongs to, who leads it. Reads the store, changes the index, writes nothing.

use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::merge::{merge, survivor_of};
use super::polls::Polls;
use super::{Core, Reading, flood, lead, rulings};
use crate::cluster::{self, Found};
use crate::config::Schedule;
use crate::edit;
use crate::model::{Changes, Entry, EntryId, Publisher, Reason, Source, Story, StoryEntries, StoryId};
use crate::store::{self, Known};

/// What a batch of answers came to.
#[derive(Debug, Default)]
pub(super) struct Decision {
    pub(super) changes: Changes,
    /// The sources whose polls `changes` has, in their order there.
    pub(super) polled: Vec<Arc<Source>>,
    /// What happened to stories, for people who watch.
    pub(super) news: Vec<News>,
    /// Entries that rulings moved to another story.
    pub(super) refiled: usize,
}

/// An entry that opened a story, joined one, or was revised.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// The story.
    pub story: StoryId,
    /// How the entry came to it, `First` when it opened it; `None` for a revision of a member.
    pub reason: Option<Reason>,
    /// The entry's title.
    pub title: String,
    /// The publisher of the entry.
    pub publisher: Publisher,
    /// How many publishers carry the story now.
    pub publishers: usize,
}

/// The stories that a batch touches, as they will be.
pub(super) type Touched = BTreeMap<StoryId, StoryEntries>;

/// Decides on a batch of readings that belong to the cycle that began at `now`.
///
/// The entries of all readings go in the order of their publication, so that neither the order in which servers
/// answer nor the order of the configuration has a say in which story is found.
pub(super) fn decide(
    core: &mut Core,
    readings: Vec<Reading>,
    now: DateTime<Utc>,
    schedule: &Schedule,
) -> Result<Decision, store::Error> {
    let mut decision = Decision::default();
    let mut touched = Touched::new();
    let mut arrived: Vec<(Arc<Source>, Entry)> = Vec::new();
    let mut polls = Polls::with_capacity(readings.len());
    for mut reading in readings {
        flood::recognise(core, &mut reading, &mut decision)?;
        if reading.withdraws {
            withdraw(core, &reading, &mut touched, &mut decision.changes)?;
        }
        decision.changes.holds.extend(reading.hold.take());
        let carried = reading.carried.take().map(|carried| (reading.source.id.clone(), carried));
        decision.changes.documents.extend(carried);
        arrived.extend(polls.add(reading));
    }
    arrived.sort_by_key(|(_, entry)| (entry.published, entry.id));
    // A source that was renamed has entries of older ids than its items would get.
    let mut older = HashMap::new();
    for (source, entry) in arrived {
        let known = core.store.known(&source.id, &entry.key)?;
        let id = known.as_ref().map_or(entry.id, |known| known.entry.id);
        if id != entry.id {
            older.insert(entry.id, id);
        }
        match known {
            Some(known) if known.story.is_some() => {
                revise(core, &source, known, entry, &mut touched, &mut decision, now)?
            }
            known => {
                if known.is_none() {
                    polls.appeared(&entry);
                }
                place(core, &source, known, entry, &mut touched, &mut decision, now)?;
            }
        }
    }
    let carried = decision.changes.documents.iter_mut().flat_map(|(_, carried)| carried);
    carried.for_each(|carried| carried.entry = older.get(&carried.entry).copied().unwrap_or(carried.entry));
    decision.polled = polls.settle(schedule, &core.book, &mut decision.changes);
    rulings::obey(core, &mut touched, &mut decision, now)?;
    settle(core, touched, &mut decision);
    let held = decision.changes.entries.iter().filter_map(|entry| Some((entry.id, core.index.keep(entry.id)?)));
    decision.changes.held = held.collect();
    Ok(decision)
}

/// Stories as they are in the end: who leads them, and which are no more.
pub(super) fn settle(core: &Core, touched: Touched, decision: &mut Decision) {
    for (id, mut told) in touched {
        if told.entries.is_empty() {
            decision.changes.dissolved.push(id);
            continue;
        }
        if let Some(lead) = lead(&told.entries, &core.docket.rulings, &core.sources, &core.stories) {
            told.story.lead = lead;
        }
        decision.changes.stories.push(told.story);
    }
}

/// An entry that the desk did not have, or that its owner had taken back: finds its story or opens one.
fn place(
    core: &mut Core,
    source: &Source,
    known: Option<Known>,
    mut entry: Entry,
    touched: &mut Touched,
    decision: &mut Decision,
    now: DateTime<Utc>,
) -> Result<(), store::Error> {
    if let Some(Known { entry: before, .. }) = known {
        entry.id = before.id;
        entry.seen = before.seen;
    }
    let prepared = cluster::prepare(&entry, &source.publisher);
    let (story, member, others) = rulings::choose(core, touched, decision, &entry, &prepared)?;
    core.index.insert(prepared, &story);
    let mut reason = member.reason;
    if touch(core, touched, &story)?.is_none() {
        reason = Reason::First;
        touched.insert(story.clone(), StoryEntries { story: open(&story, &entry, now), entries: Vec::new() });
    }
    let told = touched.get_mut(&story).expect("touched or opened just now");
    told.story.members.push(member);
    change(&mut told.story, &entry, now);
    told.entries.push(entry.clone());
    let story = merge(core, &entry, story, &others, touched, decision, now)?;
    let publishers = touched.get(&story).map_or(1, |told| publishers(core, told));
    decision.news.push(News {
        story,
        reason: Some(reason),
        title: entry.title.to_string(),
        publisher: source.publisher.clone(),
        publishers,
    });
    decision.changes.entries.push(entry);
    Ok(())
}

/// An entry that the desk has: kept as it was where nothing changed for a reader, else revised in its place.
fn revise(
    core: &mut Core,
    source: &Source,
    known: Known,
    mut entry: Entry,
    touched: &mut Touched,
    decision: &mut Decision,
    now: DateTime<Utc>,
) -> Result<(), store::Error> {
    let Known { entry: before, story: Some(story), expired } = known else { return Ok(()) };
    let story = survivor_of(decision, story);
    decision.changes.carried.push((before.id, now));
    if entry.says_the_same_as(&before) {
        return Ok(());
    }
    // Its identity and its place in time are those of its first appearance: many sources renew the date of an old item.
    entry.id = before.id;
    entry.seen = before.seen;
    entry.published = before.published;
    let is_renamed = decision.changes.renamed.iter().any(|renamed| renamed.entry == entry.id);
    if is_renamed && entry.has_the_same_words_as(&before) {
        // Its source gave it another id, and perhaps another address: that is no news.
        entry.updated = before.updated;
        decision.changes.entries.push(entry);
        return Ok(());
    }
    if expired {
        // It lost its text to age and is carried again: nothing happened in the world.
        decision.changes.entries.push(entry);
        return Ok(());
    }
    decision.changes.versions.extend(edit::replaced(&before, &entry, now));
    entry.updated = Some(entry.updated.filter(|updated| Some(*updated) != before.updated).unwrap_or(now));
    let prepared = cluster::prepare(&entry, &source.publisher);
    core.index.insert(prepared.clone(), &story);
    core.docket.meet(&entry);
    let matches = cluster::find(&core.index, &prepared, &core.stories).map(Found::matches).unwrap_or_default();
    let Some(told) = touch(core, touched, &story)? else { return Ok(()) };
    if let Some(member) = told.entries.iter_mut().find(|member| member.id == entry.id) {
        *member = entry.clone();
    }
    change(&mut told.story, &entry, now);
    let story = merge(core, &entry, story, &matches, touched, decision, now)?;
    let publishers = touched.get(&story).map_or(1, |told| publishers(core, told));
    decision.news.push(News {
        story,
        reason: None,
        title: entry.title.to_string(),
        publisher: source.publisher.clone(),
        publishers,
    });
    decision.changes.entries.push(entry);
    Ok(())
}

/// Articles that are no longer in their folder leave their stories.
fn withdraw(
    core: &mut Core,
    reading: &Reading,
    touched: &mut Touched,
    changes: &mut Changes,
) -> Result<(), store::Error> {
    let mut present: BTreeSet<EntryId> = BTreeSet::new();
    for entry in &reading.entries {
        present.insert(entry.id);
        present.extend(core.store.known(&entry.source, &entry.key)?.map(|known| known.entry.id));
    }
    for (gone, story) in core.store.entries_of(&reading.source.id)? {
        if present.contains(&gone) {
            continue;
        }
        core.index.remove(gone);
        changes.withdrawn.push(gone);
        let Some(told) = touch(core, touched, &story)? else { continue };
        told.entries.retain(|entry| entry.id != gone);
        told.story.members.retain(|member| member.entry != gone);
        told.story.updated = told.story.updated.max(reading.now);
    }
    Ok(())
}

/// The story as this batch leaves it so far; `None` when the store has none. The first touch is a revision.
pub(super) fn touch<'a>(
    core: &Core,
    touched: &'a mut Touched,
    id: &StoryId,
) -> Result<Option<&'a mut StoryEntries>, store::Error> {
    match touched.entry(id.clone()) {
        Occupied(touched) => Ok(Some(touched.into_mut())),
        Vacant(vacant) => Ok(core.store.story(id)?.map(|mut told| {
            told.story.revision += 1;
            vacant.insert(told)
        })),
    }
}

pub(super) fn open(id: &StoryId, first: &Entry, now: DateTime<Utc>) -> Story {
    Story {
        id: id.clone(),
        lead: first.id,
        members: Vec::new(),
        first_seen: now,
        updated: first.published.min(now),
        revision: 1,
    }
}

/// Moves a story's last change. A story that is already published changed now; one that this cycle opened is as old
/// as what it reports, so that a first run over last week's news does not call it today's.
pub(super) fn change(story: &mut Story, entry: &Entry, now: DateTime<Utc>) {
    let said = entry.updated.unwrap_or(entry.published).min(now);
    story.updated = if story.first_seen == now {
        story.updated.max(said)
    } else {
        // Readers compare whole seconds: two changes within one must not look like none.
        now.max(story.updated.trunc_subsecs(0) + TimeDelta::seconds(1))
    };
}

fn publishers(core: &Core, told: &StoryEntries) -> usize {
    let publishers: BTreeSet<_> = told
        .entries
        .iter()
        .filter_map(|entry| core.sources.get(&entry.source))
        .map(|source| &source.publisher)
        .collect();
    publishers.len()
}
