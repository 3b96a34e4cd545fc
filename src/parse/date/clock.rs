//! The time of day in a date, and its zone.

use std::ops::Range;
use std::sync::LazyLock;

use super::words::{self, fold, is_letter};
use super::zones::zone;

/// A time of day and where it stands.
#[derive(Debug, Default, PartialEq)]
pub struct Clock {
    /// Where the time starts, with the mark of the half of the day before it.
    pub start: usize,
    /// Where it ends, with the mark behind it.
    pub end: usize,
    /// Where the zone stands; empty if there is none.
    pub zone: Range<usize>,
    /// Seconds since midnight.
    pub seconds: u32,
    /// The zone, in minutes east of Greenwich.
    pub offset_minutes: Option<i32>,
}

/// Hours, minutes, seconds, and where they stand.
type Time = (u32, u32, u32, Range<usize>);

/// Finds the time of day and its zone.
pub fn find(text: &str) -> Option<Clock> {
    if let Some((zone, offset)) = date_zone(text) {
        let (start, offset_minutes) = (zone.start, Some(offset));
        return Some(Clock { start, end: start, zone, seconds: 0, offset_minutes });
    }
    let time = with_colons(text)
        .or_else(|| iso_basic(text))
        .or_else(|| with_hour_mark(text))
        .or_else(|| with_points(text))
        .or_else(|| hour_of_half(text));
    let (mut hours, minutes, seconds, Range { mut start, mut end }) = time?;
    if hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    let mut half = None;
    if let Some((found, length)) = half_after(&text[end..]) {
        half = Some(found);
        end += length;
    } else if let Some((found, at)) = half_before(&text[..start]) {
        half = Some(found);
        start = at;
    }
    match half {
        Some(Half::Morning) if hours == 12 => hours = 0,
        Some(Half::Evening) if hours < 12 => hours += 12,
        _ => {}
    }
    let (zone, offset_minutes) = match find_zone(&text[end..]) {
        Some((range, offset)) => (end + range.start..end + range.end, Some(offset)),
        None => (end..end, None),
    };
    let seconds = hours * 3600 + minutes * 60 + seconds.min(59);
    Some(Clock { start, end, zone, seconds, offset_minutes })
}

