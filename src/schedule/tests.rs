//! When sources are polled, case by case and for all cases.

mod clocks;
mod queue;
mod rhythm;
mod skip;

use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::model::{FeedUrl, Publisher};

static UNKNOWN: Rhythm = Rhythm { at: None, watched: 0.0, entries: 0.0, recent: 0.0, hours: [0.0; 24], days: [0.0; 7] };

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

fn schedule() -> Schedule {
    Schedule {
        interval: HOUR,
        min_interval: 15 * MINUTE,
        max_interval: DAY,
        adaptive: false,
        local_interval: 2 * MINUTE,
        expire_after: 90 * DAY,
    }
}

fn source(name: &str, location: Location) -> Source {
    Source::new(SourceId::new(name).expect("a name"), location, Publisher::own())
}

fn web(name: &str) -> Source {
    source(name, Location::Web(FeedUrl::parse("https://a.example/feed").expect("a URL")))
}

fn now() -> DateTime<Utc> {
    "2024-10-24T12:00:00Z".parse().expect("a time")
}

fn delay(source: &Source, outcome: Outcome<'_>) -> Duration {
    (next_check(source, outcome, now(), &schedule()) - now()).to_std().expect("later")
}

fn answered(fresh_for: Option<Duration>, ttl: Option<Duration>) -> Outcome<'static> {
    let hints = PollHints { keep_for: ttl, ..PollHints::default() };
    Outcome::Answered { fresh_for, hints, rhythm: &UNKNOWN }
}

fn failed(failures: u32, retry_after: Option<Duration>) -> Outcome<'static> {
    Outcome::Failed { failures, retry_after }
}

/// The delay lies in a range, for many sources, and they do not all choose the same.
#[track_caller]
fn check(outcome: Outcome<'_>, from: Duration, to: Duration) {
    let delays: Vec<Duration> = (0..100).map(|n| delay(&web(&format!("source-{n}")), outcome)).collect();
    for &delay in &delays {
        assert!(from <= delay && delay <= to, "{outcome:?}: {delay:?} is not in {from:?} to {to:?}");
    }
    if from < to {
        let (first, last) = (delays.iter().min().expect("some"), delays.iter().max().expect("some"));
        assert!((*last - *first) * 2 > to - from, "{outcome:?}: from {first:?} to {last:?} only");
    }
}

#[test]
fn sources_that_answer_are_polled_as_often_as_they_and_the_editor_like() {
    check(answered(None, None), HOUR, 66 * MINUTE);
    check(answered(Some(5 * MINUTE), None), HOUR, 66 * MINUTE);
    check(answered(Some(3 * HOUR), None), 3 * HOUR, 198 * MINUTE);
    check(answered(None, Some(3 * HOUR)), 3 * HOUR, 198 * MINUTE);
    check(answered(Some(2 * HOUR), Some(3 * HOUR)), 3 * HOUR, 198 * MINUTE);
    check(answered(Some(365 * DAY), None), DAY, DAY);
    check(answered(Some(Duration::MAX), Some(Duration::MAX)), DAY, DAY);
}

#[test]
fn a_source_whose_hub_tells_what_is_new_is_polled_when_the_lease_ends_at_the_latest() {
    let next = |outcome, until: Duration| {
        let next = while_pushed(&web("a"), outcome, [now(), now() + until], &schedule()) - now();
        next.to_std().expect("later")
    };
    let check = |outcome, until, from: Duration, to: Duration| {
        let next = next(outcome, until);
        assert!((from..=to).contains(&next), "{outcome:?} {until:?}: {next:?}");
    };
    check(answered(None, None), 9 * DAY, DAY * 9 / 10, DAY);
    check(answered(None, None), 7 * HOUR, 7 * HOUR, 7 * HOUR);
    check(answered(None, None), MINUTE, HOUR, 66 * MINUTE);
    check(answered(Some(3 * HOUR), None), 2 * HOUR, 3 * HOUR, 198 * MINUTE);
    check(failed(1, None), 9 * DAY, 15 * MINUTE, 19 * MINUTE);
}

#[test]
fn sources_that_fail_are_left_alone_for_longer_and_longer() {
    check(failed(1, None), 15 * MINUTE, 15 * MINUTE * 5 / 4);
    check(failed(2, None), 30 * MINUTE, 30 * MINUTE * 5 / 4);
    check(failed(5, None), 4 * HOUR, 5 * HOUR);
    check(failed(8, None), 18 * HOUR, DAY * 15 / 16);
    check(failed(u32::MAX, None), 18 * HOUR, DAY * 15 / 16);
    check(failed(0, None), 15 * MINUTE, 15 * MINUTE * 5 / 4);
}

#[test]
fn servers_that_say_when_to_come_back_are_believed_within_bounds() {
    check(failed(1, Some(MINUTE)), 15 * MINUTE, 15 * MINUTE * 5 / 4);
    check(failed(1, Some(2 * HOUR)), 2 * HOUR, 150 * MINUTE);
    check(failed(5, Some(2 * HOUR)), 4 * HOUR, 5 * HOUR);
    check(failed(9, Some(20 * HOUR)), 20 * HOUR, DAY * 15 / 16);
    check(failed(1, Some(3650 * DAY)), DAY, DAY);
}

#[test]
fn sources_that_are_gone_wait_as_long_as_there_is() {
    check(Outcome::Gone, DAY, DAY);
}

#[test]
fn local_files_are_looked_at_often() {
    for location in [Location::File(PathBuf::from("a.xml")), Location::Articles(PathBuf::from("articles"))] {
        let source = source("local", location);
        for outcome in [answered(None, Some(DAY)), failed(9, None), Outcome::Gone] {
            assert_eq!(delay(&source, outcome), 2 * MINUTE);
        }
    }
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![(0_u64..200_000).prop_map(Duration::from_secs), any::<u64>().prop_map(Duration::from_secs)]
}

fn outcomes() -> impl Strategy<Value = Outcome<'static>> {
    let maybe = || proptest::option::of(durations());
    prop_oneof![
        (maybe(), maybe()).prop_map(|(fresh_for, ttl)| answered(fresh_for, ttl)),
        Just(Outcome::Gone),
        (any::<u32>(), maybe()).prop_map(|(failures, retry_after)| failed(failures, retry_after)),
    ]
}

proptest! {
    #[test]
    fn no_source_is_polled_sooner_or_later_than_the_editor_allows(
        name in "[a-z0-9]{1,20}",
        outcome in outcomes(),
        interval in durations(),
        min_interval in durations(),
        max_interval in durations(),
        adaptive in any::<bool>(),
        seconds in 0_i64..4_000_000_000,
    ) {
        let schedule = Schedule { interval, min_interval, max_interval, adaptive, ..schedule() };
        let now = DateTime::from_timestamp(seconds, 0).expect("in range");
        let next = next_check(&web(&name), outcome, now, &schedule);
        prop_assert!(next >= after(now, min_interval));
        prop_assert!(next <= after(now, max_interval.max(min_interval)));
        prop_assert_eq!(next, next_check(&web(&name), outcome, now, &schedule), "the same again");
    }

    #[test]
    fn failures_wait_longer_and_longer_and_the_first_success_ends_it(name in "[a-z0-9]{1,20}", failures in 1_u32..40) {
        let source = web(&name);
        let [one, two] = [failures, failures + 2].map(|failures| delay(&source, failed(failures, None)));
        prop_assert!(two >= one.min(DAY * 3 / 4), "{one:?}, then {two:?}");
        prop_assert!(delay(&source, answered(None, None)) <= HOUR * 11 / 10);
    }
}
