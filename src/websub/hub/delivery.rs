//! When a subscriber is sent something, and what comes of it: outcomes in, the next time out.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64;

use crate::model::Subscriber;

/// After a first failure the next attempt waits so long, then twice that, and so on
const FIRST_RETRY: Duration = Duration::from_secs(5);
/// up to this.
const LONGEST_RETRY: Duration = Duration::from_secs(6 * 3_600);
/// What a subscriber asks for (`Retry-After`) is heard up to this.
const LONGEST_SILENCE: Duration = Duration::from_secs(86_400);
/// Waits are lengthened by up to this share: subscribers that failed together are not asked together again.
const JITTER: u32 = 4;
/// An outside hub is told of a change so often; the next change is another matter.
const MOST_PINGS: u32 = 10;

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken (2xx).
    Taken,
    /// The subscriber is not there any more (410).
    Gone,
    /// It was not taken.
    Failed {
        /// Why, in words without an address.
        why: String,
        /// How long the subscriber wants to be left alone.
        retry_after: Option<Duration>,
    },
}

/// When something is to be done about a subscriber, given the tag of the document as it is now: a delivery if it has
/// another one, else the end of its lease.
pub fn next(subscriber: &Subscriber, current: Option<&str>) -> Option<DateTime<Utc>> {
    let is_behind = current.is_some() && subscriber.has.as_deref() != current;
    match subscriber.lease_until {
        Some(until) if is_behind => Some(until.min(subscriber.next_attempt)),
        None if is_behind => Some(subscriber.next_attempt),
        until => until,
    }
}

/// Whether its lease has ended.
pub fn has_ended(subscriber: &Subscriber, now: DateTime<Utc>) -> bool {
    subscriber.lease_until.is_some_and(|until| until <= now)
}

/// A delivery of the document with this tag has ended. Returns whether the subscription goes on.
pub fn settle(subscriber: &mut Subscriber, tag: &str, outcome: Outcome, now: DateTime<Utc>) -> bool {
    match outcome {
        Outcome::Taken => {
            subscriber.has = Some(tag.to_owned());
            subscriber.delivered = Some(now);
            subscriber.attempts = 0;
            subscriber.next_attempt = now;
            subscriber.error = None;
        }
        Outcome::Gone if !subscriber.is_hub() => return false,
        Outcome::Gone => failed(subscriber, "answered 410 Gone".to_owned(), None, tag, now),
        Outcome::Failed { why, retry_after } => failed(subscriber, why, retry_after, tag, now),
    }
    true
}

fn failed(subscriber: &mut Subscriber, why: String, retry_after: Option<Duration>, tag: &str, now: DateTime<Utc>) {
    let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(subscriber.attempts)).min(LONGEST_RETRY);
    let wait = wait + jitter(subscriber, wait);
    let wait = wait.max(retry_after.unwrap_or_default().min(LONGEST_SILENCE));
    subscriber.error = Some(why);
    subscriber.attempts = subscriber.attempts.saturating_add(1);
    subscriber.next_attempt = after(now, wait);
    if subscriber.is_hub() && subscriber.attempts >= MOST_PINGS {
        subscriber.has = Some(tag.to_owned());
        subscriber.attempts = 0;
    }
}

