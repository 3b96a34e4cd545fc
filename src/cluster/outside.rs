//! The next best story, for an entry that an editor keeps out of the one that the machine would choose.

use std::collections::BTreeSet;

use super::event;
use super::evidence;
use super::foreign;
use super::index::Index;
use super::prepare::Prepared;
use super::{Found, event_threshold};
use crate::config;
use crate::model::{Reason, StoryId};

/// Finds the most probable story on the level of events that is none of `forbidden`; `None` when none is probable
/// enough. The surer levels are not asked again: two stories that hold one page or one text are a rarity.
pub fn find_outside(
    index: &Index,
    prepared: &Prepared,
    options: &config::Stories,
    forbidden: &BTreeSet<&StoryId>,
) -> Option<Found> {
    let threshold = event_threshold(options.match_level)?;
    let window_seconds = i64::try_from(options.window.as_secs()).unwrap_or(i64::MAX);
    let mut found = event::candidates(index, prepared, window_seconds);
    found.retain(|candidate| !forbidden.contains(&candidate.story));
    let best = found.first().filter(|best| best.score >= threshold);
    let abroad = foreign::candidates(index, prepared, window_seconds);
    let abroad = abroad.iter().find(|foreign| !forbidden.contains(&foreign.story));
    if let Some(foreign) = abroad.filter(|foreign| foreign.score >= threshold)
        && best.is_none_or(|best| best.score < foreign.score)
    {
        let evidence = evidence::across_languages(index, foreign, threshold);
        return Some(Found { story: foreign.story.clone(), reason: Reason::Event, score: foreign.score, evidence });
    }
    let best = best?;
    let evidence = evidence::same_event(index, &found, best, threshold);
    Some(Found { story: best.story.clone(), reason: Reason::Event, score: best.score, evidence })
}
