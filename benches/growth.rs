//! How the time and memory of reading grow with the size of a document that is made to be expensive: linearly, or this
//! ends with exit code 1.
//!
//! `cargo bench -p wiredesk-benches --bench growth`, with `-- WORD` for the families whose name has that word.
#![allow(clippy::disallowed_methods, reason = "measures time and memory")]

use std::hint::black_box;
use std::process::{Command, ExitCode};
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
const MOST_MEMORY: f64 = 100.0;

/// The system counts a thread's time at its ticks, some milliseconds apart.
const TICKS: Duration = Duration::from_millis(60);

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
    /// The worst over two doublings of the size, of those that take long enough to be of interest; else the last.
    exponent: f64,
    /// MB/s at the largest size.
    speed: f64,
    /// Bytes for each byte of the largest document, at the peak.
    memory: f64,
}

impl Growth {
    fn is_greedy(&self) -> bool {
        self.exponent > MOST || self.memory > MOST_MEMORY
    }
}

fn measure(family: &Family, read: Read, rounds: usize) -> Growth {
    let (source, now) = (source(), DateTime::UNIX_EPOCH + TimeDelta::days(20_000));
    let (mut costs, mut memory): (Vec<(f64, f64)>, f64) = (Vec::new(), 0.0);
    for size in SIZES {
        let document = family.1(1 << size);
        let before = status("VmRSS:");
        let mut best = Duration::MAX;
        for _ in 0..rounds {
            best = best.min(mean(|| read(&document, &source, now)));
            if best > TIME / 3 {
                break;
            }
        }
        let seconds = best.as_secs_f64().max(1e-9);
        costs.push((seconds, document.len() as f64 / seconds / 1e6));
        let used = status("VmHWM:").saturating_sub(before);
        memory = used as f64 / document.len() as f64;
        if best > TIME || used > MEMORY {
            break;
        }
    }
    let exponent = |window: &[(f64, f64)]| (window[2].0 / window[0].0).log2() / 2.0;
    let matters = |window: &&[(f64, f64)]| window[2].0 > 0.005 && window[2].1 < FAST;
    let last = costs[costs.len() - 1];
    let worst = costs.windows(3).filter(matters).map(exponent).reduce(f64::max);
    let exponent = match (worst, costs.as_slice()) {
        (Some(worst), _) => worst,
        (None, [.., _, _, _]) => exponent(&costs[costs.len() - 3..]).min(MOST),
        // Too slow for three sizes.
        _ => f64::INFINITY,
    };
    Growth { exponent, speed: last.1, memory }
}

fn source() -> Source {
    Source::new(
        SourceId::new("hostile").expect("a name"),
        Location::File("feed.xml".into()),
        Publisher::new("hostile.example").expect("a name"),
    )
}

/// The time of one run: the mean of as many as it takes to be longer than the ticks of the clock.
fn mean(run: impl Fn()) -> Duration {
    let (start, mut runs) = (clock(), 0);
    loop {
        run();
        runs += 1;
        let elapsed = clock().saturating_sub(start);
        if elapsed >= TICKS {
            return elapsed / runs;
        }
    }
}

/// The time that this thread has run: what else the machine does counts little (Linux; elsewhere the time of day).
fn clock() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|ran| ran.split(' ').next()?.parse().ok());
    ran.filter(|&ran| ran > 0).map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// A line of what the system knows of the process, in bytes (Linux; elsewhere memory is not measured).
fn status(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1024
}

/// The ways of reading by their names.
const WAYS: [(&str, Read); 2] = [("parse", read), ("normalize", read_and_normalize)];

/// Measures one family and prints the figures for [`of_child`].
fn alone(name: &str, way: &str) {
    let family = families().into_iter().find(|(known, _)| *known == name).expect("a family");
    let (_, read) = WAYS.into_iter().find(|(known, _)| *known == way).expect("a way");
    let mut growth = measure(&family, read, 1);
    for _ in 0..3 {
        // Once more, longer: other programs run too. What is surely not linear needs no second look.
        if (MOST..1.7).contains(&growth.exponent) {
            growth.exponent = measure(&family, read, 3).exponent.min(growth.exponent);
        }
    }
    println!("{} {} {}", growth.exponent, growth.speed, growth.memory);
}

/// The figures of a family, measured in a process of its own: memory that another one left behind would hide its own.
fn of_child(name: &str, way: &str) -> Growth {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).args(["--alone", name, way]).output().expect("this program runs");
    let figures = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = figures.split_whitespace().filter_map(|figure| figure.parse().ok());
    // A child that was killed, for its memory perhaps, gives no figures.
    let mut next = |missing| figures.next().unwrap_or(missing);
    Growth { exponent: next(f64::INFINITY), speed: next(0.0), memory: next(f64::INFINITY) }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, name, way] = arguments.as_slice()
        && flag == "--alone"
    {
        alone(name, way);
        return ExitCode::SUCCESS;
    }
    let mut offenders = Vec::new();
    println!("{:<40}{:>30}{:>30}", "", "parse", "parse and normalize");
    for (name, _) in families() {
        if !arguments.is_empty() && !arguments.iter().any(|word| name.contains(word)) {
            continue;
        }
        print!("{name:<40}");
        for (way, _) in WAYS {
            let growth = of_child(name, way);
            let mark = if growth.is_greedy() { '!' } else { ' ' };
            print!("  n^{:<4.2}{:>7.1} MB/s{:>6.1} x mem{mark}", growth.exponent, growth.speed, growth.memory);
            if growth.is_greedy() {
                offenders.push(format!("{name} ({way})"));
            }
        }
        println!();
    }
    if offenders.is_empty() {
        println!("\nall linear");
        return ExitCode::SUCCESS;
    }
    println!("\nnot linear, or more than {MOST_MEMORY} bytes of memory a byte: {}", offenders.join("; "));
    ExitCode::FAILURE
}
