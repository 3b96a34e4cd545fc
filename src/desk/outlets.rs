//! Where the site goes beside the server: a folder that is written at once, and again after a failure.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::Notify;

use super::Desk;
use super::complaint::Complaint;
use crate::model::Rendered;
use crate::publish;

/// What could not be written into the folder is written again after so long.
const FOLDER_AGAIN: Duration = Duration::from_secs(5);

/// What is known of the places that the site goes to. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Outlets(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The site as it is to be.
    newest: Mutex<Arc<[Rendered]>>,
    folder: Mutex<Complaint>,
    /// The folder could not be written.
    folder_failed: Notify,
}

impl Outlets {
    pub(super) fn renew(&self, documents: Arc<[Rendered]>) {
        *lock(&self.0.newest) = documents;
    }

    fn newest(&self) -> Arc<[Rendered]> {
        lock(&self.0.newest).clone()
    }
}

impl Desk {
    /// Writes the site into its folder, if it has one. Returns how many files changed. Calls must not overlap.
    pub(super) async fn write_folder(&self) -> anyhow::Result<usize> {
        let Some(dir) = self.config.publish.clone() else { return Ok(0) };
        let documents = self.outlets.newest();
        let written = tokio::task::spawn_blocking(move || publish::write(&dir, &documents));
        let written = written.await.context("Publishing broke off")?.context("Failed to publish the site")?;
        lock(&self.outlets.0.folder).settle("publishing into the folder");
        Ok(written.changed + written.removed)
    }

    /// Takes note that the folder could not be written: a person is told once, and it is tried again.
    pub(super) fn folder_failed(&self, error: &anyhow::Error) {
        lock(&self.outlets.0.folder).raise(error, FOLDER_AGAIN);
        self.outlets.0.folder_failed.notify_one();
    }
}

/// Whether publishing failed in the folder, and not before.
pub(super) fn is_of_folder(error: &anyhow::Error) -> bool {
    error.downcast_ref::<publish::Error>().is_some()
}

/// Whether somebody has but to make room.
pub(super) fn may_pass(error: &anyhow::Error) -> bool {
    error.downcast_ref::<publish::Error>().is_some_and(publish::Error::may_pass)
}

/// Writes the folder again for as long as it fails.
pub(super) async fn work(desk: &Desk) -> Infallible {
    loop {
        desk.outlets.0.folder_failed.notified().await;
        tokio::time::sleep(FOLDER_AGAIN).await;
        let _turn = desk.publishing.lock().await;
        // A later publication may have written it.
        if lock(&desk.outlets.0.folder).is_open()
            && let Err(error) = desk.write_folder().await
        {
            desk.folder_failed(&error);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