/// A moment so much later, as the store keeps it.
pub fn after(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(TimeDelta::milliseconds(wait.num_milliseconds())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A share of a wait, by a measure of the subscriber and of the attempt.
fn jitter(subscriber: &Subscriber, wait: Duration) -> Duration {
    let measure = [subscriber.callback.as_url().as_str(), &subscriber.topic, &subscriber.attempts.to_string()].concat();
    let share = u32::try_from(xxh3_64(measure.as_bytes()) % 1_000).unwrap_or_default();
    wait / JITTER / 1_000 * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeedUrl;

    fn hour(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_729_468_800, 0).expect("a moment") + TimeDelta::hours(hours)
    }

    fn subscriber(callback: &str) -> Subscriber {
        Subscriber {
            lease_until: Some(hour(240)),
            has: Some("1".into()),
            next_attempt: hour(0),
            ..Subscriber::new("https://w.example/front.atom".into(), FeedUrl::parse(callback).expect("a URL"))
        }
    }

    fn failed() -> Outcome {
        Outcome::Failed { why: "answered 500".into(), retry_after: None }
    }

    #[test]
    fn only_who_has_another_document_is_sent_one() {
        let one = subscriber("https://r.example/");
        assert_eq!(next(&one, Some("1")), Some(hour(240)), "its lease ends");
        assert_eq!(next(&one, None), Some(hour(240)));
        assert_eq!(next(&one, Some("2")), Some(hour(0)));
        let late = Subscriber { next_attempt: hour(999), ..one.clone() };
        assert_eq!(next(&late, Some("2")), Some(hour(240)), "no attempt after the end of the lease");
        let hub = Subscriber { lease_until: None, ..one.clone() };
        assert_eq!((next(&hub, Some("1")), next(&hub, Some("2"))), (None, Some(hour(0))));
        assert!(has_ended(&one, hour(240)) && !has_ended(&one, hour(239)) && !has_ended(&hub, hour(9_999)));
    }

    #[test]
    fn a_subscriber_that_fails_is_tried_ever_more_rarely_until_it_takes_the_newest() {
        let mut one = subscriber("https://r.example/");
        let mut now = hour(0);
        for least in [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 21_600, 21_600] {
            assert!(settle(&mut one, "2", failed(), now));
            let wait = (one.next_attempt - now).num_seconds();
            assert!((least..=least * 5 / 4 + 1).contains(&wait), "{least}: {wait}");
            now = one.next_attempt;
        }
        assert_eq!((one.attempts, one.error.as_deref(), one.has.as_deref()), (15, Some("answered 500"), Some("1")));
        assert!(settle(&mut one, "9", Outcome::Taken, now));
        assert_eq!((one.attempts, one.error.as_deref(), one.has.as_deref()), (0, None, Some("9")));
        assert_eq!(one.delivered, Some(now));
    }

    #[test]
    fn subscribers_that_fail_together_are_not_tried_together() {
        let mut waits = std::collections::BTreeSet::new();
        for number in 0..100 {
            let mut one = subscriber(&format!("https://r.example/{number}"));
            one.attempts = 8;
            settle(&mut one, "2", failed(), hour(0));
            waits.insert((one.next_attempt - hour(0)).num_seconds());
        }
        assert!(waits.len() > 60, "{waits:?}");
    }

    #[test]
    fn what_a_subscriber_asks_for_is_heard_within_bounds() {
        for (asked, waits) in [(600, 600), (1, 5), (9_999_999, 86_400)] {
            let mut one = subscriber("https://r.example/");
            let retry_after = Some(Duration::from_secs(asked));
            settle(&mut one, "2", Outcome::Failed { why: "answered 503".into(), retry_after }, hour(0));
            let wait = (one.next_attempt - hour(0)).num_seconds();
            assert!((waits..=waits * 5 / 4 + 1).contains(&wait), "{asked}: {wait}");
        }
    }

    #[test]
    fn who_is_gone_is_forgotten_and_an_outside_hub_is_told_so_often_of_a_change() {
        assert!(!settle(&mut subscriber("https://r.example/"), "2", Outcome::Gone, hour(0)));
        let mut hub = Subscriber { lease_until: None, ..subscriber("https://h.example/") };
        for attempt in 1..MOST_PINGS {
            assert!(settle(&mut hub, "2", Outcome::Gone, hour(0)));
            assert_eq!((hub.attempts, hub.has.as_deref()), (attempt, Some("1")));
        }
        settle(&mut hub, "2", failed(), hour(0));
        assert_eq!((hub.attempts, next(&hub, Some("2"))), (0, None), "it is told no more of this change");
        assert!(hub.error.is_some() && next(&hub, Some("3")).is_some());
    }
}
