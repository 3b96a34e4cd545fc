//! What the polls of a batch leave to be remembered: rhythms learn what was new, and the next checks follow.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};

use super::hubs::{Book, after_poll};
use super::{Next, Reading};
use crate::config::Schedule;
use crate::model::{Changes, Entry, Look, Source, SourceId};
use crate::schedule;

/// The polls of a batch.
#[derive(Debug)]
pub(super) struct Polls {
    polls: Vec<Poll>,
    /// Where those are that brought entries.
    places: HashMap<SourceId, usize>,
}

#[derive(Debug)]
struct Poll {
    /// Without its entries.
    reading: Reading,
    /// When entries were published that the desk did not have.
    new: Vec<DateTime<Utc>>,
}

impl Polls {
    /// With room for so many.
    pub(super) fn with_capacity(readings: usize) -> Self {
        Self { polls: Vec::with_capacity(readings), places: HashMap::new() }
    }

    /// Takes the reading of a source that is in no other reading of the batch, and gives its entries back.
    pub(super) fn add(&mut self, mut reading: Reading) -> Vec<(Arc<Source>, Entry)> {
        let source = &reading.source;
        let entries = std::mem::take(&mut reading.entries);
        if !entries.is_empty() {
            self.places.insert(source.id.clone(), self.polls.len());
        }
        let entries = entries.into_iter().map(|entry| (source.clone(), entry)).collect();
        self.polls.push(Poll { reading, new: Vec::new() });
        entries
    }

    /// A source brought an entry that the desk did not have.
    pub(super) fn appeared(&mut self, entry: &Entry) {
        if let Some(poll) = self.places.get(&entry.source).and_then(|place| self.polls.get_mut(*place)) {
            // One without a date is as old as this look.
            let published = if entry.published < entry.seen { entry.published } else { poll.reading.now };
            poll.new.push(published);
        }
    }

    /// What is to be remembered of each, with its next check. Gives those that were asked, in the order of their polls.
    pub(super) fn settle(self, schedule: &Schedule, book: &Book, changes: &mut Changes) -> Vec<Arc<Source>> {
        changes.polled.reserve(self.polls.len());
        let mut polled = Vec::with_capacity(self.polls.len());
        for poll in self.polls {
            match poll.reading.next {
                Next::Pushed => poll.learned(changes),
                _ => polled.extend(poll.scheduled(schedule, book, changes)),
            }
        }
        polled
    }
}

impl Poll {
    fn scheduled(self, schedule: &Schedule, book: &Book, changes: &mut Changes) -> Option<Arc<Source>> {
        let Reading { source, mut polling, next, announced, now, before, .. } = self.reading;
        let change = after_poll(book, &source.id, (next, announced.as_ref()), &self.new, now);
        let relied_on = change.relied_on(now).unwrap_or_else(|| book.relied_on(&source.id, now));
        change.add_to(changes);
        let outcome = match next {
            Next::Answered => {
                let look = Look { now, before, published: &self.new };
                schedule::rhythm::observe(&mut polling.rhythm, &look);
                let (fresh_for, hints) = (polling.fresh_for, polling.hints);
                schedule::Outcome::Answered { fresh_for, hints, rhythm: &polling.rhythm }
            }
            Next::Gone => schedule::Outcome::Gone,
            Next::Failed { retry_after } => schedule::Outcome::Failed { failures: polling.failures, retry_after },
            Next::Pushed => return None,
        };
        let check = match relied_on {
            // Its hub tells what is new: polling is what remains when that fails.
            Some(until) => schedule::while_pushed(&source, outcome, [now, until], schedule),
            None => schedule::next_check(&source, outcome, now, schedule),
        };
        // As the store keeps it.
        polling.next_check = check.trunc_subsecs(3);
        changes.polled.push(*polling);
        Some(source)
    }

    /// What a hub sent teaches the rhythm, and nothing else: the source was not asked.
    fn learned(self, changes: &mut Changes) {
        let Reading { source, mut polling, now, before, .. } = self.reading;
        let look = Look { now, before, published: &self.new };
        schedule::rhythm::observe(&mut polling.rhythm, &look);
        changes.rhythms.push((source.id.clone(), polling.rhythm));
    }
}
