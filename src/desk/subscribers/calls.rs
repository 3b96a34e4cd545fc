//! The calls to subscribers that wait and that are under way: host by host, so that one that hangs holds up no other.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::{Id, JoinError, JoinSet};

use super::roll::Key;
use crate::config::PrivateHost;
use crate::desk::lane::Lane;
use crate::desk::{Desk, random};
use crate::fetch::{self, Delivery, Refused};
use crate::model::{FeedUrl, Secret, Subscriber};
use crate::serve::hub::{Asked, host};
use crate::serve::{Site, Topic};
use crate::websub::hub::{Outcome, request};
use crate::websub::signature;

/// So many calls are under way at once in each lane, and so many of them to one host.
const LANES: [(usize, usize); 3] = [(16, 1), (32, 2), (32, 2)];

/// A challenge has so many bytes of randomness.
const CHALLENGE_BYTES: usize = 24;
/// What is longer is signed on a thread that may work for a while.
const LARGE_BYTES: usize = 256 << 10;

/// A call.
#[derive(Debug)]
pub(super) enum Call {
    /// Asks whether a request is meant. With it, the tag of the feed when it came.
    Verify(Box<Asked>, Option<String>),
    /// Says that there is no subscription, or not any more, and why.
    Deny(Key, &'static str),
    /// Sends what is new.
    Deliver(Key),
}

impl Call {
    /// Requests, deliveries, and deliveries to those that failed the last time: these are called beside the others, but
    /// never instead of them.
    fn lane(&self, attempts: u32) -> usize {
        match self {
            Self::Verify(..) | Self::Deny(..) => 0,
            Self::Deliver(_) if attempts == 0 => 1,
            Self::Deliver(_) => 2,
        }
    }

    fn callback(&self) -> &FeedUrl {
        match self {
            Self::Verify(asked, _) => &asked.wanted.callback,
            Self::Deny((_, callback), _) | Self::Deliver((_, callback)) => callback,
        }
    }
}

/// What came of a call.
#[derive(Debug)]
pub(super) enum Done {
    /// Whether a request was meant.
    Verified(Box<Asked>, Option<String>, Result<(), Refused>),
    /// A document was sent: with which tag, and how that ended.
    Delivered(Key, String, Outcome),
    /// There was nothing to send.
    Nothing(Key),
    /// Somebody was told something.
    Told,
}

/// Calls that wait and that are under way.
#[derive(Debug)]
pub(super) struct Calls {
    lanes: [Lane<Call>; LANES.len()],
    /// Of each call under way its lane, its host and, if it is a delivery, whose.
    hosts: HashMap<Id, (usize, Arc<str>, Option<Key>)>,
    under_way: JoinSet<Done>,
}

impl Default for Calls {
    fn default() -> Self {
        let lanes = LANES.map(|(most, of_host)| Lane::new(most, of_host));
        Self { lanes, hosts: HashMap::new(), under_way: JoinSet::new() }
    }
}

impl Calls {
    /// Lets a call wait for its turn. `attempts` is how often the subscriber has failed.
    pub(super) fn add(&mut self, call: Call, attempts: u32) {
        self.lanes[call.lane(attempts)].push(&host(call.callback()), call);
    }

    /// Makes the calls whose turn it is. `find` knows subscribers.
    pub(super) fn start(&mut self, desk: &Desk, find: impl Fn(&Key) -> Option<Subscriber>) {
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            while let Some((host, call)) = lane.pop() {
                let (desk, key) = (desk.clone(), if let Call::Deliver(key) = &call { Some(key.clone()) } else { None });
                let subscriber = key.as_ref().and_then(&find);
                let handle = self.under_way.spawn(async move { make(&desk, call, subscriber).await });
                self.hosts.insert(handle.id(), (number, host, key));
            }
        }
    }

    /// Waits for the end of a call; `None` when none is under way.
    pub(super) async fn next(&mut self) -> Option<Done> {
        let ended = self.under_way.join_next_with_id().await?;
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let (lane, host, key) = self.hosts.remove(&id)?;
        self.lanes[lane].done(&host);
        Some(match ended {
            Ok((_, done)) => done,
            Err(error) => {
                tracing::error!("a subscriber could not be called: {error}");
                key.map_or(Done::Told, Done::Nothing)
            }
        })
    }
}

