//! How many requests may be under way: overall, and to one house.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, sleep_until};
use url::Host;

use super::guard;
use crate::config;
use crate::model::{FeedUrl, registrable_domain};

/// A request without an answer after so long goes on, but its place is given to the next one.
const PATIENCE: Duration = Duration::from_secs(1);

/// So many requests for each place may be waited for beyond that.
const SLOW: usize = 4;

/// Of all places, one in so many is for sources that failed the last time.
const FAILING: usize = 4;

/// The right to have one request under way, until it is dropped.
pub(super) struct Slot {
    overall: OwnedSemaphorePermit,
    slow: Arc<Semaphore>,
    of_host: HostSlot,
}

impl Slot {
    /// Whose server it is for, as [`house`] calls it.
    pub(super) fn house(&self) -> &str {
        &self.of_host.house
    }

    /// Does the work of a request. When it takes long, its place is given to the next request, so that servers that
    /// hang do not keep those that answer waiting.
    pub(super) async fn hold<T>(mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            output = &mut work => return output,
            () = sleep(PATIENCE) => {}
        }
        if let Ok(place) = Arc::clone(&self.slow).try_acquire_owned() {
            self.overall = place;
        }
        let output = work.await;
        drop(self);
        output
    }
}

/// Counts the requests that are under way.
pub(super) struct Limits {
    overall: Arc<Semaphore>,
    slow: Arc<Semaphore>,
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

/// How many requests can be under way at once, those that are slow to answer included.
pub fn most_under_way(options: &config::Fetch, failing: bool) -> usize {
    places(options.concurrency, failing) * (1 + SLOW)
}

impl Limits {
    pub(super) fn new(concurrency: usize, per_host: usize, gap: Duration) -> Self {
        let hosts = Arc::new(Hosts { gap, known: Mutex::default() });
        Self::with_hosts(concurrency, per_host, hosts)
    }

    /// Limits of their own, but for the hosts: one house is one house, whoever asks.
    pub(super) fn beside(&self, concurrency: usize) -> Self {
        Self::with_hosts(concurrency, self.per_host, Arc::clone(&self.hosts))
    }

    fn with_hosts(concurrency: usize, per_host: usize, hosts: Arc<Hosts>) -> Self {
        let [overall, slow] = [1, SLOW].map(|times| {
            let permits = concurrency.saturating_mul(times).clamp(1, Semaphore::MAX_PERMITS);
            Arc::new(Semaphore::new(permits))
        });
        Self { overall, slow, per_host: per_host.max(1), hosts }
    }

