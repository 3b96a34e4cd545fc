//! The contract of a store.

#![expect(clippy::disallowed_methods, reason = "a test makes a file of its own")]

mod documents;
mod held;
mod manners;
mod merging;
mod polls;
mod subscribers;
mod subscriptions;
mod versions;

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::model::{
    Changes, Diagnosis, Enclosure, Entry, EntryId, FeedUrl, Html, Language, Location, Membership, Moving, Person,
    PollHints, Polling, Publisher, Reason, Rhythm, Source, SourceId, Story, StoryId, Text, Validators,
};

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_729_468_800, 0).expect("a moment") + TimeDelta::hours(hour)
}

fn source(id: &str, url: &str) -> Source {
    Source::new(
        SourceId::new(id).expect("a name"),
        Location::Web(FeedUrl::parse(url).expect("a URL")),
        Publisher::new(id).expect("a name"),
    )
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
        enclosures: vec![Enclosure {
            url: "https://a.example/1.mp3".into(),
            media_type: None,
            size_bytes: Some(7),
            ..Enclosure::default()
        }],
        translations: vec![crate::model::CanonicalUrl("a.example/ko/1".into())],
        image_size: Some(crate::model::Size { width: 640, height: 360 }),
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

/// What is remembered of a source, but for where the store keeps it.
fn remembered(store: &Store, source: &Source) -> Polling {
    Polling { kept: None, ..store.polling(&source.id).expect("read").expect("known") }
}

/// Takes back the step that gave polls a table of their own.
const AS_IN_LAYOUT_12: &str = "
    PRAGMA foreign_keys = OFF;
    CREATE TABLE old (
        id TEXT PRIMARY KEY, location TEXT NOT NULL, configured INTEGER NOT NULL, title TEXT, etag TEXT,
        last_modified TEXT, body_hash INTEGER, answered_by TEXT, next_check INTEGER NOT NULL, last_attempt INTEGER,
        last_success INTEGER, failures INTEGER NOT NULL, error TEXT, rhythm BLOB, keep_for INTEGER,
        skip_hours INTEGER NOT NULL DEFAULT 0, skip_days INTEGER NOT NULL DEFAULT 0, diagnosis TEXT, fresh_for INTEGER,
        gone INTEGER, adopted TEXT, moving_to TEXT, moving_since INTEGER, moving_polls INTEGER
    ) STRICT;
    INSERT INTO old
        SELECT id, location, configured, title, etag, last_modified, body_hash, answered_by, next_check, last_attempt,
               last_success, failures, error, rhythm, keep_for, skip_hours, skip_days, diagnosis, fresh_for, gone,
               adopted, moving_to, moving_since, moving_polls
        FROM source JOIN poll ON source = number;
    DROP TABLE poll; DROP TABLE source; ALTER TABLE old RENAME TO source;
    CREATE INDEX source_location ON source (location); PRAGMA user_version = 12;";

/// Takes back what the step to rhythms did.
const AS_IN_LAYOUT_4: &str = "
    ALTER TABLE entry DROP COLUMN translations;
    DROP INDEX source_location; ALTER TABLE source DROP COLUMN rhythm; ALTER TABLE source DROP COLUMN keep_for;
    ALTER TABLE source DROP COLUMN skip_hours; ALTER TABLE source DROP COLUMN skip_days;";

#[test]
fn a_store_from_before_rhythms_were_kept_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    open(&path).expect("a store").adopt(std::slice::from_ref(&a)).expect("adopted");
    let connection = manners::before(&path);
    connection.execute_batch(&format!("{AS_IN_LAYOUT_4} PRAGMA user_version = 4")).expect("as it was");
    drop(connection);
    let store = open(&path).expect("brought up to date");
    assert_eq!(remembered(&store, &a), Polling::never(a.id));
}

#[test]
fn a_rhythm_of_another_version_is_one_that_is_not_known() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let mut store = open(&path).expect("a store");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    store.connection.execute("UPDATE source SET rhythm = x'ff00'", ()).expect("written");
    assert_eq!(store.polling(&a.id).expect("read").map(|polling| polling.rhythm), Some(Rhythm::default()));
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
        rhythm: Rhythm { at: Some(1_729_468_800), watched: 9.5, days: [0.25; 7], ..Rhythm::default() },
        hints: PollHints { keep_for: Some(Duration::from_secs(3600)), skip_hours: 0xff_ffff, skip_days: 0x7f },
        diagnosis: Some(Diagnosis::Busy),
        fresh_for: Some(Duration::from_millis(1_500)),
        gone: Some(at(1)),
        adopted: FeedUrl::parse("https://jane:secret@c.example/f").ok(),
        moving: Some(Moving { target: FeedUrl::parse("https://d.example/f").expect("a URL"), since: at(1), polls: 2 }),
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
    assert_eq!(store.pollings().expect("read").remove(&a.id), store.polling(&a.id).expect("read"));
    assert_eq!(remembered(&store, &a), polling);
    assert_eq!(
        store.entries_by_source().expect("read"),
        [(a.id.clone(), Holding { entries: 2, newest: Some(at(2)) })].into()
    );
    let known = store.known(&a.id, "1").expect("read").expect("known");
    assert_eq!((known.entry, known.story, known.expired), (one.clone(), Some(told.id.clone()), false));
    let back = store.story(&told.id).expect("read").expect("known");
    assert_eq!((back.story, back.entries), (told.clone(), vec![one.clone(), two.clone()]));
    assert_eq!(store.latest(1).expect("read").len(), 1);
    assert_eq!(store.stories(Some(std::slice::from_ref(&a.id)), StoryOrder::Updated, 9).expect("read").len(), 1);
    assert_eq!(store.stories(Some(&[]), StoryOrder::Updated, 9).expect("read"), []);
    assert_eq!(store.counts().expect("read"), Counts { entries: 2, stories: 1 });
}

