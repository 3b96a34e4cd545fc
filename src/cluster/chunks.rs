//! A list that grows without being moved, and has no more room than it needs.

use std::ops::{Index, IndexMut};

/// Things in a chunk.
const CHUNK: usize = 512;

/// Things by number. A list in one piece has room for up to twice as much as it holds, and for three times while it
/// grows.
#[derive(Debug)]
pub(super) struct Chunks<T>(Vec<Vec<T>>);

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Chunks<T> {
    pub(super) fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * CHUNK + last.len())
    }

    pub(super) fn get(&self, at: u32) -> Option<&T> {
        self.0.get(at as usize / CHUNK)?.get(at as usize % CHUNK)
    }

    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        self.0.get_mut(at as usize / CHUNK)?.get_mut(at as usize % CHUNK)
    }

    pub(super) fn push(&mut self, thing: T) {
        match self.0.last_mut().filter(|last| last.len() < CHUNK) {
            Some(last) => last.push(thing),
            None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(thing);
                self.0.push(chunk);
            }
        }
    }
}

impl<T> Index<u32> for Chunks<T> {
    type Output = T;
    fn index(&self, at: u32) -> &T {
        &self.0[at as usize / CHUNK][at as usize % CHUNK]
    }
}

impl<T> IndexMut<u32> for Chunks<T> {
    fn index_mut(&mut self, at: u32) -> &mut T {
        &mut self.0[at as usize / CHUNK][at as usize % CHUNK]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_found_by_number() {
        let mut chunks = Chunks::default();
        assert_eq!((chunks.len(), chunks.get(0)), (0, None));
        let many = 2 * CHUNK as u32 + 3;
        (0..many).for_each(|number| chunks.push(number));
        chunks[CHUNK as u32] = 9;
        *chunks.get_mut(2).expect("it is there") = 7;
        assert_eq!(chunks.len(), many as usize);
        let held: Vec<u32> = (0..many).map(|number| chunks[number]).collect();
        assert_eq!((held[1], held[2], held[CHUNK], held[many as usize - 1]), (1, 7, 9, many - 1));
        assert_eq!((chunks.get(many), chunks.get(many - 1)), (None, Some(&(many - 1))));
    }
}
