//! Dates as feeds write them: RFC 822, ISO 8601 in every cut, asctime, and what people type, in many languages.
//!
//! The two standard forms are read byte by byte. For all else the time of day is found first, the zone behind it, and
//! what is left over is the date. A date without a zone is taken for UTC, one in Korean for Korean time.

mod calendars;
mod clock;
mod day;
mod names;
mod simplify;
mod standard;
mod words;
mod zones;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, Duration, NaiveTime, Utc};

use self::day::date_of;
use super::flaws::{Flaws, quoted};
use crate::model::{Doubt, EARLIEST_YEAR, LATEST_YEAR, doubt};

/// A longer text is no date; the longest of CLDR, in Tamil with the zone's full name, has 200 bytes.
const LONGEST: usize = 300;

/// Reads the date that stands at a byte position, and flags one that is none or that nobody believes.
pub fn read_flagged(text: &str, position: usize, flaws: &mut Flaws<'_>) -> Option<DateTime<Utc>> {
    let (date, flaw) = judge(text, flaws.now);
    if let Some((kind, message)) = flaw {
        flaws.note(kind, position, || message);
    }
    date
}

/// Reads a date, and what is wrong with it: the kind of the flaw and what to say. Only the zero of a program that had no
/// date is left out: whoever uses the others has their flaws.
pub fn judge(text: &str, now: Option<DateTime<Utc>>) -> (Option<DateTime<Utc>>, Option<(&'static str, String)>) {
    let date = read(text);
    let (kind, done) = match date.map(|date| doubt(date, now)) {
        Some(None) => return (date, None),
        Some(Some(Doubt::Zero)) => ("zero-date", "stands for no date: left out".to_owned()),
        None if has_zeros_only(text) => ("zero-date", "stands for no date: left out".to_owned()),
        None => ("bad-date", "is no date that is understood: left out".to_owned()),
        Some(Some(Doubt::Absurd)) => {
            let span = format!("is before {EARLIEST_YEAR} or after {LATEST_YEAR}");
            ("absurd-date", format!("{span}: the time when it is first seen counts instead"))
        }
        Some(Some(Doubt::Future)) => {
            ("future-date", "is more than a day ahead: the time when it is first seen counts instead".to_owned())
        }
    };
    let kept = date.filter(|_| kind != "zero-date");
    (kept, Some((kind, format!("`{}` {done}.", quoted(text)))))
}

/// `0`, `0000-00-00 00:00:00`.
fn has_zeros_only(text: &str) -> bool {
    text.contains('0')
        && !text.contains(|c: char| c.is_alphabetic() && c != 'T' && c != 'Z' || ('1'..='9').contains(&c))
}

/// Reads a date of any form; `None` when there is none in it.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    /// Years have four digits in every standard.
    const LAST_YEAR: i32 = 9999;
    any(text).filter(|date| date.year() <= LAST_YEAR)
}

fn any(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Some(date) = standard::read(text) {
        return Some(date);
    }
    // JSON as .NET writes it: `/Date(1730881800000+0100)/`.
    let text = text.strip_prefix("/Date(").map_or(text, |rest| rest.split(['+', '-', ')']).next().unwrap_or(rest));
    let simplify::Simple { text, persian, korean } = simplify::simplify(text);
    if let Some(date) = bare_number(&text) {
        return Some(date);
    }
    let Some(clock) = clock::find(&text) else {
        return Some(date_of(&[&text], persian)?.and_time(NaiveTime::MIN).and_utc());
    };
    let pieces = [&text[..clock.start], &text[clock.end..clock.zone.start], &text[clock.zone.end..]];
    let date = date_of(&pieces, persian)?;
    let offset = clock.offset_minutes.unwrap_or(if korean { 540 } else { 0 });
    let seconds = i64::from(clock.seconds) - i64::from(offset) * 60;
    Some(date.and_time(NaiveTime::MIN).checked_add_signed(Duration::seconds(seconds))?.and_utc())
}

/// Nothing but digits: seconds, milli- or microseconds since 1970, or a date without separators.
fn bare_number(text: &str) -> Option<DateTime<Utc>> {
    let (number, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(number) || !is_number(fraction) {
        return None;
    }
    let value: i64 = number.parse().ok()?;
    match number.len() {
        9 | 10 => DateTime::from_timestamp(value, 0),
        13 => DateTime::from_timestamp_millis(value),
        16 => DateTime::from_timestamp_micros(value),
        12 | 14 if number == text => {
            let date = date_of(&[&text[..8]], false)?;
            let part = |from: usize| text.get(from..from + 2).map_or(Some(0), |part| part.parse().ok());
            Some(date.and_hms_opt(part(8)?, part(10)?, part(12)?)?.and_utc())
        }
        _ => None,
    }
}
