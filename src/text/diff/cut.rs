//! Cuts text into what people see as words, in any script: plain text in, words and marks of punctuation out.

use std::iter::Peekable;
use std::str::CharIndices;

use crate::text::words::{Script, is_mark};

/// Longer words are cut in pieces: nobody writes them, and a feed may send anything.
const MAX_WORD_CHARS: usize = 60;

/// A word, or a mark of punctuation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub text: &'a str,
    /// Whether a blank parts it from the one before.
    pub after_blank: bool,
}

/// The first words of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut<'a> {
    pub pieces: Vec<Piece<'a>>,
    /// Whether there are more.
    pub cut_short: bool,
}

/// Cuts a text into at most `max` words.
///
/// Words that blanks part stay whole, Hangul too, and runs of Katakana; Han, Hiragana and the scripts of
/// south-east Asia, which write no blanks, are cut into characters. What joins the character before it (accents,
/// vowel signs, the parts of an emoji) stays with it.
pub(super) fn cut(text: &str, max: usize) -> Cut<'_> {
    let mut pieces = Vec::new();
    let mut characters = text.char_indices().peekable();
    let mut after_blank = false;
    while let Some((start, first)) = characters.next() {
        if first.is_whitespace() {
            after_blank = true;
            continue;
        }
        if pieces.len() == max {
            return Cut { pieces, cut_short: true };
        }
        let end = end_of(text, first, &mut characters);
        pieces.push(Piece { text: &text[start..end], after_blank: after_blank && !pieces.is_empty() });
        after_blank = false;
    }
    Cut { pieces, cut_short: false }
}

/// Whether a piece ends a sentence.
pub(super) fn ends_sentence(piece: &str) -> bool {
    matches!(piece, "." | "!" | "?" | "…" | "。" | "！" | "？" | "｡" | "؟" | "۔" | "।" | "॥" | "။" | "។" | "።")
}

/// How a character goes on with the next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// A letter or digit of a word that blanks part.
    Word,
    Katakana,
    /// Stands alone.
    Single,
}

fn run(c: char) -> Run {
    match c {
        // Korean parts its words.
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => Run::Word,
        _ => match Script::of(c) {
            Script::Spaced => Run::Word,
            Script::Katakana => Run::Katakana,
            Script::None | Script::Pairs | Script::Fours | Script::Hiragana => Run::Single,
        },
    }
}

/// Where the piece ends that begins with `first`; the characters up to there are taken.
fn end_of(text: &str, first: char, characters: &mut Peekable<CharIndices<'_>>) -> usize {
    let kind = run(first);
    let mut previous = first;
    let mut length = 1;
    while let Some(&(at, c)) = characters.peek() {
        let next = || text[at + c.len_utf8()..].chars().next();
        let goes_on = match kind {
            _ if length >= MAX_WORD_CHARS || c.is_whitespace() => false,
            // An accent, a vowel sign, a joiner and what it joins.
            _ if is_mark(c) || is_joiner(c) || previous == '\u{200d}' => true,
            Run::Word => {
                let between = |is: fn(char) -> bool| is(previous) && next().is_some_and(is);
                run(c) == Run::Word
                    || (matches!(c, '\'' | '’') && between(char::is_alphabetic))
                    || (matches!(c, '.' | ',') && between(|c| c.is_ascii_digit()))
            }
            Run::Katakana => run(c) == Run::Katakana,
            Run::Single => false,
        };
        if !goes_on {
            return at;
        }
        characters.next();
        previous = c;
        length += 1;
    }
    text.len()
}

/// What belongs to the character before it although it is no accent: joiners, forms and skin tones of emoji.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}
