//! Reads secrets from where they are kept, each time that they are needed: a file that changes is taken up at once.
#![expect(clippy::disallowed_methods, reason = "secrets are kept in the environment and in files")]

use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use reqwest::header::HeaderValue;

use super::limits::is_near;
use crate::config::{Bucket, Config};
use crate::model::{Auth, Location, Proxy, Route, Secret, SecretPlace, Source};

/// A longer secret fits into no header that servers take.
const MAX_SECRET_BYTES: usize = 8 << 10;

/// RFC 1929 §2: a length is one byte.
const MAX_SOCKS_BYTES: usize = 255;

/// What a secret is for: what it may hold follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// The value of a header, or a part of one.
    Header,
    /// The password of a user (RFC 7617).
    Password,
    /// The password of a user of a SOCKS proxy (RFC 1929).
    Socks,
}

/// Reads a secret without holding up the thread.
///
/// # Errors
/// In words: what is wrong with the place that is kept in `key`, and what to do.
pub(super) async fn read(key: &str, place: &SecretPlace, purpose: Purpose) -> Result<Secret, String> {
    match place {
        SecretPlace::Address(_) | SecretPlace::Environment(_) => read_now(key, place, purpose),
        SecretPlace::File(_) | SecretPlace::Credential(_) => {
            let (key, place) = (key.to_owned(), place.clone());
            let read = tokio::task::spawn_blocking(move || read_now(&key, &place, purpose));
            read.await.unwrap_or_else(|error| Err(format!("reading it broke off: {error}")))
        }
    }
}

/// Every secret of a configuration that cannot be read, in words: of which source, why, and what to do.
pub fn unreadable_secrets(config: &Config) -> Vec<String> {
    let mut known: HashMap<(String, SecretPlace, Purpose), Option<String>> = HashMap::new();
    let mut problem = |key: String, place: &SecretPlace, purpose: Purpose| {
        let known = known.entry((key, place.clone(), purpose));
        known.or_insert_with_key(|(key, place, purpose)| read_now(key, place, *purpose).err()).clone()
    };
    let mut problems = Vec::new();
    if let Some(proxy) = &config.fetch.proxy
        && let Some((key, place)) = proxy.secret()
    {
        problems.extend(problem(key, place, of_proxy(proxy)).map(|cause| format!("[fetch]: {cause}")));
    }
    if let Some(bucket) = config.bucket.as_ref().filter(|bucket| bucket.is_s3()) {
        let places = bucket_places(bucket).into_iter();
        let unreadable = places.filter_map(|(key, place)| problem(key, &place, Purpose::Header));
        problems.extend(unreadable.map(|cause| format!("[publish]: {cause}")));
    }
    for source in &config.sources {
        let Some(access) = source.access.as_deref() else { continue };
        for (key, place) in access.secrets() {
            let purpose = match &access.route {
                Route::Through(proxy) if key.starts_with("proxy.") => of_proxy(proxy),
                _ if key.starts_with("password") || key == "url" => Purpose::Password,
                _ => Purpose::Header,
            };
            problems.extend(problem(key, place, purpose).map(|cause| format!("source `{}`: {cause}", source.id)));
        }
    }
    problems
}

/// Reads the key's id, the key and the token, if there is one, of a bucket.
///
/// # Errors
/// In words: what cannot be read, why, and what to do.
pub async fn bucket_keys(bucket: &Bucket) -> Result<Vec<Secret>, String> {
    let mut keys = Vec::new();
    for (key, place) in bucket_places(bucket) {
        keys.push(read(&key, &place, Purpose::Header).await?);
    }
    Ok(keys)
}

/// The secrets of a bucket, each with the key of the configuration that names it.
fn bucket_places(bucket: &Bucket) -> Vec<(String, SecretPlace)> {
    let lent = "AWS_SESSION_TOKEN";
    // Who lends keys in the usual variables puts the token that goes with them there too.
    let is_usual = bucket.access_key == SecretPlace::Environment("AWS_ACCESS_KEY_ID".to_owned());
    let token = match &bucket.session_token {
        None if is_usual && env::var_os(lent).is_some_and(|token| !token.is_empty()) => {
            Some(SecretPlace::Environment(lent.to_owned()))
        }
        token => token.clone(),
    };
    let named = [("access_key", Some(bucket.access_key.clone())), ("secret_key", Some(bucket.secret_key.clone()))];
    let named = named.into_iter().chain([("session_token", token)]);
    named.filter_map(|(what, place)| place.map(|place| (place.key(what), place))).collect()
}