fn digits_at(text: &str, at: usize) -> usize {
    text.as_bytes().get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn digits_before(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count()
}

fn number(text: &str, from: usize, to: usize) -> Option<u32> {
    text.get(from..to)?.parse().ok()
}

/// The zone of a date without a time, as XML Schema writes it: `2024-11-06+01:00`.
fn date_zone(text: &str) -> Option<(Range<usize>, i32)> {
    let plus = text.find('+').filter(|&plus| digits_before(text, plus) == 2 && !text[..plus].contains([':', 'T']))?;
    let (length, offset) = take_offset(&text[plus..])?;
    (text.len() == plus + length).then_some((plus..plus + length, offset))
}

/// `8:30`, `08:30:15.123`, `08:30.15`.
fn with_colons(text: &str) -> Option<Time> {
    let colons = text.bytes().enumerate().filter(|(_, byte)| *byte == b':').map(|(at, _)| at);
    let colon = colons
        .into_iter()
        .find(|&at| matches!(digits_before(text, at), 1 | 2) && matches!(digits_at(text, at + 1), 1 | 2))?;
    let start = colon - digits_before(text, colon);
    let mut end = colon + 1 + digits_at(text, colon + 1);
    let (hours, minutes) = (number(text, start, colon)?, number(text, colon + 1, end)?);
    let mut seconds = 0;
    let digits = digits_at(text, end + 1);
    let colon = text.as_bytes().get(end) == Some(&b':');
    if digits == 2 && text.as_bytes().get(end) == Some(&b'.') || colon && matches!(digits, 1 | 2) {
        seconds = number(text, end + 1, end + 1 + digits)?;
        end += 1 + digits;
    }
    Some((hours, minutes, seconds, start..skip_fraction(text, end)))
}

fn skip_fraction(text: &str, end: usize) -> usize {
    match text.as_bytes().get(end) {
        Some(b'.' | b',' | b':') if digits_at(text, end + 1) > 0 => end + 1 + digits_at(text, end + 1),
        _ => end,
    }
}

/// ISO's basic form: `20031231T101455`, `20031231T10`, `2003-12-31T10Z`; also `20031231 1014`, `31 Dec 2003 1014`.
fn iso_basic(text: &str) -> Option<Time> {
    let named = || text.split(|c| !is_letter(c)).any(words::is_month);
    let start = text.bytes().enumerate().find_map(|(at, byte)| {
        let fits = match byte {
            b'T' | b't' => digits_before(text, at) > 0 && matches!(digits_at(text, at + 1), 2 | 4 | 6),
            b' ' if matches!(digits_at(text, at + 1), 4 | 6) => {
                digits_before(text, at) == 8 || digits_before(text, at) == 4 && named()
            }
            _ => false,
        };
        fits.then_some(at + 1)
    })?;
    let length = digits_at(text, start);
    let part = |from: usize| if length > from { number(text, start + from, start + from + 2) } else { Some(0) };
    Some((part(0)?, part(2)?, part(4)?, start..skip_fraction(text, start + length)))
}

/// `14h30`, `14 h 30 min`, `8h`, `14u30`, `8 Uhr`, `8.30 Uhr`, `1430 hrs`.
fn with_hour_mark(text: &str) -> Option<Time> {
    const MARKS: [&str; 10] = ["h", "u", "uhr", "hrs", "hours", "ч", "год", "時", "시", "点"];
    let mut search = 0;
    while let Some(found) = text[search..].find(|c: char| c.is_ascii_digit()) {
        let start = search + found;
        let length = digits_at(text, start);
        search = start + length;
        let mut hours_end = start + length;
        let mut minutes = None;
        if length <= 2 && text.as_bytes().get(hours_end) == Some(&b'.') && digits_at(text, hours_end + 1) == 2 {
            minutes = number(text, hours_end + 1, hours_end + 3);
            hours_end += 3;
        }
        let rest = text[hours_end..].trim_start();
        let word = rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len());
        let mark = rest[..word].to_lowercase();
        if !MARKS.contains(&mark.as_str()) {
            continue;
        }
        let mark_end = text.len() - rest.len() + word;
        if length == 4 && matches!(mark.as_str(), "hrs" | "hours") {
            return Some((number(text, start, start + 2)?, number(text, start + 2, start + 4)?, 0, start..mark_end));
        }
        if length > 2 {
            continue;
        }
        let hours = number(text, start, start + length)?;
        if minutes.is_some() {
            return Some((hours, minutes.unwrap_or(0), 0, start..mark_end));
        }
        // Minutes stand close, or after one blank: `14 h 30`, but not `8 Uhr 6. November`.
        let blank = usize::from(matches!(mark.as_str(), "h" | "시") && text.as_bytes().get(mark_end) == Some(&b' '));
        if matches!(digits_at(text, mark_end + blank), 1 | 2) && (blank == 0 || digits_at(text, mark_end + 1) == 2) {
            let from = mark_end + blank;
            let to = from + digits_at(text, from);
            let (seconds, to) = marked_seconds(text, to).unwrap_or((0, to));
            return Some((hours, number(text, from, from + digits_at(text, from))?, seconds, start..to));
        }
        if mark != "u" {
            return Some((hours, 0, 0, start..mark_end));
        }
    }
    None
}

/// The seconds behind the minutes of `8時30分15秒`, and where they end; 0 where only the minutes' mark is there.
fn marked_seconds(text: &str, minutes_end: usize) -> Option<(u32, usize)> {
    let rest = text[minutes_end..].strip_prefix(['分', '분'])?;
    let start = text.len() - rest.trim_start().len();
    let end = start + digits_at(text, start);
    match number(text, start, end) {
        Some(seconds) if text[end..].starts_with(['秒', '초']) => Some((seconds, end + '秒'.len_utf8())),
        _ => Some((0, text.len() - rest.len())),
    }
}

