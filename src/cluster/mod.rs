//! Finds the story that an entry reports: an entry and the index in, a match with its evidence out.
//!
//! # Theory of operation
//!
//! Four questions are put, the surest first, and the first yes decides:
//!
//! 1. **Same id** (`identity`): a member of the same publisher has the entry's id, or any member has it and it is
//!    a URI. Not bound by time.
//! 2. **Same address** (`identity`): a member stands at the entry's canonical URL, which is more than a host. Two
//!    items of one publisher under one address must have like titles too: some feeds send every item to the same
//!    show page. Not bound by time.
//! 3. **Same text** (`copy`): of the winnowed fingerprints of the shorter text the longer holds half. A headline, a
//!    byline, a cut and the odd changed word do not matter. Twice the window.
//! 4. **Same event** (`event`): the entry's rarest words lead, through an inverted index, to the entries that share
//!    them; those are compared in full, as vectors of words weighed by rarity (TF-IDF), and gathered by story. Of
//!    every story a handful of features is made (how alike the nearest members, the titles and the whole are, how
//!    rare the shared words, how far apart in time, and how alike the *runner-up* is), and a logistic regression
//!    with constant weights (`weights`) makes a probability of them. Within the window of the nearest member.
//!
//! Rarity is counted over the entries that the index holds, blended with a background table, so that the
//! first hour merges as well as the first month. A word that half of a source's latest entries have is its
//! boilerplate and weighs less, down to nothing. `limits` holds every threshold with its reason.
//!
//! # Known exceptions
//!
//! - A source's own follow-up under nearly the same title, ten hours later, opens a story of its own: it cannot
//!   be told from the next edition of a series (`series`).
//! - What is titled a briefing, a timeline, an opinion or a live page is joined by id, address and text only: it
//!   reports no single event, and would tie together all that it mentions.
//! - Reports in two languages meet only over the names and numbers that both write alike.
//! - Stories are never merged here: two that began apart stay apart, though later entries show that they are one.
//! - A rewrite that shares no rare word with the reports before it opens a story of its own.

mod background;
mod copy;
mod document;
mod event;
mod evidence;
mod fingerprint;
pub mod foreign;
mod identity;
mod index;
mod limits;
mod outside;
mod prepare;
pub mod rulings;
mod series;
mod sum;
#[cfg(test)]
mod tests;
mod trial;
mod vocabulary;
mod weights;

pub use event::{Candidate, FEATURES, candidates, feature_names};
pub use index::Index;
pub use limits::{CAPACITY, event_threshold};
pub use outside::find_outside;
pub use prepare::{Prepared, prepare};
pub use trial::{Trial, Verdict, weigh};

use crate::config::{self, MatchLevel};
use crate::model::{Reason, StoryId};

/// The story that an entry belongs to, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The story.
    pub story: StoryId,
    /// The level that decided.
    pub reason: Reason,
    /// How sure, 0 to 1; 1 for everything but [`Reason::Event`].
    pub score: f32,
    /// One line for people: the member it resembles, what they share, the score against its threshold.
    pub evidence: String,
}

/// Finds the story that an entry belongs to, the surest level first; `None` when it opens one of its own.
///
/// An entry that the index knows is not compared with itself: the answer is where its present text belongs.
pub fn find(index: &Index, prepared: &Prepared, options: &config::Stories) -> Option<Found> {
    find_above(index, prepared, options, event_threshold(options.match_level))
}

/// The same with a threshold of one's own for the level of events, from 0 to 1 (`None`: events are not compared):
/// what the levels `strict`, `normal` and `loose` stand for can be chosen by what others would give.
pub fn find_above(
    index: &Index,
    prepared: &Prepared,
    options: &config::Stories,
    threshold: Option<f32>,
) -> Option<Found> {
    let level = options.match_level;
    let window_seconds = i64::try_from(options.window.as_secs()).unwrap_or(i64::MAX);
    let sure = |story: u32, reason, evidence| {
        index.story(story).map(|story| Found { story: story.id.clone(), reason, score: 1.0, evidence })
    };
    if level >= MatchLevel::Id
        && let Some(member) = identity::same_id(index, prepared)
    {
        return sure(member.story, Reason::Id, evidence::same_id(prepared, member));
    }
    if level >= MatchLevel::Url
        && let Some(member) = identity::same_url(index, prepared)
    {
        return sure(member.story, Reason::Url, evidence::same_url(prepared, member));
    }
    if level >= MatchLevel::Text
        && let Some(copy) = copy::copied(index, prepared, window_seconds)
    {
        return sure(copy.member.story, Reason::Text, evidence::copied(&copy));
    }
    let threshold = threshold?;
    let found = event::candidates(index, prepared, window_seconds);
    let best = found.first().filter(|best| best.score >= threshold);
    let abroad = foreign::candidates(index, prepared, window_seconds);
    if let Some(foreign) = abroad.first().filter(|foreign| foreign.score >= threshold)
        && best.is_none_or(|best| best.score < foreign.score)
    {
        let evidence = evidence::across_languages(index, foreign, threshold);
        return Some(Found { story: foreign.story.clone(), reason: Reason::Event, score: foreign.score, evidence });
    }
    let best = best?;
    let evidence = evidence::same_event(index, &found, best, threshold);
    Some(Found { story: best.story.clone(), reason: Reason::Event, score: best.score, evidence })
}
