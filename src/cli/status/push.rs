//! How far a source's subscription at a hub has come, in words.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::diagnosis::{ago, maybe_time, span};
use crate::model::{Subscription, SubscriptionState};
use crate::websub::lease;

/// A source's subscription.
#[derive(Debug, Serialize)]
pub(super) struct Push {
    /// `requested`, `active`, `lapsed` or `denied`.
    pub(super) state: &'static str,
    /// Whether polling is rare for its sake.
    pub(super) relied_on: bool,
    pub(super) hub: String,
    #[serde(serialize_with = "maybe_time")]
    pub(super) until: Option<DateTime<Utc>>,
    #[serde(serialize_with = "maybe_time")]
    pub(super) last_delivery: Option<DateTime<Utc>>,
    /// The same for people.
    pub(super) words: String,
}

impl Push {
    pub(super) fn of(subscription: &Subscription, now: DateTime<Utc>) -> Self {
        let lasts = subscription.lease_until.is_some_and(|until| until > now);
        let state = match subscription.state {
            SubscriptionState::Active if !lasts => "lapsed",
            state => state.as_str(),
        };
        Self {
            state,
            relied_on: lease::relied_on(subscription, now).is_some(),
            hub: subscription.hub.to_string(),
            until: subscription.lease_until,
            last_delivery: subscription.delivered,
            words: words(subscription, state, now),
        }
    }
}

fn words(subscription: &Subscription, state: &str, now: DateTime<Utc>) -> String {
    let Subscription { hub, error, attempts, .. } = subscription;
    let why = error.as_deref().map_or_else(String::new, |error| format!(": {error}"));
    let left = subscription.lease_until.map_or_else(String::new, |until| span(until - now));
    let trouble = if error.is_some() { format!("; renewing failed{why}") } else { String::new() };
    match (state, subscription.delivered) {
        ("active", _) if subscription.missed > 0 => {
            format!("subscribed at {hub} for {left} more, but it did not send what a poll found{trouble}")
        }
        ("active", Some(delivered)) => {
            format!("subscribed at {hub} for {left} more; it last sent something {}{trouble}", ago(now, delivered))
        }
        ("active", None) => format!("subscribed at {hub} for {left} more; it has sent nothing yet{trouble}"),
        ("lapsed", _) => format!("its subscription at {hub} has ended and was not renewed{why}"),
        ("denied", _) => format!("{hub} denies a subscription{why}"),
        _ if *attempts == 0 => format!("will be subscribed at {hub}"),
        _ if error.is_some() => format!("cannot be subscribed at {hub}{why}"),
        _ => format!("waits for {hub} to confirm a subscription"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::{FeedUrl, Secret, SourceId};

    #[test]
    fn every_state_of_a_subscription_is_in_words_and_no_secret_is() {
        let now: DateTime<Utc> = "2024-10-24T12:00:00Z".parse().expect("a time");
        let hours = |hours| Some(now + TimeDelta::hours(hours));
        let requested = Subscription {
            source: SourceId::new("f").expect("a name"),
            token: Secret::new("hunter2"),
            secret: Some(Secret::new("hunter2")),
            hub: FeedUrl::parse("https://h.example/").expect("a URL"),
            topic: "https://f.example/feed".into(),
            site: "https://w.example/".parse().expect("a URL"),
            state: SubscriptionState::Requested,
            lease_until: None,
            next_attempt: now,
            attempts: 0,
            error: None,
            delivered: None,
            missed: 0,
        };
        let error = || Some("the hub https://h.example/ answered 500".to_owned());
        let active = Subscription { state: SubscriptionState::Active, lease_until: hours(72), ..requested.clone() };
        let delivered = Subscription { delivered: hours(-2), ..active.clone() };
        for (subscription, state, relied_on, expected) in [
            (requested.clone(), "requested", false, "will be subscribed at https://h.example/"),
            (
                Subscription { attempts: 1, ..requested.clone() },
                "requested",
                false,
                "waits for https://h.example/ to confirm a subscription",
            ),
            (
                Subscription { attempts: 2, error: error(), ..requested.clone() },
                "requested",
                false,
                "cannot be subscribed at https://h.example/: the hub https://h.example/ answered 500",
            ),
            (active.clone(), "active", false, "subscribed at https://h.example/ for 3 d more; it has sent nothing yet"),
            (
                delivered.clone(),
                "active",
                true,
                "subscribed at https://h.example/ for 3 d more; it last sent something 2 h ago",
            ),
            (
                Subscription { missed: 1, error: error(), ..delivered.clone() },
                "active",
                false,
                "subscribed at https://h.example/ for 3 d more, but it did not send what a poll found; renewing failed: \
                 the hub https://h.example/ answered 500",
            ),
            (
                Subscription { lease_until: hours(-1), ..delivered },
                "lapsed",
                false,
                "its subscription at https://h.example/ has ended and was not renewed",
            ),
            (
                Subscription { state: SubscriptionState::Denied, error: Some("no".into()), ..requested },
                "denied",
                false,
                "https://h.example/ denies a subscription: no",
            ),
        ] {
            let push = Push::of(&subscription, now);
            assert_eq!((push.state, push.relied_on, push.words.as_str()), (state, relied_on, expected));
            assert!(!serde_json::to_string(&push).expect("JSON").contains("hunter2"));
        }
    }
}
