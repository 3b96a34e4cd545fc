//! Fingerprints of a text that survive a new headline, a byline and a cut, and masks of a title.
//!
//! Winnowing (Schleimer, Wilkerson, Aiken 2003): of every `WINDOW` neighbouring shingles the one with the
//! smallest hash is kept. Which ones are kept depends on their neighbours only, so that a passage leaves the
//! same fingerprints wherever it stands, and a part of a text has a part of its fingerprints.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::limits::{MAX_FINGERPRINTS, SHINGLE_WORDS, WINNOW_WINDOW};
use crate::text::{Word, WordKind};

/// The fingerprints of a text by the hashes of its words, sorted, at most `MAX_FINGERPRINTS` from its beginning.
pub(super) fn fingerprints(words: &[u32]) -> Vec<u32> {
    let shingles: Vec<u32> = words.windows(SHINGLE_WORDS).map(shingle).collect();
    let mut kept: Vec<u32> = Vec::new();
    let mut last = usize::MAX;
    for start in 0..(shingles.len() + 1).saturating_sub(WINNOW_WINDOW) {
        let window = shingles.get(start..start + WINNOW_WINDOW).unwrap_or_default();
        let smallest = window.iter().enumerate().min_by_key(|&(at, &hash)| (hash, std::cmp::Reverse(at)));
        if let Some((at, &hash)) = smallest
            && start + at != last
        {
            last = start + at;
            kept.push(hash);
            if kept.len() >= MAX_FINGERPRINTS {
                break;
            }
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// The hash of a word's bare letters, unstemmed and without separators.
pub(super) fn bare(run: &str) -> u32 {
    let letters = run.chars().filter(|c| !matches!(c, '.' | ','));
    let lower: String = letters.flat_map(char::to_lowercase).collect();
    xxh3_64_with_seed(lower.as_bytes(), 2) as u32
}

fn shingle(words: &[u32]) -> u32 {
    let add = |sum: u64, &word: &u32| (sum.rotate_left(5) ^ u64::from(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = words.iter().fold(0, add);
    (mixed >> 32) as u32
}

/// How many numbers two sorted lists share.
pub(super) fn shared(left: &[u32], right: &[u32]) -> usize {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut shared = 0;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => _ = left.next(),
            std::cmp::Ordering::Greater => _ = right.next(),
            std::cmp::Ordering::Equal => {
                shared += 1;
                left.next();
                right.next();
            }
        }
    }
    shared
}

/// A title's word with numbers and dates made alike: what the editions of a series share.
pub(super) fn masked(word: Word<'_>) -> u32 {
    match word.kind {
        WordKind::Number => 0,
        WordKind::Date => 1,
        WordKind::Plain | WordKind::Name => (xxh3_64_with_seed(word.text.as_bytes(), 1) >> 32) as u32,
    }
}
