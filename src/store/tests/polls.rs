//! Sources are found by their rows, and by their names where a row is not theirs.

use std::sync::Arc;

use super::*;
use crate::model::by_id;

fn sources() -> [Source; 3] {
    ["a", "b", "c"].map(|name| source(name, &format!("https://{name}.example/f")))
}

/// What is remembered of each source, as `beside` finds it.
fn etags(beside: &Store, sources: &[Arc<Source>]) -> Vec<Option<String>> {
    let recalled = beside.recall(sources, |_| false, 0).expect("read").into_iter();
    recalled.map(|(polling, _)| polling.and_then(|polling| polling.validators.etag)).collect()
}

fn tagged(store: &Store, source: &Source, etag: &str) -> Polling {
    let polling = store.polling(&source.id).expect("read").expect("known");
    Polling { validators: Validators { etag: Some(etag.into()), ..Validators::default() }, ..polling }
}

#[test]
fn what_is_remembered_is_found_again_after_rows_were_numbered_anew() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    store.adopt(&sources()).expect("adopted");
    let beside = store.beside().expect("a store");
    let all: Vec<Arc<Source>> = by_id(sources()).into_values().collect();
    let polled: Vec<Polling> = all.iter().map(|source| tagged(&store, source, source.id.as_str())).collect();
    store.commit(&Changes { polled: polled.clone(), ..Changes::default() }).expect("committed");
    let named = ["a", "b", "c"].map(|name| Some(name.to_owned()));
    assert_eq!(etags(&beside, &all), named);
    assert_eq!(etags(&beside, &all), named, "and by their rows");
    let swap = "UPDATE source SET rowid = 9 WHERE id = 'a'; UPDATE source SET rowid = 1 WHERE id = 'b'";
    store.connection.execute_batch(swap).expect("done");
    assert_eq!(etags(&beside, &all), named);
    // What was read before that is written where it belongs.
    let again = polled.into_iter().map(|polling| Polling { failures: 1, ..polling }).collect();
    store.commit(&Changes { polled: again, ..Changes::default() }).expect("committed");
    assert_eq!(etags(&beside, &all), named);
    let failures = store.pollings().expect("read").into_values().map(|polling| (polling.row, polling.failures));
    assert_eq!(failures.collect::<Vec<_>>(), [(Some(9), 1), (Some(1), 1), (Some(3), 1)]);
}

#[test]
fn what_the_store_does_not_know_is_left_out() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let [a, b, _] = sources();
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let unknown = Polling { row: Some(1), failures: 7, ..Polling::never(b.id.clone()) };
    store.commit(&Changes { polled: vec![unknown], ..Changes::default() }).expect("committed");
    assert_eq!(store.polling(&a.id).expect("read").map(|polling| polling.failures), Some(0));
    assert_eq!(store.polling(&b.id).expect("read"), None);
    let both: Vec<Arc<Source>> = by_id([a, b]).into_values().collect();
    let recalled = store.recall(&both, |_| false, 0).expect("read");
    assert_eq!(recalled.iter().map(|(polling, _)| polling.is_some()).collect::<Vec<_>>(), [true, false]);
}
