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
//!    show page. Or its publisher says that a member in another language is the same piece (`hreflang`). Not bound
//!    by time.
//! 3. **Same text** (`copy`): of the winnowed fingerprints of the shorter text the longer holds half. A headline, a
//!    byline, a cut and the odd changed word do not matter. Twice the window.
//! 4. **Same event** (`event`): the entry's rarest words lead, through an inverted index, to the entries that share
//!    them; those are compared in full, as vectors of words weighed by rarity (TF-IDF), and gathered by story. Of
//!    every story a handful of features is made (how alike the nearest members, the titles and the whole are, how
//!    rare the shared words, how far apart in time, and how alike the *runner-up* is), and a logistic regression
//!    with constant weights (`weights`) makes a probability of them. Within the window of the nearest member.
//!
//! An entry that matches a second story as surely may show that the two are one (`bridge.rs`): what began apart is
//! merged then, and `Index::merge` follows.
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
//! - Reports in two languages meet only over the places, names, events and numbers that `foreign` knows.
//! - Two stories that began apart stay apart until an entry bridges them that is like both; two that have no language
//!   in common stay apart for good.
//! - A rewrite that shares no rare word with the reports before it opens a story of its own.

mod asked;
mod background;
mod bridge;
mod chunks;
mod copy;
mod document;
mod event;
mod evidence;
mod fingerprint;
pub mod foreign;
mod identity;
mod index;
mod kept;
mod kinds;
mod limits;
mod map;
mod newest;
mod outside;
mod places;
mod prepare;
mod reading;
pub mod rulings;
mod series;
mod sum;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod trial;
mod vocabulary;
mod weights;

pub use bridge::{Bridge, Match, bridge};
pub use event::{Candidate, candidates};
pub use index::Index;
pub use kept::Stale;
pub use limits::{CAPACITY, event_threshold};
pub use outside::find_outside;
pub use prepare::{Prepared, prepare};
pub use trial::{Trial, Verdict, weigh};
pub use weights::{FEATURES, LEARNED, Weights, feature_names};

use std::collections::BTreeSet;

use asked::Asked;
use document::Document;

use crate::config;
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
    /// The other stories that it matches too, each once, the surest first: what [`bridge()`] weighs.
    pub others: Vec<Match>,
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
    find_by(index, prepared, options, threshold, &LEARNED)
}

/// The same by other weights than those compiled in: how well weights do that were learned without a story.
pub fn find_by(
    index: &Index,
    prepared: &Prepared,
    options: &config::Stories,
    threshold: Option<f32>,
    weights: &Weights,
) -> Option<Found> {
    let asked = Asked::new(index, prepared, options, threshold, weights);
    let sure = |member: &Document, reason, copies, evidence| {
        let story = index.id_of(index.story(member.story)?);
        let others = bridge::others_of_sure(&asked, &story, copies);
        Some(Found { story, reason, score: 1.0, evidence, others })
    };
    if let Some(member) = asked.same_id() {
        return sure(member, Reason::Id, None, evidence::same_id(prepared, member));
    }
    if let Some(member) = asked.same_url() {
        return sure(member, Reason::Url, None, evidence::same_url(prepared, member));
    }
    let copies = asked.copies();
    if let Some(copy) = copy::likest(&copies) {
        return sure(copy.member, Reason::Text, Some(&copies), evidence::copied(copy));
    }
    asked.same_event(&BTreeSet::new())
}
