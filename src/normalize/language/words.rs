//! Hears a text's language from its small words: a few dozen of each language make up a quarter of most texts.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::function_words::FUNCTION_WORDS;
use crate::model::Language;

/// The longest function word, in bytes.
const MAX_WORD_BYTES: usize = 16;
/// Function words from which a text is clearly in their language.
const MIN_HITS: u32 = 4;

/// For each function word, its bytes as a number, the lists that it stands in: a bit each.
static LISTS_OF: LazyLock<FxHashMap<u128, u64>> = LazyLock::new(|| {
    let mut lists = FxHashMap::default();
    for (list, (_, words)) in FUNCTION_WORDS.iter().enumerate() {
        for word in words.split(' ') {
            *lists.entry(packed(word.as_bytes())).or_default() |= 1_u64 << list;
        }
    }
    lists
});

fn packed(word: &[u8]) -> u128 {
    let mut bytes = [0; MAX_WORD_BYTES];
    let length = word.len().min(MAX_WORD_BYTES);
    bytes[..length].copy_from_slice(&word[..length]);
    u128::from_le_bytes(bytes)
}

/// How many of a text's words are function words of each language.
pub(super) struct Evidence {
    words: u32,
    hits: [u32; FUNCTION_WORDS.len()],
}

impl Evidence {
    /// Counts the words of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut evidence = Self { words: 0, hits: [0; FUNCTION_WORDS.len()] };
        // The word that is being read, in lower case; what is too long for the table is only counted.
        let (mut word, mut length) = ([0; MAX_WORD_BYTES], 0);
        let mut add = |bytes: &[u8]| {
            if let Some(room) = word.get_mut(length..length + bytes.len()) {
                room.copy_from_slice(bytes);
            }
            length += bytes.len();
            // At the end of a word, `bytes` is empty.
            if bytes.is_empty() && length > 0 {
                evidence.hear(&word, length);
                length = 0;
            }
        };
        for c in text.chars() {
            if c.is_ascii() {
                let lower = if c.is_ascii_alphabetic() { &[c.to_ascii_lowercase() as u8][..] } else { &[] };
                add(lower);
            } else if c.is_alphabetic() {
                let mut buffer = [0; 4];
                c.to_lowercase().for_each(|c| add(c.encode_utf8(&mut buffer).as_bytes()));
            } else {
                add(&[]);
            }
        }
        add(&[]);
        evidence
    }

    fn hear(&mut self, word: &[u8; MAX_WORD_BYTES], length: usize) {
        self.words += 1;
        let Some(word) = word.get(..length) else { return };
        let mut lists = LISTS_OF.get(&packed(word)).copied().unwrap_or_default();
        while lists != 0 {
            self.hits[lists.trailing_zeros() as usize] += 1;
            lists &= lists - 1;
        }
    }

    /// The language that the words clearly are of: enough of them, and many more than of any other language.
    pub(super) fn clear(&self) -> Option<Language> {
        let (best, &hits) = self.hits.iter().enumerate().max_by_key(|(_, hits)| **hits)?;
        let second = self.hits.iter().enumerate().filter(|(list, _)| *list != best).map(|(_, hits)| *hits).max()?;
        let enough = hits >= MIN_HITS && hits * 8 >= self.words;
        (enough && hits >= second + 3 && hits * 2 >= second * 3).then(|| Language::new(FUNCTION_WORDS[best].0))?
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
