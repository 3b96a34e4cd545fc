//! Shows how far long work has come: a bar on a terminal, now and then a line elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::desk::{Progress, Standing};

/// Work that takes no longer is not worth a bar,
const BAR_AFTER: Duration = Duration::from_secs(1);
/// nor a line.
const LINE_AFTER: Duration = Duration::from_secs(5);
/// The bar is drawn anew,
const BAR_EVERY: Duration = Duration::from_millis(200);
/// and another line is written after so long.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// What is shown while sources are asked, until it is dropped.
pub(super) struct Watch {
    bar: ProgressBar,
    task: JoinHandle<()>,
}

impl Watch {
    /// Begins to show how far it has come, on standard error.
    pub(super) fn start(progress: Progress) -> Self {
        // It writes to standard error, and is hidden where that is no terminal.
        let bar = ProgressBar::new(0);
        let template = "  asking   {bar:24} {pos} of {len} · {per_sec} · {msg}";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let task = match bar.is_hidden() {
            true => tokio::spawn(lines(progress)),
            false => tokio::spawn(draw(bar.clone(), progress)),
        };
        Self { bar, task }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
        self.bar.finish_and_clear();
    }
}

async fn draw(bar: ProgressBar, progress: Progress) {
    sleep(BAR_AFTER).await;
    loop {
        let Standing { total, done, failed } = progress.standing();
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        bar.set_message(format!("{failed} failed"));
        sleep(BAR_EVERY).await;
    }
}

async fn lines(progress: Progress) {
    let start = Instant::now();
    sleep(LINE_AFTER).await;
    loop {
        eprintln!("{}", line(progress.standing(), start.elapsed()));
        sleep(LINE_EVERY).await;
    }
}

fn line(Standing { total, done, failed }: Standing, taken: Duration) -> String {
    let rate = done as f64 / taken.as_secs_f64().max(0.001);
    format!("  asked    {done} of {total} sources, {failed} failed, {rate:.1} a second")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_far_it_has_come_how_fast_and_how_well() {
        let standing = Standing { total: 100_000, done: 12_500, failed: 31 };
        let line = line(standing, Duration::from_secs(5));
        assert_eq!(line, "  asked    12500 of 100000 sources, 31 failed, 2500.0 a second");
    }
}