async fn make(desk: &Desk, call: Call, subscriber: Option<Subscriber>) -> Done {
    let client = &desk.subscribers.client;
    let is_private = |callback: &FeedUrl| is_private(&desk.config.server.private_callbacks, callback);
    match call {
        Call::Verify(asked, tag) => {
            let verified = verify(desk, &asked, is_private(&asked.wanted.callback)).await;
            Done::Verified(asked, tag, verified)
        }
        Call::Deny((topic, callback), reason) => {
            let url = FeedUrl::parse(request::denial(&callback, &topic, reason).as_str());
            if let Ok(url) = url
                && let Err(refused) = fetch::tell(client, &url, is_private(&callback)).await
            {
                tracing::debug!("{} was not told that it is not subscribed: {}", shown(&callback), refused.words);
            }
            Done::Told
        }
        Call::Deliver(key) => {
            let Some((subscriber, topic)) = subscriber.zip(current(desk, &key.0)) else { return Done::Nothing(key) };
            let tag = topic.tag.as_str().to_owned();
            if subscriber.has.as_ref() == Some(&tag) {
                return Done::Nothing(key);
            }
            let outcome = match subscriber.is_hub() {
                true => ping(desk, &subscriber).await,
                false => outcome(deliver(desk, subscriber, topic, is_private(&key.1)).await),
            };
            Done::Delivered(key, tag, outcome)
        }
    }
}

async fn verify(desk: &Desk, asked: &Asked, is_private: bool) -> Result<(), Refused> {
    let failed = |words: &str| Refused { words: words.to_owned(), gone: false, retry_after: None };
    let challenge = random(CHALLENGE_BYTES).ok_or_else(|| failed("could not be given a challenge"))?;
    let url = request::verification(&asked.wanted, challenge.reveal());
    let url = FeedUrl::parse(url.as_str()).map_err(|_| failed("has no usable address"))?;
    fetch::verify(&desk.subscribers.client, &url, challenge.reveal(), is_private).await
}

async fn deliver(desk: &Desk, subscriber: Subscriber, topic: Topic, is_private: bool) -> Result<(), Refused> {
    let Topic { body, media_type, link, .. } = topic;
    let signature = match subscriber.secret {
        Some(secret) => Some(sign(body.clone(), secret).await),
        None => None,
    };
    let delivery = Delivery { body, media_type, link, signature };
    fetch::deliver(&desk.subscribers.client, &subscriber.callback, delivery, is_private).await
}

async fn sign(body: bytes::Bytes, secret: Secret) -> String {
    if body.len() <= LARGE_BYTES {
        return signature::sign(&body, &secret);
    }
    // A signature that is missing is as good as a wrong one: it is sent again.
    tokio::task::spawn_blocking(move || signature::sign(&body, &secret)).await.unwrap_or_default()
}

/// Tells an outside hub that a feed has changed: by the name of the standard and by the one that hubs have had for it
/// since PubSubHubbub.
async fn ping(desk: &Desk, subscriber: &Subscriber) -> Outcome {
    let topic = subscriber.topic.as_str();
    let form = [("hub.mode", "publish"), ("hub.topic", topic), ("hub.url", topic)];
    // The owner named it: it may stand anywhere.
    match fetch::ask_hub(&desk.subscribers.client, &subscriber.callback, &form, true).await {
        Ok(()) => Outcome::Taken,
        Err(error) => {
            tracing::info!("{error}: it was not told that {topic} has changed");
            Outcome::Failed { why: error.to_string(), retry_after: error.retry_after() }
        }
    }
}

fn outcome(delivered: Result<(), Refused>) -> Outcome {
    match delivered {
        Ok(()) => Outcome::Taken,
        Err(Refused { gone: true, .. }) => Outcome::Gone,
        Err(Refused { words, retry_after, .. }) => Outcome::Failed { why: words, retry_after },
    }
}

/// A feed as it is served now.
pub(super) fn current(desk: &Desk, topic: &str) -> Option<Topic> {
    let path = desk.subscribers.topics.get(topic)?;
    let site: &Site = desk.site();
    site.current().topic(path.as_str())
}

fn is_private(listed: &[PrivateHost], callback: &FeedUrl) -> bool {
    listed.iter().any(|host| host.is_of(callback))
}

/// What may be shown of a callback: where it stands, and nothing that could be a password.
pub(super) fn shown(callback: &FeedUrl) -> String {
    callback.as_url().origin().ascii_serialization()
}
