//! What hubs send is published at once: the daemon, a feed that names a hub, and the hub.
//!
//! One hub is that of Flask-WebSub, where `WIREDESK_PYTHON` names a Python that has it; else that test is skipped, and
//! says so.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use ring::hmac;

use crate::world::{Daemon, Page, Place, Reply, Server, TOO_LONG, config, get, rss, send};

const TOPIC: &str = "https://news.example/canonical?a=1&b";
const FIRST: (&str, &str, &str) = ("1", "Ferry runs aground", "The morning ferry sat on a sandbank for three hours.");
const SECOND: (&str, &str, &str) = ("2", "Orchestra plays on", "An orchestra played Bruckner in the rain.");
const THIRD: (&str, &str, &str) = ("3", "Glacier loses an arm", "Geologists measured how far the ice has drawn back.");

/// A hub that takes every form.
struct Hub {
    url: String,
    forms: Receiver<BTreeMap<String, String>>,
}

impl Hub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/hub", listener.local_addr().expect("an address"));
        let (sender, forms) = channel();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
                let mut length = 0;
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().expect("a length");
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("a form");
                let taken = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                stream.write_all(taken).expect("answered");
                let form = url::form_urlencoded::parse(&body).into_owned().collect();
                if sender.send(form).is_err() {
                    return;
                }
            }
        });
        Self { url, forms }
    }

    fn next(&self) -> BTreeMap<String, String> {
        self.forms.recv_timeout(TOO_LONG).expect("a form")
    }
}

/// A desk with one source that names a hub.
struct Desk {
    _server: Server,
    hub: Hub,
    place: Place,
    url: String,
}

impl Desk {
    fn new() -> Self {
        let (server, hub) = (Server::start(), Hub::start());
        let links = format!("<{}>; rel=\"hub\", <{}>; rel=\"self\"", hub.url, TOPIC);
        server.put("/feed", Page::feed(rss("News", &[FIRST])).with("Link", &links));
        // The site's address is a public one, so that of the machine must be known otherwise.
        let port = free_port();
        let text = config(&[("news", &server.url("/feed"))]).replace("[fetch]", "[fetch]\nmax_body = \"64KiB\"");
        let place = Place::new(&format!("{text}[server]\nlisten = \"127.0.0.1:{port}\"\n"));
        Self { _server: server, hub, place, url: format!("http://127.0.0.1:{port}/") }
    }

    /// Starts the daemon, and confirms what it asks for. Returns where to call it and the secret.
    fn subscribed(&self) -> (Daemon, String, String) {
        let daemon = self.place.daemon();
        let form = self.hub.next();
        let callback = form["hub.callback"].strip_prefix("https://wire.example/").expect("below the site");
        let callback = format!("{}{callback}", self.url);
        let reply = get(&format!("{callback}?{}", query("subscribe", TOPIC)), &[]);
        assert_eq!((reply.status, reply.text().as_str()), (200, "x7"));
        (daemon, callback, form["hub.secret"].clone())
    }

    fn status(&self) -> serde_json::Value {
        self.place.status()["sources"][0]["push"].clone()
    }
}

fn query(mode: &str, topic: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let pairs = [("hub.mode", mode), ("hub.topic", topic), ("hub.challenge", "x7"), ("hub.lease_seconds", "864000")];
    query.extend_pairs(pairs).finish()
}

fn sign(body: &str, secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let tag: String = hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha1={tag}")
}

fn push(callback: &str, body: &str, signature: &str) -> Reply {
    let length = body.len().to_string();
    let headers =
        [("Content-Type", "application/rss+xml"), ("Content-Length", &length), ("X-Hub-Signature", signature)];
    send("POST", callback, &headers, body.as_bytes())
}

#[test]
fn what_a_hub_sends_is_published_before_the_source_is_asked_again() {
    let desk = Desk::new();
    let (mut daemon, callback, secret) = desk.subscribed();
    let body = rss("News", &[SECOND]);
    assert_eq!(push(&callback, &body, &sign(&body, &secret)).status, 202);
    daemon.wait_for("1 new");
    let front = get(&format!("{}front.atom", desk.url), &[]).text();
    assert!(front.contains(FIRST.1) && front.contains(SECOND.1), "{front}");
    let status = desk.status();
    assert_eq!((status["state"].as_str(), status["relied_on"].as_bool()), (Some("active"), Some(true)), "{status}");
    assert!(!status.to_string().contains(&secret) && !daemon.said.contains(&secret));
}

