//! Files entries in their order, with rulings or by the machine alone: entries in, a story each out.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::cluster::rulings::{Move, Rulings, Seat, Standing};
use crate::cluster::{self, Found, Index, Match, Prepared, Trial};
use crate::config;
use crate::model::{Entry, EntryId, Publisher, Reason, StoryId};

/// An entry as it was filed.
#[derive(Debug, Clone)]
pub(super) struct Filed {
    pub(super) story: StoryId,
    pub(super) level: Reason,
    pub(super) evidence: String,
    /// When it came: as the first, the second, and so on.
    when: usize,
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
    let nobody = Rulings::default();
    let mut index = Index::new();
    let mut filing = Filing::new();
    let threshold = cluster::event_threshold(options.match_level);
    for (entry, publisher) in entries {
        let prepared = cluster::prepare(entry, publisher);
        let (mut filed, matches) = match cluster::find(&index, &prepared, options) {
            Some(found) => joining(found, &filing),
            None => (own(entry, &filing), Vec::new()),
        };
        let others = beside.get(&entry.id).into_iter().flatten().filter_map(|other| filing.get(other));
        let stories: BTreeSet<&StoryId> =
            others.map(|other| &other.story).filter(|story| **story != filed.story).collect();
        filed.trials = stories
            .into_iter()
            .map(|story| (story.clone(), cluster::weigh(&index, &prepared, options, threshold.unwrap_or(1.0), story)))
            .collect();
        file(&mut index, &mut filing, prepared, filed, &matches, &nobody);
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
        let forbidden: BTreeSet<&StoryId> = seat.avoid.keys().collect();
        let (filed, matches) = match (seat.join, cluster::find(&index, &prepared, options)) {
            (Some((story, evidence)), _) => {
                let when = filing.len();
                (Filed { story, level: Reason::Ruling, evidence, when, trials: Vec::new() }, Vec::new())
            }
            (None, Some(found)) if !forbidden.contains(&found.story) => joining(found, &filing),
            (None, Some(_)) => match cluster::find_outside(&index, &prepared, options, &forbidden) {
                Some(found) => joining(found, &filing),
                None => (own(entry, &filing), Vec::new()),
            },
            (None, None) => (own(entry, &filing), Vec::new()),
        };
        file(&mut index, &mut filing, prepared, filed, &matches, rulings);
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

/// An entry that joins what the machine found, and the other stories that it matches.
fn joining(found: Found, filing: &Filing) -> (Filed, Vec<Match>) {
    let Found { story, reason: level, evidence, others, .. } = found;
    (Filed { story, level, evidence, when: filing.len(), trials: Vec::new() }, others)
}

/// An entry that opens a story.
fn own(entry: &Entry, filing: &Filing) -> Filed {
    let story = StoryId::mint("eval.invalid", entry);
    Filed { story, level: Reason::First, evidence: String::new(), when: filing.len(), trials: Vec::new() }
}

/// Files an entry. Where it bridges its story and another, and no ruling keeps the two apart, they become one under the
/// older id, as on the desk.
fn file(
    index: &mut Index,
    filing: &mut Filing,
    prepared: Prepared,
    filed: Filed,
    matches: &[Match],
    rulings: &Rulings,
) {
    let (entry, home) = (prepared.id(), filed.story.clone());
    index.insert(prepared, &home);
    filing.insert(entry, filed);
    let Some(bridge) = cluster::bridge(index, entry, &home, matches) else { return };
    let both = filing.iter().filter(|(_, filed)| filed.story == home || filed.story == bridge.other);
    if rulings.parted(both.clone().map(|(member, _)| *member)).is_some() {
        return;
    }
    let Some((_, eldest)) = both.min_by_key(|(_, filed)| filed.when) else { return };
    let survivor = eldest.story.clone();
    let loser = if survivor == home { bridge.other } else { home };
    index.merge(&loser, &survivor);
    if let Some(filed) = filing.get_mut(&entry) {
        filed.evidence = format!("{}; {}", filed.evidence, bridge.evidence);
    }
    for filed in filing.values_mut() {
        let stories = std::iter::once(&mut filed.story).chain(filed.trials.iter_mut().map(|(story, _)| story));
        stories.filter(|story| **story == loser).for_each(|story| *story = survivor.clone());
        // Who was kept out is in it after all.
        filed.trials.retain(|(story, _)| *story != filed.story);
    }
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
