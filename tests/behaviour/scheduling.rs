//! When sources are asked, and what the desk tells about it.

use std::time::Instant;

use serde_json::Value;

use crate::world::{Page, Place, Server, TOO_LONG, config, rss};

fn one(guid: &str) -> String {
    rss("Feed", &[(guid, &format!("Title of {guid}"), &format!("Words that only {guid} has."))])
}

fn of<'a>(status: &'a Value, source: &str) -> &'a Value {
    let sources = status["sources"].as_array().expect("a list");
    sources.iter().find(|row| row["source"] == source).unwrap_or_else(|| panic!("{source} is missing: {status}"))
}

fn time(value: &Value) -> chrono::DateTime<chrono::Utc> {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no time"))
}

/// Minutes from the status until a source is asked.
fn wait(status: &Value, source: &str) -> i64 {
    (time(&of(status, source)["next_check"]) - time(&status["now"])).num_minutes()
}

/// Moves all times that are remembered of sources, as if the clock had been set by so many seconds the other way.
fn shift(place: &Place, seconds: i64) {
    let store = rusqlite::Connection::open(place.path().join("data/wiredesk.db")).expect("a store");
    store
        .execute(
            "UPDATE poll SET next_check = next_check + ?1, last_attempt = last_attempt + ?1,
                             last_success = last_success + ?1",
            [seconds * 1000],
        )
        .expect("moved");
}

#[test]
fn status_says_in_words_how_each_source_does() {
    let server = Server::start();
    server.put("/good", Page::feed(one("good")));
    server.put("/bad", Page::status(503));
    let place = Place::new(&config(&[("good", &server.url("/good")), ("bad", &server.url("/bad"))]));
    let before = place.run(&["status"]);
    assert_eq!(before.code, Some(0), "{}", before.err);
    assert!(before.out.starts_with("2 sources: 2 not asked yet; 0 entries\n"), "{}", before.out);

    place.cycle();
    let ended = place.run(&["status"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines[0], "2 sources: 1 failing, 1 well; 1 entry");
    assert!(lines[3].starts_with("! bad") && lines[3].contains("never"), "{}", ended.out);
    assert!(ended.out.contains("failed once and has never answered") && ended.out.contains("503"), "{}", ended.out);
    assert!(lines.last().is_some_and(|line| line.starts_with("  good")), "{}", ended.out);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);

    server.put("/bad", Page::feed(one("bad")));
    place.cycle();
    assert_eq!(of(&place.status(), "bad")["state"], "ok", "the first success ends it");
}

#[test]
fn status_reads_the_store_of_a_desk_that_runs() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    let place = Place::new(&(config(&[("a", &server.url("/f"))]) + "[server]\nlisten = \"127.0.0.1:0\"\n"));
    let daemon = place.daemon();
    let status = place.status();
    assert_eq!((&of(&status, "a")["state"], &of(&status, "a")["entries"]), (&"ok".into(), &1.into()), "{status}");
    daemon.stop();
}

#[test]
fn a_source_is_asked_by_its_own_rhythm() {
    let server = Server::start();
    let ago = |minutes: i64| (chrono::Utc::now() - chrono::TimeDelta::minutes(minutes)).to_rfc2822();
    // The next one is half a pause away: a weekly source is asked sooner on the day and at the hour of its entries.
    let feed = |pause: i64| {
        let items: String = (1..=40)
            .map(|n| {
                format!(
                    "<item><guid>{n}</guid><title>Number {n}</title><pubDate>{}</pubDate></item>",
                    ago(n * pause + pause / 2)
                )
            })
            .collect();
        format!("<rss version=\"2.0\"><channel><title>F</title>{items}</channel></rss>")
    };
    server.put("/busy", Page::feed(feed(5)));
    server.put("/weekly", Page::feed(feed(7 * 24 * 60)));
    let sources = [("busy", server.url("/busy")), ("weekly", server.url("/weekly"))];
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let place = Place::new(&config(&sources));
    place.cycle();
    let adaptive = place.status();
    assert!((14..=40).contains(&wait(&adaptive, "busy")), "{adaptive}");
    assert!((6 * 60..=24 * 60).contains(&wait(&adaptive, "weekly")), "{adaptive}");
    assert!(of(&adaptive, "busy")["entries_per_day"].as_f64().is_some_and(|rate| rate > 100.0), "{adaptive}");

    let fixed = Place::new(&(config(&sources) + "[schedule]\nadaptive = false\n"));
    fixed.cycle();
    let fixed = fixed.status();
    for source in ["busy", "weekly"] {
        assert!((59..=66).contains(&wait(&fixed, source)), "{fixed}");
    }
}

#[test]
fn what_a_feed_asks_for_holds_after_an_answer_without_a_body_too() {
    let server = Server::start();
    let asks = "<ttl>300</ttl><skipHours><hour>3</hour></skipHours>";
    let feed = one("a").replace("<description>d</description>", &format!("<description>d</description>{asks}"));
    server.put("/f", Page::feed(feed).with("ETag", "\"1\""));
    let place = Place::new(&(config(&[("a", &server.url("/f"))]) + "[schedule]\nadaptive = false\n"));
    for _ in 0..2 {
        place.cycle();
        let status = place.status();
        // The end of a skipped hour may be a little later still.
        assert!((299..=330 + 75).contains(&wait(&status, "a")), "{status}");
        let words = of(&status, "a")["diagnosis"].as_str().expect("words");
        assert!(words.contains("asks for 5 h") && words.contains("no polls in 1 hour"), "{words}");
    }
    assert_eq!(server.seen("/f")[1].headers.get("if-none-match").map(String::as_str), Some("\"1\""));
}

