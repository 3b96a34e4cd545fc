//! The words of a story: those of all its members together.

use super::document::Weighted;
use super::limits::MAX_STORY_TERMS;
use super::vocabulary::TermId;

/// A word of a story, and what it weighs in all its members together.
///
/// In whole 256ths, so that what was added can be taken away again and leaves nothing: a term that no member has
/// is never in the sum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summed {
    pub(super) term: TermId,
    pub(super) weight_256ths: u32,
}

impl Summed {
    pub(super) fn weight(self) -> f32 {
        self.weight_256ths as f32 / 256.0
    }
}

/// The sum of two lists that are sorted by term; when it grows too long, the lightest go.
pub(super) fn added(sum: &[Summed], terms: &[Weighted]) -> Vec<Summed> {
    let mut all = Vec::with_capacity(sum.len() + terms.len());
    let mut held = sum.iter().peekable();
    for term in terms {
        while let Some(summed) = held.next_if(|summed| summed.term < term.term()) {
            all.push(*summed);
        }
        let before = held.next_if(|summed| summed.term == term.term()).map_or(0, |summed| summed.weight_256ths);
        all.push(Summed { term: term.term(), weight_256ths: before + u32::from(term.weight_256ths) });
    }
    all.extend(held);
    if all.len() > MAX_STORY_TERMS {
        all.sort_unstable_by_key(|summed| (std::cmp::Reverse(summed.weight_256ths), summed.term));
        all.truncate(MAX_STORY_TERMS * 3 / 4);
        all.sort_unstable_by_key(|summed| summed.term);
    }
    // In no more room than it takes: giving some of it back does not make a piece of memory smaller.
    if all.len() < all.capacity() { all.as_slice().to_vec() } else { all }
}

/// Takes the words of a member out of a sum.
pub(super) fn subtract(sum: &mut Vec<Summed>, terms: &[Weighted]) {
    let mut terms = terms.iter().peekable();
    sum.retain_mut(|summed| {
        while terms.next_if(|term| term.term() < summed.term).is_some() {}
        if let Some(term) = terms.next_if(|term| term.term() == summed.term) {
            summed.weight_256ths = summed.weight_256ths.saturating_sub(u32::from(term.weight_256ths));
        }
        summed.weight_256ths > 0
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document(terms: &std::collections::BTreeMap<TermId, u16>) -> Vec<Weighted> {
        terms.iter().map(|(&term, &weight)| Weighted::plain(term, weight)).collect()
    }

    fn pairs(sum: &[Summed]) -> Vec<(TermId, u32)> {
        sum.iter().filter(|summed| summed.weight_256ths > 0).map(|summed| (summed.term, summed.weight_256ths)).collect()
    }

    proptest! {
        #[test]
        fn what_was_added_can_be_taken_away(
            first in prop::collection::btree_map(0u32..40, 0u16..900, 0..20),
            second in prop::collection::btree_map(0u32..40, 0u16..900, 0..20),
        ) {
            let alone = added(&[], &document(&first));
            let mut both = added(&alone, &document(&second));
            prop_assert!(both.is_sorted_by_key(|summed| summed.term));
            subtract(&mut both, &document(&second));
            prop_assert_eq!(pairs(&both), pairs(&alone));
            subtract(&mut both, &document(&first));
            prop_assert!(both.is_empty());
        }
    }

    #[test]
    fn a_long_sum_keeps_the_weightiest() {
        let terms: Vec<Weighted> =
            (0..2 * MAX_STORY_TERMS as u32).map(|term| Weighted::plain(term, term as u16)).collect();
        let sum = added(&[], &terms);
        assert_eq!(sum.len(), MAX_STORY_TERMS * 3 / 4);
        assert_eq!(sum.first().map(|summed| summed.term), Some(2 * MAX_STORY_TERMS as u32 - sum.len() as u32));
    }
}
