//! The subscribers, as the store has them: by feed and callback, and by when something is to be done about each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::model::{FeedUrl, Subscriber};
use crate::serve::hub::host;
use crate::store::MOST_SUBSCRIBERS;
use crate::websub::hub::delivery;

/// So many subscriptions have callbacks at one host: a registrable domain, or an address.
const MOST_OF_HOST: usize = 500;

/// A subscription: which feed, and where it is sent.
pub(super) type Key = (String, FeedUrl);

/// The subscribers.
#[derive(Debug, Default)]
pub(super) struct Roll {
    all: BTreeMap<Key, Subscriber>,
    due: BTreeSet<(DateTime<Utc>, Key)>,
    hosts: HashMap<String, usize>,
    /// The tag of each feed as it is served now.
    tags: BTreeMap<String, String>,
}

impl Roll {
    pub(super) fn get(&self, key: &Key) -> Option<&Subscriber> {
        self.all.get(key)
    }

    /// The tag of a feed as it is served now.
    pub(super) fn tag(&self, topic: &str) -> Option<&str> {
        self.tags.get(topic).map(String::as_str)
    }

    /// Whether there is room for another subscription with this callback.
    pub(super) fn has_room(&self, callback: &FeedUrl) -> bool {
        let of_host = self.hosts.get(&host(callback)).copied().unwrap_or_default();
        self.all.len() < MOST_SUBSCRIBERS && of_host < MOST_OF_HOST
    }

    pub(super) fn put(&mut self, subscriber: Subscriber) {
        let key = (subscriber.topic.clone(), subscriber.callback.clone());
        match self.all.get(&key) {
            Some(before) => drop_due(&mut self.due, &self.tags, &key, before),
            None => *self.hosts.entry(host(&key.1)).or_default() += 1,
        }
        insert_due(&mut self.due, &self.tags, &key, &subscriber);
        self.all.insert(key, subscriber);
    }

    pub(super) fn remove(&mut self, key: &Key) {
        let Some(before) = self.all.remove(key) else { return };
        drop_due(&mut self.due, &self.tags, key, &before);
        let host = host(&key.1);
        if let Some(count) = self.hosts.get_mut(&host) {
            *count -= 1;
            if *count == 0 {
                self.hosts.remove(&host);
            }
        }
    }

    /// Takes over the tags of the feeds as they are served now.
    pub(super) fn publish(&mut self, tags: BTreeMap<String, String>) {
        if tags == self.tags {
            return;
        }
        self.tags = tags;
        self.due.clear();
        for (key, subscriber) in &self.all {
            insert_due(&mut self.due, &self.tags, key, subscriber);
        }
    }

    /// Takes out what is due. It comes back when it is put in again, or when the site is published.
    pub(super) fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Key> {
        let mut taken = Vec::new();
        while let Some((at, _)) = self.due.first()
            && *at <= now
        {
            taken.extend(self.due.pop_first().map(|(_, key)| key));
        }
        taken
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(at, _)| *at)
    }
}

type Due = BTreeSet<(DateTime<Utc>, Key)>;

fn insert_due(due: &mut Due, tags: &BTreeMap<String, String>, key: &Key, subscriber: &Subscriber) {
    let tag = tags.get(&key.0).map(String::as_str);
    due.extend(delivery::next(subscriber, tag).map(|at| (at, key.clone())));
}

fn drop_due(due: &mut Due, tags: &BTreeMap<String, String>, key: &Key, subscriber: &Subscriber) {
    let tag = tags.get(&key.0).map(String::as_str);
    if let Some(at) = delivery::next(subscriber, tag) {
        due.remove(&(at, key.clone()));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_729_468_800, 0).expect("a moment") + TimeDelta::minutes(minutes)
    }

    fn subscriber(callback: &str) -> Subscriber {
        Subscriber {
            lease_until: Some(at(600)),
            has: Some("1".into()),
            next_attempt: at(0),
            ..Subscriber::new("front".into(), FeedUrl::parse(callback).expect("a URL"))
        }
    }

    fn tags(tag: &str) -> BTreeMap<String, String> {
        [("front".to_owned(), tag.to_owned())].into()
    }

    #[test]
    fn those_who_have_another_document_are_due_when_the_site_is_published() {
        let mut roll = Roll::default();
        let (one, two) = (subscriber("https://a.example/1"), subscriber("https://b.example/2"));
        let late = Subscriber { next_attempt: at(30), attempts: 3, ..two };
        roll.publish(tags("1"));
        roll.put(one.clone());
        roll.put(late);
        assert_eq!((roll.take_due(at(1)), roll.next()), (vec![], Some(at(600))));
        roll.publish(tags("2"));
        let key = (one.topic.clone(), one.callback.clone());
        assert_eq!(roll.take_due(at(1)), std::slice::from_ref(&key));
        assert_eq!((roll.take_due(at(1)), roll.next()), (vec![], Some(at(30))), "what failed waits for its time");
        roll.put(Subscriber { has: Some("2".into()), ..one });
        assert_eq!(roll.take_due(at(30)).len(), 1);
        assert_eq!(roll.next(), Some(at(600)), "the end of the lease");
        roll.remove(&key);
        assert_eq!((roll.next(), roll.get(&key)), (None, None));
    }

    #[test]
    fn there_is_room_for_so_many_of_one_host() {
        let mut roll = Roll::default();
        let url = |host: &str, n: usize| FeedUrl::parse(&format!("https://n{n}.{host}/")).expect("a URL");
        for n in 0..MOST_OF_HOST {
            assert!(roll.has_room(&url("one.example", n)));
            roll.put(subscriber(url("one.example", n).as_url().as_str()));
        }
        assert!(!roll.has_room(&url("one.example", 9_999)) && roll.has_room(&url("two.example", 1)));
        roll.remove(&("front".into(), url("one.example", 7)));
        assert!(roll.has_room(&url("one.example", 9_999)));
    }
}
