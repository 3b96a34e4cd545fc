//! Those who ask too much, or too slowly.

use std::net::TcpListener;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::serve::{Callbacks, Site, serve};

const TOPIC: &str = "https://w.example/front.atom";

struct Desk {
    address: SocketAddr,
    asked: mpsc::Receiver<Asked>,
}

impl Desk {
    fn start() -> Self {
        let (hub, asked) = Hub::open([TOPIC.to_owned()]);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let site = Site::with(Callbacks::default(), hub);
        tokio::spawn(async move { serve(listener, site, std::future::pending()).await });
        Self { address, asked }
    }

    /// Subscribes, as a client that a proxy names, and gives the status.
    async fn ask(&self, client: &str, callback: &str) -> u16 {
        let callback: String = url::form_urlencoded::byte_serialize(callback.as_bytes()).collect();
        let form = format!("hub.mode=subscribe&hub.topic=https%3A%2F%2Fw.example%2Ffront.atom&hub.callback={callback}");
        let head = format!(
            "POST /websub/hub HTTP/1.1\r\nHost: w.example\r\nConnection: close\r\nContent-Type: {FORM}\r\n\
             X-Forwarded-For: {client}\r\nContent-Length: {}\r\n\r\n",
            form.len()
        );
        let mut stream = TcpStream::connect(self.address).await.expect("a connection");
        stream.write_all(&[head, form].concat().into_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }
}

#[tokio::test]
async fn so_many_requests_wait_for_one_host_and_its_others_have_room() {
    let mut desk = Desk::start();
    for n in 0..OF_HOST {
        assert_eq!(desk.ask("203.0.113.1", &format!("https://n{n}.one.example/")).await, 202);
    }
    assert_eq!(desk.ask("203.0.113.2", "https://one.example/").await, 503);
    assert_eq!(desk.ask("203.0.113.2", "https://two.example/").await, 202);
    let asked = desk.asked.recv().await.expect("one that waits");
    assert_eq!((asked.wanted.topic.as_str(), host(&asked.wanted.callback).as_str()), (TOPIC, "one.example"));
    assert_eq!(desk.ask("203.0.113.2", "https://one.example/").await, 503, "it is being verified");
    drop(asked);
    assert_eq!(desk.ask("203.0.113.2", "https://one.example/").await, 202, "its place is free");
}

#[tokio::test]
async fn so_much_is_asked_for_one_host_whoever_asks() {
    let mut desk = Desk::start();
    for n in 0..TO_HOST_A_MINUTE {
        assert_eq!(desk.ask(&format!("203.0.113.{n}"), "https://one.example/").await, 202);
        drop(desk.asked.recv().await.expect("one that waits"));
    }
    assert_eq!(desk.ask("198.51.100.1", "https://one.example/").await, 429);
    assert_eq!(desk.ask("198.51.100.1", "https://two.example/").await, 202);
}

#[tokio::test(start_paused = true)]
async fn minutes_are_counted_from_their_first_request_and_for_so_many_clients() {
    let (Hub(Some(inner)), _asked) = Hub::open([]) else { return };
    let start = Instant::now();
    let after = |seconds| start + Duration::from_secs(seconds);
    for (seconds, expected) in [(0, true), (1, true), (59, false), (60, true), (61, true), (62, false)] {
        assert_eq!(inner.is_in_time("one".into(), 2, after(seconds)), expected, "{seconds}");
    }
    for n in 1..COUNTED {
        assert!(inner.is_in_time(n.to_string(), 2, after(62)));
    }
    assert!(!inner.is_in_time("another".into(), 2, after(62)), "there is no room to count it");
    assert!(inner.is_in_time("7".into(), 2, after(62)));
    assert!(inner.is_in_time("another".into(), 2, after(122)), "what is over is forgotten");
    assert!(lock(&inner.minutes).len() < 3);
}

#[test]
fn a_client_is_an_address_or_a_network_and_a_proxy_is_believed_where_it_is_near() {
    let check = |peer: Option<&str>, forwarded: &[&str], expected: &str| {
        let mut request = Request::new(Body::empty());
        if let Some(peer) = peer {
            let peer: SocketAddr = peer.parse().expect("an address");
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        for value in forwarded {
            request.headers_mut().append("x-forwarded-for", value.parse().expect("a value"));
        }
        assert_eq!(client(&request), expected, "{peer:?} {forwarded:?}");
    };
    check(Some("203.0.113.7:80"), &[], "203.0.113.7");
    check(Some("203.0.113.7:80"), &["198.51.100.1"], "203.0.113.7");
    check(Some("127.0.0.1:80"), &["198.51.100.1, 203.0.113.9"], "203.0.113.9");
    check(Some("[fd00::1]:80"), &["198.51.100.1", "203.0.113.9:4711"], "203.0.113.9");
    check(Some("10.0.0.1:80"), &["[2001:db8:1:2:3::4]:80"], "2001:db8:1:2::");
    check(Some("[::ffff:10.0.0.1]:80"), &["nonsense"], "10.0.0.1");
    check(Some("[2001:db8:1:2:3::4]:80"), &[], "2001:db8:1:2::");
    check(None, &[], "");
}
