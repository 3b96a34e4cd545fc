//! `wiredesk eval`: how well stories are found, measured on labelled entries.
#![expect(clippy::disallowed_methods, reason = "the command line reads the file")]

mod curve;
mod errors;
mod filing;
mod labelled;
mod metrics;
mod order;
mod replay;
mod report;
mod rulings;
mod show;

use std::fs::File;
use std::io::{BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::config::{self, MATCH_LEVELS, MatchLevel};
use filing::{Filed, Rules};
use labelled::Labelled;
use order::Arrival;
use report::{Report, Row};

/// Arguments of `wiredesk eval`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Labelled entries: JSON lines with id, time, title and story, and lang, source, url, text and set where known.
    #[arg(required_unless_present = "rulings")]
    file: Option<PathBuf>,
    /// Instead of measuring, replay rulings on FILE, or without FILE on the entries in the store: what would the
    /// machine decide by itself? Default: the rulings of the configuration.
    #[arg(
        long,
        value_name = "RULINGS.toml",
        num_args = 0..=1,
        conflicts_with_all = ["clusters", "threshold", "curve", "errors", "shuffle"]
    )]
    rulings: Option<Option<PathBuf>>,
    /// Measure on entries of this language only.
    #[arg(long)]
    lang: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Write the stories found: a line `{"id","story"}` an entry.
    #[arg(long, value_name = "OUT.jsonl")]
    clusters: Option<PathBuf>,
    /// How sure a match must be, as in the configuration.
    #[arg(long = "match", value_name = "LEVEL", default_value = "normal", value_parser = levels())]
    match_level: MatchLevel,
    /// How probable two reports of one event must be, from 0 to 1, instead of what the level stands for.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    threshold: Option<f64>,
    /// How far apart two reports of one event may be.
    #[arg(long, default_value = "72h", value_parser = humantime::parse_duration)]
    window: Duration,
    /// Show what every threshold would give, and the precision at a recall.
    #[arg(long, value_name = "RECALL", value_parser = share, num_args = 0..=1, default_missing_value = "0.73")]
    curve: Option<f64>,
    /// Show the worst wrong merges and splits, so many of each.
    #[arg(long, value_name = "N")]
    errors: Option<usize>,
    /// Let entries come late, each by a time of its own; the number chooses the times.
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,
    /// How late entries come at most with `--shuffle`.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration, requires = "shuffle")]
    within: Duration,
    /// Decide on so many entries together, in order of their publication, as the desk does with what has arrived.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
}

impl Args {
    fn options(&self) -> config::Stories {
        config::Stories { match_level: self.match_level, window: self.window, lead: Vec::new() }
    }
}

/// The match levels by their names in the configuration.
fn levels() -> impl TypedValueParser<Value = MatchLevel> {
    PossibleValuesParser::new(MATCH_LEVELS.iter().map(|(name, _)| *name)).try_map(|word| {
        MATCH_LEVELS.iter().find(|(name, _)| *name == word).map(|(_, level)| *level).ok_or("no match level")
    })
}

fn share(word: &str) -> Result<f64, String> {
    let share = word.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "must be a number from 0 to 1".to_owned())
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read, a line is wrong, nothing is left to measure, or the clusters cannot be written.
pub fn run(config: &Path, args: Args) -> anyhow::Result<ExitCode> {
    if let Some(named) = &args.rulings {
        return rulings::run(config, &args, named.as_deref());
    }
    let entries = entries(&args)?;
    let options = args.options();
    let rules = Rules::new(options, args.threshold.map(|share| share as f32));
    let arrival = Arrival {
        shuffle: args.shuffle,
        within: args.within,
        batch: usize::try_from(args.batch).unwrap_or(usize::MAX),
    };
    let order = order::order(&entries, arrival);

    let filing = filing::file(&entries, &order, &rules, args.errors.is_some());
    let rows = rows(&entries, &filing.filed);
    if let Some(path) = &args.clusters {
        let written = File::create(path).map_err(Into::into).and_then(|out| write_clusters(out, &rows));
        written.with_context(|| format!("Failed to write the stories found to {}", path.display()))?;
    }
    let mut report = Report::new(&rows, entries.len() as f64 / filing.elapsed.as_secs_f64().max(1e-9));
    if args.shuffle.is_some() || args.batch > 1 {
        let in_order: Vec<usize> = (0..entries.len()).collect();
        let ordered = filing::file(&entries, &in_order, &rules, false);
        let measured = report::of(self::rows(&entries, &ordered.filed).iter()).bcubed;
        let stories = |filed: &'_ [Filed]| filed.iter().map(|filed| filed.story.clone()).collect::<Vec<_>>();
        report.order = Some(order::difference(measured, &stories(&ordered.filed), &stories(&filing.filed)));
    }
    if let Some(recall) = args.curve {
        report.curve = Some(report::Curve { points: curve::curve(&entries, &order, &rules), recall });
    }
    report.errors = args.errors.map(|most| errors::errors(&entries, &filing.filed, &order, most));

    let mut out = std::io::stdout().lock();
    let printed = if args.json {
        writeln!(out, "{}", report.json())
    } else {
        let shown =
            report.errors.as_ref().map(|errors| show::errors(errors, super::terminal_width(), out.is_terminal()));
        write!(out, "{}{}", report.tables(), shown.unwrap_or_default())
    };
    printed.context("Failed to print the measures")?;
    Ok(ExitCode::SUCCESS)
}

fn entries(args: &Args) -> anyhow::Result<Vec<Labelled>> {
    let path = args.file.as_deref().context("No file of labelled entries is named")?;
    let file = File::open(path).with_context(|| format!("Failed to open {}", path.display()))?;
    let mut entries = labelled::read(BufReader::new(file), path)?;
    if let Some(lang) = &args.lang {
        entries.retain(|labelled| labelled.lang == *lang);
        anyhow::ensure!(!entries.is_empty(), "No entry of {} has `lang` = \"{lang}\"", path.display());
    }
    anyhow::ensure!(!entries.is_empty(), "{} holds no entries", path.display());
    Ok(entries)
}

fn rows<'a>(entries: &'a [Labelled], filed: &'a [Filed]) -> Vec<Row<'a>> {
    entries.iter().zip(filed).map(|(entry, filed)| Row { entry, story: &filed.story }).collect()
}

fn write_clusters(out: impl Write, rows: &[Row<'_>]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    for row in rows {
        writeln!(out, "{}", serde_json::json!({ "id": row.entry.id, "story": row.story.as_str() }))?;
    }
    Ok(out.flush()?)
}
