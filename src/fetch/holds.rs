//! Hosts that asked to be left alone (`Retry-After` of a 429 or 503): nothing is sent to them before their time.
//!
//! Kept by the clock that nobody sets, so that a wall clock that jumps neither ends a wait nor makes it endless.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The hosts, by the name that [`super::limits::house`] gives them.
#[derive(Default)]
pub(super) struct Holds(Mutex<HashMap<String, Instant>>);

impl Holds {
    /// Leaves a host alone for so long. What it asked for before does not count any more.
    pub(super) fn hold(&self, host: &str, wait: Duration, now: Instant) {
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        holds.retain(|_, until| *until > now);
        if let Some(until) = now.checked_add(wait) {
            holds.insert(host.to_owned(), until);
        }
    }

    /// How long a host is still to be left alone; `None` when it may be asked.
    pub(super) fn wait(&self, host: &str, now: Instant) -> Option<Duration> {
        let holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = holds.get(host)?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Forgets them all: somebody wants to know now.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_left_alone_for_its_time_and_no_longer() {
        let (holds, start) = (Holds::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        holds.hold("a.example", Duration::from_secs(60), start);
        assert_eq!(holds.wait("b.example", start), None);
        assert_eq!(holds.wait("a.example", after(59)), Some(Duration::from_secs(1)));
        assert_eq!(holds.wait("a.example", after(60)), None);
        holds.hold("b.example", Duration::from_secs(60), after(60));
        assert_eq!(holds.0.lock().expect("not poisoned").len(), 1, "what is over is forgotten");
        holds.clear();
        assert_eq!(holds.wait("b.example", after(60)), None);
    }
}
