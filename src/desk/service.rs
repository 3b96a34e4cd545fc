//! The daemon: serves the site and asks sources whenever they are due, until it is told to stop.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

use std::future::Future;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

use super::complaint::Complaint;
use super::cycle::Cycle;
use super::due::Taken;
use super::round::Round;
use super::{Desk, hubs, outlets, subscribers};
use crate::serve::{self, Entrance};

/// The clock is looked at again after this long at the latest: it may have been set, or the machine have slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// And so much air is left between two looks when a source is always due.
const AIR: Duration = Duration::from_millis(200);
/// While sources are still waited for, the site is published anew after so long.
const PUBLISHED_AGAIN: Duration = Duration::from_secs(2);
/// What was asked at the start is reported after so long, even if others are still waited for.
const FIRST_REPORT: Duration = Duration::from_secs(5);
/// A clock that goes back by more was set.
const SET_BACK: TimeDelta = TimeDelta::seconds(5);
/// What is committed within a round counts as seen together; a busy desk begins another after so long.
const ROUND: TimeDelta = TimeDelta::minutes(1);
/// So many sources for each place among the requests under way are taken up at once; where more are due, as in a first
/// run over many, they are spread over the least interval.
const AT_ONCE: usize = 4;
/// After a turn that failed as a whole (a full disk, say) the next one waits this long at first, and twice as long after
/// each further one, up to the longest.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
const LONGEST_AFTER_FAILURE: Duration = Duration::from_secs(60);

/// Serves the site at `entrance` (if any) and keeps the desk going until `stop` is done.
///
/// `report` is called when all that was due at the start was asked, be it nothing, and then after each batch that asked
/// a source or moved entries.
///
/// # Errors
/// When what the store already holds cannot be published at the start, or the server breaks down. A full disk is no
/// such case: it is said, and tried again, as is all that fails later.
pub async fn serve_until(
    desk: &Desk,
    entrance: Option<Entrance>,
    stop: impl Future<Output = ()>,
    mut report: impl FnMut(&Cycle),
) -> anyhow::Result<()> {
    match desk.publish().await {
        Err(error) if outlets::may_pass(&error) => desk.folder_failed(&error),
        done => drop(done?),
    }
    let (stopping, stopped) = watch::channel(false);
    let server = entrance.map(|entrance| {
        let mut stopped = stopped.clone();
        let shutdown = async move {
            // An error means that the sender is gone, which is a stop too.
            let _ = stopped.wait_for(|stopping| *stopping).await;
        };
        tokio::spawn(serve::serve(entrance, desk.site().clone(), shutdown))
    });
    let serving = server.is_some();
    let mut server = std::pin::pin!(async {
        match server {
            Some(server) => server.await.context("The server broke off")?.context("The server failed"),
            None => std::future::pending().await,
        }
    });
    let ended = {
        let mut work = std::pin::pin!(work(desk, &mut report));
        let mut hubs = std::pin::pin!(hubs::work(desk));
        let mut outlets = std::pin::pin!(outlets::work(desk));
        let mut subscribers = std::pin::pin!(subscribers::work(desk));
        let mut stop = std::pin::pin!(stop);
        tokio::select! {
            () = &mut stop => Ok(()),
            ended = &mut server => ended.and_then(|()| anyhow::bail!("The server ended by itself")),
            never = &mut work => match never {},
            never = &mut hubs => match never {},
            never = &mut outlets => match never {},
            never = &mut subscribers => match never {},
        }
    };
    // Only fails when nobody listens any more.
    let _ = stopping.send(true);
    if ended.is_ok() && serving {
        server.await?;
    }
    ended
}

/// The turns of the daemon, one after the other.
async fn work(desk: &Desk, report: &mut impl FnMut(&Cycle)) -> std::convert::Infallible {
    let mut shift = Shift::new(desk);
    if let Err(error) = desk.recall_holds(shift.last, false).await {
        tracing::error!("{error:#}");
    }
    let (mut complaint, mut pause, mut commits) = (Complaint::default(), AFTER_FAILURE, 0);
    loop {
        let done = shift.turn(report).await;
        // What cannot commit fails whenever it has something to commit: turns that have nothing say nothing.
        let committed = desk.with_core(|core| core.commits).await.unwrap_or(commits);
        if committed > commits {
            complaint.settle("the desk's store");
            (commits, pause) = (committed, AFTER_FAILURE);
        }
        if let Err(error) = done {
            complaint.raise(&error, pause);
            tokio::time::sleep(pause).await;
            pause = LONGEST_AFTER_FAILURE.min(pause * 2);
        }
    }
}

