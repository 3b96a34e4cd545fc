//! Looks up what is remembered of sources on a thread and a connection of its own, so that asking goes on while the
//! clerk decides and stores.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

use super::due::Due;
use crate::model::{Carried, Polling, Source, SourceId};
use crate::store::Store;
use crate::work::Crew;

/// Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    store: Arc<Mutex<Store>>,
    /// Once more, for threads that read documents: they wait for each other only.
    documents: Arc<Mutex<Store>>,
    thread: Arc<Crew>,
}

impl Lookup {
    /// Reads what is committed to `store`.
    ///
    /// # Errors
    /// When the store cannot be opened once more, or there is no thread to be had.
    pub(super) fn open(store: &Store) -> anyhow::Result<Self> {
        let thread = Crew::start("wiredesk-lookup", 1).context("Failed to start a thread")?;
        let [store, documents] = [store.beside()?, store.beside()?].map(|store| Arc::new(Mutex::new(store)));
        Ok(Self { store, documents, thread: Arc::new(thread) })
    }

    /// What is remembered of sources whose turn it is, in their order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn recall(&self, sources: Vec<Arc<Source>>) -> anyhow::Result<Vec<Due>> {
        let store = Arc::clone(&self.store);
        let work = move || {
            let store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let pollings = store.pollings_of(sources.iter().map(|source| &source.id))?;
            Ok(sources.into_iter().zip(pollings).map(|(source, polling)| remembered(source, polling)).collect())
        };
        self.thread.run(work).await.context("Looking up what is remembered broke off")?
    }

    /// What the last document of a source carried; nothing when that cannot be read: then all of it is read again.
    ///
    /// For threads that may wait for the disk.
    pub(super) fn carried(&self, source: &SourceId) -> Vec<Carried> {
        let store = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        store.carried(source).unwrap_or_default()
    }
}

/// A source, and what is remembered of it: one of which nothing is was never asked.
pub(super) fn remembered(source: Arc<Source>, polling: Option<Polling>) -> Due {
    let polling = polling.unwrap_or_else(|| Polling::never(source.id.clone()));
    (source, Box::new(polling))
}
