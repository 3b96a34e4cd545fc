//! The day that a text without its time of day means.
//!
//! A word that names a month settles which number is which; without one the separators and sizes do. Where more than
//! one reading is left, the weekday decides if the text has one. A date of a calendar that is not understood is none.

use chrono::{Datelike, NaiveDate};

use super::calendars;
use super::words::{self, Sense, fold, is_joiner, is_letter};

/// A number in a date, with what tells its role.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
    /// The next character that is no blank, if nothing but it stands before the next number.
    separator: char,
}

/// What was found in a text.
#[derive(Default)]
struct Found {
    numbers: Vec<Number>,
    /// What the words mean that may be months.
    months: Vec<Sense>,
    /// The weekdays that are named, as bits.
    weekdays: u16,
    /// The month that a number says (`tháng 11`), or the word of another calendar.
    numbered: Option<u32>,
    persian: Option<u32>,
    era: Option<i32>,
    thai: bool,
    week: bool,
    /// There are words that mean nothing here.
    unknown: bool,
}

/// The date in a text without its time, given in pieces. `persian` says that its digits were Persian ones.
pub fn date_of(pieces: &[&str], persian: bool) -> Option<NaiveDate> {
    let mut found = Found::default();
    for piece in pieces {
        found.collect(piece)?;
    }
    if found.week {
        return iso_week(&found.numbers);
    }
    if let Some(date) = found.persian_date(persian) {
        return date;
    }
    let leading_dash = pieces.first().is_some_and(|piece| piece.trim_start().starts_with('-'));
    if leading_dash && found.numbers.first().is_some_and(|number| number.digits == 4 && found.numbers.len() > 1) {
        // A negative year.
        return None;
    }
    found.date(leading_dash)
}

impl Found {
    fn collect(&mut self, text: &str) -> Option<()> {
        let mut rest = text;
        let mut skip_number = false;
        let mut month_follows = false;
        while let Some(first) = rest.chars().next() {
            if first.is_ascii_digit() {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let (digits, tail) = rest.split_at(end);
                rest = tail;
                let value = digits.parse().ok()?;
                let separator = rest.trim_start().chars().next().unwrap_or(' ');
                match () {
                    () if rest.starts_with('月') => {
                        self.numbered = Some(value);
                        rest = &rest['月'.len_utf8()..];
                    }
                    () if std::mem::take(&mut skip_number) && end == 1 => {}
                    () if std::mem::take(&mut month_follows) && end <= 2 => self.numbered = Some(value),
                    () => self.numbers.push(Number { value, digits: end, separator }),
                }
            } else if is_letter(first) {
                let end = word_end(rest);
                let two = second_word_end(rest, end).filter(|&two| self.word(&rest[..two], true));
                let word = &rest[..two.unwrap_or(end)];
                if two.is_none() && !self.word(word, false) {
                    // `Wed.Nov`, `d’octubre`: more than one word after all.
                    let known = word.split(is_joiner).filter(|part| self.word(part, false)).count();
                    self.unknown |= known == 0 && word.chars().nth(2).is_some();
                }
                // Vietnamese counts its months and weekdays: `Thứ 4, 6 tháng 11`, `Th 4, 6 thg 11`.
                let lower = fold(word);
                month_follows = matches!(lower.as_str(), "thang" | "thg");
                skip_number = lower == "thu" && !word.is_ascii() || lower == "th" && self.numbers.is_empty();
                if let Some(start) = calendars::era(&lower) {
                    self.era = Some(start);
                }
                rest = &rest[word.len()..];
            } else {
                rest = &rest[first.len_utf8()..];
            }
        }
        Some(())
    }

    /// Takes a word; whether it is known.
    fn word(&mut self, word: &str, whole: bool) -> bool {
        let folded = fold(word);
        if whole && !words::is_name(&folded) {
            return false;
        }
        let sense = words::sense(&folded);
        self.persian = calendars::persian_month(&folded).or(self.persian);
        self.week |= folded == "w" && !self.numbers.is_empty();
        if sense.months != 0 {
            self.months.push(sense);
            self.thai |= word.starts_with(|c| ('\u{e00}'..='\u{e7f}').contains(&c));
        } else {
            self.weekdays |= sense.weekdays;
        }
        sense != Sense::default()
    }

