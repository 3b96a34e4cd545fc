//! Hours and days that a feed wants to be left alone in.

use super::*;

fn next(hours: &[u32], days: &[u8], time: &str, fixed: Schedule) -> String {
    let hints = PollHints {
        keep_for: None,
        skip_hours: hours.iter().fold(0, |set, hour| set | 1 << hour),
        skip_days: days.iter().fold(0, |set, day| set | 1 << day),
    };
    let outcome = Outcome::Answered { fresh_for: None, hints, rhythm: &UNKNOWN };
    let next = next_check(&web("a"), outcome, time.parse().expect("a time"), &fixed);
    // The source's own share moves it by minutes.
    next.format("%a %H").to_string()
}

#[test]
fn skipped_hours_and_days_are_left_out_in_utc() {
    let night: Vec<u32> = (0..6).chain([23]).collect();
    let all_hours: Vec<u32> = (0..24).collect();
    let (saturday, sunday) = (5, 6);
    // 24 October 2024 was a Thursday. Each is polled an hour later, or when what is skipped ends.
    for (hours, days, time, expected) in [
        (&[][..], &[][..], "2024-10-24T12:30:00Z", "Thu 13"),
        (&[13], &[], "2024-10-24T12:30:00Z", "Thu 14"),
        (&[13, 14, 15], &[], "2024-10-24T12:30:00Z", "Thu 16"),
        (&[12], &[], "2024-10-24T12:30:00Z", "Thu 13"),
        (&night, &[], "2024-10-24T22:10:00Z", "Fri 06"),
        (&night, &[saturday, sunday], "2024-10-25T22:10:00Z", "Mon 06"),
        (&[], &[saturday, sunday], "2024-10-26T12:00:00Z", "Mon 00"),
        (&[], &[3], "2024-10-24T12:00:00Z", "Fri 00"),
        // All of them are none of them.
        (&all_hours, &[], "2024-10-24T12:30:00Z", "Thu 13"),
        (&[], &[0, 1, 2, 3, 4, 5, 6], "2024-10-24T12:30:00Z", "Thu 13"),
        (&all_hours, &[3], "2024-10-24T12:30:00Z", "Fri 00"),
        // Summer time ends in Europe and begins nowhere here: hours are those of UTC.
        (&[1], &[], "2024-10-27T00:10:00Z", "Sun 02"),
        // Six days and 23 hours.
        (&all_hours[1..], &[0, 1, 2, 4, 5, 6], "2024-10-24T00:30:00Z", "Thu 00"),
    ] {
        assert_eq!(next(hours, days, time, schedule()), expected, "{hours:?} {days:?} {time}");
    }
}

proptest! {
    #[test]
    fn what_is_skipped_is_never_asked_and_always_ends(
        skip_hours in any::<u32>(),
        skip_days in any::<u8>(),
        seconds in 0_i64..8_000_000_000,
        name in "[a-z]{1,9}",
    ) {
        let now = DateTime::from_timestamp(seconds, 0).expect("in range");
        let hints = PollHints { keep_for: None, skip_hours, skip_days };
        let next = next_check(&web(&name), Outcome::Answered { fresh_for: None, hints, rhythm: &UNKNOWN }, now, &schedule());
        prop_assert!(next - now <= TimeDelta::days(8), "{next}");
        prop_assert!(next - now >= TimeDelta::hours(1));
        use chrono::{Datelike, Timelike};
        if skip_hours.trailing_ones() < 24 {
            prop_assert_eq!(skip_hours >> next.hour() & 1, 0);
        }
        if skip_days.trailing_ones() < 7 {
            prop_assert_eq!(skip_days >> next.weekday().num_days_from_monday() & 1, 0);
        }
    }
}
