//! A hub, and some who would like to be one, on loopback.

use std::net::{SocketAddr, TcpListener};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::serve::{Site, serve};

const TOPIC: &str = "https://a.example/f?x=1&y";
const MAX_BODY_BYTES: usize = 64 << 10;
/// HMAC-SHA-256 of `what do ya want for nothing?` with the key `Jefe` (RFC 4231 §4.3).
const BODY: &str = "what do ya want for nothing?";
const SIGNED: &str = "X-Hub-Signature: sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\r\n";

struct Hub {
    address: SocketAddr,
    callbacks: Callbacks,
    events: mpsc::Receiver<Event>,
}

impl Hub {
    fn start() -> Self {
        let (callbacks, events) = Callbacks::open(MAX_BODY_BYTES);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let site = Site::with(callbacks.clone(), crate::serve::Hub::default());
        tokio::spawn(async move { serve(listener, site, std::future::pending()).await });
        let hub = Self { address, callbacks, events };
        hub.expect("known", Mode::Subscribe, Some("Jefe"));
        hub.expect("leaving", Mode::Unsubscribe, Some("Jefe"));
        hub.expect("plain", Mode::Subscribe, None);
        hub
    }

    fn expect(&self, token: &str, mode: Mode, secret: Option<&str>) {
        let secret = secret.map(Secret::new);
        self.callbacks.expect(&Secret::new(token), Expected { topic: TOPIC.into(), mode, secret });
    }

    /// Sends a request as it stands, and gives the status and the whole answer.
    async fn send(&self, head: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        let head = format!("{head} HTTP/1.1\r\nHost: w.example\r\nConnection: close\r\n");
        stream.write_all(head.as_bytes()).await.expect("sent");
        // A server that has refused may close before it has read everything.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        (status, answer)
    }

    async fn get(&self, token: &str, query: &str) -> (u16, String) {
        self.send(&format!("GET /websub/{token}?{query}"), b"\r\n").await
    }

    async fn post(&self, token: &str, headers: &str, body: &str) -> (u16, String) {
        let rest = format!("Content-Length: {}\r\n{headers}\r\n{body}", body.len());
        self.send(&format!("POST /websub/{token}"), rest.as_bytes()).await
    }
}

fn query(mode: &str, challenge: &str) -> String {
    format!(
        "hub.mode={mode}&hub.topic=https%3A%2F%2Fa.example%2Ff%3Fx%3D1%26y&hub.challenge={challenge}&hub.lease_seconds=60"
    )
}

#[tokio::test]
async fn what_was_asked_for_is_confirmed_and_nothing_else() {
    let mut hub = Hub::start();
    let (status, answer) = hub.get("known", &query("subscribe", "%3Cb%3Ehello")).await;
    assert!(status == 200 && answer.ends_with("\r\n\r\n<b>hello"), "{answer}");
    let lower = answer.to_ascii_lowercase();
    for header in ["content-type: text/plain", "x-content-type-options: nosniff", "cache-control: no-store"] {
        assert!(lower.contains(header), "{header}: {answer}");
    }
    let event = hub.events.recv().await.expect("an event");
    let minute = Some(Duration::from_secs(60));
    assert!(matches!(event.what, What::Verified { mode: Mode::Subscribe, lease } if lease == minute), "{event:?}");
    assert_eq!(hub.get("leaving", &query("unsubscribe", "x")).await.0, 200);
    assert!(matches!(hub.events.recv().await.expect("an event").what, What::Verified { mode: Mode::Unsubscribe, .. }));
    let (status, _) = hub.get("known", "hub.mode=denied&hub.topic=https://a.example/f?x=1%26y&hub.reason=no").await;
    assert_eq!(status, 200);
    let event = hub.events.recv().await.expect("an event");
    assert!(matches!(&event.what, What::Denied { reason } if reason.as_deref() == Some("no")), "{event:?}");
    for (token, query) in [
        ("unknown", query("subscribe", "x")),
        ("", query("subscribe", "x")),
        ("known/", query("subscribe", "x")),
        ("known", query("unsubscribe", "x")),
        ("leaving", query("subscribe", "x")),
        ("known", query("subscribe", "x").replace("a.example", "b.example")),
        ("known", query("subscribe", "%00")),
        ("known", "hub.mode=denied&hub.topic=other".to_owned()),
        ("known", String::new()),
    ] {
        let (status, answer) = hub.get(token, &query).await;
        assert!(status == 404 && !answer.contains("\r\n\r\nx"), "{token}?{query}: {answer}");
    }
    assert!(hub.events.try_recv().is_err());
    assert_eq!(hub.send("PUT /websub/known", b"Content-Length: 0\r\n\r\n").await.0, 405);
    hub.callbacks.forget(&Secret::new("known"));
    assert_eq!(hub.get("known", &query("subscribe", "x")).await.0, 404);
}

