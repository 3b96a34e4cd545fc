//! What a word in a date says: a month, a weekday, or both (`mar` is March and Tuesday).

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::names::{MONTHS, WEEKDAYS};

/// What a word may mean. Bit 0 stands for January, or Monday.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sense {
    /// The months, as bits.
    pub months: u16,
    /// The weekdays, as bits.
    pub weekdays: u16,
    /// How well the name of the month fits: 3 as it stands, 2 as the start of a name, 1 as a name with an ending.
    pub fit: u8,
}

/// Characters by which the longest name that takes an ending exceeds five.
const LONGEST_STEM: usize = 12;

/// Folded names in order, each with its meanings as bits.
struct Table(Vec<(String, u16)>);

static MONTH_TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(&MONTHS));
static WEEKDAY_TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(&WEEKDAYS));

impl Table {
    fn new(rows: &[&str]) -> Self {
        let names =
            (0_u16..).zip(rows).flat_map(|(bit, row)| row.split_ascii_whitespace().map(move |name| (name, bit)));
        let mut names: Vec<(String, u16)> =
            names.map(|(name, bit)| (fold(&name.replace('_', " ")), 1 << bit)).collect();
        names.sort();
        names.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 |= if same { next.1 } else { 0 };
            same
        });
        Self(names)
    }

    /// The names that begin with `start`.
    fn starting(&self, start: &str) -> &[(String, u16)] {
        let from = self.0.partition_point(|(name, _)| name.as_str() < start);
        let tail = &self.0[from..];
        &tail[..tail.partition_point(|(name, _)| name.starts_with(start))]
    }

    fn exact(&self, word: &str) -> Option<u16> {
        let at = self.0.binary_search_by(|(name, _)| name.as_str().cmp(word)).ok()?;
        Some(self.0[at].1)
    }

    /// The meanings of a folded word, and how well it fits: it is a name, begins one (three characters or more), or is
    /// one of five or more with an ending.
    fn find(&self, word: &str) -> (u16, u8) {
        let starting = self.starting(word);
        match starting {
            [(name, bits), ..] if name == word => return (*bits, 3),
            [_, ..] if word.chars().nth(2).is_some() => {
                return (starting.iter().fold(0, |all, (_, bits)| all | bits), 2);
            }
            _ => {}
        }
        let ends = word.char_indices().map(|(at, _)| at).skip(5).take(LONGEST_STEM);
        let stem = ends.filter_map(|end| self.exact(&word[..end])).last();
        stem.map_or((0, 0), |bits| (bits, 1))
    }
}

/// Whether a folded text is a name as it stands.
pub fn is_name(text: &str) -> bool {
    MONTH_TABLE.exact(text).or_else(|| WEEKDAY_TABLE.exact(text)).is_some()
}

/// What a folded word means.
pub fn sense(word: &str) -> Sense {
    let (mut months, mut fit) = MONTH_TABLE.find(word);
    // Hebrew writes `in November` as one word.
    if months == 0
        && let Some(name) = word.strip_prefix('ב')
    {
        (months, fit) = MONTH_TABLE.find(name);
    }
    let (mut weekdays, day_fit) = WEEKDAY_TABLE.find(word);
    // `martes` is Tuesday, and not March with an ending.
    let (months, fit) = if day_fit > fit && fit < 2 { (0, 0) } else { (months, fit) };
    if day_fit < fit && day_fit < 2 {
        weekdays = 0;
    }
    Sense { months, weekdays, fit }
}

/// Whether a word, folded or not, names a month.
pub fn is_month(word: &str) -> bool {
    sense(&fold(word)).months != 0
}

/// Lower case without accents, points and the joiners inside words, so that `Mär`, `mar.` and `MÄR` are one. The vowel
/// signs of the scripts of India and South-East Asia stay: they make names.
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    if word.is_ascii() {
        folded.extend(
            word.bytes().filter(|byte| !is_joiner(char::from(*byte))).map(|b| char::from(b.to_ascii_lowercase())),
        );
        return folded;
    }
    for character in word.nfkd().flat_map(char::to_lowercase).nfkd() {
        match character {
            '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{655}' => {}
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ə' => folded.push('e'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            'ی' => folded.push('ي'),
            'ک' => folded.push('ك'),
            'ة' => folded.push('ه'),
            _ if is_joiner(character) => {}
            _ => folded.push(character),
        }
    }
    folded
}

/// Whether a character is part of a word.
pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && (c.is_alphabetic() || is_combining_mark(c))
}

/// Whether a character between two letters belongs to the word: points of abbreviations, apostrophes, invisible joiners.
pub fn is_joiner(c: char) -> bool {
    matches!(c, '.' | '\'' | '’' | 'ʻ' | 'ʼ' | '·' | '।' | '॰' | '״' | '׳' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(word: &str) -> Vec<u32> {
        let sense = sense(&fold(word));
        (1..=12).filter(|month| sense.months >> (month - 1) & 1 == 1).collect()
    }

    #[test]
    fn months_are_known_by_name_and_abbreviation() {
        for (word, expected) in [
            ("Jan", &[1][..]),
            ("JANUARY", &[1]),
            ("févr", &[2]),
            ("Mär", &[3]),
            ("Maerz", &[3]),
            ("Ιούλ", &[7]),
            ("ΜΑΪΟΥ", &[5]),
            ("июн", &[6]),
            ("czerwca", &[6]),
            ("lip", &[6, 7]),
            ("červenec", &[7]),
            ("červen", &[6]),
            ("Ağustos", &[8]),
            ("paź", &[10]),
            ("أكتوبر", &[10]),
            ("تشرين الأول", &[10]),
            ("marraskuuta", &[11]),
            ("novemberben", &[11]),
            ("azaroaren", &[11]),
            ("ธันวาคม", &[12]),
            ("พ.ย", &[11]),
            ("มี.ค", &[3]),
            ("ม.ค", &[1]),
            ("Tue", &[]),
            ("martes", &[]),
            ("xy", &[]),
            ("", &[]),
        ] {
            assert_eq!(months(word), expected, "{word}");
        }
    }

    #[test]
    fn only_croatian_names_stand_for_two_months() {
        let double: Vec<&str> =
            MONTH_TABLE.0.iter().filter(|(_, m)| m.count_ones() > 1).map(|(n, _)| n.as_str()).collect();
        assert_eq!(double, ["listopada"]);
        for (word, expected) in [("lip", [6, 7]), ("srp", [7, 8]), ("lis", [10, 11]), ("listopad", [10, 11])] {
            assert_eq!(months(word), expected, "{word}");
        }
    }
}
