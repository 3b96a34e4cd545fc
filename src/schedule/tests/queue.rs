//! The order in which sources are due.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::model::{Sources, by_id};

fn name(number: usize) -> String {
    format!("source-{number}")
}

fn id(number: usize) -> SourceId {
    SourceId::new(&name(number)).expect("a name")
}

/// A queue, and the sources that may wait in it.
struct Desk {
    sources: Sources,
    queue: Queue,
}

impl Desk {
    fn of(sources: impl IntoIterator<Item = Source>) -> Self {
        let sources = by_id(sources);
        Self { queue: Queue::of(&sources), sources }
    }

    fn put(&mut self, number: usize, at: DateTime<Utc>) {
        self.queue.put(&self.sources[&id(number)], at);
    }

    fn hasten(&mut self, number: usize, at: DateTime<Utc>) -> bool {
        self.queue.hasten(&self.sources[&id(number)], at)
    }
}

impl std::ops::Deref for Desk {
    type Target = Queue;

    fn deref(&self) -> &Queue {
        &self.queue
    }
}

impl std::ops::DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Queue {
        &mut self.queue
    }
}

/// An empty queue for sources of these numbers.
fn queue(numbers: impl IntoIterator<Item = usize>) -> Desk {
    Desk::of(numbers.into_iter().map(|number| web(&name(number))))
}

fn ids(taken: &[Arc<Source>]) -> Vec<SourceId> {
    taken.iter().map(|source| source.id.clone()).collect()
}

fn filled(number: usize) -> Desk {
    let mut queue = queue(0..2 * number);
    (0..number).for_each(|n| queue.put(n, DateTime::UNIX_EPOCH));
    queue
}

#[test]
fn the_longest_due_comes_first_and_what_was_put_again_counts_once() {
    let mut queue = queue(1..=4);
    queue.put(1, now() + TimeDelta::hours(1));
    queue.put(2, now() - TimeDelta::hours(1));
    queue.put(3, now() - TimeDelta::hours(2));
    queue.put(1, now());
    queue.put(4, now() + TimeDelta::hours(9));
    assert_eq!(queue.next(), Some(now() - TimeDelta::hours(2)));
    assert_eq!(ids(&queue.take_due(now())), [id(3), id(2), id(1)]);
    assert_eq!(ids(&queue.take_due(now())), []);
    assert_eq!(queue.next(), Some(now() + TimeDelta::hours(9)));
}

#[test]
fn a_source_that_waits_is_moved_to_a_sooner_time_only() {
    let mut queue = queue(1..=4);
    queue.put(1, now() + TimeDelta::hours(2));
    assert!(queue.hasten(1, now() + TimeDelta::hours(3)));
    assert_eq!(queue.next(), Some(now() + TimeDelta::hours(2)));
    assert!(queue.hasten(1, now()) && !queue.hasten(2, now()));
    assert_eq!(ids(&queue.take_due(now())), [id(1)], "who does not wait is being asked");
}

#[test]
fn of_one_time_names_decide_and_who_is_not_of_the_queue_is_left_out() {
    let mut queue = queue([3, 1, 2]);
    for number in [2, 3, 1] {
        queue.put(number, now());
    }
    // By its number, it would be another one.
    let stranger = web(&name(9));
    queue.queue.put(&stranger, now() - HOUR);
    assert!(!queue.queue.hasten(&stranger, now() - HOUR));
    assert_eq!(ids(&queue.take_due(now())), [id(1), id(2), id(3)]);
}

#[test]
fn first_polls_of_many_sources_are_spread_and_each_comes() {
    let mut queue = filled(10_000);
    let first = queue.take_some(now(), 256, &schedule());
    assert_eq!(first.len(), 256);
    let mut taken: BTreeSet<SourceId> = ids(&first).into_iter().collect();
    for minute in 1..=15 {
        let some = queue.take_some(now() + MINUTE * minute, 256, &schedule());
        assert!((400..1_000).contains(&some.len()), "minute {minute}: {}", some.len());
        taken.extend(ids(&some));
    }
    assert_eq!(taken.len(), 10_000, "all of them within the least interval, none put off twice");
    assert_eq!(queue.next(), None);
}

#[test]
fn all_are_taken_whether_they_wait_or_not() {
    let mut queue = queue(1..=3);
    queue.put(2, now() + HOUR);
    assert_eq!(ids(&queue.take_all()), [id(1), id(2), id(3)]);
    assert_eq!((queue.next(), queue.hasten(2, now())), (None, false));
}

#[test]
fn first_polls_of_few_sources_come_at_once() {
    assert_eq!(filled(256).take_some(now(), 256, &schedule()).len(), 256);
}

#[test]
fn local_sources_are_looked_at_however_many_are_due() {
    let file = |number: usize| source(&name(number), Location::File(PathBuf::from("feed.xml")));
    let sources = (0..1_000).map(|number| web(&name(number))).chain((1_000..2_000).map(file));
    let mut queue = Desk::of(sources);
    (0..2_000).for_each(|n| queue.put(n, now()));
    assert_eq!(queue.take_some(now(), 10, &schedule()).len(), 1_010);
}

/// The time that taking takes must not grow with what is not due.
#[test]
fn what_is_not_due_costs_nothing() {
    let time = |others: usize| {
        let mut queue = queue(0..others + 20);
        (0..others).for_each(|n| queue.put(n, now() + HOUR));
        let mut least = Duration::MAX;
        for _ in 0..200 {
            (0..20).for_each(|n| queue.put(others + n, now()));
            #[expect(clippy::disallowed_methods, reason = "measures time")]
            let start = std::time::Instant::now();
            assert_eq!(queue.take_some(now(), 256, &schedule()).len(), 20);
            least = least.min(start.elapsed());
        }
        least
    };
    let (few, many) = (time(100), time(100_000));
    assert!(many < few * 20, "20 of 120 took {few:?}, 20 of 100,020 took {many:?}");
}
