//! Opens what a bucket is kept in: an S3-compatible store, a folder, or memory; and says in words what it refuses.

use std::error::Error as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use crate::config::{self, BucketPlace};
use crate::model::Secret;
use crate::text;

/// A request that fails for a passing reason (no answer, 5xx, 429) is sent again so often.
const RETRIES: usize = 4;
/// The wait before the first further try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// No further try after so long.
const LONGEST_RETRYING: Duration = Duration::from_secs(90);
/// So much of what a store says is passed on.
const MAX_WORDS: usize = 300;

/// Who the desk is to the store.
#[derive(Debug, Clone)]
pub struct Keys {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key: Secret,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_key: Secret,
    /// `AWS_SESSION_TOKEN`, of keys that are lent for a time.
    pub session_token: Option<Secret>,
}

/// What a bucket is kept in.
#[derive(Debug)]
pub(super) enum Backend {
    S3 { config: Box<config::Bucket>, http: reqwest::Client },
    Folder(PathBuf),
    Memory(Arc<InMemory>),
}

impl Backend {
    pub(super) fn new(config: &config::Bucket, http: reqwest::Client) -> Self {
        match &config.place {
            BucketPlace::S3 { .. } => Self::S3 { config: Box::new(config.clone()), http },
            BucketPlace::Folder(folder) => Self::Folder(folder.clone()),
            BucketPlace::Memory => Self::Memory(Arc::default()),
        }
    }

    /// Whether it keeps media types and the like with objects.
    pub(super) fn keeps_headers(&self) -> bool {
        !matches!(self, Self::Folder(_))
    }

    /// The store, and where in it the site stands. Keys may be others than the last time.
    ///
    /// # Errors
    /// In words.
    pub(super) async fn open(&self, keys: Option<&Keys>) -> Result<(Arc<dyn ObjectStore>, Path), String> {
        let say = |error: object_store::Error| explain(&error, keys);
        match self {
            Self::Memory(memory) => Ok((memory.clone(), Path::default())),
            Self::Folder(folder) => {
                let made = tokio::fs::create_dir_all(folder).await;
                made.map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(say)?;
                Ok((Arc::new(store.with_automatic_cleanup(true).with_fsync(true)), Path::default()))
            }
            Self::S3 { config, http } => {
                let BucketPlace::S3 { name, prefix } = &config.place else { return Err("it is no S3 store".into()) };
                let keys = keys.ok_or("there are no keys")?;
                let backoff = BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 };
                let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: LONGEST_RETRYING };
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(name)
                    .with_region(&config.region)
                    .with_access_key_id(keys.access_key.reveal())
                    .with_secret_access_key(keys.secret_key.reveal())
                    // Not every S3-compatible store removes several objects in one request.
                    .with_disable_bulk_delete(true)
                    .with_retry(retry)
                    .with_http_connector(Connector(http.clone()));
                if let Some(endpoint) = &config.endpoint {
                    let is_plain = endpoint.scheme() == "http";
                    builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/')).with_allow_http(is_plain);
                }
                if let Some(token) = &keys.session_token {
                    builder = builder.with_token(token.reveal());
                }
                let root = Path::parse(prefix).map_err(|error| error.to_string())?;
                Ok((Arc::new(builder.build().map_err(say)?), root))
            }
        }
    }
}

/// Hands our own HTTP client to the store's.
#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

/// What a store said, and what to do about it, without keys and in one line.
pub(super) fn explain(error: &object_store::Error, keys: Option<&Keys>) -> String {
    use object_store::Error::{NotFound, PermissionDenied, Unauthenticated};
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        // Most say what their cause says.
        let said = deeper.to_string();
        if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        cause = deeper.source();
    }
    let element = |name: &str| {
        let (_, rest) = words.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    // The body of S3's errors; it may repeat what was signed.
    let said = match (element("Code"), element("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code,
        _ => words,
    };
    let mut said = text::fold(&said);
    for key in keys.into_iter().flat_map(|keys| {
        [Some(&keys.secret_key), Some(&keys.access_key), keys.session_token.as_ref()].into_iter().flatten()
    }) {
        if !key.reveal().is_empty() {
            said = said.replace(key.reveal(), "…");
        }
    }
    let advice = match error {
        PermissionDenied { .. } | Unauthenticated { .. } => {
            "; check the keys, the region and the clock, and that they may get, put and delete there"
        }
        NotFound { .. } => "; make the bucket, or correct `bucket` and `endpoint` under [publish]",
        _ => "",
    };
    format!("{}{advice}", text::clip(&said, MAX_WORDS))
}
