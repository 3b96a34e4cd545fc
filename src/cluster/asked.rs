//! Puts the questions of every level for one entry: an entry and the index in, members and candidates out.

use std::collections::BTreeSet;

use super::copy::{self, Copy};
use super::document::Document;
use super::event::{self, Candidate, Query};
use super::index::Index;
use super::prepare::Prepared;
use super::weights::Weights;
use super::{Found, bridge, evidence, foreign, identity};
use crate::config::{self, MatchLevel};
use crate::model::{Reason, StoryId};

/// An entry whose story is asked for, and how far to go.
pub(super) struct Asked<'a> {
    pub(super) index: &'a Index,
    pub(super) prepared: &'a Prepared,
    /// Its words as the index sees them; `None` where neither texts nor events are compared.
    query: Option<Query>,
    level: MatchLevel,
    /// How probable one event must be; `None` where events are not compared.
    pub(super) threshold: Option<f32>,
    window_seconds: i64,
    weights: &'a Weights,
}

impl<'a> Asked<'a> {
    pub(super) fn new(
        index: &'a Index,
        prepared: &'a Prepared,
        options: &config::Stories,
        threshold: Option<f32>,
        weights: &'a Weights,
    ) -> Self {
        let level = options.match_level;
        let compares = level >= MatchLevel::Text || threshold.is_some();
        Self {
            index,
            prepared,
            query: compares.then(|| Query::new(index, prepared)),
            level,
            threshold,
            window_seconds: i64::try_from(options.window.as_secs()).unwrap_or(i64::MAX),
            weights,
        }
    }

    pub(super) fn same_id(&self) -> Option<&'a Document> {
        if self.level < MatchLevel::Id {
            return None;
        }
        identity::same_id(self.index, self.prepared)
    }

    pub(super) fn same_url(&self) -> Option<&'a Document> {
        if self.level < MatchLevel::Url {
            return None;
        }
        identity::same_url(self.index, self.prepared).or_else(|| identity::translation(self.index, self.prepared))
    }

    /// The members whose text the entry repeats.
    pub(super) fn copies(&self) -> Vec<Copy<'a>> {
        match &self.query {
            Some(query) if self.level >= MatchLevel::Text => {
                copy::copies(self.index, query, self.prepared, self.window_seconds)
            }
            _ => Vec::new(),
        }
    }

    /// The stories that come into question as reports of the same event, the likeliest first.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        match (&self.query, self.threshold) {
            (Some(query), Some(_)) => {
                event::candidates_for(self.index, query, self.prepared, self.window_seconds, self.weights)
            }
            _ => Vec::new(),
        }
    }

    /// The most probable story that is none of `forbidden`; `None` when none is probable enough.
    pub(super) fn same_event(&self, forbidden: &BTreeSet<&StoryId>) -> Option<Found> {
        let threshold = self.threshold?;
        let mut found = self.candidates();
        found.retain(|candidate| !forbidden.contains(&candidate.story));
        let best = found.first().filter(|best| best.score >= threshold);
        let abroad = foreign::candidates(self.index, self.prepared, self.window_seconds);
        let abroad = abroad.iter().find(|foreign| !forbidden.contains(&foreign.story));
        let (story, score, evidence) = match (best, abroad.filter(|foreign| foreign.score >= threshold)) {
            (best, Some(foreign)) if best.is_none_or(|best| best.score < foreign.score) => {
                let evidence = evidence::across_languages(self.index, foreign, threshold);
                (&foreign.story, foreign.score, evidence)
            }
            (best, _) => {
                let best = best?;
                (&best.story, best.score, evidence::same_event(self.index, self.prepared, &found, best, threshold))
            }
        };
        let others = bridge::others(&found, threshold, story);
        Some(Found { story: story.clone(), reason: Reason::Event, score, evidence, others })
    }
}
