//! Asks one source and reads what it brings. Whatever happens, it comes to a `Reading`: no source disturbs another.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::time::Instant;

use super::document::{carried, panicked, read_document};
use super::stages::{self, Raw};
use super::{Desk, Next, Outcome, Reading, Trouble, articles, moves};
use crate::fetch;
use crate::model::{
    Answer, Carried, Diagnosis, FeedUrl, Hold, Link, Location, Polling, Publisher, Source, SourceId, Validators,
};
use crate::parse;
use crate::websub::{Announced, discovery};

/// Asks a source. `polling` is what is remembered of it, with what its last document carried if that was looked up, `now`
/// the time at this moment. What is new counts as seen at `seen`, when the round began, so that which server answers
/// first has no say in anything.
///
/// Tasks hand it on: boxed, so that it is not copied each time.
pub(super) async fn read(
    desk: Arc<Desk>,
    source: Arc<Source>,
    (mut polling, known): (Box<Polling>, Option<Vec<Carried>>),
    [now, seen]: [DateTime<Utc>; 2],
) -> Box<Reading> {
    let desk = &*desk;
    if let Location::Articles(_) = source.location {
        polling.last_attempt = Some(now);
        // Boxed, since most are no folders, and all would have to have room for it.
        return Box::new(Box::pin(read_articles(desk, source, polling, [now, seen])).await);
    }
    let asked = Arc::clone(&source);
    let location = moves::location(&asked, &polling);
    let began = Instant::now();
    let client = &desk.clients[usize::from(polling.failures > 0)];
    let answer = fetch::fetch_source(client, &source, &location, &polling.validators).await;
    // It may have waited for its turn: it must not be asked again within the least interval of its real attempt.
    let now = (now + TimeDelta::from_std(began.elapsed()).unwrap_or_default()).trunc_subsecs(3);
    if let Err(fetch::Error::Held { silence, .. }) = &answer {
        return Box::new(leave(source, polling, silence, now));
    }
    polling.last_attempt = Some(now);
    let before = polling.last_success;
    Box::new(match answer.map(|answer| known_again(answer, polling.validators.body_hash)) {
        Ok(Answer::New { body, content_type, base, mut validators, fresh_for, moved, links }) => {
            let raw = Raw { body, content_type, base };
            let is_part = validators.body_hash.is_none();
            match read_document(desk, raw, &source, known, seen).await {
                Ok((document, known)) => {
                    if document.is_cut && polling.validators.body_hash != validators.body_hash {
                        // The rest must not be answered with 304. When the same comes again, it is all there is.
                        let body_hash = validators.body_hash;
                        validators = Validators { body_hash, ..polling.validators.clone() };
                    }
                    polling.validators = of_address(validators, &polling);
                    polling.title = document.title.or(polling.title.take());
                    polling.fresh_for = fresh_for;
                    polling.hints = document.hints;
                    let moved = succeed(desk, &source, &mut polling, moved, now);
                    // A document without items is an answer too: it takes nothing away.
                    let outcome = Outcome::Read { flaws: document.flaws };
                    let announced = announced(desk, &links, &document.links, &location);
                    // What names no hub may have been cut off before it did.
                    let announced = announced.filter(|announced| !(document.is_cut && announced.hubs.is_empty()));
                    let carried = match document.is_cut {
                        true => None,
                        false => carried(document.carried, known, is_part),
                    };
                    let entries = document.entries;
                    let answered = Reading::answered(source, polling, outcome, now);
                    Reading { entries, carried, moved, before, announced, ..answered }
                }
                // The old validators stay, so that the document is sent again when it was mended.
                Err(trouble) => fail(desk, source, polling, trouble, None, now),
            }
        }
        Ok(Answer::NotModified { validators, fresh_for, whole, moved, links }) => {
            polling.fresh_for = if whole { fresh_for } else { shortened(polling.fresh_for, fresh_for) };
            polling.validators = of_address(validators, &polling);
            let moved = succeed(desk, &source, &mut polling, moved, now);
            // A head alone says what its document would only when it says all of it.
            let is_all = ["hub", "self"].iter().all(|rel| links.iter().any(|link| link.rel == *rel));
            let announced = announced(desk, &links, &[], &location).filter(|_| is_all);
            Reading { moved, before, announced, ..Reading::answered(source, polling, Outcome::Unchanged, now) }
        }
        Ok(Answer::Gone) => gone(desk, source, polling, &location, now),
        Err(error) => refused(desk, source, polling, &error, now),
    })
}

