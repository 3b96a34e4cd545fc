//! Hears a text's language from its small words: a few dozen of each language make up a quarter of most texts.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::function_words::FUNCTION_WORDS;
use crate::model::Language;

/// The longest function word, in bytes.
const MAX_WORD_BYTES: usize = 16;
/// Function words from which a text is clearly in their language.
const MIN_HITS: u32 = 4;

/// After so many words we look whether it is clear already.
const WORDS_AT_A_TIME: u32 = 24;

/// For each function word, its bytes as a number, the lists that it stands in: a bit each.
static LISTS_OF: LazyLock<FxHashMap<u128, u64>> = LazyLock::new(|| {
    let mut lists = FxHashMap::default();
    for (list, (_, words)) in FUNCTION_WORDS.iter().enumerate() {
        for word in words.split(' ') {
            let mut packed = Word::default();
            word.bytes().for_each(|byte| packed.push(byte));
            *lists.entry(packed.packed).or_default() |= 1_u64 << list;
        }
    }
    lists
});

/// A word as it is looked up: its bytes in lower case, the first one lowest.
#[derive(Default)]
struct Word {
    packed: u128,
    /// What does not fit is only counted.
    length: usize,
}

impl Word {
    fn push(&mut self, byte: u8) {
        if self.length < MAX_WORD_BYTES {
            self.packed |= u128::from(byte) << (8 * self.length);
        }
        self.length += 1;
    }
}

/// How many of a text's words are function words of each language.
pub(super) struct Evidence {
    words: u32,
    hits: [u32; FUNCTION_WORDS.len()],
}

impl Evidence {
    /// Counts the words of a text, as far as it takes until they are clear.
    pub(super) fn of(text: &str) -> Self {
        let mut evidence = Self { words: 0, hits: [0; FUNCTION_WORDS.len()] };
        let mut word = Word::default();
        for c in text.chars() {
            if c.is_ascii_alphabetic() {
                word.push(c.to_ascii_lowercase() as u8);
            } else if !c.is_ascii() && c.is_alphabetic() {
                let mut buffer = [0; 4];
                c.to_lowercase().for_each(|c| c.encode_utf8(&mut buffer).bytes().for_each(|byte| word.push(byte)));
            } else if word.length > 0 {
                evidence.hear(&word);
                word = Word::default();
                if evidence.words.is_multiple_of(WORDS_AT_A_TIME) && evidence.is_clear(2 * MIN_HITS).is_some() {
                    return evidence;
                }
            }
        }
        if word.length > 0 {
            evidence.hear(&word);
        }
        evidence
    }

    fn hear(&mut self, word: &Word) {
        self.words += 1;
        if word.length > MAX_WORD_BYTES {
            return;
        }
        let mut lists = LISTS_OF.get(&word.packed).copied().unwrap_or_default();
        while lists != 0 {
            self.hits[lists.trailing_zeros() as usize] += 1;
            lists &= lists - 1;
        }
    }

    /// The language that the words clearly are of: enough of them, and many more than of any other language.
    pub(super) fn clear(&self) -> Option<Language> {
        Language::new(FUNCTION_WORDS[self.is_clear(MIN_HITS)?].0)
    }

    fn is_clear(&self, min_hits: u32) -> Option<usize> {
        let (best, &hits) = self.hits.iter().enumerate().max_by_key(|(_, hits)| **hits)?;
        let second = self.hits.iter().enumerate().filter(|(list, _)| *list != best).map(|(_, hits)| *hits).max()?;
        let enough = hits >= min_hits && hits * 8 >= self.words;
        (enough && hits >= second + 3 && hits * 2 >= second * 3).then_some(best)
    }

    /// Whether no other language has more of the words than this one; of a language without a list, hardly any has one.
    pub(super) fn allows(&self, language: &Language) -> bool {
        let most = self.hits.iter().max().copied().unwrap_or_default();
        let list = FUNCTION_WORDS.iter().position(|(subtag, _)| *subtag == language.as_str());
        list.map_or(most <= 1, |list| self.hits[list] == most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_fit_the_table() {
        assert!(FUNCTION_WORDS.len() <= 64);
        for (subtag, words) in FUNCTION_WORDS {
            assert!(Language::new(subtag).is_some());
            for word in words.split(' ') {
                assert!(!word.is_empty() && word.len() <= MAX_WORD_BYTES, "{subtag} {word:?}");
                assert_eq!(word.to_lowercase(), word);
            }
        }
    }

    #[test]
    fn words_are_counted_without_regard_to_case() {
        let evidence = Evidence::of("The ship, and THE\u{a0}harbour—и ÅR.");
        let hits = |subtag| {
            let list = FUNCTION_WORDS.iter().position(|(known, _)| *known == subtag).expect("a list");
            evidence.hits[list]
        };
        assert_eq!((evidence.words, hits("en"), hits("ru"), hits("de")), (7, 3, 1, 0));
        assert_eq!(evidence.clear(), None);
    }
}
