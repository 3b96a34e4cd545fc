//! What is known of each source, and what that means in words.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;

use super::push::Push;
use super::subscribers::Subscribed;
use crate::config::{Config, Schedule};
use crate::model::{Diagnosis, Location, Polling, Source, SourceId, Subscription, SubscriptionState};
use crate::schedule::rhythm;
use crate::store::Holding;

/// A source that brought nothing new for so long is called silent.
const SILENT: TimeDelta = TimeDelta::days(30);
/// A check that is late by more is not made by a desk that runs.
const OVERDUE: TimeDelta = TimeDelta::minutes(30);

/// How a source does, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// The last poll failed.
    Failing,
    /// It answered, and something in it cannot be read.
    Faulty,
    /// It was not asked yet.
    New,
    /// It answers, but has brought nothing new for long.
    Silent,
    /// It answers.
    Ok,
}

/// What is known of a desk's sources.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    /// When this was.
    #[serde(serialize_with = "time")]
    pub(super) now: DateTime<Utc>,
    /// Broken ones first, else in the order of the configuration.
    pub(super) sources: Vec<Row>,
    /// Who is told when a feed of ours changes, feed by feed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) subscribers: Vec<Subscribed>,
}

/// What is known of a source.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) source: String,
    pub(super) name: String,
    pub(super) location: String,
    pub(super) state: State,
    #[serde(serialize_with = "maybe_time")]
    pub(super) last_attempt: Option<DateTime<Utc>>,
    #[serde(serialize_with = "maybe_time")]
    pub(super) last_answer: Option<DateTime<Utc>>,
    #[serde(serialize_with = "maybe_time")]
    pub(super) next_check: Option<DateTime<Utc>>,
    /// Whether its server said that it will not come back: there is no next check then.
    pub(super) gone: bool,
    /// Where it is asked since it moved there for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved_to: Option<String>,
    /// The kind of its last failure, one of those in docs/FETCHING.md.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<Diagnosis>,
    /// Failures since the last answer.
    pub(super) failures: u32,
    /// Entries that are to be expected in a day; `None` while nothing is known, and for local files.
    pub(super) entries_per_day: Option<f64>,
    pub(super) entries: u32,
    #[serde(serialize_with = "maybe_time")]
    pub(super) newest_entry: Option<DateTime<Utc>>,
    /// How far its subscription at a hub has come, where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) push: Option<Push>,
    /// What to know, and what to do; empty when all is well.
    pub(super) diagnosis: String,
}

pub(super) fn time<S: serde::Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

pub(super) fn maybe_time<S: serde::Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => time(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// The status of all configured sources at `now`.
pub(super) fn status(
    config: &Config,
    mut pollings: BTreeMap<SourceId, Polling>,
    holdings: &BTreeMap<SourceId, Holding>,
    subscriptions: &[Subscription],
    now: DateTime<Utc>,
) -> Status {
    let mut pushes: BTreeMap<&SourceId, Push> = BTreeMap::new();
    for subscription in subscriptions.iter().filter(|known| known.state != SubscriptionState::Leaving) {
        pushes.insert(&subscription.source, Push::of(subscription, now));
    }
    let rows = config.sources.iter().map(|source| {
        let polling = pollings.remove(&source.id).unwrap_or_else(|| Polling::never(source.id.clone()));
        let holding = holdings.get(&source.id).copied().unwrap_or_default();
        Row { push: pushes.remove(&source.id), ..row(source, &polling, holding, &config.schedule, now) }
    });
    let mut sources: Vec<Row> = rows.collect();
    sources.sort_by_key(|row| row.state);
    Status { now, sources, subscribers: Vec::new() }
}

fn row(source: &Source, polling: &Polling, holding: Holding, schedule: &Schedule, now: DateTime<Utc>) -> Row {
    let is_web = matches!(source.location, Location::Web(_));
    let silent_for = holding.newest.map(|newest| now - newest).filter(|silence| is_web && *silence > SILENT);
    let state = match polling {
        Polling { failures: 1.., .. } => State::Failing,
        Polling { error: Some(_), .. } => State::Faulty,
        Polling { last_attempt: None, .. } => State::New,
        _ if silent_for.is_some() => State::Silent,
        _ => State::Ok,
    };
    let known = is_web && polling.rhythm.at.is_some();
    // As of the last look: nothing is known of the time since.
    let looked = polling.last_success.unwrap_or(now);
    let rate = rhythm::rate_per_day(&polling.rhythm, looked, schedule.interval.as_secs_f64());
    Row {
        source: source.id.to_string(),
        name: source.title().to_owned(),
        location: source.location.to_string(),
        state,
        last_attempt: polling.last_attempt,
        last_answer: polling.last_success,
        next_check: polling.last_attempt.filter(|_| polling.gone.is_none()).map(|_| polling.next_check),
        gone: polling.gone.is_some(),
        moved_to: polling.adopted.as_ref().map(ToString::to_string),
        cause: polling.diagnosis,
        failures: polling.failures,
        entries_per_day: known.then(|| (rate * 100.0).round() / 100.0),
        entries: holding.entries,
        newest_entry: holding.newest,
        push: None,
        diagnosis: diagnosis(polling, state, silent_for, now),
    }
}

fn diagnosis(polling: &Polling, state: State, silent_for: Option<TimeDelta>, now: DateTime<Utc>) -> String {
    let error = polling.error.as_deref().unwrap_or("no cause is known");
    let mut words = match state {
        State::Failing => {
            let times = if polling.failures == 1 { "once".to_owned() } else { format!("{} times", polling.failures) };
            let since = match polling.last_success {
                Some(answer) => format!("since it last answered {}", ago(now, answer)),
                None => "and has never answered".to_owned(),
            };
            vec![format!("failed {times} {since}: {error}")]
        }
        State::Faulty => vec![error.to_owned()],
        State::New => vec!["not asked yet".to_owned()],
        State::Silent => {
            let silence = span(silent_for.unwrap_or_default());
            vec![format!("answers, but has brought nothing new for {silence}: it may have moved")]
        }
        State::Ok => Vec::new(),
    };
    if let Some(address) = &polling.adopted {
        words.push(format!("asked at {address}, where it has moved for good: change its `url`"));
    }
    if polling.last_attempt.is_some() && polling.gone.is_none() && now - polling.next_check > OVERDUE {
        words.push(format!("overdue for {}: is the desk running?", span(now - polling.next_check)));
    }
    if state <= State::New {
        return words.join("; ");
    }
    if let Some(keep) = polling.hints.keep_for.filter(|keep| *keep > Duration::from_secs(3_600)) {
        words.push(format!(
            "its feed asks for {} between two polls",
            span(TimeDelta::from_std(keep).unwrap_or_default())
        ));
    }
    let count = polling.hints.skip_hours.count_ones();
    if (1..24).contains(&count) {
        words.push(format!(
            "its feed wants no polls in {count} {} of the day",
            if count == 1 { "hour" } else { "hours" }
        ));
    }
    let count = polling.hints.skip_days.count_ones();
    if (1..7).contains(&count) {
        words.push(format!(
            "its feed wants no polls on {count} {} of the week",
            if count == 1 { "day" } else { "days" }
        ));
    }
    words.join("; ")
}

/// "5 min", "3 h", "12 d": a span in its largest unit, rounded down.
pub(super) fn span(span: TimeDelta) -> String {
    let seconds = span.num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A moment seen from another: "5 min ago".
pub(super) fn ago(now: DateTime<Utc>, time: DateTime<Utc>) -> String {
    format!("{} ago", span(now - time))
}
