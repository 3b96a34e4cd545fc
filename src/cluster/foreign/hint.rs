//! What a run of letters alone says about the marks of a text: most words need no closer look.

use super::Languages;
use super::letters::{Letter, Script, fold};
use super::scan::{SHORT_NAME, caseless, mark_of, particles};
use super::skeleton::skeleton;
use super::tables::TABLES;

/// Letters of a name that may be one of two that are written together or apart: Min-ji, Min Ji, Minji.
const SHORT: usize = 5;
/// A run of so many letters is looked at: it may have been cut.
const LETTERS: usize = 40;

/// What a word is to whoever looks for marks, whatever stands around it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::cluster) struct Hint {
    /// The mark that it is as a name that no table knows; 0 for none.
    name: u32,
    flags: u8,
}

impl Hint {
    /// It must be read letter by letter: it may be known, or the beginning of a phrase that is, or it has digits.
    pub(super) const LOOK: u8 = 1;
    /// The same in a language whose words grow together.
    pub(super) const LOOK_WITHIN: u8 = 2;
    /// It is a name, and so short that its second half may stand behind it.
    pub(super) const MAY_JOIN: u8 = 4;
    /// As a name it counts for less.
    const SHORT_NAME: u8 = 8;

    /// The hint for a run of letters and digits in a text whose language has this code, zeros for none.
    pub(in crate::cluster) fn of(run: &str, language: [u8; 2]) -> Self {
        let languages = Languages::of(language);
        let mut letters: Vec<Letter> = Vec::with_capacity(LETTERS);
        fold(run, LETTERS, &mut letters);
        let spaced = |letter: &Letter| letter.script == Script::Spaced;
        let known = |from: usize| TABLES.trie.could_start(&letters[from..], languages.bits);
        let start = particles(&letters);
        let cut = run.chars().count() >= LETTERS;
        if cut || !letters.iter().all(spaced) || known(0) || (start > 0 && known(start)) {
            return Self { name: 0, flags: Self::LOOK };
        }
        let capital = letters.first().is_some_and(|first| first.upper || caseless(first.c));
        let mut bones = String::new();
        if capital && letters.len() >= 3 {
            skeleton(&letters, &mut bones);
        }
        let (name, weight) = mark_of(&bones).unwrap_or((0, 1.0));
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        let within = languages.compounds && (3..letters.len().saturating_sub(3)).any(known);
        let flags = flag(within, Self::LOOK_WITHIN)
            | flag(capital && letters.len() <= SHORT, Self::MAY_JOIN)
            | flag(weight < 1.0, Self::SHORT_NAME);
        Self { name, flags }
    }

    pub(super) fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The mark that it is as a name that no table knows, with its weight.
    pub(super) fn name(self) -> Option<(u32, f32)> {
        let weight = if self.has(Self::SHORT_NAME) { SHORT_NAME } else { 1.0 };
        (self.name != 0).then_some((self.name, weight))
    }
}
