//! `wiredesk status`: what came of asking each source, when it is asked next, and what is wrong with it.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

mod diagnosis;
mod push;
mod show;
mod subscribers;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use chrono::Utc;

use super::load::load;
use crate::store;

/// Arguments of `wiredesk status`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command. A daemon that works with the store is not disturbed.
///
/// # Errors
/// When the configuration is unusable or the store cannot be read.
pub(super) fn run(path: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    let config = load(path)?;
    let (pollings, entries, subscriptions, subscribers) = match store::open_read_only(&config.store) {
        Ok(store) => (store.pollings()?, store.entries_by_source()?, store.subscriptions()?, store.subscribers()?),
        // Nothing was asked yet.
        Err(store::Error::Missing { .. }) => Default::default(),
        Err(error) => return Err(error.into()),
    };
    let now = Utc::now();
    let mut status = diagnosis::status(&config, pollings, &entries, &subscriptions, now);
    status.subscribers = subscribers::of(&subscribers, now);
    let text = if args.json {
        format!("{}\n", serde_json::to_string(&status)?)
    } else {
        show::status(&status, super::terminal_width())
    };
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        printed => printed.context("Failed to print the status").map(|()| ExitCode::SUCCESS),
    }
}
