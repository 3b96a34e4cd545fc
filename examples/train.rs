//! Learns the weights of the event scorer: labelled entries in, the rows of `src/cluster/weights.rs` out.
//!
//! `cargo run --release --example train -- dev.jsonl=1 series.jsonl=0.3 …`: a file and what its sets count for.
//! Every file is streamed twice in order of time: once with every entry filed under its true story, and once as
//! the present weights file it, so that the scorer also learns from the mistakes that it will meet. Every story
//! that comes into question for an entry is an example. Every `set` counts alike, but for very small ones.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::DateTime;
use wiredesk::cluster::{self, FEATURES, Index};
use wiredesk::config::{MatchLevel, Stories};
use wiredesk::model::{
    Entry, Feed, Item, Location, Markup, Parsed, Publisher, Reason, Source, SourceId, StoryId, slug,
};
use wiredesk::normalize;

/// Weight of a pass with true stories, against the pass with found ones.
const TRUE_PASS: f64 = 0.5;
/// Ridge penalty on every weight but the bias.
const RIDGE: f64 = 1.0;
/// Sets much smaller than this count less.
const SMALL_SET: f64 = 1_000.0;
const WINDOW: Duration = Duration::from_secs(72 * 3600);

struct Labelled {
    set: String,
    story: String,
    entry: Entry,
    publisher: Publisher,
}

struct Example {
    set: String,
    features: [f32; FEATURES],
    same_event: bool,
    weight: f64,
}

fn main() -> anyhow::Result<()> {
    let mut examples = Vec::new();
    for argument in std::env::args().skip(1) {
        let (path, factor) = argument.rsplit_once('=').unwrap_or((&argument, "1"));
        let factor: f64 = factor.parse().with_context(|| format!("`{factor}` is no number"))?;
        let entries = read(path).with_context(|| format!("Failed to read {path}"))?;
        stream(&entries, MatchLevel::Text, factor * TRUE_PASS, &mut examples);
        stream(&entries, MatchLevel::Normal, factor, &mut examples);
    }
    if examples.is_empty() {
        bail!("Nothing to learn from: name files of labelled entries");
    }
    let mut sizes: BTreeMap<String, f64> = BTreeMap::new();
    for example in &examples {
        *sizes.entry(example.set.clone()).or_default() += 1.0;
    }
    for example in &mut examples {
        example.weight *= 3.0 * SMALL_SET / (sizes[&example.set] + SMALL_SET);
    }
    for (name, weight) in cluster::feature_names().iter().zip(fit(&examples)) {
        println!("    (\"{name}\", {weight:.2}),");
    }
    Ok(())
}

/// Files entries one by one, and notes every candidate. At level `Text` the true story is what an entry is
/// filed under; at `Normal` the found one.
fn stream(entries: &[Labelled], level: MatchLevel, weight: f64, examples: &mut Vec<Example>) {
    let options = Stories { match_level: level, window: WINDOW, lead: Vec::new() };
    let window_seconds = WINDOW.as_secs() as i64;
    let mut index = Index::new();
    let mut first: HashMap<&str, StoryId> = HashMap::new();
    let mut labels: HashMap<StoryId, HashMap<&str, usize>> = HashMap::new();
    for labelled in entries {
        let prepared = cluster::prepare(&labelled.entry, &labelled.publisher);
        let found = cluster::find(&index, &prepared, &options);
        if found.as_ref().is_none_or(|found| found.reason == Reason::Event) {
            for candidate in cluster::candidates(&index, &prepared, window_seconds) {
                let members = &labels[&candidate.story];
                let same = members.get(labelled.story.as_str()).copied().unwrap_or(0);
                let same_event = 2 * same > members.values().sum();
                if same == 0 || same_event {
                    let (set, features) = (labelled.set.clone(), candidate.features);
                    examples.push(Example { set, features, same_event, weight });
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

/// Logistic regression by Newton's method.
fn fit(examples: &[Example]) -> [f64; FEATURES] {
    let mut weights = [0.0; FEATURES];
    for _ in 0..30 {
        let mut gradient = [0.0; FEATURES];
        let mut hessian = [[0.0; FEATURES]; FEATURES];
        for example in examples {
            let features = example.features.map(f64::from);
            let sum: f64 = features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
            let probability = 1.0 / (1.0 + (-sum).exp());
            let error = example.weight * (f64::from(u8::from(example.same_event)) - probability);
            let curvature = example.weight * probability * (1.0 - probability);
            for row in 0..FEATURES {
                gradient[row] += error * features[row];
                for column in 0..FEATURES {
                    hessian[row][column] += curvature * features[row] * features[column];
                }
            }
        }
        for at in 0..FEATURES {
            let ridge = if at == 0 { 1e-6 } else { RIDGE };
            gradient[at] -= ridge * weights[at];
            hessian[at][at] += ridge;
        }
        let step = solve(hessian, gradient);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += step;
        }
        if step.iter().all(|step| step.abs() < 1e-6) {
            break;
        }
    }
    weights
}

/// Solves a system of linear equations by elimination; the matrix is positive definite.
fn solve(mut matrix: [[f64; FEATURES]; FEATURES], mut right: [f64; FEATURES]) -> [f64; FEATURES] {
    for pivot in 0..FEATURES {
        for row in pivot + 1..FEATURES {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot];
            for (value, above) in matrix[row].iter_mut().zip(above).skip(pivot) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..FEATURES).rev() {
        let known: f64 = (row + 1..FEATURES).map(|column| matrix[row][column] * right[column]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

#[expect(clippy::disallowed_methods, reason = "a program of its own, outside the core")]
fn read(path: &str) -> anyhow::Result<Vec<Labelled>> {
    let mut entries = Vec::new();
    for (at, line) in std::fs::read_to_string(path)?.lines().enumerate() {
        entries.push(labelled(line, at + 1).with_context(|| format!("line {}", at + 1))?);
    }
    entries.sort_by_key(|labelled| labelled.entry.published);
    Ok(entries)
}

fn labelled(line: &str, number: usize) -> anyhow::Result<Labelled> {
    let value: serde_json::Value = serde_json::from_str(line)?;
    let field = |name: &str| value[name].as_str().map(str::to_owned);
    let time = DateTime::parse_from_rfc3339(&field("time").context("no `time`")?)?.to_utc();
    let name = field("source").unwrap_or_else(|| format!("unknown {number}"));
    let slug: String = slug(&name).chars().filter(char::is_ascii).collect();
    let id = SourceId::new(slug.trim_start_matches('-')).or_else(|_| SourceId::new("unnamed"))?;
    let publisher = Publisher::new(id.as_str())?;
    let source = Source {
        id,
        name: None,
        location: Location::File(std::path::PathBuf::new()),
        publisher: publisher.clone(),
        tags: Vec::new(),
        priority: 0,
        can_lead: true,
    };
    let item = Item {
        id: field("id"),
        link: field("url"),
        title: field("title").map(Markup::Html),
        summary: field("text").map(Markup::Html),
        published: Some(time),
        language: field("lang"),
        ..Item::default()
    };
    let parsed = Parsed { feed: Feed { items: vec![item], ..Feed::default() }, flaws: Vec::new() };
    let entry = normalize::entries(&parsed, &source, time).pop().context("the line makes no entry")?;
    let story = field("story").context("no `story`")?;
    Ok(Labelled { set: field("set").unwrap_or_else(|| "unnamed".to_owned()), story, entry, publisher })
}
