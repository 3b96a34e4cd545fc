//! When a source publishes: counts of what was seen in, the time of the next poll out.
//!
//! # The rule
//!
//! Entries come at a rate λ(s). One that waits costs a second for each second, and a poll costs as much as one entry that
//! waits half an `interval`: with polls every T a second costs interval / 2T + λT/2. That is the least for
//! T = √(interval / λ), and is then φ(λ) = √(interval · λ): a source that publishes once every `interval` is polled every
//! `interval`, one with a mean pause g every √(interval·g). Where T would be longer than the longest wait it is that.
//!
//! Rates differ by the hour, so the moment counts too. A poll at t, with polls at the rate's own T after it, costs
//! interval/2 + ∫ n(s) ds until t and ∫ φ(λ(s)) ds from then on, where n(s) is the number of entries that are expected
//! to wait at s. The next poll is at the t for which the sum is the least (one step of policy improvement, R. A. Howard,
//! Dynamic Programming and Markov Processes, 1960): of the moments at which n grows beyond φ(λ) the best. At a constant
//! rate that is T again; with a shape of the day it is when the hour has passed at which a source publishes.
//!
//! λ(t) is what was counted, fading over weeks, times the shape of the source's day and week, and a fifth of it what
//! came lately, since news comes in bursts. A source of which little is known counts as one entry an `interval`.

use chrono::{DateTime, Datelike, Timelike, Utc};

use crate::model::{Look, Rhythm};

const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

/// The rate fades by e over so long: weeks, to average over weekends and to follow a source that changes.
const MEMORY: f64 = 14.0 * DAY;
/// What came lately fades over a day.
const RECENT: f64 = DAY;
/// The shape of the day and of the week needs more to be told from chance, and changes less.
const SHAPE: f64 = 42.0 * DAY;
/// The share of what came lately in the rate.
const BURST: f64 = 0.2;
/// A shape counts half when so many entries are known.
const EVEN_HOURS: f64 = 12.0;
const EVEN_DAYS: f64 = 14.0;
/// How much of an hour's entries belong to each of the hours next to it.
const BLUR: f64 = 0.25;
/// The oldest tenth of a first document may be pinned entries of years ago: it does not count.
const PINNED: usize = 10;
/// Counts of a moment that lies further ahead were made while the clock was wrong.
const AHEAD: i64 = 3_600;

/// Counts what a look at the source showed. One that showed nothing new leaves the counts as they are: they fade when they
/// are read.
pub fn observe(rhythm: &mut Rhythm, look: &Look<'_>) {
    let now = look.now.timestamp();
    if rhythm.at.is_some_and(|at| at > now + AHEAD) {
        *rhythm = Rhythm::default();
    }
    match rhythm.at {
        Some(_) if look.published.is_empty() => {}
        Some(_) => {
            *rhythm = as_of(rhythm, look.now);
            for &published in look.published {
                count(rhythm, appeared(published, look), look.now);
            }
        }
        None => first(rhythm, look),
    }
}

/// When an entry came: not before a look that did not find it, whatever it says of itself.
fn appeared(published: DateTime<Utc>, look: &Look<'_>) -> DateTime<Utc> {
    match look.before.filter(|before| *before < look.now) {
        Some(before) if published < before => before + (look.now - before) / 2,
        _ => published.min(look.now),
    }
}

/// A first document tells of the time that its entries span.
fn first(rhythm: &mut Rhythm, look: &Look<'_>) {
    rhythm.at = Some(look.now.timestamp());
    // Those without a date are as old as this look.
    let mut published: Vec<DateTime<Utc>> = look.published.iter().copied().filter(|time| *time < look.now).collect();
    published.sort_unstable();
    let counted = &published[published.len() / PINNED..];
    // The first of them opens the span.
    let Some((start, counted)) = counted.split_first() else { return };
    rhythm.watched = (MEMORY * (1.0 - faded(look.now, *start, MEMORY))) as f32;
    for &time in counted {
        count(rhythm, time, look.now);
    }
}

/// The counts as they are at a moment, if that is later.
fn as_of(rhythm: &Rhythm, now: DateTime<Utc>) -> Rhythm {
    let (mut rhythm, now) = (rhythm.clone(), now.timestamp());
    let Some(at) = rhythm.at.filter(|at| *at < now) else { return rhythm };
    rhythm.at = Some(now);
    let seconds = (now - at) as f64;
    let [memory, recent, shape] = [MEMORY, RECENT, SHAPE].map(|over| (-seconds / over).exp());
    rhythm.watched = (f64::from(rhythm.watched) * memory + MEMORY * (1.0 - memory)) as f32;
    rhythm.entries *= memory as f32;
    rhythm.recent *= recent as f32;
    rhythm.hours.iter_mut().chain(&mut rhythm.days).for_each(|count| *count *= shape as f32);
    rhythm
}

