//! The fetcher's promises, each against a scripted server on the loopback interface.

mod bodies;
mod concurrency;
mod credentials;
mod files;
mod hubs;
mod private;
mod proxies;
mod proxy;
mod rebinding;
mod redirects;
mod secure;
pub(crate) mod server;
mod status;
mod subscribers;
mod validators;

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use super::client::{Guards, with_names};
use super::names::Names;
use super::{Client, Error, fetch, fetch_source};
use crate::config;
use crate::model::{Access, Answer, Diagnosis, FeedUrl, Location, Publisher, Source, SourceId, Validators};

/// Generous limits: a test that is not about one meets none.
pub(super) fn options() -> config::Fetch {
    config::Fetch {
        timeout: Duration::from_secs(60),
        concurrency: 64,
        per_host: 64,
        host_gap: Duration::ZERO,
        max_body_bytes: 1 << 20,
        allow_private: true,
        proxy: None,
        moves: config::Moves { polls: 3, after: Duration::ZERO },
        websub: true,
    }
}

/// A client for which the hosts `a.example` to `f.example` are this machine.
fn client(options: &config::Fetch) -> Client {
    guarded(options, |_| None)
}

fn guarded(options: &config::Fetch, special: super::guard::Special) -> Client {
    with_guards(options, Guards { resolved: special, connected: special, scope: special })
}

/// A client for which this machine may be asked and is public, or private.
pub(crate) fn neighbourly(options: &config::Fetch, is_public: bool) -> Client {
    let scope: super::guard::Special = if is_public { |_| None } else { |_| Some("a loopback address") };
    with_guards(options, Guards { resolved: |_| None, connected: |_| None, scope })
}

fn with_guards(options: &config::Fetch, guards: Guards) -> Client {
    let here: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into()];
    let mut table: Vec<_> = ["a.example", "b.example", "c.example", "d.example", "e.example", "f.example"]
        .map(|name| (name, here.clone()))
        .into();
    table.push(("inside.example", vec![Ipv4Addr::new(127, 0, 0, 2).into()]));
    table.push(("mixed.example", vec![Ipv4Addr::new(127, 0, 0, 2).into(), Ipv4Addr::LOCALHOST.into()]));
    let site = Url::parse("https://wire.example.org/").expect("a URL");
    with_names(options, &site, guards, Names::Table(table)).expect("a client")
}

/// Polls once with a fresh client.
async fn poll(url: &FeedUrl, validators: &Validators) -> Result<Answer, Error> {
    poll_with(&options(), url, validators).await
}

async fn poll_with(options: &config::Fetch, url: &FeedUrl, validators: &Validators) -> Result<Answer, Error> {
    fetch(&client(options), &Location::Web(url.clone()), validators).await
}

/// A source at this address that is reached like this.
fn source(url: &FeedUrl, access: Access) -> Source {
    Source {
        access: Some(access.into()),
        ..Source::new(SourceId::new("a").expect("a name"), Location::Web(url.clone()), Publisher::own())
    }
}

/// Polls a source at its own address.
async fn poll_source(client: &Client, source: &Source) -> Result<Answer, Error> {
    fetch_source(client, source, &source.location, &Validators::default()).await
}

/// The body and validators of an answer that must be new.
#[track_caller]
fn new(answer: Result<Answer, Error>) -> (Bytes, Validators) {
    match answer {
        Ok(Answer::New { body, validators, .. }) => (body, validators),
        other => panic!("not a new body: {other:?}"),
    }
}

/// The validators of an answer that must not be new.
#[track_caller]
fn not_modified(answer: Result<Answer, Error>) -> Validators {
    match answer {
        Ok(Answer::NotModified { validators, .. }) => validators,
        other => panic!("not an unmodified answer: {other:?}"),
    }
}
