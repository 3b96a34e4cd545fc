//! The small values that attributes and rare elements hold: numbers, sizes, durations, coordinates, languages.

use super::limits;

/// Minutes of `hourly`, `daily` and so on (RSS 1.0 syndication module).
pub fn period_minutes(period: &str) -> Option<u32> {
    const DAY: u32 = 24 * 60;
    Some(match period.to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => DAY,
        "weekly" => 7 * DAY,
        "monthly" => 30 * DAY,
        "yearly" => 365 * DAY,
        _ => return None,
    })
}

/// A whole number; what follows a decimal point does not count.
pub fn number(text: &str) -> Option<u32> {
    text.parse().ok().or_else(|| text.trim().split('.').next()?.parse().ok())
}

/// Seconds of `3600`, `60:00` or `1:00:00`.
pub fn duration_seconds(text: &str) -> Option<u32> {
    let parts = text.split(':').count();
    let mut seconds = 0_u32;
    for part in text.split(':').filter(|_| parts <= 3) {
        seconds = seconds.checked_mul(60)?.checked_add(number(part)?)?;
    }
    (parts <= 3).then_some(seconds)
}

/// A language tag with hyphens, unless it is longer than [`limits::LANGUAGE_BYTES`]. May be empty: `xml:lang=""` undoes one.
pub fn language(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() <= limits::LANGUAGE_BYTES).then(|| text.replace('_', "-"))
}

/// So many numbers with blanks or commas between them.
pub fn coordinates<const COUNT: usize>(text: &str) -> Option<[f64; COUNT]> {
    let mut numbers = text.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
    let mut found = [0.0; COUNT];
    for number in &mut found {
        *number = numbers.next()?.parse().ok()?;
    }
    numbers.next().is_none().then_some(found)
}

/// Whether there is such a place.
pub fn on_earth((latitude, longitude): (f64, f64)) -> bool {
    latitude.abs() <= 90.0 && longitude.abs() <= 180.0
}

/// A number of bytes: `1234`, `1,234`, `1234.0`, `1234/`; `5 MB` is too vague.
pub fn size_in(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let text = text.trim().trim_end_matches('/');
    let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let whole = whole.map_or(text, |(whole, _)| whole);
    let grouped = whole.split(',').skip(1).all(|group| group.len() == 3);
    if !grouped || whole.starts_with('+') {
        return None;
    }
    whole.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_in_three_ways() {
        for (text, seconds) in [
            ("3600", Some(3600)),
            ("62:05", Some(3725)),
            ("1:02:05", Some(3725)),
            ("00:00:09.6", Some(9)),
            ("1:2:3:4", None),
            ("an hour", None),
            ("99999999:00", None),
            ("", None),
        ] {
            assert_eq!(duration_seconds(text), seconds, "{text}");
        }
    }

    #[test]
    fn coordinates_are_on_earth_or_none() {
        assert_eq!(coordinates::<2>("59.9 10.7"), Some([59.9, 10.7]));
        assert_eq!(coordinates::<2>(" 59.9,\n10.7 "), Some([59.9, 10.7]));
        assert_eq!(coordinates::<2>("59.9 10.7 3"), None);
        assert_eq!(coordinates::<4>("1 2 3 x"), None);
        assert!(on_earth((-90.0, 180.0)) && !on_earth((91.0, 0.0)) && !on_earth((f64::NAN, 0.0)));
    }

    #[test]
    fn sizes_may_be_written_for_people() {
        for (text, size) in [
            (" 1234 ", Some(1234)),
            ("1,234", Some(1234)),
            ("1234.0", Some(1234)),
            ("12/", Some(12)),
            ("5 MB", None),
            ("1,2", None),
            ("-1", None),
            ("+1", None),
            ("99999999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(size_in(text), size, "{text}");
        }
    }
}
