//! Orders of arrival: how far it matters in which order, and in what company, entries come.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::labelled::Labelled;
use super::metrics::{Measure, measures};
use crate::model::StoryId;

/// How entries arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    /// Every entry comes late by a time of its own, up to `within`: as from sources that are polled one after the other.
    pub(super) shuffle: Option<u64>,
    pub(super) within: Duration,
    /// So many are decided on together, in order of their publication, as the desk does with what has arrived.
    pub(super) batch: usize,
}

/// The numbers of the entries, which are in order of time, in the order in which they are filed.
pub(super) fn order(entries: &[Labelled], arrival: Arrival) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    if let Some(seed) = arrival.shuffle {
        let most = u64::try_from(arrival.within.as_millis()).unwrap_or(u64::MAX).max(1);
        order.sort_by_cached_key(|&at| {
            let entry = &entries[at];
            let late = xxh3_64_with_seed(&entry.entry.id.0, seed) % most;
            let late = TimeDelta::try_milliseconds(i64::try_from(late).unwrap_or(i64::MAX)).unwrap_or_default();
            (entry.time.checked_add_signed(late).unwrap_or(entry.time), at)
        });
    }
    for batch in order.chunks_mut(arrival.batch.max(1)) {
        if batch.len() > 1 {
            batch.sort_by_key(|&at| (entries[at].entry.published, entries[at].entry.id));
        }
    }
    order
}

/// What another order changed.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Difference {
    /// What the order of time gives.
    pub(super) in_order: Measure,
    /// How well the stories of the two orders agree, those in order of time taken as the true ones: BCubed.
    pub(super) agreement: Measure,
    /// The share of the entries that have other companions than in order of time.
    pub(super) moved: f64,
}

/// Compares stories found in order of time with those found in another order, both in the order of the entries.
pub(super) fn difference(in_order: Measure, ordered: &[StoryId], other: &[StoryId]) -> Difference {
    let pairs = || ordered.iter().map(StoryId::as_str).zip(other.iter().map(StoryId::as_str));
    let mut companions: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut sizes: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for (a, b) in pairs() {
        *companions.entry((a, b)).or_default() += 1;
        *sizes.entry((false, a)).or_default() += 1;
        *sizes.entry((true, b)).or_default() += 1;
    }
    let moved: usize = companions
        .iter()
        .filter(|((a, b), count)| sizes.get(&(false, *a)) != Some(*count) || sizes.get(&(true, *b)) != Some(*count))
        .map(|(_, count)| count)
        .sum();
    Difference { in_order, agreement: measures(pairs()).bcubed, moved: moved as f64 / ordered.len().max(1) as f64 }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::labelled::read;
    use super::*;

    fn entries() -> Vec<Labelled> {
        let line = |minute| {
            format!(r#"{{"id":"e{minute}","time":"2024-10-18T08:{minute:02}:00Z","title":"T {minute}","story":"s"}}"#)
        };
        let lines: Vec<String> = (0..60).map(line).collect();
        read(lines.join("\n").as_bytes(), Path::new("some.jsonl")).expect("entries")
    }

    #[test]
    fn entries_come_late_by_no_more_than_they_are_told() {
        let entries = entries();
        let plain = Arrival { shuffle: None, within: Duration::from_secs(600), batch: 1 };
        let in_time: Vec<usize> = (0..60).collect();
        assert_eq!(order(&entries, plain), in_time);
        let shuffled = order(&entries, Arrival { shuffle: Some(7), ..plain });
        assert_ne!(shuffled, in_time);
        assert_eq!(shuffled, order(&entries, Arrival { shuffle: Some(7), ..plain }), "the same every time");
        assert_ne!(shuffled, order(&entries, Arrival { shuffle: Some(8), ..plain }));
        for (place, at) in shuffled.into_iter().enumerate() {
            assert!(place.abs_diff(at) <= 10, "{at} came as number {place}");
        }
        // All in one batch: the desk puts them in order of publication again.
        assert_eq!(order(&entries, Arrival { shuffle: Some(7), batch: 60, ..plain }), in_time);
    }

    #[test]
    fn what_an_order_changes_is_counted() {
        let measure = measures([("a", "x")]).bcubed;
        let stories = |names: &str| names.split(' ').map(StoryId::stored).collect::<Vec<_>>();
        let same = difference(measure, &stories("p p q"), &stories("x x y"));
        assert_eq!((same.agreement.f1, same.moved), (1.0, 0.0));
        let other = difference(measure, &stories("p p q r"), &stories("x y y z"));
        assert_eq!(other.moved, 0.75);
        assert!(other.agreement.f1 < 1.0);
    }
}
