//! What hubs say and send: confirmations, refusals, news.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::desk::cycle::{Cycle, count_readings};
use crate::desk::decide::{Decision, decide};
use crate::desk::document::{carried, read_document};
use crate::desk::due::Due;
use crate::desk::stages::Raw;
use crate::desk::{Core, Desk, Next, Outcome, Reading};
use crate::model::{
    Changes, Location, Polling, Secret, Source, SourceId, Subscription, SubscriptionState, without_credentials,
};
use crate::serve::callback::{Delivery, Event, What};
use crate::store;
use crate::websub::{Mode, lease};

/// A hint of a hub does not have a source asked sooner after the last time.
const HINT_GAP: TimeDelta = TimeDelta::minutes(1);

type Known = (Subscription, Option<Due>);

/// What a call changes in its subscription.
#[derive(Debug)]
enum Update {
    Verified(Option<std::time::Duration>),
    Denied(Option<String>),
    Delivered,
    Over,
}

impl Desk {
    /// Takes in what hubs have done.
    #[cfg(test)]
    pub(in crate::desk) async fn hear_waiting(&self, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        let mut events = Vec::new();
        if let Some(waiting) = &self.hubs.events {
            let mut waiting = waiting.lock().await;
            events.extend(std::iter::from_fn(|| waiting.try_recv().ok()));
        }
        self.hear(events, now, cycle).await
    }

    /// Takes in what hubs did until `now`. A delivery goes the way of a fetched document, as a part of one: what it
    /// leaves out is still there, and the source's validators stay those of its last answer.
    pub(super) async fn hear(&self, events: Vec<Event>, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        let mut waiting = VecDeque::from(events);
        while !waiting.is_empty() {
            // What one batch adds must be known to the next.
            let mut taken = BTreeSet::new();
            let (batch, later) = waiting.into_iter().partition(|event| taken.insert(event.token.clone()));
            waiting = later;
            self.hear_batch(batch, now, cycle).await?;
        }
        Ok(())
    }

    async fn hear_batch(&self, events: VecDeque<Event>, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        let tokens: Vec<Secret> = events.iter().map(|event| event.token.clone()).collect();
        let mut known = self.with_core(move |core| recall(core, tokens)).await??;
        let mut updates = Vec::new();
        let mut readings: Vec<Reading> = Vec::new();
        let mut hints = Vec::new();
        for Event { token, what } in events {
            let Some((subscription, source)) = known.remove(&token) else { continue };
            let update = match what {
                What::Verified { mode: Mode::Subscribe, lease } => Update::Verified(lease),
                What::Verified { mode: Mode::Unsubscribe, .. } => Update::Over,
                What::Denied { .. } if subscription.state == SubscriptionState::Leaving => Update::Over,
                What::Denied { reason } => {
                    let why = reason.as_deref().map_or_else(String::new, |reason| format!(": {reason}"));
                    tracing::info!("{} denies a subscription to {}{why}", subscription.hub, subscription.source);
                    Update::Denied(reason)
                }
                What::Delivered(delivery) => {
                    let Some(source) = source else { continue };
                    match self.read_delivery(delivery, source, &subscription, now).await {
                        Ok(reading) => readings.push(reading),
                        Err(hint) => hints.push(hint),
                    }
                    Update::Delivered
                }
            };
            updates.push((token, update));
        }
        cycle.summary.add(count_readings(&readings));
        let schedule = self.config.schedule;
        let is_hinted = !hints.is_empty();
        let decide = move |core: &mut Core| {
            let mut decision =
                if readings.is_empty() { Decision::default() } else { decide(core, readings, now, &schedule)? };
            for (token, update) in updates {
                apply(core, &token, update, now, &mut decision.changes);
            }
            for (source, earliest) in hints {
                core.hasten(&source, earliest);
            }
            Ok(decision)
        };
        self.decide_and_commit(decide, cycle).await?;
        if is_hinted {
            self.hubs.heard.notify_one();
        }
        Ok(())
    }

    /// Reads what a hub sent. What cannot be read, and what is not there, is a hint to ask the source itself, and when
    /// that is to be at the soonest.
    async fn read_delivery(
        &self,
        delivery: Delivery,
        (source, polling): Due,
        subscription: &Subscription,
        now: DateTime<Utc>,
    ) -> Result<Reading, (SourceId, DateTime<Utc>)> {
        let hint = |source: Arc<Source>| {
            let earliest = polling.last_attempt.map_or(now, |attempt| attempt + HINT_GAP);
            (source.id.clone(), earliest.max(now))
        };
        if delivery.body.is_empty() {
            return Err(hint(source));
        }
        let base = base(&source, &polling);
        let raw = Raw { body: delivery.body.clone(), content_type: delivery.content_type.clone(), base };
        let (document, known) = match read_document(self, raw, &source, None, now).await {
            Ok((document, known)) if !document.carried.is_empty() => (document, known),
            Ok(_) => return Err(hint(source)),
            Err(trouble) => {
                let title = source.title();
                tracing::debug!(
                    source = title,
                    "what {} sent of {title} is not read: {}",
                    subscription.hub,
                    trouble.words
                );
                return Err(hint(source));
            }
        };
        let before = polling.last_success.max(subscription.delivered);
        let outcome = Outcome::Pushed { flaws: document.flaws };
        let carried = if document.is_cut { None } else { carried(document.carried, known, true) };
        let entries = document.entries;
        Ok(Reading { entries, carried, before, ..Reading::new(source, polling, Next::Pushed, outcome, now) })
    }
}

/// What is known of subscriptions, and of the sources that they are for, as far as these are still configured.
fn recall(core: &mut Core, tokens: Vec<Secret>) -> Result<BTreeMap<Secret, Known>, store::Error> {
    let mut known = BTreeMap::new();
    for token in tokens {
        let Some(subscription) = core.book.get(&token).cloned() else { continue };
        let source = core.sources.get(&subscription.source).cloned();
        let source = source.map(|source| core.recall(source)).transpose()?;
        known.insert(token, (subscription, source));
    }
    Ok(known)
}

fn apply(core: &Core, token: &Secret, update: Update, now: DateTime<Utc>, changes: &mut Changes) {
    let Some(mut subscription) = core.book.get(token).cloned() else { return };
    match update {
        Update::Verified(lease) => lease::verified(&mut subscription, lease, now),
        Update::Denied(reason) => lease::denied(&mut subscription, reason.as_deref(), now),
        Update::Delivered => lease::delivered(&mut subscription, now),
        Update::Over => {
            changes.unsubscribed.push(token.clone());
            return;
        }
    }
    changes.subscriptions.push(subscription);
}

/// What relative references of a document refer to: the same address as in the source's last answer, so that a delivery
/// and a poll say the same.
fn base(source: &Source, polling: &Polling) -> Option<Url> {
    let Location::Web(own) = &source.location else { return None };
    let answered = polling.validators.url.as_deref().and_then(|url| Url::parse(url).ok());
    let base = answered.unwrap_or_else(|| polling.adopted.as_ref().unwrap_or(own).as_url().clone());
    Some(without_credentials(base))
}