#[test]
fn nobody_is_asked_twice_because_the_desk_was_killed() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    server.put("/bad", Page::status(500));
    let sources = [("a", server.url("/f")), ("bad", server.url("/bad"))];
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let place = Place::new(&(config(&sources) + "[server]\nlisten = \"127.0.0.1:0\"\n"));
    for _ in 0..3 {
        place.daemon().kill();
    }
    assert_eq!((server.seen("/f").len(), server.seen("/bad").len()), (1, 1));
}

#[test]
fn a_clock_that_jumps_makes_no_storm_and_no_stall() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    server.put("/bad", Page::status(500));
    let sources = [("a", server.url("/f")), ("bad", server.url("/bad"))];
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let place = Place::new(&(config(&sources) + "[schedule]\nadaptive = false\n"));
    let asked = || {
        // Under a zone with summer time, which is nobody's business here.
        let ended = place.command(&["run", "--once"]).env("TZ", "America/New_York").output().expect("it runs");
        assert!(ended.status.code().is_some());
        server.seen("/f").len() + server.seen("/bad").len()
    };
    const HOUR: i64 = 3_600;
    const YEAR: i64 = 365 * 24 * HOUR;
    assert_eq!(asked(), 2);
    for ahead in [HOUR, YEAR] {
        shift(&place, ahead);
        assert_eq!(asked(), 2, "set back by {ahead} s: nobody is asked at once");
        shift(&place, -ahead);
    }
    let mut expected = 2;
    for back in [2 * HOUR, YEAR] {
        shift(&place, -back);
        expected += 2;
        assert_eq!(asked(), expected, "set ahead by {back} s: each is asked once");
        assert_eq!(asked(), expected);
    }
}

#[test]
fn a_server_that_hangs_holds_up_nothing_else() {
    let server = Server::start();
    server.put("/hang", Page::status(0));
    server.put("/f", Page::feed(one("first")));
    let sources = [("hang", server.url("/hang")), ("f", server.url("/f"))];
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let text = config(&sources).replace("timeout = \"5s\"", "timeout = \"10m\"\nper_host = 2")
        + "[schedule]\nadaptive = false\ninterval = \"1s\"\nmin_interval = \"1s\"\n[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    let began = Instant::now();
    let mut daemon = place.daemon();
    assert!(daemon.said.contains("1 new"), "{}", daemon.said);
    let other = rss("Feed", &[("second", "Harvest fair opens in Saltmarsh", "Pumpkins as far as one can see.")]);
    server.put("/f", Page::feed(other));
    let said = daemon.wait_for("1 new");
    let front = place.read("public/front.atom");
    assert!(front.contains("Harvest fair"), "{said}{front}");
    assert!(began.elapsed() < TOO_LONG);
    assert_eq!(server.seen("/hang").len(), 1, "it is still waited for");
}

#[test]
fn many_new_sources_are_asked_at_once_by_hand_and_spread_by_the_daemon() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    let names: Vec<String> = (0..60).map(|n| format!("s{n}")).collect();
    let url = server.url("/f");
    let sources: Vec<_> = names.iter().map(|name| (name.as_str(), url.as_str())).collect();
    let text = config(&sources).replace("timeout = \"5s\"", "timeout = \"5s\"\nconcurrency = 8\nper_host = 8")
        + "[server]\nlisten = \"127.0.0.1:0\"\n";
    // One page under many names.
    let text = text.split(&url).enumerate().fold(String::new(), |text, (n, part)| match n {
        0 => part.to_owned(),
        n => format!("{text}{url}?{n}{part}"),
    });
    (1..=60).for_each(|n| server.put(&format!("/f?{n}"), Page::feed(one(&format!("a{n}")))));
    let by_hand = Place::new(&text);
    assert_eq!(by_hand.cycle()["read"], 60);

    let daemon = Place::new(&text);
    let running = daemon.daemon();
    let status = daemon.status();
    let new = status["sources"].as_array().expect("a list").iter().filter(|row| row["state"] == "new").count();
    // Four for each of eight places; some of the others may have come since.
    assert!((10..=28).contains(&new), "{new} of 60 wait: {}", running.said);
    running.stop();
}

#[test]
fn long_work_shows_how_far_it_has_come() {
    let server = Server::start();
    server.put("/f", Page::feed(one("a")));
    server.put("/hang", Page::status(0));
    let sources = [("a", server.url("/f")), ("hang", server.url("/hang"))];
    let sources: Vec<_> = sources.iter().map(|(name, url)| (*name, url.as_str())).collect();
    let text = config(&sources).replace("timeout = \"5s\"", "timeout = \"7s\"\nper_host = 2");
    let ended = Place::new(&text).run(&["run", "--once", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("  asked    1 of 2 sources, 0 failed, "), "{}", ended.err);
    assert!(serde_json::from_str::<Value>(&ended.out).is_ok(), "nothing of it is on standard output: {}", ended.out);
}
