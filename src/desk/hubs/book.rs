//! The subscriptions, as the store has them: by token, by source, and by when their hub is asked next.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::{Changes, Secret, SourceId, Subscription, SubscriptionState};
use crate::serve::Callbacks;
use crate::serve::callback::Expected;
use crate::websub::{Mode, lease};

/// The subscriptions. What hubs are answered follows from them.
#[derive(Debug)]
pub(in crate::desk) struct Book {
    callbacks: Callbacks,
    site: Url,
    all: BTreeMap<Secret, Subscription>,
    /// The one of each source that is wanted.
    wanted: BTreeMap<SourceId, Secret>,
    /// The one of each source that is not wanted any more.
    leaving: BTreeMap<SourceId, Secret>,
    due: BTreeSet<(DateTime<Utc>, Secret)>,
}

impl Book {
    /// An empty book of a site that hubs call.
    pub(in crate::desk) fn new(callbacks: Callbacks, site: Url) -> Self {
        let (all, wanted, leaving, due) = Default::default();
        Self { callbacks, site, all, wanted, leaving, due }
    }

    /// The address below which hubs call.
    pub(super) fn site(&self) -> &Url {
        &self.site
    }

    /// Takes over what was committed.
    pub(in crate::desk) fn update(&mut self, changes: &Changes) {
        changes.unsubscribed.iter().for_each(|token| self.remove(token));
        changes.subscriptions.iter().for_each(|subscription| self.put(subscription.clone()));
    }

    pub(super) fn put(&mut self, subscription: Subscription) {
        self.remove_from_order(&subscription.token);
        let Subscription { source, token, .. } = &subscription;
        let is_leaving = subscription.state == SubscriptionState::Leaving;
        let (places, others) =
            if is_leaving { (&mut self.leaving, &mut self.wanted) } else { (&mut self.wanted, &mut self.leaving) };
        if others.get(source) == Some(token) {
            others.remove(source);
        }
        places.insert(source.clone(), token.clone());
        let mode = if is_leaving { Mode::Unsubscribe } else { Mode::Subscribe };
        let (topic, secret) = (subscription.topic.clone(), subscription.secret.clone());
        self.callbacks.expect(token, Expected { topic, mode, secret });
        self.due.insert((subscription.next_attempt, token.clone()));
        self.all.insert(token.clone(), subscription);
    }

    fn remove(&mut self, token: &Secret) {
        self.remove_from_order(token);
        self.callbacks.forget(token);
        let Some(Subscription { source, .. }) = self.all.remove(token) else { return };
        for places in [&mut self.wanted, &mut self.leaving] {
            if places.get(&source) == Some(token) {
                places.remove(&source);
            }
        }
    }

    fn remove_from_order(&mut self, token: &Secret) {
        if let Some(before) = self.all.get(token) {
            self.due.remove(&(before.next_attempt, token.clone()));
        }
    }

    pub(super) fn get(&self, token: &Secret) -> Option<&Subscription> {
        self.all.get(token)
    }

    /// The subscription of a source that is wanted.
    pub(super) fn of(&self, source: &SourceId) -> Option<&Subscription> {
        self.all.get(self.wanted.get(source)?)
    }

    /// The subscription of a source that is not wanted any more.
    pub(super) fn leaving_of(&self, source: &SourceId) -> Option<&Subscription> {
        self.all.get(self.leaving.get(source)?)
    }

    /// Until when a source's hub can be relied on to send what is new.
    pub(in crate::desk) fn relied_on(&self, source: &SourceId, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.of(source).and_then(|subscription| lease::relied_on(subscription, now))
    }

    /// Takes out what is due. It comes back when it is changed.
    pub(super) fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Secret> {
        let mut taken = Vec::new();
        while let Some((at, _)) = self.due.first()
            && *at <= now
        {
            taken.extend(self.due.pop_first().map(|(_, token)| token));
        }
        taken
    }

    /// When a hub is to be asked next.
    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(at, _)| *at)
    }
}