/// A document that says nothing new but when it was made, or by what, has not changed.
fn known_again(answer: Answer, known: Option<u64>) -> Answer {
    match answer {
        Answer::New { body, content_type, base, validators, fresh_for, moved, links } => {
            // A part has no hash.
            let essence = validators.body_hash.and_then(|_| parse::essence(&body));
            let validators = Validators { body_hash: essence.or(validators.body_hash), ..validators };
            if essence.is_some() && essence == known {
                return Answer::NotModified { whole: true, validators, fresh_for, moved, links };
            }
            Answer::New { body, content_type, base, validators, fresh_for, moved, links }
        }
        known => known,
    }
}

/// The hubs that a source names, where they are of interest.
fn announced(desk: &Desk, head: &[Link], document: &[Link], location: &Location) -> Option<Announced> {
    match location {
        Location::Web(url) if desk.hubs.are_used() => Some(discovery::announced(head, document, url)),
        _ => None,
    }
}

/// A 304 may shorten the freshness, never lengthen it: it says nothing of a document that it does not bring.
fn shortened(known: Option<Duration>, said: Option<Duration>) -> Option<Duration> {
    known.map(|known| said.map_or(known, |said| known.min(said)))
}

/// Validators of an adopted address say so: they are not for the configured one.
fn of_address(validators: Validators, polling: &Polling) -> Validators {
    let url = validators.url.or_else(|| polling.adopted.as_ref().map(ToString::to_string));
    Validators { url, ..validators }
}

/// What comes of an answer of 410. A source that says so of itself is not asked any more; one that was found at a new
/// address goes back to the configured one.
fn gone(
    desk: &Desk,
    source: Arc<Source>,
    mut polling: Box<Polling>,
    location: &Location,
    now: DateTime<Utc>,
) -> Reading {
    let (diagnosis, rule) = (Diagnosis::Gone, desk.config.fetch.moves);
    if moves::go_back(&mut polling, rule, true).is_some() {
        let words = format!("{location}, where it had moved, is gone (410): it is asked at {} again", source.location);
        return fail(desk, source, polling, Trouble { diagnosis, words }, None, now);
    }
    let words = format!(
        "{location} is gone (410): its server says that it will not come back, and it is not asked any more; remove the \
         source, or give it its new address (`--force` asks once more)"
    );
    tracing::warn!(source = source.title(), "{words}");
    polling.failures = polling.failures.saturating_add(1);
    polling.gone.get_or_insert(now);
    Reading::failed(source, polling, Next::Gone, Trouble { diagnosis, words }, now)
}

/// What comes of an error of the fetcher.
fn refused(
    desk: &Desk,
    source: Arc<Source>,
    polling: Box<Polling>,
    error: &fetch::Error,
    now: DateTime<Utc>,
) -> Reading {
    let trouble = Trouble { diagnosis: error.diagnosis(), words: error.to_string() };
    if !error.is_request_for_silence() {
        return fail(desk, source, polling, trouble, error.retry_after(), now);
    }
    // Not a failure: the server is there, and says when to come back.
    let hold = error.hold().map(|(host, wait)| {
        let wait = wait.min(desk.config.schedule.max_interval);
        desk.clients[0].hold(host, wait);
        Hold { host: host.to_owned(), until: now + TimeDelta::from_std(wait).unwrap_or_default() }
    });
    let next = Next::Failed { retry_after: error.retry_after() };
    Reading { hold, ..Reading::failed(source, polling, next, trouble, now) }
}

