//! The flood guard: a source that gave its items new ids is not published again.

use std::collections::{BTreeSet, HashSet};

use super::decide::Decision;
use super::{Core, Reading};
use crate::model::{EntryId, KeyAlias};
use crate::normalize::identity::{self, Face};
use crate::store;

/// So many of a source's newest entries are looked at: documents are shorter.
const LOOKED_AT: usize = 2_000;

/// Gives the items of a reading that are known under other keys these keys back, and notes the new ones.
pub(super) fn recognise(core: &Core, reading: &mut Reading, decision: &mut Decision) -> Result<(), store::Error> {
    let came = reading.entries.len();
    let items = reading.carried.as_ref().map_or(came, Vec::len).max(came);
    // A local article that has another name is another one; what is too short is no flood.
    if reading.withdraws || !identity::is_suspicious(came, items) {
        return Ok(());
    }
    let source = &reading.source.id;
    let keys: Vec<&str> = reading.entries.iter().map(|entry| entry.key.as_str()).collect();
    let carried = core.store.first_keys(source, &keys)?;
    let new: Vec<usize> = (0..came).filter(|at| !carried.contains_key(keys[*at])).collect();
    if !identity::is_suspicious(new.len(), items) {
        return Ok(());
    }
    let carried: BTreeSet<&String> = carried.values().collect();
    let again: HashSet<EntryId> = reading.carried.iter().flatten().map(|carried| carried.entry).collect();
    let mut known = core.store.names_of(source, LOOKED_AT)?;
    known.retain(|named| !carried.contains(&named.key) && !again.contains(&named.id));
    let known_faces: Vec<Face<'_>> =
        known.iter().map(|named| Face { url: named.url.as_ref(), title: &named.title }).collect();
    let new_faces: Vec<Face<'_>> = new
        .iter()
        .map(|at| &reading.entries[*at])
        .map(|entry| Face { url: entry.url.as_ref(), title: &entry.title })
        .collect();
    let pairs = identity::renamed(&new_faces, &known_faces, items);
    for (item, entry) in &pairs {
        let (item, entry) = (&mut reading.entries[new[*item]], &known[*entry]);
        let key = std::mem::replace(&mut item.key, entry.key.clone());
        let id = std::mem::replace(&mut item.id, entry.id);
        for carried in reading.carried.iter_mut().flatten().filter(|carried| carried.entry == id) {
            carried.entry = entry.id;
        }
        decision.changes.renamed.push(KeyAlias { source: reading.source.id.clone(), key, entry: entry.id });
    }
    if !pairs.is_empty() {
        let title = reading.source.title();
        tracing::info!(
            source = title,
            "{title} gave {} of its {items} items new ids: they are known again",
            pairs.len()
        );
    }
    Ok(())
}
