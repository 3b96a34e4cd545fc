//! Keeps stories in line with the editor's rulings: seats new entries, moves those that are filed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::decide::{Decision, Touched, change, open, settle, touch};
use super::merge::{becomes, survivor_of};
use super::{Core, lead, publisher_of};
use crate::cluster::rulings::{EntryName, Move, Rulings, Seat, Standing};
use crate::cluster::{self, Match, Prepared};
use crate::model::{Entry, EntryId, Membership, Reason, Story, StoryEntries, StoryId};
use crate::store;

/// Brings the stories in the store in line with the rulings, when they have changed since that was done last.
pub(super) fn refile(core: &mut Core, now: DateTime<Utc>) -> Result<Decision, store::Error> {
    let mut decision = Decision::default();
    core.docket.look();
    if core.docket.is_done {
        return Ok(decision);
    }
    meet_stored(&core.store, &mut core.docket.rulings)?;
    core.docket.called = core.docket.rulings.known().collect();
    let mut touched = Touched::new();
    obey(core, &mut touched, &mut decision, now)?;
    for entry in core.docket.rulings.leads().collect::<Vec<_>>() {
        let Some(story) = story_of(core, &touched, &decision, entry)? else { continue };
        let Some(told) = core.store.story(&story)?.filter(|_| !touched.contains_key(&story)) else { continue };
        if lead(&told.entries, &core.docket.rulings, &core.sources, &core.stories) != Some(told.story.lead)
            && let Some(told) = touch(core, &mut touched, &story)?
        {
            revised(&mut told.story, now);
        }
    }
    settle(core, touched, &mut decision);
    core.docket.is_done = true;
    Ok(decision)
}

/// Makes the entries of a store that rulings name known to them.
///
/// # Errors
/// When the store cannot be read.
pub fn meet_stored(store: &store::Store, rulings: &mut Rulings) -> Result<(), store::Error> {
    for entry in find_named(store, rulings.names())? {
        rulings.meet(&entry);
    }
    Ok(())
}

/// The entries of a store that bear one of some names.
///
/// # Errors
/// When the store cannot be read.
pub fn find_named(store: &store::Store, names: &[EntryName]) -> Result<Vec<Entry>, store::Error> {
    let (mut urls, mut keys, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        match name {
            EntryName::Page { written, url } => {
                urls.push(url.0.as_str());
                keys.push(written.as_str());
            }
            EntryName::Key { key, .. } => keys.push(key.as_str()),
            EntryName::Id(id) => ids.push(*id),
        }
    }
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = store.entries_like(&urls, &keys, &ids)?;
    if let [name] = names {
        found.retain(|entry| name.names(entry));
    }
    Ok(found)
}

/// Finds the story of a new entry, or the id of the one that it opens: rulings first, then the machine. With it come
/// the other stories that the entry matches.
pub(super) fn choose(
    core: &mut Core,
    touched: &Touched,
    decision: &Decision,
    entry: &Entry,
    prepared: &Prepared,
) -> Result<(StoryId, Membership, Vec<Match>), store::Error> {
    let seat = match core.docket.meet(entry) {
        true => core.docket.rulings.seat(entry.id, |other| story_of(core, touched, decision, other))?,
        false => Seat::default(),
    };
    let member = |reason, score, evidence| Membership { entry: entry.id, reason, score, evidence };
    if let Some((story, evidence)) = seat.join {
        return Ok((story, member(Reason::Ruling, 1.0, evidence), Vec::new()));
    }
    let Some(found) = cluster::find(&core.index, prepared, &core.stories) else {
        let minted = StoryId::mint(&core.authority, entry);
        // An article that comes back opened its story before: that may have been merged since.
        let story = survivor_of(decision, core.store.resolve(&minted)?.unwrap_or(minted));
        let story = if seat.avoid.contains_key(&story) { fresh(core, touched, entry)? } else { story };
        return Ok((story, member(Reason::First, 1.0, "no earlier story is near enough".into()), Vec::new()));
    };
    let Some(ruling) = seat.avoid.get(&found.story) else {
        return Ok((found.story, member(found.reason, found.score, found.evidence), found.others));
    };
    let forbidden: BTreeSet<&StoryId> = seat.avoid.keys().collect();
    match cluster::find_outside(&core.index, prepared, &core.stories, &forbidden) {
        Some(found) => {
            let evidence = next_best(&found.evidence, ruling);
            Ok((found.story, member(found.reason, found.score, evidence), found.others))
        }
        None => Ok((fresh(core, touched, entry)?, member(Reason::Ruling, 1.0, ruling.clone()), Vec::new())),
    }
}

