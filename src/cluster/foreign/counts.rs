//! In how many entries each mark stands, and the newest of those entries.

use super::tables::TABLES;
use super::{Kind, Mark, Tongue};
use crate::cluster::background::ARCHIVE;
use crate::cluster::map::Map;
use crate::cluster::newest::Newest;
use crate::cluster::vocabulary::commonness;

/// Entries remembered under a mark that the tables know: there are few of those, and they are common.
const MAX_KNOWN: usize = 512;
/// The same under any other.
const MAX_OTHER: usize = 128;
/// The share of news items in which a number that is met the first time is taken to stand, and a name.
const NUMBER_SHARE: f32 = 0.003;
const NAME_SHARE: f32 = 0.001;

/// A mark's number in the index: that of the tables, or one behind those.
pub(super) type MarkNumber = u32;

/// A mark of an indexed entry.
#[derive(Debug, Clone, Copy)]
pub(in crate::cluster) struct Held {
    pub(super) number: MarkNumber,
    weight_64ths: u8,
    pub(super) kind: Kind,
    pub(super) in_title: bool,
}

impl Held {
    pub(super) fn weight(self) -> f32 {
        f32::from(self.weight_64ths) / 64.0
    }
}

/// The marks of the entries held.
///
/// Ids may be hashes of a feed's words, so the map is one whose collisions cannot be made; its order is never
/// looked at.
#[derive(Debug)]
pub(in crate::cluster) struct Counts {
    /// The numbers of marks that no table knows.
    numbers: Map<u32, MarkNumber>,
    marks: Vec<Count>,
    /// Beside `marks`, on its own because it is read most: the logarithm of how common the mark is.
    log_commonness: Vec<f32>,
    free: Vec<MarkNumber>,
    tongues: Vec<(Tongue, u32)>,
}

#[derive(Debug)]
struct Count {
    id: u32,
    entries: u32,
    /// What the background adds to that.
    background: f32,
    /// Each tagged with its language, so that most need not be looked at.
    newest: Newest,
}

/// Bits of a slot's number: 4 million.
const SLOT_BITS: u32 = 22;
const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;

/// A slot with the letters of a language above it: where those differ, the languages do.
fn tagged(slot: u32, tongue: Tongue) -> u32 {
    let letter = |at: usize| u32::from(tongue.0[at]) & 31;
    (letter(0) << 5 | letter(1)) << SLOT_BITS | (slot & SLOT_MASK)
}

impl Default for Counts {
    fn default() -> Self {
        let mut counts = Self {
            numbers: Map::default(),
            marks: Vec::new(),
            log_commonness: Vec::new(),
            free: Vec::new(),
            tongues: Vec::new(),
        };
        for (id, known) in (0..).zip(&TABLES.known) {
            let background = known.share * ARCHIVE;
            counts.marks.push(Count { id, entries: 0, background, newest: Newest::None });
            counts.log_commonness.push(commonness(0, 0, background));
        }
        counts
    }
}

impl Counts {
    /// Notes that the entry in `slot` has these marks, and gives them as the index holds them, sorted by number.
    pub(in crate::cluster) fn add(&mut self, marks: &[Mark], tongue: Tongue, slot: u32) -> Box<[Held]> {
        match self.tongues.iter_mut().find(|(known, _)| *known == tongue) {
            Some((_, entries)) => *entries += 1,
            None => self.tongues.push((tongue, 1)),
        }
        let mut held: Vec<Held> = marks.iter().map(|mark| self.add_one(mark, tagged(slot, tongue))).collect();
        held.sort_unstable_by_key(|held| held.number);
        held.into()
    }

    fn add_one(&mut self, mark: &Mark, tagged: u32) -> Held {
        let number = self.number(mark.id).unwrap_or_else(|| self.admit(mark));
        if let Some(count) = self.marks.get_mut(number as usize) {
            count.entries += 1;
            count.newest.push(tagged, if is_known(mark.id) { MAX_KNOWN } else { MAX_OTHER });
        }
        self.weigh(number);
        let weight_64ths = (mark.weight * 64.0) as u8;
        Held { number, weight_64ths, kind: mark.kind, in_title: mark.in_title }
    }

