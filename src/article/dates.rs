//! Reads the dates that people write into front matter and file names.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

/// A date: RFC 3339, or parts of it (`2024-10-24`, `2024-10-24 08:00`, `2024-10-24 08:00:00 +0900`), UTC without zone.
pub(super) fn date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let day = NaiveDate::parse_from_str(&text.get(..10)?.replace('/', "-"), "%Y-%m-%d").ok()?;
    let rest = text.get(10..)?;
    if rest.is_empty() {
        return Some(day.and_time(NaiveTime::MIN).and_utc());
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?.trim();
    let (time, zone) =
        rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && !":.".contains(c)).unwrap_or(rest.len()));
    let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    offset(zone.trim())?.from_local_datetime(&day.and_time(time)).single().map(|date| date.to_utc())
}

/// `Z`, `UTC`, `+09`, `+0900`, `+09:00` or nothing.
fn offset(zone: &str) -> Option<FixedOffset> {
    if zone.is_empty() || ["z", "utc", "gmt"].contains(&zone.to_ascii_lowercase().as_str()) {
        return FixedOffset::east_opt(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone.strip_prefix(['+', '-'])?.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = if digits.len() == 4 { digits[2..].parse().ok()? } else { 0 };
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60))
}

/// The date that a file's name starts with, as Jekyll has it, and the rest of the name.
pub(super) fn split_file_name(stem: &str) -> (Option<DateTime<Utc>>, &str) {
    let split = || {
        let (head, rest) = (stem.get(..10)?, stem.get(10..)?);
        let date = date(head)?;
        let rest = rest.strip_prefix(['-', '_', ' '])?;
        (!rest.is_empty()).then_some((date, rest))
    };
    match split() {
        Some((date, rest)) => (Some(date), rest),
        None => (None, stem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2024-10-24", Some("2024-10-24T00:00:00+00:00")),
            ("2024/10/24", Some("2024-10-24T00:00:00+00:00")),
            (" 2024-10-24 08:00 ", Some("2024-10-24T08:00:00+00:00")),
            ("2024-10-24T08:00:30Z", Some("2024-10-24T08:00:30+00:00")),
            ("2024-10-24t08:00:30.5+09:00", Some("2024-10-23T23:00:30.500+00:00")),
            ("2024-10-24 08:00:00 +0900", Some("2024-10-23T23:00:00+00:00")),
            ("2024-10-24 08:00 -03", Some("2024-10-24T11:00:00+00:00")),
            ("2024-10-24 08:00 UTC", Some("2024-10-24T08:00:00+00:00")),
            ("2024-02-30", None),
            ("2024-10-24 25:00", None),
            ("2024-10-24 08:00 CEST", None),
            ("2024-10-24 08:00 +9", None),
            ("2024-10-2é", None),
            ("24 October 2024", None),
            ("", None),
        ] {
            assert_eq!(date(text).map(|date| date.to_rfc3339()).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn file_names_may_start_with_a_date() {
        for (stem, dated, rest) in [
            ("2024-10-24-kursk", true, "kursk"),
            ("2024-10-24_kursk", true, "kursk"),
            ("2024-10-24", false, "2024-10-24"),
            ("2024-13-24-kursk", false, "2024-13-24-kursk"),
            ("kursk", false, "kursk"),
        ] {
            let (date, found) = split_file_name(stem);
            assert_eq!((date.is_some(), found), (dated, rest), "{stem}");
        }
    }
}
