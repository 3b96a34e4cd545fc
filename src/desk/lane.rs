//! Sources that wait to be asked, house by house: whoever waits for a slow house holds up no other.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::model::Source;

/// Sources of one kind that wait, and how many of them are asked at once.
#[derive(Debug)]
pub(super) struct Lane<T = Arc<Source>> {
    houses: HashMap<Arc<str>, House<T>, RandomState>,
    /// Houses with a source that waits and a place for it, the longest waiting first.
    ready: VecDeque<Arc<str>>,
    waiting: usize,
    running: usize,
    most: usize,
    /// So many of those that are asked are waited for where they take no place.
    aside: usize,
    most_of_house: usize,
}

#[derive(Debug)]
struct House<T> {
    waiting: VecDeque<T>,
    running: usize,
}

impl<T> Lane<T> {
    /// At most `most` sources at once, `most_of_house` of them of one house.
    pub(super) fn new(most: usize, most_of_house: usize) -> Self {
        Self {
            houses: HashMap::default(),
            ready: VecDeque::new(),
            waiting: 0,
            running: 0,
            most,
            aside: 0,
            most_of_house,
        }
    }

    pub(super) fn push(&mut self, house: &str, waiting: T) {
        self.waiting += 1;
        let Some(queue) = self.houses.get_mut(house) else {
            let house: Arc<str> = house.into();
            self.houses.insert(Arc::clone(&house), House { waiting: VecDeque::from([waiting]), running: 0 });
            self.ready.push_back(house);
            return;
        };
        if queue.waiting.is_empty() && queue.running < self.most_of_house {
            self.ready.push_back(house.into());
        }
        queue.waiting.push_back(waiting);
    }

    /// The next source that may be asked, with its house; `done` is to be called when it was.
    pub(super) fn pop(&mut self) -> Option<(Arc<str>, T)> {
        if self.running >= self.most + self.aside {
            return None;
        }
        let house = self.ready.pop_front()?;
        let queue = self.houses.get_mut(&house)?;
        let next = queue.waiting.pop_front()?;
        queue.running += 1;
        if !queue.waiting.is_empty() && queue.running < self.most_of_house {
            self.ready.push_back(Arc::clone(&house));
        }
        self.waiting -= 1;
        self.running += 1;
        Some((house, next))
    }

    /// A source of this house was asked.
    pub(super) fn done(&mut self, house: &str) {
        self.running = self.running.saturating_sub(1);
        let Some(queue) = self.houses.get_mut(house) else { return };
        let was_full = queue.running >= self.most_of_house;
        queue.running = queue.running.saturating_sub(1);
        if queue.running == 0 && queue.waiting.is_empty() {
            self.houses.remove(house);
        } else if was_full && !queue.waiting.is_empty() {
            self.ready.push_back(house.into());
        }
    }

    pub(super) fn has_waiting(&self) -> bool {
        self.waiting > 0
    }

    /// Whether a quarter of all places is free: what is taken up in one go costs less than one by one.
    pub(super) fn has_room(&self) -> bool {
        self.running.saturating_sub(self.aside) * 4 <= self.most * 3
    }

    /// So many of those that are asked take no place.
    pub(super) fn set_aside(&mut self, aside: usize) {
        self.aside = aside;
    }

    pub(super) fn is_idle(&self) -> bool {
        !self.has_waiting() && self.running == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn popped(lane: &mut Lane<&str>) -> Vec<String> {
        std::iter::from_fn(|| lane.pop()).map(|(_, source)| source.to_owned()).collect()
    }

    #[test]
    fn houses_take_turns_and_a_full_one_waits() {
        let mut lane = Lane::new(4, 2);
        for name in ["a1", "a2", "a3", "a4", "b1"] {
            lane.push(&name[..1], name);
        }
        assert_eq!(popped(&mut lane), ["a1", "b1", "a2"], "two of a house at once");
        lane.push("c", "c1");
        lane.push("d", "d1");
        assert_eq!(popped(&mut lane), ["c1"], "four in all");
        lane.done("b");
        lane.done("a");
        assert_eq!(popped(&mut lane), ["d1", "a3"]);
        for house in ["a", "a", "c", "d"] {
            lane.done(house);
        }
        assert_eq!(popped(&mut lane), ["a4"]);
        assert!(!lane.is_idle());
        lane.done("a");
        assert!(lane.is_idle() && lane.houses.is_empty());
    }

    #[test]
    fn those_that_are_waited_for_aside_take_no_place() {
        let mut lane = Lane::new(2, 1);
        for name in ["a1", "b1", "c1", "d1"] {
            lane.push(&name[..1], name);
        }
        assert_eq!(popped(&mut lane), ["a1", "b1"]);
        assert!(!lane.has_room());
        lane.set_aside(1);
        assert!(lane.has_room());
        assert_eq!(popped(&mut lane), ["c1"]);
    }
}
