//! Dates as feeds write them: RFC 822, ISO 8601 in every cut, asctime, and what people type, in many languages.
//!
//! The reading: the time of day is found first by its colons, the zone behind it, and what is left over is the date.
//! A word that names a month settles which number is which; without one the separators and sizes do.
//! A date without a zone is taken for UTC, one in Korean for Korean time.

use chrono::{DateTime, Duration, NaiveTime, Timelike, Utc};

use super::calendar::date_of;
use super::months;

/// A longer text is no date.
const LONGEST: usize = 128;

/// Reads a date of any form; `None` when there is none in it.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if let Some(date) = standard(text) {
        return Some(date);
    }
    let korean = text.chars().any(|c| ('\u{ac00}'..='\u{d7a3}').contains(&c));
    let text = simplify(text);
    if let Some(date) = bare_number(&text) {
        return Some(date);
    }
    let (rest, time) = match split_time(&text) {
        Some((rest, time)) => (rest, time),
        None => (text.clone(), TimeOfDay::default()),
    };
    let date = date_of(&rest)?;
    let offset = time.offset_minutes.unwrap_or(if korean && time.given { 540 } else { 0 });
    let midnight = date.and_time(NaiveTime::MIN);
    let at = midnight.checked_add_signed(Duration::seconds(i64::from(time.seconds) - i64::from(offset) * 60))?;
    Some(at.and_utc())
}

/// The two standards in one pass: `2003-12-31T10:14:55Z`, `Wed, 31 Dec 2003 10:14:55 GMT`.
fn standard(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    let date = match bytes.get(..11)? {
        [.., b'T'] if text.len() >= 20 => DateTime::parse_from_rfc3339(text).ok()?,
        [_, _, _, b',', b' ', ..] if text.len() >= 25 && text.is_ascii() => DateTime::parse_from_rfc2822(text).ok()?,
        _ => return None,
    };
    // A leap second counts as the second before it.
    let date = date.to_utc();
    Some(date.with_nanosecond(date.nanosecond() % 1_000_000_000).unwrap_or(date))
}

/// Other digits become ASCII, East Asian units become separators, remarks in brackets go.
fn simplify(text: &str) -> String {
    let mut simple = String::with_capacity(text.len());
    let mut brackets = 0_usize;
    for character in text.chars() {
        let after_digit = simple.trim_end().ends_with(|c: char| c.is_ascii_digit());
        match character {
            '(' | '（' => brackets += 1,
            ')' | '）' => brackets = brackets.saturating_sub(1),
            _ if brackets > 0 => {}
            '年' | '月' | '년' | '월' if after_digit => simple.push('-'),
            '日' | '일' if after_digit => simple.push(' '),
            '時' | '时' | '点' | '시' if after_digit => simple.push(':'),
            '分' | '분' if after_digit => simple.push(':'),
            '秒' | '초' if after_digit => simple.push(' '),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => simple.push('-'),
            _ if character.is_whitespace() || character.is_control() => simple.push(' '),
            _ => match digit(character) {
                Some(digit) => simple.push(digit),
                None => simple.push(character),
            },
        }
    }
    // `9時39分` leaves a colon at the end: it separates nothing. Blanks around a separator go.
    let simple = simple.replace("- ", "-").replace(": ", ":");
    simple.trim_end_matches([':', ' ', '-']).trim_start().to_owned()
}

fn digit(character: char) -> Option<char> {
    const ZEROS: [char; 6] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}'];
    let value =
        ZEROS.iter().find_map(|&zero| (character as u32).checked_sub(zero as u32).filter(|&value| value < 10))?;
    char::from_digit(value, 10)
}

/// Nothing but digits: seconds or milliseconds since 1970, or a date without separators.
fn bare_number(text: &str) -> Option<DateTime<Utc>> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    match text.len() {
        9..=11 => DateTime::from_timestamp(number, 0),
        13 => DateTime::from_timestamp_millis(number),
        14 => {
            let date = date_of(&text[..8])?;
            let part = |from: usize| text[from..from + 2].parse().ok();
            Some(date.and_hms_opt(part(8)?, part(10)?, part(12)?)?.and_utc())
        }
        _ => None,
    }
}

#[derive(Default)]
struct TimeOfDay {
    given: bool,
    seconds: u32,
    offset_minutes: Option<i32>,
}

