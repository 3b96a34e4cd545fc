//! Decides when a source is polled next: an outcome, hints and a rhythm in, a time out.
//!
//! # What is asked of it
//!
//! A source that answers is polled by its own rhythm ([`rhythm`]), or every `interval` where the configuration says
//! so; more rarely where it asks for that: by the freshness of its answer (`Cache-Control`, `Expires`), by the feed's
//! own `ttl` or update period, and not in the hours and on the days that it names (RSS `skipHours`, `skipDays`),
//! unless it names all of them. A source that fails is left alone for `min_interval`, then twice as long with every
//! further failure; where it says when to come back (`Retry-After`), not before that. Whatever is asked, a source on
//! the web is polled no sooner than `min_interval` after the last attempt and no later than `max_interval`, save the
//! skipped hours: both are the editor's word, and a server that asks for ten years of silence, or for none at all,
//! does not change them. A source that is gone (410) is not asked any more. A local
//! file costs nobody anything: it is looked at every `local_interval`, found or not.
//!
//! Many sources with one rhythm must not be polled in one moment for ever. So each is polled a little later
//! than its rhythm says (up to a tenth, after failures up to a quarter), by a share that follows from its id:
//! the same input gives the same time. A source that was never asked is due at once (`Polling::never`).

mod queue;
pub mod rhythm;
mod skip;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::config::Schedule;
use crate::model::{Location, PollHints, Polling, Rhythm, Source, SourceId};

pub use queue::Queue;

/// What came of a poll, as far as it decides about the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome<'a> {
    /// An answer, new or not modified.
    Answered {
        /// How long the server says that it stays fresh.
        fresh_for: Option<Duration>,
        /// What the feed says about being polled.
        hints: PollHints,
        /// When it publishes.
        rhythm: &'a Rhythm,
    },
    /// The source says that it will not come back.
    Gone,
    /// No answer, or one that is no feed.
    Failed {
        /// Failures since the last success, this one included.
        failures: u32,
        /// How long the server asks to be left alone.
        retry_after: Option<Duration>,
    },
}

/// The share of a delay, as a divisor, by which sources with one rhythm are spread.
const SPREAD_ANSWERED: u32 = 10;

/// And after failures, when sources of one house tend to fail together.
const SPREAD_FAILED: u32 = 4;

/// When the source is to be polled next.
pub fn next_check(source: &Source, outcome: Outcome<'_>, now: DateTime<Utc>, schedule: &Schedule) -> DateTime<Utc> {
    let delay = match source.location {
        Location::Web(_) => web_delay(&source.id, outcome, now, schedule),
        Location::File(_) | Location::Articles(_) => return after(now, schedule.local_interval),
    };
    let next = after(now, delay);
    match outcome {
        Outcome::Answered { hints, .. } => skip::skip(next, hints, share(&source.id, 0)),
        Outcome::Gone | Outcome::Failed { .. } => next,
    }
}

/// When a source is polled next whose hub can be relied on until `until` to send what is new: hardly ever, but when the
/// hub's lease ends at the latest. What the source itself asks for in `outcome` holds all the same.
pub fn while_pushed(
    source: &Source,
    outcome: Outcome<'_>,
    [now, until]: [DateTime<Utc>; 2],
    schedule: &Schedule,
) -> DateTime<Utc> {
    let longest = latest(schedule);
    // Sooner by up to a tenth: at the limit there is no later.
    let delay = longest - (longest / SPREAD_ANSWERED).mul_f64(share(&source.id, 0));
    let rare = after(now, delay).min(until);
    let rare = match outcome {
        Outcome::Answered { hints, .. } => skip::skip(rare, hints, share(&source.id, 0)),
        Outcome::Gone | Outcome::Failed { .. } => now,
    };
    rare.max(next_check(source, outcome, now, schedule))
}

