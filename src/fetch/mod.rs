//! Polls sources over HTTP and from files: a location and validators in, an answer out.
//!
//! One poll is one call of [`fetch`], and callers may start as many at once as they like: the client lets
//! `concurrency` of them through, `per_host` to one registrable domain. An error leaves the source's state as
//! it was. A host that asks to be left alone is not asked again before its time. Nothing here knows what a feed is.

mod body;
mod causes;
mod client;
mod coding;
mod credentials;
mod deadline;
mod error;
mod file;
mod gate;
mod guard;
mod headers;
mod holds;
mod hub;
mod limits;
mod names;
mod patience;
mod routes;
mod secrets;
mod subscriber;
mod walls;
mod web;
mod width;

#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::time::Duration;

use bytes::Bytes;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

pub use client::{Client, client, clients, storage_client};
pub use error::{Credentials, Error, Silence};
pub use hub::ask_hub;
pub use limits::{house, is_near, most_taken_up};
pub use secrets::{bucket_keys, credential_warnings, unreadable_secrets};
pub use subscriber::{Delivery, Refused, deliver, subscriber_client, tell, verify};

use crate::model::{Access, Answer, FeedUrl, Link, Location, Source, Validators};

/// Polls a feed on the web or in a file, without credentials. `validators` are those of its last answer.
///
/// Waiting for a place among the requests under way does not count towards the timeout.
///
/// # Errors
/// When there is no answer to go on, see [`Error`]. Folders of articles are no feeds and are an [`Error::File`].
pub async fn fetch(client: &Client, location: &Location, validators: &Validators) -> Result<Answer, Error> {
    fetch_at(client, location, validators, Terms { allow_private: false, access: None, home: None }).await
}

/// Polls a source at `location`, which is its own or one that it has moved to. Private addresses are connected to if it
/// may have one; its credentials go to the origin of its own location alone; its proxy is the way.
///
/// # Errors
/// As [`fetch`].
pub async fn fetch_source(
    client: &Client,
    source: &Source,
    location: &Location,
    validators: &Validators,
) -> Result<Answer, Error> {
    let home = match &source.location {
        Location::Web(url) => Some(url),
        Location::File(_) | Location::Articles(_) => None,
    };
    let terms = Terms { allow_private: source.allow_private, access: source.access.as_deref(), home };
    fetch_at(client, location, validators, terms).await
}

/// What a source has that others do not have.
#[derive(Clone, Copy)]
struct Terms<'a> {
    /// Whether private addresses may be connected to for it.
    allow_private: bool,
    access: Option<&'a Access>,
    /// The configured address, whose origin gets its credentials.
    home: Option<&'a FeedUrl>,
}

async fn fetch_at(
    client: &Client,
    location: &Location,
    validators: &Validators,
    terms: Terms<'_>,
) -> Result<Answer, Error> {
    match location {
        Location::Web(url) => web::fetch(&client.0, url, validators, terms).await,
        // Boxed, so that what is asked over the web needs no room for it.
        Location::File(path) => Box::pin(file::read(&client.0, path, validators)).await,
        Location::Articles(path) => {
            let cause = io::Error::new(io::ErrorKind::IsADirectory, "it is a folder of articles, not a feed");
            Err(Error::File { path: path.clone(), cause })
        }
    }
}

/// A whole body, and what was said with it.
#[derive(Default)]
struct Whole {
    body: Bytes,
    content_type: Option<String>,
    base: Option<Url>,
    /// The validators that came with it.
    sent: Validators,
    fresh_for: Option<Duration>,
    moved: Option<FeedUrl>,
    links: Vec<Link>,
}

/// The answer that the new items alone are. What they leave out is still there: entries are never taken back for not
/// being carried.
fn part(new: Whole) -> Answer {
    let Whole { body, content_type, base, sent, fresh_for, moved, links } = new;
    // No hash: it would be that of a part.
    Answer::New { body, content_type, base, validators: sent, fresh_for, moved, links }
}

/// The answer that a whole body is: nothing new when it is, byte for byte, the one before.
fn settle(before: &Validators, whole: Whole) -> Answer {
    let Whole { body, content_type, base, sent, fresh_for, moved, links } = whole;
    let body_hash = Some(xxh3_64(&body));
    let validators = Validators { body_hash, ..sent };
    if before.body_hash == body_hash {
        return Answer::NotModified { whole: true, validators, fresh_for, moved, links };
    }
    Answer::New { body, content_type, base, validators, fresh_for, moved, links }
}
