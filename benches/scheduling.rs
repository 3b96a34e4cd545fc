//! How late entries are discovered for so many requests: fixed polling, Miniflux's formula, and wiredesk's schedule,
//! replayed over the times at which sources published.
//!
//! `cargo bench -p wiredesk-benches --bench scheduling` works on times that are made here, the same every time.
//! `WIREDESK_TIMES=folder` reads the fields `time` and `source` of each line of the `.jsonl` files below a folder, each
//! file a set of its own. Ends with exit code 1 when wiredesk's schedule is not the best at equal requests on the times
//! made here.
#![allow(clippy::disallowed_methods, reason = "reads files")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use wiredesk::config::Schedule;
use wiredesk::model::{FeedUrl, Location, Look, PollHints, Publisher, Rhythm, Source, SourceId};
use wiredesk::schedule::{self, Outcome, rhythm};

/// The environment variable that names a folder.
const FOLDER: &str = "WIREDESK_TIMES";

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;
/// The bounds of Miniflux's formula, which hold for all three.
const LEAST: i64 = 5 * MINUTE;
const MOST: i64 = DAY;

/// Requests a source and day at which the schedules are compared.
const BUDGETS: [f64; 7] = [1.5, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0];
/// Each schedule is scaled by powers of two from this one on.
const SCALES: std::ops::RangeInclusive<i32> = -6..=9;
/// Sources with fewer entries say little about rhythm; they are left out of the second table.
const MANY: usize = 10;

/// Times of publication of each source, in seconds since 1970, sorted.
type Times = BTreeMap<String, Vec<i64>>;

/// A way to decide when a source is polled next, scaled by a factor.
#[derive(Clone, Copy)]
enum Policy {
    /// Every hour.
    Fixed,
    /// `clamp(7 d / entries of the last week, 5 min, 24 h)`.
    Miniflux,
    /// The rhythm of the source, `interval` an hour.
    Wiredesk,
}

const POLICIES: [(&str, Policy); 3] =
    [("fixed, hourly", Policy::Fixed), ("Miniflux's formula", Policy::Miniflux), ("wiredesk", Policy::Wiredesk)];

/// What a policy came to.
#[derive(Clone, Copy)]
struct Cost {
    /// Requests a source and day.
    requests: f64,
    /// Mean minutes from publication to discovery, over entries.
    delay: f64,
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time of our age")
}

fn source(name: &str) -> Source {
    Source::new(
        SourceId::new(name).expect("a name"),
        Location::Web(FeedUrl::parse("https://bench.invalid/feed").expect("a URL")),
        Publisher::new("bench").expect("a name"),
    )
}

/// Polls every source from `start` to `end`, where nothing is known at the start.
fn replay(times: &[(Source, Vec<i64>)], [start, end]: [i64; 2], policy: Policy, scale: f64) -> Cost {
    let seconds = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
    let schedule = Schedule {
        interval: Duration::from_secs_f64(3_600.0 * scale),
        min_interval: seconds(LEAST),
        max_interval: seconds(MOST),
        adaptive: true,
        local_interval: seconds(MINUTE),
        expire_after: seconds(90 * DAY),
    };
    let (mut requests, mut entries, mut delay) = (0_u64, 0_u64, 0_i64);
    for (number, (source, times)) in (0_i64..).zip(times) {
        // Sources do not all begin at one moment.
        let mut now = start + number * 617 % 3_600;
        let mut rhythm = Rhythm::default();
        let mut known = times.partition_point(|time| *time <= now);
        let mut before = None;
        while now < end {
            requests += 1;
            let new = &times[known..];
            let new = &new[..new.partition_point(|time| *time <= now)];
            known += new.len();
            entries += new.len() as u64;
            delay += new.iter().map(|time| now - time).sum::<i64>();
            let wait = match policy {
                Policy::Fixed => (3_600.0 * scale) as i64,
                Policy::Miniflux => {
                    let week = known - times[..known].partition_point(|time| *time < now - 7 * DAY);
                    if week == 0 { MOST } else { ((7 * DAY) as f64 / week as f64 * scale) as i64 }
                }
                Policy::Wiredesk => {
                    let published: Vec<_> = new.iter().map(|time| moment(*time)).collect();
                    rhythm::observe(&mut rhythm, &Look { now: moment(now), before, published: &published });
                    before = Some(moment(now));
                    let hints = PollHints::default();
                    let outcome = Outcome::Answered { fresh_for: None, hints, rhythm: &rhythm };
                    schedule::next_check(source, outcome, moment(now), &schedule).timestamp() - now
                }
            };
            now += wait.clamp(LEAST, MOST);
        }
    }
    let days = (end - start) as f64 / DAY as f64;
    Cost {
        requests: requests as f64 / times.len() as f64 / days,
        delay: delay as f64 / entries.max(1) as f64 / MINUTE as f64,
    }
}

