//! How the time and memory of reading grow with the size of a document that is made to be expensive: linearly, or this
//! ends with exit code 1.
//!
//! `cargo bench -p wiredesk-benches --bench growth`, with `-- WORD` for the families whose name has that word.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use wiredesk::model::{Location, Publisher, Source, SourceId};
use wiredesk::normalize::entries;
use wiredesk::parse::{Hints, parse};
use wiredesk_benches::hostile::{Family, families};

/// The sizes, each twice the one before: the last is that of the largest document that is fetched, nearly.
const SIZES: std::ops::RangeInclusive<u32> = 17..=23;
/// The exponent beyond which growth is not linear: 1.0 is, 2.0 is quadratic; between them lie caches and noise.
const MOST: f64 = 1.3;
/// What reads its largest document at so many MB/s is no danger, whatever the exponent: there it is the caches that end.
const FAST: f64 = 200.0;
/// A family that takes longer for one document is not given a larger one.
const TIME: Duration = Duration::from_secs(3);
/// One that takes more memory neither.
const MEMORY: usize = 1 << 30;
/// Bytes of memory for each byte of a large document.
const MOST_MEMORY: usize = 100;

/// A way of reading.
type Read = fn(&[u8], &Source, DateTime<Utc>);

fn read(document: &[u8], _: &Source, _: DateTime<Utc>) {
    let _ = black_box(parse(black_box(document), &Hints::default()));
}

fn read_and_normalize(document: &[u8], source: &Source, now: DateTime<Utc>) {
    if let Ok(parsed) = black_box(parse(black_box(document), &Hints::default())) {
        black_box(entries(&parsed, source, now));
    }
}

/// What a family costs.
struct Growth {
    exponent: f64,
    speed: f64,
    largest: usize,
    memory: usize,
}

fn measure(family: &Family, read: Read, runs: usize) -> Growth {
    let (source, now) = (source(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
    let (mut times, mut largest, mut memory) = (Vec::new(), 0, 0);
    for size in SIZES {
        let document = family.1(1 << size);
        let mut best = Duration::MAX;
        let before = forget_peak();
        for _ in 0..runs {
            let start = clock();
            read(&document, &source, now);
            best = best.min(clock().saturating_sub(start));
            if best > TIME / 3 {
                break;
            }
        }
        memory = peak().saturating_sub(before);
        largest = document.len();
        times.push(best.as_secs_f64());
        if best > TIME || memory > MEMORY {
            break;
        }
    }
    let last = times[times.len() - 1];
    let doublings = (times.len() - 1).min(2);
    let earlier = times[times.len() - 1 - doublings];
    let exponent = if doublings == 0 { f64::INFINITY } else { (last / earlier).log2() / doublings as f64 };
    Growth { exponent, speed: largest as f64 / last / 1e6, largest, memory }
}

fn source() -> Source {
    Source {
        id: SourceId::new("hostile").expect("a name"),
        name: None,
        location: Location::File("feed.xml".into()),
        publisher: Publisher::new("hostile.example").expect("a name"),
        tags: Vec::new(),
        priority: 0,
        can_lead: true,
    }
}

/// The time that this thread has run: what else the machine does counts little (Linux; elsewhere the time of day).
fn clock() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|ran| ran.split(' ').next()?.parse().ok());
    ran.filter(|&ran| ran > 0).map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// The process's memory in use, from which on its peak is taken (Linux; elsewhere memory is not measured).
fn forget_peak() -> usize {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    status("VmRSS:")
}

fn peak() -> usize {
    status("VmHWM:")
}

fn status(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1024
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut offenders = Vec::new();
    println!("{:<40}{:>28}{:>28}", "", "parse", "parse and normalize");
    for family in families() {
        if !words.is_empty() && !words.iter().any(|word| family.0.contains(word)) {
            continue;
        }
        let mut line = format!("{:<40}", family.0);
        for (way, read) in [("parse", read as Read), ("normalize", read_and_normalize)] {
            let mut growth = measure(&family, read, 3);
            for _ in 0..3 {
                // Once more, longer: other programs run too. What is surely not linear needs no second look.
                if (MOST..1.7).contains(&growth.exponent) {
                    let again = measure(&family, read, 7);
                    growth = if again.exponent < growth.exponent { again } else { growth };
                }
            }
            let greedy = growth.memory > growth.largest * MOST_MEMORY;
            line += &format!(
                "  n^{:<4.2}{:>7.1} MB/s{:>6.1} x mem",
                growth.exponent,
                growth.speed,
                growth.memory as f64 / growth.largest as f64
            );
            if growth.exponent > MOST && growth.speed < FAST || greedy {
                line += "!";
                offenders.push(format!("{} ({way})", family.0));
            }
        }
        println!("{line}");
    }
    if offenders.is_empty() {
        println!("\nall linear");
        return ExitCode::SUCCESS;
    }
    println!("\nnot linear, or more than {MOST_MEMORY} bytes of memory a byte: {}", offenders.join("; "));
    ExitCode::FAILURE
}
