//! The contract of a store.

#![expect(clippy::disallowed_methods, reason = "a test makes a file of its own")]

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::model::{
    Changes, Enclosure, Entry, EntryId, FeedUrl, Html, Language, Location, Membership, Merged, Person, Polling,
    Publisher, Reason, Source, SourceId, Story, StoryId, Text, Validators, Version,
};

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_729_468_800, 0).expect("a moment") + TimeDelta::hours(hour)
}

fn source(id: &str, url: &str) -> Source {
    Source {
        id: SourceId::new(id).expect("a name"),
        name: None,
        location: Location::Web(FeedUrl::parse(url).expect("a URL")),
        publisher: Publisher::new(id).expect("a name"),
        tags: Vec::new(),
        priority: 0,
        can_lead: true,
    }
}

fn entry(source: &Source, key: &str) -> Entry {
    Entry {
        id: EntryId::mint(&source.id, key),
        source: source.id.clone(),
        key: key.into(),
        link: Some("https://a.example/1".parse().expect("a URL")),
        url: Some(crate::model::CanonicalUrl("a.example/1".into())),
        title: Text("Title".into()),
        summary: Html("<p>Short</p>".into()),
        content: Html("<p>Long</p>".into()),
        published: at(0),
        updated: Some(at(1)),
        seen: at(2),
        language: Language::new("en"),
        authors: vec![Person { name: Some("Jane".into()), ..Person::default() }],
        categories: vec!["world".into()],
        enclosures: vec![Enclosure { url: "https://a.example/1.mp3".into(), media_type: None, size_bytes: Some(7) }],
        image: None,
    }
}

fn story(entries: &[&Entry]) -> Story {
    let member = |entry: &&Entry| Membership {
        entry: entry.id,
        reason: Reason::Event,
        score: 0.5,
        evidence: "shared: kim".into(),
    };
    Story {
        id: StoryId::mint("wire.example", entries[0]),
        lead: entries[0].id,
        members: entries.iter().map(member).collect(),
        first_seen: at(2),
        updated: at(2),
        revision: 1,
    }
}

fn fresh() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("data/desk.db");
    (folder, path)
}

#[test]
fn everything_comes_back_after_a_restart() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let (one, two) = (entry(&a, "1"), entry(&a, "2"));
    let polling = Polling {
        validators: Validators {
            etag: Some("W/\"x\"".into()),
            last_modified: None,
            body_hash: Some(u64::MAX),
            url: Some("https://b.example/f".into()),
        },
        next_check: at(9),
        last_attempt: Some(at(2)),
        failures: 3,
        error: Some("gone fishing".into()),
        ..Polling::never(a.id.clone())
    };
    let told = story(&[&one, &two]);
    let changes = Changes {
        polled: vec![polling.clone()],
        entries: vec![one.clone(), two.clone()],
        stories: vec![told.clone()],
        ..Changes::default()
    };
    {
        let mut store = open(&path).expect("a new store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        store.commit(&changes).expect("committed");
    }
    let mut store = open(&path).expect("the same store");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    assert_eq!(store.pollings().expect("read").get(&a.id), Some(&polling));
    let known = store.known(&a.id, "1").expect("read").expect("known");
    assert_eq!((known.entry, known.story, known.expired), (one.clone(), Some(told.id.clone()), false));
    let back = store.story(&told.id).expect("read").expect("known");
    assert_eq!((back.story, back.entries), (told.clone(), vec![one.clone(), two.clone()]));
    assert_eq!(store.latest(1).expect("read").len(), 1);
    assert_eq!(store.stories(std::slice::from_ref(&a.id), StoryOrder::Updated, 9).expect("read").len(), 1);
    assert_eq!(store.stories(&[], StoryOrder::Updated, 9).expect("read"), []);
    assert_eq!(store.counts().expect("read"), Counts { entries: 2, stories: 1 });
}

#[test]
fn a_commit_that_fails_leaves_nothing() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let one = entry(&a, "1");
    let mut broken = story(&[&one]);
    broken.lead = EntryId([7; 16]); // No such entry: the foreign key refuses the story.
    let changes = Changes { entries: vec![one], stories: vec![broken], ..Changes::default() };
    assert!(store.commit(&changes).is_err());
    assert_eq!(store.known(&a.id, "1").expect("read"), None);
}

#[test]
fn a_renamed_source_keeps_its_entries_and_a_moved_one_drops_its_validators() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let one = entry(&a, "1");
    let told = story(&[&one]);
    let polling = Polling {
        validators: Validators { etag: Some("\"x\"".into()), ..Validators::default() },
        ..Polling::never(a.id.clone())
    };
    let changes = Changes { polled: vec![polling], entries: vec![one], stories: vec![told], ..Changes::default() };
    store.commit(&changes).expect("committed");

    let renamed = source("b", "https://a.example/f");
    store.adopt(std::slice::from_ref(&renamed)).expect("adopted");
    assert!(store.known(&renamed.id, "1").expect("read").is_some());
    assert_eq!(store.pollings().expect("read")[&renamed.id].validators.etag.as_deref(), Some("\"x\""));

    let moved = source("b", "https://b.example/f");
    store.adopt(std::slice::from_ref(&moved)).expect("adopted");
    assert!(store.known(&moved.id, "1").expect("read").is_some());
    assert_eq!(store.pollings().expect("read")[&moved.id].validators, Validators::default());
}

