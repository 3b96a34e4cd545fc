//! How far the asking of sources has come, for those who watch.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts shared by the desk and whoever shows them.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    total: AtomicUsize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

/// How far it has come at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Sources that were due.
    pub total: usize,
    /// Of those, the ones that were asked.
    pub done: usize,
    /// Of those, the ones that failed.
    pub failed: usize,
}

impl Progress {
    /// How far it has come.
    pub fn standing(&self) -> Standing {
        let [total, done, failed] =
            [&self.0.total, &self.0.done, &self.0.failed].map(|count| count.load(Ordering::Relaxed));
        Standing { total: total.max(done), done, failed: failed.min(done) }
    }

    pub(super) fn begin(&self, more: usize) {
        self.0.total.fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn one_done(&self, failed: bool) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
        self.0.failed.fetch_add(usize::from(failed), Ordering::Relaxed);
    }
}
