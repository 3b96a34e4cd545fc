//! What the index held, kept beside the entries.

use super::*;

/// The keys of the entries that an index would take up again, each with its story and its bytes.
fn held(store: &Store, limit: usize, entries: &[Entry]) -> Vec<(String, StoryId, Vec<u8>)> {
    let mut found = Vec::new();
    let read = store.held(limit, |id, story, bytes| {
        let entry = entries.iter().find(|entry| entry.id == id).expect("one of ours");
        found.push((entry.key.clone(), story, bytes.to_vec()));
    });
    read.expect("read");
    found
}

#[test]
fn the_index_is_taken_up_in_the_order_in_which_it_took_entries() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let entries = ["1", "2", "3", "4"].map(|key| entry(&a, key));
    let stories = [0, 1, 2, 3].map(|at| story(&[&entries[at]]));
    let bytes = |numbers: &[usize]| numbers.iter().map(|&n| (entries[n].id, vec![n as u8])).collect::<Vec<_>>();
    let mut store = open(&path).expect("a store");
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let first =
        Changes { entries: entries.to_vec(), stories: stories.to_vec(), held: bytes(&[2, 0, 1]), ..Changes::default() };
    store.commit(&first).expect("committed");
    let keys = |store: &Store, limit| -> String {
        held(store, limit, &entries).iter().map(|(key, ..)| key.as_str()).collect()
    };
    assert_eq!((keys(&store, 9), keys(&store, 2)), ("312".to_owned(), "12".to_owned()));
    assert_eq!(held(&store, 1, &entries), [("2".to_owned(), stories[1].id.clone(), vec![1])]);

    // A revision is the last; what was taken back and what belongs to no story is not there.
    store.commit(&Changes { held: bytes(&[2, 3]), ..Changes::default() }).expect("committed");
    assert_eq!((keys(&store, 9), keys(&store, 3)), ("1234".to_owned(), "234".to_owned()));
    let withdrawn = vec![entries[0].id];
    store
        .commit(&Changes { withdrawn, dissolved: vec![stories[0].id.clone()], ..Changes::default() })
        .expect("committed");
    assert_eq!(keys(&store, 9), "234");

    store.replace_held(bytes(&[3, 1])).expect("replaced");
    assert_eq!(keys(&store, 9), "42");
    // Carried no longer, and old: it loses its text, and the index forgets it.
    let carried = vec![(entries[1].id, at(50))];
    store.commit(&Changes { carried, ..Changes::default() }).expect("committed");
    assert_eq!(store.expire(at(40)).expect("expired"), 3);
    assert_eq!(keys(&store, 9), "2");
}
