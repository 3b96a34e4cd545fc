//! Adds up, for many entries at once, how much each shares with another.

use std::cell::RefCell;

/// Sums by slot.
///
/// A list with a place a slot, which is far quicker than a map: an entry's words lead to a thousand others.
#[derive(Debug, Default)]
pub(super) struct Tally {
    sums: Vec<f32>,
    /// The slots that have a sum, as they were met.
    met: Vec<u32>,
}

impl Tally {
    /// Adds to the sum of a slot; `weight` is greater than zero, or nothing is added.
    pub(super) fn add(&mut self, slot: u32, weight: f32) {
        if let Some(sum) = self.sums.get_mut(slot as usize).filter(|_| weight > 0.0) {
            if *sum == 0.0 {
                self.met.push(slot);
            }
            *sum += weight;
        }
    }

    /// The `most` slots with the greatest sums, in no order; of two with one sum the lower slot.
    fn greatest(&mut self, most: usize) -> Vec<u32> {
        let sums = &self.sums;
        let sum = |slot: u32| sums.get(slot as usize).copied().unwrap_or(0.0);
        let better = |a: &u32, b: &u32| sum(*b).total_cmp(&sum(*a)).then(a.cmp(b));
        let mut slots = self.met.clone();
        if slots.len() > most {
            slots.select_nth_unstable_by(most, better);
            slots.truncate(most);
        }
        slots
    }

    fn clear(&mut self, slots: usize) {
        for slot in self.met.drain(..) {
            if let Some(sum) = self.sums.get_mut(slot as usize) {
                *sum = 0.0;
            }
        }
        self.sums.resize(slots, 0.0);
    }
}

/// The `most` of `slots` slots for which `fill` adds up most.
pub(super) fn greatest(slots: usize, most: usize, fill: impl FnOnce(&mut Tally)) -> Vec<u32> {
    thread_local! {
        static TALLY: RefCell<Tally> = RefCell::default();
    }
    TALLY.with_borrow_mut(|tally| {
        tally.clear(slots);
        fill(tally);
        tally.greatest(most)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_sums_are_found_and_nothing_is_left_behind() {
        for _ in 0..2 {
            let mut found = greatest(5, 2, |tally| {
                for (slot, weight) in [(4, 1.0), (1, 2.0), (4, 1.5), (2, 2.5), (3, 0.0), (9, 7.0)] {
                    tally.add(slot, weight);
                }
            });
            found.sort_unstable();
            assert_eq!(found, [2, 4], "2.5 each, before 2.0");
        }
        assert!(greatest(3, 2, |_| {}).is_empty());
    }
}
