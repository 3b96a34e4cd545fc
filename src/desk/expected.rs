//! Guesses which sources bring a document when they are asked, so that what their last one carried can be looked up
//! together with all else that is remembered of them.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use xxhash_rust::xxh3::xxh3_64;

use crate::model::SourceId;

/// One bit for each source, by a hash of its name. Where two have the same, one of them may be guessed wrong, which costs
/// no more than a look in vain, or a later one.
const BITS: usize = 1 << 17;

/// Which sources brought a document the last time.
#[derive(Debug)]
pub(super) struct Expected(Vec<AtomicU64>);

impl Default for Expected {
    fn default() -> Self {
        Self((0..BITS / 64).map(|_| AtomicU64::default()).collect())
    }
}

impl Expected {
    pub(super) fn learn(&self, source: &SourceId, has_brought: bool) {
        let (word, bit) = self.place(source);
        // Most have done what they did the last time.
        if (word.load(Relaxed) & bit != 0) == has_brought {
            return;
        }
        match has_brought {
            true => word.fetch_or(bit, Relaxed),
            false => word.fetch_and(!bit, Relaxed),
        };
    }

    pub(super) fn brings(&self, source: &SourceId) -> bool {
        let (word, bit) = self.place(source);
        word.load(Relaxed) & bit != 0
    }

    fn place(&self, source: &SourceId) -> (&AtomicU64, u64) {
        let at = xxh3_64(source.as_str().as_bytes()) as usize % BITS;
        (&self.0[at / 64], 1 << (at % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_expected_to_do_what_it_did() {
        let expected = Expected::default();
        let [one, other] = ["one", "other"].map(|name| SourceId::new(name).expect("a name"));
        assert!(!expected.brings(&one));
        expected.learn(&one, true);
        assert!(expected.brings(&one) && !expected.brings(&other));
        expected.learn(&one, false);
        assert!(!expected.brings(&one));
    }
}
