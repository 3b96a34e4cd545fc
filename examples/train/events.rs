//! Learns the weights of events told in one language.
//!
//! Every file is streamed in order of time: once with every entry filed under its true story, and then as the weights
//! learned so far file it, so that the scorer also learns from the mistakes that it will meet. Every story that comes
//! into question for an entry is an example. Every `set` counts alike, but for very small ones.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use wiredesk::cluster::{self, FEATURES, Index, Prepared, Weights};
use wiredesk::config::{MatchLevel, Stories};
use wiredesk::model::{Reason, StoryId};

use super::Source;
use super::fit::{Example, fit};
use super::labelled::Labelled;

/// Weight of a pass with true stories, against a pass with found ones.
const TRUE_PASS: f64 = 0.5;
/// Passes with found stories, each by the weights of the one before.
const ROUNDS: usize = 3;
/// Sets much smaller than this count less.
const SMALL_SET: f64 = 1_000.0;
/// How probable an event must be when entries are filed to learn from.
const THRESHOLD: f32 = 0.6;

/// Labelled entries, prepared once.
pub struct Stream<'l> {
    pub entries: Vec<(&'l Labelled, Prepared)>,
    factor: f64,
}

struct Met<'l> {
    labelled: &'l Labelled,
    features: Weights,
    same_event: bool,
    weight: f64,
}

pub fn run(sources: &[Source]) {
    let streams = streams(sources);
    for (name, weight) in cluster::feature_names().iter().zip(learn(&streams, |_| true)) {
        println!("    (\"{name}\", {weight:.2}),");
    }
}

pub fn streams(sources: &[Source]) -> Vec<Stream<'_>> {
    let stream = |source| Stream { entries: prepared(source), factor: source.factor };
    sources.iter().map(stream).collect()
}

fn prepared(source: &Source) -> Vec<(&Labelled, Prepared)> {
    let prepare = |labelled: &Labelled| cluster::prepare(&labelled.entry, &labelled.publisher);
    source.entries.iter().map(|labelled| (labelled, prepare(labelled))).collect()
}

/// Learns from those entries that `from` takes; the others are streamed too, and nothing is learned from them.
pub fn learn(streams: &[Stream<'_>], from: impl Fn(&Labelled) -> bool) -> Weights {
    let met = |weights: Option<&Weights>| -> Vec<Met<'_>> {
        streams.iter().flat_map(|stream| file(&stream.entries, stream.factor, weights).0).collect()
    };
    let taken = |met: &[Met<'_>]| -> Vec<(String, Example<FEATURES>)> {
        let example = |met: &Met<'_>| {
            let (features, same_event, weight) = (met.features, met.same_event, met.weight);
            (met.labelled.set.clone(), Example { features, same_event, weight })
        };
        met.iter().filter(|met| from(met.labelled)).map(example).collect()
    };
    let truth = met(None);
    let mut weights = fit(&balanced(taken(&truth)));
    for _ in 0..ROUNDS {
        let mut examples = taken(&truth);
        examples.extend(taken(&met(Some(&weights))));
        weights = fit(&balanced(examples));
    }
    weights
}

fn balanced(examples: Vec<(String, Example<FEATURES>)>) -> Vec<Example<FEATURES>> {
    let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
    for (set, _) in &examples {
        *sizes.entry(set.clone()).or_default() += 1.0;
    }
    let weigh = |(set, mut example): (String, Example<FEATURES>)| {
        example.weight *= 3.0 * SMALL_SET / (sizes[&set] + SMALL_SET);
        example
    };
    examples.into_iter().map(weigh).collect()
}

/// Files entries one by one, and notes every candidate; with the stories found, one an entry. Without weights the
/// true story is what an entry is filed under.
fn file<'l>(
    entries: &[(&'l Labelled, Prepared)],
    factor: f64,
    weights: Option<&Weights>,
) -> (Vec<Met<'l>>, Vec<StoryId>) {
    let weight = if weights.is_some() { factor } else { factor * TRUE_PASS };
    let level = if weights.is_some() { MatchLevel::Normal } else { MatchLevel::Text };
    let options = options(level);
    let window_seconds = options.window.as_secs() as i64;
    let mut index = Index::new();
    let mut first: HashMap<&str, StoryId> = HashMap::new();
    let mut labels: HashMap<StoryId, HashMap<&str, usize>> = HashMap::new();
    let (mut met, mut stories) = (Vec::new(), Vec::new());
    for (labelled, prepared) in entries {
        let threshold = weights.map(|_| THRESHOLD);
        let found = cluster::find_by(&index, prepared, &options, threshold, weights.unwrap_or(&cluster::LEARNED));
        if found.as_ref().is_none_or(|found| found.reason == Reason::Event) {
            for candidate in cluster::candidates(&index, prepared, window_seconds) {
                let members = &labels[&candidate.story];
                let same = members.get(labelled.story.as_str()).copied().unwrap_or(0);
                let same_event = 2 * same > members.values().sum();
                if same == 0 || same_event {
                    met.push(Met { labelled, features: candidate.features, same_event, weight });
                }
            }
        }
        let opened = || StoryId::mint("train.invalid", &labelled.entry);
        let story = match weights {
            None => first.entry(&labelled.story).or_insert_with(opened).clone(),
            Some(_) => found.map_or_else(opened, |found| found.story),
        };
        *labels.entry(story.clone()).or_default().entry(&labelled.story).or_default() += 1;
        index.insert(prepared.clone(), &story);
        stories.push(story);
    }
    (met, stories)
}

pub fn options(match_level: MatchLevel) -> Stories {
    Stories { match_level, window: Duration::from_secs(72 * 3600), lead: Vec::new() }
}
