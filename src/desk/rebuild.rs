//! Builds the index at start, of what it held before.

use std::collections::HashMap;
use std::sync::mpsc::{self, Receiver};
use std::{mem, thread};

use super::publisher_of;
use crate::cluster::{self, CAPACITY, Index};
use crate::model::{EntryId, Publisher, SourceId, Sources, StoryId};
use crate::store::{self, Store};

/// Builds the index of what a store holds, in the order in which it came.
///
/// # Errors
/// When the store cannot be read.
pub fn rebuild(store: &Store, sources: &Sources) -> Result<Index, store::Error> {
    match restore(store, sources)? {
        Some(index) => Ok(index),
        None => Ok(prepare(store, sources)?.0),
    }
}

/// The same, so that the next time is quick where this one was not: what the store had kept was another version's, or it
/// had kept nothing yet.
pub(super) fn rebuild_and_keep(store: &mut Store, sources: &Sources) -> Result<Index, store::Error> {
    if let Some(index) = restore(store, sources)? {
        return Ok(index);
    }
    let (index, entries) = prepare(store, sources)?;
    store.replace_held(entries.into_iter().filter_map(|entry| Some((entry, index.keep(entry)?))))?;
    Ok(index)
}

/// An entry of the index, its story, and what the index held of it.
type Row = (EntryId, StoryId, Vec<u8>);

/// Rows that are handed on at once, and how often before the reader waits.
const BATCH: usize = 256;
const AHEAD: usize = 8;

/// The index as it was; `None` when not all of it can be read, or nothing is there. One thread reads the store, another
/// fills the index.
fn restore(store: &Store, sources: &Sources) -> Result<Option<Index>, store::Error> {
    let mut index = Index::new();
    index.reserve(store.held_count()?);
    thread::scope(|scope| {
        let (sender, batches) = mpsc::sync_channel::<Vec<Row>>(AHEAD);
        let filled = scope.spawn(move || fill(index, batches, sources));
        let mut batch = Vec::with_capacity(BATCH);
        store.held(CAPACITY, |entry, story, bytes| {
            batch.push((entry, story, bytes.to_vec()));
            if batch.len() == BATCH {
                // Nobody listens any more when the rows are another version's.
                let _ = sender.send(mem::replace(&mut batch, Vec::with_capacity(BATCH)));
            }
        })?;
        let _ = sender.send(batch);
        drop(sender);
        Ok(filled.join().unwrap_or(None))
    })
}

fn fill(mut index: Index, batches: Receiver<Vec<Row>>, sources: &Sources) -> Option<Index> {
    let mut known: HashMap<String, (SourceId, Publisher)> = HashMap::new();
    for (entry, story, bytes) in batches.into_iter().flatten() {
        let who = |name: &str| {
            if let Some(known) = known.get(name) {
                return Some(known.clone());
            }
            let source = SourceId::new(name).ok()?;
            let publisher = publisher_of(&source, sources);
            known.insert(name.to_owned(), (source.clone(), publisher.clone()));
            Some((source, publisher))
        };
        index.restore(entry, &bytes, &story, who).ok()?;
    }
    (!index.is_empty()).then_some(index)
}

/// The index of the entries, read anew, and the entries in their order.
fn prepare(store: &Store, sources: &Sources) -> Result<(Index, Vec<EntryId>), store::Error> {
    let mut index = Index::new();
    let mut entries = Vec::new();
    for (entry, story) in store.latest(CAPACITY)? {
        entries.push(entry.id);
        index.insert(cluster::prepare(&entry, &publisher_of(&entry.source, sources)), &story);
    }
    Ok((index, entries))
}
