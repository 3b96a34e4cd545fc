//! How many requests may be under way: overall, and to one house.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};
use url::Host;

use super::patience::Patience;
use super::width::{Place, Width};
use super::{Error, guard};
use crate::config;
use crate::model::{FeedUrl, registrable_domain};

/// So many requests for each place may be waited for that have lost it to the next one.
const SLOW: usize = 24;

/// So many sources for each place may be taken up: most wait, for their house to have rested.
const TAKEN_UP: usize = 10;

/// Of all places, one in so many is for sources that failed the last time.
const FAILING: usize = 4;

/// The right to have one request under way, until it is dropped.
pub(super) struct Slot {
    place: Place,
    of_host: HostSlot,
}

impl Slot {
    /// Whose server it is for, as [`house`] calls it.
    pub(super) fn house(&self) -> &str {
        &self.of_host.house
    }

    /// Does the work of a request. When it takes long, its place is given to the next request, so that servers that
    /// hang do not keep those that answer waiting.
    pub(super) async fn hold<T>(mut self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let began = Instant::now();
        let mut work = std::pin::pin!(work);
        let output = tokio::select! {
            biased;
            output = &mut work => output,
            () = self.place.given_up(began) => work.await,
        };
        if !matches!(output, Err(Error::Timeout { .. })) {
            self.place.answered(began.elapsed());
        }
        output
    }
}

/// Counts the requests that are under way.
pub(super) struct Limits {
    width: Arc<Width>,
    /// Turns of bodies that are more than little.
    turns: Semaphore,
    /// How many requests for each place may wait aside.
    slow: usize,
    per_host: usize,
    hosts: Arc<Hosts>,
}

/// Holds the hosts that have requests under way or waiting, and those that must be left alone for a moment.
struct Hosts {
    gap: Duration,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    hosts: HashMap<String, HostState>,
    /// When there are so many, those that are not needed any more are forgotten.
    tidy_at: usize,
}

struct HostState {
    places: Arc<Semaphore>,
    /// The next request begins no sooner.
    free_at: Instant,
}

/// How many requests to sources that failed the last time, or to the others, may be under way at once.
pub(super) fn places(concurrency: usize, failing: bool) -> usize {
    let of_failing = (concurrency / FAILING).max(1);
    if failing { of_failing } else { concurrency.saturating_sub(of_failing).max(1) }
}

/// How many sources are taken up at once, beside those whose requests have lost their place.
pub fn most_taken_up(options: &config::Fetch, failing: bool) -> usize {
    places(options.concurrency, failing) * TAKEN_UP
}

/// How many requests for each place may have lost it: half of the descriptors that this process may have, at most.
fn slow_for_each(concurrency: usize) -> usize {
    let descriptors = rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(1024, |(soft, _)| soft);
    let for_each = usize::try_from(descriptors / 2).unwrap_or(usize::MAX) / concurrency.max(1);
    for_each.saturating_sub(1).clamp(1, SLOW)
}

impl Limits {
    pub(super) fn new(concurrency: usize, per_host: usize, gap: Duration) -> Self {
        let hosts = Arc::new(Hosts { gap, known: Mutex::default() });
        // Those beside them are a third as many.
        let slow = slow_for_each(concurrency.saturating_add(concurrency.div_ceil(FAILING - 1)));
        Self::with([concurrency, slow, per_host], hosts, Arc::default(), Arc::default())
    }

    /// Limits of their own, but for the hosts, since one house is one house, whoever asks, and for what is known of how
    /// soon servers answer.
    pub(super) fn beside(&self, concurrency: usize) -> Self {
        let (patience, came) = (self.width.patience().clone(), self.width.came().clone());
        Self::with([concurrency, self.slow, self.per_host], self.hosts.clone(), patience, came)
    }

    fn with(
        [concurrency, slow, per_host]: [usize; 3],
        hosts: Arc<Hosts>,
        patience: Arc<Patience>,
        came: Arc<Notify>,
    ) -> Self {
        let concurrency = concurrency.clamp(1, Semaphore::MAX_PERMITS / SLOW / 2);
        let width = Arc::new(Width::new(concurrency, concurrency * slow, patience, came));
        Self { width, turns: Semaphore::new(concurrency), slow, per_host: per_host.max(1), hosts }
    }

