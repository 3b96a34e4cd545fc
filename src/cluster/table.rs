//! Finds what is kept elsewhere by a key, in little memory.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::RandomState;

/// Numbers of things, each under a key of 32 bits; who looks for one says which of those under a key it is.
///
/// Keys may come from a feed: the places have a seed of their own, so that collisions cannot be made. It grows by a
/// quarter, where a map would double, and in parts of which one is moved at a time.
#[derive(Debug, Default)]
pub(super) struct Table {
    seed: RandomState,
    parts: [Part; PARTS],
    held: usize,
}

/// Parts of a table.
const PARTS: usize = 16;

#[derive(Debug, Default)]
struct Part {
    cells: Vec<Cell>,
    held: usize,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    key: u32,
    number: u32,
}

const FREE: Cell = Cell { key: 0, number: u32::MAX };

impl Cell {
    fn is_free(self) -> bool {
        self.number == FREE.number
    }
}

impl Table {
    /// The key of what has more than 32 bits.
    pub(super) fn key(&self, of: &impl Hash) -> u32 {
        self.seed.hash_one(of) as u32
    }

    /// How many numbers it holds.
    pub(super) fn len(&self) -> usize {
        self.held
    }

    /// A number under a key.
    pub(super) fn find(&self, key: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = self.hash(key);
        let part = self.part(hash);
        part.place(hash, key, is).map(|at| part.cells[at].number)
    }

    /// All numbers under a key.
    pub(super) fn all(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        let hash = self.hash(key);
        let part = self.part(hash);
        let cells = part.cells_from(hash).map(|at| part.cells[at]);
        cells.filter(move |cell| cell.key == key).map(|cell| cell.number)
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        let cells = (self.held + more) * 5 / 4 / PARTS + 1;
        let Self { seed, parts, .. } = self;
        parts.iter_mut().for_each(|part| part.resize(cells, seed));
    }

    /// Adds a number.
    pub(super) fn add(&mut self, key: u32, number: u32) {
        let hash = self.hash(key);
        let part = &mut self.parts[part_of(hash)];
        // A fifth stays free: looking for what is not there ends soon.
        if (part.held + 1) * 5 > part.cells.len() * 4 {
            part.resize((part.cells.len() + part.cells.len() / 4).max(8), &self.seed);
        }
        part.put(hash, Cell { key, number });
        part.held += 1;
        self.held += 1;
    }

    /// Puts a number in the place of the one that is there, or adds it.
    pub(super) fn set(&mut self, key: u32, number: u32, is: impl Fn(u32) -> bool) {
        let hash = self.hash(key);
        let part = &mut self.parts[part_of(hash)];
        match part.place(hash, key, is) {
            Some(at) => part.cells[at].number = number,
            None => self.add(key, number),
        }
    }

    /// Takes a number out.
    pub(super) fn remove(&mut self, key: u32, is: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = self.hash(key);
        let Self { seed, parts, held } = self;
        let part = &mut parts[part_of(hash)];
        let mut gap = part.place(hash, key, is)?;
        let number = part.cells[gap].number;
        let cells = part.cells.len();
        let distance = |from: usize, to: usize| if to >= from { to - from } else { to + cells - from };
        // What was displaced moves up, so that the way to it has no gap.
        let mut at = part.next(gap);
        while !part.cells[at].is_free() {
            let home = part.home(hash_of(seed, part.cells[at].key));
            if distance(home, at) >= distance(gap, at) {
                part.cells[gap] = part.cells[at];
                gap = at;
            }
            at = part.next(at);
        }
        part.cells[gap] = FREE;
        part.held -= 1;
        *held -= 1;
        Some(number)
    }

    fn hash(&self, key: u32) -> u64 {
        hash_of(&self.seed, key)
    }

    fn part(&self, hash: u64) -> &Part {
        &self.parts[part_of(hash)]
    }
}

fn hash_of(seed: &RandomState, key: u32) -> u64 {
    seed.hash_one(key)
}

/// The lowest bits choose the part, the highest the place in it.
fn part_of(hash: u64) -> usize {
    hash as usize % PARTS
}

impl Part {
    fn resize(&mut self, cells: usize, seed: &RandomState) {
        if cells > self.cells.len() {
            let before = std::mem::replace(&mut self.cells, vec![FREE; cells]);
            before.into_iter().filter(|cell| !cell.is_free()).for_each(|cell| self.put(hash_of(seed, cell.key), cell));
        }
    }

    fn put(&mut self, hash: u64, cell: Cell) {
        let mut at = self.home(hash);
        while !self.cells[at].is_free() {
            at = self.next(at);
        }
        self.cells[at] = cell;
    }

    fn place(&self, hash: u64, key: u32, is: impl Fn(u32) -> bool) -> Option<usize> {
        self.cells_from(hash).find(|&at| self.cells[at].key == key && is(self.cells[at].number))
    }

    /// The cells in which a key may be: those from its home to the first free one.
    fn cells_from(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let first = (!self.cells.is_empty()).then(|| self.home(hash));
        std::iter::successors(first, |&at| Some(self.next(at))).take_while(|&at| !self.cells[at].is_free())
    }

    fn home(&self, hash: u64) -> usize {
        (((hash >> 32) * self.cells.len() as u64) >> 32) as usize
    }

    fn next(&self, at: usize) -> usize {
        if at + 1 == self.cells.len() { 0 } else { at + 1 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_added_and_not_removed_is_there(steps in prop::collection::vec((any::<bool>(), 0u32..12, 0u32..40), 0..400)) {
            let mut table = Table::default();
            let mut held = BTreeSet::new();
            for (adds, key, number) in steps {
                if adds && held.insert((key, number)) {
                    table.add(key, number);
                } else if !adds {
                    let removed = table.remove(key, |other| other == number);
                    prop_assert_eq!(removed.is_some(), held.remove(&(key, number)));
                }
                prop_assert_eq!(table.len(), held.len());
                let mut all: Vec<u32> = table.all(key).collect();
                all.sort_unstable();
                prop_assert_eq!(all, held.iter().filter(|(of, _)| *of == key).map(|(_, number)| *number).collect::<Vec<_>>());
            }
            for &(key, number) in &held {
                prop_assert_eq!(table.find(key, |other| other == number), Some(number));
            }
        }
    }

    #[test]
    fn a_number_is_replaced() {
        let mut table = Table::default();
        assert_eq!(table.find(7, |_| true), None);
        table.set(7, 1, |_| true);
        table.set(7, 2, |_| true);
        table.set(8, 3, |_| true);
        assert_eq!((table.len(), table.find(7, |_| true), table.find(8, |_| true)), (2, Some(2), Some(3)));
    }
}
