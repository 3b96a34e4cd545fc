//! What follows from what subscribers ask, from publications and from calls, and keeps it in the store.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::calls::{Call, Calls, Done, current, shown};
use super::roll::{Key, Roll};
use crate::desk::Desk;
use crate::fetch::Refused;
use crate::model::Subscriber;
use crate::serve::hub::Asked;
use crate::websub::Mode;
use crate::websub::hub::{Outcome, delivery};

/// The work on subscribers.
pub(super) struct Shift<'a> {
    desk: &'a Desk,
    roll: Roll,
    pub(super) calls: Calls,
    /// Those that are being sent something.
    under_way: BTreeSet<Key>,
    /// Requests that are being verified, and for each the last one that came meanwhile.
    verifying: BTreeMap<Key, Option<Box<Asked>>>,
    /// What is not in the store yet.
    unsaved: BTreeSet<Key>,
}

impl<'a> Shift<'a> {
    /// Takes up the subscriptions that the store has. Those to what is no feed for everyone any more are ended, and
    /// their subscribers told; an outside hub comes in, and one that is not configured any more goes out.
    pub(super) async fn open(desk: &'a Desk) -> anyhow::Result<Self> {
        let known = desk.with_core(|core| core.store.subscribers()).await??;
        let (roll, calls, under_way, verifying, unsaved) = Default::default();
        let mut shift = Self { desk, roll, calls, under_way, verifying, unsaved };
        let subscribers = &desk.subscribers;
        for subscriber in known {
            let key = (subscriber.topic.clone(), subscriber.callback.clone());
            let is_topic = subscribers.topics.contains_key(&key.0);
            match subscriber.is_hub() {
                true if is_topic && subscribers.outside() == Some(&key.1) => shift.roll.put(subscriber),
                false if is_topic && subscribers.asked.is_some() => shift.roll.put(subscriber),
                is_hub => {
                    if !is_hub {
                        let reason = "This is no feed of this hub any more.";
                        shift.calls.add(Call::Deny(key.clone(), reason), 0);
                    }
                    shift.unsaved.insert(key);
                }
            }
        }
        if let Some(hub) = subscribers.outside() {
            for topic in subscribers.topics.keys() {
                if shift.roll.get(&(topic.clone(), hub.clone())).is_none() {
                    shift.roll.put(Subscriber::new(topic.clone(), hub.clone()));
                }
            }
        }
        shift.publish();
        shift.save().await?;
        Ok(shift)
    }

    /// The site was published.
    pub(super) fn publish(&mut self) {
        let topics = self.desk.subscribers.topics.keys();
        let tags = topics.filter_map(|topic| Some((topic.clone(), current(self.desk, topic)?.tag.as_str().to_owned())));
        self.roll.publish(tags.collect());
    }

    /// Takes up what is due, and makes the calls whose turn it is.
    pub(super) fn start(&mut self, now: DateTime<Utc>) {
        for key in self.roll.take_due(now) {
            let Some(subscriber) = self.roll.get(&key) else { continue };
            if delivery::has_ended(subscriber, now) {
                tracing::debug!("the subscription of {} to {} has ended", shown(&key.1), key.0);
                self.remove(key);
            } else if self.under_way.insert(key.clone()) {
                self.calls.add(Call::Deliver(key), subscriber.attempts);
            }
        }
        let roll = &self.roll;
        self.calls.start(self.desk, |key| roll.get(key).cloned());
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.roll.next()
    }

    /// Somebody asks for something: is it meant?
    pub(super) fn ask(&mut self, asked: Asked) {
        let key = (asked.wanted.topic.clone(), asked.wanted.callback.clone());
        match self.verifying.get_mut(&key) {
            Some(later) => *later = Some(Box::new(asked)),
            None => self.verify(key, Box::new(asked)),
        }
    }

