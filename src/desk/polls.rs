//! What the polls of a batch leave to be remembered: rhythms learn what was new, and the next checks follow.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};

use super::hubs::{Book, after_poll};
use super::{Next, Reading};
use crate::config::Schedule;
use crate::model::{Changes, Entry, Look, Polling, Source, SourceId};
use crate::schedule;
use crate::websub::Announced;

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
    /// The hubs that it names; `None` when it did not say.
    announced: Option<Announced>,
    /// When entries were published that the desk did not have.
    new: Vec<DateTime<Utc>>,
}

impl Polls {
    /// Takes a reading, and gives its entries back.
    pub(super) fn add(&mut self, reading: Reading) -> impl Iterator<Item = (Source, Entry)> + use<> {
        let Reading { source, polling, next, entries, now, before, announced, .. } = reading;
        let poll = Poll { source: source.clone(), polling, next, now, before, announced, new: Vec::new() };
        self.0.insert(source.id.clone(), poll);
        entries.into_iter().map(move |entry| (source.clone(), entry))
    }

    /// A source brought an entry that the desk did not have.
    pub(super) fn appeared(&mut self, entry: &Entry) {
        if let Some(poll) = self.0.get_mut(&entry.source) {
            // One without a date is as old as this look.
            let published = if entry.published < entry.seen { entry.published } else { poll.now };
            poll.new.push(published);
        }
    }

    /// What is to be remembered of each, with its next check.
    pub(super) fn settle(self, schedule: &Schedule, book: &Book, changes: &mut Changes) {
        for poll in self.0.into_values() {
            match poll.next {
                Next::Pushed => poll.learned(changes),
                _ => poll.scheduled(schedule, book, changes),
            }
        }
    }
}

impl Poll {
    fn scheduled(mut self, schedule: &Schedule, book: &Book, changes: &mut Changes) {
        let named = (self.next, self.announced.as_ref());
        let change = after_poll(book, &self.source.id, named, &self.new, self.now);
        let relied_on = change.relied_on(self.now);
        let relied_on = relied_on.unwrap_or_else(|| book.relied_on(&self.source.id, self.now));
        change.add_to(changes);
        let polling = &mut self.polling;
        let outcome = match self.next {
            Next::Answered => {
                let look = Look { now: self.now, before: self.before, published: &self.new };
                schedule::rhythm::observe(&mut polling.rhythm, &look);
                let (fresh_for, hints) = (polling.fresh_for, polling.hints);
                schedule::Outcome::Answered { fresh_for, hints, rhythm: &polling.rhythm }
            }
            Next::Gone => schedule::Outcome::Gone,
            Next::Failed { retry_after } => schedule::Outcome::Failed { failures: polling.failures, retry_after },
            Next::Pushed => return,
        };
        let next = match relied_on {
            // Its hub tells what is new: polling is what remains when that fails.
            Some(until) => schedule::while_pushed(&self.source, outcome, [self.now, until], schedule),
            None => schedule::next_check(&self.source, outcome, self.now, schedule),
        };
        // As the store keeps it.
        polling.next_check = next.trunc_subsecs(3);
        changes.polled.push(self.polling);
    }

    /// What a hub sent teaches the rhythm, and nothing else: the source was not asked.
    fn learned(mut self, changes: &mut Changes) {
        let look = Look { now: self.now, before: self.before, published: &self.new };
        schedule::rhythm::observe(&mut self.polling.rhythm, &look);
        changes.rhythms.push((self.source.id, self.polling.rhythm));
    }
}