/// Finds the time of day and its zone; what stands around them is the date.
fn split_time(text: &str) -> Option<(String, TimeOfDay)> {
    let bytes = text.as_bytes();
    let digits_before = |at: usize| bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let digits_at = |at: usize| bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().ok();

    let colon = bytes.iter().enumerate().position(|(at, byte)| {
        *byte == b':' && matches!(digits_before(at), 1 | 2) && matches!(digits_at(at + 1), 1 | 2)
    });
    let (start, mut end, mut hours, minutes, seconds);
    if let Some(colon) = colon {
        start = colon - digits_before(colon);
        end = colon + 1 + digits_at(colon + 1);
        hours = number(start, colon)?;
        minutes = number(colon + 1, end)?;
        let more = bytes.get(end).is_some_and(|byte| matches!(byte, b':' | b'.')) && digits_at(end + 1) == 2;
        seconds = if more {
            end += 3;
            number(end - 2, end)?
        } else {
            0
        };
    } else {
        // ISO's basic form: `20031231T101455`.
        let t = bytes.iter().enumerate().position(|(at, byte)| {
            matches!(byte, b'T' | b't') && digits_before(at) > 0 && matches!(digits_at(at + 1), 4 | 6)
        })?;
        start = t + 1;
        end = start + digits_at(start);
        hours = number(start, start + 2)?;
        minutes = number(start + 2, start + 4)?;
        seconds = if end - start == 6 { number(start + 4, end)? } else { 0 };
    }
    if bytes.get(end).is_some_and(|byte| matches!(byte, b'.' | b',')) {
        end += match digits_at(end + 1) {
            0 => 0,
            digits => digits + 1,
        };
    }
    if hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    let (before, after) = (&text[..start], &text[end..]);
    let (after, mut half) = take_half_of_day(after);
    let mut before = before.trim_end();
    if half.is_none()
        && let Some((head, word)) = before.rsplit_once(' ')
        && let (_, Some(found)) = take_half_of_day(word)
    {
        (before, half) = (head, Some(found));
    }
    match half {
        Some(Half::Morning) if hours == 12 => hours = 0,
        Some(Half::Evening) if hours < 12 => hours += 12,
        _ => {}
    }
    let (after, offset_minutes) = take_zone(after);
    let time = TimeOfDay { given: true, seconds: hours * 3600 + minutes * 60 + seconds.min(59), offset_minutes };
    Some((format!("{before} | {after}"), time))
}

#[derive(Clone, Copy)]
enum Half {
    Morning,
    Evening,
}

/// `AM`, `p.m.`, `오후` at the start of a text.
fn take_half_of_day(text: &str) -> (&str, Option<Half>) {
    const MARKS: [(&str, Half); 14] = [
        ("a.m.", Half::Morning),
        ("p.m.", Half::Evening),
        ("am", Half::Morning),
        ("pm", Half::Evening),
        ("오전", Half::Morning),
        ("오후", Half::Evening),
        ("午前", Half::Morning),
        ("午後", Half::Evening),
        ("上午", Half::Morning),
        ("下午", Half::Evening),
        ("πμ", Half::Morning),
        ("μμ", Half::Evening),
        ("ص", Half::Morning),
        ("م", Half::Evening),
    ];
    let trimmed = text.trim_start();
    for (mark, half) in MARKS {
        let Some(head) = trimmed.get(..mark.len()) else { continue };
        let rest = &trimmed[mark.len()..];
        if head.eq_ignore_ascii_case(mark) && !rest.starts_with(char::is_alphabetic) {
            return (rest, Some(half));
        }
    }
    (text, None)
}

/// `Z`, `+02:00`, `-5`, `GMT+0200`, `EST`, `Etc/GMT` at the start of a text.
fn take_zone(text: &str) -> (&str, Option<i32>) {
    let trimmed = text.trim_start_matches([' ', ',', '[']);
    let word_end = trimmed.find(|c: char| !(c.is_alphabetic() || c == '/' || c == '_')).unwrap_or(trimmed.len());
    let (word, rest) = trimmed.split_at(word_end);
    if word.is_empty() {
        return match take_offset(trimmed) {
            Some((rest, offset)) => (rest, Some(offset)),
            None => (text, None),
        };
    }
    let name = word.rsplit('/').next().unwrap_or(word);
    let Some(zone) = months::zone(name) else {
        // A zone nobody knows is left behind, but a month's name belongs to the date.
        return if months::month(word).is_some() { (text, None) } else { (rest, None) };
    };
    if matches!(zone, 0)
        && let Some((rest, offset)) = take_offset(rest)
    {
        return (rest, Some(offset));
    }
    (rest, Some(zone))
}