#[test]
fn old_entries_lose_their_text_and_keep_their_identity_unless_still_carried() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let (one, two) = (entry(&a, "1"), entry(&a, "2"));
    let stories = vec![story(&[&one]), story(&[&two])];
    let changes = Changes { entries: vec![one.clone(), two.clone()], stories, ..Changes::default() };
    store.commit(&changes).expect("committed");
    store.commit(&Changes { carried: vec![(two.id, at(50))], ..Changes::default() }).expect("committed");
    assert_eq!(store.expire(at(2)).expect("nothing is old"), 0);
    assert_eq!(store.expire(at(60)).expect("one is old"), 1);
    let known = store.known(&a.id, "1").expect("read").expect("known");
    assert!(known.expired && known.entry.content.is_empty());
    assert!(!store.known(&a.id, "2").expect("read").expect("known").expired);
    assert_eq!(store.stories(std::slice::from_ref(&a.id), StoryOrder::Published, 9).expect("read").len(), 1);
}

#[test]
fn withdrawn_entries_leave_their_story() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let one = entry(&a, "1");
    let told = story(&[&one]);
    let changes = Changes { entries: vec![one.clone()], stories: vec![told.clone()], ..Changes::default() };
    store.commit(&changes).expect("committed");
    let changes = Changes { withdrawn: vec![one.id], dissolved: vec![told.id.clone()], ..Changes::default() };
    store.commit(&changes).expect("committed");
    assert_eq!(store.story(&told.id).expect("read"), None);
    assert_eq!(store.known(&a.id, "1").expect("read").expect("known").story, None);
    assert_eq!(store.published_of(&a.id).expect("read"), []);
}

/// The story `survivor` with the members of `loser`, and that the two are one.
fn united(survivor: &Story, loser: &Story) -> (Story, Merged) {
    let mut united = survivor.clone();
    united.members.extend(loser.members.iter().cloned());
    united.revision += 1;
    (united, Merged { loser: loser.id.clone(), survivor: survivor.id.clone(), since: at(5) })
}

#[test]
fn a_merged_story_leaves_its_members_and_an_alias() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let entries = ["1", "2", "3"].map(|key| entry(&a, key));
    let [one, two, three] = [0, 1, 2].map(|at| story(&[&entries[at]]));
    {
        let mut store = open(&path).expect("a store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let stories = vec![one.clone(), two.clone(), three.clone()];
        store.commit(&Changes { entries: entries.to_vec(), stories, ..Changes::default() }).expect("committed");
        assert_eq!(store.resolve(&two.id).expect("read"), Some(two.id.clone()));
        assert_eq!(store.resolve(&StoryId::stored("tag:nobody")).expect("read"), None);
        let (both, merged) = united(&two, &three);
        store.commit(&Changes { stories: vec![both], merged: vec![merged], ..Changes::default() }).expect("committed");
    }
    let mut store = open(&path).expect("the same store");
    assert_eq!(store.story(&three.id).expect("read"), None);
    assert_eq!(store.resolve(&three.id).expect("read"), Some(two.id.clone()));
    let both = store.story(&two.id).expect("read").expect("the survivor");
    assert_eq!((both.entries.as_slice(), both.story.revision), (&entries[1..], 2));
    assert_eq!(store.known(&a.id, "3").expect("read").expect("known").story, Some(two.id.clone()));

    // The survivor is merged in its turn: no alias leads to an alias.
    let (all, merged) = united(&one, &both.story);
    store.commit(&Changes { stories: vec![all], merged: vec![merged], ..Changes::default() }).expect("committed");
    for id in [&one.id, &two.id, &three.id] {
        assert_eq!(store.resolve(id).expect("read"), Some(one.id.clone()), "{id}");
    }
    assert_eq!(store.counts().expect("read"), Counts { entries: 3, stories: 1 });
    assert_eq!(store.stories(std::slice::from_ref(&a.id), StoryOrder::Updated, 9).expect("read").len(), 1);

    // Nothing is left of a story whose members were all taken back, and nothing leads to it.
    let withdrawn = entries.iter().map(|entry| entry.id).collect();
    let changes = Changes { withdrawn, dissolved: vec![one.id.clone()], ..Changes::default() };
    store.commit(&changes).expect("committed");
    for id in [&one.id, &two.id, &three.id] {
        assert_eq!(store.resolve(id).expect("read"), None, "{id}");
    }
}