#[tokio::test]
async fn what_is_signed_is_taken_and_the_rest_is_refused() {
    let mut hub = Hub::start();
    let type_and = |signature: &str| format!("Content-Type: application/atom+xml\r\n{signature}");
    assert_eq!(hub.post("known", &type_and(SIGNED), BODY).await.0, 202);
    let Event { token, what: What::Delivered(delivery) } = hub.events.recv().await.expect("an event") else {
        panic!("no delivery");
    };
    assert_eq!((token.reveal(), &delivery.body[..]), ("known", BODY.as_bytes()));
    assert_eq!(delivery.content_type.as_deref(), Some("application/atom+xml"));
    drop(delivery);
    for (token, headers, body, expected) in [
        ("known", "", BODY, 403),
        ("known", "X-Hub-Signature: sha256=00\r\n", BODY, 403),
        ("known", &SIGNED.replace("5b", "5c"), BODY, 403),
        ("known", &SIGNED.replace("sha256", "md5"), BODY, 403),
        ("known", SIGNED, "what do ya want for something?", 403),
        ("known", SIGNED, "", 403),
        ("unknown", SIGNED, BODY, 410),
        ("leaving", SIGNED, BODY, 410),
        ("known", SIGNED, &"x".repeat(MAX_BODY_BYTES + 1), 413),
    ] {
        assert_eq!(hub.post(token, headers, body).await.0, expected, "{token} {headers} {}", body.len());
    }
    let chunk = "x".repeat(MAX_BODY_BYTES + 1);
    let chunked = format!("Transfer-Encoding: chunked\r\n{SIGNED}\r\n{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len());
    assert_eq!(hub.send("POST /websub/known", chunked.as_bytes()).await.0, 413);
    assert!(hub.events.try_recv().is_err());
    // Without a secret there is nothing to tell friend from foe by: the body is not even read.
    assert_eq!(hub.post("plain", SIGNED, BODY).await.0, 202);
    let event = hub.events.recv().await.expect("an event");
    assert!(matches!(&event.what, What::Delivered(delivery) if delivery.body.is_empty()), "{event:?}");
}

#[tokio::test]
async fn nothing_is_read_for_a_callback_that_nobody_was_told_of() {
    let hub = Hub::start();
    // The body never comes: an answer shows that nobody waits for it.
    let head = format!("Content-Length: 60000\r\n{SIGNED}\r\n");
    for (token, expected) in [("unknown", 410), ("plain", 202)] {
        let first = format!("POST /websub/{token}");
        let sent = hub.send(&first, head.as_bytes());
        assert_eq!(timeout(Duration::from_secs(10), sent).await.expect("in time").0, expected);
    }
    let sent = hub.send("POST /websub/known", b"Content-Length: 60000\r\n\r\n");
    assert_eq!(timeout(Duration::from_secs(10), sent).await.expect("in time").0, 403, "unsigned");
}

#[tokio::test]
async fn a_hub_that_sends_too_much_at_once_is_told_to_wait() {
    let mut hub = Hub::start();
    for _ in 0..AT_ONCE {
        assert_eq!(hub.post("known", SIGNED, BODY).await.0, 202);
    }
    let (status, answer) = hub.post("known", SIGNED, BODY).await;
    assert!(status == 503 && answer.to_ascii_lowercase().contains("retry-after: 60"), "{answer}");
    assert_eq!(hub.post("plain", "", "").await.0, 202, "others are not kept waiting");
    drop(hub.events.recv().await);
    assert_eq!(hub.post("known", SIGNED, BODY).await.0, 202);
    // Nor does the desk ever have more to do than so much.
    while hub.events.try_recv().is_ok() {}
    for number in 0..QUEUE {
        let token = number.to_string();
        hub.expect(&token, Mode::Subscribe, None);
        assert_eq!(hub.get(&token, &query("subscribe", "x")).await.0, 200);
    }
    assert_eq!(hub.get("known", &query("subscribe", "x")).await.0, 503);
    assert_eq!(hub.post("known", SIGNED, BODY).await.0, 503);
}

#[tokio::test]
async fn a_hub_that_asks_for_ever_is_told_to_wait() {
    let mut hub = Hub::start();
    for number in 0..=A_MINUTE {
        let expected = if number < A_MINUTE { 200 } else { 503 };
        assert_eq!(hub.get("known", &query("subscribe", "x")).await.0, expected, "{number}");
        let _ = hub.events.try_recv();
    }
    assert_eq!(hub.get("leaving", &query("unsubscribe", "x")).await.0, 200, "others are not kept waiting");
}

#[tokio::test(start_paused = true)]
async fn a_subscription_brings_so_much_within_a_minute_and_no_more() {
    let (callbacks, _events) = Callbacks::open(MAX_BODY_BYTES);
    let token = Secret::new("known");
    let expected = || Expected { topic: TOPIC.into(), mode: Mode::Subscribe, secret: None };
    callbacks.expect(&token, expected());
    let entry = || callbacks.0.as_ref().and_then(|inner| inner.table().get(&token).cloned()).expect("known");
    let taken = |times: u32| (0..times).filter(|_| entry().is_in_time(Instant::now())).count();
    assert_eq!(taken(A_MINUTE + 5), A_MINUTE as usize);
    callbacks.expect(&token, expected());
    assert_eq!(taken(5), 0, "a renewal is no new minute");
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(taken(A_MINUTE + 5), A_MINUTE as usize);
}

#[tokio::test]
async fn the_room_for_deliveries_is_bounded() {
    let hub = Hub::start();
    let inner = hub.callbacks.0.clone().expect("open");
    let all = inner.room.available_permits();
    assert_eq!(all * PIECE_BYTES, ROOM_BYTES);
    let left = Arc::clone(&inner.room).try_acquire_many_owned(u32::try_from(all - 1).expect("few")).expect("room");
    assert_eq!(hub.post("known", SIGNED, &"x".repeat(PIECE_BYTES * 2)).await.0, 503);
    assert_eq!(hub.post("known", SIGNED, BODY).await.0, 202);
    drop(left);
    assert_eq!(inner.room.available_permits(), all - 1, "what waits keeps its room");
}
