//! Reads where the site is published besides being served: a folder and a bucket.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeValue;
use url::Url;

use super::access::{self, Keys};
use super::section::{Notes, Section};
use super::{Bucket, BucketPlace, values};
use crate::model::SecretPlace;

const BUCKET: &str = r#""s3://my-bucket/wire""#;
const ACCESS: Keys = Keys { literal: "access_key", environment: "access_key_env", file: "access_key_file" };
const SECRET: Keys = Keys { literal: "secret_key", environment: "secret_key_env", file: "secret_key_file" };
const SESSION: Keys = Keys { literal: "session_token", environment: "session_token_env", file: "session_token_file" };

/// Reads `[publish]`.
pub(super) fn publish(mut section: Section<'_, '_>, folder: &Path, notes: &Notes) -> (Option<PathBuf>, Option<Bucket>) {
    let dir = section.value("dir", r#""public""#, values::text);
    let place = section.value("bucket", BUCKET, |value| bucket_place(&values::text(value)?, folder));
    let endpoint_at = section.raw("endpoint").map(Spanned::span);
    let endpoint = section.value("endpoint", r#""https://s3.example.org""#, endpoint);
    let region_at = section.raw("region").map(Spanned::span);
    let region = section.value("region", r#""eu-central-1""#, values::text);
    let [access_key, secret_key, session_token] =
        [&ACCESS, &SECRET, &SESSION].map(|keys| access::secret(&mut section, keys, folder, notes).ok().flatten());
    section.finish();
    let is_s3 = matches!(place.as_ref().map(|at| &at.value), Some(BucketPlace::S3 { .. }));
    if let Some(at) = endpoint_at.or(region_at).filter(|_| !is_s3) {
        notes.add(at, "there is no S3 `bucket` that this is for", format!("add a line: bucket = {BUCKET}"));
    }
    let variable = |name: &str| SecretPlace::Environment(name.to_owned());
    let bucket = place.map(|place| Bucket {
        place: place.value,
        endpoint: endpoint.map(|at| at.value),
        region: region.map_or_else(|| "us-east-1".to_owned(), |at| at.value),
        access_key: access_key.unwrap_or_else(|| variable("AWS_ACCESS_KEY_ID")),
        secret_key: secret_key.unwrap_or_else(|| variable("AWS_SECRET_ACCESS_KEY")),
        session_token,
    });
    (dir.map(|dir| folder.join(dir.value)), bucket)
}

fn bucket_place(words: &str, folder: &Path) -> Result<BucketPlace, String> {
    if words == "memory:" {
        return Ok(BucketPlace::Memory);
    }
    if let Some(path) = words.strip_prefix("file://") {
        return match path.is_empty() {
            true => Err("names no folder: `file:///srv/www`".into()),
            false => Ok(BucketPlace::Folder(folder.join(path))),
        };
    }
    let Some(rest) = words.strip_prefix("s3://") else {
        return Err("must begin with `s3://` (or `file:///`, or be `memory:`)".into());
    };
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = (3..=63).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.'));
    if !is_name {
        return Err(format!(
            "names the bucket `{name}`, but a bucket has 3 to 63 lower-case letters, digits, `-` and `.`"
        ));
    }
    let prefix = prefix.trim_end_matches('/');
    let is_path = |segment: &str| !segment.is_empty() && !matches!(segment, "." | "..");
    if prefix.chars().any(char::is_control) || !prefix.is_empty() && !prefix.split('/').all(is_path) {
        return Err(format!("has the prefix `{prefix}`, which is no path"));
    }
    Ok(BucketPlace::S3 { name: name.to_owned(), prefix: prefix.to_owned() })
}

/// The address of a store. An error does not repeat it: there may be a password in it.
fn endpoint(value: &DeValue<'_>) -> Result<Url, String> {
    let url = Url::parse(&values::text(value)?).map_err(|error| format!("is not a web address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with `https://` or `http://`".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user and password: keys are kept elsewhere".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must be a scheme, a host and perhaps a path, and nothing behind them".into());
    }
    Ok(url)
}
