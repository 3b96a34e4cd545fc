//! Asks one source and reads what it brings. Whatever happens, it comes to a `Reading`: no source disturbs another.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::time::Instant;

use super::{Desk, Next, Outcome, Reading, articles};
use crate::fetch;
use crate::model::{Answer, Entry, Feed, Location, PollHints, Polling, Publisher, Source, SourceId, Validators};
use crate::normalize;
use crate::parse::{self, Hints};
use crate::text;

/// What a document held, and what else is to be remembered of its source.
struct Document {
    entries: Vec<Entry>,
    title: Option<String>,
    hints: PollHints,
    flaws: usize,
}

/// Asks a source. `polling` is what is remembered of it, `now` the time at this moment. What is new counts as seen at
/// `seen`, when the round began, so that which server answers first has no say in anything.
pub(super) async fn read(desk: Desk, source: Source, mut polling: Polling, [now, seen]: [DateTime<Utc>; 2]) -> Reading {
    if let Location::Articles(_) = source.location {
        polling.last_attempt = Some(now);
        return read_articles(desk, source, polling, now, seen).await;
    }
    let began = Instant::now();
    let client = &desk.clients[usize::from(polling.failures > 0)];
    let answer = fetch::fetch(client, &source.location, &polling.validators).await;
    // It may have waited for its turn: it must not be asked again within the least interval of its real attempt.
    let now = (now + TimeDelta::from_std(began.elapsed()).unwrap_or_default()).trunc_subsecs(3);
    polling.last_attempt = Some(now);
    let before = polling.last_success;
    match answer {
        Ok(Answer::New { body, content_type, base, validators, fresh_for }) => {
            let owner = source.clone();
            let reading = tokio::task::spawn_blocking(move || {
                let (content_type, base) = (content_type.as_deref(), base.as_ref());
                let hints = Hints { content_type, base, now: Some(seen), ..Hints::default() };
                let parsed = parse::parse(&body, &hints).map_err(|error| error.to_string())?;
                Ok(Document {
                    entries: normalize::entries(&parsed, &owner, seen),
                    title: parsed.feed.title.as_ref().map(|title| text::plain(title.raw()).0),
                    hints: poll_hints(&parsed.feed),
                    flaws: parsed.flaws.len(),
                })
            });
            match reading.await.unwrap_or_else(|error| Err(panicked(&error))) {
                Ok(document) => {
                    // A document without items is an answer too: it takes nothing away.
                    let Document { entries, title, hints, flaws } = document;
                    let title = title.or(polling.title.take());
                    let polling = succeed(Polling { validators, title, hints, ..polling }, now);
                    let next = Next::Answered { fresh_for };
                    Reading {
                        source,
                        polling,
                        next,
                        entries,
                        withdraws: false,
                        outcome: Outcome::Read { flaws },
                        now,
                        before,
                    }
                }
                // The old validators stay, so that the document is sent again when it was mended.
                Err(error) => fail(source, polling, error, None, now),
            }
        }
        Ok(Answer::NotModified { validators, fresh_for }) => {
            let reading = unchanged(source, succeed(Polling { validators, ..polling }, now), fresh_for, now);
            Reading { before, ..reading }
        }
        Ok(Answer::Gone) => {
            let error = format!(
                "{} is gone (410): its server says that it will not come back; remove the source",
                source.location
            );
            Reading { next: Next::Gone, ..fail(source, polling, error, None, now) }
        }
        Err(error) => {
            let retry_after = error.retry_after();
            fail(source, polling, error.to_string(), retry_after, now)
        }
    }
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

async fn read_articles(
    desk: Desk,
    source: Source,
    polling: Polling,
    now: DateTime<Utc>,
    seen: DateTime<Utc>,
) -> Reading {
    let Location::Articles(dir) = source.location.clone() else {
        return fail(source, polling, "is no folder of articles".into(), None, now);
    };
    let (config, owner) = (desk.config.clone(), source.clone());
    let reading = tokio::task::spawn_blocking(move || articles::read(&dir, &owner, &config.site, seen));
    match reading.await.unwrap_or_else(|error| Err(panicked(&error))) {
        Ok(folder) => {
            if polling.validators.body_hash == Some(folder.hash) {
                // What was wrong with a file still is.
                let error = polling.error.clone();
                let polling = Polling { error, ..succeed(polling, now) };
                return unchanged(source, polling, None, now);
            }
            for problem in &folder.problems {
                tracing::warn!("{problem}");
            }
            let validators = Validators { body_hash: Some(folder.hash), ..Validators::default() };
            let polling = succeed(Polling { validators, ..polling }, now);
            let next = Next::Answered { fresh_for: None };
            if folder.complete {
                let outcome = Outcome::Read { flaws: folder.problems.len() };
                return Reading {
                    source,
                    polling,
                    next,
                    entries: folder.entries,
                    withdraws: true,
                    outcome,
                    now,
                    before: None,
                };
            }
            let error = folder.problems.join("\n           ");
            let polling = Polling { error: Some(error.clone()), ..polling };
            let outcome = Outcome::Failed(error);
            Reading { source, polling, next, entries: folder.entries, withdraws: false, outcome, now, before: None }
        }
        Err(error) => fail(source, polling, error, None, now),
    }
}

fn succeed(polling: Polling, now: DateTime<Utc>) -> Polling {
    Polling { last_success: Some(now), failures: 0, error: None, ..polling }
}

fn unchanged(source: Source, polling: Polling, fresh_for: Option<Duration>, now: DateTime<Utc>) -> Reading {
    let (next, outcome) = (Next::Answered { fresh_for }, Outcome::Unchanged);
    Reading { source, polling, next, entries: Vec::new(), withdraws: false, outcome, now, before: None }
}

fn fail(source: Source, polling: Polling, error: String, retry_after: Option<Duration>, now: DateTime<Utc>) -> Reading {
    let failures = polling.failures.saturating_add(1);
    let polling = Polling { failures, error: Some(error.clone()), ..polling };
    let (next, outcome) = (Next::Failed { retry_after }, Outcome::Failed(error));
    Reading { source, polling, next, entries: Vec::new(), withdraws: false, outcome, now, before: None }
}

fn panicked(error: &tokio::task::JoinError) -> String {
    format!("the reader gave up on it, which is a fault of wiredesk: {error}; please report it with the document")
}

/// Stands in for the publisher of a source that is no longer configured.
pub(super) fn unknown_publisher(source: &SourceId) -> Publisher {
    Publisher::new(source.as_str()).unwrap_or_else(|_| Publisher::own())
}
