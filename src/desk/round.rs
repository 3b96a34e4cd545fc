//! Asks sources on the web: what has arrived is committed while others are still waited for.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::{Id, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::cycle::Cycle;
use super::due::Waiting;
use super::lane::Lane;
use super::read::read;
use super::{Desk, Reading};
use crate::config;
use crate::fetch;
use crate::model::SourceId;

/// A batch is decided when it has so many readings,
pub(super) const BATCH: usize = 256;
/// or when its first one has waited so long for the others: a slow server must not hold back the news of a fast one.
const PATIENCE: Duration = Duration::from_millis(500);
/// A source that could not be asked by a fault of the desk is tried again after this long.
const AFTER_FAULT: TimeDelta = TimeDelta::minutes(15);

/// Sources that wait, that are being asked, and that have answered.
#[derive(Debug)]
pub(super) struct Round {
    /// Those that answered the last time, or were never asked; and those that failed, which are asked beside them but
    /// never instead of them.
    lanes: [Lane; 2],
    under_way: JoinSet<Reading>,
    asked: HashMap<Id, Asked>,
    batch: Vec<Reading>,
    /// When the batch is decided at the latest.
    deadline: Instant,
}

#[derive(Debug)]
struct Asked {
    lane: usize,
    house: String,
    source: SourceId,
}

impl Round {
    pub(super) fn new(fetch: &config::Fetch) -> Self {
        // One more than may be under way, so that none waits for a source to be taken up.
        let of_house = fetch.per_host + 1;
        let lanes = [false, true].map(|failing| Lane::new(fetch::most_under_way(fetch, failing) * 2, of_house));
        Self { lanes, under_way: JoinSet::new(), asked: HashMap::new(), batch: Vec::new(), deadline: Instant::now() }
    }

    /// Puts a source on the web where it waits.
    pub(super) fn add(&mut self, Waiting { source, house, has_failed }: Waiting) {
        self.lanes[usize::from(has_failed)].push(house, source);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.lanes.iter().all(Lane::is_idle) && self.batch.is_empty()
    }

    /// Begins to ask those whose turn it is.
    async fn start(&mut self, desk: &Desk, times: [DateTime<Utc>; 2]) -> anyhow::Result<()> {
        let mut called = Vec::new();
        for (lane, waiting) in self.lanes.iter_mut().enumerate().filter(|(_, lane)| lane.has_room()) {
            let popped = std::iter::from_fn(|| waiting.pop());
            called.extend(popped.map(|(house, source)| Asked { lane, house, source }));
        }
        if called.is_empty() {
            return Ok(());
        }
        let sources: Vec<SourceId> = called.iter().map(|asked| asked.source.clone()).collect();
        let due = match desk.recall(sources.clone()).await {
            Ok(due) => due,
            Err(error) => {
                called.iter().for_each(|asked| self.lanes[asked.lane].done(&asked.house));
                desk.put_off(sources, times[0] + AFTER_FAULT).await?;
                return Err(error);
            }
        };
        for (asked, due) in called.into_iter().zip(due) {
            match due {
                Some((source, polling)) => {
                    let handle = self.under_way.spawn(read(desk.clone(), source, polling, times));
                    self.asked.insert(handle.id(), asked);
                }
                None => self.lanes[asked.lane].done(&asked.house),
            }
        }
        Ok(())
    }

    fn end(&mut self, id: Id) -> Option<SourceId> {
        let Asked { lane, house, source } = self.asked.remove(&id)?;
        self.lanes[lane].done(&house);
        Some(source)
    }
}

impl Desk {
    /// Asks sources of a round until a batch was committed, nothing is left to do, or it is `until`. `now` is the time
    /// at this moment, `began` that at which the round began.
    pub(super) async fn step(
        &self,
        round: &mut Round,
        [now, began]: [DateTime<Utc>; 2],
        until: Option<Instant>,
        cycle: &mut Cycle,
    ) -> anyhow::Result<()> {
        let start = Instant::now();
        loop {
            round.start(self, [now + TimeDelta::from_std(start.elapsed()).unwrap_or_default(), began]).await?;
            // Those that have answered already are taken without a timer.
            let next = match round.under_way.try_join_next_with_id() {
                Some(answered) => Ok(Some(answered)),
                None => {
                    let deadline = if round.batch.is_empty() { until } else { Some(round.deadline) };
                    match deadline {
                        Some(deadline) => timeout_at(deadline, round.under_way.join_next_with_id()).await,
                        None => Ok(round.under_way.join_next_with_id().await),
                    }
                }
            };
            match next {
                Ok(Some(Ok((id, reading)))) => {
                    round.end(id);
                    if round.batch.is_empty() {
                        round.deadline = Instant::now() + PATIENCE;
                    }
                    self.progress.one_done(reading.has_failed());
                    round.batch.push(reading);
                }
                Ok(Some(Err(error))) => {
                    // `read` has a barrier around what can panic; this is a fault of its own, and disturbs no other.
                    tracing::error!("a source could not be asked: {error}");
                    if let Some(source) = round.end(error.id()) {
                        self.put_off(vec![source], now + AFTER_FAULT).await?;
                    }
                }
                Ok(None) if round.batch.is_empty() => return Ok(()),
                Err(_) if round.batch.is_empty() => return Ok(()),
                Ok(None) | Err(_) => return self.commit(std::mem::take(&mut round.batch), began, cycle).await,
            }
            if round.batch.len() >= BATCH {
                return self.commit(std::mem::take(&mut round.batch), began, cycle).await;
            }
        }
    }
}
