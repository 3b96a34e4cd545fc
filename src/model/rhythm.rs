//! What is remembered of when a source publishes, and of what it says about being polled.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// When a source publishes: counts of its entries that fade with age, so that they follow a source that changes.
///
/// `schedule` alone keeps and reads the counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// The moment that the counts are of, in seconds since 1970; `None` before the first look.
    pub at: Option<i64>,
    /// How long the source was watched, in seconds, faded like `entries`.
    pub watched: f32,
    /// Entries, faded over weeks.
    pub entries: f32,
    /// Entries, faded over a day.
    pub recent: f32,
    /// Entries by hour of the day, UTC, faded over months.
    pub hours: [f32; 24],
    /// Entries by day of the week, Monday first, UTC, faded over months.
    pub days: [f32; 7],
}

/// What a feed says about how often it wants to be polled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PollHints {
    /// It may be kept for so long, or changes that often: RSS `ttl`, or the RSS 1.0 syndication module's period.
    pub keep_for: Option<Duration>,
    /// Hours at which it need not be asked (RSS `skipHours`), a bit each, bit 0 from midnight UTC.
    pub skip_hours: u32,
    /// Days on which it need not be asked (RSS `skipDays`), a bit each, bit 0 for Monday, in UTC.
    pub skip_days: u8,
}

/// What a look at a source showed of its rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look<'a> {
    /// When it was.
    pub now: DateTime<Utc>,
    /// When its document was looked at before.
    pub before: Option<DateTime<Utc>>,
    /// When the entries that were new say that they were published, in any order.
    pub published: &'a [DateTime<Utc>],
}
