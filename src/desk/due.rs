//! Which sources are due, and what is remembered of each when its turn comes.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::lookup::remembered;
use super::{Core, Desk};
use crate::config::Schedule;
use crate::model::{Location, Polling, Source, SourceId};
use crate::schedule;
use crate::store;

/// A source that is asked now, and what is remembered of it.
pub(super) type Due = (Arc<Source>, Box<Polling>);

/// A source on the web that waits to be asked. There may be as many as a desk has: what is remembered of it is looked
/// up when its turn comes.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) source: Arc<Source>,
    /// Whether it failed the last time.
    pub(super) has_failed: bool,
}

/// Sources that are due.
#[derive(Debug)]
pub(super) struct Taken {
    /// Those in files and folders.
    pub(super) local: Vec<Due>,
    pub(super) web: Vec<Waiting>,
}

impl Desk {
    /// Takes up the sources that are due; where more than `most` come due at once, the others are spread over the least
    /// interval.
    pub(super) async fn take_due(&self, now: DateTime<Utc>, most: usize) -> anyhow::Result<Taken> {
        let schedule = self.config.schedule;
        let taken = self.with_core(move |core| {
            let taken = core.queue.take_some(now, most, &schedule);
            core.take(taken)
        });
        self.begin(taken.await?)
    }

    /// Takes up every source that is due, or with `force` every source: what is gone is in no queue.
    pub(super) async fn take_all(&self, now: DateTime<Utc>, force: bool) -> anyhow::Result<Taken> {
        let taken = self.with_core(move |core| {
            let taken = if force { core.queue.take_all() } else { core.queue.take_due(now) };
            core.take(taken)
        });
        self.begin(taken.await?)
    }

    fn begin(&self, taken: Result<Taken, store::Error>) -> anyhow::Result<Taken> {
        let taken = taken?;
        self.progress.begin(taken.local.len() + taken.web.len());
        Ok(taken)
    }

    /// Puts sources that could not be asked, or whose answers could not be kept, back into the queue.
    pub(super) async fn put_off(&self, sources: Vec<Arc<Source>>, until: DateTime<Utc>) -> anyhow::Result<()> {
        if sources.is_empty() {
            return Ok(());
        }
        self.with_core(move |core| sources.iter().for_each(|source| core.put(source, until))).await
    }

    /// Looks anew when every source is due, after the clock was set.
    pub(super) async fn resume(&self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let schedule = self.config.schedule;
        self.with_core(move |core| core.requeue(now, &schedule)).await??;
        Ok(())
    }

    /// When the next source is due; `None` when none is in the queue.
    ///
    /// # Errors
    /// When the desk's work broke off.
    pub async fn next_due(&self) -> anyhow::Result<Option<DateTime<Utc>>> {
        self.with_core(|core| core.queue.next()).await
    }
}

impl Core {
    /// Puts a source into the queue.
    pub(super) fn put(&mut self, source: &Source, at: DateTime<Utc>) {
        let at = self.hinted.remove(&source.number).map_or(at, |hint| at.min(hint));
        self.queue.put(source, at);
    }

    /// Has a source asked at this time, if it is configured and that is sooner. One that is being asked may have answered
    /// already.
    pub(super) fn hasten(&mut self, source: &SourceId, at: DateTime<Utc>) {
        let Some(source) = self.sources.get(source) else { return };
        if !self.queue.hasten(source, at) {
            self.hinted.insert(source.number, at);
        }
    }

    /// Remembers what a commit says of a source.
    pub(super) fn polled(&mut self, source: &Source, polling: &Polling) {
        match polling.failures {
            0 => self.failing.remove(&source.number),
            _ => self.failing.insert(source.number),
        };
        if polling.gone.is_none() {
            self.put(source, polling.next_check);
        }
    }

    /// Puts every source into the queue, by what is remembered of it.
    pub(super) fn requeue(&mut self, now: DateTime<Utc>, schedule: &Schedule) -> Result<(), store::Error> {
        let Self { store, sources, failing, .. } = self;
        let mut is_known = vec![false; sources.len()];
        let mut due = Vec::with_capacity(sources.len());
        store.for_each_polling(|polling| {
            let Some(source) = sources.get(&polling.source) else { return };
            is_known[source.number as usize] = true;
            if polling.failures > 0 {
                failing.insert(source.number);
            }
            if polling.gone.is_none() {
                due.push((Arc::clone(source), schedule::resume(source, &polling, now, schedule)));
            }
        })?;
        let unknown = sources.values().filter(|source| !is_known[source.number as usize]);
        due.extend(unknown.map(|source| {
            let polling = Polling::never(source.id.clone());
            (Arc::clone(source), schedule::resume(source, &polling, now, schedule))
        }));
        due.iter().for_each(|(source, at)| self.put(source, *at));
        Ok(())
    }

    /// A source, and what the store knows of it now.
    pub(super) fn recall(&self, source: Arc<Source>) -> Result<Due, store::Error> {
        let polling = self.store.polling(&source.id)?;
        Ok(remembered(source, polling))
    }

    fn take(&self, taken: Vec<Arc<Source>>) -> Result<Taken, store::Error> {
        let mut due = Taken { local: Vec::new(), web: Vec::new() };
        for source in taken {
            match source.location {
                Location::Web(_) => {
                    let has_failed = self.failing.contains(&source.number);
                    due.web.push(Waiting { source, has_failed });
                }
                Location::File(_) | Location::Articles(_) => {
                    due.local.push(self.recall(source)?);
                }
            }
        }
        Ok(due)
    }
}
