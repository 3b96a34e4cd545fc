//! Subscribers survive as they are, and there is an end to their number.

use super::*;
use crate::model::{Secret, Subscriber};
use crate::store::MOST_SUBSCRIBERS;

fn subscriber(topic: &str, callback: &str) -> Subscriber {
    Subscriber {
        topic: topic.into(),
        callback: FeedUrl::parse(callback).expect("a URL"),
        secret: Some(Secret::new("key")),
        lease_until: Some(at(240)),
        has: Some("\"12ab\"".into()),
        delivered: Some(at(3)),
        attempts: 2,
        next_attempt: at(4),
        error: Some("answered 500".into()),
    }
}

#[test]
fn subscribers_are_kept_replaced_and_forgotten() {
    let (_folder, path) = fresh();
    let one = subscriber("https://w.example/a.atom", "https://r.example/1?t=x");
    let bare = Subscriber {
        secret: None,
        lease_until: None,
        has: None,
        delivered: None,
        error: None,
        ..subscriber("https://w.example/b.atom", "https://r.example/1?t=x")
    };
    let renewed = Subscriber { lease_until: Some(at(999)), attempts: 0, error: None, ..one.clone() };
    {
        let mut store = open(&path).expect("opened");
        store.keep_subscribers(&[one.clone(), bare.clone()], &[]).expect("kept");
        assert_eq!(store.subscribers().expect("read"), [one.clone(), bare.clone()]);
        store.keep_subscribers(std::slice::from_ref(&renewed), &[]).expect("kept");
    }
    let mut store = open(&path).expect("opened again");
    assert_eq!(store.subscribers().expect("read"), [renewed, bare.clone()]);
    store.keep_subscribers(&[], &[(one.topic, one.callback)]).expect("forgotten");
    assert_eq!(store.subscribers().expect("read"), [bare]);
}

#[test]
fn there_are_so_many_subscribers_and_no_more() {
    let (_folder, path) = fresh();
    let mut store = open(&path).expect("opened");
    let many: Vec<Subscriber> = (0..=MOST_SUBSCRIBERS)
        .map(|n| subscriber("https://w.example/a.atom", &format!("https://r.example/{n:06}")))
        .collect();
    store.keep_subscribers(&many, &[]).expect("kept");
    let kept = store.subscribers().expect("read");
    assert_eq!(kept, many[..MOST_SUBSCRIBERS]);
    // Those that are there can still be renewed.
    let renewed = Subscriber { attempts: 0, ..many[7].clone() };
    store.keep_subscribers(std::slice::from_ref(&renewed), &[]).expect("kept");
    assert_eq!(store.subscribers().expect("read")[7], renewed);
}
