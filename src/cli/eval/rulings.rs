//! `wiredesk eval --rulings`: rulings as tests. What would the machine decide by itself, and does each ruling hold?

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;

use super::Args;
use super::replay::{self, Filing};
use crate::cli::explain::refused;
use crate::cli::load::{self, Unusable};
use crate::cli::parse::lines::Lines;
use crate::cluster::rulings::{EntryName, Kind, Ruling, Rulings};
use crate::cluster::{self, CAPACITY};
use crate::config::{LeadRule, Stories};
use crate::desk;
use crate::model::{Entry, EntryId, Publisher, Reason, Sources, by_id};
use crate::store;

/// What rulings are tried on.
struct Trials {
    entries: Vec<(Entry, Publisher)>,
    options: Stories,
    sources: Sources,
    rulings: Rulings,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Outcome {
    entries: usize,
    agrees: usize,
    overruled: usize,
    /// Rulings that name too few entries that are there.
    unmet: usize,
    /// Rulings that do not hold when they are applied.
    broken: usize,
    rulings: Vec<Row>,
}

/// What came of one ruling.
#[derive(Debug, Serialize)]
struct Row {
    kind: &'static str,
    place: String,
    note: Option<String>,
    /// `agrees`, `overruled` or `unmet`.
    machine: &'static str,
    /// Whether it holds when the rulings are applied; `None` when it is not met.
    holds: Option<bool>,
    /// What the machine went by.
    evidence: Vec<String>,
    /// What it names and is not there.
    missing: Vec<String>,
}

/// Runs the command: exit code 1 when a ruling does not hold though it is applied.
///
/// # Errors
/// When the entries or the rulings cannot be read.
pub(super) fn run(config: &Path, args: &Args, named: Option<&Path>) -> anyhow::Result<ExitCode> {
    let trials = trials(config, args, named)?;
    let outcome = outcome(trials);
    let mut out = std::io::stdout().lock();
    let printed = match args.json {
        true => writeln!(out, "{}", serde_json::to_string(&outcome)?),
        false => write!(out, "{}", show(&outcome, crate::cli::terminal_width())),
    };
    printed.context("Failed to print the outcome")?;
    Ok(if outcome.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn trials(config: &Path, args: &Args, named: Option<&Path>) -> anyhow::Result<Trials> {
    // The configuration is not needed when both files are named.
    let config = if named.is_none() || args.file.is_none() { Some(load::load(config)?) } else { None };
    let rulings = match (named, &config) {
        (Some(path), _) => desk::read_rulings(path).map_err(Unusable::Rulings)?,
        (None, Some(config)) => load::rulings(config)?,
        (None, None) => Rulings::default(),
    };
    anyhow::ensure!(
        !rulings.list().is_empty(),
        "There is no ruling to try: name a file behind --rulings, or as `rulings` under [stories]"
    );
    if let (None, Some(config)) = (&args.file, config) {
        let store = store::open_read_only(&config.store)?;
        let sources = by_id(config.sources.iter().cloned());
        let latest = store.latest(CAPACITY)?.into_iter();
        let entries = latest.map(|(entry, _)| {
            let publisher = desk::publisher_of(&entry.source, &sources);
            (entry, publisher)
        });
        return Ok(Trials { entries: entries.collect(), options: config.stories, sources, rulings });
    }
    let entries = super::entries(args)?.into_iter().map(|labelled| (labelled.entry, labelled.publisher)).collect();
    let options = Stories { lead: vec![LeadRule::Complete, LeadRule::Earliest], ..args.options() };
    Ok(Trials { entries, options, sources: BTreeMap::new(), rulings })
}

fn outcome(trials: Trials) -> Outcome {
    let Trials { entries, options, sources, mut rulings } = trials;
    let list = rulings.list().to_vec();
    let named: Vec<Vec<Vec<&Entry>>> = list.iter().map(|ruling| bearers(&rulings, ruling, &entries)).collect();
    let mut beside: BTreeMap<EntryId, BTreeSet<EntryId>> = BTreeMap::new();
    for (_, named) in list.iter().zip(&named).filter(|(ruling, _)| ruling.kind == Kind::Together) {
        let all: BTreeSet<EntryId> = named.iter().flatten().map(|entry| entry.id).collect();
        for entry in &all {
            beside.entry(*entry).or_default().extend(all.iter().filter(|other| *other != entry));
        }
    }
    let alone = replay::alone(&entries, &options, &beside);
    let ruled = replay::ruled(&entries, &options, &mut rulings);
    let nobody = Rulings::default();
    let mut rows = Vec::new();
    for (ruling, named) in list.iter().zip(&named) {
        let judge = |filing: &Filing, by: &Rulings| {
            holds(ruling.kind, named, filing, |members| desk::lead(members, by, &sources, &options), &entries)
        };
        let machine = judge(&alone, &nobody);
        rows.push(Row {
            kind: ruling.kind.as_str(),
            place: rulings.place(ruling),
            note: ruling.note.clone(),
            machine: match machine {
                Some(true) => "agrees",
                Some(false) => "overruled",
                None => "unmet",
            },
            holds: judge(&ruled, &rulings),
            evidence: machine.map(|_| evidence(ruling.kind, named, &alone, &options)).unwrap_or_default(),
            missing: rulings
                .named(ruling)
                .zip(named)
                .filter(|(_, bearers)| bearers.is_empty())
                .map(|(name, _)| name.to_string())
                .collect(),
        });
    }
    let count = |word: &str| rows.iter().filter(|row| row.machine == word).count();
    Outcome {
        entries: entries.len(),
        agrees: count("agrees"),
        overruled: count("overruled"),
        unmet: count("unmet"),
        broken: rows.iter().filter(|row| row.holds == Some(false)).count(),
        rulings: rows,
    }
}

/// Of each name of a ruling the entries that bear it.
fn bearers<'e>(rulings: &Rulings, ruling: &Ruling, entries: &'e [(Entry, Publisher)]) -> Vec<Vec<&'e Entry>> {
    let of = |name: &EntryName| entries.iter().map(|(entry, _)| entry).filter(|entry| name.names(entry)).collect();
    rulings.named(ruling).map(of).collect()
}

/// Whether what a ruling demands is so; `None` when too few of its entries are there to tell.
fn holds(
    kind: Kind,
    named: &[Vec<&Entry>],
    filing: &Filing,
    lead: impl Fn(&[Entry]) -> Option<EntryId>,
    entries: &[(Entry, Publisher)],
) -> Option<bool> {
    let stories_of = |bearers: &[&Entry]| -> BTreeSet<_> {
        bearers.iter().filter_map(|entry| filing.get(&entry.id)).map(|filed| filed.story.clone()).collect()
    };
    let stories: Vec<BTreeSet<_>> =
        named.iter().filter(|bearers| !bearers.is_empty()).map(|bearers| stories_of(bearers)).collect();
    match kind {
        Kind::Together if stories.len() > 1 => Some(stories.iter().flatten().collect::<BTreeSet<_>>().len() == 1),
        Kind::Apart if stories.len() > 1 => {
            let mut taken = BTreeSet::new();
            Some(stories.iter().flatten().all(|story| taken.insert(story)))
        }
        Kind::Lead => {
            let story = stories.first()?.first()?;
            let of_story = |entry: &&Entry| filing.get(&entry.id).is_some_and(|filed| filed.story == *story);
            let members: Vec<Entry> = entries.iter().map(|(entry, _)| entry).filter(of_story).cloned().collect();
            let lead = lead(&members)?;
            Some(named.iter().flatten().any(|entry| entry.id == lead))
        }
        Kind::Together | Kind::Apart => None,
    }
}

/// What the machine went by with each entry of a ruling, the first one left out.
fn evidence(kind: Kind, named: &[Vec<&Entry>], filing: &Filing, options: &Stories) -> Vec<String> {
    if kind == Kind::Lead {
        return Vec::new();
    }
    let threshold = cluster::event_threshold(options.match_level);
    let mut said = Vec::new();
    for entry in named.iter().flatten() {
        let Some(filed) = filing.get(&entry.id) else { continue };
        let title = &entry.title;
        if filed.level != Reason::First {
            said.push(format!("“{title}” by {}: {}", filed.level.as_str(), filed.evidence));
        }
        for (_, trial) in &filed.trials {
            let score = match (trial.score, threshold) {
                (Some(score), Some(threshold)) => format!("{score:.2} of {threshold:.2}, "),
                _ => String::new(),
            };
            let words: Vec<String> =
                trial.shared.iter().take(6).map(|(word, rarity)| format!("{word} {rarity:.1}")).collect();
            let shared = if words.is_empty() { String::new() } else { format!("; shared {}", words.join(", ")) };
            said.push(format!("“{title}” was kept out: {score}{}{shared}", refused(trial)));
        }
    }
    said
}

fn show(outcome: &Outcome, width: usize) -> String {
    const COLUMN: usize = 12;
    let mut lines = Lines::new(width);
    for row in &outcome.rulings {
        let broken = if row.holds == Some(false) { " — DOES NOT HOLD when applied" } else { "" };
        let note = row.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        lines.put(&format!("{:<10}", row.machine), COLUMN, &format!("{}, {}{note}{broken}", row.kind, row.place), 3);
        for said in &row.evidence {
            lines.put("", COLUMN, said, 4);
        }
        if !row.missing.is_empty() {
            lines.put("", COLUMN, &format!("not there: {}", row.missing.join(", ")), 4);
        }
    }
    lines.gap();
    let Outcome { entries, agrees, overruled, unmet, broken, rulings } = outcome;
    let summary = format!(
        "{} tried on {entries} entries: the machine by itself agrees with {agrees}, and is overruled by {overruled}; \
         {unmet} could not be tried, since their entries are not there.",
        if rulings.len() == 1 { "1 ruling".to_owned() } else { format!("{} rulings", rulings.len()) }
    );
    lines.put("", 0, &summary, 4);
    let held = match broken {
        0 => "With the rulings applied, all hold.".to_owned(),
        broken => format!("With the rulings applied, {broken} do not hold: see above, and `wiredesk explain`."),
    };
    lines.put("", 0, &held, 2);
    lines.finish()
}
