//! Reads bodies, decoded, within bounds: each within `max_body`, and all together within a room of some megabytes.
//!
//! A few hundred bytes on the wire can decode to as much as a server likes. So a body is counted as it is decoded, and
//! one that grows beyond what feeds usually have waits for one of a few large places; it keeps the place until
//! whoever reads it lets go of it. Decoders with large windows work one at a time.
//!
//! Many more requests may be waited for than there are places ([`super::width`]), and all may be answered at once. So
//! a body of more than some kilobytes arrives only in its turn: as many at once as there are places.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use reqwest::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::client::Inner;
use super::coding::{self, Coding, Undecoded};
use super::deadline::Deadline;
use super::{Error, causes};
use crate::model::FeedUrl;

/// A body of this size needs no large place: nearly all feeds are smaller on the wire, and wait for a place only to be
/// decoded and read, not while they arrive.
const SMALL_BYTES: usize = 512 << 10;

/// What all large bodies together may take, unless a single one may be larger.
const LARGE_ROOM_BYTES: usize = 12 << 20;

/// Room made for a body before it is there, whatever its Content-Length promises; and as much of it arrives whoever else
/// is read.
const FIRST_ROOM_BYTES: usize = 64 << 10;

/// The places for large bodies, each with its room: made once and used again, since an allocator gives back what was
/// freed only after a while.
pub(super) struct Places {
    free: Arc<Semaphore>,
    rooms: Arc<Mutex<Vec<Vec<u8>>>>,
    max_body_bytes: usize,
}

impl Places {
    pub(super) fn new(max_body_bytes: usize) -> Self {
        let places = (LARGE_ROOM_BYTES / max_body_bytes.max(1)).clamp(1, 64);
        Self { free: Arc::new(Semaphore::new(places)), rooms: Arc::default(), max_body_bytes }
    }

    /// Waits for a place; its room is empty.
    async fn take(&self) -> Large {
        let permit = Arc::clone(&self.free).acquire_owned().await.expect("the semaphore is never closed");
        let room = self.rooms.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // Touched as it fills: doubling would hold the old half beside the new one.
        let body = room.unwrap_or_else(|| Vec::with_capacity(self.max_body_bytes));
        Large { body, rooms: Arc::clone(&self.rooms), _permit: permit }
    }
}

/// A large body in its place.
struct Large {
    body: Vec<u8>,
    rooms: Arc<Mutex<Vec<Vec<u8>>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Large {
    fn drop(&mut self) {
        let mut room = std::mem::take(&mut self.body);
        room.clear();
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).push(room);
    }
}

impl AsRef<[u8]> for Large {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

/// A body of any size.
enum Body {
    Small(Vec<u8>),
    Large(Large),
}

impl Body {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Small(body) => body,
            Self::Large(large) => &large.body,
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Small(body) => Bytes::from(body),
            Self::Large(large) => Bytes::from_owner(large),
        }
    }
}

/// Reads the body, decoded, up to the limit. Waiting for a place does not count towards the deadline.
pub(super) async fn read(
    client: &Inner,
    url: &FeedUrl,
    response: Response,
    deadline: &mut Deadline<'_>,
) -> Result<Bytes, Error> {
    let coding = coding::coding(response.headers()).map_err(|coding| Error::Coding { url: url.clone(), coding })?;
    let mut turn = None;
    let packed = read_packed(client, url, response, deadline, &mut turn).await?;
    match coding {
        Some(coding) if !packed.as_slice().is_empty() => decode(client, url, coding, packed).await,
        _ => Ok(packed.into_bytes()),
    }
}

/// Reads the body as it is on the wire, in its turn if it needs one.
async fn read_packed<'a>(
    client: &'a Inner,
    url: &FeedUrl,
    mut response: Response,
    deadline: &mut Deadline<'_>,
    turn: &mut Option<SemaphorePermit<'a>>,
) -> Result<Body, Error> {
    let limit_bytes = client.max_body_bytes;
    let too_large = || Error::TooLarge { location: url.to_string(), limit_bytes };
    let announced = usize::try_from(response.content_length().unwrap_or_default()).map_err(|_| too_large())?;
    if announced > limit_bytes {
        return Err(too_large());
    }
    let mut body = Body::Small(Vec::with_capacity(announced.min(FIRST_ROOM_BYTES)));
    while let Some(chunk) = deadline.keep(response.chunk()).await?.map_err(|error| causes::broken_off(url, &error))? {
        if chunk.len() > limit_bytes - body.as_slice().len() {
            return Err(too_large());
        }
        if turn.is_none() && body.as_slice().len() + chunk.len() > FIRST_ROOM_BYTES {
            *turn = Some(client.limits.turn().await);
        }
        if let Body::Small(small) = &body
            && small.len() + chunk.len() > SMALL_BYTES
        {
            let mut large = client.places.take().await;
            large.body.extend_from_slice(small);
            body = Body::Large(large);
        }
        match &mut body {
            Body::Small(body) => body.extend_from_slice(&chunk),
            Body::Large(large) => large.body.extend_from_slice(&chunk),
        }
    }
    Ok(body)
}

/// Decodes a body. One that turns out to be large is given up, and begun again when it has a place: nobody waits for
/// one thing while holding another that the others wait for.
async fn decode(client: &Inner, url: &FeedUrl, coding: Coding, packed: Body) -> Result<Bytes, Error> {
    let max_bytes = client.max_body_bytes;
    let small_bytes = max_bytes.min(SMALL_BYTES);
    let broken = |cause: String| Error::Transfer { url: url.clone(), cause };
    let (packed, place) = match packed {
        Body::Small(packed) => (Arc::new(packed), None),
        // What is large on the wire is decoded into a room of its own: its own place is all it has.
        Body::Large(mut large) => {
            (Arc::new(std::mem::replace(&mut large.body, Vec::with_capacity(max_bytes))), Some(large))
        }
    };
    let large = match place {
        Some(large) => large,
        None => {
            let first = Arc::clone(&packed);
            let work = move || {
                let mut body = Vec::with_capacity(first.len().saturating_mul(4).min(small_bytes));
                coding.decode(&first, &mut body, small_bytes).map(|()| body)
            };
            let decoded = match coding.is_modest() {
                // A millisecond, at most.
                true => work(),
                false => client.press.run(work).await.unwrap_or_else(|| Err(Undecoded::broke_down())),
            };
            match decoded {
                Ok(body) => return Ok(Bytes::from(body)),
                Err(Undecoded::TooLarge) if small_bytes < max_bytes => client.places.take().await,
                Err(Undecoded::TooLarge) => {
                    return Err(Error::TooLarge { location: url.to_string(), limit_bytes: max_bytes });
                }
                Err(Undecoded::Broken(cause)) => return Err(broken(cause)),
            }
        }
    };
    let work = move || {
        let mut large = large;
        coding.decode(&packed, &mut large.body, max_bytes).map(|()| large)
    };
    match client.press.run(work).await.unwrap_or_else(|| Err(Undecoded::broke_down())) {
        Ok(large) => Ok(Bytes::from_owner(large)),
        Err(Undecoded::TooLarge) => Err(Error::TooLarge { location: url.to_string(), limit_bytes: max_bytes }),
        Err(Undecoded::Broken(cause)) => Err(broken(cause)),
    }
}