fn count(rhythm: &mut Rhythm, time: DateTime<Utc>, now: DateTime<Utc>) {
    rhythm.entries += faded(now, time, MEMORY) as f32;
    rhythm.recent += faded(now, time, RECENT) as f32;
    let weight = faded(now, time, SHAPE) as f32;
    rhythm.days[time.weekday().num_days_from_monday() as usize] += weight;
    // Midnight on the dot is a date without a time.
    if time.num_seconds_from_midnight() != 0 {
        rhythm.hours[time.hour() as usize] += weight;
    }
}

/// What is left of 1 after the time between two moments.
fn faded(now: DateTime<Utc>, time: DateTime<Utc>, over: f64) -> f64 {
    let seconds = (now - time).num_seconds().max(0);
    (-(seconds as f64) / over).exp()
}

/// Entries a day that are to be expected, where one every `interval` seconds is what is expected of a stranger.
pub fn rate_per_day(rhythm: &Rhythm, now: DateTime<Utc>, interval: f64) -> f64 {
    rate(&as_of(rhythm, now), interval) * DAY
}

fn rate(rhythm: &Rhythm, interval: f64) -> f64 {
    (1.0 + f64::from(rhythm.entries)) / (interval + f64::from(rhythm.watched))
}

/// Seconds from `now` until the poll that the rule gives, at most `longest`.
pub fn wait(rhythm: &Rhythm, now: DateTime<Utc>, interval: f64, longest: f64) -> f64 {
    let rhythm = &as_of(rhythm, now);
    let watched = f64::from(rhythm.watched);
    // Of a source that was hardly watched, what came lately is not known.
    let share = BURST * watched / (watched + RECENT);
    let rate = (1.0 - share) * rate(rhythm, interval);
    let mut burst = share * f64::from(rhythm.recent) / RECENT;
    let fading = (-HOUR / RECENT).exp();
    let (hours, days) = shapes(rhythm);
    let most = |of: &[f64]| of.iter().copied().fold(0.0, f64::max);
    // When more than that wait, no later moment is better.
    let enough = cost(rate * most(&hours) * most(&days) + burst, interval, longest);
    let start = now.timestamp();
    let mut hour = start.div_euclid(3_600);
    let mut part = HOUR - start.rem_euclid(3_600) as f64;
    let (mut waited, mut waiting, mut sum) = (0.0, 0.0, 0.0);
    let (mut best, mut least) = (longest, f64::INFINITY);
    while waited < longest && waiting < enough {
        part = part.min(longest - waited);
        // 1 January 1970 was a Thursday.
        let day = (hour.div_euclid(24) + 3).rem_euclid(7);
        let rate = rate * hours[hour.rem_euclid(24) as usize] * days[day as usize] + burst;
        // The sum falls while fewer wait than the polls that come later would cost, and rises from then on.
        let left = cost(rate, interval, longest) - waiting;
        let came = rate * part;
        let end = sum + (came / 2.0 - left) * part;
        if left > 0.0 {
            let (turn, there) = if left < came { (left / rate, sum - left * left / rate / 2.0) } else { (part, end) };
            if there < least {
                (best, least) = (waited + turn, there);
            }
        }
        (sum, waiting, waited) = (end, waiting + came, waited + part);
        burst *= if part == HOUR { fading } else { (-part / RECENT).exp() };
        (hour, part) = (hour + 1, HOUR);
    }
    best
}

/// What a second costs at the best pause for a rate: its share of a poll, and the entries that wait on average.
fn cost(rate: f64, interval: f64, longest: f64) -> f64 {
    if rate * longest * longest > interval {
        (interval * rate).sqrt()
    } else {
        interval / (2.0 * longest) + rate * longest / 2.0
    }
}

/// How much more than the mean comes at each hour and on each day.
fn shapes(rhythm: &Rhythm) -> ([f64; 24], [f64; 7]) {
    let (hours, days) = (rhythm.hours.map(f64::from), rhythm.days.map(f64::from));
    let (of_hours, of_days) = (hours.iter().sum::<f64>(), days.iter().sum::<f64>());
    let blurred = std::array::from_fn(|hour| {
        let beside = hours[(hour + 1) % 24] + hours[(hour + 23) % 24];
        let here = hours[hour] * (1.0 - 2.0 * BLUR) + beside * BLUR;
        (24.0 * here + EVEN_HOURS) / (of_hours + EVEN_HOURS)
    });
    (blurred, days.map(|here| (7.0 * here + EVEN_DAYS) / (of_days + EVEN_DAYS)))
}
