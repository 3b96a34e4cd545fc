//! Keeps the stories that an edition chooses from in their order: after a commit, only those are asked for that it
//! touched.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::model::StoryId;
use crate::store::{self, Ranked, StoryOrder};

/// When more stories were touched, all are asked for.
const MOST_TOUCHED: usize = 500;

/// The newest stories for one edition.
#[derive(Debug)]
pub(super) struct Lineup {
    order: StoryOrder,
    /// There are no more; when there are as many, the store may have others behind them.
    limit: usize,
    ranked: Vec<Ranked>,
    /// Stories that may have another place now, or none, or are new.
    touched: BTreeSet<StoryId>,
}

impl Lineup {
    /// The stories, the newest first.
    pub(super) fn stories(&self) -> impl Iterator<Item = &StoryId> {
        self.ranked.iter().map(|ranked| &ranked.story)
    }

    /// Says that stories have changed.
    pub(super) fn touch(&mut self, stories: &BTreeSet<StoryId>) {
        if self.touched.len() <= MOST_TOUCHED {
            self.touched.extend(stories.iter().cloned());
        }
    }

    /// Takes what the store says now of the stories that were touched; `None` when that does not say who stands at the
    /// end.
    fn merged(mut self, now: Vec<Ranked>) -> Option<Self> {
        let last = if self.ranked.len() < self.limit { None } else { self.ranked.last().cloned() };
        self.ranked.retain(|ranked| !self.touched.contains(&ranked.story));
        // Behind the last one there may be others, which were not touched.
        self.ranked.extend(now.into_iter().filter(|ranked| last.as_ref().is_none_or(|last| ranked <= last)));
        self.ranked.sort();
        if last.is_some() && self.ranked.len() < self.limit {
            return None;
        }
        self.ranked.truncate(self.limit);
        self.touched.clear();
        Some(self)
    }
}

/// The newest stories as they are now. `ask` asks the store for all of them, or only for some.
pub(super) fn renewed(
    known: Option<Lineup>,
    order: StoryOrder,
    limit: usize,
    ask: impl Fn(Option<&[&StoryId]>) -> Result<Vec<Ranked>, store::Error>,
) -> Result<Lineup, store::Error> {
    let known = known.filter(|known| (known.order, known.limit) == (order, limit));
    if let Some(known) = known.filter(|known| known.touched.len() <= MOST_TOUCHED) {
        if known.touched.is_empty() {
            return Ok(known);
        }
        let now = ask(Some(&known.touched.iter().collect::<Vec<_>>()))?;
        if let Some(merged) = known.merged(now) {
            return Ok(merged);
        }
    }
    Ok(Lineup { order, limit, ranked: ask(None)?, touched: BTreeSet::new() })
}
