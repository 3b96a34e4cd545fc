//! The time that one poll may take: redirects, heads and bodies included, waiting for one's turn left out.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::Error;
use crate::model::FeedUrl;

/// What is left of the time of a poll.
pub(super) struct Deadline<'a> {
    /// The source's address.
    start: &'a FeedUrl,
    whole: Duration,
    left: Duration,
}

impl<'a> Deadline<'a> {
    pub(super) fn new(start: &'a FeedUrl, whole: Duration) -> Self {
        Self { start, whole, left: whole }
    }

    /// Waits for `work` as long as there is time left.
    pub(super) async fn keep<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        let over = || Error::Timeout { url: self.start.clone(), after: self.whole };
        // Work that is always ready would never be stopped by a timer.
        if self.left.is_zero() {
            return Err(over());
        }
        let started = Instant::now();
        let mut work = pin!(work);
        // Most of it is ready at once, and needs no timer.
        let first = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
        let done = match first {
            Poll::Ready(done) => done,
            Poll::Pending => timeout(self.left, work).await.map_err(|_| over())?,
        };
        self.left = self.left.saturating_sub(started.elapsed());
        Ok(done)
    }
}