    /// How many requests are waited for, or may be, beside those of `concurrency`.
    pub(super) fn aside(&self) -> usize {
        self.width.aside()
    }

    /// Waits until a request loses its place, of these or of those beside them.
    pub(super) async fn set_aside(&self) {
        self.width.came().notified().await;
    }

    /// Waits for the turn of a body: no more than `concurrency` arrive at once, however many requests are waited for.
    pub(super) async fn turn(&self) -> SemaphorePermit<'_> {
        self.turns.acquire().await.expect("the semaphore is never closed")
    }

    /// Waits until a request to this address may start.
    ///
    /// The host's place comes first: whoever waits for a slow host takes no place from the others. Nobody may
    /// hold a slot while waiting for another, or two redirects could wait for each other for ever.
    pub(super) async fn slot(&self, url: &FeedUrl) -> Slot {
        let of_host = self.host_slot(url).await;
        let place = self.width.place().await;
        Slot { place, of_host }
    }

    async fn host_slot(&self, url: &FeedUrl) -> HostSlot {
        let house = house(url);
        let gap = if is_near(url) { Duration::ZERO } else { self.hosts.gap };
        let places = self.hosts.places(&house, self.per_host);
        // Made before the wait, so that giving up tidies up too.
        let mut slot = HostSlot { hosts: Arc::clone(&self.hosts), house, gap, permit: None };
        slot.permit = Some(places.acquire_owned().await.expect("the semaphore is never closed"));
        if !gap.is_zero() {
            sleep_until(self.hosts.reserve(&slot.house, gap)).await;
        }
        slot
    }
}

impl Hosts {
    fn places(&self, house: &str, per_host: usize) -> Arc<Semaphore> {
        let mut known = self.lock();
        if known.hosts.len() >= known.tidy_at {
            let now = Instant::now();
            known.hosts.retain(|_, state| Arc::strong_count(&state.places) > 1 || state.free_at > now);
            known.tidy_at = known.hosts.len() * 2 + 64;
        }
        let state = known.hosts.entry(house.to_owned()).or_insert_with(|| HostState {
            places: Arc::new(Semaphore::new(per_host.min(Semaphore::MAX_PERMITS))),
            free_at: Instant::now(),
        });
        Arc::clone(&state.places)
    }

    /// When a request may begin; the next one may a gap later.
    fn reserve(&self, house: &str, gap: Duration) -> Instant {
        let now = Instant::now();
        let mut known = self.lock();
        let Some(state) = known.hosts.get_mut(house) else { return now };
        let begin = state.free_at.max(now);
        state.free_at = begin + gap;
        begin
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct HostSlot {
    hosts: Arc<Hosts>,
    house: String,
    gap: Duration,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for HostSlot {
    /// Gives the place back, and forgets a host that nobody else has or waits for and that needs no rest.
    fn drop(&mut self) {
        let had_place = self.permit.is_some();
        let mut known = self.hosts.lock();
        if let Some(state) = known.hosts.get_mut(&self.house) {
            if had_place {
                state.free_at = state.free_at.max(Instant::now() + self.gap);
            }
            self.permit = None;
            if Arc::strong_count(&state.places) == 1 && state.free_at <= Instant::now() {
                known.hosts.remove(&self.house);
            }
        }
    }
}

/// Whose server this is: the registrable domain (`feeds.bbci.co.uk` is `bbci.co.uk`), else the host as it stands.
pub fn house(url: &FeedUrl) -> String {
    match url.as_url().host() {
        Some(Host::Domain(domain)) => registrable_domain(domain.trim_end_matches('.')).to_owned(),
        Some(address) => address.to_string(),
        None => String::new(),
    }
}

/// Whether a server is this machine's or its network's own: an address that is not public, or a name that no public
/// server has (RFC 6761 §6.3, RFC 6762 §3, RFC 8375, and ICANN's `internal`).
pub fn is_near(url: &FeedUrl) -> bool {
    if let Some(address) = guard::literal(url) {
        return guard::guard(false)(address).is_some();
    }
    let name = url.as_url().domain().unwrap_or_default().trim_end_matches('.');
    let near = ["localhost", "local", "internal", "home.arpa"];
    !name.contains('.') || near.iter().any(|end| name.strip_suffix(end).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests;
