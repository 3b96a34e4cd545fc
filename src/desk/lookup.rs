//! Looks up what is remembered of sources on a thread and a connection of its own, so that asking goes on while the
//! clerk decides and stores.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

use super::due::Due;
use super::expected::Expected;
use crate::model::{Carried, Polling, Source, SourceId};
use crate::store::Store;
use crate::work::Crew;

/// What a document carried is looked up beforehand when it takes no more bytes: many sources may wait for their turn.
const CARRIED_BYTES: usize = 8 << 10;

/// Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    store: Arc<Mutex<Store>>,
    /// Once more, for threads that read documents: they wait for each other only.
    documents: Arc<Mutex<Store>>,
    thread: Arc<Crew>,
    expected: Arc<Expected>,
}

impl Lookup {
    /// Reads what is committed to `store` of so many sources.
    ///
    /// # Errors
    /// When the store cannot be opened once more, or there is no thread to be had.
    pub(super) fn open(store: &Store, sources: usize) -> anyhow::Result<Self> {
        let thread = Crew::start("wiredesk-lookup", 1).context("Failed to start a thread")?;
        let [store, documents] = [store.beside()?, store.beside()?].map(|store| Arc::new(Mutex::new(store)));
        Ok(Self { store, documents, thread: Arc::new(thread), expected: Arc::new(Expected::of(sources)) })
    }

    /// What is remembered of sources whose turn it is, in their order; with what the last document carried of those that
    /// are expected to bring one, if it is little.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn recall(&self, sources: Vec<Arc<Source>>) -> anyhow::Result<Vec<(Due, Option<Vec<Carried>>)>> {
        let (store, expected) = (Arc::clone(&self.store), Arc::clone(&self.expected));
        let work = move || {
            let store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let recalled = store.recall(&sources, |source| expected.brings(source), CARRIED_BYTES)?;
            let due = |(source, (polling, carried))| (remembered(source, polling), carried);
            Ok(sources.into_iter().zip(recalled).map(due).collect())
        };
        self.thread.run(work).await.context("Looking up what is remembered broke off")?
    }

    /// Learns what a source did.
    pub(super) fn answered(&self, source: &Source, has_brought_document: bool) {
        self.expected.learn(source, has_brought_document);
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