/// What its owner should know of how a source's credentials are kept and sent.
pub fn credential_warnings(source: &Source) -> Vec<String> {
    let (Some(access), Location::Web(url)) = (source.access.as_deref(), &source.location) else { return Vec::new() };
    let mut warnings = Vec::new();
    if let Some(Auth::Basic { password: SecretPlace::Address(_), .. }) = &access.auth {
        warnings.push(format!(
            "source `{}`: its password stands in its `url`; keep it out of the configuration: \
             auth = {{ user = \"…\", password_env = \"NAME\" }}",
            source.id
        ));
    }
    if access.has_credentials() && url.as_url().scheme() == "http" && !is_near(url) {
        warnings.push(format!(
            "source `{}`: its credentials cross the network in the clear, since {url} is plain http; use https if its \
             server can",
            source.id
        ));
    }
    warnings
}

pub(super) fn of_proxy(proxy: &Proxy) -> Purpose {
    if proxy.url.scheme().starts_with("socks") { Purpose::Socks } else { Purpose::Password }
}

fn read_now(key: &str, place: &SecretPlace, purpose: Purpose) -> Result<Secret, String> {
    let (shown, text, help) = match place {
        SecretPlace::Address(secret) => return Ok(secret.clone()),
        SecretPlace::Environment(name) => {
            let shown = format!("the environment variable {name}");
            let help = "set it where wiredesk is started, or keep the secret in a file";
            match env::var(name) {
                Ok(text) => (shown, text, help),
                Err(env::VarError::NotPresent) => {
                    return Err(format!("`{key}` names {shown}, which is not set: {help}"));
                }
                Err(env::VarError::NotUnicode(_)) => {
                    return Err(format!("`{key}` names {shown}, which is not UTF-8: {help}"));
                }
            }
        }
        SecretPlace::File(path) => {
            let help = "write the secret into it, nothing else, and let this user read it";
            let text = file(path).map_err(|cause| cannot(key, path, &cause, help))?;
            (format!("the file {}", path.display()), text, help)
        }
        SecretPlace::Credential(name) => {
            let Some(folder) = env::var_os("CREDENTIALS_DIRECTORY") else {
                return Err(format!(
                    "`{key}` names the credential {name}, and there is no $CREDENTIALS_DIRECTORY: add \
                     `LoadCredential={name}:…` to the [Service] of systemd's unit"
                ));
            };
            let path = PathBuf::from(folder).join(name);
            let help = "check `LoadCredential=` in systemd's unit";
            let text = file(&path).map_err(|cause| cannot(key, &path, &cause, help))?;
            (format!("the credential {name}"), text, help)
        }
    };
    // Editors end every file with a line break.
    let text = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    let problem = match purpose {
        _ if text.trim().is_empty() => "is empty",
        _ if text.len() > MAX_SECRET_BYTES => "is longer than 8 KiB",
        Purpose::Header if HeaderValue::from_bytes(text.as_bytes()).is_err() => {
            "holds a character that no header may have, such as a second line"
        }
        Purpose::Socks if text.len() > MAX_SOCKS_BYTES => "is longer than the 255 bytes that SOCKS allows",
        _ => return Ok(Secret::new(text)),
    };
    Err(format!("`{key}` names {shown}, which {problem}: {help}"))
}

fn cannot(key: &str, path: &Path, cause: &io::Error, help: &str) -> String {
    format!("`{key}` names the file {}, which cannot be read ({cause}): {help}", path.display())
}

fn file(path: &Path) -> io::Result<String> {
    // A pipe or device would be waited for, or read, for ever.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut text = String::new();
    // Room for a line break, and one byte more to tell what is too long.
    fs::File::open(path)?.take(MAX_SECRET_BYTES as u64 + 3).read_to_string(&mut text)?;
    Ok(text)
}
