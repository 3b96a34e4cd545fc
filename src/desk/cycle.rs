//! One cycle: asks the sources that are due, decides and commits in batches.

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::task::JoinSet;

use super::decide::{Decision, News, decide};
use super::due::{Due, Taken};
use super::read::read;
use super::round::Round;
use super::summary::{Failure, Moved};
use super::{Core, Desk, Outcome, Reading, Summary, Trouble, lock, rebuild, rulings};
use crate::model::{Changes, Hold, Location, Reason};
use crate::store;

/// So many files and folders are read and decided together.
const LOCAL_BATCH: usize = 256;
/// Sources whose answers could not be kept are asked again after this long.
const AFTER_FAILURE: TimeDelta = TimeDelta::minutes(1);
/// And files and folders, which looking at costs nobody anything.
const LOCAL_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);

/// Entries are as old as days: looking for old ones more often finds nothing.
const EXPIRY_INTERVAL: TimeDelta = TimeDelta::days(1);

/// So much news is kept for whoever watches.
const MOST_NEWS: usize = 10_000;

/// What a cycle came to, as numbers and as news.
#[derive(Debug, Default)]
pub struct Cycle {
    /// The numbers.
    pub summary: Summary,
    /// What happened to stories: the first ten thousand of it, since there is much in a first run over many sources.
    pub news: Vec<News>,
}

impl Cycle {
    /// Adds what one more batch came to.
    pub(super) fn add(&mut self, batch: Cycle) {
        self.summary.add(batch.summary);
        let room = MOST_NEWS.saturating_sub(self.news.len());
        self.news.extend(batch.news.into_iter().take(room));
    }
}

impl Desk {
    /// Runs one cycle. With `force`, every source is asked, whatever its next check.
    ///
    /// Dropping the future ends it between two commits.
    ///
    /// # Errors
    /// When the store fails. A source that fails is in the summary instead.
    pub async fn cycle(&self, now: DateTime<Utc>, force: bool) -> anyhow::Result<Cycle> {
        let mut cycle = Cycle::default();
        // The store keeps milliseconds: what was seen in this cycle must be known again by its time.
        let now = now.trunc_subsecs(3);
        self.refile(now, &mut cycle).await?;
        self.recall_holds(now, force).await?;
        let Taken { local, web } = self.take_all(now, force).await?;
        self.poll_local(local, [now, now], &mut cycle).await?;
        let mut round = Round::new(self);
        web.into_iter().for_each(|waiting| round.add(waiting));
        while !round.is_idle() {
            self.step(&mut round, [now, now], None, &mut cycle).await?;
        }
        self.expire(now).await?;
        self.count(&mut cycle).await?;
        Ok(cycle)
    }

    /// Brings stories in line with the rulings.
    pub(super) async fn refile(&self, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        self.decide_and_commit(move |core| rulings::refile(core, now), cycle).await
    }

    /// Takes the text of old entries, once a day.
    pub(super) async fn expire(&self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let expire_after = TimeDelta::from_std(self.config.schedule.expire_after)?;
        let expired = self.with_core(move |core| -> anyhow::Result<()> {
            if core.next_expiry <= now {
                if core.store.expire(now - expire_after)? > 0 {
                    core.shelf.clear();
                }
                core.next_expiry = now + EXPIRY_INTERVAL;
            }
            Ok(())
        });
        expired.await?
    }

    /// Counts what there is in all.
    pub(super) async fn count(&self, cycle: &mut Cycle) -> anyhow::Result<()> {
        let (counts, sources) = self.with_core(|core| (core.store.counts(), core.sources.len())).await?;
        let counts = counts?;
        cycle.summary.sources = sources;
        cycle.summary.entries = counts.entries as usize;
        cycle.summary.stories = counts.stories as usize;
        Ok(())
    }

    /// Leaves hosts alone that asked for it, before this process began or in it. Force overrides that too.
    pub(super) async fn recall_holds(&self, now: DateTime<Utc>, force: bool) -> anyhow::Result<()> {
        if force {
            self.clients[0].forget_holds();
            return Ok(());
        }
        for Hold { host, until } in self.with_core(move |core| core.store.holds(now)).await?? {
            // A wait that is longer than any was set while the clock was wrong.
            let wait = (until - now).to_std().unwrap_or_default().min(self.config.schedule.max_interval);
            self.clients[0].hold(&host, wait);
        }
        Ok(())
    }

    /// Reads files and folders. They answer at once, so a batch waits for all of its sources: what comes of them
    /// does not depend on which was read first.
    pub(super) async fn poll_local(
        &self,
        due: Vec<Due>,
        [now, began]: [DateTime<Utc>; 2],
        cycle: &mut Cycle,
    ) -> anyhow::Result<()> {
        let mut due = due.into_iter().peekable();
        let desk = Arc::new(self.clone());
        while due.peek().is_some() {
            let mut under_way = JoinSet::new();
            let mut taken = Vec::new();
            for (source, polling) in due.by_ref().take(LOCAL_BATCH) {
                taken.push(Arc::clone(&source));
                under_way.spawn(read(Arc::clone(&desk), source, (polling, None), [now, began]));
            }
            let mut batch = Vec::new();
            while let Some(reading) = under_way.join_next().await {
                match reading {
                    Ok(reading) => {
                        self.progress.one_done(reading.has_failed());
                        taken.retain(|source| source.number != reading.source.number);
                        batch.push(*reading);
                    }
                    Err(error) => tracing::error!("a source could not be read: {error}"),
                }
            }
            self.put_off(taken, now + AFTER_FAILURE).await?;
            self.commit(batch, began, cycle).await?;
        }
        Ok(())
    }

