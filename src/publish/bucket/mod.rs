//! Puts the site into a bucket of object storage: finished documents in, changed objects out.
//!
//! A bucket has no renames, so the order has to do: what is linked to goes before what links to it, and nothing is
//! removed before all the rest is there. Whoever reads meanwhile finds the old site or the new one at each address, and
//! every link leads somewhere. A failure leaves it like that, and the next call goes on from there.
//!
//! The object `.wiredesk` lists what the desk put, and with which tag; what is not on it is never removed. An object is
//! put on the list before it is put itself, so that nothing is left that nobody knows of.

mod backend;
mod list;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions, PutPayload};
use tokio::task::JoinSet;

use super::Written;
use crate::config;
use crate::model::{Rendered, SitePath};

pub use backend::Keys;
use backend::{Backend, explain};
use list::List;

/// Requests under way at once.
const CONCURRENCY: usize = 8;

/// Everything together may take so long: whoever waits for it is told then.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Says why the site could not be put.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store said no, or nothing.
    #[error("failed to {action} `{object}` in {place}: {cause}; the site there can be read all the same")]
    Store {
        /// What was being done.
        action: &'static str,
        /// To which object.
        object: String,
        /// The bucket.
        place: String,
        /// What the store said, without keys.
        cause: String,
    },
    /// The store cannot be used at all.
    #[error("cannot publish into {place}: {cause}")]
    Setup {
        /// The bucket.
        place: String,
        /// Why.
        cause: String,
    },
    /// It took too long.
    #[error(
        "publishing into {place} took longer than {}; the next try goes on from there",
        humantime::format_duration(LONGEST)
    )]
    Slow {
        /// The bucket.
        place: String,
    },
}

/// A bucket, or a part of one, that is the desk's to write to.
#[derive(Debug)]
pub struct Bucket {
    place: String,
    backend: Backend,
}

impl Bucket {
    /// Gets ready to publish there. Nothing is asked of the store yet. `http` is what asks an S3 store.
    pub fn new(config: &config::Bucket, http: reqwest::Client) -> Self {
        Self { place: config.to_string(), backend: Backend::new(config, http) }
    }

    /// Puts the documents that have changed since the list was last written, and removes what the desk put before and
    /// what is not among them. What not everyone may read is left out. Calls for one bucket must not overlap.
    ///
    /// # Errors
    /// When the store fails, also after some more tries.
    pub async fn put(&self, documents: &[Rendered], keys: Option<&Keys>) -> Result<Written, Error> {
        let setup = |cause| Error::Setup { place: self.place.clone(), cause };
        let (store, root) = self.backend.open(keys).await.map_err(setup)?;
        let turn = Turn { store, root, place: &self.place, keys, keeps_headers: self.backend.keeps_headers() };
        let done = tokio::time::timeout(LONGEST, turn.put(documents)).await;
        done.unwrap_or_else(|_| Err(Error::Slow { place: self.place.clone() }))
    }
}

/// One publication.
struct Turn<'a> {
    store: Arc<dyn ObjectStore>,
    root: Path,
    place: &'a str,
    keys: Option<&'a Keys>,
    keeps_headers: bool,
}

