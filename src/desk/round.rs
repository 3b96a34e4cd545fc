//! Asks sources on the web: what has arrived is committed while others are still waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use foldhash::fast::RandomState;
use tokio::task::{Id, JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until};

use super::cycle::Cycle;
use super::due::Waiting;
use super::lane::Lane;
use super::read::read;
use super::{Desk, Outcome, Reading};
use crate::fetch;
use crate::model::{Location, Source};

/// A batch is decided when it has so many readings,
const BATCH: usize = 512;
/// or so many when no source waits any more: what is left for the end is done while nobody is asked,
const LAST_BATCH: usize = 64;
/// or so many entries, which must all be held until they are stored,
const BATCH_ENTRIES: usize = 500;
/// or when its first one has waited so long for the others: a slow server must not hold back the news of a fast one.
const PATIENCE: Duration = Duration::from_millis(500);
/// After an answer the next ones gather for so long: being woken for each costs as much as sending a request.
const GATHERING: Duration = Duration::from_millis(1);
/// A source that could not be asked by a fault of the desk is tried again after this long.
const AFTER_FAULT: TimeDelta = TimeDelta::minutes(15);

/// Sources that wait, that are being asked, and that have answered.
pub(super) struct Round {
    /// Whose tasks ask.
    desk: Arc<Desk>,
    /// Those that answered the last time, or were never asked; and those that failed, which are asked beside them but
    /// never instead of them.
    lanes: [Lane; 2],
    under_way: JoinSet<Box<Reading>>,
    asked: HashMap<Id, Asked, RandomState>,
    batch: Vec<Reading>,
    /// How many entries they brought.
    entries: usize,
    /// When the batch is decided at the latest.
    deadline: Instant,
    /// The batch before it, while it is decided and stored.
    committing: Option<JoinHandle<Commit>>,
}

#[derive(Debug)]
struct Asked {
    lane: usize,
    house: Arc<str>,
    source: Arc<Source>,
}

impl Round {
    pub(super) fn new(desk: &Desk) -> Self {
        let fetch = &desk.config.fetch;
        // One more than may be under way, so that none waits for a source to be taken up.
        let of_house = fetch.per_host + 1;
        let lanes = [false, true].map(|failing| Lane::new(fetch::most_taken_up(fetch, failing), of_house));
        Self {
            desk: Arc::new(desk.clone()),
            lanes,
            under_way: JoinSet::new(),
            asked: HashMap::default(),
            batch: Vec::with_capacity(BATCH),
            entries: 0,
            deadline: Instant::now(),
            committing: None,
        }
    }

    /// Puts a source on the web where it waits.
    pub(super) fn add(&mut self, Waiting { source, has_failed }: Waiting) {
        let Location::Web(url) = &source.location else { return };
        self.lanes[usize::from(has_failed)].push(&fetch::house(url), source);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.lanes.iter().all(Lane::is_idle) && self.batch.is_empty() && self.committing.is_none()
    }

    /// Whether the batch is to be decided now: it is full, has waited long enough, or nothing else is to come.
    fn is_batch_due(&self) -> bool {
        let batch = if self.lanes.iter().any(Lane::has_waiting) { BATCH } else { LAST_BATCH };
        let is_full = self.batch.len() >= batch || self.entries >= BATCH_ENTRIES;
        let is_last = self.under_way.is_empty() || self.deadline <= Instant::now();
        is_full || (is_last && !self.batch.is_empty())
    }

    /// Begins to ask those whose turn it is.
    async fn start(&mut self, desk: &Desk, times: [DateTime<Utc>; 2]) -> anyhow::Result<()> {
        for (lane, client) in self.lanes.iter_mut().zip(&desk.clients) {
            lane.set_aside(client.aside());
        }
        let mut called = Vec::new();
        for (lane, waiting) in self.lanes.iter_mut().enumerate().filter(|(_, lane)| lane.has_room()) {
            let popped = std::iter::from_fn(|| waiting.pop());
            called.extend(popped.map(|(house, source)| Asked { lane, house, source }));
        }
        if called.is_empty() {
            return Ok(());
        }
        let sources: Vec<Arc<Source>> = called.iter().map(|asked| Arc::clone(&asked.source)).collect();
        let due = match desk.lookup.recall(sources).await {
            Ok(due) => due,
            Err(error) => {
                called.iter().for_each(|asked| self.lanes[asked.lane].done(&asked.house));
                let sources = called.into_iter().map(|asked| asked.source);
                desk.put_off(sources.collect(), times[0] + AFTER_FAULT).await?;
                return Err(error);
            }
        };
        for (asked, ((source, polling), known)) in called.into_iter().zip(due) {
            let asking = Box::pin(read(Arc::clone(&self.desk), source, (polling, known), times));
            let handle = self.under_way.spawn(asking);
            self.asked.insert(handle.id(), asked);
        }
        Ok(())
    }

