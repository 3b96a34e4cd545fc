//! The pure stages of one source behind a barrier: a document that makes them panic is a failure of its source alone.

use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use url::Url;
use xxhash_rust::xxh3::Xxh3Default;

use super::Trouble;
use crate::model::{Carried, Diagnosis, Entry, Feed, Link, Mark, Parsed, PollHints, Source};
use crate::normalize::{self, Brought, Place};
use crate::parse::{self, Hints, Parts};
use crate::text;

/// A document as it came.
pub(super) struct Raw {
    pub(super) body: Bytes,
    pub(super) content_type: Option<String>,
    pub(super) base: Option<Url>,
}

/// What a document held, and what else is to be remembered of its source.
#[derive(Debug)]
pub(super) struct Document {
    /// What is new, or says something else than before.
    pub(super) entries: Vec<Entry>,
    /// All that it carries.
    pub(super) carried: Vec<Carried>,
    pub(super) title: Option<String>,
    pub(super) hints: PollHints,
    /// The hubs and the canonical address that it names.
    pub(super) links: Vec<Link>,
    pub(super) flaws: usize,
    /// Whether it seems to be a part of what the server has.
    pub(super) is_cut: bool,
}

/// Reads a document of `source`, unpacked to no more than `max_body_bytes`. `known` is what its last one carried.
pub(super) fn read(
    raw: &Raw,
    source: &Source,
    known: &[Carried],
    max_body_bytes: usize,
    now: DateTime<Utc>,
) -> Result<Document, Trouble> {
    behind_barrier(|| {
        #[cfg(test)]
        super::tests::panic_if_asked(&raw.body);
        let hints = Hints { max_unpacked_bytes: Some(max_body_bytes), ..hints(raw, now) };
        let parts = parts(raw, source, known);
        let marks = parts.as_ref().map(Parts::marks).unwrap_or_default();
        let beside = parts.and_then(|parts| read_beside(&parts, &marks, source, known, &hints, usize::MAX));
        if let Some(document) = beside {
            return Ok(document);
        }
        let parsed = parse::parse(&raw.body, &hints).map_err(|error| Trouble {
            diagnosis: match error {
                parse::Error::Html { .. } => Diagnosis::Page,
                _ => Diagnosis::NoFeed,
            },
            words: error.to_string(),
        })?;
        let brought = normalize::brought(&parsed, source, known, &marks, now);
        Ok(document(&parsed, brought))
    })
}

/// As [`read`], if the document is known but for so many items; `None` where more is to be read.
pub(super) fn read_little(
    raw: &Raw,
    source: &Source,
    known: &[Carried],
    few: usize,
    now: DateTime<Utc>,
) -> Option<Result<Document, Trouble>> {
    let read = behind_barrier(|| {
        let parts = parts(raw, source, known);
        Ok(parts.and_then(|parts| read_beside(&parts, &parts.marks(), source, known, &hints(raw, now), few)))
    });
    read.transpose()
}

fn hints(raw: &Raw, now: DateTime<Utc>) -> Hints<'_> {
    Hints { content_type: raw.content_type.as_deref(), base: raw.base.as_ref(), now: Some(now), ..Hints::default() }
}

fn parts<'a>(raw: &'a Raw, source: &Source, known: &[Carried]) -> Option<Parts<'a>> {
    let marks: Vec<Mark> = known.iter().filter_map(|carried| carried.mark).collect();
    Parts::of(&raw.body, raw.content_type.as_deref(), salt(raw, source), &marks)
}

fn document(parsed: &Parsed, Brought { entries, carried }: Brought) -> Document {
    Document {
        entries,
        carried,
        title: parsed.feed.title.as_ref().map(|title| text::plain(title.raw()).0),
        hints: poll_hints(&parsed.feed),
        links: parsed.feed.links.iter().filter(|link| matches!(link.rel.as_str(), "hub" | "self")).cloned().collect(),
        flaws: parsed.flaws.len(),
        is_cut: parsed.flaws.iter().any(|flaw| matches!(flaw.kind, "truncated" | "broken-json")),
    }
}

/// Reads what of a document did not come before as it stands, if that is no more than `most` items; `None` where it is
/// more, or all of it, or cannot be told from a part.
fn read_beside(
    parts: &Parts<'_>,
    marks: &[Mark],
    source: &Source,
    known: &[Carried],
    hints: &Hints<'_>,
    most: usize,
) -> Option<Document> {
    let mut by_mark: Vec<(Mark, &Carried)> =
        known.iter().filter_map(|carried| carried.mark.map(|mark| (mark, carried))).collect();
    by_mark.sort_unstable_by_key(|(mark, _)| *mark);
    let place = |mark: &Mark| match by_mark.binary_search_by_key(mark, |(mark, _)| *mark) {
        Ok(at) => Place::Known(by_mark[at].1),
        Err(_) => Place::Read(Some(*mark)),
    };
    let places: Vec<Place<'_>> = marks.iter().map(place).collect();
    let is_known = |at: usize| matches!(places.get(at), Some(Place::Known(_)));
    let known_again = (0..places.len()).filter(|at| is_known(*at)).count();
    if known_again == 0 || places.len() - known_again > most {
        return None;
    }
    let parsed = parse::parse(&parts.without(is_known), hints).ok()?;
    let brought = normalize::brought_beside(&parsed, source, known, &places, hints.now?)?;
    Some(document(&parsed, brought))
}

/// What else than its document an item is read by. The charset is no other, where documents are cut.
fn salt(raw: &Raw, source: &Source) -> u64 {
    let mut hasher = Xxh3Default::new();
    // What a program of another version makes of an item may be something else.
    (env!("CARGO_PKG_VERSION"), &raw.base, &source.location).hash(&mut hasher);
    hasher.finish()
}

/// Runs `stages`; a panic in them becomes a trouble that says so.
pub(super) fn behind_barrier<T>(stages: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    // What the stages own is dropped with the panic, and they share nothing: nothing half-done is seen afterwards.
    catch_unwind(AssertUnwindSafe(stages)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().map(ToString::to_string);
        let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no words".to_owned());
        Err(Trouble {
            diagnosis: Diagnosis::Fault,
            words: format!(
                "the reader gave up on it, which is a fault of wiredesk ({}); please report it with the document",
                text::clip(&said, 200)
            ),
        })
    })
}

/// What a feed says about being polled. Where it says two things, the longer pause counts.
fn poll_hints(feed: &Feed) -> PollHints {
    let minutes = feed.ttl_minutes.max(feed.update_minutes);
    PollHints {
        keep_for: minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        skip_hours: feed.skip_hours.iter().filter(|hour| **hour < 24).fold(0, |hours, hour| hours | 1 << hour),
        skip_days: feed.skip_days.iter().fold(0, |days, day| days | 1 << day.num_days_from_monday()),
    }
}

#[cfg(test)]
mod tests;
