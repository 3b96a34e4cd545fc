//! Answers hubs (WebSub §5.3, §7): what they ask and send in, events for the desk out.
//!
//! Nothing is read for a callback that nobody was told of, nor what is not signed as it should be. What is read is bounded
//! in size, in number and in time, and so is what waits for the desk.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, timeout};

use super::answer::plain;
use crate::model::Secret;
use crate::websub::callback::{self, Call, Mode};
use crate::websub::signature::Signature;

/// The folder of the site's address below which hubs call.
pub const FOLDER: &str = "websub/";

/// So many events wait for the desk.
const QUEUE: usize = 256;
/// What all deliveries that are being read or wait may take, unless a single one may be larger.
const ROOM_BYTES: usize = 32 << 20;
/// So many deliveries of one subscription.
const AT_ONCE: usize = 2;
/// And so many calls within a minute: more is no news.
const A_MINUTE: u32 = 30;
/// A delivery is to be there by then.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is longer is verified on a thread that may work for a while.
const LARGE_BYTES: usize = 256 << 10;
/// Room is taken in pieces of this size.
const PIECE_BYTES: usize = 1024;

const SIGNATURE: &str = "x-hub-signature";

/// What a hub is to be answered.
#[derive(Debug)]
pub struct Expected {
    /// What the hub calls the feed, byte for byte.
    pub topic: String,
    /// What is to be confirmed when the hub asks.
    pub mode: Mode,
    /// What deliveries are signed with; without one they are hints whose bodies are not read.
    pub secret: Option<Secret>,
}

/// What a hub did.
#[derive(Debug)]
pub struct Event {
    /// The token of the callback.
    pub token: Secret,
    /// What it did.
    pub what: What,
}

/// What a hub did.
#[derive(Debug)]
pub enum What {
    /// It asked whether this is meant, and was told that it is.
    Verified {
        /// What is meant.
        mode: Mode,
        /// How long the subscription is to last.
        lease: Option<Duration>,
    },
    /// It refuses.
    Denied {
        /// Why.
        reason: Option<String>,
    },
    /// It sent something.
    Delivered(Delivery),
}

/// What a hub sent, signed as it should be. Its room is free again when it is dropped.
#[derive(Debug)]
pub struct Delivery {
    /// The body; empty when there was none, or it was not signed.
    pub body: Bytes,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    _turn: OwnedSemaphorePermit,
    _room: Option<OwnedSemaphorePermit>,
}

/// The callbacks that hubs may call; cheap to clone. The default has none.
#[derive(Debug, Clone, Default)]
pub struct Callbacks(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    table: Mutex<HashMap<Secret, Arc<Entry>>>,
    events: mpsc::Sender<Event>,
    room: Arc<Semaphore>,
    max_body_bytes: usize,
}

#[derive(Debug)]
struct Entry {
    expected: Expected,
    places: Arc<Semaphore>,
    minute: Arc<Mutex<(Instant, u32)>>,
}

impl Entry {
    /// Whether one more call is in time. They are counted from the first one of a minute.
    fn is_in_time(&self, now: Instant) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(minute.0) >= Duration::from_secs(60) {
            *minute = (now, 0);
        }
        minute.1 = minute.1.saturating_add(1);
        minute.1 <= A_MINUTE
    }
}

impl Callbacks {
    /// Opens callbacks whose deliveries have at most so many bytes. What hubs do comes out of the receiver.
    pub fn open(max_body_bytes: usize) -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(QUEUE);
        let room = Arc::new(Semaphore::new(ROOM_BYTES.max(max_body_bytes).div_ceil(PIECE_BYTES)));
        let inner = Inner { table: Mutex::default(), events, room, max_body_bytes };
        (Self(Some(Arc::new(inner))), receiver)
    }

    /// Whether hubs may call at all.
    pub fn are_open(&self) -> bool {
        self.0.is_some()
    }

    /// Answers a hub that knows this token so from now on.
    pub fn expect(&self, token: &Secret, expected: Expected) {
        let Some(inner) = &self.0 else { return };
        let mut table = inner.table();
        let known = table.get(token).map(|entry| (Arc::clone(&entry.places), Arc::clone(&entry.minute)));
        let (places, minute) =
            known.unwrap_or_else(|| (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(Mutex::new((Instant::now(), 0)))));
        table.insert(token.clone(), Arc::new(Entry { expected, places, minute }));
    }

    /// Knows nothing of this token from now on.
    pub fn forget(&self, token: &Secret) {
        if let Some(inner) = &self.0 {
            inner.table().remove(token);
        }
    }

    /// Answers a request whose path goes on with `token` behind the folder.
    pub(super) async fn answer(&self, token: &str, request: Request) -> Response {
        let token = Secret::new(token.to_owned());
        let found = self.0.as_ref().and_then(|inner| Some((inner, inner.table().get(&token).cloned()?)));
        match (request.method(), found) {
            (&Method::GET, Some((inner, entry))) => {
                inner.confirm(token, &entry, request.uri().query().unwrap_or_default())
            }
            (&Method::POST, Some((inner, entry))) => inner.take(token, &entry, request).await,
            (&Method::GET, None) => say(StatusCode::NOT_FOUND, "There is no such subscription.\n"),
            // The hub may end what it sends to nobody (WebSub §7).
            (&Method::POST, None) => say(StatusCode::GONE, "There is no such subscription.\n"),
            _ => {
                let headers = [(ALLOW, "GET, POST"), (CACHE_CONTROL, "no-store")];
                plain(StatusCode::METHOD_NOT_ALLOWED, "Hubs call with GET and POST.\n", &headers, false)
            }
        }
    }
}

