//! The two forms that nearly all dates have, read byte by byte: RFC 822 with English names, and RFC 3339.

use chrono::{DateTime, NaiveDate, Utc};

use super::zones::zone;

/// `Wed, 31 Dec 2003 10:14:55 GMT` (the weekday and the seconds may be missing), `2003-12-31T10:14:55.5+01:00`; `None`
/// for all else.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    let mut bytes = Bytes { bytes: text.as_bytes(), at: 0 };
    let date = match bytes.bytes {
        [_, _, _, _, b'-', ..] => iso(&mut bytes),
        [b'0'..=b'9', ..] => rfc_822(&mut bytes),
        [_, _, _, b',', b' ', ..] => {
            bytes.at = 5;
            rfc_822(&mut bytes)
        }
        _ => None,
    }?;
    (bytes.at == text.len()).then_some(date)
}

struct Bytes<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bytes<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    /// A number of exactly `digits` digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let number = self
            .bytes
            .get(self.at..self.at + digits)?
            .iter()
            .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))?;
        self.at += digits;
        Some(number)
    }

    /// Seconds since midnight; a leap second counts as the second before it.
    fn clock(&mut self, seconds_needed: bool) -> Option<i64> {
        let hours = self.number(2)?;
        self.take(b':')?;
        let minutes = self.number(2)?;
        let seconds = match self.peek() {
            b':' => {
                self.at += 1;
                self.number(2)?
            }
            _ if seconds_needed => return None,
            _ => 0,
        };
        (hours < 24 && minutes < 60 && seconds <= 60).then(|| i64::from(hours * 3600 + minutes * 60 + seconds.min(59)))
    }

    /// `+0100` or, with the colon, `+01:00`, in seconds.
    fn offset(&mut self, colon: bool) -> Option<i64> {
        let sign = match self.peek() {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.at += 1;
        let hours = self.number(2)?;
        if colon {
            self.take(b':')?;
        }
        let minutes = self.number(2)?;
        (hours <= 14 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
    }
}

fn at(date: NaiveDate, seconds: i64, nanoseconds: u32) -> Option<DateTime<Utc>> {
    let days = i64::from(date.to_epoch_days());
    DateTime::from_timestamp(days * 86_400 + seconds, nanoseconds)
}

fn iso(bytes: &mut Bytes<'_>) -> Option<DateTime<Utc>> {
    let year = bytes.number(4)?;
    bytes.take(b'-')?;
    let month = bytes.number(2)?;
    bytes.take(b'-')?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, bytes.number(2)?)?;
    bytes.take(b'T').or_else(|| bytes.take(b' '))?;
    let clock = bytes.clock(true)?;
    let mut nanoseconds = 0;
    if bytes.peek() == b'.' {
        bytes.at += 1;
        let mut unit = 100_000_000;
        while bytes.peek().is_ascii_digit() {
            nanoseconds += u32::from(bytes.peek() - b'0') * unit;
            unit /= 10;
            bytes.at += 1;
        }
    }
    let offset = match bytes.peek() {
        b'Z' => {
            bytes.at += 1;
            0
        }
        _ => bytes.offset(true)?,
    };
    at(date, clock - offset, nanoseconds)
}

fn rfc_822(bytes: &mut Bytes<'_>) -> Option<DateTime<Utc>> {
    let two = bytes.bytes.get(bytes.at + 1).is_some_and(u8::is_ascii_digit);
    let day = bytes.number(if two { 2 } else { 1 })?;
    bytes.take(b' ')?;
    let name = bytes.bytes.get(bytes.at..bytes.at + 3)?;
    let month = match [name[0], name[1] | 0x20, name[2] | 0x20] {
        [b'J', b'a', b'n'] => 1,
        [b'F', b'e', b'b'] => 2,
        [b'M', b'a', b'r'] => 3,
        [b'A', b'p', b'r'] => 4,
        [b'M', b'a', b'y'] => 5,
        [b'J', b'u', b'n'] => 6,
        [b'J', b'u', b'l'] => 7,
        [b'A', b'u', b'g'] => 8,
        [b'S', b'e', b'p'] => 9,
        [b'O', b'c', b't'] => 10,
        [b'N', b'o', b'v'] => 11,
        [b'D', b'e', b'c'] => 12,
        _ => return None,
    };
    bytes.at += 3;
    bytes.take(b' ')?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(bytes.number(4)?).ok()?, month, day)?;
    bytes.take(b' ')?;
    let clock = bytes.clock(false)?;
    bytes.take(b' ')?;
    let offset = match &bytes.bytes[bytes.at..] {
        [b'+' | b'-', ..] => bytes.offset(false)?,
        // Those of RFC 822; looking up any other takes as long as all else.
        [zone @ (b'E' | b'C' | b'M' | b'P' | b'G'), summer @ (b'S' | b'D' | b'M'), b'T']
            if (*zone == b'G') == (*summer == b'M') =>
        {
            bytes.at += 3;
            let hours = match zone {
                b'E' => -5,
                b'C' => -6,
                b'M' => -7,
                b'P' => -8,
                _ => 0,
            };
            (hours + i64::from(*summer == b'D')) * 3600
        }
        name => {
            bytes.at += name.len();
            i64::from(zone(std::str::from_utf8(name).ok()?)?) * 60
        }
    };
    at(date, clock - offset, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_forms_are_read_and_nothing_else() {
        for (text, expected) in [
            ("Wed, 06 Nov 2024 08:30:00 GMT", Some("2024-11-06T08:30:00+00:00")),
            ("Wed, 6 Nov 2024 08:30 EST", Some("2024-11-06T13:30:00+00:00")),
            ("06 Nov 2024 08:30:00 -0130", Some("2024-11-06T10:00:00+00:00")),
            ("6 Nov 2024 08:30:00 PDT", Some("2024-11-06T15:30:00+00:00")),
            ("6 Nov 2024 08:30:00 CET", Some("2024-11-06T07:30:00+00:00")),
            ("Tue, 06 Nov 2024 23:59:60 +0000", Some("2024-11-06T23:59:59+00:00")),
            ("2024-11-06T08:30:00Z", Some("2024-11-06T08:30:00+00:00")),
            ("2024-11-06 08:30:00.25+01:00", Some("2024-11-06T07:30:00.250+00:00")),
            ("2024-11-06T08:30:00.1234567890123Z", Some("2024-11-06T08:30:00.123456789+00:00")),
            ("Wed, 31 Feb 2024 08:30:00 GMT", None),
            ("Wed, 06 Nov 2024 08:30:00", None),
            ("2024-11-06T08:30Z", None),
            ("2024-11-06T08:30:00Zx", None),
            ("2024-11-06T24:00:00Z", None),
            ("", None),
            ("2024-", None),
            ("Wed, ", None),
        ] {
            assert_eq!(read(text).map(|date| date.to_rfc3339()).as_deref(), expected, "{text}");
        }
    }

    /// Every byte that could be cut or changed: never a panic.
    #[test]
    fn no_cut_panics() {
        for text in ["Wed, 06 Nov 2024 08:30:00 GMT", "2024-11-06T08:30:00.1+01:00"] {
            for end in 0..text.len() {
                read(&text[..end]);
                read(&format!("{}é{}", &text[..end], &text[end..]));
            }
        }
    }
}
