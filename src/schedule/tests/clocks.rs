//! Clocks that jump: no storm, no stall.

use super::*;

fn polling(next_check: DateTime<Utc>, last_attempt: Option<DateTime<Utc>>) -> Polling {
    Polling { next_check, last_attempt, ..Polling::never(SourceId::new("a").expect("a name")) }
}

/// Minutes from `now` until a source is due that was asked `asked` minutes from now and is to be asked at `next`.
fn due_in(asked: i64, next: i64) -> i64 {
    let at = |minutes| now() + TimeDelta::minutes(minutes);
    (resume(&web("a"), &polling(at(next), Some(at(asked))), now(), &schedule()) - now()).num_minutes()
}

#[test]
fn what_was_remembered_holds_after_a_restart() {
    assert_eq!(due_in(-20, 40), 40);
    assert_eq!(due_in(-200, -140), -140, "overdue");
    assert_eq!(due_in(-5, 0), 10, "not within the least interval of the last attempt");
    assert_eq!(due_in(-5, -100), 10);
}

#[test]
fn a_source_that_was_never_asked_is_due_at_once() {
    let never = Polling::never(SourceId::new("new").expect("a name"));
    assert!(resume(&web("new"), &never, now(), &schedule()) <= now());
    let ahead = polling(now() + TimeDelta::days(400), None);
    assert!(resume(&web("new"), &ahead, now(), &schedule()) <= now());
}

#[test]
fn a_clock_that_was_set_back_begins_the_wait_again() {
    const YEAR: i64 = 365 * 24 * 60;
    assert_eq!(due_in(YEAR, YEAR + 60), 60);
    assert_eq!(due_in(60, 120), 60, "an hour");
    assert_eq!(due_in(YEAR, YEAR), 15, "never sooner than the least interval");
    assert_eq!(due_in(-60, YEAR), 8 * 24 * 60 - 60, "a check that was set a year ahead by a wrong clock");
}

#[test]
fn the_wait_is_the_same_around_2038_and_the_changes_of_summer_time() {
    for time in ["2038-01-19T03:14:07Z", "2024-03-31T00:59:59Z", "2024-10-27T00:59:59Z", "2106-02-07T06:28:15Z"] {
        let now: DateTime<Utc> = time.parse().expect("a time");
        let next = next_check(&web("a"), answered(None, None), now, &schedule());
        assert_eq!(next - now, TimeDelta::from_std(delay(&web("a"), answered(None, None))).expect("short"), "{time}");
    }
}

proptest! {
    /// Asked at some time, the clock set by up to two years, looked at anew: neither at once nor never.
    #[test]
    fn no_jump_makes_a_storm_or_a_stall(
        seconds in 100_000_000_i64..4_000_000_000,
        jump in -63_072_000_i64..63_072_000,
        failures in 0_u32..20,
        adaptive in any::<bool>(),
        entries in 0.0_f32..1e6,
    ) {
        let schedule = Schedule { adaptive, ..schedule() };
        let asked = DateTime::from_timestamp(seconds, 0).expect("in range");
        let rhythm = Rhythm { at: Some(seconds), watched: 1e6, entries, ..UNKNOWN.clone() };
        let hints = PollHints::default();
        let outcome = match failures {
            0 => Outcome::Answered { fresh_for: None, hints, rhythm: &rhythm },
            _ => failed(failures, None),
        };
        let next = next_check(&web("a"), outcome, asked, &schedule);
        let now = asked + TimeDelta::seconds(jump);
        let due = resume(&web("a"), &polling(next, Some(asked)), now, &schedule);
        prop_assert!(due <= now + (next - asked), "no stall: it waits no longer than it would have");
        if jump <= 0 {
            prop_assert!(due >= after(now, schedule.min_interval), "no storm: nothing is asked at once");
        } else {
            prop_assert_eq!(due, next, "a clock that goes on is believed");
        }
        // What was learned does not stand in the way at the other time.
        let mut rhythm = rhythm;
        crate::schedule::rhythm::observe(&mut rhythm, &crate::model::Look { now, before: Some(asked), published: &[] });
        let then = next_check(&web("a"), Outcome::Answered { fresh_for: None, hints, rhythm: &rhythm }, now, &schedule);
        prop_assert!(then >= after(now, schedule.min_interval) && then <= after(now, schedule.max_interval));
    }
}
