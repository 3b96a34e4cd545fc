//! How long a request keeps its place without an answer: learned from those that are answered.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// As long while no server has answered yet.
const UNKNOWN: Duration = Duration::from_secs(1);
/// As long at most: where everybody takes longer, servers that hang can no longer be told from those that answer.
const MOST: Duration = Duration::from_secs(5);
/// As long at least: a far server needs three ways there and back for TLS and one for the answer.
const LEAST: Duration = Duration::from_millis(400);
/// A server may take so many times what others take.
pub(super) const TIMES: f64 = 1.5;
/// What is typical is an average that follows one answer by so much.
const FOLLOWS: u64 = 16;
/// One that takes longer than so many times what is typical counts as if it took as long: it says little of the others.
const OUTLIER: u64 = 4;
/// What is learned in the meantime counts for requests that wait, after so long at most.
const STEP: Duration = Duration::from_millis(50);

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
            0 => UNKNOWN,
            typical => Duration::from_micros(typical).mul_f64(TIMES).clamp(LEAST, MOST),
        }
    }

    /// How long servers take; `None` while none has answered.
    pub(super) fn typical(&self) -> Option<Duration> {
        Some(self.typical.load(Relaxed)).filter(|typical| *typical > 0).map(Duration::from_micros)
    }

    /// Waits until a request that began then is to lose its place.
    pub(super) async fn over(&self, began: Instant) {
        loop {
            let left = self.now().saturating_sub(began.elapsed());
            if left.is_zero() {
                return;
            }
            sleep(left.min(STEP)).await;
        }
    }

    /// Learns that an answer, of whatever kind, took so long.
    pub(super) fn answered(&self, after: Duration) {
        let after = u64::try_from(after.as_micros()).unwrap_or(u64::MAX).max(1);
        // Two answers at once may count as one: it is an average.
        let typical = match self.typical.load(Relaxed) {
            0 => after,
            typical => (typical * (FOLLOWS - 1) + after.min(typical * OUTLIER)) / FOLLOWS,
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
            (vec![], UNKNOWN),
            (vec![millis(300)], millis(450)),
            (vec![millis(1); 3], LEAST),
            (vec![millis(900)], millis(1_350)),
            (vec![millis(4_000)], MOST),
            // One that took very long counts as four times what is typical.
            (vec![millis(300), millis(20_000)], millis(534)),
            ([vec![millis(10)], vec![millis(400); 120]].concat(), millis(599)),
            ([vec![millis(10_000)], vec![millis(400); 120]].concat(), millis(606)),
        ] {
            let patience = Patience::default();
            answers.iter().for_each(|after| patience.answered(*after));
            let now = patience.now();
            assert!(now.abs_diff(expected) < millis(3), "{answers:?}: {now:?}");
            assert_eq!(patience.typical().is_some(), !answers.is_empty());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_already_loses_patience_as_others_answer() {
        let (patience, began) = (Patience::default(), Instant::now());
        let learn = async {
            sleep(Duration::from_millis(200)).await;
            patience.answered(Duration::from_millis(300));
        };
        tokio::join!(patience.over(began), learn);
        assert_eq!(began.elapsed(), Duration::from_millis(450));
    }
}
