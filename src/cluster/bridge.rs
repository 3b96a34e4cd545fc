//! Shows that two stories that began apart are one: an entry that matches both in, the other story out.
//!
//! # Theory of operation
//!
//! An entry joins the story that it matches best. When it matches a second one just as surely, the two may be one
//! that was told in different words at first. A false merge hides news, so three things must come together:
//!
//! 1. **The entry says so**: it has the id, the address or the text of a member of the other story, or the event
//!    scorer gives both stories [`BRIDGE_SCORE`], which is far above what joining takes. Text counts only where most
//!    of the entry's own text stands in both stories: a digest holds the texts of stories that have nothing in common.
//! 2. **The stories say so** when they are weighed against each other without that entry, so that no single entry can
//!    tie together what it likes: the members of each are, on average, as alike as [`BRIDGE_LIKENESS`] to all members
//!    of the other together.
//! 3. **Nothing speaks against it**: no source has editions of one series in the two, none of the members is of a
//!    kind that reports no single event, and the smaller story has no more than [`BRIDGE_MEMBERS`].
//!
//! Members are compared with those in the same language. Two stories that have no language in common stay apart.

#[cfg(test)]
mod tests;

use rustc_hash::FxHashMap;

use super::asked::Asked;
use super::copy::Copy;
use super::document::Document;
use super::event::Candidate;
use super::evidence;
use super::foreign::Tongue;
use super::index::{Index, IndexedStory};
use super::limits::{BRIDGE_LIKENESS, BRIDGE_MEMBERS, BRIDGE_OWN_TEXT_PERCENT, BRIDGE_SCORE, MEMBERS_LOOKED_AT};
use super::vocabulary::TermId;
use super::{Found, series};
use crate::model::{EntryId, Reason, StoryId};

/// A story that an entry matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The story.
    pub story: StoryId,
    /// The level that says so.
    pub reason: Reason,
    /// How sure, 0 to 1; 1 for everything but [`Reason::Event`].
    pub score: f32,
}

/// Another story that is one with the story of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Bridge {
    /// The other story.
    pub other: StoryId,
    /// A few words for people: the other story, and what was asked of it.
    pub evidence: String,
}

/// Finds the story that is one with `home`, the story of an entry that the index holds, among those that the entry
/// matches: the surest that stands the test.
pub fn bridge(index: &Index, entry: EntryId, home: &StoryId, matches: &[Match]) -> Option<Bridge> {
    let near = Side::of(index, index.story_named(home)?, entry);
    let enough =
        |found: &&Match| found.story != *home && (found.reason != Reason::Event || found.score >= BRIDGE_SCORE);
    matches.iter().filter(enough).find_map(|found| {
        let far = Side::of(index, index.story_named(&found.story)?, entry);
        if far.refuses(&near) {
            return None;
        }
        let alike = near.likeness(index, &far)?.min(far.likeness(index, &near)?);
        let evidence = evidence::bridged(found, far.members.last()?, alike);
        (alike >= BRIDGE_LIKENESS).then(|| Bridge { other: found.story.clone(), evidence })
    })
}

impl Found {
    /// All stories that the entry matches, its own first.
    pub fn matches(self) -> Vec<Match> {
        let own = Match { story: self.story, reason: self.reason, score: self.score };
        std::iter::once(own).chain(self.others).collect()
    }
}

/// Of the candidates of an entry that joins `home` as a report of its event, those that could be one with it.
pub(super) fn others(found: &[Candidate], threshold: f32, home: &StoryId) -> Vec<Match> {
    let enough = |other: &&Candidate| other.story != *home && other.score >= threshold.max(BRIDGE_SCORE);
    let matched = |other: &Candidate| Match { story: other.story.clone(), reason: Reason::Event, score: other.score };
    found.iter().filter(enough).map(matched).collect()
}