/// The delay at a number of requests, between two points of a curve on logarithmic axes; `None` beyond its ends.
fn delay_at(curve: &[Cost], requests: f64) -> Option<f64> {
    let mut curve = curve.to_vec();
    curve.sort_by(|a, b| a.requests.total_cmp(&b.requests));
    let pair = curve.windows(2).find(|pair| pair[0].requests <= requests && requests < pair[1].requests)?;
    let part = (requests / pair[0].requests).ln() / (pair[1].requests / pair[0].requests).ln();
    Some((pair[0].delay.ln() * (1.0 - part) + pair[1].delay.ln() * part).exp())
}

/// Prints the table of a set; true when wiredesk's delay is the least wherever there is one.
fn compare(title: &str, times: &[(Source, Vec<i64>)], span: [i64; 2]) -> bool {
    let entries: usize = times.iter().map(|(_, times)| times.len()).sum();
    let days = (span[1] - span[0]) as f64 / DAY as f64;
    println!("\n{title}: {} sources, {entries} entries, {days:.0} days", times.len());
    let curves: Vec<(&str, Vec<Cost>)> = POLICIES
        .map(|(name, policy)| {
            let curve = SCALES.map(|power| replay(times, span, policy, 2_f64.powi(power))).collect();
            (name, curve)
        })
        .into();
    print!("  {:<22}", "requests/source/day");
    BUDGETS.iter().for_each(|budget| print!("{budget:>8}"));
    println!("   as it is");
    for (name, curve) in &curves {
        print!("  {name:<22}");
        for budget in BUDGETS {
            match delay_at(curve, budget) {
                Some(delay) => print!("{delay:>8.1}"),
                None => print!("{:>8}", "-"),
            }
        }
        let plain = curve[usize::try_from(-SCALES.start()).expect("it begins below 0")];
        println!("   {:.1} min with {:.2}", plain.delay, plain.requests);
    }
    for (name, curve) in &curves {
        let points: Vec<_> = curve.iter().map(|cost| format!("{:.2}:{:.1}", cost.requests, cost.delay)).collect();
        println!("  curve of {name}: {}", points.join(" "));
    }
    BUDGETS.iter().all(|budget| {
        let delays: Vec<_> = curves.iter().map(|(_, curve)| delay_at(curve, *budget)).collect();
        delays[2].is_none_or(|ours| delays[..2].iter().flatten().all(|peer| ours < *peer))
    })
}

fn study(title: &str, times: &Times) -> bool {
    let all = times.values().flatten();
    let (Some(start), Some(end)) = (all.clone().min(), all.max()) else { return true };
    // Entries of years ago are what a first document holds of the past.
    let span = [(*start).max(end - 400 * DAY), *end];
    let named = |least: usize| -> Vec<_> {
        let within = |times: &&Vec<i64>| times.iter().filter(|time| **time >= span[0]).count() >= least;
        let kept = times.values().filter(within).enumerate();
        kept.map(|(number, times)| (source(&format!("source-{number}")), times.clone())).collect()
    };
    let all = compare(title, &named(1), span);
    let many = named(MANY);
    let busy = many.is_empty() || compare(&format!("{title}, sources with {MANY} or more"), &many, span);
    all && busy
}

