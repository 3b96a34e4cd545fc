//! Runs the cycle: the only place that knows the order of the steps.
//!
//! Sources that are due are fetched and read side by side; what they brought is decided and committed in batches,
//! one after the other; the editions are derived from the store afterwards and replace the site in one step.
#![expect(clippy::disallowed_methods, reason = "the shell owns the clock")]

mod archives;
mod articles;
mod complaint;
mod cycle;
mod decide;
mod docket;
mod document;
mod due;
mod expected;
mod flood;
mod hubs;
mod lane;
mod lineup;
mod lookup;
mod merge;
mod moves;
mod outlets;
mod polls;
mod progress;
mod publish;
mod read;
mod rebuild;
mod round;
mod rulings;
mod service;
mod shelf;
mod stages;
mod subscribers;
mod summary;
#[cfg(test)]
mod tests;
mod theme;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, SubsecRound, Utc};
use ring::rand::{SecureRandom, SystemRandom};

use crate::cluster::Index;
use crate::cluster::rulings::Rulings;
use crate::config::{self, Config, Stories};
use crate::edit;
use crate::fetch::{self, Client};
use crate::model::{
    Carried, Diagnosis, EditionName, Entry, EntryId, FeedUrl, Hold, Polling, Publisher, Secret, Source, SourceId,
    Sources, by_id,
};
use crate::render::Press;
use crate::schedule::Queue;
use crate::serve::Site;
use crate::store::{self, Store};
use crate::websub;
use crate::work::Crew;

pub use cycle::Cycle;
pub use decide::News;
pub use docket::{RulingsError, read_rulings};
pub use hubs::unreachable_for_hubs;
pub use progress::{Progress, Standing};
pub use rebuild::rebuild;
pub use rulings::{find_named, meet_stored};
pub use service::serve_until;
pub use subscribers::{Announced, announced};
pub use summary::{Failure, Summary};
pub use theme::{ThemeError, read_theme};

/// A desk that is ready to work: the store is open, the index is built.
#[derive(Clone)]
pub struct Desk {
    config: Arc<Config>,
    /// For sources that answer, and for those that failed the last time.
    clients: [Client; 2],
    progress: Progress,
    core: Arc<Mutex<Core>>,
    site: Site,
    hubs: hubs::Hubs,
    outlets: outlets::Outlets,
    subscribers: subscribers::Subscribers,
    /// One publication at a time.
    publishing: Arc<tokio::sync::Mutex<()>>,
    /// As many threads as there are processors: more documents at once would be read no sooner, and take more room.
    readers: Arc<Crew>,
    /// The thread that works on the core.
    clerk: Arc<Crew>,
    lookup: lookup::Lookup,
}

/// What only one batch at a time may touch. Never locked by an async task: batches run on a thread of their own.
#[derive(Debug)]
struct Core {
    store: Store,
    index: Index,
    sources: Arc<Sources>,
    /// When each source is due that is not being asked.
    queue: Queue,
    /// The numbers of those that failed the last time.
    failing: HashSet<u32>,
    /// When sources are to be asked, by their numbers, of which a hub said so while they were being asked.
    hinted: BTreeMap<u32, DateTime<Utc>>,
    book: hubs::Book,
    stories: Stories,
    docket: docket::Docket,
    theme: theme::Look,
    /// Closed archives of editions.
    archives: archives::Archives,
    /// What prints each edition, with what it printed the last time.
    presses: BTreeMap<EditionName, Press>,
    /// Stories at hand for the next publication.
    shelf: shelf::Shelf,
    /// The host name in the ids of new stories.
    authority: String,
    /// When old entries are next looked for.
    next_expiry: DateTime<Utc>,
    /// How often something was committed.
    commits: u64,
}

/// What asking one source came to.
#[derive(Debug)]
struct Reading {
    source: Arc<Source>,
    /// What is to be remembered of it: in a box, since it is handed on often and is large.
    polling: Box<Polling>,
    /// When it is asked next follows from this.
    next: Next,
    /// What is new of what it carries, or says something else than before; empty when it has not changed or failed.
    entries: Vec<Entry>,
    /// All that it carries, where that is known and is not what it carried before.
    carried: Option<Vec<Carried>>,
    /// A host that asked to be left alone.
    hold: Option<Hold>,
    /// Where it is asked from now on, when that is a new address.
    moved: Option<FeedUrl>,
    /// The hubs that it names; `None` when it did not say.
    announced: Option<websub::Announced>,
    /// Whether an entry that it does not carry is taken back (a folder of articles that was read whole).
    withdraws: bool,
    outcome: Outcome,
    /// When it was asked.
    now: DateTime<Utc>,
    /// When its document was looked at before.
    before: Option<DateTime<Utc>>,
}

/// What decides about the next poll, beside the source's rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Answered,
    Gone,
    Failed {
        retry_after: Option<Duration>,
    },
    /// It was not asked: its hub sent this.
    Pushed,
}

impl Reading {
    /// One without entries.
    fn new(source: Arc<Source>, polling: Box<Polling>, next: Next, outcome: Outcome, now: DateTime<Utc>) -> Self {
        Self {
            source,
            polling,
            next,
            entries: Vec::new(),
            carried: None,
            hold: None,
            moved: None,
            announced: None,
            withdraws: false,
            outcome,
            now,
            before: None,
        }
    }