/// `6.11.2024 klo 8.30`: points as in dates, so there must be a date besides.
fn with_points(text: &str) -> Option<Time> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        let end = start + text[start..].find(|c: char| !is_part(c)).unwrap_or(text.len() - start);
        groups.push(start..end);
        at = end;
    }
    let last = groups.iter().rposition(|group| {
        let parts: Vec<&str> = text[group.clone()].trim_end_matches('.').split('.').collect();
        let two_digits = |part: &&str| part.len() == 2;
        matches!(parts.as_slice(), [hours, rest @ ..] if hours.len() <= 2 && matches!(rest.len(), 1 | 2)
            && rest.iter().all(two_digits))
    })?;
    let others = groups.iter().enumerate().filter(|(at, _)| *at != last).map(|(_, group)| &text[group.clone()]);
    let numbers = others.flat_map(|group| group.split('.')).filter(|part| !part.is_empty()).count();
    let named = numbers == 2 && text.split(|c| !is_letter(c)).any(words::is_month);
    if numbers < 3 && !named {
        return None;
    }
    let group = groups[last].clone();
    let mut parts = text[group.clone()].trim_end_matches('.').split('.').map(|part| part.parse::<u32>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    (hours <= 24 && minutes < 60 && seconds <= 60).then_some((hours, minutes, seconds, group))
}