/// Carries out what the rulings say of the entries of this batch: moves what stands where it must not.
pub(super) fn obey(
    core: &mut Core,
    touched: &mut Touched,
    decision: &mut Decision,
    now: DateTime<Utc>,
) -> Result<(), store::Error> {
    let called = std::mem::take(&mut core.docket.called);
    let mut stories: BTreeMap<StoryId, Standing> = BTreeMap::new();
    for entry in core.docket.rulings.concerned(&called) {
        let Some(story) = story_of(core, touched, decision, entry)?.filter(|story| !stories.contains_key(story)) else {
            continue;
        };
        if let Some(standing) = standing(core, touched, &story)? {
            stories.insert(story, standing);
        }
    }
    for step in core.docket.rulings.plan(stories.into_values().collect()) {
        match step {
            Move::Join { entries, named, from, into, evidence } => {
                decision.refiled += entries.len();
                let moved = take(core, touched, &from, &entries, now)?;
                let moved = moved.into_iter().map(|(mut member, entry)| {
                    // Who came along unnamed keeps what brought him to the others, unless that story is no more.
                    if named.contains(&member.entry) || member.reason == Reason::First {
                        member =
                            Membership { reason: Reason::Ruling, score: 1.0, evidence: evidence.clone(), ..member };
                    }
                    (member, entry)
                });
                put(core, touched, &into, moved.collect(), now)?;
                if touched.get(&from).is_some_and(|told| told.entries.is_empty())
                    && let Some(gone) = touched.remove(&from)
                {
                    becomes(decision, gone.story, &into, now);
                }
            }
            Move::Leave { entries, from, evidence } => {
                decision.refiled += entries.len();
                let mut moved = take(core, touched, &from, &entries, now)?;
                let into = leave(core, touched, decision, &from, &mut moved, &evidence)?;
                put(core, touched, &into, moved, now)?;
            }
        }
    }
    Ok(())
}

/// Where entries go that must leave a story, with what is kept as the evidence: one of them alone to the next best
/// story, else to one of their own.
fn leave(
    core: &mut Core,
    touched: &Touched,
    decision: &Decision,
    from: &StoryId,
    moved: &mut [(Membership, Entry)],
    ruling: &str,
) -> Result<StoryId, store::Error> {
    for (member, _) in moved.iter_mut() {
        *member = Membership { entry: member.entry, reason: Reason::Ruling, score: 1.0, evidence: ruling.to_owned() };
    }
    if let [(member, entry)] = moved
        && core.index.story_of(entry.id).is_some()
    {
        let prepared = cluster::prepare(entry, &publisher_of(&entry.source, &core.sources));
        let seat = core.docket.rulings.seat(entry.id, |other| story_of(core, touched, decision, other))?;
        let forbidden: BTreeSet<&StoryId> = seat.avoid.keys().chain([from]).collect();
        if let Some(found) = cluster::find_outside(&core.index, &prepared, &core.stories, &forbidden) {
            let evidence = next_best(&found.evidence, ruling);
            *member = Membership { entry: entry.id, reason: found.reason, score: found.score, evidence };
            return Ok(found.story);
        }
    }
    match moved {
        [(_, first), ..] => fresh(core, touched, first),
        [] => Ok(from.clone()),
    }
}

