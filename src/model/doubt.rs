//! Which dates nobody believes. `parse` flags them, `normalize` replaces them: both go by these rules.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// Before the web there was no feed.
pub const EARLIEST_YEAR: i32 = 1990;

/// Later years come from programs that mean "never".
pub const LATEST_YEAR: i32 = 2100;

/// Clocks and zones are wrong by hours; by more than a day, the date itself is wrong.
pub const LATEST_AHEAD: TimeDelta = TimeDelta::days(1);

/// Why a date is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The zero of Go, .NET or Unix: a program that had no date.
    Zero,
    /// Before [`EARLIEST_YEAR`] or after [`LATEST_YEAR`].
    Absurd,
    /// More than [`LATEST_AHEAD`] ahead of the clock.
    Future,
}

/// What is wrong with a date; `now` is the time at which it is read, if that is known.
pub fn doubt(date: DateTime<Utc>, now: Option<DateTime<Utc>>) -> Option<Doubt> {
    if date.year() <= 1 || date == DateTime::UNIX_EPOCH {
        Some(Doubt::Zero)
    } else if !(EARLIEST_YEAR..=LATEST_YEAR).contains(&date.year()) {
        Some(Doubt::Absurd)
    } else {
        now.filter(|now| date - now > LATEST_AHEAD).map(|_| Doubt::Future)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_doubted_for_one_reason() {
        let date = |text: &str| DateTime::parse_from_rfc3339(text).expect("a date").to_utc();
        let now = date("2024-10-25T12:00:00Z");
        for (text, expected) in [
            ("0001-01-01T00:00:00Z", Some(Doubt::Zero)),
            ("1970-01-01T00:00:00Z", Some(Doubt::Zero)),
            ("1970-01-01T00:00:01Z", Some(Doubt::Absurd)),
            ("1989-12-31T23:59:59Z", Some(Doubt::Absurd)),
            ("1990-01-01T00:00:00Z", None),
            ("2024-10-26T12:00:00Z", None),
            ("2024-10-26T12:00:01Z", Some(Doubt::Future)),
            ("2100-12-31T23:59:59Z", Some(Doubt::Future)),
            ("2101-01-01T00:00:00Z", Some(Doubt::Absurd)),
        ] {
            assert_eq!(doubt(date(text), Some(now)), expected, "{text}");
            let without_clock = expected.filter(|doubt| *doubt != Doubt::Future);
            assert_eq!(doubt(date(text), None), without_clock, "{text}");
        }
        assert_eq!(doubt(DateTime::<Utc>::MAX_UTC, Some(now)), Some(Doubt::Absurd));
    }
}
