//! Who is told when a feed of ours changes, in words: how many, and who fails, but never where they are.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::diagnosis::{ago, maybe_time};
use crate::model::Subscriber;

/// Those who are told when one feed changes.
#[derive(Debug, Serialize)]
pub(super) struct Subscribed {
    /// The feed's address.
    pub(super) feed: String,
    /// How many subscriptions there are at our hub.
    pub(super) count: usize,
    /// The outside hub that is told of changes, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hub: Option<String>,
    /// How many of them did not take what they were last sent.
    pub(super) failing: usize,
    /// When one of them last took something.
    #[serde(serialize_with = "maybe_time")]
    pub(super) last_delivery: Option<DateTime<Utc>>,
    /// Why one of those fails that do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// The same for people.
    pub(super) words: String,
}

/// The feeds that somebody is told of, in the order of their addresses.
pub(super) fn of(subscribers: &[Subscriber], now: DateTime<Utc>) -> Vec<Subscribed> {
    let mut feeds: BTreeMap<&str, Vec<&Subscriber>> = BTreeMap::new();
    let lasting = subscribers.iter().filter(|one| one.lease_until.is_none_or(|until| until > now));
    for subscriber in lasting {
        feeds.entry(&subscriber.topic).or_default().push(subscriber);
    }
    feeds.into_iter().map(|(feed, those)| subscribed(feed, &those, now)).collect()
}

fn subscribed(feed: &str, those: &[&Subscriber], now: DateTime<Utc>) -> Subscribed {
    let hub = those.iter().find(|one| one.is_hub()).map(|one| one.callback.to_string());
    let count = those.iter().filter(|one| !one.is_hub()).count();
    let errors = || those.iter().filter_map(|one| one.error.clone());
    let (failing, error) = (errors().count(), errors().next());
    let last_delivery = those.iter().filter_map(|one| one.delivered).max();
    let mut who = Vec::new();
    match count {
        0 => {}
        1 => who.push("1 subscriber".to_owned()),
        _ => who.push(format!("{count} subscribers")),
    }
    who.extend(hub.iter().cloned());
    let told = last_delivery.map_or_else(|| "told nothing yet".to_owned(), |at| format!("last told {}", ago(now, at)));
    let trouble = match (&error, &hub) {
        (None, _) => String::new(),
        // These words say themselves who it is.
        (Some(error), Some(_)) => format!("; {error}"),
        (Some(error), None) => format!("; {failing} failing, one of them {error}"),
    };
    let words = format!("{feed}: {}, {told}{trouble}", who.join(" and "));
    Subscribed { feed: feed.to_owned(), count, hub, failing, last_delivery, error, words }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::{FeedUrl, Secret};

    #[test]
    fn subscribers_are_counted_and_not_shown() {
        let now: DateTime<Utc> = "2024-10-24T12:00:00Z".parse().expect("a time");
        let hours = |hours| Some(now + TimeDelta::hours(hours));
        let one = Subscriber {
            secret: Some(Secret::new("hunter2")),
            lease_until: hours(240),
            delivered: hours(-3),
            next_attempt: now,
            ..Subscriber::new(
                "https://w.example/a.atom".into(),
                FeedUrl::parse("https://r.example/hunter2").expect("a URL"),
            )
        };
        let failing = Subscriber { error: Some("answered 500".into()), delivered: None, attempts: 2, ..one.clone() };
        let ended = Subscriber { lease_until: hours(-1), ..failing.clone() };
        let hub = Subscriber {
            topic: "https://w.example/b.atom".into(),
            callback: FeedUrl::parse("https://hub.example/").expect("a URL"),
            lease_until: None,
            delivered: None,
            ..one.clone()
        };
        let other = Subscriber { topic: "https://w.example/c.atom".into(), ..one.clone() };
        let rows = of(&[one, failing, ended, hub, other], now);
        let words: Vec<&str> = rows.iter().map(|row| row.words.as_str()).collect();
        let expected = [
            "https://w.example/a.atom: 2 subscribers, last told 3 h ago; 1 failing, one of them answered 500",
            "https://w.example/b.atom: https://hub.example/, told nothing yet",
            "https://w.example/c.atom: 1 subscriber, last told 3 h ago",
        ];
        assert_eq!(words, expected);
        assert!(!serde_json::to_string(&rows).expect("JSON").contains("hunter2"));
    }
}
