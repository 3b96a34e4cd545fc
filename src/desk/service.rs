//! The daemon: serves the site and runs a cycle whenever a source is due, until it is told to stop.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

use std::future::Future;
use std::net::TcpListener;
use std::time::Duration;

use anyhow::Context;
use chrono::Utc;
use tokio::sync::watch;

use super::Desk;
use super::cycle::Cycle;
use crate::serve;

/// The clock is looked at again after this long at the latest: it may have been set, or the machine have slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// After a cycle that failed as a whole (a full disk, say) the next one waits this long.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

/// Serves the site on `listener` (if any) and keeps the desk going until `stop` is done.
///
/// `report` is called after each cycle that asked a source or moved entries.
///
/// # Errors
/// When what the store already holds cannot be published, or the server breaks down. A cycle that fails is
/// logged and tried again.
pub async fn serve_until(
    desk: &Desk,
    listener: Option<TcpListener>,
    stop: impl Future<Output = ()>,
    mut report: impl FnMut(&Cycle),
) -> anyhow::Result<()> {
    desk.publish().await?;
    let (stopping, stopped) = watch::channel(false);
    let server = listener.map(|listener| {
        let mut stopped = stopped.clone();
        let shutdown = async move {
            // An error means that the sender is gone, which is a stop too.
            let _ = stopped.wait_for(|stopping| *stopping).await;
        };
        tokio::spawn(serve::serve(listener, desk.site().clone(), shutdown))
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
        let mut stop = std::pin::pin!(stop);
        tokio::select! {
            () = &mut stop => Ok(()),
            ended = &mut server => ended.and_then(|()| anyhow::bail!("The server ended by itself")),
            never = &mut work => match never {},
        }
    };
    // Only fails when nobody listens any more.
    let _ = stopping.send(true);
    if ended.is_ok() && serving {
        server.await?;
    }
    ended
}

async fn work(desk: &Desk, report: &mut impl FnMut(&Cycle)) -> std::convert::Infallible {
    // Whether something that was committed is not published yet.
    let mut stale = false;
    loop {
        let pause = match turn(desk, &mut stale, report).await {
            // Even a source that is always due leaves the machine some air.
            Ok(wait) => wait.clamp(Duration::from_millis(200), LONGEST_SLEEP),
            Err(error) => {
                tracing::error!("{error:#}; it will be tried again in {}", humantime::format_duration(AFTER_FAILURE));
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// One cycle and what follows from it; returns how long nothing is due.
async fn turn(desk: &Desk, stale: &mut bool, report: &mut impl FnMut(&Cycle)) -> anyhow::Result<Duration> {
    let mut cycle = desk.cycle(Utc::now(), false).await?;
    *stale |= cycle.summary.changed;
    if *stale {
        cycle.summary.files_changed = desk.publish().await?;
        *stale = false;
    }
    if cycle.summary.asked > 0 || cycle.summary.refiled > 0 {
        report(&cycle);
    }
    let next = desk.next_due().await?;
    Ok(next.map_or(LONGEST_SLEEP, |next| (next - Utc::now()).to_std().unwrap_or_default()))
}
