//! Reads out of an entry what finding its story takes: an entry in, words and fingerprints out.

use chrono::{DateTime, Utc};

use super::foreign::{self, Mark, Tongue};
use super::index::hashed;
use super::limits::{
    EVENT_CHARS, MAX_ADDRESS_BYTES, MAX_TRANSLATIONS, MIN_SUMMARY_CHARS, TEXT_BYTES, TEXT_CHARS, TITLE_CHARS,
};
use super::reading::{self, Reading};
use super::series::Form;
use crate::model::{Entry, EntryId, Html, Publisher, SourceId};
use crate::text;

/// What the stage needs of an entry. Making it is the larger part of the work, and needs no index.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(super) id: EntryId,
    pub(super) source: SourceId,
    pub(super) publisher: Publisher,
    /// Empty when it is too long to be a sensible one.
    pub(super) key: String,
    pub(super) url: Option<String>,
    /// Hashes of the canonical URLs at which its publisher has it in other languages.
    pub(super) translations: Vec<u64>,
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
    pub(super) start: u32,
    pub(super) end: u32,
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

    /// The word at a place of the list of terms.
    pub(super) fn word_at(&self, place: usize) -> &str {
        self.terms.get(place).map_or("", |term| self.word(term))
    }
}

/// Reads words, fingerprints and identity out of an entry. Pure: entries can be prepared in parallel.
pub fn prepare(entry: &Entry, publisher: &Publisher) -> Prepared {
    let summary = plain(&entry.summary);
    let content = plain(&entry.content);
    let long_enough = head(&summary, MIN_SUMMARY_CHARS).len() < summary.len();
    let body = without_credit(if long_enough || content.is_empty() { &summary } else { &content });
    let whole = without_credit(if content.len() > summary.len() { &content } else { &summary });
    let title = head(entry.title.as_str(), TITLE_CHARS);
    let language = entry.language.as_ref();
    let tongue = Tongue::of(language, title);
    let Reading { words, terms, mut marks, form, masked, fingerprints } =
        reading::read(language, tongue, title, head(body, EVENT_CHARS), whole);

    marks.extend(foreign::link_marks(entry));
    marks.sort_unstable_by_key(Mark::id);
    marks.dedup_by_key(|mark| mark.id());

    Prepared {
        id: entry.id,
        source: entry.source.clone(),
        publisher: publisher.clone(),
        key: Some(entry.key.as_str()).filter(|key| key.len() <= MAX_ADDRESS_BYTES).unwrap_or_default().to_owned(),
        url: entry.url.as_ref().filter(|url| url.0.len() <= MAX_ADDRESS_BYTES).map(|url| url.0.clone()),
        translations: entry.translations.iter().take(MAX_TRANSLATIONS).map(|page| hashed(&page.0)).collect(),
        title: text::clip(entry.title.as_str(), 90),
        published: entry.published,
        words,
        terms,
        fingerprints,
        masked,
        form,
        tongue,
        marks,
    }
}

fn plain(html: &Html) -> String {
    let source = html.as_str();
    let mut text = text::plain(&source[..source.floor_char_boundary(TEXT_BYTES)]).0;
    text.truncate(head(&text, TEXT_CHARS).len());
    text
}

fn head(text: &str, chars: usize) -> &str {
    // No text has more characters than bytes, and one of ASCII has as many.
    match text.as_bytes().get(..chars) {
        None => return text,
        Some(first) if first.is_ascii() && text.is_char_boundary(chars) => return &text[..chars],
        Some(_) => {}
    }
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

/// Drops a dateline's agency, `SEOUL, Oct 18 (Harbour Wire) - `, as far as its dash: it says who, not what.
fn without_credit(body: &str) -> &str {
    text::credit(body).map_or(body, |credit| credit.rest)
}
