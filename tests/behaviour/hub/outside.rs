//! Hubs of others that are told of changes, a subscriber that others wrote, and what is said of all that.
//!
//! Both are Flask-WebSub's, where `WIREDESK_PYTHON` names a Python that has it; else these tests are skipped, and say so.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::say;
use super::subscriber::{Answer, Called, Subscriber};
use crate::world::{Place, config, get, rss};

const FIRST: (&str, &str, &str) = ("1", "Ferry runs aground", "The morning ferry sat on a sandbank for three hours.");
const SECOND: (&str, &str, &str) = ("2", "Orchestra plays Bruckner", "An orchestra played Bruckner in the rain.");

/// A place whose feeds name this hub.
fn place(hub: &str) -> Place {
    let text = config(&[("news", "news.xml")]);
    let place = Place::new(&format!(
        "{text}[[edition]]\nname = \"inner\"\naccess = \"token\"\ntokens = []\n[server]\nwebsub = \"{hub}\"\n"
    ));
    place.write("news.xml", rss("News", &[FIRST]));
    place
}

/// What a form says under a name.
fn field(called: &Called, name: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(&called.body);
    pairs.find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value.into_owned())
}

/// Waits for the forms of three feeds.
fn three(hub: &Subscriber) -> Vec<String> {
    let mut topics: Vec<String> = (0..3)
        .map(|_| {
            let form = hub.expect("POST");
            assert_eq!(form.headers["content-type"], "application/x-www-form-urlencoded");
            assert_eq!(field(&form, "hub.mode"), "publish");
            assert_eq!(field(&form, "hub.topic"), field(&form, "hub.url"));
            field(&form, "hub.topic")
        })
        .collect();
    topics.sort();
    topics
}

#[test]
fn an_outside_hub_is_named_and_told_once_of_each_feed_that_changed() {
    let hub = Subscriber::start(|_| say(204));
    let place = place(&hub.url("/hub"));
    let topics = ["atom", "json", "rss"].map(|ending| format!("https://wire.example/front.{ending}"));
    place.cycle();
    assert_eq!(three(&hub), topics, "and nothing of what is not for everyone");
    let front = place.read("public/front.atom");
    assert!(front.contains(&format!("<link href=\"{}\" rel=\"hub\"", hub.url("/hub"))), "{front}");
    place.cycle();
    assert!(hub.rest().is_empty(), "nothing has changed");
    place.write("news.xml", rss("News", &[FIRST, SECOND]));
    place.cycle();
    assert_eq!(three(&hub), topics);
    let status = place.run(&["status"]).out;
    assert!(status.contains(&format!("https://wire.example/front.atom: {}, last told", hub.url("/hub"))), "{status}");
}

#[test]
fn an_outside_hub_that_fails_is_told_the_next_time() {
    let failures = std::sync::atomic::AtomicUsize::new(0);
    let hub = Subscriber::start(move |_| match failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0..3 => say(500),
        _ => say(202),
    });
    let text = place(&hub.url("/hub"));
    text.cycle();
    assert_eq!(three(&hub).len(), 3);
    let status = text.run(&["status"]).out;
    assert!(status.contains("answered 500"), "{status}");
    // The daemon takes up what is left.
    text.write("config.toml", text.read("config.toml").replace("[server]", "[server]\nlisten = \"off\""));
    let daemon = text.daemon();
    assert_eq!(three(&hub).len(), 3);
    let end = std::time::Instant::now() + crate::world::TOO_LONG;
    while text.run(&["status"]).out.contains("answered 500") {
        assert!(std::time::Instant::now() < end);
    }
    daemon.stop();
    text.cycle();
    assert!(hub.rest().is_empty());
}

#[test]
fn a_hub_that_hangs_does_not_hold_up_a_cycle_for_long() {
    let hub = Subscriber::start(|_| Answer::Hang);
    let place = place(&hub.url("/hub"));
    let before = std::time::Instant::now();
    assert_eq!(place.cycle()["entries_new"].as_u64(), Some(1));
    assert!(before.elapsed() < std::time::Duration::from_secs(20), "{:?}", before.elapsed());
    assert!(place.read("public/front.atom").contains(FIRST.1));
}

#[test]
fn one_cycle_alone_names_no_hub_of_its_own() {
    let place = place("self");
    place.cycle();
    for name in ["front.atom", "front.rss", "front.json"] {
        assert!(!place.read(&format!("public/{name}")).contains("hub"), "{name}: nobody would answer there");
    }
}

