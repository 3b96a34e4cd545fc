//! How long a request keeps its place without an answer: learned from those that are answered.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// As long at most, and while no server has answered yet.
const MOST: Duration = Duration::from_secs(1);
/// As long at least: a far server needs three ways there and back for TLS and one for the answer.
const LEAST: Duration = Duration::from_millis(200);
/// A server may take so many times what others take.
const TIMES: u32 = 2;
/// What is typical is an average that follows one answer by so much.
const FOLLOWS: u64 = 16;

/// How long servers take to answer, in general.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// In microseconds; 0 while none has answered.
    typical: AtomicU64,
}

impl Patience {
    /// How long a request keeps its place now.
    pub(super) fn now(&self) -> Duration {
        match self.typical.load(Relaxed) {
            0 => MOST,
            typical => (Duration::from_micros(typical) * TIMES).clamp(LEAST, MOST),
        }
    }

    /// Learns that an answer, of whatever kind, took so long. One that took longer than any keeps its place says nothing
    /// of the others.
    pub(super) fn answered(&self, after: Duration) {
        if after > MOST {
            return;
        }
        let after = u64::try_from(after.as_micros()).unwrap_or(u64::MAX).max(1);
        // Two answers at once may count as one: it is an average.
        let typical = match self.typical.load(Relaxed) {
            0 => after,
            typical => (typical * (FOLLOWS - 1) + after) / FOLLOWS,
        };
        self.typical.store(typical.max(1), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_waited_for_as_long_as_others_need_within_bounds() {
        let millis = Duration::from_millis;
        for (answers, expected) in [
            (vec![], MOST),
            (vec![millis(300)], millis(600)),
            (vec![millis(1); 3], LEAST),
            (vec![millis(900)], MOST),
            (vec![millis(300), millis(20_000)], millis(600)),
            ([vec![millis(10)], vec![millis(400); 100]].concat(), millis(798)),
        ] {
            let patience = Patience::default();
            answers.iter().for_each(|after| patience.answered(*after));
            let now = patience.now();
            assert!(now.abs_diff(expected) < millis(2), "{answers:?}: {now:?}");
        }
    }
}
