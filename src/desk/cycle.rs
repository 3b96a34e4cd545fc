//! One cycle: asks the sources that are due, decides and commits in batches.

use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::decide::{Decision, News, decide};
use super::read::read;
use super::summary::{Failure, Moved};
use super::{Core, Desk, Outcome, Reading, Summary, Trouble, lock, rebuild, rulings};
use crate::config::Schedule;
use crate::model::{Changes, Hold, Location, Polling, Reason, Source};
use crate::schedule;
use crate::store;

/// A batch is decided when it has so many readings,
const BATCH: usize = 256;
/// or when its first one has waited so long for the others: a slow server must not hold back the news of a fast one.
const PATIENCE: Duration = Duration::from_millis(500);

/// Entries are as old as days: looking for old ones more often finds nothing.
const EXPIRY_INTERVAL: TimeDelta = TimeDelta::days(1);

/// A source that is due, and what is remembered of it.
type Due = (Source, Polling);

/// What a cycle came to, as numbers and as news.
#[derive(Debug, Default)]
pub struct Cycle {
    /// The numbers.
    pub summary: Summary,
    /// What happened to stories.
    pub news: Vec<News>,
}

impl Desk {
    /// Runs one cycle. With `force`, every source is asked, whatever its next check.
    ///
    /// Dropping the future ends it between two commits.
    ///
    /// # Errors
    /// When the store fails. A source that fails is in the summary instead.
    pub async fn cycle(&self, now: DateTime<Utc>, force: bool) -> anyhow::Result<Cycle> {
        let schedule = self.config.schedule;
        let mut cycle = Cycle::default();
        // The store keeps milliseconds: what was seen in this cycle must be known again by its time.
        let now = now.trunc_subsecs(3);
        self.decide_and_commit(move |core| rulings::refile(core, now), &mut cycle).await?;
        let (due, holds) = self.with_core(move |core| due(core, &schedule, now, force)).await??;
        self.hold(&holds, now, force);
        let (web, local): (Vec<_>, Vec<_>) =
            due.into_iter().partition(|(source, _)| matches!(source.location, Location::Web(_)));
        self.poll_local(local, now, &mut cycle).await?;
        self.poll_web(web, now, &mut cycle).await?;
        let expire_after = TimeDelta::from_std(self.config.schedule.expire_after)?;
        let counts = self.with_core(move |core| {
            if core.next_expiry <= now {
                core.store.expire(now - expire_after)?;
                core.next_expiry = now + EXPIRY_INTERVAL;
            }
            core.store.counts()
        });
        let counts = counts.await??;
        cycle.summary.sources = self.config.sources.len();
        cycle.summary.entries = counts.entries as usize;
        cycle.summary.stories = counts.stories as usize;
        Ok(cycle)
    }

    /// Leaves hosts alone that asked for it, before this process began or in it. Force overrides that too.
    fn hold(&self, holds: &[Hold], now: DateTime<Utc>, force: bool) {
        if force {
            return self.client.forget_holds();
        }
        for Hold { host, until } in holds {
            // A wait that is longer than any was set while the clock was wrong.
            let wait = (*until - now).to_std().unwrap_or_default().min(self.config.schedule.max_interval);
            self.client.hold(host, wait);
        }
    }

    /// Reads files and folders. They answer at once, so a batch waits for all of its sources: what comes of them
    /// does not depend on which was read first.
    async fn poll_local(&self, due: Vec<Due>, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        let mut due = due.into_iter().peekable();
        while due.peek().is_some() {
            let mut under_way = JoinSet::new();
            for (source, polling) in due.by_ref().take(BATCH) {
                under_way.spawn(read(self.clone(), source, polling, now));
            }
            let mut batch = Vec::new();
            while let Some(reading) = under_way.join_next().await {
                batch.extend(arrived(reading));
            }
            self.commit(batch, now, cycle).await?;
        }
        Ok(())
    }

