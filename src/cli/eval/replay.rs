//! Files entries in their order, with rulings or by the machine alone: entries in, a story each out.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::cluster::rulings::{Move, Rulings, Seat, Standing};
use crate::cluster::{self, Index, Trial};
use crate::config;
use crate::model::{Entry, EntryId, Publisher, Reason, StoryId};

/// An entry as it was filed.
#[derive(Debug, Clone)]
pub(super) struct Filed {
    pub(super) story: StoryId,
    pub(super) level: Reason,
    pub(super) evidence: String,
    /// How it was weighed against the stories of those that it was watched beside.
    pub(super) trials: Vec<(StoryId, Trial)>,
}

/// Entries by their ids.
pub(super) type Filing = BTreeMap<EntryId, Filed>;

/// Files entries by the machine alone. An entry in `beside` is weighed against the stories of those named there that
/// came before it.
pub(super) fn alone(
    entries: &[(Entry, Publisher)],
    options: &config::Stories,
    beside: &BTreeMap<EntryId, BTreeSet<EntryId>>,
) -> Filing {
    let mut index = Index::new();
    let mut filing = Filing::new();
    let threshold = cluster::event_threshold(options.match_level);
    for (entry, publisher) in entries {
        let prepared = cluster::prepare(entry, publisher);
        let mut filed = match cluster::find(&index, &prepared, options) {
            Some(found) => {
                Filed { story: found.story, level: found.reason, evidence: found.evidence, trials: Vec::new() }
            }
            None => own(entry),
        };
        let others = beside.get(&entry.id).into_iter().flatten().filter_map(|other| filing.get(other));
        let stories: BTreeSet<&StoryId> =
            others.map(|other| &other.story).filter(|story| **story != filed.story).collect();
        filed.trials = stories
            .into_iter()
            .map(|story| (story.clone(), cluster::weigh(&index, &prepared, options, threshold.unwrap_or(1.0), story)))
            .collect();
        index.insert(prepared, &filed.story);
        filing.insert(entry.id, filed);
    }
    filing
}

/// Files entries as the desk does with rulings in force.
pub(super) fn ruled(entries: &[(Entry, Publisher)], options: &config::Stories, rulings: &mut Rulings) -> Filing {
    let mut index = Index::new();
    let mut filing = Filing::new();
    for (entry, publisher) in entries {
        let prepared = cluster::prepare(entry, publisher);
        let seat = match rulings.meet(entry) {
            true => {
                let story_of = |other| Ok::<_, Infallible>(filing.get(&other).map(|filed: &Filed| filed.story.clone()));
                match rulings.seat(entry.id, story_of) {
                    Ok(seat) => seat,
                }
            }
            false => Seat::default(),
        };
        let filed = match (seat.join, cluster::find(&index, &prepared, options)) {
            (Some((story, evidence)), _) => Filed { story, level: Reason::Ruling, evidence, trials: Vec::new() },
            (None, Some(found)) if !seat.avoid.contains_key(&found.story) => {
                Filed { story: found.story, level: found.reason, evidence: found.evidence, trials: Vec::new() }
            }
            (None, Some(_)) => {
                let forbidden: BTreeSet<&StoryId> = seat.avoid.keys().collect();
                match cluster::find_outside(&index, &prepared, options, &forbidden) {
                    Some(found) => {
                        Filed { story: found.story, level: found.reason, evidence: found.evidence, trials: Vec::new() }
                    }
                    None => own(entry),
                }
            }
            (None, None) => own(entry),
        };
        index.insert(prepared, &filed.story);
        filing.insert(entry.id, filed);
    }
    for step in rulings.plan(standings(entries, &filing)) {
        let (moved, into) = match step {
            Move::Join { entries, into, .. } => (entries, Some(into)),
            Move::Leave { entries, .. } => (entries, None),
        };
        let first = moved.first().and_then(|first| entries.iter().find(|(entry, _)| entry.id == *first));
        let Some(into) = into.or_else(|| first.map(|(first, _)| StoryId::mint("apart.invalid", first))) else {
            continue;
        };
        for entry in moved {
            if let Some(filed) = filing.get_mut(&entry) {
                filed.story = into.clone();
                filed.level = Reason::Ruling;
            }
        }
    }
    filing
}

fn own(entry: &Entry) -> Filed {
    let story = StoryId::mint("eval.invalid", entry);
    Filed { story, level: Reason::First, evidence: String::new(), trials: Vec::new() }
}

fn standings(entries: &[(Entry, Publisher)], filing: &Filing) -> Vec<Standing> {
    let mut standings: BTreeMap<&StoryId, Standing> = BTreeMap::new();
    for (entry, _) in entries {
        let Some(filed) = filing.get(&entry.id) else { continue };
        let standing = standings.entry(&filed.story).or_insert_with(|| Standing {
            story: filed.story.clone(),
            first_seen: entry.seen,
            published: entry.published,
            members: Vec::new(),
        });
        standing.members.push(entry.id);
    }
    standings.into_values().collect()
}
