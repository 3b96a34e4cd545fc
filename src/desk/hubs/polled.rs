//! What a poll changes in a source's subscription: hubs are named and named no more, news was missed, sources go.

use chrono::{DateTime, Utc};
use url::Url;

use super::Book;
use crate::desk::{Next, random};
use crate::fetch;
use crate::model::{Changes, FeedUrl, Secret, SourceId, Subscription, SubscriptionState};
use crate::websub::discovery::choose;
use crate::websub::{Announced, Choice, lease};

/// The length of a token and of a secret, in random bytes: nobody guesses one.
const TOKEN_BYTES: usize = 24;
const SECRET_BYTES: usize = 32;

/// What changes in the subscriptions of a source.
#[derive(Debug, Default)]
pub(in crate::desk) struct Change {
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) unsubscribed: Vec<Secret>,
}

impl Change {
    pub(in crate::desk) fn add_to(self, changes: &mut Changes) {
        changes.subscriptions.extend(self.subscriptions);
        changes.unsubscribed.extend(self.unsubscribed);
    }

    /// Until when the hub is relied on, if this changes it.
    pub(in crate::desk) fn relied_on(&self, now: DateTime<Utc>) -> Option<Option<DateTime<Utc>>> {
        let last = self.subscriptions.last()?;
        Some(lease::relied_on(last, now))
    }

    /// Ends a subscription. A hub that never verified it need not be told; of those that are told, a source has one.
    pub(super) fn leave(&mut self, book: &Book, mut subscription: Subscription, now: DateTime<Utc>) {
        if subscription.lease_until.is_none() {
            self.unsubscribed.push(subscription.token);
            return;
        }
        self.unsubscribed.extend(book.leaving_of(&subscription.source).map(|leaving| leaving.token.clone()));
        lease::leave(&mut subscription, now);
        self.subscriptions.push(subscription);
    }
}

/// What follows from a poll of `source`, which named `announced` (`None`: it did not say), and in which entries were found
/// that the desk did not have, `published` at these times.
pub(in crate::desk) fn after_poll(
    book: &Book,
    source: &SourceId,
    (next, announced): (Next, Option<&Announced>),
    published: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Change {
    let mut change = Change::default();
    let mut present = book.of(source).cloned();
    if next == Next::Gone {
        present.into_iter().for_each(|present| change.leave(book, present, now));
        return change;
    }
    let has_missed = present.as_mut().is_some_and(|present| lease::polled(present, published, now));
    let choice = match (next, announced) {
        (Next::Answered, Some(announced)) => choose(announced, present.as_ref()),
        _ => Choice::Keep,
    };
    match choice {
        Choice::Keep => change.subscriptions.extend(present.filter(|_| has_missed)),
        Choice::Leave => present.into_iter().for_each(|present| change.leave(book, present, now)),
        Choice::Take { hub, topic } => {
            present.into_iter().for_each(|present| change.leave(book, present, now));
            change.subscriptions.extend(request(source, hub, topic, book.site(), now));
        }
    }
    change
}

/// A subscription that is to be asked for now.
pub(super) fn request(
    source: &SourceId,
    hub: FeedUrl,
    topic: String,
    site: &Url,
    now: DateTime<Utc>,
) -> Option<Subscription> {
    // A secret is not sent in the clear, but for one's own network (WebSub §5.1).
    let is_private = hub.as_url().scheme() == "https" || fetch::is_near(&hub);
    let (token, secret) = (random(TOKEN_BYTES), random(SECRET_BYTES));
    let (Some(token), Some(secret)) = (token, secret) else {
        tracing::error!("the system has no randomness to subscribe at {hub} with; it will be tried again");
        return None;
    };
    Some(Subscription {
        source: source.clone(),
        token,
        secret: is_private.then_some(secret),
        hub,
        topic,
        site: site.clone(),
        state: SubscriptionState::Requested,
        lease_until: None,
        next_attempt: now,
        attempts: 0,
        error: None,
        delivered: None,
        missed: 0,
    })
}
