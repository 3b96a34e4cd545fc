//! How well weights do on stories, and on sets, that they were not learned from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wiredesk::cluster::{self, Index, Prepared, Weights};
use wiredesk::config::MatchLevel;
use wiredesk::model::StoryId;

use super::Source;
use super::events::{learn, options, streams};
use super::labelled::Labelled;

/// Into so many parts the stories are divided.
const FOLDS: u64 = 5;
/// The thresholds that are tried.
const THRESHOLDS: [f32; 8] = [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8];

/// Sums over entries: how many, precision, recall, filed under another story.
#[derive(Debug, Clone, Copy, Default)]
struct Sums([f64; 4]);

impl Sums {
    fn add(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, other)| *sum += other);
    }

    /// Precision, recall, their harmonic mean, and the share that is filed wrong.
    fn figures(self) -> [f64; 4] {
        let [entries, precision, recall, wrong] = self.0;
        let (precision, recall) = (precision / entries, recall / entries);
        [precision, recall, 2.0 * precision * recall / (precision + recall), wrong / entries]
    }
}

pub fn run(sources: &[Source]) {
    let streams = streams(sources);
    let mut sets: BTreeMap<&str, Vec<(&Labelled, Prepared)>> = BTreeMap::new();
    for (labelled, prepared) in streams.iter().flat_map(|stream| &stream.entries) {
        sets.entry(&labelled.set).or_default().push((labelled, prepared.clone()));
    }
    println!("Stories that were left out of learning, {FOLDS} parts in turn:");
    let folds: Vec<Weights> =
        (0..FOLDS).map(|fold| learn(&streams, |labelled| fold_of(&labelled.story) != fold)).collect();
    print(&sets, |_, labelled| fold_of(&labelled.story) as usize, &folds);
    println!("\nSets that were left out of learning:");
    let names: Vec<&str> = sets.keys().copied().collect();
    let without: Vec<Weights> = names.iter().map(|name| learn(&streams, |labelled| labelled.set != *name)).collect();
    print(&sets, |set, _| names.iter().position(|name| *name == set).unwrap_or(0), &without);
}

/// Prints for every threshold the figures of every set, each entry filed by the weights that `which` names for it.
fn print(
    sets: &BTreeMap<&str, Vec<(&Labelled, Prepared)>>,
    which: impl Fn(&str, &Labelled) -> usize,
    weights: &[Weights],
) {
    for threshold in THRESHOLDS {
        println!("\n{threshold:.2}{:>42}{:>7}{:>7}{:>7}{:>7}", "entries", "P", "R", "F1", "wrong");
        let (mut mean, mut all) = ([0.0; 4], Sums::default());
        for (set, entries) in sets {
            let used: BTreeSet<usize> = entries.iter().map(|(labelled, _)| which(set, labelled)).collect();
            let mut sums = Sums::default();
            for at in used {
                let stories = filed(entries, threshold, &weights[at]);
                sums.add(measured(entries, &stories, |labelled| which(set, labelled) == at));
            }
            row(set, sums.0[0], sums.figures());
            mean.iter_mut().zip(sums.figures()).for_each(|(mean, figure)| *mean += figure / sets.len() as f64);
            all.add(sums);
        }
        row("mean of sets", sets.len() as f64, mean);
        row("all entries", all.0[0], all.figures());
    }
}

fn row(name: &str, count: f64, [precision, recall, both, wrong]: [f64; 4]) {
    let name = name.rsplit('/').next().unwrap_or(name);
    println!("    {name:<34}{count:>8}{precision:>7.3}{recall:>7.3}{both:>7.3}{wrong:>7.3}");
}

/// The part that a story belongs to: by its label, so that the same comes of it every time.
fn fold_of(story: &str) -> u64 {
    story.bytes().fold(7u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))) / 7 % FOLDS
}

fn filed(entries: &[(&Labelled, Prepared)], threshold: f32, weights: &Weights) -> Vec<StoryId> {
    let options = options(MatchLevel::Normal);
    let mut index = Index::new();
    let mut stories = Vec::new();
    for (labelled, prepared) in entries {
        let found = cluster::find_by(&index, prepared, &options, Some(threshold), weights);
        let story = found.map_or_else(|| StoryId::mint("train.invalid", &labelled.entry), |found| found.story);
        index.insert(prepared.clone(), &story);
        stories.push(story);
    }
    stories
}

/// BCubed precision and recall of those entries that `counts` takes.
fn measured(entries: &[(&Labelled, Prepared)], stories: &[StoryId], counts: impl Fn(&Labelled) -> bool) -> Sums {
    let mut both: HashMap<(&StoryId, &str), f64> = HashMap::new();
    let (mut found, mut truth): (HashMap<&StoryId, f64>, HashMap<&str, f64>) = Default::default();
    for ((labelled, _), story) in entries.iter().zip(stories) {
        *both.entry((story, &labelled.story)).or_default() += 1.0;
        *found.entry(story).or_default() += 1.0;
        *truth.entry(&labelled.story).or_default() += 1.0;
    }
    // Of the labels in a found story the most frequent; of two the one that comes first in the alphabet.
    let mut main: HashMap<&StoryId, (f64, &str)> = HashMap::new();
    for (&(story, label), &count) in &both {
        let best = main.entry(story).or_insert((count, label));
        if count > best.0 || (count == best.0 && label < best.1) {
            *best = (count, label);
        }
    }
    let mut sums = Sums::default();
    for ((labelled, _), story) in entries.iter().zip(stories).filter(|((labelled, _), _)| counts(labelled)) {
        let label = labelled.story.as_str();
        let same = both[&(story, label)];
        let wrong = f64::from(u8::from(main[story].1 != label));
        sums.add(Sums([1.0, same / found[story], same / truth[label], wrong]));
    }
    sums
}