    /// One without entries, of a source that answered.
    fn answered(source: Arc<Source>, polling: Box<Polling>, outcome: Outcome, now: DateTime<Utc>) -> Self {
        Self::new(source, polling, Next::Answered, outcome, now)
    }

    /// One without entries, of a source that failed: what is wrong is remembered.
    fn failed(
        source: Arc<Source>,
        mut polling: Box<Polling>,
        next: Next,
        trouble: Trouble,
        now: DateTime<Utc>,
    ) -> Self {
        polling.error = Some(trouble.words.clone());
        polling.diagnosis = Some(trouble.diagnosis);
        Self::new(source, polling, next, Outcome::Failed(trouble), now)
    }

    fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}

/// How asking a source ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// It brought a document, read with so many flaws.
    Read { flaws: usize },
    /// Nothing new.
    Unchanged,
    /// No answer to go on.
    Failed(Trouble),
    /// It was not asked: its host wants to be left alone.
    Held,
    /// It was not asked: its hub sent a document, read with so many flaws.
    Pushed { flaws: usize },
}

/// Why a source failed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trouble {
    diagnosis: Diagnosis,
    /// Why, and what to do.
    words: String,
}

/// Opens the store and builds the index of what is in it.
///
/// # Errors
/// When the store, the file of rulings, the theme or the HTTP client cannot be opened.
pub fn open(mut config: Config) -> anyhow::Result<Desk> {
    let mut store = store::open(&config.store)?;
    store.adopt(&config.sources)?;
    let sources = by_id(std::mem::take(&mut config.sources));
    let index = rebuild::rebuild_and_keep(&mut store, &sources)?;
    let clients = fetch::clients(&config.fetch, &config.site.url).context("Failed to set up fetching")?;
    let outlets = outlets::Outlets::open(&config).context("Failed to set up publishing")?;
    let (hubs, callbacks) = hubs::Hubs::open(&config);
    let (subscribers, hub) = subscribers::Subscribers::open(&config)?;
    let site = Site::with(callbacks.clone(), hub);
    let mut core = Core {
        store,
        index,
        queue: Queue::of(&sources),
        sources: Arc::new(sources),
        failing: HashSet::new(),
        hinted: BTreeMap::new(),
        book: hubs::Book::new(callbacks, config.site.url.clone()),
        stories: config.stories.clone(),
        docket: docket::Docket::open(config.rulings.as_deref())?,
        theme: theme::Look::new(read_theme(config.theme.as_deref())?),
        archives: archives::Archives::new(),
        presses: BTreeMap::new(),
        shelf: shelf::Shelf::default(),
        authority: config.site.url.host_str().unwrap_or("localhost").to_owned(),
        next_expiry: DateTime::UNIX_EPOCH,
        commits: 0,
    };
    articles::move_to(&config.site, &mut core)?;
    let now = Utc::now().trunc_subsecs(3);
    core.requeue(now, &config.schedule)?;
    hubs::start(&mut core, &hubs, &config, now)?;
    let lookup = lookup::Lookup::open(&core.store, core.sources.len())?;
    let processors = std::thread::available_parallelism().map_or(1, Into::into);
    Ok(Desk {
        config: Arc::new(config),
        clients,
        progress: Progress::default(),
        core: Arc::new(Mutex::new(core)),
        site,
        hubs,
        outlets,
        subscribers,
        publishing: Arc::default(),
        readers: Arc::new(Crew::start("wiredesk-reader", processors)?),
        clerk: Arc::new(Crew::start("wiredesk-clerk", 1)?),
        lookup,
    })
}

impl Desk {
    /// The site as it is served now.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// How far the asking of sources has come.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The configuration it works by, but for the sources, of which there may be many: the desk has them once.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// Chooses who leads a story: a ruling has the last word.
pub fn lead(members: &[Entry], rulings: &Rulings, sources: &Sources, stories: &Stories) -> Option<EntryId> {
    match rulings.lead(members) {
        Some((_, named)) => edit::lead(&named.into_iter().cloned().collect::<Vec<_>>(), sources, &stories.lead),
        None => edit::lead(members, sources, &stories.lead),
    }
}

/// The publisher of a source's entries. Those of one that is no longer configured still tell what their stories are about.
pub fn publisher_of(source: &SourceId, sources: &Sources) -> Publisher {
    sources.get(source).map_or_else(|| read::unknown_publisher(source), |source| source.publisher.clone())
}

/// Whether others can be expected to reach the site: it is at no address of this machine or its network.
fn is_public(site: &config::Site) -> bool {
    FeedUrl::parse(site.url.as_str()).is_ok_and(|url| !fetch::is_near(&url))
}

/// So many random bytes, as hexadecimal digits; `None` when the system has none.
fn random(bytes: usize) -> Option<Secret> {
    let mut random = vec![0; bytes];
    SystemRandom::new().fill(&mut random).ok()?;
    Some(Secret::new(random.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// A panic in one batch leaves the core as it was before its commit, except for the index, which is rebuilt.
fn lock(core: &Mutex<Core>) -> MutexGuard<'_, Core> {
    core.lock().unwrap_or_else(PoisonError::into_inner)
}