/// When a source is due by what is remembered of it, as seen at `now`: at the start, and after the clock was set.
///
/// That is its next check, but never within the least interval of the last attempt. An attempt that lies ahead was
/// made while the clock was wrong: what then remained of the wait begins again. A check that lies further ahead
/// than any is ever set is moved to where it can be at the latest.
pub fn resume(source: &Source, polling: &Polling, now: DateTime<Utc>, schedule: &Schedule) -> DateTime<Utc> {
    let (least, longest) = match source.location {
        Location::Web(_) => (schedule.min_interval, latest(schedule)),
        Location::File(_) | Location::Articles(_) => (schedule.local_interval, schedule.local_interval),
    };
    let Some(attempt) = polling.last_attempt else { return polling.next_check.min(now) };
    let wait = (polling.next_check - attempt).to_std().unwrap_or_default();
    let longest = longest.saturating_add(if least == longest { Duration::ZERO } else { skip::LONGEST });
    after(attempt.min(now), wait.clamp(least, longest))
}

/// When a source that is overdue together with too many others is polled: some time within the least interval.
pub fn spread_out(source: &SourceId, now: DateTime<Utc>, schedule: &Schedule) -> DateTime<Utc> {
    after(now, schedule.min_interval.mul_f64(share(source, 1)))
}

/// The longest delay of a source on the web, skipped hours left out.
fn latest(schedule: &Schedule) -> Duration {
    schedule.max_interval.max(schedule.min_interval)
}

fn web_delay(source: &SourceId, outcome: Outcome<'_>, now: DateTime<Utc>, schedule: &Schedule) -> Duration {
    let latest = latest(schedule);
    match outcome {
        Outcome::Answered { fresh_for, hints, rhythm } => {
            let asked = fresh_for.max(hints.keep_for).unwrap_or_default();
            let least = asked.max(schedule.min_interval).min(latest);
            let delay = if schedule.adaptive { by_rhythm(rhythm, now, schedule) } else { schedule.interval };
            spread(source, 0, delay.max(least).min(latest), SPREAD_ANSWERED).clamp(least, latest)
        }
        Outcome::Gone => latest,
        Outcome::Failed { failures, retry_after } => {
            let least = retry_after.unwrap_or_default().max(schedule.min_interval).min(latest);
            let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
            let delay = schedule.min_interval.saturating_mul(doubled).max(least).min(latest);
            // At the limit there is no later: sources that fail for long are spread before it.
            let delay = delay.min(latest - latest / SPREAD_FAILED);
            spread(source, failures, delay, SPREAD_FAILED).clamp(least, latest)
        }
    }
}

fn by_rhythm(rhythm: &Rhythm, now: DateTime<Utc>, schedule: &Schedule) -> Duration {
    // Longer ones than a configuration can have are bounded, so that the walk through the hours is.
    let longest = latest(schedule).min(LONGEST_WALK).as_secs_f64();
    let interval = schedule.interval.min(LONGEST_WALK).as_secs_f64().max(1.0);
    Duration::try_from_secs_f64(rhythm::wait(rhythm, now, interval, longest)).unwrap_or(schedule.interval)
}

/// No rhythm is looked at further ahead.
const LONGEST_WALK: Duration = Duration::from_secs(31 * 86_400);

/// Lengthens a delay by up to a share of it, by the source's own measure.
fn spread(source: &SourceId, round: u32, delay: Duration, divisor: u32) -> Duration {
    delay.saturating_add((delay / divisor).mul_f64(share(source, round)))
}

/// A number from 0 to 1 that is the source's own, another one in each round.
fn share(source: &SourceId, round: u32) -> f64 {
    let hash = xxh3_64_with_seed(source.as_str().as_bytes(), round.into());
    // 16 bits of the hash, as a fraction.
    f64::from(u16::try_from(hash >> 48).unwrap_or(u16::MAX)) / f64::from(u16::MAX)
}

fn after(now: DateTime<Utc>, delay: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(delay).ok().and_then(|delay| now.checked_add_signed(delay)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
