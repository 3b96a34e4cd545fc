//! Threads of our own for work that takes its time: the same few for the same kind of work, so that what a thread
//! keeps between two jobs (words that it knows, room that an allocator holds for it) is kept a few times only.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that take the next job when they are free; they end when this is dropped and the work is done.
///
/// Whoever gives them work waits for the end of it, so that as many jobs wait as there are callers.
#[derive(Debug)]
pub struct Crew(Arc<Shop>);

/// Where jobs wait for threads, and threads for jobs.
#[derive(Default)]
struct Shop {
    bench: Mutex<Bench>,
    /// One thread is woken for a job, and none while all are at work: waking costs more than a short job.
    job: Condvar,
}

#[derive(Default)]
struct Bench {
    jobs: VecDeque<Job>,
    /// Threads that wait.
    idle: usize,
    is_closed: bool,
}

impl Crew {
    /// Starts `size` threads of this name, at least one.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(name: &str, size: usize) -> io::Result<Self> {
        let crew = Self(Arc::default());
        for _ in 0..size.max(1) {
            let shop = Arc::clone(&crew.0);
            thread::Builder::new().name(name.to_owned()).spawn(move || shop.work())?;
        }
        Ok(crew)
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
        self.0.put(Box::new(job));
        done.await.ok()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.job.notify_all();
    }
}

impl Shop {
    fn put(&self, job: Job) {
        let mut bench = self.lock();
        bench.jobs.push_back(job);
        let is_awaited = bench.idle > 0;
        drop(bench);
        if is_awaited {
            self.job.notify_one();
        }
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            // Its owner hears of a panic by the answer that does not come.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
    }

    /// The next job; `None` when there will be none.
    fn next(&self) -> Option<Job> {
        let mut bench = self.lock();
        loop {
            if let Some(job) = bench.jobs.pop_front() {
                return Some(job);
            }
            if bench.is_closed {
                return None;
            }
            bench.idle += 1;
            bench = self.job.wait(bench).unwrap_or_else(PoisonError::into_inner);
            bench.idle -= 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Bench> {
        self.bench.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Shop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shop").finish_non_exhaustive()
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