fn take_offset(text: &str) -> Option<(&str, i32)> {
    let text = text.trim_start();
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text[1..].trim_start();
    let count = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let length = count(digits);
    let number = |text: &str| text.parse::<i32>().ok();
    let (hours, minutes, rest) = match length {
        1 | 2 => {
            let (hours, rest) = digits.split_at(length);
            match rest.strip_prefix(':') {
                Some(tail) if count(tail) == 2 => (number(hours)?, number(&tail[..2])?, &tail[2..]),
                _ => (number(hours)?, 0, rest),
            }
        }
        3 | 4 => (number(&digits[..length - 2])?, number(&digits[length - 2..length])?, &digits[length..]),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some((rest, sign * (hours * 60 + minutes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            let found = read(text).map(|date| date.format("%Y-%m-%dT%H:%M:%S").to_string());
            assert_eq!(found.as_deref().unwrap_or("none"), *expected, "{text}");
        }
    }

    #[test]
    fn rfc_822_and_its_relatives() {
        check(&[
            ("Wed, 06 Nov 2024 08:30:00 GMT", "2024-11-06T08:30:00"),
            ("Wed, 6 Nov 24 8:30 EST", "2024-11-06T13:30:00"),
            ("Monday, 06 November 2024 08:30:00 +0530", "2024-11-06T03:00:00"),
            ("06-Nov-2024 08:30:00 PT", "2024-11-06T16:30:00"),
            ("Wed Nov  6 08:30:00 2024", "2024-11-06T08:30:00"),
            ("Wed Nov 06 08:30:00 +0100 2024", "2024-11-06T07:30:00"),
            ("Wed Nov 06 2024 08:30:00 GMT+0100 (Central European Standard Time)", "2024-11-06T07:30:00"),
            ("Wed, 06 Nov 2024 24:00:00 Z", "2024-11-07T00:00:00"),
            ("Wed, 06 Nov 2024 23:59:60 UTC", "2024-11-06T23:59:59"),
            ("Wed, 06 Nov 2024 08:30:00 Etc/GMT", "2024-11-06T08:30:00"),
            ("Wed,06 Nov 2024", "2024-11-06T00:00:00"),
            ("November 6, 2024 8:30 PM", "2024-11-06T20:30:00"),
            ("November 6, 2024 12:05 a.m.", "2024-11-06T00:05:00"),
            ("6th of November 2024", "2024-11-06T00:00:00"),
        ]);
    }

    #[test]
    fn iso_8601_in_every_cut() {
        check(&[
            ("2024-11-06T08:30:00Z", "2024-11-06T08:30:00"),
            ("2024-11-06T08:30:00.123456+01:00", "2024-11-06T07:30:00"),
            ("2024-11-06T08:30-0500", "2024-11-06T13:30:00"),
            ("2024-11-06 08:30:00 +02", "2024-11-06T06:30:00"),
            ("2024-11-06T8:30:00", "2024-11-06T08:30:00"),
            ("20241106T083000Z", "2024-11-06T08:30:00"),
            ("20241106083000", "2024-11-06T08:30:00"),
            ("20241106", "2024-11-06T00:00:00"),
            ("2024-11", "2024-11-01T00:00:00"),
            ("2024", "2024-01-01T00:00:00"),
            ("2024-311", "2024-11-06T00:00:00"),
            ("2024311", "2024-11-06T00:00:00"),
            ("24311", "2024-11-06T00:00:00"),
            ("24-11-06", "2024-11-06T00:00:00"),
            ("241106", "2024-11-06T00:00:00"),
            ("-24-11", "2024-11-01T00:00:00"),
            ("-2411", "2024-11-01T00:00:00"),
            ("2024-W45-3", "2024-11-06T00:00:00"),
        ]);
    }

    #[test]
    fn what_people_type() {
        check(&[
            ("1730881800", "2024-11-06T08:30:00"),
            ("1730881800000", "2024-11-06T08:30:00"),
            ("11/06/2024 08:30", "2024-11-06T08:30:00"),
            ("16/11/2024", "2024-11-16T00:00:00"),
            ("06.11.2024, 08:30 Uhr", "2024-11-06T08:30:00"),
            ("06.11.24", "2024-11-06T00:00:00"),
            ("Wed, 2024/11/06 08:30:00 EDT", "2024-11-06T12:30:00"),
            ("yesterday", "none"),
            ("", "none"),
            ("99/99/9999", "none"),
            ("31 Feb 2024", "none"),
            ("25:00:00", "none"),
        ]);
    }

    #[test]
    fn many_languages() {
        check(&[
            ("Mi, 06 Nov 2024 08:30:00 +0100", "2024-11-06T07:30:00"),
            ("6. März 2024", "2024-03-06T00:00:00"),
            ("mar., 05 nov. 2024 08:30:00 +0000", "2024-11-05T08:30:00"),
            ("mar, 05 ene 2024 08:30:00 GMT", "2024-01-05T08:30:00"),
            ("6 de noviembre de 2024", "2024-11-06T00:00:00"),
            ("Ср, 06 ноя 2024 08:30:00 MSK", "2024-11-06T05:30:00"),
            ("6 листопада 2024 р. 08:30", "2024-11-06T08:30:00"),
            ("Τετ, 06 Νοέ 2024 08:30:00 EET", "2024-11-06T06:30:00"),
            ("2024-július-13T9:15-05:00", "2024-07-13T14:15:00"),
            ("6 Kasım 2024 Çarşamba 08:30", "2024-11-06T08:30:00"),
            ("śr., 6 lis 2024 08:30:00 CET", "2024-11-06T07:30:00"),
            ("2024年11月6日 8時30分", "2024-11-06T08:30:00"),
            ("2024年11月6日 下午8:30", "2024-11-06T20:30:00"),
            ("2024년 11월 06일  08:30:15", "2024-11-05T23:30:15"),
            ("2024-11-06 오후 08:30:00", "2024-11-06T11:30:00"),
            ("06 tháng 11 2024 08:30", "2024-11-06T08:30:00"),
            ("6 พฤศจิกายน 2567", "2024-11-06T00:00:00"),
            ("٦ نوفمبر ٢٠٢٤", "2024-11-06T00:00:00"),
        ]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,60}", digits in "[0-9:/ .,+TZ-]{0,30}") {
            read(&text);
            read(&digits);
        }
    }
}
