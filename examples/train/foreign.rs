//! Learns the weights of stories across languages, and counts how common marks are.
//!
//! Of a file that is `:split`, pairs across languages are made of entries in one: every entry is said to be in one of
//! three tongues, and loses marks at random (by its id), as a translation would.

use std::collections::{BTreeMap, HashMap};

use wiredesk::cluster::foreign::{self, FEATURES};
use wiredesk::cluster::{self, Index};
use wiredesk::config::MatchLevel;
use wiredesk::model::{Reason, StoryId};

use super::Source;
use super::events::options;
use super::fit::{Example, fit};

/// Weight of a pass with true stories, against the pass with found ones.
const TRUE_PASS: f64 = 0.5;
/// What the examples of a file come to together, whatever its length.
const FILE_WEIGHT: f64 = 1_000.0;

pub fn run(sources: &[Source]) {
    let mut examples = Vec::new();
    for source in sources {
        let mut own = Vec::new();
        stream(source, MatchLevel::Text, TRUE_PASS, &mut own);
        stream(source, MatchLevel::Normal, 1.0, &mut own);
        let total: f64 = own.iter().map(|example: &Example<FEATURES>| example.weight).sum();
        own.iter_mut().for_each(|example| example.weight *= source.factor * FILE_WEIGHT / total.max(1.0));
        examples.append(&mut own);
    }
    for (name, weight) in foreign::feature_names().iter().zip(fit(&examples)) {
        println!("    (\"{name}\", {weight:.2}),");
    }
}

/// Files entries one by one, and notes every candidate. At level `Text` the true story is what an entry is
/// filed under; at `Normal` the found one.
fn stream(source: &Source, level: MatchLevel, weight: f64, examples: &mut Vec<Example<FEATURES>>) {
    let options = options(level);
    let window_seconds = options.window.as_secs() as i64;
    let mut index = Index::new();
    let mut first: HashMap<&str, StoryId> = HashMap::new();
    let mut labels: HashMap<StoryId, HashMap<&str, usize>> = HashMap::new();
    for labelled in &source.entries {
        let mut prepared = cluster::prepare(&labelled.entry, &labelled.publisher);
        if source.split {
            prepared.as_if_translated();
        }
        let found = cluster::find(&index, &prepared, &options);
        if found.as_ref().is_none_or(|found| found.reason == Reason::Event) {
            for candidate in foreign::candidates(&index, &prepared, window_seconds) {
                let members = &labels[&candidate.story];
                let same = members.get(labelled.story.as_str()).copied().unwrap_or(0);
                let same_event = 2 * same > members.values().sum();
                if same == 0 || same_event {
                    examples.push(Example { features: candidate.features, same_event, weight });
                }
            }
        }
        let opened = || StoryId::mint("train.invalid", &labelled.entry);
        let story = match level {
            MatchLevel::Text => first.entry(&labelled.story).or_insert_with(opened).clone(),
            _ => found.map_or_else(opened, |found| found.story),
        };
        *labels.entry(story.clone()).or_default().entry(&labelled.story).or_default() += 1;
        index.insert(prepared, &story);
    }
}

/// Prints the share of entries that have each mark of the tables; of several files the mean.
pub fn commonness(sources: &[Source]) {
    let mut shares: BTreeMap<&'static str, f64> = BTreeMap::new();
    for Source { entries, .. } in sources {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for labelled in entries {
            for name in cluster::prepare(&labelled.entry, &labelled.publisher).known_marks() {
                *counts.entry(name).or_default() += 1;
            }
        }
        for (name, count) in counts {
            *shares.entry(name).or_default() += count as f64 / entries.len() as f64 / sources.len() as f64;
        }
    }
    for (name, share) in shares.iter().filter(|(_, share)| **share >= 0.001) {
        println!("{name}\t{share:.3}");
    }
}
