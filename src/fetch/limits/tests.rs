//! Places and houses, in a time that is the tests' own.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::time::sleep;

use super::*;

fn url(text: &str) -> FeedUrl {
    FeedUrl::parse(text).expect("a URL")
}

/// The work of a request to a server that answers after so long, or hangs until nobody waits any more.
async fn answers_after(takes: Duration) -> Result<(), Error> {
    const TIMEOUT: Duration = Duration::from_secs(20);
    sleep(takes.min(TIMEOUT)).await;
    if takes < TIMEOUT { Ok(()) } else { Err(Error::Timeout { url: url("http://hung.example/"), after: TIMEOUT }) }
}

const HUNG: Duration = Duration::MAX;

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
            let takes = if number % 10 == 0 { HUNG } else { Duration::from_millis(30) };
            let _ = slot.hold(answers_after(takes)).await;
            now.fetch_sub(1, Relaxed);
        });
    }
    requests.join_all().await;
    assert_eq!(most.load(Relaxed), 2);
    let starts = starts.lock().expect("not poisoned");
    assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= gap));
    assert_eq!(starts.len(), 500);
}

/// Asks servers of houses of their own in this order, each of which answers after so long, all beside 1,000 that are
/// known to hang or none. Gives for each when it had answered, and the most requests that were under way to them from
/// `settled` on and before.
async fn ask(servers: Vec<Duration>, is_beside_known: bool, settled: Duration) -> (Vec<Duration>, [usize; 2]) {
    // However many descriptors this process may have.
    let hosts = Arc::new(Hosts { gap: Duration::from_secs(1), known: Mutex::default() });
    let steady = Arc::new(Limits::with([places(64, false), SLOW, 1], hosts, Arc::default(), Arc::default()));
    let failing = Arc::new(steady.beside(places(64, true)));
    let mut known = tokio::task::JoinSet::new();
    for number in 0..if is_beside_known { 1000 } else { 0 } {
        let limits = Arc::clone(&failing);
        known.spawn(async move {
            let slot = limits.slot(&url(&format!("http://known{number}.example/"))).await;
            let _ = slot.hold(answers_after(HUNG)).await;
        });
    }
    ask_by(&steady, servers, settled).await
}

/// The same within these limits.
async fn ask_by(limits: &Arc<Limits>, servers: Vec<Duration>, settled: Duration) -> (Vec<Duration>, [usize; 2]) {
    let began = Instant::now();
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let mut asked = tokio::task::JoinSet::new();
    for (number, takes) in servers.into_iter().enumerate() {
        let (limits, now, most) = (Arc::clone(limits), Arc::clone(&now), Arc::clone(&most));
        asked.spawn(async move {
            let slot = limits.slot(&url(&format!("http://n{number}.example/"))).await;
            let under_way = now.fetch_add(1, Relaxed) + 1;
            most[usize::from(began.elapsed() >= settled)].fetch_max(under_way, Relaxed);
            let answer = slot.hold(answers_after(takes)).await;
            now.fetch_sub(1, Relaxed);
            answer.is_ok().then(|| began.elapsed())
        });
    }
    let answered = asked.join_all().await.into_iter().flatten().collect();
    (answered, [0, 1].map(|when| most[when].load(Relaxed)))
}

#[tokio::test(start_paused = true)]
async fn a_thousand_hung_servers_cost_those_that_answer_little() {
    let well = Duration::from_millis(200);
    let longest = async |servers: Vec<Duration>, is_beside_known| {
        let (answered, _) = ask(servers, is_beside_known, Duration::ZERO).await;
        assert_eq!(answered.len(), 100);
        answered.into_iter().max().expect("some")
    };
    let alone = longest(vec![well; 100], false).await;
    assert_eq!(alone, Duration::from_millis(600), "48 places, 100 servers");
    // Known ones have places of their own.
    let known = longest(vec![well; 100], true).await;
    assert!(known <= alone + Duration::from_millis(1), "{known:?}");
    // So many unknown ones for each that answers, asked after it or before it.
    for each in [1, 3, 10] {
        let after = (0..100).flat_map(|_| std::iter::once(well).chain(vec![HUNG; each])).collect::<Vec<_>>();
        let before = after.iter().rev().copied().collect();
        for servers in [after, before] {
            let among = longest(servers, false).await;
            assert!(among <= alone * 2, "{each} for each: {among:?}, alone {alone:?}");
        }
    }
    // All of them before the first one that answers: nobody can tell them from a link that is down.
    let last = longest([vec![HUNG; 1000], vec![well; 100]].concat(), false).await;
    let in_turns = Duration::from_secs(20) * 1000 / 48;
    assert!(last < in_turns / 80, "{last:?}, in turns {in_turns:?}");
}

#[tokio::test(start_paused = true)]
async fn those_that_answer_take_twice_as_long_on_average_among_ten_times_as_many_that_hang_and_nobody_knows() {
    let well = Duration::from_millis(300);
    let mean = async |servers: Vec<Duration>| {
        let (answered, _) = ask(servers, false, Duration::ZERO).await;
        assert_eq!(answered.len(), 100);
        answered.into_iter().sum::<Duration>() / 100
    };
    let alone = mean(vec![well; 100]).await;
    for shift in 0..11 {
        let servers = (0..1_100).map(|number| if number % 11 == shift { well } else { HUNG }).collect();
        let among = mean(servers).await;
        assert!(among < alone * 2, "{shift}: {among:?}, alone {alone:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_link_has_no_more_requests_under_way_than_concurrency() {
    let millis = Duration::from_millis;
    for (takes, at_first, settled) in [
        (vec![millis(200)], 48, 48),
        (vec![millis(600)], 48, 48),
        (vec![millis(990)], 48, 48),
        // Nobody has answered after a second: some more are tried.
        (vec![millis(1_500)], 144, 48),
        (vec![millis(2_900)], 336, 48),
        // One that is near answers at once: then the others seem to hang, until the first of them answer.
        ([vec![millis(600); 20], vec![millis(1)]].concat(), 300, 48),
        // Some are slower than others, but do not hang.
        (vec![millis(300), millis(2_000)], 500, 200),
        // One in five is near.
        ([vec![millis(600); 4], vec![millis(20)]].concat(), 300, 130),
        // One in ten hangs, and waits aside for 20 s: few places are opened for those.
        ([vec![millis(600); 9], vec![HUNG]].concat(), 130, 250),
        // After a hundred that hang and are still waited for, what was opened for them is closed.
        ([vec![HUNG; 100], vec![millis(600); 1_400]].concat(), 900, 148),
        // However many hang, it is never more than 25 times as many.
        (vec![HUNG], 1_200, 1_200),
    ] {
        let servers = takes.iter().copied().cycle().take(1_500).collect();
        let (_, most) = ask(servers, false, Duration::from_secs(8)).await;
        assert!(most[0] <= at_first && most[1] <= settled, "{:?}: {most:?} under way", &takes[..2.min(takes.len())]);
    }
}

#[tokio::test(start_paused = true)]
async fn places_opened_for_servers_that_hang_are_closed_when_those_are_given_up() {
    let hosts = Arc::new(Hosts { gap: Duration::ZERO, known: Mutex::default() });
    let limits = Arc::new(Limits::with([48, SLOW, 1], hosts, Arc::default(), Arc::default()));
    let well = Duration::from_millis(300);
    let hung = (0..1_100).map(|number| if number % 11 == 0 { well } else { HUNG }).collect();
    let most = async |servers| ask_by(&limits, servers, Duration::ZERO).await.1[1];
    assert!(most(hung).await > 1_000);
    assert_eq!(most(vec![well; 200]).await, 48);
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
