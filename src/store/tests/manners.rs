//! What the fetcher remembers of hosts and of ids that changed.

use super::*;
use crate::model::{Hold, KeyAlias};

/// Takes back the step that made the store remember these.
const WITHOUT_MANNERS: &str = "
    ALTER TABLE entry DROP COLUMN image_size;
    DROP TABLE document; DROP TABLE subscription; DROP INDEX entry_names; DROP TABLE key_alias; DROP TABLE hold;
    ALTER TABLE source DROP COLUMN diagnosis; ALTER TABLE source DROP COLUMN fresh_for;
    ALTER TABLE source DROP COLUMN gone; ALTER TABLE source DROP COLUMN adopted;
    ALTER TABLE source DROP COLUMN moving_to; ALTER TABLE source DROP COLUMN moving_since;
    ALTER TABLE source DROP COLUMN moving_polls; PRAGMA user_version = 6";

/// The database as it was before that step, and those after it.
pub(super) fn before(path: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).expect("a database");
    connection.execute_batch(AS_IN_LAYOUT_12).expect("as it was");
    connection.execute_batch(WITHOUT_MANNERS).expect("as it was");
    connection
}

#[test]
fn hosts_that_are_left_alone_are_known_until_their_time() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let hold = |host: &str, hour| Hold { host: host.into(), until: at(hour) };
    let holds = vec![hold("b.example", 3), hold("a.example", 2), hold("b.example", 5)];
    store.commit(&Changes { holds, ..Changes::default() }).expect("committed");
    drop(store);
    let mut store = open(&path).expect("the same store");
    assert_eq!(store.holds(at(0)).expect("read"), [hold("a.example", 2), hold("b.example", 5)]);
    assert_eq!(store.holds(at(2)).expect("read"), [hold("b.example", 5)]);
    assert_eq!(store.holds(at(5)).expect("read"), []);
    store.expire(at(4)).expect("expired");
    assert_eq!(store.holds(at(0)).expect("read"), [hold("b.example", 5)], "what is long over is forgotten");
}

#[test]
fn an_entry_is_known_by_its_new_keys_too_but_not_by_all_it_ever_had() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let (a, b) = (source("a", "https://a.example/f"), source("b", "https://b.example/f"));
    store.adopt(&[a.clone(), b.clone()]).expect("adopted");
    let one = entry(&a, "1");
    let called = |key: &str| KeyAlias { source: a.id.clone(), key: key.into(), entry: one.id };
    let changes = Changes {
        entries: vec![one.clone()],
        stories: vec![story(&[&one])],
        renamed: vec![called("x1")],
        ..Changes::default()
    };
    store.commit(&changes).expect("committed");
    let known = |store: &Store, key: &str| store.known(&a.id, key).expect("read").map(|known| known.entry);
    assert_eq!(known(&store, "x1").as_ref(), Some(&one), "with the key that it had at first");
    assert_eq!(store.known(&b.id, "x1").expect("read"), None, "another source's");
    let first = store.first_keys(&a.id, &["1", "x1", "x9"]).expect("read");
    assert_eq!(first.into_iter().collect::<Vec<_>>(), [("1".into(), "1".into()), ("x1".into(), "1".into())]);
    let names: Vec<_> =
        store.names_of(&a.id, 9).expect("read").into_iter().map(|named| (named.key, named.url)).collect();
    assert_eq!(names, [("1".to_owned(), one.url.clone())]);

    let renamed = (2..=6).map(|number| called(&format!("x{number}"))).collect();
    store.commit(&Changes { renamed, ..Changes::default() }).expect("committed");
    let keys: Vec<_> = ["x1", "x2", "x3", "x6"].map(|key| known(&store, key).is_some()).into();
    assert_eq!(keys, [false, false, true, true], "the newest four are kept");
    assert!(known(&store, "1").is_some());
}

#[test]
fn a_store_from_before_the_fetcher_had_manners_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let one = entry(&a, "1");
    {
        let mut store = open(&path).expect("a store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let changes = Changes { entries: vec![one.clone()], stories: vec![story(&[&one])], ..Changes::default() };
        store.commit(&changes).expect("committed");
    }
    drop(before(&path));
    let store = open(&path).expect("brought up to date");
    assert_eq!(remembered(&store, &a), Polling::never(a.id.clone()));
    // The sizes of pictures were not kept then.
    let one = crate::model::Entry { image_size: None, ..one };
    assert_eq!(store.known(&a.id, "1").expect("read").map(|known| known.entry), Some(one));
}
