//! Dealings with subscribers (WebSub): a hub of our own that verifies, keeps and serves them, or an outside hub that is
//! told of changes.
//!
//! Nothing here holds up a publication: it leaves a word that there was one, and what is sent is taken from the site as it
//! is served at that moment. [`crate::websub::hub`] has the rules, [`crate::serve::hub`] takes what is asked.

mod announced;
mod calls;
mod roll;
mod shift;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use tokio::sync::{Mutex, Notify, mpsc};

pub use announced::{Announced, announced};
pub(super) use worker::work;

use crate::config::Config;
use crate::fetch::{self, Client};
use crate::model::{FeedUrl, SitePath};
use crate::render;
use crate::serve::Hub;
use crate::serve::hub::Asked;

/// What the desk has for its dealings with subscribers.
#[derive(Clone)]
pub(super) struct Subscribers {
    announced: Arc<Announced>,
    /// The feeds that anybody may subscribe to, by the addresses that they call their own, and where they stand.
    topics: Arc<BTreeMap<String, SitePath>>,
    /// What is asked of our own hub; `None` where there is none.
    asked: Option<Arc<Mutex<mpsc::Receiver<Asked>>>>,
    /// The site was published.
    published: Arc<Notify>,
    client: Client,
}

impl Subscribers {
    /// Makes a hub of our own where the feeds are to name one.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub(super) fn open(config: &Config) -> anyhow::Result<(Self, Hub)> {
        let announced = announced(config);
        let open = config.editions.iter().filter(|spec| spec.readers.is_everyone());
        let feeds = open.flat_map(|spec| render::feeds(&spec.name, &spec.formats, &config.site));
        let topics: BTreeMap<String, SitePath> = match announced {
            Announced::Nothing(_) => BTreeMap::new(),
            Announced::Own(_) | Announced::Outside(_) => feeds.map(|(path, address)| (address, path)).collect(),
        };
        let (hub, asked) = match announced {
            Announced::Own(_) => {
                let (hub, asked) = Hub::open(topics.keys().cloned());
                (hub, Some(Arc::new(Mutex::new(asked))))
            }
            Announced::Nothing(_) | Announced::Outside(_) => (Hub::default(), None),
        };
        let client = fetch::subscriber_client(&config.fetch, &config.site.url);
        let client = client.context("Failed to set up the calling of subscribers")?;
        let (announced, topics) = (Arc::new(announced), Arc::new(topics));
        Ok((Self { announced, topics, asked, published: Arc::default(), client }, hub))
    }

    /// The address of the hub that feeds for everyone name.
    pub(super) fn hub(&self) -> Option<String> {
        match &*self.announced {
            Announced::Own(hub) | Announced::Outside(hub) => Some(render::address_of_hub(hub)),
            Announced::Nothing(_) => None,
        }
    }

    /// The outside hub, where one is told of changes.
    fn outside(&self) -> Option<&FeedUrl> {
        match &*self.announced {
            Announced::Outside(hub) => Some(hub),
            Announced::Own(_) | Announced::Nothing(_) => None,
        }
    }

    /// The site was published: what changed is to be sent.
    pub(super) fn look(&self) {
        self.published.notify_one();
    }
}
