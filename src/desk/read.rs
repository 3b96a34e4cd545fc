//! Asks one source and reads what it brings. Whatever happens, it comes to a `Reading`: no source disturbs another.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Desk, Outcome, Reading, articles};
use crate::fetch;
use crate::model::{Answer, Entry, Location, Polling, Publisher, Source, SourceId, Validators};
use crate::normalize;
use crate::parse::{self, Hints};
use crate::schedule;
use crate::text;

/// What a document held, and what else is to be remembered of its source.
struct Document {
    entries: Vec<Entry>,
    title: Option<String>,
    ttl: Option<Duration>,
    flaws: usize,
}

/// Asks a source. `polling` is what is remembered of it, `now` the cycle's time.
pub(super) async fn read(desk: Desk, source: Source, polling: Polling, now: DateTime<Utc>) -> Reading {
    let mut polling = polling;
    polling.last_attempt = Some(now);
    if let Location::Articles(_) = source.location {
        return read_articles(desk, source, polling, now).await;
    }
    match fetch::fetch(&desk.client, &source.location, &polling.validators).await {
        Ok(Answer::New { body, content_type, base, validators, fresh_for }) => {
            let owner = source.clone();
            let reading = tokio::task::spawn_blocking(move || {
                let (content_type, base) = (content_type.as_deref(), base.as_ref());
                let hints = Hints { content_type, base, now: Some(now), ..Hints::default() };
                let parsed = parse::parse(&body, &hints).map_err(|error| error.to_string())?;
                Ok(Document {
                    entries: normalize::entries(&parsed, &owner, now),
                    title: parsed.feed.title.as_ref().map(|title| text::plain(title.raw()).0),
                    ttl: parsed.feed.ttl_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
                    flaws: parsed.flaws.len(),
                })
            });
            match reading.await.unwrap_or_else(|error| Err(panicked(&error))) {
                Ok(document) => {
                    // A document without items is an answer too: it takes nothing away.
                    let ttl = document.ttl;
                    let title = document.title.clone().or(polling.title.take());
                    let polling =
                        succeed(&desk, &source, Polling { validators, title, ..polling }, fresh_for, ttl, now);
                    let outcome = Outcome::Read { flaws: document.flaws };
                    Reading { source, polling, entries: document.entries, withdraws: false, outcome, now }
                }
                // The old validators stay, so that the document is sent again when it was mended.
                Err(error) => fail(&desk, source, polling, error, None, now),
            }
        }
        Ok(Answer::NotModified { validators, fresh_for }) => {
            let polling = succeed(&desk, &source, Polling { validators, ..polling }, fresh_for, None, now);
            Reading { source, polling, entries: Vec::new(), withdraws: false, outcome: Outcome::Unchanged, now }
        }
        Ok(Answer::Gone) => {
            let error = format!(
                "{} is gone (410): its server says that it will not come back; remove the source",
                source.location
            );
            let next_check = schedule::next_check(&source, schedule::Outcome::Gone, now, &desk.config.schedule);
            let polling = Polling { next_check, failures: polling.failures + 1, error: Some(error.clone()), ..polling };
            let outcome = Outcome::Failed(error);
            Reading { source, polling, entries: Vec::new(), withdraws: false, outcome, now }
        }
        Err(error) => {
            let retry_after = error.retry_after();
            fail(&desk, source, polling, error.to_string(), retry_after, now)
        }
    }
}

async fn read_articles(desk: Desk, source: Source, polling: Polling, now: DateTime<Utc>) -> Reading {
    let Location::Articles(dir) = source.location.clone() else {
        return fail(&desk, source, polling, "is no folder of articles".into(), None, now);
    };
    let (config, owner) = (desk.config.clone(), source.clone());
    let reading = tokio::task::spawn_blocking(move || articles::read(&dir, &owner, &config.site, now));
    match reading.await.unwrap_or_else(|error| Err(panicked(&error))) {
        Ok(folder) => {
            if polling.validators.body_hash == Some(folder.hash) {
                // What was wrong with a file still is.
                let error = polling.error.clone();
                let polling = Polling { error, ..succeed(&desk, &source, polling, None, None, now) };
                return Reading {
                    source,
                    polling,
                    entries: Vec::new(),
                    withdraws: false,
                    outcome: Outcome::Unchanged,
                    now,
                };
            }
            for problem in &folder.problems {
                tracing::warn!("{problem}");
            }
            let validators = Validators { body_hash: Some(folder.hash), ..Validators::default() };
            let polling = succeed(&desk, &source, Polling { validators, ..polling }, None, None, now);
            if folder.complete {
                let outcome = Outcome::Read { flaws: folder.problems.len() };
                return Reading { source, polling, entries: folder.entries, withdraws: true, outcome, now };
            }
            let error = folder.problems.join("\n           ");
            let polling = Polling { error: Some(error.clone()), ..polling };
            let outcome = Outcome::Failed(error);
            Reading { source, polling, entries: folder.entries, withdraws: false, outcome, now }
        }
        Err(error) => fail(&desk, source, polling, error, None, now),
    }
}

fn succeed(
    desk: &Desk,
    source: &Source,
    polling: Polling,
    fresh_for: Option<Duration>,
    ttl: Option<Duration>,
    now: DateTime<Utc>,
) -> Polling {
    let outcome = schedule::Outcome::Answered { fresh_for, ttl };
    let next_check = schedule::next_check(source, outcome, now, &desk.config.schedule);
    Polling { next_check, last_success: Some(now), failures: 0, error: None, ..polling }
}

fn fail(
    desk: &Desk,
    source: Source,
    polling: Polling,
    error: String,
    retry_after: Option<Duration>,
    now: DateTime<Utc>,
) -> Reading {
    let failures = polling.failures.saturating_add(1);
    let outcome = schedule::Outcome::Failed { failures, retry_after };
    let next_check = schedule::next_check(&source, outcome, now, &desk.config.schedule);
    let polling = Polling { next_check, failures, error: Some(error.clone()), ..polling };
    Reading { source, polling, entries: Vec::new(), withdraws: false, outcome: Outcome::Failed(error), now }
}

fn panicked(error: &tokio::task::JoinError) -> String {
    format!("the reader gave up on it, which is a fault of wiredesk: {error}; please report it with the document")
}

/// Stands in for the publisher of a source that is no longer configured.
pub(super) fn unknown_publisher(source: &SourceId) -> Publisher {
    Publisher::new(source.as_str()).unwrap_or_else(|_| Publisher::own())
}
