//! Sends what is new in a feed to those who have an earlier version of it (RFC 3229, the instance manipulation `feed`).
//!
//! A feed knows since which of its versions it has each of its items, and the tags of its last versions: no earlier body
//! is kept. What a client lacks is the head, the items that are younger than the version it has, and the tail, put
//! together from the bytes of the present version: a whole feed, in which what the client has already is left out.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_128;

use super::pack::pack;
use crate::model::{Cuts, ETag};

/// So many earlier versions are known by their tags. At one version a minute that is seventeen hours.
const MOST_VERSIONS: usize = 1_000;

/// So many parts are kept ready; clients that poll at one rhythm lack the same items.
const MOST_PARTS: usize = 8;

/// What is known of a feed's items and its earlier versions.
#[derive(Debug)]
pub(super) struct Delta {
    version: u64,
    cuts: Cuts,
    /// The hash of each item, and the version that first had it without a break.
    items: Vec<(u128, u64)>,
    /// The tags of earlier versions, in every coding, the newest first.
    earlier: VecDeque<(ETag, u64)>,
    /// Parts that were asked for, by the number of items that they hold: those are always the youngest.
    parts: Mutex<VecDeque<(usize, Part)>>,
}

/// A part of a feed, a whole feed itself.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub plain: Bytes,
    /// Where it is shorter.
    pub gzip: Option<Bytes>,
}

impl Delta {
    /// That of a feed of which no earlier version is known.
    pub(super) fn first(cuts: Cuts, body: &Bytes) -> Self {
        let items = hashes(&cuts, body).map(|hash| (hash, 0)).collect();
        Self { version: 0, cuts, items, earlier: VecDeque::new(), parts: Mutex::default() }
    }

    /// That of a feed whose last version had `tags`.
    pub(super) fn after<'t>(&self, tags: impl Iterator<Item = &'t ETag>, cuts: Cuts, body: &Bytes) -> Self {
        let version = self.version + 1;
        let known: HashMap<u128, u64> = self.items.iter().copied().collect();
        let items = hashes(&cuts, body).map(|hash| (hash, known.get(&hash).copied().unwrap_or(version))).collect();
        let last = tags.map(|tag| (tag.clone(), self.version));
        // A version has a tag for each of two codings. What came back to an earlier state has it twice: the later counts.
        let earlier = last.chain(self.earlier.iter().cloned()).take(MOST_VERSIONS * 2).collect();
        Self { version, cuts, items, earlier, parts: Mutex::default() }
    }

    /// What a client lacks that has the version with one of these tags. `None` when the version is not known, or so
    /// little of it is left that the whole feed is no larger.
    pub(super) fn since(&self, mut is_held: impl FnMut(&str) -> bool, body: &Bytes) -> Option<Part> {
        let (_, held) = self.earlier.iter().find(|(tag, _)| is_held(tag.as_str()))?;
        let lacks: Vec<bool> = self.items.iter().map(|(_, since)| since > held).collect();
        let count = lacks.iter().filter(|lacks| **lacks).count();
        if count == self.items.len() && count > 0 {
            return None;
        }
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, part)) = parts.iter().find(|(of, _)| *of == count) {
            return Some(part.clone());
        }
        let plain = Bytes::from(self.join(&lacks, body)?);
        let part = Part { gzip: pack(&plain, None).map(|packed| packed.body), plain };
        parts.truncate(MOST_PARTS - 1);
        parts.push_front((count, part.clone()));
        Some(part)
    }

    fn join(&self, lacks: &[bool], body: &Bytes) -> Option<Vec<u8>> {
        let (first, last) = (self.cuts.items.first(), self.cuts.items.last());
        let (Some(first), Some(last)) = (first, last) else { return Some(body.to_vec()) };
        let mut whole = body.get(..first.start)?.to_vec();
        let lacking = self.cuts.items.iter().zip(lacks).filter(|(_, lacks)| **lacks);
        for (at, (range, _)) in lacking.enumerate() {
            if at > 0 {
                whole.extend_from_slice(self.cuts.between.as_bytes());
            }
            whole.extend_from_slice(body.get(range.clone())?);
        }
        whole.extend_from_slice(body.get(last.end..)?);
        Some(whole)
    }
}

fn hashes<'b>(cuts: &'b Cuts, body: &'b Bytes) -> impl Iterator<Item = u128> + 'b {
    cuts.items.iter().map(|range| xxh3_128(body.get(range.clone()).unwrap_or_default()))
}
