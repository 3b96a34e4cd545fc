//! What the built-in hub promises: who subscribes is verified, and is sent what is new at once, signed, and once.

mod outside;
mod subscriber;

use std::time::{Duration, Instant};

use ring::hmac;

use crate::world::{Daemon, get, request, send};
use subscriber::{Answer, Called, Desk, Subscriber, willing};

fn signature(body: &[u8], secret: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    format!("sha256={}", tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn say(status: u16) -> Answer {
    Answer::Say(status, String::new(), String::new())
}

/// Confirms, and answers deliveries like this.
fn confirms_and(
    answer: impl Fn(&Called) -> Answer + Send + Sync + 'static,
) -> impl Fn(&Called) -> Answer + Send + Sync + 'static {
    move |called| if called.method == "GET" { willing(called) } else { answer(called) }
}

#[test]
fn feeds_name_the_hub_and_themselves_and_what_is_not_for_everyone_names_none() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    for (name, self_mark, hub_mark) in [
        ("front.atom", "rel=\"self\"", format!("<link href=\"{}\" rel=\"hub\"", desk.hub())),
        ("front.rss", "rel=\"self\"", format!("<atom:link href=\"{}\" rel=\"hub\"", desk.hub())),
        ("front.json", "\"feed_url\"", format!("\"type\": \"WebSub\",\n      \"url\": \"{}\"", desk.hub())),
    ] {
        let address = format!("{}{name}", desk.url);
        for method in ["GET", "HEAD"] {
            let link = format!("<{}>; rel=\"hub\", <{address}>; rel=\"self\"", desk.hub());
            assert_eq!(request(method, &address, &[]).header("link"), link);
        }
        let text = get(&address, &[]).text();
        assert!(text.matches(self_mark).count() == 1 && text.matches(&hub_mark).count() == 1, "{text}");
    }
    assert_eq!(get(&format!("{}front.html", desk.url), &[]).header("link"), "", "a page is no topic");
    let inner = get(&format!("{}inner.atom", desk.url), &[]);
    assert_eq!((inner.status, inner.header("link")), (401, ""));
}

#[test]
fn a_subscriber_is_asked_whether_it_meant_it_and_sent_what_changes_with_a_signature() {
    let (desk, reader) = (Desk::open(), Subscriber::start(willing));
    let _daemon = desk.daemon();
    let callback = reader.url("/callback?id=7");
    let reply = desk.ask(&[
        ("hub.mode", "subscribe"),
        ("hub.topic", &desk.topic()),
        ("hub.callback", &callback),
        ("hub.secret", "s3cret"),
        ("hub.lease_seconds", "10"),
    ]);
    assert_eq!((reply.status, reply.header("cache-control")), (202, "no-store"), "{}", reply.text());
    let asked = reader.expect("GET");
    assert_eq!((asked.path.as_str(), asked.get("id"), asked.get("hub.mode")), ("/callback", "7", "subscribe"));
    assert_eq!((asked.get("hub.topic"), asked.get("hub.lease_seconds")), (desk.topic().as_str(), "300"));
    assert!(asked.get("hub.challenge").len() >= 48, "{asked:?}");
    desk.wait_for_subscriptions(1);
    let title = desk.add();
    let sent = reader.expect("POST");
    let text = String::from_utf8_lossy(&sent.body);
    assert!(text.contains(&title), "{text}");
    assert_eq!(sent.body, desk.front());
    assert_eq!(sent.headers["content-type"], "application/atom+xml; charset=utf-8");
    assert_eq!(sent.headers["link"], format!("<{}>; rel=\"hub\", <{}>; rel=\"self\"", desk.hub(), desk.topic()));
    assert_eq!(sent.headers["x-hub-signature"], signature(&sent.body, "s3cret"));
    assert!(!sent.headers.contains_key("cookie") && !sent.headers.contains_key("authorization"));
    let status = desk.status();
    assert_eq!(status[0]["failing"].as_u64(), Some(0), "{status}");
}

