//! Decides when a source is polled next: an outcome and its hints in, a time out.
//!
//! # What is asked of it
//!
//! A source that answers is polled every `interval`, or more rarely where it asks for that: by the freshness
//! of its answer (`Cache-Control`, `Expires`) or by the feed's own `ttl`. A source that fails is left alone
//! for `min_interval`, then twice as long with every further failure; where it says when to come back
//! (`Retry-After`), not before that. Whatever is asked, a source on the web is polled no sooner than
//! `min_interval` after the last attempt and no later than `max_interval`: both are the editor's word, and a
//! server that asks for ten years of silence, or for none at all, does not change them. A source that is gone
//! (410) is not asked any more. A local file costs nobody anything: it is looked at every `local_interval`, found or
//! not.
//!
//! Many sources with one rhythm must not be polled in one moment for ever. So each is polled a little later
//! than its rhythm says (up to a tenth, after failures up to a quarter), by a share that follows from its id:
//! the same input gives the same time. A source that was never asked is due at once (`Polling::never`).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::config::Schedule;
use crate::model::{Location, Polling, Source, SourceId};

/// What came of a poll, as far as it decides about the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// An answer, new or not modified.
    Answered {
        /// How long the server says that it stays fresh.
        fresh_for: Option<Duration>,
        /// How long the feed says that it may be kept (RSS `ttl`).
        ttl: Option<Duration>,
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
pub fn next_check(source: &Source, outcome: Outcome, now: DateTime<Utc>, schedule: &Schedule) -> DateTime<Utc> {
    let delay = match source.location {
        Location::Web(_) => web_delay(&source.id, outcome, schedule),
        Location::File(_) | Location::Articles(_) => schedule.local_interval,
    };
    after(now, delay)
}

/// Whether the source is to be polled now. One that is gone for good never is.
///
/// A check that lies further ahead than any is ever set was set while the clock was wrong: it is due.
pub fn is_due(polling: &Polling, now: DateTime<Utc>, schedule: &Schedule) -> bool {
    let is_late = polling.next_check <= now;
    let is_far = polling.next_check > after(now, latest(schedule).max(schedule.local_interval));
    polling.gone.is_none() && (is_late || is_far)
}

/// The longest delay of a source on the web.
fn latest(schedule: &Schedule) -> Duration {
    schedule.max_interval.max(schedule.min_interval)
}

fn web_delay(source: &SourceId, outcome: Outcome, schedule: &Schedule) -> Duration {
    let latest = latest(schedule);
    match outcome {
        Outcome::Answered { fresh_for, ttl } => {
            let asked = fresh_for.max(ttl).unwrap_or_default();
            let least = asked.max(schedule.min_interval).min(latest);
            let delay = schedule.interval.max(least).min(latest);
            spread(source, 0, delay, SPREAD_ANSWERED).clamp(least, latest)
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

/// Lengthens a delay by up to a share of it, by the source's own measure.
fn spread(source: &SourceId, round: u32, delay: Duration, share: u32) -> Duration {
    let hash = xxh3_64_with_seed(source.as_str().as_bytes(), round.into());
    // 16 bits of the hash, as a fraction.
    let fraction = f64::from(u16::try_from(hash >> 48).unwrap_or(u16::MAX)) / f64::from(u16::MAX);
    delay.saturating_add((delay / share).mul_f64(fraction))
}

fn after(now: DateTime<Utc>, delay: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(delay).ok().and_then(|delay| now.checked_add_signed(delay)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
