//! Publishing again: only what has changed is made anew, and it comes to the same as making everything.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use wiredesk::desk::{self, Desk};

use crate::world::{Place, rss};

/// Every file of a published site.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    found
}

fn open(place: &Place, publish: &str) -> Desk {
    let text = format!(
        "[stories]\nrulings = \"rulings.toml\"\n[site]\nurl = \"https://wire.example/\"\n[publish]\ndir = \"{publish}\"\n\
         [[source]]\nname = \"Harbour\"\nurl = \"a.rss\"\npublisher = \"harbour\"\n\
         [[source]]\nname = \"Tidewater\"\nurl = \"b.rss\"\npublisher = \"tidewater\"\n\
         [[edition]]\nname = \"front\"\ntitle = \"Front\"\n[[edition]]\nname = \"last\"\ntitle = \"Last\"\norder = \"updated\"\n"
    );
    let config = wiredesk::config::read(&text, &place.path().join("config.toml")).expect("a configuration");
    desk::open(config).expect("a desk")
}

#[test]
fn what_is_published_again_is_what_a_desk_that_remembers_nothing_publishes() {
    let place = Place::new("");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let now = |pass: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(pass);
    let ferry = ("f", "Ferry sinks off Saltmarsh", "Forty people were saved from the ferry that sank off Saltmarsh.");
    let fair = ("h", "Harvest fair opens", "Pumpkins as far as one can see, and a prize for the largest of them.");
    let copy = ("c", "Ferry sinks off Saltmarsh", "Forty people were saved from the ferry that sank off Saltmarsh.");
    let told = ("f", "Ferry sinks: captain held", "Forty people were saved from the ferry, and its captain is held.");
    place.write("rulings.toml", "");
    let lead = "[[lead]]\nentry = \"https://example.org/c\"\n";
    let steps: [(&[_], &[_], &str); 6] = [
        (&[ferry, fair], &[], ""),
        // A report joins a story, one says something else, another is new.
        (&[ferry, fair], &[copy], ""),
        (&[told, fair], &[copy], ""),
        (
            &[told, fair, ("n", "Lighthouse keeper retires", "After forty years the keys go to a daughter.")],
            &[copy],
            "",
        ),
        // Rulings come and go.
        (&[told, fair], &[copy], lead),
        (&[told, fair], &[copy], ""),
    ];
    let kept = open(&place, "kept");
    let mut before = BTreeMap::new();
    for (pass, (a, b, rulings)) in steps.into_iter().enumerate() {
        place.write("a.rss", rss("Harbour", a));
        place.write("b.rss", rss("Tidewater", b));
        place.write("rulings.toml", rulings);
        runtime.block_on(kept.cycle(now(pass as i64), true)).expect("a cycle");
        runtime.block_on(kept.publish()).expect("a publication");
        let published = files(&place.path().join("kept"));
        assert!(published.len() > 10 && published.get("front.atom") != before.get("front.atom") || pass > 3, "{pass}");
        // The store is for one at a time, so that a copy of it is read.
        let copied = Place::new("");
        for name in ["a.rss", "b.rss", "rulings.toml"] {
            copied.write(name, place.read(name));
        }
        std::fs::create_dir_all(copied.path().join("data")).expect("a folder");
        for file in std::fs::read_dir(place.path().join("data")).expect("the store's folder") {
            let file = file.expect("an entry");
            std::fs::copy(file.path(), copied.path().join("data").join(file.file_name())).expect("a copy");
        }
        let fresh = open(&copied, "fresh");
        runtime.block_on(fresh.publish()).expect("a publication");
        let anew = files(&copied.path().join("fresh"));
        assert_eq!(published.keys().collect::<Vec<_>>(), anew.keys().collect::<Vec<_>>(), "pass {pass}");
        for (name, bytes) in &published {
            let [ours, theirs] = [bytes, &anew[name]].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(ours, theirs, "pass {pass}, {name}");
        }
        before = published;
    }
}
