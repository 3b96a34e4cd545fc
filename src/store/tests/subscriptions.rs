//! Subscriptions at hubs survive as they are.

use url::Url;

use super::*;
use crate::model::{Secret, Subscription, SubscriptionState};

fn subscription(source: &Source, token: &str) -> Subscription {
    Subscription {
        source: source.id.clone(),
        token: Secret::new(token),
        secret: Some(Secret::new("key")),
        hub: FeedUrl::parse("https://hub.example/?x=1").expect("a URL"),
        topic: "https://a.example/f?A&b".into(),
        site: Url::parse("https://w.example/desk/").expect("a URL"),
        state: SubscriptionState::Active,
        lease_until: Some(at(240)),
        next_attempt: at(192),
        attempts: 2,
        error: Some("closed".into()),
        delivered: Some(at(3)),
        missed: 1,
    }
}

#[test]
fn subscriptions_are_kept_with_what_follows_from_them_and_follow_a_renamed_source() {
    let (_folder, path) = fresh();
    let a = source("a", "https://a.example/f");
    let one = subscription(&a, "1");
    let bare = Subscription {
        secret: None,
        state: SubscriptionState::Requested,
        lease_until: None,
        error: None,
        delivered: None,
        ..subscription(&a, "2")
    };
    let rhythm = Rhythm { at: Some(7), entries: 3.0, ..Rhythm::default() };
    {
        let mut store = open(&path).expect("a new store");
        store.adopt(std::slice::from_ref(&a)).expect("adopted");
        let subscriptions = vec![one.clone(), bare.clone()];
        let rhythms = vec![(a.id.clone(), rhythm.clone())];
        store.commit(&Changes { subscriptions, rhythms, ..Changes::default() }).expect("committed");
    }
    let mut store = open(&path).expect("the same store");
    assert_eq!(store.subscriptions().expect("read"), [one.clone(), bare.clone()]);
    assert_eq!(store.polling(&a.id).expect("read").expect("known").rhythm, rhythm);
    let later = Subscription { missed: 0, ..one.clone() };
    let changes = Changes { subscriptions: vec![later.clone()], unsubscribed: vec![bare.token], ..Changes::default() };
    store.commit(&changes).expect("committed");
    assert_eq!(store.subscriptions().expect("read"), std::slice::from_ref(&later));

    let renamed = source("b", "https://a.example/f");
    store.adopt(std::slice::from_ref(&renamed)).expect("adopted");
    assert_eq!(store.subscriptions().expect("read"), [Subscription { source: renamed.id, ..later }]);
}
