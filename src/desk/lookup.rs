//! Looks up what is remembered of sources on a thread and a connection of its own, so that asking goes on while the
//! clerk decides and stores.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

use super::due::Due;
use crate::model::{Carried, Polling, Source, SourceId};
use crate::store::{self, Store};
use crate::work::Crew;

/// Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    store: Arc<Mutex<Store>>,
    /// Once more, for threads that read documents: they wait for each other only.
    documents: Arc<Mutex<Store>>,
    sources: Arc<BTreeMap<SourceId, Source>>,
    thread: Arc<Crew>,
}

impl Lookup {
    /// Reads what is committed to `store`, of these sources.
    ///
    /// # Errors
    /// When the store cannot be opened once more, or there is no thread to be had.
    pub(super) fn open(store: &Store, sources: &Arc<BTreeMap<SourceId, Source>>) -> anyhow::Result<Self> {
        let thread = Crew::start("wiredesk-lookup", 1).context("Failed to start a thread")?;
        let [store, documents] = [store.beside()?, store.beside()?].map(|store| Arc::new(Mutex::new(store)));
        Ok(Self { store, documents, sources: sources.clone(), thread: Arc::new(thread) })
    }

    /// What is remembered of sources whose turn it is, in their order; `None` for one that is not configured.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) async fn recall(&self, sources: Vec<SourceId>) -> anyhow::Result<Vec<Option<Due>>> {
        let due = self.ask(move |store, all| {
            let remembered = store.pollings_of(&sources)?.into_iter().zip(sources);
            Ok(remembered.map(|(polling, source)| due(all.get(&source)?, polling)).collect())
        });
        Ok(due.await??)
    }

    /// What the last document of a source carried; nothing when that cannot be read: then all of it is read again.
    ///
    /// For threads that may wait for the disk.
    pub(super) fn carried(&self, source: &SourceId) -> Vec<Carried> {
        let store = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        store.carried(source).unwrap_or_default()
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store, &BTreeMap<SourceId, Source>) -> Result<T, store::Error> + Send + 'static,
    ) -> anyhow::Result<Result<T, store::Error>> {
        let Self { store, sources, .. } = self.clone();
        let work = move || work(&store.lock().unwrap_or_else(PoisonError::into_inner), &sources);
        self.thread.run(work).await.context("Looking up what is remembered broke off")
    }
}

/// What is remembered of a source; `None` when it is not configured.
pub(super) fn recall(
    store: &Store,
    sources: &BTreeMap<SourceId, Source>,
    source: &SourceId,
) -> Result<Option<Due>, store::Error> {
    let Some(source) = sources.get(source) else { return Ok(None) };
    Ok(due(source, store.polling(&source.id)?))
}

fn due(source: &Source, polling: Option<Polling>) -> Option<Due> {
    Some((source.clone(), polling.unwrap_or_else(|| Polling::never(source.id.clone()))))
}
