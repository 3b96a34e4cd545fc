//! Finds an entry's words, or its marks, in other entries: a number in, where the entry has it out.

use std::cell::RefCell;

use super::vocabulary::TermId;

thread_local! {
    /// Lists with a place a term, all zero between uses: clearing what was set is far quicker than making a map.
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Where an entry has its words or marks, by their numbers.
#[derive(Debug)]
pub(super) struct Places {
    /// Of each term, its place plus one; zero where the entry has it not.
    of: Vec<u8>,
    set: Vec<TermId>,
}

impl Places {
    /// The places of terms in a list, at most 255; `None` are words without a number.
    pub(super) fn of(terms: impl Iterator<Item = Option<TermId>>) -> Self {
        let spare = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        let mut places = Self { of: spare, set: Vec::with_capacity(64) };
        for (place, term) in (1..=u8::MAX).zip(terms) {
            let Some(term) = term else { continue };
            if places.of.len() <= term as usize {
                places.of.resize(term as usize + 1, 0);
            }
            places.of[term as usize] = place;
            places.set.push(term);
        }
        places
    }

    /// The place of a term; `None` where the entry has it not.
    #[inline]
    pub(super) fn get(&self, term: TermId) -> Option<usize> {
        self.of.get(term as usize).and_then(|&place| usize::from(place).checked_sub(1))
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        for &term in &self.set {
            self.of[term as usize] = 0;
        }
        SPARE.with_borrow_mut(|spare| spare.push(std::mem::take(&mut self.of)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_and_nothing_is_left_behind() {
        for shift in 0..3 {
            let places = Places::of([Some(7 + shift), None, Some(shift)].into_iter());
            let found: Vec<Option<usize>> = (0..12).map(|term| places.get(term)).collect();
            assert_eq!(found.iter().flatten().count(), 2);
            assert_eq!((found[7 + shift as usize], found[shift as usize]), (Some(0), Some(2)));
        }
    }
}
