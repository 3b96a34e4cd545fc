//! A subscription's life, moment by moment.

use url::Url;

use super::*;
use crate::model::{FeedUrl, Secret, SourceId};

fn hour(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_729_468_800, 0).expect("a moment") + TimeDelta::hours(hours)
}

fn requested() -> Subscription {
    Subscription {
        source: SourceId::new("f").expect("a name"),
        token: Secret::new("token"),
        secret: None,
        hub: FeedUrl::parse("https://hub.example/").expect("a URL"),
        topic: "https://f.example/feed".into(),
        site: Url::parse("https://w.example/").expect("a URL"),
        state: SubscriptionState::Requested,
        lease_until: None,
        next_attempt: hour(0),
        attempts: 0,
        error: None,
        delivered: None,
        missed: 0,
    }
}

fn active(lease_hours: u64) -> Subscription {
    let mut subscription = requested();
    verified(&mut subscription, Some(Duration::from_secs(lease_hours * 3_600)), hour(0));
    subscription
}

fn wait(subscription: &Subscription, now: DateTime<Utc>) -> i64 {
    (subscription.next_attempt - now).num_minutes()
}

#[test]
fn a_hub_that_does_not_verify_is_asked_ever_more_rarely() {
    let mut subscription = requested();
    let mut now = hour(0);
    for least in [15, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440] {
        assert!(attempt(&mut subscription, now));
        let wait = wait(&subscription, now);
        assert!((least..=least * 11 / 10 + 1).contains(&wait), "{least}: {wait}");
        now = subscription.next_attempt;
    }
    refused(&mut subscription, "closed".into(), Some(Duration::from_secs(99 * 86_400)), now);
    assert_eq!((subscription.error.as_deref(), wait(&subscription, now)), (Some("closed"), 1440), "a day at most");
    refused(&mut subscription, "closed".into(), Some(Duration::from_secs(60)), now);
    assert_eq!(wait(&subscription, now), 1440, "and never sooner");
    accepted(&mut subscription);
    assert_eq!(subscription.error, None);
}

#[test]
fn a_lease_is_renewed_when_four_fifths_are_over_within_bounds() {
    for (lease, until, renewal) in [
        (Some(864_000), 864_000, 691_200),
        (Some(3_600), 3_600, 2_880),
        (Some(60), 60, 900),
        (Some(0), 0, 900),
        (Some(u64::MAX), 2_592_000, 2_073_600),
        (None, 864_000, 691_200),
    ] {
        let mut subscription = Subscription { attempts: 7, error: Some("closed".into()), ..requested() };
        verified(&mut subscription, lease.map(Duration::from_secs), hour(0));
        let [until, renewal] = [until, renewal].map(|seconds| hour(0) + TimeDelta::seconds(seconds));
        assert_eq!((subscription.lease_until, subscription.next_attempt), (Some(until), renewal), "{lease:?}");
        assert_eq!((subscription.state, subscription.attempts), (SubscriptionState::Active, 0));
        assert_eq!(subscription.error, None);
    }
}

#[test]
fn a_hub_is_relied_on_when_it_has_delivered_and_until_it_misses_something_or_the_lease_ends() {
    let mut subscription = active(240);
    assert_eq!(relied_on(&subscription, hour(1)), None, "it has proved nothing");
    delivered(&mut subscription, hour(1));
    assert_eq!(relied_on(&subscription, hour(2)), Some(hour(240)));
    assert_eq!(relied_on(&subscription, hour(240)), None);
    assert!(polled(&mut subscription, &[hour(3)], hour(24)));
    assert_eq!(relied_on(&subscription, hour(24)), None);
    assert_eq!(subscription.next_attempt, hour(192));
    assert!(polled(&mut subscription, &[hour(24)], hour(25)));
    assert_eq!(subscription.next_attempt, hour(25), "it is asked anew");
    delivered(&mut subscription, hour(26));
    assert_eq!(relied_on(&subscription, hour(26)), Some(hour(240)));
    denied(&mut subscription, Some("no more"), hour(27));
    assert_eq!(relied_on(&subscription, hour(27)), None);
    assert!(wait(&subscription, hour(27)) >= 7 * 1440);
}

#[test]
fn news_counts_as_missed_only_when_it_had_time_to_come() {
    let check = |delivered: Option<i64>, published: &[i64], expected: bool| {
        let minutes = |minutes: i64| hour(24) - TimeDelta::minutes(minutes);
        let mut subscription = Subscription { delivered: delivered.map(minutes), ..active(240) };
        let published: Vec<_> = published.iter().map(|before| minutes(*before)).collect();
        assert_eq!(polled(&mut subscription, &published, hour(24)), expected, "{delivered:?} {published:?}");
    };
    check(Some(60), &[], false);
    check(Some(60), &[9], false);
    check(Some(60), &[10], true);
    check(Some(60), &[1, 30], true);
    check(Some(60), &[0], true); // Without a date: as old as the poll.
    check(Some(9), &[30], false);
    check(None, &[30], true);
    assert!(!polled(&mut requested(), &[hour(1)], hour(24)), "nothing was promised");
    assert!(!polled(&mut active(20), &[hour(1)], hour(24)), "nothing is promised any more");
}

#[test]
fn a_hub_is_told_three_times_that_nothing_is_wanted() {
    let mut subscription = active(240);
    leave(&mut subscription, hour(5));
    assert_eq!((subscription.next_attempt, subscription.lease_until), (hour(5), None));
    for _ in 0..3 {
        let now = subscription.next_attempt;
        assert!(attempt(&mut subscription, now));
    }
    // It does not come back by what a hub says.
    verified(&mut subscription, None, hour(6));
    denied(&mut subscription, None, hour(6));
    assert_eq!(subscription.state, SubscriptionState::Leaving);
    let now = subscription.next_attempt;
    assert!(!attempt(&mut subscription, now));
}
