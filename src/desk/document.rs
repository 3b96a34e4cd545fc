//! Has a document read where that disturbs nobody: on a thread of its own, or at once, when little of it is new.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::stages::{self, Document, Raw};
use super::{Desk, Trouble};
use crate::model::{Carried, Diagnosis, EntryId, Source};
use crate::parse;

/// So many items of a source are known again: there are archives in one document.
const MOST_CARRIED: usize = 2_000;

/// A document of so many bytes and so many new items is read by whom it comes to: to hand it to a thread takes as long.
/// The slowest of what people send on purpose is read at 5 MB/s, and so takes 13 ms.
const LITTLE_BYTES: usize = 64 << 10;
const FEW_ITEMS: usize = 2;
/// One of so many items that stand otherwise are a few.
const FEW_OF: usize = 8;

/// Reads a document, and gives back what the last one carried, too: `known`, if that was looked up.
///
/// A packed body may take as much room as a large one, whatever its size: one of them is unpacked at a time.
pub(super) async fn read_document(
    desk: &Desk,
    raw: Raw,
    source: &Arc<Source>,
    known: Option<Vec<Carried>>,
    now: DateTime<Utc>,
) -> Result<(Document, Vec<Carried>), Trouble> {
    let is_packed = parse::is_packed(&raw.body);
    let limit_bytes = desk.config.fetch.max_body_bytes;
    let known = match known {
        Some(known) if raw.body.len() <= LITTLE_BYTES && !is_packed => {
            match stages::read_little(&raw, source, &known, FEW_ITEMS, now) {
                Some(document) => return document.map(|document| (document, known)),
                None => Some(known),
            }
        }
        known => known,
    };
    let (owner, lookup) = (Arc::clone(source), desk.lookup.clone());
    let work = move || {
        let known = known.unwrap_or_else(|| lookup.carried(&owner.id));
        stages::read(&raw, &owner, &known, limit_bytes, now).map(|document| (document, known))
    };
    // Boxed, since most sources bring no document, and all would have to have room for it.
    let read = match is_packed {
        true => Box::pin(desk.clients[0].alone(work)).await,
        false => Box::pin(desk.readers.run(work)).await,
    };
    read.unwrap_or_else(|| Err(panicked("its thread ended")))
}

pub(super) fn panicked(error: &str) -> Trouble {
    let words =
        format!("reading it broke off, which is a fault of wiredesk: {error}; please report it with the document");
    Trouble { diagnosis: Diagnosis::Fault, words }
}

/// What a source carries after a document that was read whole, unless that is what is known. One without items takes
/// nothing away; a part is added to what was there. That a few items stand otherwise than before is not worth keeping:
/// where a count of comments is written into an item, it does each time, and the item is read again anyway.
pub(super) fn carried(mut carried: Vec<Carried>, known: Vec<Carried>, is_part: bool) -> Option<Vec<Carried>> {
    if carried.is_empty() {
        return None;
    }
    if is_part {
        let new: HashSet<EntryId> = carried.iter().map(|carried| carried.entry).collect();
        carried.extend(known.iter().filter(|known| !new.contains(&known.entry)).cloned());
    }
    carried.truncate(MOST_CARRIED);
    let is_known = carried.len() == known.len() && carried.iter().zip(&known).all(|(one, other)| one.is_same(other));
    let stand_otherwise = carried.iter().zip(&known).filter(|(one, other)| one.mark != other.mark).count();
    (!is_known || stand_otherwise > carried.len() / FEW_OF).then_some(carried)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mark;

    fn item(digest: u64, mark: u64) -> Carried {
        let entry = EntryId([digest as u8; 16]);
        Carried { digest, entry, page: None, language: None, mark: Some(Mark { item: mark, length: 9, around: 1 }) }
    }

    #[test]
    fn what_a_source_carries_is_kept_when_it_is_something_else() {
        let known: Vec<Carried> = (0..16).map(|digest| item(digest, digest)).collect();
        let with = |changed: std::ops::Range<u64>| {
            (0..16).map(|at| item(at, if changed.contains(&at) { 99 } else { at })).collect::<Vec<Carried>>()
        };
        assert_eq!(carried(known.clone(), known.clone(), false), None);
        assert_eq!(carried(with(0..2), known.clone(), false), None, "two stand otherwise");
        assert_eq!(carried(with(0..3), known.clone(), false), Some(with(0..3)));
        assert_eq!(carried(known[1..].to_vec(), known.clone(), false), Some(known[1..].to_vec()));
        assert_eq!(carried(Vec::new(), known.clone(), false), None, "nothing is taken away");
        assert_eq!(carried(vec![item(77, 77)], known.clone(), true), Some([vec![item(77, 77)], known].concat()));
    }
}