impl Turn<'_> {
    async fn put(&self, documents: &[Rendered]) -> Result<Written, Error> {
        // Of two documents for one place the last counts, as it does where they are served.
        let documents: BTreeMap<&SitePath, &Rendered> =
            documents.iter().map(|document| (&document.path, document)).collect();
        // A bucket asks nobody for a token.
        let documents: Vec<&Rendered> =
            documents.into_values().filter(|document| document.readers.is_everyone()).collect();
        let listed = self.read_list().await?;
        let wanted = List::of(&documents);
        let changed: Vec<&Rendered> =
            documents.iter().copied().filter(|document| !listed.has(&document.path, &document.etag)).collect();
        let gone: Vec<SitePath> = listed.paths().filter(|path| !wanted.knows(path)).cloned().collect();
        let unchanged = documents.len() - changed.len();
        let written = Written { changed: changed.len(), removed: gone.len(), unchanged };
        if listed == wanted {
            return Ok(written);
        }
        if changed.iter().any(|document| !listed.knows(&document.path)) {
            self.write_list(&listed.with_unknown(changed.iter().map(|document| &document.path))).await?;
        }
        let ranks: BTreeSet<u8> = changed.iter().map(|document| rank(&document.path)).collect();
        for rank in ranks {
            let of_rank = changed.iter().filter(|document| self::rank(&document.path) == rank);
            let puts = of_rank.map(|document| {
                let options = PutOptions { attributes: self.headers(document.media_type), ..PutOptions::default() };
                (self.object(document.path.as_str()), document.bytes.clone(), options)
            });
            self.side_by_side("put", puts.collect(), |store, (object, bytes, options)| async move {
                store.put_opts(&object, PutPayload::from(bytes), options).await.map(drop)
            })
            .await?;
        }
        let removals = gone.iter().map(|path| (self.object(path.as_str()), (), ()));
        self.side_by_side("remove", removals.collect(), |store, (object, (), ())| async move {
            match store.delete(&object).await {
                Err(object_store::Error::NotFound { .. }) => Ok(()),
                done => done,
            }
        })
        .await?;
        self.write_list(&wanted).await?;
        Ok(written)
    }

    fn object(&self, path: &str) -> Path {
        path.split('/').fold(self.root.clone(), |object, segment| object.join(segment))
    }

    fn headers(&self, media_type: &'static str) -> Attributes {
        let mut headers = Attributes::new();
        if self.keeps_headers {
            headers.insert(Attribute::ContentType, media_type.into());
            headers.insert(Attribute::CacheControl, crate::model::cache_control(media_type).into());
        }
        headers
    }

    /// What the desk has put so far; nothing where there is no list, or none of ours.
    async fn read_list(&self) -> Result<List, Error> {
        let object = self.object(list::NAME);
        let bytes = match self.store.get(&object).await {
            Ok(found) if found.meta.size > list::MAX_BYTES => Ok(Bytes::new()),
            Ok(found) => found.bytes().await,
            Err(object_store::Error::NotFound { .. }) => return Ok(List::default()),
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|error| self.error("read the list", &object, &error))?;
        Ok(List::read(&bytes).unwrap_or_else(|| {
            tracing::warn!(
                "`{object}` in {} is no list of wiredesk's: it is written anew, and nothing is removed that it does not name",
                self.place
            );
            List::default()
        }))
    }

    async fn write_list(&self, list: &List) -> Result<(), Error> {
        let object = self.object(list::NAME);
        let options = PutOptions { attributes: self.headers("text/plain; charset=utf-8"), ..PutOptions::default() };
        let put = self.store.put_opts(&object, PutPayload::from(Bytes::from(list.to_string())), options).await;
        put.map(drop).map_err(|error| self.error("write the list", &object, &error))
    }

    /// Does something to objects, some at a time. The first failure ends it.
    async fn side_by_side<A, B, F>(
        &self,
        action: &'static str,
        objects: Vec<(Path, A, B)>,
        act: impl Fn(Arc<dyn ObjectStore>, (Path, A, B)) -> F,
    ) -> Result<(), Error>
    where
        F: Future<Output = object_store::Result<()>> + Send + 'static,
    {
        let mut under_way = JoinSet::new();
        let mut objects = objects.into_iter();
        loop {
            while under_way.len() < CONCURRENCY
                && let Some(object) = objects.next()
            {
                let path = object.0.clone();
                let acting = act(self.store.clone(), object);
                under_way.spawn(async move { (path, acting.await) });
            }
            match under_way.join_next().await {
                None => return Ok(()),
                Some(Ok((_, Ok(())))) => {}
                Some(Ok((path, Err(error)))) => return Err(self.error(action, &path, &error)),
                Some(Err(error)) => {
                    return Err(Error::Setup { place: self.place.to_owned(), cause: error.to_string() });
                }
            }
        }
    }

    fn error(&self, action: &'static str, object: &Path, error: &object_store::Error) -> Error {
        let cause = explain(error, self.keys);
        Error::Store { action, object: object.to_string(), place: self.place.to_owned(), cause }
    }
}

/// Documents of a lower rank link to none of a higher one, but for links to what was there before.
fn rank(path: &SitePath) -> u8 {
    let path = path.as_str();
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html" | "atom" | "rss" | "json") if path.contains('/') => 1,
        Some("opml") => 3,
        _ if path == "index.html" => 3,
        Some("html" | "atom" | "rss" | "json") => 2,
        _ => 0,
    }
}
