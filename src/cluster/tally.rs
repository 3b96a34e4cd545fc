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

    /// The `most` slots that fit with the greatest sums, in no order; of two with one sum the lower slot.
    fn greatest(&mut self, most: usize, fits: impl Fn(u32) -> bool) -> Vec<u32> {
        let sum = |slot: u32| (self.sums.get(slot as usize).copied().unwrap_or(0.0), slot);
        let mut met: Vec<(f32, u32)> = self.met.iter().copied().filter(|&slot| fits(slot)).map(sum).collect();
        if met.len() > most {
            met.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            met.truncate(most);
        }
        met.into_iter().map(|(_, slot)| slot).collect()
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

/// The `most` of `slots` slots for which `fill` adds up most, of those that fit.
pub(super) fn greatest(
    slots: usize,
    most: usize,
    fits: impl Fn(u32) -> bool,
    fill: impl FnOnce(&mut Tally),
) -> Vec<u32> {
    thread_local! {
        static TALLY: RefCell<Tally> = RefCell::default();
    }
    TALLY.with_borrow_mut(|tally| {
        tally.clear(slots);
        fill(tally);
        tally.greatest(most, fits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_sums_are_found_and_nothing_is_left_behind() {
        for _ in 0..2 {
            let mut found = greatest(
                6,
                2,
                |slot| slot < 5,
                |tally| {
                    for (slot, weight) in [(4, 1.0), (1, 2.0), (4, 1.5), (2, 2.5), (3, 0.0), (5, 8.0), (9, 7.0)] {
                        tally.add(slot, weight);
                    }
                },
            );
            found.sort_unstable();
            assert_eq!(found, [2, 4], "2.5 each, before 2.0");
        }
        assert!(greatest(3, 2, |_| true, |_| {}).is_empty());
    }
}