    /// Asks sources on the web. What has arrived is committed while others are still waited for.
    async fn poll_web(&self, due: Vec<Due>, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        let mut due = due.into_iter();
        let mut under_way = JoinSet::new();
        let mut batch: Vec<Reading> = Vec::new();
        let mut deadline = Instant::now();
        loop {
            // Twice the number of requests under way: enough that none waits for a source to be taken up.
            while under_way.len() < self.config.fetch.concurrency * 2 {
                let Some((source, polling)) = due.next() else { break };
                under_way.spawn(read(self.clone(), source, polling, now));
            }
            let next = match batch.is_empty() {
                true => Ok(under_way.join_next().await),
                false => timeout_at(deadline, under_way.join_next()).await,
            };
            let ended = match next {
                Ok(Some(reading)) => {
                    if batch.is_empty() {
                        deadline = Instant::now() + PATIENCE;
                    }
                    batch.extend(arrived(reading));
                    false
                }
                Ok(None) => true,
                Err(_) => false,
            };
            let overdue = Instant::now() >= deadline;
            if !batch.is_empty() && (ended || overdue || batch.len() >= BATCH) {
                self.commit(std::mem::take(&mut batch), now, cycle).await?;
            }
            if ended {
                return Ok(());
            }
        }
    }

    /// When the next source is due; `None` without sources.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn next_due(&self) -> anyhow::Result<Option<DateTime<Utc>>> {
        let next = self.with_core(|core| {
            let pollings = core.store.pollings()?;
            let asked = pollings.values().filter(|polling| polling.gone.is_none());
            anyhow::Ok(asked.map(|polling| polling.next_check).min())
        });
        next.await?
    }

    async fn commit(&self, batch: Vec<Reading>, now: DateTime<Utc>, cycle: &mut Cycle) -> anyhow::Result<()> {
        cycle.summary.add(count_readings(&batch));
        self.decide_and_commit(move |core| decide(core, batch, now), cycle).await
    }

    /// Commits what `decide` comes to.
    async fn decide_and_commit(
        &self,
        decide: impl FnOnce(&mut Core) -> Result<Decision, store::Error> + Send + 'static,
        cycle: &mut Cycle,
    ) -> anyhow::Result<()> {
        let decided = self.with_core(move |core| {
            let decision = decide(core).and_then(|decision| {
                if decision.changes != Changes::default() {
                    core.store.commit(&decision.changes)?;
                }
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
        cycle.summary.add(count_decision(&decision));
        cycle.news.extend(decision.news);
        Ok(())
    }

    /// Runs `work` on the core, on a blocking thread.
    async fn with_core<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Core) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let core = self.core.clone();
        tokio::task::spawn_blocking(move || work(&mut lock(&core))).await.context("The desk's work broke off")
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
        let editions = self.config.editions.iter();
        editions
            .filter_map(|spec| {
                let extension = spec.formats.iter().copied().find_map(extension)?;
                Some(format!("{}{}.{extension}", self.config.site.url, spec.name))
            })
            .collect()
    }
}

/// `read` has a barrier around what can panic; what is left is a fault of its own, and disturbs no other source.
fn arrived(reading: Result<Reading, JoinError>) -> Option<Reading> {
    reading.inspect_err(|error| tracing::error!("a source could not be asked: {error}")).ok()
}

/// The index may know what the store does not; without it the next batch would build on that.
fn undo(core: &mut Core) -> anyhow::Result<()> {
    core.docket.reopen();
    core.index = rebuild(&core.store, &core.sources)?;
    Ok(())
}

fn due(core: &Core, schedule: &Schedule, now: DateTime<Utc>, force: bool) -> anyhow::Result<(Vec<Due>, Vec<Hold>)> {
    let mut pollings = core.store.pollings()?;
    let sources = core.sources.values().map(|source| {
        let polling = pollings.remove(&source.id).unwrap_or_else(|| Polling::never(source.id.clone()));
        (source.clone(), polling)
    });
    let mut due: Vec<_> = sources.filter(|(_, polling)| force || schedule::is_due(polling, now, schedule)).collect();
    due.sort_by_key(|(_, polling)| polling.next_check);
    Ok((due, core.store.holds(now)?))
}

fn count_readings(batch: &[Reading]) -> Summary {
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
