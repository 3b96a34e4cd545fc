//! Dealings with hubs (WebSub): subscriptions follow from polls, requests go out, what hubs say and send comes in.
//!
//! `book` holds the subscriptions in memory as the store has them; what changes them is decided under the same lock and
//! committed in the same way as everything else. [`crate::websub`] has the rules.

mod book;
mod calls;
mod polled;
mod requests;
mod start;
mod worker;

use std::sync::{Arc, PoisonError};

use tokio::sync::{Mutex, Notify, mpsc};

pub(super) use book::Book;
pub(super) use polled::after_poll;
pub(super) use start::start;
pub(super) use worker::work;

use super::{Cycle, is_public};
use crate::config::Config;
use crate::serve::Callbacks;
use crate::serve::callback::Event;

/// What the desk has for its dealings with hubs, beside the book.
#[derive(Clone, Default)]
pub(super) struct Hubs {
    /// What hubs did; `None` where they cannot call.
    events: Option<Arc<Mutex<mpsc::Receiver<Event>>>>,
    /// Subscriptions have changed: some may be due.
    changed: Arc<Notify>,
    /// Something was heard of that the daemon reports.
    pub(super) heard: Arc<Notify>,
    /// What that came to.
    report: Arc<std::sync::Mutex<Cycle>>,
}

impl Hubs {
    /// Opens callbacks where hubs can call.
    pub(super) fn open(config: &Config) -> (Self, Callbacks) {
        if unreachable_for_hubs(config).is_some() {
            return Default::default();
        }
        let (callbacks, events) = Callbacks::open(config.fetch.max_body_bytes);
        (Self { events: Some(Arc::new(Mutex::new(events))), ..Self::default() }, callbacks)
    }

    /// Whether sources are subscribed to.
    pub(super) fn are_used(&self) -> bool {
        self.events.is_some()
    }

    /// Subscriptions may have become due.
    pub(super) fn look(&self) {
        self.changed.notify_one();
    }

    /// Adds to what the daemon reports next.
    fn report(&self, heard: Cycle) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.summary.add(heard.summary);
        report.news.extend(heard.news);
    }

    /// Has the daemon report what was heard, if anything was.
    fn announce(&self) {
        if self.report.lock().unwrap_or_else(PoisonError::into_inner).summary.pushed > 0 {
            self.heard.notify_one();
        }
    }

    /// What was heard since it was last asked for.
    pub(super) fn take_report(&self) -> Cycle {
        std::mem::take(&mut *self.report.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why hubs cannot call the server of a configuration, and so no source is subscribed to; `None` when they can.
pub fn unreachable_for_hubs(config: &Config) -> Option<&'static str> {
    if !config.fetch.websub {
        Some("`websub` under [fetch] is off")
    } else if config.server.listen.is_none() {
        Some("`listen` under [server] is off")
    } else if !is_public(&config.site) {
        Some("`url` under [site] is no public address")
    } else {
        None
    }
}
