//! Guesses which sources bring a document when they are asked, so that what their last one carried can be looked up
//! together with all else that is remembered of them.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::model::Source;

/// Which sources brought a document the last time: a bit for each, by its number.
#[derive(Debug)]
pub(super) struct Expected(Vec<AtomicU64>);

impl Expected {
    /// Of so many sources nothing is known.
    pub(super) fn of(sources: usize) -> Self {
        Self((0..sources.div_ceil(64)).map(|_| AtomicU64::default()).collect())
    }

    pub(super) fn learn(&self, source: &Source, has_brought: bool) {
        let Some((word, bit)) = self.place(source) else { return };
        // Most have done what they did the last time.
        if (word.load(Relaxed) & bit != 0) == has_brought {
            return;
        }
        match has_brought {
            true => word.fetch_or(bit, Relaxed),
            false => word.fetch_and(!bit, Relaxed),
        };
    }

    pub(super) fn brings(&self, source: &Source) -> bool {
        self.place(source).is_some_and(|(word, bit)| word.load(Relaxed) & bit != 0)
    }

    fn place(&self, source: &Source) -> Option<(&AtomicU64, u64)> {
        let (word, bit) = (source.number / 64, source.number % 64);
        Some((self.0.get(word as usize)?, 1 << bit))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{Location, Publisher, SourceId, by_id};

    #[test]
    fn a_source_is_expected_to_do_what_it_did() {
        let sources = by_id((100..200).map(|number| {
            let id = SourceId::new(&number.to_string()).expect("a name");
            Source::new(id, Location::File(PathBuf::new()), Publisher::own())
        }));
        let expected = Expected::of(sources.len());
        let mut sources = sources.values();
        let (Some(one), Some(other)) = (sources.next_back(), sources.next_back()) else { panic!("a hundred") };
        assert!(!expected.brings(one));
        expected.learn(one, true);
        assert!(expected.brings(one) && !expected.brings(other));
        expected.learn(one, false);
        assert!(!expected.brings(one));
    }
}
