//! What is remembered of a source's subscription at a hub (WebSub, <https://www.w3.org/TR/websub/>).

use chrono::{DateTime, Utc};
use url::Url;

use super::{FeedUrl, Secret, SourceId};

/// A source's subscription at a hub.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Whose news it brings.
    pub source: SourceId,
    /// The last segment of the callback's address, by which the hub is known again.
    pub token: Secret,
    /// The key that deliveries are signed with; `None` where it would have been sent in the clear: what such a hub sends
    /// is not read.
    pub secret: Option<Secret>,
    /// Who is asked for it.
    pub hub: FeedUrl,
    /// What the hub calls the feed, byte for byte.
    pub topic: String,
    /// Where the hub sends what is new, without the token.
    pub site: Url,
    /// How far it has come.
    pub state: SubscriptionState,
    /// When it ends unless it is renewed: once the hub has verified it.
    pub lease_until: Option<DateTime<Utc>>,
    /// When the hub is asked next.
    pub next_attempt: DateTime<Utc>,
    /// How often the hub was asked since it last verified.
    pub attempts: u32,
    /// What went wrong the last time, in words.
    pub error: Option<String>,
    /// When the hub last sent something.
    pub delivered: Option<DateTime<Utc>>,
    /// Polls since then that found what the hub had not sent.
    pub missed: u32,
}

/// How far a subscription has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// The hub has not verified it yet.
    Requested,
    /// The hub has verified it.
    Active,
    /// The hub does not want to.
    Denied,
    /// It is not wanted any more, and the hub is told so.
    Leaving,
}

impl SubscriptionState {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::Requested, "requested"),
        (Self::Active, "active"),
        (Self::Denied, "denied"),
        (Self::Leaving, "leaving"),
    ];

    /// Its name, for the store and for programs.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(state, _)| *state == self).map_or("requested", |(_, name)| name)
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_known_by_their_names() {
        for (state, name) in SubscriptionState::NAMES {
            assert_eq!((state.as_str(), SubscriptionState::named(name)), (name, Some(state)));
        }
        assert_eq!(SubscriptionState::named("asleep"), None);
    }
}
