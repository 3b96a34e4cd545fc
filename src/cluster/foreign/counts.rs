//! In how many entries each mark stands, and the newest of those entries.

use std::collections::HashMap;

use super::tables::TABLES;
use super::{Kind, Mark, Tongue};

/// Entries remembered under a mark that the tables know: there are few of those, and they are common.
const MAX_KNOWN: usize = 512;
/// The same under any other.
const MAX_OTHER: usize = 128;

/// A mark of an indexed entry.
#[derive(Debug, Clone, Copy)]
pub(in crate::cluster) struct Held {
    pub(super) id: u32,
    weight_64ths: u8,
    pub(super) kind: Kind,
    pub(super) in_title: bool,
}

impl Held {
    fn new(mark: &Mark) -> Self {
        let weight_64ths = (mark.weight * 64.0) as u8;
        Self { id: mark.id, weight_64ths, kind: mark.kind, in_title: mark.in_title }
    }

    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight_64ths) / 64.0
    }
}

/// The marks of the entries held.
///
/// Ids may be hashes of a feed's words, so the map is one whose collisions cannot be made; its order is never
/// looked at.
#[derive(Debug, Default)]
pub(in crate::cluster) struct Counts {
    marks: HashMap<u32, Count>,
    tongues: Vec<(Tongue, u32)>,
}

#[derive(Debug, Default)]
struct Count {
    entries: u32,
    newest: Vec<u32>,
}

impl Counts {
    /// Notes that the entry in `slot` has these marks, and gives them as the index holds them.
    pub(in crate::cluster) fn add(&mut self, marks: &[Mark], tongue: Tongue, slot: u32) -> Box<[Held]> {
        match self.tongues.iter_mut().find(|(known, _)| *known == tongue) {
            Some((_, entries)) => *entries += 1,
            None => self.tongues.push((tongue, 1)),
        }
        for mark in marks {
            let count = self.marks.entry(mark.id).or_default();
            count.entries += 1;
            let most = if mark.id < 1 << 31 { MAX_KNOWN } else { MAX_OTHER };
            if count.newest.len() >= most {
                count.newest.remove(0);
            }
            count.newest.push(slot);
        }
        marks.iter().map(Held::new).collect()
    }

    /// Notes that the entry in `slot` is gone.
    pub(in crate::cluster) fn remove(&mut self, marks: &[Held], tongue: Tongue, slot: u32) {
        if let Some((_, entries)) = self.tongues.iter_mut().find(|(known, _)| *known == tongue) {
            *entries = entries.saturating_sub(1);
        }
        for mark in marks {
            let Some(count) = self.marks.get_mut(&mark.id) else { continue };
            count.entries = count.entries.saturating_sub(1);
            if count.entries == 0 {
                self.marks.remove(&mark.id);
            } else if let Some(at) = count.newest.iter().position(|&held| held == slot) {
                count.newest.remove(at);
            }
        }
    }

    /// Whether there are entries in another language.
    pub(super) fn others(&self, tongue: Tongue) -> bool {
        self.tongues.iter().any(|&(known, entries)| known != tongue && entries > 0)
    }

    /// The entries that have a mark, the newest first.
    pub(super) fn newest(&self, id: u32) -> impl Iterator<Item = u32> + '_ {
        self.marks.get(&id).into_iter().flat_map(|count| count.newest.iter().rev().copied())
    }

    /// The logarithm of the entries in which a mark is taken to stand, with those of an imagined archive.
    pub(super) fn log_commonness(&self, id: u32, kind: Kind, archive: f32) -> f32 {
        let entries = self.marks.get(&id).map_or(0, |count| count.entries);
        let share = match TABLES.known.get(id as usize) {
            Some(known) => known.share,
            None if kind == Kind::Number => 0.003,
            None => 0.001,
        };
        (entries as f32 + share * archive + 0.5).ln()
    }
}
