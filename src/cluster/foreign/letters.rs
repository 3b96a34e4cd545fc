//! Folds text into letters that are compared: lower case, without accents, each with its script.

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// What a letter is for whoever looks for words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Between words.
    Blank,
    /// `0` to `9`.
    Digit,
    /// Of a script that parts words by blanks: Latin, Cyrillic, Greek, Arabic, Devanagari.
    Spaced,
    /// Korean: words are parted, but endings and compounds grow on them.
    Hangul,
    /// Chinese characters.
    Han,
    /// Japanese for foreign words and names.
    Katakana,
    /// Without blanks between words: Hiragana, Thai and its neighbours.
    Joined,
    /// A sign.
    Sign,
}

impl Script {
    /// Whether words of the script stand in a text without blanks between them, or grow together.
    pub(super) fn is_joined(self) -> bool {
        matches!(self, Self::Hangul | Self::Han | Self::Katakana | Self::Joined)
    }
}

/// A folded letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) c: char,
    pub(super) upper: bool,
    pub(super) script: Script,
    /// Where its character stands in the text, in bytes, at most what fits.
    pub(super) at: u16,
}

/// The letters of ASCII, folded.
const ASCII: [Letter; 128] = {
    let mut letters = [Letter { c: ' ', upper: false, script: Script::Sign, at: 0 }; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        let script = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => Script::Spaced,
            b'0'..=b'9' => Script::Digit,
            b' ' | b'\t' | b'\n' => Script::Blank,
            _ => Script::Sign,
        };
        letters[at] = Letter { c: byte.to_ascii_lowercase() as char, upper: byte.is_ascii_uppercase(), script, at: 0 };
        at += 1;
    }
    letters
};

/// Folds at most `max` characters of a text onto a list.
pub(super) fn fold(text: &str, max: usize, letters: &mut Vec<Letter>) {
    letters.reserve(text.len().min(max));
    let (mut at, mut read) = (0, 0);
    while let Some(&byte) = text.as_bytes().get(at).filter(|_| read < max) {
        let here = at.min(usize::from(u16::MAX)) as u16;
        match ASCII.get(usize::from(byte)) {
            Some(letter) => {
                letters.push(Letter { at: here, ..*letter });
                at += 1;
            }
            None => {
                let Some(c) = text[at..].chars().next() else { return };
                fold_other(c, here, letters);
                at += c.len_utf8();
            }
        }
        read += 1;
    }
}

fn fold_other(c: char, at: u16, letters: &mut Vec<Letter>) {
    let mut push = |c, upper, script| letters.push(Letter { c, upper, script, at });
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let narrow = char::from_u32(u32::from(c) - 0xfee0).unwrap_or(' ');
            let script = match narrow {
                '0'..='9' => Script::Digit,
                _ if narrow.is_ascii_alphabetic() => Script::Spaced,
                _ => Script::Sign,
            };
            push(narrow.to_ascii_lowercase(), narrow.is_ascii_uppercase(), script);
        }
        'ß' => "ss".chars().for_each(|c| push(c, false, Script::Spaced)),
        'æ' | 'Æ' => "ae".chars().for_each(|l| push(l, c == 'Æ', Script::Spaced)),
        'ø' | 'Ø' => push('o', c == 'Ø', Script::Spaced),
        'ł' | 'Ł' => push('l', c == 'Ł', Script::Spaced),
        'đ' | 'Đ' => push('d', c == 'Đ', Script::Spaced),
        'ı' | 'İ' => push('i', c == 'İ', Script::Spaced),
        // The spellings of Arabic that vary from writer to writer, and those of Persian.
        'ة' => push('ه', false, Script::Spaced),
        'ى' | 'ی' => push('ي', false, Script::Spaced),
        'ک' => push('ك', false, Script::Spaced),
        'ـ' | '\u{200b}'..='\u{200f}' => {}
        '’' | '‘' => push('\'', false, Script::Sign),
        '‐' | '‑' | '–' | '—' | '―' | '−' => push('-', false, Script::Sign),
        '・' | '·' => push('-', false, Script::Sign),
        '\u{3041}'..='\u{309f}' | '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => {
            push(c, false, Script::Joined);
        }
        '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30fe}' => push(c, false, Script::Katakana),
        '\u{ac00}'..='\u{d7a3}' => push(c, false, Script::Hangul),
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' => {
            push(c, false, Script::Han);
        }
        // Devanagari and its neighbours write vowels as marks.
        '\u{900}'..='\u{dff}' => push(c, false, Script::Spaced),
        _ if c.is_whitespace() => push(' ', false, Script::Blank),
        // Quotation marks and the like: looking them up as letters takes long.
        '\u{2010}'..='\u{206f}' => push(c, false, Script::Sign),
        _ if is_combining_mark(c) => {}
        _ if c.is_alphabetic() => {
            let upper = c.is_uppercase();
            for lower in c.to_lowercase() {
                decompose_canonical(lower, |part| {
                    if !is_combining_mark(part) {
                        push(part, upper, Script::Spaced);
                    }
                });
            }
        }
        _ => push(c, false, Script::Sign),
    }
}