    /// A Persian date, if that is what this is; then the inner value is what it means.
    fn persian_date(&self, persian_digits: bool) -> Option<Option<NaiveDate>> {
        let year = self.numbers.iter().find(|number| (1300..1500).contains(&number.value))?.value;
        let rest: Vec<u32> = self.numbers.iter().map(|number| number.value).filter(|&value| value != year).collect();
        let (month, day) =
            match (self.persian, rest.as_slice()) {
                (Some(month), [day]) => (month, *day),
                (None, [first, second]) if persian_digits && self.months.is_empty() => {
                    if self.numbers[0].value == year { (*first, *second) } else { (*second, *first) }
                }
                _ => return None,
            };
        Some(calendars::persian(year, month, day))
    }

    fn date(mut self, leading_dash: bool) -> Option<NaiveDate> {
        // A word that names only a month is the month, rather than one that names a weekday too; then the better fit,
        // then the first (a zone that nobody knows may look like a month), or of two weekdays the last.
        let rank = |sense: &Sense| (sense.weekdays == 0, sense.fit);
        let mut best: Option<usize> = None;
        for (at, sense) in self.months.iter().enumerate() {
            let better = |best: usize| {
                let other = rank(&self.months[best]);
                rank(sense) > other || rank(sense) == other && !other.0
            };
            if best.is_none_or(better) {
                best = Some(at);
            }
        }
        // `mar 05/11/2024`: the numbers have a month already.
        let chosen = best.filter(|&at| self.months[at].weekdays == 0 || self.numbers.len() < 3);
        for (at, sense) in self.months.iter().enumerate() {
            self.weekdays |= if Some(at) == chosen { 0 } else { sense.weekdays };
        }
        if let Some(month) = self.numbered {
            return self.pick(&[self.with_month(month)]);
        }
        match chosen {
            Some(at) => {
                let bits = self.months[at].months;
                if bits.count_ones() == 1 {
                    return self.pick(&[self.with_month(bits.trailing_zeros() + 1)]);
                }
                self.double_month(bits)
            }
            None => self.numeric(leading_dash),
        }
    }

    /// A word that names two months. `lip`, `lis`, `listopad`, `srp` mean one in Croatian and the next one in Polish or
    /// Czech: the weekday decides, else the point that Croatian puts behind the year. Others are left to the weekday.
    fn double_month(&self, bits: u16) -> Option<NaiveDate> {
        let early = bits.trailing_zeros() + 1;
        let late = 16 - bits.leading_zeros();
        let (early, late) = (self.with_month(early), self.with_month(late));
        for date in [early, late] {
            if date.is_some_and(|date| self.weekday_fits(date)) {
                return date;
            }
        }
        let slavic = matches!(bits, 0b0000_0110_0000 | 0b0000_1100_0000 | 0b0110_0000_0000);
        let croatian = self.numbers.iter().any(|number| number.digits == 4 && number.separator == '.');
        if croatian { early } else { late.filter(|_| slavic) }
    }

    fn weekday_fits(&self, date: NaiveDate) -> bool {
        self.weekdays >> date.weekday().num_days_from_monday() & 1 == 1
    }

    /// The first reading, or one on the weekday that is named.
    fn pick(&self, readings: &[Option<NaiveDate>]) -> Option<NaiveDate> {
        let mut dates = readings.iter().flatten().copied();
        dates.clone().find(|date| self.weekday_fits(*date)).or_else(|| dates.next())
    }

    /// The month is known: the number that cannot be a day is the year.
    fn with_month(&self, month: u32) -> Option<NaiveDate> {
        let is_year = |number: &Number| number.digits >= 3 || number.value > 31;
        let date = |year: &Number, day: u32| NaiveDate::from_ymd_opt(self.full_year(*year)?, month, day);
        match self.numbers.as_slice() {
            [] => None,
            [year, day] if self.era.is_some() => date(year, day.value),
            [only] => date(only, 1).filter(|_| is_year(only)),
            [first, second, ..] if is_year(first) && !is_year(second) => date(first, second.value),
            [day, rest @ ..] => date(rest.iter().find(|number| is_year(number)).or(rest.first())?, day.value),
        }
    }

