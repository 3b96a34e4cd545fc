//! The pure stages of one source behind a barrier: a document that makes them panic is a failure of its source alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use url::Url;

use super::Trouble;
use crate::model::{Carried, Diagnosis, Entry, Feed, Link, PollHints, Source};
use crate::normalize::{self, Brought};
use crate::parse::{self, Hints};
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
        let hints = Hints {
            content_type: raw.content_type.as_deref(),
            base: raw.base.as_ref(),
            now: Some(now),
            max_unpacked_bytes: Some(max_body_bytes),
            ..Hints::default()
        };
        let parsed = parse::parse(&raw.body, &hints).map_err(|error| Trouble {
            diagnosis: if matches!(error, parse::Error::Html { .. }) { Diagnosis::Page } else { Diagnosis::NoFeed },
            words: error.to_string(),
        })?;
        let Brought { entries, carried } = normalize::brought(&parsed, source, known, now);
        Ok(Document {
            entries,
            carried,
            title: parsed.feed.title.as_ref().map(|title| text::plain(title.raw()).0),
            hints: poll_hints(&parsed.feed),
            links: parsed
                .feed
                .links
                .iter()
                .filter(|link| matches!(link.rel.as_str(), "hub" | "self"))
                .cloned()
                .collect(),
            flaws: parsed.flaws.len(),
            is_cut: parsed.flaws.iter().any(|flaw| matches!(flaw.kind, "truncated" | "broken-json")),
        })
    })
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