    /// Marks that an entry holds, each with its weight in 64ths.
    pub(in crate::cluster) fn kept(&self, held: &[Held]) -> impl Iterator<Item = (Mark, u8)> {
        held.iter().filter_map(|held| {
            let id = self.marks.get(held.number as usize)?.id;
            let mark = Mark { id, kind: held.kind, weight: held.weight(), in_title: held.in_title };
            Some((mark, held.weight_64ths))
        })
    }

    /// Notes that the entry in `slot` is gone.
    pub(in crate::cluster) fn remove(&mut self, marks: &[Held], tongue: Tongue, slot: u32) {
        if let Some((_, entries)) = self.tongues.iter_mut().find(|(known, _)| *known == tongue) {
            *entries = entries.saturating_sub(1);
        }
        for mark in marks {
            let Some(count) = self.marks.get_mut(mark.number as usize) else { continue };
            count.entries = count.entries.saturating_sub(1);
            count.newest.remove(tagged(slot, tongue));
            if count.entries == 0 && !is_known(count.id) {
                self.numbers.remove(&count.id);
                count.newest = Newest::None;
                self.free.push(mark.number);
            } else {
                self.weigh(mark.number);
            }
        }
    }

    /// Whether there are entries in another language.
    pub(super) fn others(&self, tongue: Tongue) -> bool {
        self.tongues.iter().any(|&(known, entries)| known != tongue && entries > 0)
    }

    /// The number of a mark; none for one that no entry has and no table knows.
    pub(super) fn number(&self, id: u32) -> Option<MarkNumber> {
        if is_known(id) { Some(id) } else { self.numbers.get(&id).copied() }
    }

    /// The entries in other languages that have a mark, the newest first.
    pub(super) fn newest(&self, number: MarkNumber, tongue: Tongue) -> impl Iterator<Item = u32> + '_ {
        let of_own = tagged(0, tongue) >> SLOT_BITS;
        let met = self.marks.get(number as usize).map_or(&[][..], |count| count.newest.as_slice());
        met.iter().rev().filter(move |&&met| met >> SLOT_BITS != of_own).map(|met| met & SLOT_MASK)
    }

    /// The logarithm of the entries in which a mark is taken to stand, with those of an imagined archive.
    pub(super) fn log_commonness(&self, number: MarkNumber) -> f32 {
        self.log_commonness.get(number as usize).copied().unwrap_or(0.0)
    }

    /// The same of a mark that has no number.
    pub(super) fn log_commonness_of_new(kind: Kind) -> f32 {
        commonness(0, 0, share_of_new(kind) * ARCHIVE)
    }

    fn admit(&mut self, mark: &Mark) -> MarkNumber {
        let count =
            Count { id: mark.id, entries: 0, background: share_of_new(mark.kind) * ARCHIVE, newest: Newest::None };
        let number = self.free.pop().unwrap_or(self.marks.len() as MarkNumber);
        match self.marks.get_mut(number as usize) {
            Some(free) => *free = count,
            None => {
                self.marks.push(count);
                self.log_commonness.push(0.0);
            }
        }
        self.numbers.insert(mark.id, number);
        number
    }

    fn weigh(&mut self, number: MarkNumber) {
        if let (Some(count), Some(weight)) =
            (self.marks.get(number as usize), self.log_commonness.get_mut(number as usize))
        {
            *weight = commonness(count.entries, 0, count.background);
        }
    }
}

/// Whether an id is one of the tables'.
fn is_known(id: u32) -> bool {
    (id as usize) < TABLES.known.len()
}

fn share_of_new(kind: Kind) -> f32 {
    if kind == Kind::Number { NUMBER_SHARE } else { NAME_SHARE }
}