#[test]
fn what_has_not_changed_is_not_sent() {
    let (desk, reader) = (Desk::open(), Subscriber::start(willing));
    let mut daemon = desk.daemon();
    let json = format!("{}front.json", desk.url);
    desk.subscribe(&reader, "/atom", "");
    desk.wait_for_subscriptions(1);
    // Unlike the document, the file that it is made of changes.
    let text = desk.place.read("news.xml");
    desk.place.write("news.xml", text.replace("<channel>", "<channel> ").replace("<description>d<", "<description>e<"));
    let reply = desk.ask(&[("hub.mode", "subscribe"), ("hub.topic", &json), ("hub.callback", &reader.url("/json"))]);
    assert_eq!(reply.status, 202);
    assert_eq!(reader.expect("GET").get("hub.topic"), json);
    desk.wait_for_subscriptions(2);
    desk.add();
    daemon.wait_for("1 new");
    let mut sent = [reader.expect("POST"), reader.expect("POST")];
    sent.sort_by(|a, b| a.path.cmp(&b.path));
    assert_eq!(sent.each_ref().map(|sent| sent.path.as_str()), ["/atom", "/json"]);
    assert_eq!(sent[1].headers["content-type"], "application/feed+json; charset=utf-8");
    assert!(!sent[0].headers.contains_key("x-hub-signature"), "without a secret there is no signature");
    let title = desk.add();
    for _ in 0..2 {
        assert!(String::from_utf8_lossy(&reader.expect("POST").body).contains(&title));
    }
    assert!(reader.rest().is_empty(), "each change once");
}

#[test]
fn what_is_asked_wrongly_is_refused_with_a_reason() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    let (topic, callback) = (desk.topic(), "http://127.0.0.1:9/cb");
    let long = "x".repeat(200);
    for (mode, topic, callback, secret, status, words) in [
        ("renew", topic.as_str(), callback, "", 400, "hub.mode"),
        ("subscribe", "https://other.example/feed", callback, "", 404, "no feed of this site"),
        ("subscribe", &format!("{}front.html", desk.url), callback, "", 404, "no feed of this site"),
        ("subscribe", &format!("{}inner.atom", desk.url), callback, "", 404, "no feed of this site"),
        ("subscribe", &topic, "gopher://127.0.0.1/", "", 400, "hub.callback"),
        ("subscribe", &topic, callback, long.as_str(), 400, "hub.secret"),
    ] {
        let pairs = [("hub.mode", mode), ("hub.topic", topic), ("hub.callback", callback), ("hub.secret", secret)];
        let reply = desk.ask(&pairs);
        assert!(reply.status == status && reply.text().contains(words), "{pairs:?}: {} {}", reply.status, reply.text());
        assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    }
    let json = [("Content-Type", "application/json"), ("Content-Length", "2")];
    assert_eq!(send("POST", &desk.hub(), &json, b"{}").status, 415);
    let large = desk.ask(&[("hub.mode", "subscribe"), ("x", &"x".repeat(9_000))]);
    assert_eq!(large.status, 413);
    let got = get(&desk.hub(), &[]);
    assert_eq!((got.status, got.header("allow")), (405, "POST"));
}

#[test]
fn who_does_not_repeat_the_challenge_is_not_subscribed() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    let elsewhere = Subscriber::start(willing);
    let target = elsewhere.url("/");
    let doubtful = Subscriber::start(move |called| {
        let challenge = called.get("hub.challenge").to_owned();
        match called.path.as_str() {
            "/404" => Answer::Say(404, String::new(), challenge),
            "/302" => Answer::Say(302, format!("Location: {target}?hub.challenge={challenge}\r\n"), challenge),
            "/empty" => say(200),
            "/more" => Answer::Say(200, String::new(), format!("{challenge}\n")),
            "/less" => Answer::Say(200, String::new(), challenge[1..].to_owned()),
            "/large" => Answer::Say(200, String::new(), format!("{challenge}{}", "x".repeat(1 << 20))),
            _ => willing(called),
        }
    });
    for path in ["/404", "/302", "/empty", "/more", "/less", "/large"] {
        desk.request("subscribe", &doubtful.url(path), "");
        assert_eq!(doubtful.expect("GET").path, path);
    }
    desk.subscribe(&doubtful, "/meant", "");
    desk.wait_for_subscriptions(1);
    desk.add();
    assert_eq!(doubtful.expect("POST").path, "/meant");
    assert!(doubtful.rest().is_empty() && elsewhere.rest().is_empty(), "no redirect is followed");
}

#[test]
fn what_is_asked_for_again_replaces_what_was_before_and_ends_when_that_is_meant() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    let witness = Subscriber::start(willing);
    // It confirms what it wants itself, and this is not to be left.
    let reader = Subscriber::start(|called| match (called.get("hub.mode"), called.path.as_str()) {
        ("unsubscribe", "/stays") => say(404),
        _ => willing(called),
    });
    desk.subscribe(&witness, "/", "");
    desk.subscribe(&reader, "/leaves", "old");
    desk.subscribe(&reader, "/stays", "old");
    desk.subscribe(&reader, "/stays", "new");
    desk.request("unsubscribe", &reader.url("/stays"), "");
    assert_eq!(reader.expect("GET").get("hub.mode"), "unsubscribe");
    desk.request("unsubscribe", &reader.url("/leaves"), "");
    let asked = reader.expect("GET");
    assert_eq!((asked.get("hub.mode"), asked.query.contains_key("hub.lease_seconds")), ("unsubscribe", false));
    desk.wait_for_subscriptions(2);
    desk.add();
    let sent = reader.expect("POST");
    assert_eq!(sent.path, "/stays");
    assert_eq!(sent.headers["x-hub-signature"], signature(&sent.body, "new"));
    witness.expect("POST");
    desk.add();
    witness.expect("POST");
    assert_eq!(reader.expect("POST").path, "/stays");
    assert!(reader.rest().is_empty());
}

