//! A small random generator (SplitMix64): each mutation has its own, so that it can be made again alone.

/// The state of the generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of one mutation.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut mixed = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
        mixed.bits();
        Self(mixed.bits() ^ number.rotate_left(32))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `bound`; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.bits() % bound as u64) as usize }
    }

    /// A number from 1 on, small ones more often, at most `most`.
    pub fn small(&mut self, most: usize) -> usize {
        let bits = self.below(most.max(1).ilog2() as usize + 1) as u32;
        1 + self.below((1_usize << bits).min(most.max(1)))
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// A part of something that is `length` long: where it starts and ends, short ones more often.
    pub fn span(&mut self, length: usize) -> std::ops::Range<usize> {
        if length == 0 {
            return 0..0;
        }
        let size = self.small(length).min(length);
        let start = self.below(length - size + 1);
        start..start + size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_bits_and_others_give_others() {
        let of = |seed, number| Random::new(seed, number).bits();
        assert_eq!(of(1, 7), of(1, 7));
        let many: std::collections::BTreeSet<u64> =
            (0..100).flat_map(|seed| (0..100).map(move |number| of(seed, number))).collect();
        assert_eq!(many.len(), 10_000);
    }

    #[test]
    fn spans_lie_inside_and_reach_both_ends() {
        let mut random = Random::new(1, 1);
        assert_eq!(random.span(0), 0..0);
        let (mut first, mut last) = (false, false);
        for _ in 0..10_000 {
            let span = random.span(9);
            assert!(span.start < span.end && span.end <= 9);
            first |= span.start == 0;
            last |= span.end == 9;
        }
        assert!(first && last);
    }
}
