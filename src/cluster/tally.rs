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
    /// Adds to the sums of slots; `weight` is greater than zero, or nothing is added.
    #[inline]
    pub(super) fn add(&mut self, slots: impl IntoIterator<Item = u32>, weight: f32) {
        if weight <= 0.0 {
            return;
        }
        for slot in slots {
            if let Some(sum) = self.sums.get_mut(slot as usize) {
                if *sum == 0.0 {
                    self.met.push(slot);
                }
                *sum += weight;
            }
        }
    }

    /// The `most` slots that fit with the greatest sums, in no order; of two with one sum the lower slot.
    fn greatest(&mut self, most: usize, fits: impl Fn(u32) -> bool) -> Vec<u32> {
        // Numbers that sort by themselves: the bits of what is greater than zero are greater the greater it is.
        let key = |slot: u32| {
            let sum = self.sums.get(slot as usize).copied().unwrap_or(0.0);
            u64::from(!sum.to_bits()) << 32 | u64::from(slot)
        };
        let mut met: Vec<u64> = self.met.iter().map(|&slot| key(slot)).collect();
        let first = |met: &mut [u64], most: usize| -> usize {
            if met.len() > most {
                met.select_nth_unstable(most);
            }
            met.len().min(most)
        };
        // Most fit: it is enough to ask of some more than are wanted.
        let (some, all) = (first(&mut met, 2 * most), met.len());
        let fitting = |met: &[u64]| -> Vec<u64> { met.iter().copied().filter(|&key| fits(key as u32)).collect() };
        let mut greatest = fitting(&met[..some]);
        if greatest.len() < most && some < all {
            greatest = fitting(&met);
        }
        let count = first(&mut greatest, most);
        greatest.truncate(count);
        greatest.into_iter().map(|key| key as u32).collect()
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
            let added: [(&[u32], f32); 5] = [(&[4], 1.0), (&[1], 2.0), (&[4, 2], 1.5), (&[3], 0.0), (&[2, 5, 9], 1.0)];
            let fill =
                |tally: &mut Tally| added.iter().for_each(|&(slots, weight)| tally.add(slots.iter().copied(), weight));
            let mut found = greatest(6, 2, |slot| slot < 5, fill);
            found.sort_unstable();
            assert_eq!(found, [2, 4], "2.5 each, before 2.0");
        }
        let fill = |tally: &mut Tally| (0..100).for_each(|slot| tally.add([slot], 101.0 - slot as f32));
        assert_eq!(greatest(100, 3, |slot| slot % 2 == 1, fill).iter().sum::<u32>(), 1 + 3 + 5);
        assert_eq!(greatest(100, 3, |slot| slot > 90, fill).iter().sum::<u32>(), 91 + 92 + 93, "few fit");
        assert!(greatest(3, 2, |_| true, |_| {}).is_empty());
    }
}