/// Takes entries out of a story.
fn take(
    core: &Core,
    touched: &mut Touched,
    story: &StoryId,
    entries: &[EntryId],
    now: DateTime<Utc>,
) -> Result<Vec<(Membership, Entry)>, store::Error> {
    let Some(told) = touch(core, touched, story)? else { return Ok(Vec::new()) };
    revised(&mut told.story, now);
    let goes = |entry: &EntryId| entries.contains(entry);
    let members: Vec<Membership> = told.story.members.extract_if(.., |member| goes(&member.entry)).collect();
    let mut texts: BTreeMap<EntryId, Entry> =
        told.entries.extract_if(.., |entry| goes(&entry.id)).map(|entry| (entry.id, entry)).collect();
    let with_text = |member: Membership| texts.remove(&member.entry).map(|entry| (member, entry));
    Ok(members.into_iter().filter_map(with_text).collect())
}

/// Puts entries into a story, which is opened when there is none.
fn put(
    core: &mut Core,
    touched: &mut Touched,
    story: &StoryId,
    moved: Vec<(Membership, Entry)>,
    now: DateTime<Utc>,
) -> Result<(), store::Error> {
    let Some((_, first)) = moved.first() else { return Ok(()) };
    if touch(core, touched, story)?.is_none() {
        // It is as old as what it holds: a story that is split off is no news.
        let seen = moved.iter().map(|(_, entry)| entry.seen).min().unwrap_or(now);
        let opened = Story { first_seen: seen, ..open(story, first, now) };
        touched.insert(story.clone(), StoryEntries { story: opened, entries: Vec::new() });
    }
    let told = touched.get_mut(story).expect("touched or opened just now");
    for (member, entry) in moved {
        change(&mut told.story, &entry, now);
        if core.index.story_of(entry.id).is_some() {
            core.index.insert(cluster::prepare(&entry, &publisher_of(&entry.source, &core.sources)), story);
        }
        told.story.members.push(member);
        told.entries.push(entry);
    }
    Ok(())
}

/// The id of a story that an entry opens, other than those that are taken, if only as an alias.
fn fresh(core: &Core, touched: &Touched, first: &Entry) -> Result<StoryId, store::Error> {
    let minted = StoryId::mint(&core.authority, first);
    let mut story = minted.clone();
    let mut number = 1;
    while touched.contains_key(&story) || core.store.resolve(&story)?.is_some() {
        number += 1;
        story = StoryId::stored(&format!("{minted}-{number}"));
    }
    Ok(story)
}

/// The story of an entry as this batch leaves it so far.
fn story_of(
    core: &Core,
    touched: &Touched,
    decision: &Decision,
    entry: EntryId,
) -> Result<Option<StoryId>, store::Error> {
    let holds = |told: &&StoryEntries| told.story.members.iter().any(|member| member.entry == entry);
    if let Some(told) = touched.values().find(holds) {
        return Ok(Some(told.story.id.clone()));
    }
    let stored = core.store.story_of(entry)?.map(|story| survivor_of(decision, story));
    // A story that was touched and does not hold it lost it.
    Ok(stored.filter(|story| !touched.contains_key(story)))
}

/// A story as this batch leaves it so far; `None` when there is none.
pub(super) fn standing(core: &Core, touched: &Touched, id: &StoryId) -> Result<Option<Standing>, store::Error> {
    if let Some(told) = touched.get(id) {
        let published = told.entries.iter().map(|entry| entry.published).min().unwrap_or_default();
        let members = told.story.members.iter().map(|member| member.entry).collect();
        return Ok(Some(Standing { story: id.clone(), first_seen: told.story.first_seen, published, members }));
    }
    Ok(core.store.outline(id)?.map(|outline| Standing {
        story: id.clone(),
        first_seen: outline.first_seen,
        published: outline.published,
        members: outline.members,
    }))
}

/// Marks a story that lost a member, or has another lead, as changed. One that this cycle opened is as old as it was.
fn revised(story: &mut Story, now: DateTime<Utc>) {
    if story.first_seen != now {
        // Readers compare whole seconds.
        story.updated = now.max(story.updated.trunc_subsecs(0) + TimeDelta::seconds(1));
    }
}

fn next_best(evidence: &str, ruling: &str) -> String {
    format!("{evidence}; not with a likelier one: {ruling}")
}
