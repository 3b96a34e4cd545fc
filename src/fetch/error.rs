//! What can go wrong in a poll, told apart as far as the caller acts on it.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::StatusCode;

use crate::model::{Diagnosis, FeedUrl, Proxy};

/// Why a poll brought no answer. The source's old state stays as it is.
///
/// Every message names the address (never with credentials) and the next step.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The HTTP client cannot be made; nothing on the web can be fetched.
    #[error("Failed to set up the HTTP client: {cause}")]
    Setup {
        /// The cause, in words.
        cause: String,
    },
    /// The whole exchange, redirects and body included, took too long.
    #[error(
        "Gave up on {url} after {}: it will be tried again later (`timeout` under [fetch] sets how long to wait)",
        humantime::format_duration(*.after)
    )]
    Timeout {
        /// Who was asked.
        url: FeedUrl,
        /// The limit that was reached.
        after: Duration,
    },
    /// The answer, decoded, is larger than allowed.
    #[error(
        "Stopped reading {location} at {limit_bytes} bytes: raise `max_body` under [fetch] if this is a feed you trust"
    )]
    TooLarge {
        /// URL or path.
        location: String,
        /// The limit that was reached.
        limit_bytes: usize,
    },
    /// The host is, or resolves to, an address that is not public.
    #[error(
        "Refused to fetch {url}: {address} is {kind}, not a public address; \
         set `allow_private = true` for this source if it is meant"
    )]
    PrivateAddress {
        /// Who was to be asked.
        url: FeedUrl,
        /// The address.
        address: IpAddr,
        /// What kind of address it is: "a loopback address".
        kind: &'static str,
    },
    /// The host's name has no address.
    #[error("Failed to find the host of {url}: {cause}; check the spelling, or the network if others fail too")]
    Dns {
        /// Who was to be asked.
        url: FeedUrl,
        /// The cause, in words.
        cause: String,
    },
    /// The host's name has no address here, and so cannot be judged before the proxy is asked for it.
    #[error(
        "Failed to find the host of {url}: {cause}; wiredesk looks at addresses before it asks the proxy {proxy} for \
         them: check the spelling, or set `allow_private = true` for this source to leave its name to the proxy"
    )]
    UnknownBehindProxy {
        /// Who was to be asked.
        url: FeedUrl,
        /// The proxy.
        proxy: Box<Proxy>,
        /// The cause, in words.
        cause: String,
    },
    /// The proxy cannot be reached, or did not reach the server.
    #[error("Failed to reach {url} through the proxy {proxy}: {cause}; check `proxy`, or whether the server is down")]
    Proxy {
        /// Who was to be asked.
        url: FeedUrl,
        /// The proxy.
        proxy: Box<Proxy>,
        /// The cause, in words.
        cause: String,
    },
    /// A password, token or header cannot be read; nothing was sent.
    #[error("{url} was not asked: {cause}")]
    Secret {
        /// Who was to be asked.
        url: FeedUrl,
        /// Which one, why, and what to do.
        cause: String,
    },
    /// No connection came about.
    #[error("Failed to connect to {url}: {cause}; it will be tried again later")]
    Connect {
        /// Who was to be asked.
        url: FeedUrl,
        /// The cause, in words.
        cause: String,
    },
    /// The server could not prove who it is, or does not speak TLS.
    #[error("Failed to make a secure connection to {url}: {cause}; the server's certificate or address must be mended")]
    Tls {
        /// Who was to be asked.
        url: FeedUrl,
        /// The cause, in words.
        cause: String,
    },
    /// The server answered with a status that brings no feed.
    #[error("{url} answered {status}: {}", advice(*.status, *.credentials))]
    Status {
        /// Who answered.
        url: FeedUrl,
        /// The status.
        status: StatusCode,
        /// Whether it had the source's credentials.
        credentials: Credentials,
        /// What the server asks for besides.
        silence: Option<Box<Silence>>,
    },
    /// A wall against bots answered instead of the server.
    #[error(
        "{by} takes wiredesk for a bot and does not let it through to {url} ({status}); ask the site's owner to let \
         feed readers pass, they can tell wiredesk by its User-Agent"
    )]
    BotWall {
        /// Who was asked.
        url: FeedUrl,
        /// The status.
        status: StatusCode,
        /// Whose wall it is.
        by: &'static str,
        /// What it asks for besides.
        silence: Option<Box<Silence>>,
    },
    /// Nothing was sent: the host asked to be left alone.
    #[error(
        "{url} was not asked: {} wants to be left alone for another {}",
        .silence.host.as_deref().unwrap_or("it"),
        humantime::format_duration(Duration::from_secs(.silence.wait.as_secs()))
    )]
    Held {
        /// Who was to be asked.
        url: FeedUrl,
        /// How long it is to be, still.
        silence: Box<Silence>,
    },
    /// The head of the answer is larger than any honest one.
    #[error(
        "Stopped at the head of the answer of {url}: it has more than {limit_bytes} bytes; tell the server's owner"
    )]
    LargeHead {
        /// Who answered.
        url: FeedUrl,
        /// The limit.
        limit_bytes: usize,
    },
    /// A redirect that is not followed.
    #[error("{url} {problem}; point the source at the feed's final address")]
    Redirect {
        /// The source's address.
        url: FeedUrl,
        /// The problem, as a predicate.
        problem: String,
    },
    /// A hub did not take a request.
    #[error("the hub {url} {problem}")]
    Hub {
        /// The hub.
        url: FeedUrl,
        /// What it did, as a predicate.
        problem: String,
        /// What it asks for besides.
        silence: Option<Box<Silence>>,
    },
    /// The answer broke off, or is no valid HTTP.
    #[error(
        "Failed to read the answer of {url}: {cause}; the last good copy is kept, and it will be tried again later"
    )]
    Transfer {
        /// Who answered.
        url: FeedUrl,
        /// The cause, in words.
        cause: String,
    },
    /// The answer is in a content coding that was not asked for.
    #[error(
        "{url} answered in the content coding `{coding}`, which was not asked for; tell the server's owner, \
         the last good copy is kept"
    )]
    Coding {
        /// Who answered.
        url: FeedUrl,
        /// The `Content-Encoding` header.
        coding: String,
    },
    /// There is no such file.
    #[error("There is no file {}: check the source's `url`", .path.display())]
    NotFound {
        /// Where it should be.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("Failed to read {}: {cause}; check that it is a file that this user may read", .path.display())]
    File {
        /// Where it is.
        path: PathBuf,
        /// The cause.
        cause: io::Error,
    },
}