#[test]
fn check_says_whether_hubs_can_call() {
    let text = config(&[("news", "https://news.example/feed")]);
    for (from, to, expected) in [
        ("", "", "hubs     call at https://wire.example/websub/"),
        ("[fetch]", "[fetch]\nwebsub = false", "hubs     are not subscribed at: `websub` under [fetch] is off"),
        ("[fetch]", "[server]\nlisten = \"off\"\n[fetch]", "hubs     are not subscribed at: `listen`"),
        (
            "https://wire.example/",
            "http://nas.local/",
            "hubs     are not subscribed at: `url` under [site] is no public",
        ),
    ] {
        let ended = Place::new(&text.replacen(from, to, 1)).run(&["check"]);
        assert!(ended.code == Some(0) && ended.out.contains(expected), "{}{}", ended.out, ended.err);
    }
}

#[test]
fn what_is_unknown_or_unsigned_or_too_large_is_refused() {
    let desk = Desk::new();
    let (mut daemon, callback, secret) = desk.subscribed();
    let unknown = format!("{}websub/0123456789abcdef", desk.url);
    assert_eq!(get(&format!("{unknown}?{}", query("subscribe", TOPIC)), &[]).status, 404);
    assert_eq!(get(&format!("{callback}?{}", query("subscribe", "https://news.example/other")), &[]).status, 404);
    assert_eq!(get(&format!("{callback}?{}", query("unsubscribe", TOPIC)), &[]).status, 404);
    let body = rss("News", &[SECOND]);
    let large = "x".repeat((64 << 10) + 1);
    let refused = [
        push(&unknown, &body, &sign(&body, &secret)),
        push(&callback, &body, ""),
        push(&callback, &body, &sign(&body, "another secret")),
        push(&callback, &format!("{body} "), &sign(&body, &secret)),
        push(&callback, &large, &sign(&large, &secret)),
    ];
    assert_eq!(refused.map(|reply| reply.status), [410, 403, 403, 403, 413]);
    // What came after them is all there is.
    let body = rss("News", &[THIRD]);
    assert_eq!(push(&callback, &body, &sign(&body, &secret)).status, 202);
    daemon.wait_for("1 new");
    let front = get(&format!("{}front.atom", desk.url), &[]).text();
    assert!(front.contains(THIRD.1) && !front.contains(SECOND.1), "{front}");
}

#[test]
fn a_subscription_outlives_a_process_that_is_killed() {
    let desk = Desk::new();
    let (mut daemon, callback, secret) = desk.subscribed();
    let body = rss("News", &[SECOND]);
    assert_eq!(push(&callback, &body, &sign(&body, &secret)).status, 202);
    daemon.wait_for("1 new");
    daemon.kill();
    let mut daemon = desk.place.daemon();
    let body = rss("News", &[THIRD]);
    assert_eq!(push(&callback, &body, &sign(&body, &secret)).status, 202);
    daemon.wait_for("1 new");
    let front = get(&format!("{}front.atom", desk.url), &[]).text();
    assert!([FIRST, SECOND, THIRD].iter().all(|item| front.contains(item.1)), "{front}");
    assert!(desk.hub.forms.try_recv().is_err(), "nothing had to be asked for again");
    daemon.stop();
}

/// A process that ends with the test.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port()
}

#[test]
fn the_hub_of_flask_websub_subscribes_the_desk_and_brings_it_news() {
    let Some(python) = std::env::var_os("WIREDESK_PYTHON") else {
        eprintln!("SKIPPED: WIREDESK_PYTHON names no Python with Flask-WebSub");
        return;
    };
    for algorithm in ["sha1", "sha256", "sha384", "sha512"] {
        let (of_hub, of_desk) = (free_port(), free_port());
        let (hub, desk) = (format!("http://127.0.0.1:{of_hub}"), format!("http://127.0.0.1:{of_desk}/"));
        let text = config(&[("news", &format!("{hub}/feed"))]);
        let place = Place::new(&format!("{text}[server]\nlisten = \"127.0.0.1:{of_desk}\"\n"));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/websub/hub.py");
        let mut command = std::process::Command::new(&python);
        command.arg(script).args([of_hub.to_string().as_str(), &desk, algorithm]).current_dir(place.path());
        let mut running =
            Running(command.stdout(std::process::Stdio::piped()).spawn().expect("the Python of WIREDESK_PYTHON runs"));
        let mut said = BufReader::new(running.0.stdout.take().expect("a pipe")).lines();
        let mut line = || said.next().and_then(Result::ok).expect("a line of the hub");
        assert_eq!(line(), "ready");
        let mut daemon = place.daemon();
        assert_eq!(line(), "called GET 200", "{algorithm}: its challenge is answered");
        assert_eq!(line(), "took subscribe 202");
        assert_eq!(get(&format!("{hub}/add"), &[]).status, 200);
        let form = format!("hub.mode=publish&hub.topic=http%3A%2F%2F127.0.0.1%3A{of_hub}%2Ffeed");
        let length = form.len().to_string();
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", length.as_str())];
        assert_eq!(send("POST", &format!("{hub}/hub"), &headers, form.as_bytes()).status, 202);
        assert_eq!(line(), "called POST 202", "{algorithm}: what it sends is taken");
        daemon.wait_for("1 new");
    }
}
