//! Makes one story of two that began apart, within a batch.

use chrono::{DateTime, Utc};

use super::Core;
use super::decide::{Decision, Touched, change, touch};
use super::rulings::standing;
use crate::cluster::{self, Match};
use crate::model::{Entry, Membership, Merged, Story, StoryEntries, StoryId};
use crate::store;

/// Merges the story that `entry` was filed into with another that it shows to be the same, if there is one among
/// `matches` and no ruling keeps the two apart. Returns the story that the entry belongs to from now on.
///
/// The older story goes on under its id, as one more revision of it; of two that the same cycle opened, the one with
/// the smaller id. The other id becomes an alias, if it was ever committed.
pub(super) fn merge(
    core: &mut Core,
    entry: &Entry,
    home: StoryId,
    matches: &[Match],
    touched: &mut Touched,
    decision: &mut Decision,
    now: DateTime<Utc>,
) -> Result<StoryId, store::Error> {
    let Some(bridge) = cluster::bridge(&core.index, entry.id, &home, matches) else { return Ok(home) };
    if are_parted(core, touched, &home, &bridge.other)? {
        return Ok(home);
    }
    if touch(core, touched, &home)?.is_none() || touch(core, touched, &bridge.other)?.is_none() {
        return Ok(home);
    }
    let (Some(one), Some(other)) = (touched.remove(&home), touched.remove(&bridge.other)) else { return Ok(home) };
    let age = |told: &StoryEntries| (told.story.first_seen, told.story.id.clone());
    let (mut survivor, loser) = if age(&one) <= age(&other) { (one, other) } else { (other, one) };
    let (id, gone) = (survivor.story.id.clone(), loser.story.clone());
    if id != home {
        change(&mut survivor.story, entry, now);
    }
    survivor.story.updated = survivor.story.updated.max(loser.story.updated);
    join(&mut survivor, loser);
    if let Some(member) = survivor.story.members.iter_mut().find(|member| member.entry == entry.id) {
        member.evidence = format!("{}; {}", member.evidence, bridge.evidence);
    }
    touched.insert(id.clone(), survivor);
    core.index.merge(&gone.id, &id);
    becomes(decision, gone, &id, now);
    Ok(id)
}

/// Whether a ruling keeps members of two stories apart.
fn are_parted(core: &Core, touched: &Touched, one: &StoryId, other: &StoryId) -> Result<bool, store::Error> {
    if core.docket.rulings.list().is_empty() {
        return Ok(false);
    }
    let stories = [standing(core, touched, one)?, standing(core, touched, other)?];
    let members = stories.into_iter().flatten().flat_map(|story| story.members);
    Ok(core.docket.rulings.parted(members).is_some())
}

/// Notes that a story has gone into another. Its id becomes an alias, if it was ever committed.
pub(super) fn becomes(decision: &mut Decision, gone: Story, survivor: &StoryId, now: DateTime<Utc>) {
    for merged in decision.changes.merged.iter_mut().filter(|merged| merged.survivor == gone.id) {
        merged.survivor = survivor.clone();
    }
    for news in decision.news.iter_mut().filter(|news| news.story == gone.id) {
        news.story = survivor.clone();
    }
    // A story that this batch opened has its first revision, and nobody has its id.
    if gone.revision > 1 {
        decision.changes.merged.push(Merged { loser: gone.id, survivor: survivor.clone(), since: now });
    }
}

/// Moves the members of one story to another, each to its place in the order of joining. The first stays the first.
fn join(survivor: &mut StoryEntries, loser: StoryEntries) {
    let mut members = pairs(std::mem::take(&mut survivor.story.members), std::mem::take(&mut survivor.entries));
    let opener = members.first().map(|(member, _)| member.entry);
    let from = loser.story.id;
    let moved = pairs(loser.story.members, loser.entries).into_iter().map(|(mut member, entry)| {
        // Where a story was merged before, its own members keep the id under which they were published.
        if !member.evidence.contains(CAME_WITH) {
            member.evidence = format!("{}{CAME_WITH}{from}", member.evidence);
        }
        (member, entry)
    });
    members.extend(moved);
    // A stable sort: the order within each story stays.
    members.sort_by_key(|(member, entry)| (Some(member.entry) != opener, entry.seen));
    (survivor.story.members, survivor.entries) = members.into_iter().unzip();
}

/// Stands in the evidence of a member whose story was merged, before that story's id.
const CAME_WITH: &str = "; came with ";

fn pairs(members: Vec<Membership>, entries: Vec<Entry>) -> Vec<(Membership, Entry)> {
    members.into_iter().zip(entries).collect()
}

/// The story that an id stands for after the merges of this batch.
pub(super) fn survivor_of(decision: &Decision, id: StoryId) -> StoryId {
    let merged = decision.changes.merged.iter().find(|merged| merged.loser == id);
    merged.map_or(id, |merged| merged.survivor.clone())
}
