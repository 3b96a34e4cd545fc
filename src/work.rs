//! Threads of our own for work that takes its time: the same few for the same kind of work, so that what a thread
//! keeps between two jobs (words that it knows, room that an allocator holds for it) is kept a few times only.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that take the next job when they are free; they end when this is dropped and the work is done.
///
/// Whoever gives them work waits for the end of it, so that as many jobs wait as there are callers.
#[derive(Debug)]
pub struct Crew {
    jobs: Sender<Job>,
}

impl Crew {
    /// Starts `size` threads of this name, at least one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(name: &str, size: usize) -> io::Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..size.max(1) {
            let queue = Arc::clone(&queue);
            thread::Builder::new().name(name.to_owned()).spawn(move || work(&queue))?;
        }
        Ok(Self { jobs })
    }

    /// Does `work` when it is its turn; `None` when it panicked.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
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

fn work(queue: &Mutex<Receiver<Job>>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // Its owner hears of a panic by the answer that does not come.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[tokio::test]
    async fn work_is_done_in_turn_and_a_panic_ends_only_itself() {
        let crew = Crew::start("test", 1).expect("a thread");
        let one = crew.run(|| thread::current().id()).await;
        let broken: Option<()> = crew.run(|| panic!("a fault")).await;
        let other = crew.run(|| thread::current().id()).await;
        assert!(one.is_some() && broken.is_none() && one == other);
    }

    #[tokio::test]
    async fn as_many_jobs_are_done_at_once_as_there_are_threads() {
        let crew = Crew::start("test", 2).expect("threads");
        let barrier = Arc::new(Barrier::new(2));
        let meet = || {
            let barrier = Arc::clone(&barrier);
            crew.run(move || barrier.wait().is_leader())
        };
        let (one, other) = tokio::join!(meet(), meet());
        assert!(one != other && one.is_some() && other.is_some());
    }
}