    fn take_batch(&mut self) -> Vec<Reading> {
        self.entries = 0;
        std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH))
    }

    fn end(&mut self, id: Id) -> Option<Arc<Source>> {
        let Asked { lane, house, source } = self.asked.remove(&id)?;
        self.lanes[lane].done(&house);
        Some(source)
    }
}

impl Desk {
    /// Asks sources of a round until a batch was committed, nothing is left to do, or it is `until`. `now` is the time
    /// at this moment, `began` that at which the round began.
    ///
    /// While a batch is decided and stored the next one gathers; the two are never more.
    pub(super) async fn step(
        &self,
        round: &mut Round,
        [now, began]: [DateTime<Utc>; 2],
        until: Option<Instant>,
        cycle: &mut Cycle,
    ) -> anyhow::Result<()> {
        let start = Instant::now();
        let mut is_gathering = false;
        loop {
            round.start(self, [now + TimeDelta::from_std(start.elapsed()).unwrap_or_default(), began]).await?;
            if round.is_batch_due() {
                if round.committing.is_some() {
                    return finished(&mut round.committing).await.end(cycle);
                }
                round.committing = Some(self.begin_commit(round.take_batch(), began));
            }
            // Those that have answered already are taken without a timer.
            let next = match round.under_way.try_join_next_with_id() {
                Some(answered) => answered,
                None if is_gathering => {
                    is_gathering = false;
                    tokio::select! {
                        biased;
                        commit = finished(&mut round.committing), if round.committing.is_some() => {
                            return commit.end(cycle);
                        }
                        () = sleep(GATHERING), if !round.under_way.is_empty() => continue,
                        else => continue,
                    }
                }
                None => {
                    let deadline = if round.batch.is_empty() { until } else { Some(round.deadline) };
                    let deadline = async {
                        match deadline {
                            Some(deadline) => sleep_until(deadline).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        biased;
                        Some(answered) = round.under_way.join_next_with_id() => answered,
                        commit = finished(&mut round.committing), if round.committing.is_some() => {
                            return commit.end(cycle);
                        }
                        () = self.clients[0].set_aside(), if !round.under_way.is_empty() => continue,
                        () = deadline, if !round.under_way.is_empty() => {
                            if round.batch.is_empty() { return Ok(()) } else { continue }
                        }
                        else => return Ok(()),
                    }
                }
            };
            is_gathering = true;
            match next {
                Ok((id, reading)) => {
                    round.end(id);
                    if round.batch.is_empty() {
                        round.deadline = Instant::now() + PATIENCE;
                    }
                    self.progress.one_done(reading.has_failed());
                    self.lookup.answered(&reading.source, matches!(reading.outcome, Outcome::Read { .. }));
                    round.entries += reading.entries.len();
                    round.batch.push(*reading);
                }
                Err(error) => {
                    // `read` has a barrier around what can panic; this is a fault of its own, and disturbs no other.
                    tracing::error!("a source could not be asked: {error}");
                    if let Some(source) = round.end(error.id()) {
                        self.put_off(vec![source], now + AFTER_FAULT).await?;
                    }
                }
            }
        }
    }

    /// Decides and commits a batch beside what else is going on.
    fn begin_commit(&self, batch: Vec<Reading>, began: DateTime<Utc>) -> JoinHandle<Commit> {
        let desk = self.clone();
        tokio::spawn(async move {
            let mut came = Cycle::default();
            let ended = desk.commit(batch, began, &mut came).await;
            Commit { came, ended }
        })
    }
}

/// A commit that has ended, and what it came to.
#[derive(Debug)]
struct Commit {
    came: Cycle,
    ended: anyhow::Result<()>,
}

impl Commit {
    fn end(self, cycle: &mut Cycle) -> anyhow::Result<()> {
        cycle.add(self.came);
        self.ended
    }
}

/// Waits for the commit that is under way; without one, for ever.
async fn finished(committing: &mut Option<JoinHandle<Commit>>) -> Commit {
    let Some(commit) = committing else { return std::future::pending().await };
    let ended = commit.await.context("Storing a batch of answers broke off");
    *committing = None;
    ended.unwrap_or_else(|error| Commit { came: Cycle::default(), ended: Err(error) })
}
