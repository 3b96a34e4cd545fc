//! The newest entries of something, or all of them, in little memory.

use std::ops::Deref;

/// Slots in the order in which they came: most words, ids and addresses have one only, and one needs no list.
#[derive(Debug, Default)]
pub(super) enum Newest {
    /// None.
    #[default]
    None,
    /// A single one.
    One(u32),
    /// Several, the newest last. In a box of its own, since few have several and all have room for it.
    #[allow(clippy::box_collection, reason = "it makes the whole smaller")]
    Many(Box<Vec<u32>>),
}

impl Newest {
    /// Adds a slot; of more than `most` the oldest quarter goes.
    pub(super) fn push(&mut self, slot: u32, most: usize) {
        match self {
            Self::None => *self = Self::One(slot),
            Self::One(first) => *self = Self::Many(Box::new(vec![*first, slot])),
            Self::Many(slots) => {
                if slots.len() >= most {
                    slots.drain(..most.div_ceil(4));
                }
                if slots.len() == slots.capacity() {
                    slots.reserve_exact((slots.len() / 4).max(2));
                }
                slots.push(slot);
            }
        }
    }

    /// Takes a slot out, if it is there.
    pub(super) fn remove(&mut self, slot: u32) {
        match self {
            Self::One(held) if *held == slot => *self = Self::None,
            Self::Many(slots) => {
                slots.retain(|&held| held != slot);
                match ***slots {
                    [] => *self = Self::None,
                    [only] => *self = Self::One(only),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// The slots, the newest last.
    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Self::None => &[],
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Many(slots) => slots,
        }
    }
}

impl Deref for Newest {
    type Target = [u32];
    fn deref(&self) -> &[u32] {
        self.as_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay_and_what_is_gone_leaves_no_list() {
        let mut newest = Newest::default();
        assert!(newest.as_slice().is_empty());
        for slot in 1..=5 {
            newest.push(slot, 3);
        }
        assert_eq!(newest.as_slice(), [3, 4, 5]);
        newest.remove(4);
        newest.remove(9);
        newest.remove(3);
        assert!(matches!(newest, Newest::One(5)));
        newest.remove(5);
        assert!(matches!(newest, Newest::None));
    }
}
