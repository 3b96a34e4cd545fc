//! What is remembered of polls: where it is found, and what of it is written.

use std::sync::Arc;

use super::*;
use crate::model::by_id;

fn sources() -> [Source; 3] {
    ["a", "b", "c"].map(|name| source(name, &format!("https://{name}.example/f")))
}

fn tagged(polling: Polling, etag: &str) -> Polling {
    Polling { validators: Validators { etag: Some(etag.into()), ..Validators::default() }, ..polling }
}

fn of(store: &Store, source: &Source) -> Polling {
    store.polling(&source.id).expect("read").expect("known")
}

#[test]
fn what_is_remembered_is_found_by_the_name_and_then_by_the_number() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    // Numbers in the store are not those of the desk.
    let [a, b, c] = sources();
    store.adopt(&[c, a, b]).expect("adopted");
    let beside = store.beside().expect("a store");
    let all: Vec<Arc<Source>> = by_id(sources()).into_values().collect();
    let polled = all.iter().map(|source| tagged(Polling::never(source.id.clone()), source.id.as_str())).collect();
    store.commit(&Changes { polled, ..Changes::default() }).expect("committed");
    for again in [false, true] {
        let recalled = beside.recall(&all, |_| false, 0).expect("read").into_iter();
        let etags: Vec<_> = recalled.map(|(polling, _)| polling.and_then(|polling| polling.validators.etag)).collect();
        assert_eq!(etags, ["a", "b", "c"].map(|name| Some(name.to_owned())), "again: {again}");
    }
}

#[test]
fn a_poll_that_found_nothing_new_writes_its_times_and_nothing_else() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let [a, ..] = sources();
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let etag = |store: &Store| of(store, &a).validators.etag;
    let before = of(&store, &a);
    store.connection.execute("UPDATE source SET etag = 'by hand'", ()).expect("written");
    let times = Polling { next_check: at(7), last_attempt: Some(at(5)), last_success: Some(at(4)), ..before.clone() };
    store.commit(&Changes { polled: vec![times.clone()], ..Changes::default() }).expect("committed");
    let found = of(&store, &a);
    assert_eq!((found.next_check, found.last_attempt, found.last_success), (at(7), Some(at(5)), Some(at(4))));
    assert_eq!(etag(&store).as_deref(), Some("by hand"), "the rest was not written");
    // Whatever else changes is.
    for (number, changed) in [
        tagged(before.clone(), "new"),
        Polling { failures: 1, ..before.clone() },
        Polling { error: Some("it rains".into()), ..before.clone() },
        Polling { diagnosis: Some(Diagnosis::Busy), ..before.clone() },
        Polling { fresh_for: Some(Duration::ZERO), ..before.clone() },
        Polling { gone: Some(at(1)), ..before.clone() },
        Polling { adopted: FeedUrl::parse("https://c.example/f").ok(), ..before.clone() },
        Polling { title: Some("Title".into()), ..before.clone() },
        Polling { rhythm: Rhythm { at: Some(0), days: [0.5; 7], ..Rhythm::default() }, ..before.clone() },
        Polling { rhythm: Rhythm { at: Some(0), recent: 0.5, ..Rhythm::default() }, ..before.clone() },
        Polling { hints: PollHints { skip_days: 1, ..PollHints::default() }, ..before.clone() },
    ]
    .into_iter()
    .enumerate()
    {
        store.connection.execute("UPDATE source SET etag = 'by hand'", ()).expect("written");
        store.commit(&Changes { polled: vec![changed.clone()], ..Changes::default() }).expect("committed");
        assert_eq!(Polling { kept: before.kept, ..of(&store, &a) }, changed, "{number}");
    }
}

#[test]
fn what_the_store_does_not_know_is_left_out() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("a store");
    let [a, b, _] = sources();
    store.adopt(std::slice::from_ref(&a)).expect("adopted");
    let unknown = Polling { failures: 7, ..Polling::never(b.id.clone()) };
    store.commit(&Changes { polled: vec![unknown], ..Changes::default() }).expect("committed");
    assert_eq!(remembered(&store, &a), Polling::never(a.id.clone()));
    assert_eq!(store.polling(&b.id).expect("read"), None);
    let both: Vec<Arc<Source>> = by_id([a, b]).into_values().collect();
    let recalled = store.recall(&both, |_| false, 0).expect("read");
    assert_eq!(recalled.iter().map(|(polling, _)| polling.is_some()).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_store_from_before_polls_had_a_table_is_brought_up_to_date() {
    let (_folder, path) = fresh();
    let [a, b, _] = sources();
    let polling = Polling {
        next_check: at(7),
        last_attempt: Some(at(5)),
        last_success: Some(at(4)),
        failures: 2,
        ..tagged(Polling::never(b.id.clone()), "new")
    };
    {
        let mut store = open(&path).expect("a store");
        store.adopt(&[a.clone(), b.clone()]).expect("adopted");
        store.commit(&Changes { polled: vec![polling.clone()], ..Changes::default() }).expect("committed");
        let one = entry(&b, "1");
        let changes = Changes { stories: vec![story(&[&one])], entries: vec![one], ..Changes::default() };
        store.commit(&changes).expect("committed");
    }
    let connection = rusqlite::Connection::open(&path).expect("a database");
    connection.execute_batch(AS_IN_LAYOUT_12).expect("as it was");
    drop(connection);
    let mut store = open(&path).expect("brought up to date");
    assert_eq!((remembered(&store, &a), remembered(&store, &b)), (Polling::never(a.id.clone()), polling));
    // What belongs to a source still does when it is renamed.
    let renamed = source("d", "https://b.example/f");
    store.adopt(&[a, renamed.clone()]).expect("adopted");
    assert!(store.known(&renamed.id, "1").expect("read").is_some());
    assert_eq!(remembered(&store, &renamed).failures, 2);
}
