//! How many requests may be under way: overall, and to one house.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Host;

use crate::model::FeedUrl;

/// The right to have one request under way, until it is dropped.
pub(super) struct Slot {
    _overall: OwnedSemaphorePermit,
    _of_host: HostSlot,
}

/// Counts the requests that are under way.
pub(super) struct Limits {
    overall: Arc<Semaphore>,
    per_host: usize,
    hosts: Arc<Hosts>,
}

/// Holds the hosts that have requests under way or waiting, no others.
type Hosts = Mutex<HashMap<String, Arc<Semaphore>>>;

impl Limits {
    pub(super) fn new(concurrency: usize, per_host: usize) -> Self {
        let permits = concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Self { overall: Arc::new(Semaphore::new(permits)), per_host: per_host.max(1), hosts: Arc::default() }
    }

    /// Waits until a request to this address may start.
    ///
    /// The host's place comes first: whoever waits for a slow host takes no place from the others. Nobody may
    /// hold a slot while waiting for another, or two redirects could wait for each other for ever.
    pub(super) async fn slot(&self, url: &FeedUrl) -> Slot {
        let of_host = self.host_slot(house(url)).await;
        let overall = Arc::clone(&self.overall).acquire_owned().await.expect("the semaphore is never closed");
        Slot { _overall: overall, _of_host: of_host }
    }

    async fn host_slot(&self, host: String) -> HostSlot {
        let semaphore = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let permits = self.per_host.min(Semaphore::MAX_PERMITS);
            Arc::clone(hosts.entry(host.clone()).or_insert_with(|| Arc::new(Semaphore::new(permits))))
        };
        // Made before the wait, so that giving up tidies up too.
        let mut slot = HostSlot { hosts: Arc::clone(&self.hosts), host, permit: None };
        slot.permit = Some(semaphore.acquire_owned().await.expect("the semaphore is never closed"));
        slot
    }
}

struct HostSlot {
    hosts: Arc<Hosts>,
    host: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for HostSlot {
    /// Gives the place back and forgets a host that nobody else has or waits for.
    fn drop(&mut self) {
        self.permit = None;
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.get(&self.host).is_some_and(|semaphore| Arc::strong_count(semaphore) == 1) {
            hosts.remove(&self.host);
        }
    }
}

/// Whose server this is: the registrable domain (`feeds.bbci.co.uk` is `bbci.co.uk`), else the host as it stands.
pub(super) fn house(url: &FeedUrl) -> String {
    match url.as_url().host() {
        Some(Host::Domain(domain)) => {
            let domain = domain.trim_end_matches('.');
            psl::domain_str(domain).unwrap_or(domain).to_owned()
        }
        Some(address) => address.to_string(),
        None => String::new(),
    }
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
        let limits = Limits::new(2, 1);
        let held = limits.slot(&url("http://slow.example/1")).await;
        let mut waiting = Box::pin(limits.host_slot(house(&url("http://slow.example/2"))));
        assert!(poll_once(&mut waiting).await.is_none(), "the second request to one host waits");
        let other = limits.slot(&url("http://quick.example/")).await;
        drop((held, other));
        assert!(poll_once(&mut waiting).await.is_some(), "it gets the place that was given back");
    }

    #[tokio::test]
    async fn hosts_without_requests_are_forgotten() {
        let limits = Limits::new(8, 1);
        let held = limits.slot(&url("http://a.example/1")).await;
        {
            let second = url("http://a.example/2");
            let mut given_up = Box::pin(limits.slot(&second));
            assert!(poll_once(&mut given_up).await.is_none());
        }
        assert_eq!(limits.hosts.lock().expect("not poisoned").len(), 1);
        drop(held);
        assert!(limits.hosts.lock().expect("not poisoned").is_empty());
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
