//! Chooses a seed and a few mutations of it.

use crate::random::Random;
use crate::{bytes, tags};

/// Bytes beyond which a mutated document is cut: memory and time stay bounded.
pub const LARGEST: usize = 64 << 10;

/// A mutation of one of `seeds`, which must not be empty; the other seeds may lend parts.
pub fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut document = random.pick(seeds).clone();
    // Few changes leave most of the document whole, so that they are met deep inside of it.
    for _ in 0..random.small(12) {
        change(&mut document, seeds, random);
        document.truncate(LARGEST);
    }
    document
}

fn change(document: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    match random.below(32) {
        0..4 => bytes::flip(document, random),
        4..7 => bytes::delete(document, random),
        7..9 => bytes::duplicate(document, random),
        9 => bytes::truncate(document, random),
        10..12 => bytes::splice(document, random.pick::<Vec<u8>>(seeds), random),
        12 => bytes::cross(document, random.pick::<Vec<u8>>(seeds), random),
        13..22 => bytes::insert(document, random),
        22 if random.one_in(4) => bytes::recode(document, random),
        _ => tags::change(document, random),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds::Seeds;

    #[test]
    fn mutations_are_the_same_for_the_same_number_and_bounded() {
        let seeds = Seeds::own().documents;
        let mut changed = 0;
        for number in 0..3000 {
            let document = mutated(&seeds, &mut Random::new(5, number));
            assert_eq!(document, mutated(&seeds, &mut Random::new(5, number)));
            assert!(document.len() <= LARGEST);
            changed += usize::from(!seeds.contains(&document));
        }
        assert!(changed > 2800, "{changed}");
    }
}