    pub(super) async fn commit(
        &self,
        batch: Vec<Reading>,
        began: DateTime<Utc>,
        cycle: &mut Cycle,
    ) -> anyhow::Result<()> {
        cycle.summary.add(count_readings(&batch));
        let schedule = self.config.schedule;
        let again = |reading: &Reading| {
            let wait = match reading.source.location {
                Location::Web(_) => AFTER_FAILURE,
                Location::File(_) | Location::Articles(_) => LOCAL_AFTER_FAILURE,
            };
            (Arc::clone(&reading.source), reading.now + wait)
        };
        let sources: Vec<_> = batch.iter().map(again).collect();
        let committed = self.decide_and_commit(move |core| decide(core, batch, began, &schedule), cycle).await;
        if committed.is_err() {
            for (source, at) in sources {
                self.put_off(vec![source], at).await?;
            }
        }
        committed
    }

    /// Commits what `decide` comes to.
    pub(super) async fn decide_and_commit(
        &self,
        decide: impl FnOnce(&mut Core) -> Result<Decision, store::Error> + Send + 'static,
        cycle: &mut Cycle,
    ) -> anyhow::Result<()> {
        let decided = self.with_core(move |core| {
            let decision = decide(core).and_then(|decision| {
                if decision.changes != Changes::default() {
                    core.store.commit(&decision.changes)?;
                    core.commits += 1;
                    core.book.update(&decision.changes);
                    core.shelf.forget(&decision.changes);
                }
                let polled = decision.polled.iter().zip(&decision.changes.polled);
                polled.for_each(|(source, polling)| core.polled(source, polling));
                Ok(decision)
            });
            if decision.is_err() {
                undo(core)?;
            }
            anyhow::Ok(decision?)
        });
        let decision = match decided.await {
            Ok(decision) => decision?,
            Err(broken) => {
                self.with_core(undo).await??;
                return Err(broken.context("Failed to decide on a batch of answers, which is a fault of wiredesk"));
            }
        };
        if !decision.changes.subscriptions.is_empty() {
            self.hubs.look();
        }
        cycle.add(Cycle { summary: count_decision(&decision), news: decision.news });
        Ok(())
    }

    /// Runs `work` on the core, on its thread.
    pub(super) async fn with_core<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Core) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let core = self.core.clone();
        self.clerk.run(move || work(&mut lock(&core))).await.context("The desk's work broke off")
    }

    /// The addresses of the editions' feeds, as readers subscribe to them.
    pub fn addresses(&self) -> Vec<String> {
        use crate::config::EditionFormat::{Atom, Html, Json, Rss};
        let extension = |format| match format {
            Atom => Some("atom"),
            Rss => Some("rss"),
            Json => Some("json"),
            Html => None,
        };
        let editions = self.config.editions.iter().filter(|spec| spec.readers.is_everyone());
        editions
            .filter_map(|spec| {
                let extension = spec.formats.iter().copied().find_map(extension)?;
                Some(format!("{}{}.{extension}", self.config.site.url, spec.name))
            })
            .collect()
    }
}

/// The index may know what the store does not; without it the next batch would build on that.
fn undo(core: &mut Core) -> anyhow::Result<()> {
    core.docket.reopen();
    core.shelf.clear();
    core.index = rebuild(&core.store, &core.sources)?;
    Ok(())
}

pub(super) fn count_readings(batch: &[Reading]) -> Summary {
    let mut summary = Summary { asked: batch.len(), ..Summary::default() };
    for reading in batch {
        let title = reading.source.title();
        if let Some(to) = &reading.moved {
            summary.moved.push(Moved { source: title.to_owned(), to: to.to_string() });
        }
        match &reading.outcome {
            Outcome::Read { flaws } => {
                summary.read += 1;
                tracing::debug!(source = title, entries = reading.entries.len(), flaws, "read {title}");
            }
            Outcome::Unchanged => {
                summary.unchanged += 1;
                tracing::debug!(source = title, "{title} has not changed");
            }
            Outcome::Failed(Trouble { diagnosis, words }) => {
                tracing::debug!(source = title, failures = reading.polling.failures, "{title} failed: {words}");
                summary.failed.push(Failure {
                    source: title.to_owned(),
                    error: words.clone(),
                    diagnosis: *diagnosis,
                    failures: reading.polling.failures,
                });
            }
            Outcome::Pushed { flaws } => {
                summary.asked -= 1;
                summary.pushed += 1;
                tracing::debug!(source = title, entries = reading.entries.len(), flaws, "the hub of {title} sent news");
            }
            Outcome::Held => {
                summary.asked -= 1;
                summary.held += 1;
            }
        }
    }
    summary
}

fn count_decision(decision: &Decision) -> Summary {
    let mut summary = Summary::default();
    for news in &decision.news {
        match news.reason {
            Some(Reason::First) => summary.stories_new += 1,
            Some(_) => summary.merged += 1,
            None => summary.entries_revised += 1,
        }
    }
    summary.entries_new = summary.stories_new + summary.merged;
    summary.refiled = decision.refiled;
    let changes = &decision.changes;
    summary.changed = !(changes.entries.is_empty() && changes.stories.is_empty() && changes.dissolved.is_empty());
    summary
}