#[test]
fn what_was_counted_is_counted_anew_when_stories_change() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let (one, two) = (entry(&a, "1"), entry(&a, "2"));
    let mut store = open(&path).expect("a store");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let beside = store.beside().expect("a store");
    let (polled, told) = (vec![Polling::never(a.id.clone())], story(&[&one, &two]));
    let both = |changes: Changes, store: &mut Store| {
        store.commit(&changes).expect("committed");
        [store.counts().expect("read"), beside.counts().expect("read")].map(|counts| (counts.entries, counts.stories))
    };
    for (changes, expected) in [
        (Changes { polled: polled.clone(), ..Changes::default() }, (0, 0)),
        (Changes { entries: vec![one.clone(), two], stories: vec![told.clone()], ..Changes::default() }, (2, 1)),
        (Changes { polled, ..Changes::default() }, (2, 1)),
        (Changes { withdrawn: vec![one.id], ..Changes::default() }, (1, 1)),
        (Changes { dissolved: vec![told.id], ..Changes::default() }, (0, 0)),
    ] {
        assert_eq!(both(changes, &mut store), [expected; 2]);
    }
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
        gone: Some(at(1)),
        adopted: FeedUrl::parse("https://c.example/f").ok(),
        moving: Some(Moving { target: FeedUrl::parse("https://d.example/f").expect("a URL"), since: at(1), polls: 2 }),
        fresh_for: Some(Duration::ZERO),
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
    let forgotten = &store.pollings().expect("read")[&moved.id];
    assert_eq!(forgotten.validators, Validators::default());
    // What the old address said of itself does not hold for the new one.
    let Polling { gone, adopted, moving, fresh_for, .. } = forgotten;
    assert_eq!((gone, adopted, moving, fresh_for), (&None, &None, &None, &None));
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
    assert_eq!(store.stories(Some(std::slice::from_ref(&a.id)), StoryOrder::Published, 9).expect("read").len(), 1);
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
    assert!(error.contains("written by a newer wiredesk (layout 99, this one knows up to 13)"), "{error}");
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

#[test]
fn a_store_is_read_beside_the_process_that_writes_it_but_not_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk.db");
    assert!(open_read_only(&path).is_err_and(|error| error.to_string().contains("there is no store at")));
    let mut store = open(&path).expect("opened");
    let source = source("a", "https://a.example/feed");
    store.adopt(std::slice::from_ref(&source)).expect("adopted");
    let (one, other) = (entry(&source, "1"), entry(&source, "2"));
    let changes = Changes {
        entries: vec![one.clone(), other.clone()],
        stories: vec![story(&[&one, &other])],
        ..Changes::default()
    };
    store.commit(&changes).expect("committed");
    let reading = open_read_only(&path).expect("opened beside it");
    let id = story(&[&one, &other]).id;
    assert_eq!(reading.story_of(other.id).expect("read"), Some(id.clone()));
    let outline = reading.outline(&id).expect("read").expect("there");
    assert_eq!((outline.members, outline.published), (vec![one.id, other.id], at(0)));
    let found = |urls: &[&str], keys: &[&str], ids: &[EntryId]| {
        reading.entries_like(urls, keys, ids).expect("read").into_iter().map(|entry| entry.key).collect::<BTreeSet<_>>()
    };
    let keys = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(found(&["a.example/1"], &[], &[]), keys(&["1", "2"]));
    assert_eq!((found(&[], &["2"], &[]), found(&[], &[], &[one.id])), (keys(&["2"]), keys(&["1"])));
    assert_eq!(found(&["a.example/3"], &["3"], &[]), keys(&[]));
    assert_eq!(reading.urls_on("a.example", 1).expect("read"), ["a.example/1"]);
    drop((store, reading));
    let connection = Connection::open(&path).expect("a database");
    connection.pragma_update(None, "user_version", 0).expect("set");
    assert!(open_read_only(&path).is_err_and(|error| error.to_string().contains("written by an older wiredesk")));
}
