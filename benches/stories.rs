//! How fast stories are found, how that grows with the window, what memory a window takes, and how long a restart does.
//!
//! `cargo bench -p wiredesk-benches --bench stories`, with `-- speed growth memory restart` for some of it.
//! `WIREDESK_STORIES=file.jsonl` measures the speed on labelled entries of one's own, as `wiredesk eval` reads them.
#![allow(clippy::disallowed_methods, reason = "measures time and memory, and reads a file")]

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::DateTime;
use unicode_segmentation::UnicodeSegmentation;
use wiredesk::cluster::{self, Index};
use wiredesk::config::{MatchLevel, Stories};
use wiredesk::model::{
    Changes, Entry, EntryId, Html, Language, Membership, Publisher, Reason, SourceId, Story, StoryId, Text,
};
use wiredesk::{config, desk, store, text};
use wiredesk_benches::wire;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The window of a desk: what the index holds.
const WINDOW: u64 = cluster::CAPACITY as u64;
/// Entries that are timed at every size of the window.
const TIMED: u64 = 5_000;

fn options() -> Stories {
    Stories { match_level: MatchLevel::Normal, window: Duration::from_secs(72 * 3600), lead: Vec::new() }
}

/// Does what the desk does with an entry that is new to it.
fn file(index: &mut Index, entry: &Entry, publisher: &Publisher, options: &Stories) -> bool {
    let prepared = cluster::prepare(entry, publisher);
    let found = cluster::find(index, &prepared, options);
    let joined = found.is_some();
    let story = found.map_or_else(|| StoryId::mint("bench.invalid", entry), |found| found.story);
    index.insert(prepared, &story);
    joined
}

/// Puts an entry into its true story, as at a restart.
fn put(index: &mut Index, number: u64, window: u64) {
    let (entry, publisher) = wire::entry(number, window);
    let story = StoryId::stored(&format!("tag:bench.invalid,2024-10-18:story/{:016x}", wire::event(number, window)));
    index.insert(cluster::prepare(&entry, &publisher), &story);
}

/// The bare pass: runs of letters and digits in lower case, counted.
fn tokenise_and_count<'e>(entries: impl Iterator<Item = &'e Entry>) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for entry in entries {
        for text in [entry.title.as_str(), entry.summary.as_str()] {
            for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
                *counts.entry(word.to_lowercase()).or_default() += 1;
            }
        }
    }
    counts
}

/// The same with the words of Unicode's standard, UAX #29, which is what it takes to find words in every script.
fn segment_and_count<'e>(entries: impl Iterator<Item = &'e Entry>) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for entry in entries {
        for text in [entry.title.as_str(), entry.summary.as_str()] {
            for word in text.unicode_words() {
                *counts.entry(word.to_lowercase()).or_default() += 1;
            }
        }
    }
    counts
}

/// The same with the words that the stage compares: stemmed, without accents, scripts cut.
fn stem_and_count<'e>(entries: impl Iterator<Item = &'e Entry>) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for entry in entries {
        for text in [entry.title.as_str(), entry.summary.as_str()] {
            text::words(text, entry.language.as_ref(), |word| match counts.get_mut(word.text) {
                Some(count) => *count += 1,
                None => {
                    counts.insert(word.text.to_owned(), 1);
                }
            });
        }
    }
    counts
}

