//! The part of the daemon that deals with hubs: beside the asking of sources, so that neither waits for the other.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::time::{Instant, sleep, sleep_until};

use super::requests::Requests;
use crate::desk::{Cycle, Desk};
use crate::serve::callback::Event;

/// So many events are taken in together.
const BATCH: usize = 32;
/// The clock is looked at again after this long at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// What hubs send is published after so long, together with what came meanwhile.
const PUBLISHED_AGAIN: Duration = Duration::from_secs(2);
/// After a failure of the store the next turn waits so long.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

/// Asks hubs when it is time to, and takes in what they do.
pub(in crate::desk) async fn work(desk: &Desk) -> Infallible {
    let Some(events) = desk.hubs.events.clone() else { return std::future::pending().await };
    let mut events = events.lock().await;
    let mut requests = Requests::default();
    let mut published = Published::default();
    loop {
        let mut heard = Vec::new();
        let turn = async {
            requests.start(desk, now()).await?;
            let next = desk.with_core(|core| core.book.next()).await?;
            let wake = published.again().into_iter().chain([wake(next)]).min().unwrap_or_else(Instant::now);
            tokio::select! {
                _ = events.recv_many(&mut heard, BATCH) => {}
                Some(()) = requests.next() => {}
                () = desk.hubs.changed.notified() => {}
                () = sleep_until(wake) => {}
            }
            anyhow::Ok(())
        };
        let mut done = turn.await;
        // What was taken out of the queue is taken in, whatever else happens.
        if !heard.is_empty() {
            done = take_in(desk, heard, &mut published).await.and(done);
        }
        let done = match done {
            Ok(()) => published.publish(desk).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::error!("dealing with hubs: {error:#}; it will be tried again");
            sleep(AFTER_FAILURE).await;
        }
    }
}

async fn take_in(desk: &Desk, events: Vec<Event>, published: &mut Published) -> anyhow::Result<()> {
    let mut cycle = Cycle::default();
    desk.hear(events, now(), &mut cycle).await?;
    published.stale |= std::mem::take(&mut cycle.summary.changed);
    if cycle.summary.pushed > 0 {
        desk.hubs.report(cycle);
    }
    Ok(())
}

/// What was published of what hubs sent.
#[derive(Default)]
struct Published {
    stale: bool,
    last: Option<Instant>,
}

impl Published {
    /// When the site is to be published.
    fn again(&self) -> Option<Instant> {
        self.stale.then(|| self.last.map_or_else(Instant::now, |last| last + PUBLISHED_AGAIN))
    }

    /// Publishes the site if it is time to. What is reported is published.
    async fn publish(&mut self, desk: &Desk) -> anyhow::Result<()> {
        if self.again().is_some_and(|at| at <= Instant::now()) {
            desk.publish_and_go_on().await?;
            self.stale = false;
            self.last = Some(Instant::now());
        }
        if !self.stale {
            desk.hubs.announce();
        }
        Ok(())
    }
}

fn now() -> DateTime<Utc> {
    // The store keeps milliseconds.
    Utc::now().trunc_subsecs(3)
}

fn wake(next: Option<DateTime<Utc>>) -> Instant {
    let pause = next.map_or(LONGEST_SLEEP, |next| (next - Utc::now()).to_std().unwrap_or_default());
    Instant::now() + pause.min(LONGEST_SLEEP)
}
