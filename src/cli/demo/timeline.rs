//! Plays weeks of news in minutes: the dates of all items in, the moment to show out.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// When each date of the news is played, counted from the start.
#[derive(Debug, Clone)]
pub(super) struct Timeline {
    /// In order of both.
    beats: Vec<(Duration, DateTime<Utc>)>,
}

/// The longest pause in the news that is played as a pause: a quiet week must not be a quiet minute.
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// The shortest: of items that come together, each is still to be seen coming.
const SHORTEST: Duration = Duration::from_secs(15 * 60);

impl Timeline {
    /// Fits these dates into a time: the first is played at once, the last at the end.
    ///
    /// Their order stays. Pauses keep their proportion between `SHORTEST` and `LONGEST`, so that none takes
    /// more than twelve times as long as another.
    pub(super) fn new(dates: impl Iterator<Item = DateTime<Utc>>, duration: Duration) -> Self {
        let mut dates: Vec<_> = dates.collect();
        dates.sort_unstable();
        dates.dedup();
        let pauses: Vec<Duration> = dates
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).to_std().unwrap_or_default().clamp(SHORTEST, LONGEST))
            .collect();
        let total: Duration = pauses.iter().sum();
        let mut passed = Duration::ZERO;
        let mut beats = Vec::with_capacity(dates.len());
        for (index, date) in dates.into_iter().enumerate() {
            if index > 0 {
                passed += pauses[index - 1];
                beats.push((duration.mul_f64(passed.as_secs_f64() / total.as_secs_f64()), date));
            } else {
                beats.push((Duration::ZERO, date));
            }
        }
        Self { beats }
    }

    /// The moment of the news that is shown after this time; before all news when there are no dates.
    pub(super) fn moment(&self, elapsed: Duration) -> DateTime<Utc> {
        let played = self.beats.partition_point(|&(at, _)| at <= elapsed);
        played.checked_sub(1).and_then(|last| self.beats.get(last)).map_or(DateTime::<Utc>::MIN_UTC, |&(_, date)| date)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("in range")
    }

    #[test]
    fn a_quiet_week_is_not_a_quiet_minute() {
        let hour = 3600;
        let week = 7 * 24 * hour;
        let dates = [0, hour, 2 * hour, 2 * hour + week, 3 * hour + week].map(at);
        // Pauses of 1, 1, 3 (cut down from 168) and 1 hours in 60 seconds: 10, 10, 30 and 10.
        let timeline = Timeline::new(dates.into_iter().rev(), Duration::from_secs(60));
        let played: Vec<_> = [0, 9, 11, 21, 49, 51, 59, 60, 3600]
            .map(|second| dates.iter().position(|&date| date == timeline.moment(Duration::from_secs(second))))
            .into();
        assert_eq!(played, [0, 0, 1, 2, 2, 3, 3, 4, 4].map(Some));
    }

    #[test]
    fn without_dates_nothing_is_held_back_nor_played() {
        let timeline = Timeline::new(std::iter::empty(), Duration::from_secs(60));
        assert_eq!(timeline.moment(Duration::MAX), DateTime::<Utc>::MIN_UTC);
        let timeline = Timeline::new([at(5), at(5)].into_iter(), Duration::ZERO);
        assert_eq!(timeline.moment(Duration::ZERO), at(5));
    }

    proptest! {
        #[test]
        fn every_item_is_played_in_order_within_the_duration(
            seconds in proptest::collection::vec(0_i64..4_000_000_000, 1..200),
            duration in 1_u64..100_000,
        ) {
            let duration = Duration::from_secs(duration);
            let timeline = Timeline::new(seconds.iter().map(|&second| at(second)), duration);
            prop_assert_eq!(timeline.moment(Duration::ZERO), at(*seconds.iter().min().expect("some")));
            // The sum of many parts may miss the end by a rounding.
            let end = duration + Duration::from_micros(1);
            prop_assert_eq!(timeline.moment(end), at(*seconds.iter().max().expect("some")));
            prop_assert!(timeline.beats.is_sorted());
            let longest = timeline.beats.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap_or_default();
            let even = duration.as_secs_f64() / timeline.beats.len().saturating_sub(1).max(1) as f64;
            prop_assert!(longest.as_secs_f64() <= even * 12.0 + 1e-6);
        }
    }
}