    fn verify(&mut self, key: Key, asked: Box<Asked>) {
        let tag = self.roll.tag(&key.0).map(ToOwned::to_owned);
        self.verifying.insert(key, None);
        self.calls.add(Call::Verify(asked, tag), 0);
    }

    /// A call has ended.
    pub(super) fn settle(&mut self, done: Done, now: DateTime<Utc>) {
        match done {
            Done::Verified(asked, tag, verified) => self.verified(*asked, tag, verified, now),
            Done::Delivered(key, tag, outcome) => self.delivered(key, &tag, outcome, now),
            Done::Nothing(key) => {
                self.under_way.remove(&key);
                // So that the end of its lease is waited for.
                if let Some(subscriber) = self.roll.get(&key).cloned() {
                    self.roll.put(subscriber);
                }
            }
            Done::Told => {}
        }
    }

    fn verified(&mut self, asked: Asked, tag: Option<String>, verified: Result<(), Refused>, now: DateTime<Utc>) {
        let wanted = asked.wanted.clone();
        let key = (wanted.topic, wanted.callback);
        let (mode, origin) = (wanted.mode.as_str(), shown(&key.1));
        // Its place is free for another one.
        drop(asked);
        if let Some(Some(later)) = self.verifying.remove(&key) {
            self.verify(key.clone(), later);
        }
        if let Err(refused) = verified {
            tracing::debug!("{origin} did not confirm that it wants to {mode} {}: it {}", key.0, refused.words);
            return;
        }
        let known = self.roll.get(&key).cloned();
        match wanted.mode {
            Mode::Unsubscribe => self.remove(key),
            Mode::Subscribe if known.is_none() && !self.roll.has_room(&key.1) => {
                tracing::warn!("{origin} is not subscribed to {}: there are too many subscribers", key.0);
                self.calls.add(Call::Deny(key, "This hub has no room for another subscription with this callback."), 0);
                return;
            }
            Mode::Subscribe => {
                let (topic, callback) = key.clone();
                let fresh = || Subscriber { has: tag, next_attempt: now, ..Subscriber::new(topic, callback) };
                let lease_until = Some(delivery::after(now, wanted.lease));
                let secret = wanted.secret;
                let subscriber = Subscriber { secret, lease_until, ..known.unwrap_or_else(fresh) };
                self.roll.put(subscriber);
                self.unsaved.insert(key.clone());
            }
        }
        tracing::debug!("{origin} has confirmed that it wants to {mode}");
    }

    fn delivered(&mut self, key: Key, tag: &str, outcome: Outcome, now: DateTime<Utc>) {
        self.under_way.remove(&key);
        // It may have unsubscribed meanwhile, or renewed its subscription.
        let Some(mut subscriber) = self.roll.get(&key).cloned() else { return };
        if let Outcome::Failed { why, .. } = &outcome {
            tracing::debug!("{} was not sent {}: it {why}", shown(&key.1), key.0);
        }
        if delivery::settle(&mut subscriber, tag, outcome, now) {
            self.roll.put(subscriber);
            self.unsaved.insert(key);
        } else {
            tracing::info!("{} does not want {} any more (410)", shown(&key.1), key.0);
            self.remove(key);
        }
    }

    fn remove(&mut self, key: Key) {
        self.roll.remove(&key);
        self.unsaved.insert(key);
    }

    /// Keeps what has changed. What could not be kept is tried again the next time.
    pub(super) async fn save(&mut self) -> anyhow::Result<()> {
        if self.unsaved.is_empty() {
            return Ok(());
        }
        let mut kept = Vec::new();
        let mut gone = Vec::new();
        for key in &self.unsaved {
            match self.roll.get(key) {
                Some(subscriber) => kept.push(subscriber.clone()),
                None => gone.push(key.clone()),
            }
        }
        self.desk.with_core(move |core| core.store.keep_subscribers(&kept, &gone)).await??;
        self.unsaved.clear();
        Ok(())
    }
}