/// Leaves a source alone that was not asked because its host wants silence.
fn leave(source: Arc<Source>, polling: Box<Polling>, silence: &fetch::Silence, now: DateTime<Utc>) -> Reading {
    let host = silence.host.as_deref().unwrap_or_default();
    tracing::debug!(source = source.title(), "{host} wants to be left alone: {} is not asked", source.title());
    Reading::new(source, polling, Next::Failed { retry_after: Some(silence.wait) }, Outcome::Held, now)
}

async fn read_articles(
    desk: &Desk,
    source: Arc<Source>,
    mut polling: Box<Polling>,
    [now, seen]: [DateTime<Utc>; 2],
) -> Reading {
    let local = |words: String| Trouble { diagnosis: Diagnosis::Local, words };
    let Location::Articles(dir) = source.location.clone() else {
        return fail(desk, source, polling, local("is no folder of articles".into()), None, now);
    };
    let (config, owner) = (desk.config.clone(), source.clone());
    let reading = desk
        .readers
        .run(move || stages::behind_barrier(|| articles::read(&dir, &owner, &config.site, seen).map_err(local)));
    match reading.await.unwrap_or_else(|| Err(panicked("its thread ended"))) {
        Ok(folder) => {
            if polling.validators.body_hash == Some(folder.hash) {
                // What was wrong with a file still is.
                let (error, diagnosis) = (polling.error.clone(), polling.diagnosis);
                succeed(desk, &source, &mut polling, None, now);
                (polling.error, polling.diagnosis) = (error, diagnosis);
                return Reading::answered(source, polling, Outcome::Unchanged, now);
            }
            for problem in &folder.problems {
                tracing::warn!("{problem}");
            }
            polling.validators = Validators { body_hash: Some(folder.hash), ..Validators::default() };
            succeed(desk, &source, &mut polling, None, now);
            let entries = folder.entries;
            if folder.complete {
                let outcome = Outcome::Read { flaws: folder.problems.len() };
                return Reading { entries, withdraws: true, ..Reading::answered(source, polling, outcome, now) };
            }
            let trouble = local(folder.problems.join("\n           "));
            Reading { entries, ..Reading::failed(source, polling, Next::Answered, trouble, now) }
        }
        Err(trouble) => fail(desk, source, polling, trouble, None, now),
    }
}

/// Remembers that a source answered; its new address, if it is asked there from now on.
fn succeed(
    desk: &Desk,
    source: &Source,
    polling: &mut Polling,
    led_to: Option<FeedUrl>,
    now: DateTime<Utc>,
) -> Option<FeedUrl> {
    polling.last_success = Some(now);
    polling.failures = 0;
    (polling.error, polling.diagnosis, polling.gone) = (None, None, None);
    let moved = moves::observe(polling, source, led_to, desk.config.fetch.moves, now);
    if let Some(target) = &moved {
        tracing::warn!(
            source = source.title(),
            "{} has moved for good, to {target}: it is asked there",
            source.title()
        );
    }
    moved
}

fn fail(
    desk: &Desk,
    source: Arc<Source>,
    mut polling: Box<Polling>,
    mut trouble: Trouble,
    retry_after: Option<Duration>,
    now: DateTime<Utc>,
) -> Reading {
    polling.failures = polling.failures.saturating_add(1);
    if let Some(given_up) = moves::go_back(&mut polling, desk.config.fetch.moves, false) {
        let back = format!("; {given_up} is given up, and {} is asked again", source.location);
        tracing::warn!(source = source.title(), "{}{back}", trouble.words);
        trouble.words.push_str(&back);
    }
    Reading::failed(source, polling, Next::Failed { retry_after }, trouble, now)
}

/// Stands in for the publisher of a source that is no longer configured.
pub(super) fn unknown_publisher(source: &SourceId) -> Publisher {
    Publisher::new(source.as_str()).unwrap_or_else(|_| Publisher::own())
}