fn read(path: &Path) -> Times {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut times = Times::new();
    for line in text.lines() {
        let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let time = line["time"].as_str().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
        if let (Some(time), Some(source)) = (time, line["source"].as_str()) {
            times.entry(source.to_owned()).or_default().push(time.timestamp());
        }
    }
    times.values_mut().for_each(|times| times.sort_unstable());
    times
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let listed = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{FOLDER}={}: {error}", folder.display()));
    for path in listed.filter_map(|file| Some(file.ok()?.path())) {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "jsonl") {
            found.push(path);
        }
    }
}

/// 150 sources over 60 days: from one entry in three weeks to fifty a day, most by day and on working days somewhere, in
/// bursts; a fifth of them at one time of the day.
fn made() -> Times {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    const START: i64 = 1_727_740_800;
    let mut made = Times::new();
    for number in 0..150 {
        let a_day = 0.05 * 1_000_f64.powf(random());
        let zone = (random() * 24.0) as i64;
        let minute = (random() * 1_440.0) as i64;
        let mut times = Vec::new();
        for day in 0..60 {
            let weekday = (START / DAY + day + 3) % 7;
            let expected = a_day * if weekday >= 5 { 0.5 } else { 1.2 };
            if number % 5 == 0 {
                let count = expected as i64 + i64::from(random() < expected.fract());
                times.extend((0..count).map(|n| START + day * DAY + minute * MINUTE + n + (random() * 900.0) as i64));
                continue;
            }
            for _ in 0..(expected * 4.0).ceil() as i64 {
                // Nine of ten between 7 and 23 o'clock, a quarter of them with two more within the hour.
                let at = if random() < 0.9 { 7.0 + random() * 16.0 } else { random() * 7.0 };
                if random() < expected / (expected * 4.0).ceil() / 1.5 {
                    let time = START + day * DAY + ((at - zone as f64) * 3_600.0) as i64;
                    times.push(time);
                    if random() < 0.25 {
                        times.extend((0..2).map(|_| time + (random() * 3_600.0) as i64));
                    }
                }
            }
        }
        times.sort_unstable();
        made.insert(format!("made-{number:03}"), times);
    }
    made
}

/// Prints what it takes to decide when a source is asked next, at all the scales that are compared.
fn time_waits() {
    const START: i64 = 1_727_740_800;
    const HOURS: i64 = 1_440;
    let at = |hour: i64| moment(START + hour * 3_600);
    for a_day in [0.1, 1.0, 24.0, 240.0] {
        let (mut rhythm, mut due) = (Rhythm::default(), 0.0);
        for hour in 0..HOURS {
            // By day alone.
            due += if hour % 24 < 12 { a_day / 12.0 } else { 0.0 };
            let new = vec![at(hour); due as usize];
            due -= new.len() as f64;
            rhythm::observe(
                &mut rhythm,
                &Look { now: at(hour), before: (hour > 0).then(|| at(hour - 1)), published: &new },
            );
        }
        let began = Instant::now();
        let mut waits = 0_u32;
        for interval in SCALES.map(|power| 3_600.0 * 2_f64.powi(power)) {
            for minute in 0..1_440 {
                let now = moment(START + HOURS * 3_600 + minute * MINUTE);
                black_box(rhythm::wait(black_box(&rhythm), now, interval, MOST as f64));
                waits += 1;
            }
        }
        let micros = began.elapsed().as_secs_f64() * 1e6 / f64::from(waits);
        println!("deciding about a source with {a_day} entries a day takes {micros:.2} µs");
    }
}

fn main() -> ExitCode {
    time_waits();
    println!("mean minutes from publication to discovery, at equal requests; all between 5 min and 24 h apart");
    let Some(folder) = std::env::var_os(FOLDER) else {
        return if study("made here", &made()) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    };
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    found.sort();
    for path in found {
        study(&path.display().to_string(), &read(&path));
    }
    ExitCode::SUCCESS
}