#[test]
fn check_says_which_hub_the_feeds_name() {
    let text = config(&[("news", "https://news.example/feed")]);
    for (from, to, expected) in [
        ("", "", "websub   feeds name https://wire.example/websub/hub, the hub of this server"),
        (
            "[fetch]",
            "[server]\nlisten = \"off\"\n[fetch]",
            "websub   feeds name no hub: `listen` under [server] is off",
        ),
        (
            "[fetch]",
            "[server]\nwebsub = \"off\"\n[fetch]",
            "websub   feeds name no hub: `websub` under [server] is off",
        ),
        (
            "[fetch]",
            "[server]\nwebsub = \"https://hub.example/\"\n[fetch]",
            "websub   feeds name https://hub.example/, which is told when they change",
        ),
        ("https://wire.example/", "http://nas.local/", "websub   feeds name no hub: `url` under [site] is no public"),
    ] {
        let ended = Place::new(&text.replacen(from, to, 1)).run(&["check"]);
        assert!(ended.code == Some(0) && ended.out.contains(expected), "{}{}", ended.out, ended.err);
    }
    let near = text
        .replace("https://wire.example/", "http://nas.local/")
        .replace("[fetch]", "[server]\nwebsub = \"self\"\n[fetch]");
    let said = Place::new(&near).run(&["check"]).out;
    assert!(said.contains("websub   feeds name http://nas.local/websub/hub, the hub of this server"), "{said}");
}

/// A script of Flask-WebSub's that ends with the test, and its lines.
struct Script {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Script {
    /// `None` where there is no Flask-WebSub.
    fn start(name: &str, place: &Place, arguments: &[&str]) -> Option<Self> {
        let Some(python) = std::env::var_os("WIREDESK_PYTHON") else {
            eprintln!("SKIPPED: WIREDESK_PYTHON names no Python with Flask-WebSub");
            return None;
        };
        let mut command = Command::new(python);
        command.arg(format!("{}/tests/fixtures/websub/{name}", env!("CARGO_MANIFEST_DIR"))).args(arguments);
        command.current_dir(place.path()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the Python of WIREDESK_PYTHON runs");
        let said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut script = Self { child, said };
        assert_eq!(script.line(), "ready");
        Some(script)
    }

    fn line(&mut self) -> String {
        self.said.next().and_then(Result::ok).expect("a line of the script")
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port()
}

#[test]
fn the_subscriber_of_flask_websub_finds_the_hub_and_is_brought_news() {
    let (of_desk, of_reader) = (free_port(), free_port());
    let text = config(&[("news", "news.xml")]);
    let place = Place::new(&format!(
        "{text}[schedule]\nlocal_interval = \"1s\"\n\
         [server]\nlisten = \"127.0.0.1:{of_desk}\"\nprivate_callbacks = [\"127.0.0.1\"]\n"
    ));
    place.write("news.xml", rss("News", &[FIRST]));
    let (desk, reader) = (format!("http://127.0.0.1:{of_desk}/"), format!("http://127.0.0.1:{of_reader}"));
    let Some(mut script) = Script::start("subscriber.py", &place, &[&of_reader.to_string(), &desk]) else { return };
    let mut daemon = place.daemon();
    for feed in ["front.atom", "front.rss"] {
        assert_eq!(get(&format!("{reader}/subscribe/{feed}"), &[]).status, 200);
        let found = format!("found https://wire.example/websub/hub https://wire.example/{feed}");
        let mut lines = [script.line(), script.line()];
        lines.sort();
        assert_eq!(lines, ["confirmed subscribe".to_owned(), found]);
    }
    let before = std::time::Instant::now();
    while place.run(&["status"]).out.matches("1 subscriber,").count() < 2 {
        assert!(before.elapsed() < crate::world::TOO_LONG);
    }
    place.write("news.xml", rss("News", &[FIRST, SECOND]));
    daemon.wait_for("1 new");
    for _ in 0..2 {
        assert_eq!(script.line(), "got Orchestra", "signed as it should be");
    }
    assert_eq!(get(&format!("{reader}/unsubscribe"), &[]).status, 200);
    assert_eq!(script.line(), "confirmed unsubscribe");
}

#[test]
fn the_hub_of_flask_websub_takes_what_it_is_told() {
    let (of_hub, of_desk) = (free_port(), free_port());
    let place = place(&format!("http://127.0.0.1:{of_hub}/hub"));
    let arguments = [of_hub.to_string(), format!("http://127.0.0.1:{of_desk}/"), "sha256".to_owned()];
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some(mut script) = Script::start("hub.py", &place, &arguments) else { return };
    place.cycle();
    for _ in 0..3 {
        assert_eq!(script.line(), "took publish 202");
    }
}
