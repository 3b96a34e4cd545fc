//! What clients get who ask for the new items alone.

use std::collections::BTreeSet;
use std::io::Read;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use proptest::prelude::*;

use super::*;
use crate::model::{Rendered, SitePath};
use crate::serve::Snapshot;
use crate::serve::answer::answer;

const ATOM: &str = "application/atom+xml; charset=utf-8";

/// A feed of these items, long enough to be compressed.
fn feed(items: &[&str]) -> Rendered {
    let mut text = format!("<feed>{}\n ", "<title>A feed</title>".repeat(40));
    let mut ranges = Vec::new();
    for (at, item) in items.iter().enumerate() {
        text.push_str(if at > 0 { "\n " } else { "" });
        let start = text.len();
        text.push_str(&format!("<entry>{item}</entry>"));
        ranges.push(start..text.len());
    }
    text.push_str("\n</feed>\n");
    let document = Rendered::new(SitePath::new("front.atom").expect("a path"), ATOM, text.into_bytes(), None);
    Rendered { cuts: Some(Cuts { items: ranges, between: "\n " }), ..document }
}

/// A site that had these feeds, one after the other.
fn versions(feeds: &[Rendered]) -> Vec<Snapshot> {
    let mut snapshots: Vec<Snapshot> = Vec::new();
    for feed in feeds {
        let next = Snapshot::new(vec![feed.clone()], snapshots.last());
        snapshots.push(next);
    }
    snapshots
}

fn get(snapshot: &Snapshot, headers: &[(&'static str, &str)]) -> (u16, HeaderMap, String) {
    let pairs = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header's value")));
    let response: Response = answer(snapshot, &Method::GET, "/front.atom", &pairs.collect());
    let (head, body) = response.into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let body = runtime.block_on(axum::body::to_bytes(body, usize::MAX)).expect("a body");
    let text = match head.headers.get("content-encoding") {
        None => String::from_utf8(body.to_vec()).expect("UTF-8"),
        Some(_) => {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text).expect("gzip");
            text
        }
    };
    (head.status.as_u16(), head.headers, text)
}

fn tag(snapshot: &Snapshot, coding: &str) -> String {
    get(snapshot, &[("accept-encoding", coding)]).1["etag"].to_str().expect("ASCII").to_owned()
}

fn items(feed: &str) -> Vec<&str> {
    feed.split("<entry>").skip(1).filter_map(|item| item.split_once("</entry>")).map(|(item, _)| item).collect()
}

#[test]
fn a_client_that_names_its_version_gets_the_new_items_alone_as_a_whole_feed() {
    let site = versions(&[feed(&["b", "a"]), feed(&["c", "b", "a"]), feed(&["d", "c", "b2"])]);
    for (held, expected) in [(0, vec!["d", "c", "b2"]), (1, vec!["d", "b2"])] {
        for coding in ["identity", "gzip"] {
            let (held, now) = (tag(&site[held], coding), tag(&site[2], coding));
            let headers = [("a-im", "feed"), ("if-none-match", &held), ("accept-encoding", coding)];
            let (status, headers, body) = get(&site[2], &headers);
            assert_eq!(items(&body), expected);
            assert!(body.starts_with("<feed>") && body.ends_with("</feed>\n"), "{body}");
            let value = |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("ASCII"));
            assert_eq!(value("etag"), now, "that of the whole version");
            assert_eq!(value("content-type"), ATOM);
            // Everything is new to it: the whole is no larger.
            if expected.len() == 3 {
                assert_eq!((status, value("im")), (200, ""));
                continue;
            }
            assert_eq!((status, value("im"), value("cache-control")), (226, "feed", "no-store, im"));
            assert_eq!(value("vary"), "A-IM, If-None-Match, Accept-Encoding");
            let again = get(&site[2], &[("a-im", "feed"), ("if-none-match", &now), ("accept-encoding", coding)]);
            assert_eq!((again.0, again.2.as_str()), (304, ""), "nothing is new: 304 wins");
        }
    }
    let gone = get(
        &versions(&[feed(&["b", "a"]), feed(&["a"])])[1],
        &[("a-im", "feed"), ("if-none-match", &tag(&site[0], "identity"))],
    );
    assert_eq!((gone.0, items(&gone.2).len()), (226, 0), "an item that is gone leaves nothing to send");
}