    /// Waits until a request to this address may start.
    ///
    /// The host's place comes first: whoever waits for a slow host takes no place from the others. Nobody may
    /// hold a slot while waiting for another, or two redirects could wait for each other for ever.
    pub(super) async fn slot(&self, url: &FeedUrl) -> Slot {
        let of_host = self.host_slot(url).await;
        let overall = Arc::clone(&self.overall).acquire_owned().await.expect("the semaphore is never closed");
        Slot { overall, slow: Arc::clone(&self.slow), of_host }
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
mod tests {
    use super::*;

    fn url(text: &str) -> FeedUrl {
        FeedUrl::parse(text).expect("a URL")
    }

    #[test]
    fn a_house_is_a_registrable_domain() {
        for (address, expected) in [
            ("https://feeds.bbci.co.uk/news", "bbci.co.uk"),
            ("https://www.example.com:8443/", "example.com"),
            ("http://example.com./", "example.com"),
            ("https://jane.github.io/feed", "jane.github.io"),
            ("http://localhost:8080/", "localhost"),
            ("http://127.1:8080/", "127.0.0.1"),
            ("http://[::1]/", "[::1]"),
        ] {
            assert_eq!(house(&url(address)), expected);
        }
    }

    #[tokio::test]
    async fn a_waiting_host_takes_no_place_from_others() {
        let limits = Limits::new(2, 1, Duration::ZERO);
        let held = limits.slot(&url("http://slow.example/1")).await;
        let second = url("http://slow.example/2");
        let mut waiting = Box::pin(limits.host_slot(&second));
        assert!(poll_once(&mut waiting).await.is_none(), "the second request to one host waits");
        let other = limits.slot(&url("http://quick.example/")).await;
        drop((held, other));
        assert!(poll_once(&mut waiting).await.is_some(), "it gets the place that was given back");
    }

    #[tokio::test]
    async fn hosts_without_requests_are_forgotten() {
        let limits = Limits::new(8, 1, Duration::ZERO);
        let held = limits.slot(&url("http://a.example/1")).await;
        {
            let second = url("http://a.example/2");
            let mut given_up = Box::pin(limits.slot(&second));
            assert!(poll_once(&mut given_up).await.is_none());
        }
        assert_eq!(limits.hosts.lock().hosts.len(), 1);
        drop(held);
        assert!(limits.hosts.lock().hosts.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_house_rests_between_two_requests_and_this_machine_needs_no_rest() {
        let gap = Duration::from_secs(2);
        let limits = Limits::new(8, 2, gap);
        for (address, expected) in [
            ("http://feeds.busy.example.org/", gap),
            ("http://127.0.0.1/", Duration::ZERO),
            ("http://192.168.1.7/", Duration::ZERO),
            ("http://[::1]/", Duration::ZERO),
            ("http://nas/", Duration::ZERO),
            ("http://nas.local/", Duration::ZERO),
            ("http://wiki.internal./", Duration::ZERO),
            ("http://notlocal/", Duration::ZERO),
            ("http://news.notlocal/", gap),
            ("http://9.9.9.9/", gap),
        ] {
            let address = url(address);
            drop(limits.slot(&address).await);
            let before = Instant::now();
            let (one, two) = tokio::join!(limits.slot(&address), limits.slot(&address));
            assert_eq!(before.elapsed(), expected * 2, "{address:?}: two more, each after a rest");
            drop((one, two));
        }
        tokio::time::advance(gap).await;
        limits.hosts.lock().tidy_at = 0;
        drop(limits.slot(&url("http://localhost/")).await);
        assert!(limits.hosts.lock().hosts.is_empty(), "houses that have rested are forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn five_hundred_requests_to_one_house_never_exceed_its_limits() {
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        let gap = Duration::from_secs(1);
        let limits = Arc::new(Limits::new(64, 2, gap));
        let failing = Arc::new(limits.beside(16));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let starts = Arc::new(Mutex::new(Vec::new()));
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..500 {
            let limits = Arc::clone(if number % 5 == 0 { &failing } else { &limits });
            let (now, most, starts) = (Arc::clone(&now), Arc::clone(&most), Arc::clone(&starts));
            requests.spawn(async move {
                let slot = limits.slot(&url(&format!("http://n{number}.one.example.org/"))).await;
                starts.lock().expect("not poisoned").push(Instant::now());
                most.fetch_max(now.fetch_add(1, Relaxed) + 1, Relaxed);
                // Every tenth hangs for longer than is waited for.
                let takes = Duration::from_millis(if number % 10 == 0 { 20_000 } else { 30 });
                slot.hold(sleep(takes)).await;
                now.fetch_sub(1, Relaxed);
            });
        }
        requests.join_all().await;
        assert_eq!(most.load(Relaxed), 2);
        let starts = starts.lock().expect("not poisoned");
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= gap));
        assert_eq!(starts.len(), 500);
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_hung_servers_cost_those_that_answer_little() {
        let answer = Duration::from_millis(200);
        // The longest wait of a hundred servers that answer, with so many hung ones asked before and among them.
        let longest = async |hung: usize, known: bool| {
            let steady = Arc::new(Limits::new(places(64, false), 1, Duration::from_secs(1)));
            let failing = Arc::new(steady.beside(places(64, true)));
            let mut hanging = tokio::task::JoinSet::new();
            let hang = |number: usize| {
                let limits = Arc::clone(if known { &failing } else { &steady });
                async move {
                    let slot = limits.slot(&url(&format!("http://hung{number}.example/"))).await;
                    slot.hold(sleep(Duration::from_secs(20))).await;
                }
            };
            let mut healthy = tokio::task::JoinSet::new();
            for number in 0..1100 {
                if number % 11 != 0 && number < hung + hung / 10 {
                    hanging.spawn(hang(number));
                } else if number % 11 == 0 {
                    let limits = Arc::clone(&steady);
                    healthy.spawn(async move {
                        let before = Instant::now();
                        let slot = limits.slot(&url(&format!("http://well{number}.example/"))).await;
                        slot.hold(sleep(answer)).await;
                        before.elapsed()
                    });
                }
            }
            healthy.join_all().await.into_iter().max().expect("some")
        };
        let alone = longest(0, true).await;
        let beside_known = longest(1000, true).await;
        assert!(beside_known <= alone * 2, "{beside_known:?}, alone {alone:?}");
        // Nobody knows of the others the first time, but most of them wait where they take no place.
        let beside_unknown = longest(1000, false).await;
        let in_turns = Duration::from_secs(20) * 1000 / 48;
        assert!(beside_unknown < in_turns / 4, "{beside_unknown:?}, in turns {in_turns:?}");
    }

    /// Polls a future once.
    async fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
