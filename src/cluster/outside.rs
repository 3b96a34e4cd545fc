//! The next best story, for an entry that an editor keeps out of the one that the machine would choose.

use std::collections::BTreeSet;

use super::asked::Asked;
use super::index::Index;
use super::prepare::Prepared;
use super::{Found, LEARNED, event_threshold};
use crate::config;
use crate::model::StoryId;

/// Finds the most probable story on the level of events that is none of `forbidden`; `None` when none is probable
/// enough. The surer levels are not asked again: two stories that hold one page or one text are a rarity.
pub fn find_outside(
    index: &Index,
    prepared: &Prepared,
    options: &config::Stories,
    forbidden: &BTreeSet<&StoryId>,
) -> Option<Found> {
    Asked::new(index, prepared, options, event_threshold(options.match_level), &LEARNED).same_event(forbidden)
}