#[test]
fn a_merge_that_fails_leaves_both_stories() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let (first, second) = (entry(&a, "1"), entry(&a, "2"));
    let (one, two) = (story(&[&first]), story(&[&second]));
    let changes =
        Changes { entries: vec![first, second], stories: vec![one.clone(), two.clone()], ..Changes::default() };
    store.commit(&changes).expect("committed");
    let (both, merged) = united(&one, &two);
    let broken = Merged { survivor: StoryId::stored("tag:nobody"), ..merged };
    assert!(store.commit(&Changes { stories: vec![both], merged: vec![broken], ..Changes::default() }).is_err());
    for told in [one, two] {
        assert_eq!(store.resolve(&told.id).expect("read"), Some(told.id.clone()));
        assert_eq!(store.story(&told.id).expect("read").map(|read| read.story), Some(told));
    }
}

#[test]
fn a_store_from_before_stories_were_merged_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let one = entry(&a, "1");
    let told = story(&[&one]);
    {
        let mut store = open(&path).expect("a store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let changes = Changes { entries: vec![one], stories: vec![told.clone()], ..Changes::default() };
        store.commit(&changes).expect("committed");
    }
    let connection = rusqlite::Connection::open(&path).expect("a database");
    connection.execute_batch("DROP TABLE alias; PRAGMA user_version = 2").expect("as it was");
    drop(connection);
    let store = open(&path).expect("the same store");
    assert_eq!(store.resolve(&told.id).expect("read"), Some(told.id.clone()));
    assert_eq!(store.story(&told.id).expect("read").map(|read| read.story), Some(told));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    /// After any sequence of merges every id that ever was leads to the story that lives.
    #[test]
    fn every_alias_leads_to_a_living_story(pairs in proptest::collection::vec((0..6usize, 0..6usize), 0..8)) {
        let (_folder, path) = fresh();
        let mut store = open(&path).expect("a store");
        let a = source("a", "https://a.example/f");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let entries: Vec<Entry> = (0..6).map(|key| entry(&a, &key.to_string())).collect();
        let mut stories: Vec<Option<Story>> = entries.iter().map(|entry| Some(story(&[entry]))).collect();
        let ids: Vec<StoryId> = stories.iter().flatten().map(|story| story.id.clone()).collect();
        let changes =
            Changes { entries, stories: stories.iter().flatten().cloned().collect(), ..Changes::default() };
        store.commit(&changes).expect("committed");
        let mut lives: Vec<usize> = (0..6).collect();
        for (survivor, loser) in pairs {
            let (survivor, loser) = (lives[survivor], lives[loser]);
            if survivor == loser {
                continue;
            }
            let gone = stories[loser].take().expect("a living story");
            let (both, merged) = united(stories[survivor].as_ref().expect("a living story"), &gone);
            stories[survivor] = Some(both.clone());
            store.commit(&Changes { stories: vec![both], merged: vec![merged], ..Changes::default() }).expect("committed");
            lives.iter_mut().filter(|lives| **lives == loser).for_each(|lives| *lives = survivor);
        }
        for (id, lives) in ids.iter().zip(lives) {
            proptest::prop_assert_eq!(store.resolve(id).expect("read"), Some(ids[lives].clone()));
        }
        let living = stories.iter().flatten().count();
        proptest::prop_assert_eq!(store.counts().expect("read"), Counts { entries: 6, stories: living as u32 });
    }
}

#[test]
fn one_process_at_a_time_has_a_store() {
    let (_folder, path) = fresh();
    let _store = open(&path).expect("a store");
    let error = open(&path).expect_err("in use").to_string();
    assert!(error.contains("in use by another wiredesk"), "{error}");
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let (_folder, path) = fresh();
    drop(open(&path).expect("a store"));
    let connection = rusqlite::Connection::open(&path).expect("a database");
    connection.pragma_update(None, "user_version", 99).expect("set");
    drop(connection);
    let error = open(&path).expect_err("newer").to_string();
    assert!(error.contains("written by a newer wiredesk (layout 99, this one knows up to 3)"), "{error}");
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let (_folder, path) = fresh();
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(&path, "shopping list: milk, bread and so on, which is long enough").expect("written");
    let error = open(&path).expect_err("foreign").to_string();
    assert!(error.contains("is not a wiredesk store"), "{error}");

    std::fs::remove_file(&path).expect("removed");
    let connection = rusqlite::Connection::open(&path).expect("a database");
    connection.execute_batch("CREATE TABLE bookmark (url TEXT)").expect("made");
    drop(connection);
    assert!(matches!(open(&path), Err(Error::Foreign { .. })));
}

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
    let connection = rusqlite::Connection::open(&path).expect("a database");
    connection.execute_batch("DROP TABLE alias; DROP TABLE version; PRAGMA user_version = 1").expect("as it was");
    drop(connection);
    let mut store = open(&path).expect("brought up to date");
    let one = entry(&source("a", "https://a.example/f"), "1");
    keep(&mut store, said(&one, 3, "old"));
    assert_eq!(kept(&store, &one).len(), 1);
}
