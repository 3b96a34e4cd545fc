//! One thread for all work that may take many megabytes: what it unpacks comes one after the other, and an allocator
//! that keeps room for each thread keeps it once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::sync::oneshot;

use super::Error;

type Job = Box<dyn FnOnce() + Send>;

/// The thread; it ends when this is dropped and its work is done.
///
/// Whoever gives it work waits for the end of it, so that as many jobs wait as there are requests under way.
pub(super) struct Press {
    jobs: Sender<Job>,
}

impl Press {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start() -> Result<Self, Error> {
        let (jobs, queue) = channel::<Job>();
        let work = move || {
            for job in queue {
                // Its owner hears of a panic by the answer that does not come.
                let _ = catch_unwind(AssertUnwindSafe(job));
            }
        };
        let named = thread::Builder::new().name("wiredesk-press".into()).spawn(work);
        named.map_err(|error| Error::Setup { cause: error.to_string() })?;
        Ok(Self { jobs })
    }

    /// Does `work` when it is its turn; `None` when it panicked.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (answer, done) = oneshot::channel();
        let job = move || {
            // Nobody waits for what was given up.
            if !answer.is_closed() {
                let _ = answer.send(work());
            }
        };
        self.jobs.send(Box::new(job)).ok()?;
        done.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_in_turn_and_a_panic_ends_only_itself() {
        let press = Press::start().expect("a thread");
        let one = press.run(|| thread::current().id()).await;
        let broken: Option<()> = press.run(|| panic!("a fault")).await;
        let other = press.run(|| thread::current().id()).await;
        assert!(one.is_some() && broken.is_none() && one == other);
    }
}
