//! What the last documents of sources carried.

use super::*;
use crate::model::{Carried, Mark};

fn carried(entry: &Entry, digest: u64) -> Carried {
    let mark = Some(Mark { item: digest / 2, length: 3, around: 7 });
    Carried { digest, entry: entry.id, page: Some(7), language: entry.language.clone(), mark }
}

#[test]
fn what_a_document_carried_is_known_until_the_source_has_another_address() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    assert!(store.carried(&a.id).expect("read").is_empty());
    let one = entry(&a, "1");
    for digest in [1, u64::MAX] {
        let documents = vec![(a.id.clone(), vec![carried(&one, digest)])];
        store.commit(&Changes { documents, ..Changes::default() }).expect("committed");
        assert_eq!(store.carried(&a.id).expect("read"), [carried(&one, digest)]);
    }
    let renamed = source("b", "https://a.example/f");
    store.adopt(std::slice::from_ref(&renamed)).expect("adopted");
    assert_eq!(store.carried(&renamed.id).expect("read").len(), 1, "it moves with a name");
    let moved = source("b", "https://b.example/f");
    store.adopt(std::slice::from_ref(&moved)).expect("adopted");
    assert!(store.carried(&moved.id).expect("read").is_empty());
}

#[test]
fn marks_are_kept_where_the_same_stood_around_them() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let a = source("a", "https://a.example/f");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let marked = |key: &str, around: Option<u64>| {
        let mark = around.map(|around| Mark { item: 5, length: 3, around });
        Carried { mark, ..carried(&entry(&a, key), 1) }
    };
    let items = vec![marked("1", None), marked("2", Some(7)), marked("3", Some(8)), marked("4", Some(7))];
    let documents = vec![(a.id.clone(), items)];
    store.commit(&Changes { documents, ..Changes::default() }).expect("committed");
    let expected = [marked("1", None), marked("2", Some(7)), marked("3", None), marked("4", Some(7))];
    assert_eq!(store.carried(&a.id).expect("read"), expected);
}

#[test]
fn entries_that_the_last_document_left_out_lose_their_text_when_they_are_old() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let [a, b] = ["a", "b"].map(|id| source(id, &format!("https://{id}.example/f")));
    store.adopt(&[a.clone(), b.clone()]).expect("adopted");
    let (one, two, other) = (entry(&a, "1"), entry(&a, "2"), entry(&b, "1"));
    let stories = vec![story(&[&one]), story(&[&two]), story(&[&other])];
    let documents = vec![(a.id.clone(), vec![carried(&one, 1), carried(&two, 2)])];
    let entries = vec![one.clone(), two.clone(), other];
    store.commit(&Changes { entries, stories, documents, ..Changes::default() }).expect("committed");
    assert_eq!(store.expire(at(60)).expect("all are carried"), 0);
    let documents = vec![(a.id.clone(), vec![carried(&two, 2)])];
    store.commit(&Changes { documents, ..Changes::default() }).expect("committed");
    assert_eq!(store.expire(at(2)).expect("nothing is old"), 0);
    assert_eq!(store.expire(at(60)).expect("one is old"), 1);
    assert!(store.known(&a.id, "1").expect("read").expect("known").expired);
    assert!(!store.known(&a.id, "2").expect("read").expect("known").expired);
}

#[test]
fn a_store_whose_entries_were_their_own_index_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let (one, two) = (entry(&a, "1"), entry(&a, "2"));
    let told = story(&[&one, &two]);
    let items = vec![carried(&one, 1), carried(&two, 2)];
    {
        let mut store = open(&path).expect("a store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let changes = Changes {
            entries: vec![one.clone(), two.clone()],
            stories: vec![told.clone()],
            documents: vec![(a.id.clone(), items.clone())],
            ..Changes::default()
        };
        store.commit(&changes).expect("committed");
    }
    let is_own_index = |connection: &Connection, table: &str| {
        let sql = "SELECT wr FROM pragma_table_list WHERE name = ?1";
        connection.query_row(sql, [table], |row| row.get::<_, bool>(0)).expect("a table")
    };
    let connection = Connection::open(&path).expect("a database");
    connection.execute_batch(AS_IN_LAYOUT_12).expect("as it was");
    for table in ["entry", "document"] {
        let sql = "SELECT sql FROM sqlite_schema WHERE name = ?1";
        let made: String = connection.query_row(sql, [table], |row| row.get(0)).expect("a table");
        let (_, columns) = made.split_once('(').expect("columns");
        let back = format!(
            "CREATE TABLE old ({columns}, WITHOUT ROWID; INSERT INTO old SELECT * FROM {table}; DROP TABLE {table};
             ALTER TABLE old RENAME TO {table}; PRAGMA user_version = 10"
        );
        connection.execute_batch(&back).expect("as it was");
        assert!(is_own_index(&connection, table));
    }
    drop(connection);
    let mut store = open(&path).expect("brought up to date");
    assert_eq!(store.story(&told.id).expect("read").map(|told| told.entries), Some(vec![one.clone(), two]));
    assert_eq!(store.carried(&a.id).expect("read"), items);
    let mut broken = story(&[&one]);
    broken.lead = EntryId([7; 16]);
    assert!(store.commit(&Changes { stories: vec![broken], ..Changes::default() }).is_err(), "keys are held again");
    drop(store);
    let connection = Connection::open(&path).expect("a database");
    assert!(["entry", "document"].iter().all(|table| !is_own_index(&connection, table)));
    assert!(
        connection
            .prepare("PRAGMA foreign_key_check")
            .expect("a check")
            .query(())
            .expect("asked")
            .next()
            .expect("read")
            .is_none()
    );
}
