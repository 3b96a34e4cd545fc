//! What is kept of revised entries.

use super::*;
use crate::model::Version;

fn said(entry: &Entry, hour: i64, words: &str) -> Version {
    Version {
        entry: entry.id,
        until: at(hour),
        title: Text(words.into()),
        summary: Text(format!("short {words}")),
        content: Text(format!("long {words}")),
    }
}

/// A store with one entry, in whose story nobody has changed a word yet.
fn with_entry(path: &std::path::Path) -> (Store, Entry) {
    let mut store = open(path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let one = entry(&a, "1");
    let changes = Changes { entries: vec![one.clone()], stories: vec![story(&[&one])], ..Changes::default() };
    store.commit(&changes).expect("committed");
    (store, one)
}

fn keep(store: &mut Store, version: Version) {
    store.commit(&Changes { versions: vec![version], ..Changes::default() }).expect("committed");
}

/// Numbers and titles of what is kept of an entry.
fn kept(store: &Store, entry: &Entry) -> Vec<(u32, String)> {
    let versions = store.versions(&[entry.id, EntryId([9; 16])]).expect("read").remove(&entry.id).unwrap_or_default();
    versions.into_iter().map(|(number, version)| (number, version.title.0)).collect()
}

#[test]
fn versions_come_back_in_their_order_and_of_the_asked_entries_only() {
    let (_folder, path) = fresh();
    let (mut store, one) = with_entry(&path);
    assert_eq!(store.versions(&[one.id]).expect("read"), std::collections::BTreeMap::new());
    let versions = [said(&one, 3, "first"), said(&one, 4, "second")];
    for version in &versions {
        keep(&mut store, version.clone());
    }
    drop(store);
    let store = open(&path).expect("the same store");
    let found = store.versions(&[one.id]).expect("read").remove(&one.id).expect("versions");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(1, versions[0].clone()), (2, versions[1].clone())]);
    assert_eq!(store.versions(&[]).expect("read"), std::collections::BTreeMap::new());
}

#[test]
fn a_feed_that_flips_between_two_texts_has_two_versions_with_the_times_of_the_last_flips() {
    let (_folder, path) = fresh();
    let (mut store, one) = with_entry(&path);
    for hour in 0..101 {
        keep(&mut store, said(&one, hour, if hour % 2 == 0 { "heads" } else { "tails" }));
    }
    assert_eq!(kept(&store, &one), [(100, "tails".to_owned()), (101, "heads".to_owned())]);
    let found = store.versions(&[one.id]).expect("read").remove(&one.id).expect("versions");
    assert_eq!(found.values().map(|version| version.until).collect::<Vec<_>>(), [at(99), at(100)]);
}

#[test]
fn a_feed_that_changes_at_every_poll_keeps_its_first_and_its_newest_versions() {
    let (_folder, path) = fresh();
    let (mut store, one) = with_entry(&path);
    for hour in 1..=100 {
        keep(&mut store, said(&one, hour, &format!("at {hour} o'clock")));
    }
    let numbers: Vec<u32> = kept(&store, &one).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [1].into_iter().chain(82..=100).collect::<Vec<_>>());

    // Long texts: fewer of them, within 256 KiB but for the first and the newest.
    for hour in 101..=120 {
        keep(&mut store, Version { content: Text("é".repeat(40_000)), ..said(&one, hour, &format!("long {hour}")) });
    }
    let numbers: Vec<u32> = kept(&store, &one).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [1, 118, 119, 120]);
    let huge = Text("x".repeat(1 << 20));
    keep(&mut store, Version { content: huge, ..said(&one, 121, "huge") });
    assert_eq!(kept(&store, &one), [(1, "at 1 o'clock".to_owned()), (121, "huge".to_owned())]);
}

#[test]
fn versions_go_with_the_text_of_their_entry() {
    let (_folder, path) = fresh();
    let (mut store, one) = with_entry(&path);
    let two = Entry { title: Text("Still carried".into()), ..entry(&source("a", "https://a.example/f"), "2") };
    store
        .commit(&Changes { entries: vec![two.clone()], stories: vec![story(&[&two])], ..Changes::default() })
        .expect("committed");
    keep(&mut store, said(&one, 3, "old"));
    keep(&mut store, said(&two, 3, "old"));
    store.commit(&Changes { carried: vec![(two.id, at(50))], ..Changes::default() }).expect("committed");
    assert_eq!(store.expire(at(60)).expect("one is old"), 1);
    assert_eq!((kept(&store, &one).len(), kept(&store, &two).len()), (0, 1));
    // What its owner took back is not to be read in what it was before either.
    store.commit(&Changes { withdrawn: vec![two.id], ..Changes::default() }).expect("committed");
    assert_eq!(kept(&store, &two).len(), 0);
}

#[test]
fn a_version_is_kept_with_its_batch_or_not_at_all() {
    let (_folder, path) = fresh();
    let (mut store, one) = with_entry(&path);
    let mut broken = story(&[&one]);
    broken.lead = EntryId([7; 16]); // No such entry: the foreign key refuses the story.
    let changes = Changes { versions: vec![said(&one, 3, "old")], stories: vec![broken], ..Changes::default() };
    assert!(store.commit(&changes).is_err());
    assert_eq!(kept(&store, &one), []);
}

#[test]
fn a_store_from_before_versions_were_kept_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    drop(with_entry(&path));
    let connection = manners::before(&path);
    let back = "DROP TABLE held; DROP TABLE alias; DROP TABLE version; PRAGMA user_version = 1";
    connection.execute_batch(&format!("{AS_IN_LAYOUT_4} {back}")).expect("as it was");
    drop(connection);
    let mut store = open(&path).expect("brought up to date");
    let one = entry(&source("a", "https://a.example/f"), "1");
    keep(&mut store, said(&one, 3, "old"));
    assert_eq!(kept(&store, &one).len(), 1);
}
