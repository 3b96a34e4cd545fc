//! Remembers what became of words: text repeats its words, and stemming one takes longer than finding it again.

use std::ops::Range;

use super::stem::Stemmers;
use super::{Word, WordKind};

/// Longer words are rare, and never remembered.
const MAX_BYTES: usize = 32;
/// Bytes of remembered words for each place, one after the other, from which all are forgotten.
const TEXT_A_PLACE: usize = 32;

/// So many bytes of what a word comes to are kept at most.
const MOST_KEPT: usize = 255;

/// What says what is to be kept of a word: by its letters, what it comes to, and the code of the language.
pub(super) type Noted<N> = fn(&str, Word<'_>, [u8; 2]) -> N;

/// A word's letters, with zeros behind them: no word has a zero in it.
type Key = [u64; MAX_BYTES / 8];

/// The words met last, each at the one place that its letters choose: the newer word of two takes it.
///
/// What it answers is what would be worked out anew, so that it cannot be told from outside whether it was there.
#[derive(Debug)]
pub(super) struct Memo<N> {
    places: Vec<Place<N>>,
    text: String,
}

/// A word and what it comes to. With a note of 24 bytes it fills a line of the cache.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Place<N> {
    key: Key,
    /// Where its text as it is compared begins in that of the memo; empty when it is no word.
    start: u32,
    length: u8,
    /// `Name` for what is a name within a sentence.
    kind: WordKind,
    language: [u8; 2],
    note: N,
}

impl<N: Default> Place<N> {
    fn empty() -> Self {
        let (key, kind) = (Key::default(), WordKind::Plain);
        Self { key, start: 0, length: 0, kind, language: [0; 2], note: N::default() }
    }
}

impl<N: Copy + Default> Memo<N> {
    /// One with at least so many places for words.
    pub(super) fn new(places: usize) -> Self {
        let places = places.next_power_of_two();
        // All that it may hold, and the word that is too much: a text that grows takes twice as much.
        let text = String::with_capacity(TEXT_A_PLACE * places + 2 * MOST_KEPT);
        Self { places: vec![Place::empty(); places], text }
    }

    /// Forgets all words, and keeps the room that they took.
    fn clear(&mut self) {
        self.places.fill(Place::empty());
        self.text.clear();
    }

    /// What the word at a place of a text comes to, and what `note` says of it; both are worked out where they are not
    /// remembered.
    #[inline]
    pub(super) fn outcome<'m>(
        &'m mut self,
        text: &str,
        word: Range<usize>,
        stemmers: &'m mut Stemmers,
        note: Noted<N>,
    ) -> (Word<'m>, N) {
        if word.len() > MAX_BYTES {
            let run = &text[word];
            let language = stemmers.language;
            let outcome = stemmers.work_out(run);
            return (outcome, note(run, outcome, language));
        }
        let (key, language) = (key(text.as_bytes(), &word), stemmers.language);
        let at = place(&key, language, self.places.len());
        if !self.places.get(at).is_some_and(|place| place.key == key && place.language == language) {
            self.learn(at, key, &text[word], stemmers, note);
        }
        let place = &self.places[at];
        let start = place.start as usize;
        let text = &self.text[start..start + usize::from(place.length)];
        (Word { text, kind: place.kind }, place.note)
    }

    #[cold]
    fn learn(&mut self, at: usize, key: Key, run: &str, stemmers: &mut Stemmers, note: Noted<N>) {
        let language = stemmers.language;
        let word = stemmers.work_out(run);
        if self.text.len() > TEXT_A_PLACE * self.places.len() {
            self.clear();
        }
        let start = self.text.len() as u32;
        // Few words grow when they are folded, and none that is read so much: what is cut here is cut every time.
        let end = (0..=word.text.len().min(MOST_KEPT)).rev().find(|&end| word.text.is_char_boundary(end)).unwrap_or(0);
        let word = Word { text: &word.text[..end], kind: word.kind };
        self.text.push_str(word.text);
        let note = note(run, word, language);
        self.places[at] = Place { key, start, length: end as u8, kind: word.kind, language, note };
    }
}