#[test]
fn callbacks_at_private_addresses_are_called_only_where_they_are_listed() {
    // As everywhere in these tests, `allow_private` is true for sources, which says nothing of callbacks.
    let desk = Desk::new("websub = \"self\"\nprivate_callbacks = [\"10.0.0.0/8\", \"localhost\"]");
    let _daemon = desk.daemon();
    let reader = Subscriber::start(willing);
    for host in ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433"] {
        let callback = reader.url("/refused").replacen("127.0.0.1", host, 1);
        desk.request("subscribe", &callback, "");
    }
    let named = reader.url("/listed").replacen("127.0.0.1", "localhost", 1);
    desk.request("subscribe", &named, "");
    assert_eq!(reader.expect("GET").path, "/listed");
    desk.wait_for_subscriptions(1);
    for _ in 0..2 {
        desk.add();
        assert_eq!(reader.expect("POST").path, "/listed");
    }
    assert!(reader.rest().is_empty());
}

#[test]
fn who_hangs_or_fails_holds_up_nobody_and_gets_the_newest_document_once() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    let hanging = Subscriber::start(confirms_and(|_| Answer::Hang));
    let well = Subscriber::start_at("127.0.0.2", willing);
    let failures = std::sync::atomic::AtomicUsize::new(0);
    let failing = Subscriber::start_at(
        "127.0.0.3",
        confirms_and(move |_| match failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => Answer::Say(503, "Retry-After: 8\r\n".into(), String::new()),
            _ => say(204),
        }),
    );
    for n in 0..8 {
        desk.subscribe(&hanging, &format!("/{n}"), "");
    }
    desk.subscribe(&failing, "/", "");
    desk.subscribe(&well, "/", "");
    desk.wait_for_subscriptions(10);
    let before = Instant::now();
    let first = desk.add();
    assert!(String::from_utf8_lossy(&well.expect("POST").body).contains(&first));
    failing.expect("POST");
    let failed = Instant::now();
    assert!(before.elapsed() < Duration::from_secs(5), "nobody waited for those that hang");
    let second = desk.add();
    assert!(String::from_utf8_lossy(&well.expect("POST").body).contains(&second));
    let sent = failing.expect("POST");
    assert!(failed.elapsed() >= Duration::from_millis(7_900), "what it asked for is honoured: {:?}", failed.elapsed());
    assert!(String::from_utf8_lossy(&sent.body).contains(&second), "the newest, not the one that it missed");
    let third = desk.add();
    assert!(String::from_utf8_lossy(&failing.expect("POST").body).contains(&third));
    assert!(failing.rest().is_empty());
}

#[test]
fn who_is_gone_is_sent_nothing_any_more() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    let (gone, well) = (Subscriber::start(confirms_and(|_| say(410))), Subscriber::start(willing));
    desk.subscribe(&gone, "/", "");
    desk.subscribe(&well, "/", "");
    desk.wait_for_subscriptions(2);
    desk.add();
    gone.expect("POST");
    well.expect("POST");
    desk.wait_for_subscriptions(1);
    desk.add();
    well.expect("POST");
    assert!(gone.rest().is_empty());
}

#[test]
fn subscriptions_outlive_a_process_that_is_killed_and_what_came_meanwhile_is_sent_once() {
    let (desk, reader) = (Desk::open(), Subscriber::start(willing));
    let daemon = desk.daemon();
    desk.subscribe(&reader, "/", "s3cret");
    desk.wait_for_subscriptions(1);
    desk.add();
    reader.expect("POST");
    let delivered = desk.wait_for_delivery(&serde_json::Value::Null);
    daemon.kill();
    let title = desk.add();
    let daemon = desk.daemon();
    let sent = reader.expect("POST");
    assert!(String::from_utf8_lossy(&sent.body).contains(&title));
    assert_eq!(sent.headers["x-hub-signature"], signature(&sent.body, "s3cret"));
    // A delivery that is cut off before it is noted is sent again.
    desk.wait_for_delivery(&delivered);
    daemon.stop();
    let _daemon = desk.daemon();
    let title = desk.add();
    assert!(String::from_utf8_lossy(&reader.expect("POST").body).contains(&title));
    assert!(reader.rest().is_empty(), "nothing twice");
}

