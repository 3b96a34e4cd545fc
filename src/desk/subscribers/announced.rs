//! Decides which hub the feeds name.

use crate::config::{Config, HubChoice};
use crate::desk::is_public;
use crate::model::FeedUrl;
use crate::serve;

/// Which hub the feeds name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// Our own, at this address.
    Own(FeedUrl),
    /// Another's.
    Outside(FeedUrl),
    /// None, for this reason.
    Nothing(&'static str),
}

/// Which hub the feeds of a configuration name. Our own must be served, and is named by itself only where others can
/// call it.
pub fn announced(config: &Config) -> Announced {
    let hub = config.site.url.join(serve::hub::PATH).ok().and_then(|url| FeedUrl::parse(url.as_str()).ok());
    match (&config.server.websub, hub) {
        (HubChoice::Off, _) => Announced::Nothing("`websub` under [server] is off"),
        (HubChoice::Outside(hub), _) => Announced::Outside(hub.clone()),
        _ if config.server.listen.is_none() => Announced::Nothing("`listen` under [server] is off"),
        (HubChoice::Fitting, _) if !is_public(&config.site) => {
            Announced::Nothing("`url` under [site] is no public address")
        }
        (_, Some(hub)) => Announced::Own(hub),
        (_, None) => Announced::Nothing("`url` under [site] is no address that a hub can stand below"),
    }
}