#[inline]
fn key(text: &[u8], word: &Range<usize>) -> Key {
    let length = word.len();
    let mut bytes = [0; MAX_BYTES];
    match text.get(word.start..word.start + MAX_BYTES).and_then(|ahead| ahead.try_into().ok()) {
        Some(ahead) => bytes = ahead,
        // The end of the text is near.
        None => bytes[..length].copy_from_slice(&text[word.clone()]),
    }
    let mut key = Key::default();
    let masks = &MASKS[length];
    let mut at = 0;
    while at < key.len() {
        let bytes = [0, 1, 2, 3, 4, 5, 6, 7].map(|byte| bytes[8 * at + byte]);
        key[at] = u64::from_le_bytes(bytes) & masks[at];
        at += 1;
    }
    key
}

/// By the length of a word, which bits of its key are letters.
const MASKS: [Key; MAX_BYTES + 1] = {
    let mut masks = [[0; MAX_BYTES / 8]; MAX_BYTES + 1];
    let mut length = 0;
    while length <= MAX_BYTES {
        let mut bit = 0;
        while bit < 8 * length {
            masks[length][bit / 64] |= 1 << (bit % 64);
            bit += 1;
        }
        length += 1;
    }
    masks
};

#[inline]
fn place(key: &Key, language: [u8; 2], places: usize) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let [a, b, c, d] = *key;
    let start = u64::from(u16::from_le_bytes(language));
    let first = (a ^ start).wrapping_mul(FACTOR) ^ b.rotate_left(32);
    let second = (c ^ d.rotate_left(32)).wrapping_mul(FACTOR);
    // The highest bits are those that every letter has a part in.
    ((first ^ second.rotate_left(23)).wrapping_mul(FACTOR) >> (63 - places.trailing_zeros()) >> 1) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn stem(memo: &mut Memo<usize>, language: &str, text: &str, word: Range<usize>) -> (String, usize) {
        let mut stemmers = Stemmers::of(Language::new(language).as_ref());
        let (word, note) = memo.outcome(text, word, &mut stemmers, |run, _, _| run.len());
        assert_eq!(word.kind, WordKind::Plain);
        (word.text.to_owned(), note)
    }

    #[test]
    fn a_word_is_known_wherever_it_stands_and_in_its_language_only() {
        let mut memo = Memo::new(256);
        for _ in 0..2 {
            assert_eq!(stem(&mut memo, "en", "walking", 0..7), ("walk".to_owned(), 7));
            assert_eq!(stem(&mut memo, "en", "a walking contradiction of many words", 2..9), ("walk".to_owned(), 7));
            assert_eq!(stem(&mut memo, "en", "a walk in", 2..6), ("walk".to_owned(), 4));
            assert_eq!(stem(&mut memo, "de", "walking", 0..7), ("walking".to_owned(), 7));
        }
    }

    #[test]
    fn words_that_begin_alike_are_told_apart() {
        let mut memo = Memo::new(256);
        let text = "abcdefgh".repeat(6);
        for _ in 0..2 {
            for length in 2..text.len() {
                assert_eq!(stem(&mut memo, "pl", &text, 0..length), (text[..length].to_owned(), length));
                assert_eq!(stem(&mut memo, "pl", &text[..length], 0..length), (text[..length].to_owned(), length));
            }
        }
    }

    #[test]
    fn forgetting_is_not_seen() {
        let mut memo = Memo::new(256);
        for number in 0..2_000 {
            let word = format!("wordofmanyletters{number}");
            assert_eq!(stem(&mut memo, "pl", &word, 0..word.len()), (word.clone(), word.len()));
        }
        assert!(memo.text.len() <= TEXT_A_PLACE * 256 + MOST_KEPT);
        assert_eq!(memo.text.capacity(), Memo::<usize>::new(256).text.capacity(), "it does not grow");
    }
}
