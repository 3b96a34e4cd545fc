//! How a subscription comes, lasts and goes: what happened in, when the hub is asked next out.
//!
//! A hub is asked, and answers later by calling back. So every request is followed by another one after a while, unless
//! the hub has verified by then: nothing is lost when a process ends in between, and a hub that is down is asked ever
//! more rarely. A verified subscription is renewed when four fifths of its lease are over.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use xxhash_rust::xxh3::xxh3_64;

use crate::model::{Subscription, SubscriptionState};

/// What hubs are asked for: ten days, as WebSub §8.2 advises. It counts too where a hub does not say.
pub const LEASE: Duration = Duration::from_secs(10 * 86_400);
/// No lease is believed to be longer.
const LONGEST_LEASE: Duration = Duration::from_secs(30 * 86_400);
/// A hub is not asked for a renewal sooner, however short its leases.
const SOONEST_RENEWAL: Duration = Duration::from_secs(15 * 60);
/// A hub gets so long to verify a first request, then twice that, and so on
const FIRST_RETRY: Duration = Duration::from_secs(15 * 60);
/// up to this.
const LONGEST_RETRY: Duration = Duration::from_secs(86_400);
/// A hub that refused is asked again after a week: its owner may have changed its mind.
const DENIED_RETRY: Duration = Duration::from_secs(7 * 86_400);
/// A hub is told so often that a subscription is not wanted any more.
const FAREWELLS: u32 = 3;
/// So many polls that find what the hub did not send make it look deaf: it is asked anew.
const MISSED: u32 = 2;
/// News gets so long to come by way of the hub before a poll that finds it counts as finding what was missed.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// The hub is being asked now. Returns whether there is any use in it: it was told often enough that nothing is wanted.
pub fn attempt(subscription: &mut Subscription, now: DateTime<Utc>) -> bool {
    if subscription.state == SubscriptionState::Leaving && subscription.attempts >= FAREWELLS {
        return false;
    }
    let wait = FIRST_RETRY.saturating_mul(2_u32.saturating_pow(subscription.attempts)).min(LONGEST_RETRY);
    subscription.attempts = subscription.attempts.saturating_add(1);
    subscription.next_attempt = after(now, spread(subscription, wait));
    true
}

/// The hub did not take the request. What it asks for (`Retry-After`) is heard, up to a day.
pub fn refused(subscription: &mut Subscription, words: String, retry_after: Option<Duration>, now: DateTime<Utc>) {
    subscription.error = Some(words);
    let asked = after(now, retry_after.unwrap_or_default().min(LONGEST_RETRY));
    subscription.next_attempt = subscription.next_attempt.max(asked);
}

/// The hub took the request, and will call back.
pub fn accepted(subscription: &mut Subscription) {
    subscription.error = None;
}

/// The hub has verified that the subscription is wanted, for as long as `lease`.
pub fn verified(subscription: &mut Subscription, lease: Option<Duration>, now: DateTime<Utc>) {
    if subscription.state == SubscriptionState::Leaving {
        return;
    }
    let lease = lease.unwrap_or(LEASE).min(LONGEST_LEASE);
    subscription.state = SubscriptionState::Active;
    subscription.lease_until = Some(after(now, lease));
    subscription.next_attempt = after(now, (lease * 4 / 5).max(SOONEST_RENEWAL));
    subscription.attempts = 0;
    subscription.error = None;
}

/// The hub does not want to, or not any more.
pub fn denied(subscription: &mut Subscription, reason: Option<&str>, now: DateTime<Utc>) {
    if subscription.state == SubscriptionState::Leaving {
        return;
    }
    subscription.state = SubscriptionState::Denied;
    subscription.lease_until = None;
    subscription.next_attempt = after(now, spread(subscription, DENIED_RETRY));
    subscription.error = reason.map(ToOwned::to_owned);
}

/// The hub sent something.
pub fn delivered(subscription: &mut Subscription, now: DateTime<Utc>) {
    subscription.delivered = Some(now);
    subscription.missed = 0;
}

/// The source is not to be subscribed to any more: the hub is to be told.
pub fn leave(subscription: &mut Subscription, now: DateTime<Utc>) {
    subscription.state = SubscriptionState::Leaving;
    subscription.lease_until = None;
    subscription.attempts = 0;
    subscription.next_attempt = now;
}

/// A poll found entries that the desk did not have, `published` at these times. Returns whether the hub should have sent
/// one of them; then it is not relied on until it sends something, and asked anew when that happens again.
pub fn polled(subscription: &mut Subscription, published: &[DateTime<Utc>], now: DateTime<Utc>) -> bool {
    let due = now - PATIENCE;
    let is_lasting = subscription.lease_until.is_some_and(|until| until > now);
    // What it sent just now may have been no more than a hint, upon which this poll was made.
    let was_sent = subscription.delivered.is_some_and(|delivered| delivered > due);
    if !is_lasting || was_sent || !published.iter().any(|published| *published <= due || *published >= now) {
        return false;
    }
    subscription.missed = subscription.missed.saturating_add(1);
    if subscription.missed == MISSED && subscription.attempts == 0 {
        subscription.next_attempt = now;
    }
    true
}

/// Until when the hub can be relied on to send what is new; `None` when it cannot.
pub fn relied_on(subscription: &Subscription, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let is_active = subscription.state == SubscriptionState::Active;
    let has_proved_itself = subscription.delivered.is_some() && subscription.missed == 0;
    subscription.lease_until.filter(|until| is_active && has_proved_itself && *until > now)
}

/// Lengthens a wait by up to a tenth, by a measure of the subscription's own: a thousand of them at one hub are not asked
/// for in one moment for ever.
fn spread(subscription: &Subscription, wait: Duration) -> Duration {
    let share = u32::try_from(xxh3_64(subscription.token.reveal().as_bytes()) % 1_000).unwrap_or_default();
    wait.saturating_add(wait / 10_000 * share)
}

fn after(now: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    // As the store keeps it.
    let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(TimeDelta::milliseconds(wait.num_milliseconds())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
