//! Places and houses, in a time that is the tests' own.

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
    // Nobody knows of the others the first time, but they are soon told from those that answer.
    let beside_unknown = longest(1000, false).await;
    let in_turns = Duration::from_secs(20) * 1000 / 48;
    assert!(beside_unknown < in_turns / 40, "{beside_unknown:?}, in turns {in_turns:?}");
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
