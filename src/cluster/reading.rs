//! Reads the texts of an entry, each word once: title and body in, words, marks and fingerprints out.

use std::cell::RefCell;

use xxhash_rust::xxh3::xxh3_64;

use super::fingerprint::{self, fingerprints, masked};
use super::foreign::{Hint, Mark, Reader, Tongue};
use super::kinds;
use super::limits::{MAX_FINGERPRINTS, MAX_TERMS};
use super::prepare::Term;
use super::series::{self, Form};
use crate::model::Language;
use crate::text::{Cutter, Piece, Word, WordKind};

/// What stands in the texts of an entry.
pub(super) struct Reading {
    /// The distinct words one after the other; `terms` says where each stands.
    pub(super) words: String,
    pub(super) terms: Vec<Term>,
    /// Sorted by id.
    pub(super) marks: Vec<Mark>,
    pub(super) form: Form,
    /// The masked words of the title, sorted.
    pub(super) masked: Vec<u32>,
    /// Sorted.
    pub(super) fingerprints: Vec<u32>,
}

/// What the stage keeps on a word that it met.
#[derive(Debug, Clone, Copy, Default)]
struct Note {
    hash: u64,
    /// A hash of its bare letters, which is the same in every language that a feed may say it is in.
    bare: u32,
    masked: u32,
    hint: Hint,
}

impl Note {
    /// Two words of one hash count as one; nothing is gained by making some.
    fn on(run: &str, word: Word<'_>, language: [u8; 2]) -> Self {
        let (hash, bare) = (xxh3_64(word.text.as_bytes()), fingerprint::bare(run));
        Self { hash, bare, masked: masked(word), hint: Hint::of(run, language) }
    }
}

/// Reads a title, the beginning of a body that tells the event, and the text that copies are known by, which is mostly
/// longer than that and begins with it.
pub(super) fn read(language: Option<&Language>, tongue: Tongue, title: &str, event: &str, whole: &str) -> Reading {
    thread_local! {
        static CUTTER: RefCell<Cutter<Note>> = RefCell::new(Cutter::new(REMEMBERED, Note::on));
    }
    CUTTER.with_borrow_mut(|cutter| {
        let (mut terms, mut marks) = (Terms::default(), Reader::new(tongue));
        let (head, mut words_in_head) = (series::head(title), 0);
        let mut title_words = Vec::with_capacity(16);
        marks.begin(title, true);
        cutter.cut(title, language, |piece| {
            marks.word(title, &piece, piece.note.hint);
            if terms.add(&piece, true) {
                title_words.push(piece.note.masked);
                words_in_head += usize::from(piece.start < head.len());
            }
        });
        let kicker = series::kicker(head.len() < title.len(), words_in_head, &title_words);
        let form = Form { kicker, alone: kinds::tells_no_event(title, tongue) };
        title_words.sort_unstable();
        title_words.dedup();

        let mut hashes: Vec<u32> = Vec::with_capacity(96);
        let mut copied = |piece: &Piece<'_, Note>| {
            if hashes.len() < MAX_HASHES {
                hashes.push(piece.note.bare);
            }
        };
        marks.begin(event, false);
        let both = std::ptr::eq(event.as_ptr(), whole.as_ptr());
        cutter.cut(if both { whole } else { event }, language, |piece| {
            if piece.end <= event.len() {
                marks.word(event, &piece, piece.note.hint);
                terms.add(&piece, false);
            }
            if both {
                copied(&piece);
            }
        });
        if !both {
            cutter.cut(whole, language, |piece| copied(&piece));
        }
        Reading {
            words: terms.words,
            terms: terms.terms,
            marks: marks.into_marks(),
            form,
            masked: title_words,
            fingerprints: fingerprints(&hashes),
        }
    })
}

/// Words remembered: those of some weeks of news that come again, in 4 MiB.
const REMEMBERED: usize = 1 << 16;

/// Words of which fingerprints are taken: more than it takes for as many as are kept.
const MAX_HASHES: usize = 4 * MAX_FINGERPRINTS;

/// The distinct words of an entry, as they come in.
struct Terms {
    words: String,
    terms: Vec<Term>,
    /// The number of a term plus one at the place that its hash chooses or behind it; zero is none.
    places: [u8; 2 * MAX_TERMS],
}

impl Default for Terms {
    fn default() -> Self {
        Self { words: String::with_capacity(384), terms: Vec::with_capacity(64), places: [0; 2 * MAX_TERMS] }
    }
}

impl Terms {
    /// Counts a word; the answer is whether it is one.
    fn add(&mut self, piece: &Piece<'_, Note>, in_title: bool) -> bool {
        let word = piece.word;
        if word.text.is_empty() {
            return false;
        }
        if let Some(term) = self.term(piece.note.hash, word) {
            let count = if in_title { &mut term.in_title } else { &mut term.in_body };
            *count = count.saturating_add(1);
            term.name |= word.kind == WordKind::Name;
        }
        true
    }

    /// The term of a word; `None` where there are enough.
    fn term(&mut self, hash: u64, word: Word<'_>) -> Option<&mut Term> {
        let mut place = hash as usize % self.places.len();
        loop {
            let known = usize::from(self.places[place]);
            if known == 0 {
                break;
            }
            if self.terms.get(known - 1).is_some_and(|term| term.hash == hash) {
                return self.terms.get_mut(known - 1);
            }
            place = (place + 1) % self.places.len();
        }
        if self.terms.len() >= MAX_TERMS {
            return None;
        }
        let start = self.words.len() as u32;
        self.words.push_str(word.text);
        let (end, number) = (self.words.len() as u32, word.kind == WordKind::Number);
        self.terms.push(Term { hash, start, end, in_title: 0, in_body: 0, name: false, number });
        self.places[place] = self.terms.len() as u8;
        self.terms.last_mut()
    }
}

/// The marks of two texts.
#[cfg(test)]
pub(super) fn marks_of(language: Option<&Language>, title: &str, body: &str) -> Vec<Mark> {
    read(language, Tongue::of(language, title), title, body, body).marks
}