fn speed() {
    let entries = match std::env::var_os("WIREDESK_STORIES") {
        Some(path) => labelled(Path::new(&path)),
        None => (0..20_000).map(|number| wire::entry(number, WINDOW)).collect(),
    };
    let texts = || entries.iter().map(|(entry, _)| entry);
    let options = options();
    let [mut bare, mut segments, mut stems, mut prepares, mut all] = [(); 5].map(|()| Vec::new());
    let mut joined = 0;
    for _ in 0..5 {
        let time = |times: &mut Vec<f64>, run: &mut dyn FnMut()| {
            let start = Instant::now();
            run();
            times.push(start.elapsed().as_secs_f64());
        };
        time(&mut bare, &mut || drop(black_box(tokenise_and_count(texts()))));
        time(&mut segments, &mut || drop(black_box(segment_and_count(texts()))));
        time(&mut stems, &mut || drop(black_box(stem_and_count(texts()))));
        time(&mut prepares, &mut || {
            for (entry, publisher) in &entries {
                black_box(cluster::prepare(entry, publisher));
            }
        });
        let mut index = Index::new();
        time(&mut all, &mut || {
            joined = entries.iter().filter(|(entry, of)| file(&mut index, entry, of, &options)).count();
        });
    }
    let [bare, segments, stems, prepares, all] = [bare, segments, stems, prepares, all].map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let count = entries.len() as f64;
    let characters: usize = texts().map(|entry| entry.summary.as_str().chars().count()).sum();
    println!(
        "{count} entries, a title and {:.0} characters each, one core; {:.0} % join a story",
        characters as f64 / count,
        joined as f64 / count * 100.0
    );
    let row = |name: &str, seconds: f64| {
        println!(
            "{name:<40}{:>9.0} entries/s{:>9.1} µs{:>9.3}{:>9.3}{:>9.3}",
            count / seconds,
            seconds / count * 1e6,
            bare / seconds,
            segments / seconds,
            stems / seconds
        );
    };
    println!("{:>89}", "as a share of 1, 2 and 3");
    row("1: tokenise at signs and count", bare);
    row("2: tokenise by UAX #29 and count", segments);
    row("3: tokenise with stems and count", stems);
    row("prepare", prepares);
    row("prepare, find and insert", all);
}

/// How the time of an entry grows with the entries in the window.
fn growth() {
    println!(
        "\n{:>12}{:>14}{:>12}{:>12}{:>12}{:>12}",
        "in window", "entries/s", "µs each", "prepare", "find", "insert"
    );
    for window in [10_000, 100_000, 1_000_000_u64] {
        let mut index = Index::with_capacity(window as usize);
        (0..window).for_each(|number| put(&mut index, number, window));
        let options = options();
        let coming: Vec<_> = (window..window + TIMED).map(|number| wire::entry(number, window)).collect();
        let (mut prepare, mut find, mut insert) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for (entry, publisher) in &coming {
            let start = Instant::now();
            let prepared = cluster::prepare(entry, publisher);
            prepare += start.elapsed();
            let start = Instant::now();
            let found = cluster::find(&index, &prepared, &options);
            find += start.elapsed();
            let story = found.map_or_else(|| StoryId::mint("bench.invalid", entry), |found| found.story);
            let start = Instant::now();
            index.insert(prepared, &story);
            insert += start.elapsed();
        }
        let each = |time: Duration| time.as_secs_f64() / TIMED as f64 * 1e6;
        let all = each(prepare + find + insert);
        println!(
            "{window:>12}{:>14.0}{all:>12.1}{:>12.1}{:>12.1}{:>12.1}",
            1e6 / all,
            each(prepare),
            each(find),
            each(insert)
        );
    }
}

/// A line of what the system knows of the process, in bytes (Linux; elsewhere memory is not measured).
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1024
}

/// Fills a window and a tenth more, as the desk does, and prints what memory that took at its peak.
fn fill() {
    put(&mut Index::with_capacity(1), 0, WINDOW);
    let before = status("VmRSS:");
    let mut index = Index::new();
    let options = options();
    for number in 0..WINDOW + WINDOW / 10 {
        let (entry, publisher) = wire::entry(number, WINDOW);
        file(&mut index, &entry, &publisher, &options);
    }
    println!("{} {}", status("VmHWM:").saturating_sub(before), black_box(&index).len());
}

fn memory() {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).arg("--fill").output().expect("this program runs");
    let figures = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = figures.split_whitespace().filter_map(|figure| figure.parse::<f64>().ok());
    let (bytes, entries) = (figures.next().unwrap_or(f64::NAN), figures.next().unwrap_or(f64::NAN));
    println!(
        "\n{entries} entries of seven days: {:.0} MiB at the peak, {:.0} bytes an entry",
        bytes / f64::from(1 << 20),
        bytes / entries
    );
}

