//! Builds the index at start, of what it held before.

use std::collections::{BTreeMap, HashMap};

use super::{publisher_of, publisher_of_source};
use crate::cluster::{self, CAPACITY, Index};
use crate::model::{EntryId, Publisher, Source, SourceId};
use crate::store::{self, Store};

/// Builds the index of what a store holds, in the order in which it came.
///
/// # Errors
/// When the store cannot be read.
pub fn rebuild(store: &Store, sources: &BTreeMap<SourceId, Source>) -> Result<Index, store::Error> {
    match restore(store, sources)? {
        Some(index) => Ok(index),
        None => Ok(prepare(store, sources)?.0),
    }
}

/// The same, so that the next time is quick where this one was not: what the store had kept was another version's, or it
/// had kept nothing yet.
pub(super) fn rebuild_and_keep(store: &mut Store, sources: &BTreeMap<SourceId, Source>) -> Result<Index, store::Error> {
    if let Some(index) = restore(store, sources)? {
        return Ok(index);
    }
    let (index, entries) = prepare(store, sources)?;
    store.replace_held(entries.into_iter().filter_map(|entry| Some((entry, index.keep(entry)?))))?;
    Ok(index)
}

/// The index as it was; `None` when not all of it can be read, or nothing is there.
fn restore(store: &Store, sources: &BTreeMap<SourceId, Source>) -> Result<Option<Index>, store::Error> {
    let mut index = Index::new();
    let mut known: HashMap<String, (SourceId, Publisher)> = HashMap::new();
    let mut stale = false;
    store.held(CAPACITY, |entry, story, bytes| {
        let who = |name: &str| {
            if let Some(known) = known.get(name) {
                return Some(known.clone());
            }
            let source = SourceId::new(name).ok()?;
            let who = (source.clone(), publisher_of_source(&source, sources));
            known.insert(name.to_owned(), who.clone());
            Some(who)
        };
        stale = stale || index.restore(entry, bytes, &story, who).is_err();
    })?;
    Ok((!stale && !index.is_empty()).then_some(index))
}

/// The index of the entries, read anew, and the entries in their order.
fn prepare(store: &Store, sources: &BTreeMap<SourceId, Source>) -> Result<(Index, Vec<EntryId>), store::Error> {
    let mut index = Index::new();
    let mut entries = Vec::new();
    for (entry, story) in store.latest(CAPACITY)? {
        entries.push(entry.id);
        index.insert(cluster::prepare(&entry, &publisher_of(&entry, sources)), &story);
    }
    Ok((index, entries))
}
