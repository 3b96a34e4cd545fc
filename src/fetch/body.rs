//! Reads bodies, decoded, within bounds: each within `max_body`, and all together within a room of some megabytes.
//!
//! A few hundred bytes on the wire can decode to as much as a server likes. So a body is counted as it is decoded, and
//! one that grows beyond what feeds usually have waits for one of a few large places; it keeps the place until
//! whoever reads it lets go of it.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Response;
use reqwest::header::CONTENT_ENCODING;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::client::Inner;
use super::deadline::Deadline;
use super::{Error, causes, headers};
use crate::model::FeedUrl;

/// A body of this size needs no large place: nine feeds of ten are smaller.
const SMALL_BYTES: usize = 256 << 10;

/// What all large bodies together may take, unless a single one may be larger.
const LARGE_ROOM_BYTES: usize = 20 << 20;

/// Room made for a body before it is there, whatever its Content-Length promises.
const FIRST_ROOM_BYTES: usize = 64 << 10;

/// The places for large bodies.
pub(super) fn large_places(max_body_bytes: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new((LARGE_ROOM_BYTES / max_body_bytes.max(1)).clamp(1, 64)))
}

/// A large body with its place.
struct Large {
    body: Vec<u8>,
    _place: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Large {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// Reads the body, decoded, up to the limit. Waiting for a large place does not count towards the deadline.
pub(super) async fn read(
    client: &Inner,
    url: &FeedUrl,
    mut response: Response,
    deadline: &mut Deadline<'_>,
) -> Result<Bytes, Error> {
    // Codings that the client knows are decoded and their header is gone: one coding, never several.
    let coding = headers::value(response.headers(), &CONTENT_ENCODING);
    if let Some(coding) = coding.filter(|coding| !matches!(coding.to_ascii_lowercase().as_str(), "" | "identity")) {
        // It goes to logs and terminals.
        let coding = coding.chars().filter(|c| !c.is_control()).take(100).collect();
        return Err(Error::Coding { url: url.clone(), coding });
    }
    let limit_bytes = client.max_body_bytes;
    let too_large = || Error::TooLarge { location: url.to_string(), limit_bytes };
    let announced = usize::try_from(response.content_length().unwrap_or_default()).map_err(|_| too_large())?;
    if announced > limit_bytes {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(announced.min(FIRST_ROOM_BYTES));
    let mut place = None;
    while let Some(chunk) = deadline.keep(response.chunk()).await?.map_err(|error| causes::broken_off(url, &error))? {
        if chunk.len() > limit_bytes - body.len() {
            return Err(too_large());
        }
        if place.is_none() && body.len() + chunk.len() > SMALL_BYTES {
            let large = Arc::clone(&client.large_places);
            place = Some(large.acquire_owned().await.expect("the semaphore is never closed"));
            // Made once and touched as it fills: doubling would hold the old half beside it.
            body.reserve_exact(limit_bytes - body.len());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(match place {
        Some(place) => {
            body.shrink_to_fit();
            Bytes::from_owner(Large { body, _place: place })
        }
        None => Bytes::from(body),
    })
}