/// How long a desk takes to open when its store holds a window of entries.
fn restart() {
    let folder = tempfile::tempdir().expect("a folder for the store");
    let mut written = String::from(
        "[site]\nname = \"Bench\"\nurl = \"https://bench.example/\"\n[[edition]]\nname = \"front\"\ntitle = \"Front\"\n",
    );
    for source in 0..wire::SOURCES {
        written
            .push_str(&format!("[[source]]\nname = \"wire-{source}\"\nurl = \"https://wire-{source}.example/feed\"\n"));
    }
    let config = config::read(&written, &folder.path().join("config.toml")).unwrap_or_else(|faults| panic!("{faults}"));
    let mut filled = store::open(&config.store).expect("a store");
    filled.adopt(&config.sources).expect("sources");
    let mut index = Index::new();
    for batch in 0..WINDOW / 1_000 {
        let mut changes = Changes::default();
        for number in batch * 1_000..(batch + 1) * 1_000 {
            let (entry, publisher) = wire::entry(number, WINDOW);
            let id = StoryId::mint("bench.invalid", &entry);
            index.insert(cluster::prepare(&entry, &publisher), &id);
            changes.held.extend(index.keep(entry.id).map(|held| (entry.id, held)));
            let evidence =
                "0.93 ≥ 0.60: like “Some headline of ten words or so” (wire-1), sharing six of its words".to_owned();
            let member = Membership { entry: entry.id, reason: Reason::Event, score: 0.9, evidence };
            changes.stories.push(Story {
                id,
                lead: entry.id,
                members: vec![member],
                first_seen: entry.seen,
                updated: entry.seen,
                revision: 1,
            });
            changes.entries.push(entry);
        }
        filled.commit(&changes).expect("a commit");
    }
    drop(filled);
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let config = config.clone();
            let start = Instant::now();
            let desk = desk::open(config).expect("a desk");
            let elapsed = start.elapsed();
            drop(desk);
            elapsed
        })
        .collect();
    times.sort();
    println!("\nopening a desk with {WINDOW} entries in its store: {:.2} s (median of five)", times[2].as_secs_f64());
}

/// Entries of a file of labelled ones; the labels are passed over.
fn labelled(path: &Path) -> Vec<(Entry, Publisher)> {
    let lines = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut entries: Vec<_> = lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            let line: serde_json::Value = serde_json::from_str(line)
                .unwrap_or_else(|error| panic!("{}, line {}: {error}", path.display(), at + 1));
            let field = |name: &str| line[name].as_str().unwrap_or_default();
            let source = wiredesk::model::slug(field("source"));
            let source = SourceId::new(&source).or_else(|_| SourceId::new(&format!("line-{at}"))).expect("a name");
            let time = DateTime::parse_from_rfc3339(field("time"))
                .unwrap_or_else(|error| panic!("{}, line {}: {error}", path.display(), at + 1))
                .to_utc();
            let entry = Entry {
                id: EntryId::mint(&source, field("id")),
                key: field("id").to_owned(),
                link: None,
                url: None,
                title: Text(field("title").to_owned()),
                summary: Html(field("text").replace('&', "&amp;").replace('<', "&lt;")),
                content: Html::default(),
                published: time,
                updated: None,
                seen: time,
                language: Language::new(field("lang")),
                authors: Vec::new(),
                categories: Vec::new(),
                enclosures: Vec::new(),
                translations: Vec::new(),
                image_size: None,
                image: None,
                source,
            };
            let publisher = Publisher::new(entry.source.as_str()).expect("a name");
            (entry, publisher)
        })
        .collect();
    entries.sort_by_key(|(entry, _)| entry.published);
    entries
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.iter().any(|argument| argument == "--fill") {
        return fill();
    }
    let parts: [(&str, fn()); 4] = [("speed", speed), ("growth", growth), ("memory", memory), ("restart", restart)];
    for (name, run) in parts {
        if arguments.is_empty() || arguments.iter().any(|argument| argument == name) {
            run();
        }
    }
}