    /// Nothing but numbers: sizes and separators say which is which.
    fn numeric(&self, leading_dash: bool) -> Option<NaiveDate> {
        let date = |year: &Number, month: u32, day: u32| NaiveDate::from_ymd_opt(self.full_year(*year)?, month, day);
        match self.numbers.as_slice() {
            [a, b, c, ..] => {
                let (year_first, day_first, month_first) =
                    (date(a, b.value, c.value), date(c, b.value, a.value), date(c, a.value, b.value));
                let order = match a.separator {
                    _ if a.digits >= 3 || self.era.is_some() => [year_first, date(a, c.value, b.value), None],
                    // `06/03/2003` is American; with points or dashes the day comes first.
                    '/' if c.digits >= 3 => [month_first, day_first, None],
                    _ if c.digits >= 3 => [day_first, month_first, None],
                    '-' => [year_first, day_first, month_first],
                    '/' => [month_first, day_first, year_first],
                    _ => [day_first, month_first, year_first],
                };
                self.pick(&order)
            }
            [year, day] if year.digits == 4 && day.digits == 3 => {
                NaiveDate::from_yo_opt(self.full_year(*year)?, day.value)
            }
            [a, b] if matches!(a.separator, '-' | '/' | '.') || leading_dash => {
                if a.digits >= 3 || leading_dash {
                    date(a, b.value, 1)
                } else if b.digits >= 3 {
                    date(b, a.value, 1)
                } else {
                    None
                }
            }
            [only] if !self.unknown && self.weekdays == 0 => unseparated(*only, leading_dash),
            _ => None,
        }
    }

    /// The Gregorian year. Two digits mean 1970 to 2069, a Thai year counts from Buddha; before 1600 there is only the
    /// zero date of some programs, all else is of another calendar.
    fn full_year(&self, number: Number) -> Option<i32> {
        let year = i32::try_from(number.value).ok()?;
        match (number.digits, year, self.era) {
            (..4, _, Some(start)) => Some(start + year),
            (2, 43.., _) if self.thai => Some(year + 2500 - 543),
            (1, ..) => None,
            (2, 0..70, _) => Some(year + 2000),
            (2, ..) => Some(year + 1900),
            (_, 2400..2700, _) => Some(year - 543),
            (_, 2..1600, _) => None,
            _ => Some(year),
        }
    }
}

/// Where the word at the start of a text ends.
fn word_end(text: &str) -> usize {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = is_joiner(c) && chars.peek().is_some_and(|(_, next)| is_letter(*next));
        if !is_letter(c) && !joins {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Where the second word ends, if one follows after a blank.
fn second_word_end(text: &str, end: usize) -> Option<usize> {
    let rest = text[end..].strip_prefix(' ')?;
    let second = word_end(rest);
    (second > 0 && rest.starts_with(is_letter)).then_some(end + 1 + second)
}

/// `2003-W23-2` (ISO 8601 §5.2.3).
fn iso_week(numbers: &[Number]) -> Option<NaiveDate> {
    let [year, week, rest @ ..] = numbers else { return None };
    let day = rest.first().map_or(1, |day| day.value);
    let weekday = chrono::Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
    let year = if year.digits <= 2 { year.value + 2000 } else { year.value };
    NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, week.value, weekday)
}

/// `20031231`, `31122003`, `2003335`, `031231`, `03335`, `2003`, and with a leading dash `-0312`. Five digits from 40000 on are no
/// day of 2040, but a day number of a spreadsheet.
fn unseparated(number: Number, leading_dash: bool) -> Option<NaiveDate> {
    let Number { value, digits, .. } = number;
    let short = |year: u32| i32::try_from(if year < 70 { year + 2000 } else { year + 1900 }).ok();
    let long = |year: u32| i32::try_from(year).ok().filter(|year| *year < 2 || *year >= 1600);
    match digits {
        8 => match long(value / 10_000) {
            Some(year) => NaiveDate::from_ymd_opt(year, value / 100 % 100, value % 100),
            None => NaiveDate::from_ymd_opt(long(value % 10_000)?, value / 10_000 % 100, value / 1_000_000),
        },
        7 => NaiveDate::from_yo_opt(long(value / 1000)?, value % 1000),
        6 => NaiveDate::from_ymd_opt(short(value / 10_000)?, value / 100 % 100, value % 100),
        5 if !(40_000..50_000).contains(&value) => NaiveDate::from_yo_opt(short(value / 1000)?, value % 1000),
        4 if leading_dash => NaiveDate::from_ymd_opt(short(value / 100)?, value % 100, 1),
        4 => NaiveDate::from_ymd_opt(long(value)?, 1, 1),
        _ => None,
    }
}
