//! What the last documents of sources carried.

use super::*;
use crate::model::Carried;

fn carried(entry: &Entry, digest: u64) -> Carried {
    Carried { digest, entry: entry.id, page: Some(7), language: entry.language.clone() }
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
