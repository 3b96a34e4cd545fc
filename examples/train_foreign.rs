//! Learns the weights of stories across languages: labelled entries in, the rows of `src/cluster/foreign/weights.rs` out.
//!
//! `cargo run --release --example train_foreign -- multilingual.jsonl=1 dev.jsonl=1:split …`: a file and what it counts
//! for. `:split` makes pairs across languages of entries in one: every entry is said to be in one of three tongues,
//! and loses marks at random (by its id), as a translation would. With `commonness FILE…` it counts instead how many
//! entries have a mark: the rows of `commonness.txt`.

#[path = "train_foreign/fit.rs"]
mod fit;
#[path = "train_foreign/labelled.rs"]
mod labelled;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::{Context, bail};
use wiredesk::cluster::{self, Index, foreign};
use wiredesk::config::{MatchLevel, Stories};
use wiredesk::model::{Reason, StoryId};

use fit::Example;
use labelled::{Labelled, read};

const WINDOW: Duration = Duration::from_secs(72 * 3600);
/// Weight of a pass with true stories, against the pass with found ones.
const TRUE_PASS: f64 = 0.5;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "commonness") {
        return commonness(&arguments[1..]);
    }
    let mut examples = Vec::new();
    for argument in &arguments {
        let (path, factor) = argument.rsplit_once('=').unwrap_or((argument, "1"));
        let (factor, split) = factor.strip_suffix(":split").map_or((factor, false), |factor| (factor, true));
        let factor: f64 = factor.parse().with_context(|| format!("`{factor}` is no number"))?;
        let entries = read(path).with_context(|| format!("Failed to read {path}"))?;
        let mut own = Vec::new();
        stream(&entries, MatchLevel::Text, TRUE_PASS, split, &mut own);
        stream(&entries, MatchLevel::Normal, 1.0, split, &mut own);
        // Every file counts alike, whatever its length, but for its factor.
        let total: f64 = own.iter().map(|example: &Example| example.weight).sum();
        eprintln!("{path}: {} examples, {} of one event", own.len(), own.iter().filter(|e| e.same_event).count());
        own.iter_mut().for_each(|example| example.weight *= factor * 1_000.0 / total.max(1.0));
        examples.append(&mut own);
    }
    if examples.is_empty() {
        bail!("Nothing to learn from: name files of labelled entries");
    }
    for (name, weight) in foreign::feature_names().iter().zip(fit::fit(&examples)) {
        println!("    (\"{name}\", {weight:.2}),");
    }
    Ok(())
}

/// Files entries one by one, and notes every candidate. At level `Text` the true story is what an entry is
/// filed under; at `Normal` the found one.
fn stream(entries: &[Labelled], level: MatchLevel, weight: f64, split: bool, examples: &mut Vec<Example>) {
    let options = Stories { match_level: level, window: WINDOW, lead: Vec::new() };
    let window_seconds = WINDOW.as_secs() as i64;
    let mut index = Index::new();
    let mut first: HashMap<&str, StoryId> = HashMap::new();
    let mut labels: HashMap<StoryId, HashMap<&str, usize>> = HashMap::new();
    for labelled in entries {
        let mut prepared = cluster::prepare(&labelled.entry, &labelled.publisher);
        if split {
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
fn commonness(paths: &[String]) -> anyhow::Result<()> {
    let mut shares: BTreeMap<&'static str, f64> = BTreeMap::new();
    for path in paths {
        let entries = read(path).with_context(|| format!("Failed to read {path}"))?;
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for labelled in &entries {
            for name in cluster::prepare(&labelled.entry, &labelled.publisher).known_marks() {
                *counts.entry(name).or_default() += 1;
            }
        }
        for (name, count) in counts {
            *shares.entry(name).or_default() += count as f64 / entries.len() as f64 / paths.len() as f64;
        }
    }
    for (name, share) in shares.iter().filter(|(_, share)| **share >= 0.001) {
        println!("{name}\t{share:.3}");
    }
    Ok(())
}