/// The daemon's work: sources are taken up when they are due, while others are still waited for.
struct Shift<'a> {
    desk: &'a Desk,
    round: Round,
    /// When the present round began; the next one begins when nothing is waited for, or with time.
    began: DateTime<Utc>,
    /// The clock when it was last looked at.
    last: DateTime<Utc>,
    /// What was not reported yet.
    cycle: Cycle,
    /// Whether something that was committed is not published yet.
    stale: bool,
    /// When the site was last published.
    published: Instant,
    /// Whether all that was due at the start was asked, or was waited for long enough: until then there is one report.
    has_begun: bool,
    first_report: Instant,
}

impl<'a> Shift<'a> {
    fn new(desk: &'a Desk) -> Self {
        let now = Utc::now().trunc_subsecs(3);
        let round = Round::new(desk);
        let (cycle, published) = (Cycle::default(), Instant::now());
        let first_report = published + FIRST_REPORT;
        Self { desk, round, began: now, last: now, cycle, stale: false, published, has_begun: false, first_report }
    }

    /// Takes up what is due, and goes on until a batch was committed or there is something else to do.
    async fn turn(&mut self, report: &mut impl FnMut(&Cycle)) -> anyhow::Result<()> {
        let desk = self.desk;
        // The store keeps milliseconds: what was seen in this round must be known again by its time.
        let now = Utc::now().trunc_subsecs(3);
        if now < self.last - SET_BACK {
            tracing::warn!("the clock was set back: waiting begins anew");
            desk.resume(now).await?;
            self.began = now;
        }
        self.last = now;
        if self.round.is_idle() || now - self.began > ROUND {
            self.began = now;
        }
        desk.refile(now, &mut self.cycle).await?;
        let Taken { local, web } = desk.take_due(now, desk.config().fetch.concurrency * AT_ONCE).await?;
        desk.poll_local(local, [now, self.began], &mut self.cycle).await?;
        web.into_iter().for_each(|waiting| self.round.add(waiting));
        let wake = self.wake().await?;
        desk.step(&mut self.round, [now, self.began], Some(wake), &mut self.cycle).await?;
        self.publish(now, report).await?;
        if self.round.is_idle() {
            // What was asked is back in the queue.
            tokio::select! {
                () = tokio::time::sleep_until(self.wake().await?) => {}
                () = desk.hubs.heard.notified() => {}
            }
        }
        Ok(())
    }

    /// When there is something to do at the latest, beside what is waited for.
    async fn wake(&self) -> anyhow::Result<Instant> {
        let next = self.desk.next_due().await?;
        let pause = next.map_or(LONGEST_SLEEP, |next| (next - Utc::now()).to_std().unwrap_or_default());
        // Even a source that is always due leaves the machine some air.
        let wake = Instant::now() + pause.clamp(AIR, LONGEST_SLEEP);
        let wake = if self.stale { wake.min(self.published + PUBLISHED_AGAIN) } else { wake };
        Ok(if self.has_begun { wake } else { wake.min(self.first_report) })
    }

    /// Publishes what changed and reports it; the first report is that of all that was due at the start.
    async fn publish(&mut self, now: DateTime<Utc>, report: &mut impl FnMut(&Cycle)) -> anyhow::Result<()> {
        let heard = self.desk.hubs.take_report();
        self.cycle.summary.add(heard.summary);
        self.cycle.news.extend(heard.news);
        self.stale |= std::mem::take(&mut self.cycle.summary.changed);
        let begins = !self.has_begun && (self.round.is_idle() || Instant::now() >= self.first_report);
        self.has_begun |= begins;
        if self.stale && (self.round.is_idle() || begins || self.published.elapsed() >= PUBLISHED_AGAIN) {
            self.cycle.summary.files_changed += self.desk.publish_and_go_on().await?;
            self.published = Instant::now();
            self.stale = false;
        }
        let has_news = self.cycle.summary.asked > 0 || self.cycle.summary.refiled > 0 || self.cycle.summary.pushed > 0;
        // What is reported is published.
        if !self.stale && (begins || self.has_begun && has_news) {
            let mut cycle = std::mem::take(&mut self.cycle);
            self.desk.expire(now).await?;
            // Later reports tell of what is new; counting everything takes longer the more there is.
            if begins {
                self.desk.count(&mut cycle).await?;
            }
            report(&cycle);
        }
        Ok(())
    }
}
