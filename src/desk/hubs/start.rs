//! Takes subscriptions up again when the desk starts: those that still can be, for sources that still are.

use chrono::{DateTime, Utc};

use super::Hubs;
use super::polled::{Change, request};
use crate::config::Config;
use crate::desk::Core;
use crate::model::{Changes, Location, SubscriptionState};
use crate::schedule;
use crate::store;
use crate::websub::lease;

/// Fills the book, and has sources asked soon whose hubs may have sent something while nobody listened.
pub(in crate::desk) fn start(
    core: &mut Core,
    hubs: &Hubs,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<(), store::Error> {
    let known = core.store.subscriptions()?;
    known.iter().for_each(|subscription| core.book.put(subscription.clone()));
    let mut change = Change::default();
    for subscription in known {
        let source = core.sources.get(&subscription.source);
        let is_wanted = source.is_some_and(|source| matches!(source.location, Location::Web(_)));
        if is_wanted && lease::relied_on(&subscription, now).is_some() {
            core.hasten(&subscription.source, schedule::spread_out(&subscription.source, now, &config.schedule));
        }
        if !hubs.are_used() {
            // Nobody could confirm anything any more: the lease ends by itself, and what is still sent is refused.
            change.unsubscribed.push(subscription.token);
        } else if subscription.site != config.site.url {
            // Its callback leads elsewhere.
            if is_wanted && subscription.state != SubscriptionState::Leaving {
                let (hub, topic) = (subscription.hub, subscription.topic);
                change.subscriptions.extend(request(&subscription.source, hub, topic, &config.site.url, now));
            }
            change.unsubscribed.push(subscription.token);
        } else if !is_wanted && subscription.state != SubscriptionState::Leaving {
            change.leave(&core.book, subscription, now);
        }
    }
    let mut changes = Changes::default();
    change.add_to(&mut changes);
    if changes != Changes::default() {
        core.store.commit(&changes)?;
        core.book.update(&changes);
    }
    Ok(())
}
