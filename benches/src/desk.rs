//! A desk over files that are made here, as a user would set it up: many sources, one edition.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use wiredesk::config::Config;
use wiredesk::desk::{self, Desk};

use crate::{server, wire};

/// Items of each source.
const ITEMS: u64 = 40;

/// A desk whose one edition `front` has room for so many stories, in all formats, with its sources asked once.
///
/// Each source is a file of 40 items in `folder`. `listen` is an address or `off`.
pub async fn made(folder: &Path, sources: u64, items: usize, listen: &str) -> Desk {
    for number in 0..sources {
        write(folder, number, 1);
    }
    let desk = desk::open(config(folder, sources, items, listen)).expect("a desk");
    let done = desk.cycle(moment(0), true).await.expect("a cycle");
    assert!(done.summary.failed.is_empty(), "{:?}", done.summary.failed.first());
    desk
}

/// The configuration, from a file as users write it.
pub fn config(folder: &Path, sources: u64, items: usize, listen: &str) -> Config {
    let mut text = format!(
        "[server]\nlisten = \"{listen}\"\n[site]\nname = \"Bench\"\nurl = \"https://bench.example/\"\n[schedule]\nadaptive = false\ninterval = \"24h\"\n\
         [[edition]]\nname = \"front\"\ntitle = \"Front page\"\nitems = {items}\n"
    );
    for number in 0..sources {
        write!(text, "[[source]]\nname = \"Wire {number}\"\nurl = \"{number}.rss\"\npublisher = \"house-{number}\"\n")
            .expect("a String takes all");
    }
    wiredesk::config::read(&text, &folder.join("config.toml")).expect("a configuration")
}

/// Writes a version of a source: each has another first title.
pub fn write(folder: &Path, number: u64, version: u64) {
    let feed = server::feed(number, 1, 0, ITEMS);
    let feed = feed.replacen("<item>\n<title>", &format!("<item>\n<title>Version {version}: "), 1);
    std::fs::write(folder.join(format!("{number}.rss")), feed).expect("a file");
}

/// The time of a pass over the sources.
pub fn moment(pass: i64) -> DateTime<Utc> {
    wire::start() + TimeDelta::hours(25 + pass)
}
