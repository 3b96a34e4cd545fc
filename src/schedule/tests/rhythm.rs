//! What is learned of a source's rhythm, and what follows.

use chrono::Timelike;

use super::*;
use crate::model::Look;
use crate::schedule::rhythm::{observe, rate_per_day, wait};

const HOURS: f64 = 3_600.0;

/// Looks every `step` at a source that published at these times, given in hours, for `hours`.
fn watched(times: &[f64], step: f64, hours: f64) -> (Rhythm, DateTime<Utc>) {
    let at = |hour: f64| now() + TimeDelta::seconds((hour * HOURS) as i64);
    let mut rhythm = Rhythm::default();
    let (mut hour, mut before) = (0.0, None);
    while hour <= hours {
        let since = before.map_or(f64::MIN, |_| hour - step);
        let published: Vec<_> = times.iter().filter(|time| since < **time && **time <= hour).map(|t| at(*t)).collect();
        observe(&mut rhythm, &Look { now: at(hour), before, published: &published });
        (before, hour) = (Some(at(hour)), hour + step);
    }
    (rhythm, at(hours))
}

/// Hours until the next poll, where `interval` is an hour.
fn hours(rhythm: &Rhythm, now: DateTime<Utc>) -> f64 {
    wait(rhythm, now, HOURS, 24.0 * HOURS) / HOURS
}

fn every(pause: f64, hours: f64) -> Vec<f64> {
    (1..).map(|n| f64::from(n) * pause).take_while(|time| *time <= hours).collect()
}

#[test]
fn a_stranger_is_polled_every_interval() {
    assert!((hours(&UNKNOWN, now()) - 1.0).abs() < 0.01);
    // And one that was only looked at, and has no dates.
    let mut rhythm = Rhythm::default();
    observe(&mut rhythm, &Look { now: now(), before: None, published: &[now(); 30] });
    assert!((hours(&rhythm, now()) - 1.0).abs() < 0.01);
}

#[test]
fn the_wait_is_between_the_interval_and_the_pause_of_the_source() {
    for (pause, expected) in [(0.1, 0.32), (1.0, 1.0), (6.0, 2.45), (24.0, 4.9), (72.0, 8.5)] {
        let (rhythm, now) = watched(&every(pause, 1_440.0), 1.0, 1_440.0);
        // Over a day, since a regular source has a shape too.
        let mean: f64 = (0..24).map(|hour| hours(&rhythm, now + TimeDelta::hours(hour))).sum::<f64>() / 24.0;
        assert!(mean > expected * 0.6 && mean < expected * 1.7, "one every {pause} hours: {mean}, not {expected}");
    }
}

#[test]
fn a_source_that_falls_silent_is_polled_more_and_more_rarely() {
    let (rhythm, end) = watched(&every(1.0, 720.0), 1.0, 720.0);
    let waits: Vec<f64> = [0, 2, 7, 30, 90]
        .map(|days| {
            let mut rhythm = rhythm.clone();
            let now = end + TimeDelta::days(days);
            observe(&mut rhythm, &Look { now, before: Some(end), published: &[] });
            hours(&rhythm, now)
        })
        .into();
    assert!(waits.is_sorted() && waits[0] < 1.3 && waits[4] > 6.0, "{waits:?}");
}

#[test]
fn a_source_that_publishes_at_one_hour_is_asked_then() {
    // Five entries at 15:10 of every day, for eight weeks.
    let times: Vec<f64> = (0..56).flat_map(|day| [f64::from(day) * 24.0 + 3.17; 5]).collect();
    let (rhythm, end) = watched(&times, 1.0, 24.0 * 56.0);
    // A day's polls, each after the one before.
    let mut polls = Vec::new();
    let mut now = end;
    while now < end + TimeDelta::days(1) {
        now += TimeDelta::seconds((hours(&rhythm, now) * HOURS) as i64);
        polls.push(now.hour());
    }
    let about = polls.iter().filter(|hour| (14..=17).contains(*hour)).count();
    assert!(about * 2 >= polls.len() && polls.len() < 16, "{polls:?}");
}

#[test]
fn a_burst_is_followed() {
    let (quiet, end) = watched(&every(48.0, 960.0), 1.0, 961.0);
    let mut burst = quiet.clone();
    let published: Vec<_> = (0..10).map(|n| end + TimeDelta::minutes(n)).collect();
    let now = end + TimeDelta::minutes(20);
    observe(&mut burst, &Look { now, before: Some(end), published: &published });
    assert!(hours(&burst, now) * 2.0 < hours(&quiet, end), "{} {}", hours(&burst, now), hours(&quiet, end));
}

#[test]
fn a_first_document_tells_of_the_past_and_pinned_entries_do_not_mislead() {
    let mut published: Vec<_> = (1..30).map(|hour| now() - TimeDelta::hours(hour)).collect();
    published.push("2015-01-01T00:00:00Z".parse().expect("a time"));
    let mut rhythm = Rhythm::default();
    observe(&mut rhythm, &Look { now: now(), before: None, published: &published });
    let rate = rate_per_day(&rhythm, HOURS);
    assert!((20.0..28.0).contains(&rate), "one an hour is {rate} a day");
}

#[test]
fn an_entry_that_is_older_than_the_last_look_came_after_it() {
    // Dated to midnight, but not there at noon.
    let mut rhythm = Rhythm::default();
    observe(&mut rhythm, &Look { now: now(), before: None, published: &[] });
    let midnight = "2024-10-24T00:00:00Z".parse().expect("a time");
    observe(&mut rhythm, &Look { now: now() + 2 * HOUR, before: Some(now()), published: &[midnight] });
    assert_eq!((rhythm.hours[0], rhythm.hours[13] > 0.9), (0.0, true), "{rhythm:?}");
}

proptest! {
    #[test]
    fn no_history_gives_a_number_that_is_none(
        looks in proptest::collection::vec((any::<i32>(), proptest::collection::vec(any::<i32>(), 0..20)), 0..30),
        interval in 1.0_f64..1e7,
        longest in 1.0_f64..1e7,
    ) {
        let at = |hours: i32| DateTime::from_timestamp(i64::from(hours) * 360, 0).expect("in range");
        let mut rhythm = Rhythm::default();
        let mut before = None;
        for (now, published) in looks {
            let published: Vec<_> = published.into_iter().map(at).collect();
            observe(&mut rhythm, &Look { now: at(now), before, published: &published });
            before = Some(at(now));
            let wait = wait(&rhythm, at(now), interval, longest);
            prop_assert!((0.0..=longest).contains(&wait), "{wait} {rhythm:?}");
            prop_assert!(rate_per_day(&rhythm, interval) > 0.0);
        }
    }

    #[test]
    fn the_more_a_source_publishes_the_sooner_it_is_asked(few in 1_u32..200, more in 1_u32..200) {
        let of = |entries: u32| Rhythm { at: Some(0), watched: 1e6, entries: entries as f32, ..UNKNOWN.clone() };
        prop_assert!(hours(&of(few + more), now()) <= hours(&of(few), now()));
    }
}
