//! Asks hubs for what is due: house by house, so that a hub that hangs holds up no other.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use crate::desk::decide::Decision;
use crate::desk::lane::Lane;
use crate::desk::{Cycle, Desk};
use crate::fetch;
use crate::model::{Changes, Secret, SubscriptionState};
use crate::serve::callback::FOLDER;
use crate::websub::{Mode, lease};

/// So many hubs are asked at once in each lane,
const AT_ONCE: usize = 16;
/// and one house of them once.
const OF_HOUSE: usize = 1;

/// Requests that wait and that are under way.
#[derive(Debug)]
pub(super) struct Requests {
    /// Those that are asked for the first time or renewed, and those whose hub was not heard of, which are asked beside
    /// them but never instead of them.
    lanes: [Lane<Secret>; 2],
    /// Those that wait or are under way.
    taken: BTreeSet<Secret>,
    houses: HashMap<Id, (usize, Arc<str>, Secret)>,
    under_way: JoinSet<anyhow::Result<()>>,
}

impl Default for Requests {
    fn default() -> Self {
        let (taken, houses, under_way) = Default::default();
        let lanes = [(); 2].map(|()| Lane::new(AT_ONCE, OF_HOUSE));
        Self { lanes, taken, houses, under_way }
    }
}

impl Requests {
    /// Takes up what is due, and asks whom can be asked.
    pub(super) async fn start(&mut self, desk: &Desk, now: DateTime<Utc>) -> anyhow::Result<()> {
        let due = desk.with_core(move |core| {
            let tokens = core.book.take_due(now).into_iter();
            let due = tokens.filter_map(|token| {
                let subscription = core.book.get(&token)?;
                Some((usize::from(subscription.attempts > 0), fetch::house(&subscription.hub), token))
            });
            due.collect::<Vec<_>>()
        });
        for (lane, house, token) in due.await? {
            if self.taken.insert(token.clone()) {
                self.lanes[lane].push(&house, token);
            }
        }
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            while let Some((house, token)) = lane.pop() {
                let handle = self.under_way.spawn(request(desk.clone(), token.clone(), now));
                self.houses.insert(handle.id(), (number, house, token));
            }
        }
        Ok(())
    }

    /// Waits for the end of a request; `None` when none is under way. What failed in it is the desk's own trouble.
    pub(super) async fn next(&mut self) -> Option<()> {
        let (id, outcome) = match self.under_way.join_next_with_id().await? {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => (error.id(), Err(error.into())),
        };
        if let Some((lane, house, token)) = self.houses.remove(&id) {
            self.lanes[lane].done(&house);
            self.taken.remove(&token);
        }
        if let Err(error) = outcome {
            tracing::error!("a hub could not be asked: {error:#}");
        }
        Some(())
    }
}

/// Asks for one subscription, or tells that it is not wanted any more.
async fn request(desk: Desk, token: Secret, now: DateTime<Utc>) -> anyhow::Result<()> {
    let started = Instant::now();
    // Kept before the hub hears of it: it may call back at once.
    let known = token.clone();
    let attempt = move |core: &mut crate::desk::Core| {
        let mut changes = Changes::default();
        if let Some(mut subscription) = core.book.get(&known).cloned() {
            match lease::attempt(&mut subscription, now) {
                true => changes.subscriptions.push(subscription),
                false => changes.unsubscribed.push(known),
            }
        }
        Ok(Decision { changes, ..Decision::default() })
    };
    desk.decide_and_commit(attempt, &mut Cycle::default()).await?;
    let known = token.clone();
    let recalled = desk.with_core(move |core| {
        let subscription = core.book.get(&known).cloned()?;
        let allow_private = core.sources.get(&subscription.source).is_some_and(|source| source.allow_private);
        Some((subscription, allow_private))
    });
    let Some((subscription, allow_private)) = recalled.await? else { return Ok(()) };
    let mode = match subscription.state {
        SubscriptionState::Leaving => Mode::Unsubscribe,
        _ => Mode::Subscribe,
    };
    let callback = format!("{}{FOLDER}{}", subscription.site, subscription.token.reveal());
    let seconds = lease::LEASE.as_secs().to_string();
    let mut form = vec![
        ("hub.mode", mode.as_str()),
        ("hub.topic", subscription.topic.as_str()),
        ("hub.callback", callback.as_str()),
    ];
    if mode == Mode::Subscribe {
        form.push(("hub.lease_seconds", &seconds));
        form.extend(subscription.secret.as_ref().map(|secret| ("hub.secret", secret.reveal())));
    }
    let client = &desk.clients[usize::from(subscription.attempts > 1)];
    let asked = fetch::ask_hub(client, &subscription.hub, &form, allow_private).await;
    let now = (now + TimeDelta::from_std(started.elapsed()).unwrap_or_default()).trunc_subsecs(3);
    match &asked {
        Ok(()) => tracing::debug!("{} was asked to {} {}", subscription.hub, mode.as_str(), subscription.source),
        Err(error) => tracing::info!("{error}: {} is polled as without it", subscription.source),
    }
    let asked = asked.map_err(|error| (error.to_string(), error.retry_after()));
    let settle = move |core: &mut crate::desk::Core| {
        let mut changes = Changes::default();
        // It may have called back by now.
        if let Some(before) = core.book.get(&token) {
            let mut subscription = before.clone();
            match asked {
                Ok(()) => lease::accepted(&mut subscription),
                Err((words, retry_after)) => lease::refused(&mut subscription, words, retry_after, now),
            }
            changes.subscriptions.extend((subscription != *before).then_some(subscription));
        }
        Ok(Decision { changes, ..Decision::default() })
    };
    desk.decide_and_commit(settle, &mut Cycle::default()).await
}

#[cfg(test)]
impl Desk {
    /// Asks every hub that is due, and waits for their answers.
    pub(in crate::desk) async fn ask_hubs(&self, now: DateTime<Utc>) {
        let mut requests = Requests::default();
        requests.start(self, now).await.expect("started");
        while requests.next().await.is_some() {
            requests.start(self, now).await.expect("started");
        }
    }
}
