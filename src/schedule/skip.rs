//! Hours and days at which a feed need not be asked (RSS 2.0, `skipHours` and `skipDays`), in UTC.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use crate::model::PollHints;

const ALL_HOURS: u32 = (1 << 24) - 1;
const ALL_DAYS: u8 = (1 << 7) - 1;

/// Six days and 23 hours can be skipped at a stretch, and the first quarter of an hour after them.
pub(super) const LONGEST: Duration = Duration::from_secs(7 * 86_400);

/// Feeds that skip the same hours are asked within so long after them, by their own `share`.
const SPREAD: Duration = Duration::from_secs(900);

/// The time itself, or the end of the skipped hours that it lies in. Hints that leave no hour, or no day, are not
/// meant.
pub(super) fn skip(time: DateTime<Utc>, hints: PollHints, share: f64) -> DateTime<Utc> {
    let hours = Some(hints.skip_hours & ALL_HOURS).filter(|hours| *hours != ALL_HOURS).unwrap_or_default();
    let days = Some(hints.skip_days & ALL_DAYS).filter(|days| *days != ALL_DAYS).unwrap_or_default();
    let is_skipped =
        |time: DateTime<Utc>| hours >> time.hour() & 1 == 1 || days >> time.weekday().num_days_from_monday() & 1 == 1;
    if !is_skipped(time) {
        return time;
    }
    let into_hour = TimeDelta::seconds(i64::from(time.minute() * 60 + time.second()));
    let hour = |number: i64| (time - into_hour).checked_add_signed(TimeDelta::hours(number));
    let free = (1_i64..=7 * 24).filter_map(hour).find(|time| !is_skipped(*time));
    free.map_or(time, |free| super::after(free, SPREAD.mul_f64(share)))
}
