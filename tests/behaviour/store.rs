//! Restart continues where it stopped: nothing lost, nothing twice.

use crate::world::{Page, Place, Server, config, rss};

fn ids(place: &Place) -> Vec<(String, String)> {
    let feed: serde_json::Value = serde_json::from_str(&place.read("public/front.json")).expect("JSON");
    let items = feed["items"].as_array().expect("items");
    let mut ids: Vec<_> = items
        .iter()
        .map(|item| {
            (item["title"].as_str().unwrap_or_default().to_owned(), item["id"].as_str().expect("id").to_owned())
        })
        .collect();
    ids.sort();
    ids
}

const TEXT: &str = "The lighthouse keeper of Saltmarsh retires after forty years and hands the keys to his daughter, \
                    who has kept the logbook since the great storm of 1987 and knows every rock.";

#[test]
fn story_ids_stay_when_headlines_change_and_coverage_grows() {
    let server = Server::start();
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper retires", TEXT)])));
    server.put("/b", Page::feed(rss("B", &[])));
    let place = Place::new(&config(&[("a", &server.url("/a")), ("b", &server.url("/b"))]));
    place.cycle();
    let before = ids(&place);
    server.put("/a", Page::feed(rss("A", &[("a1", "Lighthouse keeper retires at last", TEXT)])));
    server.put("/b", Page::feed(rss("B", &[("b1", "Forty years of light", TEXT)])));
    let summary = place.cycle();
    assert_eq!((&summary["entries_revised"], &summary["merged"]), (&1.into(), &1.into()), "{summary}");
    let after = ids(&place);
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_eq!(before[0].1, after[0].1);
    assert_eq!(after[0].0, "Lighthouse keeper retires at last");
}

#[test]
fn two_sources_with_the_same_guid_never_overwrite_each_other() {
    let server = Server::start();
    server
        .put("/a", Page::feed(rss("A", &[("1", "Otters return to the river", "They were seen at dawn by anglers.")])));
    server.put(
        "/b",
        Page::feed(
            rss("B", &[("1", "Parliament votes on the budget", "The vote was close and late.")])
                .replace("https://1.", "https://2."),
        ),
    );
    let place = Place::new(&config(&[("a", &server.url("/a")), ("b", &server.url("/b"))]));
    let summary = place.cycle();
    assert_eq!((&summary["entries"], &summary["stories"]), (&2.into(), &2.into()), "{summary}");
}

#[test]
fn an_empty_feed_takes_nothing_away() {
    let server = Server::start();
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper retires", TEXT)])));
    let place = Place::new(&config(&[("a", &server.url("/a"))]));
    place.cycle();
    server.put("/a", Page::feed(rss("A", &[])));
    assert_eq!(place.cycle()["entries"], 1);
    assert_eq!(ids(&place).len(), 1);
}

#[test]
fn a_daemon_that_is_killed_loses_nothing() {
    let server = Server::start();
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper retires", TEXT)])).with("ETag", "\"1\""));
    let text = config(&[("a", &server.url("/a"))]) + "[server]\nlisten = \"127.0.0.1:0\"\n";
    let place = Place::new(&text);
    place.daemon().kill();
    let before = ids(&place);
    let summary = place.cycle();
    assert_eq!((&summary["unchanged"], &summary["entries"]), (&1.into(), &1.into()), "{summary}");
    assert_eq!(ids(&place), before);
}

#[test]
fn two_desks_do_not_share_a_store() {
    let server = Server::start();
    server.put("/a", Page::feed(rss("A", &[("a1", "Keeper retires", TEXT)])));
    let place = Place::new(&(config(&[("a", &server.url("/a"))]) + "[server]\nlisten = \"127.0.0.1:0\"\n"));
    let _daemon = place.daemon();
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("is in use by another wiredesk"), "{}", ended.err);
}

#[test]
fn a_store_written_by_a_newer_version_is_left_alone() {
    let place = Place::new(&config(&[("a", "a.xml")]));
    place.write("a.xml", rss("A", &[("a1", "Keeper retires", TEXT)]));
    place.cycle();
    let connection = rusqlite::Connection::open(place.path().join("data/wiredesk.db")).expect("a database");
    connection.pragma_update(None, "user_version", 7_000).expect("set");
    drop(connection);
    let ended = place.run(&["run", "--once"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("was written by a newer wiredesk"), "{}", ended.err);
}
