//! What is remembered of who is told when a feed of ours changes (WebSub, <https://www.w3.org/TR/websub/>).

use chrono::{DateTime, Utc};

use super::{FeedUrl, Secret};

/// Whoever is told when a feed of ours changes: a subscriber of our hub, or an outside hub.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscriber {
    /// The address of the feed, as the feed itself says.
    pub topic: String,
    /// Where what is new is sent. It may be as good as a password: nothing but its origin is ever shown.
    pub callback: FeedUrl,
    /// What deliveries are signed with.
    pub secret: Option<Secret>,
    /// When the subscription ends unless it is renewed; `None` for an outside hub, which is told for as long as it is
    /// configured.
    pub lease_until: Option<DateTime<Utc>>,
    /// The tag of the document that it has: the one that was current when it subscribed, or the last one that it took.
    pub has: Option<String>,
    /// When it last took one.
    pub delivered: Option<DateTime<Utc>>,
    /// Deliveries in a row that failed.
    pub attempts: u32,
    /// The next delivery comes no sooner.
    pub next_attempt: DateTime<Utc>,
    /// What went wrong the last time, in words.
    pub error: Option<String>,
}

impl Subscriber {
    /// Whoever was told nothing yet; without a lease, an outside hub.
    pub fn new(topic: String, callback: FeedUrl) -> Self {
        Self {
            topic,
            callback,
            secret: None,
            lease_until: None,
            has: None,
            delivered: None,
            attempts: 0,
            next_attempt: DateTime::UNIX_EPOCH,
            error: None,
        }
    }

    /// Whether it is an outside hub, which is told that a feed has changed and not sent it.
    pub fn is_hub(&self) -> bool {
        self.lease_until.is_none()
    }
}