/// `8 PM`, `8pm`.
fn hour_of_half(text: &str) -> Option<Time> {
    let mut search = 0;
    while let Some(found) = text[search..].find(|c: char| c.is_ascii_digit()) {
        let start = search + found;
        let end = start + digits_at(text, start);
        search = end;
        let tail = text[end..].trim_start().to_ascii_lowercase();
        let marked = ["am", "pm", "a.m", "p.m"]
            .iter()
            .any(|mark| tail.strip_prefix(mark).is_some_and(|rest| !rest.starts_with(is_letter)));
        if end - start <= 2 && marked {
            return Some((number(text, start, end)?, 0, 0, start..end));
        }
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Half {
    Morning,
    Evening,
}

/// Words for the first and the second half of the day, by CLDR; `_` stands for nothing.
const HALF_WORDS: [(Half, &str); 2] = [
    (
        Half::Morning,
        "am vm rn dop yb πμ atm قبلازظهر قظ صباحا ص ap fh 午前 오전 ກ່ອນທ່ຽງ priespiet prieksp priekspusdiena претпл pg \
         နံနက် पूर्वाह्न fm පෙව dopoldne pd paradite paradites formiddag ก่อนเที่ยง oo дп manha manana 上午 凌晨 早上 \
         прпл прпоб ጥዋት முற்பகல் לפנהצ utra утра прије_подне пре_подне prijepodne prepodne",
    ),
    (
        Half::Evening,
        "pm nm ከሰዓት م مساء odp yh μμ ptm بعدازظهر بظ ip eh 午後 오후 ຫຼັງທ່ຽງ popiet pecp pecpusdiena pecpusd попл \
         ptg ညနေ अपराह्न em පව pop popoldne md pasdite pasdites eftermiddag หลังเที่ยง os пп tarde noche 下午 晚上 \
         вечера дня слоб பிற்பகல் אחהצ du popodne поподне послије_подне",
    ),
];

static HALVES: LazyLock<Vec<(String, Half)>> = LazyLock::new(|| {
    let words =
        HALF_WORDS.iter().flat_map(|(half, words)| words.split_ascii_whitespace().map(move |word| (word, *half)));
    let mut halves: Vec<_> = words.map(|(word, half)| (fold(&word.replace('_', "")), half)).collect();
    halves.sort_by(|(a, _), (b, _)| a.cmp(b));
    halves
});

/// The half of the day that a word means. Vietnamese `SA` and `CH` must be capitals, since
/// `Sa` is a Saturday; Irish `i.n.` needs its points.
fn half(word: &str) -> Option<Half> {
    match word {
        "SA" => Some(Half::Morning),
        "CH" | "i.n." | "I.N." => Some(Half::Evening),
        _ => {
            let word = fold(word);
            let found = HALVES.binary_search_by(|(mark, _)| mark.as_str().cmp(&word)).ok()?;
            Some(HALVES[found].1)
        }
    }
}

/// `AM`, `p. m.`, `e pasdites` at the start of a text, and its length.
fn half_after(text: &str) -> Option<(Half, usize)> {
    let is_part = |c: char| is_letter(c) || words::is_joiner(c);
    let blank = text.len() - text.trim_start().len();
    let first = blank + text[blank..].find(|c| !is_part(c)).unwrap_or(text.len() - blank);
    if first == blank {
        return None;
    }
    let rest = &text[first..];
    let two = rest.strip_prefix(' ').map(|rest| first + 1 + rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
    if let Some(two) = two.filter(|two| *two > first + 1) {
        let joined = text[blank..two].replace(' ', "");
        let second = &text[first + 1..two];
        let small = matches!(&text[blank..first], "e" | "da" | "E" | "DA" | "de" | "në");
        if let Some(found) = half(&joined).or_else(|| small.then(|| half(second)).flatten()) {
            return Some((found, two));
        }
    }
    half(&text[blank..first]).map(|found| (found, first))
}

/// `오후`, `下午`, `PM` at the end of a text, and where it starts.
fn half_before(text: &str) -> Option<(Half, usize)> {
    let trimmed = text.trim_end();
    let is_part = |c: char| is_letter(c) || words::is_joiner(c);
    let length: usize = trimmed.chars().rev().take_while(|c| is_part(*c)).map(char::len_utf8).sum();
    let start = trimmed.len() - length;
    let word = &trimmed[start..];
    // Latin words before a time are mostly prepositions.
    let safe = !word.is_ascii() || matches!(fold(word).as_str(), "am" | "pm" | "du");
    if length == 0 || !safe {
        return None;
    }
    half(word).map(|found| (found, start))
}

/// Looks for a zone behind a time, over at most three words that are none and one year: `Z`, `+02:00`, `-5`,
/// `GMT+0200`, `EST`, `Etc/GMT`, `E.S.T.`, `Uhr MEZ`, `2024 +0100`.
fn find_zone(text: &str) -> Option<(Range<usize>, i32)> {
    let mut at = 0;
    let mut skipped = 0;
    loop {
        at += text[at..].find(|c| !matches!(c, ' ' | ',' | '[' | ';')).unwrap_or(text.len() - at);
        let rest = &text[at..];
        let first = rest.chars().next()?;
        if matches!(first, '+' | '-') {
            let (length, offset) = take_offset(rest)?;
            return Some((at..at + length, offset));
        }
        if first.is_ascii_digit() {
            if skipped > 0 || digits_at(rest, 0) != 4 || !rest[4..].starts_with(' ') {
                return None;
            }
            skipped = 1;
            at += 4;
            continue;
        }
        let end = rest.find(|c| !(is_letter(c) || matches!(c, '/' | '_' | '.'))).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let word = &rest[..end];
        let name = fold(word.rsplit('/').next().unwrap_or(word));
        // `at`, `et`, `pt` are words too, unless in capitals; further away so are `ist` and `est`.
        let capitals = word.bytes().all(|byte| !byte.is_ascii_lowercase());
        let sure =
            capitals || name == "z" || skipped == 0 && name.len() > 2 || matches!(name.as_str(), "utc" | "gmt" | "ut");
        if let Some(offset) = zone(&name).filter(|_| sure) {
            if offset == 0
                && let Some((length, offset)) = take_offset(&rest[end..])
            {
                return Some((at..at + end + length, offset));
            }
            return Some((at..at + end, offset));
        }
        if skipped >= 3 || words::is_month(word) {
            return None;
        }
        skipped += 1;
        at += end;
    }
}

/// `+02:00`, `-5`, `+0530` and its length, with blanks before it.
fn take_offset(text: &str) -> Option<(usize, i32)> {
    let blanks = text.len() - text.trim_start().len();
    let sign = match text.as_bytes().get(blanks)? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut from = blanks + 1;
    let apart = text.as_bytes().get(from) == Some(&b' ');
    from += usize::from(apart);
    let length = digits_at(text, from);
    let colon = text.as_bytes().get(from + length) == Some(&b':') && digits_at(text, from + length + 1) == 2;
    let (hours, minutes, end) = match length {
        1 | 2 if colon => {
            (number(text, from, from + length)?, number(text, from + length + 1, from + length + 3)?, from + length + 3)
        }
        // `08:30 - 6 Nov` has no zone.
        1 | 2 if !apart => (number(text, from, from + length)?, 0, from + length),
        3 | 4 => {
            (number(text, from, from + length - 2)?, number(text, from + length - 2, from + length)?, from + length)
        }
        _ => return None,
    };
    // What looks like a zone may be a date: `08:30 -06-11-2024`.
    let follows =
        text.as_bytes().get(end).is_some_and(|byte| matches!(byte, b'-' | b'/' | b'.') && digits_at(text, end + 1) > 0);
    let minutes_east = i32::try_from(hours * 60 + minutes).ok()?;
    (hours <= 14 && minutes < 60 && !follows).then_some((end, sign * minutes_east))
}
