//! Brings a date to few characters: ASCII digits and signs, single blanks, no remarks in brackets.

use unicode_normalization::UnicodeNormalization;

use super::zones::zone;

/// A simplified text, and what its characters told of it.
pub struct Simple {
    /// The text.
    pub text: String,
    /// It had Persian digits.
    pub persian: bool,
    /// It had Korean letters.
    pub korean: bool,
}

/// Other digits become ASCII, East Asian units become separators, remarks in brackets go.
pub fn simplify(text: &str) -> Simple {
    // The other date of an Arabic text: `4 رجب 1446 الموافق 6 نوفمبر 2024`.
    let text = text.split_once("الموافق").map_or(text, |(_, gregorian)| gregorian);
    let composed = has_jamo(text).then(|| text.nfc().collect::<String>());
    let text = composed.as_deref().unwrap_or(text);
    let mut simple = Simple { text: String::with_capacity(text.len()), persian: false, korean: false };
    let mut brackets = 0_usize;
    let mut after_digit = false;
    let mut skip_blanks = false;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let character = match character {
            // Full-width forms.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => continue,
            _ if character.is_whitespace() || character.is_control() => ' ',
            _ => match digit(character) {
                Some(digit) => {
                    simple.persian |= ('\u{6f0}'..='\u{6f9}').contains(&character);
                    digit
                }
                None => character,
            },
        };
        simple.korean |= ('\u{ac00}'..='\u{d7a3}').contains(&character);
        let (written, unit) = match character {
            '(' if brackets > 0 || !is_kept(rest.as_str()) => {
                brackets += 1;
                continue;
            }
            '(' => (' ', false),
            ')' if brackets == 0 => (' ', false),
            ')' => {
                brackets = brackets.saturating_sub(1);
                continue;
            }
            _ if brackets > 0 => continue,
            '年' | '년' if after_digit => ('-', true),
            // But `月曜日`, `월요일` is Monday.
            '月' | '월' if after_digit && !rest.as_str().starts_with(['曜', '요']) => ('月', true),
            '時' | '时' | '点' | '點' | '시' | '分' | '분' if after_digit => (':', true),
            '日' | '일' | '号' | '秒' | '초' if after_digit => (' ', false),
            ' ' if skip_blanks || simple.text.ends_with(' ') => continue,
            other => (other, false),
        };
        after_digit = written.is_ascii_digit() || after_digit && character == ' ';
        skip_blanks = unit;
        if unit {
            let length = simple.text.trim_end().len();
            simple.text.truncate(length);
        }
        simple.text.push(written);
    }
    // `9時39分` leaves a colon at the end: it separates nothing.
    let length = simple.text.trim_end_matches([':', ' ', '-']).len();
    simple.text.truncate(length);
    let start = simple.text.len() - simple.text.trim_start().len();
    simple.text.drain(..start);
    simple
}

/// Whether Korean syllables are written in their parts.
fn has_jamo(text: &str) -> bool {
    text.chars().any(|c| ('\u{1100}'..='\u{11ff}').contains(&c))
}

/// Whether what stands in brackets belongs to the date: a time or a zone.
fn is_kept(text: &str) -> bool {
    let remark = text.split([')', '）']).next().unwrap_or_default().trim();
    let word = remark.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    remark.starts_with(|c: char| c.is_ascii_digit()) && remark.contains(':') || zone(word).is_some()
}

fn digit(character: char) -> Option<char> {
    /// The zeros of the scripts whose digits are in use: Arabic, Persian, N'Ko, those of India, Thai to Mongolian.
    const ZEROS: [u32; 20] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
        0x1040, 0x17e0, 0x1810, 0x1946,
    ];
    if character < '\u{660}' {
        return None;
    }
    let code = character as u32;
    let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= code) - 1];
    char::from_digit(code - zero, 10)
}