#[test]
fn who_does_not_ask_or_has_no_known_version_gets_the_whole() {
    let site = versions(&[feed(&["a"]), feed(&["b", "a"])]);
    let held = tag(&site[0], "identity");
    for headers in [
        vec![("if-none-match", held.as_str())],
        vec![("a-im", "vcdiff"), ("if-none-match", &held)],
        vec![("a-im", "feed;q=0"), ("if-none-match", &held)],
        vec![("a-im", "feed")],
        vec![("a-im", "feed"), ("if-none-match", "\"another\"")],
        vec![("a-im", "feed"), ("if-modified-since", "Fri, 18 Oct 2024 09:30:00 GMT")],
    ] {
        let (status, answered, body) = get(&site[1], &headers);
        assert_eq!((status, items(&body).len()), (200, 2), "{headers:?}");
        assert_eq!(answered["vary"], "Accept-Encoding, A-IM", "{headers:?}");
    }
    // After a restart no earlier version is known.
    let anew = versions(&[feed(&["b", "a"])]);
    assert_eq!(get(&anew[0], &[("a-im", "feed"), ("if-none-match", &held)]).0, 200);
    // A feed that does not change keeps what it knows.
    let same = Snapshot::new(vec![feed(&["b", "a"])], Some(&site[1]));
    assert_eq!(get(&same, &[("a-im", "feed"), ("if-none-match", &held)]).0, 226);
}

#[test]
fn what_is_known_of_earlier_versions_is_bounded() {
    let first = feed(&["0", "x"]);
    let mut snapshot = Snapshot::new(vec![first.clone()], None);
    let (mut held, old) = (String::new(), tag(&snapshot, "identity"));
    for version in 1..=MOST_VERSIONS + 20 {
        held = tag(&snapshot, "identity");
        snapshot = Snapshot::new(vec![feed(&[&version.to_string(), "x"])], Some(&snapshot));
        if version % 100 == 0 {
            get(&snapshot, &[("a-im", "feed"), ("if-none-match", &held)]);
        }
    }
    let delta = snapshot.get("front.atom").and_then(|document| document.delta.clone()).expect("a delta");
    assert_eq!(delta.earlier.len(), MOST_VERSIONS * 2);
    assert!(delta.parts.lock().expect("whole").len() <= MOST_PARTS);
    assert_eq!(get(&snapshot, &[("a-im", "feed"), ("if-none-match", &held)]).0, 226);
    assert_eq!(get(&snapshot, &[("a-im", "feed"), ("if-none-match", &old)]).0, 200);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a feed was and is, what a client has and what it is sent hold all that the feed has now.
    #[test]
    fn nothing_is_ever_missed(history in prop::collection::vec(prop::collection::btree_set(0..9_u8, 0..6), 2..8)) {
        let names = |set: &BTreeSet<u8>| set.iter().map(u8::to_string).collect::<Vec<_>>();
        let feeds: Vec<Rendered> = history.iter().map(|set| {
            let names = names(set);
            feed(&names.iter().map(String::as_str).collect::<Vec<_>>())
        }).collect();
        let site = versions(&feeds);
        let (now, present) = (site.last().expect("a version"), history.last().expect("a version"));
        for (held, before) in site.iter().zip(&history) {
            let (status, _, body) = get(now, &[("a-im", "feed"), ("if-none-match", &tag(held, "identity"))]);
            let sent: BTreeSet<u8> = items(&body).iter().filter_map(|item| item.parse().ok()).collect();
            match status {
                304 => prop_assert_eq!(before, present),
                200 => prop_assert_eq!(&sent, present),
                _ => {
                    prop_assert_eq!(status, 226);
                    prop_assert!(sent.is_subset(present));
                    prop_assert!(present.iter().all(|item| sent.contains(item) || before.contains(item)));
                }
            }
        }
    }
}
