//! The configuration as the program uses it: every value is usable as it stands.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::{Host, Url};

use crate::model::{EditionName, FeedUrl, Proxy, Publisher, Readers, SecretPlace, Source, SourceId, Tag};

/// The whole configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The SQLite file.
    pub store: PathBuf,
    /// Who publishes.
    pub site: Site,
    /// When sources are polled.
    pub schedule: Schedule,
    /// How they are fetched.
    pub fetch: Fetch,
    /// Feeds and folders of articles, in the order of the file.
    pub sources: Vec<Source>,
    /// How stories are found.
    pub stories: Stories,
    /// The file of the editor's rulings, which override how stories are found.
    pub rulings: Option<PathBuf>,
    /// What is published.
    pub editions: Vec<EditionSpec>,
    /// Where it is served.
    pub server: Server,
    /// Where it is written.
    pub publish: Option<PathBuf>,
    /// The object storage that it is put into.
    pub bucket: Option<Bucket>,
    /// The folder of templates and style sheets that stand in for ours.
    pub theme: Option<PathBuf>,
}

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The site's name.
    pub name: String,
    /// Its root address, with a trailing slash; every published address starts with it.
    pub url: Url,
    /// Who is responsible.
    pub owner: Option<String>,
    /// How to reach them.
    pub email: Option<String>,
    /// The language of the site's own words.
    pub language: String,
}

/// When sources are polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The time between polls of a source that says nothing about it.
    pub interval: Duration,
    /// No source is polled more often, whatever it says.
    pub min_interval: Duration,
    /// No source is polled more rarely, whatever it says.
    pub max_interval: Duration,
    /// Whether a source is polled by its own rhythm, more often or more rarely than every `interval`.
    pub adaptive: bool,
    /// How often local files and folders are looked at.
    pub local_interval: Duration,
    /// Entries that were last carried by their source longer ago lose their text; their identity stays.
    pub expire_after: Duration,
}

/// How sources are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// For a whole answer, redirects and body included.
    pub timeout: Duration,
    /// Requests under way at once.
    pub concurrency: usize,
    /// Requests under way at once to one host.
    pub per_host: usize,
    /// The least time from the end of one request to the beginning of the next to one host; none to this machine and
    /// to private addresses.
    pub host_gap: Duration,
    /// Bytes of a body after decoding.
    pub max_body_bytes: usize,
    /// Whether addresses of private networks and this machine may be fetched.
    pub allow_private: bool,
    /// The way to all sources that do not name another; none unless configured, whatever the environment says.
    pub proxy: Option<Proxy>,
    /// When a permanent redirect is believed.
    pub moves: Moves,
    /// Whether sources that name a hub are subscribed to, where the server can be called back.
    pub websub: bool,
}

/// When a permanent redirect (301, 308) is believed: a broken server sends them too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moves {
    /// Polls in a row that must find a feed at its end; 0: it is never believed. As many failures in a row at the new
    /// address, and the configured one is asked again.
    pub polls: u32,
    /// The time from the first to the last of them, at least.
    pub after: Duration,
}

impl Default for Moves {
    fn default() -> Self {
        Self { polls: 3, after: Duration::from_secs(24 * 3_600) }
    }
}

/// How sure a match must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchLevel {
    /// Every entry is a story of its own.
    Off,
    /// Same id only.
    Id,
    /// And same canonical URL.
    Url,
    /// And near-identical text.
    Text,
    /// And same event, when there is hardly a doubt.
    Strict,
    /// And same event.
    Normal,
    /// And same event, rather together than apart.
    Loose,
}

/// How stories are found.
#[derive(Debug, Clone, PartialEq)]
pub struct Stories {
    /// How sure a match must be.
    pub match_level: MatchLevel,
    /// How far apart two reports of one event may be.
    pub window: Duration,
    /// Who leads a story: the first rule that tells two members apart decides.
    pub lead: Vec<LeadRule>,
}

/// A rule that prefers one member over another as a story's lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadRule {
    /// A local article.
    Own,
    /// The source with the higher priority.
    Priority,
    /// Full text over a summary over a bare title.
    Complete,
    /// The first to publish.
    Earliest,
}

/// What an edition selects by: `tag:world`, `source:bbc-world`, `publisher:bbc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// A source's label.
    Tag(Tag),
    /// One source.
    Source(SourceId),
    /// All sources of a publisher.
    Publisher(Publisher),
}

impl Selector {
    /// Whether it selects this source.
    pub fn selects(&self, source: &Source) -> bool {
        match self {
            Self::Tag(tag) => source.tags.contains(tag),
            Self::Source(id) => source.id == *id,
            Self::Publisher(publisher) => source.publisher == *publisher,
        }
    }
}

/// How an edition is ordered, newest or widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// When the desk first had the story.
    FirstSeen,
    /// When its lead was published.
    Published,
    /// Its last real change.
    Updated,
    /// How many publishers carry it.
    Coverage,
}

