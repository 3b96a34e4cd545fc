//! Reads out of an entry what finding its story takes: an entry in, words and fingerprints out.

use chrono::{DateTime, Utc};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::fingerprint::{fingerprints, masked};
use super::foreign::{self, Mark, Tongue};
use super::limits::{
    EVENT_CHARS, MAX_ADDRESS_BYTES, MAX_TERMS, MIN_SUMMARY_CHARS, TEXT_BYTES, TEXT_CHARS, TITLE_CHARS,
};
use super::series::{self, Form};
use crate::model::{Entry, EntryId, Html, Publisher, SourceId};
use crate::text::{self, Word, WordKind};

/// What the stage needs of an entry. Making it is the larger part of the work, and needs no index.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) id: EntryId,
    pub(super) source: SourceId,
    pub(super) publisher: Publisher,
    /// Empty when it is too long to be a sensible one.
    pub(super) key: String,
    pub(super) url: Option<String>,
    pub(super) title: String,
    pub(super) published: DateTime<Utc>,
    /// The distinct words one after the other; `terms` says where each stands.
    pub(super) words: String,
    pub(super) terms: Vec<Term>,
    /// Sorted.
    pub(super) fingerprints: Vec<u32>,
    /// The title's words with everything masked that changes between the editions of a series. Sorted.
    pub(super) masked: Vec<u32>,
    pub(super) form: Form,
    pub(super) tongue: Tongue,
    /// Sorted by id.
    pub(super) marks: Vec<Mark>,
}

/// A distinct word of an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    /// What it is known by.
    pub(super) hash: u64,
    start: u32,
    end: u32,
    pub(super) in_title: u8,
    pub(super) in_body: u8,
    pub(super) name: bool,
    pub(super) number: bool,
}

impl Prepared {
    /// The entry that was prepared.
    pub fn id(&self) -> EntryId {
        self.id
    }

    pub(super) fn word(&self, term: &Term) -> &str {
        self.words.get(term.start as usize..term.end as usize).unwrap_or_default()
    }
}

/// Reads words, fingerprints and identity out of an entry. Pure: entries can be prepared in parallel.
pub fn prepare(entry: &Entry, publisher: &Publisher) -> Prepared {
    let summary = plain(&entry.summary);
    let content = plain(&entry.content);
    let language = entry.language.as_ref();
    let body = without_credit(if summary.chars().nth(MIN_SUMMARY_CHARS).is_some() || content.is_empty() {
        &summary
    } else {
        &content
    });

    let mut terms = Terms::default();
    let mut title_words = Vec::new();
    let title = head(entry.title.as_str(), TITLE_CHARS);
    text::words(title, language, |word| {
        title_words.push(masked(word));
        terms.add(word, true);
    });
    text::words(head(body, EVENT_CHARS), language, |word| terms.add(word, false));
    let tongue = Tongue::of(language, title);
    let marks = foreign::marks(tongue, title, body);
    let form = series::form(title, language, &title_words);
    title_words.sort_unstable();
    title_words.dedup();

    Prepared {
        id: entry.id,
        source: entry.source.clone(),
        publisher: publisher.clone(),
        key: Some(entry.key.as_str()).filter(|key| key.len() <= MAX_ADDRESS_BYTES).unwrap_or_default().to_owned(),
        url: entry.url.as_ref().filter(|url| url.0.len() <= MAX_ADDRESS_BYTES).map(|url| url.0.clone()),
        title: text::clip(entry.title.as_str(), 90),
        published: entry.published,
        words: terms.words,
        terms: terms.terms,
        fingerprints: fingerprints(without_credit(if content.len() > summary.len() { &content } else { &summary })),
        masked: title_words,
        form,
        tongue,
        marks,
    }
}

fn plain(html: &Html) -> String {
    let source = html.as_str();
    let end = (0..=TEXT_BYTES.min(source.len())).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0);
    let text = text::plain(&source[..end]).0;
    head(&text, TEXT_CHARS).to_owned()
}

fn head(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// Drops a dateline's agency, `SEOUL, Oct 18 (Harbour Wire) - `, as far as its dash: it says who, not what.
fn without_credit(body: &str) -> &str {
    text::credit(body).map_or(body, |credit| credit.rest)
}

/// The distinct words of an entry, as they come in.
#[derive(Default)]
struct Terms {
    words: String,
    terms: Vec<Term>,
    known: FxHashMap<u64, usize>,
}

impl Terms {
    fn add(&mut self, word: Word<'_>, in_title: bool) {
        // Two words of one hash would count as one here; nothing is gained by making some.
        let hash = xxh3_64(word.text.as_bytes());
        let at = match self.known.get(&hash) {
            Some(&at) => at,
            None if self.terms.len() >= MAX_TERMS => return,
            None => {
                let start = self.words.len() as u32;
                self.words.push_str(word.text);
                let end = self.words.len() as u32;
                let number = word.kind == WordKind::Number;
                self.terms.push(Term { hash, start, end, in_title: 0, in_body: 0, name: false, number });
                self.known.insert(hash, self.terms.len() - 1);
                self.terms.len() - 1
            }
        };
        if let Some(term) = self.terms.get_mut(at) {
            let count = if in_title { &mut term.in_title } else { &mut term.in_body };
            *count = count.saturating_add(1);
            term.name |= word.kind == WordKind::Name;
        }
    }
}