#[test]
fn a_subscription_ends_with_its_lease() {
    let (desk, reader, well) = (Desk::open(), Subscriber::start(willing), Subscriber::start(willing));
    let daemon = desk.daemon();
    desk.subscribe(&reader, "/", "");
    desk.subscribe(&well, "/", "");
    desk.wait_for_subscriptions(2);
    daemon.stop();
    let mut store = wiredesk::store::open(&desk.place.path().join("data/wiredesk.db")).expect("a store");
    let mut ended = store.subscribers().expect("read");
    ended.retain(|one| one.callback.as_url().as_str() == reader.url("/"));
    ended[0].lease_until = Some(chrono::DateTime::UNIX_EPOCH);
    store.keep_subscribers(&ended, &[]).expect("written");
    drop(store);
    let _daemon = desk.daemon();
    desk.wait_for_subscriptions(1);
    desk.add();
    well.expect("POST");
    assert!(reader.rest().is_empty());
}

#[test]
fn subscribers_are_told_when_a_feed_is_for_everyone_no_more() {
    let (desk, reader) = (Desk::open(), Subscriber::start(willing));
    let daemon = desk.daemon();
    desk.subscribe(&reader, "/", "");
    desk.wait_for_subscriptions(1);
    daemon.stop();
    let text = desk.place.read("config.toml");
    desk.place.write("config.toml", text.replace("title = \"Front page\"", "access = \"token\"\ntokens = []"));
    let _daemon = desk.daemon();
    let told = reader.expect("GET");
    assert_eq!((told.get("hub.mode"), told.get("hub.topic")), ("denied", desk.topic().as_str()));
    assert!(told.get("hub.reason").contains("no feed of this hub any more"));
    desk.wait_for_subscriptions(0);
}

#[test]
fn a_subscriber_for_whom_there_is_no_room_is_told() {
    let (desk, reader) = (Desk::open(), Subscriber::start(willing));
    desk.place.cycle();
    let mut store = wiredesk::store::open(&desk.place.path().join("data/wiredesk.db")).expect("a store");
    let far = chrono::DateTime::from_timestamp(4_000_000_000, 0).expect("a moment");
    let others: Vec<wiredesk::model::Subscriber> = (0..500)
        .map(|number| {
            let callback = format!("http://127.0.0.1:1/{number}");
            let callback = wiredesk::model::FeedUrl::parse(&callback).expect("a URL");
            let one = wiredesk::model::Subscriber::new(desk.topic(), callback);
            wiredesk::model::Subscriber { lease_until: Some(far), attempts: 1, next_attempt: far, ..one }
        })
        .collect();
    store.keep_subscribers(&others, &[]).expect("kept");
    drop(store);
    let _daemon = desk.daemon();
    desk.subscribe(&reader, "/one-too-many", "");
    let told = reader.expect("GET");
    assert_eq!((told.path.as_str(), told.get("hub.mode")), ("/one-too-many", "denied"));
    assert!(told.get("hub.reason").contains("no room"), "{told:?}");
    let elsewhere = Subscriber::start_at("127.0.0.2", willing);
    desk.subscribe(&elsewhere, "/", "");
    desk.wait_for_subscriptions(501);
}

#[test]
fn so_much_is_asked_from_one_address_and_no_more() {
    let desk = Desk::open();
    let _daemon = desk.daemon();
    let statuses: Vec<u16> = (0..31).map(|_| desk.ask_as("2001:db8::1", &[]).status).collect();
    assert_eq!(statuses, [vec![400; 30], vec![429]].concat());
    let refused = desk.ask_as("203.0.113.9, 2001:db8::ffff", &[]);
    assert_eq!((refused.status, refused.header("retry-after")), (429, "60"), "a network is one client");
    assert_eq!(desk.ask_as("2001:db8::1, 203.0.113.9", &[]).status, 400, "others may ask");
}

#[test]
fn no_secret_and_no_callback_is_logged() {
    let desk = Desk::open();
    let reader = Subscriber::start(confirms_and(|_| say(500)));
    let log = desk.place.path().join("log");
    let mut command = desk.place.command(&["-vv", "run"]);
    command.stderr(std::fs::File::create(&log).expect("a file"));
    let daemon = Daemon::start(command);
    desk.subscribe(&reader, "/t0ken-of-the-callback", "s3cret");
    desk.wait_for_subscriptions(1);
    desk.add();
    reader.expect("POST");
    desk.wait_until(|status| status[0]["failing"].as_u64() == Some(1));
    let (_, said) = daemon.stop();
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("it answered 500"), "{log}");
    let status = desk.place.run(&["status"]).out + &desk.status().to_string();
    assert!(status.contains("answered 500"), "{status}");
    for text in [said, log, status] {
        assert!(!text.contains("t0ken") && !text.contains("s3cret"), "{text}");
    }
}
