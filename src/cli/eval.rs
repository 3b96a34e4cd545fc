//! `wiredesk eval`: how well stories are found, measured on labelled entries.
#![expect(
    clippy::disallowed_methods,
    reason = "the command line reads the file, and measures how long the stage takes"
)]

mod labelled;
mod metrics;
mod report;

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cluster;
use crate::config::{self, MatchLevel};
use crate::model::StoryId;
use labelled::Labelled;

/// Arguments of `wiredesk eval`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Labelled entries: JSON lines with id, time, title and story, and lang, source, url, text and set where known.
    file: PathBuf,
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
    #[arg(long = "match", value_name = "LEVEL", default_value = "normal")]
    match_level: Level,
    /// How far apart two reports of one event may be.
    #[arg(long, default_value = "72h", value_parser = humantime::parse_duration)]
    window: Duration,
}

/// The match levels by their names in the configuration.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Level {
    Off,
    Id,
    Url,
    Text,
    Strict,
    Normal,
    Loose,
}

impl From<Level> for MatchLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::Off,
            Level::Id => Self::Id,
            Level::Url => Self::Url,
            Level::Text => Self::Text,
            Level::Strict => Self::Strict,
            Level::Normal => Self::Normal,
            Level::Loose => Self::Loose,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read, a line is wrong, nothing is left to measure, or the clusters cannot be written.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let file = File::open(&args.file).with_context(|| format!("Failed to open {}", args.file.display()))?;
    let mut entries = read(BufReader::new(file), &args.file)?;
    if let Some(lang) = &args.lang {
        entries.retain(|labelled| labelled.lang == *lang);
        anyhow::ensure!(!entries.is_empty(), "No entry of {} has `lang` = \"{lang}\"", args.file.display());
    }
    anyhow::ensure!(!entries.is_empty(), "{} holds no entries", args.file.display());

    let options = config::Stories { match_level: args.match_level.into(), window: args.window, lead: Vec::new() };
    let (stories, elapsed) = file_all(&entries, &options);
    let rows: Vec<report::Row> =
        entries.iter().zip(&stories).map(|(entry, story)| report::Row { entry, story }).collect();
    if let Some(path) = &args.clusters {
        let written = File::create(path).map_err(Into::into).and_then(|out| write_clusters(out, &rows));
        written.with_context(|| format!("Failed to write the stories found to {}", path.display()))?;
    }
    let rate = entries.len() as f64 / elapsed.as_secs_f64().max(1e-9);
    let account = if args.json { report::json(&rows, rate) } else { report::table(&rows, rate) };
    writeln!(std::io::stdout(), "{account}").context("Failed to print the measures")?;
    Ok(ExitCode::SUCCESS)
}

/// Reads labelled entries and puts them in order of time; entries of one time keep the order of the file.
fn read(lines: impl BufRead, path: &Path) -> anyhow::Result<Vec<Labelled>> {
    let mut entries = Vec::new();
    for (at, line) in lines.lines().enumerate() {
        let number = at + 1;
        let place = || format!("{}, line {number}", path.display());
        let line = line.with_context(place)?;
        if !line.trim().is_empty() {
            entries.push(labelled::parse(&line, number).with_context(place)?);
        }
    }
    entries.sort_by_key(|labelled| labelled.time);
    Ok(entries)
}

/// Files every entry as the desk would, one after the other, and takes the time.
fn file_all(entries: &[Labelled], options: &config::Stories) -> (Vec<StoryId>, Duration) {
    let started = Instant::now();
    let mut index = cluster::Index::new();
    let stories = entries
        .iter()
        .map(|labelled| {
            let prepared = cluster::prepare(&labelled.entry, &labelled.publisher);
            let found = cluster::find(&index, &prepared, options);
            let story = found.map_or_else(|| StoryId::mint("eval.invalid", &labelled.entry), |found| found.story);
            index.insert(prepared, &story);
            story
        })
        .collect();
    (stories, started.elapsed())
}

fn write_clusters(out: impl Write, rows: &[report::Row<'_>]) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    for row in rows {
        writeln!(out, "{}", serde_json::json!({ "id": row.entry.id, "story": row.story.as_str() }))?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_error(lines: &str, expected: &str) {
        let error = read(lines.as_bytes(), Path::new("some.jsonl")).expect_err("a wrong line");
        assert_eq!(format!("{error:#}"), expected);
    }

    #[test]
    fn a_wrong_line_is_named_with_its_cause() {
        let good = r#"{"id":"a","time":"2024-10-18T08:00:00Z","title":"A","story":"s"}"#;
        check_error(&format!("{good}\n\nno"), "some.jsonl, line 3: expected ident at column 2");
        check_error(
            r#"{"id":"a","time":"2024-10-18","title":"A","story":"s"}"#,
            "some.jsonl, line 1: `time` is \"2024-10-18\", which is no RFC 3339 time such as 2024-10-18T08:00:00Z",
        );
        check_error(
            r#"{"id":"a","time":"2024-10-18T08:00:00Z","story":"s"}"#,
            "some.jsonl, line 1: missing field `title` at column 52",
        );
    }

    #[test]
    fn entries_are_filed_in_order_of_time_by_the_production_path() {
        let text = "Four landing ships carried soldiers of a special brigade from Chongjin to Vladivostok last week, \
                    the intelligence service in Seoul said, and published satellite pictures of the crossing.";
        let line = |id: &str, time: &str, source: &str, title: &str, story: &str| {
            serde_json::json!({ "id": id, "time": time, "source": source, "title": title, "text": text, "story": story })
                .to_string()
        };
        let lines = [
            line(
                "late",
                "2024-10-18T12:00:00Z",
                "Capital Dispatch",
                "Seoul spies see soldiers cross to Vladivostok",
                "s",
            ),
            line("early", "2024-10-18T10:00:00+09:00", "Harbour Wire", "Special brigade shipped to Vladivostok", "s"),
        ];
        let entries = read(lines.join("\n").as_bytes(), Path::new("some.jsonl")).expect("entries");
        let options =
            |match_level| config::Stories { match_level, window: Duration::from_secs(3600), lead: Vec::new() };
        let (stories, _) = file_all(&entries, &options(MatchLevel::Off));
        assert_ne!(stories[0], stories[1]);
        let (stories, _) =
            file_all(&entries, &config::Stories { window: Duration::from_secs(86_400), ..options(MatchLevel::Text) });
        assert_eq!(stories[0], stories[1]);
        assert_eq!(entries[0].id, "early");
    }
}
