//! Knows items again that were cut before, by nothing but their bytes: far quicker than to look for their ends.

use xxhash_rust::xxh3::xxh3_64;

use crate::model::Mark;

/// Items that were cut before, in the order in which they are expected again.
pub(super) struct Again<'k> {
    known: &'k [Mark],
    next: usize,
    /// So many bytes may be looked at in vain: lengths are what the last document made them.
    left: usize,
}

impl<'k> Again<'k> {
    pub(super) fn of(known: &'k [Mark], left: usize) -> Self {
        Self { known, next: 0, left }
    }

    /// The item that these bytes begin with, if it is the one that is expected or the one behind it.
    pub(super) fn next(&mut self, rest: &[u8]) -> Option<Mark> {
        for at in self.next..self.known.len().min(self.next + 2) {
            let mark = self.known[at];
            let item = rest.get(..mark.length as usize).filter(|item| item.len() <= self.left);
            match item {
                Some(item) if item.ends_with(b">") && xxh3_64(item) == mark.item => {
                    self.next = at + 1;
                    return Some(mark);
                }
                Some(item) => self.left -= item.len(),
                None => {}
            }
        }
        None
    }

    /// What is expected behind an item that was cut anew.
    pub(super) fn met(&mut self, hash: u64) {
        if let Some(at) = self.known.iter().position(|mark| mark.item == hash) {
            self.next = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(item: &str) -> Mark {
        Mark { item: xxh3_64(item.as_bytes()), length: item.len() as u32, around: 0 }
    }

    #[test]
    fn the_next_two_are_looked_for_and_what_was_met_says_where_they_are() {
        let known = ["<a>", "<bb>", "<ccc>", "<dddd>"].map(mark);
        let mut again = Again::of(&known, 1_000);
        assert_eq!(again.next(b"<ccc> and more"), None, "two are tried");
        assert_eq!(again.next(b"<bb> and more"), Some(known[1]));
        assert_eq!(again.next(b"<bb>"), None, "what is behind it is expected");
        assert_eq!(again.next(b"<dddd>"), Some(known[3]));
        assert_eq!(again.next(b"<a>"), None);
        again.met(xxh3_64(b"<a>"));
        assert_eq!(again.next(b"<bb>"), Some(known[1]));
    }

    #[test]
    fn no_more_is_looked_at_in_vain_than_may_be() {
        let known = [mark("<item/>")];
        let mut again = Again::of(&known, 10);
        assert_eq!(again.next(b"<item>>...."), None);
        assert_eq!(again.next(b"<item/>"), None, "three bytes are left");
    }
}
