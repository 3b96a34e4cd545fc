//! Where the site goes beside the server: a folder that is written at once, and again after a failure, and a bucket
//! that is put in its own time: the newest site, whatever came before.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{Notify, watch};

use super::Desk;
use super::complaint::Complaint;
use crate::config::Config;
use crate::fetch;
use crate::model::Rendered;
use crate::publish;
use crate::publish::bucket::{Bucket, Keys};

/// What could not be written into the folder is written again after so long.
const FOLDER_AGAIN: Duration = Duration::from_secs(5);

/// What could not be put into the bucket is put again after so long at first, and twice as long after each further try.
const BUCKET_AGAIN: Duration = Duration::from_secs(5);
const BUCKET_LONGEST: Duration = Duration::from_secs(300);

/// What is known of the places that the site goes to. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Outlets(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The site as it is to be; `None` until it was published.
    newest: watch::Sender<Option<Arc<[Rendered]>>>,
    bucket: Option<Bucket>,
    folder: Mutex<Complaint>,
    /// The folder could not be written.
    folder_failed: Notify,
}

impl Outlets {
    /// # Errors
    /// When the client of the bucket cannot be made.
    pub(super) fn open(config: &Config) -> Result<Self, fetch::Error> {
        let bucket = match &config.bucket {
            Some(bucket) => Some(Bucket::new(bucket, fetch::storage_client(&config.site.url)?)),
            None => None,
        };
        let (newest, _) = watch::channel(None);
        let (folder, folder_failed) = (Mutex::default(), Notify::new());
        Ok(Self(Arc::new(Inner { newest, bucket, folder, folder_failed })))
    }

    pub(super) fn renew(&self, documents: Arc<[Rendered]>) {
        self.0.newest.send_replace(Some(documents));
    }

    fn newest(&self) -> Arc<[Rendered]> {
        self.0.newest.borrow().clone().unwrap_or_default()
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

    /// Puts the newest site into its bucket, if it has one. Returns how many objects changed. Calls must not overlap.
    ///
    /// # Errors
    /// When the keys cannot be read, or the store fails.
    pub async fn put_into_bucket(&self) -> anyhow::Result<usize> {
        let (Some(config), Some(bucket)) = (&self.config.bucket, &self.outlets.0.bucket) else { return Ok(0) };
        let documents = self.outlets.newest();
        let keys = match config.is_s3() {
            true => Some(fetch::bucket_keys(config).await.map_err(|cause| anyhow::anyhow!("[publish]: {cause}"))?),
            false => None,
        };
        let keys = keys.and_then(|keys| {
            let mut keys = keys.into_iter();
            Some(Keys { access_key: keys.next()?, secret_key: keys.next()?, session_token: keys.next() })
        });
        let written = bucket.put(&documents, keys.as_ref()).await.context("Failed to publish the site")?;
        tracing::debug!("the bucket has {} new objects, and {} less", written.changed, written.removed);
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

/// Keeps the folder and the bucket up to date; neither waits for the other.
pub(super) async fn work(desk: &Desk) -> Infallible {
    tokio::select! {
        never = keep_folder(desk) => match never {},
        never = keep_bucket(desk) => match never {},
    }
}

/// Puts each site into the bucket that is the newest when the one before is done, and again for as long as it fails.
async fn keep_bucket(desk: &Desk) -> Infallible {
    if desk.outlets.0.bucket.is_none() {
        return std::future::pending().await;
    }
    let mut sites = desk.outlets.0.newest.subscribe();
    let (mut complaint, mut pause) = (Complaint::default(), BUCKET_AGAIN);
    loop {
        if sites.borrow_and_update().is_some() {
            match desk.put_into_bucket().await {
                Ok(_) => {
                    complaint.settle("publishing into the bucket");
                    pause = BUCKET_AGAIN;
                }
                Err(error) => {
                    complaint.raise(&error, pause);
                    tokio::time::sleep(pause).await;
                    pause = BUCKET_LONGEST.min(pause * 2);
                    continue;
                }
            }
        }
        // Cannot fail: the desk has the sender.
        let _ = sites.changed().await;
    }
}

/// Writes the folder again for as long as it fails.
async fn keep_folder(desk: &Desk) -> Infallible {
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
