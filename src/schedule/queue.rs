//! Which source is due when: what is due is taken without a look at what is not.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::config::Schedule;
use crate::model::SourceId;

/// Sources in the order of the times at which they are due.
#[derive(Debug, Default)]
pub struct Queue {
    order: BTreeSet<(DateTime<Utc>, SourceId)>,
    times: BTreeMap<SourceId, Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    at: DateTime<Utc>,
    /// Whether it does not wait because others are due too: it did so before, or is local.
    has_waited: bool,
}

impl Queue {
    /// Puts a source where it is due next.
    pub fn put(&mut self, source: SourceId, at: DateTime<Utc>) {
        self.place(source, Place { at, has_waited: false });
    }

    /// Puts a source that costs nobody anything: it is never moved because many are due.
    pub fn put_local(&mut self, source: SourceId, at: DateTime<Utc>) {
        self.place(source, Place { at, has_waited: true });
    }

    /// Moves a source that waits for a later time to this one. Returns whether it waits at all.
    pub fn hasten(&mut self, source: &SourceId, at: DateTime<Utc>) -> bool {
        let Some(place) = self.times.get(source).copied() else { return false };
        if at < place.at {
            self.place(source.clone(), Place { at, ..place });
        }
        true
    }

    fn place(&mut self, source: SourceId, place: Place) {
        if let Some(before) = self.times.insert(source.clone(), place) {
            self.order.remove(&(before.at, source.clone()));
        }
        self.order.insert((place.at, source));
    }

    /// Takes out what is due at `now`, the longest due first.
    ///
    /// The cost is that of what is taken: it does not depend on the number of sources that are not due.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Vec<SourceId> {
        let mut due = Vec::new();
        while let Some((source, _)) = self.pop(now) {
            due.push(source);
        }
        due
    }

    /// Takes out what is due at `now`, but not everything at once where that is much: beyond `most`, sources are
    /// moved to within the least interval, each once, so that a first run over many and a clock that was set
    /// make no storm.
    pub fn take_some(&mut self, now: DateTime<Utc>, most: usize, schedule: &Schedule) -> Vec<SourceId> {
        let mut due = Vec::new();
        let mut fresh = 0;
        while let Some((source, place)) = self.pop(now) {
            if place.has_waited || fresh < most {
                fresh += usize::from(!place.has_waited);
                due.push(source);
                continue;
            }
            // Never back into what is being taken.
            let at = super::spread_out(&source, now, schedule).max(now + chrono::TimeDelta::milliseconds(1));
            self.place(source, Place { at, has_waited: true });
        }
        due
    }

    fn pop(&mut self, now: DateTime<Utc>) -> Option<(SourceId, Place)> {
        if self.order.first()?.0 > now {
            return None;
        }
        let (_, source) = self.order.pop_first()?;
        let place = self.times.remove(&source)?;
        Some((source, place))
    }

    /// When the next source is due; `None` when the queue is empty.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.order.first().map(|(at, _)| *at)
    }
}