/// The same for an entry that joins `home` by its id, its address or its text; `joined` are the copies if it was by
/// its text.
pub(super) fn others_of_sure(asked: &Asked<'_>, home: &StoryId, joined: Option<&[Copy<'_>]>) -> Vec<Match> {
    let story = |member: &Document| asked.index.story(member.story).map(|story| asked.index.id_of(story));
    let mut matches: Vec<Match> = Vec::new();
    let mut add = |member: &Document, reason| {
        if let Some(story) =
            story(member).filter(|story| story != home && matches.iter().all(|sure| sure.story != *story))
        {
            matches.push(Match { story, reason, score: 1.0 });
        }
    };
    if let Some(member) = asked.same_id() {
        add(member, Reason::Id);
    }
    if let Some(member) = asked.same_url() {
        add(member, Reason::Url);
    }
    let own = if joined.is_none() { asked.copies() } else { Vec::new() };
    let copies = joined.unwrap_or(&own).iter().filter(|copy| copy.own_percent >= BRIDGE_OWN_TEXT_PERCENT);
    if joined.is_none() || copies.clone().any(|copy| story(copy.member).is_some_and(|story| story == *home)) {
        copies.for_each(|copy| add(copy.member, Reason::Text));
    }
    if let Some(threshold) = asked.threshold {
        let mut probable = others(&asked.candidates(), threshold, home);
        probable.retain(|other| matches.iter().all(|sure| sure.story != other.story));
        matches.extend(probable);
    }
    matches
}

/// One of two stories that are weighed against each other: its newest members, the newest first.
struct Side<'i> {
    size: usize,
    members: Vec<&'i Document>,
}

impl<'i> Side<'i> {
    /// A story without the entry that bridges, unless that is all there is.
    fn of(index: &'i Index, story: &IndexedStory, entry: EntryId) -> Self {
        let newest = || story.members.iter().rev().filter_map(|&slot| index.document(slot));
        let members: Vec<&Document> = newest().filter(|member| member.entry != entry).take(MEMBERS_LOOKED_AT).collect();
        if members.is_empty() {
            return Self { size: 1, members: newest().take(1).collect() };
        }
        Self { size: story.members.len(), members }
    }

    fn refuses(&self, other: &Self) -> bool {
        let mut pairs = self.members.iter().flat_map(|one| other.members.iter().map(move |other| (one, other)));
        self.size.min(other.size) > BRIDGE_MEMBERS
            || self.members.iter().chain(&other.members).any(|member| member.form.alone)
            || pairs.any(|(one, other)| series::two_editions(one, other))
    }

    /// The mean cosine of the members and all of the other story together, those of one language each; `None` when the
    /// two have none in common.
    fn likeness(&self, index: &Index, other: &Self) -> Option<f32> {
        let mut sums: Vec<(Tongue, Vector)> = Vec::new();
        for member in &other.members {
            match sums.iter_mut().find(|(tongue, _)| *tongue == member.tongue) {
                Some((_, sum)) => sum.add(index, member),
                None => sums.push((member.tongue, Vector::of(index, member))),
            }
        }
        let sum = |member: &Document| sums.iter().find(|(tongue, _)| *tongue == member.tongue).map(|(_, sum)| sum);
        let cosines: Vec<f32> =
            self.members.iter().filter_map(|member| Some(Vector::of(index, member).cosine(sum(member)?))).collect();
        (!cosines.is_empty()).then(|| cosines.iter().sum::<f32>() / cosines.len() as f32)
    }
}

/// Words, each with its weight and rarity.
#[derive(Default)]
struct Vector(FxHashMap<TermId, f32>);

impl Vector {
    fn of(index: &Index, member: &Document) -> Self {
        let mut vector = Self::default();
        vector.add(index, member);
        vector
    }

    fn add(&mut self, index: &Index, member: &Document) {
        let log_total = index.log_total();
        for held in &member.terms {
            let rarity = (log_total - index.vocabulary.log_commonness(held.term())).max(0.0);
            *self.0.entry(held.term()).or_default() += held.weight() * rarity;
        }
    }

    fn cosine(&self, other: &Self) -> f32 {
        // In the order of the terms: sums of the same numbers in another order may differ.
        let sorted = |vector: &Self| {
            let mut words: Vec<(TermId, f32)> = vector.0.iter().map(|(&term, &weight)| (term, weight)).collect();
            words.sort_unstable_by_key(|(term, _)| *term);
            words
        };
        let norm = |words: &[(TermId, f32)]| words.iter().map(|(_, weight)| weight * weight).sum::<f32>();
        let (own, theirs) = (sorted(self), sorted(other));
        let shared = own.iter().filter_map(|(term, weight)| Some(weight * other.0.get(term)?));
        let norms = (norm(&own) * norm(&theirs)).sqrt();
        if norms > 0.0 { shared.sum::<f32>() / norms } else { 0.0 }
    }
}