/// A form in which an edition is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EditionFormat {
    /// Atom 1.0, `.atom`.
    Atom,
    /// RSS 2.0, `.rss`.
    Rss,
    /// JSON Feed 1.1, `.json`.
    Json,
    /// A page, `.html`.
    Html,
}

/// An edition as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionSpec {
    /// The stem of its addresses.
    pub name: EditionName,
    /// Its title.
    pub title: String,
    /// Its subtitle.
    pub description: Option<String>,
    /// A story belongs to it when one of its members' sources is selected; empty selects all.
    pub include: Vec<Selector>,
    /// At most so many stories.
    pub items: usize,
    /// At most so many stories led by one publisher; local articles are not counted.
    pub per_publisher: Option<usize>,
    /// Only stories that so many publishers carry.
    pub min_publishers: usize,
    /// The order.
    pub order: Order,
    /// The forms.
    pub formats: Vec<EditionFormat>,
    /// Whether items list who else covers the story.
    pub covered_by: bool,
    /// So many closed archives are kept; 0: none are made.
    pub archives: usize,
    /// Who may read it.
    pub readers: Readers,
}

impl EditionSpec {
    /// Whether it selects this source.
    pub fn selects(&self, source: &Source) -> bool {
        self.include.is_empty() || self.include.iter().any(|selector| selector.selects(source))
    }
}

/// Object storage, and who the desk is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Which one.
    pub place: BucketPlace,
    /// The server of an S3-compatible store; Amazon's when there is none.
    pub endpoint: Option<Url>,
    /// Its region, which signatures name.
    pub region: String,
    /// Where the key's id is kept.
    pub access_key: SecretPlace,
    /// Where the key is kept.
    pub secret_key: SecretPlace,
    /// Where the token is kept that goes with a key for a time.
    pub session_token: Option<SecretPlace>,
}

/// What a bucket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BucketPlace {
    /// `s3://NAME/PREFIX`.
    S3 {
        /// The bucket.
        name: String,
        /// Where in it, without slashes around it; may be empty.
        prefix: String,
    },
    /// `file:///…`: a folder that is written like a bucket.
    Folder(PathBuf),
    /// `memory:`, to try how it goes.
    Memory,
}

impl Bucket {
    /// Whether it takes keys.
    pub fn is_s3(&self) -> bool {
        matches!(self.place, BucketPlace::S3 { .. })
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            BucketPlace::S3 { name, prefix } => {
                write!(formatter, "s3://{name}/{prefix}")?;
                self.endpoint.as_ref().map_or(Ok(()), |endpoint| write!(formatter, " at {endpoint}"))
            }
            BucketPlace::Folder(folder) => write!(formatter, "file://{}", folder.display()),
            BucketPlace::Memory => formatter.write_str("memory:"),
        }
    }
}

/// Where the site is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Address and port; `None` serves nothing.
    pub listen: Option<std::net::SocketAddr>,
    /// With which certificate; without one, in the clear.
    pub tls: Option<Tls>,
    /// Which hub the feeds name.
    pub websub: HubChoice,
    /// Where subscribers of our own hub may stand that are not at public addresses.
    pub private_callbacks: Vec<PrivateHost>,
}

/// Which hub the feeds name (WebSub §4): it tells subscribers when they change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HubChoice {
    /// Our own where the site has a public address, else none.
    #[default]
    Fitting,
    /// Our own, whatever the site's address.
    Own,
    /// Another's, which is told of changes.
    Outside(FeedUrl),
    /// None.
    Off,
}

/// A host that need not be public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateHost {
    /// All addresses that begin with the first bits of this one.
    Network {
        /// The address.
        address: IpAddr,
        /// So many bits.
        bits: u8,
    },
    /// A name, wherever it leads, in lower case.
    Name(String),
}

impl PrivateHost {
    /// Whether this is the host of an address. A name that leads into a network is not in it: a name leads where its
    /// owner likes, so it must be listed itself.
    pub fn is_of(&self, url: &FeedUrl) -> bool {
        match (self, url.as_url().host()) {
            (Self::Name(name), Some(Host::Domain(domain))) => name == domain.trim_end_matches('.'),
            (Self::Network { address, bits }, Some(Host::Ipv4(host))) => is_within(*address, *bits, host.into()),
            (Self::Network { address, bits }, Some(Host::Ipv6(host))) => is_within(*address, *bits, host.into()),
            _ => false,
        }
    }
}

fn is_within(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let all = |address: IpAddr| match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, true),
        IpAddr::V6(address) => (address.to_bits(), false),
    };
    let ((network, one), (address, other)) = (all(network), all(address.to_canonical()));
    one == other && (network ^ address).checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
}

/// The files for TLS, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, and those that vouch for it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}
