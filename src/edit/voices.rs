//! Whose reports a story rests on: its members in, the publishers that count out.
//!
//! A publisher counts once, whatever its number of feeds, and what it took from an agency counts as the agency's:
//!
//! 1. An entry that credits a publisher of the desk, in its dateline (`SEOUL, Oct 18 (Harbour Wire) - `) or its byline,
//!    by the publisher's key or a source's name, counts as that publisher.
//! 2. Entries of one text count once together. An entry that joined as a copy ([`Reason::Text`]) has one text with
//!    every member that shares at least half of the shorter text, and with the most alike one in any case; of equals
//!    that is the earliest. They count as the publisher that one of them credits, else as the one whose source is
//!    tagged `agency`, else as the publisher of the earliest.
//!
//! Neither the order of the members nor the time at which it is asked has a say in it.

use std::collections::{BTreeMap, BTreeSet};

use xxhash_rust::xxh3::xxh3_64;

use super::publisher;
use crate::model::{Entry, EntryId, Publisher, Reason, Sources, StoryEntries};
use crate::text;

/// The tag of sources that others take their texts from.
const AGENCY: &str = "agency";
/// Characters of a text that are compared: a copy is rarely cut before.
const TEXT_CHARS: usize = 2_500;
/// Words that stand together in both texts: four seldom do by chance.
const SHINGLE_WORDS: usize = 4;
/// Entries of a story whose texts are compared, the earliest: a source may send the same a thousand times. Later ones
/// count for themselves.
const COMPARED: usize = 256;
/// The share of the shorter text that makes two texts one.
const SAME_TEXT: f32 = 0.5;

/// The publishers of the desk by what credits call them.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<String, Publisher>);

impl Names {
    /// Those of all sources: a publisher's key goes before a source's name.
    pub(super) fn of(sources: &Sources) -> Self {
        let mut names = BTreeMap::new();
        let keys = sources.values().map(|source| (source.publisher.as_str(), &source.publisher));
        let titles = sources.values().filter_map(|source| Some((source.name.as_deref()?, &source.publisher)));
        for (name, publisher) in keys.chain(titles).filter(|(_, publisher)| !publisher.is_own()) {
            let name = plain(name);
            if !name.is_empty() {
                names.entry(name).or_insert_with(|| publisher.clone());
            }
        }
        Self(names)
    }

    /// Who is named in a credit or a byline: `Jane Doe (Harbour Wire)`, `Tidewater Post/Harbour Wire`.
    fn named(&self, credit: &str) -> Option<&Publisher> {
        credit.split(['(', ')', ',', ';', '/', '|']).find_map(|part| {
            let part = part.trim();
            let part = part.strip_prefix("By ").or_else(|| part.strip_prefix("by ")).unwrap_or(part);
            self.0.get(&plain(part))
        })
    }

    fn credited(&self, entry: &Entry) -> Option<&Publisher> {
        let mut bylines = entry.authors.iter().filter_map(|author| author.name.as_deref());
        let dateline = |html: &str| {
            // Some characters more than a dateline has.
            let head = text::plain_head(html, 200);
            text::credit(head.as_str()).and_then(|credit| self.named(credit.name))
        };
        dateline(entry.body().as_str())
            .or_else(|| dateline(entry.summary.as_str()))
            .or_else(|| bylines.find_map(|byline| self.named(byline)))
    }
}

/// A name without what differs from one credit to the next: case, blanks, dashes and dots.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The publishers whose reports a story rests on.
pub(super) fn voices(story: &StoryEntries, sources: &Sources, names: &Names) -> BTreeSet<Publisher> {
    let mut entries: Vec<&Entry> = story.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.published, entry.id));
    texts(story, &entries).into_iter().map(|members| origin(&members, sources, names)).collect()
}

/// Whose a text is; `members` are the entries that have it, the earliest first.
fn origin(members: &[&Entry], sources: &Sources, names: &Names) -> Publisher {
    let agency = |entry: &&&Entry| {
        sources.get(&entry.source).is_some_and(|source| source.tags.iter().any(|tag| tag.as_str() == AGENCY))
    };
    if let Some(credited) = members.iter().find_map(|entry| names.credited(entry)) {
        return credited.clone();
    }
    let origin = members.iter().find(agency).or(members.first()).expect("a text has an entry");
    publisher(origin, sources).0
}

/// The entries of a story by text; `entries` and those of each text are in order of publication.
fn texts<'e>(story: &StoryEntries, entries: &[&'e Entry]) -> Vec<Vec<&'e Entry>> {
    let copies: BTreeSet<EntryId> =
        story.story.members.iter().filter(|member| member.reason == Reason::Text).map(|member| member.entry).collect();
    let mut text_of: Vec<usize> = (0..entries.len()).collect();
    if !copies.is_empty() {
        let shingles: Vec<Vec<u64>> = entries.iter().take(COMPARED).map(|entry| shingles(entry)).collect();
        for (at, (copy, own)) in entries.iter().zip(&shingles).enumerate() {
            if !copies.contains(&copy.id) {
                continue;
            }
            let others = shingles.iter().enumerate().filter(|(other, _)| *other != at);
            let shares: Vec<(usize, f32)> = others.map(|(other, theirs)| (other, share(own, theirs))).collect();
            let most = shares.iter().map(|(_, share)| *share).fold(0.0, f32::max);
            let likest = shares.iter().find(|(_, share)| *share >= most).map(|(other, _)| *other);
            let same = shares.iter().filter(|(_, share)| *share >= SAME_TEXT).map(|(other, _)| *other);
            for other in same.chain(likest) {
                join(&mut text_of, at, other);
            }
        }
    }
    let mut texts: BTreeMap<usize, Vec<&Entry>> = BTreeMap::new();
    for (entry, text) in entries.iter().zip(text_of) {
        texts.entry(text).or_default().push(entry);
    }
    texts.into_values().collect()
}

/// Makes the texts of two entries one.
fn join(text_of: &mut [usize], one: usize, other: usize) {
    if let (Some(&one), Some(&other)) = (text_of.get(one), text_of.get(other)) {
        text_of.iter_mut().filter(|text| **text == other).for_each(|text| *text = one);
    }
}

/// Every four words that stand together in an entry's text. Sorted.
fn shingles(entry: &Entry) -> Vec<u64> {
    let body = text::plain_head(entry.body().as_str(), TEXT_CHARS);
    let mut words: Vec<u64> = Vec::new();
    text::words(body.as_str(), entry.language.as_ref(), |word| words.push(xxh3_64(word.text.as_bytes())));
    words.truncate(TEXT_CHARS);
    let mix = |sum: u64, word: &u64| sum.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word;
    let mut shingles: Vec<u64> = words.windows(SHINGLE_WORDS).map(|shingle| shingle.iter().fold(0, mix)).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// The share of the shorter of two sorted lists that the longer one holds.
fn share(one: &[u64], other: &[u64]) -> f32 {
    let mut theirs = other.iter().peekable();
    let both = one.iter().filter(|shingle| {
        while theirs.next_if(|their| their < shingle).is_some() {}
        theirs.next_if_eq(shingle).is_some()
    });
    let both = both.count();
    both as f32 / one.len().min(other.len()).max(1) as f32
}
