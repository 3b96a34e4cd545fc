//! The day that a text without a time of day means.

use chrono::NaiveDate;

use super::months;

/// A number in a date, with what tells its role.
#[derive(Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
    separator: char,
}

/// The date in a text without its time.
pub fn date_of(text: &str) -> Option<NaiveDate> {
    let mut numbers: Vec<Number> = Vec::new();
    let mut month = None;
    let mut week = false;
    let mut month_follows = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = |c: char| {
            if c.is_ascii_digit() {
                0
            } else if is_letter(c) {
                1
            } else {
                2
            }
        };
        let end = rest.find(|c: char| kind(c) != kind(first)).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        match kind(first) {
            0 if month_follows && piece.len() <= 2 => {
                month = piece.parse().ok();
                month_follows = false;
            }
            0 => {
                let value = piece.parse().ok()?;
                numbers.push(Number { value, digits: piece.len(), separator: rest.chars().next().unwrap_or(' ') });
            }
            1 => {
                // `mar, 03 ene`: of two words that name a month the first is a weekday.
                month = months::month(piece).or(month);
                week |= piece.eq_ignore_ascii_case("w") && !numbers.is_empty();
                // Vietnamese counts its months.
                let lower = piece.to_lowercase();
                month_follows = lower == "tháng" || lower == "thg";
            }
            _ => {}
        }
    }
    if week {
        return iso_week(&numbers);
    }
    let named = month.and_then(|month| with_month(month, &numbers));
    named.or_else(|| numeric(&numbers, text.trim_start().starts_with('-')))
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}

/// `2003-W23-2` (ISO 8601 §5.2.3).
fn iso_week(numbers: &[Number]) -> Option<NaiveDate> {
    let [year, week, rest @ ..] = numbers else { return None };
    let day = rest.first().map_or(1, |day| day.value);
    let weekday = chrono::Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
    NaiveDate::from_isoywd_opt(full_year(*year), week.value, weekday)
}

/// The month is known: the number that cannot be a day is the year.
fn with_month(month: u32, numbers: &[Number]) -> Option<NaiveDate> {
    let is_year = |number: &Number| number.digits >= 3 || number.value > 31;
    match numbers {
        [] => None,
        [only] => NaiveDate::from_ymd_opt(full_year(*only), month, 1).filter(|_| is_year(only)),
        [first, second, ..] if is_year(first) && !is_year(second) => {
            NaiveDate::from_ymd_opt(full_year(*first), month, second.value)
        }
        [day, rest @ ..] => {
            let year = rest.iter().find(|number| is_year(number)).or(rest.first())?;
            NaiveDate::from_ymd_opt(full_year(*year), month, day.value)
        }
    }
}

/// Nothing but numbers: sizes and separators say which is which.
fn numeric(numbers: &[Number], leading_dash: bool) -> Option<NaiveDate> {
    let date = |year: &Number, month: u32, day: u32| {
        NaiveDate::from_ymd_opt(full_year(*year), month, day)
            .or_else(|| NaiveDate::from_ymd_opt(full_year(*year), day, month))
    };
    match numbers {
        [a, b, c, ..] if a.digits >= 3 => date(a, b.value, c.value),
        // `06/03/2003` is American; with points or dashes the day comes first.
        [a, b, c, ..] if c.digits >= 3 && a.separator == '/' => date(c, a.value, b.value),
        [a, b, c, ..] if c.digits >= 3 => date(c, b.value, a.value),
        [a, b, c, ..] => match a.separator {
            '-' => date(a, b.value, c.value),
            '/' => date(c, a.value, b.value),
            _ => date(c, b.value, a.value),
        },
        [year, day] if year.digits >= 4 && day.digits == 3 => NaiveDate::from_yo_opt(full_year(*year), day.value),
        [a, b] if a.digits >= 3 || leading_dash => NaiveDate::from_ymd_opt(full_year(*a), b.value, 1),
        [a, b] if b.digits >= 3 => NaiveDate::from_ymd_opt(full_year(*b), a.value, 1),
        [only] => unseparated(*only, leading_dash),
        _ => None,
    }
}

/// `20031231`, `2003335`, `031231`, `03335`, `2003`, and with a leading dash `-0312`.
fn unseparated(number: Number, leading_dash: bool) -> Option<NaiveDate> {
    let Number { value, digits, .. } = number;
    let year = |value: u32, digits: usize| full_year(Number { value, digits, separator: ' ' });
    match digits {
        8 => NaiveDate::from_ymd_opt(year(value / 10_000, 4), value / 100 % 100, value % 100),
        7 => NaiveDate::from_yo_opt(year(value / 1000, 4), value % 1000),
        6 => NaiveDate::from_ymd_opt(year(value / 10_000, 2), value / 100 % 100, value % 100),
        5 => NaiveDate::from_yo_opt(year(value / 1000, 2), value % 1000),
        4 if leading_dash => NaiveDate::from_ymd_opt(year(value / 100, 2), value % 100, 1),
        4 => NaiveDate::from_ymd_opt(year(value, 4), 1, 1),
        _ => None,
    }
}

/// Two digits mean 1970 to 2069; a Thai year counts from Buddha.
fn full_year(number: Number) -> i32 {
    let year = i32::try_from(number.value).unwrap_or(i32::MAX);
    match (number.digits, year) {
        (1 | 2, 0..70) => year + 2000,
        (1 | 2, _) => year + 1900,
        (_, 2400..2700) => year - 543,
        _ => year,
    }
}
