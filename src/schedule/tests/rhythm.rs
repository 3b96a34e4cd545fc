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
fn at_a_constant_rate_the_wait_is_the_root_of_interval_times_pause() {
    // Of a source of which so many entries are known and no time: one an hour more than there are.
    for (entries, interval, expected) in [
        (0.0, 1.0, 1.0),
        (3.0, 1.0, 0.5),
        (24.0, 1.0, 0.2),
        (99.0, 1.0, 0.1),
        (0.0, 6.0, 6.0),
        (3.0, 10.0, 5.0),
        (0.0, 20.0, 20.0),
        (0.0, 30.0, 24.0),
        (0.0, 700.0, 24.0),
    ] {
        let rhythm = Rhythm { entries, ..UNKNOWN.clone() };
        for minutes in [0, 1, 29, 59] {
            let wait = wait(&rhythm, now() + TimeDelta::minutes(minutes), interval * HOURS, 24.0 * HOURS) / HOURS;
            assert!((wait - expected).abs() < 1e-6, "{entries} entries, every {interval} h: {wait}, not {expected}");
        }
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
fn a_daily_source_that_is_asked_once_a_day_is_asked_when_it_has_published() {
    let times: Vec<f64> = (0..42).map(|day| f64::from(day) * 24.0 + 3.17).collect();
    let (rhythm, end) = watched(&times, 1.0, 24.0 * 42.0);
    for hour in 0..24 {
        let mut now = end + TimeDelta::hours(hour);
        let polls: Vec<u32> = std::iter::repeat_with(|| {
            now += TimeDelta::seconds(wait(&rhythm, now, 16.0 * HOURS, 24.0 * HOURS) as i64);
            now.hour()
        })
        .take(10)
        .collect();
        // Whenever the first one was.
        assert!(polls[5..].iter().all(|hour| (16..=18).contains(hour)), "it publishes at 15:10; asked at {polls:?}");
    }
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
    let rate = rate_per_day(&rhythm, now(), HOURS);
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
            prop_assert!(rate_per_day(&rhythm, at(now), interval) > 0.0);
        }
    }

    #[test]
    fn the_more_a_source_publishes_the_sooner_it_is_asked(
        few in 1_u32..200,
        more in 1_u32..200,
        hours in any::<[u8; 24]>(),
        days in any::<[u8; 7]>(),
        minutes in 0_i64..10_080,
        interval in 0.1_f64..200.0,
    ) {
        let (hours, days) = (hours.map(f32::from), days.map(f32::from));
        let now = now() + TimeDelta::minutes(minutes);
        let of = |entries: u32| {
            let rhythm = Rhythm { at: None, watched: 1e6, entries: entries as f32, recent: 0.0, hours, days };
            wait(&rhythm, now, interval * HOURS, 24.0 * HOURS)
        };
        prop_assert!(of(few + more) <= of(few) + 1e-6);
    }

    /// Adds up, minute by minute, what the rule says of each: no other one costs less.
    #[test]
    fn the_wait_is_the_best_of_all_moments(
        entries in 0_u32..3_000,
        hours in any::<[u8; 24]>(),
        minutes in 0_i64..1_440,
        interval in 0.5_f64..100.0,
    ) {
        let hours = hours.map(f32::from);
        let rhythm = Rhythm { at: None, watched: 0.0, entries: entries as f32, recent: 0.0, hours, ..UNKNOWN.clone() };
        let (now, longest) = (now() + TimeDelta::minutes(minutes), 1_440);
        let all: f64 = rhythm.hours.iter().map(|count| f64::from(*count)).sum();
        let rate = |minute: i64| {
            let hour = (now + TimeDelta::minutes(minute)).hour() as usize;
            let count = |hour: usize| f64::from(rhythm.hours[hour % 24]);
            let blurred = count(hour) / 2.0 + (count(hour + 1) + count(hour + 23)) / 4.0;
            (1.0 + f64::from(entries)) / interval / 60.0 * (24.0 * blurred + 12.0) / (all + 12.0)
        };
        let interval = interval * 60.0;
        let costs: Vec<f64> = (0..longest).scan((0.0, 0.0), |(waiting, sum), minute| {
            let rate = rate(minute);
            let pause = (interval / rate).sqrt().min(longest as f64);
            *sum += *waiting + rate / 2.0 - interval / 2.0 / pause - rate * pause / 2.0;
            *waiting += rate;
            Some(*sum)
        }).collect();
        let wait = wait(&rhythm, now, interval * 60.0, longest as f64 * 60.0) / 60.0;
        let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
        let beside = [wait.floor() as usize, wait.ceil() as usize].map(|minute| costs[minute.clamp(1, 1_440) - 1]);
        // The best moment may lie between two minutes; a minute more or less costs no more than what comes in it waits.
        let most = (0..longest).map(rate).fold(0.0, f64::max);
        prop_assert!(beside[0].min(beside[1]) <= least + most, "{wait} min: {beside:?}, {least}");
    }
}
