//! Real readers subscribe to the running daemon and list the stories.
//!
//! Where a reader is not installed the test is skipped, and says so; in CI that is a failure.

use std::process::Command;

use crate::main_job::sample_desk;
use crate::world::{Place, installed};

/// Whether the programs are there. In CI they must be.
fn present(programs: &[&str]) -> bool {
    let missing: Vec<_> = programs.iter().filter(|program| installed(program).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "not installed: {missing:?}");
    eprintln!("SKIPPED: not installed: {missing:?}");
    false
}

fn titles(place: &Place, edition: &str) -> Vec<String> {
    let text = place.read(&format!("data/public/{edition}.json"));
    let feed: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let items = feed["items"].as_array().expect("items");
    items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}

#[test]
fn newsboat_subscribes_and_lists_the_stories() {
    if !present(&["newsboat"]) {
        return;
    }
    let place = sample_desk();
    let daemon = place.daemon();
    for form in ["atom", "rss"] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("urls"), format!("{}front.{form}\n", daemon.url)).expect("written");
        std::fs::write(file("config"), "").expect("written");
        let status = Command::new("newsboat")
            .env("HOME", folder.path())
            .args(["-x", "reload", "-u"])
            .arg(file("urls"))
            .arg("-c")
            .arg(file("cache.db"))
            .arg("-C")
            .arg(file("config"))
            .status()
            .expect("newsboat runs");
        assert!(status.success(), "{status}");
        let cache = rusqlite::Connection::open(file("cache.db")).expect("newsboat's cache");
        let mut statement = cache.prepare("SELECT title, guid, content FROM rss_item").expect("newsboat's table");
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
        let items: Vec<(String, String, String)> = rows.collect::<Result<_, _>>().expect("items");
        let mut listed: Vec<_> = items.iter().map(|(title, ..)| title.clone()).collect();
        let mut published = titles(&place, "front");
        listed.sort();
        published.sort();
        assert_eq!(listed, published, "{form}");
        assert!(items.iter().all(|(_, guid, _)| guid.starts_with("tag:")), "{form}");
        assert!(items.iter().any(|(.., content)| content.contains("Also covered by")), "{form}");
    }
}

#[test]
fn sfeed_subscribes_and_lists_the_stories() {
    if !present(&["sfeed_update", "sfeed_plain", "curl"]) {
        return;
    }
    let place = sample_desk();
    let daemon = place.daemon();
    let folder = tempfile::tempdir().expect("a folder");
    let feeds = folder.path().join("feeds");
    let rc = folder.path().join("sfeedrc");
    let text = format!(
        "sfeedpath=\"{}\"\nfeeds() {{\n\tfeed \"front\" \"{url}front.atom\"\n\tfeed \"wide\" \"{url}shared.rss\"\n}}\n",
        feeds.display(),
        url = daemon.url
    );
    std::fs::write(&rc, text).expect("written");
    let status = Command::new("sfeed_update").arg(&rc).env("HOME", folder.path()).status().expect("sfeed_update runs");
    assert!(status.success(), "{status}");
    for (name, edition) in [("front", "front"), ("wide", "shared")] {
        let output = Command::new("sfeed_plain").arg(feeds.join(name)).output().expect("sfeed_plain runs");
        let listing = String::from_utf8(output.stdout).expect("UTF-8");
        let mut published = titles(&place, edition);
        assert!(!published.is_empty());
        assert_eq!(listing.lines().count(), published.len(), "{listing}");
        // What it keeps of an item: time, title, link, content, content type, id, …, parted by tabs.
        let kept = std::fs::read_to_string(feeds.join(name)).expect("sfeed's file");
        let mut listed: Vec<_> = kept.lines().map(|line| line.split('\t').nth(1).unwrap_or_default()).collect();
        listed.sort_unstable();
        published.sort();
        assert_eq!(listed, published, "{edition}");
    }
}

#[test]
fn newsboat_imports_the_list_of_editions() {
    if !present(&["newsboat"]) {
        return;
    }
    let place = sample_desk();
    place.cycle();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("urls"), "").expect("written");
    std::fs::write(file("config"), "").expect("written");
    let status = Command::new("newsboat")
        .env("HOME", folder.path())
        .arg("-u")
        .arg(file("urls"))
        .arg("-c")
        .arg(file("cache.db"))
        .arg("-C")
        .arg(file("config"))
        .arg("-i")
        .arg(place.path().join("data/public/editions.opml"))
        .status()
        .expect("newsboat runs");
    assert!(status.success(), "{status}");
    let urls = std::fs::read_to_string(file("urls")).expect("newsboat's list");
    for edition in ["front", "shared", "asia"] {
        assert!(urls.lines().any(|line| line.contains(&format!("/{edition}.atom"))), "{edition} in {urls}");
    }
}
