//! The part of the daemon that deals with subscribers: beside everything else, so that neither waits for the other.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::shift::Shift;
use crate::desk::Desk;
use crate::serve::hub::Asked;

/// So many requests are taken in together.
const BATCH: usize = 32;
/// The clock is looked at again after this long at the latest.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// After a failure of the store the next turn waits so long.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

/// Takes in what is asked of our hub, and sends what was published.
pub(in crate::desk) async fn work(desk: &Desk) -> Infallible {
    let mut asked = match &desk.subscribers.asked {
        Some(asked) => Some(asked.lock().await),
        None => None,
    };
    let mut shift = loop {
        match Shift::open(desk).await {
            Ok(shift) => break shift,
            Err(error) => tracing::error!("taking up the subscriptions: {error:#}; it will be tried again"),
        }
        sleep(AFTER_FAILURE).await;
    };
    loop {
        shift.start(now());
        let wake = wake(shift.next());
        tokio::select! {
            requests = receive(asked.as_deref_mut()) => requests.into_iter().for_each(|asked| shift.ask(asked)),
            Some(done) = shift.calls.next() => shift.settle(done, now()),
            () = desk.subscribers.published.notified() => shift.publish(),
            () = sleep_until(wake) => {}
        }
        if let Err(error) = shift.save().await {
            tracing::error!("keeping subscriptions: {error:#}; it will be tried again");
            sleep(AFTER_FAILURE).await;
        }
    }
}

impl Desk {
    /// Tells an outside hub what has changed since it was last told, if there is one, for as long as `patience` lasts:
    /// what it was not told by then it is told the next time.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn tell_outside_hub(&self, patience: Duration) -> anyhow::Result<()> {
        if self.subscribers.outside().is_none() {
            return Ok(());
        }
        let mut shift = Shift::open(self).await?;
        let told = timeout(patience, async {
            shift.start(now());
            while let Some(done) = shift.calls.next().await {
                shift.settle(done, now());
                shift.save().await?;
                shift.start(now());
            }
            anyhow::Ok(())
        });
        told.await.unwrap_or(Ok(()))
    }
}

/// What is asked of our hub, if there is one.
async fn receive(asked: Option<&mut mpsc::Receiver<Asked>>) -> Vec<Asked> {
    let mut requests = Vec::new();
    if let Some(asked) = asked
        && asked.recv_many(&mut requests, BATCH).await > 0
    {
        return requests;
    }
    std::future::pending().await
}

pub(super) fn now() -> DateTime<Utc> {
    // The store keeps milliseconds.
    Utc::now().trunc_subsecs(3)
}

fn wake(next: Option<DateTime<Utc>>) -> Instant {
    let pause = next.map_or(LONGEST_SLEEP, |next| (next - Utc::now()).to_std().unwrap_or_default());
    Instant::now() + pause.min(LONGEST_SLEEP)
}
