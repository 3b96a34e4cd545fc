//! What the polls of a batch leave to be remembered: rhythms learn what was new, and the next checks follow.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};

use super::{Next, Reading};
use crate::config::Schedule;
use crate::model::{Entry, Look, Polling, Source, SourceId};
use crate::schedule;

/// The polls of a batch.
#[derive(Debug, Default)]
pub(super) struct Polls(BTreeMap<SourceId, Poll>);

#[derive(Debug)]
struct Poll {
    source: Source,
    polling: Polling,
    next: Next,
    now: DateTime<Utc>,
    /// When its document was looked at before.
    before: Option<DateTime<Utc>>,
    /// When entries were published that the desk did not have.
    published: Vec<DateTime<Utc>>,
}

impl Polls {
    /// Takes a reading, and gives its entries back.
    pub(super) fn add(&mut self, reading: Reading) -> impl Iterator<Item = (Source, Entry)> + use<> {
        let Reading { source, polling, next, entries, now, before, .. } = reading;
        let poll = Poll { source: source.clone(), polling, next, now, before, published: Vec::new() };
        self.0.insert(source.id.clone(), poll);
        entries.into_iter().map(move |entry| (source.clone(), entry))
    }

    /// A source brought an entry that the desk did not have.
    pub(super) fn appeared(&mut self, entry: &Entry) {
        if let Some(poll) = self.0.get_mut(&entry.source) {
            // One without a date is as old as this look.
            let published = if entry.published < entry.seen { entry.published } else { poll.now };
            poll.published.push(published);
        }
    }

    /// What is to be remembered of each, with its next check.
    pub(super) fn scheduled(self, schedule: &Schedule) -> Vec<Polling> {
        self.0.into_values().map(|poll| poll.scheduled(schedule)).collect()
    }
}

impl Poll {
    fn scheduled(mut self, schedule: &Schedule) -> Polling {
        let polling = &mut self.polling;
        let outcome = match self.next {
            Next::Answered => {
                let look = Look { now: self.now, before: self.before, published: &self.published };
                schedule::rhythm::observe(&mut polling.rhythm, &look);
                let (fresh_for, hints) = (polling.fresh_for, polling.hints);
                schedule::Outcome::Answered { fresh_for, hints, rhythm: &polling.rhythm }
            }
            Next::Gone => schedule::Outcome::Gone,
            Next::Failed { retry_after } => schedule::Outcome::Failed { failures: polling.failures, retry_after },
        };
        // As the store keeps it.
        polling.next_check = schedule::next_check(&self.source, outcome, self.now, schedule).trunc_subsecs(3);
        self.polling
    }
}
