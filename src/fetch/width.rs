//! The places of requests: each for one at a time, and more of them where most servers are silent.
//!
//! `concurrency` is meant for requests that are answered. One whose server is silent for longer than others take
//! ([`Patience`]) is waited for aside, and the next one has its place. Where most servers are silent, most places are
//! taken by requests that will lose them, and those that would be answered wait for a turn. So more places are opened,
//! as many as silent ones are expected to take, so that `concurrency` of those under way can be expected to be answered:
//! of a share s of requests that are answered, and others that each take a place for [`TIMES`] as long, that is
//! concurrency · [`TIMES`] · (1 − s) / s. On a slow link all of them are answered, and none is opened.
//!
//! Opened places are taken out of the room aside, so that no more requests are ever under way than there are places and
//! room. There are at most some for each request that waits aside, so that it takes several rounds to open many; and
//! they are closed again as the requests in them end, once servers answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::patience::{Patience, TIMES};

/// What is left of the counts of answered and silent requests after one more.
const KEPT: f64 = 1.0 - 1.0 / 128.0;

/// So many places may be opened for each request that waits aside.
const OPENED: usize = 16;

/// And while servers answer sooner than far ones can: on a slow link, those may be the only ones that are near.
const OPENED_NEAR: usize = 4;

/// A far server takes longer than this.
const FAR: Duration = Duration::from_millis(100);

/// And while no server has answered yet: a slow link is likelier than that all of them hang.
const OPENED_BLINDLY: usize = 1;

/// The places of requests of one kind.
pub(super) struct Width {
    places: Arc<Semaphore>,
    /// Room for requests that have lost their place, and for places that are opened.
    aside: Arc<Semaphore>,
    concurrency: usize,
    most_aside: usize,
    patience: Arc<Patience>,
    /// Told of each that comes aside.
    came: Arc<Notify>,
    seen: Mutex<Seen>,
}

struct Seen {
    /// The last requests that were answered, and those that were not, or not yet; faded.
    answered: f64,
    silent: f64,
    /// Places that are open beside those of `concurrency`.
    open: usize,
}

impl Width {
    /// As many places as requests may be under way, and room for so many aside.
    pub(super) fn new(concurrency: usize, most_aside: usize, patience: Arc<Patience>, came: Arc<Notify>) -> Self {
        let [places, aside] = [concurrency, most_aside].map(|permits| Arc::new(Semaphore::new(permits)));
        let seen = Mutex::new(Seen { answered: 1.0, silent: 0.0, open: 0 });
        Self { places, aside, concurrency, most_aside, patience, came, seen }
    }

    /// How many requests are under way beside `concurrency`, or may be.
    pub(super) fn aside(&self) -> usize {
        self.most_aside.saturating_sub(self.aside.available_permits())
    }

    pub(super) fn patience(&self) -> &Arc<Patience> {
        &self.patience
    }

    pub(super) fn came(&self) -> &Arc<Notify> {
        &self.came
    }

    /// Waits for a place.
    pub(super) async fn place(self: &Arc<Self>) -> Place {
        let permit = Arc::clone(&self.places).acquire_owned().await.expect("the semaphore is never closed");
        Place { width: Arc::clone(self), permit: Some(permit), is_aside: false }
    }

    fn learn(&self, is_answered: bool) {
        let mut seen = self.lock();
        seen.answered *= KEPT;
        seen.silent *= KEPT;
        *if is_answered { &mut seen.answered } else { &mut seen.silent } += 1.0;
        self.open(&mut seen);
    }

    /// What counted as silent was answered after all.
    fn unlearn(&self) {
        let mut seen = self.lock();
        let late = seen.silent.min(1.0);
        seen.silent -= late;
        seen.answered += late;
    }

    /// How many places should be open beside those of `concurrency`.
    fn wanted(&self, seen: &Seen) -> usize {
        let waiting = self.aside().saturating_sub(seen.open);
        let each = match self.patience.typical() {
            None => OPENED_BLINDLY,
            Some(typical) if typical < FAR => OPENED_NEAR,
            Some(_) => OPENED,
        };
        let most = waiting.saturating_mul(each).min(self.most_aside);
        let taken = self.concurrency as f64 * TIMES * seen.silent / seen.answered.max(f64::EPSILON);
        (taken as usize).min(most)
    }

    fn open(&self, seen: &mut Seen) {
        let missing = self.wanted(seen).saturating_sub(seen.open).min(self.aside.available_permits());
        // Somebody else may have taken some of the room since.
        if let Ok(room) = self.aside.try_acquire_many(u32::try_from(missing).unwrap_or(u32::MAX)) {
            room.forget();
            self.places.add_permits(missing);
            seen.open += missing;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to have one request under way, until it is dropped.
pub(super) struct Place {
    width: Arc<Width>,
    permit: Option<OwnedSemaphorePermit>,
    is_aside: bool,
}

impl Place {
    /// Waits until the request in it, which began then, is to lose it, and gives it to the next one if there is room
    /// aside.
    pub(super) async fn given_up(&mut self, began: Instant) {
        self.width.patience.over(began).await;
        if let Ok(room) = Arc::clone(&self.width.aside).try_acquire_owned() {
            self.permit = Some(room);
            self.is_aside = true;
            self.width.learn(false);
            self.width.came.notify_one();
        }
    }

    /// Learns that the request in it was answered after so long.
    pub(super) fn answered(&self, after: Duration) {
        self.width.patience.answered(after);
        if self.is_aside { self.width.unlearn() } else { self.width.learn(true) }
    }
}

impl Drop for Place {
    /// Closes places that are no longer needed: this one, or those that nobody has once a request that waited aside is
    /// over.
    fn drop(&mut self) {
        let Self { width, permit, is_aside } = self;
        let mut seen = width.lock();
        if *is_aside {
            *permit = None;
        }
        while seen.open > width.wanted(&seen) {
            let free = if *is_aside { Arc::clone(&width.places).try_acquire_owned().ok() } else { permit.take() };
            let Some(free) = free else { return };
            free.forget();
            width.aside.add_permits(1);
            seen.open -= 1;
        }
    }
}
