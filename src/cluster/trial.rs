//! What speaks for and against an entry joining a certain story, for people who ask why it did or did not.

use super::document::Document;
use super::index::Index;
use super::prepare::Prepared;
use super::{event, series};
use crate::config;
use crate::model::{EntryId, StoryId};

/// How an entry and a story were weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// What decided.
    pub verdict: Verdict,
    /// How probable it was that both are of one event, 0 to 1; `None` when they were not compared.
    pub score: Option<f32>,
    /// The member that is most like the entry, when they were compared.
    pub nearest: Option<EntryId>,
    /// The words that the entry shares with the nearest member, or else with any, the rarest first, with their rarity.
    pub shared: Vec<(String, f32)>,
}

/// Why an entry does or does not belong to a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Probable enough, and no other story is more probable.
    Joins,
    /// Probable enough, but another story is more so.
    Outdone,
    /// Not probable enough.
    Improbable,
    /// The entry is of a kind that reports no single event, or all members are.
    Alone,
    /// The story holds another edition of the entry's series.
    Series,
    /// Its nearest member is too far away in time.
    Window,
    /// Others share more of the entry's rare words, so that it was not looked at; or the story is forgotten.
    Unmet,
}

/// Weighs an entry against one story on the level of events, as [`super::find_above`] does with this threshold.
pub fn weigh(index: &Index, prepared: &Prepared, options: &config::Stories, threshold: f32, story: &StoryId) -> Trial {
    let window_seconds = i64::try_from(options.window.as_secs()).unwrap_or(i64::MAX);
    let within = event::candidates(index, prepared, window_seconds);
    let of = |found: &[event::Candidate]| found.iter().find(|candidate| candidate.story == *story).cloned();
    let in_time = of(&within);
    let members = index.members_of(story);
    let verdict = match &in_time {
        Some(candidate) if candidate.score < threshold => Verdict::Improbable,
        Some(candidate) if within.first().is_some_and(|best| best.story != candidate.story) => Verdict::Outdone,
        Some(_) => Verdict::Joins,
        None if prepared.form.alone || members.iter().all(|member| member.form.alone) => Verdict::Alone,
        None if members.iter().any(|member| series::other_edition(prepared, member)) => Verdict::Series,
        None => Verdict::Unmet,
    };
    let (candidate, verdict) = match (in_time, verdict) {
        (None, Verdict::Unmet) => match of(&event::candidates(index, prepared, i64::MAX)) {
            Some(candidate) => (Some(candidate), Verdict::Window),
            None => (None, Verdict::Unmet),
        },
        (in_time, verdict) => (in_time, verdict),
    };
    let Some(candidate) = candidate else {
        return Trial { verdict, score: None, nearest: None, shared: shared(index, prepared, &members) };
    };
    let shared = candidate.shared.iter().map(|&(term, rarity)| (index.vocabulary.word(term).to_owned(), rarity));
    Trial { verdict, score: Some(candidate.score), nearest: Some(candidate.nearest), shared: shared.collect() }
}

/// The words that an entry shares with any of some members, the rarest first.
fn shared(index: &Index, prepared: &Prepared, members: &[&Document]) -> Vec<(String, f32)> {
    let log_total = index.log_total();
    let mut shared: Vec<(String, f32)> = prepared
        .terms
        .iter()
        .filter_map(|term| {
            let id = index.vocabulary.id(term.hash)?;
            let held = |member: &&Document| member.terms.binary_search_by_key(&id, |held| held.term).is_ok();
            let rarity = (log_total - index.vocabulary.log_commonness(id)).max(0.0);
            members.iter().any(held).then(|| (prepared.word(term).to_owned(), rarity))
        })
        .collect();
    shared.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    shared
}