impl Inner {
    fn table(&self) -> MutexGuard<'_, HashMap<Secret, Arc<Entry>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a hub that asks whether a subscription is meant.
    fn confirm(&self, token: Secret, entry: &Entry, query: &str) -> Response {
        let not_meant = || say(StatusCode::NOT_FOUND, "That is not what was asked for.\n");
        let Some(call) = callback::read(query) else { return not_meant() };
        let (Call::Verify { topic, .. } | Call::Denied { topic, .. }) = &call;
        if *topic != entry.expected.topic {
            return not_meant();
        }
        let (what, answer) = match call {
            Call::Verify { mode, .. } if mode != entry.expected.mode => return not_meant(),
            Call::Verify { mode, challenge, lease, .. } => (What::Verified { mode, lease }, challenge),
            Call::Denied { reason, .. } => (What::Denied { reason }, String::new()),
        };
        // What is confirmed must be known here too.
        if !entry.is_in_time(Instant::now()) || self.events.try_send(Event { token, what }).is_err() {
            return busy();
        }
        // As plain text, and no guessing at another type (WebSub §8.2).
        let mut response = say(StatusCode::OK, "");
        response.headers_mut().insert(CONTENT_LENGTH, answer.len().into());
        *response.body_mut() = Body::from(answer);
        response
    }

    /// Takes what a hub sends.
    async fn take(&self, token: Secret, entry: &Entry, request: Request) -> Response {
        if entry.expected.mode == Mode::Unsubscribe {
            return say(StatusCode::GONE, "There is no such subscription.\n");
        }
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let content_type = text(CONTENT_TYPE.as_str()).map(ToOwned::to_owned);
        let announced = text(CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok()).unwrap_or(0);
        let signed = entry.expected.secret.clone().map(|secret| (text(SIGNATURE).and_then(Signature::read), secret));
        if announced > self.max_body_bytes {
            return say(StatusCode::PAYLOAD_TOO_LARGE, "It is too large.\n");
        }
        if !entry.is_in_time(Instant::now()) {
            return busy();
        }
        let Ok(turn) = Arc::clone(&entry.places).try_acquire_owned() else { return busy() };
        let (body, room) = match signed {
            // What is not signed is a hint at most.
            None => (Bytes::new(), None),
            Some((None, _)) => return say(StatusCode::FORBIDDEN, "It is not signed.\n"),
            Some((Some(signature), secret)) => {
                let (body, room) = match timeout(PATIENCE, self.read(request.into_body())).await {
                    Ok(Ok(read)) => read,
                    Ok(Err(refusal)) => return refusal,
                    Err(_) => return say(StatusCode::REQUEST_TIMEOUT, "It takes too long.\n"),
                };
                if !is_signed(signature, body.clone(), secret).await {
                    return say(StatusCode::FORBIDDEN, "It is not signed with the secret of this subscription.\n");
                }
                (body, room)
            }
        };
        let delivery = Delivery { body, content_type, _turn: turn, _room: room };
        match self.events.try_send(Event { token, what: What::Delivered(delivery) }) {
            Ok(()) => say(StatusCode::ACCEPTED, ""),
            Err(_) => busy(),
        }
    }

    /// Reads a body within its limit and the room that is left for all of them.
    async fn read(&self, mut body: Body) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Response> {
        let mut whole = Vec::new();
        let mut room: Option<OwnedSemaphorePermit> = None;
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let Ok(frame) = frame else { return Err(say(StatusCode::BAD_REQUEST, "It broke off.\n")) };
            let Ok(chunk) = frame.into_data() else { continue };
            if chunk.len() > self.max_body_bytes - whole.len() {
                return Err(say(StatusCode::PAYLOAD_TOO_LARGE, "It is too large.\n"));
            }
            let pieces = (whole.len() + chunk.len()).div_ceil(PIECE_BYTES);
            let more = pieces - room.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let more = u32::try_from(more).unwrap_or(u32::MAX);
            let Ok(more) = Arc::clone(&self.room).try_acquire_many_owned(more) else { return Err(busy()) };
            match &mut room {
                Some(room) => room.merge(more),
                None => room = Some(more),
            }
            whole.extend_from_slice(&chunk);
        }
        Ok((whole.into(), room))
    }
}

async fn is_signed(signature: Signature, body: Bytes, secret: Secret) -> bool {
    if body.len() <= LARGE_BYTES {
        return signature.is_of(&body, &secret);
    }
    tokio::task::spawn_blocking(move || signature.is_of(&body, &secret)).await.unwrap_or(false)
}

fn busy() -> Response {
    let headers = [(RETRY_AFTER, "60"), (CACHE_CONTROL, "no-store")];
    plain(StatusCode::SERVICE_UNAVAILABLE, "Too much at once. Try again later.\n", &headers, false)
}

/// A line of text that no cache keeps.
fn say(status: StatusCode, text: &'static str) -> Response {
    plain(status, text, &[(CACHE_CONTROL, "no-store")], false)
}

#[cfg(test)]
mod tests;
