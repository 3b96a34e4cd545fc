//! Remembers what became of words: text repeats its words, and stemming one takes longer than finding it again.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::WordKind;

/// Words remembered, a power of two: those of a day's news that come again, in about 2 MB.
const PLACES: usize = 1 << 14;
/// Longer words are rare, and never remembered.
const MAX_BYTES: usize = 48;

/// What a word as it stands in a text comes to; nothing of it depends on what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// As it is compared; empty when it is no word.
    pub(super) text: Box<str>,
    /// `Name` for what is a name within a sentence.
    pub(super) kind: WordKind,
}

/// The words met last, each at the one place that its letters choose: the newer word of two takes it.
///
/// What it answers is what would be worked out anew, so that it cannot be told from outside whether it was there.
#[derive(Debug)]
pub(super) struct Memo {
    places: Vec<Option<Remembered>>,
}

#[derive(Debug)]
struct Remembered {
    language: [u8; 2],
    word: Box<str>,
    outcome: Outcome,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { places: (0..PLACES).map(|_| None).collect() }
    }

    /// The outcome of a word in a language, worked out by `work_out` where it is not remembered.
    pub(super) fn outcome(&mut self, language: [u8; 2], word: &str, work_out: impl FnOnce() -> Outcome) -> &Outcome {
        let mut hasher = FxHasher::default();
        hasher.write(&language);
        hasher.write(word.as_bytes());
        let at = (hasher.finish() >> 40) as usize % PLACES;
        let place = &mut self.places[at];
        let known = place.as_ref().is_some_and(|known| known.language == language && &*known.word == word);
        if !known {
            // A long word takes the place, too: one that nobody asks for again is soon replaced.
            let word = if word.len() <= MAX_BYTES { word.into() } else { Box::default() };
            *place = Some(Remembered { language, word, outcome: work_out() });
        }
        &place.as_ref().expect("filled just now").outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(text: &str) -> Outcome {
        Outcome { text: text.into(), kind: WordKind::Plain }
    }

    #[test]
    fn a_word_is_worked_out_once_a_language() {
        let mut memo = Memo::new();
        assert_eq!(*memo.outcome(*b"en", "die", || outcome("die")), outcome("die"));
        assert_eq!(*memo.outcome(*b"en", "die", || unreachable!("it is remembered")), outcome("die"));
        assert_eq!(*memo.outcome(*b"de", "die", || outcome("d")), outcome("d"));
    }

    #[test]
    fn a_long_word_is_worked_out_every_time() {
        let mut memo = Memo::new();
        let long = "a".repeat(MAX_BYTES + 1);
        for text in ["first", "second"] {
            assert_eq!(*memo.outcome(*b"en", &long, || outcome(text)), outcome(text));
        }
        assert_eq!(*memo.outcome(*b"en", "", || outcome("")), outcome(""));
    }
}