/// Whether a request had the credentials of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// The source has none.
    Unset,
    /// It had them.
    Sent,
    /// It went to another origin than the configured one, and had none.
    Withheld,
}

/// That a server asks to be left alone (`Retry-After`, RFC 9110 §10.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// For so long.
    pub wait: Duration,
    /// The host that asks for all of its sources, as the registrable domain or the address: when it has a public
    /// address. A private one speaks for one source alone.
    pub host: Option<String>,
}

impl Error {
    /// How long the server asked to be left alone, where it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.silence().map(|silence| silence.wait)
    }

    fn silence(&self) -> Option<&Silence> {
        match self {
            Self::Status { silence, .. } | Self::BotWall { silence, .. } | Self::Hub { silence, .. } => {
                silence.as_deref()
            }
            Self::Held { silence, .. } => Some(silence),
            _ => None,
        }
    }

    /// Whether this is no failure of the source, but a server that said when to come back (RFC 6585 §4, RFC 9110
    /// §15.6.4).
    pub fn is_request_for_silence(&self) -> bool {
        let status = match self {
            Self::Status { status, .. } | Self::BotWall { status, .. } => *status,
            _ => return matches!(self, Self::Held { .. }),
        };
        matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)
            && self.retry_after().is_some()
    }

    /// The host that asked to be left alone as a whole, and for how long.
    pub fn hold(&self) -> Option<(&str, Duration)> {
        match self {
            Self::Held { .. } => None,
            _ if self.is_request_for_silence() => {
                let Silence { wait, host } = self.silence()?;
                Some((host.as_deref()?, *wait))
            }
            _ => None,
        }
    }

    /// What kind of trouble this is.
    pub fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Setup { .. } => Diagnosis::Fault,
            Self::Timeout { .. } => Diagnosis::Slow,
            Self::TooLarge { .. } | Self::LargeHead { .. } => Diagnosis::TooLarge,
            Self::PrivateAddress { .. } => Diagnosis::Private,
            Self::Dns { .. } | Self::UnknownBehindProxy { .. } => Diagnosis::UnknownHost,
            Self::Proxy { .. } => Diagnosis::Proxy,
            Self::Secret { .. } => Diagnosis::Credentials,
            Self::Connect { .. } => Diagnosis::Unreachable,
            Self::Tls { .. } => Diagnosis::Insecure,
            Self::BotWall { .. } => Diagnosis::BotWall,
            Self::Held { .. } => Diagnosis::Busy,
            Self::Redirect { .. } => Diagnosis::Redirects,
            Self::Hub { .. } => Diagnosis::Status,
            Self::Transfer { .. } | Self::Coding { .. } => Diagnosis::Broken,
            Self::NotFound { .. } => Diagnosis::Missing,
            Self::File { .. } => Diagnosis::Local,
            Self::Status { status, .. } => match status.as_u16() {
                401 => Diagnosis::Locked,
                407 => Diagnosis::Proxy,
                403 => Diagnosis::Forbidden,
                404 | 410 => Diagnosis::Missing,
                429 | 503 => Diagnosis::Busy,
                500..=599 => Diagnosis::ServerFault,
                _ => Diagnosis::Status,
            },
        }
    }
}

fn advice(status: StatusCode, credentials: Credentials) -> &'static str {
    match (status.as_u16(), credentials) {
        (401, Credentials::Unset) => "it wants a user and password, or a token: give the source an `auth`",
        (401, Credentials::Sent) => {
            "it does not take the source's credentials: check `auth` or `headers`, and what is kept where they say"
        }
        (401 | 403, Credentials::Withheld) => {
            "the source's credentials were kept from it, since they are for the scheme, host and port of its `url` \
             alone: make this address the `url` if it is to have them"
        }
        (403, Credentials::Sent) => "it refuses this reader, whatever its credentials; check what they are good for",
        _ => plain_advice(status),
    }
}

fn plain_advice(status: StatusCode) -> &'static str {
    match status.as_u16() {
        407 => "the proxy wants another user and password: check `proxy`",
        403 => "it refuses this reader; ask its owner whether feed readers are welcome",
        404 => "there is no such page; check the source's address",
        410 => "the page that it redirected to is gone for good; look for the feed's new address",
        429 => "it is asked too often; it will be left alone for a while",
        503 => "it is overloaded or down; it will be tried again later",
        500..=599 => "the fault is the server's; it will be tried again later",
        _ => "that is no feed; open the address in a browser to see what it says",
    }
}
