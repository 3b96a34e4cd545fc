//! Which source is due when: what is due is taken without a look at what is not.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::Schedule;
use crate::model::{Location, Source, Sources};

/// Sources in the order of the times at which they are due; of one time, in that of their names.
#[derive(Debug, Default)]
pub struct Queue {
    /// Those that may wait here, by their numbers.
    sources: Vec<Arc<Source>>,
    order: BTreeSet<(DateTime<Utc>, u32)>,
    /// Of each source its place, while it waits.
    places: Vec<Option<Place>>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    at: DateTime<Utc>,
    /// Whether it does not wait because others are due too: it did so before, or is local.
    has_waited: bool,
}

impl Queue {
    /// An empty queue for these sources.
    pub fn of(sources: &Sources) -> Self {
        let sources: Vec<Arc<Source>> = sources.values().cloned().collect();
        Self { places: vec![None; sources.len()], order: BTreeSet::new(), sources }
    }

    /// Puts a source where it is due next. One that is not of this queue is left out.
    ///
    /// A file or folder costs nobody anything: it is never moved because many are due.
    pub fn put(&mut self, source: &Source, at: DateTime<Utc>) {
        if self.has(source) {
            let has_waited = !matches!(source.location, Location::Web(_));
            self.place(source.number, Place { at, has_waited });
        }
    }

    /// Moves a source that waits for a later time to this one. Returns whether it waits at all.
    pub fn hasten(&mut self, source: &Source, at: DateTime<Utc>) -> bool {
        let place = self.places.get(source.number as usize).copied().flatten();
        let Some(place) = place.filter(|_| self.has(source)) else { return false };
        if at < place.at {
            self.place(source.number, Place { at, ..place });
        }
        true
    }

    fn has(&self, source: &Source) -> bool {
        self.sources.get(source.number as usize).is_some_and(|other| other.id == source.id)
    }

    fn place(&mut self, number: u32, place: Place) {
        if let Some(before) = self.places[number as usize].replace(place) {
            self.order.remove(&(before.at, number));
        }
        self.order.insert((place.at, number));
    }

    /// Takes out what is due at `now`, the longest due first.
    ///
    /// The cost is that of what is taken: it does not depend on the number of sources that are not due.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Arc<Source>> {
        let mut due = Vec::new();
        while let Some((number, _)) = self.pop(now) {
            due.push(Arc::clone(&self.sources[number as usize]));
        }
        due
    }

    /// Takes out every source, due or not, and gives them all with those that did not wait.
    pub fn take_all(&mut self) -> Vec<Arc<Source>> {
        self.order.clear();
        self.places.fill(None);
        self.sources.clone()
    }

    /// Takes out what is due at `now`, but not everything at once where that is much: beyond `most`, sources are
    /// moved to within the least interval, each once, so that a first run over many and a clock that was set
    /// make no storm.
    pub fn take_some(&mut self, now: DateTime<Utc>, most: usize, schedule: &Schedule) -> Vec<Arc<Source>> {
        let mut due = Vec::new();
        let mut fresh = 0;
        while let Some((number, place)) = self.pop(now) {
            let source = &self.sources[number as usize];
            if place.has_waited || fresh < most {
                fresh += usize::from(!place.has_waited);
                due.push(Arc::clone(source));
                continue;
            }
            // Never back into what is being taken.
            let at = super::spread_out(&source.id, now, schedule).max(now + chrono::TimeDelta::milliseconds(1));
            self.place(number, Place { at, has_waited: true });
        }
        due
    }

    fn pop(&mut self, now: DateTime<Utc>) -> Option<(u32, Place)> {
        if self.order.first()?.0 > now {
            return None;
        }
        let (_, number) = self.order.pop_first()?;
        let place = self.places[number as usize].take()?;
        Some((number, place))
    }

    /// When the next source is due; `None` when the queue is empty.
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.order.first().map(|(at, _)| *at)
    }
}
